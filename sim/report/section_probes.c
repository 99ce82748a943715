/* section_probes.c - the machines that were probed for a task: how long their queues were, which
 * place won, and what the letters cost.
 *
 * Probes are sent for a batch of tasks. The batch that is told of is the one whose place the task
 * won when it was placed; of a task that waits, the last one sent for it or for its job. */
#include <inttypes.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

enum { ROWS_SHOWN = 12 };

bool placed_by_probe(const struct sim_decision_row *row)
{
    return row->reason == SIM_REASON_PROBE_WON || row->reason == SIM_REASON_SHORTEST_QUEUE ||
           row->reason == SIM_REASON_DRAWN;
}

struct batch {
    const struct sim_probe_row *rows; /* Of the run. */
    uint64_t count;
    const struct sim_probe_row *own; /* A row of the batch: what the task won, if it won one. */
    bool won;
    uint64_t by_outcome[SIM_PROBE_OPEN + 1], probes;
    int64_t held_us,
        in_vain_us; /* By machines, until a letter came; for places that won nothing. */
};

/* Of two rows that may stand for the batch: does `b` rather than `a`? */
static bool rather(const struct sim_probe_row *a, const struct sim_probe_row *b, sim_task task)
{
    return a == NULL || (b->task == task) >= (a->task == task);
}

static void pick_batch(struct batch *b, const struct answer *a)
{
    const int64_t placed_us = a->placed >= 0 ? a->book->decisions[a->placed].t_us : SIM_NEVER;
    const sim_time until = a->asked.has_at ? a->asked.at : SIM_NEVER;
    for (uint64_t i = 0; i < b->count && !b->won; i++) {
        const struct sim_probe_row *row = &b->rows[i];
        const bool mine = row->task == a->story.task;
        if (a->placed >= 0) {
            b->won = mine && row->outcome == SIM_PROBE_WON && row->ended_us == placed_us;
            b->own = b->won ? row : b->own;
        } else if ((mine || row->task == SIM_NONE) && a->story.row != NULL &&
                   row->job == a->story.row->job && row->sent_us <= until &&
                   rather(b->own, row, a->story.task)) {
            b->own = row;
        }
    }
}

static int64_t held(const struct sim_probe_row *row)
{
    return row->asked_us != SIM_NEVER && row->ended_us != SIM_NEVER ? row->ended_us - row->asked_us
                                                                    : 0;
}

static bool belongs(const struct batch *b, const struct sim_probe_row *row)
{
    return row->scheduler == b->own->scheduler && row->batch == b->own->batch;
}

/* False: no probe of this task is on record. */
static bool read_batch(struct batch *b, const struct answer *a)
{
    *b = (struct batch){.rows = a->book->rows[SIM_TABLE_PROBES],
                        .count = a->book->count[SIM_TABLE_PROBES]};
    pick_batch(b, a);
    for (uint64_t i = 0; i < b->count && b->own != NULL; i++) {
        const struct sim_probe_row *row = &b->rows[i];
        if (belongs(b, row)) {
            b->probes++;
            b->by_outcome[row->outcome]++;
            b->held_us += held(row);
            b->in_vain_us += row->outcome == SIM_PROBE_WON ? 0 : held(row);
        }
    }
    return b->own != NULL;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void probe_text(const struct sim_probe_row *row, sim_task task, const struct page *p)
{
    char machine[NAME_BUF], name[NAME_BUF], time[TEXT_BUF];
    (void)fprintf(p->out, "  %-14s ", machine_name(p->book, row->machine, machine));
    if (row->arrived_us == SIM_NEVER) {
        (void)fputs("never reached", p->out);
    } else {
        (void)fprintf(p->out, "saw %" PRIu32 " task%s", row->seen, plural(row->seen, "s"));
    }
    const int64_t left_us = row->asked_us != SIM_NEVER ? row->asked_us : row->ended_us;
    if (row->arrived_us != SIM_NEVER && left_us != SIM_NEVER && row->outcome != SIM_PROBE_LONGER) {
        (void)fprintf(p->out, ", %s after %s", row->asked_us != SIM_NEVER ? "turn" : "out",
                      duration_exact_str(left_us - row->arrived_us, time, sizeof time));
    }
    if (held(row) > 0) {
        (void)fprintf(p->out, ", held room %s", duration_exact_str(held(row), time, sizeof time));
    }
    (void)fprintf(p->out, ": %s", sim_probe_name(row->outcome));
    if (row->outcome == SIM_PROBE_WON) {
        (void)fprintf(p->out, " by %s",
                      row->task == task ? "this task" : task_name(p->book, row->task, name));
    }
    (void)fputc('\n', p->out);
}

static void sums_text(const struct batch *b, const struct page *p)
{
    const char *separator = " ";
    char all[TEXT_BUF], vain[TEXT_BUF];
    for (unsigned o = 0; sim_probe_name(o) != NULL; o++) {
        if (b->by_outcome[o] > 0) {
            (void)fprintf(p->out, "%s %" PRIu64 " %s", separator, b->by_outcome[o],
                          sim_probe_name(o));
            separator = ",";
        }
    }
    (void)fputc('\n', p->out);
    if (b->held_us > 0) {
        (void)fprintf(p->out,
                      "  machines held room for %s until letters came, %s of it for no task\n",
                      duration_exact_str(b->held_us, all, sizeof all),
                      duration_exact_str(b->in_vain_us, vain, sizeof vain));
    }
}

void probes_text(const struct answer *a, const struct page *p)
{
    struct batch b;
    char at[TEXT_BUF];
    if (!read_batch(&b, a)) {
        return;
    }
    const struct sim_text by = rundir_name(a->book->run, SIM_NAME_SCHEDULER, b.own->scheduler);
    page_head(p, "PROBED %" PRIu64 " time%s in batch %" PRIu32 " of %.*s, sent at %s", b.probes,
              plural(b.probes, "s"), b.own->batch, (int)by.len, by.at,
              when_str(b.own->sent_us, at, sizeof at));
    sums_text(&b, p);
    uint64_t shown = 0;
    if (b.won) {
        probe_text(b.own, a->story.task, p);
        shown++;
    }
    for (uint64_t i = 0; i < b.count && shown < ROWS_SHOWN; i++) {
        const struct sim_probe_row *row = &b.rows[i];
        if (belongs(&b, row) && !(b.won && row == b.own)) {
            probe_text(row, a->story.task, p);
            shown++;
        }
    }
    if (shown < b.probes) {
        (void)fprintf(p->out, "  and %" PRIu64 " more (simctl export %s --table probes)\n",
                      b.probes - shown, rundir_path(a->book->run));
    }
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void probe_json(const struct sim_probe_row *row, const struct book *b, struct json *j)
{
    jw_object(j, NULL);
    jw_machine(j, "machine", b, row->machine);
    jw_uint(j, "seen", row->seen);
    jw_time(j, "sent_us", row->sent_us);
    jw_time(j, "arrived_us", row->arrived_us);
    jw_time(j, "asked_us", row->asked_us);
    jw_time(j, "ended_us", row->ended_us);
    jw_text(j, "outcome", sim_probe_name(row->outcome));
    if (row->task != SIM_NONE) {
        jw_task(j, "task", b, row->task);
    } else {
        jw_null(j, "task");
    }
    jw_end(j);
}

void probes_json(const struct answer *a, struct json *j)
{
    struct batch b;
    if (!read_batch(&b, a)) {
        jw_null(j, "probes");
        return;
    }
    jw_object(j, "probes");
    jw_view(j, "scheduler", rundir_name(a->book->run, SIM_NAME_SCHEDULER, b.own->scheduler));
    jw_uint(j, "batch", b.own->batch);
    jw_int(j, "held_us", b.held_us);
    jw_int(j, "held_in_vain_us", b.in_vain_us);
    jw_array(j, "rows");
    for (uint64_t i = 0; i < b.count; i++) {
        if (belongs(&b, &b.rows[i])) {
            probe_json(&b.rows[i], a->book, j);
        }
    }
    jw_end(j);
    jw_end(j);
}
