/* The generator is the published one, and its streams stay apart. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <signal.h>

#include "base/prng.h"

/* Known answer of Random123 for key 0, counter 0. A change would move every seeded result. */
Test(prng, the_first_block_of_key_0_is_the_published_one)
{
    struct prng r = {.next = 4};
    cr_expect_eq(prng_u32(&r), 0x6627e8d5u);
    cr_expect_eq(prng_u32(&r), 0xe169c58du);
    cr_expect_eq(prng_u32(&r), 0xbc57ac4cu);
    cr_expect_eq(prng_u32(&r), 0x9b00dbd8u);
}

/* Random123's answer for key and counter of all ones: covers the key schedule and the carry. */
Test(prng, the_block_of_all_ones_is_the_published_one_and_the_counter_carries)
{
    struct prng r = {.key = {~0u, ~0u}, .ctr = {~0u, ~0u, ~0u, ~0u}, .next = 4};
    cr_expect_eq(prng_u32(&r), 0x408f276du);
    cr_expect_eq(prng_u32(&r), 0x41c83b0eu);
    cr_expect_eq(prng_u32(&r), 0xa20bc7c6u);
    cr_expect_eq(prng_u32(&r), 0x6d5451fdu);
    cr_expect_eq(r.ctr[0], 0u);
    cr_expect_eq(r.ctr[1], 0u);
    cr_expect_eq(r.ctr[2], ~0u, "the stream must not be counted up");
}

/* Frozen: published results name a seed, and it must mean the same draws in every version. */
Test(prng, a_named_stream_has_frozen_draws)
{
    struct prng r;
    prng_init(&r, 7, "arrivals");
    const uint64_t first = prng_u64(&r);
    struct prng again;
    prng_init(&again, 7, "arrivals");
    const uint64_t high = prng_u32(&again);
    cr_expect_eq(first, high << 32 | prng_u32(&again));
    cr_expect_eq(first, UINT64_C(0x9f879c1c1f797cc6), "%016lx", (unsigned long)first);
}

Test(prng, seeds_and_names_give_different_streams)
{
    struct prng a, b, c, d;
    prng_init(&a, 1, "ties");
    prng_init(&b, 1, "arrivals");
    prng_init(&c, 2, "ties");
    prng_init(&d, UINT64_C(1) << 32 | 1, "ties");
    const uint64_t x = prng_u64(&a), y = prng_u64(&b), z = prng_u64(&c), w = prng_u64(&d);
    cr_expect(x != y && x != z && y != z && x != w);
}

/* n = 3 * 2^30 shares 2^32 numbers: without rejection every third value would come twice as often,
 * or a modulo would favour the low ones. */
Test(prng, below_is_uniform_for_a_large_bound)
{
    struct prng r;
    prng_init(&r, 3, "below");
    const uint32_t n = 3u << 30;
    uint32_t thirds[3] = {0, 0, 0}, rests[3] = {0, 0, 0};
    for (int i = 0; i < 300000; i++) {
        const uint32_t v = prng_below(&r, n);
        cr_assert(v < n);
        thirds[v >> 30]++;
        rests[v % 3]++;
    }
    for (int i = 0; i < 3; i++) {
        cr_expect(thirds[i] > 99000 && thirds[i] < 101000, "third %d: %u", i, thirds[i]);
        cr_expect(rests[i] > 99000 && rests[i] < 101000, "rest %d: %u", i, rests[i]);
    }
}

Test(prng, below_one_is_always_zero)
{
    struct prng r;
    prng_init(&r, 3, "below");
    for (int i = 0; i < 100; i++)
        cr_assert_eq(prng_below(&r, 1), 0u);
}

Test(prng, below_zero_aborts, .signal = SIGABRT)
{
    struct prng r;
    prng_init(&r, 3, "below");
    prng_below(&r, 0);
}

/* Synthetic workloads must come from the same stream as everything else that names it. */
Test(prng, the_gsl_form_draws_the_same_numbers)
{
    struct prng r;
    prng_init(&r, 11, "durations");
    gsl_rng *rng = prng_gsl(11, "durations");
    for (int i = 0; i < 10; i++)
        cr_assert_eq(gsl_rng_get(rng), prng_u32(&r));
    const double u = gsl_rng_uniform(rng);
    const double want = prng_u32(&r) / 4294967296.0;
    cr_expect_float_eq(u, want, 0.0);
    double sum = 0;
    for (int i = 0; i < 20000; i++)
        sum += gsl_ran_exponential(rng, 5.0);
    cr_expect_float_eq(sum / 20000, 5.0, 0.15);
    gsl_rng_free(rng);
}
