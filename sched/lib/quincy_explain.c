/* quincy_explain.c - why a task is not on another machine, and what keeps it waiting, read from the
 * solved network. */
#include "base/check.h"
#include "base/mem.h"
#include "sched/lib/quincy_net.h"

static const struct task *solved_task(const struct quincy *q, sim_slot task)
{
    CHECK(task < q->task_end && q->tasks[task].exists && !q->tasks[task].stale);
    return &q->tasks[task];
}

/* Of unit arcs side by side, cheapest first: the one that the next unit takes; the last one when
 * all are taken. FLOW_NONE when there is none. */
static uint32_t next_arc(const struct flow *f, const struct arc_list *list)
{
    uint32_t last = FLOW_NONE;
    for (size_t i = 0; i < list->len && flow_capacity(f, list->at[i]) > 0; i++) {
        last = list->at[i];
        if (!flow_saturated(f, last)) {
            break;
        }
    }
    return last;
}

static const struct arc_list *room_of(const struct group *g, sim_machine m)
{
    static const struct arc_list none = {NULL, 0, 0};
    return m < g->room_cap ? &g->room[m] : &none;
}

/* ---- other machines -------------------------------------------------------------------------- */

/* The arc by which the unit of a task leaves; FLOW_NONE when it is stuck. */
static uint32_t arc_taken(const struct quincy *q, const struct task *t)
{
    if (t->to_wait != FLOW_NONE && flow_of(q->flow, t->to_wait) > 0) {
        return t->to_wait;
    }
    for (size_t i = 0; i < t->ways.len; i++) {
        if (flow_of(q->flow, t->ways.at[i].arc) > 0) {
            return t->ways.at[i].arc;
        }
    }
    return FLOW_NONE;
}

/* q->far becomes the ways to the head of the arc that the task takes, and the result what is to be
 * added: nothing but the flow on this arc can be taken back to the task. Tasks that go the same way
 * share the search. */
static int64_t find_ways_back(struct quincy *q, const struct task *t)
{
    const uint32_t arc = arc_taken(q, t);
    const uint32_t to = arc != FLOW_NONE ? flow_to(q->flow, arc) : t->node;
    MEM_GROW(q->far, q->far_cap, flow_node_end(q->flow));
    if (q->far_at != q->solves || q->far_to != to) {
        flow_paths_to(q->flow, to, q->far);
        q->far_at = q->solves;
        q->far_to = to;
    }
    return arc != FLOW_NONE ? -flow_arc_cost(q->flow, arc) : 0;
}

/* A unit on machine m could go back to the task by `back`; FLOW_FAR when it cannot. */
static void consider(struct quincy *q, sim_machine m, enum quincy_via via, int64_t cost,
                     int64_t back)
{
    struct quincy_margin *best = &q->margins[m];
    if (best->machine == SIM_NONE || cost < best->cost) {
        *best = (struct quincy_margin){m, via, cost, back == FLOW_FAR ? FLOW_FAR : cost + back};
    }
}

static void consider_group(struct quincy *q, const struct way *w)
{
    const struct group *g = &q->groups[w->target];
    for (sim_machine m = 0; m < q->machine_end; m++) {
        const uint32_t arc = q->machines[m].exists ? next_arc(q->flow, room_of(g, m)) : FLOW_NONE;
        if (arc == FLOW_NONE) {
            continue;
        }
        const int64_t more = flow_arc_cost(q->flow, arc);
        int64_t back = q->far[q->machines[m].node];
        if (flow_of(q->flow, room_of(g, m)->at[0]) > 0) { /* In exchange for one of the group. */
            back = q->far[g->node] == FLOW_FAR ? FLOW_FAR : q->far[g->node] - more;
        }
        consider(q, m, w->via, w->cost + more, back);
    }
}

static void consider_racks(struct quincy *q, const struct way *w)
{
    const bool all = w->via == QUINCY_CLUSTER;
    for (uint32_t r = all ? 0 : w->target; r < (all ? q->rack_end : w->target + 1); r++) {
        for (size_t i = 0; i < q->racks[r].len; i++) {
            const sim_machine m = q->racks[r].machines[i];
            consider(q, m, w->via, w->cost, q->far[q->machines[m].node]);
        }
    }
}

const struct quincy_margin *quincy_margins(struct quincy *q, sim_slot task, size_t *n)
{
    const struct task *t = solved_task(q, task);
    const int64_t last = find_ways_back(q, t);
    MEM_GROW(q->margins, q->margins_cap, q->machine_end);
    for (sim_machine m = 0; m < q->machine_end; m++) {
        q->margins[m].machine = SIM_NONE;
    }
    for (size_t i = 0; i < t->ways.len; i++) {
        const struct way *w = &t->ways.at[i];
        if (w->via == QUINCY_MACHINE) {
            consider(q, w->target, w->via, flow_arc_cost(q->flow, w->arc),
                     q->far[q->machines[w->target].node]);
        } else if (w->via == QUINCY_GROUP) {
            consider_group(q, w);
        } else {
            consider_racks(q, w);
        }
    }
    *n = 0;
    for (sim_machine m = 0; m < q->machine_end; m++) {
        if (q->margins[m].machine != SIM_NONE) {
            q->margins[*n] = q->margins[m];
            q->margins[*n].short_by += q->margins[m].short_by != FLOW_FAR ? last : 0;
            ++*n;
        }
    }
    return q->margins;
}

int64_t quincy_cost_on(const struct quincy *q, sim_slot task, sim_machine m)
{
    CHECK(task < q->task_end && q->tasks[task].exists);
    const struct task *t = &q->tasks[task];
    int64_t least = FLOW_FAR;
    const bool known = !t->stale && m < q->machine_end && q->machines[m].exists;
    for (size_t i = 0; i < t->ways.len && known; i++) {
        const struct way *w = &t->ways.at[i];
        int64_t cost = w->cost;
        bool leads = w->via == QUINCY_CLUSTER;
        if (w->via == QUINCY_MACHINE) {
            leads = w->target == m;
        } else if (w->via == QUINCY_RACK) {
            leads = w->target == q->machines[m].known.rack;
        } else if (w->via == QUINCY_GROUP) {
            const uint32_t arc = next_arc(q->flow, room_of(&q->groups[w->target], m));
            leads = arc != FLOW_NONE;
            cost += leads ? flow_arc_cost(q->flow, arc) : 0;
        }
        least = leads && cost < least ? cost : least;
    }
    return least;
}

void quincy_bid(const struct quincy *q, sim_slot task, struct quincy_bid *out)
{
    const struct task *t = solved_task(q, task);
    CHECK(t->to_wait != FLOW_NONE);
    *out = (struct quincy_bid){flow_arc_cost(q->flow, t->to_wait), FLOW_FAR, FLOW_FAR};
    for (size_t i = 0; i < t->ways.len; i++) {
        const int64_t cost = t->ways.at[i].cost;
        out->least = cost < out->least ? cost : out->least;
        out->next = cost >= out->wait && cost < out->next ? cost : out->next;
    }
}

/* ---- waiting --------------------------------------------------------------------------------- */

enum { BY_ITSELF = 1, BY_RACK = 2, BY_CLUSTER = 4, BY_GROUP = 8 };

static int64_t price_of(const struct quincy *q, uint32_t arc)
{
    const int64_t reduced = flow_reduced_cost(q->flow, arc);
    return flow_saturated(q->flow, arc) && reduced < 0 ? -reduced : 0;
}

static void block(struct quincy *q, enum quincy_limit limit, uint32_t subject, int64_t price)
{
    if (price > 0) {
        MEM_GROW(q->blockers, q->blockers_cap, q->blockers_len + 1);
        q->blockers[q->blockers_len++] = (struct quincy_blocker){limit, subject, price};
    }
}

/* What the next task pays on a machine; FLOW_FAR where there are no slots at all. */
static int64_t slot_cost(const struct quincy *q, sim_machine m)
{
    const uint32_t arc = next_arc(q->flow, &q->machines[m].slots);
    return arc == FLOW_NONE ? FLOW_FAR : flow_arc_cost(q->flow, arc);
}

/* Marks the machines to which a way is cheaper than `limit`. */
static void mark_reached(struct quincy *q, const struct way *w, int64_t limit)
{
    for (sim_machine m = 0; m < q->machine_end; m++) {
        int64_t cost = q->machines[m].exists ? slot_cost(q, m) : FLOW_FAR;
        if (cost == FLOW_FAR) {
            continue;
        }
        cost += w->via == QUINCY_MACHINE ? flow_arc_cost(q->flow, w->arc) : w->cost;
        uint8_t how = 0;
        if (w->via == QUINCY_MACHINE) {
            how = w->target == m ? BY_ITSELF : 0;
        } else if (w->via == QUINCY_RACK) {
            how = w->target == q->machines[m].known.rack ? BY_RACK : 0;
        } else if (w->via == QUINCY_CLUSTER) {
            how = BY_RACK | BY_CLUSTER;
        } else {
            const uint32_t arc = next_arc(q->flow, room_of(&q->groups[w->target], m));
            how = arc != FLOW_NONE ? BY_GROUP : 0;
            cost += arc != FLOW_NONE ? flow_arc_cost(q->flow, arc) : 0;
        }
        q->reach[m] |= cost < limit ? how : 0;
    }
}

static void block_machine(struct quincy *q, const struct task *t, sim_machine m)
{
    const struct machine *at = &q->machines[m];
    if (q->reach[m] == 0) {
        return;
    }
    block(q, QUINCY_LIMIT_SLOTS, m, price_of(q, next_arc(q->flow, &at->slots)));
    if (q->reach[m] & BY_RACK) {
        block(q, QUINCY_LIMIT_RACK, m, price_of(q, at->from_rack));
    }
    if (q->reach[m] & BY_GROUP) {
        const struct group *g = &q->groups[t->known.group];
        block(q, QUINCY_LIMIT_ROOM, m, price_of(q, next_arc(q->flow, room_of(g, m))));
    }
}

static bool reaches_rack_by_cluster(const struct quincy *q, const struct rack *r)
{
    for (size_t i = 0; i < r->len; i++) {
        if (q->reach[r->machines[i]] & BY_CLUSTER) {
            return true;
        }
    }
    return false;
}

const struct quincy_blocker *quincy_blockers(struct quincy *q, sim_slot task, size_t *n)
{
    const struct task *t = solved_task(q, task);
    q->blockers_len = 0;
    MEM_GROW(q->reach, q->reach_cap, q->machine_end);
    for (sim_machine m = 0; m < q->machine_end; m++) {
        q->reach[m] = 0;
    }
    if (t->to_wait != FLOW_NONE && flow_of(q->flow, t->to_wait) > 0) {
        for (size_t i = 0; i < t->ways.len; i++) {
            mark_reached(q, &t->ways.at[i], flow_arc_cost(q->flow, t->to_wait));
        }
        for (sim_machine m = 0; m < q->machine_end; m++) {
            block_machine(q, t, m);
        }
        for (uint32_t r = 0; r < q->rack_end; r++) {
            if (reaches_rack_by_cluster(q, &q->racks[r])) {
                block(q, QUINCY_LIMIT_CLUSTER, r, price_of(q, q->racks[r].from_cluster));
            }
        }
        /* Nothing goes on to the sink although that would be worth something: those who wait have
         * to, and one more that may run would save so much. */
        const struct job *j = &q->jobs[t->known.job];
        if (j->demand > 0 && flow_of(q->flow, j->to_sink) == 0) {
            block(q, QUINCY_LIMIT_JOB, t->known.job, flow_reduced_cost(q->flow, j->to_sink));
        }
    }
    *n = q->blockers_len;
    return q->blockers;
}
