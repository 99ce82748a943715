/* monolithic.c - one scheduler for the whole cell: a queue, a placement policy, commit.
 *
 * Waiting tasks stand in lanes. A lane holds tasks that no decision can tell apart (same class,
 * same priority), oldest first; when the head of a lane fits nowhere, nobody in the lane does. So a
 * pass tries lanes, not tasks: it is the scan of the whole queue in order, without asking the same
 * question twice. Nothing is polled: a lane that failed is tried again when a machine on which room
 * appeared could take its head.
 *
 *   queue.order     fifo: by time of entry; priority: higher first, then by time of entry
 *   queue.blocking  true: the head of the queue is never overtaken (strict first come, first
 * served)
 *
 * A gang (tasks of one job that start together) is a lane of its own; see lib/start.h. Source: Borg
 * (EuroSys 2015) section 3.2 for the scan without head-of-line blocking. */
#include <string.h>

#include <simctl/scheduler.h>

#include "base/mem.h"
#include "sched/lib/lanes.h"
#include "sched/lib/start.h"

struct monolithic {
    struct lanes *lanes;
    bool by_priority, blocking;
    sim_slot last_head; /* Blocking: who stood at the head after the last pass. */
    sim_task last_head_id;
    sim_slot *arrivals; /* Since the last pass; not in lanes yet. */
    size_t arrival_len, arrival_cap;
    struct gang *gang;
    sim_slot *members; /* Of the gang that is tried. */
    size_t members_cap;
};

static const struct sim_option options[] = {
    {"queue.order", SIM_OPT_CHOICE, 0, 0, "fifo", "fifo|priority",
     "who is tried first: by time of entry, or by priority and then by time of entry"},
    {"queue.blocking", SIM_OPT_BOOL, 0, 0, "false", NULL,
     "the head of the queue is never overtaken"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct monolithic *s = state;
    (void)diag;
    s->by_priority = sim_settings_choice(sim_context_settings(ctx), "queue.order") == 1;
    s->blocking = sim_settings_bool(sim_context_settings(ctx), "queue.blocking");
    s->lanes = lanes_create(s->by_priority);
    s->gang = gang_create();
    s->last_head = SIM_NONE;
    return true;
}

static void fini(void *state)
{
    struct monolithic *s = state;
    lanes_destroy(s->lanes);
    mem_free(s->arrivals);
    gang_destroy(s->gang);
    mem_free(s->members);
}

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct monolithic *s = state;
    (void)ctx;
    MEM_GROW(s->arrivals, s->arrival_cap, s->arrival_len + 1);
    s->arrivals[s->arrival_len++] = task;
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct monolithic *s = state;
    (void)ctx;
    for (size_t i = 0; i < s->arrival_len; i++) {
        if (s->arrivals[i] == task) {
            memmove(s->arrivals + i, s->arrivals + i + 1,
                    (s->arrival_len - i - 1) * sizeof *s->arrivals);
            s->arrival_len--;
            return;
        }
    }
    struct lane *lane = lanes_of(s->lanes, task);
    if (s->blocking || lane_gang(lane) > 1) {
        lane_ask_again(lane); /* The next head was not asked; the rest of a gang may fit. */
    }
    lanes_remove(s->lanes, task);
}

static void enqueue(struct monolithic *s, struct sim_context *ctx)
{
    for (size_t i = 0; i < s->arrival_len; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, s->arrivals[i], &t);
        lanes_push(s->lanes, s->arrivals[i], &t);
    }
    s->arrival_len = 0;
}

/* ---- trying --------------------------------------------------------------------------------- */

/* Places the head, or says why not. */
static bool try_head(struct monolithic *s, struct sim_context *ctx, const struct lane *lane)
{
    const sim_slot task = lane_head(lane);
    if (!start_task(ctx, task, false)) {
        return false;
    }
    lanes_remove(s->lanes, task);
    return true;
}

/* As many members as find room, if that is enough of them; else none. Once a gang runs, its other
 * tasks queue up one by one. */
static bool try_gang(struct monolithic *s, struct sim_context *ctx, struct lane *lane)
{
    size_t len = 0;
    struct sim_task_view t;
    MEM_GROW(s->members, s->members_cap, lane_len(lane));
    for (sim_slot m = lane_head(lane); m != SIM_NONE; m = lane_next(lane, m)) {
        s->members[len++] = m;
    }
    sim_task_get(ctx, lane_head(lane), &t);
    const size_t n = gang_start(s->gang, ctx, s->members, len, lane_gang(lane), false);
    if (n == 0) {
        return false;
    }
    lanes_gang_started(s->lanes, t.job);
    for (size_t i = 0; i < n; i++) {
        lanes_remove(s->lanes, gang_started(s->gang)[i]);
    }
    for (size_t i = n; i < len; i++) {
        const sim_slot left = lane_head(lane);
        sim_task_get(ctx, left, &t);
        lanes_remove(s->lanes, left);
        lanes_push(s->lanes, left, &t);
    }
    return true;
}

static bool gang_assembled(struct sim_context *ctx, const struct lane *lane)
{
    if (lane_len(lane) >= lane_gang(lane)) {
        return true;
    }
    for (sim_slot t = lane_head(lane); t != SIM_NONE; t = lane_next(lane, t)) {
        sim_record_not_tried(ctx, t, SIM_REASON_GANG_INCOMPLETE, NULL);
    }
    return false;
}

static bool try_lane(struct monolithic *s, struct sim_context *ctx, struct lane *lane)
{
    if (lane_gang(lane) > 1) {
        return gang_assembled(ctx, lane) && try_gang(s, ctx, lane);
    }
    return try_head(s, ctx, lane);
}

/* ---- passes --------------------------------------------------------------------------------- */

/* The rest of a lane whose head was refused: the same answer for those that have none yet. */
static void refuse_fresh(struct sim_context *ctx, struct lane *lane)
{
    const struct sim_choice none = {
        .machine = SIM_NONE, .runner_up = SIM_NONE, .examined = sim_context_view(ctx)->n};
    for (sim_slot t = lane_take_fresh(lane); t != SIM_NONE; t = lane_take_fresh(lane)) {
        sim_record_refused(ctx, t, &none);
    }
}

/* Every lane that may succeed, in the order of their heads. */
static void pass_open(struct monolithic *s, struct sim_context *ctx)
{
    lanes_begin(s->lanes, ctx);
    for (struct lane *lane = lanes_next(s->lanes, ctx); lane != NULL;
         lane = lanes_next(s->lanes, ctx)) {
        if (!try_lane(s, ctx, lane)) {
            lane_block(lane);
            if (lane_gang(lane) <= 1) {
                refuse_fresh(ctx, lane);
            }
        }
        lanes_done(s->lanes, lane);
    }
    /* Fresh tasks of lanes that were not worth waking. */
    for (struct lane *lane = lanes_pop_stale(s->lanes); lane != NULL;
         lane = lanes_pop_stale(s->lanes)) {
        refuse_fresh(ctx, lane);
    }
}

static void tell_one(struct monolithic *s, struct sim_context *ctx, sim_slot task,
                     const struct lane *first, const struct sim_task_view *head)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    struct sim_ahead ahead;
    lanes_ahead(s->lanes, &t, &ahead);
    ahead.head = lane_head(first);
    sim_record_not_tried(
        ctx, task, head->priority > t.priority ? SIM_REASON_PRIORITY : SIM_REASON_HEAD_OF_LINE,
        &ahead);
}

/* Who waits behind the head is told so when it comes, and when it was the head until now: then it
 * will be asked again when it is the head again. */
static void tell_behind(struct monolithic *s, struct sim_context *ctx, const struct lane *first)
{
    struct sim_task_view head, last;
    sim_task_get(ctx, lane_head(first), &head);
    struct lane *lane = s->last_head != SIM_NONE ? lanes_of(s->lanes, s->last_head) : NULL;
    if (lane != NULL && s->last_head != lane_head(first)) {
        sim_task_get(ctx, s->last_head, &last);
        if (last.id == s->last_head_id) {
            lane_ask_again(lane);
            tell_one(s, ctx, s->last_head, first, &head);
        }
    }
    for (sim_slot f = lanes_take_fresh(s->lanes); f != SIM_NONE; f = lanes_take_fresh(s->lanes)) {
        if (f != lane_head(first)) {
            tell_one(s, ctx, f, first, &head);
        }
    }
    s->last_head = lane_head(first);
    s->last_head_id = head.id;
}

/* Only the head, until it fails. */
static void pass_blocking(struct monolithic *s, struct sim_context *ctx)
{
    lanes_begin(s->lanes, ctx);
    struct lane *first = lanes_first(s->lanes);
    while (first != NULL && lane_may_start(first, ctx)) {
        lane_ask_again(first); /* Whoever of it is the head next was not asked. */
        if (!try_lane(s, ctx, first)) {
            lane_block(first);
            break;
        }
        first = lanes_first(s->lanes);
    }
    if (first != NULL) {
        tell_behind(s, ctx, first);
    }
    lanes_drop_stale(s->lanes);
}

/* One task arrives at an empty queue, the everyday case: it needs no lane unless it has to wait. */
static bool pass_alone(struct monolithic *s, struct sim_context *ctx)
{
    struct sim_task_view t;
    if (s->arrival_len != 1 || !lanes_empty(s->lanes)) {
        return false;
    }
    const sim_slot task = s->arrivals[0];
    sim_task_get(ctx, task, &t);
    if (t.gang > 1) {
        return false;
    }
    s->arrival_len = 0;
    if (!start_task(ctx, task, false)) {
        lanes_push_refused(s->lanes, task, &t);
        s->last_head = task;
        s->last_head_id = t.id;
    }
    return true;
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct monolithic *s = state;
    if (pass_alone(s, ctx)) {
        return;
    }
    enqueue(s, ctx);
    if (s->blocking) {
        pass_blocking(s, ctx);
    } else {
        pass_open(s, ctx);
    }
}

const struct sim_scheduler sim_scheduler_monolithic = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "monolithic",
    .summary = "one scheduler, one queue (fifo or priority), retries when room appears",
    .source = "Borg (EuroSys 2015) section 3.2",
    .options = options,
    .state_bytes = sizeof(struct monolithic),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_pass = on_pass,
};
