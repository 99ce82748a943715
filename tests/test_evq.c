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
    PROP_FOR_ALL(seed, 200)
    {
        struct prng r;
        prng_init(&r, seed, "test");
        struct evq *q = evq_create();
        struct event e, last = {INT64_MIN, 0, 0, 0};
        uint64_t pushed = 0, popped = 0;
        for (int step = 0; step < 400; step++) {
            if (prng_below(&r, 3) > 0) {
                const int64_t least = popped > 0 ? last.at_us : 0;
                evq_push(q, prop_range(&r, least, least + 9), prng_below(&r, 2) ? EV_END : EV_CANCEL,
                         (uint32_t)pushed++, 0);
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
