/* flow.c - see flow.h. Storage, changes and answers; the solving is done behind flow_solver. */
#include "sched/lib/flow.h"

#include "base/check.h"
#include "base/mem.h"
#include "base/wide.h"
#include "sched/lib/flow_search.h"

/* Beyond it potentials are computed anew. One solve moves them by less than 2^24 arcs * 2^36, so
 * their differences stay within 64 bits. */
#define POTENTIAL_MAX (INT64_C(1) << 60)

struct list {
    uint32_t *at;
    size_t len, cap;
};
struct flow {
    struct flow_graph g;
    const struct flow_solver *solver;
    void *solver_state;
    struct flow_search *search; /* For flow_paths_to. */
    size_t nodes_cap, halves_cap, changed_cap;
    uint32_t node_count, arc_count;
    struct list free_nodes, free_arcs;
};

struct flow *flow_create(const struct flow_solver *solver)
{
    struct flow *f = MEM_NEW(struct flow, 1);
    f->solver = solver;
    f->solver_state = solver->create();
    f->search = flow_search_create();
    return f;
}

void flow_destroy(struct flow *f)
{
    if (f == NULL) {
        return;
    }
    f->solver->destroy(f->solver_state);
    flow_search_destroy(f->search);
    mem_free(f->g.nodes);
    mem_free(f->g.halves);
    mem_free(f->g.changed);
    mem_free(f->free_nodes.at);
    mem_free(f->free_arcs.at);
    mem_free(f);
}

static uint32_t take(struct list *free, uint32_t *end)
{
    return free->len > 0 ? free->at[--free->len] : (*end)++;
}

static void give_back(struct list *free, uint32_t number)
{
    MEM_GROW(free->at, free->cap, free->len + 1);
    free->at[free->len++] = number;
}

static bool is_node(const struct flow *f, uint32_t node)
{
    return node < f->g.node_end && f->g.nodes[node].exists;
}

/* A half of a removed arc leads nowhere. */
static bool is_arc(const struct flow *f, uint32_t arc)
{
    return arc < f->g.arc_end && f->g.halves[2 * arc].to != FLOW_NONE;
}

static bool within(int64_t x, int64_t max)
{
    return -max <= x && x <= max;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

uint32_t flow_node_add(struct flow *f, int64_t supply)
{
    CHECK(within(supply, FLOW_AMOUNT_MAX));
    const uint32_t node = take(&f->free_nodes, &f->g.node_end);
    CHECK(f->g.node_end <= FLOW_NODES_MAX);
    MEM_GROW(f->g.nodes, f->nodes_cap, f->g.node_end);
    f->g.nodes[node] = (struct flow_node){
        .supply = supply, .excess = supply, .first = FLOW_NONE, .last = FLOW_NONE, .exists = 1};
    f->node_count++;
    return node;
}

void flow_node_remove(struct flow *f, uint32_t node)
{
    CHECK(is_node(f, node));
    struct flow_node *n = &f->g.nodes[node];
    while (n->first != FLOW_NONE) {
        flow_arc_remove(f, n->first / 2);
    }
    *n = (struct flow_node){.first = FLOW_NONE, .last = FLOW_NONE};
    give_back(&f->free_nodes, node);
    f->node_count--;
}

void flow_node_supply(struct flow *f, uint32_t node, int64_t supply)
{
    CHECK(is_node(f, node) && within(supply, FLOW_AMOUNT_MAX));
    f->g.nodes[node].excess += supply - f->g.nodes[node].supply;
    f->g.nodes[node].supply = supply;
}

int64_t flow_supply(const struct flow *f, uint32_t node)
{
    CHECK(is_node(f, node));
    return f->g.nodes[node].supply;
}

/* ---- arcs ------------------------------------------------------------------------------------ */

static void link_half(struct flow_graph *g, uint32_t half, uint32_t node)
{
    struct flow_node *n = &g->nodes[node];
    g->halves[half].next = FLOW_NONE;
    g->halves[half].prev = n->last;
    *(n->last == FLOW_NONE ? &n->first : &g->halves[n->last].next) = half;
    n->last = half;
}

static void unlink_half(struct flow_graph *g, uint32_t half, uint32_t node)
{
    struct flow_node *n = &g->nodes[node];
    const struct flow_half *h = &g->halves[half];
    *(h->prev == FLOW_NONE ? &n->first : &g->halves[h->prev].next) = h->next;
    *(h->next == FLOW_NONE ? &n->last : &g->halves[h->next].prev) = h->prev;
}

static void set_changed(struct flow *f, uint32_t arc)
{
    struct flow_graph *g = &f->g;
    if (!g->halves[2 * arc].changed) {
        MEM_GROW(g->changed, f->changed_cap, g->changed_len + 1);
        g->changed[g->changed_len++] = arc;
        g->halves[2 * arc].changed = g->halves[2 * arc + 1].changed = 1;
    }
}

int64_t flow_capacity(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc].residual + f->g.halves[2 * arc + 1].residual;
}

int64_t flow_arc_cost(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc].cost;
}

static void put(struct flow *f, uint32_t arc, int64_t capacity, int64_t cost)
{
    CHECK(within(cost, FLOW_COST_MAX) && capacity >= 0 && capacity <= FLOW_AMOUNT_MAX);
    struct flow_half *h = &f->g.halves[2 * arc];
    if (h[1].residual > capacity) { /* What does not fit any longer goes back to the tail. */
        flow_push(&f->g, 2 * arc + 1, h[1].residual - capacity);
    }
    h[0].residual = capacity - h[1].residual;
    h[0].cost = cost;
    h[1].cost = -cost;
    set_changed(f, arc);
}

uint32_t flow_arc_add(struct flow *f, uint32_t from, uint32_t to, int64_t capacity, int64_t cost)
{
    CHECK(is_node(f, from) && is_node(f, to) && from != to);
    const uint32_t arc = take(&f->free_arcs, &f->g.arc_end);
    CHECK(f->g.arc_end <= FLOW_ARCS_MAX);
    MEM_GROW(f->g.halves, f->halves_cap, 2 * (size_t)f->g.arc_end);
    struct flow_half *h = &f->g.halves[2 * arc];
    h[0].to = to;
    h[1].to = from;
    h[0].residual = h[1].residual = 0;
    link_half(&f->g, 2 * arc, from);
    link_half(&f->g, 2 * arc + 1, to);
    f->arc_count++;
    put(f, arc, capacity, cost);
    return arc;
}

void flow_arc_set(struct flow *f, uint32_t arc, int64_t capacity, int64_t cost)
{
    if (capacity != flow_capacity(f, arc) || cost != flow_arc_cost(f, arc)) {
        put(f, arc, capacity, cost);
    }
}

void flow_shift(struct flow *f, uint32_t arc, int64_t amount)
{
    CHECK(is_arc(f, arc));
    flow_push(&f->g, 2 * arc, amount);
    CHECK(f->g.halves[2 * arc].residual >= 0 && f->g.halves[2 * arc + 1].residual >= 0);
    set_changed(f, arc);
}

/* It stays in `changed`, harmless, if it is there: the number may be given again before a solve. */
void flow_arc_remove(struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    struct flow_half *h = &f->g.halves[2 * arc];
    const uint32_t from = h[1].to, to = h[0].to;
    flow_push(&f->g, 2 * arc + 1, h[1].residual);
    unlink_half(&f->g, 2 * arc, from);
    unlink_half(&f->g, 2 * arc + 1, to);
    h[0].to = h[1].to = FLOW_NONE;
    give_back(&f->free_arcs, arc);
    f->arc_count--;
}

uint32_t flow_nodes(const struct flow *f)
{
    return f->node_count;
}

uint32_t flow_arcs(const struct flow *f)
{
    return f->arc_count;
}

uint32_t flow_node_end(const struct flow *f)
{
    return f->g.node_end;
}

bool flow_next_out(const struct flow *f, uint32_t node, uint32_t *arc)
{
    CHECK(is_node(f, node));
    uint32_t half = *arc == FLOW_NONE ? f->g.nodes[node].first : f->g.halves[2 * *arc].next;
    while (half != FLOW_NONE && half % 2 == 1) {
        half = f->g.halves[half].next;
    }
    *arc = half == FLOW_NONE ? FLOW_NONE : half / 2;
    return half != FLOW_NONE;
}

uint32_t flow_from(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc + 1].to;
}

uint32_t flow_to(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc].to;
}

/* ---- solving --------------------------------------------------------------------------------- */

/* Removed arcs leave the list for good. */
static void forget_removed(struct flow *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->g.changed_len; i++) {
        const uint32_t arc = f->g.changed[i];
        if (is_arc(f, arc)) {
            f->g.changed[n++] = arc;
        } else {
            f->g.halves[2 * arc].changed = f->g.halves[2 * arc + 1].changed = 0;
        }
    }
    f->g.changed_len = n;
}

static bool solve(struct flow *f)
{
    forget_removed(f);
    f->solver->solve(f->solver_state, &f->g);
    CHECK(f->g.changed_len == 0);
    CHECK_SLOW(flow_is_optimal(f));
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        if (f->g.nodes[i].excess != 0) {
            return false;
        }
    }
    return true;
}

/* Forgets the potentials; every arc has to be looked at, in order of number. */
static void renew(struct flow *f)
{
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        f->g.nodes[i].potential = 0;
    }
    for (size_t i = 0; i < f->g.changed_len; i++) {
        f->g.halves[2 * f->g.changed[i]].changed = 0;
    }
    f->g.changed_len = 0;
    for (uint32_t a = 0; a < f->g.arc_end; a++) {
        if (is_arc(f, a)) {
            set_changed(f, a);
        }
    }
}

bool flow_solve_scratch(struct flow *f)
{
    for (uint32_t a = 0; a < f->g.arc_end; a++) {
        if (is_arc(f, a)) {
            flow_push(&f->g, 2 * a + 1, f->g.halves[2 * a + 1].residual);
        }
    }
    renew(f);
    return solve(f);
}

bool flow_solve(struct flow *f)
{
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        if (!within(f->g.nodes[i].potential, POTENTIAL_MAX)) {
            renew(f);
            break;
        }
    }
    return solve(f);
}

/* ---- the answer ------------------------------------------------------------------------------ */

struct sim_wide flow_cost(const struct flow *f)
{
    struct sim_wide sum = {0, 0};
    for (uint32_t a = 0; a < f->g.arc_end; a++) {
        if (is_arc(f, a)) {
            wide_add(&sum, f->g.halves[2 * a].cost, f->g.halves[2 * a + 1].residual);
        }
    }
    return sum;
}

int64_t flow_of(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc + 1].residual;
}

int64_t flow_potential(const struct flow *f, uint32_t node)
{
    CHECK(is_node(f, node));
    return f->g.nodes[node].potential;
}

int64_t flow_reduced_cost(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return flow_half_reduced(&f->g, 2 * arc);
}

bool flow_saturated(const struct flow *f, uint32_t arc)
{
    CHECK(is_arc(f, arc));
    return f->g.halves[2 * arc].residual == 0;
}

int64_t flow_excess(const struct flow *f, uint32_t node)
{
    CHECK(is_node(f, node));
    return f->g.nodes[node].excess;
}

int64_t flow_unsent(const struct flow *f)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        sum += f->g.nodes[i].excess > 0 ? f->g.nodes[i].excess : 0;
    }
    return sum;
}

void flow_paths_to(struct flow *f, uint32_t node, int64_t *cost)
{
    CHECK(is_node(f, node) && f->g.changed_len == 0);
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        cost[i] = FLOW_FAR;
    }
    const struct flow_query q = {
        .start = node, .backward = true, .node = FLOW_NONE, .limit = INT64_MAX};
    int64_t distance;
    flow_search_run(f->search, &f->g, &q, &distance);
    const uint32_t *nodes;
    const size_t n = flow_search_visited(f->search, &nodes);
    for (size_t i = 0; i < n; i++) {
        cost[nodes[i]] = flow_search_distance(f->search, nodes[i]) + f->g.nodes[node].potential -
                         f->g.nodes[nodes[i]].potential;
    }
}

static bool arcs_are_optimal(const struct flow *f)
{
    for (uint32_t half = 0; half < 2 * f->g.arc_end; half++) {
        const struct flow_half *h = &f->g.halves[half];
        if (is_arc(f, half / 2) &&
            (h->residual < 0 || (h->residual > 0 && flow_half_reduced(&f->g, half) < 0))) {
            return false;
        }
    }
    return true;
}

static bool is_conserved(const struct flow *f, uint32_t node)
{
    const struct flow_node *n = &f->g.nodes[node];
    int64_t left = n->supply;
    for (uint32_t half = n->first; half != FLOW_NONE; half = f->g.halves[half].next) {
        left += half % 2 == 0 ? -f->g.halves[half + 1].residual : f->g.halves[half].residual;
    }
    return left == n->excess;
}

bool flow_is_optimal(const struct flow *f)
{
    bool conserved = true;
    for (uint32_t i = 0; i < f->g.node_end; i++) {
        conserved &= !f->g.nodes[i].exists || is_conserved(f, i);
    }
    return conserved && arcs_are_optimal(f);
}
