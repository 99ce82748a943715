/* actors.h - the schedulers of a run: whose job a task is, their hooks, the letters between them.
 *
 * A run has one scheduler, or the groups that `schedulers.*` declares, and one more that gets no
 * jobs where the architecture has a centre (struct sim_scheduler, `hub`). A job belongs to one
 * scheduler for good: to a member of the first group, in the order of their keys, whose criteria it
 * meets, groups without criteria last. */
#ifndef SIM_CORE_ACTORS_H
#define SIM_CORE_ACTORS_H

#include <simctl/run.h>

struct task;

struct actor {
    const struct sim_scheduler *ops;
    void *state;
    struct sim_seat seat;
    char *name;
    struct sim_seat_totals totals;
};

/* False with diag: a group is wrongly described, or a scheduler refuses its parameters. */
bool actors_create(struct sim_context *c, struct sim_diag *diag);
void actors_destroy(struct sim_context *c);

/* Gives the task's job to a scheduler, unless it has one; false with diag when none takes it. */
bool actors_route(struct sim_context *c, const struct task *t, struct sim_diag *diag);
bool actors_several(const struct sim_context *c); /* Schedulers with jobs. */
uint32_t actors_owner(const struct sim_context *c, const struct task *t);

/* The hooks of the owner, or of everybody. */
void actors_submit(struct sim_context *c, sim_slot task);
void actors_cancel(struct sim_context *c, sim_slot task);
void actors_end(struct sim_context *c, sim_slot task);
void actors_machine(struct sim_context *c, sim_machine m);
void actors_pass(struct sim_context *c);
void actors_finish(struct sim_context *c);

void actors_abandoned(struct sim_context *c); /* A task, by the one that acts. */

/* A letter has come to its time. */
void actors_deliver(struct sim_context *c, uint32_t letter);
/* A timer that its scheduler has taken back: delivering it does nothing. */
bool actors_dropped(const struct sim_context *c, uint32_t letter);
#endif
