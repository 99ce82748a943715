/* reason.h - the frozen tables of the explanations: why a decision came out as it did, what a
 * machine lacked, how a task left a machine. Numbers are written to run files: rows are added,
 * never renumbered; a row that is no longer used stays. Source: the taxonomy of stage x permanence
 * in the README, with the field's names for each row.
 */
#ifndef SIMCTL_REASON_H
#define SIMCTL_REASON_H

#include <simctl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sim_stage {
    SIM_STAGE_ADMIT,
    SIM_STAGE_GATE,
    SIM_STAGE_ORDER,
    SIM_STAGE_FILTER,
    SIM_STAGE_SCORE,
    SIM_STAGE_PREEMPT,
    SIM_STAGE_BIND
};
/* What could end the wait. */
enum sim_permanence {
    SIM_PERM_NONE,  /* Not a wait: the task was placed. */
    SIM_PERM_NEVER, /* No change of load helps. */
    SIM_PERM_LOAD,  /* Others finishing helps. */
    SIM_PERM_TIME   /* A clock or an event helps. */
};

/*   code, number, name, stage, permanence, help */
#define SIM_REASON_MAP(XX)                                                                         \
    XX(NOTHING, 0, "none", SCORE, NONE, "no reason recorded")                                      \
    XX(BEST_SCORE, 1, "best-score", SCORE, NONE, "the only machine with the best score")           \
    XX(TIE_BREAK, 2, "tie-break", SCORE, NONE,                                                     \
       "several machines had the best score; the tie rule chose")                                  \
    XX(ONLY_FEASIBLE, 3, "only-feasible", SCORE, NONE, "no other machine could run the task")      \
    XX(FIRST_FIT, 4, "first-fit", SCORE, NONE,                                                     \
       "the first machine examined that could run the task")                                       \
    XX(PLANNED, 5, "planned", SCORE, NONE, "the plan set this machine aside for the task")         \
    XX(UNPROMISED, 6, "unpromised", SCORE, NONE,                                                   \
       "the policy chose among the machines that no promise to another task needs")                \
    XX(PROBE_WON, 8, "probe-won", SCORE, NONE,                                                     \
       "of the machines that were probed, this one had room first")                                \
    XX(SHORTEST_QUEUE, 9, "shortest-queue", SCORE, NONE,                                           \
       "of the machines that were probed, this one had one of the shortest queues")                \
    XX(DRAWN, 10, "drawn", SCORE, NONE, "the machine was drawn at random, whatever its queue")     \
    XX(LEAST_TOTAL_COST, 11, "least-total-cost", SCORE, NONE,                                      \
       "of all ways to place all tasks together, the one that costs least sends it there")         \
    XX(NEXT_CHEAPEST, 12, "next-cheapest", SCORE, NONE,                                            \
       "the least total cost left it nothing with room; the cheapest machine that has room")       \
    XX(QUOTA_EXHAUSTED, 18, "quota-exhausted", ADMIT, LOAD,                                        \
       "its role holds as much as its limit allows")                                               \
    XX(HELD_BACK, 19, "held-back", ADMIT, LOAD,                                                    \
       "what is free is kept for the guarantees of other roles")                                   \
    XX(BACKOFF, 32, "backoff", GATE, TIME,                                                         \
       "the job was tried in vain and pauses before the next attempt")                             \
    XX(GANG_UNSUPPORTED, 33, "gang-unsupported", GATE, NEVER,                                      \
       "its scheduler starts tasks one by one and cannot start a gang together")                   \
    XX(NEXT_ROUND, 34, "next-round", GATE, TIME,                                                   \
       "its scheduler decides in rounds, and the next one has not begun")                          \
    XX(PRIORITY, 48, "priority", ORDER, LOAD,                                                      \
       "a task of higher priority waits at the head of the queue")                                 \
    XX(HEAD_OF_LINE, 49, "head-of-line", ORDER, LOAD,                                              \
       "an earlier task waits at the head of the queue")                                           \
    XX(FAIR_SHARE, 50, "fair-share", ORDER, LOAD,                                                  \
       "its job runs as many tasks as its share allows")                                           \
    XX(RESERVED_FOR_OTHER, 51, "reserved-for-other", ORDER, LOAD,                                  \
       "it would fit now, and delay the promised start of a task ahead of it")                     \
    XX(LOCALITY_DELAY, 52, "locality-delay", ORDER, TIME,                                          \
       "waiting is still cheaper than any place: one close to its data may become free")           \
    XX(GANG_INCOMPLETE, 53, "gang-incomplete", ORDER, LOAD,                                        \
       "not all tasks of the gang could start together")                                           \
    XX(SCHEDULER_BUSY, 54, "scheduler-busy", ORDER, TIME,                                          \
       "its scheduler is deciding about other jobs")                                               \
    XX(BEING_DECIDED, 55, "being-decided", ORDER, TIME, "its scheduler is deciding about it")      \
    XX(OUTBID, 56, "outbid", ORDER, LOAD,                                                          \
       "the places that are cheaper than waiting are worth more to other tasks")                   \
    XX(PROBE_UNDER_WAY, 57, "probe-under-way", ORDER, TIME,                                        \
       "letters between its scheduler and the machines have not arrived yet")                      \
    XX(QUEUED_AT_NODE, 58, "queued-at-node", ORDER, LOAD,                                          \
       "it stands in the queues of the machines that were probed for its job")                     \
    XX(LAUNCH_UNDER_WAY, 59, "launch-under-way", ORDER, TIME,                                      \
       "a machine has room for it, and the task is on its way there")                              \
    XX(NO_OFFER, 60, "no-offer", ORDER, TIME,                                                      \
       "its framework holds no offer and waits for the allocator to make one")                     \
    XX(OTHERS_FIRST, 61, "others-first", ORDER, LOAD,                                              \
       "what is free is on offer to others, who come first by dominant share")                     \
    XX(OFFER_TOO_SMALL, 62, "offer-too-small", ORDER, LOAD,                                        \
       "what its framework was offered had no room for it")                                        \
    XX(OFFER_FILTERED, 63, "offer-filtered", ORDER, TIME,                                          \
       "its framework refused what is free, and the refusal still holds")                          \
    XX(UNSATISFIABLE, 64, "unsatisfiable", FILTER, NEVER,                                          \
       "no machine passes the static predicates: labels, taints, size")                            \
    XX(CAPACITY, 65, "capacity", FILTER, LOAD,                                                     \
       "the eligible machines together have too little free")                                      \
    XX(FRAGMENTED, 66, "fragmented", FILTER, LOAD, "enough is free in sum, on no single machine")  \
    XX(SPREAD, 67, "spread", FILTER, LOAD,                                                         \
       "the job already runs its limit of tasks on every machine with room")                       \
    XX(MACHINES_DOWN, 69, "machines-down", FILTER, TIME,                                           \
       "every machine that could ever run the task is down or drained")                            \
    XX(POLICY_FILTER, 70, "policy-filter", FILTER, LOAD,                                           \
       "the policy's own predicate refused every machine with room")                               \
    XX(CONFLICT, 112, "conflict", BIND, TIME,                                                      \
       "the machine was not as its scheduler had seen it when the placement was committed")        \
    XX(CONFLICT_OF_JOB, 113, "conflict-of-job", BIND, TIME,                                        \
       "another task of the job met a conflict, and the job starts as a whole")                    \
    XX(STALE_VIEW, 114, "stale-view", BIND, TIME,                                                  \
       "there was no room when its scheduler looked at the cell; now there is")                    \
    XX(MISFIT, 116, "misfit", BIND, LOAD,                                                          \
       "the machine that has a place for it lacks the room, and the others cost too much")         \
    XX(MACHINE_CHANGED, 117, "machine-changed", BIND, TIME,                                        \
       "the machine that it was sent to changed while its scheduler was deciding")

enum sim_reason {
#define XX(code, number, name, stage, perm, help) SIM_REASON_##code = number,
    SIM_REASON_MAP(XX)
#undef XX
};
struct sim_reason_info {
    enum sim_reason reason;
    const char *code; /* "FRAGMENTED" */
    const char *name; /* "fragmented" */
    enum sim_stage stage;
    enum sim_permanence permanence;
    const char *help;
};
SIM_API const struct sim_reason_info *sim_reason_at(size_t index);      /* NULL past the end. */
SIM_API const struct sim_reason_info *sim_reason_info(unsigned number); /* NULL when unknown. */
SIM_API const char *sim_stage_name(enum sim_stage stage);
SIM_API const char *sim_permanence_name(enum sim_permanence permanence);

/* Fail mask of a machine: one bit per predicate, ALL predicates evaluated. 0 = feasible.
 * A machine that is too small gets SIZE_x and not FIT_x as well.
 *   code, bit, name, static?, help */
#define SIM_FAIL_MAP(XX)                                                                           \
    XX(DOWN, 0, "down", 1, "removed or without capacity")                                          \
    XX(DRAIN, 1, "drain", 1, "cordoned: takes no new tasks")                                       \
    XX(LABEL, 3, "label", 1, "a label constraint of the task does not hold")                       \
    XX(TAINT, 4, "taint", 1, "a taint that the task does not tolerate")                            \
    XX(SIZE_CPU, 5, "size-cpu", 1, "cpu capacity below the request")                               \
    XX(SIZE_MEMORY, 6, "size-memory", 1, "memory capacity below the request")                      \
    XX(SIZE_GPU, 7, "size-gpu", 1, "fewer devices than asked for")                                 \
    XX(SIZE_DISK, 8, "size-disk", 1, "disk capacity below the request")                            \
    XX(SIZE_EXTENDED, 9, "size-extended", 1, "an extended dimension's capacity below the request") \
    XX(FIT_CPU, 12, "fit-cpu", 0, "free cpu below the request")                                    \
    XX(FIT_MEMORY, 13, "fit-memory", 0, "free memory below the request")                           \
    XX(FIT_GPU, 14, "fit-gpu", 0, "too few devices with enough free")                              \
    XX(FIT_DISK, 15, "fit-disk", 0, "free disk below the request")                                 \
    XX(FIT_EXTENDED, 16, "fit-extended", 0,                                                        \
       "an extended dimension's free amount below the request")                                    \
    XX(SPREAD, 17, "spread", 0, "already runs the job's limit of tasks")                           \
    XX(POLICY, 20, "policy", 0, "refused by the policy's own predicate")                           \
    XX(NOT_OFFERED, 21, "not-offered", 0, "not on offer to the task's framework at that time")     \
    XX(UNEXAMINED, 31, "unexamined", 0, "the policy stopped before this machine")

enum sim_fail {
#define XX(code, bit, name, is_static, help) SIM_FAIL_##code = (int)(UINT32_C(1) << (bit)),
    SIM_FAIL_MAP(XX)
#undef XX
};
#define SIM_FAIL_STATIC UINT32_C(0x000003ff)
struct sim_fail_info {
    uint32_t bit; /* The mask with this one bit. */
    const char *code, *name;
    bool is_static;
    const char *help;
};
SIM_API const struct sim_fail_info *sim_fail_at(size_t index); /* NULL past the end. */
/* "fit-cpu+fit-memory", or "fits" for 0; always terminated; returns buf. */
SIM_API const char *sim_fail_str(uint32_t mask, char *buf, size_t size);

/* What a decision did. A conflict: the scheduler had found a machine, and its commit was refused.
 */
#define SIM_OUTCOME_MAP(XX)                                                                        \
    XX(PLACED, 0, "placed")                                                                        \
    XX(WAIT, 2, "wait")                                                                            \
    XX(CONFLICT, 5, "conflict")

enum sim_outcome {
#define XX(code, number, name) SIM_OUTCOME_##code = number,
    SIM_OUTCOME_MAP(XX)
#undef XX
};

/* Why a running task left its machine before its end. */
#define SIM_EVICT_MAP(XX)                                                                          \
    XX(MACHINE_DOWN, 0, "machine-down", "the machine was removed")                                 \
    XX(MACHINE_SHRUNK, 1, "machine-shrunk",                                                        \
       "an update left too little capacity; last started first")                                   \
    XX(PREEMPTED, 2, "preempted", "its scheduler gave its place to another task")                  \
    XX(MOVED, 3, "moved", "its scheduler runs it on another machine instead")

enum sim_evict_cause {
#define XX(code, number, name, help) SIM_EVICT_##code = number,
    SIM_EVICT_MAP(XX)
#undef XX
};

/* What happened to the start that a waiting task was promised. */
#define SIM_PROMISE_MAP(XX)                                                                        \
    XX(MADE, 0, "made")                                                                            \
    XX(EARLIER, 1, "earlier")                                                                      \
    XX(LATER, 2, "later")                                                                          \
    XX(KEPT, 3, "kept")                                                                            \
    XX(BROKEN, 4, "broken")                                                                        \
    XX(DROPPED, 5, "dropped")

enum sim_promise_event {
#define XX(code, number, name) SIM_PROMISE_##code = number,
    SIM_PROMISE_MAP(XX)
#undef XX
};

/* Why a promise could move later or be broken: the first of these that holds. */
#define SIM_DOUBT_MAP(XX)                                                                          \
    XX(NONE, 0, "none", "nothing speaks against it")                                               \
    XX(MACHINES, 1, "machines", "machines came, changed or went")                                  \
    XX(OVERRUN, 2, "overrun", "a task outlived its estimate")                                      \
    XX(GANG, 3, "gang", "a gang grew, shrank, or left members behind")                             \
    XX(INEXACT, 4, "inexact", "the plan does not know all that decides about room")

enum sim_doubt {
#define XX(code, number, name, help) SIM_DOUBT_##code = number,
    SIM_DOUBT_MAP(XX)
#undef XX
        SIM_DOUBTS
};

/* How a task stands when its row is written. */
#define SIM_STATE_MAP(XX)                                                                          \
    XX(FINISHED, 0, "finished")                                                                    \
    XX(FAILED, 1, "failed")                                                                        \
    XX(KILLED, 2, "killed")                                                                        \
    XX(EVICTED, 3, "evicted")                                                                      \
    XX(LOST, 4, "lost")                                                                            \
    XX(CANCELLED, 5, "cancelled")                                                                  \
    XX(RUNNING, 6, "running")                                                                      \
    XX(PENDING, 7, "pending")                                                                      \
    XX(ABANDONED, 8, "abandoned")

enum sim_state {
#define XX(code, number, name) SIM_STATE_##code = number,
    SIM_STATE_MAP(XX)
#undef XX
};

#define SIM_TIE_MAP(XX)                                                                            \
    XX(LOWEST_ID, 0, "lowest-id", "the machine that appeared first")                               \
    XX(RANDOM, 1, "random", "uniform, from the stream `ties`")                                     \
    XX(ROTATION, 2, "rotation", "the next one after the last machine chosen, by id")               \
    XX(RANK, 3, "rank",                                                                            \
       "the lowest rank in one random permutation of the machines, fixed by the seed")

enum sim_tie_rule {
#define XX(code, number, name, help) SIM_TIE_##code = number,
    SIM_TIE_MAP(XX)
#undef XX
};

/* What a commit found on the machine instead. */
#define SIM_CONFLICT_MAP(XX)                                                                       \
    XX(ROOM, 0, "room", "the room was taken")                                                      \
    XX(VERSION, 1, "version", "room was taken on the machine, or it changed itself")               \
    XX(GONE, 2, "gone", "the machine takes no tasks any more")

enum sim_conflict {
#define XX(code, number, name, help) SIM_CONFLICT_##code = number,
    SIM_CONFLICT_MAP(XX)
#undef XX
};

/* What a row about a decision that places tasks as a flow says. */
#define SIM_FLOW_MAP(XX)                                                                           \
    XX(TAKEN, 0, "taken", "where the task goes, and what it pays")                                 \
    XX(PASSED, 1, "passed", "a machine that was too dear")                                         \
    XX(SLOTS, 2, "slots", "every place of the machine is taken")                                   \
    XX(RACK, 3, "rack", "every place of the machine that its rack may give away is taken")         \
    XX(CLUSTER, 4, "cluster", "every place of the rack is taken")                                  \
    XX(ROOM, 5, "room", "the machine has room for no more tasks with this request")                \
    XX(JOB, 6, "job", "the job may run no more tasks")

enum sim_flow {
#define XX(code, number, name, help) SIM_FLOW_##code = number,
    SIM_FLOW_MAP(XX)
#undef XX
};

/* How a task gets to its machine in the network of a flow. */
#define SIM_FLOW_WAY_MAP(XX)                                                                       \
    XX(NONE, 0, "none")                                                                            \
    XX(WAIT, 1, "wait")                                                                            \
    XX(MACHINE, 2, "machine")                                                                      \
    XX(RACK, 3, "rack")                                                                            \
    XX(CLUSTER, 4, "cluster")                                                                      \
    XX(GROUP, 5, "group")

enum sim_flow_way {
#define XX(code, number, name) SIM_FLOW_WAY_##code = number,
    SIM_FLOW_WAY_MAP(XX)
#undef XX
};

/* What became of the time that a scheduler thought about a job. */
#define SIM_ATTEMPT_MAP(XX)                                                                        \
    XX(USEFUL, 0, "useful", "tasks were placed and nothing was refused")                           \
    XX(CONFLICTED, 1, "conflicted", "the commit met a conflict")                                   \
    XX(FRUITLESS, 2, "fruitless", "there was no room for any task")

enum sim_attempt_outcome {
#define XX(code, number, name, help) SIM_ATTEMPT_##code = number,
    SIM_ATTEMPT_MAP(XX)
#undef XX
};

/* What became of a probe: a place that was asked for in the queue of a machine. */
#define SIM_PROBE_MAP(XX)                                                                          \
    XX(WON, 0, "won", "a task started there")                                                      \
    XX(NO_OP, 1, "no-op", "its turn came, and no task was left")                                   \
    XX(CANCELLED, 2, "cancelled", "taken out of the queue, because no task was left")              \
    XX(LONGER, 3, "longer", "another machine that was probed had a shorter queue")                 \
    XX(LOST, 4, "lost", "the machine takes no such tasks any more")                                \
    XX(OPEN, 5, "open", "the run ended before")

enum sim_probe_outcome {
#define XX(code, number, name, help) SIM_PROBE_##code = number,
    SIM_PROBE_MAP(XX)
#undef XX
};

/* What became of an offer of resources. */
#define SIM_ANSWER_MAP(XX)                                                                         \
    XX(ACCEPTED, 0, "accepted", "tasks were started with a part of it, or all")                    \
    XX(DECLINED, 1, "declined", "the framework gave all of it back")                               \
    XX(RESCINDED, 2, "rescinded", "the machine went or shrank while it was on offer")

enum sim_answer {
#define XX(code, number, name, help) SIM_ANSWER_##code = number,
    SIM_ANSWER_MAP(XX)
#undef XX
};

/* Why a framework left an offer, or a part of it, unused. */
#define SIM_UNUSED_MAP(XX)                                                                         \
    XX(NONE, 0, "none", "nothing was left of it, or it was not answered")                          \
    XX(NO_WORK, 1, "no-work", "no task waited")                                                    \
    XX(TOO_SMALL, 2, "too-small", "less of something than any task that waited asks for")          \
    XX(PREDICATE, 3, "predicate", "large enough, but labels, taints or the spread limit forbid")   \
    XX(GANG, 4, "gang", "room for some task, but not for all that must start together")            \
    XX(ONE_TASK, 5, "one-task", "its framework starts one task per offer")                         \
    XX(NOT_LOOKED_AT, 6, "not-looked-at", "other offers had held enough for all that waited")

enum sim_unused {
#define XX(code, number, name, help) SIM_UNUSED_##code = number,
    SIM_UNUSED_MAP(XX)
#undef XX
};

/* Names for the numbers above, for any reader of a run; NULL when the number is unknown. */
SIM_API const char *sim_outcome_name(unsigned number);
SIM_API const char *sim_evict_name(unsigned number);
SIM_API const char *sim_promise_name(unsigned number);
SIM_API const char *sim_doubt_name(unsigned number);
SIM_API const char *sim_doubt_help(unsigned number);
SIM_API const char *sim_state_name(unsigned number);
SIM_API const char *sim_conflict_name(unsigned number);
SIM_API const char *sim_attempt_name(unsigned number);
SIM_API const char *sim_probe_name(unsigned number);
SIM_API const char *sim_answer_name(unsigned number);
SIM_API const char *sim_unused_name(unsigned number);
SIM_API const char *sim_unused_help(unsigned number);
SIM_API const char *sim_flow_name(unsigned number);
SIM_API const char *sim_flow_way_name(unsigned number);
SIM_API const char *sim_tie_name(unsigned number);
SIM_API const char *sim_tier_name(unsigned number);
SIM_API const char *sim_dim_name(unsigned dim); /* "cpu", "memory", "gpu", "disk", "ext4".. */

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_REASON_H */
