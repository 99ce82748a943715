/* flow_graph.h - the network as a solver sees it, and what a solver has to do. For flow*.c and for
 * tests that bring a solver of their own.
 *
 * An arc is two halves: 2a leads forward and has what the arc can still take, 2a+1 leads back and
 * has what it carries. half ^ 1 is the opposite one. */
#ifndef SCHED_LIB_FLOW_GRAPH_H
#define SCHED_LIB_FLOW_GRAPH_H

#include <stddef.h>

#include "sched/lib/flow.h"

struct flow_half {
    uint32_t to;
    uint32_t next, prev; /* In the list of the node that it leaves. */
    uint32_t changed;    /* The arc is in `changed`; searches do not see it. */
    int64_t residual;
    int64_t cost; /* Of a half that leads back: minus that of the arc. */
};

struct flow_node {
    int64_t potential;
    int64_t supply;
    int64_t excess;       /* supply + what came in - what went out. */
    uint32_t first, last; /* Halves that leave it, in the order in which they were added. */
    uint32_t exists;
};

struct flow_graph {
    struct flow_node *nodes;
    struct flow_half *halves;
    uint32_t *changed; /* Arcs that may break optimality, in the order of their first change. */
    uint32_t node_end, arc_end;
    size_t changed_len;
};

static inline uint32_t flow_tail(const struct flow_graph *g, uint32_t half)
{
    return g->halves[half ^ 1].to;
}
static inline int64_t flow_half_reduced(const struct flow_graph *g, uint32_t half)
{
    return g->halves[half].cost + g->nodes[flow_tail(g, half)].potential -
           g->nodes[g->halves[half].to].potential;
}
static inline void flow_push(struct flow_graph *g, uint32_t half, int64_t amount)
{
    g->halves[half].residual -= amount;
    g->halves[half ^ 1].residual += amount;
    g->nodes[flow_tail(g, half)].excess -= amount;
    g->nodes[g->halves[half].to].excess += amount;
}

/* solve() moves flow (flow_push) until no excess can reach a shortage and what is left is where it
 * begins or ends (flow_excess), changes potentials until flow_is_optimal holds, and empties
 * `changed`. It finds |potential| <= 2^60, capacities kept, and every arc that is not in `changed`
 * optimal. */
struct flow_solver {
    const char *name;
    void *(*create)(void); /* The state that solve gets. */
    void (*destroy)(void *state);
    void (*solve)(void *state, struct flow_graph *g);
};
#endif
