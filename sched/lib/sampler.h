/* sampler.h - random machines that suit a task, without replacement.
 *
 * A partial shuffle of a list that is never put back in order: any order it starts from gives
 * uniform draws, so a draw costs the same however many machines there are. */
#ifndef SCHED_LIB_SAMPLER_H
#define SCHED_LIB_SAMPLER_H

#include <simctl/scheduler.h>

#include "base/prng.h"

struct sampler {
    struct prng random;
    sim_machine *list;
    size_t cap;
    uint32_t len;
};
void sampler_init(struct sampler *s, uint64_t seed, const char *stream);
void sampler_fini(struct sampler *s);
/* Up to `want` distinct ones into out, which has room for them, or for all; returns how many there
 * were. */
uint32_t sampler_draw(struct sampler *s, struct sim_context *ctx, const struct sim_class *cls,
                      sim_machine *out, uint32_t want);
#endif
