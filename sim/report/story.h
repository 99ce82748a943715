/* story.h - everything that one run recorded about one task, and where its wait went. */
#ifndef SIM_REPORT_STORY_H
#define SIM_REPORT_STORY_H

#include "report/book.h"

struct cause { /* Spans of one (reason, dim), merged. */
    int64_t wait_us;
    int64_t last_decision; /* The last one that opened a span of this cause; -1 = none. */
    uint32_t spans;
    uint8_t reason, dim;
};

struct story {
    sim_task task;
    const struct sim_task_row *row; /* NULL: the record ends before the task left. */
    int64_t *decisions;             /* Ids, ascending. */
    size_t decision_count;
    const struct sim_span_row **spans; /* In time order. */
    size_t span_count;
    const struct sim_eviction_row **evictions;
    size_t eviction_count;
    struct cause *causes; /* Longest first; those of length 0 are left out. */
    size_t cause_count;
    int64_t wait_us;    /* Sum of all spans. */
    int64_t open_us;    /* Of a wait that was open where the record was cut; in no span. */
    sim_time submit_us; /* SIM_NEVER when nothing recorded tells. */
    int64_t last_refused, last_placed; /* Decision ids; -1 = never. */
};
/* SIM_ERR_INVARIANT when the spans do not sum to the recorded wait: the record contradicts itself.
 */
bool story_tell(struct story *s, const struct book *b, sim_task task,
                struct sim_diag *diag) SIM_NODISCARD;
void story_fini(struct story *s);

/* The span of its wait that covers `at`; the last one for SIM_NEVER. NULL = none. */
const struct sim_span_row *story_span(const struct story *s, sim_time at);

/* Adds up spans by cause; a caller passes all spans of a run, or those of one task. */
struct causes {
    struct cause *at;
    size_t count, cap;
    int64_t total_us;
};
bool causes_add(struct causes *c, const struct sim_span_row *span,
                struct sim_diag *diag) SIM_NODISCARD;
void causes_sort(struct causes *c); /* Longest first, then by reason and dimension. */

enum moment { MOMENT_BEFORE, MOMENT_WAITING, MOMENT_RUNNING, MOMENT_AFTER };
/* How the task stood at `at`; *decision = the one in force then (the refusal while it waits, the
 * placement while it runs), -1 = none. *since = when that began (SIM_NEVER = not known). */
enum moment story_at(const struct story *s, const struct book *b, sim_time at, int64_t *decision,
                     sim_time *since);
#endif
