/* nodes.h - the machines' end of distributed scheduling: a queue on each, and the letters between
 * the machines and the schedulers that probe them.
 *
 * One actor stands for all machines: it is the hub of a scheduler that uses it (struct
 * sim_scheduler, `hub`). Nothing is known here of one machine on another; only letters connect it
 * with the schedulers, and each takes `scheduler.delay`.
 *
 *     scheduler              machine
 *     NODE_RESERVE     ->    a place in the queue; later, its turn:
 *                      <-    NODE_GET_TASK    the machine holds room for the answer
 *     NODE_ANSWER      ->    a task starts, or the place was in vain
 *     NODE_CANCEL      ->    places of a batch that has no task left are dropped
 *
 *     NODE_LENGTHS     ->    how long is the queue?
 *                      <-    NODE_SEEN
 *     NODE_TASKS       ->    the tasks themselves stand in the queue
 *
 *                      <-    NODE_LOST_PROBE, NODE_LOST_TASK   the machine cannot run it any more
 *
 * A machine serves the first place of its queue whose request fits into what is free there, less
 * what it holds for answers under way, and waits while it does not fit: nobody overtakes for room.
 * A place whose job already runs its limit of tasks on the machine (max_per_machine), or which the
 * policy's own predicate refuses, is passed over. A task that gave up is found gone when its turn
 * comes. Devices that are held are counted as whole ones.
 */
#ifndef SCHED_LIB_NODES_H
#define SCHED_LIB_NODES_H

#include <simctl/scheduler.h>

enum node_letter {
    NODE_RESERVE,    /* To the machines: struct node_batch, then `count` machines. */
    NODE_LENGTHS,    /* The same. */
    NODE_TASKS,      /* struct node_batch, then `count` of struct node_task. */
    NODE_ANSWER,     /* struct node_answer. */
    NODE_CANCEL,     /* uint32_t: number of a batch. */
    NODE_GET_TASK,   /* From the machines: struct node_turn. */
    NODE_SEEN,       /* uint32_t: number of the batch; then its `count` lengths, NODE_GONE among
                        them. */
    NODE_LOST_PROBE, /* uint32_t: number of the batch. */
    NODE_LOST_TASK   /* struct node_task. */
};
#define NODE_GONE UINT32_MAX /* Takes no such task. */

/* What the machines are told of tasks that are alike. */
struct node_batch {
    struct sim_class cls; /* A copy: it can outlive the tasks. */
    sim_time sent_us;     /* The probe. */
    uint32_t number;      /* Unique within the scheduler. */
    uint32_t job, user;   /* Name ids. */
    int32_t priority;
    uint32_t probed;        /* Machines, for the record of a placement. */
    uint32_t count;         /* Entries that follow. */
    enum sim_reason reason; /* Of a placement. */
};
struct node_task {
    sim_slot slot;
    sim_task task;
    sim_machine machine;
    uint32_t seen; /* By the probe before; NODE_GONE = nobody looked. */
};
struct node_turn {
    uint32_t batch, place;
};
struct node_answer {
    uint32_t place;
    sim_slot slot; /* SIM_NONE = no task is left. */
    sim_task task;
};

/* Labels, taints and size suit, and it takes tasks: it could serve a place one day. */
bool nodes_suits(struct sim_context *ctx, const struct sim_class *cls, sim_machine m);

/* Reads `scheduler.delay` and `scheduler.order` (fifo|round-robin|priority). */
extern const struct sim_scheduler nodes_hub;
#endif
