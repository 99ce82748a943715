/* Decimals are exact, whatever their length, and are shown as people expect. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/prng.h"

static struct sim_text text(const char *s)
{
    return (struct sim_text){s, (uint32_t)strlen(s)};
}

static void expect(const char *s, int64_t scale, enum decimal_round round, int64_t want)
{
    int64_t got = -77;
    const enum decimal_result result = decimal_parse(text(s), scale, round, &got);
    cr_expect_eq(result, DECIMAL_OK, "%s", s);
    cr_expect_eq(got, want, "%s x %" PRId64 " round %d: %" PRId64, s, scale, round, got);
}

Test(decimal, plain_and_exponent_forms_are_read)
{
    expect("0.0625", 1000000, DECIMAL_DOWN, 62500);
    expect("9.155e-05", 10000000000, DECIMAL_DOWN, 915500);
    expect("9.155E-05", 10000000000, DECIMAL_UP, 915500);
    expect("1e3", 1, DECIMAL_DOWN, 1000);
    expect("+1.5e+2", 10, DECIMAL_DOWN, 1500);
    expect(".5", 2, DECIMAL_DOWN, 1);
    expect("5.", 2, DECIMAL_DOWN, 10);
    expect("-0", 1, DECIMAL_DOWN, 0);
    expect("0e9999999999", 1, DECIMAL_UP, 0);
    expect("00000000000000000000000001", 1, DECIMAL_DOWN, 1);
    expect("123456.789e-6", 1000000000, DECIMAL_DOWN, 123456789);
    expect("0.000001e6", 1, DECIMAL_DOWN, 1);
}

/* Requests round up and capacities down: half a unit the wrong way places what does not fit. */
Test(decimal, rounding_goes_where_it_was_asked_to_go)
{
    expect("1.2", 1, DECIMAL_DOWN, 1);
    expect("1.2", 1, DECIMAL_UP, 2);
    expect("1.2", 1, DECIMAL_NEAREST, 1);
    expect("1.5", 1, DECIMAL_NEAREST, 2);
    expect("1.49999999999999999999999999999", 1, DECIMAL_NEAREST, 1);
    expect("-1.2", 1, DECIMAL_DOWN, -2);
    expect("-1.2", 1, DECIMAL_UP, -1);
    expect("-1.5", 1, DECIMAL_NEAREST, -2);
    expect("-1.2", 1, DECIMAL_NEAREST, -1);
    /* One part in 10^40 above a whole number is still above it. */
    expect("3.0000000000000000000000000000000000000001", 1, DECIMAL_UP, 4);
    expect("3.0000000000000000000000000000000000000001", 1, DECIMAL_DOWN, 3);
    expect("1e-4000", 1000, DECIMAL_UP, 1);
    expect("1e-4000", 1000, DECIMAL_DOWN, 0);
    expect("0.333333333333333333333333333333", 3, DECIMAL_UP, 1);
    expect("0.333333333333333333333333333333", 3, DECIMAL_DOWN, 0);
}

Test(decimal, what_is_no_number_is_refused_whole)
{
    static const char *const bad[] = {"",    "-",     "+",   ".",    "-.",    "e5",    "1e",
                                      "1e+", "1.2.3", "1,2", "0x10", "1 ",    " 1",    "1e5.0",
                                      "nan", "inf",   "--1", "1-",   "1e--1", "1_000", "\xc2\xbd"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t got = 5;
        cr_expect_eq(decimal_parse(text(bad[i]), 10, DECIMAL_UP, &got), DECIMAL_BAD, "'%s'",
                     bad[i]);
        cr_expect_eq(decimal_int(text(bad[i]), &got), DECIMAL_BAD, "'%s'", bad[i]);
        cr_expect_eq(got, 5, "'%s' wrote a value", bad[i]);
    }
    cr_expect_eq(decimal_parse((struct sim_text){NULL, 0}, 10, DECIMAL_UP, &(int64_t){0}),
                 DECIMAL_BAD);
}

Test(decimal, the_edges_of_int64_are_values_and_beyond_them_is_overflow)
{
    int64_t got;
    expect("9223372036854775807", 1, DECIMAL_DOWN, INT64_MAX);
    expect("-9223372036854775808", 1, DECIMAL_DOWN, INT64_MIN);
    expect("922337203685477.5807", 10000, DECIMAL_DOWN, INT64_MAX);
    expect("-922337203685477.5808", 10000, DECIMAL_DOWN, INT64_MIN);
    expect("9223372036854775807.9", 1, DECIMAL_DOWN, INT64_MAX);
    static const char *const big[] = {
        "9223372036854775808",  "-9223372036854775809",    "1e19",
        "18446744073709551619", "99999999999999999999999", "1e9999999999999",
        "9223372036854775807.1"};
    for (size_t i = 0; i < sizeof big / sizeof big[0]; i++)
        cr_expect_eq(
            decimal_parse(text(big[i]), 1, big[i][0] == '-' ? DECIMAL_DOWN : DECIMAL_UP, &got),
            DECIMAL_OVERFLOW, "%s", big[i]);
    cr_expect_eq(decimal_parse(text("1000000000000"), 10000000000, DECIMAL_DOWN, &got),
                 DECIMAL_OVERFLOW);
    expect("92.23372036854775807", DECIMAL_SCALE_MAX, DECIMAL_DOWN, INT64_MAX);
    cr_expect_eq(decimal_int(text("9223372036854775807"), &got), DECIMAL_OK);
    cr_expect_eq(got, INT64_MAX);
    cr_expect_eq(decimal_int(text("-9223372036854775808"), &got), DECIMAL_OK);
    cr_expect_eq(got, INT64_MIN);
    cr_expect_eq(decimal_int(text("9223372036854775808"), &got), DECIMAL_OVERFLOW);
    cr_expect_eq(decimal_int(text("123456789012345678901234567890"), &got), DECIMAL_OVERFLOW);
    cr_expect_eq(decimal_int(text("12345678901234567890123456789x"), &got), DECIMAL_BAD);
}

/* floor and ceil of m * scale / 10^places, worked out on integers. */
Test(decimal, random_decimals_agree_with_integer_arithmetic)
{
    struct prng r;
    prng_init(&r, 9, "decimal");
    for (int i = 0; i < 200000; i++) {
        const int places = (int)prng_below(&r, 7);
        const int64_t mantissa = prng_below(&r, 1u << (1 + prng_below(&r, 31)));
        const int64_t scale = 1 + prng_below(&r, 1u << (1 + prng_below(&r, 24)));
        int64_t power = 1;
        for (int k = 0; k < places; k++)
            power *= 10;
        char s[48];
        if (prng_below(&r, 2) == 0)
            snprintf(s, sizeof s, "%" PRId64 "e-%d", mantissa, places);
        else if (places == 0)
            snprintf(s, sizeof s, "%" PRId64, mantissa);
        else
            snprintf(s, sizeof s, "%" PRId64 ".%0*" PRId64, mantissa / power, places,
                     mantissa % power);
        const int64_t product = mantissa * scale;
        int64_t down, up, near;
        cr_assert_eq(decimal_parse(text(s), scale, DECIMAL_DOWN, &down), DECIMAL_OK);
        cr_assert_eq(decimal_parse(text(s), scale, DECIMAL_UP, &up), DECIMAL_OK);
        cr_assert_eq(decimal_parse(text(s), scale, DECIMAL_NEAREST, &near), DECIMAL_OK);
        cr_assert_eq(down, product / power, "%s x %" PRId64, s, scale);
        cr_assert_eq(up, (product + power - 1) / power, "%s x %" PRId64, s, scale);
        cr_assert_eq(near, (2 * product + power) / (2 * power), "%s x %" PRId64, s, scale);
    }
}

static void shows(int64_t value, int64_t scale, int places, const char *want)
{
    char buf[64];
    cr_expect_str_eq(decimal_str(value, scale, places, buf, sizeof buf), want, "%s", buf);
}

Test(decimal, fractions_are_shown_rounded_without_trailing_zeros)
{
    shows(1250, 1000, 3, "1.25");
    shows(-1250, 1000, 3, "-1.25");
    shows(1250, 1000, 1, "1.3");
    shows(1249, 1000, 1, "1.2");
    shows(1999, 1000, 2, "2");
    shows(-4, 1000, 2, "0");
    shows(-5, 1000, 2, "-0.01");
    shows(1, 3, 18, "0.333333333333333333");
    shows(2, 3, 4, "0.6667");
    shows(7, 1, 4, "7");
    shows(INT64_MIN, 1, 0, "-9223372036854775808");
    shows(INT64_MAX, INT64_MAX, 18, "1");
    shows(INT64_MAX - 1, INT64_MAX, 2, "1");
}

static void shows_time(sim_time us, const char *want)
{
    char buf[64];
    cr_expect_str_eq(time_str(us, buf, sizeof buf), want, "%s", buf);
}

Test(decimal, times_are_shown_with_units)
{
    shows_time(93784000000, "1d 2h 03m 04s");
    shows_time(7384999999, "2h 03m 04s");
    shows_time(184000000, "3m 04s");
    shows_time(60000000, "1m 00s");
    shows_time(59999999, "59.999999s");
    shows_time(4250000, "4.25s");
    shows_time(250000, "250ms");
    shows_time(1234, "1.234ms");
    shows_time(12, "12us");
    shows_time(0, "0s");
    shows_time(-250000, "-250ms");
    shows_time(-93784000000, "-1d 2h 03m 04s");
    shows_time(SIM_NEVER, "never");
    shows_time(INT64_MIN, "-106751991d 4h 00m 54s");
}

Test(decimal, sizes_are_shown_in_binary_units)
{
    char buf[32];
    cr_expect_str_eq(bytes_str(12884901888, buf, sizeof buf), "12 GiB");
    cr_expect_str_eq(bytes_str(0, buf, sizeof buf), "0 B");
    cr_expect_str_eq(bytes_str(1023, buf, sizeof buf), "1023 B");
    cr_expect_str_eq(bytes_str(1536, buf, sizeof buf), "1.5 KiB");
    cr_expect_str_eq(bytes_str(-1536, buf, sizeof buf), "-1.5 KiB");
    cr_expect_str_eq(bytes_str(INT64_MAX, buf, sizeof buf), "8 EiB");
    char tiny[4];
    cr_expect_str_eq(bytes_str(12884901888, tiny, sizeof tiny), "12 ");
}

Test(decimal, a_noun_fits_its_number)
{
    cr_expect_str_eq(plural(0, "s"), "s");
    cr_expect_str_eq(plural(1, "s"), "");
    cr_expect_str_eq(plural(2, "es"), "es");
    cr_expect_str_eq(plural(UINT64_MAX, "S"), "S");
}
