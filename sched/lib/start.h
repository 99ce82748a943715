/* start.h - starting what fits, one task or a gang, and saying why when it does not. The policy is
 * asked, of all machines or of those that no promise needs, the decision recorded in the state in
 * which it was taken, then committed. */
#ifndef SCHED_LIB_START_H
#define SCHED_LIB_START_H

#include <simctl/scheduler.h>

#include "sched/lib/rooms.h"

/* Where tasks may start, so that no promise is broken. */
struct where {
    const sim_machine *on;     /* Task by task: on the machine that was promised; or NULL: */
    const struct rooms *spare; /* where this holds them. */
    struct rooms left;         /* Scratch: of `spare`, while members of a gang are placed. */
    uint8_t *among;            /* Scratch: [machines]. */
    size_t cap;
};
void where_fini(struct where *w);

/* Starts the task, or records why no machine can run it. `backfilled`: ahead of the head of the
 * queue, by a rule that keeps the head from harm. */
bool start_task(struct sim_context *ctx, sim_slot task, bool backfilled);

/* Scratch of gangs; one per scheduler. */
struct gang;
struct gang *gang_create(void);
void gang_destroy(struct gang *g); /* NULL is allowed. */

/* Starts as many of tasks[0..n) as find room together, if that is at least `least` of them; returns
 * how many, in the order of `tasks` in gang_started() until the next call. Else 0: the first that
 * found no room with the others in place is told what it lacks, the others that they wait for it. A
 * rehearsal with reservations decides and leaves no trace. */
size_t gang_start(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                  size_t least, bool backfilled);
/* The same, all or none, where `where` allows it. A refusal is not recorded: there may be room, but
 * not for them. */
bool gang_start_where(struct gang *g, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                      struct where *where, bool backfilled);
const sim_slot *gang_started(const struct gang *g);
#endif
