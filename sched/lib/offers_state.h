/* offers_state.h - what offers.c keeps, offers_filter.c filters by and offers_cycle.c decides on;
 * for these alone. */
#ifndef SCHED_LIB_OFFERS_STATE_H
#define SCHED_LIB_OFFERS_STATE_H

#include "base/map.h"
#include "base/prng.h"
#include "sched/lib/accounts.h"
#include "sched/lib/amounts.h"
#include "sched/lib/offers.h"

struct role {
    char *path;
    account_id account, leaf;      /* In roles; leaf SIM_NONE = no framework. */
    offers_role top;               /* The role of the first level at or above it. */
    bool guaranteed;               /* Some guarantee > 0. */
    struct sim_resources consumed; /* Of the first level: by it and those below. */
    struct accounts *frameworks;   /* NULL = none. */
    uint32_t framework_count;
};
struct slot { /* An outstanding offer; in two lists, the latest first. */
    struct offers_offer offer;
    uint32_t on_prev, on_next, to_prev, to_next; /* SIM_NONE = end. */
};
struct filter {
    struct offers_bundle refused;
    sim_time until_us;
    uint32_t cause, next; /* Of the same framework and machine; SIM_NONE = end. */
};
struct framework {
    bool used, revocable, suppressed;
    offers_role role;
    account_id account;      /* In its role's frameworks. */
    uint32_t first;          /* Slot; SIM_NONE = no offer. */
    struct map_u64 *filters; /* Machine to the first filter; NULL = none. */
    sim_machine *filtered;   /* Machines in `filters`. */
    size_t filtered_len, filtered_cap;
    uint64_t cycle; /* Of the tally. */
    struct offers_tally tally;
};
struct reservation {
    offers_role role;
    struct sim_resources total, held;
};
struct box { /* A machine. */
    bool known, up;
    struct sim_resources total, reserved; /* reserved: of total, all roles. */
    struct sim_resources held;            /* Unreserved. */
    struct sim_resources revocable, revocable_held;
    struct reservation *reservations;
    size_t len, cap;
    uint32_t first; /* Slot; SIM_NONE = no offer. */
    uint64_t cycle; /* Of the tally. */
    struct offers_tally tally;
};
struct offers {
    struct offers_args args;
    struct prng draw;
    struct accounts *roles;
    struct role *role;
    size_t role_len, role_cap;
    struct map_text *paths; /* Ids are those of the roles. */
    struct framework *framework;
    size_t framework_len, framework_cap;
    struct box *box;
    size_t box_len, box_cap;
    struct slot *slot;
    size_t slot_len, slot_cap;
    uint32_t free_slot; /* Linked by on_next. */
    struct map_u64 *by_id;
    offers_id last_id;
    struct filter *filter;
    size_t filter_len, filter_cap;
    uint32_t free_filter;              /* Linked by next. */
    struct sim_resources totals, free; /* Of all machines; free: unreserved. */
    struct sim_resources required;     /* Headroom; of the cycle that runs. */
    uint64_t cycle;
    offers_id before;          /* Offers with a later id are of this cycle. */
    uint32_t candidates, full; /* Of the last cycle: machines up; of these, with nothing free. */
    sim_machine *order;
    size_t order_cap;
    offers_id *made;
    size_t made_len, made_cap;
};

static inline bool bundle_none(const struct offers_bundle *b)
{
    return amounts_none(&b->unreserved) && amounts_none(&b->reserved) &&
           amounts_none(&b->revocable);
}
static inline bool bundle_within(const struct offers_bundle *a, const struct offers_bundle *b)
{
    return amounts_within(&a->unreserved, &b->unreserved) &&
           amounts_within(&a->reserved, &b->reserved) &&
           amounts_within(&a->revocable, &b->revocable);
}

struct role *offers_role_at(const struct offers *o, offers_role role);
struct framework *offers_framework_at(const struct offers *o, offers_framework f);
struct box *offers_box_at(const struct offers *o, sim_machine m);
/* What is free of a machine, unreserved; for a role. */
struct sim_resources offers_box_free(const struct box *b);
struct offers_bundle offers_box_free_for(const struct box *b, offers_role role);
/* An offer of this cycle, of the machine to the framework; SIM_NONE = to any. */
const struct offers_offer *offers_of_cycle(const struct offers *o, sim_machine m,
                                           offers_framework f);
/* An offer is made: it counts as an allocation. */
void offers_put(struct offers *o, const struct offers_offer *offer);
/* The filter that keeps `what` of the machine from the framework longest; NULL = none. Drops those
 * that are over. */
const struct filter *offers_filter_of(struct offers *o, struct framework *f, sim_machine m,
                                      const struct offers_bundle *what, sim_time now_us);
void offers_filter_add(struct offers *o, struct framework *f, sim_machine m,
                       const struct filter *filter, sim_time now_us);
/* Forgets those of one machine, of all. */
void offers_filter_drop(struct offers *o, struct framework *f, sim_machine m);
void offers_filter_clear(struct offers *o, struct framework *f);
#endif
