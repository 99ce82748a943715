/* cell.h - the machines and what is placed on them, as columns.
 *
 * The cell changes in three ways only: a machine comes, changes or goes (cell_machine_*), room is
 * taken (cell_take) and room is given back (cell_give). Only context.c and the handlers of machine
 * events call them. Every change bumps the machine's version and appends the machine to the change
 * log, from which the score cache catches up.
 *
 * Invariants: 0 <= free[d][m] <= capacity[d][m]; free = capacity - sum of what was taken; a machine
 * that is down has nothing free and nothing taken; device_free sums to free[SIM_GPU].
 */
#ifndef SIM_CORE_CELL_H
#define SIM_CORE_CELL_H

#include <simctl/policy.h>
#include <simctl/trace.h>

#include "core/constraint.h"

struct cell;
struct cell *cell_create(void);
void cell_destroy(struct cell *c); /* NULL is allowed. */
const struct sim_view *cell_view(const struct cell *c);
struct constraints *cell_constraints(struct cell *c);

/* A picture of `live`, empty until machines are copied into it: what is taken and given there is of
 * the picture alone. Labels and taints are those of the live cell at any time; the versions are
 * those of the live cell when the machine was copied. `live` must outlive it. */
struct cell *cell_mirror(struct cell *live);
/* Nothing that was taken in the picture on m is in it afterwards. */
void cell_mirror_machine(struct cell *mirror, sim_machine m);
/* The same, but with no more free than `most`; NULL = the machine takes no tasks in the picture. Of
 * devices those with the lowest numbers are left. */
void cell_mirror_offer(struct cell *mirror, sim_machine m, const struct sim_resources *most);
/* Where tasks of a spread group run, as in the live cell; `gone`: nowhere. */
void cell_mirror_spread(struct cell *mirror, uint32_t group, bool gone);

/* Factors in millionths applied to capacities of cpu and memory from now on. */
void cell_overcommit(struct cell *c, int64_t cpu_ppm, int64_t memory_ppm);

/* ---- machines ------------------------------------------------------------------------------- */
sim_machine cell_machine_find(const struct cell *c, struct sim_text name); /* SIM_NONE: unknown. */
struct sim_text cell_machine_name(const struct cell *c, sim_machine m);
/* Adds, brings back or updates; returns its id. What runs on it stays: the caller has evicted
 * enough before an update that shrinks (cell_overflow). */
sim_machine cell_machine_set(struct cell *c, const struct sim_machine_input *in);
/* Is more taken on m than the capacity that `in` brings? */
bool cell_overflow(const struct cell *c, sim_machine m, const struct sim_machine_input *in);
void cell_machine_remove(struct cell *c, sim_machine m); /* Nothing may be taken on it. */
void cell_machine_drain(struct cell *c, sim_machine m, bool drained);

/* ---- room ----------------------------------------------------------------------------------- */
struct cell_need {
    const struct sim_class *cls;
    uint32_t devices; /* Bit set; as many bits as cls->gpu_count. */
};
/* False (nothing changed) when it does not fit or m takes no tasks. */
bool cell_take(struct cell *c, sim_machine m, const struct cell_need *need) SIM_NODISCARD;
/* `freed`: this room counts as new (sim_freed); false for a reservation given back. */
void cell_give(struct cell *c, sim_machine m, const struct cell_need *need, bool freed);
/* Running tasks of a spread group on m. */
uint32_t cell_spread(const struct cell *c, uint32_t group, sim_machine m);
/* Machines that run tasks of a spread group, in no meaningful order. */
const sim_machine *cell_spread_machines(const struct cell *c, uint32_t group, uint32_t *n);

/* Counts what happened to the machine itself: it came, changed, went, was drained. */
uint64_t cell_fixed(const struct cell *c, sim_machine m);
uint64_t cell_fixed_all(const struct cell *c); /* Over all machines. */
/* Says in the change log that something about m is to be looked at anew. */
void cell_touch(struct cell *c, sim_machine m);

/* ---- what changed --------------------------------------------------------------------------- */
/* Counts changes that can only have made room: as long as it stands still, what did not fit still
 * does not. */
uint64_t cell_gains(const struct cell *c);
uint64_t cell_log_end(const struct cell *c); /* Position after the last change. */
/* Machine of the change at `position`; false when it is no longer kept. */
bool cell_log_at(const struct cell *c, uint64_t position, sim_machine *m);
enum { CELL_LOG_KEPT = 1 << 14 };
const sim_machine *cell_freed(struct cell *c, size_t *n); /* Ascending, each once. */
void cell_freed_clear(struct cell *c);

/* ---- sums and checks ------------------------------------------------------------------------ */
struct sim_resources cell_used(const struct cell *c);
struct sim_resources cell_capacity(const struct cell *c); /* Of machines that are up. */
/* Changes so far that left a machine with less than nothing or more than everything free. */
uint64_t cell_violations(const struct cell *c);
uint64_t cell_check_machine(const struct cell *c,
                            sim_machine m); /* Violations of the invariants. */
uint64_t cell_check(const struct cell *c);  /* All machines and the sums. */

/* Fixes view->largest (first decision). */
void cell_fix_largest(struct cell *c);
/* The policy's derived columns: `count` of them grow with the machines; the placer fills them. */
void cell_derive(struct cell *c, uint32_t count);
int64_t *const *cell_derived(struct cell *c);
#endif
