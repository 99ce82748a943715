/* Times and sizes as users write them. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "base/prng.h"
#include "base/quantity.h"

static struct sim_text text(const char *s)
{
    return (struct sim_text){s, (uint32_t)strlen(s)};
}

static void is_time(const char *s, int64_t want)
{
    int64_t got = -77;
    cr_expect_eq(quantity_time(text(s), &got), DECIMAL_OK, "%s", s);
    cr_expect_eq(got, want, "%s: %" PRId64, s, got);
}

static void is_size(const char *s, int64_t want)
{
    int64_t got = -77;
    cr_expect_eq(quantity_size(text(s), DECIMAL_NEAREST, &got), DECIMAL_OK, "%s", s);
    cr_expect_eq(got, want, "%s: %" PRId64, s, got);
}

Test(quantity, times_are_exact_microseconds)
{
    is_time("90", 90000000);
    is_time("90s", 90000000);
    is_time("1.5h", 5400000000);
    is_time("2d4h", 187200000000);
    is_time("250ms", 250000);
    is_time("10us", 10);
    is_time("1h30m", 5400000000);
    is_time("1d 2h 03m 04s", 93784000000);
    is_time("0", 0);
    is_time("0.000001", 1);
    is_time("-5s", -5000000);
    is_time("-1h30m", -5400000000);
    is_time("+1 s", 1000000);
    is_time("106751991d", INT64_C(106751991) * 86400000000);
}

/* "1h1h" or "30m1h" is a slip of the finger, and "5x" is no time at all. */
Test(quantity, what_is_no_time_is_refused)
{
    static const char *const bad[] = {"",     "s",      "-",    "5x",    "1h1h",      "30m1h",
                                      "1h30", "1.5.2s", "h1",   "0.5us", "0.0000001", "1e3s",
                                      "1,5s", "1 2",    "--1s", "1h-5m"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_eq(quantity_time(text(bad[i]), &(int64_t){0}), DECIMAL_BAD, "'%s'", bad[i]);
    cr_expect_eq(quantity_time((struct sim_text){NULL, 0}, &(int64_t){0}), DECIMAL_BAD);
    cr_expect_eq(quantity_size((struct sim_text){NULL, 0}, DECIMAL_UP, &(int64_t){0}), DECIMAL_BAD);
    cr_expect_eq(quantity_time(text("106751992d"), &(int64_t){0}), DECIMAL_OVERFLOW);
    /* One below SIM_NEVER is the greatest time. */
    is_time("106751991d4h54.775806s", SIM_NEVER - 1);
    cr_expect_eq(quantity_time(text("106751991d4h54.775807s"), &(int64_t){0}), DECIMAL_OVERFLOW);
}

Test(quantity, sizes_know_binary_and_decimal_units)
{
    is_size("512", 512);
    is_size("512B", 512);
    is_size("64KiB", 65536);
    is_size("1.5GiB", 1610612736);
    is_size("1.5 GiB", 1610612736);
    is_size("2GB", 2000000000);
    is_size("3kB", 3000);
    is_size("3KB", 3000);
    is_size("1TiB", INT64_C(1) << 40);
    is_size("1PB", INT64_C(1000000000000000));
    is_size("0.1KiB", 102);
    is_size("-1KiB", -1024);
    static const char *const bad[] = {"",      "GiB",       "2G", "2g", "2gib",
                                      "1GiB5", "1GiB 5MiB", "x",  "1e3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_eq(quantity_size(text(bad[i]), DECIMAL_UP, &(int64_t){0}), DECIMAL_BAD, "'%s'",
                     bad[i]);
    cr_expect_eq(quantity_size(text("8192PiB"), DECIMAL_UP, &(int64_t){0}), DECIMAL_OVERFLOW);
}

/* Requests round up and capacities down: a unit behind the number must not change that. */
Test(quantity, sizes_round_as_asked)
{
    static const struct {
        const char *text;
        enum decimal_round round;
        int64_t bytes;
    } cases[] = {
        {"0.1KiB", DECIMAL_UP, 103},   {"0.1KiB", DECIMAL_DOWN, 102},
        {"0.6B", DECIMAL_NEAREST, 1},  {"0.6B", DECIMAL_DOWN, 0},
        {"-0.1KiB", DECIMAL_UP, -102}, {"-0.1KiB", DECIMAL_DOWN, -103},
        {"1.5KiB", DECIMAL_UP, 1536},  {"1.5KiB", DECIMAL_DOWN, 1536},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got = 0;
        cr_assert_eq(quantity_size(text(cases[i].text), cases[i].round, &got), DECIMAL_OK);
        cr_expect_eq(got, cases[i].bytes, "%s: %" PRId64, cases[i].text, got);
    }
}

Test(quantity, written_values_are_short)
{
    char buf[64];
    cr_expect_str_eq(quantity_time_str(5400000000, buf, sizeof buf), "1h30m");
    cr_expect_str_eq(quantity_time_str(0, buf, sizeof buf), "0s");
    cr_expect_str_eq(quantity_time_str(-1000001, buf, sizeof buf), "-1s1us");
    cr_expect_str_eq(quantity_size_str(65536, buf, sizeof buf), "64KiB");
    cr_expect_str_eq(quantity_size_str(2000000000, buf, sizeof buf), "2GB");
    cr_expect_str_eq(quantity_size_str(1610612736, buf, sizeof buf), "1536MiB");
    cr_expect_str_eq(quantity_size_str(0, buf, sizeof buf), "0");
    cr_expect_str_eq(quantity_size_str(7, buf, sizeof buf), "7");
}

/* The resolved configuration is read again to repeat a run. */
Test(quantity, written_values_read_back_equal)
{
    struct prng r;
    prng_init(&r, 2, "quantity");
    for (int i = 0; i < 100000; i++) {
        int64_t v = (int64_t)(prng_u64(&r) >> (1 + prng_below(&r, 62)));
        if (prng_below(&r, 4) == 0)
            v = v / 1000000 * 1000000;
        if (v == SIM_NEVER)
            continue;
        char buf[96];
        int64_t back = -1;
        cr_assert_eq(quantity_time(text(quantity_time_str(v, buf, sizeof buf)), &back), DECIMAL_OK,
                     "%s", buf);
        cr_assert_eq(back, v, "%s", buf);
        cr_assert_eq(quantity_size(text(quantity_size_str(-v, buf, sizeof buf)), DECIMAL_UP, &back),
                     DECIMAL_OK, "%s", buf);
        cr_assert_eq(back, -v, "%s", buf);
    }
}
