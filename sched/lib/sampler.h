/* sampler.h - random machines without replacement, drawn one by one until the caller has enough.
 *
 * A partial shuffle of a list that is never put back in order: any order it starts from gives
 * uniform draws, so a draw costs the same however many machines there are. */
#ifndef SCHED_LIB_SAMPLER_H
#define SCHED_LIB_SAMPLER_H

#include <simctl/types.h>

#include "base/prng.h"

struct sampler {
    struct prng random;
    sim_machine *list;
    size_t cap;
    uint32_t len, drawn;
};
void sampler_init(struct sampler *s, uint64_t seed, const char *stream);
void sampler_fini(struct sampler *s);
void sampler_begin(struct sampler *s,
                   uint32_t machines);       /* Draws from 0..machines-1; grows only. */
sim_machine sampler_next(struct sampler *s); /* SIM_NONE = all were drawn. */
#endif
