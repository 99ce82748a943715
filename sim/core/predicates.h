/* predicates.h - the engine's own predicates over columns, and the policy's on top.
 *
 * Every predicate is evaluated for every machine of a block, without branches: that vectorises, and
 * no reason is lost. Masks for choosing need only be right about zero; complete masks tell SIZE
 * from FIT. */
#ifndef SIM_CORE_PREDICATES_H
#define SIM_CORE_PREDICATES_H

#include <simctl/policy.h>

#include "core/cell.h"

struct predicates {
    const struct sim_policy *policy;
    const void *state; /* The policy's. */
    struct cell *cell;
    const struct sim_view *view;
};

/* FIT bit of a dimension; its SIZE bit lies PREDICATES_SIZE_SHIFT below. */
enum { PREDICATES_SIZE_SHIFT = 7 };
uint32_t predicates_fit_bit(uint32_t dim);

/* The column tests of one class, to be run over any block. */
enum { PREDICATES_TESTS_MAX = SIM_DIMS };
struct predicates_plan {
    const struct sim_class *cls;
    struct predicates_test { /* column[m] < need fails with `bit`. */
        const int64_t *column;
        int64_t need;
        uint32_t bit;
    } tests[PREDICATES_TESTS_MAX];
    uint32_t count;
    const uint8_t *constraints; /* Column of static bits, or NULL. */
    bool only_two;              /* Two column tests and the status decide. */
};
void predicates_plan(const struct predicates *p, const struct sim_class *cls,
                     struct predicates_plan *plan);
/* Feasibility of [begin, end) into lack[0..]: negative where the class does not fit. One sign bit
 * in lanes as wide as the columns is all that choosing needs. The spreading limit comes on top,
 * over all machines. */
void predicates_lack(const struct predicates *p, const struct predicates_plan *plan, uint32_t begin,
                     uint32_t end, int64_t *lack);
bool predicates_spread_limit(const struct predicates *p, const struct sim_class *cls,
                             sim_machine m);
/* How many of lack[0..n) are not negative. */
uint32_t predicates_passed(const int64_t *lack, uint32_t n);
/* One machine, all predicates; with a plan it is a handful of loads. */
bool predicates_fits(const struct predicates *p, const struct predicates_plan *plan, sim_machine m);
bool predicates_fits_class(const struct predicates *p, const struct sim_class *cls, sim_machine m);
uint32_t predicates_complete(const struct predicates *p, const struct sim_class *cls,
                             sim_machine m);
/* Complete masks of all machines. */
void predicates_all(const struct predicates *p, const struct sim_class *cls, uint32_t *mask);
/* By how much each dimension of m misses, for the FIT and SIZE bits of a complete mask; 0
 * elsewhere. For gpu: milli on one device for one share, else whole devices * 1000. */
void predicates_deficit(const struct sim_view *v, const struct sim_class *cls, sim_machine m,
                        uint32_t mask, struct sim_resources *out);
#endif
