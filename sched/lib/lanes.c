/* lanes.c - see lanes.h. */
#include "sched/lib/lanes.h"

#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "sched/lib/order.h"

struct node { /* One per task slot. */
    sim_slot next, prev;
    struct lane *lane; /* NULL = not waiting. */
    uint64_t seq;
    const struct sim_class *cls;
    bool fresh;
};

struct lane {
    struct lanes *owner;
    sim_slot head, tail, fresh; /* fresh: the first fresh task. */
    uint32_t len, gang, job;    /* job: of a gang. */
    int32_t priority;
    uint64_t key;        /* In owner->by_key. */
    size_t all_index;    /* In owner->all. */
    struct order_key at; /* In owner->order, while it holds tasks. */
    bool blocked;        /* Only machines with new room can take its head. */
    bool in_use, stale;  /* In the hands of a pass; in owner->stale. */
};

struct lanes {
    bool by_priority;
    struct node *nodes;
    size_t node_cap;
    struct order *order; /* Of lanes, by their heads; with what a blocked one needs. */
    struct lane **all, **stale;
    size_t all_len, all_cap, stale_len, stale_cap;
    /* A pass: */
    const sim_machine *freed;
    size_t freed_len;
    struct order_need room; /* The most free on a machine with new room, by dimension. */
    bool room_old;          /* Less may be free by now. */
    bool under_way;         /* The lane of `last` was handed out, and those before it. */
    struct order_key last;
    sim_slot *fresh; /* In order of entry. */
    size_t fresh_len, fresh_cap, fresh_at;
    struct lane **by_id; /* Lanes by the value in by_key. */
    uint32_t *free_ids;
    size_t id_len, id_cap, free_len, free_cap;
    struct map_u64 *by_key;
    struct map_u64 *started; /* Jobs whose gang ran. */
};

struct lanes *lanes_create(bool by_priority)
{
    struct lanes *l = MEM_NEW(struct lanes, 1);
    l->by_priority = by_priority;
    l->order = order_create();
    l->by_key = map_u64_create();
    l->started = map_u64_create();
    return l;
}

void lanes_destroy(struct lanes *l)
{
    if (l == NULL) {
        return;
    }
    for (size_t i = 0; i < l->id_len; i++) {
        mem_free(l->by_id[i]);
    }
    map_u64_destroy(l->by_key);
    map_u64_destroy(l->started);
    mem_free(l->nodes);
    order_destroy(l->order);
    mem_free(l->all);
    mem_free(l->stale);
    mem_free(l->fresh);
    mem_free(l->by_id);
    mem_free(l->free_ids);
    mem_free(l);
}

/* ---- lanes in the order of their heads ------------------------------------------------------- */

static struct order_need need_of(const struct lane *lane)
{
    if (!lane->blocked) {
        return (struct order_need){INT64_MIN, INT64_MIN, INT64_MIN};
    }
    if (lane->gang > 1) { /* Any new room may be what was missing. */
        return (struct order_need){0, 0, 0};
    }
    const struct sim_resources *r = &lane->owner->nodes[lane->head].cls->request;
    return (struct order_need){r->v[SIM_CPU], r->v[SIM_MEMORY], r->v[SIM_GPU]};
}

static void stand(struct lanes *l, struct lane *lane)
{
    const int64_t rank = l->by_priority ? -(int64_t)lane->priority : 0;
    lane->at = (struct order_key){rank, l->nodes[lane->head].seq};
    order_insert(l->order, lane->at, need_of(lane), lane);
    const struct order_key *at = &lane->at, *last = &l->last;
    if (l->under_way &&
        (at->rank < last->rank || (at->rank == last->rank && at->seq <= last->seq))) {
        /* What a gang left behind: the pass goes back to it. Those after it that were tried are
         * blocked by now. */
        l->last = at->seq > 0 ? (struct order_key){at->rank, at->seq - 1}
                              : (struct order_key){at->rank - 1, UINT64_MAX};
    }
}

static void set_blocked(struct lane *lane, bool blocked)
{
    if (lane->blocked != blocked && lane->len > 0) {
        lane->blocked = blocked;
        order_need(lane->owner->order, lane->at, need_of(lane));
    }
}

/* ---- lanes come and go ---------------------------------------------------------------------- */

/* The members of a gang may differ in class and priority; that of the first one counts. */
static uint64_t key_of(const struct sim_task_view *t, bool gang)
{
    const uint32_t parts[4] = {gang, gang ? t->job : t->cls->id, gang ? 0 : (uint32_t)t->priority,
                               0};
    return map_hash(parts, sizeof parts);
}

static struct lane *lane_new(struct lanes *l, uint32_t *id, uint64_t key)
{
    if (l->free_len > 0) {
        *id = l->free_ids[--l->free_len];
    } else {
        *id = (uint32_t)l->id_len;
        MEM_GROW(l->by_id, l->id_cap, l->id_len + 1);
        l->id_len++;
    }
    struct lane *lane = MEM_NEW(struct lane, 1);
    l->by_id[*id] = lane;
    lane->owner = l;
    lane->key = key;
    lane->head = lane->tail = lane->fresh = SIM_NONE;
    lane->all_index = l->all_len;
    MEM_GROW(l->all, l->all_cap, l->all_len + 1);
    l->all[l->all_len++] = lane;
    return lane;
}

static bool holds(const struct lanes *l, const struct lane *lane, const struct sim_task_view *t,
                  bool gang)
{
    if ((lane->gang > 1) != gang) {
        return false;
    }
    if (gang) {
        return lane->job == t->job;
    }
    return lane->priority == t->priority &&
           (lane->head == SIM_NONE || l->nodes[lane->head].cls == t->cls);
}

static struct lane *lane_for(struct lanes *l, const struct sim_task_view *t)
{
    const bool gang = t->gang > 1 && map_u64_get(l->started, t->job) == NULL;
    uint64_t key = key_of(t, gang);
    bool fresh;
    uint32_t *id = map_u64_put(l->by_key, key, &fresh);
    while (!fresh && !holds(l, l->by_id[*id], t, gang)) {
        id = map_u64_put(l->by_key, ++key, &fresh);
    }
    if (!fresh) {
        return l->by_id[*id];
    }
    struct lane *lane = lane_new(l, id, key);
    lane->priority = t->priority;
    lane->gang = gang ? t->gang : 1;
    lane->job = t->job;
    return lane;
}

static void let_go(struct lanes *l, struct lane *lane)
{
    if (lane->len > 0 || lane->in_use || lane->stale) {
        return;
    }
    l->all[lane->all_index] = l->all[--l->all_len];
    l->all[lane->all_index]->all_index = lane->all_index;
    const uint32_t *id = map_u64_get(l->by_key, lane->key);
    CHECK(id != NULL);
    const uint32_t freed = *id;
    map_u64_remove(l->by_key, lane->key);
    MEM_GROW(l->free_ids, l->free_cap, l->free_len + 1);
    l->free_ids[l->free_len++] = freed;
    l->by_id[freed] = NULL;
    mem_free(lane);
}

/* ---- tasks come and go ---------------------------------------------------------------------- */

static void mark_stale(struct lanes *l, struct lane *lane)
{
    if (!lane->stale) {
        lane->stale = true;
        MEM_GROW(l->stale, l->stale_cap, l->stale_len + 1);
        l->stale[l->stale_len++] = lane;
    }
}

/* By time of entry: at the end, but for what a gang left behind. */
static void insert(struct lanes *l, struct lane *lane, sim_slot task, const struct sim_task_view *t)
{
    sim_slot prev = lane->tail;
    while (prev != SIM_NONE && l->nodes[prev].seq > t->seq) {
        prev = l->nodes[prev].prev;
    }
    const sim_slot next = prev != SIM_NONE ? l->nodes[prev].next : lane->head;
    l->nodes[task] = (struct node){next, prev, lane, t->seq, t->cls, true};
    *(prev != SIM_NONE ? &l->nodes[prev].next : &lane->head) = task;
    *(next != SIM_NONE ? &l->nodes[next].prev : &lane->tail) = task;
    lane->len++;
    /* From the first fresh one on all are: those behind the new one are told again. */
    if (prev == SIM_NONE || !l->nodes[prev].fresh) {
        lane->fresh = task;
    }
    for (sim_slot k = next; k != SIM_NONE && !l->nodes[k].fresh; k = l->nodes[k].next) {
        l->nodes[k].fresh = true;
    }
}

void lanes_push(struct lanes *l, sim_slot task, const struct sim_task_view *t)
{
    struct lane *lane = lane_for(l, t);
    MEM_GROW(l->nodes, l->node_cap, (size_t)task + 1);
    insert(l, lane, task, t);
    if (lane->len == 1) {
        lane->blocked = false;
        stand(l, lane);
    } else if (lane->head == task) {
        order_remove(l->order, lane->at);
        stand(l, lane);
    }
    MEM_GROW(l->fresh, l->fresh_cap, l->fresh_len + 1);
    l->fresh[l->fresh_len++] = task;
    if (lane->gang > 1) {
        set_blocked(lane, false); /* One more member may complete it. */
    } else if (lane->blocked) {
        mark_stale(l, lane);
    }
}

void lanes_gang_started(struct lanes *l, uint32_t job)
{
    *map_u64_put(l->started, job, NULL) = 1;
}

bool lanes_empty(const struct lanes *l)
{
    return l->all_len == 0;
}

void lanes_push_refused(struct lanes *l, sim_slot task, const struct sim_task_view *t)
{
    lanes_push(l, task, t);
    struct lane *lane = l->nodes[task].lane;
    CHECK(lane->len == 1);
    lane_block(lane);
}

void lanes_remove(struct lanes *l, sim_slot task)
{
    struct node *n = &l->nodes[task];
    struct lane *lane = n->lane;
    CHECK(lane != NULL);
    const bool was_head = lane->head == task;
    *(n->prev != SIM_NONE ? &l->nodes[n->prev].next : &lane->head) = n->next;
    *(n->next != SIM_NONE ? &l->nodes[n->next].prev : &lane->tail) = n->prev;
    lane->fresh = lane->fresh == task ? n->next : lane->fresh;
    lane->len--;
    n->lane = NULL;
    n->fresh = false;
    if (was_head) {
        order_remove(l->order, lane->at);
    }
    if (lane->len == 0) {
        let_go(l, lane);
    } else if (was_head) {
        stand(l, lane);
    }
}

sim_slot lane_head(const struct lane *lane)
{
    return lane->head;
}

sim_slot lane_next(const struct lane *lane, sim_slot task)
{
    return lane->owner->nodes[task].next;
}

uint32_t lane_len(const struct lane *lane)
{
    return lane->len;
}

uint32_t lane_gang(const struct lane *lane)
{
    return lane->gang;
}

void lane_block(struct lane *lane)
{
    while (lane->fresh == lane->head || (lane->gang > 1 && lane->fresh != SIM_NONE)) {
        lane_take_fresh(lane);
    }
    set_blocked(lane, true);
}

void lane_ask_again(struct lane *lane)
{
    set_blocked(lane, false);
}

sim_slot lane_take_fresh(struct lane *lane)
{
    const sim_slot task = lane->fresh;
    if (task != SIM_NONE) {
        lane->owner->nodes[task].fresh = false;
        lane->fresh = lane->owner->nodes[task].next;
    }
    return task;
}

/* ---- passes --------------------------------------------------------------------------------- */

static void measure_room(struct lanes *l, const struct sim_view *v)
{
    l->room = (struct order_need){-1, -1, -1};
    for (size_t i = 0; i < l->freed_len; i++) {
        const sim_machine m = l->freed[i];
        const int64_t cpu = v->free[SIM_CPU][m], memory = v->free[SIM_MEMORY][m];
        const int64_t gpu = v->free[SIM_GPU][m];
        l->room.cpu = cpu > l->room.cpu ? cpu : l->room.cpu;
        l->room.memory = memory > l->room.memory ? memory : l->room.memory;
        l->room.gpu = gpu > l->room.gpu ? gpu : l->room.gpu;
    }
    l->room_old = false;
}

void lanes_begin(struct lanes *l, struct sim_context *ctx)
{
    l->freed = sim_freed(ctx, &l->freed_len);
    measure_room(l, sim_context_view(ctx));
    l->under_way = false;
}

bool lane_may_start(const struct lane *lane, struct sim_context *ctx)
{
    enum { SCANNED_MEANWHILE = 32 }; /* Machines of a vectorised scan in the time of one check. */
    const struct lanes *l = lane->owner;
    if (l->freed_len > 64 + sim_context_view(ctx)->n / SCANNED_MEANWHILE) {
        return true; /* It is cheaper to ask. */
    }
    if (!lane->blocked || (lane->gang > 1 && l->freed_len > 0)) {
        return true;
    }
    for (size_t i = 0; i < l->freed_len && lane->gang == 1; i++) {
        if (sim_fits(ctx, l->nodes[lane->head].cls, l->freed[i])) {
            return true;
        }
    }
    return false;
}

/* What was free at the beginning may be gone by now: it is measured again when it misled. */
struct lane *lanes_next(struct lanes *l, struct sim_context *ctx)
{
    struct lane *lane = order_next(l->order, l->under_way ? &l->last : NULL, &l->room);
    while (lane != NULL && !lane_may_start(lane, ctx)) {
        if (l->room_old) {
            measure_room(l, sim_context_view(ctx));
        }
        lane = order_next(l->order, &lane->at, &l->room);
    }
    if (lane != NULL) {
        lane->in_use = l->under_way = l->room_old = true;
        l->last = lane->at;
    } else {
        l->fresh_len = l->fresh_at =
            0; /* Lanes keep their own; this list is for blocking queues. */
    }
    return lane;
}

void lanes_done(struct lanes *l, struct lane *lane)
{
    lane->in_use = false;
    let_go(l, lane);
}

struct lane *lanes_pop_stale(struct lanes *l)
{
    while (l->stale_len > 0) {
        struct lane *lane = l->stale[--l->stale_len];
        lane->stale = false;
        if (lane->fresh != SIM_NONE && lane->blocked) {
            return lane;
        }
        let_go(l, lane);
    }
    return NULL;
}

void lanes_drop_stale(struct lanes *l)
{
    while (l->stale_len > 0) {
        struct lane *lane = l->stale[--l->stale_len];
        lane->stale = false;
        let_go(l, lane);
    }
}

struct lane *lanes_first(const struct lanes *l)
{
    return order_first(l->order);
}

struct lane *lanes_of(const struct lanes *l, sim_slot task)
{
    return task < l->node_cap ? l->nodes[task].lane : NULL;
}

sim_slot lanes_take_fresh(struct lanes *l)
{
    while (l->fresh_at < l->fresh_len) {
        const sim_slot task = l->fresh[l->fresh_at++];
        struct node *n = &l->nodes[task];
        if (n->lane != NULL && n->fresh) {
            n->fresh = false;
            n->lane->fresh = n->lane->fresh == task ? n->next : n->lane->fresh;
            return task;
        }
    }
    l->fresh_len = l->fresh_at = 0;
    return SIM_NONE;
}

/* Tasks of a lane that entered before seq: all but the few at its end that came later. */
static uint32_t entered_before(const struct lanes *l, const struct lane *lane, uint64_t seq)
{
    uint32_t n = lane->len;
    for (sim_slot t = lane->tail; t != SIM_NONE && l->nodes[t].seq >= seq; t = l->nodes[t].prev) {
        n--;
    }
    return n;
}

void lanes_ahead(const struct lanes *l, const struct sim_task_view *t, struct sim_ahead *out)
{
    out->tasks = 0;
    memset(&out->request, 0, sizeof out->request);
    for (size_t i = 0; i < l->all_len; i++) {
        const struct lane *lane = l->all[i];
        if (l->by_priority && lane->priority < t->priority) {
            continue;
        }
        const bool above = l->by_priority && lane->priority > t->priority;
        const uint32_t n = above ? lane->len : entered_before(l, lane, t->seq);
        out->tasks += n;
        for (int d = 0; d < SIM_DIMS && n > 0; d++) {
            const int64_t one = l->nodes[lane->head].cls->request.v[d],
                          room = INT64_MAX - out->request.v[d];
            out->request.v[d] += one <= room / n ? one * n : room; /* Saturates. */
        }
    }
}
