/* constraint.h - labels, taints and interned constraint sets, with a column per set that says which
 * machines pass. Equal sets (in any order, with repeated values) share one id, so that tasks which
 * no predicate can tell apart fall into one class. */
#ifndef SIM_CORE_CONSTRAINT_H
#define SIM_CORE_CONSTRAINT_H

#include <simctl/trace.h>

struct constraints;
struct constraints *constraints_create(void);
void constraints_destroy(struct constraints *c);

/* Id of a set; 0 = the empty set. *fresh tells whether it was new. */
uint32_t constraints_intern(struct constraints *c, const struct sim_constraint *list, uint32_t n,
                            bool *fresh);
/* Canonical text: "gpu in {P100,V100M16}; zone != a; tolerates gpu=yes". */
struct sim_text constraints_text(const struct constraints *c, uint32_t id);

/* Replaces labels and taints of a machine (a new machine has none) and updates every column. */
void constraints_machine(struct constraints *c, sim_machine m, const struct sim_machine_input *in);
/* Number of the value of one of a machine's labels; SIM_NONE = it has none such. */
uint32_t constraints_label(const struct constraints *c, sim_machine m, const char *key);
/* "gpu=P100;rack=r1" of a machine as interned text id + 1, 0 = none; *fresh as above. */
uint32_t constraints_labels_id(struct constraints *c, const struct sim_machine_input *in,
                               bool *fresh);
struct sim_text constraints_labels_text(const struct constraints *c, uint32_t id);

/* Per machine 0 or SIM_FAIL_LABEL | SIM_FAIL_TAINT bits, for the set `id`; n machines are valid.
 * NULL when no machine fails: the empty set in a cell without taints. */
const uint8_t *constraints_column(struct constraints *c, uint32_t id);
#endif
