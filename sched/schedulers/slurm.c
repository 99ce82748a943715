/* slurm.c - a batch system: jobs in the order of a priority of several factors; backfilling at
 * intervals.
 *
 * When something happened, jobs are started from the head of the queue until one does not fit; at
 * most `depth` are looked at. Every bf.interval, as long as something changes, the backfill pass
 * plans: each job in order, the first bf.max_jobs of them, is given the earliest start at which the
 * plan holds it for its whole estimate, within bf.window from now; one whose start is now begins.
 * The plan is made anew each time and its promises are not kept: priorities change, and so does the
 * order. Times in it are multiples of bf.resolution, rounded up.
 *
 * Priorities (lib/multifactor.h) are computed when a job comes and every `calc_period`: usage is
 * charged then, too. The order is by priority, then time of entry. All weights are 0 by default, as
 * in Slurm: then the order is first come, first served, and the priority that jobs come with.
 *
 * The plan counts free amounts of the whole cell. What is not there: partitions, licences,
 * preemption, whole nodes. Source: Slurm 24.11, Multifactor Priority Plugin, SchedulerParameters of
 * slurm.conf (defaults as in the code where the guide differs), plugins/sched/backfill. */
#include <simctl/scheduler.h>

#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/jobs.h"
#include "sched/lib/multifactor.h"
#include "sched/lib/profile.h"

struct slurm {
    struct jobs *jobs;
    struct multifactor *factors;
    struct profile *plan;
    sim_time calc_period_us, bf_interval_us, bf_resolution_us, bf_window_us;
    uint32_t depth, bf_max;
    struct job **order; /* Waiting jobs; their rank is in job->moved. */
    size_t order_len, order_cap;
    bool dirty;   /* The order is to be made anew. */
    bool changed; /* Something could start that could not before. */
    bool backfill_due, backfill_armed;
    bool rank_due;    /* A user came who has to be ranked among the others. */
    int64_t cell_cpu; /* Milli-cores of machines that are up; -1 = to be summed again. */
    bool news;        /* Since the last backfill pass: else another one would do the same. */
    sim_time calc_us; /* When priorities were computed last. */
};

#define YEAR SIM_SECONDS(366 * 86400)
#define WEIGHT(key, what)                                                                          \
    {                                                                                              \
        "scheduler.weight." key, SIM_OPT_INT, 0, MULTIFACTOR_WEIGHT_MAX, "0", NULL,                \
            "weight of " what " in the priority of a job"                                          \
    }
static const struct sim_option options[] = {
    WEIGHT("age", "its time in the queue"),
    WEIGHT("fairshare", "how little its user has used"),
    WEIGHT("size", "its share of the cell"),
    WEIGHT("tier", "its service tier"),
    {"scheduler.favour_small", SIM_OPT_BOOL, 0, 0, "false", NULL,
     "the size factor favours small jobs instead of large ones"},
    {"scheduler.max_age", SIM_OPT_TIME, 1, YEAR, "7d", NULL,
     "time in the queue at which the age factor is 1"},
    {"scheduler.half_life", SIM_OPT_TIME, 1, YEAR, "7d", NULL,
     "usage counts half as much after this time"},
    {"scheduler.calc_period", SIM_OPT_TIME, 1, YEAR, "5m", NULL,
     "how often priorities are computed and usage is charged"},
    {"scheduler.depth", SIM_OPT_INT, 1, INT32_MAX, "100", NULL,
     "jobs that are looked at when something happened"},
    {"scheduler.bf.interval", SIM_OPT_TIME, 1, YEAR, "30s", NULL, "between two backfill passes"},
    {"scheduler.bf.resolution", SIM_OPT_TIME, 1, YEAR, "1m", NULL,
     "times of the backfill plan are multiples of this"},
    {"scheduler.bf.window", SIM_OPT_TIME, 1, YEAR, "1d", NULL,
     "how far the backfill plan looks ahead"},
    {"scheduler.bf.max_jobs", SIM_OPT_INT, 1, INT32_MAX, "500", NULL,
     "jobs that a backfill pass looks at"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct slurm *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    const struct multifactor_weights w = {
        .age = sim_settings_int(set, "scheduler.weight.age"),
        .fairshare = sim_settings_int(set, "scheduler.weight.fairshare"),
        .size = sim_settings_int(set, "scheduler.weight.size"),
        .tier = sim_settings_int(set, "scheduler.weight.tier"),
        .max_age_us = sim_settings_int(set, "scheduler.max_age"),
        .favour_small = sim_settings_bool(set, "scheduler.favour_small"),
    };
    (void)diag;
    s->factors = multifactor_create(&w, sim_settings_int(set, "scheduler.half_life"));
    s->cell_cpu = -1;
    s->jobs = jobs_create();
    s->plan = profile_create();
    s->calc_period_us = sim_settings_int(set, "scheduler.calc_period");
    s->bf_interval_us = sim_settings_int(set, "scheduler.bf.interval");
    s->bf_resolution_us = sim_settings_int(set, "scheduler.bf.resolution");
    s->bf_window_us = sim_settings_int(set, "scheduler.bf.window");
    s->depth = (uint32_t)sim_settings_int(set, "scheduler.depth");
    s->bf_max = (uint32_t)sim_settings_int(set, "scheduler.bf.max_jobs");
    return true;
}

static void fini(void *state)
{
    struct slurm *s = state;
    multifactor_destroy(s->factors);
    jobs_destroy(s->jobs);
    profile_destroy(s->plan);
    mem_free(s->order);
}

/* ---- priorities ------------------------------------------------------------------------------ */

static int64_t cell_cpu(struct slurm *s, const struct sim_context *ctx)
{
    const struct sim_view *v = sim_context_view(ctx);
    if (s->cell_cpu >= 0) {
        return s->cell_cpu;
    }
    s->cell_cpu = 0;
    for (uint32_t m = 0; m < v->n; m++) {
        const bool up = (v->status[m] & (uint32_t)SIM_FAIL_DOWN) == 0;
        s->cell_cpu += up ? v->capacity[SIM_CPU][m] : 0;
    }
    return s->cell_cpu;
}

/* As of the last computation, or of its coming since. */
static struct sim_priority priority_of(struct slurm *s, struct sim_context *ctx,
                                       const struct job *job)
{
    struct sim_task_view t;
    sim_task_get(ctx, job->tasks[0], &t);
    const struct multifactor_job asked = {
        .user = t.user,
        .tier = t.tier,
        .priority = t.priority,
        .cpu = job->request.v[SIM_CPU],
        .waited_us = s->calc_us > t.submit_us ? s->calc_us - t.submit_us : 0,
    };
    return multifactor_of(s->factors, &asked, cell_cpu(s, ctx));
}

/* Total first, as an unsigned number that rises with it. */
static uint64_t rank_of(struct slurm *s, struct sim_context *ctx, const struct job *job)
{
    return (uint64_t)priority_of(s, ctx, job).total + (UINT64_C(1) << 63);
}

/* What a running job has used since it was charged last, up to `at`. */
static void charge(struct slurm *s, struct sim_context *ctx, struct job *job, sim_time at)
{
    struct sim_task_view t;
    const sim_time since =
        (sim_time)job->moved > job->start_us ? (sim_time)job->moved : job->start_us;
    sim_task_get(ctx, job->tasks[0], &t);
    if (at > since) {
        multifactor_charge(s->factors, t.user, job->request.v[SIM_CPU], at - since, at);
        job->moved = (uint64_t)at;
    }
}

static void rank_all(struct slurm *s, struct sim_context *ctx)
{
    multifactor_rank(s->factors, sim_now(ctx));
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        job->moved = rank_of(s, ctx, job);
    }
    s->dirty = true;
    s->rank_due = false;
}

/* Priorities as they were computed at the last multiple of the period: nobody looks at them in
 * between, so no clock needs to run for that. */
static void catch_up(struct slurm *s, struct sim_context *ctx)
{
    size_t n;
    struct job *const *running = jobs_running(s->jobs, &n);
    if (sim_now(ctx) - s->calc_us < s->calc_period_us) {
        return;
    }
    while (sim_now(ctx) - s->calc_us >= s->calc_period_us) {
        s->calc_us += s->calc_period_us;
        for (size_t i = 0; i < n; i++) {
            charge(s, ctx, running[i], s->calc_us);
        }
        if (n == 0) { /* Nothing is used meanwhile. */
            s->calc_us += (sim_now(ctx) - s->calc_us) / s->calc_period_us * s->calc_period_us;
        }
    }
    rank_all(s, ctx);
}

static int by_rank(const void *a, const void *b, void *context)
{
    const struct job *x = *(struct job *const *)a, *y = *(struct job *const *)b;
    (void)context;
    if (x->moved != y->moved) {
        return x->moved > y->moved ? -1 : 1;
    }
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The queue in order. Jobs that start leave it when it is made anew; members that a gang left
 * behind have no rank yet. */
static void sort_queue(struct slurm *s, struct sim_context *ctx)
{
    if (!s->dirty) {
        return;
    }
    s->order_len = 0;
    for (struct job *job = jobs_first(s->jobs); job != NULL; job = job->next) {
        MEM_GROW(s->order, s->order_cap, s->order_len + 1);
        job->moved = job->moved == 0 ? rank_of(s, ctx, job) : job->moved;
        s->order[s->order_len++] = job;
    }
    sort_stable(s->order, s->order_len, sizeof *s->order, by_rank, NULL);
    s->dirty = false;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct slurm *s = state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    catch_up(s, ctx);
    s->rank_due |= multifactor_meet(s->factors, t.user);
    (void)jobs_submit(s->jobs, ctx, task);
    struct job *job = jobs_of(s->jobs, task);
    job->moved = rank_of(s, ctx, job); /* Of a gang: with all that came so far. */
    s->dirty = s->changed = s->news = true;
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct slurm *s = state;
    s->changed |= jobs_cancel(s->jobs, ctx, task);
    s->dirty = s->news = true;
}

static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct slurm *s = state;
    catch_up(s, ctx);
    charge(s, ctx, jobs_of(s->jobs, task), sim_now(ctx));
    jobs_end(s->jobs, ctx, task);
    s->changed = s->news = true;
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct slurm *s = state;
    (void)ctx, (void)m;
    s->cell_cpu = -1;
    s->changed = s->news = true;
}

/* ---- starting -------------------------------------------------------------------------------- */

static bool start(struct slurm *s, struct sim_context *ctx, struct job *job, bool backfilled)
{
    if (!jobs_start(s->jobs, ctx, job, backfilled)) {
        return false;
    }
    job->moved = (uint64_t)sim_now(ctx); /* Charged up to here. */
    s->dirty = true;
    return true;
}

/* A job that comes while others wait: who is ahead, and what the places are made of. The backfill
 * pass tells the rest. */
static void tell_turn(struct slurm *s, struct sim_context *ctx, struct job *job,
                      const struct job *head)
{
    if (job->told != JOB_TOLD_NOTHING) {
        return;
    }
    const struct sim_priority own = priority_of(s, ctx, job), first = priority_of(s, ctx, head);
    const struct sim_ahead ahead = {1, head->request, head->tasks[0]};
    const enum sim_reason reason =
        first.total > own.total ? SIM_REASON_PRIORITY : SIM_REASON_HEAD_OF_LINE;
    for (uint32_t i = 0; i < job->len; i++) {
        sim_record_not_tried(ctx, job->tasks[i], reason, &ahead);
        sim_record_priority(ctx, job->tasks[i], head->tasks[0], &own);
    }
    sim_record_priority(ctx, head->tasks[0], SIM_NONE, &first);
    job->told = JOB_TOLD_RESERVED;
    job->told_of = UINT64_MAX; /* Nobody's promise yet. */
}

/* More jobs start at once than are looked at: the backfill pass comes to it. */
static void tell_later(struct sim_context *ctx, struct job *job)
{
    for (uint32_t i = 0; i < job->len && job->told == JOB_TOLD_NOTHING; i++) {
        sim_note_wait(ctx, job->tasks[i], SIM_REASON_NEXT_ROUND);
    }
    job->told = JOB_TOLD_RESERVED;
    job->told_of = UINT64_MAX;
}

/* From the head, until one does not fit; the others are told. */
static void start_heads(struct slurm *s, struct sim_context *ctx)
{
    sort_queue(s, ctx);
    const struct job *head = NULL;
    const size_t len = s->order_len;
    for (size_t i = 0; i < len; i++) {
        struct job *job = s->order[i];
        if (head != NULL) {
            tell_turn(s, ctx, job, head);
        } else if (i >= s->depth) {
            tell_later(ctx, job);
        } else if (!start(s, ctx, job, false)) {
            head = job;
        }
    }
    s->changed = false;
}

/* ---- backfilling ----------------------------------------------------------------------------- */

static sim_time round_up(sim_time us, sim_time step)
{
    const sim_time over = us % step;
    return over == 0 || us > SIM_NEVER - step ? us : us + step - over;
}

/* What is free when, if all that runs ends at its estimate. */
static void plan_running(struct slurm *s, struct sim_context *ctx)
{
    size_t n;
    struct sim_resources room;
    const sim_time now = sim_now(ctx);
    struct job *const *running = jobs_running(s->jobs, &n);
    sim_room(ctx, &room);
    profile_reset(s->plan, now, &room);
    for (size_t i = 0; i < n; i++) {
        const sim_time end = job_end(running[i], now);
        if (end != SIM_NEVER) {
            profile_change(s->plan, now + round_up(end - now, s->bf_resolution_us), SIM_NEVER,
                           &running[i]->request, 1);
        }
    }
}

/* Plans one job; starts it when that is now. */
static void plan_job(struct slurm *s, struct sim_context *ctx, struct job *job,
                     const struct job *head)
{
    struct sim_resources room;
    const sim_time now = sim_now(ctx);
    const sim_time length = round_up(job->limit_us, s->bf_resolution_us);
    const sim_time at = profile_earliest(s->plan, now, length, &job->request);
    sim_room(ctx, &room);
    const bool fits = resources_within(&job->request, &room);
    if (at == now && fits && start(s, ctx, job, job != head)) {
        profile_change(s->plan, now, length < SIM_NEVER - now ? now + length : SIM_NEVER,
                       &job->request, -1);
        return;
    }
    if (!fits) {
        job_tell_no_room(ctx, job);
    } else if (at > now) {
        job_tell_reserved(ctx, job, job != head ? head : job);
    }
    const sim_time from = at > now ? at : now + s->bf_resolution_us; /* Its machines were full. */
    if (at != SIM_NEVER && from - now <= s->bf_window_us &&
        profile_earliest(s->plan, from, length, &job->request) == from) {
        profile_change(s->plan, from, length < SIM_NEVER - from ? from + length : SIM_NEVER,
                       &job->request, -1);
    }
}

static void backfill(struct slurm *s, struct sim_context *ctx)
{
    sort_queue(s, ctx);
    plan_running(s, ctx);
    const struct job *head = NULL; /* The first that still waits. */
    const size_t len = s->order_len < s->bf_max ? s->order_len : s->bf_max;
    for (size_t i = 0; i < len; i++) {
        struct job *job = s->order[i];
        head = head == NULL ? job : head;
        plan_job(s, ctx, job, head);
        head = head->queued ? head : NULL;
    }
    s->backfill_due = s->news = false;
}

/* ---- passes ---------------------------------------------------------------------------------- */

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct slurm *s = state;
    (void)ctx, (void)token;
    s->backfill_armed = false;
    s->backfill_due = true;
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct slurm *s = state;
    if (s->changed || s->backfill_due) {
        catch_up(s, ctx);
    }
    if (s->rank_due) {
        rank_all(s, ctx);
    }
    if (s->changed) {
        start_heads(s, ctx);
    }
    if (s->backfill_due) {
        backfill(s, ctx);
    }
    if (s->news && !s->backfill_armed && jobs_first(s->jobs) != NULL) {
        s->backfill_armed = true;
        sim_timer(ctx, s->bf_interval_us, 0);
    }
}

const struct sim_scheduler sim_scheduler_slurm = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "slurm",
    .summary = "a batch system: multifactor priority, fair share, backfilling at intervals",
    .source = "Slurm 24.11: multifactor priority, backfill scheduler",
    .options = options,
    .flags = SIM_ONE_PER_RUN,
    .state_bytes = sizeof(struct slurm),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_end = on_end,
    .on_machine = on_machine,
    .on_timer = on_timer,
    .on_pass = on_pass,
};
