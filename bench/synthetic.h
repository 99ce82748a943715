/* synthetic.h - a workload and a cell made on the fly for the benchmarks: no file, no parsing,
 * constant memory. Not a model of anything but shapes and repetition. */
#ifndef BENCH_SYNTHETIC_H
#define BENCH_SYNTHETIC_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simctl/simctl.h>

#include "base/mem.h"
#include "base/prng.h"
#include "bench/run.h"

enum {
    MEAN_CPU = 2150,
    MEAN_SECONDS = 600,
    DISTINCT = 1364,
    SHIFT = 6,
    REPEAT_PERMILLE = 767,
    ACTIVE = 4,
    REPLACED_PERMILLE = 250
};

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
    uint64_t next, job;
    uint64_t *weights;       /* REPEATED: cumulative, per shape; */
    uint64_t active[ACTIVE]; /* shapes of the jobs that submit at a time. */
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

/* How requests repeat in the submissions of parts 00-07 of the 2011 trace (time > 0): 1,364 shapes
 * of cpu, memory and spreading job; the commonest is 9 % of all, the first ten 42 %. A shape
 * follows itself 4.3 times on average, since a few jobs submit at a time: the same shape came 1
 * task ago for three quarters of the tasks, 15 ago at the 90th percentile, 96 at the 95th, 4,568 at
 * the 99th. Four jobs at a time, of popularity 1 / (k + 6)^1.5, one of which is replaced at a
 * quarter of the changes, give 1, 17, 90 and 6,500. */
static inline uint64_t *synthetic_weights(void)
{
    uint64_t *sum = MEM_NEW(uint64_t, DISTINCT), total = 0;
    for (uint64_t k = 0; k < DISTINCT; k++) {
        uint64_t root = 1;
        while (root * root < (k + SHIFT) * 1000000) {
            root++;
        }
        total += UINT64_C(1000000000000) / ((k + SHIFT) * root);
        sum[k] = total;
    }
    return sum;
}

/* Decimal digits of n: printing must not be what is measured. */
static inline struct sim_text synthetic_name(char *buf, uint64_t n)
{
    char *at = buf + 31;
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return (struct sim_text){at, (uint32_t)(buf + 31 - at)};
}

static inline uint64_t synthetic_draw(struct synthetic_stream *s)
{
    const uint64_t draw = prng_u64(&s->random) % s->weights[DISTINCT - 1];
    uint64_t k = 0;
    while (s->weights[k] <= draw) {
        k++;
    }
    return k;
}

static inline bool synthetic_open(void *state, const struct sim_open_args *args,
                                  struct sim_trace_info *info, struct sim_diag *diag)
{
    (void)diag;
    struct synthetic_stream *s = state;
    s->world = synthetic_current;
    s->trace = args->role == SIM_ROLE_TRACE;
    prng_init(&s->random, args->seed, s->trace ? "tasks" : "machines");
    s->weights = s->trace && s->world->shapes == SHAPES_REPEATED ? synthetic_weights() : NULL;
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
    out->u.machine.name = synthetic_name(s->name, s->next);
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
        if (prng_below(&s->random, 1000) >= REPEAT_PERMILLE) {
            uint64_t *job = &s->active[prng_below(&s->random, ACTIVE)];
            *job = prng_below(&s->random, 1000) < REPLACED_PERMILLE ? synthetic_draw(s) : *job;
            s->cpu = 100 + (int64_t)(*job * 2654435761 % (2 * MEAN_CPU - 100));
            s->memory = (int64_t)(100 + *job * 40503 % 8000) << 20;
            s->job++;
        }
        break;
    }
}

static inline void synthetic_task(struct synthetic_stream *s, struct sim_input *out)
{
    struct sim_task_known *k = &out->u.task.known;
    memset(out, 0, sizeof *out);
    synthetic_shape(s);
    /* Arrivals evenly spaced so that cpu in use settles at the load. */
    const double cores = s->world->machines * 32.0 * s->world->load_permille / 1000.0;
    s->at_us += (sim_time)(1e6 * MEAN_SECONDS * MEAN_CPU / 1000.0 / cores);
    s->job += s->world->shapes != SHAPES_REPEATED;
    out->time_us = s->at_us;
    out->kind = SIM_IN_SUBMIT;
    k->job = synthetic_name(s->name, s->job % 1000000);
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
    mem_free(((struct synthetic_stream *)state)->weights);
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
    bench_run(&args, totals);
    sim_findings_destroy(findings);
    sim_settings_destroy(settings);
}
#endif
