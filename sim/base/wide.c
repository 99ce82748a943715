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

/* a * b in four limbs, lowest first. */
static void multiply_wide(uint128 a, uint128 b, uint64_t out[4])
{
    const uint64_t a_low = (uint64_t)a, a_high = (uint64_t)(a >> 64);
    const uint64_t b_low = (uint64_t)b, b_high = (uint64_t)(b >> 64);
    const uint128 low = (uint128)a_low * b_low;
    const uint128 cross_a = (uint128)a_high * b_low + (uint64_t)(low >> 64);
    const uint128 cross_b = (uint128)a_low * b_high + (uint64_t)cross_a;
    const uint128 high = (uint128)a_high * b_high + (cross_a >> 64) + (cross_b >> 64);
    out[0] = (uint64_t)low;
    out[1] = (uint64_t)cross_b;
    out[2] = (uint64_t)high;
    out[3] = (uint64_t)(high >> 64);
}

static int compare_limbs(const uint64_t *a, const uint64_t *b, int len)
{
    for (int i = len; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

static uint128 multiply_pair(int64_t a, int64_t b)
{
    CHECK(a >= 0 && b >= 0);
    return (uint128)(uint64_t)a * (uint64_t)b;
}

int wide_compare_products(const int64_t a[4], const int64_t b[4])
{
    uint64_t left[4], right[4];
    multiply_wide(multiply_pair(a[0], a[1]), multiply_pair(a[2], a[3]), left);
    multiply_wide(multiply_pair(b[0], b[1]), multiply_pair(b[2], b[3]), right);
    return compare_limbs(left, right, 4);
}

struct wide_big wide_big(int64_t v)
{
    CHECK(v >= 0);
    return (struct wide_big){{(uint64_t)v}};
}

void wide_big_multiply(struct wide_big *w, int64_t by)
{
    CHECK(by >= 0);
    uint128 carry = 0;
    for (int i = 0; i < WIDE_BIG_LIMBS; i++) {
        carry += (uint128)w->limb[i] * (uint64_t)by;
        w->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    CHECK(carry == 0);
}

void wide_big_add(struct wide_big *w, struct wide_big what)
{
    uint128 carry = 0;
    for (int i = 0; i < WIDE_BIG_LIMBS; i++) {
        carry += (uint128)w->limb[i] + what.limb[i];
        w->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    CHECK(carry == 0);
}

int wide_big_compare(const struct wide_big *a, const struct wide_big *b)
{
    return compare_limbs(a->limb, b->limb, WIDE_BIG_LIMBS);
}

double sim_wide_double(struct sim_wide w)
{
    /* Rounded once, by the conversion of the whole. */
    return (double)(int128)(((uint128)(uint64_t)w.high << 64) | w.low);
}
