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

static SIM_VECTOR void mask_fewer(uint32_t *mask, const uint32_t *column, uint32_t need,
                                  uint32_t bit, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        mask[i] |= column[i] < need ? bit : 0u;
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
    plan->only_two = plan->count == 2 && plan->constraints == NULL && !several_shares(cls) &&
                     p->policy->filter == NULL && cls->spread_group == SIM_NONE;
}

static void mask_fit(const struct predicates *p, const struct predicates_plan *plan, uint32_t begin,
                     uint32_t end, uint32_t *mask)
{
    const uint32_t n = end - begin;
    mask_begin(mask, p->view->status + begin, n);
    for (uint32_t k = 0; k < plan->count; k++) {
        const struct predicates_test *t = &plan->tests[k];
        mask_below(mask, t->column + begin, t->need, t->bit, n);
    }
    if (plan->constraints != NULL) {
        mask_column(mask, plan->constraints + begin, n);
    }
    if (several_shares(plan->cls)) {
        mask_shares(mask, p->view, plan->cls, begin, end);
    }
    if (p->policy->filter != NULL) {
        p->policy->filter(p->state, p->view, plan->cls, begin, end, mask);
    }
}

/* ---- one sign bit per machine ---------------------------------------------------------------- */

/* The commonest pair of tests and the status in one sweep. */
static SIM_VECTOR void lack_two(int64_t *restrict lack, const uint32_t *restrict status,
                                const int64_t *restrict x, int64_t need_x,
                                const int64_t *restrict y, int64_t need_y, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        lack[i] = (x[i] - need_x) | (y[i] - need_y) | -(int64_t)status[i];
    }
}
static SIM_VECTOR void lack_status(int64_t *restrict lack, const uint32_t *restrict status,
                                   uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        lack[i] = -(int64_t)status[i];
    }
}
static SIM_VECTOR void lack_one(int64_t *restrict lack, const int64_t *restrict x, int64_t need,
                                uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        lack[i] |= x[i] - need;
    }
}
static SIM_VECTOR void lack_column(int64_t *restrict lack, const uint8_t *restrict bits, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        lack[i] |= -(int64_t)bits[i];
    }
}
static SIM_VECTOR int64_t count_fitting(const int64_t *lack, uint32_t n)
{
    int64_t count = n;
    for (uint32_t i = 0; i < n; i++) {
        count += lack[i] >> 63;
    }
    return count;
}

/* Predicates that are no column tests: rare, and by way of the mask. */
static void lack_special(const struct predicates *p, const struct predicates_plan *plan,
                         uint32_t begin, uint32_t end, int64_t *lack)
{
    for (uint32_t m = begin; m < end; m++) {
        uint32_t mask = 0;
        if (several_shares(plan->cls)) {
            mask_shares(&mask, p->view, plan->cls, m, m + 1);
        }
        if (p->policy->filter != NULL) {
            p->policy->filter(p->state, p->view, plan->cls, m, m + 1, &mask);
        }
        lack[m - begin] |= -(int64_t)mask;
    }
}

/* The few machines where the job of the class stands at its limit come as a list, not as a column.
 */
static void lack_spread(const struct predicates *p, const struct sim_class *cls, uint32_t begin,
                        uint32_t end, int64_t *lack)
{
    uint32_t n;
    const sim_machine *list = cell_spread_machines(p->cell, cls->spread_group, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (list[i] >= begin && list[i] < end && predicates_spread_limit(p, cls, list[i])) {
            lack[list[i] - begin] = -1;
        }
    }
}

void predicates_lack(const struct predicates *p, const struct predicates_plan *plan, uint32_t begin,
                     uint32_t end, int64_t *lack)
{
    const uint32_t *status = p->view->status + begin;
    const struct predicates_test *t = plan->tests;
    const uint32_t n = end - begin;
    uint32_t next = 0;
    if (plan->count >= 2) {
        lack_two(lack, status, t[0].column + begin, t[0].need, t[1].column + begin, t[1].need, n);
        next = 2;
    } else {
        lack_status(lack, status, n);
    }
    for (; next < plan->count; next++) {
        lack_one(lack, t[next].column + begin, t[next].need, n);
    }
    if (plan->constraints != NULL) {
        lack_column(lack, plan->constraints + begin, n);
    }
    if (several_shares(plan->cls) || p->policy->filter != NULL) {
        lack_special(p, plan, begin, end, lack);
    }
    if (plan->cls->spread_group != SIM_NONE) {
        lack_spread(p, plan->cls, begin, end, lack);
    }
}

uint32_t predicates_passed(const int64_t *lack, uint32_t n)
{
    return (uint32_t)count_fitting(lack,
                                   n); /* clang exports no symbol for a function with clones. */
}

bool predicates_spread_limit(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    return cls->spread_group != SIM_NONE &&
           cell_spread(p->cell, cls->spread_group, m) >= cls->max_per_machine;
}

/* The few machines where the job stands at its limit, on top of the column predicates. */
static void mask_spread(const struct predicates *p, const struct sim_class *cls, uint32_t *mask)
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
    if (cls->gpu_count > 0) {
        mask_fewer(mask, v->gpu_count + begin, cls->gpu_count, SIM_FAIL_SIZE_GPU, end - begin);
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
    mask_fit(p, &plan, 0, p->view->n, mask);
    mask_spread(p, cls, mask);
    mask_size(p, cls, 0, p->view->n, mask);
}

/* FIT or SIZE, the latter alone if both. */
static uint32_t lacking_room(const struct sim_view *v, const struct sim_class *cls, sim_machine m)
{
    uint32_t mask = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t need = d != SIM_GPU ? cls->request.v[d] : 0;
        if (need > 0 && v->free[d][m] < need) {
            mask |= v->capacity[d][m] < need ? fit_bit[d] >> SIZE_SHIFT : fit_bit[d];
        }
    }
    if (cls->gpu_count > 0 && devices_fitting(v, cls, m) < cls->gpu_count) {
        mask |= v->gpu_count[m] < cls->gpu_count ? (uint32_t)SIM_FAIL_SIZE_GPU
                                                 : (uint32_t)SIM_FAIL_FIT_GPU;
    }
    return mask & ~((mask & SIZE_BITS) << SIZE_SHIFT); /* Extended dimensions share a bit. */
}

/* One machine at a time: no blocks, no dispatch. */
uint32_t predicates_complete(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    const struct sim_view *v = p->view;
    const uint8_t *column = constraints_column(cell_constraints(p->cell), cls->constraints);
    uint32_t mask = v->status[m] | (column != NULL ? column[m] : 0u) | lacking_room(v, cls, m);
    if (p->policy->filter != NULL) {
        p->policy->filter(p->state, v, cls, m, m + 1, &mask);
    }
    mask |= predicates_spread_limit(p, cls, m) ? (uint32_t)SIM_FAIL_SPREAD : 0u;
    return (mask & (uint32_t)SIM_FAIL_DOWN) != 0 ? mask & SIM_FAIL_STATIC : mask;
}

bool predicates_fits_class(const struct predicates *p, const struct sim_class *cls, sim_machine m)
{
    const uint8_t *column = constraints_column(cell_constraints(p->cell), cls->constraints);
    uint32_t mask = p->view->status[m] | (column != NULL ? column[m] : 0u);
    if ((mask | lacking_room(p->view, cls, m)) != 0) {
        return false;
    }
    if (p->policy->filter != NULL) {
        p->policy->filter(p->state, p->view, cls, m, m + 1, &mask);
    }
    return mask == 0 && !predicates_spread_limit(p, cls, m);
}

bool predicates_fits(const struct predicates *p, const struct predicates_plan *plan, sim_machine m)
{
    int64_t lack = -(int64_t)p->view->status[m];
    for (uint32_t k = 0; k < plan->count; k++) {
        lack |= plan->tests[k].column[m] - plan->tests[k].need;
    }
    if (plan->constraints != NULL) {
        lack |= -(int64_t)plan->constraints[m];
    }
    if (several_shares(plan->cls) || p->policy->filter != NULL) {
        lack_special(p, plan, m, m + 1, &lack);
    }
    return lack >= 0 && !predicates_spread_limit(p, plan->cls, m);
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
