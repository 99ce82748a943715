/* flow_ssp.c - successive shortest paths with potentials, from any flow that is there.
 *
 * Two steps. (1) A changed arc that would break optimality is put right alone, the ones that wait
 * for their turn being out of sight: a search from its tail looks for a way back to its other end
 * that is shorter than the violation. There is none: new potentials for the nodes on the way are
 * enough, and no flow moves. There is one: the two make a cycle of negative cost, and it is filled.
 * (2) Each node that has something to send takes the shortest way to one that lacks something, or
 * to the main sink even if that gets too much; then whoever lacks something takes it from there.
 * Potentials of the visited nodes follow.
 *
 * Why an own solver and not LEMON's network simplex, which starts from nothing each time and would
 * bring C++ into the build. Milliseconds of CPU on networks in the manner of Quincy (40 racks; each
 * task has ten machines at random costs below 1,000, a rack, the cluster and waiting, dearer in
 * this order), LEMON 1.3.1 without the time to fill its graph, gcc 12 -O3; every cost was equal:
 *
 *     tasks x machines, slots | from nothing | 10 % of tasks new | one new | all waits grow
 *                             | own    LEMON | own     LEMON     | own     | own
 *       1,000 x  1,000, 1     |  9.0     3.7 |  5.0     4.2      | 0.14    | 0.005
 *       1,000 x  1,000, 4     |  0.3     0.7 |  0.04    0.7      | 0.007   | 0.005
 *       2,000 x  1,000, 1     | 33       2.7 |  0.53    3.0      | 0.019   | 0.68
 *      10,000 x  1,000, 12    | 15      18   |  4.7    19        | 0.09    | 0.14
 *      20,000 x 12,500, 2     | 71     101   | 24     100        | 0.19    | 0.54
 *
 * A scheduler solves again and again after few changes, and there it is the faster one by far.
 * LEMON wins from nothing when far more tasks wait than there are slots (third line).
 *
 * The order of a node's arcs matters for speed: put the one that leads to the sink first.
 */
#include "base/check.h"
#include "base/mem.h"
#include "sched/lib/flow_search.h"

struct ssp {
    struct flow_search *search;
    uint32_t *starts;
    size_t starts_cap;
};

static void *ssp_create(void)
{
    struct ssp *s = MEM_NEW(struct ssp, 1);
    s->search = flow_search_create();
    return s;
}

static void ssp_destroy(void *state)
{
    struct ssp *s = state;
    flow_search_destroy(s->search);
    mem_free(s->starts);
    mem_free(s);
}

/* After a search as far as `distance`: nodes nearer than that move closer to the start, so that the
 * shortest ways get length 0 and no reduced cost gets negative. */
static void follow_distances(const struct ssp *s, struct flow_graph *g, int64_t distance,
                             bool backward)
{
    const uint32_t *nodes;
    const size_t n = flow_search_visited(s->search, &nodes);
    for (size_t i = 0; i < n; i++) {
        const int64_t by = distance - flow_search_distance(s->search, nodes[i]);
        g->nodes[nodes[i]].potential += backward ? by : -by;
    }
}

/* The halves of the way that was found, from the goal to the start. */
static uint32_t first_half(const struct ssp *s, uint32_t goal)
{
    return flow_search_via(s->search, goal);
}
static uint32_t next_half(const struct ssp *s, const struct flow_graph *g, uint32_t half,
                          bool backward)
{
    return flow_search_via(s->search, backward ? g->halves[half].to : flow_tail(g, half));
}

/* Sends as much as fits, at most `amount`; returns how much. */
static int64_t send(const struct ssp *s, struct flow_graph *g, uint32_t goal, bool backward,
                    int64_t amount)
{
    for (uint32_t h = first_half(s, goal); h != FLOW_NONE; h = next_half(s, g, h, backward)) {
        amount = amount < g->halves[h].residual ? amount : g->halves[h].residual;
    }
    CHECK(amount > 0);
    for (uint32_t h = first_half(s, goal); h != FLOW_NONE; h = next_half(s, g, h, backward)) {
        flow_push(g, h, amount);
    }
    return amount;
}

/* ---- changed arcs ---------------------------------------------------------------------------- */

/* The half of an arc that breaks optimality, or FLOW_NONE. */
static uint32_t violated(const struct flow_graph *g, uint32_t arc)
{
    const int64_t reduced = flow_half_reduced(g, 2 * arc);
    if (reduced < 0 && g->halves[2 * arc].residual > 0) {
        return 2 * arc;
    }
    return reduced > 0 && g->halves[2 * arc + 1].residual > 0 ? 2 * arc + 1 : FLOW_NONE;
}

static void show(struct flow_graph *g, uint32_t arc)
{
    g->halves[2 * arc].changed = g->halves[2 * arc + 1].changed = 0;
}

/* The search begins at the tail of the arc: in a scheduling network that is most often a task,
 * which has few arcs. */
static void put_right(struct ssp *s, struct flow_graph *g, uint32_t arc)
{
    for (uint32_t half = violated(g, arc); half != FLOW_NONE; half = violated(g, arc)) {
        const bool backward = half % 2 == 0;
        const uint32_t tail = flow_tail(g, 2 * arc), head = g->halves[2 * arc].to;
        const struct flow_query q = {.start = tail,
                                     .backward = backward,
                                     .node = head,
                                     .limit = -flow_half_reduced(g, half)};
        int64_t distance;
        const uint32_t goal = flow_search_run(s->search, g, &q, &distance);
        if (goal != FLOW_NONE) {
            flow_push(g, half, send(s, g, goal, backward, g->halves[half].residual));
        }
        follow_distances(s, g, distance, backward);
    }
    show(g, arc);
}

static void put_all_right(struct ssp *s, struct flow_graph *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->changed_len; i++) {
        if (violated(g, g->changed[i]) == FLOW_NONE) {
            show(g, g->changed[i]);
        } else {
            g->changed[n++] = g->changed[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        put_right(s, g, g->changed[i]);
    }
    g->changed_len = 0;
}

/* ---- supplies and demands -------------------------------------------------------------------- */

static size_t collect(struct ssp *s, const struct flow_graph *g, int sign)
{
    size_t n = 0;
    for (uint32_t i = 0; i < g->node_end; i++) {
        if (sign > 0 ? g->nodes[i].excess > 0 : g->nodes[i].excess < 0) {
            MEM_GROW(s->starts, s->starts_cap, n + 1);
            s->starts[n++] = i;
        }
    }
    return n;
}

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* From each node that has too much (or backward from each that has too little) to the goals. */
static void send_from_each(struct ssp *s, struct flow_graph *g, struct flow_query q)
{
    const size_t n = collect(s, g, q.backward ? -1 : 1);
    q.limit = INT64_MAX;
    for (size_t i = 0; i < n; i++) {
        q.start = s->starts[i];
        while (g->nodes[q.start].excess != 0) {
            int64_t distance, amount = magnitude(g->nodes[q.start].excess);
            const uint32_t goal = flow_search_run(s->search, g, &q, &distance);
            if (goal == FLOW_NONE) {
                break; /* And it stays so: a later way to a goal would have to cross one from here.
                        */
            }
            if (goal != q.node && magnitude(g->nodes[goal].excess) < amount) {
                amount = magnitude(g->nodes[goal].excess);
            }
            send(s, g, goal, q.backward, amount);
            follow_distances(s, g, distance, q.backward);
        }
    }
}

/* The node with the largest demand. */
static uint32_t main_sink(const struct flow_graph *g)
{
    uint32_t sink = 0;
    for (uint32_t i = 1; i < g->node_end; i++) {
        sink = g->nodes[i].supply < g->nodes[sink].supply ? i : sink;
    }
    return sink;
}

/* What is left where it neither begins nor ends: > 0 too much, < 0 too little. */
static int64_t misplaced(const struct flow_node *n)
{
    const int64_t from = n->supply < 0 ? n->supply : 0, to = n->supply > 0 ? n->supply : 0;
    return n->excess > to ? n->excess - to : n->excess < from ? n->excess - from : 0;
}

/* What cannot be sent goes back to where it comes from, and where a unit is missing on the way, the
 * way behind it is given up. */
static void send_back(struct ssp *s, struct flow_graph *g)
{
    for (uint32_t i = 0; i < g->node_end; i++) {
        for (int64_t left = misplaced(&g->nodes[i]); left != 0; left = misplaced(&g->nodes[i])) {
            const struct flow_query q = {.start = i,
                                         .backward = left < 0,
                                         .goal = left < 0 ? FLOW_GOAL_GOT : FLOW_GOAL_GAVE,
                                         .node = FLOW_NONE,
                                         .limit = INT64_MAX};
            int64_t distance;
            const uint32_t goal = flow_search_run(s->search, g, &q, &distance);
            CHECK(goal != FLOW_NONE);
            const int64_t room = magnitude(g->nodes[goal].supply - g->nodes[goal].excess);
            send(s, g, goal, q.backward, room < magnitude(left) ? room : magnitude(left));
            follow_distances(s, g, distance, q.backward);
        }
    }
}

/* First everything may go to the main sink, even if it gets too much, then whoever lacks something
 * takes it from there: a task that goes and one that comes elsewhere have nothing to do with each
 * other, but the way from the one's machine to the other is through all that is near the sink. */
static void send_all(struct ssp *s, struct flow_graph *g)
{
    if (g->node_end > 0 && collect(s, g, -1) > 0) {
        send_from_each(s, g, (struct flow_query){.goal = FLOW_GOAL_LACKS, .node = main_sink(g)});
        send_from_each(
            s, g, (struct flow_query){.backward = true, .goal = FLOW_GOAL_HAS, .node = FLOW_NONE});
        send_from_each(s, g, (struct flow_query){.goal = FLOW_GOAL_LACKS, .node = FLOW_NONE});
    }
    send_back(s, g);
}

static void ssp_solve(void *state, struct flow_graph *g)
{
    put_all_right(state, g);
    send_all(state, g);
}

const struct flow_solver flow_ssp = {
    .name = "successive-shortest-paths",
    .create = ssp_create,
    .destroy = ssp_destroy,
    .solve = ssp_solve,
};
