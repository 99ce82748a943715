/* story.c - gathers the rows about one task. A scan of whole tables: they lie in memory, and a scan
 * of ten million rows is faster than reading an index from disk would be. */
#include "report/story.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/sort.h"
#include "report/amount.h"

static void gather_decisions(struct story *s, const struct book *b)
{
    size_t cap = 0;
    s->last_refused = s->last_placed = -1;
    for (uint64_t d = 0; d < b->count[SIM_TABLE_DECISIONS]; d++) {
        if (b->decisions[d].task != s->task) {
            continue;
        }
        MEM_GROW(s->decisions, cap, s->decision_count + 1);
        s->decisions[s->decision_count++] = (int64_t)d;
        if (b->decisions[d].outcome == SIM_OUTCOME_PLACED) {
            s->last_placed = (int64_t)d;
        } else {
            s->last_refused = (int64_t)d;
        }
    }
}

static bool gather_spans(struct story *s, const struct book *b, struct sim_diag *diag)
{
    size_t cap = 0;
    struct causes causes = {0};
    for (uint64_t i = 0; i < b->count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *span = &b->spans[i];
        if (span->task != s->task) {
            continue;
        }
        if (!causes_add(&causes, span, diag)) {
            mem_free(causes.at);
            return false;
        }
        MEM_GROW(s->spans, cap, s->span_count + 1);
        s->spans[s->span_count++] = span;
    }
    causes_sort(&causes);
    s->causes = causes.at;
    s->cause_count = causes.count;
    s->wait_us = causes.total_us;
    return true;
}

static void gather_evictions(struct story *s, const struct book *b)
{
    size_t cap = 0;
    for (uint64_t i = 0; i < b->count[SIM_TABLE_EVICTIONS]; i++) {
        if (b->evictions[i].task == s->task) {
            MEM_GROW(s->evictions, cap, s->eviction_count + 1);
            s->evictions[s->eviction_count++] = &b->evictions[i];
        }
    }
}

/* A killed run closes no spans: the last refusal was in force up to the end of the record. */
static int64_t open_wait(const struct story *s, const struct book *b)
{
    if (s->row != NULL || s->last_refused <= s->last_placed) {
        return 0;
    }
    return book_end(b) - b->decisions[s->last_refused].t_us;
}

static sim_time submit_of(const struct story *s, const struct book *b)
{
    if (s->row != NULL) {
        return s->row->submit_us;
    }
    if (s->span_count > 0) {
        return s->spans[0]->from_us;
    }
    return s->decision_count > 0 ? b->decisions[s->decisions[0]].t_us : SIM_NEVER;
}

bool story_tell(struct story *s, const struct book *b, sim_task task, struct sim_diag *diag)
{
    *s = (struct story){.task = task, .row = rundir_task(b->run, task)};
    gather_decisions(s, b);
    gather_evictions(s, b);
    if (!gather_spans(s, b, diag)) {
        return false;
    }
    s->submit_us = submit_of(s, b);
    s->open_us = open_wait(s, b);
    if (s->row != NULL && s->row->wait_us != s->wait_us) {
        return sim_fail(diag, SIM_ERR_INVARIANT, SIM_NOWHERE,
                        "the causes of task #%" PRIu32 " sum to %" PRId64
                        " us, its recorded wait is %" PRId64 " us",
                        task, s->wait_us, s->row->wait_us);
    }
    return true;
}

const struct sim_span_row *story_span(const struct story *s, sim_time at)
{
    for (size_t i = 0; i < s->span_count && at != SIM_NEVER; i++) {
        if (s->spans[i]->from_us <= at && at < s->spans[i]->to_us) {
            return s->spans[i];
        }
    }
    return at == SIM_NEVER && s->span_count > 0 ? s->spans[s->span_count - 1] : NULL;
}

void story_fini(struct story *s)
{
    mem_free(s->decisions);
    mem_free(s->spans);
    mem_free(s->evictions);
    mem_free(s->causes);
    *s = (struct story){0};
}

bool causes_add(struct causes *c, const struct sim_span_row *span, struct sim_diag *diag)
{
    const int64_t us = span->to_us - span->from_us;
    if (us < 0 || !sum_add(&c->total_us, us)) {
        return sim_fail(diag, SIM_ERR_INVARIANT, SIM_NOWHERE,
                        "a wait of task #%" PRIu32 " runs from %" PRId64 " to %" PRId64
                        " us, or the waits sum to more than 2^63 us",
                        span->task, span->from_us, span->to_us);
    }
    if (us == 0) {
        return true;
    }
    size_t i = 0;
    while (i < c->count && (c->at[i].reason != span->reason || c->at[i].dim != span->dim)) {
        i++;
    }
    if (i == c->count) {
        MEM_GROW(c->at, c->cap, c->count + 1);
        c->at[c->count++] = (struct cause){0, -1, 0, span->reason, span->dim};
    }
    c->at[i].wait_us += us;
    c->at[i].spans++;
    c->at[i].last_decision = span->opened_by;
    return true;
}

static int compare_causes(const void *left, const void *right, void *context)
{
    (void)context;
    const struct cause *a = left, *b = right;
    if (a->wait_us != b->wait_us) {
        return a->wait_us > b->wait_us ? -1 : 1;
    }
    return a->reason != b->reason ? (int)a->reason - (int)b->reason : (int)a->dim - (int)b->dim;
}

void causes_sort(struct causes *c)
{
    sort_stable(c->at, c->count, sizeof *c->at, compare_causes, NULL);
}

/* When the run that began with decision `placed` ended; SIM_NEVER = it still goes on, or not known.
 */
static sim_time run_end(const struct story *s, const struct book *b, int64_t placed)
{
    const struct sim_decision_row *row = &b->decisions[placed];
    for (size_t i = 0; i < s->eviction_count; i++) {
        if (s->evictions[i]->t_us >= row->t_us && s->evictions[i]->machine == row->machine) {
            return s->evictions[i]->t_us;
        }
    }
    return placed == s->last_placed && s->row != NULL ? s->row->end_us : SIM_NEVER;
}

enum moment story_at(const struct story *s, const struct book *b, sim_time at, int64_t *decision,
                     sim_time *since)
{
    *decision = -1;
    *since = SIM_NEVER;
    if (s->submit_us == SIM_NEVER || at < s->submit_us) {
        return MOMENT_BEFORE;
    }
    for (size_t i = 0; i < s->decision_count; i++) {
        if (b->decisions[s->decisions[i]].t_us <= at) {
            *decision = s->decisions[i];
        }
    }
    for (size_t i = 0; i < s->span_count; i++) {
        if (s->spans[i]->from_us <= at && at < s->spans[i]->to_us) {
            *since = s->spans[i]->from_us;
            *decision = s->spans[i]->opened_by >= 0 ? s->spans[i]->opened_by : *decision;
            return MOMENT_WAITING;
        }
    }
    if (*decision < 0) {
        return s->row != NULL && s->row->end_us <= at ? MOMENT_AFTER : MOMENT_WAITING;
    }
    *since = b->decisions[*decision].t_us;
    if (b->decisions[*decision].outcome != SIM_OUTCOME_PLACED) {
        return s->row != NULL && s->row->end_us <= at ? MOMENT_AFTER : MOMENT_WAITING;
    }
    return run_end(s, b, *decision) <= at ? MOMENT_AFTER : MOMENT_RUNNING;
}
