/* spread.h - on which machines the tasks of a job with a spreading limit run. */
#ifndef SIM_CORE_SPREAD_H
#define SIM_CORE_SPREAD_H

#include <simctl/types.h>

struct spread;
struct spread *spread_create(void);
void spread_destroy(struct spread *s);
void spread_add(struct spread *s, uint32_t group, sim_machine m); /* One more of the group on m. */
void spread_drop(struct spread *s, uint32_t group,
                 sim_machine m); /* One less; there must be one. */
uint32_t spread_count(const struct spread *s, uint32_t group, sim_machine m);
/* In no meaningful order; NULL when there are none. Until the next add or drop. */
const sim_machine *spread_machines(const struct spread *s, uint32_t group, uint32_t *n);
#endif
