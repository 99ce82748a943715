/* lanes.h - a queue of waiting tasks in lanes: tasks of one lane are alike to every decision (same
 * class and priority), oldest first. A gang is a lane of its own until it started once.
 *
 * A lane is blocked when its head was refused; it stays so until lanes_wake finds a machine with
 * new room that could take the head. A task is fresh from lanes_push until it was told its first
 * answer. */
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
bool lanes_hold(const struct lanes *l, sim_slot task); /* Does it wait here? */
bool lanes_empty(const struct lanes *l);
/* Takes a task out, wherever it stands. A lane that runs empty goes away unless it is in use by a
 * pass: then lanes_ready or lanes_pop_stale let it go. */
void lanes_remove(struct lanes *l, sim_slot task);

sim_slot lane_head(const struct lane *lane); /* SIM_NONE = empty. */
sim_slot lane_next(const struct lane *lane, sim_slot task);
uint32_t lane_len(const struct lane *lane);
uint32_t lane_gang(const struct lane *lane); /* 1 = no gang. */
bool lane_blocked(const struct lane *lane);
void lane_block(struct lane *lane); /* Its head was refused, and told so. */
/* The next fresh task of the lane, no longer fresh then; SIM_NONE = none. */
sim_slot lane_take_fresh(struct lane *lane);

/* ---- for a pass ----------------------------------------------------------------------------- */
/* Unblocks lanes whose head fits a machine with new room. A gang is woken by any new room. */
void lanes_wake(struct lanes *l, struct sim_context *ctx);
/* The lane with the first head among those that are not blocked and not popped; a lane that was
 * woken for room which is gone by now goes back to sleep instead. NULL = none. */
struct lane *lanes_pop_ready(struct lanes *l, struct sim_context *ctx);
/* Puts a popped lane back if it still holds tasks. */
void lanes_ready(struct lanes *l, struct lane *lane);
/* A blocked lane that fresh tasks joined. NULL = none. */
struct lane *lanes_pop_stale(struct lanes *l);

/* ---- for a queue whose head is never overtaken ---------------------------------------------- */
/* The lane with the first head of all, blocked or not. O(lanes) after a change of heads. */
struct lane *lanes_first(const struct lanes *l);
/* The next fresh task of the whole queue, in order of entry. */
sim_slot lanes_take_fresh(struct lanes *l);
/* Tasks and requests that come before t; leaves out->head alone. A gang counts with the request of
 * its first member for each. O(lanes). */
void lanes_ahead(const struct lanes *l, const struct sim_task_view *t, struct sim_ahead *out);
#endif
