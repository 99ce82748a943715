/* node_queues.h - a queue on every machine, in one of the three orders that nodes of Sparrow know.
 *
 * A queue consists of lanes, oldest item first: one lane (first come, first served), one per user
 * (served in turn; a user's turn ends with each item served), or one per priority (the highest
 * first, and the others only when it is empty). Items are dense ids of the caller, each in at most
 * one queue. Source: the task schedulers of the node monitor, github.com/radlab/sparrow; there the
 * lowest number is the most important priority, here the highest is, as everywhere in simctl. */
#ifndef SCHED_LIB_NODE_QUEUES_H
#define SCHED_LIB_NODE_QUEUES_H

#include <simctl/types.h>

enum node_order { NODE_FIFO, NODE_ROUND_ROBIN, NODE_PRIORITY };

struct node_queues;
struct node_queues *node_queues_create(enum node_order order);
void node_queues_destroy(struct node_queues *q); /* NULL is allowed. */
/* Last of its lane. O(lanes of the machine). */
void node_queues_push(struct node_queues *q, sim_machine node, uint32_t item, uint32_t user,
                      int32_t priority);
/* In the order of service; SIM_NONE = none. What comes after one that is passed over is the rest of
 * its lane, then the next lane. */
uint32_t node_queues_first(const struct node_queues *q, sim_machine node);
uint32_t node_queues_next(const struct node_queues *q, uint32_t item);
void node_queues_remove(struct node_queues *q, uint32_t item); /* Nobody's turn is over. */
void node_queues_serve(struct node_queues *q, uint32_t item);  /* Removes it: it had its turn. */
uint32_t node_queues_len(const struct node_queues *q, sim_machine node);
#endif
