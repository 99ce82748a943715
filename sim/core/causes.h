/* causes.h - keeps the causes of refused waits right while the cell changes, without asking every
 * machine again.
 *
 * Per watched class it keeps what the cause depends on (see diagnose.h): the minimal masks, each
 * with one machine as an example, and the free sums over the eligible machines. A machine that
 * changed can only add a mask, or take away the one that it is the example of: then another example
 * is looked for, and only when none is near the whole cell is asked.
 *
 * Source: watched literals of SAT solvers (Chaff, DAC 2001), with machines for literals. */
#ifndef SIM_CORE_CAUSES_H
#define SIM_CORE_CAUSES_H

#include "core/diagnose.h"

struct causes;
struct causes *causes_create(struct cell *cell, struct placer *placer);
void causes_destroy(struct causes *s); /* NULL is allowed. */

/* Watches a class from now on, starting from its diagnosis at this very moment. causes_follow was
 * called since the last change of the cell. */
void causes_watch(struct causes *s, struct class_entry *e, const struct diagnosis *now);
void causes_forget(struct causes *s, struct class_entry *e);

bool causes_idle(const struct causes *s); /* Nothing is watched. */

/* Catches up with the cell. The cause of a class that fits somewhere for the moment means nothing.
 */
void causes_follow(struct causes *s);
struct cause causes_get(const struct class_entry *e);

/* The next class whose cause may be another than when it was taken last; NULL = none. */
struct class_entry *causes_take_changed(struct causes *s);

/* Watched classes whose cause is not what a full diagnosis says: of all in a small world, of one
 * after the other in a big one. */
uint64_t causes_check(struct causes *s);
#endif
