/* allocator_roles.h - the roles of a run as the options schedulers.* describe them. For the
 * allocator alone. */
#ifndef SCHED_LIB_ALLOCATOR_ROLES_H
#define SCHED_LIB_ALLOCATOR_ROLES_H

#include <simctl/scheduler.h>

#include "sched/lib/accounts.h"
#include "sched/lib/offers.h"

/* Makes a framework of every scheduler of the run, its id being that of the seat, and sets what is
 * said of its role. False with diag: a path that is none, two groups that say different things of
 * one role, a quota of a role that is not of the first level. */
bool allocator_roles(struct sim_context *ctx, struct offers *o, uint32_t frameworks,
                     struct sim_diag *diag);
/* The account of a role, in offers_roles. */
account_id allocator_account(const struct offers *o, offers_role role);
/* What the role has and what it is a share of, in its dominant dimension; held - without. */
void allocator_share(const struct offers *o, offers_role role, const struct sim_resources *without,
                     const struct sim_resources *totals, struct sim_offer *out);
#endif
