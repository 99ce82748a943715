/* evq.c - see evq.h. Two tiers: a small heap of what comes soon, and unsorted buckets of what comes
 * later.
 *
 * An event far ahead costs an append; it enters the heap with its bucket, a little before its time.
 * So the heap stays in a near cache however many tasks run (the idea of ladder queues: Tang, Goh,
 * Thng, ACM TOMACS 2005). Order is not touched by it: buckets part time, the heap orders by (time,
 * key). */
#include "core/evq.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

enum { ARITY = 4, BUCKETS = 1024, SAMPLE = 64 };

struct entry {
    sim_time at_us;
    uint64_t key; /* Kind in the top byte, then the sequence. */
    uint32_t subject, generation;
};
struct list {
    struct entry *at;
    size_t len, cap;
};

struct evq {
    struct list heap;            /* Everything before near_end_us. */
    struct list bucket[BUCKETS]; /* bucket[i]: from base_us + (i << shift), 1 << shift long. */
    struct list beyond;          /* From the end of the last bucket on. */
    sim_time near_end_us, base_us;
    unsigned shift;
    uint32_t next; /* Buckets before it have entered the heap. */
    uint64_t len, seq;
};

struct evq *evq_create(void)
{
    struct evq *q = MEM_NEW(struct evq, 1);
    q->near_end_us = INT64_MIN;
    q->next = BUCKETS;
    return q;
}

void evq_destroy(struct evq *q)
{
    if (q == NULL) {
        return;
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        mem_free(q->bucket[i].at);
    }
    mem_free(q->heap.at);
    mem_free(q->beyond.at);
    mem_free(q);
}

static inline bool before(const struct entry *a, const struct entry *b)
{
    return a->at_us < b->at_us || (a->at_us == b->at_us && a->key < b->key);
}

static void append(struct list *l, const struct entry *e)
{
    MEM_GROW(l->at, l->cap, l->len + 1);
    l->at[l->len++] = *e;
}

/* ---- the heap -------------------------------------------------------------------------------- */

static void heap_push(struct list *h, const struct entry *e)
{
    MEM_GROW(h->at, h->cap, h->len + 1);
    size_t i = h->len++;
    while (i > 0) {
        const size_t parent = (i - 1) / ARITY;
        if (!before(e, &h->at[parent])) {
            break;
        }
        h->at[i] = h->at[parent];
        i = parent;
    }
    h->at[i] = *e;
}

/* Moves the hole at the root down to where the last entry belongs. */
static void heap_drop(struct list *h)
{
    const struct entry last = h->at[--h->len];
    size_t i = 0;
    for (size_t first = 1; first < h->len; first = i * ARITY + 1) {
        const size_t end = first + ARITY < h->len ? first + ARITY : h->len;
        size_t least = first;
        for (size_t c = first + 1; c < end; c++) {
            least = before(&h->at[c], &h->at[least]) ? c : least;
        }
        if (!before(&h->at[least], &last)) {
            break;
        }
        h->at[i] = h->at[least];
        i = least;
    }
    if (h->len > 0) {
        h->at[i] = last;
    }
}

/* ---- the buckets ----------------------------------------------------------------------------- */

static void place(struct evq *q, const struct entry *e)
{
    if (e->at_us < q->near_end_us) {
        heap_push(&q->heap, e);
        return;
    }
    const uint64_t index = ((uint64_t)e->at_us - (uint64_t)q->base_us) >> q->shift;
    append(q->next < BUCKETS && index < BUCKETS ? &q->bucket[index] : &q->beyond, e);
}

/* A time that three quarters of the far events do not pass, from a sample; a few far outliers must
 * not stretch the buckets. */
static sim_time upper_quartile(const struct list *l)
{
    sim_time sample[SAMPLE];
    const size_t n = l->len < SAMPLE ? l->len : SAMPLE;
    for (size_t i = 0; i < n; i++) {
        const sim_time t = l->at[i * (l->len / n)].at_us;
        size_t k = i;
        for (; k > 0 && sample[k - 1] > t; k--) {
            sample[k] = sample[k - 1];
        }
        sample[k] = t;
    }
    return sample[n - 1 - n / 4];
}

/* All buckets are used up: new ones over the near part of what lies beyond. */
static void rebase(struct evq *q)
{
    struct list far = q->beyond;
    sim_time least = far.at[0].at_us;
    for (size_t i = 1; i < far.len; i++) {
        least = far.at[i].at_us < least ? far.at[i].at_us : least;
    }
    const uint64_t span = (uint64_t)upper_quartile(&far) - (uint64_t)least;
    q->shift = 0;
    while (span >> q->shift >= BUCKETS / 2) {
        q->shift++;
    }
    q->base_us = q->near_end_us = least;
    q->next = 0;
    memset(&q->beyond, 0, sizeof q->beyond);
    for (size_t i = 0; i < far.len; i++) {
        place(q, &far.at[i]);
    }
    mem_free(far.at);
}

/* Makes the heap hold the next event, if there is one. */
static bool ready(struct evq *q)
{
    if (q->len == 0) {
        return false;
    }
    while (q->heap.len == 0) {
        if (q->next == BUCKETS) {
            rebase(q);
        }
        struct list *b = &q->bucket[q->next++];
        const uint64_t end = (uint64_t)q->base_us + ((uint64_t)q->next << q->shift);
        q->near_end_us = end > (uint64_t)INT64_MAX && q->base_us >= 0 ? INT64_MAX : (sim_time)end;
        for (size_t i = 0; i < b->len; i++) {
            heap_push(&q->heap, &b->at[i]);
        }
        b->len = 0;
    }
    return true;
}

/* ---- public ---------------------------------------------------------------------------------- */

void evq_push(struct evq *q, sim_time at_us, enum ev_kind kind, uint32_t subject,
              uint32_t generation)
{
    CHECK(q->seq < UINT64_C(1) << 56);
    const struct entry e = {at_us, (uint64_t)kind << 56 | q->seq++, subject, generation};
    q->len++;
    place(q, &e);
}

bool evq_peek(struct evq *q, struct event *out)
{
    if (!ready(q)) {
        return false;
    }
    const struct entry *e = &q->heap.at[0];
    *out = (struct event){e->at_us, (enum ev_kind)(e->key >> 56), e->subject, e->generation};
    return true;
}

bool evq_pop(struct evq *q, struct event *out)
{
    if (!evq_peek(q, out)) {
        return false;
    }
    heap_drop(&q->heap);
    q->len--;
    return true;
}

uint64_t evq_len(const struct evq *q)
{
    return q->len;
}

bool evq_ordered(const struct evq *q)
{
    const struct list *h = &q->heap;
    uint64_t count = h->len + q->beyond.len;
    for (size_t i = 1; i < h->len; i++) {
        if (!before(&h->at[(i - 1) / ARITY], &h->at[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        count += q->bucket[i].len;
    }
    return count == q->len &&
           (h->len == 0 || h->at[0].at_us < q->near_end_us || q->near_end_us == INT64_MAX);
}
