/* promises.c - starts that a scheduler promised to waiting tasks: recorded, and judged.
 *
 * A promise is kept when the task starts no later than it was promised first. Where nothing speaks
 * against the plan behind it, a promise that moves later or is broken is a fault of the scheduler:
 * that is checked in every build. What speaks against plans are doubts: the scheduler says when one
 * arises, and it covers the promises that had been made by then. */
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "core/engine.h"

static struct promise *promise_of(struct sim_context *c, sim_slot slot)
{
    return slot < c->promise_len && c->promises[slot].made ? &c->promises[slot] : NULL;
}

void sim_doubt(struct sim_context *c, enum sim_doubt cause)
{
    c->doubted[cause] = ++c->doubt_clock;
}

static enum sim_doubt doubt_of(const struct sim_context *c, const struct promise *p)
{
    for (enum sim_doubt d = SIM_DOUBT_NONE + 1; d < SIM_DOUBTS; d++) {
        if (c->doubted[d] > p->made_at) {
            return d;
        }
    }
    return p->exact ? SIM_DOUBT_NONE : SIM_DOUBT_INEXACT;
}

static void record(struct sim_context *c, const struct task *t, const struct promise *p,
                   enum sim_promise_event event, enum sim_doubt cause)
{
    if (c->out == NULL) {
        return;
    }
    struct sim_promise_row row;
    memset(&row, 0, sizeof row);
    row.t_us = c->now_us;
    row.start_us = p->start_us;
    row.first_us = p->first_us;
    row.decision =
        event == SIM_PROMISE_KEPT || event == SIM_PROMISE_BROKEN ? t->placed_by : t->span_opened_by;
    row.task = t->id;
    row.because = p->because;
    row.ends = p->ends;
    row.tasks = p->tasks;
    row.episode = t->episodes;
    row.event = (uint8_t)event;
    row.cause = (uint8_t)cause;
    record_row(c, SIM_TABLE_PROMISES, &row);
}

static void moved(struct sim_context *c, const struct task *t, struct promise *p,
                  const struct sim_promise *now)
{
    const bool later = now->start_us > p->start_us;
    const enum sim_doubt cause = later ? doubt_of(c, p) : SIM_DOUBT_NONE;
    p->start_us = now->start_us;
    c->totals.promises.later += later;
    c->totals.promises.earlier += !later;
    c->totals.invariant_violations += later && cause == SIM_DOUBT_NONE;
    record(c, t, p, later ? SIM_PROMISE_LATER : SIM_PROMISE_EARLIER, cause);
}

void sim_record_promise(struct sim_context *c, sim_slot slot, const struct sim_promise *promise)
{
    const struct task *t = task_at(c, slot);
    CHECK(t->state == TASK_WAITING && promise->start_us != SIM_NEVER);
    MEM_GROW(c->promises, c->promise_cap, (size_t)slot + 1);
    c->promise_len = c->promise_len > (size_t)slot + 1 ? c->promise_len : (size_t)slot + 1;
    struct promise *p = &c->promises[slot];
    if (p->made && p->start_us == promise->start_us) {
        return;
    }
    lap_begin(c, LAP_RECORDING);
    p->because = promise->because != SIM_NONE ? task_at(c, promise->because)->id : SIM_NONE;
    p->ends = promise->ends;
    p->tasks = promise->tasks;
    if (p->made) {
        p->exact &= promise->exact;
        moved(c, t, p, promise);
    } else {
        p->made = true;
        p->exact = promise->exact;
        p->made_at = c->doubt_clock;
        p->start_us = p->first_us = promise->start_us;
        c->totals.promises.made++;
        record(c, t, p, SIM_PROMISE_MADE, SIM_DOUBT_NONE);
    }
    lap_end(c, LAP_RECORDING);
}

void promise_started(struct sim_context *c, sim_slot slot)
{
    struct promise *p = promise_of(c, slot);
    if (p == NULL) {
        return;
    }
    const bool broken = c->now_us > p->first_us;
    const enum sim_doubt cause = broken ? doubt_of(c, p) : SIM_DOUBT_NONE;
    c->totals.promises.kept += !broken;
    c->totals.promises.broken += broken;
    c->totals.promises.broken_by[cause] += broken;
    c->totals.invariant_violations += broken && cause == SIM_DOUBT_NONE;
    record(c, &c->tasks[slot], p, broken ? SIM_PROMISE_BROKEN : SIM_PROMISE_KEPT, cause);
    p->made = false;
}

void promise_dropped(struct sim_context *c, sim_slot slot)
{
    struct promise *p = promise_of(c, slot);
    if (p != NULL) {
        c->totals.promises.dropped++;
        record(c, &c->tasks[slot], p, SIM_PROMISE_DROPPED, SIM_DOUBT_NONE);
        p->made = false;
    }
}
