/* evq.c - see evq.h. */
#include "core/evq.h"

#include "base/check.h"
#include "base/mem.h"

enum { ARITY = 4 };

struct evq {
    struct event *heap;
    size_t len, cap;
    uint64_t seq;
};

struct evq *evq_create(void)
{
    return MEM_NEW(struct evq, 1);
}

void evq_destroy(struct evq *q)
{
    if (q != NULL) {
        mem_free(q->heap);
        mem_free(q);
    }
}

static inline bool before(const struct event *a, const struct event *b)
{
    return a->at_us < b->at_us || (a->at_us == b->at_us && a->key < b->key);
}

void evq_push(struct evq *q, sim_time at_us, enum ev_kind kind, uint32_t subject,
              uint32_t generation)
{
    MEM_GROW(q->heap, q->cap, q->len + 1);
    CHECK(q->seq < UINT64_C(1) << 56);
    const struct event e = {at_us, (uint64_t)kind << 56 | q->seq++, subject, generation};
    size_t i = q->len++;
    while (i > 0) {
        const size_t parent = (i - 1) / ARITY;
        if (!before(&e, &q->heap[parent])) {
            break;
        }
        q->heap[i] = q->heap[parent];
        i = parent;
    }
    q->heap[i] = e;
}

const struct event *evq_peek(const struct evq *q)
{
    return q->len > 0 ? &q->heap[0] : NULL;
}

/* Moves the hole at the root down to where `e` belongs. */
static void sift_down(struct evq *q, const struct event e)
{
    size_t i = 0;
    for (;;) {
        const size_t first = i * ARITY + 1;
        if (first >= q->len) {
            break;
        }
        const size_t end = first + ARITY < q->len ? first + ARITY : q->len;
        size_t least = first;
        for (size_t c = first + 1; c < end; c++) {
            least = before(&q->heap[c], &q->heap[least]) ? c : least;
        }
        if (!before(&q->heap[least], &e)) {
            break;
        }
        q->heap[i] = q->heap[least];
        i = least;
    }
    q->heap[i] = e;
}

bool evq_pop(struct evq *q, struct event *out)
{
    if (q->len == 0) {
        return false;
    }
    *out = q->heap[0];
    q->len--;
    if (q->len > 0) {
        sift_down(q, q->heap[q->len]);
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
        if (!before(&q->heap[(i - 1) / ARITY], &q->heap[i])) {
            return false;
        }
    }
    return true;
}
