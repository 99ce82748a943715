/* plan.h - the plan of a scheduler that promises starts: what is free when, by the estimates, once
 * all that runs and all that is promised has its part. Either over the sums of the cell, or machine
 * by machine, where a promise is a set of machines (job->on). */
#ifndef SCHED_LIB_PLAN_H
#define SCHED_LIB_PLAN_H

#include "sched/lib/jobs.h"

struct plan;
struct plan *plan_create(bool machines);
void plan_destroy(struct plan *p); /* NULL is allowed. */

/* Nothing is promised, and what is free now is free for ever. */
void plan_reset(struct plan *p, struct sim_context *ctx);
void plan_trim(struct plan *p, sim_time now_us);
/* The earliest start >= from_us at which the job fits for its whole limit, with the machines in
 * job->on; SIM_NEVER when there is none. */
sim_time plan_earliest(struct plan *p, struct sim_context *ctx, sim_time from_us, struct job *job);
/* Takes the job's part in [from_us, to_us) (sign -1) or gives it back (+1). */
void plan_change(struct plan *p, struct sim_context *ctx, sim_time from_us, sim_time to_us,
                 const struct job *job, int64_t sign);
/* Gives back the part of one task of a running job. */
void plan_give(struct plan *p, struct sim_context *ctx, sim_time from_us, sim_time to_us,
               sim_slot task);
/* Nothing is promised twice. */
bool plan_is_sound(const struct plan *p);
#endif
