/* order.c - see order.h. */
#include "sched/lib/order.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

enum { BLOCK_MAX = 128 };

struct entry {
    struct order_key key;
    struct order_need need;
    void *item;
};
struct block {
    uint32_t len;
    struct entry at[BLOCK_MAX];
};
struct summary { /* Of a block, side by side with those of the others. */
    struct order_key last;
    struct order_need least;
    struct block *block;
};
struct order {
    struct summary *blocks; /* In order; none is empty. */
    size_t len, cap;
};

struct order *order_create(void)
{
    return MEM_NEW(struct order, 1);
}

void order_destroy(struct order *o)
{
    if (o == NULL) {
        return;
    }
    for (size_t i = 0; i < o->len; i++) {
        mem_free(o->blocks[i].block);
    }
    mem_free(o->blocks);
    mem_free(o);
}

static bool before(const struct order_key *a, const struct order_key *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->seq < b->seq;
}

/* The first block whose last key is not before `key`; len = none. */
static size_t block_of(const struct order *o, const struct order_key *key)
{
    size_t low = 0, high = o->len;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (before(&o->blocks[mid].last, key)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The first entry whose key is not before `key`; len = none. */
static uint32_t place_in(const struct block *b, const struct order_key *key)
{
    uint32_t low = 0, high = b->len;
    while (low < high) {
        const uint32_t mid = (low + high) / 2;
        if (before(&b->at[mid].key, key)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static int64_t lower(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void count_in(struct summary *s, const struct entry *e)
{
    s->least.cpu = lower(s->least.cpu, e->need.cpu);
    s->least.memory = lower(s->least.memory, e->need.memory);
    s->least.gpu = lower(s->least.gpu, e->need.gpu);
    s->last = before(&s->last, &e->key) ? e->key : s->last;
}

static void summarise(struct summary *s)
{
    const struct block *b = s->block;
    s->last = b->at[0].key;
    s->least = b->at[0].need;
    for (uint32_t i = 1; i < b->len; i++) {
        count_in(s, &b->at[i]);
    }
}

/* ---- changes --------------------------------------------------------------------------------- */

static void block_add(struct order *o, size_t at)
{
    MEM_GROW(o->blocks, o->cap, o->len + 1);
    memmove(o->blocks + at + 1, o->blocks + at, (o->len - at) * sizeof *o->blocks);
    o->len++;
    o->blocks[at].block = MEM_NEW(struct block, 1);
}

static void block_drop(struct order *o, size_t at)
{
    mem_free(o->blocks[at].block);
    o->len--;
    memmove(o->blocks + at, o->blocks + at + 1, (o->len - at) * sizeof *o->blocks);
}

/* Makes room in a full block: its upper half moves to a new one. At the end of the queue, where
 * most come, the new one starts empty instead, so that blocks fill up. */
static void split(struct order *o, size_t k, bool at_end)
{
    enum { HALF = BLOCK_MAX / 2 };
    block_add(o, k + 1);
    struct block *low = o->blocks[k].block, *high = o->blocks[k + 1].block;
    const uint32_t keep = at_end ? BLOCK_MAX : HALF;
    high->len = BLOCK_MAX - keep;
    memcpy(high->at, low->at + keep, high->len * sizeof *high->at);
    low->len = keep;
    summarise(&o->blocks[k]);
    if (high->len > 0) {
        summarise(&o->blocks[k + 1]);
    }
}

void order_insert(struct order *o, struct order_key key, struct order_need need, void *item)
{
    size_t k = block_of(o, &key);
    const bool at_end = k == o->len;
    if (o->len == 0) {
        block_add(o, 0);
    }
    k -= at_end && k > 0;
    if (o->blocks[k].block->len == BLOCK_MAX) {
        split(o, k, at_end);
        k += at_end || before(&o->blocks[k].last, &key);
    }
    struct block *b = o->blocks[k].block;
    const uint32_t i = place_in(b, &key);
    memmove(b->at + i + 1, b->at + i, (b->len - i) * sizeof *b->at);
    b->at[i] = (struct entry){key, need, item};
    b->len++;
    if (b->len == 1) {
        summarise(&o->blocks[k]);
    } else {
        count_in(&o->blocks[k], &b->at[i]);
    }
}

static struct entry *find(const struct order *o, const struct order_key *key, size_t *block)
{
    *block = block_of(o, key);
    CHECK(*block < o->len);
    struct block *b = o->blocks[*block].block;
    const uint32_t i = place_in(b, key);
    CHECK(i < b->len && !before(key, &b->at[i].key));
    return &b->at[i];
}

void order_remove(struct order *o, struct order_key key)
{
    size_t k;
    struct entry *e = find(o, &key, &k);
    struct block *b = o->blocks[k].block;
    b->len--;
    memmove(e, e + 1, (size_t)(b->at + b->len - e) * sizeof *e);
    if (b->len > 0) {
        summarise(&o->blocks[k]);
    } else {
        block_drop(o, k);
    }
}

void order_need(struct order *o, struct order_key key, struct order_need need)
{
    size_t k;
    find(o, &key, &k)->need = need;
    summarise(&o->blocks[k]);
}

/* ---- questions ------------------------------------------------------------------------------- */

void *order_first(const struct order *o)
{
    return o->len > 0 ? o->blocks[0].block->at[0].item : NULL;
}

static bool serves(const struct order_need *room, const struct order_need *need)
{
    return need->cpu <= room->cpu && need->memory <= room->memory && need->gpu <= room->gpu;
}

void *order_next(const struct order *o, const struct order_key *after,
                 const struct order_need *room)
{
    size_t k = after != NULL ? block_of(o, after) : 0;
    for (; k < o->len; k++) {
        if (!serves(room, &o->blocks[k].least)) {
            continue;
        }
        const struct block *b = o->blocks[k].block;
        for (uint32_t i = 0; i < b->len; i++) {
            const bool passed = after != NULL && !before(after, &b->at[i].key);
            if (!passed && serves(room, &b->at[i].need)) {
                return b->at[i].item;
            }
        }
    }
    return NULL;
}
