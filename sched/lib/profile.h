/* profile.h - what will be free when, by the estimates: a step function of time over the summed
 * resources of the cell. Intervals are half-open; the last step lasts for ever. */
#ifndef SCHED_LIB_PROFILE_H
#define SCHED_LIB_PROFILE_H

#include <simctl/types.h>

struct profile;
struct profile *profile_create(void);
void profile_destroy(struct profile *p); /* NULL is allowed. */

/* One step: `free` from `at_us` on. */
void profile_reset(struct profile *p, sim_time at_us, const struct sim_resources *free);
/* Forgets what lies before now. */
void profile_trim(struct profile *p, sim_time now_us);
/* Takes `request` (sign -1) or gives it back (+1) in [from_us, to_us); to_us SIM_NEVER = for ever.
 */
void profile_change(struct profile *p, sim_time from_us, sim_time to_us,
                    const struct sim_resources *request, int64_t sign);
/* The earliest start >= from_us such that `request` is free for the whole length_us (SIM_NEVER =
 * for ever from then on); SIM_NEVER when there is none. O(steps). */
sim_time profile_earliest(const struct profile *p, sim_time from_us, sim_time length_us,
                          const struct sim_resources *request);
/* Nothing is promised twice. */
bool profile_is_sound(const struct profile *p);
#endif
