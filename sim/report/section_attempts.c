/* section_attempts.c - what the task's scheduler did about its job, and who was in the way when a
 * commit was refused. */
#include <inttypes.h>

#include "base/decimal.h"
#include "base/json.h"
#include "report/amount.h"
#include "report/explain.h"

enum { SHOWN = 8 };

static struct sim_text scheduler_name(const struct book *b, uint32_t id)
{
    return rundir_name(b->run, SIM_NAME_SCHEDULER, id);
}

/* How many rows are about the task's job, the first of them, and their thinking in sum. */
static uint64_t attempts_of(const struct answer *a, const struct sim_attempt_row *at[SHOWN],
                            int64_t *thought_us)
{
    const struct book *b = a->book;
    const struct sim_attempt_row *rows = b->rows[SIM_TABLE_ATTEMPTS];
    uint64_t n = 0;
    *thought_us = 0;
    for (uint64_t i = 0; a->story.row != NULL && i < b->count[SIM_TABLE_ATTEMPTS]; i++) {
        if (rows[i].job == a->story.row->job) {
            *thought_us += rows[i].ended_us - rows[i].began_us;
            if (n < SHOWN) {
                at[n] = &rows[i];
            }
            n++;
        }
    }
    return n;
}

void attempts_text(const struct answer *a, const struct page *p)
{
    const struct sim_attempt_row *at[SHOWN];
    int64_t thought_us;
    char when[TEXT_BUF], thought[TEXT_BUF], queued[TEXT_BUF];
    const uint64_t n = attempts_of(a, at, &thought_us);
    if (n == 0) {
        return;
    }
    const struct sim_text name = scheduler_name(p->book, at[0]->scheduler);
    page_head(p, "ATTEMPTS of scheduler %.*s at its job: %" PRIu64 ", %s of thinking",
              (int)name.len, name.at, n, when_str(thought_us, thought, sizeof thought));
    for (uint64_t i = 0; i < n && i < SHOWN; i++) {
        const struct sim_attempt_row *r = at[i];
        (void)fprintf(p->out,
                      "  began at %s after %s in the queue, thought %s about %" PRIu32
                      " task%s: %" PRIu32 " placed",
                      when_str(r->began_us, when, sizeof when),
                      when_str(r->queued_us, queued, sizeof queued),
                      when_str(r->ended_us - r->began_us, thought, sizeof thought), r->tasks,
                      plural(r->tasks, "s"), r->placed);
        if (r->conflicts > 0) {
            (void)fprintf(p->out, ", %" PRIu32 " conflict%s", r->conflicts,
                          plural(r->conflicts, "s"));
        }
        if (r->undone > 0) {
            (void)fprintf(p->out, ", %" PRIu32 " taken back", r->undone);
        }
        (void)fputc('\n', p->out);
    }
    if (n > SHOWN) {
        (void)fprintf(p->out, "  and %" PRIu64 " more\n", n - SHOWN);
    }
}

void attempts_json(const struct answer *a, struct json *j)
{
    const struct book *b = a->book;
    const struct sim_attempt_row *rows = b->rows[SIM_TABLE_ATTEMPTS];
    jw_array(j, "attempts");
    for (uint64_t i = 0; a->story.row != NULL && i < b->count[SIM_TABLE_ATTEMPTS]; i++) {
        const struct sim_attempt_row *r = &rows[i];
        if (r->job != a->story.row->job) {
            continue;
        }
        jw_object(j, NULL);
        jw_view(j, "scheduler", scheduler_name(b, r->scheduler));
        jw_int(j, "began_us", r->began_us);
        jw_int(j, "ended_us", r->ended_us);
        jw_int(j, "queued_us", r->queued_us);
        jw_uint(j, "tasks", r->tasks);
        jw_uint(j, "placed", r->placed);
        jw_uint(j, "conflicts", r->conflicts);
        jw_uint(j, "undone", r->undone);
        jw_text(j, "outcome", sim_attempt_name(r->outcome));
        jw_end(j);
    }
    jw_end(j);
}

/* ---- the conflict of one decision ------------------------------------------------------------ */

static const char *found(unsigned kind)
{
    static const char *const texts[] = {
        [SIM_CONFLICT_ROOM] = "no longer has the room",
        [SIM_CONFLICT_VERSION] = "is not as it was when its scheduler looked",
        [SIM_CONFLICT_GONE] = "takes no tasks any more",
    };
    return kind < sizeof texts / sizeof *texts ? texts[kind] : "refused it";
}

void conflict_text(const struct refusal *r, const struct page *p)
{
    const struct sim_conflict_row *row = book_conflict(p->book, r->decision);
    char name[NAME_BUF], other[NAME_BUF], when[TEXT_BUF];
    if (r->row->outcome != SIM_OUTCOME_CONFLICT) {
        return;
    }
    if (row == NULL) { /* Taken back for another task of the job. */
        (void)fprintf(p->out, "  its scheduler had found %s; the commit was refused for %s\n",
                      machine_name(p->book, r->row->machine, name),
                      task_full_name(p->book, r->row->subject, other));
        return;
    }
    (void)fprintf(p->out, "  its scheduler had found %s, which %s",
                  machine_name(p->book, row->machine, name), found(row->kind));
    if (row->by_task != SIM_NONE) {
        const struct sim_text by = scheduler_name(p->book, row->by_scheduler);
        (void)fprintf(p->out, "; last taken at %s by scheduler %.*s",
                      when_str(row->taken_us, when, sizeof when), (int)by.len, by.at);
        (void)fprintf(p->out, " for %s", task_full_name(p->book, row->by_task, name));
    } else {
        (void)fputs("; no task had taken room there since: the machine itself changed, or a commit "
                    "that was taken back",
                    p->out);
    }
    (void)fputc('\n', p->out);
}

void conflict_json(const struct refusal *r, const struct book *b, struct json *j)
{
    const struct sim_conflict_row *row = book_conflict(b, r->decision);
    if (row == NULL) {
        jw_null(j, "conflict");
        return;
    }
    jw_object(j, "conflict");
    jw_text(j, "kind", sim_conflict_name(row->kind));
    jw_machine(j, "machine", b, row->machine);
    jw_time(j, "taken_us", row->taken_us);
    jw_task(j, "by_task", b, row->by_task);
    jw_view(j, "by_scheduler", scheduler_name(b, row->by_scheduler));
    jw_end(j);
}
