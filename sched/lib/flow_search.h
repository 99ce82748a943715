/* flow_search.h - Dijkstra over what a flow leaves free, measured in reduced costs, which are never
 * negative. It goes no farther than it must: to the goal, or to a limit.
 *
 * Order: nearest first; of equals the way that takes the least back from others (the step into the
 * goal does not count), so that a newcomer displaces nobody without a gain; then the lowest node.
 * Steps of length 0 that take nothing back are followed depth first, a node's arcs in their order:
 * a goal at the end of a chain of free aggregators is found without a look at their other children.
 */
#ifndef SCHED_LIB_FLOW_SEARCH_H
#define SCHED_LIB_FLOW_SEARCH_H

#include "sched/lib/flow_graph.h"

enum flow_goal {
    FLOW_GOAL_NODE,  /* None but the one that is named. */
    FLOW_GOAL_HAS,   /* Or any with excess > 0; */
    FLOW_GOAL_LACKS, /* < 0; */
    FLOW_GOAL_GAVE,  /* with a supply, some of which it sent; */
    FLOW_GOAL_GOT,   /* with a demand, some of which it got. */
};
struct flow_query {
    uint32_t start;
    bool backward; /* From the start against the direction of the arcs. */
    enum flow_goal goal;
    uint32_t node; /* A goal in any case; FLOW_NONE. */
    int64_t limit; /* Nodes at this distance or farther are not visited. > 0. */
};

struct flow_search;
struct flow_search *flow_search_create(void);
void flow_search_destroy(struct flow_search *s); /* NULL is allowed. */

/* The goal, or FLOW_NONE; *distance is that of the goal, or the limit. */
uint32_t flow_search_run(struct flow_search *s, const struct flow_graph *g,
                         const struct flow_query *q, int64_t *distance);

/* About the last run. Visited nodes in the order of their distance. */
size_t flow_search_visited(const struct flow_search *s, const uint32_t **nodes);
int64_t flow_search_distance(const struct flow_search *s, uint32_t visited_node);
/* The half by which the way between the start and a visited node meets that node. */
uint32_t flow_search_via(const struct flow_search *s, uint32_t visited_node);
#endif
