/* wide.h - 128-bit arithmetic in one place. */
#ifndef SIM_BASE_WIDE_H
#define SIM_BASE_WIDE_H
#include <stdint.h>

#include <simctl/run.h>

/* a * b / c rounded down (towards minus infinity) or up, without overflow of the product.
 * c > 0; the quotient must fit int64 (checked). */
int64_t sim_muldiv(int64_t a, int64_t b, int64_t c);
int64_t sim_muldiv_up(int64_t a, int64_t b, int64_t c);
/* floor(x * num / den) for 0 <= x <= x_max, many times with one num and den: two multiplications
 * and a correction instead of a 128-bit division. */
struct ratio {
    int64_t num, den;
    uint64_t reciprocal; /* floor(num * 2^shift / den). */
    unsigned shift;      /* 2^shift > x_max. */
};
/* num >= 0, den > 0, x_max >= 0; num * 2^shift / den must fit 64 bits (checked). */
void ratio_init(struct ratio *r, int64_t num, int64_t den, int64_t x_max);
int64_t ratio_floor(const struct ratio *r, int64_t x);
/* *w += a * b. */
void wide_add(struct sim_wide *w, int64_t a, int64_t b);

/* a[0] a[1] a[2] a[3] against b[0] b[1] b[2] b[3]: < 0, 0, > 0. Factors >= 0; exact, in 256 bits.
 * Two fractions of two factors each are compared so: cross-multiply. */
int wide_compare_products(const int64_t a[4], const int64_t b[4]);

/* Natural numbers below 2^576, for sums of longer products. Overflow is a bug (checked). */
enum { WIDE_BIG_LIMBS = 9 };
struct wide_big {
    uint64_t limb[WIDE_BIG_LIMBS]; /* Lowest first. */
};
struct wide_big wide_big(int64_t v);                                      /* v >= 0 */
void wide_big_multiply(struct wide_big *w, int64_t by);                   /* by >= 0 */
void wide_big_add(struct wide_big *w, struct wide_big what);              /* *w += what */
int wide_big_compare(const struct wide_big *a, const struct wide_big *b); /* < 0, 0, > 0 */
#endif
