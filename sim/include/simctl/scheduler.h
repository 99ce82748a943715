/* scheduler.h - the contract between the engine and a scheduler.
 *
 * A scheduler is an actor: the engine tells it what happened, it decides who is tried when, asks
 * the placement policy for machines, and commits. The cell changes only through sim_commit(). To
 * add one, write sched/schedulers/<name>.c that defines sim_scheduler_<name>; nothing else changes.
 *
 * Life cycle (the engine):
 *     init(state, ctx)
 *     per event        on_submit | on_end | on_cancel | on_machine | on_message | on_timer
 *     per pass         on_pass      event_order=batch: once per instant, after all ends, machine
 *                                   events and submissions; =event: after every single event
 *     on_finish                     once, when the run is over: rows about what is still open
 *     fini(state)
 *
 * An evicted task goes back to the queue: on_end (it left the machine), then on_submit (it waits
 * again). A slot is valid from on_submit to on_end or on_cancel.
 *
 * A run may have several schedulers (options `schedulers.*`), each with its own share of the jobs:
 * each is a state of its own, and hears of its own tasks only. Those of one kind may have a hub
 * between them, which gets no jobs. They write letters to each other, which take time.
 */
#ifndef SIMCTL_SCHEDULER_H
#define SIMCTL_SCHEDULER_H

#include <simctl/policy.h>
#include <simctl/record.h>
#include <simctl/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIM_SCHEDULER_ABI 1u

struct sim_context; /* The engine as a scheduler sees it. */

/* Data that a task reads. */
struct sim_data_place {
    sim_machine machine; /* SIM_NONE = one that had not come when the task was submitted. */
    int64_t bytes;
};

/* What a scheduler may know of a task. */
struct sim_task_view {
    sim_task id;
    uint64_t seq; /* Order of entry into the queue; an evicted task gets a new one. */
    const struct sim_class *cls;
    int32_t priority;
    uint32_t job;  /* Job slot: equal for tasks of one live job. */
    uint32_t gang; /* Tasks of the job that start together; 1 = none. */
    uint32_t user; /* Name id; SIM_NONE = not given. */
    enum sim_tier tier;
    uint32_t episode;    /* Wait episode, 1-based: above 1 it ran before and was evicted. */
    sim_machine machine; /* Where it runs or holds a reservation. */
    sim_time submit_us, time_limit_us;
    const struct sim_data_place *data; /* Valid until the task ends or gives up. */
    uint32_t data_count;
};

/* The answer of the placement policy about one class, at this moment. Changes nothing. */
struct sim_choice {
    sim_machine machine; /* SIM_NONE = no machine can run it. */
    uint32_t devices;    /* Bit set of GPU devices on `machine`. */
    int64_t score, margin;
    sim_machine runner_up;
    uint32_t examined, feasible, ties;
    uint16_t victims; /* In: tasks that are evicted for it (recorded). */
    uint64_t version; /* Of `machine`, when it was looked at: what a commit may insist on. */
    bool cached;
    bool together;   /* In, of a refusal: asked with others in place; not kept up while it waits. */
    bool backfilled; /* In: it starts ahead of the head of the queue (recorded). */
    enum sim_reason reason; /* In, of a refusal asked together: what keeps the task from a machine
                               that could run it now; 0 = its scheduler looked too early. */
};

/* The one mutation. */
enum sim_op_kind {
    SIM_OP_PLACE, /* A waiting task starts on `machine`; a reservation it holds is used up first. */
    SIM_OP_RESERVE,   /* Holds room for a waiting task (a gang being assembled). */
    SIM_OP_UNRESERVE, /* Gives it back. */
    SIM_OP_EVICT      /* A running task leaves `machine` and waits again. In the same commit as the
                         placement that it makes room for, and before it. */
};
enum sim_commit_mode { SIM_ATOMIC, SIM_PARTIAL };
enum sim_rejection {
    SIM_ACCEPTED,
    SIM_REJECT_CAPACITY, /* No longer fits. */
    SIM_REJECT_VERSION,  /* Room was taken on the machine since `version`, or it changed itself. */
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
    sim_slot winner; /* EVICT: the task that room is made for, recorded; SIM_NONE = none; the task
                        itself: it moves, and will be placed elsewhere. */
};
/* Any version, nobody in particular. */
static inline struct sim_op sim_op(enum sim_op_kind kind, sim_slot task, sim_machine machine,
                                   uint32_t devices)
{
    const struct sim_op op = {kind,         task,    machine, devices, SIM_ANY_VERSION,
                              SIM_ACCEPTED, SIM_NONE};
    return op;
}

/* A letter, as it is read. */
struct sim_message {
    uint32_t from; /* Scheduler that sent it. */
    uint32_t kind; /* Whatever the two have agreed on. */
    const void *body;
    size_t size; /* Bytes of the body, which is borrowed for the call. */
};

#define SIM_ONE_PER_RUN 1u   /* It plans for the whole cell: two would plan with the same room. */
#define SIM_THINKS 2u        /* It takes the time that `schedulers.*.think.*` says. */
#define SIM_OWN_PLACEMENT 4u /* It chooses machines itself, by scores of its own. */

struct sim_scheduler {
    uint32_t abi;
    const char *name, *summary, *source;
    const struct sim_option *options; /* NULL = none; keys "queue.*", "scheduler.*", and
                                         "schedulers.*.<key>" for a value per group. */
    uint32_t flags;                   /* SIM_ONE_PER_RUN, SIM_THINKS, ... */
    const struct sim_scheduler *hub;  /* One of these per run, beside all of them; NULL = none. */
    size_t state_bytes;
    bool (*init)(void *state, struct sim_context *ctx, struct sim_diag *diag);
    void (*fini)(void *state);
    void (*on_submit)(void *state, struct sim_context *ctx, sim_slot task); /* Starts to wait. */
    void (*on_cancel)(void *state, struct sim_context *ctx, sim_slot task); /* Gave up waiting. */
    void (*on_end)(void *state, struct sim_context *ctx, sim_slot task);    /* Left its machine. */
    void (*on_machine)(void *state, struct sim_context *ctx, sim_machine m);
    void (*on_message)(void *state, struct sim_context *ctx, const struct sim_message *m);
    void (*on_timer)(void *state, struct sim_context *ctx, uint64_t token);
    void (*on_pass)(void *state, struct sim_context *ctx);
    void (*on_finish)(void *state, struct sim_context *ctx); /* Nothing can be changed any more. */
};

SIM_API const struct sim_scheduler *sim_scheduler_find(const char *name);
SIM_API const struct sim_scheduler *sim_scheduler_at(size_t index);

/* ---- what a scheduler may ask and do -------------------------------------------------------- */

SIM_API sim_time sim_now(const struct sim_context *ctx);
SIM_API const struct sim_settings *sim_context_settings(const struct sim_context *ctx);
SIM_API const struct sim_view *sim_context_view(const struct sim_context *ctx);
SIM_API void sim_task_get(const struct sim_context *ctx, sim_slot task, struct sim_task_view *out);
/* Does `slot` hold task `id`, and does it wait? A letter can outlive the task it is about. */
SIM_API bool sim_waits(const struct sim_context *ctx, sim_slot slot, sim_task id);
/* Root seed of the run: draw from streams of it that are named after a purpose and sim_seat(). */
SIM_API uint64_t sim_seed(const struct sim_context *ctx);

/* ---- several schedulers, and time between them ---------------------------------------------- */

/* A scheduler of the run; strings and the struct are valid for the whole run. */
struct sim_seat {
    uint32_t id;           /* Dense, from 0; the hub comes last. */
    const char *name;      /* "batch-2"; a lone scheduler has the name of its kind. */
    struct sim_text group; /* What stands for the star of its options; len 0 = none declared. */
    sim_time think_job_us, think_service_us, think_task_us;
};
SIM_API const struct sim_seat *sim_seat(const struct sim_context *ctx); /* Of the caller. */
SIM_API const struct sim_seat *sim_seat_at(const struct sim_context *ctx,
                                           uint32_t id); /* NULL past the end. */
SIM_API uint32_t sim_hub(const struct sim_context *ctx); /* SIM_NONE = none. */
/* How long the caller thinks about so many tasks of a job: t_job + t_task x tasks. */
SIM_API sim_time sim_think_time(const struct sim_context *ctx, enum sim_tier tier, uint64_t tasks);

/* on_timer(token) after delay_us >= 0. At one instant: ends, cancels, machine events and
 * submissions come first, then letters and timers in the order in which they were sent, then the
 * pass. */
SIM_API void sim_timer(struct sim_context *ctx, sim_time delay_us, uint64_t token);
/* The caller's timers with this token that have not come yet will not. */
SIM_API void sim_timer_drop(struct sim_context *ctx, uint64_t token);
/* A letter to another scheduler, or to itself; the body is copied. */
SIM_API void sim_send(struct sim_context *ctx, uint32_t to, sim_time delay_us, uint32_t kind,
                      const void *body, size_t size);

/* ---- choosing and committing ---------------------------------------------------------------- */

/* Asks the policy. O(machines), or less with the score cache. */
SIM_API void sim_choose(struct sim_context *ctx, sim_slot task, struct sim_choice *out);
/* The same among the machines m with among[m] != 0; the others stay unexamined. O(machines). */
SIM_API void sim_choose_among(struct sim_context *ctx, sim_slot task, const uint8_t *among,
                              struct sim_choice *out);
/* Could `m` run a task of `cls` if nothing else ran there? The static predicates. O(1). */
SIM_API bool sim_could_run(struct sim_context *ctx, const struct sim_class *cls, sim_machine m);
/* Could `m` run a task of `cls` right now? All predicates. O(1). */
SIM_API bool sim_fits(struct sim_context *ctx, const struct sim_class *cls, sim_machine m);
/* The complete fail mask: all that `m` lacks for it right now, 0 = it fits. `cls` may be a copy
 * that outlives the tasks of the class. O(1). */
SIM_API uint32_t sim_lacks(struct sim_context *ctx, const struct sim_class *cls, sim_machine m);
/* The choice when the machine is given and the task fits there: its devices and version. The policy
 * is not asked; the caller says the reason. */
SIM_API void sim_choose_on(struct sim_context *ctx, sim_slot task, sim_machine m,
                           struct sim_choice *out);

/* The class and all machines: how many could run a task of it right now, how many could once what
 * runs on them has gone. Vectorised, O(machines). */
struct sim_survey {
    uint32_t machines, feasible, eligible;
};
SIM_API void sim_survey(struct sim_context *ctx, const struct sim_class *cls,
                        struct sim_survey *out);
/* For a scheduler with SIM_OWN_PLACEMENT that has chosen `m`: can it run the task once the
 * `victims`, which run there, have left? Then *out is the choice, with devices (chosen with the
 * victims gone), version, victims and how many machines could run the task as they are. Score,
 * margin, runner-up and reason are for the caller to fill in. O(machines). */
SIM_API bool sim_choose_without(struct sim_context *ctx, sim_slot task, sim_machine m,
                                const sim_slot *victims, size_t n, struct sim_choice *out);
/* The value of a machine's label or failure domain: equal numbers for equal texts, in order of
 * first appearance in the run; SIM_NONE = it has no such label. */
SIM_API uint32_t sim_machine_label(const struct sim_context *ctx, sim_machine m, const char *key);

/* What is free in sum, on machines that are up. O(1). */
SIM_API void sim_room(const struct sim_context *ctx, struct sim_resources *free);

/* Each task is in one op at most, but for RESERVE and what follows it. What is taken back leaves
 * the version of its machine moved, as in the published shared-state simulator. Applies ops in
 * order; returns whether all were accepted. Versions are those before the commit: several ops on
 * one machine expect the same one, and none of them passes when it has moved on. ATOMIC: all or
 * none, up to the first that is rejected; what was taken back before it and what comes after it is
 * SIM_REJECT_ATOMIC. */
SIM_API bool sim_commit(struct sim_context *ctx, struct sim_op *ops, size_t n,
                        enum sim_commit_mode mode);

/* Machines on which room appeared since the last pass ended (ends, evictions, additions, updates),
 * ascending, each once. Valid until the pass ends; a commit does not change it. */
SIM_API const sim_machine *sim_freed(const struct sim_context *ctx, size_t *n);

/* ---- a private copy of the cell (shared state, Omega) ---------------------------------------- */

/* Labels and taints in it are always the present ones. Free it in `fini`. */
struct sim_copy;
SIM_API struct sim_copy *sim_copy_create(struct sim_context *ctx); /* Not in `init`. */
SIM_API void sim_copy_destroy(struct sim_copy *copy);              /* NULL is allowed. */
/* Makes it equal to the cell and forgets its placements; a new attempt begins. O(changes). */
SIM_API void sim_copy_refresh(struct sim_context *ctx, struct sim_copy *copy);
/* Another use of a copy, never mixed with the first: it shows these machines alone, each once, with
 * at most so much free. O(machines shown now and before). sim_copy_commit ends a job: what was
 * placed stays in the copy, machines on which a placement was refused are hidden, and the next job
 * may be asked about. */
struct sim_offered {
    sim_machine machine;
    struct sim_resources most;
};
SIM_API void sim_copy_offer(struct sim_context *ctx, struct sim_copy *copy,
                            const struct sim_offered *offered, size_t n);
SIM_API void sim_copy_hide(struct sim_copy *copy, sim_machine m); /* Between jobs. */
SIM_API void sim_copy_undo(struct sim_copy *copy); /* The job's placements are not committed. */
/* Asks the policy about a waiting task and takes the room in the copy; false = no machine there. */
SIM_API bool sim_copy_place(struct sim_context *ctx, struct sim_copy *copy, sim_slot task,
                            struct sim_choice *out);
/* Commits the placements since the last refresh, in order, and records each as placed or as a
 * conflict. `versions`: a machine must be as it was when the copy was taken, else it only needs the
 * room. Returns the ops with their results, valid until the next call. */
SIM_API const struct sim_op *sim_copy_commit(struct sim_context *ctx, struct sim_copy *copy,
                                             enum sim_commit_mode mode, bool versions, size_t *n);

/* ---- recording ------------------------------------------------------------------------------ */

/* Records a placement. Call right BEFORE committing it; returns the decision's id. */
SIM_API int64_t sim_record_placed(struct sim_context *ctx, sim_slot task,
                                  const struct sim_choice *c);
/* Records why the task waits on: of stage FILTER, with the binding reason computed from the
 * complete fail masks. A refusal that repeats the task's last one is not recorded again; as long as
 * the task waits, the engine records when its reason changes. Returns the decision's id; -1 =
 * nothing was recorded. */
SIM_API int64_t sim_record_refused(struct sim_context *ctx, sim_slot task,
                                   const struct sim_choice *c);
/* The task waits for `reason` from now on without a decision about it: it stands in the queue of a
 * scheduler that is busy, or is thought about. */
SIM_API void sim_note_wait(struct sim_context *ctx, sim_slot task, enum sim_reason reason);
/* What a waiting task's place in the queue is made of; recorded, for a decision that its turn has
 * not come. */
struct sim_priority {
    int64_t total, site, age, fairshare, size, tier; /* The total is the sum of the others. */
};
/* `head`: a task of the job at the head; SIM_NONE when `task` is that. */
SIM_API void sim_record_priority(struct sim_context *ctx, sim_slot task, sim_slot head,
                                 const struct sim_priority *priority);
/* The caller has thought about a job: recorded, and counted as its busy time. */
struct sim_attempt {
    sim_time began_us;  /* It ends now. */
    sim_time queued_us; /* The job stood in the queue before. */
    uint64_t examined;  /* Machines that could not run a task, over all tasks. */
    uint32_t job, number, tasks, placed, conflicts, undone; /* As in struct sim_attempt_row. */
    enum sim_attempt_outcome outcome;
};
SIM_API void sim_record_attempt(struct sim_context *ctx, const struct sim_attempt *attempt);
/* What became of a probe: `row` is complete but for its padding. */
SIM_API void sim_record_probe(struct sim_context *ctx, const struct sim_probe_row *row);
/* An allocator's offer has been answered. A refusal that repeats what `from` refused of the machine
 * before is counted, not written. Times, machine, amounts and reasons as in struct sim_offer_row;
 * `role` is copied. */
struct sim_offer {
    struct sim_text role;
    sim_time made_us, until_us;
    struct sim_resources amount, used;
    uint32_t framework; /* Id of its seat. */
    sim_machine machine;
    int64_t share, share_of, missing;
    sim_task task;
    enum sim_answer answer;
    enum sim_unused unused;
    enum sim_dim dim, share_dim;
};
SIM_API void sim_record_offer(struct sim_context *ctx, const struct sim_offer *offer);
/* Its scheduler gives a waiting task up for good. The slot is free afterwards. */
SIM_API void sim_abandon(struct sim_context *ctx, sim_slot task);
/* Of stage ORDER or BIND: it was not its turn, or could not be bound. `ahead` may be NULL. Returns
 * as sim_record_refused. */
struct sim_ahead {
    uint32_t tasks;
    struct sim_resources request; /* Of those, summed. */
    sim_slot head;
};
SIM_API int64_t sim_record_not_tried(struct sim_context *ctx, sim_slot task, enum sim_reason reason,
                                     const struct sim_ahead *ahead);
/* A row about a decision that places tasks as a flow; right after the decision. */
SIM_API void sim_record_flow(struct sim_context *ctx, const struct sim_flow_row *row);
/* A round of the caller is over, now; row->ended_us and row->scheduler are filled in. Its time
 * counts as busy time. */
SIM_API void sim_record_round(struct sim_context *ctx, const struct sim_round_row *row);

/* When a waiting task is promised to start, and why then. */
struct sim_promise {
    sim_time start_us; /* After now, and not SIM_NEVER. */
    sim_slot because;  /* Whose estimated end, the last one counted on, makes the room; SIM_NONE. */
    uint32_t ends;     /* Running jobs that will have ended by then, by their estimates. */
    uint32_t tasks;    /* Tasks that start together: a gang is promised by its first task. */
    bool exact;        /* The plan knows all that decides whether the task finds room. */
};
/* Records a promise, or that it moved; the same one again is not recorded again. Call once the task
 * has been told why it waits. A promise that is exact, and about which no doubt was raised since it
 * was made, must not move later nor be broken: else the run has violated an invariant. */
SIM_API void sim_record_promise(struct sim_context *ctx, sim_slot task,
                                const struct sim_promise *promise);
/* Something happened for which promises made so far may be broken. */
SIM_API void sim_doubt(struct sim_context *ctx, enum sim_doubt cause);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_SCHEDULER_H */
