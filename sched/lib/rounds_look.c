/* rounds_look.c - the first half of a round: the network is made equal to the cell and solved, and
 * what it says is kept. */
#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/rounds_state.h"

/* ---- who is in ------------------------------------------------------------------------------- */

static bool may_enter(struct rounds *r, struct sim_context *ctx, const struct entry *e)
{
    if (e->on != SIM_NONE) {
        return true;
    }
    const struct sim_survey *s = rounds_survey(r, ctx, e->cls);
    return (r->args.preempt ? s->eligible : s->feasible) > 0;
}

struct movable { /* Tasks that the flow may send somewhere. */
    uint32_t count, waiting;
    struct sim_resources least; /* The smallest request, dimension by dimension. */
};

static void count_movable(const struct rounds *r, const struct entry *e, struct movable *all)
{
    if (e->on != SIM_NONE && !r->args.preempt) {
        return;
    }
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t need = e->cls->request.v[d];
        all->least.v[d] = all->count == 0 || need < all->least.v[d] ? need : all->least.v[d];
    }
    all->count++;
    all->waiting += e->on == SIM_NONE;
}

static void let_in(struct rounds *r, struct sim_context *ctx, struct movable *all)
{
    for (sim_slot t = 0; t < r->task_end; t++) {
        struct entry *e = &r->tasks[t];
        if (e->here && may_enter(r, ctx, e)) {
            if (!e->in_net) {
                rounds_enter(r, ctx, t);
            }
            count_movable(r, e, all);
        } else if (e->here) {
            rounds_withdraw(r, t);
        }
    }
}

/* ---- machines -------------------------------------------------------------------------------- */

/* How many more tasks fit, if each is as small as the smallest. */
static int64_t more_tasks(const struct sim_view *v, sim_machine m, const struct movable *all)
{
    int64_t more = v->status[m] == 0 ? all->count : 0;
    for (int d = 0; d < SIM_DIMS && more > 0; d++) {
        if (all->least.v[d] > 0) {
            const int64_t fit = v->free[d][m] / all->least.v[d];
            more = fit < more ? fit : more;
        }
    }
    return more;
}

static bool same_resources(const struct sim_resources *a, const struct sim_resources *b)
{
    bool same = true;
    for (int d = 0; d < SIM_DIMS; d++) {
        same &= a->v[d] == b->v[d];
    }
    return same;
}

/* Returns the places of the machine. */
static uint32_t set_machine(struct rounds *r, const struct sim_view *v, sim_machine m,
                            const struct movable *all)
{
    const struct quincy_machine *known = quincy_machine_at(r->q, m);
    if (known == NULL) {
        return 0;
    }
    struct quincy_machine now = {.rack = known->rack};
    int64_t slots = v->tasks[m] + more_tasks(v, m, all);
    if (r->args.slots > 0 && slots > r->args.slots) {
        slots = r->args.slots > v->tasks[m] ? r->args.slots : v->tasks[m];
    }
    now.slots = (uint32_t)slots;
    for (int d = 0; d < SIM_DIMS; d++) {
        now.capacity.v[d] = v->capacity[d][m];
        now.used.v[d] = v->capacity[d][m] - v->free[d][m];
    }
    if (now.slots != known->slots || !same_resources(&now.capacity, &known->capacity) ||
        !same_resources(&now.used, &known->used)) {
        quincy_machine_set(r->q, m, &now);
    }
    return now.slots;
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b, void *context)
{
    const struct crew *jobs = context;
    const struct crew *x = &jobs[*(const uint32_t *)a], *y = &jobs[*(const uint32_t *)b];
    return (x->tasks > y->tasks) - (x->tasks < y->tasks);
}

static bool is_gang(const struct crew *job) /* That has to start as a whole. */
{
    return job->gang > 1 && !job->started;
}

/* Max-min fair numbers of places: small jobs get what they have tasks for, the others share the
 * rest; a gang may always start. Quincy's E is 1, so that nobody starves, where there is a place
 * for every job. */
static void share_out(struct rounds *r, uint64_t slots, bool all_run)
{
    uint32_t n = 0;
    for (uint32_t j = 0; j < r->job_end; j++) {
        MEM_GROW(r->shares, r->shares_cap, (size_t)n + 1);
        r->shares[n] = j;
        n += r->jobs[j].tasks > 0;
    }
    sort_stable(r->shares, n, sizeof *r->shares, by_size, r->jobs);
    const uint32_t least = all_run && n <= slots ? 1 : 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct crew *job = &r->jobs[r->shares[i]];
        uint64_t share = slots / (n - i);
        share = share < job->tasks ? share : job->tasks;
        slots -= share;
        const uint32_t whole = is_gang(job) ? job->gang : 1;
        quincy_job_bounds(r->q, r->shares[i], least, share > whole ? (uint32_t)share : whole);
    }
}

static void bar(struct rounds *r, uint32_t job)
{
    r->jobs[job].barred = true;
    quincy_job_bounds(r->q, job, SIM_NONE, 0);
}

static void set_jobs(struct rounds *r, uint64_t slots, bool all_run)
{
    for (uint32_t j = 0; j < r->job_end; j++) {
        if (r->jobs[j].tasks > 0) {
            r->jobs[j].barred = false;
            quincy_job_bounds(r->q, j, SIM_NONE, SIM_NONE);
        }
    }
    if (r->args.fair) {
        share_out(r, slots, all_run);
    }
    for (uint32_t j = 0; j < r->job_end; j++) {
        if (r->jobs[j].tasks > 0 && is_gang(&r->jobs[j]) &&
            r->jobs[j].waiting < r->jobs[j].gang) { /* It has not come as a whole yet. */
            bar(r, j);
        }
    }
}

/* Gangs of which the flow places a part have to wait. Returns whether there are any. */
static bool bar_parts(struct rounds *r)
{
    size_t n;
    bool any = false;
    const struct quincy_row *rows = quincy_rows(r->q, &n);
    MEM_GROW(r->shares, r->shares_cap, r->job_end);
    for (uint32_t j = 0; j < r->job_end; j++) {
        r->shares[j] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        r->shares[r->tasks[rows[i].task].job] += rows[i].machine != SIM_NONE;
    }
    for (uint32_t j = 0; j < r->job_end; j++) {
        if (r->shares[j] > 0 && is_gang(&r->jobs[j]) && !r->jobs[j].barred &&
            r->shares[j] < r->jobs[j].gang) {
            bar(r, j);
            any = true;
        }
    }
    return any;
}

/* There may be a place for every job, and none of the kind that one of them needs: then nobody is
 * promised one. */
static void solve(struct rounds *r, sim_time now, uint64_t slots)
{
    set_jobs(r, slots, true);
    if (!quincy_solve(r->q, now)) {
        set_jobs(r, slots, false);
        quincy_solve(r->q, now);
    }
    while (bar_parts(r)) {
        quincy_solve(r->q, now);
    }
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* Tasks that stay where they are are not spoken of; nor is one that no bound leaves a way. */
static bool changes(const struct quincy_row *row)
{
    return row->from == SIM_NONE || (row->machine != row->from && row->via != QUINCY_STUCK);
}

/* Tasks that leave by the same node have one search in common (quincy_margins). */
static uint64_t way_out(const struct rounds *r, const struct quincy_row *row)
{
    const struct entry *e = &r->tasks[row->task];
    uint32_t target = 0;
    if (row->via == QUINCY_WAIT || row->via == QUINCY_STUCK) {
        target = e->job;
    } else if (row->via == QUINCY_MACHINE) {
        target = row->machine;
    } else if (row->via == QUINCY_RACK) {
        target = quincy_rack_of(r->q, row->machine);
    } else if (row->via == QUINCY_GROUP) {
        target = e->cls->id;
    }
    return (uint64_t)row->via << 32 | target;
}

static int by_way_out(const void *a, const void *b, void *context)
{
    const struct plan *plans = context;
    const struct plan *x = &plans[*(const uint32_t *)a], *y = &plans[*(const uint32_t *)b];
    return (x->way_out > y->way_out) - (x->way_out < y->way_out);
}

static void keep_plan(struct rounds *r, const struct quincy_row *row, uint32_t index)
{
    const struct entry *e = &r->tasks[row->task];
    MEM_GROW(r->plans, r->plans_cap, r->plans_len + 1);
    r->plans[r->plans_len++] = (struct plan){.task = row->task,
                                             .id = e->id,
                                             .from = row->from,
                                             .to = row->machine,
                                             .runner_up = SIM_NONE,
                                             .next = FLOW_FAR,
                                             .row = index,
                                             .way_out = way_out(r, row),
                                             .gang = is_gang(&r->jobs[e->job])};
}

static void explain_plans(struct rounds *r, const struct quincy_row *rows)
{
    MEM_GROW(r->shares, r->shares_cap, r->plans_len);
    for (uint32_t i = 0; i < r->plans_len; i++) {
        r->shares[i] = i;
    }
    sort_stable(r->shares, r->plans_len, sizeof *r->shares, by_way_out, r->plans);
    r->why_len = 0;
    for (size_t i = 0; i < r->plans_len; i++) {
        struct plan *p = &r->plans[r->shares[i]];
        p->why = r->why_len;
        rounds_explain(r, p, &rows[p->row]);
    }
}

/* Plans by what they do: those that lead to a machine, and those that leave one for nowhere. */
static void sort_plans(struct rounds *r)
{
    uint32_t arrivals = 0;
    MEM_GROW(r->victims, r->victims_cap, (size_t)r->machines + 1);
    MEM_GROW(r->arrivals, r->arrivals_cap, r->plans_len + 1);
    MEM_GROW(r->next_victim, r->next_cap, r->plans_len + 1);
    for (sim_machine m = 0; m < r->machines; m++) {
        r->victims[m] = 0;
    }
    for (size_t i = r->plans_len; i-- > 0;) { /* The first comes to the front of its list. */
        const struct plan *p = &r->plans[i];
        if (p->to == SIM_NONE && p->from != SIM_NONE) {
            r->next_victim[i] = r->victims[p->from];
            r->victims[p->from] = (uint32_t)i + 1;
        }
    }
    for (size_t i = 0; i < r->plans_len; i++) {
        r->arrivals[arrivals] = (uint32_t)i;
        arrivals += r->plans[i].to != SIM_NONE;
    }
    r->arrivals[arrivals] = SIM_NONE;
}

uint32_t rounds_look(struct rounds *r, struct sim_context *ctx)
{
    const struct sim_view *v = sim_context_view(ctx);
    struct movable all = {0};
    uint64_t slots = 0;
    r->answer_time++;
    r->round = (struct sim_round_row){.began_us = sim_now(ctx),
                                      .number = r->round.number + 1,
                                      .running = r->running,
                                      .waiting = r->waiting};
    let_in(r, ctx, &all);
    r->machines = v->n;
    MEM_GROW(r->version, r->version_cap, v->n);
    for (sim_machine m = 0; m < v->n; m++) {
        slots += set_machine(r, v, m, &all);
        r->version[m] = v->version[m];
    }
    solve(r, sim_now(ctx), slots);
    r->round.cost = quincy_cost(r->q);
    r->plans_len = 0;
    size_t n;
    const struct quincy_row *rows = quincy_rows(r->q, &n);
    for (size_t i = 0; i < n; i++) {
        if (changes(&rows[i])) {
            keep_plan(r, &rows[i], (uint32_t)i);
        }
    }
    explain_plans(r, rows);
    sort_plans(r);
    return all.waiting;
}
