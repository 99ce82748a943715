/* offers.h - resource offers: which framework is offered which machine. The hierarchical allocator
 * of Apache Mesos (src/master/allocator/mesos/hierarchical.cpp, revision c1b42f79) as an object
 * that knows no event queue: the caller says what time it is, runs the cycle, and carries offers
 * and answers to and fro.
 *
 *     o = offers_create(&args)
 *     roles, frameworks, machines as they come and go
 *     every interval, and when something came that could be offered:
 *         n = offers_cycle(o, now, machines, count)     new offers: offers_made(o, i)
 *     answers:  offers_accept, offers_decline; offers_suppress, offers_revive
 *     the caller's own: offers_rescind, offers_release (a task ended)
 *
 * An offer counts as an allocation until it is accepted, declined or rescinded. What a machine has
 * free goes to one framework as a whole, but for what limit and headroom keep from it; a framework
 * gets at most one offer of a machine per cycle.
 *
 * A cycle visits the candidate machines twice, each time in another order (drawn, or by id):
 *   1. Guarantees: the roles with a guarantee that is not met, in the order of shares; their
 *      frameworks likewise. Offered are the reservations of the role, what its guarantee lacks, and
 *      of the rest what limit and headroom leave.
 *   2. Fair share: all roles, their reservations and what limit and headroom leave.
 * Headroom: unreserved resources that are free but for the guarantees that are not met are not
 * offered to anybody else:  required = sum over roles of max(0, guarantee - consumed),  consumed =
 * reservations + unreserved resources held, of the role and those below it.
 *
 * Where Mesos has more: quotas are set on roles of the first level only and bind offers to the role
 * itself, as there; a framework has one role; reservations are offered to their own role, not to
 * roles below it; there are no shared resources, no resources other than amounts, no inverse
 * offers.
 *
 * Cost of a cycle: machines * (roles + frameworks asked); nothing is drawn or asked for a machine
 * that has nothing free. */
#ifndef SCHED_LIB_OFFERS_H
#define SCHED_LIB_OFFERS_H

#include <simctl/types.h>

#define OFFERS_INTERVAL_US SIM_SECONDS(1)          /* Between cycles, by default. */
#define OFFERS_REFUSE_US SIM_SECONDS(5)            /* How long a refusal holds, by default. */
#define OFFERS_REFUSE_MAX_US SIM_SECONDS(31536000) /* 365 days: longer ones are cut. */
#define OFFERS_REFUSE_DEFAULT (-1)

typedef uint32_t offers_role;      /* Dense, in order of appearance; never goes. */
typedef uint32_t offers_framework; /* Reused after its removal. */
typedef uint64_t offers_id;        /* Of an offer; never reused. 0 = none. */

/* Amounts by what they are; all >= 0. */
struct offers_bundle {
    struct sim_resources unreserved;
    struct sim_resources reserved;  /* For the role of the framework in question. */
    struct sim_resources revocable; /* Lent: may be taken back at any time. */
};

struct offers_args {
    sim_time interval_us; /* Between the caller's cycles, > 0. A refusal holds at least so long. */
    /* Not offered: less than both. 0 = does not count; both 0 = anything is offered. */
    int64_t min_cpu, min_memory;
    const char *stream; /* Named stream that machines are drawn from; NULL = by id. */
    uint64_t seed;
};
struct offers;
struct offers *offers_create(const struct offers_args *args);
void offers_destroy(struct offers *o); /* NULL is allowed. */

/* ---- roles ----------------------------------------------------------------------------------- */

/* The role of a path such as "eng" or "eng/ads", with those above it; made when it is new. Parts
 * of the path are 1..SIM_NAME_MAX bytes and not ".". */
offers_role offers_role_of(struct offers *o, struct sim_text path);
struct sim_text offers_role_path(const struct offers *o, offers_role role);
void offers_set_weight(struct offers *o, offers_role role, int64_t num, int64_t den);
/* Of a role of the first level. NULL = none; dimensions without a limit: ACCOUNTS_NO_LIMIT. Takes
 * effect with the next cycle; nothing is taken back. */
void offers_set_quota(struct offers *o, offers_role role, const struct sim_resources *guarantee,
                      const struct sim_resources *limit);

/* ---- frameworks ------------------------------------------------------------------------------ */

/* Names of frameworks of one role differ. `revocable`: takes resources that are lent. */
offers_framework offers_framework_add(struct offers *o, offers_role role, struct sim_text name,
                                      bool revocable);
/* It must hold nothing: rescind its offers and release its tasks first. */
void offers_framework_remove(struct offers *o, offers_framework f);
/* No more offers until it is revived. */
void offers_suppress(struct offers *o, offers_framework f);
/* Offers again, and its refusals are forgotten. */
void offers_revive(struct offers *o, offers_framework f);

/* ---- machines -------------------------------------------------------------------------------- */

/* A machine comes or changes; `total` without what is lent, with what is reserved. `up` false: it
 * keeps what it has and counts for the totals, but is not offered. Held may be more than there is
 * for a while. */
void offers_machine_set(struct offers *o, sim_machine m, const struct sim_resources *total,
                        bool up);
/* It must hold nothing: rescind the offers on it and release its tasks first. */
void offers_machine_remove(struct offers *o, sim_machine m);
/* How much of the machine's total is reserved for a role, from now on: not less than is held of it,
 * and all reservations together not more than the total (checked). */
void offers_reserve(struct offers *o, sim_machine m, offers_role role,
                    const struct sim_resources *amount);
/* How much there is to lend beyond the total, as some estimator says. */
void offers_set_revocable(struct offers *o, sim_machine m, const struct sim_resources *amount);
/* Tasks of a framework that ran on the machine before it was known; counts as one allocation. */
void offers_adopt(struct offers *o, offers_framework f, sim_machine m,
                  const struct offers_bundle *what);

/* ---- offers ---------------------------------------------------------------------------------- */

struct offers_offer {
    offers_id id;
    offers_framework framework;
    offers_role role;
    sim_machine machine;
    sim_time made_us;
    bool guaranteed; /* Made in the first stage. */
    struct offers_bundle what;
    /* Free on the machine, but kept back for the role's limit; for the headroom of others. */
    struct sim_resources over_limit, held_back;
};

/* One cycle over machines[0..n), in any order, without repetition; NULL = all. Returns how many
 * offers were made. Equal calls on equal objects make equal offers. */
size_t offers_cycle(struct offers *o, sim_time now_us, const sim_machine *machines, size_t n);
/* The i-th offer of the last cycle, in the order they were made; NULL when it is gone. */
const struct offers_offer *offers_made(const struct offers *o, size_t i);
/* Pointers to offers stay until the next change. NULL: not, or no longer, outstanding. */
const struct offers_offer *offers_find(const struct offers *o, offers_id id);
/* An outstanding offer of the machine, to the framework: the latest. NULL = none. */
const struct offers_offer *offers_on(const struct offers *o, sim_machine m);
const struct offers_offer *offers_to(const struct offers *o, offers_framework f);

/* The framework uses `used`, at most what was offered; the rest is refused, as below. */
void offers_accept(struct offers *o, offers_id id, const struct offers_bundle *used,
                   sim_time now_us, sim_time refuse_us, uint32_t cause);
/* Until now + max(interval, refuse_us), that instant included, the framework is not offered the
 * machine unless more of something than it refused is free. refuse_us 0 = no such filter;
 * OFFERS_REFUSE_DEFAULT (any negative value) = OFFERS_REFUSE_US. `cause` is the framework's own
 * reason, kept to be told. */
void offers_decline(struct offers *o, offers_id id, sim_time now_us, sim_time refuse_us,
                    uint32_t cause);
void offers_rescind(struct offers *o, offers_id id); /* Leaves no filter. */
/* The framework gives back what it used of a machine: a task ended or was lost. */
void offers_release(struct offers *o, offers_framework f, sim_machine m,
                    const struct offers_bundle *what);

/* ---- why not --------------------------------------------------------------------------------- */

enum offers_reason {
    OFFERS_OPEN,       /* Nothing stands in the way: offered, or it will be. */
    OFFERS_DOWN,       /* The machine is not up, or not known. */
    OFFERS_SUPPRESSED, /* The framework wants no offers. */
    OFFERS_GIVEN,      /* All that was free is on offer to `framework` of `role`. */
    OFFERS_FULL,       /* Nothing is free, or only what is reserved for other roles. */
    OFFERS_TOO_LITTLE, /* Less is free than the least that is offered. */
    OFFERS_OVER_LIMIT, /* The role's limit leaves too little. */
    OFFERS_HELD_BACK,  /* The headroom for guarantees of others leaves too little. */
    OFFERS_FILTERED,   /* The framework refused as much, until until_us. */
    OFFERS_REASONS
};
struct offers_why {
    enum offers_reason reason;
    struct offers_bundle free; /* On the machine, for the framework. */
    struct sim_resources over_limit, held_back;
    struct offers_bundle refused; /* FILTERED: by the filter that holds longest. */
    sim_time until_us;            /* FILTERED, else SIM_NEVER. */
    uint32_t cause;               /* FILTERED: what the framework said. */
    offers_id offer;              /* GIVEN, else 0. */
    offers_framework framework;   /* GIVEN, else SIM_NONE. */
    offers_role role;             /* Likewise. */
};
/* What stands between a framework and a machine now, by the rules of the second stage: the first
 * obstacle in the order of a cycle. Changes nothing. */
struct offers_why offers_why(struct offers *o, offers_framework f, sim_machine m, sim_time now_us);

/* How the last cycle went, by reason. For a framework: over the machines that were candidates,
 * which it adds up to; OPEN = offers made to it. For a machine: over the frameworks that were
 * asked, until nothing was left. All 0 when it was no candidate, or came later. */
struct offers_tally {
    uint32_t count[OFFERS_REASONS];
};
struct offers_tally offers_framework_tally(const struct offers *o, offers_framework f);
struct offers_tally offers_machine_tally(const struct offers *o, sim_machine m);

/* Of a role of the first level: what counts towards its quota. */
struct sim_resources offers_consumed(const struct offers *o, offers_role role);
/* Free and unreserved; needed for guarantees that are not met. */
void offers_headroom(const struct offers *o, struct sim_resources *available,
                     struct sim_resources *required);
/* The two kinds of trees that decide the order, for shares and counts: roles (a role's leaf is the
 * child "." of its account), and the frameworks of one role (NULL while it has none). */
const struct accounts *offers_roles(const struct offers *o);
const struct accounts *offers_frameworks(const struct offers *o, offers_role role);
#endif
