/* flow_slow.h - a second solver for sched/lib/flow.h, as simple as can be: any way that leads from
 * too much to too little, then negative cycles filled as long as Bellman-Ford finds one. */
#ifndef TESTS_FLOW_SLOW_H
#define TESTS_FLOW_SLOW_H
#include <stdlib.h>
#include <string.h>

#include "sched/lib/flow_graph.h"

static void *slow_create(void)
{
    return NULL;
}
static void slow_destroy(void *state)
{
    (void)state;
}
static bool slow_usable(const struct flow_graph *g, uint32_t half)
{
    return g->halves[half].to != FLOW_NONE && g->halves[half].residual > 0;
}

/* Sends one unit from a node with excess to one that lacks something; false when none can. */
static bool slow_send(struct flow_graph *g)
{
    uint32_t *via = malloc(g->node_end * sizeof *via), *queue = malloc(g->node_end * sizeof *queue);
    bool sent = false;
    for (uint32_t start = 0; start < g->node_end && !sent; start++) {
        if (g->nodes[start].excess <= 0) {
            continue;
        }
        memset(via, 0xff, g->node_end * sizeof *via);
        uint32_t len = 0;
        queue[len++] = start;
        for (uint32_t i = 0; i < len && !sent; i++) {
            for (uint32_t h = 0; h < 2 * g->arc_end && !sent; h++) {
                const uint32_t to = g->halves[h].to;
                if (!slow_usable(g, h) || flow_tail(g, h) != queue[i] || to == start ||
                    via[to] != FLOW_NONE) {
                    continue;
                }
                via[to] = h;
                queue[len++] = to;
                if (g->nodes[to].excess < 0) {
                    for (uint32_t v = to; v != start;) {
                        const uint32_t half = via[v];
                        v = flow_tail(g, half);
                        flow_push(g, half, 1);
                    }
                    sent = true;
                }
            }
        }
    }
    free(via);
    free(queue);
    return sent;
}

/* Distances from everywhere at once; a half on a negative cycle, or FLOW_NONE. */
static uint32_t slow_distances(const struct flow_graph *g, int64_t *distance, uint32_t *via)
{
    uint32_t last = FLOW_NONE;
    for (uint32_t round = 0; round <= g->node_end; round++) {
        last = FLOW_NONE;
        for (uint32_t h = 0; h < 2 * g->arc_end; h++) {
            if (slow_usable(g, h)) {
                const uint32_t to = g->halves[h].to;
                const int64_t way = distance[flow_tail(g, h)] + g->halves[h].cost;
                if (way < distance[to]) {
                    distance[to] = way;
                    via[to] = last = h;
                }
            }
        }
    }
    for (uint32_t i = 0; last != FLOW_NONE && i <= g->node_end; i++) {
        last = via[flow_tail(g, last)];
    }
    return last;
}

static void slow_solve(void *state, struct flow_graph *g)
{
    (void)state;
    while (slow_send(g)) {
    }
    int64_t *distance = malloc((g->node_end + 1) * sizeof *distance);
    uint32_t *via = malloc((g->node_end + 1) * sizeof *via), cycle;
    do {
        memset(distance, 0, g->node_end * sizeof *distance);
        cycle = slow_distances(g, distance, via);
        if (cycle != FLOW_NONE) {
            uint32_t h = cycle;
            do {
                flow_push(g, h, 1);
                h = via[flow_tail(g, h)];
            } while (h != cycle);
        }
    } while (cycle != FLOW_NONE);
    for (uint32_t i = 0; i < g->node_end; i++) {
        g->nodes[i].potential = distance[i];
    }
    for (size_t i = 0; i < g->changed_len; i++) {
        g->halves[2 * g->changed[i]].changed = g->halves[2 * g->changed[i] + 1].changed = 0;
    }
    g->changed_len = 0;
    free(distance);
    free(via);
}

static const struct flow_solver flow_slow = {"slow", slow_create, slow_destroy, slow_solve};
#endif
