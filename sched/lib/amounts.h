/* amounts.h - arithmetic on vectors of resources, dimension by dimension. */
#ifndef SCHED_LIB_AMOUNTS_H
#define SCHED_LIB_AMOUNTS_H

#include <simctl/types.h>

static inline struct sim_resources amounts_sum(const struct sim_resources *a,
                                               const struct sim_resources *b)
{
    struct sim_resources out;
    for (int d = 0; d < SIM_DIMS; d++) {
        out.v[d] = a->v[d] + b->v[d];
    }
    return out;
}
/* a - b, but not below 0. */
static inline struct sim_resources amounts_less(const struct sim_resources *a,
                                                const struct sim_resources *b)
{
    struct sim_resources out;
    for (int d = 0; d < SIM_DIMS; d++) {
        out.v[d] = a->v[d] > b->v[d] ? a->v[d] - b->v[d] : 0;
    }
    return out;
}
static inline struct sim_resources amounts_min(const struct sim_resources *a,
                                               const struct sim_resources *b)
{
    struct sim_resources out;
    for (int d = 0; d < SIM_DIMS; d++) {
        out.v[d] = a->v[d] < b->v[d] ? a->v[d] : b->v[d];
    }
    return out;
}
static inline bool amounts_none(const struct sim_resources *a)
{
    int64_t any = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        any |= a->v[d];
    }
    return any == 0;
}
static inline bool amounts_within(const struct sim_resources *a, const struct sim_resources *b)
{
    bool within = true;
    for (int d = 0; d < SIM_DIMS; d++) {
        within &= a->v[d] <= b->v[d];
    }
    return within;
}
#endif
