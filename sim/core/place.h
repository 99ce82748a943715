/* place.h - asks the policy: predicates and scores over the cell's columns, selection, devices.
 *
 * placer_choose changes nothing in the cell. The score cache keeps a board for classes that are
 * asked for again and again; CELL-scoped policies and classes seen once are scanned. */
#ifndef SIM_CORE_PLACE_H
#define SIM_CORE_PLACE_H

#include <simctl/scheduler.h>

#include "core/cell.h"
#include "core/classes.h"

struct placer;
struct placer_args {
    const struct sim_policy *policy;
    struct cell *cell;
    const struct sim_policy_args *policy_args; /* For the policy's init. */
    enum sim_tie_rule tie;
    uint64_t seed;
    const char *streams; /* Appended to the names of its random streams. */
    bool cache;
};
/* NULL with diag when the policy refuses its parameters. */
struct placer *placer_create(const struct placer_args *args, struct sim_diag *diag);
void placer_destroy(struct placer *p); /* NULL is allowed. */

const struct sim_view *placer_view(const struct placer *p);
/* SIM_EXAMINE_DRAW: the next choice starts with all machines to draw from, as it does for a new
 * job. */
void placer_draw_anew(struct placer *p);
/* `job` only matters to SIM_EXAMINE_DRAW. `among` [machines]: those with 0 stay unexamined; NULL =
 * all. */
void placer_choose(struct placer *p, struct class_entry *e, uint32_t job, const uint8_t *among,
                   struct sim_choice *out);
/* The devices that a task of `cls` takes on m, where it fits; 0 = none. */
uint32_t placer_devices(struct placer *p, const struct sim_class *cls, sim_machine m);
/* All predicates on one machine: is it feasible now? */
bool placer_fits(struct placer *p, const struct sim_class *cls, sim_machine m);
/* The complete fail mask (SIZE told apart from FIT), the score (0 when infeasible or unscored), and
 * by how much each dimension misses; score and deficit may be NULL. */
uint32_t placer_inspect(struct placer *p, const struct sim_class *cls, sim_machine m,
                        int64_t *score, struct sim_resources *deficit);
/* Complete masks of all machines into mask[0..n). Vectorised. */
void placer_masks(struct placer *p, const struct sim_class *cls, uint32_t *mask);
/* Frees the board of a class that goes away; fits classes_put. */
void placer_forget(void *placer, struct class_entry *e);
/* The complete mask of one machine. */
uint32_t placer_mask(struct placer *p, const struct sim_class *cls, sim_machine m);
const struct sim_policy *placer_policy(const struct placer *p);
enum sim_tie_rule placer_tie(const struct placer *p);
#endif
