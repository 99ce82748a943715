/* test_drf.c - dominant resource fairness and its rivals on the examples of Ghodsi et al. (NSDI
 * 2011), by progressive filling: the poorest account gets one task more.
 *
 * Tasks are units. A division of a task into k parts is the same instance with totals k times as
 * large, which is how fractions of tasks are reached exactly. */
#include <criterion/criterion.h>

#include "sched/lib/accounts.h"
#include "tests/oracle_csv.h"
#include "tests/prop.h"

enum { USERS_MAX = 6, DIMS = 2 };

struct market {
    int users;
    int64_t demand[USERS_MAX][DIMS], weight[USERS_MAX], total[DIMS];
    int64_t tasks[USERS_MAX], used[DIMS];
    struct accounts *accounts;
    account_id id[USERS_MAX];
};

static struct sim_resources vector(const int64_t v[DIMS])
{
    return (struct sim_resources){.v = {v[0], v[1]}};
}

/* order: which user wins a tie of shares; order[0] first. */
static void open_market(struct market *m, enum accounts_rule rule, const int *order)
{
    memset(m->tasks, 0, sizeof m->tasks);
    memset(m->used, 0, sizeof m->used);
    m->accounts = accounts_create(rule, SIM_NEVER);
    const struct sim_resources totals = vector(m->total);
    accounts_set_totals(m->accounts, &totals);
    for (int i = 0; i < m->users; i++) {
        const char name[] = {(char)('A' + i), '\0'};
        m->id[i] =
            accounts_add(m->accounts, ACCOUNTS_ROOT, (struct sim_text){name, 1}, true, (uint32_t)i);
        accounts_set_active(m->accounts, m->id[i], true);
        if (m->weight[i] > 0) {
            accounts_set_weight(m->accounts, m->id[i], m->weight[i], 1);
        }
    }
    for (int k = 0; k < m->users && order != NULL; k++) {
        accounts_set_rank(m->accounts, m->id[order[k]], k);
    }
}

static bool fits(const struct market *m, int user)
{
    for (int d = 0; d < DIMS; d++) {
        if (m->used[d] + m->demand[user][d] > m->total[d]) {
            return false;
        }
    }
    return true;
}

/* The user that gets the next task, or -1. One whose task does not fit is passed over for good
 * (nothing is given back), or, with `stop`, ends it all, as in algorithm 1 of the paper. */
static int next_task(struct market *m, bool stop)
{
    for (account_id id; (id = accounts_first(m->accounts)) != SIM_NONE;) {
        const int user = (int)accounts_tag(m->accounts, id);
        if (fits(m, user)) {
            const struct sim_resources what = vector(m->demand[user]);
            accounts_allocate(m->accounts, id, &what);
            m->tasks[user]++;
            for (int d = 0; d < DIMS; d++) {
                m->used[d] += m->demand[user][d];
            }
            return user;
        }
        if (stop) {
            return -1;
        }
        accounts_set_active(m->accounts, id, false);
    }
    return -1;
}

static void fill(struct market *m, enum accounts_rule rule, const int *order, bool stop)
{
    open_market(m, rule, order);
    while (next_task(m, stop) >= 0) {
    }
    accounts_destroy(m->accounts);
}

static const struct market paper = {.users = 2, .demand = {{1, 4}, {3, 1}}, .total = {9, 18}};
static const struct market rival = {.users = 2, .demand = {{1, 3}, {1, 1}}, .total = {30, 30}};
static const int a_first[] = {0, 1}, b_first[] = {1, 0};

static struct market split(const struct market *m, int64_t parts)
{
    struct market out = *m;
    out.total[0] *= parts;
    out.total[1] *= parts;
    return out;
}

/* ---- the examples ---------------------------------------------------------------------------- */

struct example {
    const char *variant, *order, *picks;
    int64_t weight_a;
};
static const struct example examples[] = {
    {"unweighted", "BA", "BAABA", 1},
    {"unweighted", "AB", "ABABA", 1},
    {"weight_A2_B1", "BA", "BAAAB", 2},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static void open_example(struct market *m, const struct example *e)
{
    *m = paper;
    m->weight[0] = e->weight_a;
    open_market(m, ACCOUNTS_DOMINANT, e->order[0] == 'A' ? a_first : b_first);
}

Test(drf, the_example_of_the_paper_ends_with_three_and_two_tasks_under_both_tie_rules)
{
    for (int i = 0; i < EXAMPLES; i++) {
        struct market m;
        open_example(&m, &examples[i]);
        for (const char *pick = examples[i].picks; *pick != '\0'; pick++) {
            cr_expect_eq(next_task(&m, false), *pick - 'A', "%s %s", examples[i].variant,
                         examples[i].order);
        }
        cr_expect_eq(next_task(&m, false), -1);
        cr_expect(m.tasks[0] == 3 && m.tasks[1] == 2);
        cr_expect(m.used[0] == 9 && m.used[1] == 14);
        accounts_destroy(m.accounts);
    }
}

/* A fraction of the table equals num / den. */
static bool is_fraction(const char *field, int64_t num, int64_t den)
{
    char *end;
    const int64_t p = strtol(field, &end, 10);
    const int64_t q = *end == '/' ? strtol(end + 1, NULL, 10) : 1;
    return p * den == num * q;
}

static void check_step(const struct market *m, const struct oracle_row *row)
{
    for (int u = 0; u < 2; u++) {
        for (int d = 0; d < DIMS; d++) {
            cr_expect(
                is_fraction(row->at[4 + 2 * u + d], m->tasks[u] * m->demand[u][d], m->total[d]),
                "%s %s step %s", row->at[0], row->at[1], row->at[2]);
        }
        const struct account_view v = accounts_at(m->accounts, m->id[u]);
        const int64_t total = v.dominant == SIM_DIMS ? 1 : v.dominant_total;
        cr_expect(is_fraction(row->at[8 + u], v.dominant_amount, total), "%s %s step %s",
                  row->at[0], row->at[1], row->at[2]);
    }
    for (int d = 0; d < DIMS; d++) {
        cr_expect(is_fraction(row->at[10 + d], m->used[d], m->total[d]));
    }
}

Test(drf, every_step_has_the_shares_of_the_published_table)
{
    FILE *f = oracle_open("drf/steps.csv");
    if (f == NULL) {
        return;
    }
    struct oracle_row row;
    struct market m = {.accounts = NULL};
    int i = -1, steps = 0;
    for (; oracle_next(f, &row); steps++) {
        if (strcmp(row.at[2], "1") == 0) {
            accounts_destroy(m.accounts);
            cr_assert_lt(++i, EXAMPLES);
            open_example(&m, &examples[i]);
        }
        cr_assert_str_eq(row.at[0], examples[i].variant);
        cr_assert_str_eq(row.at[1], examples[i].order);
        cr_expect_eq(next_task(&m, false), row.at[3][0] - 'A', "%s step %s", row.at[0], row.at[2]);
        check_step(&m, &row);
    }
    cr_expect_eq(steps, 15);
    accounts_destroy(m.accounts);
    fclose(f);
}

/* DRF keeps the sharing incentive where asset fairness leaves user 2 with 12 < 15 of both. */
Test(drf, asset_fairness_breaks_the_sharing_incentive_where_drf_keeps_it)
{
    for (int k = 0; k < 2; k++) {
        struct market m = rival;
        fill(&m, ACCOUNTS_DOMINANT, k ? a_first : b_first, false);
        cr_expect(m.tasks[0] == 5 && m.tasks[1] == 15);
        fill(&m, ACCOUNTS_ASSET, k ? a_first : b_first, false);
        cr_expect(m.tasks[0] == 6 && m.tasks[1] == 12);
        m = split(&paper, 25);
        fill(&m, ACCOUNTS_ASSET, k ? a_first : b_first, false);
        cr_expect(m.tasks[0] == 63 && m.tasks[1] == 54, "63/25 and 54/25 of a task");
    }
}

/* Competitive equilibrium from equal incomes maximises the product of utilities (Nash, Eisenberg
 * and Gale); by enumeration, for two users. */
static void ceei(struct market *m)
{
    int64_t best = -1;
    for (int64_t a = 0; a * m->demand[0][0] <= m->total[0] && a * m->demand[0][1] <= m->total[1];
         a++) {
        const int64_t cpu = (m->total[0] - a * m->demand[0][0]) / m->demand[1][0];
        const int64_t memory = (m->total[1] - a * m->demand[0][1]) / m->demand[1][1];
        const int64_t b = cpu < memory ? cpu : memory;
        if (a * b > best) {
            best = a * b;
            m->tasks[0] = a;
            m->tasks[1] = b;
        }
    }
}

Test(drf, the_sharing_rules_give_the_published_tasks)
{
    FILE *f = oracle_open("drf/sharing_rules.csv");
    if (f == NULL) {
        return;
    }
    struct oracle_row row;
    int rows = 0;
    for (; oracle_next(f, &row); rows++) {
        struct market m = {.users = 2};
        for (int d = 0; d < DIMS; d++) {
            m.total[d] = strtol(row.at[d], NULL, 10);
            m.demand[0][d] = strtol(row.at[2 + d], NULL, 10);
            m.demand[1][d] = strtol(row.at[4 + d], NULL, 10);
        }
        const char *slash = strchr(row.at[7], '/');
        const int64_t parts = slash != NULL ? strtol(slash + 1, NULL, 10) : 1;
        m = split(&m, parts);
        if (strcmp(row.at[6], "CEEI") == 0) {
            ceei(&m);
        } else {
            const bool asset = strcmp(row.at[6], "asset_fairness") == 0;
            fill(&m, asset ? ACCOUNTS_ASSET : ACCOUNTS_DOMINANT, NULL, false);
        }
        cr_expect(is_fraction(row.at[7], m.tasks[0], parts), "%s A %ld", row.at[6], m.tasks[0]);
        cr_expect(is_fraction(row.at[8], m.tasks[1], parts), "%s B %ld", row.at[6], m.tasks[1]);
    }
    cr_expect_eq(rows, 5);
    fclose(f);
}

/* ---- theorems -------------------------------------------------------------------------------- */

static struct market random_market(struct prng *r, int users_max, int64_t total_max)
{
    struct market m = {.users = (int)prop_range(r, 2, users_max)};
    for (int d = 0; d < DIMS; d++) {
        m.total[d] = prop_range(r, total_max / 2, total_max);
    }
    for (int u = 0; u < m.users; u++) {
        for (int d = 0; d < DIMS; d++) {
            m.demand[u][d] = prop_range(r, 0, m.total[d] / 3);
        }
        m.demand[u][prng_below(r, DIMS)] += 1;
    }
    return m;
}

/* Dominant share of `tasks` tasks of u, over total[0] total[1]. */
static int64_t share(const struct market *m, int u, int64_t tasks)
{
    const int64_t cpu = tasks * m->demand[u][0] * m->total[1];
    const int64_t memory = tasks * m->demand[u][1] * m->total[0];
    return cpu > memory ? cpu : memory;
}

/* How many tasks of i the bundle of `tasks` tasks of j would run. */
static int64_t tasks_from(const struct market *m, int i, int j, int64_t tasks)
{
    int64_t runs = INT64_MAX;
    for (int d = 0; d < DIMS; d++) {
        if (m->demand[i][d] > 0) {
            const int64_t n = tasks * m->demand[j][d] / m->demand[i][d];
            runs = n < runs ? n : runs;
        }
    }
    return runs;
}

/* For unit tasks the properties hold up to a task, when filling stops at the first task that does
 * not fit. Let s_i be the dominant shares and t_i that of one task.
 *   Sharing incentive: that task asks for more than is left of some resource r, and everybody holds
 *   at most s_k of r, so sum s_k + t > 1; and s_k - t_k <= min s, as k was the poorest when it got
 *   its last task. Together n min s + sum t_k + t > 1: nobody is below 1/n by more than that.
 *   Envy: before j's last task s_j <= s_i, so without it j holds at most what i holds of the
 *   resource that dominates i: it would not run one task more of i. */
Test(drf, sharing_incentive_and_envy_freeness_hold_up_to_one_task)
{
    PROP_FOR_ALL (seed, 3000) {
        struct prng r;
        prng_init(&r, seed, "drf");
        struct market m = random_market(&r, USERS_MAX, 60);
        fill(&m, ACCOUNTS_DOMINANT, NULL, true);
        int64_t poorest = INT64_MAX, tasks = 0, largest = 0;
        for (int u = 0; u < m.users; u++) {
            const int64_t s = share(&m, u, m.tasks[u]), t = share(&m, u, 1);
            poorest = s < poorest ? s : poorest;
            largest = t > largest ? t : largest;
            tasks += t;
        }
        const unsigned long of = (unsigned long)seed;
        cr_assert_gt(m.users * poorest + tasks + largest, m.total[0] * m.total[1],
                     "SIM_SEED=%lu: sharing incentive", of);
        for (int i = 0; i < m.users; i++) {
            for (int j = 0; j < m.users; j++) {
                const int64_t less = m.tasks[j] > 0 ? m.tasks[j] - 1 : 0;
                cr_assert_leq(share(&m, j, less), share(&m, i, m.tasks[i]), "SIM_SEED=%lu", of);
                cr_assert_leq(tasks_from(&m, i, j, less), m.tasks[i], "SIM_SEED=%lu: %d envies %d",
                              of, i, j);
            }
        }
    }
}

/* Is there a feasible allocation that gives users [from, n) at least their tasks and one of them
 * more? By enumeration. */
static bool improvable(const struct market *m, int from, int64_t left0, int64_t left1, bool better)
{
    if (left0 < 0 || left1 < 0) {
        return false;
    }
    if (from == m->users) {
        return better;
    }
    for (int64_t n = m->tasks[from]; n <= m->tasks[from] + 60; n++) {
        const int64_t a = left0 - n * m->demand[from][0], b = left1 - n * m->demand[from][1];
        if (a < 0 || b < 0) {
            break;
        }
        if (improvable(m, from + 1, a, b, better || n > m->tasks[from])) {
            return true;
        }
    }
    return false;
}

/* Unit tasks, users passed over once theirs do not fit: nobody can have more without somebody
 * having less. Exact, not up to a task. */
Test(drf, filling_to_the_end_is_pareto_efficient)
{
    PROP_FOR_ALL (seed, 3000) {
        struct prng r;
        prng_init(&r, seed, "pareto");
        struct market m = random_market(&r, 4, 24);
        fill(&m, ACCOUNTS_DOMINANT, NULL, false);
        cr_assert(!improvable(&m, 0, m.total[0], m.total[1], false), "SIM_SEED=%lu",
                  (unsigned long)seed);
    }
}

/* Divisible tasks: all grow at one rate until the first resource is used up, so user i ends with
 * t = 1 / max over d of sum over k of (demand_kd / total_d) / (dominant share of a task of k) as
 * its share. In parts of 1/PARTS of a task, filling ends within one part of it. */
Test(drf, ever_smaller_parts_of_tasks_approach_the_closed_form)
{
    enum { PARTS = 4096 };
    PROP_FOR_ALL (seed, 200) {
        struct prng r;
        prng_init(&r, seed, "divisible");
        struct market m = random_market(&r, 4, 24);
        double rate = 0;
        for (int d = 0; d < DIMS; d++) {
            double sum = 0;
            for (int u = 0; u < m.users; u++) {
                sum += (double)m.demand[u][d] * (double)m.total[1 - d] / (double)share(&m, u, 1);
            }
            rate = sum > rate ? sum : rate;
        }
        struct market parts = split(&m, PARTS);
        fill(&parts, ACCOUNTS_DOMINANT, NULL, true);
        for (int u = 0; u < m.users; u++) {
            const double got =
                (double)share(&m, u, parts.tasks[u]) / PARTS / (double)(m.total[0] * m.total[1]);
            cr_assert_float_eq(got, 1 / rate, 8.0 / PARTS, "SIM_SEED=%lu: user %d has %f, not %f",
                               (unsigned long)seed, u, got, 1 / rate);
        }
    }
}
