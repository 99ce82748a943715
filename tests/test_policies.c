/* test_policies.c - scores against numbers worked by hand and against slow, obvious formulas. */
#include <math.h>

#include "tests/view.h"

extern const struct sim_policy sim_policy_best_fit, sim_policy_worst_fit, sim_policy_dot_product,
    sim_policy_e_pvm, sim_policy_borg_hybrid, sim_policy_gpu_packing, sim_policy_gpu_clustering,
    sim_policy_fgd;

enum { SEEDS = 40 };

/* ---- best-fit, worst-fit, dot-product ------------------------------------------------------- */

static const char *const published[] = {"policy.dims=cpu,gpu", "policy.resolution=100", NULL};

/* Two machines of the largest sizes of the GPU trace; the second has 64 cores and two shares free.
 */
static void two_machines(struct test_cell *c)
{
    static const int32_t left[8] = {1500 - 1000, 0, 0, 1000, 0, 0, 0, 500};
    test_cell_init(c, 2);
    test_cell_machine(c, 0, 128000, 768 * GIB, 8);
    test_cell_machine(c, 1, 128000, 768 * GIB, 8);
    test_cell_free(c, 1, 64000, left);
}

Test(policies, best_fit_is_one_minus_the_mean_leftover)
{
    struct test_cell c;
    two_machines(&c);
    open_with(&c, &sim_policy_best_fit, published);
    const struct sim_class cls = test_class(4000, 0, 1, 500);
    /* 60000/128000/2 + 1500/8000/2 = 0.328125. */
    cr_expect_eq(test_policy_score(&c, &cls, 1), 67);
    /* 124000/128000/2 + 7500/8000/2 = 0.953125. */
    cr_expect_eq(test_policy_score(&c, &cls, 0), 4);
    /* Exactly 50, which a sum in long double can cut to 49: (64000 + 64000)/2 of 128000. */
    const struct sim_class half = test_class(64000, 0, 4, 1000);
    cr_expect_eq(test_policy_score(&c, &half, 0), 50);
    test_policy_close(&c);
    test_cell_fini(&c);
}

/* At full resolution the unit is lcm(128000, 8000), so nothing is lost: order = exact order. */
Test(policies, best_fit_and_worst_fit_are_exact_and_opposite)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        static const char *const dims[] = {"policy.dims=cpu,gpu", NULL};
        uint64_t s = seed;
        struct test_cell c;
        int64_t best[32], worst[32];
        random_cell(&c, 32, &s);
        const struct sim_class cls = random_class(&s);
        open_with(&c, &sim_policy_best_fit, dims);
        test_policy_scores(&c, c.policy, &cls, 0, 32, best);
        test_policy_close(&c);
        open_with(&c, &sim_policy_worst_fit, dims);
        test_policy_scores(&c, c.policy, &cls, 0, 32, worst);
        test_policy_close(&c);
        const int64_t lc = c.view.largest.v[SIM_CPU], lg = c.view.largest.v[SIM_GPU];
        for (int a = 0; a < 32; a++) {
            const int64_t left = (c.room[SIM_CPU][a] - cls.request.v[SIM_CPU]) * lg +
                                 (c.room[SIM_GPU][a] - cls.request.v[SIM_GPU]) * lc;
            const int64_t first = (c.room[SIM_CPU][0] - cls.request.v[SIM_CPU]) * lg +
                                  (c.room[SIM_GPU][0] - cls.request.v[SIM_GPU]) * lc;
            cr_expect_eq(best[a] > best[0], left < first, "seed %d, machine %d", (int)seed, a);
            cr_expect_eq(worst[a] > worst[0], left > first, "seed %d, machine %d", (int)seed, a);
        }
        test_cell_fini(&c);
    }
}

/* Bytes and milli-cores have no small common multiple: the scale is cut, the error stays tiny. */
Test(policies, best_fit_over_all_dimensions_is_within_a_billionth)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t s = seed;
        struct test_cell c;
        random_cell(&c, 32, &s);
        c.view.largest.v[SIM_MEMORY] += 12345677; /* A capacity without round factors. */
        const struct sim_class cls = random_class(&s);
        open_with(&c, &sim_policy_best_fit, NULL);
        const struct sim_class nothing = test_class(0, 0, 0, 0);
        const double whole = (double)(INT64_C(1) << 40);
        for (uint32_t m = 0; m < 32; m++) {
            double left = 0;
            for (int d = SIM_CPU; d <= SIM_GPU; d++) {
                left += (double)(c.room[d][m] - cls.request.v[d]) / (double)c.view.largest.v[d] / 3;
            }
            const double got = (double)test_policy_score(&c, &cls, m) / whole;
            cr_expect_lt(fabs(got - (1 - left)), 1e-9, "seed %d: %.12f", (int)seed, got);
            cr_expect_leq(test_policy_score(&c, &nothing, m), INT64_C(1) << 40);
        }
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

/* A dimension that no machine has must not dilute the others. */
Test(policies, worst_fit_ignores_what_no_machine_has)
{
    static const char *const all[] = {"policy.dims=cpu,memory,disk", "policy.resolution=100", NULL};
    struct test_cell c;
    test_cell_init(&c, 1);
    test_cell_machine(&c, 0, 1000, 1000, 0);
    open_with(&c, &sim_policy_worst_fit, all);
    const struct sim_class cls = test_class(500, 250, 0, 0);
    cr_expect_eq(test_policy_score(&c, &cls, 0), 62); /* (0.5 + 0.75) / 2 = 0.625. */
    test_policy_close(&c);
    test_cell_fini(&c);
}

Test(policies, dot_product_is_the_published_integer)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t s = seed;
        struct test_cell c;
        two_machines(&c);
        open_with(&c, &sim_policy_dot_product, published);
        const int64_t d = INT64_C(128000) * 128000;
        struct sim_class cls = random_class(&s);
        for (uint32_t m = 0; m < 2; m++) {
            const int64_t products = c.room[SIM_CPU][m] * cls.request.v[SIM_CPU] +
                                     256 * c.room[SIM_GPU][m] * cls.request.v[SIM_GPU];
            cr_expect_eq(test_policy_score(&c, &cls, m), (100 * d - 50 * products) / d, "seed %d",
                         (int)seed);
        }
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

/* FGD's sign: the machine with less of what is asked for wins; Tetris would take the other. */
Test(policies, dot_product_prefers_the_smaller_product)
{
    struct test_cell c;
    two_machines(&c);
    open_with(&c, &sim_policy_dot_product, NULL);
    const struct sim_class cls = test_class(4000, GIB, 1, 500);
    cr_expect_gt(test_policy_score(&c, &cls, 1), test_policy_score(&c, &cls, 0));
    test_policy_close(&c);
    test_cell_fini(&c);
}

Test(policies, dims_are_checked_by_name)
{
    static const struct {
        const char *setting, *found;
    } bad[] = {{"policy.dims=cpu,ram", "unknown dimension \"ram\""},
               {"policy.dims=cpu,cpu", "repeated dimension \"cpu\""},
               {"policy.dims=", "unknown dimension \"\""},
               {"policy.dims=cpu,", "unknown dimension \"\""}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *const settings[] = {bad[i].setting, NULL};
        struct sim_diag diag = {0};
        struct test_cell c;
        two_machines(&c);
        cr_expect_not(test_policy_open(&c, &sim_policy_best_fit, settings,
                                       (struct sim_policy_args){0}, &diag));
        cr_expect_eq(diag.err, SIM_ERR_CONFIG);
        cr_expect_not_null(strstr(diag.text, bad[i].found), "%s: %s", bad[i].setting, diag.text);
        cr_expect_neq(diag.hint[0], '\0');
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

/* ---- e-pvm ---------------------------------------------------------------------------------- */

/* Sum over the dimensions of base^(u + x) - base^u, in long double. */
static long double pvm_cost(const struct test_cell *c, const struct sim_class *cls, uint32_t m,
                            long double base)
{
    long double cost = 0;
    for (int d = SIM_CPU; d <= SIM_GPU; d++) {
        const long double capacity = (long double)c->capacity[d][m];
        if (capacity > 0) {
            const long double used = (capacity - (long double)c->room[d][m]) / capacity;
            cost += powl(base, used + (long double)cls->request.v[d] / capacity) - powl(base, used);
        }
    }
    return cost;
}

Test(policies, e_pvm_is_the_marginal_exponential_cost)
{
    static const struct {
        const char *setting;
        long double base;
        int bits; /* Of a power; the score is in units of 2^(-2 bits). */
    } bases[] = {{"policy.base=2", 2, 29},
                 {"policy.base=1.5", 1.5, 29},
                 {"policy.base=1000", 1000, 25},
                 {"policy.base=1000000", 1000000, 20}};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        const char *const settings[] = {bases[b].setting, NULL};
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            uint64_t s = seed;
            struct test_cell c;
            random_cell(&c, 32, &s);
            const struct sim_class cls = random_class(&s);
            open_with(&c, &sim_policy_e_pvm, settings);
            for (uint32_t m = 0; m < 32; m++) {
                if (test_cell_fits(&c, &cls, m)) {
                    const long double want = pvm_cost(&c, &cls, m, bases[b].base);
                    const long double got =
                        -(long double)test_policy_score(&c, &cls, m) / powl(2, 2 * bases[b].bits);
                    /* Interpolation is off by less than 2e-6 of a power; a power has 2^-bits. */
                    const long double tolerance =
                        3 * bases[b].base * (2e-6L + powl(2, -bases[b].bits + 2));
                    cr_expect_lt(fabsl(got - want), tolerance,
                                 "%s, seed %d, machine %u: %Lg, not %Lg", bases[b].setting,
                                 (int)seed, m, got, want);
                }
            }
            test_policy_close(&c);
            test_cell_fini(&c);
        }
    }
}

/* 2^0.5 - 1 on an empty machine, 2 - 2^0.5 on one half full: the price of load is what spreads. */
Test(policies, e_pvm_prices_a_half_full_machine_higher)
{
    struct test_cell c;
    test_cell_init(&c, 2);
    test_cell_machine(&c, 0, 1 << 20, 0, 0);
    test_cell_machine(&c, 1, 1 << 20, 0, 0);
    test_cell_free(&c, 1, 1 << 19, NULL);
    open_with(&c, &sim_policy_e_pvm, NULL);
    const struct sim_class cls = test_class(1 << 19, 0, 0, 0);
    const double unit = (double)(INT64_C(1) << 58);
    cr_expect_lt(fabs((double)test_policy_score(&c, &cls, 0) / unit + 0.41421356237), 1e-8);
    cr_expect_lt(fabs((double)test_policy_score(&c, &cls, 1) / unit + 0.58578643763), 1e-8);
    test_policy_close(&c);
    test_cell_fini(&c);
}

/* ---- borg-hybrid ---------------------------------------------------------------------------- */

Test(policies, borg_hybrid_is_gap_plus_half_the_smaller_leftover)
{
    static const struct {
        int64_t cpu_free, memory_free; /* Of 8192 and 16 GiB; the task takes 2048 and 4 GiB. */
        double cost;                   /* |fc - fm| + min / 2. */
    } row[] = {
        {8192, 16, 0.375}, /* 3/4 and 3/4. */
        {6144, 8, 0.375},  /* 1/2 and 1/4: 1/4 + 1/8. */
        {4096, 8, 0.125},  /* 1/4 and 1/4. */
        {2048, 16, 0.75},  /* 0 and 3/4: all cpu gone, the memory is stranded. */
        {2048, 4, 0.0},    /* Nothing left. */
        {8192, 4, 0.75},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct test_cell c;
        test_cell_init(&c, 2);
        test_cell_machine(&c, 0, 8192, 16 * GIB, 0);
        test_cell_machine(&c, 1, 32768, 64 * GIB, 0); /* The fractions are of the machine itself. */
        test_cell_free(&c, 0, row[i].cpu_free, NULL);
        c.room[SIM_MEMORY][0] = row[i].memory_free * GIB;
        open_with(&c, &sim_policy_borg_hybrid, NULL);
        const struct sim_class cls = test_class(2048, 4 * GIB, 0, 0);
        cr_expect_eq(test_policy_score(&c, &cls, 0), -(int64_t)(2 * row[i].cost * 2147483648.0),
                     "row %d", (int)i);
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

Test(policies, borg_hybrid_is_within_rounding_of_the_formula)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t s = seed;
        struct test_cell c;
        random_cell(&c, 32, &s);
        const struct sim_class cls = random_class(&s);
        open_with(&c, &sim_policy_borg_hybrid, NULL);
        for (uint32_t m = 0; m < 32; m++) {
            if (!test_cell_fits(&c, &cls, m)) {
                continue;
            }
            double f[2];
            for (int d = 0; d < 2; d++) {
                f[d] = (double)(c.room[d][m] - cls.request.v[d]) / (double)c.capacity[d][m];
            }
            const double cost = fabs(f[0] - f[1]) + 0.5 * fmin(f[0], f[1]);
            const double got = -(double)test_policy_score(&c, &cls, m) / 2 / 2147483648.0;
            cr_expect_lt(fabs(got - cost), 1e-7, "seed %d, machine %u: %.9f, not %.9f", (int)seed,
                         m, got, cost);
        }
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

/* A log of processors alone: nothing can be stranded, the fullest machine wins. */
Test(policies, borg_hybrid_with_one_dimension_packs)
{
    struct test_cell c;
    test_cell_init(&c, 2);
    test_cell_machine(&c, 0, 4000, 0, 0);
    test_cell_machine(&c, 1, 4000, 0, 0);
    test_cell_free(&c, 1, 2000, NULL);
    open_with(&c, &sim_policy_borg_hybrid, NULL);
    const struct sim_class cls = test_class(1000, 0, 0, 0);
    cr_expect_gt(test_policy_score(&c, &cls, 1), test_policy_score(&c, &cls, 0));
    test_policy_close(&c);
    test_cell_fini(&c);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct sim_policy *const scored[] = {
    &sim_policy_best_fit,    &sim_policy_worst_fit,   &sim_policy_dot_product,    &sim_policy_e_pvm,
    &sim_policy_borg_hybrid, &sim_policy_gpu_packing, &sim_policy_gpu_clustering, &sim_policy_fgd};

/* The engine asks for blocks or for single machines as it likes; both must say the same. */
Test(policies, a_block_scores_as_its_machines_one_by_one)
{
    for (size_t p = 0; p < sizeof scored / sizeof *scored; p++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            uint64_t s = seed;
            struct sim_shape history[12];
            struct sim_diag diag = {0};
            struct test_cell c;
            int64_t out[37];
            random_cell(&c, 37, &s);
            for (int i = 0; i < 12; i++) {
                const struct sim_class h = random_class(&s);
                history[i] = (struct sim_shape){h.request, h.gpu_count, h.gpu_milli, 0, 1};
            }
            cr_assert(test_policy_open(
                &c, scored[p], NULL,
                (struct sim_policy_args){.history = history, .history_count = 12}, &diag));
            test_policy_begin(&c);
            for (int k = 0; k < 5; k++) {
                const struct sim_class cls = random_class(&s);
                test_policy_scores(&c, scored[p], &cls, 0, 37, out);
                for (uint32_t m = 0; m < 37; m++) {
                    cr_assert_eq(out[m], test_policy_score(&c, &cls, m), "%s, seed %d, machine %u",
                                 scored[p]->name, (int)seed, m);
                }
            }
            test_policy_close(&c);
            test_cell_fini(&c);
        }
    }
}

/* Scores are also asked for where the task cannot run, and of machines that came or grew after the
 * scale was fixed. The values do not matter; undefined behaviour would. */
Test(policies, extreme_requests_and_machines_are_harmless)
{
    static const int64_t extreme[] = {0, 1, 127999, INT64_C(1) << 40, INT64_MAX / 4};
    static const char *const cut[] = {"policy.resolution=1000", NULL};
    for (size_t p = 0; p < sizeof scored / sizeof *scored; p++) {
        struct test_cell c;
        struct sim_diag diag = {0};
        const bool scaled = p < 3;
        test_cell_init(&c, 6);
        test_cell_machine(&c, 0, 128000, GIB, 8);
        cr_assert(test_policy_open(&c, scored[p], scaled ? cut : NULL, (struct sim_policy_args){0},
                                   &diag));
        test_policy_begin(&c);
        const struct sim_resources fixed = c.view.largest;
        for (uint32_t m = 1; m < 6; m++) {
            test_cell_machine(&c, m, extreme[m - 1], extreme[5 - m], m == 3 ? SIM_DEVICES_MAX : 0);
        }
        c.view.largest = fixed;
        test_policy_derive(&c, 0, 6);
        for (int i = 0; i < 5; i++) {
            const struct sim_class cls = test_class(extreme[i], extreme[4 - i], 8, 1000);
            int64_t out[6];
            test_policy_scores(&c, scored[p], &cls, 0, 6, out);
        }
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}
