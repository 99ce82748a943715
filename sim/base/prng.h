/* prng.h - Philox4x32-10 (Random123) as named, independent streams of one root seed.
 *
 * A stream is (seed, hash of its name): adding a draw to one stream never moves another, and any
 * position can be reached without drawing what lies before. */
#ifndef SIM_BASE_PRNG_H
#define SIM_BASE_PRNG_H
#include <stdint.h>

#include <gsl/gsl_rng.h>

struct prng {
    uint32_t key[2];
    uint32_t ctr[4]; /* The stream fills the high half. */
    uint32_t out[4];
    uint32_t next; /* Index in out; 4 = drawn up. */
};
void prng_init(struct prng *r, uint64_t seed, const char *stream);
uint32_t prng_u32(struct prng *r);
uint64_t prng_u64(struct prng *r); /* Two 32-bit draws, high half first. */
/* Uniform in [0, n), n > 0, without bias (rejection). */
uint32_t prng_below(struct prng *r, uint32_t n);

/* The same generator as a gsl_rng, for gsl_ran_*. Free with gsl_rng_free. Round every variate that
 * decides anything to an integer at once: libm differs in the last bit between processors. */
gsl_rng *prng_gsl(uint64_t seed, const char *stream);
#endif
