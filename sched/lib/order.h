/* order.h - what waits, in the order of a queue, each with the least room it could do with. The
 * question it answers is that of every scheduling pass: who is the next that the room there is
 * could serve? Entries lie in sorted blocks with the least needs of each, so that whole blocks that
 * cannot be served are passed over at a glance. */
#ifndef SCHED_LIB_ORDER_H
#define SCHED_LIB_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_key { /* Lower comes first; no two entries share one. */
    int64_t rank;
    uint64_t seq;
};
struct order_need {
    int64_t cpu, memory, gpu; /* Units of the cell; INT64_MIN = none, whatever room there is. */
};

struct order;
struct order *order_create(void);
void order_destroy(struct order *o); /* NULL is allowed. Items stay the caller's. */

/* O(log entries + block). */
void order_insert(struct order *o, struct order_key key, struct order_need need, void *item);
void order_remove(struct order *o, struct order_key key);                       /* Must be there. */
void order_need(struct order *o, struct order_key key, struct order_need need); /* Likewise. */

/* The first item; NULL = none. */
void *order_first(const struct order *o);
/* The first item after `after` (NULL = from the start) that needs no more than `room` in each
 * dimension; NULL = none. O(blocks + one block). */
void *order_next(const struct order *o, const struct order_key *after,
                 const struct order_need *room);
#endif
