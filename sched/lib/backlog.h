/* backlog.h - jobs with waiting tasks, and a queue of them: for schedulers that take up one job at
 * a time. A job is known as long as tasks of it wait, it stands in the queue, or it is held:
 * thought about, or pausing. */
#ifndef SCHED_LIB_BACKLOG_H
#define SCHED_LIB_BACKLOG_H

#include <simctl/scheduler.h>

struct backlog_job {
    sim_slot *tasks; /* Waiting, in order of submission. */
    uint32_t len, id, gang;
    size_t cap;
    uint32_t attempts; /* The caller's own, like the rest but `queued`: all 0 at first. */
    uint32_t asked;    /* How many of its tasks an attempt is about: those in front. A task of
                          them that gives up is one less. */
    uint64_t mark;
    sim_time queued_us;
    enum sim_tier tier;
    bool held, placed_any;
    bool queued;         /* Stands in the queue, */
    uint32_t prev, next; /* between these; SIM_NONE = end. */
};

struct backlog;
struct backlog *backlog_create(void);
void backlog_destroy(struct backlog *b); /* NULL is allowed. */
/* Pointers stay until the next backlog_add. */
struct backlog_job *backlog_at(const struct backlog *b, uint32_t job);

/* A task waits. Returns its job, which is not queued by this. */
uint32_t backlog_add(struct backlog *b, const struct sim_context *ctx, sim_slot task);
/* A task gave up waiting. Its job stays until backlog_settle. */
uint32_t backlog_drop(struct backlog *b, const struct sim_context *ctx, sim_slot task);
/* The job goes if nothing is left of it: no task, no place in the queue, not held. */
void backlog_settle(struct backlog *b, uint32_t job);

void backlog_enqueue(struct backlog *b, uint32_t job, sim_time now_us); /* At the end. */
void backlog_dequeue(struct backlog *b, uint32_t job);                  /* Wherever it stands. */
uint32_t backlog_first(const struct backlog *b);                        /* SIM_NONE = empty. */
uint32_t backlog_next(const struct backlog *b, uint32_t job);

/* All its waiting tasks wait for `reason` from now on (sim_note_wait). */
void backlog_note(struct sim_context *ctx, const struct backlog_job *job, enum sim_reason reason);
#endif
