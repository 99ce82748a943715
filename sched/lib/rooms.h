/* rooms.h - what is, or will be, free on each machine: an amount per machine and dimension, for
 * plans in which a promise names its machines. Tasks are put on the lowest-numbered machines that
 * hold them, in their order; a machine may hold several. Labels, taints and spreading limits are
 * respected; which devices of a machine are free is not known here. */
#ifndef SCHED_LIB_ROOMS_H
#define SCHED_LIB_ROOMS_H

#include <simctl/scheduler.h>

struct rooms {
    uint32_t n, dims;      /* Machines; dimensions that any of them has. */
    uint8_t dim[SIM_DIMS]; /* Which: enum sim_dim. */
    int64_t *free;         /* [k * n + m] */
    sim_machine *found;    /* Scratch. */
    size_t cap, found_cap;
};

/* The machines and dimensions of the cell, and what is free now. */
void rooms_now(struct rooms *r, const struct sim_view *v);
void rooms_copy(struct rooms *to, const struct rooms *from);
void rooms_fini(struct rooms *r);

void rooms_add(struct rooms *r, sim_machine m, const struct sim_resources *what, int64_t sign);
bool rooms_hold(const struct rooms *r, sim_machine m, const struct sim_resources *what);
/* The less of both, component by component. The shapes are equal. */
void rooms_least(struct rooms *r, const struct rooms *other);
/* Is that much free in sum? */
bool rooms_sum(const struct rooms *r, const struct sim_resources *what);
bool rooms_negative(const struct rooms *r);

/* Finds machines on[0..n) (NULL: only whether there are any) for tasks[0..n) together; false leaves
 * `on` as it was. `r` is used and left as it was. O(machines * classes + n). */
bool rooms_place(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                 sim_machine *on);
/* Whether on[] as it is would do. */
bool rooms_hold_all(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                    const sim_machine *on);
/* Takes the tasks' requests from their machines (sign -1), or gives them back. */
void rooms_add_all(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                   const sim_machine *on, int64_t sign);
#endif
