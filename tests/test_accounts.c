/* test_accounts.c - the accounting tree: the sorter tests of Mesos step by step, exact comparison
 * at the limits, decayed usage, and the order kept up against a sort from scratch. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "sched/lib/accounts.h"
#include "sched/lib/decay.h"
#include "tests/oracle_csv.h"
#include "tests/prop.h"

static struct sim_text text(const char *s)
{
    return (struct sim_text){s, (uint32_t)strlen(s)};
}

static struct sim_resources two(int64_t cpu, int64_t memory)
{
    return (struct sim_resources){.v = {[SIM_CPU] = cpu, [SIM_MEMORY] = memory}};
}

static struct accounts *dominant(int64_t cpu, int64_t memory)
{
    struct accounts *a = accounts_create(ACCOUNTS_DOMINANT, SIM_NEVER);
    const struct sim_resources totals = two(cpu, memory);
    accounts_set_totals(a, &totals);
    return a;
}

static account_id add_leaf(struct accounts *a, account_id parent, const char *name)
{
    const account_id id = accounts_add(a, parent, text(name), true, 0);
    accounts_set_active(a, id, true);
    return id;
}

static void give(struct accounts *a, account_id id, int64_t cpu, int64_t memory)
{
    const struct sim_resources what = two(cpu, memory);
    accounts_allocate(a, id, &what);
}

/* ---- scripts: the tests of Mesos in a line each ---------------------------------------------- */

/* Commands of a step, separated by spaces:
 *   +a/b   a leaf comes, active (inner accounts come and go as needed)    -a/b   it goes
 *   a>5/5  it gets 5 cpu, 5 memory        a<5/5  it gives them back       a=2:1  its weight 2 / 1
 *   a!     inactive                       a?     active                   T>5/5  the totals
 * Amounts may have one decimal. */
static account_id reach(struct accounts *a, const char *path, bool make)
{
    account_id at = ACCOUNTS_ROOT;
    while (*path != '\0') {
        const size_t len = strcspn(path, "/");
        const struct sim_text name = {path, (uint32_t)len};
        const bool last = path[len] == '\0';
        account_id next = accounts_find(a, at, name);
        if (next == SIM_NONE) {
            cr_assert(make);
            next = accounts_add(a, at, name, last, 0);
        }
        at = next;
        path += len + !last;
    }
    return at;
}

static void remove_path(struct accounts *a, const char *path)
{
    account_id id = reach(a, path, false);
    account_id parent = accounts_at(a, id).parent;
    accounts_remove(a, id);
    while (parent != ACCOUNTS_ROOT && accounts_at(a, parent).leaves == 0) {
        id = parent;
        parent = accounts_at(a, id).parent;
        accounts_remove(a, id);
    }
}

static int64_t tenths(const char **at)
{
    char *end;
    int64_t v = 10 * strtol(*at, &end, 10);
    if (*end == '.') {
        v += end[1] - '0';
        end += 2;
    }
    *at = end;
    return v;
}

static void run_command(struct accounts *a, char *word)
{
    if (word[0] == '+') {
        accounts_set_active(a, reach(a, word + 1, true), true);
        return;
    }
    if (word[0] == '-') {
        remove_path(a, word + 1);
        return;
    }
    const size_t len = strcspn(word, "><=!?");
    const char op = word[len];
    word[len] = '\0';
    const char *rest = word + len + 1;
    if (op == '=') {
        char *end;
        const int64_t num = strtol(rest, &end, 10);
        accounts_set_weight(a, reach(a, word, false), num, strtol(end + 1, NULL, 10));
        return;
    }
    if (op == '!' || op == '?') {
        accounts_set_active(a, reach(a, word, false), op == '?');
        return;
    }
    const int64_t cpu = tenths(&rest);
    rest++;
    const struct sim_resources amount = two(cpu, tenths(&rest));
    if (strcmp(word, "T") == 0) {
        accounts_set_totals(a, &amount);
    } else if (op == '>') {
        accounts_allocate(a, reach(a, word, false), &amount);
    } else {
        accounts_release(a, reach(a, word, false), &amount);
    }
}

static void path_of(const struct accounts *a, account_id id, char *out, size_t size)
{
    const struct account_view v = accounts_at(a, id);
    char above[256] = "";
    if (v.parent != ACCOUNTS_ROOT) {
        path_of(a, v.parent, above, sizeof above);
        strcat(above, "/");
    }
    snprintf(out, size, "%s%.*s", above, (int)v.name.len, v.name.at);
}

static void order_of(struct accounts *a, char *out, size_t size)
{
    size_t len;
    const account_id *list = accounts_list(a, &len);
    out[0] = '\0';
    for (size_t i = 0; i < len; i++) {
        char path[256];
        path_of(a, list[i], path, sizeof path);
        snprintf(out + strlen(out), size - strlen(out), "%s%s", i > 0 ? " " : "", path);
    }
    cr_assert_eq(accounts_first(a), len > 0 ? list[0] : SIM_NONE);
}

struct step {
    const char *test, *commands, *order;
};
/* apache/mesos@c1b42f79, src/tests/sorter_tests.cpp. */
static const struct step sorter[] = {
    {"DRF", "T>100/100 +a a>5/5 +b b>6/6", "a b"},
    {"DRF", "+c c>1/1 +d d>3/1", "c d a b"},
    {"DRF", "-a b<4/4", "c b d"},
    {"DRF", "+e e>1/5 T>50/100", "c b e d"},
    {"DRF", "T>50/200 +f f>5/1 c>0/15", "e b d c f"},
    {"DRF", "d!", "e b c f"},
    {"DRF", "d?", "e b d c f"},
    {"WDRF", "T>100/100 +a a>5/5 +b b>6/6 b=2:1", "b a"},
    {"WDRF", "+c c>4/4", "b c a"},
    {"WDRF", "+d d=10:1 d>10/20", "d b c a"},
    {"WDRF", "-b", "d c a"},
    {"WDRF", "d>10/25", "c d a"},
    {"WDRF", "+e e=1:10 e>1/1", "c d a e"},
    {"WDRF", "-a", "c d e"},
    {"AllocationCountTieBreak",
     "T>100/100 +a +b +c +d +e a>3/3 b>3/3 c>1/1 c>1/1 c>1/1 d>2/2 d>1/1 e>3/3", "a b e d c"},
    {"AllocationCountTieBreak", "c<3/3", "c a b e d"},
    {"AllocationCountTieBreak", "c>3/3", "a b e d c"},
    {"AllocationCountTieBreak", "c! c?", "a b e d c"},
    {"AllocationCountTieBreak", "c<3/3 c>3/3", "a b e d c"},
    {"AllocationCountTieBreak", "a! a<1/3 a>1/3", "b e d c"},
    {"AllocationCountTieBreak", "a?", "b e a d c"},
    {"HierarchicalAllocation", "T>100/100 +a +b/c +b/d", "a b/c b/d"},
    {"HierarchicalAllocation", "a>6/6", "b/c b/d a"},
    {"HierarchicalAllocation", "b/c>4/4 b/d>3/3", "a b/d b/c"},
    {"HierarchicalAllocation", "a>2/2", "b/d b/c a"},
    {"HierarchicalAllocation", "+b/e/f", "b/e/f b/d b/c a"},
    {"HierarchicalAllocation", "b/e/f>3.5/3.5", "a b/d b/e/f b/c"},
    {"HierarchicalAllocation", "-b/e/f", "b/d b/c a"},
    {"HierarchicalAllocation", "b/c<3/3", "b/c b/d a"},
    {"HierarchicalAllocation", "+b/e/f b/e/f>3.5/3.5", "b/c b/d b/e/f a"},
};
enum { SORTER_STEPS = sizeof sorter / sizeof *sorter };

static void run_step(struct accounts **a, size_t i, char *order, size_t size)
{
    if (i == 0 || strcmp(sorter[i].test, sorter[i - 1].test) != 0) {
        accounts_destroy(*a);
        *a = accounts_create(ACCOUNTS_DOMINANT, SIM_NEVER);
    }
    char words[256];
    snprintf(words, sizeof words, "%s", sorter[i].commands);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        run_command(*a, word);
    }
    order_of(*a, order, size);
}

Test(accounts, the_sorter_tests_of_mesos_hold_at_every_step)
{
    struct accounts *a = NULL;
    for (size_t i = 0; i < SORTER_STEPS; i++) {
        char order[256];
        run_step(&a, i, order, sizeof order);
        cr_expect_str_eq(order, sorter[i].order, "%s: %s: %s", sorter[i].test, sorter[i].commands,
                         order);
    }
    accounts_destroy(a);
}

/* The scripts above say what the table of the tests says: totals, allocations and order. */
Test(accounts, the_scripts_are_those_of_the_published_table)
{
    FILE *f = oracle_open("mesos/sorter.csv");
    if (f == NULL) {
        return;
    }
    struct accounts *a = NULL;
    struct oracle_row row;
    size_t i = 0;
    for (; oracle_next(f, &row); i++) {
        cr_assert_lt(i, SORTER_STEPS);
        char order[256], words[256];
        run_step(&a, i, order, sizeof order);
        cr_expect_str_eq(row.at[0], sorter[i].test);
        cr_expect_str_eq(row.at[7], order, "%s %s", row.at[0], row.at[1]);
        snprintf(words, sizeof words, "%s", row.at[5]);
        size_t leaves = 0;
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
            const char *amounts = strchr(word, '=') + 1;
            word[strcspn(word, "=")] = '\0';
            const struct account_view v = accounts_at(a, reach(a, word, false));
            cr_expect_eq(v.allocated.v[SIM_CPU], tenths(&amounts), "%s %s", row.at[1], word);
            amounts++;
            cr_expect_eq(v.allocated.v[SIM_MEMORY], tenths(&amounts), "%s %s", row.at[1], word);
            leaves++;
        }
        cr_expect_eq(accounts_at(a, ACCOUNTS_ROOT).leaves, leaves);
    }
    cr_expect_eq(i, SORTER_STEPS);
    accounts_destroy(a);
    fclose(f);
}

/* ---- exactness ------------------------------------------------------------------------------- */

/* (2^61 - 2) / (2^61 - 1) < (2^61 - 1) / 2^61, by 1 part in 2^122: as doubles both are 1. */
Test(accounts, shares_one_part_in_2_to_the_122_apart_are_told_apart)
{
    const int64_t top = ACCOUNTS_AMOUNT_MAX;
    struct accounts *a = dominant(top, top - 1);
    const account_id more = add_leaf(a, ACCOUNTS_ROOT, "a"), less = add_leaf(a, ACCOUNTS_ROOT, "b");
    give(a, more, top - 1, 0);
    give(a, less, 0, top - 2);
    cr_expect_lt(accounts_compare(a, less, more), 0);
    cr_expect_eq(accounts_first(a), less);
    accounts_set_weight(a, more, ACCOUNTS_WEIGHT_MAX, ACCOUNTS_WEIGHT_MAX - 1);
    cr_expect_eq(accounts_first(a), more);
    accounts_destroy(a);

    a = accounts_create(ACCOUNTS_ASSET, SIM_NEVER);
    struct sim_resources totals, one, other;
    for (int d = 0; d < SIM_DIMS; d++) {
        totals.v[d] = top - d;
        one.v[d] = other.v[d] = top / 2 - 2 * d; /* Their sum is an amount, too. */
    }
    one.v[7]++;
    accounts_set_totals(a, &totals);
    const account_id x = add_leaf(a, ACCOUNTS_ROOT, "x"), y = add_leaf(a, ACCOUNTS_ROOT, "y");
    accounts_allocate(a, x, &one);
    accounts_allocate(a, y, &other);
    cr_expect_eq(accounts_first(a), y);
    accounts_destroy(a);
}

Test(accounts, equal_shares_go_by_rank_then_count_then_bytes_of_the_name)
{
    struct accounts *a = dominant(100, 300);
    const account_id b = add_leaf(a, ACCOUNTS_ROOT, "b"), ab = add_leaf(a, ACCOUNTS_ROOT, "ab");
    const account_id c = add_leaf(a, ACCOUNTS_ROOT, "a");
    char order[64];
    give(a, b, 1, 0);
    give(a, ab, 0, 3);
    give(a, c, 1, 3);
    order_of(a, order, sizeof order);
    cr_expect_str_eq(order, "a ab b");
    give(a, c, 0, 0);
    order_of(a, order, sizeof order);
    cr_expect_str_eq(order, "ab b a");
    accounts_set_rank(a, c, -1);
    accounts_set_rank(a, ab, 1);
    order_of(a, order, sizeof order);
    cr_expect_str_eq(order, "a b ab");
    accounts_destroy(a);
}

Test(accounts, a_dimension_without_a_total_does_not_count)
{
    struct accounts *a = dominant(100, 0);
    const account_id x = add_leaf(a, ACCOUNTS_ROOT, "x"), y = add_leaf(a, ACCOUNTS_ROOT, "y");
    give(a, x, 1, 1000);
    give(a, y, 2, 0);
    cr_expect_eq(accounts_first(a), x);
    const struct account_view v = accounts_at(a, x);
    cr_expect_eq(v.dominant, SIM_CPU);
    cr_expect_eq(v.dominant_amount, 1);
    cr_expect_eq(v.dominant_total, 100);
    accounts_destroy(a);
}

Test(accounts, a_snapshot_stays_while_the_order_changes)
{
    struct accounts *a = dominant(100, 100);
    const account_id x = add_leaf(a, ACCOUNTS_ROOT, "x"), y = add_leaf(a, ACCOUNTS_ROOT, "y");
    size_t len;
    const account_id *list = accounts_list(a, &len);
    give(a, x, 5, 5);
    cr_expect_eq(accounts_first(a), y);
    cr_expect(len == 2 && list[0] == x && list[1] == y);
    list = accounts_list(a, &len);
    cr_expect(len == 2 && list[0] == y && list[1] == x);
    accounts_destroy(a);
}

Test(accounts, more_than_the_largest_amount_aborts, .signal = SIGABRT)
{
    struct accounts *a = dominant(100, 100);
    const account_id x = add_leaf(a, ACCOUNTS_ROOT, "x");
    give(a, x, ACCOUNTS_AMOUNT_MAX, 0);
    give(a, x, 1, 0);
}

Test(accounts, giving_back_more_than_was_taken_aborts, .signal = SIGABRT)
{
    struct accounts *a = dominant(100, 100);
    const account_id x = add_leaf(a, ACCOUNTS_ROOT, "x");
    const struct sim_resources one = two(1, 0);
    accounts_release(a, x, &one);
}

/* ---- usage ----------------------------------------------------------------------------------- */

Test(accounts, usage_halves_with_every_half_life_and_reads_back_at_once)
{
    struct accounts *a = accounts_create(ACCOUNTS_USAGE, SIM_SECONDS(100));
    const account_id q = accounts_add(a, ACCOUNTS_ROOT, text("q"), false, 0);
    const account_id x = add_leaf(a, q, "x"), y = add_leaf(a, q, "y");
    accounts_charge(a, x, 1000, SIM_SECONDS(30));
    cr_expect_eq(accounts_usage(a, x, SIM_SECONDS(30)), 1000);
    cr_expect_eq(accounts_usage(a, x, SIM_SECONDS(130)), 500);
    cr_expect_eq(accounts_usage(a, x, SIM_SECONDS(1030)), 0); /* 1000 / 1024 */
    cr_expect_eq(accounts_usage(a, x, SIM_SECONDS(80)), 707); /* 1000 / sqrt 2 */
    accounts_charge(a, y, 499, SIM_SECONDS(130));
    cr_expect_eq(accounts_first(a), y);
    cr_expect_eq(accounts_usage(a, q, SIM_SECONDS(130)), 999);
    accounts_set_weight(a, x, 3, 1);
    cr_expect_eq(accounts_first(a), x);
    accounts_destroy(a);
}

/* Reading is free of traces, and who is ahead does not change as time goes by. */
Test(accounts, asking_for_usage_changes_nothing)
{
    struct accounts *asked = accounts_create(ACCOUNTS_USAGE, 1000);
    struct accounts *quiet = accounts_create(ACCOUNTS_USAGE, 1000);
    struct prng r;
    prng_init(&r, 1, "usage");
    account_id ids[2][8];
    for (int i = 0; i < 8; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        ids[0][i] = add_leaf(asked, ACCOUNTS_ROOT, name);
        ids[1][i] = add_leaf(quiet, ACCOUNTS_ROOT, name);
    }
    sim_time now = 0;
    for (int i = 0; i < 2000; i++) {
        now += prng_below(&r, 700);
        const int k = (int)prng_below(&r, 8);
        const int64_t amount = prng_below(&r, 1000000);
        const account_id before = accounts_first(asked);
        (void)accounts_usage(asked, ids[0][k], now);
        cr_assert_eq(accounts_first(asked), before);
        accounts_charge(asked, ids[0][k], amount, now);
        accounts_charge(quiet, ids[1][k], amount, now);
        for (int j = 0; j < 8; j++) {
            cr_assert_eq(accounts_usage(asked, ids[0][j], now + 10),
                         accounts_usage(quiet, ids[1][j], now + 10));
        }
        cr_assert_eq(accounts_first(asked), accounts_first(quiet));
    }
    accounts_destroy(asked);
    accounts_destroy(quiet);
}

Test(accounts, growth_is_two_to_the_age_in_half_lives)
{
    const int64_t one = INT64_C(1) << DECAY_BITS;
    cr_expect_eq(decay_growth(0, 7), one);
    cr_expect_eq(decay_growth(12345678, SIM_NEVER), one);
    cr_expect_eq(decay_growth(500, 1000), 0x5a827999fcef3242); /* sqrt 2 */
    /* Half-lives in a row multiply: 2^(1/3) cubed is 2, less the error that the header allows. */
    const int64_t third = decay_growth(1, 3);
    const int64_t cubed = decay_keep(decay_keep(third, third), third);
    cr_expect_lt(llabs(2 * (cubed / 2 - one)), 3 * (2 * (one >> 31)));
    int64_t last = 0;
    for (sim_time age = 0; age < 1000; age++) {
        const int64_t growth = decay_growth(age, 1000);
        cr_assert_gt(growth, last);
        last = growth;
    }
    cr_expect_lt(last, 2 * (one - 1) + 1);
}

/* ---- the order that is kept up is the order of a sort ---------------------------------------- */

enum { INNER = 6, LEAVES = 24, MOVES = 400 };
struct shadow { /* The same tree in plain numbers. */
    account_id id[INNER + LEAVES];
    int parent[INNER + LEAVES]; /* Index; -1 = the root. */
    int64_t has[INNER + LEAVES][2], weight[INNER + LEAVES], rank[INNER + LEAVES];
    int64_t count[INNER + LEAVES], usage[INNER + LEAVES];
    bool active[INNER + LEAVES];
    int64_t totals[2];
    enum accounts_rule rule;
};
static const struct shadow *sorting;

/* As a fraction over 1 / (totals[0] totals[1]); all numbers are small. */
static int64_t shadow_share(const struct shadow *s, int i)
{
    if (s->rule == ACCOUNTS_USAGE) {
        return s->usage[i];
    }
    const int64_t cpu = s->totals[0] > 0 ? s->has[i][0] * (s->totals[1] > 0 ? s->totals[1] : 1) : 0;
    const int64_t mem = s->totals[1] > 0 ? s->has[i][1] * (s->totals[0] > 0 ? s->totals[0] : 1) : 0;
    return s->rule == ACCOUNTS_ASSET ? cpu + mem : cpu > mem ? cpu : mem;
}

static int shadow_compare(const void *x, const void *y)
{
    const struct shadow *s = sorting;
    const int i = *(const int *)x, j = *(const int *)y;
    const int64_t a = shadow_share(s, i) * s->weight[j], b = shadow_share(s, j) * s->weight[i];
    const int64_t keys[][2] = {{a, b},
                               {s->rank[i], s->rank[j]},
                               {s->count[i], s->count[j]},
                               {i, j}}; /* Names are in the order of the indices. */
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        if (keys[k][0] != keys[k][1]) {
            return keys[k][0] < keys[k][1] ? -1 : 1;
        }
    }
    return 0;
}

static size_t shadow_list(const struct shadow *s, int parent, account_id *out)
{
    int children[INNER + LEAVES];
    size_t n = 0, len = 0;
    for (int i = 0; i < INNER + LEAVES; i++) {
        if (s->parent[i] == parent) {
            children[n++] = i;
        }
    }
    sorting = s;
    qsort(children, n, sizeof *children, shadow_compare);
    for (size_t k = 0; k < n; k++) {
        if (children[k] < INNER) {
            len += shadow_list(s, children[k], out + len);
        } else if (s->active[children[k]]) {
            out[len++] = s->id[children[k]];
        }
    }
    return len;
}

static void shadow_make(struct shadow *s, struct accounts *a, struct prng *r)
{
    for (int i = 0; i < INNER + LEAVES; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%02d", i);
        const int most = i < INNER ? i : INNER;
        s->parent[i] = (int)prng_below(r, (uint32_t)most + 1) - 1;
        const account_id parent = s->parent[i] < 0 ? ACCOUNTS_ROOT : s->id[s->parent[i]];
        s->id[i] = accounts_add(a, parent, text(name), i >= INNER, (uint32_t)i);
        s->weight[i] = 1;
    }
}

static void shadow_move(struct shadow *s, struct accounts *a, struct prng *r)
{
    const int leaf = INNER + (int)prng_below(r, LEAVES), any = (int)prng_below(r, INNER + LEAVES);
    const int64_t cpu = prng_below(r, 4), mem = prng_below(r, 4);
    const struct sim_resources what = two(cpu, mem), had = two(s->has[leaf][0], s->has[leaf][1]);
    const uint32_t kind = prng_below(r, 12);
    if (kind < 4) {
        accounts_allocate(a, s->id[leaf], &what);
    } else if (kind < 6) {
        accounts_release(a, s->id[leaf], &had);
    } else if (kind < 8) {
        s->active[leaf] = prng_below(r, 3) > 0;
        accounts_set_active(a, s->id[leaf], s->active[leaf]);
    } else if (kind == 8) {
        s->weight[any] = prop_range(r, 1, 3);
        accounts_set_weight(a, s->id[any], s->weight[any] * 7, 7);
    } else if (kind == 9) {
        s->rank[any] = prop_range(r, -1, 1);
        accounts_set_rank(a, s->id[any], s->rank[any]);
    } else if (kind == 10) {
        accounts_charge(a, s->id[leaf], cpu, 0);
    } else {
        const struct sim_resources totals = two(prop_range(r, 0, 20), prop_range(r, 0, 20));
        memcpy(s->totals, totals.v, sizeof s->totals);
        accounts_set_totals(a, &totals);
    }
    for (int i = leaf; i >= 0; i = s->parent[i]) {
        s->has[i][0] += kind < 4 ? cpu : kind < 6 ? -had.v[SIM_CPU] : 0;
        s->has[i][1] += kind < 4 ? mem : kind < 6 ? -had.v[SIM_MEMORY] : 0;
        s->count[i] += kind < 4;
        s->usage[i] += kind == 10 ? cpu : 0;
    }
}

Test(accounts, the_order_kept_up_is_that_of_a_sort_from_scratch)
{
    PROP_FOR_ALL (seed, 60) {
        struct prng r;
        prng_init(&r, seed, "accounts");
        struct shadow s = {.rule = (enum accounts_rule)(seed % 3)};
        struct accounts *a = accounts_create(s.rule, SIM_NEVER);
        shadow_make(&s, a, &r);
        for (int i = 0; i < MOVES; i++) {
            shadow_move(&s, a, &r);
            if (prng_below(&r, 3) == 0) {
                continue; /* So that changes pile up, on a stale order too. */
            }
            account_id want[LEAVES];
            size_t got_len;
            const size_t want_len = shadow_list(&s, -1, want);
            const account_id *got = accounts_list(a, &got_len);
            bool same = want_len == got_len;
            for (size_t k = 0; same && k < got_len; k++) {
                same = want[k] == got[k];
            }
            cr_assert(same, "SIM_SEED=%lu: move %d, rule %d", (unsigned long)seed, i, (int)s.rule);
            cr_assert_eq(accounts_first(a), got_len > 0 ? got[0] : SIM_NONE);
        }
        accounts_destroy(a);
    }
}

/* A role that was empty starts anew, else its old count would lose it the first tie. */
Test(accounts, a_place_that_was_freed_has_no_past)
{
    struct accounts *a = dominant(100, 100);
    const account_id b = accounts_add(a, ACCOUNTS_ROOT, text("b"), false, 0);
    account_id x = add_leaf(a, b, "x");
    give(a, x, 5, 5);
    accounts_set_weight(a, x, 5, 1);
    accounts_remove(a, x);
    cr_expect_eq(accounts_first(a), SIM_NONE);
    cr_expect_eq(accounts_at(a, b).allocations, 0);
    cr_expect_eq(accounts_at(a, b).allocated.v[SIM_CPU], 0);
    cr_expect_eq(accounts_find(a, b, text("x")), SIM_NONE);
    x = add_leaf(a, b, "x");
    const account_id y = add_leaf(a, b, "y");
    const struct account_view v = accounts_at(a, x);
    cr_expect(v.allocations == 0 && v.weight_num == 1 && v.allocated.v[SIM_CPU] == 0);
    give(a, x, 1, 1);
    cr_expect_eq(accounts_first(a), y);
    accounts_destroy(a);
}
