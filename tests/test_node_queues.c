/* The queue of a machine, in its three orders. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "sched/lib/node_queues.h"

/* Serves everything that queues on node 0: "3 1 2 ". */
static void serve_all(struct node_queues *q, char *text, size_t size)
{
    text[0] = 0;
    for (uint32_t item = node_queues_first(q, 0); item != SIM_NONE;
         item = node_queues_first(q, 0)) {
        snprintf(text + strlen(text), size - strlen(text), "%u ", item);
        node_queues_serve(q, item);
    }
}

static struct node_queues *filled(enum node_order order)
{
    static const struct {
        uint32_t user;
        int32_t priority;
    } items[] = {{7, 0}, {7, 5}, {7, 0}, {9, -3}, {8, 5}, {9, 0}};
    struct node_queues *q = node_queues_create(order);
    for (uint32_t i = 0; i < 6; i++) {
        node_queues_push(q, 0, i, items[i].user, items[i].priority);
    }
    return q;
}

Test(node_queues, each_order_serves_as_it_says)
{
    static const char *const expected[] = {[NODE_FIFO] = "0 1 2 3 4 5 ",
                                           [NODE_ROUND_ROBIN] = "0 3 4 1 5 2 ",
                                           [NODE_PRIORITY] = "1 4 0 2 5 3 "};
    for (unsigned order = 0; order < 3; order++) {
        char text[64];
        struct node_queues *q = filled((enum node_order)order);
        cr_expect_eq(node_queues_len(q, 0), 6);
        serve_all(q, text, sizeof text);
        cr_expect_str_eq(text, expected[order]);
        cr_expect_eq(node_queues_len(q, 0), 0);
        node_queues_destroy(q);
    }
}

/* Else a user whose place is cancelled would lose a turn that never was. */
Test(node_queues, what_is_removed_ends_nobodys_turn)
{
    char text[64];
    struct node_queues *q = filled(NODE_ROUND_ROBIN);
    node_queues_remove(q, 0);
    serve_all(q, text, sizeof text);
    cr_expect_str_eq(text, "1 3 4 2 5 ");
    node_queues_destroy(q);
}

Test(node_queues, one_that_is_passed_over_keeps_its_place)
{
    struct node_queues *q = filled(NODE_PRIORITY);
    cr_expect_eq(node_queues_next(q, 1), 4);
    cr_expect_eq(node_queues_next(q, 4), 0);
    node_queues_serve(q, 4);
    cr_expect_eq(node_queues_first(q, 0), 1);
    cr_expect_eq(node_queues_next(q, 3), SIM_NONE);
    cr_expect_eq(node_queues_first(q, 12), SIM_NONE, "a machine that never had a queue");
    cr_expect_eq(node_queues_len(q, 12), 0);
    node_queues_destroy(q);
}

/* Against a list that is searched: lanes come and go, items are used again, on several machines. */
Test(node_queues, are_what_a_plain_list_is)
{
    enum { ITEMS = 40, NODES = 3, STEPS = 20000 };
    struct prng r;
    prng_init(&r, 1, "queues");
    struct node_queues *q = node_queues_create(NODE_PRIORITY);
    uint64_t entered[ITEMS] = {0}, now = 1; /* 0 = nowhere. */
    uint32_t node[ITEMS] = {0};
    int32_t priority[ITEMS] = {0};
    for (int step = 0; step < STEPS; step++) {
        const uint32_t i = prng_below(&r, ITEMS);
        if (entered[i] == 0) {
            node[i] = prng_below(&r, NODES);
            priority[i] = (int32_t)prng_below(&r, 5) - 2;
            entered[i] = now++;
            node_queues_push(q, node[i], i, 0, priority[i]);
        } else {
            node_queues_remove(q, i);
            entered[i] = 0;
        }
        for (uint32_t n = 0; n < NODES; n++) {
            uint32_t first = SIM_NONE, len = 0;
            for (uint32_t k = 0; k < ITEMS; k++) {
                if (entered[k] == 0 || node[k] != n) {
                    continue;
                }
                len++;
                if (first == SIM_NONE || priority[k] > priority[first] ||
                    (priority[k] == priority[first] && entered[k] < entered[first])) {
                    first = k;
                }
            }
            cr_assert_eq(node_queues_len(q, n), len, "step %d", step);
            cr_assert_eq(node_queues_first(q, n), first, "step %d", step);
        }
    }
    node_queues_destroy(q);
}
