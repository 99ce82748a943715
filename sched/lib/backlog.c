/* backlog.c - see backlog.h. Jobs lie in one array, found by the name of the job; places of jobs
 * that are gone are used again. */
#include "sched/lib/backlog.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct backlog {
    struct backlog_job *jobs; /* Some free. */
    size_t count, cap;
    uint32_t *spare;
    size_t spare_len, spare_cap;
    struct map_u64 *by_id; /* Name id of a job -> index. */
    uint32_t first, last;
};

struct backlog *backlog_create(void)
{
    struct backlog *b = MEM_NEW(struct backlog, 1);
    b->by_id = map_u64_create();
    b->first = b->last = SIM_NONE;
    return b;
}

void backlog_destroy(struct backlog *b)
{
    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < b->count; i++) {
        mem_free(b->jobs[i].tasks);
    }
    map_u64_destroy(b->by_id);
    mem_free(b->jobs);
    mem_free(b->spare);
    mem_free(b);
}

struct backlog_job *backlog_at(const struct backlog *b, uint32_t job)
{
    CHECK(job < b->count);
    return &b->jobs[job];
}

static uint32_t index_of(struct backlog *b, const struct sim_task_view *t)
{
    bool fresh;
    uint32_t *index = map_u64_put(b->by_id, t->job, &fresh);
    if (!fresh) {
        return *index;
    }
    if (b->spare_len == 0) {
        MEM_GROW(b->jobs, b->cap, b->count + 1);
        *index = (uint32_t)b->count++;
    } else {
        *index = b->spare[--b->spare_len];
    }
    struct backlog_job *job = &b->jobs[*index];
    *job = (struct backlog_job){
        .tasks = job->tasks, .cap = job->cap, .id = t->job, .gang = t->gang, .tier = t->tier};
    return *index;
}

uint32_t backlog_add(struct backlog *b, const struct sim_context *ctx, sim_slot task)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const uint32_t index = index_of(b, &t);
    struct backlog_job *job = &b->jobs[index];
    MEM_GROW(job->tasks, job->cap, (size_t)job->len + 1);
    job->tasks[job->len++] = task;
    return index;
}

uint32_t backlog_drop(struct backlog *b, const struct sim_context *ctx, sim_slot task)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const uint32_t index = index_of(b, &t);
    struct backlog_job *job = &b->jobs[index];
    uint32_t at = 0;
    while (at < job->len && job->tasks[at] != task) {
        at++;
    }
    CHECK(at < job->len);
    job->asked -= at < job->asked;
    for (; at + 1 < job->len; at++) {
        job->tasks[at] = job->tasks[at + 1];
    }
    job->len--;
    return index;
}

void backlog_settle(struct backlog *b, uint32_t index)
{
    const struct backlog_job *job = &b->jobs[index];
    if (job->len > 0 || job->queued || job->held) {
        return;
    }
    map_u64_remove(b->by_id, job->id);
    MEM_GROW(b->spare, b->spare_cap, b->spare_len + 1);
    b->spare[b->spare_len++] = index;
}

void backlog_enqueue(struct backlog *b, uint32_t index, sim_time now_us)
{
    struct backlog_job *job = &b->jobs[index];
    CHECK(!job->queued);
    job->queued = true;
    job->queued_us = now_us;
    job->prev = b->last;
    job->next = SIM_NONE;
    *(b->last != SIM_NONE ? &b->jobs[b->last].next : &b->first) = index;
    b->last = index;
}

void backlog_dequeue(struct backlog *b, uint32_t index)
{
    struct backlog_job *job = &b->jobs[index];
    CHECK(job->queued);
    job->queued = false;
    *(job->prev != SIM_NONE ? &b->jobs[job->prev].next : &b->first) = job->next;
    *(job->next != SIM_NONE ? &b->jobs[job->next].prev : &b->last) = job->prev;
}

uint32_t backlog_first(const struct backlog *b)
{
    return b->first;
}

uint32_t backlog_next(const struct backlog *b, uint32_t index)
{
    return b->jobs[index].next;
}

void backlog_note(struct sim_context *ctx, const struct backlog_job *job, enum sim_reason reason)
{
    for (uint32_t i = 0; i < job->len; i++) {
        sim_note_wait(ctx, job->tasks[i], reason);
    }
}
