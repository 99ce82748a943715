/* omega.c - shared state, optimistic concurrency: schedulers that think about one job at a time, on
 * a private copy of the cell, and commit what they found.
 *
 * A job waits in the queue of its scheduler. The scheduler takes the first one up, copies the cell,
 * thinks for t_job + t_task x tasks (schedulers.*.think), places as many of the job's tasks as find
 * room in its copy, and commits. What another scheduler did meanwhile can refuse placements; these,
 * and tasks that found no room, are tried again a while later, until the job is given up.
 *
 *   scheduler.view      snapshot: the copy is made when thinking begins; live: when it ends, so
 * that there are no conflicts (the monolithic scheduler of the paper) scheduler.conflict  room: a
 * placement conflicts when the machine lacks the room now; version: when room was taken on the
 * machine since the copy was made scheduler.commit    incremental: the others are kept;
 * all-or-nothing: none of the job's is
 *
 * A gang that has not started is committed as a whole, whatever scheduler.commit says. Source:
 * Schwarzkopf et al. (EuroSys 2013) sections 3.4 and 4; times of retries and of giving up:
 * google/cluster-scheduler-simulator. Its version rule lets a second task of a job pass on a
 * machine after a conflict there; this one does not. */
#include <simctl/scheduler.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct job {
    sim_slot *tasks; /* Waiting, in order of submission. */
    uint32_t len, id, gang, attempts;
    size_t cap;
    sim_time queued_at_us;
    enum sim_tier tier;
    bool in_queue, pausing, placed_any;
};

struct omega {
    bool live, versions, whole;
    sim_time retry_us;
    int64_t fruitless_max, attempts_max;
    struct sim_copy *copy;
    struct job *jobs; /* Some free. */
    size_t job_count, job_cap;
    uint32_t *spare;
    size_t spare_len, spare_cap;
    struct map_u64 *by_id; /* Name id of a job -> index. */
    uint32_t *queue;       /* Ring of indexes; cap is a power of two. */
    size_t queue_begin, queue_len, queue_cap;
    bool thinking;
    uint32_t about; /* Index, */
    uint32_t
        asked; /* and how many of its tasks: those that came later wait for the next attempt. */
    struct sim_attempt attempt;
};

static const struct sim_option options[] = {
    {"scheduler.view", SIM_OPT_CHOICE, 0, 0, "snapshot", "snapshot|live",
     "the cell as it was when the scheduler began to think, or as it is when it has decided"},
    {"scheduler.conflict", SIM_OPT_CHOICE, 0, 0, "room", "room|version",
     "a placement is refused when its machine lacks the room now, or when room was taken on the "
     "machine since the snapshot"},
    {"scheduler.commit", SIM_OPT_CHOICE, 0, 0, "incremental", "incremental|all-or-nothing",
     "when a placement of a job is refused: keep the others, or none"},
    {"scheduler.retry", SIM_OPT_TIME, 1, SIM_SECONDS(86400), "1s", NULL,
     "pause before a job with tasks left queues up again"},
    {"scheduler.give_up.unplaced", SIM_OPT_INT, 1, INT32_MAX, "100", NULL,
     "a job of which no task was placed is given up after more attempts than this"},
    {"scheduler.give_up", SIM_OPT_INT, 1, INT32_MAX, "1000", NULL,
     "a job is given up after more attempts than this"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct omega *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    (void)diag;
    s->live = sim_settings_choice(set, "scheduler.view") == 1;
    s->versions = sim_settings_choice(set, "scheduler.conflict") == 1;
    s->whole = sim_settings_choice(set, "scheduler.commit") == 1;
    s->retry_us = sim_settings_int(set, "scheduler.retry");
    s->fruitless_max = sim_settings_int(set, "scheduler.give_up.unplaced");
    s->attempts_max = sim_settings_int(set, "scheduler.give_up");
    s->by_id = map_u64_create();
    return true;
}

static void fini(void *state)
{
    struct omega *s = state;
    for (size_t i = 0; i < s->job_count; i++) {
        mem_free(s->jobs[i].tasks);
    }
    sim_copy_destroy(s->copy);
    map_u64_destroy(s->by_id);
    mem_free(s->jobs);
    mem_free(s->spare);
    mem_free(s->queue);
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static uint32_t job_index(struct omega *s, const struct sim_task_view *t)
{
    bool fresh;
    uint32_t *index = map_u64_put(s->by_id, t->job, &fresh);
    if (!fresh) {
        return *index;
    }
    if (s->spare_len == 0) {
        MEM_GROW(s->jobs, s->job_cap, s->job_count + 1);
        *index = (uint32_t)s->job_count++;
    } else {
        *index = s->spare[--s->spare_len];
    }
    struct job *job = &s->jobs[*index];
    *job = (struct job){.tasks = job->tasks,
                        .cap = job->cap,
                        .id = t->job,
                        .gang = t->gang,
                        .tier = t->tier,
                        .placed_any = t->episode > 1};
    return *index;
}

/* A job without waiting tasks goes, unless it is still spoken of somewhere. */
static void forget_if_done(struct omega *s, uint32_t index)
{
    const struct job *job = &s->jobs[index];
    if (job->len > 0 || job->in_queue || job->pausing || (s->thinking && s->about == index)) {
        return;
    }
    map_u64_remove(s->by_id, job->id);
    MEM_GROW(s->spare, s->spare_cap, s->spare_len + 1);
    s->spare[s->spare_len++] = index;
}

/* ---- the queue ------------------------------------------------------------------------------ */

static void queue_grow(struct omega *s)
{
    enum { FIRST = 64 };
    const size_t cap = s->queue_cap > 0 ? 2 * s->queue_cap : FIRST;
    uint32_t *wider = MEM_NEW(uint32_t, cap);
    for (size_t i = 0; i < s->queue_len; i++) {
        wider[i] = s->queue[(s->queue_begin + i) & (s->queue_cap - 1)];
    }
    mem_free(s->queue);
    s->queue = wider;
    s->queue_begin = 0;
    s->queue_cap = cap;
}

static void note_all(struct sim_context *ctx, const struct job *job, enum sim_reason reason)
{
    for (uint32_t i = 0; i < job->len; i++) {
        sim_note_wait(ctx, job->tasks[i], reason);
    }
}

static void enqueue(struct omega *s, struct sim_context *ctx, uint32_t index)
{
    struct job *job = &s->jobs[index];
    if (s->queue_len == s->queue_cap) {
        queue_grow(s);
    }
    s->queue[(s->queue_begin + s->queue_len++) & (s->queue_cap - 1)] = index;
    job->in_queue = true;
    job->queued_at_us = sim_now(ctx);
}

/* The first job that still has tasks; SIM_NONE = none. */
static uint32_t dequeue(struct omega *s)
{
    while (s->queue_len > 0) {
        const uint32_t index = s->queue[s->queue_begin];
        s->queue_begin = (s->queue_begin + 1) & (s->queue_cap - 1);
        s->queue_len--;
        s->jobs[index].in_queue = false;
        if (s->jobs[index].len > 0) {
            return index;
        }
        forget_if_done(s, index);
    }
    return SIM_NONE;
}

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct omega *s = state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const uint32_t index = job_index(s, &t);
    struct job *job = &s->jobs[index];
    MEM_GROW(job->tasks, job->cap, (size_t)job->len + 1);
    job->tasks[job->len++] = task;
    if (!job->in_queue && !job->pausing && !(s->thinking && s->about == index)) {
        enqueue(s, ctx, index);
    }
    sim_note_wait(ctx, task, job->pausing ? SIM_REASON_BACKOFF : SIM_REASON_SCHEDULER_BUSY);
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct omega *s = state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const uint32_t index = job_index(s, &t);
    struct job *job = &s->jobs[index];
    uint32_t at = 0;
    while (at < job->len && job->tasks[at] != task) {
        at++;
    }
    CHECK(at < job->len);
    s->asked -= s->thinking && s->about == index && at < s->asked;
    for (; at + 1 < job->len; at++) {
        job->tasks[at] = job->tasks[at + 1];
    }
    job->len--;
    forget_if_done(s, index);
}

/* ---- an attempt ----------------------------------------------------------------------------- */

/* Tasks like one that found no room are not asked about. The last answer about a class knows of all
 * the machines that could not run it. */
static size_t place(struct omega *s, struct sim_context *ctx, const struct job *job)
{
    struct sim_choice c = {0};
    const struct sim_class *full = NULL, *last = NULL;
    size_t placed = 0;
    for (uint32_t i = 0; i < s->asked; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, job->tasks[i], &t);
        if (t.cls == full) {
            continue;
        }
        if (last != NULL && last != t.cls) {
            s->attempt.examined += c.examined - c.feasible;
        }
        last = t.cls;
        if (sim_copy_place(ctx, s->copy, job->tasks[i], &c)) {
            placed++;
        } else {
            full = t.cls;
        }
    }
    s->attempt.examined += c.examined - c.feasible;
    return placed;
}

/* Takes the tasks that started out of the job, and counts. An atomic commit has taken back what
 * came before the conflict, and not tried what came after it. */
static void settle(struct omega *s, struct job *job, const struct sim_op *ops, size_t n)
{
    uint32_t kept = 0;
    size_t next = 0; /* Ops are in the order of the tasks. */
    for (uint32_t i = 0; i < job->len; i++) {
        const bool tried = next < n && ops[next].task == job->tasks[i];
        const enum sim_rejection result = tried ? ops[next].result : SIM_REJECT_GONE;
        next += tried;
        if (tried && result == SIM_ACCEPTED) {
            s->attempt.placed++;
            s->asked--;
            continue;
        }
        if (tried) {
            s->attempt.undone += result == SIM_REJECT_ATOMIC && s->attempt.conflicts == 0;
            s->attempt.conflicts += result != SIM_REJECT_ATOMIC;
        }
        job->tasks[kept++] = job->tasks[i];
    }
    job->len = kept;
}

/* Those that found no machine in the copy wait for what holds in the cell now. `ops`: the others.
 */
static void tell_unplaced(const struct omega *s, struct sim_context *ctx, const struct job *job,
                          const struct sim_op *ops, size_t n)
{
    const struct sim_choice none = {.machine = SIM_NONE,
                                    .runner_up = SIM_NONE,
                                    .examined = sim_context_view(ctx)->n,
                                    .together = true};
    size_t next = 0;
    for (uint32_t i = 0; i < s->asked; i++) {
        if (next < n && ops[next].task == job->tasks[i]) {
            next++;
        } else {
            sim_record_refused(ctx, job->tasks[i], &none);
        }
    }
}

/* A gang for which the copy has too little room is not committed in part. */
static void tell_gang(const struct omega *s, struct sim_context *ctx, const struct job *job)
{
    for (uint32_t i = 0; i < s->asked; i++) {
        sim_record_not_tried(ctx, job->tasks[i], SIM_REASON_GANG_INCOMPLETE, NULL);
    }
}

static void commit(struct omega *s, struct sim_context *ctx, struct job *job)
{
    const bool gang = job->gang > 1 && !job->placed_any;
    const size_t found = place(s, ctx, job);
    if (gang && found < job->gang) {
        tell_gang(s, ctx, job);
        return;
    }
    size_t n;
    const struct sim_op *ops = sim_copy_commit(
        ctx, s->copy, s->whole || gang ? SIM_ATOMIC : SIM_PARTIAL, s->versions && !s->live, &n);
    tell_unplaced(s, ctx, job, ops, n);
    settle(s, job, ops, n);
    job->placed_any |= s->attempt.placed > 0;
}

/* What is left of the job is tried again later, or given up. */
static void retry(struct omega *s, struct sim_context *ctx, uint32_t index)
{
    struct job *job = &s->jobs[index];
    if (job->len == 0) {
        forget_if_done(s, index);
    } else if ((job->attempts > s->fruitless_max && !job->placed_any) ||
               job->attempts > s->attempts_max) {
        while (job->len > 0) {
            sim_abandon(ctx, job->tasks[--job->len]);
        }
        forget_if_done(s, index);
    } else {
        job->pausing = true;
        for (uint32_t i = s->asked; i < job->len; i++) { /* They came meanwhile. */
            sim_note_wait(ctx, job->tasks[i], SIM_REASON_BACKOFF);
        }
        sim_timer(ctx, s->retry_us, (uint64_t)index + 1);
    }
}

static void decide(struct omega *s, struct sim_context *ctx)
{
    struct job *job = &s->jobs[s->about];
    if (s->live) {
        sim_copy_refresh(ctx, s->copy);
    }
    commit(s, ctx, job);
    struct sim_attempt *a = &s->attempt;
    a->outcome = a->conflicts > 0 ? SIM_ATTEMPT_CONFLICTED
                 : a->placed > 0  ? SIM_ATTEMPT_USEFUL
                                  : SIM_ATTEMPT_FRUITLESS;
    sim_record_attempt(ctx, a);
    s->thinking = false;
    retry(s, ctx, s->about);
}

/* Takes the next job up. False: there is none. */
static bool begin(struct omega *s, struct sim_context *ctx)
{
    const uint32_t index = dequeue(s);
    if (index == SIM_NONE) {
        return false;
    }
    struct job *job = &s->jobs[index];
    job->attempts++;
    s->about = index;
    s->asked = job->len;
    s->thinking = true;
    s->attempt = (struct sim_attempt){.began_us = sim_now(ctx),
                                      .queued_us = sim_now(ctx) - job->queued_at_us,
                                      .job = job->id,
                                      .number = job->attempts,
                                      .tasks = job->len};
    if (s->copy == NULL) {
        s->copy = sim_copy_create(ctx);
    }
    if (!s->live) {
        sim_copy_refresh(ctx, s->copy);
    }
    const sim_time think = sim_think_time(ctx, job->tier, job->len);
    if (think == 0) {
        decide(s, ctx);
    } else {
        note_all(ctx, job, SIM_REASON_BEING_DECIDED);
        sim_timer(ctx, think, 0);
    }
    return true;
}

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct omega *s = state;
    if (token == 0) {
        decide(s, ctx);
        return;
    }
    const uint32_t index = (uint32_t)(token - 1);
    struct job *job = &s->jobs[index];
    job->pausing = false;
    if (job->len == 0) {
        forget_if_done(s, index);
        return;
    }
    enqueue(s, ctx, index);
    note_all(ctx, job, SIM_REASON_SCHEDULER_BUSY);
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct omega *s = state;
    while (!s->thinking && begin(s, ctx)) {
    }
}

const struct sim_scheduler sim_scheduler_omega = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "omega",
    .summary = "shared state: private copies, think time, optimistic commits, conflicts",
    .source = "Omega (EuroSys 2013) sections 3.4 and 4",
    .options = options,
    .flags = SIM_THINKS,
    .state_bytes = sizeof(struct omega),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_timer = on_timer,
    .on_pass = on_pass,
};
