/* The future event list: total order, and a heap that stays one. */
#include <criterion/criterion.h>

#include "core/evq.h"
#include "prop.h"

Test(evq, orders_by_time_then_kind_then_entry) /* Else a replay depends on the shape of the heap. */
{
    struct evq *q = evq_create();
    evq_push(q, 5, EV_CANCEL, 1, 0);
    evq_push(q, 5, EV_END, 2, 0);
    evq_push(q, 5, EV_END, 3, 0);
    evq_push(q, 4, EV_CANCEL, 4, 0);
    const uint32_t expected[] = {4, 2, 3, 1};
    struct event e;
    for (size_t i = 0; i < 4; i++) {
        cr_assert(evq_pop(q, &e));
        cr_expect_eq(e.subject, expected[i], "event %zu is %u", i, e.subject);
    }
    cr_expect_not(evq_pop(q, &e));
    evq_destroy(q);
}

Test(evq, pops_what_a_sorted_list_would_and_stays_a_heap)
{
    PROP_FOR_ALL (seed, 200) {
        struct prng r;
        prng_init(&r, seed, "test");
        struct evq *q = evq_create();
        struct event e, last = {INT64_MIN, EV_END, 0, 0};
        uint64_t pushed = 0, popped = 0;
        for (int step = 0; step < 400; step++) {
            if (prng_below(&r, 3) > 0) {
                const int64_t least = popped > 0 ? last.at_us : 0;
                evq_push(q, prop_range(&r, least, least + 9),
                         prng_below(&r, 2) ? EV_END : EV_CANCEL, (uint32_t)pushed++, 0);
            } else if (evq_pop(q, &e)) {
                cr_assert(e.at_us >= last.at_us, "SIM_SEED=%lu: time goes back", seed);
                last = e;
                popped++;
            }
            cr_assert(evq_ordered(q), "SIM_SEED=%lu: heap order", seed);
        }
        cr_assert_eq(evq_len(q), pushed - popped);
        evq_destroy(q);
    }
}

/* Against a list that is searched for its least: events near and far, outliers, ties, and pushes
 * into the past of the buckets. */
Test(evq, agrees_with_a_search_through_all_events)
{
    PROP_FOR_ALL (seed, 60) {
        struct prng r;
        prng_init(&r, seed, "far");
        struct evq *q = evq_create();
        struct event list[4000], e;
        size_t n = 0;
        int64_t now = 0;
        for (uint32_t step = 0; step < 6000; step++) {
            if (n < 2000 && prng_below(&r, 5) < 3) {
                const int64_t ranges[] = {1, 50, 5000, 50000000, INT64_C(1) << 50};
                const int64_t range = ranges[prng_below(&r, 5)];
                const int64_t at = now + (int64_t)(prng_u64(&r) % (uint64_t)range);
                list[n++] = (struct event){at, EV_END, step, 0};
                evq_push(q, at, EV_END, step, 0);
            } else if (n > 0) {
                size_t least = 0;
                for (size_t i = 1; i < n; i++) { /* Lower subject = pushed earlier. */
                    const bool earlier = list[i].at_us < list[least].at_us ||
                                         (list[i].at_us == list[least].at_us &&
                                          list[i].subject < list[least].subject);
                    least = earlier ? i : least;
                }
                cr_assert(evq_pop(q, &e));
                cr_assert_eq(e.subject, list[least].subject, "SIM_SEED=%lu: step %u", seed, step);
                now = e.at_us;
                list[least] = list[--n];
            }
            cr_assert_eq(evq_len(q), n);
        }
        cr_assert(evq_ordered(q));
        evq_destroy(q);
    }
}
