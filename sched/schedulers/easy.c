/* easy.c - EASY backfilling: the head of the queue is promised the earliest time at which it fits
 * by the estimates; others may start before it unless they would delay that.
 *
 * A pass: heads start while they fit. Then `shadow` is when the head will fit if all running jobs
 * end at their estimates, `spare` what is free at the shadow beyond the head. A later job starts if
 * it fits now and either ends by the shadow, or needs no more than the spare, which then shrinks.
 *
 *   queue.backfill  fifo: later jobs are looked at in queue order; shortest: by their estimates
 *                   (SJBF), equal ones in queue order
 *
 * The plan counts free amounts of the whole cell; where a job does not fit on its machines although
 * the sums say so, or a task outlives its estimate, its start can slip past the promise. Source:
 * Lifka (JSSPP 1995); Mu'alem and Feitelson (IEEE TPDS 2001), section 2; SJBF: Tsafrir, Etsion,
 * Feitelson (TPDS 2007). */
#include <simctl/scheduler.h>

#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/jobs.h"

struct easy {
    struct jobs *jobs;
    bool shortest;
    bool changed;      /* Room: the shadow is to be found anew, and all to be looked at. */
    bool left_behind;  /* Members of a gang queue up by themselves: in this pass. */
    uint64_t head_seq; /* Whose shadow it is. */
    sim_time shadow_us;
    struct sim_resources spare;
    struct job **fresh, **order; /* Came since the last pass; scratch of a sweep. */
    size_t fresh_len, fresh_cap, order_cap;
};

static const struct sim_option options[] = {
    {"queue.backfill", SIM_OPT_CHOICE, 0, 0, "fifo", "fifo|shortest",
     "the order in which later jobs are tried: that of the queue, or shortest estimate first"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct easy *s = state;
    (void)diag;
    s->shortest = sim_settings_choice(sim_context_settings(ctx), "queue.backfill") == 1;
    s->jobs = jobs_create();
    s->head_seq = UINT64_MAX;
    return true;
}

static void fini(void *state)
{
    struct easy *s = state;
    jobs_destroy(s->jobs);
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
    (void)ctx, (void)m;
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

/* Starts the job if it fits and the head is not delayed. */
static void backfill(struct easy *s, struct sim_context *ctx, struct job *job,
                     const struct job *head)
{
    struct sim_resources room;
    sim_room(ctx, &room);
    const bool fits = resources_within(&job->request, &room);
    const bool in_time = job_end_if_started(job, sim_now(ctx)) <= s->shadow_us;
    if (!fits) {
        job_tell_no_room(ctx, job);
        return;
    }
    if (!in_time && !resources_within(&job->request, &s->spare)) {
        job_tell_reserved(ctx, job, head);
        return;
    }
    const uint32_t len = job->len;
    if (!jobs_start(s->jobs, ctx, job, true)) {
        return;
    }
    s->left_behind |= job->len < len;
    if (!in_time) {
        resources_add(&s->spare, &job->request, -1);
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

static void pass(struct easy *s, struct sim_context *ctx)
{
    const bool started = start_heads(s, ctx);
    struct job *head = jobs_first(s->jobs);
    if (head != NULL) {
        const bool all = started || s->changed || head->seq != s->head_seq;
        if (all) {
            find_shadow(s, ctx, head);
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
    do {
        s->changed |= s->left_behind;
        s->left_behind = false;
        pass(s, ctx);
    } while (s->left_behind);
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
