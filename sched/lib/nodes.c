/* nodes.c - see nodes.h. */
#include "sched/lib/nodes.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "sched/lib/node_queues.h"

#define ROOM                                                                                       \
    (SIM_FAIL_FIT_CPU | SIM_FAIL_FIT_MEMORY | SIM_FAIL_FIT_GPU | SIM_FAIL_FIT_DISK |               \
     SIM_FAIL_FIT_EXTENDED)

struct place { /* Of a batch, in the queue of a machine or past it. */
    sim_machine machine;
    uint32_t batch; /* Index; SIM_NONE = free. */
    uint32_t next, prev;
    sim_slot slot; /* The task that stands there; SIM_NONE = whichever the scheduler names. */
    sim_task task;
    uint32_t seen;
    sim_time sent_us, arrived_us, asked_us;
    bool asked; /* Its turn came: it is not in the queue. */
};

struct batch { /* With places here. */
    struct node_batch is;
    uint32_t scheduler, first, places;
};

struct node {
    int64_t held[SIM_DIMS]; /* For answers under way. */
    uint32_t asked, devices;
    uint32_t letter, repeats; /* How often the letter of that number asked for the length. */
};

struct nodes {
    sim_time delay_us;
    struct node_queues *queues;
    struct node *at;
    struct place *places;
    struct batch *batches;
    struct map_u64 *by_number; /* scheduler << 32 | number -> index. */
    uint32_t *spare_places, *spare_batches, *scratch;
    size_t node_cap, place_cap, place_count, batch_cap, batch_count, scratch_cap;
    size_t spare_place_cap, spare_place_len, spare_batch_cap, spare_batch_len;
    uint32_t letters;
};

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct nodes *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    (void)diag;
    s->delay_us = sim_settings_int(set, "scheduler.delay");
    s->queues = node_queues_create((enum node_order)sim_settings_choice(set, "scheduler.order"));
    s->by_number = map_u64_create();
    return true;
}

static void fini(void *state)
{
    struct nodes *s = state;
    node_queues_destroy(s->queues);
    map_u64_destroy(s->by_number);
    mem_free(s->at);
    mem_free(s->places);
    mem_free(s->batches);
    mem_free(s->spare_places);
    mem_free(s->spare_batches);
    mem_free(s->scratch);
}

static struct node *node_at(struct nodes *s, sim_machine m)
{
    MEM_GROW(s->at, s->node_cap, (size_t)m + 1);
    return &s->at[m];
}

/* ---- batches and places --------------------------------------------------------------------- */

static uint64_t key(uint32_t scheduler, uint32_t number)
{
    return (uint64_t)scheduler << 32 | number;
}

static uint32_t batch_index(struct nodes *s, uint32_t scheduler, const struct node_batch *is)
{
    bool fresh;
    uint32_t *index = map_u64_put(s->by_number, key(scheduler, is->number), &fresh);
    if (!fresh) {
        return *index;
    }
    if (s->spare_batch_len > 0) {
        *index = s->spare_batches[--s->spare_batch_len];
    } else {
        MEM_GROW(s->batches, s->batch_cap, s->batch_count + 1);
        *index = (uint32_t)s->batch_count++;
    }
    s->batches[*index] = (struct batch){*is, scheduler, SIM_NONE, 0};
    return *index;
}

/* What the caller leaves out is SIM_NEVER or none. */
static uint32_t place_new(struct nodes *s, uint32_t batch, sim_machine m)
{
    uint32_t p;
    if (s->spare_place_len > 0) {
        p = s->spare_places[--s->spare_place_len];
    } else {
        MEM_GROW(s->places, s->place_cap, s->place_count + 1);
        p = (uint32_t)s->place_count++;
    }
    struct batch *b = &s->batches[batch];
    s->places[p] = (struct place){.machine = m,
                                  .batch = batch,
                                  .next = b->first,
                                  .prev = SIM_NONE,
                                  .slot = SIM_NONE,
                                  .task = SIM_NONE,
                                  .sent_us = b->is.sent_us,
                                  .arrived_us = SIM_NEVER,
                                  .asked_us = SIM_NEVER};
    if (b->first != SIM_NONE) {
        s->places[b->first].prev = p;
    }
    b->first = p;
    b->places++;
    return p;
}

static void record(const struct nodes *s, struct sim_context *ctx, const struct place *p,
                   enum sim_probe_outcome outcome)
{
    const struct batch *b = &s->batches[p->batch];
    const struct sim_probe_row row = {
        .sent_us = p->sent_us,
        .arrived_us = p->arrived_us,
        .asked_us = p->asked_us,
        .ended_us = outcome == SIM_PROBE_OPEN ? SIM_NEVER : sim_now(ctx),
        .scheduler = b->scheduler,
        .batch = b->is.number,
        .job = b->is.job,
        .task = p->task,
        .machine = p->machine,
        .seen = p->seen,
        .outcome = (uint8_t)outcome,
    };
    sim_record_probe(ctx, &row);
}

/* The place, which is in no queue any more, goes, and its batch with the last one. */
static void end(struct nodes *s, struct sim_context *ctx, uint32_t p,
                enum sim_probe_outcome outcome)
{
    struct place *at = &s->places[p];
    struct batch *b = &s->batches[at->batch];
    record(s, ctx, at, outcome);
    *(at->prev != SIM_NONE ? &s->places[at->prev].next : &b->first) = at->next;
    if (at->next != SIM_NONE) {
        s->places[at->next].prev = at->prev;
    }
    if (--b->places == 0) {
        map_u64_remove(s->by_number, key(b->scheduler, b->is.number));
        MEM_GROW(s->spare_batches, s->spare_batch_cap, s->spare_batch_len + 1);
        s->spare_batches[s->spare_batch_len++] = at->batch;
    }
    at->batch = SIM_NONE;
    MEM_GROW(s->spare_places, s->spare_place_cap, s->spare_place_len + 1);
    s->spare_places[s->spare_place_len++] = p;
}

static void drop(struct nodes *s, struct sim_context *ctx, uint32_t p,
                 enum sim_probe_outcome outcome)
{
    node_queues_remove(s->queues, p);
    end(s, ctx, p, outcome);
}

/* Its scheduler hears that the place, which is in no queue any more, came to nothing. */
static void lose(struct nodes *s, struct sim_context *ctx, uint32_t p)
{
    const struct place *at = &s->places[p];
    const struct batch *b = &s->batches[at->batch];
    if (at->slot == SIM_NONE) {
        sim_send(ctx, b->scheduler, s->delay_us, NODE_LOST_PROBE, &b->is.number,
                 sizeof b->is.number);
    } else {
        const struct node_task task = {at->slot, at->task, at->machine, at->seen};
        sim_send(ctx, b->scheduler, s->delay_us, NODE_LOST_TASK, &task, sizeof task);
    }
    end(s, ctx, p, SIM_PROBE_LOST);
}

/* ---- room ----------------------------------------------------------------------------------- */

static void hold(struct node *node, const struct sim_class *cls, int sign)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        node->held[d] += sign * cls->request.v[d];
    }
    node->devices += (uint32_t)(sign * (int)cls->gpu_count);
    node->asked += (uint32_t)sign;
}

/* Does what fits still fit when the answers under way all bring a task? Whichever devices those
 * get, as many whole ones as they ask for suffice. */
static bool fits_beside(const struct node *node, const struct sim_view *v,
                        const struct sim_class *cls, sim_machine m)
{
    bool fits = cls->gpu_count == 0 || node->devices == 0 ||
                v->gpu_whole[m] - (int64_t)node->devices >= (int64_t)cls->gpu_count;
    for (int d = 0; d < SIM_DIMS; d++) {
        fits &= d == SIM_GPU || v->free[d][m] - node->held[d] >= cls->request.v[d];
    }
    return fits;
}

/* Could an answer under way bring the job to its limit on the machine? */
static bool limit_in_doubt(const struct nodes *s, const struct batch *b, sim_machine m)
{
    for (uint32_t p = b->first; p != SIM_NONE && b->is.cls.spread_group != SIM_NONE;
         p = s->places[p].next) {
        if (s->places[p].asked && s->places[p].machine == m) {
            return true;
        }
    }
    return false;
}

/* ---- service -------------------------------------------------------------------------------- */

static void launch(struct nodes *s, struct sim_context *ctx, uint32_t p)
{
    const struct place *at = &s->places[p];
    const struct node_batch *is = &s->batches[at->batch].is;
    struct sim_choice c;
    sim_choose_on(ctx, at->slot, at->machine, &c);
    c.examined = is->probed;
    c.reason = is->reason;
    sim_record_placed(ctx, at->slot, &c);
    struct sim_op op = sim_op(SIM_OP_PLACE, at->slot, at->machine, c.devices);
    CHECK(sim_commit(ctx, &op, 1, SIM_ATOMIC));
    end(s, ctx, p, SIM_PROBE_WON);
}

static void take_turn(struct nodes *s, struct sim_context *ctx, uint32_t p)
{
    struct place *at = &s->places[p];
    const struct batch *b = &s->batches[at->batch];
    node_queues_serve(s->queues, p);
    at->asked_us = sim_now(ctx);
    if (at->slot != SIM_NONE) {
        launch(s, ctx, p);
        return;
    }
    const struct node_turn turn = {b->is.number, p};
    at->asked = true;
    hold(node_at(s, at->machine), &b->is.cls, 1);
    sim_send(ctx, b->scheduler, s->delay_us, NODE_GET_TASK, &turn, sizeof turn);
}

enum verdict { TURN, PASS_OVER, WAIT };

static enum verdict look(struct nodes *s, struct sim_context *ctx, const struct place *at)
{
    const struct batch *b = &s->batches[at->batch];
    const uint32_t lacks = sim_lacks(ctx, &b->is.cls, at->machine);
    const struct node *node = node_at(s, at->machine);
    if ((lacks & ~(uint32_t)ROOM) != 0 || limit_in_doubt(s, b, at->machine)) {
        return PASS_OVER;
    }
    const struct sim_view *v = sim_context_view(ctx);
    return lacks == 0 && fits_beside(node, v, &b->is.cls, at->machine) ? TURN : WAIT;
}

static void serve(struct nodes *s, struct sim_context *ctx, sim_machine m)
{
    uint32_t p = node_queues_first(s->queues, m);
    while (p != SIM_NONE) {
        const struct place *at = &s->places[p];
        const uint32_t next = node_queues_next(s->queues, p);
        if (at->slot != SIM_NONE && !sim_waits(ctx, at->slot, at->task)) {
            drop(s, ctx, p, SIM_PROBE_CANCELLED);
            p = next;
            continue;
        }
        const enum verdict verdict = look(s, ctx, at);
        if (verdict == WAIT) {
            return;
        }
        if (verdict == TURN) {
            take_turn(s, ctx, p);
        }
        p = verdict == TURN ? node_queues_first(s->queues, m) : next;
    }
}

/* ---- letters -------------------------------------------------------------------------------- */

static uint32_t length(struct nodes *s, struct sim_context *ctx, sim_machine m)
{
    return sim_context_view(ctx)->tasks[m] + node_queues_len(s->queues, m) + node_at(s, m)->asked;
}

bool nodes_suits(struct sim_context *ctx, const struct sim_class *cls, sim_machine m)
{
    return (sim_lacks(ctx, cls, m) & SIM_FAIL_STATIC) == 0;
}

/* The place joins the queue of its machine, or is lost. */
static void join(struct nodes *s, struct sim_context *ctx, uint32_t p)
{
    const struct place at = s->places[p];
    const struct node_batch *is = &s->batches[at.batch].is;
    if (!nodes_suits(ctx, &is->cls, at.machine)) {
        lose(s, ctx, p);
        return;
    }
    node_queues_push(s->queues, at.machine, p, is->user, is->priority);
    if (at.slot != SIM_NONE) {
        sim_note_wait(ctx, at.slot, SIM_REASON_QUEUED_AT_NODE);
    }
    serve(s, ctx, at.machine);
}

static void reserve(struct nodes *s, struct sim_context *ctx, uint32_t from,
                    const struct node_batch *is)
{
    const uint32_t *machines = (const uint32_t *)(is + 1);
    for (uint32_t i = 0; i < is->count; i++) {
        /* The batch may have gone with its last place. */
        const uint32_t p = place_new(s, batch_index(s, from, is), machines[i]);
        s->places[p].sent_us = is->sent_us;
        s->places[p].arrived_us = sim_now(ctx);
        s->places[p].seen = length(s, ctx, machines[i]);
        join(s, ctx, p);
    }
}

static void queue_tasks(struct nodes *s, struct sim_context *ctx, uint32_t from,
                        const struct node_batch *is)
{
    const struct node_task *tasks = (const struct node_task *)(is + 1);
    for (uint32_t i = 0; i < is->count; i++) {
        const struct node_task *t = &tasks[i];
        const uint32_t p = place_new(s, batch_index(s, from, is), t->machine);
        struct place *at = &s->places[p];
        const bool probed = t->seen != NODE_GONE;
        at->slot = t->slot;
        at->task = t->task;
        at->arrived_us = probed ? is->sent_us + s->delay_us : sim_now(ctx);
        at->seen = probed ? t->seen : length(s, ctx, t->machine);
        if (sim_waits(ctx, t->slot, t->task)) {
            join(s, ctx, p);
        } else {
            end(s, ctx, p, SIM_PROBE_CANCELLED);
        }
    }
}

/* A machine that is asked twice counts the first time as queued. */
static void tell_lengths(struct nodes *s, struct sim_context *ctx, uint32_t from,
                         const struct node_batch *is)
{
    const uint32_t *machines = (const uint32_t *)(is + 1);
    MEM_GROW(s->scratch, s->scratch_cap, (size_t)is->count + 1);
    s->scratch[0] = is->number;
    s->letters++;
    for (uint32_t i = 0; i < is->count; i++) {
        struct node *node = node_at(s, machines[i]);
        node->repeats = node->letter == s->letters ? node->repeats + 1 : 0;
        node->letter = s->letters;
        s->scratch[i + 1] = nodes_suits(ctx, &is->cls, machines[i])
                                ? length(s, ctx, machines[i]) + node->repeats
                                : NODE_GONE;
    }
    sim_send(ctx, from, s->delay_us, NODE_SEEN, s->scratch,
             ((size_t)is->count + 1) * sizeof *s->scratch);
}

static void take_answer(struct nodes *s, struct sim_context *ctx, const struct node_answer *a)
{
    struct place *at = &s->places[a->place];
    const struct batch *b = &s->batches[at->batch];
    const sim_machine m = at->machine;
    hold(node_at(s, m), &b->is.cls, -1);
    if (a->slot == SIM_NONE || !sim_waits(ctx, a->slot, a->task)) {
        end(s, ctx, a->place, SIM_PROBE_NO_OP);
    } else {
        at->slot = a->slot;
        at->task = a->task;
        /* The machine may have changed while the letters were under way. */
        if (sim_lacks(ctx, &b->is.cls, m) == 0) {
            launch(s, ctx, a->place);
        } else {
            lose(s, ctx, a->place);
        }
    }
    serve(s, ctx, m);
}

static void cancel(struct nodes *s, struct sim_context *ctx, uint32_t from, uint32_t number)
{
    const uint32_t *index = map_u64_get(s->by_number, key(from, number));
    uint32_t p = index != NULL ? s->batches[*index].first : SIM_NONE, n = 0;
    while (p != SIM_NONE) {
        const uint32_t next = s->places[p].next;
        if (!s->places[p].asked) {
            MEM_GROW(s->scratch, s->scratch_cap, (size_t)n + 1);
            s->scratch[n++] = s->places[p].machine;
            drop(s, ctx, p, SIM_PROBE_CANCELLED);
        }
        p = next;
    }
    for (uint32_t i = 0; i < n; i++) {
        serve(s, ctx, s->scratch[i]); /* It may have been the one that did not fit. */
    }
}

static void on_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    struct nodes *s = state;
    switch (m->kind) {
    case NODE_RESERVE:
        reserve(s, ctx, m->from, m->body);
        break;
    case NODE_LENGTHS:
        tell_lengths(s, ctx, m->from, m->body);
        break;
    case NODE_TASKS:
        queue_tasks(s, ctx, m->from, m->body);
        break;
    case NODE_ANSWER:
        take_answer(s, ctx, m->body);
        break;
    default:
        CHECK(m->kind == NODE_CANCEL);
        cancel(s, ctx, m->from, *(const uint32_t *)m->body);
        break;
    }
}

/* ---- machines ------------------------------------------------------------------------------- */

/* Places that the machine, as it is now, can never serve are given back. */
static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct nodes *s = state;
    uint32_t p = node_queues_first(s->queues, m);
    while (p != SIM_NONE) {
        const uint32_t next = node_queues_next(s->queues, p);
        const struct place *at = &s->places[p];
        if (!nodes_suits(ctx, &s->batches[at->batch].is.cls, m)) {
            node_queues_remove(s->queues, p);
            lose(s, ctx, p);
        }
        p = next;
    }
    serve(s, ctx, m);
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct nodes *s = state;
    size_t n;
    const sim_machine *freed = sim_freed(ctx, &n);
    for (size_t i = 0; i < n; i++) {
        serve(s, ctx, freed[i]);
    }
}

static void on_finish(void *state, struct sim_context *ctx)
{
    const struct nodes *s = state;
    for (size_t p = 0; p < s->place_count; p++) {
        if (s->places[p].batch != SIM_NONE) {
            record(s, ctx, &s->places[p], SIM_PROBE_OPEN);
        }
    }
}

const struct sim_scheduler nodes_hub = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "nodes",
    .summary = "a queue on every machine",
    .source = "Sparrow (SOSP 2013) section 4",
    .state_bytes = sizeof(struct nodes),
    .init = init,
    .fini = fini,
    .on_machine = on_machine,
    .on_message = on_message,
    .on_pass = on_pass,
    .on_finish = on_finish,
};
