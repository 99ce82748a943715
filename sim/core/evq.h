/* evq.h - the future event list, with a total order.
 *
 * Order: earlier time, then lower kind, then first pushed. No pointer and no hash takes part, so a
 * replay does not depend on where memory came from. */
#ifndef SIM_CORE_EVQ_H
#define SIM_CORE_EVQ_H

#include <simctl/types.h>

/* At one instant, ends give their room back before waits are given up, and letters (actors.h) come
 * last. Reviews are in a list of their own, for they change nothing. */
enum ev_kind { EV_END, EV_CANCEL, EV_LETTER, EV_REVIEW };

struct event {
    sim_time at_us;
    enum ev_kind kind;
    uint32_t subject;
    uint32_t generation; /* Of the subject when pushed; a stale event is ignored by its reader. */
};

struct evq;
struct evq *evq_create(void);
void evq_destroy(struct evq *q); /* NULL is allowed. */
void evq_push(struct evq *q, sim_time at_us, enum ev_kind kind, uint32_t subject,
              uint32_t generation);
bool evq_peek(struct evq *q, struct event *out); /* False when empty; takes nothing. */
bool evq_pop(struct evq *q, struct event *out);  /* False when empty. */
uint64_t evq_len(const struct evq *q);
/* The structure is sound. O(n), for tests and debug checks. */
bool evq_ordered(const struct evq *q);
#endif
