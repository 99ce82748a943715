/* rounds_commit.c - the second half of a round: evictions, moves and starts, as far as the cell
 * takes them, and what is left is told why it waits. */
#include "base/check.h"
#include "base/mem.h"
#include "base/wide.h"
#include "sched/lib/rounds_state.h"

/* ---- is it still as it was? ------------------------------------------------------------------ */

/* The task of a plan is where it was when the plan was made. */
static bool stands(const struct rounds *r, const struct plan *p)
{
    const struct entry *e = &r->tasks[p->task];
    return e->here && e->id == p->id && e->on == p->from;
}

static bool still_waits(const struct rounds *r, const struct plan *p)
{
    const struct entry *e = &r->tasks[p->task];
    return e->here && e->id == p->id && e->on == SIM_NONE;
}

/* Nobody else takes room, but machines change by themselves. */
static void find_stale(struct rounds *r, const struct sim_view *v)
{
    MEM_GROW(r->stale, r->stale_cap, v->n);
    for (sim_machine m = 0; m < v->n; m++) {
        r->stale[m] = m >= r->machines || v->version[m] != r->version[m];
    }
}

static uint32_t places(const struct rounds *r)
{
    return r->args.slots > 0 ? r->args.slots : UINT32_MAX;
}

/* ---- starting one task ----------------------------------------------------------------------- */

static void commit(struct sim_context *ctx, struct sim_op *ops, size_t n)
{
    const bool accepted = sim_commit(ctx, ops, n, SIM_ATOMIC);
    CHECK(accepted); /* It was asked before. */
}

static void leave_to_move(struct rounds *r, struct sim_context *ctx, const struct plan *p)
{
    struct sim_op op = sim_op(SIM_OP_EVICT, p->task, p->from, 0);
    op.winner = p->task;
    commit(ctx, &op, 1);
    r->round.moved++;
    r->loosened = true;
}

static void record(struct rounds *r, struct sim_context *ctx, const struct plan *p,
                   const struct sim_choice *c)
{
    const int64_t decision = sim_record_placed(ctx, p->task, c);
    if (c->reason != SIM_REASON_LEAST_TOTAL_COST) {
        const struct sim_flow_row row = {.decision = decision,
                                         .cost = -c->score,
                                         .place = -c->score,
                                         .margin = SIM_NEVER,
                                         .machine = c->machine,
                                         .kind = SIM_FLOW_TAKEN,
                                         .way = SIM_FLOW_WAY_NONE};
        sim_record_flow(ctx, &row);
        return;
    }
    for (uint32_t i = 0; i < p->why_len; i++) {
        r->why[p->why + i].decision = decision;
        sim_record_flow(ctx, &r->why[p->why + i]);
    }
}

static void note_start(struct rounds *r, struct sim_context *ctx, sim_slot task, sim_machine m)
{
    struct entry *e = &r->tasks[task];
    const sim_time now = sim_now(ctx);
    if (e->in_net) {
        quincy_task_run(r->q, task, m, now);
    }
    e->waited_us += now - e->since_us;
    e->since_us = now;
    e->on = m;
    e->told = 0;
    r->jobs[e->job].waiting--;
    r->jobs[e->job].started = true;
    r->waiting--;
    r->running++;
    r->round.placed++;
}

/* A task that waits starts on c->machine, where the first `victims` of r->leaving make room. */
static void start(struct rounds *r, struct sim_context *ctx, struct plan *p,
                  const struct sim_choice *c, size_t victims)
{
    record(r, ctx, p, c);
    MEM_GROW(r->ops, r->ops_cap, victims + 1);
    for (size_t i = 0; i < victims; i++) {
        r->ops[i] = sim_op(SIM_OP_EVICT, r->leaving[i], c->machine, 0);
        r->ops[i].winner = p->task;
    }
    r->ops[victims] = sim_op(SIM_OP_PLACE, p->task, c->machine, c->devices);
    commit(ctx, r->ops, victims + 1);
    r->round.evicted += (uint32_t)victims;
    r->loosened |= victims > 0;
    note_start(r, ctx, p->task, c->machine);
    p->done = true;
}

/* ---- where the flow sends it ----------------------------------------------------------------- */

static size_t find_victims(struct rounds *r, sim_machine m)
{
    size_t n = 0;
    for (uint32_t i = r->victims[m]; i != 0; i = r->next_victim[i - 1]) {
        if (stands(r, &r->plans[i - 1])) {
            MEM_GROW(r->leaving, r->leaving_cap, n + 1);
            r->leaving[n++] = r->plans[i - 1].task;
        }
    }
    return n;
}

/* As few victims as it takes, in their order. */
static bool start_as_planned(struct rounds *r, struct sim_context *ctx, struct plan *p)
{
    const sim_machine m = p->to;
    struct sim_choice c;
    if (r->stale[m] || quincy_machine_at(r->q, m) == NULL) {
        p->changed = true;
        return false;
    }
    const size_t n = find_victims(r, m);
    const uint64_t taken = (uint64_t)sim_context_view(ctx)->tasks[m] + 1;
    size_t k = taken > places(r) ? (size_t)(taken - places(r)) : 0;
    while (k <= n && !sim_choose_without(ctx, p->task, m, r->leaving, k, &c)) {
        k++;
    }
    if (k > n) {
        return false;
    }
    if (p->from != SIM_NONE) {
        leave_to_move(r, ctx, p);
        const bool fits = sim_choose_without(ctx, p->task, m, r->leaving, k, &c);
        CHECK(fits); /* It left another machine. */
    }
    c.reason = SIM_REASON_LEAST_TOTAL_COST;
    c.score = p->score;
    c.margin = p->margin;
    c.runner_up = p->runner_up;
    start(r, ctx, p, &c, k);
    return true;
}

/* A task can only go where another one moves away from after that one has moved. */
static void start_all_planned(struct rounds *r, struct sim_context *ctx)
{
    do {
        r->loosened = false;
        for (const uint32_t *i = r->arrivals; *i != SIM_NONE; i++) {
            struct plan *p = &r->plans[*i];
            if (!p->gang && !p->done && stands(r, p)) {
                (void)start_as_planned(r, ctx, p);
            }
        }
    } while (r->loosened);
    for (const uint32_t *i = r->arrivals; *i != SIM_NONE; i++) {
        struct plan *p = &r->plans[*i];
        if (!p->gang && !p->done && stands(r, p)) {
            p->misfit = true;
            r->round.refused++;
        }
    }
}

/* ---- the cheapest that has room -------------------------------------------------------------- */

static int64_t slot_cost(const struct rounds *r, uint32_t tasks)
{
    return r->args.model->slot != NULL ? r->args.model->slot(&r->args.params, tasks) : 0;
}

/* Of equal ones the first; *cost is at most `limit`. */
static sim_machine cheapest_with_room(struct rounds *r, struct sim_context *ctx,
                                      const struct plan *p, int64_t limit, int64_t *cost)
{
    const struct sim_view *v = sim_context_view(ctx);
    const struct entry *e = &r->tasks[p->task];
    sim_machine best = SIM_NONE;
    *cost = limit + 1;
    for (sim_machine m = 0; e->in_net && m < v->n; m++) {
        if (r->stale[m] || v->tasks[m] >= places(r)) {
            continue;
        }
        int64_t here = quincy_cost_on(r->q, p->task, m);
        here += here != FLOW_FAR ? slot_cost(r, v->tasks[m]) : 0;
        if (here < *cost && sim_fits(ctx, e->cls, m)) {
            best = m;
            *cost = here;
        }
    }
    return best;
}

static void offer_what_is_left(struct rounds *r, struct sim_context *ctx)
{
    r->answer_time++;
    for (size_t i = 0; i < r->plans_len; i++) {
        struct plan *p = &r->plans[i];
        const bool waits = p->reason == SIM_REASON_OUTBID ||
                           (p->reason == SIM_REASON_NOTHING && (p->misfit || p->changed));
        if (p->done || p->gang || !waits || p->from != SIM_NONE || !stands(r, p) ||
            rounds_survey(r, ctx, r->tasks[p->task].cls)->feasible == 0) {
            continue;
        }
        struct sim_choice c;
        int64_t cost;
        const sim_machine m = cheapest_with_room(r, ctx, p, p->wait, &cost);
        if (m != SIM_NONE && sim_choose_without(ctx, p->task, m, NULL, 0, &c)) {
            c.reason = SIM_REASON_NEXT_CHEAPEST;
            c.score = -cost;
            start(r, ctx, p, &c, 0);
            r->answers[r->tasks[p->task].cls->id].at = 0; /* One place less. */
        }
    }
}

/* ---- gangs ----------------------------------------------------------------------------------- */

/* Reserves room for one member, where it is sent or at the cheapest place that has room. */
static bool reserve(struct rounds *r, struct sim_context *ctx, struct plan *p, struct sim_op *op)
{
    struct sim_choice c;
    int64_t cost;
    const bool free = !r->stale[p->to] && sim_context_view(ctx)->tasks[p->to] < places(r);
    if (!free || !sim_choose_without(ctx, p->task, p->to, NULL, 0, &c)) {
        const sim_machine m = cheapest_with_room(r, ctx, p, p->wait, &cost);
        if (m == SIM_NONE || !sim_choose_without(ctx, p->task, m, NULL, 0, &c)) {
            return false;
        }
        p->misfit = true;
        p->score = -cost;
    }
    *op = sim_op(SIM_OP_RESERVE, p->task, c.machine, c.devices);
    commit(ctx, op, 1);
    return true;
}

/* The rehearsal has shown that all find room, one after the other. */
static void start_gang(struct rounds *r, struct sim_context *ctx, struct plan *const *members,
                       const struct sim_op *ops, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sim_choice c;
        const bool fits = sim_choose_without(ctx, members[i]->task, ops[i].machine, NULL, 0, &c);
        CHECK(fits);
        c.score = members[i]->score;
        c.reason = SIM_REASON_NEXT_CHEAPEST;
        if (!members[i]->misfit) {
            c.reason = SIM_REASON_LEAST_TOTAL_COST;
            c.margin = members[i]->margin;
            c.runner_up = members[i]->runner_up;
        }
        start(r, ctx, members[i], &c, 0);
    }
}

static void try_gang(struct rounds *r, struct sim_context *ctx, uint32_t job, const uint32_t *first)
{
    size_t n = 0, members_cap = 0, ops_cap = 0;
    struct plan **members = NULL;
    struct sim_op *ops = NULL;
    for (const uint32_t *i = first; *i != SIM_NONE; i++) {
        struct plan *p = &r->plans[*i];
        if (!p->gang || r->tasks[p->task].job != job || !stands(r, p)) {
            continue;
        }
        MEM_GROW(members, members_cap, n + 1);
        MEM_GROW(ops, ops_cap, n + 1);
        members[n] = p;
        if (reserve(r, ctx, p, &ops[n])) {
            n++;
        } else {
            r->round.refused++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        ops[i].kind = SIM_OP_UNRESERVE;
    }
    commit(ctx, ops, n);
    if (n >= r->jobs[job].gang) {
        start_gang(r, ctx, members, ops, n);
    }
    for (const uint32_t *i = first; *i != SIM_NONE; i++) {
        struct plan *p = &r->plans[*i];
        if (p->gang && r->tasks[p->task].job == job) {
            p->gang = false; /* It has had its turn. */
            p->reason = SIM_REASON_GANG_INCOMPLETE;
        }
    }
    mem_free(members);
    mem_free(ops);
}

static void start_gangs(struct rounds *r, struct sim_context *ctx)
{
    for (const uint32_t *i = r->arrivals; *i != SIM_NONE; i++) {
        const struct plan *p = &r->plans[*i];
        if (p->gang && stands(r, p)) {
            try_gang(r, ctx, r->tasks[p->task].job, i);
        }
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* Those that give their place to nobody: their job has too many, or waiting has become cheaper. */
static void stop_others(struct rounds *r, struct sim_context *ctx)
{
    for (const uint32_t *i = r->arrivals; *i != SIM_NONE; i++) {
        r->victims[r->plans[*i].to] = 0;
    }
    for (sim_machine m = 0; m < r->machines; m++) {
        const size_t n = r->victims[m] != 0 ? find_victims(r, m) : 0;
        for (size_t i = 0; i < n; i++) {
            struct sim_op op = sim_op(SIM_OP_EVICT, r->leaving[i], m, 0);
            commit(ctx, &op, 1);
            r->round.evicted++;
        }
    }
}

/* Until the next round: room may appear before. */
static int64_t tell_no_room(struct sim_context *ctx, sim_slot task)
{
    const struct sim_choice none = {.machine = SIM_NONE,
                                    .runner_up = SIM_NONE,
                                    .examined = sim_context_view(ctx)->n,
                                    .together = true};
    return sim_record_refused(ctx, task, &none);
}

static void tell(struct rounds *r, struct sim_context *ctx, struct plan *p)
{
    int64_t decision;
    if (rounds_survey(r, ctx, r->tasks[p->task].cls)->feasible == 0) {
        decision = tell_no_room(ctx, p->task);
    } else {
        const enum sim_reason reason = p->reason != SIM_REASON_NOTHING ? p->reason
                                       : p->changed                    ? SIM_REASON_MACHINE_CHANGED
                                                                       : SIM_REASON_MISFIT;
        decision = sim_record_not_tried(ctx, p->task, reason, NULL);
    }
    for (uint32_t i = 0; decision >= 0 && i < p->why_len; i++) {
        r->why[p->why + i].decision = decision;
        sim_record_flow(ctx, &r->why[p->why + i]);
    }
}

/* When waiting will have become dearer than the next way of the task. */
static sim_time overtakes(const struct rounds *r, const struct plan *p, sim_time now)
{
    const struct quincy_params *q = &r->args.params;
    const struct entry *e = &r->tasks[p->task];
    if (q->wait_milli_per_s == 0 || p->next >= INT64_C(1) << 32) {
        return SIM_NEVER;
    }
    const sim_time needs =
        sim_muldiv_up(p->next + 1 - q->wait, SIM_SECONDS(1000), q->wait_milli_per_s);
    const sim_time has = e->waited_us + now - e->since_us;
    return needs > has ? now + (needs - has) : now;
}

/* Time helps who can pay more and more: more than a way costs, or than running tasks are worth. */
static sim_time helped_at(struct rounds *r, struct sim_context *ctx, const struct plan *p)
{
    const struct quincy_params *q = &r->args.params;
    const bool outgrows = r->args.preempt && q->wait_milli_per_s > q->gain_milli_per_s;
    if (!r->args.preempt && rounds_survey(r, ctx, r->tasks[p->task].cls)->feasible == 0) {
        return SIM_NEVER;
    }
    return outgrows && p->reason == SIM_REASON_OUTBID ? sim_now(ctx)
                                                      : overtakes(r, p, sim_now(ctx));
}

static sim_time tell_all(struct rounds *r, struct sim_context *ctx)
{
    sim_time due = SIM_NEVER;
    r->answer_time++;
    for (size_t i = 0; i < r->plans_len; i++) {
        struct plan *p = &r->plans[i];
        if (!p->done && still_waits(r, p)) {
            tell(r, ctx, p);
            const sim_time at = helped_at(r, ctx, p);
            due = at < due ? at : due;
        }
    }
    for (sim_slot t = 0; t < r->task_end; t++) { /* Those that were not thought about. */
        const struct entry *e = &r->tasks[t];
        if (e->here && e->on == SIM_NONE && !e->in_net &&
            rounds_survey(r, ctx, e->cls)->feasible == 0) {
            (void)tell_no_room(ctx, t);
        }
    }
    return due;
}

sim_time rounds_commit(struct rounds *r, struct sim_context *ctx)
{
    find_stale(r, sim_context_view(ctx));
    start_all_planned(r, ctx);
    start_gangs(r, ctx);
    offer_what_is_left(r, ctx);
    stop_others(r, ctx);
    const sim_time due = tell_all(r, ctx);
    sim_record_round(ctx, &r->round);
    return due;
}
