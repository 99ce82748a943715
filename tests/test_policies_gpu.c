/* test_policies_gpu.c - scores of the GPU policies against numbers worked by hand and slow
 * formulas. */
#include <math.h>

#include "sched/lib/frag.h"
#include "sched/lib/sigmoid.h"
#include "sched/lib/typical.h"
#include "tests/view.h"

extern const struct sim_policy sim_policy_gpu_packing, sim_policy_gpu_clustering, sim_policy_fgd;

/* ---- gpu-packing and gpu-clustering --------------------------------------------------------- */

struct packing_case {
    uint32_t gpus;
    int32_t left[8];
    uint16_t count, milli;
    int64_t score;
};

Test(policies_gpu, gpu_packing_scores_by_hand)
{
    static const struct packing_case rows[] = {
        {8, {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, 1, 1000, 25}, /* max(33 - 8, 8). */
        {2, {1000, 1000}, 1, 500, 31},
        {4, {500, 1000, 1000, 1000}, 1, 500, 95}, /* 100 - 50 / 10. */
        {4, {400, 1000, 1000, 1000}, 1, 500, 49}, /* One free device must be started. */
        {4, {400, 1000, 1000, 1000}, 3, 1000, 47},
        {4, {999, 300, 0, 0}, 1, 300, 97}, /* 100 - 30 / 10. */
        {4, {999, 299, 0, 0}, 1, 300, 91}, /* 99.9 % is cut to 99, 9.9 to 9. */
        {4, {600, 700, 0, 0}, 2, 600, 87}, /* 100 - (60 + 70) / 10. */
        {4, {600, 1000, 0, 0}, 2, 600, 49},
        {4, {400, 1000, 1000, 1000}, 0, 0, 0}, /* No GPU asked for. */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct packing_case *r = &rows[i];
        struct test_cell c;
        test_cell_init(&c, 1);
        test_cell_machine(&c, 0, 64000, GIB, r->gpus);
        test_cell_free(&c, 0, 64000, r->left);
        open_with(&c, &sim_policy_gpu_packing, NULL);
        const struct sim_class cls = test_class(1, 1, r->count, r->milli);
        cr_expect_eq(test_policy_score(&c, &cls, 0), r->score, "row %d: %d", (int)i,
                     (int)test_policy_score(&c, &cls, 0));
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

Test(policies_gpu, gpu_clustering_scores_by_hand)
{
    static const struct {
        uint32_t shapes;
        uint16_t count, milli;
        int64_t score;
    } rows[] = {
        {0, 1, 500, 25},       /* Nobody there. */
        {1u << 0, 1, 500, 75}, /* Only shares. */
        {1u << 0 | 1u << 2, 1, 500, 50},
        {1u << 2, 1, 500, 0}, /* Only others. */
        {1u << 2, 2, 1000, 75},
        {1u << 1, 2, 1000, 0}, /* One whole device is another tag than two. */
        {1u << 1 | 1u << 0, 1, 1000, 50},
        {1u << 0, 0, 0, -12}, /* No GPU: 0 in all, also without b. */
    };
    static const int32_t left[8] = {500, 500, 500, 500, 500, 500, 500, 499};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_cell c;
        test_cell_init(&c, 1);
        test_cell_machine(&c, 0, 64000, GIB, 8);
        test_cell_free(&c, 0, 64000, left);
        c.gpu_shapes[0] = rows[i].shapes;
        open_with(&c, &sim_policy_gpu_clustering, NULL);
        const struct sim_class cls = test_class(1, 1, rows[i].count, rows[i].milli);
        /* b = 25 * 4001 / 8000 = 12. */
        cr_expect_eq(test_policy_score(&c, &cls, 0), 12 + rows[i].score, "row %d", (int)i);
        test_policy_close(&c);
        test_cell_fini(&c);
    }
}

/* ---- fgd ------------------------------------------------------------------------------------ */

/* Away from the thresholds libm's last bit does not matter. */
Test(policies_gpu, sigmoid_is_cut_where_the_double_expression_is)
{
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        const double x = ((double)below(&seed, 16000001) - 8000000) / 1e6;
        const double percent = 100.0 / (1.0 + exp(-x));
        if (fabs(percent - round(percent)) > 1e-9) {
            cr_assert_eq(sigmoid_percent(x), (int64_t)percent, "x = %.17g", x);
        }
    }
    cr_expect_eq(sigmoid_percent(0.0), 50);
    cr_expect_eq(sigmoid_percent(-0x1p-52), 50); /* Lost in 1 + exp(-x). */
    cr_expect_eq(sigmoid_percent(-0x1p-51), 49);
    cr_expect_eq(sigmoid_percent(-30.0), 0);
    cr_expect_eq(sigmoid_percent(30.0), 99);
}

static void random_table(struct frag_table *t, uint32_t n, uint64_t *seed)
{
    frag_table_init(t, n);
    for (uint32_t i = 0; i < n; i++) {
        const int64_t kind = below(seed, 4);
        t->cpu[i] = below(seed, 32000);
        t->devices[i] = kind == 0 ? 0 : kind == 1 ? (uint32_t)(1 + below(seed, 4)) : 1;
        t->milli[i] = kind == 0 ? 0 : kind == 1 ? 1000 : (int32_t)(10 * (1 + below(seed, 99)));
        t->set[i] = (uint8_t)below(seed, 3);
        t->weight[i] = (double)(1 + below(seed, 1000)) / 4096;
    }
}

/* F the slow way: one class after the other, in the published order of additions. */
static double slow_frag(const struct frag_table *t, const struct frag_machine *m)
{
    enum { Q1, Q2, Q4, XL, XR, NO_ACCESS, CLASSES };
    double sum[CLASSES] = {0}, f = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const bool cpu = m->cpu >= t->cpu[i];
        const double all = t->weight[i] * (double)m->gpu;
        uint32_t fit = 0;
        int64_t small = 0;
        for (uint32_t d = 0; d < m->devices; d++) {
            fit += m->device_free[d] >= t->milli[i];
            small += m->device_free[d] >= t->milli[i] ? 0 : m->device_free[d];
        }
        if (t->devices[i] == 0) {
            sum[cpu ? XL : XR] += all;
        } else if ((m->access >> t->set[i] & 1) == 0) {
            sum[NO_ACCESS] += all;
        } else if (fit < t->devices[i]) {
            sum[cpu ? Q2 : Q1] += all;
        } else {
            sum[cpu ? Q2 : Q4] += cpu ? t->weight[i] * (double)small : all;
        }
    }
    for (int k = 0; k < CLASSES; k++) {
        f += sum[k];
    }
    return f;
}

/* Bit for bit, since a tie can hang on the last bit; also beyond one chunk of typical tasks. */
Test(policies_gpu, fragmentation_equals_the_slow_sum_bit_for_bit)
{
    static const uint32_t sizes[] = {0, 1, 7, 35, 64, 65, 200};
    for (uint64_t seed = 0; seed < 300; seed++) {
        uint64_t s = seed;
        struct frag_table t;
        int32_t left[SIM_DEVICES_MAX], changed[SIM_DEVICES_MAX];
        random_table(&t, sizes[seed % 7], &s);
        struct frag_machine m = {.cpu = below(&s, 32000), .device_free = left, .access = draw(&s)};
        m.devices = (uint32_t)below(&s, SIM_DEVICES_MAX + 1);
        for (uint32_t d = 0; d < m.devices; d++) {
            left[d] = below(&s, 3) == 0 ? 1000 : (int32_t)(10 * below(&s, 101));
            m.gpu += left[d];
        }
        cr_assert_eq(frag_of(&t, &m), slow_frag(&t, &m), "seed %d", (int)seed);
        const int32_t milli = (int32_t)(10 * (1 + below(&s, 99)));
        struct frag_machine after = m;
        after.gpu -= milli;
        for (uint32_t d = 0; d < m.devices; d++) {
            double f;
            if (left[d] >= milli) {
                memcpy(changed, left, sizeof left);
                changed[d] -= milli;
                after.device_free = left;
                frag_of_shares(&t, &after, milli, &left[d], 1, &f);
                after.device_free = changed;
                cr_assert_eq(f, slow_frag(&t, &after), "seed %d, device %u", (int)seed, d);
            }
        }
        frag_table_fini(&t);
    }
}

static struct sim_text two_texts(const void *cell, uint32_t constraints)
{
    (void)cell;
    static const char *const text[] = {"", "gpu in {T4}", "gpu in {P100}"};
    return (struct sim_text){text[constraints], (uint32_t)strlen(text[constraints])};
}

/* Memory does not tell typical tasks apart; equal counts are ordered by cpu, then by constraint
 * text. */
Test(policies_gpu, typical_tasks_merge_memory_and_are_ordered)
{
    static const struct sim_shape history[] = {
        {.request = {{4000, 1 * GIB, 500}}, .gpu_count = 1, .gpu_milli = 500, .count = 30},
        {.request = {{9000, 1 * GIB, 0}}, .count = 20},
        {.request = {{8000, 1 * GIB, 1000}},
         .gpu_count = 1,
         .gpu_milli = 1000,
         .constraints = 2,
         .count = 10},
        {.request = {{8000, 1 * GIB, 1000}},
         .gpu_count = 1,
         .gpu_milli = 1000,
         .constraints = 1,
         .count = 10},
        {.request = {{8000, 1 * GIB, 1000}}, .gpu_count = 1, .gpu_milli = 1000, .count = 10},
        {.request = {{4000, 2 * GIB, 500}}, .gpu_count = 1, .gpu_milli = 500, .count = 15},
        {.request = {{100, 1 * GIB, 0}}, .count = 5}};
    const struct sim_policy_args args = {
        .history = history, .history_count = 7, .constraint_text = two_texts};
    struct typical t = {0};
    struct sim_diag diag = {0};
    cr_assert(typical_init(&t, &args, 950000, &diag));
    static const int64_t cpu[] = {4000, 9000, 8000, 8000, 8000};
    static const uint32_t constraints[] = {0, 0, 1, 2,
                                           0}; /* "gpu in {T4}" > "gpu in {P100}" > "". */
    cr_assert_eq(t.table.count, 5);            /* 95 of 100 tasks. */
    for (int i = 0; i < 5; i++) {
        cr_expect_eq(t.table.cpu[i], cpu[i], "row %d", i);
        cr_expect_eq(t.constraints[t.table.set[i]], constraints[i], "row %d", i);
    }
    cr_expect_eq(t.table.weight[0], (45.0 / 100.0) / (95.0 / 100.0));
    typical_fini(&t);
}

Test(policies_gpu, too_many_constraint_sets_are_refused_with_a_hint)
{
    struct sim_shape history[FRAG_SETS_MAX + 1];
    for (uint32_t i = 0; i <= FRAG_SETS_MAX; i++) {
        history[i] = (struct sim_shape){.constraints = i, .count = 1};
    }
    const struct sim_policy_args args = {
        .history = history, .history_count = FRAG_SETS_MAX + 1, .constraint_text = test_no_text};
    struct typical t = {0};
    struct sim_diag diag = {0};
    cr_expect_not(typical_init(&t, &args, 1000000, &diag));
    cr_expect_eq(diag.err, SIM_ERR_LIMIT);
    cr_expect_not_null(strstr(diag.hint, "policy.coverage"));
    typical_fini(&t);
}

/* All the workload is shares of 500: to break a free device strands nothing, to cut the device that
 * has 600 left leaves 100 that no task can use, and to fill the one with 500 is best. */
Test(policies_gpu, fgd_takes_the_device_that_strands_least)
{
    static const struct sim_shape history[] = {
        {.request = {{100, 0, 500}}, .gpu_count = 1, .gpu_milli = 500, .count = 1}};
    static const int32_t left[] = {600, 500, 1000, 500};
    struct test_cell c;
    struct sim_diag diag = {0};
    test_cell_init(&c, 1);
    test_cell_machine(&c, 0, 64000, GIB, 4);
    test_cell_free(&c, 0, 64000, left);
    cr_assert(test_policy_open(&c, &sim_policy_fgd, NULL,
                               (struct sim_policy_args){.history = history, .history_count = 1},
                               &diag));
    test_policy_begin(&c);
    const struct sim_class cls = test_class(100, 0, 1, 500);
    /* F is 0 before and after a 500; equal scores go to the lower index, here the free device too.
     */
    cr_expect_eq(test_policy_score(&c, &cls, 0), 50);
    cr_expect_eq(c.policy->devices(c.state, &c.view, &cls, 0), 1u << 1);
    const struct sim_class whole = test_class(100, 0, 1, 1000);
    cr_expect_eq(c.policy->devices(c.state, &c.view, &whole, 0), 1u << 2);
    /* 100 milli: the device with 600 keeps a usable 500 and loses nothing of use. */
    const struct sim_class small = test_class(100, 0, 1, 100);
    cr_expect_eq(c.policy->devices(c.state, &c.view, &small, 0), 1u << 0);
    test_policy_close(&c);
    test_cell_fini(&c);
}
