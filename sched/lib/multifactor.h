/* multifactor.h - the priority of a batch job as a weighted sum of factors between 0 and 1: how
 * long it has waited, how little its user has used lately, how large it is, its service tier; plus
 * the priority that it came with. In integers: each part is weight x factor, rounded down.
 *
 * The fair-share factor is the rank of the user by usage that halves every half-life: of n users
 * the one that used least has n / n, the next (n - 1) / n; users with equal usage (in milli-core
 * seconds) share the better rank. That is Slurm's Fair Tree for one level of users with equal
 * shares. Ranks are taken when multifactor_rank is called, and hold until the next call.
 *
 * Source: Slurm 24.11, Multifactor Priority Plugin and Fair Tree (slurm.schedmd.com). There a job's
 * size is its share of nodes and processors; a cell here counts processors only. */
#ifndef SCHED_LIB_MULTIFACTOR_H
#define SCHED_LIB_MULTIFACTOR_H

#include <simctl/scheduler.h>

struct multifactor_weights {
    int64_t age, fairshare, size, tier; /* 0..MULTIFACTOR_WEIGHT_MAX. */
    sim_time max_age_us;                /* > 0; at this age its factor is 1. */
    bool favour_small;                  /* The size factor is 1 - share of the cell. */
};
#define MULTIFACTOR_WEIGHT_MAX 1000000000

struct multifactor;
struct multifactor *multifactor_create(const struct multifactor_weights *w, sim_time half_life_us);
void multifactor_destroy(struct multifactor *m); /* NULL is allowed. */

/* The user is one of those that are ranked from now on. Whether that is new: then a ranking is due.
 */
bool multifactor_meet(struct multifactor *m, uint32_t user);
/* The user (name id, SIM_NONE = not given) used `cpu` milli-cores for so long; now never falls. */
void multifactor_charge(struct multifactor *m, uint32_t user, int64_t cpu, sim_time length_us,
                        sim_time now_us);
void multifactor_rank(struct multifactor *m, sim_time now_us);

/* What is asked about; the answer's parts sum to its total. */
struct multifactor_job {
    uint32_t user;
    enum sim_tier tier;
    int32_t priority; /* That it came with: Slurm's site factor. */
    int64_t cpu;      /* Milli-cores of all its tasks. */
    sim_time waited_us;
};
struct sim_priority multifactor_of(struct multifactor *m, const struct multifactor_job *job,
                                   int64_t cell_cpu);
#endif
