/* records.c - decisions, the spans that cut every wait, tasks, evictions and machines.
 *
 * A wait is always covered by exactly one open span; relabelling closes it and opens the next at
 * the same microsecond, so the spans of an episode telescope to its length. */
#include <string.h>

#include "base/check.h"
#include "core/engine.h"

/* Room for one row, until it is emitted or the next is asked for. */
static void *lend(struct sim_context *c, enum sim_table table)
{
    const bool asks = c->out != NULL && c->out->lend != NULL;
    return asks ? c->out->lend(c->out->self, table) : &c->row;
}

void record_row(struct sim_context *c, enum sim_table table, const void *row)
{
    c->out->row(c->out->self, table, row);
}

void record_name(struct sim_context *c, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    if (c->out != NULL) {
        c->out->name(c->out->self, kind, id, text);
    }
}

/* ---- spans ---------------------------------------------------------------------------------- */

void record_span_begin(struct sim_context *c, struct task *t)
{
    t->span_from_us = c->now_us;
    t->span_opened_by = -1;
    t->span_subject = SIM_NONE;
    t->span_reason = SIM_REASON_NOTHING;
    t->span_dim = 0;
    t->refused_reason = t->refused_dim = t->revisions = 0;
    t->put_off = false;
}

void record_span_close(struct sim_context *c, struct task *t, int64_t closed_by)
{
    t->wait_us += c->now_us - t->span_from_us;
    if (c->out == NULL || c->now_us == t->span_from_us) {
        return;
    }
    struct sim_span_row *row = lend(c, SIM_TABLE_SPANS);
    memset(row, 0, sizeof *row);
    row->from_us = t->span_from_us;
    row->to_us = c->now_us;
    row->opened_by = t->span_opened_by;
    row->closed_by = closed_by;
    row->task = t->id;
    row->subject = t->span_subject;
    row->episode = t->episodes;
    row->reason = t->span_reason;
    row->dim = t->span_dim;
    record_row(c, SIM_TABLE_SPANS, row);
}

static void relabel(struct sim_context *c, struct task *t, const struct sim_decision_row *row,
                    int64_t decision)
{
    record_span_close(c, t, decision);
    t->span_from_us = c->now_us;
    t->span_opened_by = decision;
    t->span_subject = row->subject;
    t->span_reason = row->reason;
    t->span_dim = row->dim;
}

/* ---- decisions ------------------------------------------------------------------------------ */

void record_decision(const struct sim_context *c, const struct task *t,
                     struct sim_decision_row *row)
{
    memset(row, 0, sizeof *row);
    row->t_us = c->now_us;
    row->task = t->id;
    row->machine = row->runner_up = row->subject = row->fm = SIM_NONE;
    row->attempt = (uint8_t)(t->episodes < UINT8_MAX ? t->episodes : UINT8_MAX);
    row->tie_rule = (uint8_t)placer_tie(c->placer);
    row->machines = (uint16_t)cell_view(c->cell)->n;
}

static int64_t decision_end(struct sim_context *c, const struct task *t,
                            const struct sim_decision_row *row, struct placer *placer)
{
    const struct sim_tap *tap = c->args->tap;
    if (tap != NULL) {
        const struct sim_inspect in = {c->decisions,        row, &t->cls->cls,
                                       placer_view(placer), c,   placer};
        c->stopped |= !tap->decision(tap->self, &in);
    }
    if (c->out != NULL) {
        record_row(c, SIM_TABLE_DECISIONS, row);
    }
    c->totals.decisions++;
    return c->decisions++;
}

int64_t record_wait(struct sim_context *c, struct task *t, const struct sim_decision_row *row)
{
    const int64_t d = decision_end(c, t, row, c->placer);
    relabel(c, t, row, d);
    return d;
}

static void say_choice(struct sim_decision_row *row, const struct sim_choice *choice)
{
    row->machine = choice->machine;
    row->runner_up = choice->runner_up;
    row->score = choice->score;
    row->margin = choice->margin;
    row->examined = choice->examined;
    row->feasible = choice->feasible;
    row->ties = (uint16_t)(choice->ties < UINT16_MAX ? choice->ties : UINT16_MAX);
    row->victims = choice->victims;
    row->reason = (uint8_t)choice->reason;
    row->flags = (uint8_t)((choice->cached ? SIM_DECISION_CACHED : 0u) |
                           (choice->backfilled ? SIM_DECISION_BACKFILLED : 0u));
}

void record_placed(struct sim_context *c, sim_slot slot, const struct sim_choice *choice,
                   struct placer *placer)
{
    struct task *t = task_at(c, slot);
    lap_begin(c, LAP_RECORDING);
    struct sim_decision_row *row = lend(c, SIM_TABLE_DECISIONS);
    record_decision(c, t, row);
    row->outcome = SIM_OUTCOME_PLACED;
    say_choice(row, choice);
    t->placed_by = decision_end(c, t, row, placer);
    c->totals.decisions_placed++;
    c->totals.unusual_ties += choice->ties > 1;
    lap_end(c, LAP_RECORDING);
}

int64_t sim_record_placed(struct sim_context *c, sim_slot slot, const struct sim_choice *choice)
{
    record_placed(c, slot, choice, c->placer);
    return c->tasks[slot].placed_by;
}

static enum sim_conflict conflict_kind(enum sim_rejection why)
{
    return why == SIM_REJECT_CAPACITY  ? SIM_CONFLICT_ROOM
           : why == SIM_REJECT_VERSION ? SIM_CONFLICT_VERSION
                                       : SIM_CONFLICT_GONE;
}

static void emit_conflict(struct sim_context *c, const struct sim_op *op, const struct claim *taker)
{
    struct sim_conflict_row row;
    memset(&row, 0, sizeof row);
    row.decision = c->decisions;
    row.taken_us = taker->any ? taker->at_us : SIM_NEVER;
    row.machine = op->machine;
    row.by_task = taker->any ? taker->task : SIM_NONE;
    row.by_scheduler = taker->any ? taker->scheduler : SIM_NONE;
    row.kind = (uint8_t)conflict_kind(op->result);
    record_row(c, SIM_TABLE_CONFLICTS, &row);
}

void record_conflict(struct sim_context *c, const struct sim_op *op,
                     const struct sim_choice *choice, const struct claim *taker, sim_slot blocked,
                     struct placer *placer)
{
    struct task *t = task_at(c, op->task);
    const bool own = op->result != SIM_REJECT_ATOMIC;
    struct sim_decision_row row;
    lap_begin(c, LAP_RECORDING);
    record_decision(c, t, &row);
    say_choice(&row, choice);
    row.outcome = SIM_OUTCOME_CONFLICT;
    row.reason = own ? SIM_REASON_CONFLICT : SIM_REASON_CONFLICT_OF_JOB;
    row.subject = own ? SIM_NONE : task_at(c, blocked)->id;
    if (own && c->out != NULL) {
        emit_conflict(c, op, taker);
    }
    t->refused_reason = t->last_reason = row.reason;
    t->refused_dim = 0;
    c->totals.decisions_conflicted++;
    relabel(c, t, &row, decision_end(c, t, &row, placer));
    lap_end(c, LAP_RECORDING);
}

void sim_record_priority(struct sim_context *c, sim_slot slot, sim_slot head,
                         const struct sim_priority *p)
{
    if (c->out == NULL) {
        return;
    }
    struct sim_priority_row row;
    memset(&row, 0, sizeof row);
    row.t_us = c->now_us;
    row.total = p->total;
    row.site = p->site;
    row.age = p->age;
    row.fairshare = p->fairshare;
    row.size = p->size;
    row.tier = p->tier;
    row.task = task_at(c, slot)->id;
    row.head = head != SIM_NONE ? task_at(c, head)->id : SIM_NONE;
    record_row(c, SIM_TABLE_PRIORITIES, &row);
}

void sim_record_flow(struct sim_context *c, const struct sim_flow_row *row)
{
    CHECK(row->decision >= 0 && row->decision == c->decisions - 1);
    if (c->out != NULL) {
        record_row(c, SIM_TABLE_FLOWS, row);
    }
}

void sim_note_wait(struct sim_context *c, sim_slot slot, enum sim_reason reason)
{
    struct task *t = task_at(c, slot);
    const struct sim_decision_row row = {.subject = SIM_NONE, .reason = (uint8_t)reason};
    refusal_over(c, slot);
    relabel(c, t, &row, -1);
    t->refused_reason = t->refused_dim = 0; /* The next refusal is news. */
}

void sim_record_probe(struct sim_context *c, const struct sim_probe_row *probe)
{
    if (c->out == NULL) {
        return;
    }
    struct sim_probe_row row = *probe;
    memset(row.pad, 0, sizeof row.pad);
    record_row(c, SIM_TABLE_PROBES, &row);
}

void sim_inspect_machine(const struct sim_inspect *in, sim_machine m, uint32_t *mask,
                         int64_t *score, struct sim_resources *deficit)
{
    *mask = placer_inspect(in->placer, in->cls, m, score, deficit);
}

/* ---- rows of tasks and machines ------------------------------------------------------------- */

void record_task(struct sim_context *c, const struct task *t, enum sim_state state)
{
    if (c->out == NULL) {
        return;
    }
    const struct sim_class *cls = &t->cls->cls;
    const bool started = t->start_us != SIM_NEVER;
    struct sim_task_row *row = lend(c, SIM_TABLE_TASKS);
    memset(row, 0, sizeof *row);
    row->submit_us = t->submit_us;
    row->first_start_us = t->first_start_us;
    row->start_us = t->start_us;
    row->end_us = state == SIM_STATE_RUNNING || state == SIM_STATE_PENDING ? SIM_NEVER : c->now_us;
    row->wait_us = t->wait_us;
    row->run_us = started && state != SIM_STATE_PENDING && state != SIM_STATE_CANCELLED
                      ? c->now_us - t->start_us
                      : 0;
    row->lost_us = t->lost_us;
    row->cpu = cls->request.v[SIM_CPU];
    row->memory = cls->request.v[SIM_MEMORY];
    row->gpu = cls->request.v[SIM_GPU];
    row->disk = cls->request.v[SIM_DISK];
    row->time_limit_us = t->time_limit_us;
    row->task = t->id;
    row->job = t->job;
    row->index = t->index;
    row->user = t->user;
    row->queue = t->queue;
    row->machine = t->machine;
    row->priority = t->priority;
    row->scheduler = actors_owner(c, t);
    row->cls = cls->id;
    row->constraints = t->constraints;
    row->gpu_count = cls->gpu_count;
    row->gpu_milli = cls->gpu_milli;
    row->episodes = t->episodes;
    row->evictions = t->evictions;
    row->tier = (uint8_t)t->tier;
    row->state = (uint8_t)state;
    row->reason = t->last_reason;
    record_row(c, SIM_TABLE_TASKS, row);
}

void record_eviction(struct sim_context *c, const struct task *t, enum sim_evict_cause cause,
                     const struct task *winner)
{
    if (c->out == NULL) {
        return;
    }
    struct sim_eviction_row *row = lend(c, SIM_TABLE_EVICTIONS);
    memset(row, 0, sizeof *row);
    row->t_us = c->now_us;
    row->by_decision = winner != NULL ? winner->placed_by : -1;
    row->lost_us = c->now_us - t->start_us;
    row->task = t->id;
    row->machine = t->machine;
    row->by_task = winner != NULL ? winner->id : SIM_NONE;
    row->cause = (uint8_t)cause;
    record_row(c, SIM_TABLE_EVICTIONS, row);
}

void record_machine(struct sim_context *c, sim_machine m, const struct sim_input *in)
{
    const struct sim_view *v = cell_view(c->cell);
    if (c->out == NULL) {
        return;
    }
    bool fresh = false;
    uint32_t labels = 0;
    if (in->kind == SIM_IN_MACHINE_ADD || in->kind == SIM_IN_MACHINE_UPDATE) {
        labels = constraints_labels_id(cell_constraints(c->cell), &in->u.machine, &fresh);
    }
    if (fresh) {
        record_name(c, SIM_NAME_LABELS, labels - 1,
                    constraints_labels_text(cell_constraints(c->cell), labels));
    }
    struct sim_machine_row *row = lend(c, SIM_TABLE_MACHINES);
    memset(row, 0, sizeof *row);
    row->t_us = c->now_us;
    row->cpu = v->capacity[SIM_CPU][m];
    row->memory = v->capacity[SIM_MEMORY][m];
    row->gpu = v->capacity[SIM_GPU][m];
    row->disk = v->capacity[SIM_DISK][m];
    row->machine = row->name = m;
    row->labels = labels > 0 ? labels - 1 : SIM_NONE;
    row->gpu_count = (uint16_t)v->gpu_count[m];
    row->kind = (uint8_t)in->kind;
    record_row(c, SIM_TABLE_MACHINES, row);
}
