/* typical.h - the typical tasks of a workload: its most frequent shapes, up to a coverage. */
#ifndef SCHED_LIB_TYPICAL_H
#define SCHED_LIB_TYPICAL_H

#include <simctl/policy.h>

#include "sched/lib/frag.h"

struct typical {
    struct frag_table table;
    uint32_t sets;                       /* Different constraint sets among them. */
    uint32_t constraints[FRAG_SETS_MAX]; /* Interned set, by bit. */
};

/* Merges the shapes of args->history that differ in nothing but memory, disk and extended
 * dimensions, orders them by count, cpu, milli per GPU, number of GPUs and text of the constraints,
 * all descending, and takes them until they cover `coverage` millionths of all tasks. The weight of
 * each is (count / all) / (covered / all), in this order of operations. SIM_ERR_LIMIT when they
 * have more than FRAG_SETS_MAX constraint sets. */
bool typical_init(struct typical *t, const struct sim_policy_args *args, int64_t coverage,
                  struct sim_diag *diag);
void typical_fini(struct typical *t);
#endif
