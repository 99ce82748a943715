/* accounts.h - who has how much: a tree of accounts (roles, queues, users) and the order in which
 * they are served.
 *
 * Leaves are charged and served; an inner account sums up what lies below it. The children of an
 * account are ordered by
 *
 *     (share, rank, number of allocations so far, name)
 *
 * lowest first, and the leaves of the tree in pre-order: the poorest subtree is served before its
 * richer siblings whatever its own leaves hold. With rank 0 that is the DRF sorter of Apache Mesos
 * (src/master/allocator/mesos/sorter/drf); with the start time as rank the ties of YARN's fair
 * scheduler. Names of siblings differ (bytes decide), so the order is total.
 *
 * Shares are compared exactly, as fractions of integers. What all leaves hold together may be as
 * much as ACCOUNTS_AMOUNT_MAX in every dimension. Accounts without an active leaf below are not in
 * the order; what they hold still counts for the accounts above.
 *
 * Cost, with n siblings on each of d levels: an allocation or a release d (log n comparisons and a
 * move of at most 4 n bytes), the first leaf d; new totals make the next question sort anew. */
#ifndef SCHED_LIB_ACCOUNTS_H
#define SCHED_LIB_ACCOUNTS_H

#include <simctl/types.h>

#define ACCOUNTS_AMOUNT_MAX (INT64_C(1) << 61)
#define ACCOUNTS_WEIGHT_MAX 1000000000
#define ACCOUNTS_NO_LIMIT INT64_MAX
#define ACCOUNTS_ROOT 0 /* The account that every tree has. */

typedef uint32_t account_id; /* SIM_NONE = none. Reused after a removal. */

/* What a share is, before it is divided by the weight. Dimensions whose total is 0 do not count. */
enum accounts_rule {
    ACCOUNTS_DOMINANT, /* max over d of allocation_d / total_d: Ghodsi et al., NSDI 2011. */
    ACCOUNTS_ASSET,    /* sum over d of allocation_d / total_d: asset fairness, ibid. 4.3. */
    ACCOUNTS_USAGE,    /* Decayed usage: fair-share schedulers of batch systems. */
};

struct accounts;
/* half_life_us: of usage, > 0, or SIM_NEVER = it does not decay. */
struct accounts *accounts_create(enum accounts_rule rule, sim_time half_life_us);
void accounts_destroy(struct accounts *a); /* NULL is allowed. */

/* What shares are fractions of; each 0..ACCOUNTS_AMOUNT_MAX. A dimension that must not decide is
 * given as 0 (Mesos: fair_sharing_excluded_resource_names). */
void accounts_set_totals(struct accounts *a, const struct sim_resources *totals);

/* A new account below `parent`, which must be no leaf and have no child of that name. The name is
 * copied; 1..SIM_NAME_MAX bytes. A leaf starts inactive. Weight 1 / 1, rank 0, no guarantee, no
 * limit. `tag` is the caller's own number for it. */
account_id accounts_add(struct accounts *a, account_id parent, struct sim_text name, bool leaf,
                        uint32_t tag);
/* A leaf goes with all that it holds; an inner account must have no children. An inner account
 * whose last leaf went has made no allocations: it starts anew. Usage of the leaf stays with the
 * accounts above. */
void accounts_remove(struct accounts *a, account_id id);
account_id accounts_find(const struct accounts *a, account_id parent, struct sim_text name);

/* Weight num / den, both in 1..ACCOUNTS_WEIGHT_MAX: twice the weight, twice the share for the same
 * place in the order. */
void accounts_set_weight(struct accounts *a, account_id id, int64_t num, int64_t den);
void accounts_set_rank(struct accounts *a, account_id id, int64_t rank);
void accounts_set_active(struct accounts *a, account_id leaf, bool active); /* Keeps its count. */
/* Kept for the caller, nothing here enforces them. NULL = none: a guarantee of 0, a limit of
 * ACCOUNTS_NO_LIMIT in every dimension. */
void accounts_set_quota(struct accounts *a, account_id id, const struct sim_resources *guarantee,
                        const struct sim_resources *limit);
const struct sim_resources *accounts_guarantee(const struct accounts *a, account_id id);
const struct sim_resources *accounts_limit(const struct accounts *a, account_id id);

/* The leaf gets `what`, which makes one allocation more, or gives it back. */
void accounts_allocate(struct accounts *a, account_id leaf, const struct sim_resources *what);
void accounts_release(struct accounts *a, account_id leaf, const struct sim_resources *what);
/* The leaf used `amount` >= 0, in any one unit (say, milli-core seconds); now_us never falls. The
 * sum of all must stay within ACCOUNTS_AMOUNT_MAX. */
void accounts_charge(struct accounts *a, account_id leaf, int64_t amount, sim_time now_us);
/* Usage of an account as seen at now_us, not before the last charge; rounded down. */
int64_t accounts_usage(const struct accounts *a, account_id id, sim_time now_us);

/* The active leaf that is served next; SIM_NONE when there is none. */
account_id accounts_first(struct accounts *a);
/* All active leaves in order. The array is the tree's own and a snapshot: it stays as it is,
 * whatever is allocated, until the next accounts_list on the same tree. Made anew only when the
 * order changed. */
const account_id *accounts_list(struct accounts *a, size_t *len);
/* < 0, 0, > 0: the order of two siblings, activity aside; 0 only for an account and itself. */
int accounts_compare(const struct accounts *a, account_id one, account_id other);

/* What an account is and has; pointers stay until the tree changes. */
struct account_view {
    struct sim_text name;
    account_id parent; /* SIM_NONE for the root. */
    uint32_t tag;
    bool leaf, active;    /* Active: itself, or a leaf below. */
    uint32_t leaves;      /* Below, or itself. */
    uint64_t allocations; /* So far; also those of leaves that are gone. */
    int64_t rank, weight_num, weight_den;
    struct sim_resources allocated;
    /* Dominant share = amount / total / weight; dimension SIM_DIMS = nothing that counts. */
    enum sim_dim dominant;
    int64_t dominant_amount, dominant_total;
};
struct account_view accounts_at(const struct accounts *a, account_id id);
uint32_t accounts_tag(const struct accounts *a, account_id id);

#endif
