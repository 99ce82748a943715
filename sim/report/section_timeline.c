/* section_timeline.c - everything that happened to one task, in order. */
#include <inttypes.h>

#include "base/mem.h"
#include "base/sort.h"
#include "report/amount.h"
#include "report/explain.h"

enum event_kind { EVENT_SUBMIT, EVENT_EVICTED, EVENT_DECISION, EVENT_END };
struct event {
    sim_time at;
    enum event_kind kind;
    int64_t decision;
    const struct sim_eviction_row *eviction;
};

static int compare_events(const void *left, const void *right, void *context)
{
    (void)context;
    const struct event *a = left, *b = right;
    if (a->at != b->at) {
        return a->at < b->at ? -1 : 1;
    }
    return (int)a->kind - (int)b->kind;
}

/* At one instant: submission, evictions, decisions, end, which is the order of life. */
static struct event *events_of(const struct answer *a, size_t *n)
{
    const struct story *s = &a->story;
    struct event *list = MEM_NEW(struct event, s->decision_count + s->eviction_count + 2);
    *n = 0;
    if (s->submit_us != SIM_NEVER) {
        list[(*n)++] = (struct event){s->submit_us, EVENT_SUBMIT, -1, NULL};
    }
    for (size_t i = 0; i < s->eviction_count; i++) {
        list[(*n)++] = (struct event){s->evictions[i]->t_us, EVENT_EVICTED, -1, s->evictions[i]};
    }
    for (size_t i = 0; i < s->decision_count; i++) {
        const int64_t d = s->decisions[i];
        list[(*n)++] = (struct event){a->book->decisions[d].t_us, EVENT_DECISION, d, NULL};
    }
    if (s->row != NULL && s->row->end_us != SIM_NEVER) {
        list[(*n)++] = (struct event){s->row->end_us, EVENT_END, -1, NULL};
    }
    sort_stable(list, *n, sizeof *list, compare_events, NULL);
    return list;
}

static void eviction_text(const struct sim_eviction_row *e, const struct page *p)
{
    char name[NAME_BUF], lost[TEXT_BUF];
    const char *cause = sim_evict_name(e->cause);
    (void)fprintf(p->out, "evicted from %s: %s; %s of work lost",
                  machine_name(p->book, e->machine, name), cause != NULL ? cause : "?",
                  duration_exact_str(e->lost_us, lost, sizeof lost));
    if (e->by_decision >= 0) {
        (void)fprintf(p->out, "; by d%" PRId64, e->by_decision);
    }
    if (e->by_task != SIM_NONE) {
        (void)fprintf(p->out, " for %s", task_name(p->book, e->by_task, name));
    }
}

static void decision_line(int64_t d, const struct page *p)
{
    const struct sim_decision_row *row = &p->book->decisions[d];
    char name[NAME_BUF], cause[TEXT_BUF];
    if (row->outcome == SIM_OUTCOME_PLACED) {
        (void)fprintf(p->out, "d%" PRId64 " placed on %s: %s", d,
                      machine_name(p->book, row->machine, name), reason_code(row->reason));
    } else {
        (void)fprintf(p->out, "d%" PRId64 " refused: %s", d,
                      cause_str(row->reason, row->dim, cause, sizeof cause));
    }
}

void timeline_text(const struct answer *a, const struct page *p)
{
    size_t n;
    char at[TEXT_BUF];
    struct event *list = events_of(a, &n);
    page_head(p, "TIMELINE");
    for (size_t i = 0; i < n; i++) {
        (void)fprintf(p->out, "  %20s  ", when_str(list[i].at, at, sizeof at));
        switch (list[i].kind) {
        case EVENT_SUBMIT:
            (void)fputs("submitted", p->out);
            break;
        case EVENT_EVICTED:
            eviction_text(list[i].eviction, p);
            break;
        case EVENT_DECISION:
            decision_line(list[i].decision, p);
            break;
        case EVENT_END:
            (void)fputs(sim_state_name(a->story.row->state), p->out);
            break;
        }
        (void)fputc('\n', p->out);
    }
    mem_free(list);
}

static void decision_members(int64_t d, const struct book *b, struct json *j)
{
    const struct sim_decision_row *row = &b->decisions[d];
    jw_int(j, "decision", d);
    jw_text(j, "outcome", sim_outcome_name(row->outcome));
    jw_reason(j, row->reason, row->dim);
    jw_machine(j, "machine", b, row->machine);
}

static void eviction_members(const struct sim_eviction_row *e, const struct book *b, struct json *j)
{
    jw_machine(j, "machine", b, e->machine);
    jw_text(j, "cause", sim_evict_name(e->cause));
    jw_int(j, "lost_us", e->lost_us);
    jw_task(j, "by_task", b, e->by_task);
    if (e->by_decision >= 0) {
        jw_int(j, "by_decision", e->by_decision);
    } else {
        jw_null(j, "by_decision");
    }
}

static void spans_json(const struct answer *a, struct json *j)
{
    jw_array(j, "spans");
    for (size_t i = 0; i < a->story.span_count; i++) {
        const struct sim_span_row *span = a->story.spans[i];
        jw_object(j, NULL);
        jw_int(j, "from_us", span->from_us);
        jw_int(j, "to_us", span->to_us);
        jw_uint(j, "episode", span->episode);
        jw_reason(j, span->reason, span->dim);
        jw_task(j, "subject", a->book, span->subject);
        jw_int(j, "opened_by", span->opened_by);
        jw_int(j, "closed_by", span->closed_by);
        jw_end(j);
    }
    jw_end(j);
}

void timeline_json(const struct answer *a, struct json *j)
{
    static const char *const kinds[] = {[EVENT_SUBMIT] = "submitted",
                                        [EVENT_EVICTED] = "evicted",
                                        [EVENT_DECISION] = "decision",
                                        [EVENT_END] = "end"};
    size_t n;
    struct event *list = events_of(a, &n);
    jw_array(j, "timeline");
    for (size_t i = 0; i < n; i++) {
        jw_object(j, NULL);
        jw_int(j, "time_us", list[i].at);
        jw_text(j, "event", kinds[list[i].kind]);
        if (list[i].kind == EVENT_DECISION) {
            decision_members(list[i].decision, a->book, j);
        } else if (list[i].kind == EVENT_EVICTED) {
            eviction_members(list[i].eviction, a->book, j);
        } else if (list[i].kind == EVENT_END) {
            jw_text(j, "state", sim_state_name(a->story.row->state));
        }
        jw_end(j);
    }
    jw_end(j);
    spans_json(a, j);
    mem_free(list);
}
