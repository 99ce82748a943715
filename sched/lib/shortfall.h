/* shortfall.h - which of several tasks came nearest to fitting, and what it lacked. */
#ifndef SCHED_LIB_SHORTFALL_H
#define SCHED_LIB_SHORTFALL_H

#include "sched/lib/allocator.h"

/* Remembers the first SHORTFALL_KINDS kinds of tasks that it is told of. */
enum { SHORTFALL_KINDS = 16 };
struct shortfall;
struct shortfall *shortfall_create(void);
void shortfall_destroy(struct shortfall *s); /* NULL is allowed. */
void shortfall_clear(struct shortfall *s);
/* A task found no room. `gang`: it must start together with others. */
void shortfall_add(struct shortfall *s, const struct sim_task_view *t, bool gang);
bool shortfall_any(const struct shortfall *s);
/* Why none of them uses `left` of out->machine: unused, dim, missing, task. The nearest is the one
 * whose largest missing part of its request is the smallest; the earlier one of equals. */
void shortfall_of(const struct shortfall *s, struct sim_context *ctx,
                  const struct sim_resources *left, struct allocator_answer *out);
#endif
