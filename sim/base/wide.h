/* wide.h - 128-bit arithmetic in one place. */
#ifndef SIM_BASE_WIDE_H
#define SIM_BASE_WIDE_H
#include <stdint.h>

#include <simctl/run.h>

/* a * b / c rounded down (towards minus infinity) or up, without overflow of the product.
 * c > 0; the quotient must fit int64 (checked). */
int64_t sim_muldiv(int64_t a, int64_t b, int64_t c);
int64_t sim_muldiv_up(int64_t a, int64_t b, int64_t c);
/* *w += a * b. */
void wide_add(struct sim_wide *w, int64_t a, int64_t b);
#endif
