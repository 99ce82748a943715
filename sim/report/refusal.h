/* refusal.h - one refused decision taken apart: which machine lacked what, how much room there was,
 * who was ahead, and the smallest changes that would have placed the task. */
#ifndef SIM_REPORT_REFUSAL_H
#define SIM_REPORT_REFUSAL_H

#include "report/book.h"

struct candidate { /* One machine at one decision, re-executed. */
    uint32_t mask;
    int64_t score;
    struct sim_resources deficit;
};
struct candidates {
    int64_t decision;
    uint32_t n;
    struct candidate *at; /* By machine id. */
};

struct refusal {
    int64_t decision, source; /* source: the decision whose answer it repeats, or itself. */
    const struct sim_decision_row *row;
    const struct sim_failmask_row *masks; /* Complete masks; counts sum to `machines`. */
    const struct sim_room_row *rooms;
    const struct sim_ahead_row *ahead; /* NULL unless the stage is ORDER. */
    uint64_t mask_count, room_count;
    uint32_t machines;   /* Known at the time. */
    uint32_t unexamined; /* Of them: in no row of `masks`, and not feasible. */
    uint32_t *minimal;   /* Indices into masks, cheapest change first. */
    size_t minimal_count;
};
/* SIM_ERR_INVARIANT when the histogram counts more machines than there are. */
bool refusal_read(struct refusal *r, const struct book *b, int64_t decision,
                  struct sim_diag *diag) SIM_NODISCARD;
void refusal_fini(struct refusal *r);

/* Compares the histogram with re-executed candidates: counts, examples and smallest deficits.
 * SIM_ERR_INVARIANT names the first difference. */
bool refusal_check(const struct refusal *r, const struct candidates *c,
                   struct sim_diag *diag) SIM_NODISCARD;
/* The machine of this mask that needs the least: smallest deficit, then lowest id; SIM_NONE = none.
 * Only for masks that lack one dimension is "least" one number; else the example. */
sim_machine refusal_nearest(const struct sim_failmask_row *mask, const struct candidates *c);

/* Dimension of a SIZE or FIT bit; -1 for the others. One bit only. */
int fail_dim(uint32_t bit);
#endif
