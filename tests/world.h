/* world.h - small worlds for tests: machines and tasks in memory, run through the real engine, with
 * what the engine recorded kept in arrays.
 *
 *     struct world w;
 *     world_init(&w);
 *     world_machine(&w, 0, "m0", 4000, GIB(8), 2);
 *     struct world_task *t = world_task(&w, SIM_SECONDS(1), SIM_SECONDS(60), 1000, GIB(1));
 *     world_set(&w, "queue.order", "priority");
 *     world_run(&w, "best-fit");
 *     ... w.decisions[i], world_row(&w, SIM_TABLE_TASKS, i), w.totals
 *     world_fini(&w);
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simctl/simctl.h>

#include "base/mem.h"

#define GIB(n) ((int64_t)(n) << 30)

struct world_task {
    struct sim_input in;
    char job[32];
    char value[32]; /* Of the constraint. */
    struct sim_text value_text;
    struct sim_constraint constraint;
    char holder[4][16];
    struct sim_data data[4];
};
struct world_machine {
    struct sim_input in;
    char name[32], label[32];
    struct sim_label labels[1];
    struct sim_taint taints[1];
};
struct world {
    struct world_task *tasks[8192];
    struct world_machine *machines[2048];
    size_t task_count, machine_count;
    struct sim_settings *settings;
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
    uint64_t seed;
    const struct sim_tap *tap;
    bool silent; /* Record nothing. */
    /* What came out. */
    char *rows[SIM_TABLE_COUNT];
    size_t row_count[SIM_TABLE_COUNT], row_cap[SIM_TABLE_COUNT];
    size_t name_count[SIM_NAME_KINDS];
    struct sim_totals totals;
    struct sim_output output;
};

static struct world *world_current; /* Formats get no user pointer; one world runs at a time. */

/* ---- a format over the arrays --------------------------------------------------------------- */
struct world_stream {
    size_t next;
    bool trace;
};
static int world_by_time(const struct sim_input *a, const struct sim_input *b)
{
    if (a->time_us != b->time_us) {
        return a->time_us < b->time_us ? -1 : 1;
    }
    return (int)a->kind - (int)b->kind;
}
static bool world_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                       struct sim_diag *diag)
{
    (void)diag;
    struct world_stream *s = state;
    s->trace = args->role == SIM_ROLE_TRACE;
    const int64_t per[SIM_DIMS] = {1000, 1 << 30, 1000, 1 << 30, 1, 1, 1, 1};
    memcpy(info->units.per_unit, per, sizeof per);
    info->units.name[SIM_CPU] = "cores";
    return true;
}
static enum sim_next world_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                                struct sim_diag *diag)
{
    (void)info, (void)diag;
    struct world_stream *s = state;
    struct world *w = world_current;
    if (s->next == (s->trace ? w->task_count : w->machine_count)) {
        return SIM_NEXT_END;
    }
    if (s->trace) {
        struct world_task *t = w->tasks[s->next++];
        *out = t->in;
    } else {
        *out = w->machines[s->next++]->in;
    }
    return SIM_NEXT_ITEM;
}
static void world_close(void *state)
{
    (void)state;
}
static const struct sim_format world_format = {.abi = SIM_FORMAT_ABI,
                                               .name = "world",
                                               .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
                                               .state_bytes = sizeof(struct world_stream),
                                               .open = world_open,
                                               .next = world_next,
                                               .close = world_close};

/* ---- recording ------------------------------------------------------------------------------ */
static void world_take_row(void *self, enum sim_table table, const void *row)
{
    struct world *w = self;
    const size_t size = sim_table_info(table)->row_bytes;
    if (w->row_count[table] == w->row_cap[table]) {
        w->row_cap[table] = w->row_cap[table] > 0 ? 2 * w->row_cap[table] : 64;
        w->rows[table] = realloc(w->rows[table], w->row_cap[table] * size);
    }
    memcpy(w->rows[table] + w->row_count[table]++ * size, row, size);
}
static void world_take_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    struct world *w = self;
    (void)text;
    cr_assert_eq(id, w->name_count[kind], "names of one kind come in order");
    w->name_count[kind]++;
}

/* ---- building ------------------------------------------------------------------------------- */
static inline void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->settings = sim_settings_create();
    sim_settings_declare(w->settings, sim_run_options());
    w->scheduler = sim_scheduler_find("monolithic");
    sim_settings_declare(w->settings, w->scheduler->options);
    w->seed = 1;
}
static inline struct world_machine *world_machine(struct world *w, sim_time at, const char *name,
                                                  int64_t cpu, int64_t memory, uint32_t gpus)
{
    struct world_machine *m = calloc(1, sizeof *m);
    snprintf(m->name, sizeof m->name, "%s", name);
    m->in.time_us = at;
    m->in.kind = SIM_IN_MACHINE_ADD;
    m->in.u.machine.name = (struct sim_text){m->name, (uint32_t)strlen(m->name)};
    m->in.u.machine.capacity.v[SIM_CPU] = cpu;
    m->in.u.machine.capacity.v[SIM_MEMORY] = memory;
    m->in.u.machine.capacity.v[SIM_GPU] = 1000 * (int64_t)gpus;
    m->in.u.machine.gpu_count = gpus;
    w->machines[w->machine_count++] = m;
    return m;
}
static inline void world_label(struct world_machine *m, const char *value) /* zone=value */
{
    snprintf(m->label, sizeof m->label, "%s", value);
    m->labels[0].key = (struct sim_text){"zone", 4};
    m->labels[0].value = (struct sim_text){m->label, (uint32_t)strlen(m->label)};
    m->in.u.machine.labels = m->labels;
    m->in.u.machine.label_count = 1;
}
static inline struct world_task *world_task(struct world *w, sim_time at, sim_time duration,
                                            int64_t cpu, int64_t memory)
{
    struct world_task *t = calloc(1, sizeof *t);
    struct sim_task_known *k = &t->in.u.task.known;
    struct sim_task_truth *truth = &t->in.u.task.truth;
    snprintf(t->job, sizeof t->job, "j%zu", w->task_count);
    t->in.time_us = at;
    t->in.kind = SIM_IN_SUBMIT;
    k->job = (struct sim_text){t->job, (uint32_t)strlen(t->job)};
    k->request.v[SIM_CPU] = cpu;
    k->request.v[SIM_MEMORY] = memory;
    k->time_limit_us = SIM_NEVER;
    truth->duration_us = duration;
    truth->cancel_us = SIM_NEVER;
    w->tasks[w->task_count++] = t;
    return t;
}
static inline void world_gpu(struct world_task *t, uint16_t count, uint16_t milli)
{
    t->in.u.task.known.gpu_count = count;
    t->in.u.task.known.gpu_milli = milli;
    t->in.u.task.known.request.v[SIM_GPU] = (int64_t)count * milli;
}
static inline void world_zone(struct world_task *t, const char *value)
{
    snprintf(t->value, sizeof t->value, "%s", value);
    t->value_text = (struct sim_text){t->value, (uint32_t)strlen(t->value)};
    t->constraint = (struct sim_constraint){{"zone", 4}, SIM_OP_IN, &t->value_text, 1, 0};
    t->in.u.task.known.constraints = &t->constraint;
    t->in.u.task.known.constraint_count = 1;
}
static inline void world_data(struct world_task *t, const char *machine, int64_t bytes)
{
    struct sim_task_known *k = &t->in.u.task.known;
    const uint32_t i = k->data_count++;
    cr_assert_lt(i, 4);
    snprintf(t->holder[i], sizeof t->holder[i], "%s", machine);
    t->data[i] = (struct sim_data){{t->holder[i], (uint32_t)strlen(machine)}, bytes};
    k->data = t->data;
}
static inline void world_job(struct world_task *t, const char *job, uint32_t index)
{
    snprintf(t->job, sizeof t->job, "%s", job);
    t->in.u.task.known.job.len = (uint32_t)strlen(t->job);
    t->in.u.task.known.index = index;
}
static inline void world_user(struct world_task *t, const char *user) /* Borrowed. */
{
    t->in.u.task.known.user = (struct sim_text){user, (uint32_t)strlen(user)};
}
static inline void world_set(struct world *w, const char *key, const char *value)
{
    struct sim_diag d = {0};
    char text[512];
    cr_assert(sim_settings_set(w->settings, key, value, SIM_FROM_FLAG, SIM_NOWHERE, &d), "%s",
              sim_diag_str(&d, text, sizeof text));
}

/* ---- running -------------------------------------------------------------------------------- */
static inline void world_sort(struct world *w)
{
    for (size_t i = 1; i < w->task_count; i++) { /* Insertion: stable, and nearly sorted already. */
        for (size_t k = i; k > 0 && world_by_time(&w->tasks[k]->in, &w->tasks[k - 1]->in) < 0;
             k--) {
            struct world_task *t = w->tasks[k];
            w->tasks[k] = w->tasks[k - 1];
            w->tasks[k - 1] = t;
        }
    }
    for (size_t i = 1; i < w->machine_count; i++) {
        for (size_t k = i; k > 0 && world_by_time(&w->machines[k]->in, &w->machines[k - 1]->in) < 0;
             k--) {
            struct world_machine *m = w->machines[k];
            w->machines[k] = w->machines[k - 1];
            w->machines[k - 1] = m;
        }
    }
}
static inline void world_forget(struct world *w) /* What came out, so that it can run again. */
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        free(w->rows[t]);
        w->rows[t] = NULL;
        w->row_count[t] = w->row_cap[t] = 0;
    }
    memset(w->name_count, 0, sizeof w->name_count);
}
/* False with diag: the run could not begin, or met an error. */
static inline bool world_try(struct world *w, const struct sim_policy *policy,
                             struct sim_diag *diag)
{
    world_current = w;
    world_sort(w);
    w->policy = policy;
    if (policy->options != NULL) {
        sim_settings_declare(w->settings, policy->options);
    }
    w->output = (struct sim_output){w, world_take_row, world_take_name, NULL};
    struct sim_findings *f = sim_findings_create();
    const struct sim_run_args args = {&world_format,
                                      &world_format,
                                      "world",
                                      "world",
                                      policy,
                                      w->scheduler,
                                      w->settings,
                                      w->seed,
                                      f,
                                      f,
                                      w->silent ? NULL : &w->output,
                                      w->tap};
    struct sim_run *run = sim_run_create(&args, diag);
    bool done = false, ok = run != NULL;
    while (ok && !done) {
        ok = sim_run_advance(run, 64, &done, diag);
    }
    if (ok) {
        sim_run_finish(run);
        sim_run_totals(run, &w->totals);
    }
    sim_run_destroy(run);
    sim_findings_destroy(f);
    return ok;
}
static inline void world_run_policy(struct world *w, const struct sim_policy *policy)
{
    struct sim_diag diag = {0};
    char text[640];
    cr_assert(world_try(w, policy, &diag), "%s", sim_diag_str(&diag, text, sizeof text));
}
static inline void world_run(struct world *w, const char *policy)
{
    cr_assert(sim_policy_find(policy) != NULL, "policy %s", policy);
    world_run_policy(w, sim_policy_find(policy));
}
static inline const void *world_row(const struct world *w, enum sim_table table, size_t i)
{
    cr_assert_lt(i, w->row_count[table], "row %zu of %s", i, sim_table_info(table)->name);
    return w->rows[table] + i * sim_table_info(table)->row_bytes;
}
static inline const struct sim_decision_row *world_decision(const struct world *w, size_t i)
{
    return world_row(w, SIM_TABLE_DECISIONS, i);
}
/* The row of the i-th submitted task. */
static inline const struct sim_task_row *world_result(const struct world *w, sim_task task)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_TASKS]; i++) {
        const struct sim_task_row *r = world_row(w, SIM_TABLE_TASKS, i);
        if (r->task == task) {
            return r;
        }
    }
    cr_assert_fail("task %u has no row", task);
    return NULL;
}
static inline void world_fini(struct world *w)
{
    world_forget(w);
    for (size_t i = 0; i < w->task_count; i++) {
        free(w->tasks[i]);
    }
    for (size_t i = 0; i < w->machine_count; i++) {
        free(w->machines[i]);
    }
    sim_settings_destroy(w->settings);
}
#endif
