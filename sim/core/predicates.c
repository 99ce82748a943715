/* predicates.c - see predicates.h. */
#include "core/predicates.h"

#include "base/check.h"

enum { DEVICE_SHARES = 2 };

static const uint32_t fit_bit[SIM_DIMS] = {
    SIM_FAIL_FIT_CPU,      SIM_FAIL_FIT_MEMORY,   SIM_FAIL_FIT_GPU,      SIM_FAIL_FIT_DISK,
    SIM_FAIL_FIT_EXTENDED, SIM_FAIL_FIT_EXTENDED, SIM_FAIL_FIT_EXTENDED, SIM_FAIL_FIT_EXTENDED};
enum { SIZE_SHIFT = PREDICATES_SIZE_SHIFT };
#define SIZE_BITS                                                                                  \
    ((uint32_t)(SIM_FAIL_SIZE_CPU | SIM_FAIL_SIZE_MEMORY | SIM_FAIL_SIZE_GPU |                     \
                SIM_FAIL_SIZE_DISK | SIM_FAIL_SIZE_EXTENDED))
_Static_assert((uint32_t)SIM_FAIL_SIZE_CPU << SIZE_SHIFT == (uint32_t)SIM_FAIL_FIT_CPU, "shift");
_Static_assert((uint32_t)SIM_FAIL_SIZE_EXTENDED << SIZE_SHIFT == (uint32_t)SIM_FAIL_FIT_EXTENDED,
               "shift");

static bool several_shares(const struct sim_class *cls)
{
    return cls->gpu_count >= DEVICE_SHARES && cls->gpu_milli < SIM_DEVICE_MILLI;
}

/* What the free columns must hold. Several shares of less than a device each are no column test. */
static uint32_t fit_tests(const struct sim_view *v, const struct sim_class *cls,
                          struct predicates_test *out)
{
    uint32_t n = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        if (d != SIM_GPU && cls->request.v[d] > 0) {
            out[n++] = (struct predicates_test){v->free[d], cls->request.v[d], fit_bit[d]};
        }
    }
    if (cls->gpu_count > 0 && !several_shares(cls)) {
        const bool whole = cls->gpu_milli == SIM_DEVICE_MILLI;
        out[n++] =
            (struct predicates_test){whole ? v->gpu_whole : v->gpu_most,
                                     whole ? cls->gpu_count : cls->gpu_milli, SIM_FAIL_FIT_GPU};
    }
    CHECK(n <= PREDICATES_TESTS_MAX);
    return n;
}

static uint32_t devices_fitting(const struct sim_view *v, const struct sim_class *cls,
                                sim_machine m)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->gpu_count[m]; i++) {
        n += v->device_free[(size_t)m * SIM_DEVICES_MAX + i] >= cls->gpu_milli;
    }
    return n;
}

static SIM_VECTOR void mask_begin(uint32_t *mask, const uint32_t *status, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        mask[i] = status[i];
    }
}

static SIM_VECTOR void mask_column(uint32_t *mask, const uint8_t *column, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        mask[i] |= column[i];
    }
}

static SIM_VECTOR void mask_below(uint32_t *mask, const int64_t *column, int64_t need, uint32_t bit,
                                  uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        mask[i] |= column[i] < need ? bit : 0u;
    }
}

/* The commonest pair of predicates in one sweep. */
static SIM_VECTOR void mask_below_two(uint32_t *mask, const uint32_t *status,
                                      const struct predicates_test *a,
                                      const struct predicates_test *b, uint32_t begin, uint32_t n)
{
    const int64_t *x = a->column + begin, *y = b->column + begin;
    const int64_t need_x = a->need, need_y = b->need;
    const uint32_t bit_x = a->bit, bit_y = b->bit;
    for (uint32_t i = 0; i < n; i++) {
        mask[i] = status[i] | (x[i] < need_x ? bit_x : 0u) | (y[i] < need_y ? bit_y : 0u);
    }
}

/* A machine that is too small misses by SIZE, one that is down has no free room to speak of. */
static SIM_VECTOR void mask_tidy(uint32_t *mask, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t m = mask[i] & ~((mask[i] & SIZE_BITS) << SIZE_SHIFT);
        mask[i] = (m & (uint32_t)SIM_FAIL_DOWN) != 0 ? m & SIM_FAIL_STATIC : m;
    }
}

static void mask_shares(uint32_t *mask, const struct sim_view *v, const struct sim_class *cls,
                        uint32_t begin, uint32_t end)
{
    for (uint32_t m = begin; m < end; m++) {
        mask[m - begin] |=
            devices_fitting(v, cls, m) < cls->gpu_count ? (uint32_t)SIM_FAIL_FIT_GPU : 0u;
    }
}

void predicates_plan(const struct predicates *p, const struct sim_class *cls,
                     struct predicates_plan *plan)
{
    plan->cls = cls;
    plan->count = fit_tests(p->view, cls, plan->tests);
    plan->constraints = constraints_column(cell_constraints(p->cell), cls->constraints);
}

void predicates_fit(const struct predicates *p, const struct predicates_plan *plan, uint32_t begin,
                    uint32_t end, uint32_t *mask)
{
    const struct sim_view *v = p->view;
    const struct predicates_test *tests = plan->tests;
    const uint32_t n = end - begin;
    uint32_t next = 0;
    if (plan->count >= 2) {
        mask_below_two(mask, v->status + begin, &tests[0], &tests[1], begin, n);
        next = 2;
    } else {
        mask_begin(mask, v->status + begin, n);
    }
    for (; next < plan->count; next++) {
        mask_below(mask, tests[next].column + begin, tests[next].need, tests[next].bit, n);
    }
    if (plan->constraints != NULL) {
        mask_column(mask, plan->constraints + begin, n);
    }
    if (several_shares(plan->cls)) {
        mask_shares(mask, v, plan->cls, begin, end);
    }
    if (p->policy->filter != NULL) {
        p->policy->filter(p->state, v, plan->cls, begin, end, mask);
    }
}

bool predicates_spread_limit(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    return cls->spread_group != SIM_NONE &&
           cell_spread(p->cell, cls->spread_group, m) >= cls->max_per_machine;
}

/* The few machines where the job stands at its limit, on top of the column predicates. */
void predicates_spread(const struct predicates *p, const struct sim_class *cls, uint32_t *mask)
{
    if (cls->spread_group == SIM_NONE) {
        return;
    }
    uint32_t n;
    const sim_machine *list = cell_spread_machines(p->cell, cls->spread_group, &n);
    for (uint32_t i = 0; i < n; i++) {
        mask[list[i]] |= predicates_spread_limit(p, cls, list[i]) ? (uint32_t)SIM_FAIL_SPREAD : 0u;
    }
}

static void mask_size(const struct predicates *p, const struct sim_class *cls, uint32_t begin,
                      uint32_t end, uint32_t *mask)
{
    const struct sim_view *v = p->view;
    for (int d = 0; d < SIM_DIMS; d++) {
        if (cls->request.v[d] > 0 && d != SIM_GPU) {
            mask_below(mask, v->capacity[d] + begin, cls->request.v[d], fit_bit[d] >> SIZE_SHIFT,
                       end - begin);
        }
    }
    for (uint32_t m = begin; cls->gpu_count > 0 && m < end; m++) {
        mask[m - begin] |= v->gpu_count[m] < cls->gpu_count ? (uint32_t)SIM_FAIL_SIZE_GPU : 0u;
    }
    mask_tidy(mask, end - begin);
}

uint32_t predicates_fit_bit(uint32_t dim)
{
    return fit_bit[dim];
}

void predicates_all(const struct predicates *p, const struct sim_class *cls, uint32_t *mask)
{
    struct predicates_plan plan;
    predicates_plan(p, cls, &plan);
    predicates_fit(p, &plan, 0, p->view->n, mask);
    predicates_spread(p, cls, mask);
    mask_size(p, cls, 0, p->view->n, mask);
}

/* The same predicates, one machine at a time: no blocks, no dispatch. */
uint32_t predicates_one(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    const struct sim_view *v = p->view;
    const uint8_t *column = constraints_column(cell_constraints(p->cell), cls->constraints);
    uint32_t mask = v->status[m] | (column != NULL ? column[m] : 0u);
    for (int d = 0; d < SIM_DIMS; d++) {
        if (cls->request.v[d] > 0 && d != SIM_GPU) {
            mask |= v->free[d][m] < cls->request.v[d] ? fit_bit[d] : 0u;
        }
    }
    if (cls->gpu_count > 0 && devices_fitting(v, cls, m) < cls->gpu_count) {
        mask |= (uint32_t)SIM_FAIL_FIT_GPU;
    }
    if (p->policy->filter != NULL) {
        p->policy->filter(p->state, v, cls, m, m + 1, &mask);
    }
    return mask | (predicates_spread_limit(p, cls, m) ? (uint32_t)SIM_FAIL_SPREAD : 0u);
}

uint32_t predicates_complete(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    uint32_t mask = predicates_one(p, cls, m);
    mask_size(p, cls, m, m + 1, &mask);
    return mask;
}

static SIM_VECTOR uint32_t count_zero(const uint32_t *mask, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count += mask[i] == 0;
    }
    return count;
}

uint32_t predicates_passed(const uint32_t *mask, uint32_t n)
{
    return count_zero(mask, n); /* clang exports no symbol for a function with clones. */
}

static int64_t gpu_deficit(const struct sim_view *v, const struct sim_class *cls, sim_machine m,
                           uint32_t mask)
{
    if ((mask & (uint32_t)SIM_FAIL_SIZE_GPU) != 0) {
        return ((int64_t)cls->gpu_count - v->gpu_count[m]) * SIM_DEVICE_MILLI;
    }
    if (cls->gpu_milli == SIM_DEVICE_MILLI) {
        return (cls->gpu_count - v->gpu_whole[m]) * SIM_DEVICE_MILLI;
    }
    return several_shares(cls)
               ? ((int64_t)cls->gpu_count - devices_fitting(v, cls, m)) * SIM_DEVICE_MILLI
               : cls->gpu_milli - v->gpu_most[m];
}

void predicates_deficit(const struct sim_view *v, const struct sim_class *cls, sim_machine m,
                        uint32_t mask, struct sim_resources *out)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        out->v[d] = 0;
        if ((mask & (fit_bit[d] | fit_bit[d] >> SIZE_SHIFT)) == 0) {
            continue;
        }
        if (d == SIM_GPU) {
            out->v[d] = gpu_deficit(v, cls, m, mask);
        } else {
            const int64_t have = (mask & fit_bit[d]) != 0 ? v->free[d][m] : v->capacity[d][m];
            out->v[d] = cls->request.v[d] > have ? cls->request.v[d] - have : 0;
        }
    }
}
