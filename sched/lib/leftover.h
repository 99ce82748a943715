/* leftover.h - what a placement leaves free, summed over dimensions as fractions of the largest
 * machine.
 *
 *     leftover(m) = (1/k) * sum over the k dimensions of (free_d(m) - request_d) / largest_d
 *
 * Best-fit wants the smallest, worst-fit the largest. It is separable: the machine's part is one
 * derived column, the class's part one constant, so a score is a subtraction. In integers:
 * whole - (column - constant) of `whole` = k * unit, on the scale of dims.h; exact where that is.
 */
#ifndef SCHED_LIB_LEFTOVER_H
#define SCHED_LIB_LEFTOVER_H

#include "sched/lib/dims.h"

struct leftover {
    struct dims dims;
    int64_t sign; /* Of the column: 1 packs, -1 spreads. Set by the policy before leftover_init. */
    int64_t resolution; /* 0 = full. */
    int64_t whole; /* What an empty machine of the largest size has: k * unit; 1 when k is 0. */
};
bool leftover_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag);
void leftover_prepare(void *state, const struct sim_view *view);
/* Column 0: sum over the dimensions of free; with its sign turned for worst-fit. */
void leftover_derive(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                     int64_t *const *out);
/* constant[0] - column[m], cut to 0..resolution if that is set. */
void leftover_score(const void *state, const struct sim_view *view, const struct sim_class *cls,
                    uint32_t begin, uint32_t end, int64_t *out);
bool leftover_additive(const void *state);
#endif
