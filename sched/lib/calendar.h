/* calendar.h - what will be free on which machine when, by the estimates: steps of time, each with
 * the rooms of all machines. As profile.h, machine by machine. */
#ifndef SCHED_LIB_CALENDAR_H
#define SCHED_LIB_CALENDAR_H

#include "sched/lib/jobs.h"
#include "sched/lib/rooms.h"

struct calendar;
struct calendar *calendar_create(void);
void calendar_destroy(struct calendar *c); /* NULL is allowed. */

/* One step: what is free now, from now on. */
void calendar_reset(struct calendar *c, const struct sim_context *ctx);
void calendar_trim(struct calendar *c, sim_time now_us);
/* Takes what tasks[0..n) request from their machines on[] (sign -1) or gives it back (+1) in
 * [from_us, to_us); to_us SIM_NEVER = for ever. */
void calendar_change(struct calendar *c, struct sim_context *ctx, sim_time from_us, sim_time to_us,
                     const sim_slot *tasks, size_t n, const sim_machine *on, int64_t sign);
/* The earliest start >= from_us such that the same machines hold the job's tasks for its whole
 * limit, and the lowest-numbered ones that do into job->on; SIM_NEVER when there are none.
 * O(steps^2 * machines) at worst. */
sim_time calendar_earliest(struct calendar *c, struct sim_context *ctx, sim_time from_us,
                           struct job *job);
/* Nothing is promised twice. */
bool calendar_is_sound(const struct calendar *c);
#endif
