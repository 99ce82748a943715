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
#endif
