/* flow_search.c - see flow_search.h. */
#include "sched/lib/flow_search.h"

#include "base/check.h"
#include "base/mem.h"

struct mark {
    int64_t distance;
    uint32_t run;     /* The run in which it got a distance; */
    uint32_t visited; /* in which that became final. */
    uint32_t via;
    uint32_t next; /* The half to be tried next. */
    uint32_t back; /* How many arcs the way takes something back from. */
};
struct entry {
    int64_t distance;
    uint32_t back, node;
};
struct flow_search {
    struct mark *marks;
    struct entry *heap;
    uint32_t *visited, *stack;
    size_t marks_cap, heap_cap, visited_cap, stack_cap;
    size_t heap_len, visited_len;
    uint32_t run;
};

struct flow_search *flow_search_create(void)
{
    return MEM_NEW(struct flow_search, 1);
}

void flow_search_destroy(struct flow_search *s)
{
    if (s != NULL) {
        mem_free(s->marks);
        mem_free(s->heap);
        mem_free(s->visited);
        mem_free(s->stack);
        mem_free(s);
    }
}

static bool nearer(const struct entry *a, const struct entry *b)
{
    if (a->distance != b->distance) {
        return a->distance < b->distance;
    }
    return a->back != b->back ? a->back < b->back : a->node < b->node;
}

static void heap_push(struct flow_search *s, struct entry e)
{
    MEM_GROW(s->heap, s->heap_cap, s->heap_len + 1);
    size_t i = s->heap_len++;
    while (i > 0 && nearer(&e, &s->heap[(i - 1) / 2])) {
        s->heap[i] = s->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    s->heap[i] = e;
}

static struct entry heap_pop(struct flow_search *s)
{
    const struct entry top = s->heap[0], e = s->heap[--s->heap_len];
    size_t i = 0;
    for (size_t child = 1; child < s->heap_len; child = 2 * i + 1) {
        if (child + 1 < s->heap_len && nearer(&s->heap[child + 1], &s->heap[child])) {
            child++;
        }
        if (!nearer(&s->heap[child], &e)) {
            break;
        }
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = e;
    return top;
}

static void begin(struct flow_search *s, const struct flow_graph *g)
{
    MEM_GROW(s->marks, s->marks_cap, g->node_end);
    MEM_GROW(s->visited, s->visited_cap, g->node_end);
    MEM_GROW(s->stack, s->stack_cap, g->node_end);
    if (++s->run == 0) { /* Old marks would look new after 2^32 runs. */
        for (size_t i = 0; i < s->marks_cap; i++) {
            s->marks[i].run = s->marks[i].visited = 0;
        }
        s->run = 1;
    }
    s->heap_len = s->visited_len = 0;
}

static bool is_goal(const struct flow_graph *g, const struct flow_query *q, uint32_t node)
{
    const struct flow_node *n = &g->nodes[node];
    switch (q->goal) {
    case FLOW_GOAL_NODE:
        break;
    case FLOW_GOAL_HAS:
        return n->excess > 0 || node == q->node;
    case FLOW_GOAL_LACKS:
        return n->excess < 0 || node == q->node;
    case FLOW_GOAL_GAVE:
        return n->supply > 0 && n->excess < n->supply;
    case FLOW_GOAL_GOT:
        return n->supply < 0 && n->excess > n->supply;
    }
    return node == q->node;
}

static void visit(struct flow_search *s, const struct flow_graph *g, uint32_t node)
{
    struct mark *m = &s->marks[node];
    m->visited = s->run;
    m->next = g->nodes[node].first;
    s->visited[s->visited_len++] = node;
}

/* Follows one half out of `node`: the neighbour when it is as near as the node, else FLOW_NONE. */
static uint32_t follow(struct flow_search *s, const struct flow_graph *g,
                       const struct flow_query *q, uint32_t node, uint32_t half)
{
    const struct flow_half *leaving = &g->halves[half];
    const uint32_t used = q->backward ? half ^ 1 : half, v = leaving->to;
    struct mark *m = &s->marks[v];
    if (g->halves[used].residual == 0 || leaving->changed || m->visited == s->run) {
        return FLOW_NONE;
    }
    const int64_t ahead = leaving->cost + g->nodes[node].potential - g->nodes[v].potential;
    const int64_t length = q->backward ? -ahead : ahead;
    const int64_t distance = s->marks[node].distance + length;
    CHECK_SLOW(length >= 0);
    if ((length > 0 && distance >= q->limit) ||
        (m->run == s->run && m->distance < distance)) { /* The most frequent ones. */
        return FLOW_NONE;
    }
    const uint32_t back = used % 2 == 1 && !is_goal(g, q, v);
    const struct entry way = {distance, s->marks[node].back + back, v};
    if (m->run == s->run && !nearer(&way, &(struct entry){m->distance, m->back, v})) {
        return FLOW_NONE;
    }
    m->run = s->run;
    m->distance = way.distance;
    m->back = way.back;
    m->via = used;
    if (length == 0 && back == 0) {
        return v;
    }
    heap_push(s, way);
    return FLOW_NONE;
}

/* Visits `node` and all that is as near; a goal among them, or FLOW_NONE. */
static uint32_t dive(struct flow_search *s, const struct flow_graph *g, const struct flow_query *q,
                     uint32_t node)
{
    size_t depth = 0;
    s->stack[depth++] = node;
    visit(s, g, node);
    if (node != q->start && is_goal(g, q, node)) {
        return node;
    }
    while (depth > 0) {
        const uint32_t u = s->stack[depth - 1], half = s->marks[u].next;
        if (half == FLOW_NONE) {
            depth--;
            continue;
        }
        s->marks[u].next = g->halves[half].next;
        const uint32_t v = follow(s, g, q, u, half);
        if (v != FLOW_NONE) {
            visit(s, g, v);
            if (is_goal(g, q, v)) {
                return v;
            }
            s->stack[depth++] = v;
        }
    }
    return FLOW_NONE;
}

uint32_t flow_search_run(struct flow_search *s, const struct flow_graph *g,
                         const struct flow_query *q, int64_t *distance)
{
    CHECK(q->limit > 0);
    begin(s, g);
    s->marks[q->start].run = s->run;
    s->marks[q->start].distance = 0;
    s->marks[q->start].back = 0;
    s->marks[q->start].via = FLOW_NONE;
    heap_push(s, (struct entry){0, 0, q->start});
    while (s->heap_len > 0) {
        const struct entry e = heap_pop(s);
        if (s->marks[e.node].visited == s->run) {
            continue;
        }
        const uint32_t goal = dive(s, g, q, e.node);
        if (goal != FLOW_NONE) {
            *distance = e.distance;
            return goal;
        }
    }
    *distance = q->limit;
    return FLOW_NONE;
}

size_t flow_search_visited(const struct flow_search *s, const uint32_t **nodes)
{
    *nodes = s->visited;
    return s->visited_len;
}

int64_t flow_search_distance(const struct flow_search *s, uint32_t visited_node)
{
    return s->marks[visited_node].distance;
}

uint32_t flow_search_via(const struct flow_search *s, uint32_t visited_node)
{
    return s->marks[visited_node].via;
}
