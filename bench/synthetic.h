/* synthetic.h - a workload and a cell made on the fly for the benchmarks: no file, no parsing,
 * constant memory. Not a model of anything but shapes and repetition. */
#ifndef BENCH_SYNTHETIC_H
#define BENCH_SYNTHETIC_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simctl/simctl.h>

#include "base/prng.h"

enum shapes { SHAPES_EQUAL, SHAPES_DIFFERENT, SHAPES_REPEATED };
struct synthetic {
    const char *name, *policy;
    uint64_t tasks;
    enum shapes shapes;
    uint32_t machines;
    uint32_t load_permille; /* Of cpu, in the steady state. */
};

struct synthetic_stream {
    const struct synthetic *world;
    bool trace;
    uint64_t next, job, left; /* left: tasks of the current job still to come. */
    sim_time at_us;
    int64_t cpu, memory;
    struct prng random;
    char name[32];
};
static const struct synthetic *synthetic_current;

/* The six commonest machine shapes of the 2011 cell, per mille, with 1.0 = 64 cores and 256 GiB. */
static const struct {
    uint32_t permille;
    int64_t cpu, memory_mib;
} synthetic_shapes[] = {{530, 32000, 131000}, {305, 32000, 65000}, {79, 32000, 196000},
                        {63, 64000, 262000},  {13, 16000, 65000},  {10, 32000, 32000}};
enum { MEAN_CPU = 1500, MEAN_JOB = 32, MEAN_SECONDS = 600, DISTINCT = 3500 };

static inline bool synthetic_open(void *state, const struct sim_open_args *args,
                                  struct sim_trace_info *info, struct sim_diag *diag)
{
    (void)diag;
    struct synthetic_stream *s = state;
    s->world = synthetic_current;
    s->trace = args->role == SIM_ROLE_TRACE;
    prng_init(&s->random, args->seed, s->trace ? "tasks" : "machines");
    for (int d = 0; d < SIM_DIMS; d++) {
        info->units.per_unit[d] = 1;
    }
    return true;
}

static inline void synthetic_machine(struct synthetic_stream *s, struct sim_input *out)
{
    uint32_t draw = prng_below(&s->random, 1000), shape = 0;
    if (s->world->shapes != SHAPES_EQUAL) {
        while (shape < 5 && draw >= synthetic_shapes[shape].permille) {
            draw -= synthetic_shapes[shape++].permille;
        }
    }
    memset(out, 0, sizeof *out);
    out->kind = SIM_IN_MACHINE_ADD;
    out->u.machine.name.at = s->name;
    out->u.machine.name.len = (uint32_t)snprintf(s->name, sizeof s->name, "m%u", (unsigned)s->next);
    out->u.machine.capacity.v[SIM_CPU] = synthetic_shapes[shape].cpu;
    out->u.machine.capacity.v[SIM_MEMORY] = synthetic_shapes[shape].memory_mib << 20;
}

static inline void synthetic_shape(struct synthetic_stream *s)
{
    switch (s->world->shapes) {
    case SHAPES_EQUAL:
        s->cpu = MEAN_CPU;
        s->memory = INT64_C(4) << 30;
        break;
    case SHAPES_DIFFERENT:
        s->cpu = 1 + prng_below(&s->random, 2 * MEAN_CPU);
        s->memory = 1 + (int64_t)prng_below(&s->random, UINT32_C(1) << 31) * 4;
        break;
    case SHAPES_REPEATED:
    default:
        if (s->left == 0) { /* A new job: its shape is skewed towards a few common ones. */
            const uint32_t a = prng_below(&s->random, DISTINCT),
                           b = prng_below(&s->random, DISTINCT);
            const uint32_t k = (uint32_t)((uint64_t)a * b / DISTINCT * b / DISTINCT);
            s->cpu = 100 + (int64_t)k * 2654435761 % (2 * MEAN_CPU - 100);
            s->memory = (100 + (int64_t)k * 40503 % 8000) << 20;
            s->left = 1 + prng_below(&s->random, 2 * MEAN_JOB - 1);
        }
        s->left--;
        break;
    }
}

static inline void synthetic_task(struct synthetic_stream *s, struct sim_input *out)
{
    struct sim_task_known *k = &out->u.task.known;
    const uint64_t was = s->left;
    memset(out, 0, sizeof *out);
    synthetic_shape(s);
    /* Arrivals evenly spaced so that cpu in use settles at the load. */
    const double cores = s->world->machines * 32.0 * s->world->load_permille / 1000.0;
    s->at_us += (sim_time)(1e6 * MEAN_SECONDS * MEAN_CPU / 1000.0 / cores);
    s->job += was == 0;
    out->time_us = s->at_us;
    out->kind = SIM_IN_SUBMIT;
    k->job.at = s->name;
    k->job.len = (uint32_t)snprintf(s->name, sizeof s->name, "%u", (unsigned)(s->job % 1000000));
    k->index = (uint32_t)s->next;
    k->request.v[SIM_CPU] = s->cpu;
    k->request.v[SIM_MEMORY] = s->memory;
    k->time_limit_us = SIM_NEVER;
    out->u.task.truth.duration_us =
        1 + (sim_time)prng_below(&s->random, 2 * MEAN_SECONDS * 1000) * 1000;
    out->u.task.truth.cancel_us = SIM_NEVER;
}

static inline enum sim_next synthetic_next(void *state, struct sim_input *out,
                                           struct sim_trace_info *info, struct sim_diag *diag)
{
    (void)info, (void)diag;
    struct synthetic_stream *s = state;
    if (s->next == (s->trace ? s->world->tasks : s->world->machines)) {
        return SIM_NEXT_END;
    }
    if (s->trace) {
        synthetic_task(s, out);
    } else {
        synthetic_machine(s, out);
    }
    s->next++;
    return SIM_NEXT_ITEM;
}

static inline void synthetic_close(void *state)
{
    (void)state;
}

static const struct sim_format synthetic_format = {.abi = SIM_FORMAT_ABI,
                                                   .name = "synthetic",
                                                   .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
                                                   .state_bytes = sizeof(struct synthetic_stream),
                                                   .open = synthetic_open,
                                                   .next = synthetic_next,
                                                   .close = synthetic_close};

static inline void synthetic_run(const struct synthetic *world, const struct sim_output *output,
                                 struct sim_totals *totals)
{
    struct sim_diag diag = {0};
    struct sim_settings *settings = sim_settings_create();
    struct sim_findings *findings = sim_findings_create();
    const struct sim_policy *policy = sim_policy_find(world->policy);
    const struct sim_scheduler *scheduler = sim_scheduler_find("monolithic");
    sim_settings_declare(settings, sim_run_options());
    sim_settings_declare(settings, scheduler->options);
    if (policy->options != NULL) {
        sim_settings_declare(settings, policy->options);
    }
    synthetic_current = world;
    const struct sim_run_args args = {.trace = &synthetic_format,
                                      .cluster = &synthetic_format,
                                      .trace_path = "",
                                      .cluster_path = "",
                                      .policy = policy,
                                      .scheduler = scheduler,
                                      .settings = settings,
                                      .seed = 1,
                                      .trace_findings = findings,
                                      .cluster_findings = findings,
                                      .output = output};
    struct sim_run *run = sim_run_create(&args, &diag);
    bool done = false;
    while (run != NULL && !done && sim_run_advance(run, 1 << 16, &done, &diag)) {
    }
    if (!done) {
        char text[1024];
        fprintf(stderr, "%s\n", sim_diag_str(&diag, text, sizeof text));
        abort();
    }
    sim_run_finish(run);
    sim_run_totals(run, totals);
    sim_run_destroy(run);
    sim_findings_destroy(findings);
    sim_settings_destroy(settings);
}
#endif
