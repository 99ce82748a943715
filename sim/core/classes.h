/* classes.h - live classes of tasks: equal request, constraints and whatever else a policy may read
 * share one struct sim_class, counted by the live tasks that use it. Memory follows what is alive.
 */
#ifndef SIM_CORE_CLASSES_H
#define SIM_CORE_CLASSES_H

#include <simctl/policy.h>

struct board; /* Cached scores of a class; see board.h. */
struct watch; /* What the cause of its refusals depends on; see causes.h. */

struct class_entry {
    struct sim_class cls; /* First: a const struct sim_class * of the table is a class_entry *. */
    uint32_t refs;
    uint32_t uses;       /* Decisions asked for so far. */
    struct board *board; /* NULL = not cached. */
    bool classified;     /* cls.constant is filled. */
    /* The last recorded refusal, valid while the change log stands where it stood. */
    uint64_t refused_at; /* Log position; UINT64_MAX = none. */
    int64_t refused_decision;
    uint8_t refused_reason, refused_dim;
    /* Tasks that wait because no machine could run them (refusals.c), by slot, oldest answer first.
     */
    sim_slot first_refused, last_refused; /* SIM_NONE = none. */
    struct watch *watch;                  /* Keeps their cause; NULL while there are none. */
};

struct classes;
struct classes *classes_create(void);
void classes_destroy(struct classes *c);
/* The entry equal to `key` (its id is ignored), one reference taken. */
struct class_entry *classes_get(struct classes *c, const struct sim_class *key);
bool classes_alike(const struct sim_class *a, const struct sim_class *b); /* But for their ids. */
/* Gives a reference back; at 0 the entry is freed after `drop` (which frees its board). */
void classes_put(struct classes *c, struct class_entry *e,
                 void (*drop)(void *self, struct class_entry *e), void *self);
static inline struct class_entry *class_entry_of(const struct sim_class *cls)
{
    return (struct class_entry *)(uintptr_t)cls;
}
#endif
