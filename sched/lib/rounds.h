/* rounds.h - a scheduler that decides in rounds, about all tasks at once, as a flow (quincy.h). In
 * a round it looks at the cell, solves, and commits what the flow says: evictions, moves, starts.
 *
 * A flow carries tasks, not amounts, so the cell has the last word. A task that is sent to a
 * machine without room for it, or that the flow left waiting, gets the cheapest machine that has
 * room, if that costs less than waiting; else it is told what it waits for. A running task is
 * stopped when the one that gets its place is started, in one commit; it moves when it fits where
 * it is sent.
 *
 * A gang that has not started is left out unless the flow places enough of it, and starts as a
 * whole; it stops nobody. What fits nowhere (without evictions: not now) is not in the network.
 *
 * Between the look and the commit the cell may change: tasks that ended, and machines on which room
 * was taken or that changed themselves, are left alone. */
#ifndef SCHED_LIB_ROUNDS_H
#define SCHED_LIB_ROUNDS_H

#include <simctl/scheduler.h>

#include "sched/lib/quincy.h"

struct rounds_args {
    const struct quincy_model *model;
    struct quincy_params params;
    bool preempt;   /* Running tasks may be stopped and moved. */
    bool fair;      /* Jobs get equal numbers of places, and one at least. */
    uint32_t slots; /* Tasks per machine; 0 = as many as fit. */
};

struct rounds;
struct rounds *rounds_create(const struct rounds_args *args);
void rounds_destroy(struct rounds *r); /* NULL is allowed. */

/* The hooks of a scheduler. */
void rounds_submit(struct rounds *r, struct sim_context *ctx, sim_slot task);
void rounds_cancel(struct rounds *r, struct sim_context *ctx, sim_slot task);
void rounds_end(struct rounds *r, struct sim_context *ctx, sim_slot task);
void rounds_machine(struct rounds *r, struct sim_context *ctx, sim_machine m);

uint32_t rounds_waiting(const struct rounds *r);
/* Could a round do something, now that something has happened? */
bool rounds_useful(const struct rounds *r);

/* Looks at the cell and solves. Returns how many waiting tasks are thought about. */
uint32_t rounds_look(struct rounds *r, struct sim_context *ctx);
/* Commits what the last look found, and tells those that wait why. Returns when the passing of time
 * alone could change the answer; SIM_NEVER. */
sim_time rounds_commit(struct rounds *r, struct sim_context *ctx);
#endif
