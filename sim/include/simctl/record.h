/* record.h - the rows that a run writes: the explanation, and the contract with every reader of it.
 *
 * A row is a plain struct; struct sim_table_info describes its columns (name, type, unit, meaning),
 * and every sink, loader and exporter works from that description. Rows of one table are in the
 * order in which they happened. The id of a decision is its row number.
 *
 * Row types use -1 (all bits set) for "none" in 32-bit id columns.
 */
#ifndef SIMCTL_RECORD_H
#define SIMCTL_RECORD_H

#include <simctl/reason.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sim_table {
    SIM_TABLE_DECISIONS, /* T0: one row per decision, always. */
    SIM_TABLE_FAILMASK,  /* T1: histogram of complete fail masks of a refused decision. */
    SIM_TABLE_ROOM,      /* T1: requested / free / total per lacking dimension of a refusal. */
    SIM_TABLE_AHEAD,     /* T1: who was ahead, for refusals of stage ORDER. */
    SIM_TABLE_SPANS,     /* Every wait cut into labelled contiguous spans. */
    SIM_TABLE_EVICTIONS,
    SIM_TABLE_TASKS,      /* One row per task, when it left or at the end of the run. */
    SIM_TABLE_MACHINES,   /* One row per machine event. */
    SIM_TABLE_ATTEMPTS,   /* One row per time a scheduler thought about a job. */
    SIM_TABLE_CONFLICTS,  /* T1: who had taken the room, for decisions that met a conflict. */
    SIM_TABLE_PRIORITIES, /* T1: what the place of a task in the queue was made of. */
    SIM_TABLE_PROMISES,   /* T1: starts promised to waiting tasks. */
    SIM_TABLE_PROBES,     /* T1: one row per probe of a machine, when it was over. */
    SIM_TABLE_OFFERS,     /* T1: one row per offer of resources, when it was answered. */
    SIM_TABLE_FLOWS,      /* T1: what a place costs, and what stands in the way of a cheaper one. */
    SIM_TABLE_ROUNDS, /* One row per round of a scheduler that decides about all tasks at once. */
    SIM_TABLE_COUNT
};

struct sim_decision_row { /* 64 bytes: one cache line. */
    int64_t t_us;
    uint32_t task;
    uint32_t
        machine; /* Chosen, also when the commit met a conflict; SIM_NONE when the task waits. */
    uint32_t runner_up; /* Second by score, then by the tie rule; SIM_NONE when there is none. */
    uint32_t subject;   /* Task that blocks, for stage ORDER; else SIM_NONE. */
    int64_t score;      /* Of `machine`; 0 when none. */
    int64_t margin;     /* score - score of runner_up; 0 = tie, and 0 when there is no runner_up. */
    uint32_t examined;  /* Machines evaluated; machines - examined are UNEXAMINED. */
    uint32_t feasible;  /* Machines that could run the task, among the examined. */
    uint32_t fm;      /* First row in failmask, SIM_NONE = none. With flag EQUIV: how many decisions
                         back the one stands whose answer was reused. */
    uint16_t ties;    /* Machines that share the best score; saturates at 65535. */
    uint16_t victims; /* Evictions that make room; 0 without preemption. */
    uint8_t outcome, reason, dim, tie_rule; /* dim: enum sim_dim of CAPACITY; bit set of dims of
                                               FRAGMENTED; 0 otherwise. */
    uint8_t attempt;   /* Wait episode of the task, 1-based; saturates at 255. */
    uint8_t flags;     /* SIM_DECISION_*. */
    uint16_t machines; /* Low 16 bits of the number of machines known at the time. */
};
#define SIM_DECISION_EQUIV 1u      /* Same class refused before with nothing changed since. */
#define SIM_DECISION_CACHED 2u     /* Answered by the cache; masked out of digests. */
#define SIM_DECISION_BACKFILLED 8u /* Started ahead of the head of the queue. */
#define SIM_DECISION_REVISED 4u /* No scheduler asked: the cause of a standing refusal changed. */

struct sim_failmask_row {
    int64_t decision;
    uint32_t mask, count;
    uint32_t example; /* Lowest machine id with this mask. */
    uint32_t pad;
    int64_t deficit[SIM_DIMS]; /* Smallest amount by which a machine of this mask misses, per
                                  dimension whose FIT or SIZE bit is set; 0 elsewhere. For gpu:
                                  milli on one device for a share, else whole devices * 1000. */
};

struct sim_room_row {
    int64_t decision;
    int64_t requested;    /* By the task (the gang's members ask one by one). */
    int64_t largest_free; /* On one eligible machine. */
    int64_t sum_free;     /* Over all eligible machines. */
    int64_t sum_capacity; /* Likewise. */
    uint32_t eligible;    /* Machines without a static bit. */
    uint8_t dim, pad[3];
};

struct sim_ahead_row {
    int64_t decision;
    int64_t cpu, memory, gpu; /* Requests of those ahead, summed. */
    uint32_t ahead;           /* Waiting tasks that come first in the queue. */
    uint32_t head;            /* The task at the head. */
    int32_t head_priority, priority;
};

struct sim_conflict_row {
    int64_t decision;
    int64_t taken_us; /* When room was taken on the machine last; SIM_NEVER = never. */
    uint32_t machine;
    uint32_t by_task;      /* Who took it; SIM_NONE = nobody. */
    uint32_t by_scheduler; /* Whose task that is. */
    uint8_t kind, pad[3];  /* enum sim_conflict. */
};

struct sim_priority_row {
    int64_t t_us;
    int64_t total, site, age, fairshare, size, tier; /* The total is the sum of the others. */
    uint32_t task;
    uint32_t head; /* Who stood at the head then; SIM_NONE: this row is about the head. */
};

struct sim_attempt_row {
    int64_t began_us,
        ended_us;            /* Thinking, from the look at the cell or the queue to the commit. */
    int64_t queued_us;       /* How long the job had stood in the queue before. */
    int64_t examined;        /* Machines that were looked at and could not run a task. */
    uint32_t scheduler, job; /* Name ids. */
    uint32_t number;         /* Of the attempts at the job, from 1. */
    uint32_t tasks;          /* That waited when thinking began. */
    uint32_t placed, conflicts; /* Of these: started; refused by the commit. */
    uint32_t undone;            /* Taken back for a conflict of another task of the job. */
    uint8_t outcome, pad[3];    /* enum sim_attempt_outcome. */
};

struct sim_probe_row {
    int64_t sent_us, arrived_us; /* SIM_NEVER = it did not arrive. */
    int64_t asked_us;   /* Its turn came: the machine holds room from then on; SIM_NEVER. */
    int64_t ended_us;   /* A task started, or the room was given up; = asked_us when no
                           letter had to be waited for. SIM_NEVER = open. */
    uint32_t scheduler; /* Name id: who sent it. */
    uint32_t batch;     /* Probes sent together, by number within the scheduler. */
    uint32_t job;       /* Name id. */
    uint32_t task;      /* The one that it was for, or that won it; SIM_NONE = any of the batch. */
    uint32_t machine;
    uint32_t seen;           /* Tasks running and queued there when it arrived; 0 before. */
    uint8_t outcome, pad[7]; /* enum sim_probe_outcome. */
};

struct sim_offer_row {
    int64_t made_us, answered_us; /* When it was made; when its answer was known. */
    int64_t cpu, memory, gpu, disk;
    int64_t used_cpu, used_memory, used_gpu, used_disk; /* Of these, by tasks that were started. */
    int64_t until_us;        /* The rest is not offered again up to here; SIM_NEVER = at once. */
    int64_t share, share_of; /* Dominant share of the role before the offer; x / 0 = holds nothing.
                              */
    int64_t missing; /* TOO_SMALL: how much less of `dim` it is than the nearest task asks. */
    uint32_t scheduler, role, machine;
    uint32_t task;    /* TOO_SMALL: that task; else SIM_NONE. */
    uint32_t repeats; /* Offers like it, answered likewise, since the last row about the two. */
    uint8_t answer, unused; /* enum sim_answer, enum sim_unused. */
    uint8_t dim, share_dim; /* enum sim_dim. */
};

struct sim_flow_row { /* Costs are integers of the cost model. */
    int64_t decision;
    int64_t cost;                            /* Of the task there. */
    int64_t place, slot, continuation, wait; /* TAKEN: what the cost is made of. */
    int64_t margin;   /* PASSED: it would have been chosen, had it been cheaper by more; SIM_NEVER =
                         at no price. TAKEN: that of the machine passed by the least; SIM_NEVER =
                         there is none. Others: the most that one place more would save. */
    uint32_t machine; /* SIM_NONE: it waits, or the row is about the job. Of CLUSTER the first one
                         of the rack. */
    uint8_t kind, way; /* enum sim_flow, sim_flow_way. */
    uint8_t pad[2];
};

struct sim_round_row {
    int64_t began_us, ended_us;      /* From the look at the cell to the commit. */
    int64_t cost;                    /* The least total, over all tasks that were looked at. */
    uint32_t scheduler, number;      /* Name id; of its rounds, from 1. */
    uint32_t running, waiting;       /* Tasks when it began. */
    uint32_t placed, moved, evicted; /* Tasks: started, by moves too; moved; stopped, without those.
                                      */
    uint32_t refused; /* Sent to a machine that could not take them; some found another one. */
};

struct sim_span_row {
    int64_t from_us, to_us;       /* Half-open; contiguous within one episode; sums to the wait. */
    int64_t opened_by, closed_by; /* Decision ids; closed_by -1 = cancelled or the run ended. */
    uint32_t task, subject;
    uint16_t episode; /* 1-based. */
    uint8_t reason, dim;
    uint32_t pad;
};

struct sim_eviction_row {
    int64_t t_us;
    int64_t by_decision; /* -1: not by a decision. */
    int64_t lost_us;     /* Work that must be done again. */
    uint32_t task, machine, by_task;
    uint8_t cause, pad[3];
};

struct sim_task_row {
    int64_t submit_us, first_start_us, start_us, end_us; /* SIM_NEVER = did not happen. */
    int64_t wait_us;                                     /* Over all episodes. */
    int64_t run_us;  /* Of the last run, up to end_us or the end of the simulation. */
    int64_t lost_us; /* Runs cut short by evictions. */
    int64_t cpu, memory, gpu, disk; /* Request. */
    int64_t time_limit_us;
    uint32_t task, job, index; /* job: name id of kind JOB. */
    uint32_t user, queue;      /* Name ids; SIM_NONE = not given. */
    uint32_t scheduler;        /* Name id of kind SCHEDULER: whose task it is. */
    uint32_t machine;          /* Last one it ran on. */
    int32_t priority;
    uint32_t cls;         /* Class id; equal shapes share one while any of them is alive. */
    uint32_t constraints; /* Name id of kind CONSTRAINTS; SIM_NONE = none. */
    uint16_t gpu_count, gpu_milli;
    uint16_t episodes, evictions;
    uint8_t tier, state, reason; /* reason: of the last refusal, 0 = never refused. */
    uint8_t pad[5];
};

struct sim_machine_row {
    int64_t t_us;
    int64_t cpu, memory, gpu, disk; /* Capacity after the event, after overcommit. */
    uint32_t machine, name;         /* name: name id of kind MACHINE. */
    uint32_t labels;                /* Name id of kind LABELS; SIM_NONE = none. */
    uint16_t gpu_count;
    uint8_t kind, pad; /* enum sim_input_kind. */
};

struct sim_promise_row {
    int64_t t_us;
    int64_t start_us; /* Promised now. */
    int64_t first_us; /* Promised first in this wait; a later start breaks the promise. */
    int64_t decision; /* The refusal in force, -1 = none; the placement of `kept` and `broken`. */
    uint32_t task;    /* Of a gang: its first. */
    uint32_t because; /* Task whose estimated end makes the room, the last one; SIM_NONE. */
    uint32_t ends;    /* Running jobs that will have ended by start_us, by their estimates. */
    uint32_t tasks;   /* That start together. */
    uint16_t episode; /* 1-based. */
    uint8_t event, cause; /* enum sim_promise_event, sim_doubt. */
    uint32_t pad;
};

enum sim_name_kind {
    SIM_NAME_JOB,
    SIM_NAME_MACHINE,
    SIM_NAME_USER,
    SIM_NAME_QUEUE,
    SIM_NAME_CONSTRAINTS,
    SIM_NAME_LABELS,
    SIM_NAME_SCHEDULER,
    SIM_NAME_ROLE,
    SIM_NAME_KINDS
};

/* ---- description ---------------------------------------------------------------------------- */

enum sim_column_type {
    SIM_COL_I64,
    SIM_COL_I32, /* Ids and counts; -1 = none. */
    SIM_COL_U16,
    SIM_COL_U8,
    SIM_COL_ENUM8,
    SIM_COL_U32 /* Bit masks, whose bit 31 is not a sign. */
};
struct sim_column {
    const char *name;
    enum sim_column_type type;
    uint16_t offset;                           /* In the row struct. */
    const char *unit;                          /* "us", "milli-cores", "bytes", "" ... */
    const char *meaning;                       /* One sentence. */
    const char *(*enum_name)(unsigned number); /* For ENUM8, else NULL. */
};
struct sim_table_info {
    const char *name; /* "decisions": group in run.h5, --table of export. */
    const char *meaning;
    size_t row_bytes;
    const struct sim_column *columns;
    size_t column_count;
};
SIM_API const struct sim_table_info *sim_table_info(enum sim_table table);
SIM_API int64_t sim_column_get(const struct sim_column *column, const void *row);
/* "job", "machine", "user", "queue", "constraints", "labels", "scheduler", "role"; NULL when the
 * number is unknown. */
SIM_API const char *sim_name_kind_name(unsigned number);

/* ---- where rows go -------------------------------------------------------------------------- */

/* What the engine writes to. Called on the simulation thread. */
struct sim_output {
    void *self;
    /* A finished row: one that lies where lend() said, or any other, which must be copied. */
    void (*row)(void *self, enum sim_table table, const void *row);
    /* Announces a name before the first row that uses it. ids are dense per kind, from 0. */
    void (*name)(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text);
    /* Where the next row of `table` may be built before it is given to row(), which saves the copy.
     * The bytes there may be anything. Forgotten when another call comes first. NULL = nowhere. */
    void *(*lend)(void *self, enum sim_table table);
};

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_RECORD_H */
