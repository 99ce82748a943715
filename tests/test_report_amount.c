/* Quantities as people read them: what is printed must add up. */
#include <criterion/criterion.h>
#include <string.h>

#include "prop.h"
#include "report/amount.h"

static const struct sim_units units = {
    .per_unit = {1000, 1, 1000, 1, 1, 1, 1, 1},
    .name = {"cores", "bytes", "GPUs", "bytes"},
};

Test(report_amount, shares_sum_to_the_whole) /* Else percentages add up to 99.9 or 100.1. */
{
    const int64_t thirds[] = {1, 1, 1};
    int64_t share[3];
    shares(thirds, 3, 1000, share);
    cr_expect_eq(share[0], 334);
    cr_expect_eq(share[1], 333);
    cr_expect_eq(share[2], 333);
    const int64_t large[] = {INT64_MAX / 3, INT64_MAX / 3, 7};
    shares(large, 3, 1000000, share);
    cr_expect_eq(share[0] + share[1] + share[2], 1000000);
}

Test(report_amount,
     the_largest_remainder_gets_the_odd_unit) /* Not the first or the largest part. */
{
    const int64_t part[] = {5001, 2499, 2500}; /* 5.001 %: 50.01, 24.99, 25.00 tenths of 100. */
    int64_t share[3];
    shares(part, 3, 100, share);
    cr_expect_eq(share[0], 50);
    cr_expect_eq(share[1], 25);
    cr_expect_eq(share[2], 25);
}

Test(report_amount,
     shares_of_nothing_are_nothing) /* A run without waits must not divide by zero. */
{
    const int64_t none[] = {0, 0};
    int64_t share[2] = {9, 9};
    shares(none, 2, 1000, share);
    cr_expect_eq(share[0] + share[1], 0);
    shares(none, 0, 1000, share);
}

Test(report_amount,
     durations_print_every_part_exactly) /* Else the lines do not sum to the total. */
{
    char buf[64];
    const int64_t seconds[] = {SIM_SECONDS(5), SIM_SECONDS(90)};
    const int64_t millis[] = {SIM_SECONDS(5), 1250000};
    const int64_t micros[] = {1250000, 1};
    cr_expect_eq(duration_places(seconds, 2), 0);
    cr_expect_eq(duration_places(millis, 2), 3);
    cr_expect_eq(duration_places(micros, 2), 6);
    cr_expect_str_eq(duration_str(6727250000, 3, buf, sizeof buf), "1h 52m 07.250s");
    cr_expect_str_eq(duration_str(SIM_SECONDS(187869), 0, buf, sizeof buf), "2d 04h 11m 09s");
    cr_expect_str_eq(duration_str(1, 6, buf, sizeof buf), "0.000001s");
    cr_expect_str_eq(duration_str(0, 0, buf, sizeof buf), "0s");
    cr_expect_str_eq(duration_str(SIM_SECONDS(61), 0, buf, sizeof buf), "1m 01s");
    cr_expect_str_eq(duration_str(SIM_NEVER, 0, buf, sizeof buf), "never");
}

Test(report_amount,
     a_cut_request_fits_and_adds_up) /* Rounding to nearest could promise too much. */
{
    char buf[160];
    const int64_t gib = INT64_C(1) << 30;
    amount_cut_str(&units, SIM_MEMORY, 12 * gib, 14 * gib / 10 + 1, buf, sizeof buf);
    cr_expect_str_eq(buf, "memory -1.401 GiB (12 -> 10.599)");
    amount_cut_str(&units, SIM_CPU, 4000, 500, buf, sizeof buf);
    cr_expect_str_eq(buf, "cpu -0.5 cores (4 -> 3.5)");
    amount_cut_str(&units, SIM_GPU, 1000, 1000, buf, sizeof buf);
    cr_expect_str_eq(buf, "gpu -1 GPU (1 -> 0)");
}

Test(report_amount, a_cut_is_never_less_than_the_deficit) /* For any request and unit. */
{
    PROP_FOR_ALL (seed, 2000) {
        struct prng r;
        prng_init(&r, seed, "cut");
        const int64_t request = (int64_t)(prng_u64(&r) >> (1 + prng_below(&r, 40)));
        const int64_t deficit = request > 0 ? (int64_t)(prng_u64(&r) % (uint64_t)request) : 0;
        const struct sim_units scaled = {.per_unit = {10000000000}, .name = {"of the largest"}};
        char buf[160];
        long double cut, before, after;
        amount_cut_str(&scaled, SIM_CPU, request, deficit, buf, sizeof buf);
        cr_assert_eq(sscanf(buf, "cpu -%Lf (%Lf -> %Lf)", &cut, &before, &after), 3, "%s", buf);
        cr_assert(before - cut - after < 1e-7L && after - before + cut < 1e-7L, "%s", buf);
        cr_assert(after * 1e10L <= (long double)(request - deficit) + 0.5L, "SIM_SEED=%lu: %s",
                  seed, buf);
    }
}

Test(report_amount,
     causes_name_their_dimensions) /* `dim` is a number for one reason, a set for another. */
{
    char buf[64];
    cr_expect_str_eq(cause_str(SIM_REASON_CAPACITY, SIM_MEMORY, buf, sizeof buf),
                     "CAPACITY memory");
    cr_expect_str_eq(cause_str(SIM_REASON_FRAGMENTED, 3, buf, sizeof buf), "FRAGMENTED cpu,memory");
    cr_expect_str_eq(cause_str(SIM_REASON_HEAD_OF_LINE, 0, buf, sizeof buf), "HEAD_OF_LINE");
    cr_expect_str_eq(cause_str(250, 0, buf, sizeof buf), "UNKNOWN");
}
