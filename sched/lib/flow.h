/* flow.h - a min-cost flow network that lives across solves: a scheduler changes a few nodes and
 * arcs, and solves again from the flow that is already there.
 *
 * A node has a supply (negative: a demand), an arc a capacity and a cost per unit. A solution sends
 * every supply to the demands, within the capacities, at the least total cost. It comes with a
 * potential per node, which proves that it is optimal and says what each capacity is worth:
 *
 *     reduced cost of an arc = cost + potential(from) - potential(to)
 *     reduced cost > 0: the arc carries nothing; < 0: it is saturated, and one more unit of its
 *     capacity would be worth that much at most
 *
 * Which optimum, when there are several. The answer is a function of the calls made since
 * flow_create, the same on every machine:
 *
 *   - flow_solve leaves a flow alone that is still feasible and optimal. Nothing moves without a
 *     gain, so a scheduler never migrates a task for nothing.
 *   - Where something has to move: changed arcs are put right in the order in which they were
 *     changed; then, in order of number, nodes that have too much send it to one that lacks
 *     something or to the node with the largest demand; then nodes that lack something take it from
 *     where too much is. Each takes the cheapest way; of equally cheap ones that which takes back
 *     the flow of fewest arcs, so that a newcomer displaces nobody without a gain; then the first
 * in depth-first order, where a node tries its arcs in the order in which they were added.
 *   - flow_solve_scratch forgets the flow first; its answer depends on the network alone (numbers,
 *     and the order of arcs). Both have the same cost, not always the same flow.
 *
 * Lower bounds are written as supplies, as Quincy does it for its jobs: an arc that must carry at
 * least L is one of capacity C - L, with L taken from the supply of its tail and given to its head.
 *
 * Limits (checked): |cost| <= 2^36, capacity and |supply| <= 2^40, 2^22 nodes, 2^24 arcs; then no
 * sum overflows 64 bits. Source: successive shortest paths with potentials (Edmonds and Karp 1972),
 * see flow_ssp.c. */
#ifndef SCHED_LIB_FLOW_H
#define SCHED_LIB_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include <simctl/run.h>

#define FLOW_NONE UINT32_MAX
#define FLOW_COST_MAX (INT64_C(1) << 36)
#define FLOW_AMOUNT_MAX (INT64_C(1) << 40)
#define FLOW_NODES_MAX (UINT32_C(1) << 22)
#define FLOW_ARCS_MAX (UINT32_C(1) << 24)
#define FLOW_FAR INT64_MAX /* No path. */

struct flow;
struct flow_solver; /* flow_graph.h */
extern const struct flow_solver flow_ssp;

struct flow *flow_create(const struct flow_solver *solver);
void flow_destroy(struct flow *f); /* NULL is allowed. */

/* ---- the network. Numbers of what was removed are given again, the last one first. ----------- */

uint32_t flow_node_add(struct flow *f, int64_t supply);
void flow_node_remove(struct flow *f, uint32_t node); /* With its arcs, and what they carry. */
void flow_node_supply(struct flow *f, uint32_t node, int64_t supply);
int64_t flow_supply(const struct flow *f, uint32_t node);

/* from != to. Parallel arcs are allowed. */
uint32_t flow_arc_add(struct flow *f, uint32_t from, uint32_t to, int64_t capacity, int64_t cost);
void flow_arc_remove(struct flow *f, uint32_t arc);
void flow_arc_set(struct flow *f, uint32_t arc, int64_t capacity, int64_t cost);
/* For a caller who knows where a unit goes from now on: the arc carries so much more, within its
 * capacity (< 0: less). What comes in and goes out of its ends is the caller's; a solve mends it.
 */
void flow_shift(struct flow *f, uint32_t arc, int64_t amount);

uint32_t flow_nodes(const struct flow *f);    /* That exist. */
uint32_t flow_arcs(const struct flow *f);     /* That exist. */
uint32_t flow_node_end(const struct flow *f); /* Every number is below. */
/* The arcs that leave a node, in order: *arc = FLOW_NONE begins; false at the end. */
bool flow_next_out(const struct flow *f, uint32_t node, uint32_t *arc);
uint32_t flow_from(const struct flow *f, uint32_t arc);
uint32_t flow_to(const struct flow *f, uint32_t arc);
int64_t flow_capacity(const struct flow *f, uint32_t arc);
int64_t flow_arc_cost(const struct flow *f, uint32_t arc);

/* ---- solving --------------------------------------------------------------------------------- */

/* False: not every supply and demand could be met (flow_excess tells whose). As much as possible is
 * sent then, lowest node first, and that much at the least cost for what is sent. A later solve
 * goes on from there. Time: a shortest path search per unit that moves, in the part of the network
 * that is nearer than its end. */
bool flow_solve(struct flow *f);
bool flow_solve_scratch(struct flow *f);

/* ---- the answer, valid until the next change --------------------------------------------------
 */

struct sim_wide flow_cost(const struct flow *f);
int64_t flow_of(const struct flow *f, uint32_t arc);
int64_t flow_potential(const struct flow *f, uint32_t node);
int64_t flow_reduced_cost(const struct flow *f, uint32_t arc);
bool flow_saturated(const struct flow *f, uint32_t arc); /* An arc of capacity 0 is saturated. */
/* What of its supply a node could not send (> 0), or of its demand did not receive (< 0). */
int64_t flow_excess(const struct flow *f, uint32_t node);
int64_t flow_unsent(const struct flow *f);

/* cost[v], for every node v, becomes what rerouting costs: the least cost of sending one unit from
 * v to `node` by what the flow leaves free or can take back, FLOW_FAR when there is no way. So an
 * arc that leaves `node` and carries nothing would have to get cheaper by more than
 *
 *     cost of the arc + cost[its head]
 *
 * to be used. This is exact; the reduced cost is a lower bound of it, because one optimum has many
 * potentials. cost has flow_node_end(f) elements. O(arcs log nodes). */
void flow_paths_to(struct flow *f, uint32_t node, int64_t *cost);

/* The proof: conservation, capacities, reduced costs. O(nodes + arcs). */
bool flow_is_optimal(const struct flow *f);
#endif
