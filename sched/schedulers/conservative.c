/* conservative.c - conservative backfilling: every job is promised a start when it comes, and may
 * start early only where no promise is broken.
 *
 * A job is given the earliest start at which the plan holds it for its whole estimate. When a job
 * ends or gives up, the rest of its time is given back, and then each waiting job, in queue order,
 * is taken out of the plan and put back at its earliest start, the others staying in place: nothing
 * ever moves later. (Rebuilding the plan from scratch instead breaks promises.) When machines come
 * or go the plan is made anew.
 *
 * The plan counts free amounts of the whole cell, as easy does: only where the sums decide, as in
 * one pool of processors, and no task outlives its estimate, is every promise kept. Source: Mu'alem
 * and Feitelson (IEEE TPDS 2001), section 2; compression: Feitelson and Weil (IPPS 1998). */
#include <simctl/scheduler.h>

#include "base/mem.h"
#include "sched/lib/jobs.h"
#include "sched/lib/profile.h"

struct conservative {
    struct jobs *jobs;
    struct profile *plan;
    bool per_event;       /* Each pass follows one event. */
    bool submitted;       /* The pass is that of a submission. */
    bool anew;            /* Machines changed. */
    bool room_changed;    /* Since the last pass. */
    uint64_t to_compress; /* Ends that were not followed by a compression yet. */
    struct job **fresh, **due;
    size_t fresh_len, fresh_cap, due_cap;
    uint64_t moves; /* Numbers reservations in the order in which they were made or moved. */
};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct conservative *s = state;
    (void)diag;
    s->per_event = sim_settings_choice(sim_context_settings(ctx), "event_order") == 1;
    s->jobs = jobs_create();
    s->plan = profile_create();
    s->anew = true;
    return true;
}

static void fini(void *state)
{
    struct conservative *s = state;
    jobs_destroy(s->jobs);
    profile_destroy(s->plan);
    mem_free(s->fresh);
    mem_free(s->due);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void reserve(struct conservative *s, struct job *job, sim_time from)
{
    job->start_us = profile_earliest(s->plan, from, job->limit_us, &job->request);
    job->moved = s->moves++;
    if (job->start_us != SIM_NEVER) {
        profile_change(s->plan, job->start_us, job_end_if_started(job, job->start_us),
                       &job->request, -1);
    }
}

static void release(struct conservative *s, const struct job *job, sim_time from)
{
    const sim_time start = job->start_us > from ? job->start_us : from;
    if (job->start_us != SIM_NEVER) {
        profile_change(s->plan, start, job_end_if_started(job, job->start_us), &job->request, 1);
    }
}

/* Each waiting job at its earliest start, one by one, the others in place. */
static void compress(struct conservative *s, struct sim_context *ctx)
{
    const sim_time now = sim_now(ctx);
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->start_us > now && job->planned) {
            const sim_time was = job->start_us;
            const uint64_t moved = job->moved;
            release(s, job, now);
            reserve(s, job, now);
            job->moved = job->start_us == was ? moved : job->moved;
        }
    }
}

/* From what runs, then the waiting in queue order. */
static void plan_anew(struct conservative *s, struct sim_context *ctx)
{
    size_t n;
    struct sim_resources room;
    const sim_time now = sim_now(ctx);
    struct job *const *running = jobs_running(s->jobs, &n);
    sim_room(ctx, &room);
    profile_reset(s->plan, now, &room);
    for (size_t i = 0; i < n; i++) {
        profile_change(s->plan, job_end(running[i], now), SIM_NEVER, &running[i]->request, 1);
    }
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        reserve(s, job, now);
        job->planned = true;
    }
    s->fresh_len = 0;
    s->to_compress = 0;
    s->anew = false;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct conservative *s = state;
    struct job *job = jobs_submit(s->jobs, ctx, task);
    s->submitted = true;
    if (job != NULL) {
        MEM_GROW(s->fresh, s->fresh_cap, s->fresh_len + 1);
        s->fresh[s->fresh_len++] = job;
    } else {
        s->anew = true; /* A gang that waits may have grown. */
    }
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct conservative *s = state;
    const struct job *job = jobs_of(s->jobs, task);
    if (job->planned && job->len == 1) {
        release(s, job, sim_now(ctx));
        s->to_compress++;
    } else {
        s->anew |= job->queued; /* A gang shrinks. */
    }
    jobs_cancel(s->jobs, ctx, task);
}

static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct conservative *s = state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    const struct job *job = jobs_of(s->jobs, task);
    const sim_time now = sim_now(ctx), end = job->end_us;
    if (now < end) {
        profile_change(s->plan, now, end, &t.cls->request, 1);
    }
    s->to_compress += job->len == 1;
    s->room_changed = true;
    jobs_end(s->jobs, ctx, task);
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct conservative *s = state;
    (void)ctx, (void)m;
    s->anew = s->room_changed = true;
}

/* ---- a pass ---------------------------------------------------------------------------------- */

/* In event order an end is followed by one compression, when it has its turn: not in the pass of a
 * submission of the same instant. In batch order one follows all ends. */
static void update_plan(struct conservative *s, struct sim_context *ctx)
{
    profile_trim(s->plan, sim_now(ctx));
    if (s->anew) {
        plan_anew(s, ctx);
        return;
    }
    if (s->to_compress > 0 && !(s->per_event && s->submitted)) {
        s->to_compress = s->per_event ? s->to_compress - 1 : 0;
        compress(s, ctx);
    }
    for (size_t i = 0; i < s->fresh_len; i++) {
        reserve(s, s->fresh[i], sim_now(ctx));
        s->fresh[i]->planned = true;
    }
    s->fresh_len = 0;
}

/* A start that slipped, because the machines had less room than the sum said, takes its plan along.
 */
static void start(struct conservative *s, struct sim_context *ctx, struct job *job)
{
    const sim_time planned = job->start_us, now = sim_now(ctx);
    const uint32_t len = job->len;
    if (!jobs_start(s->jobs, ctx, job, job != jobs_first(s->jobs))) {
        return;
    }
    s->room_changed = true;
    s->anew |= planned < now || job->len < len;
}

/* Jobs whose time has come, in the order in which their reservations were made or moved. */
static void start_due(struct conservative *s, struct sim_context *ctx)
{
    size_t n = 0;
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->start_us <= sim_now(ctx)) {
            MEM_GROW(s->due, s->due_cap, n + 1);
            size_t i = n++;
            for (; i > 0 && s->due[i - 1]->moved > job->moved; i--) {
                s->due[i] = s->due[i - 1];
            }
            s->due[i] = job;
        }
    }
    for (size_t i = 0; i < n; i++) {
        start(s, ctx, s->due[i]);
    }
}

/* Those that wait on: for room, or for the promise that comes first among those made to others. */
static void tell(struct conservative *s, struct sim_context *ctx)
{
    struct sim_resources room;
    const struct job *first = NULL, *second = NULL; /* By promised start. */
    sim_room(ctx, &room);
    for (const struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (first == NULL || job->start_us < first->start_us) {
            second = first;
            first = job;
        } else if (second == NULL || job->start_us < second->start_us) {
            second = job;
        }
    }
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (!resources_within(&job->request, &room)) {
            job_tell_no_room(ctx, job);
        } else if (job->start_us > sim_now(ctx)) {
            const struct job *other = job != first ? first : second;
            job_tell_reserved(ctx, job, other != NULL ? other : job);
        }
    }
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct conservative *s = state;
    const bool news = s->submitted || s->anew; /* A gang may have grown. */
    update_plan(s, ctx);
    start_due(s, ctx);
    while (s->anew) { /* A gang left members behind, or a start slipped. */
        update_plan(s, ctx);
        start_due(s, ctx);
    }
    if (news || s->room_changed) {
        tell(s, ctx);
    }
    s->submitted = s->room_changed = false;
}

const struct sim_scheduler sim_scheduler_conservative = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "conservative",
    .summary = "conservative backfilling: every job is promised a start, no promise is broken",
    .source = "Mu'alem and Feitelson (IEEE TPDS 2001) section 2",
    .flags = SIM_ONE_PER_RUN,
    .state_bytes = sizeof(struct conservative),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_end = on_end,
    .on_machine = on_machine,
    .on_pass = on_pass,
};
