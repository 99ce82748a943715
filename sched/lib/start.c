/* start.c - see start.h. */
#include "sched/lib/start.h"

#include "base/check.h"
#include "base/mem.h"

struct gang {
    struct sim_op *ops;
    struct sim_choice *choices;
    sim_slot *started;
    size_t ops_cap, choices_cap, started_cap;
};

static void commit(struct sim_context *ctx, struct sim_op *ops, size_t n)
{
    const bool accepted = sim_commit(ctx, ops, n, SIM_ATOMIC);
    CHECK(accepted); /* The view was live. */
}

bool start_task(struct sim_context *ctx, sim_slot task, bool backfilled)
{
    struct sim_choice choice;
    sim_choose(ctx, task, &choice);
    if (choice.machine == SIM_NONE) {
        sim_record_refused(ctx, task, &choice);
        return false;
    }
    choice.backfilled = backfilled;
    sim_record_placed(ctx, task, &choice);
    struct sim_op op = sim_op(SIM_OP_PLACE, task, choice.machine, choice.devices);
    commit(ctx, &op, 1);
    return true;
}

/* ---- gangs ---------------------------------------------------------------------------------- */

struct gang *gang_create(void)
{
    return MEM_NEW(struct gang, 1);
}

void gang_destroy(struct gang *g)
{
    if (g == NULL) {
        return;
    }
    mem_free(g->ops);
    mem_free(g->choices);
    mem_free(g->started);
    mem_free(g);
}

const sim_slot *gang_started(const struct gang *g)
{
    return g->started;
}

static void set_all(struct gang *g, size_t n, enum sim_op_kind kind)
{
    for (size_t i = 0; i < n; i++) {
        g->ops[i].kind = kind;
    }
}

/* Reserves room for one member after the other. Returns the first that finds none, or SIM_NONE;
 * *fitted members hold reservations. Members like one that found no room are not asked. */
static sim_slot rehearse(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                         size_t *fitted)
{
    sim_slot missing = SIM_NONE;
    const struct sim_class *full = NULL;
    *fitted = 0;
    for (size_t i = 0; i < n; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, tasks[i], &t);
        if (t.cls == full) {
            continue;
        }
        struct sim_choice *choice = &g->choices[*fitted];
        sim_choose(ctx, tasks[i], choice);
        if (choice->machine == SIM_NONE) {
            missing = missing == SIM_NONE ? tasks[i] : missing;
            full = t.cls;
            continue;
        }
        g->ops[*fitted] = sim_op(SIM_OP_RESERVE, tasks[i], choice->machine, choice->devices);
        commit(ctx, &g->ops[(*fitted)++], 1);
    }
    return missing;
}

/* The missing member lacks room with the others in place; the others lack it. */
static void refuse(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                   size_t fitted, sim_slot missing)
{
    const struct sim_choice none = {.machine = SIM_NONE,
                                    .runner_up = SIM_NONE,
                                    .examined = sim_context_view(ctx)->n,
                                    .together = true};
    const struct sim_ahead blocked = {0, {{0}}, missing};
    sim_record_refused(ctx, missing, &none);
    set_all(g, fitted, SIM_OP_UNRESERVE);
    commit(ctx, g->ops, fitted);
    for (size_t i = 0; i < n; i++) {
        if (tasks[i] != missing) {
            sim_record_not_tried(ctx, tasks[i], SIM_REASON_GANG_INCOMPLETE, &blocked);
        }
    }
}

/* Those of which the rehearsal holds reservations. */
static void start_fitted(struct gang *g, struct sim_context *ctx, size_t fitted, bool backfilled)
{
    set_all(g, fitted, SIM_OP_UNRESERVE);
    commit(ctx, g->ops, fitted);
    for (size_t i = 0; i < fitted; i++) { /* Again, each recorded before its own is taken. */
        g->started[i] = g->ops[i].task;
        g->ops[i].kind = SIM_OP_RESERVE;
        g->choices[i].backfilled = backfilled;
        sim_record_placed(ctx, g->ops[i].task, &g->choices[i]);
        commit(ctx, &g->ops[i], 1);
    }
    set_all(g, fitted, SIM_OP_PLACE);
    commit(ctx, g->ops, fitted);
}

static void grow(struct gang *g, size_t n)
{
    MEM_GROW(g->ops, g->ops_cap, n);
    MEM_GROW(g->choices, g->choices_cap, n + 1);
    MEM_GROW(g->started, g->started_cap, n);
}

size_t gang_start(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                  size_t least, bool backfilled)
{
    size_t fitted;
    grow(g, n);
    const sim_slot missing = rehearse(g, ctx, tasks, n, &fitted);
    if (fitted < least) {
        refuse(g, ctx, tasks, n, fitted, missing);
        return 0;
    }
    start_fitted(g, ctx, fitted, backfilled);
    return fitted;
}

/* ---- where no promise is in the way ---------------------------------------------------------- */

void where_fini(struct where *w)
{
    rooms_fini(&w->left);
    mem_free(w->among);
}

/* The policy chooses among the machines that have the room to spare; or the one promised. */
static bool choose_where(struct sim_context *ctx, sim_slot task, size_t i, struct where *w,
                         struct sim_choice *choice)
{
    struct sim_task_view t;
    const uint32_t n = sim_context_view(ctx)->n;
    sim_task_get(ctx, task, &t);
    MEM_GROW(w->among, w->cap, n);
    for (sim_machine m = 0; m < n; m++) {
        w->among[m] = w->on != NULL ? m == w->on[i] : rooms_hold(&w->left, m, &t.cls->request);
    }
    sim_choose_among(ctx, task, w->among, choice);
    if (choice->machine == SIM_NONE) {
        return false;
    }
    choice->reason = w->on != NULL ? SIM_REASON_PLANNED : SIM_REASON_UNPROMISED;
    if (w->on == NULL) {
        rooms_add(&w->left, choice->machine, &t.cls->request, -1);
    }
    return true;
}

bool gang_start_where(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                      struct where *where, bool backfilled)
{
    grow(g, n);
    if (where->on == NULL) {
        rooms_copy(&where->left, where->spare);
    }
    size_t fitted = 0;
    while (fitted < n && choose_where(ctx, tasks[fitted], fitted, where, &g->choices[fitted])) {
        const struct sim_choice *choice = &g->choices[fitted];
        g->ops[fitted] = sim_op(SIM_OP_RESERVE, tasks[fitted], choice->machine, choice->devices);
        commit(ctx, &g->ops[fitted++], 1);
    }
    if (fitted < n) {
        set_all(g, fitted, SIM_OP_UNRESERVE);
        commit(ctx, g->ops, fitted);
        return false;
    }
    start_fitted(g, ctx, fitted, backfilled);
    return true;
}
