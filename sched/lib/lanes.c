/* lanes.c - see lanes.h. */
#include "sched/lib/lanes.h"

#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

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
    uint32_t len, gang;
    int32_t priority;
    uint64_t key;         /* In owner->by_key. */
    size_t all_index;     /* In owner->all. */
    size_t heap_index;    /* In owner->heap; NOWHERE = not there. */
    size_t blocked_index; /* In owner->blocked; NOWHERE = not blocked. */
    bool popped, stale;   /* In the hands of a pass; in owner->stale. */
    bool woken;           /* Was blocked: only machines with new room can take its head. */
};
#define NOWHERE SIZE_MAX

struct standing { /* A lane in the heap, with the place of its head in the queue. */
    int64_t rank; /* Lower first: the priority turned around; 0 when it does not count. */
    uint64_t seq;
    struct lane *lane;
};

struct sleeper { /* What a sweep over blocked lanes reads, side by side. */
    int64_t cpu, memory;
    struct lane *lane;
};

struct lanes {
    bool by_priority;
    struct node *nodes;
    size_t node_cap;
    struct lane **all, **stale;
    struct standing *heap;
    size_t all_len, all_cap, heap_len, heap_cap, stale_len, stale_cap;
    struct sleeper *blocked;
    size_t blocked_len, blocked_cap;
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
    mem_free(l->all);
    mem_free(l->heap);
    mem_free(l->stale);
    mem_free(l->blocked);
    mem_free(l->fresh);
    mem_free(l->by_id);
    mem_free(l->free_ids);
    mem_free(l);
}

/* ---- the heap of lanes by their heads ------------------------------------------------------- */

static struct standing standing_of(struct lane *lane)
{
    const struct lanes *l = lane->owner;
    const int64_t rank = l->by_priority ? -(int64_t)lane->priority : 0;
    return (struct standing){rank, l->nodes[lane->head].seq, lane};
}

static bool before(const struct standing *a, const struct standing *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->seq < b->seq;
}

static void heap_set(struct lanes *l, size_t i, struct standing at)
{
    l->heap[i] = at;
    at.lane->heap_index = i;
}

static void heap_settle(struct lanes *l, size_t i, struct standing at)
{
    while (i > 0 && before(&at, &l->heap[(i - 1) / 2])) {
        heap_set(l, i, l->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    for (size_t c = 2 * i + 1; c < l->heap_len; c = 2 * i + 1) {
        c += c + 1 < l->heap_len && before(&l->heap[c + 1], &l->heap[c]);
        if (!before(&l->heap[c], &at)) {
            break;
        }
        heap_set(l, i, l->heap[c]);
        i = c;
    }
    heap_set(l, i, at);
}

static void heap_add(struct lanes *l, struct lane *lane)
{
    MEM_GROW(l->heap, l->heap_cap, l->heap_len + 1);
    heap_settle(l, l->heap_len++, standing_of(lane));
}

static void heap_remove(struct lanes *l, struct lane *lane)
{
    const size_t i = lane->heap_index;
    if (i == NOWHERE) {
        return;
    }
    lane->heap_index = NOWHERE;
    const struct standing last = l->heap[--l->heap_len];
    if (last.lane != lane) {
        heap_settle(l, i, last);
    }
}

/* ---- lanes come and go ---------------------------------------------------------------------- */

/* Two lanes never share a key while both live: a class id, a priority and a job are 32 bits each.
 */
static uint64_t key_of(const struct sim_task_view *t, bool gang)
{
    const uint32_t parts[4] = {gang, gang ? t->job : t->cls->id, (uint32_t)t->priority, 0};
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
    lane->heap_index = lane->blocked_index = NOWHERE;
    lane->all_index = l->all_len;
    MEM_GROW(l->all, l->all_cap, l->all_len + 1);
    l->all[l->all_len++] = lane;
    return lane;
}

static bool holds(const struct lanes *l, const struct lane *lane, const struct sim_task_view *t,
                  bool gang)
{
    if (lane->priority != t->priority || (lane->gang > 1) != gang) {
        return false;
    }
    return gang || lane->head == SIM_NONE || l->nodes[lane->head].cls == t->cls;
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
    return lane;
}

static void unblock(struct lanes *l, struct lane *lane)
{
    const size_t i = lane->blocked_index;
    if (i == NOWHERE) {
        return;
    }
    l->blocked[i] = l->blocked[--l->blocked_len];
    l->blocked[i].lane->blocked_index = i;
    lane->blocked_index = NOWHERE;
}

/* The next pass will try it. */
static void rouse(struct lanes *l, struct lane *lane)
{
    unblock(l, lane);
    if (lane->heap_index == NOWHERE) {
        heap_add(l, lane);
    }
}

static void let_go(struct lanes *l, struct lane *lane)
{
    if (lane->len > 0 || lane->popped || lane->stale) {
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

void lanes_push(struct lanes *l, sim_slot task, const struct sim_task_view *t)
{
    struct lane *lane = lane_for(l, t);
    MEM_GROW(l->nodes, l->node_cap, (size_t)task + 1);
    l->nodes[task] = (struct node){SIM_NONE, lane->tail, lane, t->seq, t->cls, true};
    *(lane->tail != SIM_NONE ? &l->nodes[lane->tail].next : &lane->head) = task;
    lane->tail = task;
    lane->fresh = lane->fresh == SIM_NONE ? task : lane->fresh;
    lane->len++;
    MEM_GROW(l->fresh, l->fresh_cap, l->fresh_len + 1);
    l->fresh[l->fresh_len++] = task;
    if (lane->gang > 1 || lane->blocked_index == NOWHERE) {
        rouse(l, lane); /* One more member may complete a gang. */
    } else {
        mark_stale(l, lane);
    }
}

void lanes_gang_started(struct lanes *l, uint32_t job)
{
    *map_u64_put(l->started, job, NULL) = 1;
}

bool lanes_hold(const struct lanes *l, sim_slot task)
{
    return task < l->node_cap && l->nodes[task].lane != NULL;
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
    if (lane->len == 0) {
        lane->woken = false;
        heap_remove(l, lane);
        unblock(l, lane);
        let_go(l, lane);
    } else if (was_head && lane->heap_index != NOWHERE) {
        heap_settle(l, lane->heap_index, standing_of(lane));
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

bool lane_blocked(const struct lane *lane)
{
    return lane->blocked_index != NOWHERE;
}

static void block(struct lanes *l, struct lane *lane)
{
    lane->woken = false;
    if (lane->blocked_index == NOWHERE) {
        const struct sim_class *cls = l->nodes[lane->head].cls;
        lane->blocked_index = l->blocked_len;
        MEM_GROW(l->blocked, l->blocked_cap, l->blocked_len + 1);
        l->blocked[l->blocked_len++] =
            (struct sleeper){cls->request.v[SIM_CPU], cls->request.v[SIM_MEMORY], lane};
    }
}

void lane_block(struct lane *lane)
{
    lane->popped = false;
    while (lane->fresh == lane->head || (lane->gang > 1 && lane->fresh != SIM_NONE)) {
        lane_take_fresh(lane);
    }
    block(lane->owner, lane);
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

static bool fits_any(struct sim_context *ctx, const struct sim_class *cls, const sim_machine *freed,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sim_fits(ctx, cls, freed[i])) {
            return true;
        }
    }
    return false;
}

void lanes_wake(struct lanes *l, struct sim_context *ctx)
{
    size_t n;
    const sim_machine *freed = sim_freed(ctx, &n);
    const struct sim_view *v = sim_context_view(ctx);
    int64_t cpu = -1, memory = -1;
    for (size_t i = 0; i < n; i++) {
        cpu = v->free[SIM_CPU][freed[i]] > cpu ? v->free[SIM_CPU][freed[i]] : cpu;
        memory = v->free[SIM_MEMORY][freed[i]] > memory ? v->free[SIM_MEMORY][freed[i]] : memory;
    }
    for (size_t i = n > 0 ? l->blocked_len : 0; i-- > 0;) {
        const struct sleeper *s = &l->blocked[i];
        struct lane *lane = s->lane;
        if (lane->gang == 1 && (s->cpu > cpu || s->memory > memory ||
                                !fits_any(ctx, l->nodes[lane->head].cls, freed, n))) {
            continue;
        }
        rouse(l, lane);
        lane->woken = lane->gang == 1;
    }
}

/* A lane before it in the order took the room it was woken for: it goes back to sleep, unasked. */
static bool lost(struct lanes *l, struct sim_context *ctx, const struct lane *lane)
{
    if (!lane->woken) {
        return false;
    }
    size_t n;
    const sim_machine *freed = sim_freed(ctx, &n);
    return !fits_any(ctx, l->nodes[lane->head].cls, freed, n);
}

struct lane *lanes_pop_ready(struct lanes *l, struct sim_context *ctx)
{
    while (l->heap_len > 0) {
        struct lane *lane = l->heap[0].lane;
        heap_remove(l, lane);
        if (!lost(l, ctx, lane)) {
            lane->popped = true;
            return lane;
        }
        block(l, lane);
    }
    l->fresh_len = l->fresh_at = 0; /* Lanes keep their own; this list is for blocking queues. */
    return NULL;
}

void lanes_ready(struct lanes *l, struct lane *lane)
{
    lane->popped = false;
    if (lane->len > 0) {
        heap_add(l, lane);
    } else {
        let_go(l, lane);
    }
}

struct lane *lanes_pop_stale(struct lanes *l)
{
    while (l->stale_len > 0) {
        struct lane *lane = l->stale[--l->stale_len];
        lane->stale = false;
        if (lane->fresh != SIM_NONE && lane->blocked_index != NOWHERE) {
            return lane;
        }
        let_go(l, lane);
    }
    return NULL;
}

struct lane *lanes_first(const struct lanes *l)
{
    return l->heap_len > 0 ? l->heap[0].lane : NULL;
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
            out->request.v[d] += (int64_t)n * l->nodes[lane->head].cls->request.v[d];
        }
    }
}
