/* google2011_tasks.h - the life of every task of task_events, row by row, and what of it is
 * replayed.
 *
 * The trace says what happened, not how long a task would run, and the answer comes after the
 * SUBMIT: so the rows are read once, through the state machine of the tasks, into one record of 48
 * bytes per submission. What repeats (request, priority) is kept once, what only the state machine
 * needs is forgotten after the last row; the records are the workload. */
#ifndef SIM_WORKLOADS_GOOGLE2011_TASKS_H
#define SIM_WORKLOADS_GOOGLE2011_TASKS_H

#include "workloads/lib/google2011_kinds.h"
#include "workloads/lib/google2011_table.h"

#define G2011_SCALE INT64_C(10000000000) /* 1.0 of the largest machine; exact for all requests. */

enum g2011_state { G2011_NONE, G2011_PENDING, G2011_RUNNING, G2011_DEAD };

/* Columns 9 to 13 of task_events; few thousand different ones in millions of rows. */
struct g2011_shape {
    int64_t request[3]; /* cpu, memory, disk. */
    bool missing[3];
    bool separate; /* Column 13: no two running tasks of the job on one machine. */
    int32_t priority;
    uint64_t rows;
};

struct g2011_submission {
    sim_time submit_us;
    sim_time start_us, end_us; /* Of the run that counts; never ran: end_us = when it gave up. */
    uint32_t job, index;
    uint32_t shape;   /* Index of the request it is submitted with. */
    uint32_t attempt; /* Number of SUBMITs up to this one, from 1. */
    uint8_t end;      /* enum g2011_event of the run that counts. */
    bool ran;
    bool left_out; /* Its SUBMIT or SCHEDULE is missing. */
};
_Static_assert(sizeof(struct g2011_submission) == 48, "the whole trace has tens of millions");

struct g2011_row {
    sim_time time_us;
    uint32_t job, index;
    enum g2011_event event;
    struct sim_text code; /* Of the event, as it stands in the line. */
    uint32_t shape;
    bool has_machine;
};

struct g2011_tasks;
/* `every_attempt`: each SUBMIT is a submission of its own; else a task is one, at its first SUBMIT.
 */
struct g2011_tasks *g2011_tasks_create(enum sim_bad_rows bad_rows, bool every_attempt,
                                       struct tally *tally);
void g2011_tasks_destroy(struct g2011_tasks *t); /* NULL is allowed. */
/* Reads columns 9 to 13 of the row at hand. 1 = *shape is its index, 0 = dropped, -1 = error. */
int g2011_tasks_shape(struct g2011_tasks *t, const struct g2011_table *table, uint32_t *shape,
                      struct sim_diag *diag);
/* One row. False = it breaks the state machine and rows must not be bad (diag). */
bool g2011_tasks_row(struct g2011_tasks *t, const struct g2011_row *row, const struct lines *l,
                     struct sim_diag *diag);
/* After the last row. */
void g2011_tasks_finish(struct g2011_tasks *t);

size_t g2011_tasks_count(const struct g2011_tasks *t);
const struct g2011_submission *g2011_tasks_at(const struct g2011_tasks *t, size_t index);
const struct g2011_shape *g2011_tasks_shape_at(const struct g2011_tasks *t, uint32_t shape);

#endif
