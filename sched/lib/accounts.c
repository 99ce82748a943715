/* accounts.c - see accounts.h. The active children of an account stand in an array in their order.
 * A change moves one child along it on every level from the leaf to the root, so the array is right
 * at all times but after a change of the totals: then all shares moved. */
#include "sched/lib/accounts.h"

#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"
#include "sched/lib/decay.h"

struct account {
    account_id parent; /* SIM_NONE: the root, or a free place. */
    uint32_t name;     /* In names. */
    uint32_t tag, children, leaves, active_leaves;
    bool leaf, used;
    uint8_t dominant; /* Dimension; SIM_DIMS = none. */
    uint64_t allocations;
    int64_t rank, weight_num, weight_den;
    struct sim_resources allocated, guarantee, limit;
    int64_t usage;     /* As of the epoch. */
    account_id *order; /* Children with active leaves, in order. */
    size_t order_len, order_cap;
};
struct accounts {
    enum accounts_rule rule;
    struct account *at;
    size_t len, cap;
    account_id *free;
    size_t free_len, free_cap;
    struct sim_resources totals;
    bool stale; /* Totals or usage moved under all of them: sort before the next question. */
    struct map_text *names;
    struct map_u64 *by_name; /* (parent, name) to id. */
    account_id *list;
    size_t list_len, list_cap;
    bool listed; /* `list` is the order. */
    sim_time half_life_us, epoch_us, growth_us;
    int64_t growth; /* At growth_us. */
};

static const struct sim_resources no_limit = {
    {ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT,
     ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT}};

static uint64_t name_key(account_id parent, uint32_t name)
{
    return (uint64_t)parent << 32 | name;
}

static account_id take_place(struct accounts *a)
{
    if (a->free_len > 0) {
        return a->free[--a->free_len];
    }
    CHECK(a->len < SIM_NONE);
    MEM_GROW(a->at, a->cap, a->len + 1);
    return (account_id)a->len++;
}

static account_id put(struct accounts *a, account_id parent, struct sim_text name, bool leaf,
                      uint32_t tag)
{
    const account_id id = take_place(a);
    struct account *n = &a->at[id];
    account_id *order = n->order; /* Of who had the place before. */
    const size_t cap = n->order_cap;
    *n = (struct account){.parent = parent,
                          .name = map_text_id(a->names, name, NULL),
                          .tag = tag,
                          .leaf = leaf,
                          .used = true,
                          .dominant = SIM_DIMS,
                          .weight_num = 1,
                          .weight_den = 1,
                          .limit = no_limit,
                          .order = order,
                          .order_cap = cap};
    return id;
}

struct accounts *accounts_create(enum accounts_rule rule, sim_time half_life_us)
{
    CHECK(half_life_us > 0);
    struct accounts *a = MEM_NEW(struct accounts, 1);
    a->rule = rule;
    a->half_life_us = half_life_us;
    a->growth = decay_growth(0, half_life_us);
    a->names = map_text_create();
    a->by_name = map_u64_create();
    put(a, SIM_NONE, (struct sim_text){"", 0}, false, SIM_NONE);
    return a;
}

void accounts_destroy(struct accounts *a)
{
    if (a == NULL) {
        return;
    }
    for (size_t i = 0; i < a->len; i++) {
        mem_free(a->at[i].order);
    }
    mem_free(a->at);
    mem_free(a->free);
    mem_free(a->list);
    map_text_destroy(a->names);
    map_u64_destroy(a->by_name);
    mem_free(a);
}

static struct account *account(const struct accounts *a, account_id id)
{
    CHECK(id < a->len && a->at[id].used);
    return &a->at[id];
}

/* ---- shares ---------------------------------------------------------------------------------- */

static void find_dominant(const struct accounts *a, struct account *n)
{
    const int64_t *has = n->allocated.v, *of = a->totals.v;
    int best = SIM_DIMS;
    for (int d = 0; d < SIM_DIMS; d++) {
        if (of[d] == 0 || has[d] == 0) {
            continue;
        }
        if (best == SIM_DIMS || wide_compare_products((int64_t[]){has[d], of[best], 1, 1},
                                                      (int64_t[]){has[best], of[d], 1, 1}) > 0) {
            best = d;
        }
    }
    n->dominant = (uint8_t)best;
}

static int compare_dominant(const struct accounts *a, const struct account *x,
                            const struct account *y)
{
    if (x->dominant == SIM_DIMS || y->dominant == SIM_DIMS) {
        return (x->dominant != SIM_DIMS) - (y->dominant != SIM_DIMS);
    }
    return wide_compare_products((int64_t[]){x->allocated.v[x->dominant], x->weight_den,
                                             a->totals.v[y->dominant], y->weight_num},
                                 (int64_t[]){y->allocated.v[y->dominant], y->weight_den,
                                             a->totals.v[x->dominant], x->weight_num});
}

/* Numerator of the sum over the common denominator, times the other one's weight. */
static struct wide_big asset_numerator(const struct accounts *a, const struct account *n,
                                       const struct account *other)
{
    struct wide_big sum = wide_big(0);
    for (int d = 0; d < SIM_DIMS; d++) {
        if (a->totals.v[d] == 0 || n->allocated.v[d] == 0) {
            continue;
        }
        struct wide_big term = wide_big(n->allocated.v[d]);
        for (int e = 0; e < SIM_DIMS; e++) {
            if (e != d && a->totals.v[e] > 0) {
                wide_big_multiply(&term, a->totals.v[e]);
            }
        }
        wide_big_add(&sum, term);
    }
    wide_big_multiply(&sum, n->weight_den);
    wide_big_multiply(&sum, other->weight_num);
    return sum;
}

static int compare_share(const struct accounts *a, const struct account *x, const struct account *y)
{
    switch (a->rule) {
    case ACCOUNTS_DOMINANT:
        return compare_dominant(a, x, y);
    case ACCOUNTS_ASSET: {
        const struct wide_big of_x = asset_numerator(a, x, y), of_y = asset_numerator(a, y, x);
        return wide_big_compare(&of_x, &of_y);
    }
    case ACCOUNTS_USAGE:
        return wide_compare_products((int64_t[]){x->usage, x->weight_den, y->weight_num, 1},
                                     (int64_t[]){y->usage, y->weight_den, x->weight_num, 1});
    }
    CHECK(false);
    return 0;
}

static int compare_names(const struct accounts *a, const struct account *x, const struct account *y)
{
    const struct sim_text s = map_text_at(a->names, x->name), t = map_text_at(a->names, y->name);
    const int bytes = memcmp(s.at, t.at, s.len < t.len ? s.len : t.len);
    return bytes != 0 ? bytes : (s.len > t.len) - (s.len < t.len);
}

static int compare(const struct accounts *a, const struct account *x, const struct account *y)
{
    const int share = compare_share(a, x, y);
    if (share != 0) {
        return share;
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    if (x->allocations != y->allocations) {
        return x->allocations < y->allocations ? -1 : 1;
    }
    return x->name == y->name ? 0 : compare_names(a, x, y);
}

int accounts_compare(const struct accounts *a, account_id one, account_id other)
{
    CHECK(account(a, one)->parent == account(a, other)->parent);
    return compare(a, &a->at[one], &a->at[other]);
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Where n stands, or would, among len children in order. */
static size_t place_of(const struct accounts *a, const account_id *order, size_t len,
                       const struct account *n)
{
    size_t low = 0, high = len;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (compare(a, &a->at[order[mid]], n) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void order_out(struct accounts *a, account_id id)
{
    struct account *parent = &a->at[a->at[id].parent];
    const size_t at = place_of(a, parent->order, parent->order_len, &a->at[id]);
    CHECK(at < parent->order_len && parent->order[at] == id);
    parent->order_len--;
    memmove(parent->order + at, parent->order + at + 1,
            (parent->order_len - at) * sizeof *parent->order);
}

static void order_in(struct accounts *a, account_id id)
{
    struct account *parent = &a->at[a->at[id].parent];
    MEM_GROW(parent->order, parent->order_cap, parent->order_len + 1);
    const size_t at = place_of(a, parent->order, parent->order_len, &a->at[id]);
    memmove(parent->order + at + 1, parent->order + at,
            (parent->order_len - at) * sizeof *parent->order);
    parent->order[at] = id;
    parent->order_len++;
}

/* While all is stale, children stand in their arrays in any order. */
static void stale_out(struct accounts *a, account_id id)
{
    struct account *parent = &a->at[a->at[id].parent];
    for (size_t i = 0; i < parent->order_len; i++) {
        if (parent->order[i] == id) {
            parent->order[i] = parent->order[--parent->order_len];
            return;
        }
    }
    CHECK(false);
}

/* Every change of an account lies between these two, which keep it in its place. */
static void change_begin(struct accounts *a, account_id id)
{
    if (id != ACCOUNTS_ROOT && a->at[id].active_leaves > 0) {
        if (a->stale) {
            stale_out(a, id);
        } else {
            order_out(a, id);
        }
    }
}

static void change_end(struct accounts *a, account_id id)
{
    find_dominant(a, &a->at[id]);
    if (id != ACCOUNTS_ROOT && a->at[id].active_leaves > 0) {
        order_in(a, id);
    }
    a->listed = false;
}

static int compare_ids(const void *x, const void *y, void *ctx)
{
    const struct accounts *a = ctx;
    return compare(a, &a->at[*(const account_id *)x], &a->at[*(const account_id *)y]);
}

static void freshen(struct accounts *a)
{
    if (!a->stale) {
        return;
    }
    for (size_t i = 0; i < a->len; i++) {
        if (a->at[i].used) {
            find_dominant(a, &a->at[i]);
        }
    }
    for (size_t i = 0; i < a->len; i++) {
        sort_stable(a->at[i].order, a->at[i].order_len, sizeof *a->at[i].order, compare_ids, a);
    }
    a->stale = false;
}

account_id accounts_first(struct accounts *a)
{
    freshen(a);
    account_id id = ACCOUNTS_ROOT;
    while (!a->at[id].leaf) {
        if (a->at[id].order_len == 0) {
            return SIM_NONE;
        }
        id = a->at[id].order[0];
    }
    return id;
}

static void list_below(struct accounts *a, account_id id)
{
    const struct account *n = &a->at[id];
    if (n->leaf) {
        a->list[a->list_len++] = id;
    }
    for (size_t i = 0; i < n->order_len; i++) {
        list_below(a, n->order[i]);
    }
}

const account_id *accounts_list(struct accounts *a, size_t *len)
{
    freshen(a);
    if (!a->listed) {
        MEM_GROW(a->list, a->list_cap, a->at[ACCOUNTS_ROOT].active_leaves);
        a->list_len = 0;
        list_below(a, ACCOUNTS_ROOT);
        a->listed = true;
    }
    *len = a->list_len;
    return a->list;
}

/* ---- changes --------------------------------------------------------------------------------- */

void accounts_set_totals(struct accounts *a, const struct sim_resources *totals)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        CHECK(totals->v[d] >= 0 && totals->v[d] <= ACCOUNTS_AMOUNT_MAX);
    }
    if (memcmp(&a->totals, totals, sizeof *totals) != 0) {
        a->totals = *totals;
        a->stale = true;
        a->listed = false;
    }
}

account_id accounts_find(const struct accounts *a, account_id parent, struct sim_text name)
{
    const uint32_t text = map_text_find(a->names, name);
    const uint32_t *id = text == SIM_NONE ? NULL : map_u64_get(a->by_name, name_key(parent, text));
    return id != NULL ? *id : SIM_NONE;
}

account_id accounts_add(struct accounts *a, account_id parent, struct sim_text name, bool leaf,
                        uint32_t tag)
{
    CHECK(!account(a, parent)->leaf && name.len > 0 && name.len <= SIM_NAME_MAX);
    const account_id id = put(a, parent, name, leaf, tag);
    bool fresh;
    *map_u64_put(a->by_name, name_key(parent, a->at[id].name), &fresh) = id;
    CHECK(fresh);
    a->at[parent].children++;
    for (account_id up = id; leaf && up != SIM_NONE; up = a->at[up].parent) {
        a->at[up].leaves++;
    }
    return id;
}

void accounts_remove(struct accounts *a, account_id id)
{
    struct account *n = account(a, id);
    CHECK(id != ACCOUNTS_ROOT && n->children == 0);
    if (n->leaf) {
        accounts_set_active(a, id, false);
        const struct sim_resources had = n->allocated;
        accounts_release(a, id, &had);
    }
    for (account_id up = n->parent; n->leaf && up != SIM_NONE; up = a->at[up].parent) {
        if (--a->at[up].leaves == 0) { /* Not in the order, so its place in it cannot break. */
            a->at[up].allocations = 0;
        }
    }
    a->at[n->parent].children--;
    CHECK(map_u64_remove(a->by_name, name_key(n->parent, n->name)));
    n->used = false;
    n->order_len = 0;
    MEM_GROW(a->free, a->free_cap, a->free_len + 1);
    a->free[a->free_len++] = id;
}

void accounts_set_weight(struct accounts *a, account_id id, int64_t num, int64_t den)
{
    CHECK(num > 0 && num <= ACCOUNTS_WEIGHT_MAX && den > 0 && den <= ACCOUNTS_WEIGHT_MAX);
    struct account *n = account(a, id);
    change_begin(a, id);
    n->weight_num = num;
    n->weight_den = den;
    change_end(a, id);
}

void accounts_set_rank(struct accounts *a, account_id id, int64_t rank)
{
    struct account *n = account(a, id);
    change_begin(a, id);
    n->rank = rank;
    change_end(a, id);
}

void accounts_set_active(struct accounts *a, account_id leaf, bool active)
{
    CHECK(account(a, leaf)->leaf);
    if ((a->at[leaf].active_leaves > 0) == active) {
        return;
    }
    for (account_id id = leaf; id != SIM_NONE; id = a->at[id].parent) {
        change_begin(a, id);
        if (active) {
            a->at[id].active_leaves++;
        } else {
            a->at[id].active_leaves--;
        }
        change_end(a, id);
    }
}

void accounts_set_quota(struct accounts *a, account_id id, const struct sim_resources *guarantee,
                        const struct sim_resources *limit)
{
    struct account *n = account(a, id);
    n->guarantee = guarantee != NULL ? *guarantee : (struct sim_resources){{0}};
    n->limit = limit != NULL ? *limit : no_limit;
}

const struct sim_resources *accounts_guarantee(const struct accounts *a, account_id id)
{
    return &account(a, id)->guarantee;
}

const struct sim_resources *accounts_limit(const struct accounts *a, account_id id)
{
    return &account(a, id)->limit;
}

static void change_amounts(struct accounts *a, account_id leaf, const struct sim_resources *what,
                           int64_t sign)
{
    CHECK(account(a, leaf)->leaf);
    for (account_id id = leaf; id != SIM_NONE; id = a->at[id].parent) {
        struct account *n = &a->at[id];
        change_begin(a, id);
        for (int d = 0; d < SIM_DIMS; d++) {
            n->allocated.v[d] += sign * what->v[d];
            CHECK(n->allocated.v[d] >= 0 && n->allocated.v[d] <= ACCOUNTS_AMOUNT_MAX);
        }
        n->allocations += sign > 0;
        change_end(a, id);
    }
}

void accounts_allocate(struct accounts *a, account_id leaf, const struct sim_resources *what)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        CHECK(what->v[d] >= 0 && what->v[d] <= ACCOUNTS_AMOUNT_MAX);
    }
    change_amounts(a, leaf, what, 1);
}

void accounts_release(struct accounts *a, account_id leaf, const struct sim_resources *what)
{
    change_amounts(a, leaf, what, -1);
}

/* ---- usage ----------------------------------------------------------------------------------- */

static int64_t growth_at(const struct accounts *a, sim_time now_us)
{
    return now_us == a->growth_us
               ? a->growth
               : decay_growth((now_us - a->epoch_us) % a->half_life_us, a->half_life_us);
}

/* Halves all usage once for every half-life that went by. */
static void move_epoch(struct accounts *a, sim_time now_us)
{
    const int64_t halves = (now_us - a->epoch_us) / a->half_life_us;
    if (halves > 0) {
        for (size_t i = 0; i < a->len; i++) {
            a->at[i].usage = halves < 63 ? a->at[i].usage >> halves : 0;
        }
        a->epoch_us += halves * a->half_life_us;
        a->stale = true; /* What differed by less than the halving left may be equal now. */
    }
    a->growth = growth_at(a, now_us);
    a->growth_us = now_us;
}

void accounts_charge(struct accounts *a, account_id leaf, int64_t amount, sim_time now_us)
{
    CHECK(account(a, leaf)->leaf && amount >= 0 && amount <= ACCOUNTS_AMOUNT_MAX);
    CHECK(now_us >= a->growth_us);
    move_epoch(a, now_us);
    const int64_t kept = decay_keep(amount, a->growth);
    for (account_id id = leaf; id != SIM_NONE; id = a->at[id].parent) {
        change_begin(a, id);
        a->at[id].usage += kept;
        CHECK(a->at[id].usage <= 2 * ACCOUNTS_AMOUNT_MAX);
        change_end(a, id);
    }
}

int64_t accounts_usage(const struct accounts *a, account_id id, sim_time now_us)
{
    CHECK(now_us >= a->growth_us);
    const int64_t halves = (now_us - a->epoch_us) / a->half_life_us;
    const int64_t usage = halves < 63 ? account(a, id)->usage >> halves : 0;
    return decay_see(usage, growth_at(a, now_us));
}

/* ---- questions ------------------------------------------------------------------------------- */

uint32_t accounts_tag(const struct accounts *a, account_id id)
{
    return account(a, id)->tag;
}

struct account_view accounts_at(const struct accounts *a, account_id id)
{
    const struct account *n = account(a, id);
    struct account counted = *n;
    find_dominant(a, &counted);
    const int d = counted.dominant;
    return (struct account_view){.name = map_text_at(a->names, n->name),
                                 .parent = n->parent,
                                 .tag = n->tag,
                                 .leaf = n->leaf,
                                 .active = n->active_leaves > 0,
                                 .leaves = n->leaves,
                                 .allocations = n->allocations,
                                 .rank = n->rank,
                                 .weight_num = n->weight_num,
                                 .weight_den = n->weight_den,
                                 .allocated = n->allocated,
                                 .dominant = (enum sim_dim)d,
                                 .dominant_amount = d < SIM_DIMS ? n->allocated.v[d] : 0,
                                 .dominant_total = d < SIM_DIMS ? a->totals.v[d] : 0};
}
