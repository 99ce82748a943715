/* jobs.c - see jobs.h. */
#include "sched/lib/jobs.h"

#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct jobs {
    struct job *first, *last;
    struct job **of; /* Per task slot: the job that it waits or runs in. */
    struct job **running;
    size_t of_cap, running_len, running_cap;
    struct job **gangs; /* Gangs that wait, by the value in by_job. */
    size_t gang_len, gang_cap;
    struct map_u64 *by_job; /* Job -> index in gangs; STARTED once it ran. */
    struct gang *gang;
    struct job *unused; /* Linked by next; they keep their arrays. */
};
#define STARTED UINT32_MAX

struct jobs *jobs_create(void)
{
    struct jobs *j = MEM_NEW(struct jobs, 1);
    j->by_job = map_u64_create();
    j->gang = gang_create();
    return j;
}

static void job_free(struct job *job)
{
    mem_free(job->tasks);
    mem_free(job->on);
    mem_free(job);
}

static void free_all(struct job *first)
{
    for (struct job *job = first, *next; job != NULL; job = next) {
        next = job->next;
        job_free(job);
    }
}

void jobs_destroy(struct jobs *j)
{
    if (j == NULL) {
        return;
    }
    for (size_t i = 0; i < j->gang_len; i++) {
        if (j->gangs[i] != NULL && !j->gangs[i]->queued) {
            job_free(j->gangs[i]);
        }
    }
    free_all(j->first);
    free_all(j->unused);
    for (size_t i = 0; i < j->running_len; i++) {
        job_free(j->running[i]);
    }
    map_u64_destroy(j->by_job);
    gang_destroy(j->gang);
    mem_free(j->of);
    mem_free(j->running);
    mem_free(j->gangs);
    mem_free(j);
}

bool resources_within(const struct sim_resources *a, const struct sim_resources *b)
{
    bool within = true;
    for (int d = 0; d < SIM_DIMS; d++) {
        within &= a->v[d] <= b->v[d];
    }
    return within;
}

void resources_add(struct sim_resources *to, const struct sim_resources *what, int64_t sign)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        to->v[d] += sign * what->v[d];
    }
}

/* ---- the queue ------------------------------------------------------------------------------- */

/* Mostly at the end. */
static void enqueue(struct jobs *j, struct job *job)
{
    struct job *before = j->last;
    while (before != NULL && before->seq > job->seq) {
        before = before->prev;
    }
    job->prev = before;
    job->next = before != NULL ? before->next : j->first;
    *(job->prev != NULL ? &job->prev->next : &j->first) = job;
    *(job->next != NULL ? &job->next->prev : &j->last) = job;
    job->queued = true;
}

static void dequeue(struct jobs *j, struct job *job)
{
    *(job->prev != NULL ? &job->prev->next : &j->first) = job->next;
    *(job->next != NULL ? &job->next->prev : &j->last) = job->prev;
    job->prev = job->next = NULL;
    job->queued = false;
}

struct job *jobs_of(const struct jobs *j, sim_slot task)
{
    return j->of[task];
}

struct job *jobs_first(const struct jobs *j)
{
    return j->first;
}

/* The promise was made to another set of tasks. */
static void gang_changed(struct sim_context *ctx, struct job *job)
{
    job->promised_us = 0;
    sim_doubt(ctx, SIM_DOUBT_GANG);
}

static void add_task(struct jobs *j, struct job *job, sim_slot slot, const struct sim_task_view *t)
{
    MEM_GROW(job->tasks, job->cap, job->len + 1);
    MEM_GROW(job->on, job->on_cap, job->len + 1);
    job->on[job->len] = SIM_NONE;
    job->tasks[job->len++] = slot;
    job->limit_us = t->time_limit_us > job->limit_us ? t->time_limit_us : job->limit_us;
    resources_add(&job->request, &t->cls->request, 1);
    MEM_GROW(j->of, j->of_cap, (size_t)slot + 1);
    j->of[slot] = job;
}

static struct job *job_new(struct jobs *j, uint32_t gang, uint64_t seq)
{
    struct job *job = j->unused;
    if (job == NULL) {
        job = MEM_NEW(struct job, 1);
    } else {
        j->unused = job->next;
        *job = (struct job){
            .tasks = job->tasks, .on = job->on, .cap = job->cap, .on_cap = job->on_cap};
    }
    job->gang = gang;
    job->seq = seq;
    return job;
}

static void job_over(struct jobs *j, struct job *job)
{
    job->next = j->unused;
    j->unused = job;
}

static struct job *submit_alone(struct jobs *j, sim_slot task, const struct sim_task_view *t)
{
    struct job *job = job_new(j, 1, t->seq);
    add_task(j, job, task, t);
    enqueue(j, job);
    return job;
}

struct job *jobs_submit(struct jobs *j, struct sim_context *ctx, sim_slot task)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    if (t.gang <= 1) {
        return submit_alone(j, task, &t);
    }
    bool fresh;
    uint32_t *at = map_u64_put(j->by_job, t.job, &fresh);
    if (!fresh && *at == STARTED) {
        return submit_alone(j, task, &t);
    }
    if (fresh) {
        *at = (uint32_t)j->gang_len;
        MEM_GROW(j->gangs, j->gang_cap, j->gang_len + 1);
        j->gangs[j->gang_len++] = job_new(j, t.gang, t.seq);
    }
    struct job *job = j->gangs[*at];
    add_task(j, job, task, &t);
    if (!job->queued && job->len >= job->gang) {
        enqueue(j, job);
        if (job->next != NULL) { /* Others in the queue came after its first task. */
            sim_doubt(ctx, SIM_DOUBT_GANG);
        }
        return job;
    }
    if (job->queued) {
        gang_changed(ctx, job);
    }
    if (!job->queued) {
        sim_record_not_tried(ctx, task, SIM_REASON_GANG_INCOMPLETE, NULL);
    }
    job->told = JOB_TOLD_NOTHING; /* The new member was told nothing. */
    job->tried = false;
    return NULL;
}

static void forget_task(struct jobs *j, struct sim_context *ctx, struct job *job, sim_slot task)
{
    struct sim_task_view t;
    uint32_t i = 0;
    sim_task_get(ctx, task, &t);
    while (job->tasks[i] != task) {
        i++;
    }
    job->len--;
    memmove(job->tasks + i, job->tasks + i + 1, (job->len - i) * sizeof *job->tasks);
    memmove(job->on + i, job->on + i + 1, (job->len - i) * sizeof *job->on);
    resources_add(&job->request, &t.cls->request, -1);
    j->of[task] = NULL;
}

/* The gang is no longer to be found by its name. */
static void gang_over(struct jobs *j, uint32_t name, bool started)
{
    uint32_t *at = map_u64_get(j->by_job, name);
    CHECK(at != NULL && *at != STARTED);
    const uint32_t freed = *at;
    j->gangs[freed] = NULL;
    if (started) {
        *at = STARTED;
    } else {
        map_u64_remove(j->by_job, name);
    }
}

bool jobs_cancel(struct jobs *j, struct sim_context *ctx, sim_slot task)
{
    struct job *job = j->of[task];
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const bool queued = job->queued;
    forget_task(j, ctx, job, task);
    if (job->len > 0) {
        gang_changed(ctx, job);
    }
    if (queued && job->len < job->gang) {
        dequeue(j, job);
    }
    if (job->len == 0) {
        if (job->gang > 1) {
            gang_over(j, t.job, false);
        }
        job_over(j, job);
    }
    return queued;
}

/* ---- running jobs ---------------------------------------------------------------------------- */

static void run(struct jobs *j, struct job *job)
{
    MEM_GROW(j->running, j->running_cap, j->running_len + 1);
    size_t i = j->running_len++;
    for (; i > 0 && j->running[i - 1]->end_us > job->end_us; i--) {
        j->running[i] = j->running[i - 1];
        j->running[i]->running_at = i;
    }
    j->running[i] = job;
    job->running_at = i;
}

void jobs_end(struct jobs *j, struct sim_context *ctx, sim_slot task)
{
    struct job *job = j->of[task];
    if (sim_now(ctx) > job->end_us) {
        sim_doubt(ctx, SIM_DOUBT_OVERRUN);
    }
    forget_task(j, ctx, job, task);
    if (job->len > 0) {
        return;
    }
    j->running_len--;
    for (size_t i = job->running_at; i < j->running_len; i++) {
        j->running[i] = j->running[i + 1];
        j->running[i]->running_at = i;
    }
    job_over(j, job);
}

struct job *const *jobs_running(const struct jobs *j, size_t *n)
{
    *n = j->running_len;
    return j->running;
}

sim_time job_end(const struct job *job, sim_time now_us)
{
    return job->end_us > now_us ? job->end_us : now_us + 1;
}

sim_time job_end_if_started(const struct job *job, sim_time now_us)
{
    return job->limit_us < SIM_NEVER - now_us ? now_us + job->limit_us : SIM_NEVER;
}

bool job_fits_on(struct sim_context *ctx, struct job *job, struct rooms *now)
{
    struct sim_task_view t;
    if (job->len > 1) {
        return rooms_place(now, ctx, job->tasks, job->len, NULL);
    }
    sim_task_get(ctx, job->tasks[0], &t);
    for (sim_machine m = 0; m < now->n; m++) { /* Devices and all. */
        if (sim_fits(ctx, t.cls, m)) {
            return true;
        }
    }
    return false;
}

void job_tell_no_room(struct sim_context *ctx, struct job *job)
{
    const struct sim_choice none = {
        .machine = SIM_NONE, .runner_up = SIM_NONE, .examined = sim_context_view(ctx)->n};
    for (uint32_t i = 0; i < job->len && job->told != JOB_TOLD_NO_ROOM; i++) {
        if (job->gang == 1) {
            sim_record_refused(ctx, job->tasks[i], &none);
        } else {
            sim_record_not_tried(ctx, job->tasks[i], SIM_REASON_GANG_INCOMPLETE, NULL);
        }
    }
    job->told = JOB_TOLD_NO_ROOM;
}

void job_tell_reserved(struct sim_context *ctx, struct job *job, const struct job *other)
{
    const struct sim_ahead ahead = {1, other->request, other->tasks[0]};
    const bool known = job->told == JOB_TOLD_RESERVED && job->told_of == other->seq;
    for (uint32_t i = 0; i < job->len && !known; i++) {
        sim_record_not_tried(ctx, job->tasks[i], SIM_REASON_RESERVED_FOR_OTHER, &ahead);
    }
    job->told = JOB_TOLD_RESERVED;
    job->told_of = other->seq;
}

/* ---- promises -------------------------------------------------------------------------------- */

/* How many running jobs will have ended by `us`, by their estimates. */
static size_t ended_by(const struct jobs *j, sim_time us)
{
    size_t low = 0, high = j->running_len;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (j->running[mid]->end_us <= us) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Whose estimated end is at `us`: it runs, or is promised a start itself. */
static sim_slot ends_at(const struct jobs *j, size_t ended, sim_time us)
{
    if (ended > 0 && j->running[ended - 1]->end_us == us) {
        return j->running[ended - 1]->tasks[0];
    }
    for (const struct job *job = j->first; job != NULL; job = job->next) {
        if (job->promised_us > 0 && job_end_if_started(job, job->promised_us) == us) {
            return job->tasks[0];
        }
    }
    return SIM_NONE;
}

/* Devices and limits of spreading are in no plan. */
static bool is_plain(struct sim_context *ctx, const struct job *job)
{
    struct sim_task_view t;
    bool plain = job->request.v[SIM_GPU] == 0;
    for (uint32_t i = 0; i < job->len && plain; i++) {
        sim_task_get(ctx, job->tasks[i], &t);
        plain = t.cls->max_per_machine == 0;
    }
    return plain;
}

void job_promise(struct sim_context *ctx, const struct jobs *j, struct job *job, sim_time start_us,
                 bool exact)
{
    const sim_time now = sim_now(ctx);
    const bool any_moment = j->running_len > 0 && j->running[0]->end_us <= now;
    if (start_us == job->promised_us || start_us <= now + any_moment || start_us == SIM_NEVER) {
        return;
    }
    const size_t ended = ended_by(j, start_us);
    const struct sim_promise promise = {.start_us = start_us,
                                        .because = ends_at(j, ended, start_us),
                                        .ends = (uint32_t)ended,
                                        .tasks = job->len,
                                        .exact = exact && is_plain(ctx, job)};
    sim_record_promise(ctx, job->tasks[0], &promise);
    job->promised_us = start_us;
}

bool jobs_overrun(const struct jobs *j, struct sim_context *ctx)
{
    const bool overrun = j->running_len > 0 && j->running[0]->end_us <= sim_now(ctx);
    if (overrun) {
        sim_doubt(ctx, SIM_DOUBT_OVERRUN);
    }
    return overrun;
}

/* ---- starting -------------------------------------------------------------------------------- */

/* Those that did not start with their gang queue up one by one. */
static void leave_behind(struct jobs *j, struct sim_context *ctx, struct job *job, size_t started)
{
    const sim_slot *ran = gang_started(j->gang);
    size_t next = 0;
    for (uint32_t i = 0; i < job->len;) {
        const sim_slot task = job->tasks[i];
        if (next < started && ran[next] == task) {
            next++;
            i++;
        } else {
            struct sim_task_view t;
            sim_task_get(ctx, task, &t);
            forget_task(j, ctx, job, task);
            submit_alone(j, task, &t);
            gang_changed(ctx, job);
        }
    }
}

/* The first n of its tasks that are in gang_started(), or its only one, run. */
static void started(struct jobs *j, struct sim_context *ctx, struct job *job, size_t n)
{
    struct sim_task_view t;
    dequeue(j, job);
    if (job->gang > 1) {
        sim_task_get(ctx, job->tasks[0], &t);
        gang_over(j, t.job, true);
        leave_behind(j, ctx, job, n);
    }
    for (uint32_t i = 0; i < job->len; i++) {
        sim_task_get(ctx, job->tasks[i], &t);
        job->on[i] = t.machine;
    }
    job->start_us = sim_now(ctx);
    job->end_us = job->until_us = job_end_if_started(job, sim_now(ctx));
    run(j, job);
}

bool jobs_start(struct jobs *j, struct sim_context *ctx, struct job *job, bool backfilled)
{
    job->tried = true;
    const size_t n = job->gang == 1
                         ? start_task(ctx, job->tasks[0], backfilled)
                         : gang_start(j->gang, ctx, job->tasks, job->len, job->gang, backfilled);
    if (n == 0) {
        job->told = JOB_TOLD_NO_ROOM;
        return false;
    }
    started(j, ctx, job, n);
    return true;
}

bool jobs_start_where(struct jobs *j, struct sim_context *ctx, struct job *job, struct where *where,
                      bool backfilled)
{
    job->tried = true;
    if (!gang_start_where(j->gang, ctx, job->tasks, job->len, where, backfilled)) {
        return false;
    }
    started(j, ctx, job, job->len);
    return true;
}
