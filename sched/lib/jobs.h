/* jobs.h - waiting and running jobs for schedulers that plan by time: a job is one task, or a gang
 * that starts together. The queue is in order of entry; running jobs are in order of their
 * estimated ends. All that is known of a run time is the user's estimate (time_limit_us). */
#ifndef SCHED_LIB_JOBS_H
#define SCHED_LIB_JOBS_H

#include <simctl/scheduler.h>

#include "sched/lib/start.h"

/* What a waiting job was told last. */
enum job_told { JOB_TOLD_NOTHING, JOB_TOLD_NO_ROOM, JOB_TOLD_RESERVED };

struct job {
    struct job *prev, *next; /* In the queue. */
    sim_slot *tasks;
    sim_machine *on;    /* Per task: where it runs; waiting: the scheduler's own plan. */
    uint32_t len, gang; /* Tasks; how many must start together. */
    size_t cap, on_cap;
    uint64_t seq;                 /* Of its first task. */
    sim_time limit_us;            /* The longest estimate of its tasks; SIM_NEVER = none given. */
    sim_time start_us;            /* Running: since when; waiting: the scheduler's own plan. */
    sim_time end_us;              /* Running: start + estimate, SIM_NEVER = unknown. */
    sim_time until_us;            /* Running: up to when the scheduler's plan counts on it. */
    size_t running_at;            /* In the list of running jobs. */
    struct sim_resources request; /* Of its tasks, summed. */
    uint64_t moved;               /* The scheduler's own: when the plan was made, in its count. */
    enum job_told told;
    uint64_t told_of;            /* Whose promise, by seq. */
    sim_time promised_us;        /* The start that was recorded as promised; 0 = none. */
    bool queued, tried, planned; /* planned: the scheduler's own. */
};

struct jobs;
struct jobs *jobs_create(void);
void jobs_destroy(struct jobs *j); /* NULL is allowed. */

/* A task waits: alone, or as a member of its gang, which queues up once it is complete (until then
 * its members are told so). Returns the job if it is new in the queue, else NULL. */
struct job *jobs_submit(struct jobs *j, struct sim_context *ctx, sim_slot task);
/* A task gave up waiting; its job goes with its last task. Returns whether a queued job changed. */
bool jobs_cancel(struct jobs *j, struct sim_context *ctx, sim_slot task);
/* A task left its machine. */
void jobs_end(struct jobs *j, struct sim_context *ctx, sim_slot task);

struct job *jobs_of(const struct jobs *j, sim_slot task); /* Where it waits or runs. */
struct job *jobs_first(const struct jobs *j);             /* Of the queue; NULL = empty. */
/* Starts the job, if its tasks find room, and moves it to the running ones; else says why not. A
 * gang of which only a part starts leaves the others in the queue, one by one. */
bool jobs_start(struct jobs *j, struct sim_context *ctx, struct job *job, bool backfilled);
/* Starts all of it where `where` allows it; else says nothing. */
bool jobs_start_where(struct jobs *j, struct sim_context *ctx, struct job *job, struct where *where,
                      bool backfilled);

/* Tells a waiting job, unless that was its last answer: that there is no room for it now (which the
 * caller knows); that it would delay the promised start of another one. */
void job_tell_no_room(struct sim_context *ctx, struct job *job);
void job_tell_reserved(struct sim_context *ctx, struct job *job, const struct job *other);

/* Is there room for it on machines now, of which `now` is what is free? */
bool job_fits_on(struct sim_context *ctx, struct job *job, struct rooms *now);

/* Records that the waiting job is promised to start then; `exact` as in struct sim_promise, as far
 * as the scheduler's plan goes. Nothing is recorded of what is due now, or never. */
void job_promise(struct sim_context *ctx, const struct jobs *j, struct job *job, sim_time start_us,
                 bool exact);
/* Does a running job outlive its estimate? Raises the doubt. For each pass. */
bool jobs_overrun(const struct jobs *j, struct sim_context *ctx);

/* Running jobs by estimated end, then by start. */
struct job *const *jobs_running(const struct jobs *j, size_t *n);
/* The estimated end of a running job as seen now: one that overran is expected any moment. */
sim_time job_end(const struct job *job, sim_time now_us);

/* now + limit, SIM_NEVER when that is unknown. */
sim_time job_end_if_started(const struct job *job, sim_time now_us);
bool resources_within(const struct sim_resources *a, const struct sim_resources *b); /* All <=. */
void resources_add(struct sim_resources *to, const struct sim_resources *what, int64_t sign);
#endif
