/* quincy_solve.c - the network is brought up to date and solved, and the flow read back: units that
 * went through a rack, the cluster or a group are given to machines. */
#include "base/check.h"
#include "base/mem.h"
#include "base/wide.h"
#include "sched/lib/quincy_net.h"

/* ---- ways of tasks --------------------------------------------------------------------------- */

void quincy_way(struct quincy_ways *out, enum quincy_via via, uint32_t target, int64_t cost)
{
    MEM_GROW(out->at, out->cap, out->len + 1);
    out->at[out->len++] = (struct way){via, target, cost, FLOW_NONE};
}

static struct way *find_way(const struct quincy_ways *ways, size_t guess, const struct way *like)
{
    for (size_t i = 0; i < ways->len; i++) { /* Most often it is where it was. */
        struct way *w = &ways->at[(guess + i) % ways->len];
        if (w->via == like->via && w->target == like->target) {
            return w;
        }
    }
    return NULL;
}

static uint32_t node_of_way(const struct quincy *q, const struct way *w)
{
    switch (w->via) {
    case QUINCY_MACHINE:
        return q->machines[w->target].node;
    case QUINCY_RACK:
        return q->racks[w->target].node;
    case QUINCY_CLUSTER:
        return q->cluster;
    case QUINCY_GROUP:
        return q->groups[w->target].node;
    case QUINCY_WAIT:
    case QUINCY_STUCK:
        break;
    }
    CHECK(!"a way leads to a machine, a rack, the cluster or a group");
    return FLOW_NONE;
}

/* The ways that the model names now, that to the machine on which the task runs first: of equally
 * cheap ones it is tried first. */
static void ask_for_ways(struct quincy *q, struct task *t)
{
    struct quincy_ways *new = &q->scratch;
    new->len = 0;
    if (t->on != SIM_NONE) {
        quincy_way(new, QUINCY_MACHINE, t->on, q->model->on_machine(q, &t->known, t->on));
    }
    if (t->on == SIM_NONE || q->preempt) {
        q->model->ways(q, &t->known, new);
    }
    size_t n = t->on != SIM_NONE;
    for (size_t i = n; i < new->len; i++) { /* The model may have named it, too. */
        if (new->at[i].via != QUINCY_MACHINE || new->at[i].target != t->on) {
            new->at[n++] = new->at[i];
        }
    }
    new->len = n;
}

/* Arcs that stay are kept, with what they carry. */
static void renew_ways(struct quincy *q, struct task *t)
{
    ask_for_ways(q, t);
    for (size_t i = 0; i < t->ways.len; i++) {
        struct way *kept = q->scratch.len > 0 ? find_way(&q->scratch, i, &t->ways.at[i]) : NULL;
        if (kept != NULL) {
            kept->arc = t->ways.at[i].arc;
            flow_arc_set(q->flow, kept->arc, 1, kept->cost);
        } else {
            flow_arc_remove(q->flow, t->ways.at[i].arc);
        }
    }
    t->ways.len = 0;
    for (size_t i = 0; i < q->scratch.len; i++) {
        struct way w = q->scratch.at[i];
        if (w.arc == FLOW_NONE) {
            w.arc = flow_arc_add(q->flow, t->node, node_of_way(q, &w), 1, w.cost);
        }
        MEM_GROW(t->ways.at, t->ways.cap, t->ways.len + 1);
        t->ways.at[t->ways.len++] = w;
    }
    t->stale = false;
}

/* The arcs by which a unit of the task may have come to m, if each of them carries one. */
static size_t arcs_to(const struct quincy *q, const struct way *w, sim_machine m, uint32_t arcs[3])
{
    const struct rack *r = &q->racks[q->machines[m].known.rack];
    size_t n = 0;
    arcs[n++] = w->arc;
    if (w->via == QUINCY_GROUP) {
        const struct group *g = &q->groups[w->target];
        for (size_t i = m < g->room_cap ? g->room[m].len : 0; i-- > 0 && n == 1;) {
            if (flow_of(q->flow, g->room[m].at[i]) > 0) { /* The dearest one. */
                arcs[n++] = g->room[m].at[i];
            }
        }
        return n == 2 ? n : 0;
    }
    if (w->via == QUINCY_CLUSTER) {
        arcs[n++] = r->from_cluster;
    } else if (w->via != QUINCY_RACK || &q->racks[w->target] != r) {
        return 0;
    }
    arcs[n++] = q->machines[m].from_rack;
    for (size_t i = 0; i < n; i++) {
        if (flow_of(q->flow, arcs[i]) == 0) {
            return 0;
        }
    }
    return n;
}

void quincy_settle(struct quincy *q, struct task *t, sim_machine m)
{
    const struct way own = {QUINCY_MACHINE, m, 0, FLOW_NONE};
    uint32_t arcs[3];
    size_t n = 0;
    for (size_t i = 0; i < t->ways.len && n == 0; i++) {
        if (flow_of(q->flow, t->ways.at[i].arc) > 0) {
            n = arcs_to(q, &t->ways.at[i], m, arcs);
        }
    }
    if (n == 0) {
        return;
    }
    if (find_way(&t->ways, 0, &own) == NULL) {
        const int64_t cost = q->model->on_machine(q, &t->known, m);
        quincy_way(&t->ways, QUINCY_MACHINE, m, cost);
        t->ways.at[t->ways.len - 1].arc =
            flow_arc_add(q->flow, t->node, q->machines[m].node, 1, cost);
    }
    flow_shift(q->flow, find_way(&t->ways, 0, &own)->arc, 1);
    for (size_t i = 0; i < n; i++) {
        flow_shift(q->flow, arcs[i], -1);
    }
}

/* ---- up to date ------------------------------------------------------------------------------ */

static int64_t wait_cost(const struct quincy *q, const struct task *t, sim_time now_us)
{
    const sim_time waits_us = t->on == SIM_NONE ? now_us - t->since_us : 0;
    return q->model->wait(&q->params, &t->known, t->waited_us + waits_us);
}

static int64_t continuation(const struct quincy *q, const struct task *t, sim_time now_us)
{
    return t->on == SIM_NONE ? 0 : q->model->continuation(&q->params, now_us - t->since_us);
}

static void refresh_task(struct quincy *q, struct task *t, sim_time now_us)
{
    CHECK(now_us >= t->since_us);
    if (t->stale) {
        renew_ways(q, t);
    }
    if (t->on != SIM_NONE) {
        const struct way own = {QUINCY_MACHINE, t->on, 0, FLOW_NONE};
        const struct way *w = find_way(&t->ways, 0, &own);
        flow_arc_set(q->flow, w->arc, 1, w->cost + continuation(q, t, now_us));
    }
    const bool pinned = t->on != SIM_NONE && !q->preempt;
    if (pinned && t->to_wait != FLOW_NONE) {
        flow_arc_remove(q->flow, t->to_wait);
        t->to_wait = FLOW_NONE;
    } else if (!pinned && t->to_wait == FLOW_NONE) {
        const uint32_t node = q->jobs[t->known.job].node;
        t->to_wait = flow_arc_add(q->flow, t->node, node, 1, wait_cost(q, t, now_us));
    } else if (!pinned) {
        flow_arc_set(q->flow, t->to_wait, 1, wait_cost(q, t, now_us));
    }
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* N tasks, at most F of them run: N - F units have to end here. At least E: no more than F - E go
 * on to the sink. */
static void refresh_job(struct quincy *q, struct job *j)
{
    const uint32_t pinned = q->preempt ? 0 : j->running;
    uint32_t most = least_of(j->most, j->tasks);
    most = most < pinned ? pinned : most;
    const uint32_t least = j->least == SIM_NONE ? 0 : least_of(j->least, most);
    j->demand = (int64_t)j->tasks - most;
    flow_node_supply(q->flow, j->node, -j->demand);
    flow_arc_set(q->flow, j->to_sink, most - least, 0);
}

void quincy_refresh(struct quincy *q, sim_time now_us)
{
    for (uint32_t i = 0; i < q->task_end; i++) {
        if (q->tasks[i].exists) {
            refresh_task(q, &q->tasks[i], now_us);
        }
    }
    int64_t demand = q->task_count;
    for (uint32_t i = 0; i < q->job_end; i++) {
        if (q->jobs[i].exists) {
            refresh_job(q, &q->jobs[i]);
            demand -= q->jobs[i].demand;
        }
    }
    flow_node_supply(q->flow, q->sink, -demand);
}

/* ---- the flow read back ---------------------------------------------------------------------- */

static void count_units(struct quincy *q)
{
    MEM_GROW(q->left, q->left_cap, q->machine_end);
    MEM_GROW(q->taken, q->taken_cap, q->machine_end);
    MEM_GROW(q->of_rack, q->of_rack_cap, q->rack_end);
    MEM_GROW(q->cursor, q->cursor_cap, q->rack_end);
    for (uint32_t m = 0; m < q->machine_end; m++) {
        q->left[m] = q->machines[m].exists ? flow_of(q->flow, q->machines[m].from_rack) : 0;
        q->taken[m] = 0;
    }
    for (uint32_t r = 0; r < q->rack_end; r++) {
        q->cursor[r] = 0;
        q->of_rack[r] =
            q->racks[r].node == FLOW_NONE ? 0 : flow_of(q->flow, q->racks[r].from_cluster);
    }
    for (uint32_t g = 0; g < q->group_end; g++) {
        q->groups[g].cursor_machine = 0;
        q->groups[g].cursor_arc = 0;
    }
}

/* The arc by which the unit of a task leaves. */
static void read_way(const struct quincy *q, const struct task *t, sim_time now_us,
                     struct quincy_row *row, uint32_t *target)
{
    if (t->to_wait != FLOW_NONE && flow_of(q->flow, t->to_wait) > 0) {
        row->via = QUINCY_WAIT;
        row->wait = flow_arc_cost(q->flow, t->to_wait);
        return;
    }
    for (size_t i = 0; i < t->ways.len; i++) {
        const struct way *w = &t->ways.at[i];
        if (flow_of(q->flow, w->arc) > 0) {
            row->via = w->via;
            row->place = w->cost;
            *target = w->target;
            if (w->via == QUINCY_MACHINE) {
                row->machine = w->target;
                row->continuation = w->target == t->on ? continuation(q, t, now_us) : 0;
            }
            return;
        }
    }
    row->via = QUINCY_STUCK;
}

/* A unit through an aggregator stays where its task runs, if one of them goes there. */
static void keep_own_machine(struct quincy *q, struct quincy_row *row, uint32_t target)
{
    if (row->from == SIM_NONE || row->machine != SIM_NONE || q->left[row->from] == 0) {
        return;
    }
    const uint32_t rack = q->machines[row->from].known.rack;
    const bool by_cluster = row->via == QUINCY_CLUSTER && q->of_rack[rack] > 0;
    if (by_cluster || (row->via == QUINCY_RACK && target == rack)) {
        q->of_rack[rack] -= by_cluster;
        q->left[row->from]--;
        row->machine = row->from;
    }
}

/* The lowest machine of a rack to which it sends a unit that is not given to a task yet. */
static sim_machine next_of_rack(struct quincy *q, uint32_t rack)
{
    const struct rack *r = &q->racks[rack];
    size_t *i = &q->cursor[rack];
    while (q->left[r->machines[*i]] == 0) {
        ++*i;
        CHECK(*i < r->len);
    }
    q->left[r->machines[*i]]--;
    return r->machines[*i];
}

static sim_machine next_of_cluster(struct quincy *q, uint32_t *lowest)
{
    while (q->of_rack[*lowest] == 0) {
        ++*lowest;
        CHECK(*lowest < q->rack_end);
    }
    q->of_rack[*lowest]--;
    return next_of_rack(q, *lowest);
}

/* Adds what the group pays to *cost. */
static sim_machine next_of_group(const struct quincy *q, struct group *g, int64_t *cost)
{
    for (;;) {
        CHECK(g->cursor_machine < g->room_cap);
        const struct arc_list *room = &g->room[g->cursor_machine];
        if (g->cursor_arc == room->len) {
            g->cursor_machine++;
            g->cursor_arc = 0;
        } else if (flow_of(q->flow, room->at[g->cursor_arc++]) > 0) {
            *cost += flow_arc_cost(q->flow, room->at[g->cursor_arc - 1]);
            return g->cursor_machine;
        }
    }
}

static void choose_machine(struct quincy *q, struct quincy_row *row, uint32_t target,
                           uint32_t *lowest)
{
    if (row->via == QUINCY_GROUP) {
        row->machine = next_of_group(q, &q->groups[target], &row->place);
    } else if (row->machine == SIM_NONE && row->via == QUINCY_RACK) {
        row->machine = next_of_rack(q, target);
    } else if (row->machine == SIM_NONE && row->via == QUINCY_CLUSTER) {
        row->machine = next_of_cluster(q, lowest);
    }
}

static void pay_slot(struct quincy *q, struct quincy_row *row)
{
    const uint32_t index = q->taken[row->machine]++;
    row->slot = q->model->slot == NULL ? 0 : q->model->slot(&q->params, index);
}

static void read_rows(struct quincy *q, sim_time now_us)
{
    q->rows_len = 0;
    MEM_GROW(q->rows, q->rows_cap, q->task_count);
    MEM_GROW(q->targets, q->targets_cap, q->task_count);
    for (uint32_t i = 0; i < q->task_end; i++) {
        if (q->tasks[i].exists) {
            struct quincy_row *row = &q->rows[q->rows_len];
            *row = (struct quincy_row){.task = i, .from = q->tasks[i].on, .machine = SIM_NONE};
            read_way(q, &q->tasks[i], now_us, row, &q->targets[q->rows_len]);
            q->rows_len++;
        }
    }
}

static void read_flow(struct quincy *q, sim_time now_us)
{
    uint32_t lowest = 0;
    count_units(q);
    read_rows(q, now_us);
    for (size_t i = 0; i < q->rows_len; i++) {
        keep_own_machine(q, &q->rows[i], q->targets[i]);
    }
    for (size_t i = 0; i < q->rows_len; i++) {
        choose_machine(q, &q->rows[i], q->targets[i], &lowest);
    }
    for (int stays = 1; stays >= 0; stays--) {
        for (size_t i = 0; i < q->rows_len; i++) {
            struct quincy_row *row = &q->rows[i];
            if (row->machine != SIM_NONE && (row->machine == row->from) == stays) {
                pay_slot(q, row);
            }
        }
    }
}

/* ---- public ---------------------------------------------------------------------------------- */

bool quincy_solve(struct quincy *q, sim_time now_us)
{
    quincy_refresh(q, now_us);
    const bool ok = flow_solve(q->flow);
    q->solves++;
    read_flow(q, now_us);
    return ok;
}

bool quincy_solve_scratch(struct quincy *q, sim_time now_us)
{
    quincy_refresh(q, now_us);
    const bool ok = flow_solve_scratch(q->flow);
    q->solves++;
    read_flow(q, now_us);
    return ok;
}

int64_t quincy_cost(const struct quincy *q)
{
    const struct sim_wide sum = flow_cost(q->flow); /* At most 2^22 tasks * 4 arcs * 2^36. */
    return (int64_t)sum.low;
}

const struct quincy_row *quincy_rows(const struct quincy *q, size_t *n)
{
    *n = q->rows_len;
    return q->rows;
}
