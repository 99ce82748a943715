/* leftover.c - what a placement leaves free, summed over dimensions as fractions of the largest
 * machine.
 */
#include "sched/lib/leftover.h"

/* A score times a resolution of 1000 stays below 2^63 also for requests of 8 times the largest
 * machine. */
#define LEFTOVER_LIMIT (INT64_C(1) << 40)

bool leftover_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    struct leftover *l = state;
    l->resolution = sim_settings_int(args->settings, "policy.resolution");
    return dims_init(&l->dims, args->settings, diag);
}

void leftover_prepare(void *state, const struct sim_view *view)
{
    struct leftover *l = state;
    dims_prepare(&l->dims, view, LEFTOVER_LIMIT);
    l->whole = l->dims.count > 0 ? l->dims.unit * l->dims.count : 1;
}

void leftover_derive(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                     int64_t *const *out)
{
    const struct leftover *l = state;
    const struct dims *d = &l->dims;
    for (uint32_t m = begin; m < end; m++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < d->count; i++) {
            sum += dims_scale(d, i, view->free[d->at[i]][m]);
        }
        out[0][m] = l->sign * sum;
    }
}

/* Static, since clang gives a function with clones no symbol that another file could call. */
SIM_VECTOR static void subtract(const int64_t *restrict column, int64_t base, uint32_t n,
                                int64_t *restrict out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = base - column[i];
    }
}

void leftover_score(const void *state, const struct sim_view *view, const struct sim_class *cls,
                    uint32_t begin, uint32_t end, int64_t *out)
{
    const struct leftover *l = state;
    const uint32_t n = end - begin;
    subtract(view->derived[0] + begin, cls->constant[0], n, out);
    for (uint32_t i = 0; i < n && l->resolution > 0; i++) {
        out[i] = out[i] * l->resolution / l->whole; /* C cuts towards zero, as published. */
    }
}

bool leftover_additive(const void *state)
{
    return ((const struct leftover *)state)->resolution == 0;
}
