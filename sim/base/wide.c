/* wide.c - products of two int64 in 128 bits. The compiler's type is not ISO C, so it stays in
 * here. */
#include "base/wide.h"

#include "base/check.h"

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

static int64_t narrow(int128 v)
{
    CHECK(v >= INT64_MIN && v <= INT64_MAX);
    return (int64_t)v;
}

int64_t sim_muldiv(int64_t a, int64_t b, int64_t c)
{
    CHECK(c > 0);
    const int128 product = (int128)a * b;
    /* C truncates towards zero; an inexact negative quotient is one too high. */
    return narrow(product / c - (product % c < 0));
}

int64_t sim_muldiv_up(int64_t a, int64_t b, int64_t c)
{
    CHECK(c > 0);
    const int128 product = (int128)a * b;
    return narrow(product / c + (product % c > 0));
}

void ratio_init(struct ratio *r, int64_t num, int64_t den, int64_t x_max)
{
    CHECK(num >= 0 && den > 0 && x_max >= 0);
    *r = (struct ratio){num, den, 0, 0};
    while (r->shift < 63 && x_max >> r->shift > 0) {
        r->shift++;
    }
    const uint128 reciprocal = ((uint128)(uint64_t)num << r->shift) / (uint64_t)den;
    CHECK(reciprocal <= UINT64_MAX);
    r->reciprocal = (uint64_t)reciprocal;
}

/* The estimate is the true quotient or one below it: x * reciprocal / 2^shift lies above the exact
 * value less x / 2^shift, which is below 1. */
int64_t ratio_floor(const struct ratio *r, int64_t x)
{
    const uint64_t estimate = (uint64_t)((uint128)(uint64_t)x * r->reciprocal >> r->shift);
    const uint64_t rest = (uint64_t)x * (uint64_t)r->num - estimate * (uint64_t)r->den;
    return (int64_t)(estimate + (rest >= (uint64_t)r->den));
}

void wide_add(struct sim_wide *w, int64_t a, int64_t b)
{
    /* In unsigned arithmetic, where a carry into the sign bit is defined. */
    const uint128 before = ((uint128)(uint64_t)w->high << 64) | w->low;
    const uint128 after = before + (uint128)((int128)a * b);
    w->low = (uint64_t)after;
    w->high = (int64_t)(uint64_t)(after >> 64);
}

double sim_wide_double(struct sim_wide w)
{
    /* Rounded once, by the conversion of the whole. */
    return (double)(int128)(((uint128)(uint64_t)w.high << 64) | w.low);
}
