/* prop.h - seeded property tests. SIM_SEED=n replays one case; SIM_CASES=n sets how many. */
#ifndef TESTS_PROP_H
#define TESTS_PROP_H
#include <stdint.h>
#include <stdlib.h>

#include "base/prng.h"

/* Uniform in [lo, hi]. */
static inline int64_t prop_range(struct prng *r, int64_t lo, int64_t hi)
{
    return lo + (int64_t)prng_below(r, (uint32_t)(hi - lo + 1));
}
static inline uint64_t prop_env(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}
#define PROP_FOR_ALL(seed, cases)                                                                  \
    for (uint64_t seed = prop_env("SIM_SEED", 1),                                                  \
                  prop_end = seed + (getenv("SIM_SEED") ? 1 : prop_env("SIM_CASES", (cases)));     \
         seed < prop_end; seed++)
#endif
