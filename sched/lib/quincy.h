/* quincy.h - placement as a min-cost flow: which tasks run, and on which machine, so that the sum
 * of all costs is least. The network is kept and changed from solve to solve.
 *
 *     task -> machine              what the task costs on that machine
 *     task -> rack -> machine      the worst that can happen to it in the rack
 *     task -> cluster -> rack      the worst that can happen to it at all
 *     task -> group -> machine     by request, for models that look at amounts
 *     task -> waiting of its job   what it costs not to run it
 *     waiting of a job -> sink     as many tasks as its bounds let wait
 *     machine -> sink              as many tasks as the machine has slots
 *
 * Which of these arcs exist and what they cost is said by a cost model, a table of functions. A job
 * may have bounds: at least E of its tasks run (if it has as many) and at most F.
 *
 * Slots are the caller's: a flow carries tasks, not cores and bytes. The caller says how many tasks
 * a machine may run, and checks what it is told to start against what is really free. (The model
 * cpu-mem offers a machine to a request as often as it fits, each request by itself: two kinds of
 * requests may be sent to the same free room.)
 *
 * Numbers of tasks, jobs, racks and groups are the caller's: small, and memory grows with the
 * largest. The answer is a function of the calls since quincy_create; see flow.h for ties. Units
 * that share an aggregator are interchangeable: a running task that is among them keeps its
 * machine, then the lowest task gets the lowest machine of the lowest rack.
 *
 * Source: Isard et al., Quincy (SOSP 2009); the cost model interface and the other models after
 * Gog et al., Firmament (OSDI 2016). */
#ifndef SCHED_LIB_QUINCY_H
#define SCHED_LIB_QUINCY_H

#include <simctl/types.h>

#include "sched/lib/flow.h"

struct quincy;

/* How a task gets to its machine. STUCK: the bounds leave it no way at all. */
enum quincy_via {
    QUINCY_WAIT,
    QUINCY_MACHINE,
    QUINCY_RACK,
    QUINCY_CLUSTER,
    QUINCY_GROUP,
    QUINCY_STUCK,
};

/* ---- cost models ----------------------------------------------------------------------------- */

/* A cost is an integer; in the model quincy 1 is moving one GB (10^9 bytes) within a rack. */
struct quincy_params {
    int64_t wait;             /* A task that does not run, */
    int64_t wait_milli_per_s; /* and thousandths more per second that it has waited in its life. */
    int64_t rack_per_gb;      /* Data on another machine of the rack, even one that is gone, */
    int64_t core_per_gb;      /* in another rack, or on a machine that never was there. */
    int64_t gain_milli_per_s; /* Less where a task runs, thousandths per second of this run. */
    int64_t preferred_permille; /* Machines and racks with so much of the data have arcs. */
    int64_t place;              /* A task that runs, anywhere. */
    int64_t busy;               /* Each task that the machine has already. */
    int64_t scale;              /* A machine in full use, per dimension. */
};

struct quincy_input {
    sim_machine machine;
    int64_t bytes; /* >= 0 */
};
struct quincy_task {
    uint32_t job;
    uint32_t group;                    /* Tasks of one group have the same request. */
    struct sim_resources request;      /* Used by cpu-mem alone. */
    const struct quincy_input *inputs; /* Of several about one machine the sum counts. */
    uint32_t input_count;
};
struct quincy_machine {
    uint32_t rack;
    uint32_t slots;                      /* Tasks that it may run, those that run included. */
    struct sim_resources capacity, used; /* Used by cpu-mem alone. */
};

struct quincy_ways;
/* An arc from the task; the same (via, target) at most once. `target`: machine, rack or group. */
void quincy_way(struct quincy_ways *out, enum quincy_via via, uint32_t target, int64_t cost);

struct quincy_model {
    const char *name, *summary, *source;
    struct quincy_params defaults;
    bool pins; /* Running tasks are never stopped, whatever the caller wants. */
    /* Task to waiting; waited_us is the sum over its life. */
    int64_t (*wait)(const struct quincy_params *p, const struct quincy_task *t, sim_time waited_us);
    /* The ways of a task; that to where it runs is added. Asked again when machines come or go. */
    void (*ways)(const struct quincy *q, const struct quincy_task *t, struct quincy_ways *out);
    /* The task on one machine, */
    int64_t (*on_machine)(const struct quincy *q, const struct quincy_task *t, sim_machine m);
    /* and what is added where it has run for ran_us. */
    int64_t (*continuation)(const struct quincy_params *p, sim_time ran_us);
    /* Machine to sink: the slot number `index`; must not fall. NULL = 0. */
    int64_t (*slot)(const struct quincy_params *p, uint32_t index);
    /* Group to machine: the task number `index` of this group; false: no room for so many. The cost
     * must not fall. NULL: no model of groups. */
    bool (*group)(const struct quincy *q, const struct sim_resources *request, sim_machine m,
                  uint32_t index, int64_t *cost);
};
extern const struct quincy_model quincy_model_quincy, quincy_model_trivial,
    quincy_model_load_balance, quincy_model_cpu_mem;

/* For models. */
const struct quincy_params *quincy_params_of(const struct quincy *q);
const struct quincy_machine *quincy_machine_at(const struct quincy *q, sim_machine m); /* or NULL */
uint32_t quincy_rack_of(const struct quincy *q, sim_machine m); /* Also when gone; or SIM_NONE. */
uint32_t quincy_racks(const struct quincy *q);                  /* With a machine. */
uint32_t quincy_rack_machines(const struct quincy *q, uint32_t rack); /* 0: no such rack. */

/* ---- the network ------------------------------------------------------------------------------
 */

/* preempt: a running task may be told to move or to stop; else it is pinned to its machine. */
struct quincy *quincy_create(const struct quincy_model *model, const struct quincy_params *params,
                             bool preempt);
void quincy_destroy(struct quincy *q); /* NULL is allowed. */

void quincy_machine_add(struct quincy *q, sim_machine m, const struct quincy_machine *machine);
/* The rack stays. Slots below the number of running tasks evict, or leave pinned ones stuck. */
void quincy_machine_set(struct quincy *q, sim_machine m, const struct quincy_machine *machine);
/* Nothing runs there any longer (quincy_task_wait comes first). */
void quincy_machine_remove(struct quincy *q, sim_machine m);

/* At least `least` and at most `most` tasks of the job run; SIM_NONE for no bound. Known from the
 * first task or this call on, until quincy_job_remove. A pinned task is never above the bound. */
void quincy_job_bounds(struct quincy *q, uint32_t job, uint32_t least, uint32_t most);
void quincy_job_remove(struct quincy *q, uint32_t job); /* It has no tasks any longer. */

void quincy_task_add(struct quincy *q, sim_slot task, const struct quincy_task *t, sim_time now_us);
void quincy_task_run(struct quincy *q, sim_slot task, sim_machine m, sim_time now_us);
void quincy_task_wait(struct quincy *q, sim_slot task, sim_time now_us); /* It was evicted. */
void quincy_task_remove(struct quincy *q, sim_slot task);

/* ---- the answer, valid until the next change --------------------------------------------------
 */

struct quincy_row {
    sim_slot task;
    sim_machine from;    /* Where it runs; SIM_NONE. */
    sim_machine machine; /* Where it shall run; SIM_NONE = it shall wait. */
    enum quincy_via via;
    /* What it pays; the sum over all rows is the least total.
     *   place         for data, by the arcs it goes over: through a rack or the cluster, the worst
     *   slot          for the tasks before it on the machine: those that stay, then lower ones
     *   continuation  <= 0, what it would lose elsewhere */
    int64_t place, slot, continuation, wait;
};

/* False: the bounds of some jobs cannot be kept, and some tasks are QUINCY_STUCK. now_us is not
 * earlier than in the calls before. */
bool quincy_solve(struct quincy *q, sim_time now_us);
bool quincy_solve_scratch(struct quincy *q, sim_time now_us);
int64_t quincy_cost(const struct quincy *q);
const struct quincy_row *quincy_rows(const struct quincy *q, size_t *n); /* By task. */

/* ---- why ---------------------------------------------------------------------------------------
 */

/* Why not on machine m: the task would pay `cost` there by its cheapest way, and would have been
 * sent there if that had been lower by more than `short_by` (0: a tie; FLOW_FAR: never). The
 * machines in order of number, those it has no way to left out. Until the next call of this
 * function. */
struct quincy_margin {
    sim_machine machine;
    enum quincy_via via;
    int64_t cost, short_by;
};
const struct quincy_margin *quincy_margins(struct quincy *q, sim_slot task, size_t *n);

/* What the task would pay on machine m by its cheapest way, without what a slot there costs;
 * FLOW_FAR: it has no way to it, or ways have changed since the solve. Tasks may have been started
 * meanwhile. O(ways). */
int64_t quincy_cost_on(const struct quincy *q, sim_slot task, sim_machine m);

/* Of a task that is not pinned: what waiting costs it now, its cheapest way, and the cheapest of
 * those that do not cost less than waiting; FLOW_FAR where there is none. Slots left out. */
struct quincy_bid {
    int64_t wait, least, next;
};
void quincy_bid(const struct quincy *q, sim_slot task, struct quincy_bid *out);

/* What keeps a task waiting: the full arcs on its ways to machines that are cheaper than waiting,
 * each with its price, the most that one unit more of it would save. Every such way has one of
 * them, or the job is at its upper bound. Until the next call of this function. */
enum quincy_limit {
    QUINCY_LIMIT_SLOTS,   /* of machine `subject` */
    QUINCY_LIMIT_RACK,    /* from the rack to machine `subject` */
    QUINCY_LIMIT_CLUSTER, /* from the cluster to rack `subject` */
    QUINCY_LIMIT_ROOM,    /* requests of its group on machine `subject` */
    QUINCY_LIMIT_JOB,     /* the upper bound of job `subject` */
};
struct quincy_blocker {
    enum quincy_limit limit;
    uint32_t subject;
    int64_t price; /* > 0 */
};
const struct quincy_blocker *quincy_blockers(struct quincy *q, sim_slot task, size_t *n);

/* The network itself, for tests and reports: borrowed, read only. */
const struct flow *quincy_flow(const struct quincy *q);
#endif
