/* The flow network on random networks under random changes: solved again from the last flow, solved
 * from nothing, and solved by the slow solver. */
#include <criterion/criterion.h>

#include "flow_slow.h"
#include "prop.h"

enum { NODES = 12, ARCS = 40, ALL = ARCS + 2 * NODES, NETS = 3 };

/* The same network three times: the numbers that they give are the same too. */
struct nets {
    struct flow *again, *scratch, *slow;
    uint32_t node[NODES], arc[ALL]; /* FLOW_NONE where there is none. */
    uint32_t hub; /* A dear way around, so that supplies can be met; or FLOW_NONE. */
};

static struct flow *net(struct nets *n, int i)
{
    return i == 0 ? n->again : i == 1 ? n->scratch : n->slow;
}

static void create(struct nets *n, struct prng *r)
{
    n->again = flow_create(&flow_ssp);
    n->scratch = flow_create(&flow_ssp);
    n->slow = flow_create(&flow_slow);
    memset(n->node, 0xff, sizeof n->node);
    memset(n->arc, 0xff, sizeof n->arc);
    n->hub = FLOW_NONE;
    const bool hub = prng_below(r, 2);
    for (int i = 0; i < NETS && hub; i++) {
        n->hub = flow_node_add(net(n, i), 0);
    }
}

static void destroy(struct nets *n)
{
    flow_destroy(n->again);
    flow_destroy(n->scratch);
    flow_destroy(n->slow);
}

static void toggle_node(struct nets *n, struct prng *r)
{
    const uint32_t slot = prng_below(r, NODES);
    uint32_t *node = &n->node[slot], *arcs = &n->arc[ARCS + 2 * slot];
    const uint32_t gone = *node;
    if (gone == FLOW_NONE) {
        const int64_t supply = prop_range(r, -3, 3);
        for (int i = 0; i < NETS; i++) {
            *node = flow_node_add(net(n, i), supply);
            if (n->hub != FLOW_NONE) {
                arcs[0] = flow_arc_add(net(n, i), *node, n->hub, 30, 15);
                arcs[1] = flow_arc_add(net(n, i), n->hub, *node, 30, 15);
            }
        }
        return;
    }
    for (int a = 0; a < ALL; a++) {
        if (n->arc[a] != FLOW_NONE &&
            (flow_from(n->again, n->arc[a]) == gone || flow_to(n->again, n->arc[a]) == gone)) {
            n->arc[a] = FLOW_NONE;
        }
    }
    for (int i = 0; i < NETS; i++) {
        flow_node_remove(net(n, i), gone);
    }
    *node = FLOW_NONE;
}

static void set_supply(struct nets *n, struct prng *r)
{
    const uint32_t node = n->node[prng_below(r, NODES)];
    const int64_t supply = prop_range(r, -4, 4);
    for (int i = 0; i < NETS && node != FLOW_NONE; i++) {
        flow_node_supply(net(n, i), node, supply);
    }
}

static void change_arc(struct nets *n, struct prng *r)
{
    uint32_t *arc = &n->arc[prng_below(r, ARCS)];
    const uint32_t from = n->node[prng_below(r, NODES)], to = n->node[prng_below(r, NODES)];
    const int64_t capacity = prop_range(r, 0, 5), cost = prop_range(r, -8, 20);
    if (*arc == FLOW_NONE && from != FLOW_NONE && to != FLOW_NONE && from != to) {
        for (int i = 0; i < NETS; i++) {
            *arc = flow_arc_add(net(n, i), from, to, capacity, cost);
        }
    } else if (*arc != FLOW_NONE && prng_below(r, 4) == 0) {
        for (int i = 0; i < NETS; i++) {
            flow_arc_remove(net(n, i), *arc);
        }
        *arc = FLOW_NONE;
    } else if (*arc != FLOW_NONE) {
        for (int i = 0; i < NETS; i++) {
            flow_arc_set(net(n, i), *arc, capacity, cost);
        }
    }
}

/* A last node takes what the others have too much, so that most networks are balanced. */
static void balance(struct nets *n)
{
    int64_t sum = 0;
    uint32_t last = FLOW_NONE;
    for (int i = 0; i < NODES; i++) {
        if (n->node[i] != FLOW_NONE) {
            last = n->node[i];
            sum += flow_supply(n->again, last);
        }
    }
    for (int i = 0; i < NETS && last != FLOW_NONE; i++) {
        flow_node_supply(net(n, i), last, flow_supply(net(n, i), last) - sum);
    }
}

static void change(struct nets *n, struct prng *r, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        const uint32_t kind = prng_below(r, 16);
        if (kind == 0) {
            toggle_node(n, r);
        } else if (kind == 1) {
            set_supply(n, r);
        } else {
            change_arc(n, r);
        }
    }
    if (prng_below(r, 4) > 0) {
        balance(n);
    }
}

static bool same(struct sim_wide a, struct sim_wide b)
{
    return a.low == b.low && a.high == b.high;
}

/* What could not be sent is where it begins, what was not received where it should end. */
static void check_excess(const struct nets *n, const struct flow *f, uint64_t seed)
{
    for (int i = 0; i < NODES; i++) {
        if (n->node[i] != FLOW_NONE) {
            const int64_t supply = flow_supply(f, n->node[i]), left = flow_excess(f, n->node[i]);
            cr_assert_leq(left, supply > 0 ? supply : 0, "SIM_SEED=%lu", seed);
            cr_assert_geq(left, supply < 0 ? supply : 0, "SIM_SEED=%lu", seed);
        }
    }
}

Test(flow, again_from_nothing_and_slowly_cost_the_same) /* The one claim that a solver makes. */
{
    uint32_t feasible = 0, infeasible = 0;
    PROP_FOR_ALL (seed, 1500) {
        struct prng r;
        struct nets n;
        prng_init(&r, seed, "flow");
        create(&n, &r);
        for (int i = 0; i < NODES; i++) {
            toggle_node(&n, &r);
        }
        change(&n, &r, 60);
        for (int round = 0; round < 8; round++) {
            change(&n, &r, 1 + prng_below(&r, 6));
            const bool ok = flow_solve(n.again);
            cr_assert_eq(flow_solve_scratch(n.scratch), ok, "SIM_SEED=%lu", seed);
            cr_assert_eq(flow_solve_scratch(n.slow), ok, "SIM_SEED=%lu", seed);
            cr_assert(flow_is_optimal(n.again) && flow_is_optimal(n.scratch), "SIM_SEED=%lu", seed);
            cr_assert(flow_is_optimal(n.slow), "SIM_SEED=%lu", seed);
            cr_assert_eq(flow_unsent(n.again), flow_unsent(n.slow), "SIM_SEED=%lu", seed);
            cr_assert_eq(flow_unsent(n.scratch), flow_unsent(n.slow), "SIM_SEED=%lu", seed);
            check_excess(&n, n.again, seed);
            check_excess(&n, n.scratch, seed);
            if (ok) {
                cr_assert(same(flow_cost(n.again), flow_cost(n.slow)), "SIM_SEED=%lu", seed);
                cr_assert(same(flow_cost(n.scratch), flow_cost(n.slow)), "SIM_SEED=%lu", seed);
            }
            *(ok ? &feasible : &infeasible) += 1;
        }
        destroy(&n);
    }
    cr_expect(getenv("SIM_SEED") || (feasible > 1000 && infeasible > 1000), "%u feasible, %u not",
              feasible, infeasible);
}

static int64_t cost_of(const struct flow *f, const uint32_t *arcs, const int64_t *flow)
{
    int64_t sum = 0;
    for (int a = 0; a < ALL; a++) {
        sum += arcs[a] == FLOW_NONE ? 0 : flow_arc_cost(f, arcs[a]) * flow[a];
    }
    return sum;
}

static void read_flow(const struct nets *n, const struct flow *f, int64_t *flow)
{
    for (int a = 0; a < ALL; a++) {
        flow[a] = n->arc[a] == FLOW_NONE ? 0 : flow_of(f, n->arc[a]);
    }
}

Test(flow, a_flow_that_is_still_optimal_stays) /* Else tasks migrate for nothing. */
{
    uint32_t stayed = 0, moved = 0;
    PROP_FOR_ALL (seed, 1500) {
        struct prng r;
        struct nets n;
        int64_t before[ALL], after[ALL];
        prng_init(&r, seed, "flow");
        create(&n, &r);
        for (int i = 0; i < NODES; i++) {
            toggle_node(&n, &r);
        }
        change(&n, &r, 80);
        for (int round = 0; round < 8 && flow_solve(n.again); round++) {
            read_flow(&n, n.again, before);
            for (int i = 0; i < 6; i++) { /* Costs and unused capacity: it stays feasible. */
                const int a = (int)prng_below(&r, ARCS);
                if (n.arc[a] != FLOW_NONE) {
                    flow_arc_set(n.again, n.arc[a], before[a] + prop_range(&r, 0, 2),
                                 flow_arc_cost(n.again, n.arc[a]) + prop_range(&r, -2, 2));
                }
            }
            cr_assert(flow_solve(n.again), "SIM_SEED=%lu", seed);
            read_flow(&n, n.again, after);
            if (cost_of(n.again, n.arc, before) == cost_of(n.again, n.arc, after)) {
                cr_assert_arr_eq(before, after, sizeof before, "SIM_SEED=%lu", seed);
                stayed++;
            } else {
                moved++;
            }
        }
        destroy(&n);
    }
    cr_expect(getenv("SIM_SEED") || (stayed > 1000 && moved > 100), "%u, %u", stayed, moved);
}

Test(flow, what_an_arc_lacks_is_exact) /* Else "how much cheaper it had to be" is wrong. */
{
    uint32_t tried = 0;
    PROP_FOR_ALL (seed, 1500) {
        struct prng r;
        struct nets n;
        int64_t before[ALL], after[ALL], far[NODES + 1];
        prng_init(&r, seed, "flow");
        create(&n, &r);
        for (int i = 0; i < NODES; i++) {
            toggle_node(&n, &r);
        }
        change(&n, &r, 80);
        for (int a = 0; a < ARCS && flow_solve(n.again); a++) {
            if (n.arc[a] == FLOW_NONE || flow_of(n.again, n.arc[a]) > 0 ||
                flow_saturated(n.again, n.arc[a])) {
                continue;
            }
            const int64_t capacity = flow_capacity(n.again, n.arc[a]);
            const int64_t cost = flow_arc_cost(n.again, n.arc[a]);
            flow_paths_to(n.again, flow_from(n.again, n.arc[a]), far);
            read_flow(&n, n.again, before);
            const int64_t back = far[flow_to(n.again, n.arc[a])];
            const int64_t lacks = back == FLOW_FAR ? 1000 : cost + back;
            cr_assert_geq(lacks, 0, "SIM_SEED=%lu", seed);
            cr_assert_geq(lacks, back == FLOW_FAR ? 0 : flow_reduced_cost(n.again, n.arc[a]));
            for (int more = 0; more < 2; more++) {
                flow_arc_set(n.again, n.arc[a], capacity, cost - lacks - more);
                cr_assert(flow_solve(n.again));
                read_flow(&n, n.again, after);
                cr_assert_eq(after[a] > before[a], more == 1 && back != FLOW_FAR, "SIM_SEED=%lu",
                             seed);
            }
            flow_arc_set(n.again, n.arc[a], capacity, cost);
            tried++;
        }
        destroy(&n);
    }
    cr_expect(getenv("SIM_SEED") || tried > 1000, "%u", tried);
}
