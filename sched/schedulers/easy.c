/* easy.c - EASY backfilling: the head of the queue is promised the earliest time at which it fits
 * by the estimates; others may start before it unless they would delay that.
 *
 * A pass: heads start while they fit. Then `shadow` is when the head will fit if all running jobs
 * end at their estimates, `spare` what is free at the shadow beyond the head. A later job starts if
 * it fits now and either ends by the shadow, or needs no more than the spare, which then shrinks.
 *
 *   queue.backfill  fifo: later jobs are looked at in queue order; shortest: by their estimates
 *                   (SJBF), equal ones in queue order
 *   queue.reserve   sums: the plan counts free amounts of the whole cell. machines: the promise is
 *                   a set of machines, the lowest-numbered that will have room for the head at the
 *                   shadow, and `spare` is what each machine has beyond its part of the head. A job
 *                   that ends after the shadow is offered those machines only, one by one as its
 *                   members take room; with machines of one processor those outside the set. The
 *                   policy chooses among the machines that are offered.
 *
 * A promise is kept where the plan is exact: with `machines`, or where the sums decide, as on one
 * machine. Else the head may not fit on any machine although the sums say so (devices and limits of
 * spreading are in neither plan), and its start can slip; as it can when a task outlives its
 * estimate (it is expected to end any moment), or when machines leave.
 *
 * Source: Lifka (JSSPP 1995); Mu'alem and Feitelson (IEEE TPDS 2001), section 2; SJBF: Tsafrir,
 * Etsion, Feitelson (TPDS 2007); machines: easy_bf of batsched, the schedulers of Batsim. */
#include <simctl/scheduler.h>

#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/jobs.h"

struct easy {
    struct jobs *jobs;
    bool shortest, machines;
    bool changed; /* Room: the shadow is to be found anew, and all to be looked at. */
    bool again;   /* Members of a gang queue up by themselves, or the head left: in this pass. */
    uint64_t head_seq; /* Whose shadow it is. */
    sim_time shadow_us;
    struct sim_resources spare;
    /* queue.reserve=machines: what is free now, at the shadow beyond the head, at both. */
    struct rooms now, spare_on, both;
    struct where where;
    struct job **fresh, **order; /* Came since the last pass; scratch of a sweep. */
    size_t fresh_len, fresh_cap, order_cap;
};

static const struct sim_option options[] = {
    {"queue.backfill", SIM_OPT_CHOICE, 0, 0, "fifo", "fifo|shortest",
     "the order in which later jobs are tried: that of the queue, or shortest estimate first"},
    {"queue.reserve", SIM_OPT_CHOICE, 0, 0, "sums", "sums|machines",
     "what is promised: enough room in sum, or certain machines"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct easy *s = state;
    (void)diag;
    s->shortest = sim_settings_choice(sim_context_settings(ctx), "queue.backfill") == 1;
    s->machines = sim_settings_choice(sim_context_settings(ctx), "queue.reserve") == 1;
    s->jobs = jobs_create();
    s->head_seq = UINT64_MAX;
    return true;
}

static void fini(void *state)
{
    struct easy *s = state;
    jobs_destroy(s->jobs);
    rooms_fini(&s->now);
    rooms_fini(&s->spare_on);
    rooms_fini(&s->both);
    where_fini(&s->where);
    mem_free(s->fresh);
    mem_free(s->order);
}

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct easy *s = state;
    struct job *job = jobs_submit(s->jobs, ctx, task);
    if (job != NULL) {
        MEM_GROW(s->fresh, s->fresh_cap, s->fresh_len + 1);
        s->fresh[s->fresh_len++] = job;
    } else {
        s->changed = true; /* A gang that waits has grown. */
    }
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct easy *s = state;
    s->changed |= jobs_cancel(s->jobs, ctx, task);
}

static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct easy *s = state;
    jobs_end(s->jobs, ctx, task);
    s->changed = true;
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct easy *s = state;
    (void)m;
    sim_doubt(ctx, SIM_DOUBT_MACHINES);
    s->changed = true;
}

/* ---- a pass ---------------------------------------------------------------------------------- */

static bool start_heads(struct easy *s, struct sim_context *ctx)
{
    struct job *head = jobs_first(s->jobs);
    bool started = false;
    while (head != NULL && (s->changed || started || !head->tried) &&
           jobs_start(s->jobs, ctx, head, false)) {
        started = true;
        head = jobs_first(s->jobs);
    }
    return started;
}

/* The earliest time at which the sums would hold the head. */
static void find_shadow(struct easy *s, struct sim_context *ctx, const struct job *head)
{
    size_t n;
    struct job *const *running = jobs_running(s->jobs, &n);
    const sim_time now = sim_now(ctx);
    sim_room(ctx, &s->spare);
    s->head_seq = head->seq;
    s->shadow_us = resources_within(&head->request, &s->spare) ? now : SIM_NEVER;
    for (size_t i = 0; i < n; i++) {
        const sim_time end = job_end(running[i], now);
        if (s->shadow_us < end || end == SIM_NEVER) {
            break;
        }
        resources_add(&s->spare, &running[i]->request, 1);
        if (resources_within(&head->request, &s->spare)) {
            s->shadow_us = end;
        }
    }
    resources_add(&s->spare, &head->request, -1);
}

/* Would machines hold the head, with what is free in spare_on? If so, head->on says which. */
static bool head_fits(struct easy *s, struct sim_context *ctx, struct job *head, bool promised)
{
    return rooms_sum(&s->spare_on, &head->request) &&
           (rooms_place(&s->spare_on, ctx, head->tasks, head->len, head->on) ||
            (promised && rooms_hold_all(&s->spare_on, ctx, head->tasks, head->len, head->on)));
}

/* The earliest time at which machines would hold the head, and which. Filling lowest-numbered
 * machines first, unequal members may find no place with more room around, so what was promised
 * before is tried too. */
static void find_shadow_on_machines(struct easy *s, struct sim_context *ctx, struct job *head)
{
    size_t n;
    struct job *const *running = jobs_running(s->jobs, &n);
    const sim_time now = sim_now(ctx);
    const bool promised = head->seq == s->head_seq;
    rooms_copy(&s->spare_on, &s->now);
    s->head_seq = head->seq;
    s->shadow_us = head_fits(s, ctx, head, promised) ? now : SIM_NEVER;
    for (size_t i = 0; i < n; i++) {
        const struct job *r = running[i];
        const sim_time end = job_end(r, now);
        if (s->shadow_us < end || end == SIM_NEVER) {
            break;
        }
        rooms_add_all(&s->spare_on, ctx, r->tasks, r->len, r->on, 1);
        if (s->shadow_us == SIM_NEVER && head_fits(s, ctx, head, promised)) {
            s->shadow_us = end;
        }
    }
    if (s->shadow_us != SIM_NEVER) { /* With all that ends by then. */
        (void)head_fits(s, ctx, head, false);
        rooms_add_all(&s->spare_on, ctx, head->tasks, head->len, head->on, -1);
    }
}

/* ---- those behind the head ------------------------------------------------------------------- */

/* Would the head be on time if the job ran past the shadow? */
static bool is_spare(struct easy *s, struct sim_context *ctx, struct job *job)
{
    if (!s->machines) {
        return resources_within(&job->request, &s->spare);
    }
    rooms_copy(&s->both, &s->now);
    rooms_least(&s->both, &s->spare_on);
    return rooms_place(&s->both, ctx, job->tasks, job->len, NULL);
}

static void take_spare(struct easy *s, struct sim_context *ctx, const struct job *job)
{
    if (s->machines) {
        rooms_add_all(&s->spare_on, ctx, job->tasks, job->len, job->on, -1);
    } else {
        resources_add(&s->spare, &job->request, -1);
    }
}

static bool start_behind(struct easy *s, struct sim_context *ctx, struct job *job, bool in_time)
{
    if (in_time || !s->machines) {
        return jobs_start(s->jobs, ctx, job, true);
    }
    s->where.on = NULL;
    s->where.spare = &s->spare_on;
    return jobs_start_where(s->jobs, ctx, job, &s->where, true);
}

static bool fits_now(struct easy *s, struct sim_context *ctx, struct job *job)
{
    struct sim_resources room;
    sim_room(ctx, &room);
    return resources_within(&job->request, &room) &&
           (!s->machines || job_fits_on(ctx, job, &s->now));
}

/* Starts the job if it fits and the head is not delayed. */
static void backfill(struct easy *s, struct sim_context *ctx, struct job *job,
                     const struct job *head)
{
    const bool in_time = job_end_if_started(job, sim_now(ctx)) <= s->shadow_us;
    const uint32_t len = job->len;
    if (!fits_now(s, ctx, job)) {
        job_tell_no_room(ctx, job);
        return;
    }
    if (!in_time && !is_spare(s, ctx, job)) {
        job_tell_reserved(ctx, job, head);
        return;
    }
    if (!start_behind(s, ctx, job, in_time)) {
        if (!in_time && s->machines) {
            job_tell_reserved(ctx, job, head);
        }
        return;
    }
    s->again |= job->len < len;
    if (s->machines) {
        rooms_add_all(&s->now, ctx, job->tasks, job->len, job->on, -1);
    }
    if (!in_time) {
        take_spare(s, ctx, job);
    }
}

static int by_limit(const void *a, const void *b, void *context)
{
    const struct job *x = *(struct job *const *)a, *y = *(struct job *const *)b;
    (void)context;
    return (x->limit_us > y->limit_us) - (x->limit_us < y->limit_us);
}

/* Those behind the head: all of them, or the fresh ones where nothing else has changed. */
static size_t candidates(struct easy *s, const struct job *head, bool all)
{
    size_t n = 0;
    for (struct job *job = head->next; all && job != NULL; job = job->next) {
        MEM_GROW(s->order, s->order_cap, n + 1);
        s->order[n++] = job;
    }
    for (size_t i = 0; !all && i < s->fresh_len; i++) {
        MEM_GROW(s->order, s->order_cap, n + 1);
        s->order[n] = s->fresh[i];
        n += s->fresh[i] != head;
    }
    if (s->shortest) {
        sort_stable(s->order, n, sizeof *s->order, by_limit, NULL);
    }
    return n;
}

/* It found no room by itself, but what it was promised is there. */
static bool start_as_promised(struct easy *s, struct sim_context *ctx, struct job *head)
{
    s->where.on = head->on;
    return s->machines && s->shadow_us <= sim_now(ctx) &&
           jobs_start_where(s->jobs, ctx, head, &s->where, false);
}

static void plan_head(struct easy *s, struct sim_context *ctx, struct job *head)
{
    if (s->machines) {
        find_shadow_on_machines(s, ctx, head);
    } else {
        find_shadow(s, ctx, head);
    }
}

static void pass(struct easy *s, struct sim_context *ctx)
{
    const bool started = start_heads(s, ctx);
    struct job *head = jobs_first(s->jobs);
    if (head != NULL) {
        const bool all =
            started || s->changed || head->seq != s->head_seq || s->shadow_us < sim_now(ctx);
        if (s->machines) {
            rooms_now(&s->now, sim_context_view(ctx));
        }
        if (all) {
            plan_head(s, ctx, head);
        }
        if (all && start_as_promised(s, ctx, head)) {
            s->again = true;
            return;
        }
        const size_t n = candidates(s, head, all);
        for (size_t i = 0; i < n; i++) {
            backfill(s, ctx, s->order[i], head);
        }
    }
    s->fresh_len = 0;
    s->changed = false;
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct easy *s = state;
    (void)jobs_overrun(s->jobs, ctx);
    do {
        s->changed |= s->again;
        s->again = false;
        pass(s, ctx);
    } while (s->again);
    struct job *head = jobs_first(s->jobs);
    if (head != NULL && head->seq == s->head_seq) {
        job_promise(ctx, s->jobs, head, s->shadow_us, s->machines || sim_context_view(ctx)->n == 1);
    }
}

const struct sim_scheduler sim_scheduler_easy = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "easy",
    .summary = "EASY backfilling: the head is promised a start, others may not delay it",
    .source = "Lifka (JSSPP 1995); Mu'alem and Feitelson (IEEE TPDS 2001) section 2",
    .options = options,
    .flags = SIM_ONE_PER_RUN,
    .state_bytes = sizeof(struct easy),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_end = on_end,
    .on_machine = on_machine,
    .on_pass = on_pass,
};
