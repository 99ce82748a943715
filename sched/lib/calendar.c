/* calendar.c - see calendar.h. */
#include "sched/lib/calendar.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

struct step {
    sim_time at_us;
    struct rooms rooms;
};
struct calendar {
    struct step *steps; /* Sorted; [0, len) are in use, those behind keep their memory. */
    size_t len, cap;
    struct rooms window; /* What is free throughout an interval. */
};

struct calendar *calendar_create(void)
{
    return MEM_NEW(struct calendar, 1);
}

void calendar_destroy(struct calendar *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < c->cap; i++) {
        rooms_fini(&c->steps[i].rooms);
    }
    rooms_fini(&c->window);
    mem_free(c->steps);
    mem_free(c);
}

void calendar_reset(struct calendar *c, const struct sim_context *ctx)
{
    MEM_GROW(c->steps, c->cap, 1);
    c->len = 1;
    c->steps[0].at_us = sim_now(ctx);
    rooms_now(&c->steps[0].rooms, sim_context_view(ctx));
}

/* The step moves behind the ones in use, where its memory waits for the next one. */
static void drop(struct calendar *c, size_t i)
{
    const struct step gone = c->steps[i];
    c->len--;
    memmove(c->steps + i, c->steps + i + 1, (c->len - i) * sizeof *c->steps);
    c->steps[c->len] = gone;
}

void calendar_trim(struct calendar *c, sim_time now_us)
{
    while (c->len > 1 && c->steps[1].at_us <= now_us) {
        drop(c, 0);
    }
}

/* The step that holds at `at_us`; the first one for times before it. */
static size_t step_at(const struct calendar *c, sim_time at_us)
{
    size_t low = 0, high = c->len;
    while (high - low > 1) {
        const size_t mid = (low + high) / 2;
        if (c->steps[mid].at_us <= at_us) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Makes a step begin at `at_us`; returns it. */
static size_t cut(struct calendar *c, sim_time at_us)
{
    const size_t i = step_at(c, at_us);
    if (c->steps[i].at_us >= at_us) {
        return i;
    }
    MEM_GROW(c->steps, c->cap, c->len + 1);
    struct step fresh = c->steps[c->len];
    memmove(c->steps + i + 2, c->steps + i + 1, (c->len - i - 1) * sizeof *c->steps);
    c->len++;
    fresh.at_us = at_us;
    rooms_copy(&fresh.rooms, &c->steps[i].rooms);
    c->steps[i + 1] = fresh;
    return i + 1;
}

/* A step that is like the one before it goes. */
static void join(struct calendar *c, size_t i)
{
    if (i > 0 && i < c->len) {
        const struct rooms *a = &c->steps[i - 1].rooms, *b = &c->steps[i].rooms;
        if (memcmp(a->free, b->free, (size_t)a->dims * a->n * sizeof *a->free) == 0) {
            drop(c, i);
        }
    }
}

void calendar_change(struct calendar *c, struct sim_context *ctx, sim_time from_us, sim_time to_us,
                     const sim_slot *tasks, size_t n, const sim_machine *on, int64_t sign)
{
    if (from_us >= to_us) {
        return;
    }
    const size_t first = cut(c, from_us);
    const size_t end = to_us == SIM_NEVER ? c->len : cut(c, to_us);
    for (size_t i = first; i < end; i++) {
        rooms_add_all(&c->steps[i].rooms, ctx, tasks, n, on, sign);
    }
    join(c, end);
    join(c, first);
}

/* Can the job start with step i, at start_us? If not, *next is the first step with which it is
 * worth trying again: one that lacks the sum lies in the way of every start before it. */
static bool start_with(struct calendar *c, struct sim_context *ctx, size_t i, sim_time start_us,
                       struct job *job, size_t *next)
{
    const sim_time end = job_end_if_started(job, start_us);
    rooms_copy(&c->window, &c->steps[i].rooms);
    *next = i + 1;
    for (size_t k = i; k < c->len && (k == i || c->steps[k].at_us < end); k++) {
        if (!rooms_sum(&c->steps[k].rooms, &job->request)) {
            *next = k + 1;
            return false;
        }
        rooms_least(&c->window, &c->steps[k].rooms);
        if (!rooms_sum(&c->window, &job->request)) {
            return false;
        }
    }
    return rooms_place(&c->window, ctx, job->tasks, job->len, job->on);
}

sim_time calendar_earliest(struct calendar *c, struct sim_context *ctx, sim_time from_us,
                           struct job *job)
{
    for (size_t i = step_at(c, from_us), next; i < c->len; i = next) {
        const sim_time start = c->steps[i].at_us > from_us ? c->steps[i].at_us : from_us;
        if (start_with(c, ctx, i, start, job, &next)) {
            return start;
        }
    }
    return SIM_NEVER;
}

bool calendar_is_sound(const struct calendar *c)
{
    for (size_t i = 0; i < c->len; i++) {
        if (rooms_negative(&c->steps[i].rooms)) {
            return false;
        }
    }
    return true;
}
