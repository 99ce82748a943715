/* decay.h - values that halve every half-life, in integers only, so that a rank built on them is
 * the same everywhere.
 *
 * Instead of shrinking every value as time passes, what is added later is counted for more: a value
 * is kept as of an epoch, and its comparison with another one of the same epoch never changes with
 * time. Once per half-life all values are halved and the epoch moves on. */
#ifndef SCHED_LIB_DECAY_H
#define SCHED_LIB_DECAY_H

#include <stdint.h>

#include <simctl/types.h>

/* 2^(age / half_life) as a fixed-point number with DECAY_BITS binary places, rounded down, for
 * 0 <= age < half_life: in [1, 2). Relative error below 2^-31. 1 for half_life SIM_NEVER. */
enum { DECAY_BITS = 62 };
int64_t decay_growth(sim_time age_us, sim_time half_life_us);

/* `amount` >= 0 added now, as of the epoch (rounded up), and a value of the epoch as seen now
 * (rounded down): seen at once, an amount is itself. `growth` is that of now. */
int64_t decay_keep(int64_t amount, int64_t growth);
int64_t decay_see(int64_t kept, int64_t growth);
#endif
