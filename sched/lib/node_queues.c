/* node_queues.c - see node_queues.h. */
#include "sched/lib/node_queues.h"

#include "base/check.h"
#include "base/mem.h"

struct link {
    uint32_t prev, next, lane;
};
struct lane {
    int64_t key; /* User, or priority with its sign turned: the lowest is served first. */
    uint32_t first, last, prev, next;
    sim_machine node;
};
struct node {
    uint32_t len;
    bool known;
    uint32_t first, last; /* Lanes, none of them empty, in the order of service. */
};

struct node_queues {
    enum node_order order;
    struct link *links; /* By item. */
    struct lane *lanes; /* Some free. */
    struct node *nodes;
    uint32_t *spare;
    size_t link_cap, lane_cap, lane_count, node_cap, spare_cap, spare_len;
};

struct node_queues *node_queues_create(enum node_order order)
{
    struct node_queues *q = MEM_NEW(struct node_queues, 1);
    q->order = order;
    return q;
}

void node_queues_destroy(struct node_queues *q)
{
    if (q == NULL) {
        return;
    }
    mem_free(q->links);
    mem_free(q->lanes);
    mem_free(q->nodes);
    mem_free(q->spare);
    mem_free(q);
}

static struct node *node_at(struct node_queues *q, sim_machine m)
{
    MEM_GROW(q->nodes, q->node_cap, (size_t)m + 1);
    struct node *node = &q->nodes[m];
    if (!node->known) {
        *node = (struct node){0, true, SIM_NONE, SIM_NONE};
    }
    return node;
}

/* ---- lanes ---------------------------------------------------------------------------------- */

/* In front of lane `before`; SIM_NONE = at the end. */
static void lane_link(struct node_queues *q, uint32_t lane, uint32_t before)
{
    struct lane *l = &q->lanes[lane];
    struct node *node = &q->nodes[l->node];
    l->next = before;
    l->prev = before != SIM_NONE ? q->lanes[before].prev : node->last;
    *(l->prev != SIM_NONE ? &q->lanes[l->prev].next : &node->first) = lane;
    *(before != SIM_NONE ? &q->lanes[before].prev : &node->last) = lane;
}

static void lane_unlink(struct node_queues *q, uint32_t lane)
{
    const struct lane *l = &q->lanes[lane];
    struct node *node = &q->nodes[l->node];
    *(l->prev != SIM_NONE ? &q->lanes[l->prev].next : &node->first) = l->next;
    *(l->next != SIM_NONE ? &q->lanes[l->next].prev : &node->last) = l->prev;
}

static uint32_t lane_new(struct node_queues *q, sim_machine m, int64_t key, uint32_t before)
{
    uint32_t lane;
    if (q->spare_len > 0) {
        lane = q->spare[--q->spare_len];
    } else {
        MEM_GROW(q->lanes, q->lane_cap, q->lane_count + 1);
        lane = (uint32_t)q->lane_count++;
    }
    q->lanes[lane] = (struct lane){.key = key, .first = SIM_NONE, .last = SIM_NONE, .node = m};
    lane_link(q, lane, before);
    return lane;
}

static uint32_t lane_for(struct node_queues *q, sim_machine m, int64_t key)
{
    uint32_t lane = node_at(q, m)->first;
    while (lane != SIM_NONE && q->lanes[lane].key != key) {
        if (q->order == NODE_PRIORITY && q->lanes[lane].key > key) {
            break;
        }
        lane = q->lanes[lane].next;
    }
    return lane != SIM_NONE && q->lanes[lane].key == key ? lane : lane_new(q, m, key, lane);
}

/* ---- public --------------------------------------------------------------------------------- */

void node_queues_push(struct node_queues *q, sim_machine m, uint32_t item, uint32_t user,
                      int32_t priority)
{
    const int64_t key = q->order == NODE_ROUND_ROBIN ? (int64_t)user
                        : q->order == NODE_PRIORITY  ? -(int64_t)priority
                                                     : 0;
    const uint32_t lane = lane_for(q, m, key);
    struct lane *l = &q->lanes[lane];
    MEM_GROW(q->links, q->link_cap, (size_t)item + 1);
    q->links[item] = (struct link){l->last, SIM_NONE, lane};
    *(l->last != SIM_NONE ? &q->links[l->last].next : &l->first) = item;
    l->last = item;
    q->nodes[m].len++;
}

uint32_t node_queues_first(const struct node_queues *q, sim_machine m)
{
    const bool any = m < q->node_cap && q->nodes[m].len > 0;
    return any ? q->lanes[q->nodes[m].first].first : SIM_NONE;
}

uint32_t node_queues_next(const struct node_queues *q, uint32_t item)
{
    const struct link *link = &q->links[item];
    if (link->next != SIM_NONE) {
        return link->next;
    }
    const uint32_t lane = q->lanes[link->lane].next;
    return lane != SIM_NONE ? q->lanes[lane].first : SIM_NONE;
}

/* Whether its lane is still there. */
static bool take(struct node_queues *q, uint32_t item)
{
    const struct link *link = &q->links[item];
    const uint32_t lane = link->lane;
    struct lane *l = &q->lanes[lane];
    CHECK(q->nodes[l->node].len > 0);
    q->nodes[l->node].len--;
    *(link->prev != SIM_NONE ? &q->links[link->prev].next : &l->first) = link->next;
    *(link->next != SIM_NONE ? &q->links[link->next].prev : &l->last) = link->prev;
    if (l->first != SIM_NONE) {
        return true;
    }
    lane_unlink(q, lane);
    MEM_GROW(q->spare, q->spare_cap, q->spare_len + 1);
    q->spare[q->spare_len++] = lane;
    return false;
}

void node_queues_remove(struct node_queues *q, uint32_t item)
{
    take(q, item);
}

void node_queues_serve(struct node_queues *q, uint32_t item)
{
    const uint32_t lane = q->links[item].lane;
    if (take(q, item) && q->order == NODE_ROUND_ROBIN) {
        lane_unlink(q, lane);
        lane_link(q, lane, SIM_NONE);
    }
}

uint32_t node_queues_len(const struct node_queues *q, sim_machine m)
{
    return m < q->node_cap ? q->nodes[m].len : 0;
}
