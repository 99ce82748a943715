/* share.h - fractions of a machine's OWN capacity without a division per machine and decision.
 *
 * A fraction is an integer in units of 2^-31. The fraction request / capacity is the product of the
 * class's q = floor(request * 2^31 / largest) and the machine's inverse = floor(largest * 2^31 /
 * capacity), cut to 2^-31. Both factors are rounded down, so the result is never too large, and too
 * small by less than (largest / capacity + 2) * 2^-31. */
#ifndef SCHED_LIB_SHARE_H
#define SCHED_LIB_SHARE_H

#include <simctl/types.h>

#define SHARE_BITS 31
#define SHARE_ONE (INT64_C(1) << SHARE_BITS)

/* floor(x * 2^31 / capacity); 0 when capacity is 0. 0 <= x <= capacity. */
int64_t share_of(int64_t x, int64_t capacity);
/* The machine's factor; 0 when capacity is 0. */
int64_t share_inverse(int64_t largest, int64_t capacity);
/* The class's factor; a request above the largest machine counts as the largest. */
int64_t share_factor(int64_t request, int64_t largest);

/* request / capacity. Where the task fits the product is below 2^62; elsewhere it may wrap, and the
 * result is any value of at most 33 bits. */
static inline int64_t share_request(int64_t factor, int64_t inverse)
{
    return (int64_t)(((uint64_t)factor * (uint64_t)inverse) >> SHARE_BITS);
}
#endif
