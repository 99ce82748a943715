/* scheduler.h - the contract between the engine and a scheduler.
 *
 * A scheduler is an actor: the engine tells it what happened, it decides who is tried when, asks
 * the placement policy for machines, and commits. The cell changes only through sim_commit(). To
 * add one, write sched/schedulers/<name>.c that defines sim_scheduler_<name>; nothing else changes.
 *
 * Life cycle (the engine):
 *     init(state, ctx)
 *     per event        on_submit | on_end | on_cancel | on_machine
 *     per pass         on_pass      event_order=batch: once per instant, after all ends, machine
 *                                   events and submissions; =event: after every single event
 *     fini(state)
 *
 * An evicted task goes back to the queue: on_end (it left the machine), then on_submit (it waits
 * again). A slot is valid from on_submit to on_end or on_cancel.
 */
#ifndef SIMCTL_SCHEDULER_H
#define SIMCTL_SCHEDULER_H

#include <simctl/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIM_SCHEDULER_ABI 1u

struct sim_context; /* The engine as a scheduler sees it. */

/* What a scheduler may know of a task. */
struct sim_task_view {
    sim_task id;
    uint64_t seq; /* Order of entry into the queue; an evicted task gets a new one. */
    const struct sim_class *cls;
    int32_t priority;
    uint32_t job;     /* Job slot: equal for tasks of one live job. */
    uint32_t gang;    /* Tasks of the job that start together; 1 = none. */
    uint32_t user;    /* Name id; SIM_NONE = not given. */
    uint32_t episode; /* Wait episode, 1-based: above 1 it ran before and was evicted. */
    sim_time submit_us, time_limit_us;
};

/* The answer of the placement policy about one class, at this moment. Changes nothing. */
struct sim_choice {
    sim_machine machine; /* SIM_NONE = no machine can run it. */
    uint32_t devices;    /* Bit set of GPU devices on `machine`. */
    int64_t score, margin;
    sim_machine runner_up;
    uint32_t examined, feasible, ties;
    bool cached;
    bool together;   /* In, of a refusal: asked with others in place; not kept up while it waits. */
    bool backfilled; /* In: it starts ahead of the head of the queue (recorded). */
    enum sim_reason reason;
};

/* The one mutation. */
enum sim_op_kind {
    SIM_OP_PLACE, /* A waiting task starts on `machine`; a reservation it holds is used up first. */
    SIM_OP_RESERVE,  /* Holds room for a waiting task (a gang being assembled). */
    SIM_OP_UNRESERVE /* Gives it back. */
};
enum sim_commit_mode { SIM_ATOMIC, SIM_PARTIAL };
enum sim_rejection {
    SIM_ACCEPTED,
    SIM_REJECT_CAPACITY, /* No longer fits. */
    SIM_REJECT_VERSION,  /* The machine changed since `version`. */
    SIM_REJECT_GONE,     /* Task not waiting, or machine down. */
    SIM_REJECT_ATOMIC    /* Another operation of an atomic commit was rejected. */
};
#define SIM_ANY_VERSION UINT64_MAX
struct sim_op {
    enum sim_op_kind kind;
    sim_slot task;
    sim_machine machine;
    uint32_t devices;
    uint64_t version;          /* Expected machine version, or SIM_ANY_VERSION. */
    enum sim_rejection result; /* Out. */
};

struct sim_scheduler {
    uint32_t abi;
    const char *name, *summary, *source;
    const struct sim_option *options; /* NULL = none; keys "queue.*" or "scheduler.*". */
    size_t state_bytes;
    bool (*init)(void *state, struct sim_context *ctx, struct sim_diag *diag);
    void (*fini)(void *state);
    void (*on_submit)(void *state, struct sim_context *ctx, sim_slot task); /* Starts to wait. */
    void (*on_cancel)(void *state, struct sim_context *ctx, sim_slot task); /* Gave up waiting. */
    void (*on_end)(void *state, struct sim_context *ctx, sim_slot task);    /* Left its machine. */
    void (*on_machine)(void *state, struct sim_context *ctx, sim_machine m);
    void (*on_pass)(void *state, struct sim_context *ctx);
};

SIM_API const struct sim_scheduler *sim_scheduler_find(const char *name);
SIM_API const struct sim_scheduler *sim_scheduler_at(size_t index);

/* ---- what a scheduler may ask and do -------------------------------------------------------- */

SIM_API sim_time sim_now(const struct sim_context *ctx);
SIM_API const struct sim_settings *sim_context_settings(const struct sim_context *ctx);
SIM_API const struct sim_view *sim_context_view(const struct sim_context *ctx);
SIM_API void sim_task_get(const struct sim_context *ctx, sim_slot task, struct sim_task_view *out);

/* Asks the policy. O(machines), or less with the score cache. */
SIM_API void sim_choose(struct sim_context *ctx, sim_slot task, struct sim_choice *out);
/* Could `m` run a task of `cls` right now? All predicates. O(1). */
SIM_API bool sim_fits(struct sim_context *ctx, const struct sim_class *cls, sim_machine m);

/* What is free in sum, on machines that are up. O(1). */
SIM_API void sim_room(const struct sim_context *ctx, struct sim_resources *free);

/* Applies ops in order. ATOMIC: all or none; returns whether all were accepted. */
SIM_API bool sim_commit(struct sim_context *ctx, struct sim_op *ops, size_t n,
                        enum sim_commit_mode mode);

/* Machines on which room appeared since the last pass ended (ends, evictions, additions, updates),
 * ascending, each once. Valid until the pass ends; a commit does not change it. */
SIM_API const sim_machine *sim_freed(const struct sim_context *ctx, size_t *n);

/* Records a placement. Call right BEFORE committing it; returns the decision's id. */
SIM_API int64_t sim_record_placed(struct sim_context *ctx, sim_slot task,
                                  const struct sim_choice *c);
/* Records why the task waits on: of stage FILTER, with the binding reason computed from the
 * complete fail masks. A refusal that repeats the task's last one is not recorded again; as long as
 * the task waits, the engine records when its reason changes. */
SIM_API void sim_record_refused(struct sim_context *ctx, sim_slot task, const struct sim_choice *c);
/* Of stage ORDER: it was not its turn. `ahead` may be NULL. */
struct sim_ahead {
    uint32_t tasks;
    struct sim_resources request; /* Of those, summed. */
    sim_slot head;
};
SIM_API void sim_record_not_tried(struct sim_context *ctx, sim_slot task, enum sim_reason reason,
                                  const struct sim_ahead *ahead);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_SCHEDULER_H */
