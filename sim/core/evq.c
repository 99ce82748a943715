/* evq.c - see evq.h. */
#include "core/evq.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

/* Keys and payloads lie apart: a sift compares keys only, and the keys of four siblings fill one
 * cache line (the array begins so that index 1 is aligned). */
enum { ARITY = 4, LINE = 64 };

struct rank { /* 16 bytes. */
    sim_time at_us;
    uint64_t key; /* Kind in the top byte, then the sequence. */
};
struct payload {
    uint32_t subject, generation;
};

struct evq {
    void *block; /* What `rank` points into. */
    struct rank *rank;
    struct payload *payload;
    size_t len, cap, payload_cap;
    uint64_t seq;
};

struct evq *evq_create(void)
{
    return MEM_NEW(struct evq, 1);
}

void evq_destroy(struct evq *q)
{
    if (q != NULL) {
        mem_free(q->block);
        mem_free(q->payload);
        mem_free(q);
    }
}

static void grow(struct evq *q)
{
    const size_t cap = q->cap > 0 ? 2 * q->cap : 1024;
    char *block = mem_aligned(cap * sizeof(struct rank) + 2 * LINE, 1);
    struct rank *rank = (struct rank *)(void *)(block + LINE - sizeof(struct rank));
    if (q->len > 0) {
        memcpy(rank, q->rank, q->len * sizeof *rank);
    }
    mem_free(q->block);
    q->block = block;
    q->rank = rank;
    q->cap = cap;
}

static inline bool before(const struct rank *a, const struct rank *b)
{
    return a->at_us < b->at_us || (a->at_us == b->at_us && a->key < b->key);
}

void evq_push(struct evq *q, sim_time at_us, enum ev_kind kind, uint32_t subject,
              uint32_t generation)
{
    if (q->len == q->cap) {
        grow(q);
    }
    MEM_GROW(q->payload, q->payload_cap, q->len + 1);
    CHECK(q->seq < UINT64_C(1) << 56);
    const struct rank r = {at_us, (uint64_t)kind << 56 | q->seq++};
    size_t i = q->len++;
    while (i > 0) {
        const size_t parent = (i - 1) / ARITY;
        if (!before(&r, &q->rank[parent])) {
            break;
        }
        q->rank[i] = q->rank[parent];
        q->payload[i] = q->payload[parent];
        i = parent;
    }
    q->rank[i] = r;
    q->payload[i] = (struct payload){subject, generation};
}

static struct event event_at(const struct evq *q, size_t i)
{
    return (struct event){q->rank[i].at_us, (enum ev_kind)(q->rank[i].key >> 56),
                          q->payload[i].subject, q->payload[i].generation};
}

bool evq_peek(const struct evq *q, struct event *out)
{
    if (q->len > 0) {
        *out = event_at(q, 0);
    }
    return q->len > 0;
}

/* Moves the hole at the root down to where the last entry belongs. */
static void sift_down(struct evq *q)
{
    const struct rank r = q->rank[q->len];
    size_t i = 0;
    for (;;) {
        const size_t first = i * ARITY + 1;
        if (first >= q->len) {
            break;
        }
        const size_t end = first + ARITY < q->len ? first + ARITY : q->len;
        size_t least = first;
        for (size_t c = first + 1; c < end; c++) {
            least = before(&q->rank[c], &q->rank[least]) ? c : least;
        }
        if (!before(&q->rank[least], &r)) {
            break;
        }
        q->rank[i] = q->rank[least];
        q->payload[i] = q->payload[least];
        i = least;
    }
    q->rank[i] = r;
    q->payload[i] = q->payload[q->len];
}

bool evq_pop(struct evq *q, struct event *out)
{
    if (q->len == 0) {
        return false;
    }
    *out = event_at(q, 0);
    q->len--;
    if (q->len > 0) {
        sift_down(q);
    }
    return true;
}

uint64_t evq_len(const struct evq *q)
{
    return q->len;
}

bool evq_ordered(const struct evq *q)
{
    for (size_t i = 1; i < q->len; i++) {
        if (!before(&q->rank[(i - 1) / ARITY], &q->rank[i])) {
            return false;
        }
    }
    return true;
}
