/* batches.h - tasks of a job that are probed for together, by the number under which the machines
 * know them. */
#ifndef SCHED_LIB_BATCHES_H
#define SCHED_LIB_BATCHES_H

#include "sched/lib/nodes.h"

struct batch {
    struct node_batch is;
    sim_slot *tasks; /* In order of submission; SIM_NONE: not here any more. */
    uint32_t len, left;
    uint32_t next;         /* Late binding: those before it have gone; */
    uint32_t places;       /* at the machines, or on their way. */
    sim_machine *machines; /* Asked for the lengths of their queues. */
    size_t cap, machine_cap;
};

struct batches {
    struct batch *at; /* Some free. */
    uint32_t *spare;
    size_t cap, count, spare_cap, spare_len;
    struct map_u64 *by_number; /* -> index. */
    struct map_u64 *forming;   /* job << 32 | class -> index; between begin and end. */
    uint32_t numbers;
};
void batches_init(struct batches *b);
void batches_fini(struct batches *b);

/* New batches are formed from now on; returns the number that the first one will have. */
uint32_t batches_begin(struct batches *b);
/* The batch of a task: with those of its job, class and priority that joined since the beginning,
 * unless it shall be alone. An index, valid until the batch is forgotten. */
uint32_t batches_join(struct batches *b, const struct sim_task_view *t, bool together);
uint32_t batches_end(struct batches *b); /* Returns the number after the last one. */

struct batch *batches_at(struct batches *b, uint32_t index);          /* Until the next join. */
struct batch *batches_find(const struct batches *b, uint32_t number); /* NULL = forgotten. */
void batches_forget(struct batches *b, const struct batch *batch);

uint32_t batch_append(struct batch *b, sim_slot task);  /* Returns its place in tasks. */
sim_slot batch_remove(struct batch *b, uint32_t place); /* It must be there. */
#endif
