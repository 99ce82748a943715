/* book.h - the tables of one run opened for questions, with the look-ups that all answers share. */
#ifndef SIM_REPORT_BOOK_H
#define SIM_REPORT_BOOK_H

#include "report/rundir.h"

struct book { /* Rows are borrowed from the run directory; counts in rows. */
    struct rundir *run;
    struct sim_units units;
    const struct sim_decision_row *decisions;
    const struct sim_failmask_row *masks;
    const struct sim_room_row *rooms;
    const struct sim_ahead_row *aheads;
    const struct sim_span_row *spans;
    const struct sim_eviction_row *evictions;
    const struct sim_task_row *tasks;
    const struct sim_machine_row *machines;
    const struct sim_promise_row *promises;
    const struct sim_offer_row *offers;
    const void *rows[SIM_TABLE_COUNT]; /* The same by enum sim_table. */
    uint64_t count[SIM_TABLE_COUNT];
};
/* Loads every table. The run must outlive the book. */
bool book_open(struct book *b, struct rundir *run, struct sim_diag *diag) SIM_NODISCARD;

/* The decision whose own answer stands behind `d`: itself, or the one a repeated refusal of the
 * same class points back to. */
int64_t book_source(const struct book *b, int64_t d);
/* Rows of `d` itself (of its source, for a repeated refusal); NULL with *n = 0 when there are none.
 */
const struct sim_failmask_row *book_masks(const struct book *b, int64_t d, uint64_t *n);
const struct sim_room_row *book_rooms(const struct book *b, int64_t d, uint64_t *n);
const struct sim_ahead_row *book_ahead(const struct book *b, int64_t d);
const struct sim_conflict_row *book_conflict(const struct book *b, int64_t d); /* Of d itself. */
/* Of `d` itself: each task has its own costs. */
const struct sim_flow_row *book_flows(const struct book *b, int64_t d, uint64_t *n);
/* Machines known when `d` was taken. */
uint32_t book_machines_at(const struct book *b, int64_t d);
/* Last decision about `task` with an id <= d; -1 when there is none. */
int64_t book_last_before(const struct book *b, sim_task task, int64_t d);
/* Last time that the record speaks of. */
sim_time book_end(const struct book *b);
#endif
