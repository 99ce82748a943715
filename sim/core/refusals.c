/* refusals.c - why tasks wait: refusals of a scheduler, and what becomes of them.
 *
 * A task that no machine could run keeps waiting for the reason that holds now, not for the one of
 * the moment when it was asked: at the end of each pass, refusals whose cause has changed are
 * recorded again (flag REVISED), so the spans of a wait change their label when the cell does.
 * Tasks of one class share the cause; those that wait for it are linked through `links`, which are
 * free while a task does not run. */
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "core/engine.h"

/* ---- the tasks that wait for room of a class ------------------------------------------------- */

static void wait_for_room(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    struct class_entry *e = t->cls;
    MEM_GROW(c->answered, c->answered_cap, c->answered_len + 1);
    c->answered[c->answered_len++] = slot;
    if (t->waits_for_room) {
        return;
    }
    t->waits_for_room = true;
    c->links[slot] = (struct neighbours){SIM_NONE, e->last_refused};
    *(e->last_refused != SIM_NONE ? &c->links[e->last_refused].next : &e->first_refused) = slot;
    e->last_refused = slot;
}

void refusal_over(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    struct class_entry *e = t->cls;
    if (!t->waits_for_room) {
        return;
    }
    t->waits_for_room = false;
    const struct neighbours n = c->links[slot];
    *(n.prev != SIM_NONE ? &c->links[n.prev].next : &e->first_refused) = n.next;
    *(n.next != SIM_NONE ? &c->links[n.next].prev : &e->last_refused) = n.prev;
    if (e->first_refused == SIM_NONE && e->watch != NULL) {
        causes_forget(c->causes, e);
    }
}

/* ---- recording ------------------------------------------------------------------------------- */

static void emit_masks(struct sim_context *c, const struct diagnosis *d)
{
    for (size_t i = 0; i < d->mask_count; i++) {
        struct sim_failmask_row row;
        memset(&row, 0, sizeof row);
        row.decision = c->decisions;
        row.mask = d->masks[i].mask;
        row.count = d->masks[i].count;
        row.example = d->masks[i].example;
        memcpy(row.deficit, d->masks[i].deficit.v, sizeof row.deficit);
        record_row(c, SIM_TABLE_FAILMASK, &row);
        c->failmask_rows++;
    }
    for (uint32_t i = 0; i < d->room_count; i++) {
        const struct room_entry *r = &d->room[i];
        struct sim_room_row row;
        memset(&row, 0, sizeof row);
        row.decision = c->decisions;
        row.requested = r->requested;
        row.largest_free = r->largest_free;
        row.sum_free = r->sum_free;
        row.sum_capacity = r->sum_capacity;
        row.eligible = r->eligible;
        row.dim = (uint8_t)r->dim;
        record_row(c, SIM_TABLE_ROOM, &row);
    }
}

static bool says(const struct task *t, struct cause cause)
{
    return t->refused_reason == cause.reason && t->refused_dim == cause.dim;
}

/* A refusal that says what the task's last one said is counted, not written. */
static bool repeats(struct sim_context *c, struct task *t, struct cause cause, uint32_t subject)
{
    if (says(t, cause) && t->span_subject == subject) {
        c->totals.decisions_repeated++;
        return true;
    }
    t->refused_reason = t->last_reason = cause.reason;
    t->refused_dim = cause.dim;
    c->totals.decisions_refused++;
    return false;
}

/* Some machine could run it now: `instead` of the general word for that, when its scheduler has a
 * better one. What is kept of the class is the general word. */
static struct cause in_words(struct cause cause, enum sim_reason instead)
{
    if (cause.reason == SIM_REASON_STALE_VIEW && instead != SIM_REASON_NOTHING) {
        cause.reason = (uint8_t)instead;
    }
    return cause;
}

static void refuse_like_before(struct sim_context *c, struct task *t, struct sim_decision_row *row,
                               enum sim_reason instead)
{
    const struct class_entry *e = t->cls;
    const struct cause cause = in_words((struct cause){e->refused_reason, e->refused_dim}, instead);
    if (repeats(c, t, cause, SIM_NONE)) {
        return;
    }
    row->reason = cause.reason;
    row->dim = cause.dim;
    row->flags |= SIM_DECISION_EQUIV;
    row->fm = (uint32_t)(c->decisions - e->refused_decision);
    record_wait(c, t, row);
}

static void refuse_anew(struct sim_context *c, struct task *t, struct sim_decision_row *row,
                        bool kept, enum sim_reason instead)
{
    struct diagnosis *g = &c->diagnosis;
    struct class_entry *e = t->cls;
    diagnose(c->placer, cell_view(c->cell), &e->cls, g);
    const bool stale =
        g->fitting > 0; /* It had asked an older picture, or looks but now and then. */
    g->cause = stale ? (struct cause){SIM_REASON_STALE_VIEW, 0} : g->cause;
    if (kept && e->watch == NULL) {
        causes_watch(c->causes, e, g);
    }
    const struct cause cause = in_words(g->cause, instead);
    if (repeats(c, t, cause, SIM_NONE)) {
        return;
    }
    row->reason = cause.reason;
    row->dim = cause.dim;
    row->fm = stale ? SIM_NONE : (uint32_t)c->failmask_rows;
    if (c->out != NULL && !stale) {
        emit_masks(c, g);
    }
    e->refused_at = cell_log_end(c->cell);
    e->refused_decision = record_wait(c, t, row);
    e->refused_reason = g->cause.reason;
    e->refused_dim = g->cause.dim;
}

/* `kept`: the answer is kept up while the task waits. */
static void refuse(struct sim_context *c, sim_slot slot, struct sim_decision_row *row, bool kept,
                   enum sim_reason instead)
{
    struct task *t = &c->tasks[slot];
    if (kept) {
        causes_follow(c->causes);
    }
    if (kept && t->cls->watch != NULL && says(t, causes_get(t->cls))) {
        c->totals.decisions_repeated++;
    } else if (t->cls->refused_at == cell_log_end(c->cell) &&
               (!kept || t->cls->watch != NULL)) { /* Else a watch has to begin. */
        refuse_like_before(c, t, row, instead);
    } else {
        refuse_anew(c, t, row, kept, instead);
    }
    if (kept) {
        wait_for_room(c, slot);
    } else {
        refusal_over(c, slot);
    }
}

int64_t sim_record_refused(struct sim_context *c, sim_slot slot, const struct sim_choice *choice)
{
    struct task *t = task_at(c, slot);
    const int64_t next = c->decisions;
    CHECK(choice->machine == SIM_NONE);
    if (c->causes == NULL) {
        c->totals.decisions++;
        c->totals.decisions_refused++;
        return c->decisions++;
    }
    lap_begin(c, LAP_RECORDING);
    struct sim_decision_row row;
    record_decision(c, t, &row);
    row.outcome = SIM_OUTCOME_WAIT;
    row.examined = choice->examined;
    row.flags = choice->cached ? SIM_DECISION_CACHED : 0;
    /* With reservations held the cell is not as it will be, and a gang may lack room where a member
     * alone does not. */
    refuse(c, slot, &row, c->held == 0 && !choice->together,
           choice->together ? choice->reason : SIM_REASON_NOTHING);
    lap_end(c, LAP_RECORDING);
    return c->decisions > next ? next : -1;
}

int64_t sim_record_not_tried(struct sim_context *c, sim_slot slot, enum sim_reason reason,
                             const struct sim_ahead *ahead)
{
    struct task *t = task_at(c, slot);
    refusal_over(c, slot);
    const struct task *head = ahead != NULL ? task_at(c, ahead->head) : NULL;
    const uint32_t subject = head != NULL ? head->id : SIM_NONE;
    if (repeats(c, t, (struct cause){(uint8_t)reason, 0}, subject)) {
        return -1;
    }
    struct sim_decision_row row;
    record_decision(c, t, &row);
    row.outcome = SIM_OUTCOME_WAIT;
    row.reason = (uint8_t)reason;
    row.subject = subject;
    if (c->out != NULL && head != NULL) {
        struct sim_ahead_row a;
        memset(&a, 0, sizeof a);
        a.decision = c->decisions;
        a.cpu = ahead->request.v[SIM_CPU];
        a.memory = ahead->request.v[SIM_MEMORY];
        a.gpu = ahead->request.v[SIM_GPU];
        a.ahead = ahead->tasks;
        a.head = head->id;
        a.head_priority = head->priority;
        a.priority = t->priority;
        record_row(c, SIM_TABLE_AHEAD, &a);
    }
    return record_wait(c, t, &row);
}

/* ---- at the end of a pass -------------------------------------------------------------------- */

/* Puts a change off until the cause on record has stood long enough. */
static bool put_off(struct sim_context *c, sim_slot slot)
{
    enum { AT_ONCE = 8, PART = 4 };
    struct task *t = &c->tasks[slot];
    const sim_time until = t->span_from_us + t->wait_us / PART;
    if (t->revisions < AT_ONCE || until <= c->now_us) {
        return false;
    }
    c->totals.decisions_deferred += !t->put_off;
    if (!t->put_off) {
        t->put_off = true;
        evq_push(c->reviews, until, EV_REVIEW, slot, t->generation);
    }
    return true;
}

static void revise(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    if (!t->waits_for_room || says(t, causes_get(t->cls)) || put_off(c, slot)) {
        return;
    }
    t->revisions = (uint8_t)(t->revisions + (t->revisions < UINT8_MAX));
    struct sim_decision_row row;
    record_decision(c, t, &row);
    row.outcome = SIM_OUTCOME_WAIT;
    row.examined = cell_view(c->cell)->n;
    row.flags = SIM_DECISION_REVISED;
    if (t->cls->refused_at == cell_log_end(c->cell)) {
        refuse_like_before(c, t, &row, SIM_REASON_NOTHING);
    } else {
        refuse_anew(c, t, &row, true, SIM_REASON_NOTHING);
    }
}

static void review(struct sim_context *c)
{
    struct event e;
    while (evq_peek(c->reviews, &e) && e.at_us <= c->now_us) {
        evq_pop(c->reviews, &e);
        struct task *t = &c->tasks[e.subject];
        if (t->put_off && t->generation == e.generation) {
            t->put_off = false;
            revise(c, e.subject);
        }
    }
}

void refusals_settle(struct sim_context *c)
{
    if (c->causes == NULL || (causes_idle(c->causes) && c->answered_len == 0)) {
        return;
    }
    lap_begin(c, LAP_RECORDING);
    causes_follow(c->causes);
    for (size_t i = 0; i < c->answered_len; i++) { /* In a state that may have passed. */
        revise(c, c->answered[i]);
    }
    c->answered_len = 0;
    review(c);
    for (const struct class_entry *e = causes_take_changed(c->causes); e != NULL;
         e = causes_take_changed(c->causes)) {
        for (sim_slot s = e->first_refused; s != SIM_NONE; s = c->links[s].next) {
            revise(c, s);
        }
    }
    lap_end(c, LAP_RECORDING);
}
