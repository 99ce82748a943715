/* google2011_parts.h - which parts of a table of the Google 2011 trace are there. */
#ifndef SIM_WORKLOADS_GOOGLE2011_PARTS_H
#define SIM_WORKLOADS_GOOGLE2011_PARTS_H

#include "workloads/lib/google2011_table.h"

/* Notes which parts there are. One that lies before the last is an error when rows must not be bad,
 * else counted. */
bool g2011_parts_check(struct g2011_table *t, struct tally *tally, struct sim_diag *diag);
/* The same for a part that one of two checked tables has and the other has not. */
bool g2011_parts_compare(const struct g2011_table *a, const struct g2011_table *b,
                         struct tally *tally, struct sim_diag *diag);

#endif
