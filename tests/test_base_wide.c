/* 128-bit products against numbers that were worked out by hand. */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/prng.h"
#include "base/wide.h"

/* 2^62 * 6 / 3: the product needs 65 bits. */
Test(wide, a_product_beyond_64_bits_is_divided_exactly)
{
    const int64_t big = INT64_C(1) << 62;
    cr_expect_eq(sim_muldiv(big, 6, 12), big / 2);
    cr_expect_eq(sim_muldiv(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
    cr_expect_eq(sim_muldiv(INT64_MIN, INT64_MAX, INT64_MAX), INT64_MIN);
}

/* A capacity that rounds towards zero would be one too large when negative. */
Test(wide, down_is_towards_minus_infinity_and_up_towards_plus)
{
    cr_expect_eq(sim_muldiv(7, 1, 2), 3);
    cr_expect_eq(sim_muldiv(-7, 1, 2), -4);
    cr_expect_eq(sim_muldiv_up(7, 1, 2), 4);
    cr_expect_eq(sim_muldiv_up(-7, 1, 2), -3);
    cr_expect_eq(sim_muldiv(6, 1, 2), 3);
    cr_expect_eq(sim_muldiv(-6, 1, 2), -3);
    cr_expect_eq(sim_muldiv_up(6, 1, 2), 3);
    cr_expect_eq(sim_muldiv_up(-6, 1, 2), -3);
}

Test(wide, a_quotient_that_does_not_fit_aborts, .signal = SIGABRT)
{
    sim_muldiv(INT64_MAX, 2, 1);
}

/* Integrals of bytes over microseconds pass 2^64 within hours of simulated time. */
Test(wide, sums_carry_into_the_high_half_and_back)
{
    struct sim_wide w = {0, 0};
    for (int i = 0; i < 8; i++)
        wide_add(&w, INT64_C(1) << 62, 2); /* 8 * 2^63 = 2^66 */
    cr_expect_eq(w.high, 4);
    cr_expect_eq(w.low, 0);
    cr_expect_float_eq(sim_wide_double(w), 73786976294838206464.0, 0.0);
    wide_add(&w, -1, 1);
    cr_expect_eq(w.high, 3);
    cr_expect_eq(w.low, UINT64_MAX);
    for (int i = 0; i < 8; i++)
        wide_add(&w, -(INT64_C(1) << 62), 2);
    cr_expect_float_eq(sim_wide_double(w), -1.0, 0.0);
}

Test(base_wide, a_ratio_is_the_floor_of_the_exact_quotient) /* One off moves a placement. */
{
    struct prng r;
    prng_init(&r, 1, "ratio");
    for (int i = 0; i < 200000; i++) {
        const int64_t den = 1 + (int64_t)(prng_u64(&r) >> (24 + prng_below(&r, 30)));
        const int64_t num = (int64_t)(prng_u64(&r) >> (24 + prng_below(&r, 30)));
        const int64_t max = 8 * den;
        if (num / den >= INT64_C(1) << 18) {
            continue; /* The reciprocal has to fit. */
        }
        struct ratio ratio;
        ratio_init(&ratio, num, den, max);
        const int64_t x = prng_below(&r, 4) == 0 ? max : (int64_t)(prng_u64(&r) % (uint64_t)max);
        cr_assert_eq(ratio_floor(&ratio, x), sim_muldiv(x, num, den), "%ld * %ld / %ld", x, num,
                     den);
    }
}

Test(base_wide, products_of_four_factors_are_compared_to_the_last_bit) /* An order depends on it. */
{
    const int64_t m = INT64_MAX;
    cr_expect_eq(wide_compare_products((int64_t[]){m, m, m, m}, (int64_t[]){m, m, m, m}), 0);
    cr_expect_lt(wide_compare_products((int64_t[]){m, m, m, m - 1}, (int64_t[]){m, m, m, m}), 0);
    cr_expect_gt(wide_compare_products((int64_t[]){m, m, m, m}, (int64_t[]){m - 1, m, m, m}), 0);
    /* (m - 1)(m + 1) = m m - 1, with m = 2^61: one apart in 122 bits, and in every limb above. */
    const int64_t b = INT64_C(1) << 61;
    cr_expect_lt(wide_compare_products((int64_t[]){b - 1, b + 1, 1, 1}, (int64_t[]){b, b, 1, 1}),
                 0);
    cr_expect_lt(wide_compare_products((int64_t[]){b - 1, b, b + 1, b}, (int64_t[]){b, b, b, b}),
                 0);
    cr_expect_eq(wide_compare_products((int64_t[]){b, 3, 1, 1}, (int64_t[]){1, b / 2, 6, 1}), 0);
    cr_expect_eq(wide_compare_products((int64_t[]){0, m, m, m}, (int64_t[]){m, 0, 1, 1}), 0);
}

/* Both ways to multiply four factors are independent of each other. */
Test(base_wide, long_products_agree_with_products_of_four)
{
    struct prng r;
    prng_init(&r, 1, "products");
    for (int i = 0; i < 100000; i++) {
        int64_t a[4], b[4];
        struct wide_big x = wide_big(1), y = wide_big(1);
        for (int k = 0; k < 4; k++) {
            a[k] = (int64_t)(prng_u64(&r) >> (1 + prng_below(&r, 63)));
            b[k] = prng_below(&r, 2) ? a[k] + (int64_t)prng_below(&r, 2) * (a[k] < INT64_MAX)
                                     : (int64_t)(prng_u64(&r) >> (1 + prng_below(&r, 63)));
            wide_big_multiply(&x, a[k]);
            wide_big_multiply(&y, b[k]);
        }
        const int got = wide_compare_products(a, b);
        cr_assert_eq(got, wide_big_compare(&x, &y), "case %d", i);
        wide_big_add(&y, x); /* x + y > x unless y was 0. */
        cr_assert_leq(wide_big_compare(&x, &y), 0);
    }
}

Test(base_wide, sums_of_long_products_carry)
{
    struct wide_big w = wide_big(1);
    for (int i = 0; i < 9; i++)
        wide_big_multiply(&w, INT64_C(1) << 61); /* 2^549 */
    struct wide_big sum = w;
    for (int i = 0; i < 26; i++)
        wide_big_add(&sum, sum); /* 2^575 */
    cr_expect_eq(sum.limb[8], UINT64_C(1) << 63);
    for (int i = 0; i < 8; i++)
        cr_expect_eq(sum.limb[i], 0);
}

Test(base_wide, a_sum_beyond_its_limbs_aborts, .signal = SIGABRT)
{
    struct wide_big w = wide_big(1);
    for (int i = 0; i < 10; i++)
        wide_big_multiply(&w, INT64_C(1) << 61);
}
