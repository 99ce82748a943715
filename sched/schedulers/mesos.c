/* mesos.c - two-level scheduling: each scheduler of the run is a framework that is offered
 * resources by an allocator, uses of them what it can, and gives back the rest.
 *
 * A framework with work revives, one without suppresses. When offers come it opens a round: it
 * takes up its jobs one by one in the order in which they queue, thinks about each for t_job +
 * t_task x tasks (schedulers.*.think), and starts what fits of it on the machines that it is
 * offered, where the placement policy chooses; the other frameworks have no part in these machines
 * meanwhile. At the end of the queue, or when cpu or memory are used up, it answers: what it used,
 * how long it does not want to see the rest again, and why.
 *
 *   schedulers.*.take   all: as many tasks per offer as fit; one: one task per offer, and the rest
 *                       of the offer is not refused as long as tasks wait
 *
 * A gang starts when enough of its tasks fit into what is offered at one time. To see that happen
 * the framework lets such refusals end together, at the next multiple of schedulers.*.refuse.
 *
 * With scheduler.retry a job of which tasks are left pauses before it queues up again, and with
 * scheduler.give_up it is given up in the end: google/cluster-scheduler-simulator does so. Source:
 * Hindman et al. (NSDI 2011), Ghodsi et al. (NSDI 2011); src/master/allocator/mesos of Apache Mesos
 * for the allocator, see lib/offers.h. */
#include <simctl/scheduler.h>

#include "base/check.h"
#include "base/mem.h"
#include "sched/lib/allocator.h"
#include "sched/lib/amounts.h"
#include "sched/lib/backlog.h"
#include "sched/lib/holdings.h"
#include "sched/lib/shortfall.h"

#define LATE (UINT64_C(1) << 63) /* Beside a round: the job came while it went on. */

struct run { /* Of a task that was started. */
    sim_machine machine;
    uint64_t round;
};
struct framework {
    uint32_t allocator;
    bool one, thinks;
    sim_time refuse_us, retry_us, interval_us;
    int64_t fruitless_max, attempts_max;
    struct sim_copy *copy;
    struct backlog *jobs;
    struct holdings *offers;
    struct shortfall *refused; /* Tasks that found no room in the round. */
    struct run *runs;          /* By slot. */
    size_t run_cap;
    struct allocator_release *released;
    size_t released_len, released_cap;
    struct allocator_answer *answers;
    size_t answer_cap;
    bool active;    /* Not suppressed. */
    bool news;      /* Work came. */
    uint64_t round; /* Counts them; */
    bool open;      /* one goes on. */
    uint32_t next;  /* The job that is taken up next; SIM_NONE = the queue was gone through. */
    uint64_t look;  /* Counts looks between which no time passes. */
    uint64_t *full; /* By class: look in which it found no room. */
    size_t full_cap;
    bool thinking;
    uint32_t about;
    struct sim_attempt attempt;
};

static const struct sim_option options[] = {
    ALLOCATOR_OPTIONS,
    {"schedulers.*.take", SIM_OPT_CHOICE, 0, 0, "all", "all|one",
     "tasks that a framework of the group starts per offer: all that fit, or one"},
    {"scheduler.retry", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "0", NULL,
     "pause before a job with tasks left queues up again; 0: it keeps its place in the queue"},
    {"scheduler.give_up.unplaced", SIM_OPT_INT, 0, INT32_MAX, "0", NULL,
     "a job of which no task was placed is given up after more attempts than this; 0: never"},
    {"scheduler.give_up", SIM_OPT_INT, 0, INT32_MAX, "0", NULL,
     "a job is given up after more attempts than this; 0: never"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct framework *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    const struct sim_seat *seat = sim_seat(ctx);
    (void)diag;
    s->allocator = sim_hub(ctx);
    s->one = sim_settings_int_of(set, "schedulers.*.take", seat->group) == 1;
    s->refuse_us = sim_settings_int_of(set, "schedulers.*.refuse", seat->group);
    s->interval_us = sim_settings_int(set, "scheduler.interval");
    s->retry_us = sim_settings_int(set, "scheduler.retry");
    s->fruitless_max = sim_settings_int(set, "scheduler.give_up.unplaced");
    s->attempts_max = sim_settings_int(set, "scheduler.give_up");
    s->thinks = seat->think_job_us + seat->think_service_us + seat->think_task_us > 0;
    s->jobs = backlog_create();
    s->offers = holdings_create();
    s->refused = shortfall_create();
    s->next = SIM_NONE;
    return true;
}

static void fini(void *state)
{
    struct framework *s = state;
    sim_copy_destroy(s->copy);
    backlog_destroy(s->jobs);
    holdings_destroy(s->offers);
    shortfall_destroy(s->refused);
    mem_free(s->runs);
    mem_free(s->released);
    mem_free(s->answers);
    mem_free(s->full);
}

/* ---- the queue ------------------------------------------------------------------------------- */

static void enqueue(struct framework *s, struct sim_context *ctx, uint32_t index)
{
    backlog_enqueue(s->jobs, index, sim_now(ctx));
    s->news = true;
    if (s->open) {
        backlog_at(s->jobs, index)->mark = s->round | LATE;
    }
}

/* The round goes on with the next job that stood in the queue when it began. A job that comes, or
 * comes back, meanwhile waits for the next one: else a round might have no end. */
static void skip_late(struct framework *s)
{
    while (s->next != SIM_NONE && (backlog_at(s->jobs, s->next)->mark & ~LATE) == s->round) {
        s->next = backlog_next(s->jobs, s->next);
    }
}

static void dequeue(struct framework *s, uint32_t index)
{
    s->next = s->next == index ? backlog_next(s->jobs, index) : s->next;
    backlog_dequeue(s->jobs, index);
}

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct framework *s = state;
    const uint32_t index = backlog_add(s->jobs, ctx, task);
    const struct backlog_job *job = backlog_at(s->jobs, index);
    const bool pauses = job->held && !job->queued;
    if (!job->queued && !job->held) {
        enqueue(s, ctx, index);
    }
    s->news |= !pauses;
    sim_note_wait(ctx, task,
                  pauses        ? SIM_REASON_BACKOFF
                  : s->thinking ? SIM_REASON_SCHEDULER_BUSY
                                : SIM_REASON_NO_OFFER);
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct framework *s = state;
    const uint32_t index = backlog_drop(s->jobs, ctx, task);
    const struct backlog_job *job = backlog_at(s->jobs, index);
    if (job->len == 0 && job->queued && !job->held) {
        dequeue(s, index);
    }
    backlog_settle(s->jobs, index);
}

/* What it held is free again: a part of the offer, as long as that is not answered. */
static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct framework *s = state;
    const struct run *run = &s->runs[task];
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    if (s->open && run->round == s->round) {
        holdings_give(s->offers, run->machine, &t.cls->request);
    } else if (!amounts_none(&t.cls->request)) {
        MEM_GROW(s->released, s->released_cap, s->released_len + 1);
        s->released[s->released_len++] = (struct allocator_release){run->machine, t.cls->request};
    }
}

/* ---- why a task waits ------------------------------------------------------------------------ */

/* For what holds in the cell now, or, where some machine could run it, for `else_`. */
static void tell(struct sim_context *ctx, sim_slot task, enum sim_reason else_)
{
    const struct sim_choice none = {.machine = SIM_NONE,
                                    .runner_up = SIM_NONE,
                                    .examined = sim_context_view(ctx)->n,
                                    .together = true,
                                    .reason = else_};
    sim_record_refused(ctx, task, &none);
}

/* Those that the round has not come to. */
static void note_untried(const struct framework *s, struct sim_context *ctx, enum sim_reason reason)
{
    for (uint32_t i = backlog_first(s->jobs); i != SIM_NONE; i = backlog_next(s->jobs, i)) {
        const struct backlog_job *job = backlog_at(s->jobs, i);
        if (job->mark != s->round) {
            backlog_note(ctx, job, reason);
        }
    }
}

/* A refusal that still holds leaves those that the framework had tried to what they were told. */
static void tell_queue(const struct framework *s, struct sim_context *ctx, enum sim_reason reason)
{
    for (uint32_t i = backlog_first(s->jobs); i != SIM_NONE; i = backlog_next(s->jobs, i)) {
        const struct backlog_job *job = backlog_at(s->jobs, i);
        const bool told = job->mark == s->round && reason == SIM_REASON_OFFER_FILTERED;
        for (uint32_t k = 0; k < job->len && !told; k++) {
            tell(ctx, job->tasks[k], reason);
        }
    }
}

/* ---- placing the tasks of a job -------------------------------------------------------------- */

/* Room only shrinks in a look, so a class that found none finds none later. */
static bool is_full(const struct framework *s, const struct sim_class *cls)
{
    return cls->id < s->full_cap && s->full[cls->id] == s->look;
}

static void set_full(struct framework *s, const struct sim_class *cls)
{
    MEM_GROW(s->full, s->full_cap, (size_t)cls->id + 1);
    s->full[cls->id] = s->look;
}

static bool place_one(struct framework *s, struct sim_context *ctx, sim_slot task)
{
    struct sim_task_view t;
    struct sim_choice c;
    sim_task_get(ctx, task, &t);
    if (is_full(s, t.cls)) {
        return false;
    }
    if (sim_copy_place(ctx, s->copy, task, &c)) {
        return true;
    }
    s->attempt.examined += c.examined - c.feasible;
    set_full(s, t.cls);
    return false;
}

/* Commits what was placed, and takes what started out of the job, and out of the offers. */
static void commit(struct framework *s, struct sim_context *ctx, struct backlog_job *job,
                   bool whole)
{
    size_t n, next = 0;
    const struct sim_op *ops =
        sim_copy_commit(ctx, s->copy, whole ? SIM_ATOMIC : SIM_PARTIAL, false, &n);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < job->len; i++) {
        const bool tried = next < n && ops[next].task == job->tasks[i];
        const struct sim_op *op = tried ? &ops[next++] : NULL;
        if (op == NULL || op->result != SIM_ACCEPTED) {
            s->attempt.conflicts += op != NULL && op->result != SIM_REJECT_ATOMIC;
            s->attempt.undone +=
                op != NULL && op->result == SIM_REJECT_ATOMIC && s->attempt.conflicts == 0;
            job->tasks[kept++] = job->tasks[i];
            continue;
        }
        struct sim_task_view t;
        sim_task_get(ctx, op->task, &t);
        MEM_GROW(s->runs, s->run_cap, (size_t)op->task + 1);
        s->runs[op->task] = (struct run){op->machine, s->round};
        holdings_use(s->offers, op->machine, &t.cls->request);
        s->attempt.placed++;
        job->asked--; /* Only those were tried. */
    }
    job->len = kept;
}

/* Which tasks are left is told after all are tried: what is free is known then. */
static void tell_left(struct framework *s, struct sim_context *ctx, const struct backlog_job *job,
                      bool gang)
{
    for (uint32_t i = 0; i < job->asked; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, job->tasks[i], &t);
        shortfall_add(s->refused, &t, gang);
        if (gang) {
            sim_record_not_tried(ctx, job->tasks[i], SIM_REASON_GANG_INCOMPLETE, NULL);
        } else {
            tell(ctx, job->tasks[i], holdings_why(s->offers, &t.cls->request));
        }
    }
}

static void start_gang(struct framework *s, struct sim_context *ctx, struct backlog_job *job)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < job->asked; i++) {
        struct sim_choice c;
        found += sim_copy_place(ctx, s->copy, job->tasks[i], &c);
    }
    if (found < job->gang) {
        sim_copy_undo(s->copy);
        tell_left(s, ctx, job, true);
        return;
    }
    commit(s, ctx, job, true);
    tell_left(s, ctx, job, false);
}

/* One task per machine: it is shown no more. */
static void start_one_by_one(struct framework *s, struct sim_context *ctx, struct backlog_job *job)
{
    for (uint32_t i = 0; i < job->asked;) {
        const sim_slot task = job->tasks[i];
        if (!place_one(s, ctx, task)) {
            i++;
            continue;
        }
        commit(s, ctx, job, false);
        if (i < job->asked && job->tasks[i] == task) { /* A conflict. */
            i++;
        } else {
            sim_copy_hide(s->copy, s->runs[task].machine);
        }
    }
    tell_left(s, ctx, job, false);
}

static void start_all(struct framework *s, struct sim_context *ctx, struct backlog_job *job)
{
    for (uint32_t i = 0; i < job->asked; i++) {
        (void)place_one(s, ctx, job->tasks[i]);
    }
    commit(s, ctx, job, false);
    tell_left(s, ctx, job, false);
}

/* ---- an attempt ------------------------------------------------------------------------------ */

static bool hopeless(const struct framework *s, const struct backlog_job *job)
{
    return (s->fruitless_max > 0 && job->attempts > s->fruitless_max && !job->placed_any) ||
           (s->attempts_max > 0 && job->attempts > s->attempts_max);
}

/* What is left of the job waits on where it is, later, or no more. */
static void put_back(struct framework *s, struct sim_context *ctx, uint32_t index)
{
    struct backlog_job *job = backlog_at(s->jobs, index);
    while (hopeless(s, job) && job->len > 0) {
        sim_abandon(ctx, job->tasks[--job->len]);
    }
    job->held = job->len > 0 && s->retry_us > 0;
    if (job->len == 0 || job->held) {
        dequeue(s, index);
    } else {
        job->queued_us = sim_now(ctx);
    }
    if (job->held) {
        for (uint32_t i = job->asked; i < job->len; i++) { /* They came meanwhile. */
            sim_note_wait(ctx, job->tasks[i], SIM_REASON_BACKOFF);
        }
        sim_timer(ctx, s->retry_us, (uint64_t)index + 1);
    }
    backlog_settle(s->jobs, index);
}

/* A look that took no time and found nothing is no attempt worth a row. */
static void record(struct framework *s, struct sim_context *ctx)
{
    struct sim_attempt *a = &s->attempt;
    a->outcome = a->conflicts > 0 ? SIM_ATTEMPT_CONFLICTED
                 : a->placed > 0  ? SIM_ATTEMPT_USEFUL
                                  : SIM_ATTEMPT_FRUITLESS;
    if (a->outcome != SIM_ATTEMPT_FRUITLESS || s->thinks) {
        sim_record_attempt(ctx, a);
    }
}

static void decide(struct framework *s, struct sim_context *ctx)
{
    const uint32_t index = s->about;
    struct backlog_job *job = backlog_at(s->jobs, index);
    s->thinking = false;
    if (job->gang > 1 && !job->placed_any) {
        start_gang(s, ctx, job);
    } else if (s->one) {
        start_one_by_one(s, ctx, job);
    } else {
        start_all(s, ctx, job);
    }
    job->placed_any |= s->attempt.placed > 0;
    record(s, ctx);
    s->next = backlog_next(s->jobs, index);
    put_back(s, ctx, index);
}

/* Takes the next job up. */
static void take_up(struct framework *s, struct sim_context *ctx)
{
    struct backlog_job *job = backlog_at(s->jobs, s->next);
    const sim_time now = sim_now(ctx);
    s->about = s->next;
    job->mark = s->round;
    job->held = true;
    job->asked = job->len;
    job->attempts++;
    s->look += s->thinks;
    s->attempt = (struct sim_attempt){.began_us = now,
                                      .queued_us = now - job->queued_us,
                                      .job = job->id,
                                      .number = job->attempts,
                                      .tasks = job->len};
    const sim_time think = sim_think_time(ctx, job->tier, job->len);
    s->thinking = true;
    if (think == 0) {
        decide(s, ctx);
    } else {
        backlog_note(ctx, job, SIM_REASON_BEING_DECIDED);
        sim_timer(ctx, think, 0);
    }
}

/* ---- a round ------------------------------------------------------------------------------- */

/* Refusals of a gang end together, so that it will see the machines together. */
static sim_time until_all(const struct framework *s, sim_time now_us)
{
    const sim_time earliest = now_us + s->interval_us;
    const sim_time periods = (earliest + s->refuse_us - 1) / s->refuse_us;
    return periods * s->refuse_us - now_us;
}

static void answer(const struct framework *s, struct sim_context *ctx,
                   const struct holdings_open *open)
{
    struct allocator_answer *a = open->answer;
    const bool work = backlog_first(s->jobs) != SIM_NONE;
    const bool used = !amounts_none(&a->used);
    a->refuse_us = s->refuse_us;
    if (amounts_none(&open->left)) {
        a->unused = SIM_UNUSED_NONE;
    } else if (s->one && used && work) {
        a->unused = SIM_UNUSED_ONE_TASK;
        a->refuse_us = 0;
    } else if (!shortfall_any(s->refused)) {
        a->unused = work ? SIM_UNUSED_NOT_LOOKED_AT : SIM_UNUSED_NO_WORK;
    } else {
        shortfall_of(s->refused, ctx, &open->left, a);
    }
    if (a->unused == SIM_UNUSED_GANG && s->refuse_us > 0) {
        a->refuse_us = until_all(s, sim_now(ctx));
    }
}

static void close(struct framework *s, struct sim_context *ctx)
{
    size_t n;
    struct holdings_open *open = holdings_close(s->offers, &n);
    MEM_GROW(s->answers, s->answer_cap, n);
    for (size_t i = 0; i < n; i++) {
        answer(s, ctx, &open[i]);
        s->answers[i] = *open[i].answer;
    }
    s->open = false;
    if (s->thinks) {
        note_untried(s, ctx, SIM_REASON_NO_OFFER);
    }
    if (n > 0) {
        sim_send(ctx, s->allocator, 0, ALLOCATOR_ANSWERS, s->answers, n * sizeof *s->answers);
    }
}

static void open(struct framework *s, struct sim_context *ctx)
{
    size_t n;
    const struct sim_offered *list = holdings_begin(s->offers, &n);
    if (s->copy == NULL) {
        s->copy = sim_copy_create(ctx);
    }
    sim_copy_offer(ctx, s->copy, list, n);
    shortfall_clear(s->refused);
    s->round++;
    s->look++;
    s->open = true;
    s->next = backlog_first(s->jobs);
    if (s->thinks) {
        note_untried(s, ctx, SIM_REASON_SCHEDULER_BUSY);
    }
}

static void go_on(struct framework *s, struct sim_context *ctx)
{
    while (!s->thinking && (s->open || holdings_any(s->offers))) {
        if (!s->open) {
            open(s, ctx);
        }
        skip_late(s);
        if (s->next != SIM_NONE && !holdings_used_up(s->offers)) {
            take_up(s, ctx);
        } else {
            close(s, ctx);
        }
    }
}

/* ---- letters and time ------------------------------------------------------------------------ */

static void on_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    struct framework *s = state;
    const struct allocator_offer *offers = m->body;
    const enum sim_reason *reason = m->body;
    switch ((enum allocator_letter)m->kind) {
    case ALLOCATOR_OFFERS:
        holdings_add(s->offers, offers, m->size / sizeof *offers);
        break;
    case ALLOCATOR_RESCIND:
        if (holdings_rescind(s->offers, offers->id)) {
            sim_copy_hide(s->copy, offers->machine);
        }
        break;
    case ALLOCATOR_NOTHING:
        if (!s->open) {
            tell_queue(s, ctx, *reason);
        }
        break;
    case ALLOCATOR_REVIVE:
    case ALLOCATOR_SUPPRESS:
    case ALLOCATOR_ANSWERS:
    case ALLOCATOR_RELEASES:
    default:
        CHECK(false);
    }
}

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct framework *s = state;
    if (token == 0) {
        decide(s, ctx);
        return;
    }
    const uint32_t index = (uint32_t)(token - 1);
    struct backlog_job *job = backlog_at(s->jobs, index);
    job->held = false;
    if (job->len == 0) {
        backlog_settle(s->jobs, index);
        return;
    }
    enqueue(s, ctx, index);
    backlog_note(ctx, job, s->thinking ? SIM_REASON_SCHEDULER_BUSY : SIM_REASON_NO_OFFER);
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct framework *s = state;
    if (s->released_len > 0) {
        sim_send(ctx, s->allocator, 0, ALLOCATOR_RELEASES, s->released,
                 s->released_len * sizeof *s->released);
        s->released_len = 0;
    }
    go_on(s, ctx);
    const bool work = backlog_first(s->jobs) != SIM_NONE;
    if (work && s->news) {
        sim_send(ctx, s->allocator, 0, ALLOCATOR_REVIVE, NULL, 0);
        s->active = true;
    } else if (!work && s->active) {
        sim_send(ctx, s->allocator, 0, ALLOCATOR_SUPPRESS, NULL, 0);
        s->active = false;
    }
    s->news = false;
}

const struct sim_scheduler sim_scheduler_mesos = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "mesos",
    .summary = "two levels: an allocator offers resources to frameworks by dominant share",
    .source = "Mesos (NSDI 2011), DRF (NSDI 2011)",
    .options = options,
    .flags = SIM_THINKS,
    .hub = &allocator_hub,
    .state_bytes = sizeof(struct framework),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_end = on_end,
    .on_message = on_message,
    .on_timer = on_timer,
    .on_pass = on_pass,
};
