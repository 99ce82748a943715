/* terms.h - lists inside one field: "gpu=T4|P100;zone!=b;cores>15;!old;~dedicated=lab".
 *
 * Terms are separated by semicolons; blanks around them do not matter. Everything points into the
 * text, which must live as long as the result is used.
 */
#ifndef SIM_WORKLOADS_TERMS_H
#define SIM_WORKLOADS_TERMS_H

#include <simctl/trace.h>

#define TERMS_MAX 32        /* Terms in one field. */
#define TERM_VALUES_MAX 128 /* Alternatives in all terms of one field. */

struct terms {
    struct sim_constraint constraint[TERMS_MAX];
    struct sim_label label[TERMS_MAX];
    struct sim_taint taint[TERMS_MAX];
    struct sim_domain domain[TERMS_MAX];
    struct sim_text value[TERM_VALUES_MAX];
    struct sim_data input[TERMS_MAX];
    uint32_t constraints, labels, taints, domains, inputs, values;
    /* After a failure: the term at fault, and what was expected there. */
    struct sim_text bad;
    const char *expected;
};

/* key=value, key!=value, key=a|b, key!=a|b, key<5, key>5, key (present), !key (absent), ~key and
 * ~key=value (a tolerated taint). */
bool terms_constraints(struct terms *t, struct sim_text text);
bool terms_labels(struct terms *t, struct sim_text text); /* key=value */
/* key=value:EFFECT or key:EFFECT, EFFECT being NoSchedule, PreferNoSchedule or NoExecute. */
bool terms_taints(struct terms *t, struct sim_text text);
bool terms_domains(struct terms *t, struct sim_text text); /* level=id */
bool terms_inputs(struct terms *t, struct sim_text text);  /* machine=size */

#endif
