/* holdings.h - the offers that a framework holds: what is left of each, and what to answer. */
#ifndef SCHED_LIB_HOLDINGS_H
#define SCHED_LIB_HOLDINGS_H

#include "sched/lib/allocator.h"

struct holdings;
struct holdings *holdings_create(void);
void holdings_destroy(struct holdings *h); /* NULL is allowed. */

/* Offers have come. They are looked at with the next round. */
void holdings_add(struct holdings *h, const struct allocator_offer *offers, size_t n);
bool holdings_any(const struct holdings *h);
/* It is an offer no more; returns whether it was looked at in this round. */
bool holdings_rescind(struct holdings *h, offers_id id);

/* A round begins with all that are there. What they hold, by machine, for sim_copy_offer. */
const struct sim_offered *holdings_begin(struct holdings *h, size_t *n);
/* A task of this round was started on the machine; one has left it again. */
void holdings_use(struct holdings *h, sim_machine m, const struct sim_resources *what);
void holdings_give(struct holdings *h, sim_machine m, const struct sim_resources *what);
/* Cpu or memory was on offer, and all of it is used. */
bool holdings_used_up(const struct holdings *h);

/* Why a request found no room in the round: an offer would have been large enough but for what a
 * limit or the guarantees of others keep from it, or none was. */
enum sim_reason holdings_why(const struct holdings *h, const struct sim_resources *request);

/* The offers of the round, to be answered; a[i].unused and what follows is left to the caller,
 * who is told what is left of each. Those that are rescinded and were not used are left out. The
 * round is over: what came meanwhile is for the next one. */
struct holdings_open {
    struct allocator_answer *answer;
    struct sim_resources left;
};
struct holdings_open *holdings_close(struct holdings *h, size_t *n);
#endif
