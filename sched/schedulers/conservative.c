/* conservative.c - conservative backfilling: every job is promised a start when it comes, and may
 * start early only where no promise is broken.
 *
 * A job is given the earliest start at which the plan holds it for its whole estimate. When a job
 * ends or gives up, the rest of its time is given back, and then each waiting job, in queue order,
 * is taken out of the plan and put back at its earliest start, the others staying in place: nothing
 * ever moves later. (Rebuilding the plan from scratch instead breaks promises.) When machines come
 * or go, or a gang grows or shrinks, the promises stay if they can all be kept, else the plan is
 * made anew.
 *
 *   queue.reserve   sums: the plan counts free amounts of the whole cell. machines: a promise is a
 *                   set of machines that have the room for the whole estimate, the lowest-numbered
 *                   ones that have it first, and the job starts there; the policy is not asked.
 *                   A machine may hold several tasks, running and promised.
 *
 * A task that outlives its estimate is expected to end any moment: in each pass the plan has it end
 * right after now. A job whose time has come and that finds no room, because of that or because no
 * machine has what the sum says, is taken out and put back, as early as the plan has room.
 *
 * A promise is kept where the plan is exact: with `machines`, or where the sums decide, as on one
 * machine (devices and limits of spreading are in neither plan); as long as no task outlives its
 * estimate and no machine leaves. Source: Mu'alem and Feitelson (IEEE TPDS 2001), section 2;
 * compression: Feitelson and Weil (IPPS 1998); machines: conservative_bf of batsched, the
 * schedulers of Batsim. */
#include <simctl/scheduler.h>

#include <string.h>

#include "base/mem.h"
#include "sched/lib/jobs.h"
#include "sched/lib/plan.h"

struct conservative {
    struct jobs *jobs;
    struct plan *plan;
    bool machines;        /* A promise is a set of machines. */
    bool per_event;       /* Each pass follows one event. */
    bool submitted;       /* The pass is that of a submission. */
    bool anew;            /* Machines or gangs changed. */
    bool room_changed;    /* Since the last pass. */
    uint64_t to_compress; /* Ends that were not followed by a compression yet. */
    struct job **fresh, **due;
    size_t fresh_len, fresh_cap, due_cap;
    uint64_t moves;   /* Numbers reservations in the order in which they were made or moved. */
    sim_machine *was; /* Scratch: machines of a promise. */
    size_t was_cap;
    struct rooms now; /* Scratch. */
    struct where where;
};

static const struct sim_option options[] = {
    {"queue.reserve", SIM_OPT_CHOICE, 0, 0, "sums", "sums|machines",
     "what is promised: enough room in sum, or certain machines"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct conservative *s = state;
    (void)diag;
    s->machines = sim_settings_choice(sim_context_settings(ctx), "queue.reserve") == 1;
    s->per_event = sim_settings_choice(sim_context_settings(ctx), "event_order") == 1;
    s->jobs = jobs_create();
    s->plan = plan_create(s->machines);
    s->anew = true;
    return true;
}

static void fini(void *state)
{
    struct conservative *s = state;
    jobs_destroy(s->jobs);
    plan_destroy(s->plan);
    rooms_fini(&s->now);
    where_fini(&s->where);
    mem_free(s->fresh);
    mem_free(s->due);
    mem_free(s->was);
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* The job's part of the plan, from its start or from now on. */
static void change(struct conservative *s, struct sim_context *ctx, const struct job *job,
                   int64_t sign)
{
    const sim_time now = sim_now(ctx), start = job->start_us > now ? job->start_us : now;
    if (job->start_us != SIM_NEVER) {
        plan_change(s->plan, ctx, start, job_end_if_started(job, job->start_us), job, sign);
    }
}

static void reserve(struct conservative *s, struct sim_context *ctx, struct job *job)
{
    job->start_us = plan_earliest(s->plan, ctx, sim_now(ctx), job);
    job->moved = s->moves++;
    job->planned = true;
    change(s, ctx, job, -1);
}

/* Out, and in again at its earliest start. Filling lowest-numbered machines first, unequal members
 * may find no place with more room around: then they stay where they were. */
static void put_back(struct conservative *s, struct sim_context *ctx, struct job *job)
{
    const sim_time was = job->start_us;
    const uint64_t moved = job->moved;
    MEM_GROW(s->was, s->was_cap, job->len);
    memcpy(s->was, job->on, job->len * sizeof *s->was);
    change(s, ctx, job, 1);
    reserve(s, ctx, job);
    if (job->start_us > was) {
        change(s, ctx, job, 1);
        job->start_us = was;
        memcpy(job->on, s->was, job->len * sizeof *s->was);
        change(s, ctx, job, -1);
    }
    job->moved = job->start_us == was ? moved : job->moved;
}

/* Each waiting job at its earliest start, one by one, the others in place. One whose time has come
 * has nothing to gain but lower-numbered machines. */
static void compress(struct conservative *s, struct sim_context *ctx)
{
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if ((job->start_us > sim_now(ctx) || s->machines) && job->planned) {
            put_back(s, ctx, job);
        }
    }
}

/* What runs, and when it will have ended. */
static void plan_running(struct conservative *s, struct sim_context *ctx)
{
    size_t n;
    struct job *const *running = jobs_running(s->jobs, &n);
    plan_reset(s->plan, ctx);
    for (size_t i = 0; i < n; i++) {
        running[i]->until_us = job_end(running[i], sim_now(ctx));
        plan_change(s->plan, ctx, running[i]->until_us, SIM_NEVER, running[i], 1);
    }
}

/* Are its machines, if it has any, still fit for it? */
static bool may_stay(const struct conservative *s, struct sim_context *ctx, const struct job *job)
{
    for (uint32_t i = 0; s->machines && job->start_us != SIM_NEVER && i < job->len; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, job->tasks[i], &t);
        if (!sim_could_run(ctx, t.cls, job->on[i])) {
            return false;
        }
    }
    return true;
}

/* With all promises in place; false if they cannot all be kept. */
static bool keep_promises(struct conservative *s, struct sim_context *ctx)
{
    plan_running(s, ctx);
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->planned && !may_stay(s, ctx, job)) {
            return false;
        }
        if (job->planned) {
            job->start_us = job->start_us > sim_now(ctx) ? job->start_us : sim_now(ctx);
            change(s, ctx, job, -1);
        }
    }
    return plan_is_sound(s->plan);
}

static void plan_anew(struct conservative *s, struct sim_context *ctx)
{
    const bool kept = keep_promises(s, ctx);
    if (kept) {
        compress(s, ctx);
    } else {
        plan_running(s, ctx);
    }
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (!kept || !job->planned) {
            reserve(s, ctx, job);
        }
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
    } else if (jobs_of(s->jobs, task)->queued) { /* A gang has grown. */
        jobs_of(s->jobs, task)->planned = false;
        s->anew = true;
    }
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct conservative *s = state;
    struct job *job = jobs_of(s->jobs, task);
    if (job->planned && job->len == 1) {
        change(s, ctx, job, 1);
        s->to_compress++;
    } else { /* A gang shrinks. */
        s->anew |= job->queued;
        job->planned = false;
    }
    jobs_cancel(s->jobs, ctx, task);
}

static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct conservative *s = state;
    const struct job *job = jobs_of(s->jobs, task);
    if (sim_now(ctx) < job->until_us) {
        plan_give(s->plan, ctx, sim_now(ctx), job->until_us, task);
    }
    s->to_compress += job->len == 1;
    s->room_changed = true;
    jobs_end(s->jobs, ctx, task);
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct conservative *s = state;
    (void)m;
    sim_doubt(ctx, SIM_DOUBT_MACHINES);
    s->anew = s->room_changed = true;
}

/* ---- a pass ---------------------------------------------------------------------------------- */

/* Tasks that outlive their estimates keep their room until right after now. */
static bool extend_overruns(struct conservative *s, struct sim_context *ctx)
{
    size_t n;
    struct job *const *running = jobs_running(s->jobs, &n);
    const sim_time now = sim_now(ctx);
    if (!jobs_overrun(s->jobs, ctx)) {
        return false;
    }
    for (size_t i = 0; i < n && running[i]->end_us <= now; i++) {
        struct job *job = running[i];
        if (job->until_us <= now) {
            plan_change(s->plan, ctx, now, now + 1, job, -1);
            job->until_us = now + 1;
        }
    }
    return true;
}

/* Jobs whose time has come, where the room may not be there. All out, then in again in queue
 * order. */
static void put_back_due(struct conservative *s, struct sim_context *ctx)
{
    const sim_time now = sim_now(ctx);
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->planned && job->start_us <= now) {
            change(s, ctx, job, 1);
        }
    }
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->planned && job->start_us <= now) {
            reserve(s, ctx, job);
        }
    }
}

static bool any_slipped(const struct conservative *s, const struct sim_context *ctx)
{
    for (const struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->planned && job->start_us < sim_now(ctx)) {
            return true;
        }
    }
    return false;
}

/* In event order an end is followed by one compression, when it has its turn: not in the pass of a
 * submission of the same instant. In batch order one follows all ends. */
static void update_plan(struct conservative *s, struct sim_context *ctx)
{
    plan_trim(s->plan, sim_now(ctx));
    if (s->anew) {
        (void)jobs_overrun(s->jobs, ctx);
        plan_anew(s, ctx);
        return;
    }
    if (extend_overruns(s, ctx) || any_slipped(s, ctx)) {
        put_back_due(s, ctx);
    }
    if (s->to_compress > 0 && !(s->per_event && s->submitted)) {
        s->to_compress = s->per_event ? s->to_compress - 1 : 0;
        compress(s, ctx);
    }
    for (size_t i = 0; i < s->fresh_len; i++) {
        reserve(s, ctx, s->fresh[i]);
    }
    s->fresh_len = 0;
}

static void start(struct conservative *s, struct sim_context *ctx, struct job *job)
{
    const uint32_t len = job->len;
    const bool ahead = job != jobs_first(s->jobs);
    s->where.on = job->on;
    if (s->machines ? !jobs_start_where(s->jobs, ctx, job, &s->where, ahead)
                    : !jobs_start(s->jobs, ctx, job, ahead)) {
        return;
    }
    s->room_changed = true;
    s->anew |= job->len < len;
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
    if (s->machines) {
        rooms_now(&s->now, sim_context_view(ctx));
    }
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (!resources_within(&job->request, &room) ||
            (s->machines && !job_fits_on(ctx, job, &s->now))) {
            job_tell_no_room(ctx, job);
        } else if (job->start_us > sim_now(ctx) || s->machines) {
            const struct job *other = job != first ? first : second;
            job_tell_reserved(ctx, job, other != NULL ? other : job);
        }
    }
}

static void promise_all(struct conservative *s, struct sim_context *ctx)
{
    const bool exact = s->machines || sim_context_view(ctx)->n == 1;
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        if (job->start_us != job->promised_us) {
            job_promise(ctx, s->jobs, job, job->start_us, exact);
        }
    }
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct conservative *s = state;
    const bool news = s->submitted || s->anew; /* A gang may have grown. */
    update_plan(s, ctx);
    start_due(s, ctx);
    while (s->anew) { /* A gang left members behind. */
        update_plan(s, ctx);
        start_due(s, ctx);
    }
    if (news || s->room_changed) {
        tell(s, ctx);
    }
    promise_all(s, ctx);
    s->submitted = s->room_changed = false;
}

const struct sim_scheduler sim_scheduler_conservative = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "conservative",
    .summary = "conservative backfilling: every job is promised a start, no promise is broken",
    .source = "Mu'alem and Feitelson (IEEE TPDS 2001) section 2",
    .options = options,
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
