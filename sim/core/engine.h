/* engine.h - the state of one run, shared by the files that make up the engine:
 *
 *   run.c        creation, the loop over instants, status
 *   actors.c     the schedulers, their shares of the jobs, letters and timers
 *   input.c      the two input streams, merged
 *   lifecycle.c  what happens to tasks and machines
 *   context.c    what a scheduler may ask and do; commit
 *   records.c    decisions, spans and the other rows
 *   promises.c   starts that were promised, and what became of them
 *   refusals.c   why tasks wait; diagnose.c finds the reason, causes.c keeps it right
 *   offers.c     what was offered to whom, as rows
 *   totals.c     integrals and order statistics
 *
 * A task: submit -> waiting -> running -> gone, or waiting -> cancelled; an eviction leads from
 * running back to waiting, in a new wait episode.
 */
#ifndef SIM_CORE_ENGINE_H
#define SIM_CORE_ENGINE_H

#include <simctl/run.h>

#include "base/check.h"
#include "base/map.h"
#include "core/actors.h"
#include "core/causes.h"
#include "core/evq.h"

enum task_state { TASK_FREE, TASK_WAITING, TASK_RESERVED, TASK_RUNNING };

struct task { /* Kept small: in a big cell every touch of one is a cache miss. */
    sim_task id;
    uint32_t generation; /* Bumped when its pending events become stale. */
    struct class_entry *cls;
    uint64_t seq;
    sim_time submit_us, first_start_us, start_us, time_limit_us, duration_us, cancel_us;
    sim_time wait_us, lost_us;
    sim_time span_from_us; /* The open span of the wait. */
    int64_t span_opened_by;
    int64_t placed_by; /* Decision. */
    uint32_t span_subject;
    uint32_t job, index, user, queue, gang;
    uint32_t constraints; /* Name id. */
    int32_t priority;
    sim_machine machine; /* Where it runs or holds a reservation; else the last one. */
    uint32_t devices;
    uint16_t episodes, evictions;
    uint8_t state, tier, end; /* enum task_state, sim_tier, sim_end. */
    uint8_t span_reason, span_dim;
    /* The last refusal of this episode (0 = none), and of all. */
    uint8_t refused_reason, refused_dim, last_reason;
    bool waits_for_room; /* In the list of its class; see refusals.c. */
    bool put_off;        /* In `reviews`. */
    uint8_t revisions;   /* In this wait; saturates. */
};

struct neighbours { /* Of a running task on its machine, of a refused one in its class; apart from
                       struct task, because ends touch them. */
    sim_slot next, prev;
};

struct data { /* What a task reads. */
    struct sim_data_place *at;
    uint32_t count;
};

struct claim { /* The last time room was taken on a machine. */
    sim_time at_us;
    uint32_t task, scheduler;
    bool any;
};

struct stream_in { /* One input stream with its next item. */
    const struct sim_format *format;
    void *state;
    struct sim_trace_info info;
    struct sim_input item;
    bool has_item, ended;
    sim_time last_us;
    enum sim_input_kind last_kind;
};

/* Time by part, sampled: one call in LAP_EVERY is timed and counted LAP_EVERY times. */
enum lap_part { LAP_READING, LAP_PLACEMENT, LAP_RECORDING, LAP_PARTS };
enum { LAP_EVERY = 8 };
struct lap {
    uint64_t calls, ticks, begun;
};

struct promise { /* To a waiting task, per slot. */
    sim_time first_us, start_us;
    uint64_t made_at; /* On the clock of doubts. */
    sim_task because;
    uint32_t ends, tasks;
    bool made, exact;
};

struct sim_context {
    const struct sim_run_args *args; /* = &own_args */
    struct sim_run_args own_args;
    const struct sim_output *out; /* NULL = record nothing. */
    union {
        struct sim_decision_row decision;
        struct sim_failmask_row failmask;
        struct sim_room_row room;
        struct sim_ahead_row ahead;
        struct sim_span_row span;
        struct sim_eviction_row eviction;
        struct sim_task_row task;
        struct sim_machine_row machine;
    } row; /* Where rows are built for an output that lends no room. */
    struct cell *cell;
    struct classes *classes;
    struct placer *placer;
    struct evq *evq;
    struct actors *actors;
    uint32_t acting;      /* Whose hook runs. */
    uint64_t letters_due; /* Events of kind LETTER. */
    uint64_t letters_run; /* Letters since anything else happened. */
    struct stream_in trace, cluster;
    sim_time now_us, until_us;
    bool per_event;      /* event_order=event. */
    bool check_all;      /* check=every-event. */
    bool perfect;        /* estimates=perfect. */
    bool stopped;        /* By the tap. */
    struct event *turns; /* event_order=event: the events of this instant. */
    size_t turn_len, turn_cap;
    bool began; /* Something was submitted: the integrals run. */
    bool voids; /* There may be events that will find nothing to do. */

    struct task *tasks;
    struct neighbours *links; /* Per slot. */
    struct data *data; /* Per slot, up to the highest that has any: most traces know of none. */
    size_t task_count, task_cap, link_cap, data_cap;
    sim_slot *free_slots;
    size_t free_len, free_cap;
    sim_slot *on_machine; /* First task per machine; SIM_NONE = none. */
    size_t on_machine_cap, on_machine_len;
    struct claim *claims; /* Per machine; only with several schedulers. */
    size_t claim_cap;
    struct map_text *jobs, *users, *queues;
    struct offer_rows *offer_rows; /* NULL = no offer was recorded. */
    struct sim_shape *history; /* What the policy's init reads, for as long as one may be made. */
    size_t history_count;
    uint64_t seq;
    uint32_t next_task;

    int64_t decisions;
    uint64_t failmask_rows;
    uint32_t *masks; /* Scratch, one per machine. */
    size_t masks_cap;
    struct diagnosis diagnosis;
    struct causes *causes; /* NULL while nobody listens. */
    uint32_t held;         /* Reservations. */
    sim_slot *answered;    /* Refused since the last pass ended. */
    size_t answered_len, answered_cap;
    struct evq *reviews; /* When a cause that was put off is looked at again. */

    struct promise *promises;
    size_t promise_len, promise_cap;
    uint64_t doubt_clock, doubted[SIM_DOUBTS]; /* When each was raised last. */

    struct sim_totals totals;
    sim_time *waits; /* Waits > 0 of tasks that started. */
    size_t wait_len, wait_cap;
    double slowdown_sum;
    sim_time slowdown_tau_us;
    struct lap laps[LAP_PARTS];
    uint64_t wall_start, tick_start;
};

/* A task that is there. */
static inline struct task *task_at(const struct sim_context *c, sim_slot slot)
{
    CHECK(slot < c->task_count && c->tasks[slot].state != TASK_FREE);
    return &c->tasks[slot];
}

/* run.c: asks the run's policy about `cell`, with random streams of its own ("" = the run's). */
struct placer *run_placer(struct sim_context *c, struct cell *cell, const char *streams,
                          struct sim_diag *diag);

/* input.c */
bool input_open(struct sim_context *c, struct stream_in *in, enum sim_role role,
                struct sim_diag *diag);
void input_close(struct stream_in *in);
/* Makes the next item available; false = error. */
bool input_fill(struct sim_context *c, struct stream_in *in, struct sim_diag *diag);
/* Shapes of the workload for policies that need its history. Caller frees *out with mem_free. */
bool input_history(struct sim_context *c, struct sim_shape **out, size_t *count,
                   struct sim_diag *diag);
/* Requests fit int64 sums and gpu fields agree; a format that breaks this is reported with its
 * place. */
bool input_check(const struct sim_context *c, const struct stream_in *in, struct sim_diag *diag);

/* lifecycle.c */
bool life_submit(struct sim_context *c, const struct sim_input *in, struct sim_diag *diag);
void life_machine(struct sim_context *c, const struct sim_input *in);
void life_event(struct sim_context *c, const struct event *e);
void life_start(struct sim_context *c, sim_slot slot); /* Room was taken on task->machine. */
/* A running task whose room was given back waits again. `winner`: whose room it is now; NULL = no
 * task's. */
void life_evict(struct sim_context *c, sim_slot slot, enum sim_evict_cause cause,
                const struct task *winner);
void life_finish(struct sim_context *c); /* Rows of what is still alive. */
struct cell_need life_need(const struct task *t);

/* records.c */
void record_row(struct sim_context *c, enum sim_table table, const void *row); /* c->out != NULL. */
void record_decision(const struct sim_context *c, const struct task *t,
                     struct sim_decision_row *row); /* What every decision says. */
/* The decision that a task waits on opens the next span of its wait; returns its id. */
int64_t record_wait(struct sim_context *c, struct task *t, const struct sim_decision_row *row);
/* Before the placement takes effect. `placer`: the one that was asked. */
void record_placed(struct sim_context *c, sim_slot task, const struct sim_choice *choice,
                   struct placer *placer);
/* The op was rejected; `taker`: who had taken room on its machine; `blocked`: the task whose op
 * was, when this one was only taken back. */
void record_conflict(struct sim_context *c, const struct sim_op *op,
                     const struct sim_choice *choice, const struct claim *taker, sim_slot blocked,
                     struct placer *placer);
void record_span_close(struct sim_context *c, struct task *t, int64_t closed_by);
void record_span_begin(struct sim_context *c, struct task *t); /* A wait episode begins. */
void record_task(struct sim_context *c, const struct task *t, enum sim_state state);
void record_eviction(struct sim_context *c, const struct task *t, enum sim_evict_cause cause,
                     const struct task *winner);
void record_machine(struct sim_context *c, sim_machine m, const struct sim_input *in);
void record_name(struct sim_context *c, enum sim_name_kind kind, uint32_t id, struct sim_text text);

/* offers.c */
void offer_rows_destroy(struct offer_rows *o); /* NULL is allowed. */

/* context.c: a commit in two halves, for what has to be recorded between them. */
bool commit_room(struct sim_context *c, struct sim_op *ops, size_t n, enum sim_commit_mode mode);
void commit_effect(struct sim_context *c, const struct sim_op *op); /* Of an accepted one. */

/* promises.c */
void promise_started(struct sim_context *c, sim_slot slot);
void promise_dropped(struct sim_context *c, sim_slot slot);

/* refusals.c */
void refusal_over(struct sim_context *c, sim_slot slot); /* It waits for room no longer. */
void refusals_settle(struct sim_context *c);             /* The pass is over. */

/* totals.c */
void totals_advance(struct sim_context *c, sim_time to_us);
void totals_started(struct sim_context *c, const struct task *t);
void totals_finished(struct sim_context *c, const struct task *t);

uint64_t wall_ns(void);
/* A counter that runs evenly; totals.c turns it into time. The cycle counter costs a few
 * nanoseconds where the clock costs tens. */
static inline uint64_t lap_tick(void)
{
#if defined(__GNUC__) && defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return wall_ns();
#endif
}
static inline void lap_begin(struct sim_context *c, enum lap_part part)
{
    struct lap *l = &c->laps[part];
    if (l->calls++ % LAP_EVERY == 0) {
        l->begun = lap_tick();
    }
}
static inline void lap_end(struct sim_context *c, enum lap_part part)
{
    struct lap *l = &c->laps[part];
    if (l->begun != 0) {
        l->ticks += (lap_tick() - l->begun) * LAP_EVERY;
        l->begun = 0;
    }
}
#endif
