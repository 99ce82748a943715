/* dims.h - which dimensions a policy weighs, and one integer scale on which they can be added.
 *
 * A quantity x of dimension d becomes floor(x * unit / largest[d]): the capacity of the largest
 * machine is `unit` in every dimension. When the least common multiple of the largest capacities is
 * small enough it is the unit, and the scale loses nothing; else the unit is the largest number
 * allowed, and a value is cut to a multiple of largest / unit. */
#ifndef SCHED_LIB_DIMS_H
#define SCHED_LIB_DIMS_H

#include <simctl/policy.h>

#include "base/wide.h"

struct dims {
    uint32_t chosen;              /* Bit set from policy.dims; 0 = auto. Set by dims_init. */
    uint32_t count;               /* Dimensions in use; all below is set by dims_prepare. */
    enum sim_dim at[SIM_DIMS];    /* Those in use, ascending. */
    int64_t largest[SIM_DIMS];    /* By position in `at`; > 0. */
    int64_t weight[SIM_DIMS];     /* unit / largest when exact. */
    struct ratio ratio[SIM_DIMS]; /* unit / largest otherwise. */
    int64_t unit;                 /* > 0. */
    bool exact;
};

#define DIMS_OPTION                                                                                \
    {                                                                                              \
        .key = "policy.dims", .type = SIM_OPT_TEXT, .otherwise = "auto",                           \
        .help = "dimensions that count, as cpu,memory,gpu,disk; auto = all that any machine has"   \
    }
#define DIMS_RESOLUTION_MAX 1000
#define DIMS_RESOLUTION_OPTION                                                                     \
    {                                                                                              \
        .key = "policy.resolution", .type = SIM_OPT_INT, .min = 0, .max = DIMS_RESOLUTION_MAX,     \
        .otherwise = "0",                                                                          \
        .help = "cut scores to integers 0..N, as published with N = 100; 0 = full resolution"      \
    }

/* Reads policy.dims. SIM_ERR_CONFIG when a name is unknown or comes twice. */
bool dims_init(struct dims *d, const struct sim_settings *settings, struct sim_diag *diag);
/* Chosen dimensions in which no machine has capacity drop out. unit * count <= limit. */
void dims_prepare(struct dims *d, const struct sim_view *view, int64_t limit);
/* floor(x * unit / largest) of the i-th dimension; 8 times the largest machine and more are all 8
 * units, so that sums of them cannot overflow. x >= 0. */
int64_t dims_scale(const struct dims *d, uint32_t i, int64_t x);
/* Sum of a request over the dimensions in use. */
int64_t dims_sum(const struct dims *d, const struct sim_resources *r);
#endif
