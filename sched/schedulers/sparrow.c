/* sparrow.c - distributed scheduling: every scheduler probes a few random machines for the tasks of
 * a job, and knows nothing of the other schedulers.
 *
 * Each scheduler of the run has its share of the jobs (`schedulers.*`). Tasks of a job that are
 * alike and are submitted at one instant are a batch. The machines have queues (lib/nodes.h), and
 * every letter takes `scheduler.delay`.
 *
 *   late-binding  a place in the queues of ratio x tasks machines, distinct ones as long as there
 *                 are enough, the rest in turn. A machine whose turn comes asks for a task; when
 *                 none is left the answer is a no-op, and places that still queue are cancelled
 *   batch         as many machines tell how long their queue is; the tasks go to the shortest
 *   per-task      ratio machines for each task by itself; it goes to the shortest of its own
 *   random        each task goes to one machine
 *
 * Only machines whose labels, taints and size suit the task are probed. Constrained tasks draw
 * their machines one by one, ratio.constrained of them for each; a machine with a place for one of
 * them may run another one of the batch, which is no different. When a machine goes, its places are
 * replaced; a task that no machine suits waits for one.
 *
 * What the published system calls a slot is room for the request here: a machine has as many slots
 * as requests fit at the same time, and its queue moves when the first one fits. With single-core
 * tasks on machines of c cores that is Sparrow with c slots. The placement policy is not asked; it
 * only hands out GPU devices. Sparrow has no gangs: they wait for ever, and are told so. An evicted
 * task is a batch of its own.
 *
 * Source: Ousterhout, Wendell, Zaharia, Stoica (SOSP 2013), and github.com/radlab/sparrow, whose
 * defaults are a ratio of 1.05 (the paper uses 2) and 2 for constrained tasks. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/batches.h"
#include "sched/lib/nodes.h"
#include "sched/lib/sampler.h"

enum mode { LATE_BINDING, BATCH, PER_TASK, RANDOM };
enum { MILLION = 1000000, RATIO_MAX = 100 };

enum whereabouts { AWAY, GATHERED, IN_BATCH, STRANDED };
struct where { /* Of a task slot. */
    enum whereabouts is;
    uint32_t batch, at; /* Index and place in its list. */
};

struct list {
    sim_slot *at; /* SIM_NONE: not here any more. */
    uint32_t len;
    size_t cap;
};

struct sparrow {
    enum mode mode;
    bool cancellation;
    int64_t ratio_ppm;
    uint32_t constrained;
    sim_time delay_us;
    struct sampler sampler;
    struct where *where; /* By slot. */
    size_t where_cap;
    struct list gathered; /* To be probed for at this instant. */
    struct list stranded; /* No machine suits them. */
    bool timer;
    struct batches batches;
    unsigned char *letter;
    uint32_t *order, *seen; /* Of the answers to one letter, */
    sim_task *winner;       /* and who goes where; SIM_NONE = nobody. */
    sim_machine *drawn;
    size_t letter_cap, order_cap, seen_cap, winner_cap, drawn_cap;
};

static const struct sim_option options[] = {
    {"scheduler.mode", SIM_OPT_CHOICE, 0, 0, "late-binding", "late-binding|batch|per-task|random",
     "places in the queues of machines drawn for the whole job, and the task is named when a turn "
     "comes; the shortest queues of those drawn for the job; the shorter of those drawn for one "
     "task; one machine drawn"},
    {"scheduler.ratio", SIM_OPT_DECIMAL, MILLION, (int64_t)RATIO_MAX *MILLION, "2", NULL,
     "machines to probe per task, rounded up over the tasks of a job"},
    {"scheduler.ratio.constrained", SIM_OPT_INT, 1, RATIO_MAX, "2", NULL,
     "machines to probe for each task with constraints"},
    {"scheduler.delay", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "500us", NULL,
     "how long a letter between a scheduler and a machine takes, one way"},
    {"scheduler.order", SIM_OPT_CHOICE, 0, 0, "fifo", "fifo|round-robin|priority",
     "whose turn it is at a machine: who came first, the users one after the other, or the highest "
     "priority"},
    {"scheduler.cancellation", SIM_OPT_BOOL, 0, 0, "true", NULL,
     "late binding: places are taken back when no task is left for them"},
    SIM_OPTION_END};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct sparrow *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    char stream[SIM_NAME_MAX + 16];
    (void)diag;
    s->mode = (enum mode)sim_settings_choice(set, "scheduler.mode");
    s->ratio_ppm = sim_settings_int(set, "scheduler.ratio");
    s->constrained = (uint32_t)sim_settings_int(set, "scheduler.ratio.constrained");
    s->delay_us = sim_settings_int(set, "scheduler.delay");
    s->cancellation = sim_settings_bool(set, "scheduler.cancellation");
    (void)snprintf(stream, sizeof stream, "probes/%s", sim_seat(ctx)->name);
    sampler_init(&s->sampler, sim_seed(ctx), stream);
    batches_init(&s->batches);
    return true;
}

static void fini(void *state)
{
    struct sparrow *s = state;
    batches_fini(&s->batches);
    sampler_fini(&s->sampler);
    mem_free(s->where);
    mem_free(s->gathered.at);
    mem_free(s->stranded.at);
    mem_free(s->letter);
    mem_free(s->order);
    mem_free(s->seen);
    mem_free(s->winner);
    mem_free(s->drawn);
}

/* ---- where tasks are ------------------------------------------------------------------------ */

static void put(struct sparrow *s, struct list *l, sim_slot task, enum whereabouts is)
{
    MEM_GROW(l->at, l->cap, (size_t)l->len + 1);
    MEM_GROW(s->where, s->where_cap, (size_t)task + 1);
    s->where[task] = (struct where){is, SIM_NONE, l->len};
    l->at[l->len++] = task;
}

/* It is probed for when everything else of this instant has been submitted. */
static void gather(struct sparrow *s, struct sim_context *ctx, sim_slot task)
{
    sim_note_wait(ctx, task, SIM_REASON_PROBE_UNDER_WAY);
    put(s, &s->gathered, task, GATHERED);
    if (!s->timer) {
        s->timer = true;
        sim_timer(ctx, 0, 0);
    }
}

/* No machine is there for it: the engine knows why. */
static void strand(struct sparrow *s, struct sim_context *ctx, sim_slot task)
{
    const struct sim_choice none = {
        .machine = SIM_NONE, .runner_up = SIM_NONE, .examined = sim_context_view(ctx)->n};
    put(s, &s->stranded, task, STRANDED);
    sim_record_refused(ctx, task, &none);
}

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct sparrow *s = state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    if (t.gang > 1) {
        MEM_GROW(s->where, s->where_cap, (size_t)task + 1);
        s->where[task].is = AWAY;
        sim_record_not_tried(ctx, task, SIM_REASON_GANG_UNSUPPORTED, NULL);
    } else {
        gather(s, ctx, task);
    }
}

/* ---- batches -------------------------------------------------------------------------------- */

/* Takes a task out, which is the scheduler's concern no more unless it comes back. */
static sim_slot batch_take(struct sparrow *s, struct batch *b, uint32_t at)
{
    const sim_slot task = batch_remove(b, at);
    s->where[task].is = AWAY;
    return task;
}

static void note_all(struct sim_context *ctx, const struct batch *b, enum sim_reason reason)
{
    for (uint32_t i = b->next; i < b->len; i++) {
        if (b->tasks[i] != SIM_NONE) {
            sim_note_wait(ctx, b->tasks[i], reason);
        }
    }
}

/* Late binding: the last task has gone. */
static void places_in_vain(struct sparrow *s, struct sim_context *ctx, const struct batch *b)
{
    if (b->places > 0 && s->cancellation) {
        sim_send(ctx, sim_hub(ctx), s->delay_us, NODE_CANCEL, &b->is.number, sizeof b->is.number);
    }
    batches_forget(&s->batches, b);
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct sparrow *s = state;
    const struct where w = s->where[task];
    s->where[task].is = AWAY;
    if (w.is == GATHERED || w.is == STRANDED) {
        (w.is == GATHERED ? &s->gathered : &s->stranded)->at[w.at] = SIM_NONE;
    } else if (w.is == IN_BATCH) {
        struct batch *b = batches_at(&s->batches, w.batch);
        batch_take(s, b, w.at);
        if (b->left == 0 && s->mode == LATE_BINDING) {
            places_in_vain(s, ctx, b);
        }
    }
}

/* ---- drawing machines ----------------------------------------------------------------------- */

/* Appends up to `want` distinct machines to s->drawn, which has `have`; returns how many. */
static uint32_t draw(struct sparrow *s, struct sim_context *ctx, const struct batch *b,
                     uint32_t have, uint32_t want)
{
    const uint32_t n = sim_context_view(ctx)->n;
    MEM_GROW(s->drawn, s->drawn_cap, (size_t)have + (want < n ? want : n));
    return sampler_draw(&s->sampler, ctx, &b->is.cls, s->drawn + have, want);
}

/* ratio x tasks of them, distinct as long as there are enough, the rest in turn. */
static uint32_t draw_together(struct sparrow *s, struct sim_context *ctx, const struct batch *b)
{
    const uint64_t due =
        s->mode == RANDOM ? 1 : ((uint64_t)s->ratio_ppm * b->left + MILLION - 1) / MILLION;
    CHECK(due < SIM_NONE);
    const uint32_t want = (uint32_t)due, got = draw(s, ctx, b, 0, want);
    if (got == 0) {
        return 0;
    }
    MEM_GROW(s->drawn, s->drawn_cap, want);
    for (uint32_t i = got; i < want; i++) {
        s->drawn[i] = s->drawn[i - got];
    }
    return want;
}

/* As many for each task as it is due, or as there are. */
static uint32_t draw_one_by_one(struct sparrow *s, struct sim_context *ctx, const struct batch *b)
{
    const uint32_t due = s->mode == RANDOM ? 1 : s->constrained;
    uint32_t have = 0;
    for (uint32_t i = 0; i < b->left; i++) {
        have += draw(s, ctx, b, have, due);
    }
    return have;
}

static uint32_t draw_for(struct sparrow *s, struct sim_context *ctx, const struct batch *b)
{
    return b->is.cls.constraints == 0 ? draw_together(s, ctx, b) : draw_one_by_one(s, ctx, b);
}

/* ---- sending -------------------------------------------------------------------------------- */

/* Room for a letter about the batch with `count` entries of `size` bytes each. */
static void *letter_about(struct sparrow *s, struct batch *b, uint32_t count, size_t size)
{
    b->is.count = count;
    MEM_GROW(s->letter, s->letter_cap, sizeof b->is + count * size);
    memcpy(s->letter, &b->is, sizeof b->is);
    return s->letter + sizeof b->is;
}

static void send_letter(struct sparrow *s, struct sim_context *ctx, const struct batch *b,
                        enum node_letter kind, size_t size)
{
    sim_send(ctx, sim_hub(ctx), s->delay_us, kind, s->letter, sizeof b->is + b->is.count * size);
}

static void send_machines(struct sparrow *s, struct sim_context *ctx, struct batch *b,
                          enum node_letter kind, uint32_t count)
{
    memcpy(letter_about(s, b, count, sizeof *s->drawn), s->drawn, count * sizeof *s->drawn);
    send_letter(s, ctx, b, kind, sizeof *s->drawn);
}

static void send_reservations(struct sparrow *s, struct sim_context *ctx, struct batch *b,
                              uint32_t count)
{
    b->is.reason = SIM_REASON_PROBE_WON;
    b->places += count;
    send_machines(s, ctx, b, NODE_RESERVE, count);
    if (s->delay_us == 0) {
        note_all(ctx, b, SIM_REASON_QUEUED_AT_NODE);
    } else {
        sim_timer(ctx, s->delay_us, (uint64_t)b->is.number + 1);
    }
}

static void send_questions(struct sparrow *s, struct sim_context *ctx, struct batch *b,
                           uint32_t count)
{
    b->is.reason = SIM_REASON_SHORTEST_QUEUE;
    MEM_GROW(b->machines, b->machine_cap, count);
    memcpy(b->machines, s->drawn, count * sizeof *s->drawn);
    send_machines(s, ctx, b, NODE_LENGTHS, count);
}

static void send_blindly(struct sparrow *s, struct sim_context *ctx, struct batch *b)
{
    struct node_task *out = letter_about(s, b, b->left, sizeof *out);
    b->is.reason = SIM_REASON_DRAWN;
    memcpy(s->letter, &b->is, sizeof b->is);
    for (uint32_t i = 0; i < b->is.count; i++) {
        struct sim_task_view t;
        sim_task_get(ctx, b->tasks[i], &t);
        out[i] = (struct node_task){batch_take(s, b, i), t.id, s->drawn[i], NODE_GONE};
    }
    send_letter(s, ctx, b, NODE_TASKS, sizeof *out);
    batches_forget(&s->batches, b);
}

static void strand_all(struct sparrow *s, struct sim_context *ctx, struct batch *b)
{
    for (uint32_t i = 0; i < b->len; i++) {
        if (b->tasks[i] != SIM_NONE) {
            strand(s, ctx, batch_take(s, b, i));
        }
    }
    batches_forget(&s->batches, b);
}

static void probe(struct sparrow *s, struct sim_context *ctx, struct batch *b)
{
    const uint32_t count = draw_for(s, ctx, b), machines = sim_context_view(ctx)->n;
    b->is.sent_us = sim_now(ctx);
    b->is.probed = count < machines ? count : machines;
    if (count == 0) {
        strand_all(s, ctx, b);
    } else if (s->mode == LATE_BINDING) {
        send_reservations(s, ctx, b, count);
    } else if (s->mode == RANDOM) {
        send_blindly(s, ctx, b);
    } else {
        send_questions(s, ctx, b, count);
    }
}

static void probe_for_gathered(struct sparrow *s, struct sim_context *ctx)
{
    const bool together = s->mode == LATE_BINDING || s->mode == BATCH;
    const uint32_t first = batches_begin(&s->batches);
    for (uint32_t i = 0; i < s->gathered.len; i++) {
        const sim_slot task = s->gathered.at[i];
        struct sim_task_view t;
        if (task != SIM_NONE) {
            sim_task_get(ctx, task, &t);
            const uint32_t batch = batches_join(&s->batches, &t, together);
            const uint32_t at = batch_append(batches_at(&s->batches, batch), task);
            s->where[task] = (struct where){IN_BATCH, batch, at};
        }
    }
    s->gathered.len = 0;
    const uint32_t end = batches_end(&s->batches);
    for (uint32_t number = first; number < end; number++) {
        probe(s, ctx, batches_find(&s->batches, number));
    }
}

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct sparrow *s = state;
    if (token == 0) {
        s->timer = false;
        probe_for_gathered(s, ctx);
        return;
    }
    const struct batch *b = batches_find(&s->batches, (uint32_t)(token - 1));
    if (b != NULL) { /* The probes have arrived. */
        note_all(ctx, b, SIM_REASON_QUEUED_AT_NODE);
    }
}

/* ---- answers -------------------------------------------------------------------------------- */

static void give_task(struct sparrow *s, struct sim_context *ctx, const struct node_turn *turn)
{
    struct node_answer answer = {turn->place, SIM_NONE, SIM_NONE};
    struct batch *b = batches_find(&s->batches, turn->batch);
    if (b != NULL) {
        struct sim_task_view t;
        while (b->tasks[b->next] == SIM_NONE) {
            b->next++;
        }
        answer.slot = batch_take(s, b, b->next++);
        sim_task_get(ctx, answer.slot, &t);
        answer.task = t.id;
        sim_note_wait(ctx, answer.slot, SIM_REASON_LAUNCH_UNDER_WAY);
        b->places--;
    }
    sim_send(ctx, sim_hub(ctx), s->delay_us, NODE_ANSWER, &answer, sizeof answer);
    if (b != NULL && b->left == 0) {
        places_in_vain(s, ctx, b);
    }
}

/* The place is made up for, on a machine that may have one already. */
static void replace(struct sparrow *s, struct sim_context *ctx, struct batch *b)
{
    b->places--;
    if (draw(s, ctx, b, 0, 1) == 1) {
        b->is.sent_us = sim_now(ctx);
        b->places++;
        send_machines(s, ctx, b, NODE_RESERVE, 1);
    } else if (b->places == 0) {
        strand_all(s, ctx, b);
    }
}

static int compare_seen(const void *left, const void *right, void *context)
{
    const uint32_t *seen = context;
    const uint32_t a = seen[*(const uint32_t *)left], b = seen[*(const uint32_t *)right];
    return a < b ? -1 : a > b;
}

/* order[i] = the probe with the i-th shortest queue; among equals the one that was drawn first. */
static void sort_probes(struct sparrow *s, uint32_t *seen, uint32_t count)
{
    MEM_GROW(s->order, s->order_cap, count);
    for (uint32_t i = 0; i < count; i++) {
        s->order[i] = i;
    }
    sort_stable(s->order, count, sizeof *s->order, compare_seen, seen);
}

/* The tasks go to the shortest queues. Which probes won is marked in s->winner. */
static void send_tasks(struct sparrow *s, struct sim_context *ctx, struct batch *b,
                       const uint32_t *seen)
{
    struct node_task *out = letter_about(s, b, b->left, sizeof *out);
    uint32_t n = 0, next = 0;
    for (uint32_t i = 0; i < b->len; i++) {
        if (b->tasks[i] == SIM_NONE) {
            continue;
        }
        struct sim_task_view t;
        const uint32_t won = s->order[next++];
        const sim_slot task = batch_take(s, b, i);
        sim_task_get(ctx, task, &t);
        if (seen[won] == NODE_GONE) {
            gather(s, ctx, task);
        } else {
            out[n++] = (struct node_task){task, t.id, b->machines[won], seen[won]};
            s->winner[won] = t.id;
        }
    }
    b->is.count = n;
    memcpy(s->letter, &b->is, sizeof b->is);
    if (n > 0) {
        send_letter(s, ctx, b, NODE_TASKS, sizeof *out);
    }
}

/* Probes that won no task are over when their scheduler has seen the answers. */
static void record_others(const struct sparrow *s, struct sim_context *ctx, const struct batch *b,
                          const uint32_t *seen, uint32_t count, bool any_task)
{
    for (uint32_t i = 0; i < count; i++) {
        const bool gone = seen[i] == NODE_GONE;
        const struct sim_probe_row row = {
            .sent_us = b->is.sent_us,
            .arrived_us = b->is.sent_us + s->delay_us,
            .asked_us = SIM_NEVER,
            .ended_us = sim_now(ctx),
            .scheduler = sim_seat(ctx)->id,
            .batch = b->is.number,
            .job = b->is.job,
            .task = SIM_NONE,
            .machine = b->machines[i],
            .seen = gone ? 0 : seen[i],
            .outcome = gone       ? SIM_PROBE_LOST
                       : any_task ? SIM_PROBE_LONGER
                                  : SIM_PROBE_CANCELLED,
        };
        if (s->winner[i] == SIM_NONE) {
            sim_record_probe(ctx, &row);
        }
    }
}

static void take_lengths(struct sparrow *s, struct sim_context *ctx, const struct sim_message *m)
{
    const uint32_t *body = m->body;
    const uint32_t count = (uint32_t)(m->size / sizeof *body) - 1;
    struct batch *b = batches_find(&s->batches, body[0]);
    CHECK(b != NULL && b->is.count == count); /* It waits for this letter, with or without tasks. */
    MEM_GROW(s->seen, s->seen_cap, count);
    MEM_GROW(s->winner, s->winner_cap, count);
    memcpy(s->seen, body + 1, count * sizeof *body);
    memset(s->winner, UCHAR_MAX, count * sizeof *s->winner);
    const bool any_task = b->left > 0;
    sort_probes(s, s->seen, count);
    send_tasks(s, ctx, b, s->seen);
    record_others(s, ctx, b, s->seen, count, any_task);
    batches_forget(&s->batches, b);
}

static void on_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    struct sparrow *s = state;
    if (m->kind == NODE_GET_TASK) {
        give_task(s, ctx, m->body);
    } else if (m->kind == NODE_SEEN) {
        take_lengths(s, ctx, m);
    } else if (m->kind == NODE_LOST_PROBE) {
        struct batch *b = batches_find(&s->batches, *(const uint32_t *)m->body);
        if (b != NULL) {
            replace(s, ctx, b);
        }
    } else {
        const struct node_task *t = m->body;
        CHECK(m->kind == NODE_LOST_TASK);
        if (sim_waits(ctx, t->slot, t->task)) {
            gather(s, ctx, t->slot);
        }
    }
}

/* ---- machines ------------------------------------------------------------------------------- */

/* Schedulers know at once which machines there are. */
static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct sparrow *s = state;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->stranded.len; i++) {
        const sim_slot task = s->stranded.at[i];
        struct sim_task_view t;
        if (task == SIM_NONE) {
            continue;
        }
        sim_task_get(ctx, task, &t);
        if (nodes_suits(ctx, t.cls, m)) {
            gather(s, ctx, task);
        } else {
            s->where[task].at = kept;
            s->stranded.at[kept++] = task;
        }
    }
    s->stranded.len = kept;
}

const struct sim_scheduler sim_scheduler_sparrow = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "sparrow",
    .summary = "distributed: probes of random machines, queues on machines, late binding",
    .source = "Sparrow (SOSP 2013) sections 3 and 4",
    .options = options,
    .hub = &nodes_hub,
    .state_bytes = sizeof(struct sparrow),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_machine = on_machine,
    .on_message = on_message,
    .on_timer = on_timer,
};
