/* The flow network: small networks whose answers are clear. */
#include <criterion/criterion.h>

#include "sched/lib/flow_graph.h"

static int64_t cost(const struct flow *f)
{
    const struct sim_wide sum = flow_cost(f);
    cr_assert_eq(sum.high, (int64_t)sum.low < 0 ? -1 : 0);
    return (int64_t)sum.low;
}

Test(flow, takes_the_cheap_way_first_and_the_dear_one_for_the_rest)
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t s = flow_node_add(f, 5), t = flow_node_add(f, -5);
    const uint32_t dear = flow_arc_add(f, s, t, 9, 7), cheap = flow_arc_add(f, s, t, 3, 2);
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, cheap), 3);
    cr_expect_eq(flow_of(f, dear), 2);
    cr_expect_eq(cost(f), 20);
    cr_expect(flow_saturated(f, cheap) && !flow_saturated(f, dear));
    cr_expect_eq(flow_reduced_cost(f, cheap), -5); /* One unit more of it would save 7 - 2. */
    cr_expect_eq(flow_reduced_cost(f, dear), 0);
    flow_destroy(f);
}

Test(flow, what_cannot_be_sent_is_told_and_sent_once_it_can) /* It must not loop. */
{
    /* The example of the successive shortest path chapter of the Hapi thesis, with 3 units. */
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t a = flow_node_add(f, 3), b = flow_node_add(f, 0);
    const uint32_t c = flow_node_add(f, 0), d = flow_node_add(f, -3);
    flow_arc_add(f, a, b, 1, 2);
    flow_arc_add(f, a, c, 5, 3);
    flow_arc_add(f, b, c, 10, 5);
    flow_arc_add(f, b, d, 1, 1);
    const uint32_t cd = flow_arc_add(f, c, d, 1, 5);
    cr_expect_not(flow_solve(f));
    cr_expect_eq(flow_unsent(f), 1);
    cr_expect_eq(flow_excess(f, a), 1);
    cr_expect_eq(flow_excess(f, d), -1);
    cr_expect_eq(cost(f), 2 + 1 + 3 + 5);
    cr_expect(flow_is_optimal(f));
    cr_expect_not(flow_solve(f));
    flow_arc_set(f, cd, 2, 5);
    cr_expect(flow_solve(f));
    cr_expect_eq(cost(f), 2 + 1 + 2 * (3 + 5));
    flow_destroy(f);
}

Test(flow, supplies_that_do_not_add_up_are_told)
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t s = flow_node_add(f, 3), t = flow_node_add(f, -2);
    flow_arc_add(f, s, t, 9, 1);
    cr_expect_not(flow_solve(f));
    cr_expect_eq(flow_excess(f, s) + flow_excess(f, t), 1);
    flow_node_supply(f, t, -4);
    cr_expect_not(flow_solve(f));
    cr_expect_eq(flow_excess(f, t), -1);
    flow_node_supply(f, s, 4);
    cr_expect(flow_solve(f));
    flow_destroy(f);
}

Test(flow, a_negative_cycle_is_filled) /* Continuation costs are negative. */
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t a = flow_node_add(f, 0), b = flow_node_add(f, 0), c = flow_node_add(f, 0);
    flow_arc_add(f, a, b, 4, -3);
    flow_arc_add(f, b, c, 2, 1);
    const uint32_t ca = flow_arc_add(f, c, a, 7, 1);
    cr_assert(flow_solve(f));
    cr_expect_eq(cost(f), -2);
    flow_arc_set(f, ca, 7, 2);
    cr_assert(flow_solve(f));
    cr_expect_eq(cost(f), 0);
    cr_expect_eq(flow_of(f, ca), 2); /* As good as nothing: it stays. */
    flow_arc_set(f, ca, 7, 3);
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, ca), 0);
    flow_destroy(f);
}

Test(flow, of_equal_ways_the_one_that_was_added_first) /* The written rule. */
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t t = flow_node_add(f, -1), s = flow_node_add(f, 1);
    uint32_t in[3];
    for (int i = 0; i < 3; i++) {
        const uint32_t m = flow_node_add(f, 0);
        flow_arc_add(f, m, t, 1, 0);
        in[i] = flow_arc_add(f, s, m, 1, 4);
    }
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, in[0]), 1);
    flow_arc_remove(f, in[0]);
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, in[1]), 1);
    flow_arc_add(f, s, flow_from(f, flow_to(f, in[2])), 1, 4);
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, in[1]), 1);
    flow_destroy(f);
}

Test(flow, a_newcomer_displaces_nobody_without_a_gain) /* Else a tie evicts a running task. */
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t t = flow_node_add(f, -1), wait = flow_node_add(f, 0), m = flow_node_add(f, 0);
    flow_arc_add(f, wait, t, 9, 0);
    flow_arc_add(f, m, t, 1, 0);
    const uint32_t old = flow_node_add(f, 1);
    flow_arc_add(f, old, wait, 1, 5);
    const uint32_t runs = flow_arc_add(f, old, m, 1, 2);
    cr_assert(flow_solve(f));
    for (int64_t gain = 0; gain < 2; gain++) {
        const uint32_t new = flow_node_add(f, 1);
        flow_node_supply(f, t, -2 - gain);
        flow_arc_add(f, new, m, 1, 2);
        flow_arc_add(f, new, wait, 1, 5 + gain);
        cr_assert(flow_solve(f));
        cr_expect_eq(flow_of(f, runs), 1 - gain);
    }
    flow_destroy(f);
}

Test(flow, numbers_are_given_again) /* Memory grows with what is alive. */
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t t = flow_node_add(f, -1);
    for (int i = 0; i < 1000; i++) {
        const uint32_t s = flow_node_add(f, 1);
        const uint32_t arc = flow_arc_add(f, s, t, 1, i);
        cr_assert(flow_solve(f));
        cr_expect_eq(flow_of(f, arc), 1);
        flow_node_remove(f, s);
    }
    cr_expect_eq(flow_node_end(f), 2);
    cr_expect_eq(flow_nodes(f), 1);
    cr_expect_eq(flow_arcs(f), 0);
    flow_destroy(f);
}

Test(flow, costs_beyond_64_bits_add_up)
{
    struct flow *f = flow_create(&flow_ssp);
    const uint32_t s = flow_node_add(f, FLOW_AMOUNT_MAX), t = flow_node_add(f, -FLOW_AMOUNT_MAX);
    flow_arc_add(f, s, t, FLOW_AMOUNT_MAX, FLOW_COST_MAX);
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_cost(f).high, INT64_C(1) << (40 + 36 - 64));
    cr_expect_eq(flow_cost(f).low, 0);
    flow_destroy(f);
}

/* flow_ssp, after which a node without arcs has any potential: that is as optimal as before. */
static void run_away(void *state, struct flow_graph *g)
{
    flow_ssp.solve(state, g);
    for (uint32_t i = 0; i < g->node_end; i++) {
        if (g->nodes[i].first == FLOW_NONE) {
            g->nodes[i].potential = INT64_C(1) << 61;
        }
    }
}

Test(flow, potentials_that_run_away_are_renewed_and_the_flow_stays) /* Else they overflow. */
{
    const struct flow_solver solver = {"run-away", flow_ssp.create, flow_ssp.destroy, run_away};
    struct flow *f = flow_create(&solver);
    const uint32_t t = flow_node_add(f, -1), s = flow_node_add(f, 1), lone = flow_node_add(f, 0);
    flow_arc_add(f, s, t, 1, 4);
    const uint32_t second = flow_arc_add(f, s, t, 1, 4);
    cr_assert(flow_solve(f));
    cr_assert_eq(flow_potential(f, lone), INT64_C(1) << 61);
    flow_arc_set(f, flow_arc_add(f, lone, t, 1, 3), 1, 4);
    flow_arc_set(f, 0, 0, 4); /* Moves to the second ... */
    cr_assert(flow_solve(f));
    flow_arc_set(f, 0, 1, 4); /* ... and stays there. */
    cr_assert(flow_solve(f));
    cr_expect_eq(flow_of(f, second), 1);
    cr_expect_leq(flow_potential(f, lone), 8);
    flow_destroy(f);
}
