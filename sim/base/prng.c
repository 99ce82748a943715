/* prng.c - Philox4x32-10 in counter mode. Source: J. Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3" (SC 2011), in the authors' own header. */
#include "base/prng.h"

#include "base/check.h"
#include "base/map.h"

#include <Random123/philox.h>
#include <string.h>

#define DRAWS 4u /* Numbers per block. */

static void draw_block(struct prng *r)
{
    philox4x32_ctr_t ctr;
    philox4x32_key_t key;
    memcpy(ctr.v, r->ctr, sizeof r->ctr);
    memcpy(key.v, r->key, sizeof r->key);
    const philox4x32_ctr_t out = philox4x32(ctr, key);
    memcpy(r->out, out.v, sizeof r->out);
    r->next = 0;
    if (++r->ctr[0] == 0) /* 2^64 blocks before a stream repeats. */
        r->ctr[1]++;
}

void prng_init(struct prng *r, uint64_t seed, const char *stream)
{
    const uint64_t number = map_hash(stream, strlen(stream));
    *r = (struct prng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .ctr = {0, 0, (uint32_t)number, (uint32_t)(number >> 32)},
        .next = DRAWS,
    };
}

uint32_t prng_u32(struct prng *r)
{
    if (r->next == DRAWS)
        draw_block(r);
    return r->out[r->next++];
}

uint64_t prng_u64(struct prng *r)
{
    const uint64_t high = prng_u32(r);
    return high << 32 | prng_u32(r);
}

uint32_t prng_below(struct prng *r, uint32_t n)
{
    CHECK(n > 0);
    /* The high half of a product is uniform once the 2^32 mod n lowest low halves are rejected.
     * Source: D. Lemire, "Fast random integer generation in an interval" (2019). */
    const uint32_t reject = (uint32_t)(-n) % n;
    uint64_t product;
    do
        product = (uint64_t)prng_u32(r) * n;
    while ((uint32_t)product < reject);
    return (uint32_t)(product >> 32);
}

/* ---- as a GSL generator --------------------------------------------------------------------- */

static void rng_set(void *state, unsigned long seed)
{
    prng_init(state, seed, "");
}

static unsigned long rng_get(void *state)
{
    return prng_u32(state);
}

static double rng_get_double(void *state)
{
    return prng_u32(state) * (1.0 / 4294967296.0);
}

static const gsl_rng_type rng_type = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(struct prng),
    .set = rng_set,
    .get = rng_get,
    .get_double = rng_get_double,
};

gsl_rng *prng_gsl(uint64_t seed, const char *stream)
{
    gsl_rng *rng = gsl_rng_alloc(&rng_type);
    CHECK(rng != NULL);
    prng_init(rng->state, seed, stream);
    return rng;
}
