/* plan.c - see plan.h. */
#include "sched/lib/plan.h"

#include "base/mem.h"
#include "sched/lib/calendar.h"
#include "sched/lib/profile.h"

struct plan {
    struct profile *sums; /* One of the two. */
    struct calendar *machines;
};

struct plan *plan_create(bool machines)
{
    struct plan *p = MEM_NEW(struct plan, 1);
    p->sums = machines ? NULL : profile_create();
    p->machines = machines ? calendar_create() : NULL;
    return p;
}

void plan_destroy(struct plan *p)
{
    if (p != NULL) {
        profile_destroy(p->sums);
        calendar_destroy(p->machines);
        mem_free(p);
    }
}

void plan_reset(struct plan *p, struct sim_context *ctx)
{
    struct sim_resources room;
    if (p->machines != NULL) {
        calendar_reset(p->machines, ctx);
    } else {
        sim_room(ctx, &room);
        profile_reset(p->sums, sim_now(ctx), &room);
    }
}

void plan_trim(struct plan *p, sim_time now_us)
{
    if (p->machines != NULL) {
        calendar_trim(p->machines, now_us);
    } else {
        profile_trim(p->sums, now_us);
    }
}

sim_time plan_earliest(struct plan *p, struct sim_context *ctx, sim_time from_us, struct job *job)
{
    return p->machines != NULL ? calendar_earliest(p->machines, ctx, from_us, job)
                               : profile_earliest(p->sums, from_us, job->limit_us, &job->request);
}

void plan_change(struct plan *p, struct sim_context *ctx, sim_time from_us, sim_time to_us,
                 const struct job *job, int64_t sign)
{
    if (p->machines != NULL) {
        calendar_change(p->machines, ctx, from_us, to_us, job->tasks, job->len, job->on, sign);
    } else {
        profile_change(p->sums, from_us, to_us, &job->request, sign);
    }
}

void plan_give(struct plan *p, struct sim_context *ctx, sim_time from_us, sim_time to_us,
               sim_slot task)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    if (p->machines != NULL) {
        calendar_change(p->machines, ctx, from_us, to_us, &task, 1, &t.machine, 1);
    } else {
        profile_change(p->sums, from_us, to_us, &t.cls->request, 1);
    }
}

bool plan_is_sound(const struct plan *p)
{
    return p->machines != NULL ? calendar_is_sound(p->machines) : profile_is_sound(p->sums);
}
