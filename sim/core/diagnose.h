/* diagnose.h - why no machine could run a task.
 *
 * Let E, the eligible machines, be those whose complete fail mask has no static bit.
 *   1. E is empty: MACHINES_DOWN when some machine lacks nothing but being up, else UNSATISFIABLE.
 *   2. The free sums over E are below the request in some dimension: CAPACITY of the first such
 *      one.
 *   3. Else the minimal masks decide (those that contain no other mask of E): FRAGMENTED in the
 *      dimensions they name; when they name none, SPREAD, then POLICY_FILTER.
 * The minimal masks are also the smallest changes that would have let the task start.
 *
 * diagnose() asks every machine and gives amounts; causes.h keeps the answer right while the cell
 * changes. */
#ifndef SIM_CORE_DIAGNOSE_H
#define SIM_CORE_DIAGNOSE_H

#include "core/place.h"

struct cause {
    uint8_t reason; /* enum sim_reason. */
    uint8_t dim;    /* As in struct sim_decision_row. */
};

/* An antichain of masks under inclusion. Seven bits are not static: 35 is the widest there can be.
 */
enum { MINIMAL_MAX = 35 };
struct minimal {
    struct {
        uint32_t mask;
        sim_machine example;
    } at[MINIMAL_MAX];
    uint32_t count;
};
/* Adds a mask without static bits unless it contains one that is there; those that contain it go.
 * Returns whether anything changed. */
bool minimal_add(struct minimal *m, uint32_t mask, sim_machine example);

/* Does the mask miss nothing but being up? */
bool lacks_only_up(uint32_t mask);

/* The rules above. `sum_free`: over E, at least in the dimensions in which all of E lack room (in
 * others anything not below the request); `down`: some machine lacks nothing but being up. */
struct cause cause_of(const struct sim_class *cls, const struct minimal *minimal,
                      const int64_t *sum_free, bool down);

struct failmask_entry {
    uint32_t mask, count, example;
    struct sim_resources deficit;
};
struct room_entry {
    uint32_t dim, eligible;
    int64_t requested, largest_free, sum_free, sum_capacity;
};
struct diagnosis {
    struct cause cause;
    struct failmask_entry *masks; /* Distinct masks, rising. */
    size_t mask_count, mask_cap;
    uint32_t fitting; /* Machines that could run it: the cause below means nothing then. */
    struct minimal minimal;
    sim_machine down; /* The first that lacks nothing but being up; SIM_NONE = none. */
    struct room_entry room[SIM_DIMS];
    uint32_t room_count;
    uint32_t *mask_of; /* Per machine. */
    size_t mask_of_cap;
};
void diagnose(struct placer *p, const struct sim_view *v, const struct sim_class *cls,
              struct diagnosis *d);
/* Without amounts: `masks` hold no deficits, `room` stays empty. */
void diagnose_masks(struct placer *p, const struct sim_view *v, const struct sim_class *cls,
                    struct diagnosis *d);
void diagnosis_fini(struct diagnosis *d);

/* Sum of a column over machines whose mask has no static bit. */
int64_t sum_eligible(const int64_t *column, const uint32_t *masks, uint32_t n);
#endif
