/* The placement network on random small cells under random events, against all assignments tried
 * one by one. */
#include <criterion/criterion.h>

#include "prop.h"
#include "sched/lib/quincy_net.h"

enum { TASKS = 5, MACHINES = 4, RACKS = 2, JOBS = 2, GROUPS = 2 };
#define GB INT64_C(1000000000)

static const struct quincy_model *const models[] = {
    &quincy_model_quincy, &quincy_model_trivial, &quincy_model_load_balance, &quincy_model_cpu_mem};
static const struct sim_resources requests[GROUPS] = {{{1000, 500}}, {{500, 1500}}};

/* ---- all assignments ------------------------------------------------------------------------- */

/* Costs of every choice, from the model alone. */
struct costs {
    int64_t on[TASKS][MACHINES]; /* FLOW_FAR: no way. By a group: without what the group pays. */
    bool grouped[TASKS][MACHINES];
    int64_t wait[TASKS]; /* FLOW_FAR: pinned. */
};

static void offer(struct costs *c, sim_slot t, sim_machine m, int64_t cost, bool grouped)
{
    if (cost < c->on[t][m]) {
        c->on[t][m] = cost;
        c->grouped[t][m] = grouped;
    }
}

static void costs_of(const struct quincy *q, sim_time now_us, struct costs *c)
{
    for (sim_slot t = 0; t < q->task_end; t++) {
        const struct task *at = &q->tasks[t];
        for (sim_machine m = 0; m < MACHINES; m++) {
            c->on[t][m] = FLOW_FAR;
            c->grouped[t][m] = false;
        }
        if (!at->exists) {
            continue;
        }
        struct quincy_ways ways = {NULL, 0, 0};
        if (q->preempt || at->on == SIM_NONE) {
            q->model->ways(q, &at->known, &ways);
        }
        for (size_t i = 0; i < ways.len; i++) {
            const struct way *w = &ways.at[i];
            for (sim_machine m = 0; m < q->machine_end; m++) {
                const struct quincy_machine *k = quincy_machine_at(q, m);
                if (k != NULL &&
                    (w->via == QUINCY_MACHINE ? w->target == m
                                              : w->via != QUINCY_RACK || w->target == k->rack)) {
                    offer(c, t, m, w->cost, w->via == QUINCY_GROUP);
                }
            }
        }
        free(ways.at);
        c->wait[t] = FLOW_FAR;
        if (q->preempt || at->on == SIM_NONE) {
            const sim_time waits = at->on == SIM_NONE ? now_us - at->since_us : 0;
            c->wait[t] = q->model->wait(&q->params, &at->known, at->waited_us + waits);
        }
        if (at->on != SIM_NONE) {
            offer(c, t, at->on,
                  q->model->on_machine(q, &at->known, at->on) +
                      q->model->continuation(&q->params, now_us - at->since_us),
                  false);
        }
    }
}

static int64_t plus(int64_t a, int64_t b)
{
    return a == FLOW_FAR || b == FLOW_FAR ? FLOW_FAR : a + b;
}

static int64_t machine_cost(const struct quincy *q, const struct costs *c, const int *place,
                            sim_machine m)
{
    uint32_t n = 0, of_group[GROUPS] = {0, 0};
    int64_t sum = 0;
    for (sim_slot t = 0; t < q->task_end; t++) {
        if (q->tasks[t].exists && place[t] == (int)m) {
            const uint32_t g = q->tasks[t].known.group;
            int64_t more = 0;
            if (c->grouped[t][m] && !q->model->group(q, &requests[g], m, of_group[g]++, &more)) {
                return FLOW_FAR;
            }
            sum = plus(sum, plus(c->on[t][m], more));
            sum = plus(sum, q->model->slot == NULL ? 0 : q->model->slot(&q->params, n));
            n++;
        }
    }
    const struct quincy_machine *k = quincy_machine_at(q, m);
    return n > (k == NULL ? 0 : k->slots) ? FLOW_FAR : sum;
}

static bool within_bounds(const struct quincy *q, const int *place)
{
    for (uint32_t j = 0; j < q->job_end; j++) {
        const struct job *job = &q->jobs[j];
        uint32_t runs = 0, pinned = 0;
        for (sim_slot t = 0; t < q->task_end; t++) {
            if (q->tasks[t].exists && q->tasks[t].known.job == j) {
                runs += place[t] >= 0;
                pinned += q->tasks[t].on != SIM_NONE && !q->preempt;
            }
        }
        uint32_t most = job->most < job->tasks ? job->most : job->tasks;
        most = most < pinned ? pinned : most;
        const uint32_t least = job->least == SIM_NONE ? 0 : job->least;
        if (job->exists && (runs > most || runs < (least < most ? least : most))) {
            return false;
        }
    }
    return true;
}

static int64_t total(const struct quincy *q, const struct costs *c, const int *place)
{
    int64_t sum = within_bounds(q, place) ? 0 : FLOW_FAR;
    for (sim_slot t = 0; t < q->task_end; t++) {
        sum = q->tasks[t].exists && place[t] < 0 ? plus(sum, c->wait[t]) : sum;
    }
    for (sim_machine m = 0; m < MACHINES; m++) {
        sum = plus(sum, machine_cost(q, c, place, m));
    }
    return sum;
}

/* The least total, and for each task and machine the least with the task there. */
static int64_t try_all(const struct quincy *q, const struct costs *c, int64_t with[TASKS][MACHINES])
{
    int64_t best = FLOW_FAR;
    int place[TASKS];
    for (int i = 0; i < TASKS * MACHINES; i++) {
        with[i / MACHINES][i % MACHINES] = FLOW_FAR;
    }
    for (int code = 0; code < 3125; code++) { /* (MACHINES + 1) ^ TASKS */
        bool twice = false;                   /* What does not exist is placed once only. */
        for (int t = 0, rest = code; t < TASKS; t++, rest /= MACHINES + 1) {
            place[t] = rest % (MACHINES + 1) - 1;
            twice |= place[t] >= 0 && ((uint32_t)t >= q->task_end || !q->tasks[t].exists);
        }
        const int64_t sum = twice ? FLOW_FAR : total(q, c, place);
        best = sum < best ? sum : best;
        for (int t = 0; t < TASKS; t++) {
            int64_t *w = place[t] >= 0 ? &with[t][place[t]] : NULL;
            if (w != NULL && sum < *w) {
                *w = sum;
            }
        }
    }
    return best;
}

/* ---- events ---------------------------------------------------------------------------------- */

struct world {
    struct quincy *q, *fresh; /* The same; one is always solved from nothing. */
    struct prng r;
    sim_time now_us;
    uint32_t slots[MACHINES]; /* Which a machine had when it was last seen; in the cell or not. */
};

static void both(struct world *w, void (*change)(struct quincy *, sim_slot, sim_time), sim_slot t)
{
    change(w->q, t, w->now_us);
    change(w->fresh, t, w->now_us);
}

static void remove_task(struct quincy *q, sim_slot t, sim_time now_us)
{
    (void)now_us;
    quincy_task_remove(q, t);
}

static bool has_task(const struct world *w, sim_slot t)
{
    return t < w->q->task_end && w->q->tasks[t].exists;
}

static void toggle_task(struct world *w)
{
    const sim_slot t = prng_below(&w->r, TASKS);
    if (has_task(w, t)) {
        both(w, remove_task, t);
        return;
    }
    struct quincy_input in[3];
    const uint32_t n = prng_below(&w->r, 4);
    for (uint32_t i = 0; i < n; i++) {
        in[i] =
            (struct quincy_input){prng_below(&w->r, MACHINES), prop_range(&w->r, 0, 40) * (GB / 4)};
    }
    const uint32_t group = prng_below(&w->r, GROUPS);
    const struct quincy_task known = {prng_below(&w->r, JOBS), group, requests[group], in, n};
    quincy_task_add(w->q, t, &known, w->now_us);
    quincy_task_add(w->fresh, t, &known, w->now_us);
}

static void toggle_machine(struct world *w)
{
    const sim_machine m = prng_below(&w->r, MACHINES);
    const struct quincy_machine *old = quincy_machine_at(w->q, m);
    const uint32_t running = old != NULL ? w->q->machines[m].running : 0;
    const struct quincy_machine new = {.rack = m % RACKS,
                                       .slots = running + prng_below(&w->r, 3),
                                       .capacity = {{4000, 4000}},
                                       .used = {{prop_range(&w->r, 0, 3000), 800}}};
    if (old == NULL) {
        quincy_machine_add(w->q, m, &new);
        quincy_machine_add(w->fresh, m, &new);
    } else if (prng_below(&w->r, 2)) {
        quincy_machine_set(w->q, m, &new);
        quincy_machine_set(w->fresh, m, &new);
    } else {
        for (sim_slot t = 0; t < TASKS; t++) {
            if (has_task(w, t) && w->q->tasks[t].on == m) {
                both(w, quincy_task_wait, t);
            }
        }
        quincy_machine_remove(w->q, m);
        quincy_machine_remove(w->fresh, m);
    }
}

static void set_bounds(struct world *w)
{
    const uint32_t job = prng_below(&w->r, JOBS), most = prng_below(&w->r, 4);
    const uint32_t least = prng_below(&w->r, most + 1);
    const bool none = prng_below(&w->r, 2);
    quincy_job_bounds(w->q, job, none ? SIM_NONE : least, none ? SIM_NONE : most);
    quincy_job_bounds(w->fresh, job, none ? SIM_NONE : least, none ? SIM_NONE : most);
}

static void start(struct quincy *q, sim_slot t, sim_machine m, sim_time now_us)
{
    struct quincy_machine known = *quincy_machine_at(q, m);
    for (int d = 0; d < SIM_DIMS; d++) {
        known.used.v[d] += q->tasks[t].known.request.v[d];
    }
    quincy_machine_set(q, m, &known);
    quincy_task_run(q, t, m, now_us);
}

/* What a scheduler does with the answer: first who stops, then who starts. */
static void obey(struct world *w)
{
    size_t n;
    const struct quincy_row *rows = quincy_rows(w->q, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].from != SIM_NONE && rows[i].machine != rows[i].from) {
            both(w, quincy_task_wait, rows[i].task);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (rows[i].machine != SIM_NONE && rows[i].machine != rows[i].from) {
            start(w->q, rows[i].task, rows[i].machine, w->now_us);
            start(w->fresh, rows[i].task, rows[i].machine, w->now_us);
        }
    }
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void check_rows(const struct world *w, const struct costs *c, uint64_t seed)
{
    int64_t sum = 0;
    int place[TASKS] = {-1, -1, -1, -1, -1};
    size_t n;
    const struct quincy_row *rows = quincy_rows(w->q, &n);
    for (size_t i = 0; i < n; i++) {
        sum += rows[i].place + rows[i].slot + rows[i].continuation + rows[i].wait;
        place[rows[i].task] = (int)rows[i].machine;
        cr_assert_neq(rows[i].via, QUINCY_STUCK);
    }
    cr_assert_eq(sum, quincy_cost(w->q), "SIM_SEED=%lu", seed);
    cr_assert_leq(total(w->q, c, place), sum, "SIM_SEED=%lu: rows do not fit", seed);
}

static void check_margins(struct world *w, int64_t best, int64_t with[TASKS][MACHINES],
                          uint64_t seed)
{
    for (sim_slot t = 0; t < TASKS; t++) {
        size_t n = 0;
        const struct quincy_margin *at = has_task(w, t) ? quincy_margins(w->q, t, &n) : NULL;
        for (size_t i = 0; i < n; i++) {
            const int64_t forced = with[t][at[i].machine];
            const int64_t lacks = forced == FLOW_FAR ? FLOW_FAR : forced - best;
            cr_assert_eq(at[i].short_by, lacks, "SIM_SEED=%lu: task %u, machine %u: %ld, not %ld",
                         seed, t, at[i].machine, (long)at[i].short_by, (long)lacks);
        }
    }
}

/* Bounds that cannot be kept: somebody is stuck, the others are on machines that have a slot. */
static void check_stuck(const struct world *w, uint64_t seed)
{
    uint32_t stuck = 0, on[MACHINES] = {0};
    size_t n;
    const struct quincy_row *rows = quincy_rows(w->q, &n);
    for (size_t i = 0; i < n; i++) {
        stuck += rows[i].via == QUINCY_STUCK;
        if (rows[i].machine != SIM_NONE) {
            on[rows[i].machine]++;
        }
    }
    cr_assert_gt(stuck, 0, "SIM_SEED=%lu", seed);
    for (sim_machine m = 0; m < MACHINES; m++) {
        const struct quincy_machine *k = quincy_machine_at(w->q, m);
        cr_assert_leq(on[m], k == NULL ? 0 : k->slots, "SIM_SEED=%lu: machine %u", seed, m);
    }
}

static bool blocks(const struct quincy_blocker *b, const struct world *w, sim_machine m)
{
    switch (b->limit) {
    case QUINCY_LIMIT_SLOTS:
    case QUINCY_LIMIT_RACK:
    case QUINCY_LIMIT_ROOM:
        return b->subject == m;
    case QUINCY_LIMIT_CLUSTER:
        return b->subject == w->q->machines[m].known.rack;
    case QUINCY_LIMIT_JOB:
        return true;
    }
    return false;
}

/* A task waits although a machine costs less: something is said to be full on the way. */
static void check_blockers(struct world *w, uint64_t seed)
{
    size_t n, blockers;
    const struct quincy_row *rows = quincy_rows(w->q, &n);
    for (size_t i = 0; i < n; i++) {
        const struct quincy_blocker *b = quincy_blockers(w->q, rows[i].task, &blockers);
        size_t machines;
        const struct quincy_margin *at = quincy_margins(w->q, rows[i].task, &machines);
        for (size_t k = 0; k < machines && rows[i].via == QUINCY_WAIT; k++) {
            const struct quincy_machine *m = quincy_machine_at(w->q, at[k].machine);
            const int64_t slots =
                w->q->model->slot == NULL ? 0 : w->q->model->slot(&w->q->params, m->slots);
            bool blocked = m->slots == 0 || at[k].cost + slots >= rows[i].wait;
            for (size_t j = 0; j < blockers; j++) {
                cr_assert_gt(b[j].price, 0);
                blocked |= blocks(&b[j], w, at[k].machine);
            }
            cr_assert(blocked, "SIM_SEED=%lu: task %u, machine %u", seed, rows[i].task,
                      at[k].machine);
        }
    }
}

static void check_nothing_moves(struct world *w, uint64_t seed)
{
    size_t n;
    cr_assert(quincy_solve(w->q, w->now_us), "SIM_SEED=%lu", seed);
    const struct quincy_row *rows = quincy_rows(w->q, &n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(rows[i].machine, rows[i].from, "SIM_SEED=%lu %s: task %u from %d to %d via %d",
                     seed, w->q->model->name, rows[i].task, (int)rows[i].from, (int)rows[i].machine,
                     rows[i].via);
    }
}

static void check_world(const struct quincy_model *model, bool preempt, uint64_t seed,
                        uint32_t *solved)
{
    struct quincy_params params = model->defaults;
    params.wait = model == &quincy_model_quincy ? 5 : params.wait;
    struct world w = {.q = quincy_create(model, &params, preempt),
                      .fresh = quincy_create(model, &params, preempt)};
    prng_init(&w.r, seed, model->name);
    for (int step = 0; step < 12; step++) {
        for (uint32_t i = 0, n = 1 + prng_below(&w.r, 4); i < n; i++) {
            const uint32_t kind = prng_below(&w.r, 8);
            kind < 4 ? toggle_task(&w) : kind < 7 ? toggle_machine(&w) : set_bounds(&w);
        }
        w.now_us += SIM_SECONDS(prng_below(&w.r, 20));
        struct costs c;
        int64_t with[TASKS][MACHINES];
        costs_of(w.q, w.now_us, &c);
        const int64_t best = try_all(w.q, &c, with);
        const bool ok = quincy_solve(w.q, w.now_us);
        cr_assert_eq(ok, best != FLOW_FAR, "SIM_SEED=%lu %s", seed, model->name);
        cr_assert_eq(quincy_solve_scratch(w.fresh, w.now_us), ok, "SIM_SEED=%lu", seed);
        if (!ok) {
            check_stuck(&w, seed);
            continue;
        }
        cr_assert_eq(quincy_cost(w.q), best, "SIM_SEED=%lu %s: %ld, not %ld", seed, model->name,
                     (long)quincy_cost(w.q), (long)best);
        cr_assert_eq(quincy_cost(w.fresh), best, "SIM_SEED=%lu %s", seed, model->name);
        check_rows(&w, &c, seed);
        check_margins(&w, best, with, seed);
        check_blockers(&w, seed);
        if (prng_below(&w.r, 2)) {
            obey(&w);
            check_nothing_moves(&w, seed);
        }
        ++*solved;
    }
    quincy_destroy(w.q);
    quincy_destroy(w.fresh);
}

Test(quincy, is_the_best_of_all_assignments_and_explains_the_others)
{
    uint32_t solved = 0;
    PROP_FOR_ALL (seed, 60) {
        for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
            check_world(models[i], seed % 2, seed, &solved);
        }
    }
    cr_expect(getenv("SIM_SEED") || solved > 1000, "%u", solved);
}
