/* rounds_why.c - why a task goes where the flow sends it, and why it waits: the prices of the flow,
 * kept as rows until the decision is recorded. */
#include "base/mem.h"
#include "sched/lib/rounds_state.h"

enum { KEPT = 3 }; /* Rows of machines passed by, or of limits, per decision. */

static const enum sim_flow_way ways[] = {
    [QUINCY_WAIT] = SIM_FLOW_WAY_WAIT,   [QUINCY_MACHINE] = SIM_FLOW_WAY_MACHINE,
    [QUINCY_RACK] = SIM_FLOW_WAY_RACK,   [QUINCY_CLUSTER] = SIM_FLOW_WAY_CLUSTER,
    [QUINCY_GROUP] = SIM_FLOW_WAY_GROUP, [QUINCY_STUCK] = SIM_FLOW_WAY_NONE,
};

static struct sim_flow_row *add_row(struct rounds *r, struct plan *p, enum sim_flow kind)
{
    MEM_GROW(r->why, r->why_cap, r->why_len + 1);
    struct sim_flow_row *row = &r->why[r->why_len++];
    *row = (struct sim_flow_row){.machine = SIM_NONE, .kind = (uint8_t)kind};
    p->why_len++;
    return row;
}

/* The machines that were the least too dear, of equal ones the cheapest; the order is total. */
static bool comes_first(const struct quincy_margin *a, const struct quincy_margin *b)
{
    if (a->short_by != b->short_by) {
        return a->short_by < b->short_by;
    }
    return a->cost != b->cost ? a->cost < b->cost : a->machine < b->machine;
}

static uint32_t nearest(const struct quincy_margin *all, size_t n, sim_machine but,
                        struct quincy_margin kept[KEPT])
{
    uint32_t len = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t at = len;
        while (at > 0 && comes_first(&all[i], &kept[at - 1])) {
            at--;
        }
        if (all[i].machine == but || at == KEPT) {
            continue;
        }
        len += len < KEPT;
        for (uint32_t k = len - 1; k > at; k--) {
            kept[k] = kept[k - 1];
        }
        kept[at] = all[i];
    }
    return len;
}

/* What it takes, and the machines that it passes by. */
static void explain_way(struct rounds *r, struct plan *p, const struct quincy_row *row)
{
    struct quincy_margin kept[KEPT];
    size_t n;
    const struct quincy_margin *all = quincy_margins(r->q, row->task, &n);
    const uint32_t len = nearest(all, n, row->machine, kept);
    const int64_t cost = row->place + row->slot + row->continuation + row->wait;
    struct sim_flow_row *taken = add_row(r, p, SIM_FLOW_TAKEN);
    *taken = (struct sim_flow_row){.cost = cost,
                                   .place = row->place,
                                   .slot = row->slot,
                                   .continuation = row->continuation,
                                   .wait = row->wait,
                                   .margin = len > 0 ? kept[0].short_by : SIM_NEVER,
                                   .machine = row->machine,
                                   .kind = SIM_FLOW_TAKEN,
                                   .way = (uint8_t)ways[row->via]};
    if (len > 0 && kept[0].short_by != FLOW_FAR) {
        p->runner_up = kept[0].machine;
        p->margin = kept[0].short_by;
    }
    p->score = -cost;
    for (uint32_t i = 0; i < len; i++) {
        struct sim_flow_row *passed = add_row(r, p, SIM_FLOW_PASSED);
        passed->cost = kept[i].cost;
        passed->margin = kept[i].short_by;
        passed->machine = kept[i].machine;
        passed->way = (uint8_t)ways[kept[i].via];
    }
}

static sim_machine machine_of(const struct rounds *r, const struct quincy_blocker *b)
{
    if (b->limit == QUINCY_LIMIT_JOB) {
        return SIM_NONE;
    }
    if (b->limit != QUINCY_LIMIT_CLUSTER) {
        return b->subject;
    }
    sim_machine m = 0;
    while (m < r->machines &&
           (quincy_machine_at(r->q, m) == NULL || quincy_machine_at(r->q, m)->rack != b->subject)) {
        m++;
    }
    return m < r->machines ? m : SIM_NONE;
}

/* The dearest limits, of equal ones the first. Returns whether the bound of the job is the dearest.
 */
static bool explain_limits(struct rounds *r, struct plan *p)
{
    static const enum sim_flow kinds[] = {
        [QUINCY_LIMIT_SLOTS] = SIM_FLOW_SLOTS,     [QUINCY_LIMIT_RACK] = SIM_FLOW_RACK,
        [QUINCY_LIMIT_CLUSTER] = SIM_FLOW_CLUSTER, [QUINCY_LIMIT_ROOM] = SIM_FLOW_ROOM,
        [QUINCY_LIMIT_JOB] = SIM_FLOW_JOB,
    };
    const struct quincy_blocker *kept[KEPT];
    size_t n, len = 0;
    const struct quincy_blocker *all = quincy_blockers(r->q, p->task, &n);
    for (size_t i = 0; i < n; i++) {
        size_t at = len;
        while (at > 0 && all[i].price > kept[at - 1]->price) {
            at--;
        }
        if (at == KEPT) {
            continue;
        }
        len += len < KEPT;
        for (size_t k = len - 1; k > at; k--) {
            kept[k] = kept[k - 1];
        }
        kept[at] = &all[i];
    }
    for (size_t i = 0; i < len; i++) {
        struct sim_flow_row *row = add_row(r, p, kinds[kept[i]->limit]);
        row->margin = kept[i]->price;
        row->machine = machine_of(r, kept[i]);
    }
    return len > 0 && kept[0]->limit == QUINCY_LIMIT_JOB;
}

void rounds_explain(struct rounds *r, struct plan *p, const struct quincy_row *row)
{
    struct entry *e = &r->tasks[p->task];
    struct quincy_bid bid = {0};
    if (row->from == SIM_NONE || r->args.preempt) {
        quincy_bid(r->q, p->task, &bid);
        p->wait = bid.wait;
        p->next = bid.next;
    }
    if (p->to != SIM_NONE) {
        explain_way(r, p, row);
        e->told = 0;
        return;
    }
    p->reason = r->jobs[e->job].barred  ? SIM_REASON_GANG_INCOMPLETE
                : bid.least >= bid.wait ? SIM_REASON_LOCALITY_DELAY
                                        : SIM_REASON_OUTBID;
    const bool shared = r->args.fair && p->reason == SIM_REASON_OUTBID;
    if (p->reason == SIM_REASON_GANG_INCOMPLETE || (e->told == p->reason && !shared)) {
        e->told = (uint8_t)p->reason;
        return; /* Its price moves from round to round; what it waits for is what is told. */
    }
    explain_way(r, p, row);
    if (explain_limits(r, p) && shared) {
        p->reason = SIM_REASON_FAIR_SHARE;
    }
    if (e->told == p->reason) {
        r->why_len = p->why;
        p->why_len = 0;
    }
    e->told = (uint8_t)p->reason;
}
