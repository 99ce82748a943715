/* section_promise.c - when the task was promised to start, why then, and what became of it. A gang
 * is promised by its first task; what is said of that one holds for the others. */
#include <inttypes.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

static bool is_about(const struct answer *a, const struct sim_promise_row *p)
{
    const struct sim_task_row *mine = a->story.row, *first;
    if (p->task == a->story.task) {
        return true;
    }
    first = p->tasks > 1 && mine != NULL ? rundir_task(a->book->run, p->task) : NULL;
    return first != NULL && first->job == mine->job;
}

/* The next row about the task from row *i on; NULL past the last. */
static const struct sim_promise_row *next(const struct answer *a, uint64_t *i)
{
    while (*i < a->book->count[SIM_TABLE_PROMISES]) {
        const struct sim_promise_row *p = &a->book->promises[(*i)++];
        if (is_about(a, p) && (!a->asked.has_at || p->t_us <= a->asked.at)) {
            return p;
        }
    }
    return NULL;
}

/* "start at 4h 00m 00s, when 3 running jobs will have ended, train-1/0 the last of them" */
static void reason_text(const struct sim_promise_row *p, const struct page *page)
{
    char name[NAME_BUF], start[TEXT_BUF];
    (void)fprintf(page->out, "start at %s", when_str(p->start_us, start, sizeof start));
    if (p->ends > 0) {
        (void)fprintf(page->out, ", by when %" PRIu32 " running job%s will have ended", p->ends,
                      plural(p->ends, "s"));
    }
    if (p->because != SIM_NONE) {
        (void)fprintf(page->out, "; the last end that makes room is that of %s",
                      task_name(page->book, p->because, name));
    }
}

static void row_text(const struct sim_promise_row *p, const struct page *page)
{
    char at[TEXT_BUF], first[TEXT_BUF];
    (void)fprintf(page->out, "  %20s  ", when_str(p->t_us, at, sizeof at));
    switch ((enum sim_promise_event)p->event) {
    case SIM_PROMISE_MADE:
        (void)fputs("promised: ", page->out);
        reason_text(p, page);
        break;
    case SIM_PROMISE_EARLIER:
        (void)fputs("moved earlier: ", page->out);
        reason_text(p, page);
        break;
    case SIM_PROMISE_LATER:
        (void)fputs("moved later: ", page->out);
        reason_text(p, page);
        (void)fprintf(page->out, " (%s)", sim_doubt_help(p->cause));
        break;
    case SIM_PROMISE_KEPT:
        (void)fprintf(page->out, "started: kept, %s before what was promised first",
                      duration_exact_str(p->first_us - p->t_us, first, sizeof first));
        break;
    case SIM_PROMISE_BROKEN:
        (void)fprintf(page->out, "started: broken, %s after what was promised first: %s",
                      duration_exact_str(p->t_us - p->first_us, first, sizeof first),
                      sim_doubt_help(p->cause));
        break;
    case SIM_PROMISE_DROPPED:
        (void)fputs("gave up before it", page->out);
        break;
    }
    if (p->decision >= 0) {
        (void)fprintf(page->out, " (d%" PRId64 ")", p->decision);
    }
    (void)fputc('\n', page->out);
}

static bool is_move(const struct sim_promise_row *p)
{
    return p->event == SIM_PROMISE_EARLIER || p->event == SIM_PROMISE_LATER;
}

/* Of moves one after the other only the last; all of them in the timeline. */
void promises_text(const struct answer *a, const struct page *page)
{
    uint64_t i = 0;
    size_t skipped = 0;
    const struct sim_promise_row *p = next(a, &i), *after;
    if (p == NULL) {
        return;
    }
    page_head(page, "PROMISES");
    for (; p != NULL; p = after) {
        after = next(a, &i);
        if (!a->asked.timeline && is_move(p) && after != NULL && is_move(after)) {
            skipped++;
            continue;
        }
        if (skipped > 0) {
            (void)fprintf(page->out, "  %20s  moved %zu time%s, and then\n", "", skipped,
                          plural(skipped, "s"));
        }
        skipped = 0;
        row_text(p, page);
    }
}

void promises_json(const struct answer *a, struct json *j)
{
    uint64_t i = 0;
    jw_array(j, "promises");
    for (const struct sim_promise_row *p = next(a, &i); p != NULL; p = next(a, &i)) {
        jw_object(j, NULL);
        jw_text(j, "event", sim_promise_name(p->event));
        jw_int(j, "time_us", p->t_us);
        jw_int(j, "start_us", p->start_us);
        jw_int(j, "first_us", p->first_us);
        if (p->decision >= 0) {
            jw_int(j, "decision", p->decision);
        } else {
            jw_null(j, "decision");
        }
        jw_task(j, "because", a->book, p->because);
        jw_uint(j, "ends", p->ends);
        jw_uint(j, "tasks", p->tasks);
        jw_uint(j, "episode", p->episode);
        if (p->cause != SIM_DOUBT_NONE) {
            jw_text(j, "cause", sim_doubt_name(p->cause));
        } else {
            jw_null(j, "cause");
        }
        jw_end(j);
    }
    jw_end(j);
}
