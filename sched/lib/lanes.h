/* lanes.h - a queue of waiting tasks in lanes: tasks of one lane are alike to every decision (same
 * class and priority), oldest first. A gang is a lane of its own until it started once.
 *
 * A lane is blocked when its head was refused: a pass then leaves it out unless some machine with
 * new room could take its head. A task is fresh from lanes_push until it was told its first answer.
 */
#ifndef SCHED_LIB_LANES_H
#define SCHED_LIB_LANES_H

#include <simctl/scheduler.h>

struct lanes;
struct lane;

struct lanes *lanes_create(bool by_priority);
void lanes_destroy(struct lanes *l); /* NULL is allowed. */
void lanes_push(struct lanes *l, sim_slot task, const struct sim_task_view *t);
/* The same for a task that was refused already: its lane, which must be new, is blocked. */
void lanes_push_refused(struct lanes *l, sim_slot task, const struct sim_task_view *t);
/* The gang of a job runs: tasks of it that are pushed from now on are like any others. */
void lanes_gang_started(struct lanes *l, uint32_t job);
struct lane *lanes_of(const struct lanes *l, sim_slot task); /* NULL = it does not wait here. */
bool lanes_empty(const struct lanes *l);
/* Takes a task out, wherever it stands. A lane that runs empty goes away unless it is in use by a
 * pass: then lanes_done or lanes_pop_stale let it go. */
void lanes_remove(struct lanes *l, sim_slot task);

sim_slot lane_head(const struct lane *lane); /* SIM_NONE = empty. */
sim_slot lane_next(const struct lane *lane, sim_slot task);
uint32_t lane_len(const struct lane *lane);
uint32_t lane_gang(const struct lane *lane); /* 1 = no gang. */
void lane_block(struct lane *lane);          /* Its head was refused, and told so. */
void lane_ask_again(struct lane *lane);      /* It is not blocked any more. */
/* The next fresh task of the lane, no longer fresh then; SIM_NONE = none. */
sim_slot lane_take_fresh(struct lane *lane);

/* ---- for a pass ----------------------------------------------------------------------------- */
void lanes_begin(struct lanes *l, struct sim_context *ctx);
/* Not blocked, or some machine with new room could take its head; a gang is tried at any new room.
 */
bool lane_may_start(const struct lane *lane, struct sim_context *ctx);
/* The next lane, in the order of heads, that may start; NULL = none. Each is handed out once for
 * each of its heads. */
struct lane *lanes_next(struct lanes *l, struct sim_context *ctx);
void lanes_done(struct lanes *l, struct lane *lane); /* After each that was handed out. */
/* A blocked lane that fresh tasks joined. NULL = none. */
struct lane *lanes_pop_stale(struct lanes *l);

/* ---- for a queue whose head is never overtaken ---------------------------------------------- */
/* Nobody asks for those: empty ones go. After each pass of such a queue. */
void lanes_drop_stale(struct lanes *l);
/* The lane with the first head of all, blocked or not; NULL = none. */
struct lane *lanes_first(const struct lanes *l);
/* The next fresh task of the whole queue, in order of entry. */
sim_slot lanes_take_fresh(struct lanes *l);
/* Tasks and requests that come before t; leaves out->head alone. A gang counts with the request of
 * its first member for each. O(lanes). */
void lanes_ahead(const struct lanes *l, const struct sim_task_view *t, struct sim_ahead *out);
#endif
