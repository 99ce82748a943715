/* lifecycle.c - what happens to tasks and machines. */
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "core/engine.h"

static sim_slot slot_new(struct sim_context *c)
{
    if (c->free_len > 0) {
        return c->free_slots[--c->free_len];
    }
    MEM_GROW(c->tasks, c->task_cap, c->task_count + 1);
    MEM_GROW(c->links, c->link_cap, c->task_count + 1);
    CHECK(c->task_count < SIM_NONE);
    return (sim_slot)c->task_count++;
}

static void slot_free(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    classes_put(c->classes, t->cls, placer_forget, c->placer);
    t->state = TASK_FREE;
    t->generation++;
    if (slot < c->data_cap) {
        mem_free(c->data[slot].at);
        c->data[slot] = (struct data){NULL, 0};
    }
    MEM_GROW(c->free_slots, c->free_cap, c->free_len + 1);
    c->free_slots[c->free_len++] = slot;
}

struct cell_need life_need(const struct task *t)
{
    return (struct cell_need){&t->cls->cls, t->devices};
}

/* ---- lists per machine ---------------------------------------------------------------------- */

static void list_add(struct sim_context *c, sim_slot slot)
{
    const sim_machine m = c->tasks[slot].machine;
    MEM_GROW(c->on_machine, c->on_machine_cap, (size_t)m + 1);
    for (; c->on_machine_len <= m; c->on_machine_len++) {
        c->on_machine[c->on_machine_len] = SIM_NONE;
    }
    const sim_slot next = c->on_machine[m];
    c->links[slot] = (struct neighbours){next, SIM_NONE};
    if (next != SIM_NONE) {
        c->links[next].prev = slot;
    }
    c->on_machine[m] = slot;
}

static void list_remove(struct sim_context *c, sim_slot slot)
{
    const struct neighbours n = c->links[slot];
    *(n.prev != SIM_NONE ? &c->links[n.prev].next : &c->on_machine[c->tasks[slot].machine]) =
        n.next;
    if (n.next != SIM_NONE) {
        c->links[n.next].prev = n.prev;
    }
}

/* ---- names and classes ---------------------------------------------------------------------- */

static uint32_t named(struct sim_context *c, enum sim_name_kind kind, struct map_text *map,
                      struct sim_text text)
{
    bool fresh;
    if (text.len == 0 && kind != SIM_NAME_JOB) {
        return SIM_NONE;
    }
    const uint32_t id = map_text_id(map, text, &fresh);
    if (fresh) {
        record_name(c, kind, id, text);
    }
    return id;
}

static struct class_entry *class_of(struct sim_context *c, const struct sim_task_known *k,
                                    struct task *t)
{
    bool fresh;
    struct constraints *sets = cell_constraints(c->cell);
    struct sim_class cls;
    memset(&cls, 0, sizeof cls);
    cls.request = k->request;
    cls.gpu_count = k->gpu_count;
    cls.gpu_milli = k->gpu_milli;
    cls.constraints = constraints_intern(sets, k->constraints, k->constraint_count, &fresh);
    if (fresh) {
        record_name(c, SIM_NAME_CONSTRAINTS, cls.constraints - 1,
                    constraints_text(sets, cls.constraints));
    }
    t->constraints = cls.constraints > 0 ? cls.constraints - 1 : SIM_NONE;
    cls.spread_group = k->max_per_machine > 0 ? t->job : SIM_NONE;
    cls.max_per_machine = k->max_per_machine;
    if ((c->args->policy->flags & SIM_READS_PRIORITY) != 0) {
        cls.priority = k->priority;
    }
    return classes_get(c->classes, &cls);
}

static void keep_data(struct sim_context *c, sim_slot slot, const struct sim_task_known *k)
{
    if (k->data_count == 0) {
        return;
    }
    MEM_GROW(c->data, c->data_cap, (size_t)slot + 1);
    struct data *d = &c->data[slot];
    *d = (struct data){MEM_NEW(struct sim_data_place, k->data_count), k->data_count};
    for (uint32_t i = 0; i < k->data_count; i++) {
        d->at[i].machine = cell_machine_find(c->cell, k->data[i].machine);
        d->at[i].bytes = k->data[i].bytes;
    }
}

/* ---- submit --------------------------------------------------------------------------------- */

static void wait_begin(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    t->state = TASK_WAITING;
    t->seq = c->seq++;
    t->episodes++;
    record_span_begin(c, t);
    c->totals.pending++;
    if (t->cancel_us !=
        SIM_NEVER) { /* In every wait: an eviction voids what was scheduled before. */
        c->voids = true;
        evq_push(c->evq, t->cancel_us > c->now_us ? t->cancel_us : c->now_us, EV_CANCEL, slot,
                 t->generation);
    }
    actors_submit(c, slot);
}

bool life_submit(struct sim_context *c, const struct sim_input *in, struct sim_diag *diag)
{
    const struct sim_task_known *k = &in->u.task.known;
    const sim_slot slot = slot_new(c);
    struct task *t = &c->tasks[slot];
    const uint32_t generation = t->generation;
    memset(t, 0, sizeof *t);
    t->generation = generation;
    t->id = c->next_task++;
    t->job = named(c, SIM_NAME_JOB, c->jobs, k->job);
    t->index = k->index;
    t->user = named(c, SIM_NAME_USER, c->users, k->user);
    t->queue = named(c, SIM_NAME_QUEUE, c->queues, k->queue);
    t->gang = k->gang > 1 ? k->gang : 1;
    t->priority = k->priority;
    t->tier = (uint8_t)k->tier;
    t->submit_us = c->now_us;
    t->first_start_us = t->start_us = SIM_NEVER;
    t->time_limit_us = c->perfect ? in->u.task.truth.duration_us : k->time_limit_us;
    t->duration_us = in->u.task.truth.duration_us;
    t->end = (uint8_t)in->u.task.truth.end;
    t->cancel_us = in->u.task.truth.cancel_us;
    t->machine = SIM_NONE;
    t->placed_by = -1;
    t->cls = class_of(c, k, t);
    keep_data(c, slot, k);
    if (!c->began) {
        c->began = true;
        c->totals.first_submit_us = c->now_us;
    }
    c->totals.submitted++;
    if (!actors_route(c, t, diag)) {
        return false;
    }
    wait_begin(c, slot);
    return true;
}

/* ---- start, end, cancel --------------------------------------------------------------------- */

/* Who took room on the machine: the answer to those that come too late. */
static void claim(struct sim_context *c, const struct task *t)
{
    MEM_GROW(c->claims, c->claim_cap, (size_t)t->machine + 1);
    c->claims[t->machine] = (struct claim){c->now_us, t->id, actors_owner(c, t), true};
}

void life_start(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    c->letters_run = 0;
    t->state = TASK_RUNNING;
    refusal_over(c, slot);
    promise_started(c, slot);
    record_span_close(c, t, t->placed_by);
    t->start_us = c->now_us;
    if (t->first_start_us == SIM_NEVER) {
        t->first_start_us = c->now_us;
        totals_started(c, t);
    }
    list_add(c, slot);
    if (actors_several(c)) {
        claim(c, t);
    }
    c->totals.pending--;
    c->totals.running++;
    if (t->duration_us != SIM_NEVER && t->duration_us <= INT64_MAX - 1 - c->now_us) {
        evq_push(c->evq, c->now_us + t->duration_us, EV_END, slot, t->generation);
    }
}

static void give_room(struct sim_context *c, sim_slot slot, bool freed)
{
    const struct task *t = &c->tasks[slot];
    const struct cell_need need = life_need(t);
    cell_give(c->cell, t->machine, &need, freed);
}

/* Its room was given back. */
static void leave_machine(struct sim_context *c, sim_slot slot)
{
    struct task *t = &c->tasks[slot];
    list_remove(c, slot);
    c->totals.running--;
    t->generation++; /* Whatever was scheduled for this run is void. */
    actors_end(c, slot);
}

static enum sim_state state_after(enum sim_end end)
{
    switch (end) {
    case SIM_END_FAILED:
        return SIM_STATE_FAILED;
    case SIM_END_KILLED:
        return SIM_STATE_KILLED;
    case SIM_END_EVICTED:
        return SIM_STATE_EVICTED;
    case SIM_END_LOST:
        return SIM_STATE_LOST;
    case SIM_END_FINISHED:
    default:
        return SIM_STATE_FINISHED;
    }
}

static void end_task(struct sim_context *c, sim_slot slot)
{
    give_room(c, slot, true);
    leave_machine(c, slot);
    struct task *t = &c->tasks[slot];
    const enum sim_state state = state_after((enum sim_end)t->end);
    c->totals.ended += state == SIM_STATE_FINISHED;
    c->totals.failed += state == SIM_STATE_FAILED || state == SIM_STATE_LOST;
    c->totals.killed += state == SIM_STATE_KILLED || state == SIM_STATE_EVICTED;
    totals_finished(c, t);
    record_task(c, t, state);
    slot_free(c, slot);
}

/* A wait ends without a start. A scheduler gives reservations back within its pass. */
static void leave_queue(struct sim_context *c, sim_slot slot, enum sim_state state)
{
    const struct task *t = task_at(c, slot);
    CHECK(t->state == TASK_WAITING);
    refusal_over(c, slot);
    promise_dropped(c, slot);
    record_span_close(c, &c->tasks[slot], -1);
    c->totals.pending--;
    c->totals.cancelled += state == SIM_STATE_CANCELLED;
    c->totals.abandoned += state == SIM_STATE_ABANDONED;
    c->totals.unplaced += t->first_start_us == SIM_NEVER;
    record_task(c, t, state);
    slot_free(c, slot);
}

static void cancel_task(struct sim_context *c, sim_slot slot)
{
    actors_cancel(c, slot);
    leave_queue(c, slot, SIM_STATE_CANCELLED);
}

void sim_abandon(struct sim_context *c, sim_slot slot)
{
    c->voids = true; /* It may have had a time to give up by itself. */
    c->letters_run = 0;
    actors_abandoned(c);
    leave_queue(c, slot, SIM_STATE_ABANDONED);
}

void life_event(struct sim_context *c, const struct event *e)
{
    const struct task *t = &c->tasks[e->subject];
    if (t->generation != e->generation || t->state == TASK_FREE) {
        return;
    }
    if (e->kind == EV_END) {
        end_task(c, e->subject);
    } else if (t->state == TASK_WAITING) {
        cancel_task(c, e->subject);
    } else if (t->state == TASK_RUNNING && t->duration_us == SIM_NEVER) {
        c->tasks[e->subject].end = SIM_END_KILLED; /* Nothing else is known of its end. */
        end_task(c, e->subject);
    }
}

/* ---- machines ------------------------------------------------------------------------------- */

void life_evict(struct sim_context *c, sim_slot slot, enum sim_evict_cause cause,
                const struct task *winner)
{
    struct task *t = &c->tasks[slot];
    record_eviction(c, t, cause, winner);
    t->lost_us += c->now_us - t->start_us;
    t->evictions++;
    c->totals.evicted++;
    c->totals.resubmitted++;
    leave_machine(c, slot);
    c->voids = true; /* Its end. */
    c->tasks[slot].start_us = SIM_NEVER;
    wait_begin(c, slot);
}

/* The machine has no room for it any more. */
static void evict(struct sim_context *c, sim_slot slot, enum sim_evict_cause cause)
{
    give_room(c, slot, false);
    life_evict(c, slot, cause, NULL);
}

static sim_slot first_on(const struct sim_context *c, sim_machine m)
{
    return m < c->on_machine_len ? c->on_machine[m] : SIM_NONE;
}

/* The one that started first goes first, so that they queue up again in the order of their starts.
 */
static void evict_all(struct sim_context *c, sim_machine m)
{
    sim_slot slot = first_on(c, m);
    while (slot != SIM_NONE && c->links[slot].next != SIM_NONE) {
        slot = c->links[slot].next;
    }
    while (slot != SIM_NONE) {
        const sim_slot later = c->links[slot].prev;
        evict(c, slot, SIM_EVICT_MACHINE_DOWN);
        slot = later;
    }
}

static bool has_capacity(const struct sim_machine_input *in)
{
    bool any = false;
    for (int d = 0; d < SIM_DIMS; d++) {
        any |= in->capacity.v[d] > 0;
    }
    return any;
}

static sim_machine machine_set(struct sim_context *c, const struct sim_machine_input *in)
{
    const sim_machine known = cell_machine_find(c->cell, in->name);
    if (known != SIM_NONE && !has_capacity(in)) {
        evict_all(c, known);
    }
    while (known != SIM_NONE && first_on(c, known) != SIM_NONE &&
           cell_overflow(c->cell, known, in)) {
        evict(c, first_on(c, known), SIM_EVICT_MACHINE_SHRUNK);
    }
    if (known != SIM_NONE && !has_capacity(in)) {
        cell_machine_remove(c->cell, known);
    }
    const sim_machine m = cell_machine_set(c->cell, in);
    if (known == SIM_NONE) {
        record_name(c, SIM_NAME_MACHINE, m, in->name);
    }
    return m;
}

void life_machine(struct sim_context *c, const struct sim_input *in)
{
    sim_machine m = cell_machine_find(c->cell, in->u.machine.name);
    c->totals.machine_events++;
    if (in->kind == SIM_IN_MACHINE_ADD || in->kind == SIM_IN_MACHINE_UPDATE) {
        m = machine_set(c, &in->u.machine);
    } else if (m == SIM_NONE) {
        return; /* Never came: the reader has counted it. */
    } else if (in->kind == SIM_IN_MACHINE_REMOVE) {
        evict_all(c, m);
        cell_machine_remove(c->cell, m);
    } else {
        cell_machine_drain(c->cell, m, in->kind == SIM_IN_MACHINE_DRAIN);
    }
    c->totals.invariant_violations += cell_check_machine(c->cell, m);
    record_machine(c, m, in);
    actors_machine(c, m);
}

/* ---- the end of the run --------------------------------------------------------------------- */

void life_finish(struct sim_context *c)
{
    for (size_t s = 0; s < c->task_count; s++) {
        struct task *t = &c->tasks[s];
        if (t->state == TASK_RUNNING) {
            record_task(c, t, SIM_STATE_RUNNING);
        } else if (t->state != TASK_FREE) {
            record_span_close(c, t, -1);
            c->totals.unplaced += t->first_start_us == SIM_NEVER;
            record_task(c, t, SIM_STATE_PENDING);
        }
    }
}
