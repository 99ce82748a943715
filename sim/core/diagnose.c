/* diagnose.c - see diagnose.h. */
#include "core/diagnose.h"

#include "base/check.h"
#include "base/mem.h"
#include "core/predicates.h"

#define UP_BITS ((uint32_t)(SIM_FAIL_DOWN | SIM_FAIL_DRAIN))
#define FIT_BITS                                                                                   \
    ((uint32_t)(SIM_FAIL_FIT_CPU | SIM_FAIL_FIT_MEMORY | SIM_FAIL_FIT_GPU | SIM_FAIL_FIT_DISK |    \
                SIM_FAIL_FIT_EXTENDED))

/* ---- columns over masks ---------------------------------------------------------------------- */

/* Distinct masks are visited in rising order: there are few, and a sweep vectorises. */
static SIM_VECTOR uint32_t count_mask(const uint32_t *masks, uint32_t n, uint32_t mask)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count += masks[i] == mask;
    }
    return count;
}
/* The lowest mask above `mask`; UINT32_MAX = none. What lies below wraps around to the top. */
static SIM_VECTOR uint32_t next_mask(const uint32_t *masks, uint32_t n, uint32_t mask)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t above = masks[i] - mask - 1;
        least = above < least ? above : least;
    }
    return least < UINT32_MAX - mask ? least + mask + 1 : UINT32_MAX;
}

/* The largest value of a column among machines with exactly this mask: it misses by the least. */
static SIM_VECTOR int64_t largest_with(const int64_t *column, const uint32_t *masks, uint32_t n,
                                       uint32_t mask)
{
    int64_t largest = INT64_MIN;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t keep =
            -(int64_t)(masks[i] == mask); /* Bits, not a branch: gcc vectorises it. */
        const int64_t v = (column[i] & keep) | (INT64_MIN & ~keep);
        largest = v > largest ? v : largest;
    }
    return largest;
}

static SIM_VECTOR int64_t sum_column(const int64_t *column, const uint32_t *masks, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (masks[i] & SIM_FAIL_STATIC) == 0 ? column[i] : 0;
    }
    return sum;
}
int64_t sum_eligible(const int64_t *column, const uint32_t *masks, uint32_t n)
{
    return sum_column(column, masks, n); /* clang exports no symbol for a function with clones. */
}

static SIM_VECTOR int64_t largest_eligible(const int64_t *column, const uint32_t *masks, uint32_t n)
{
    int64_t largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t v = column[i] & -(int64_t)((masks[i] & SIM_FAIL_STATIC) == 0);
        largest = v > largest ? v : largest;
    }
    return largest;
}

/* ---- the histogram --------------------------------------------------------------------------- */

static sim_machine first_with(const uint32_t *masks, uint32_t mask)
{
    sim_machine m = 0;
    while (masks[m] != mask) {
        m++;
    }
    return m;
}

static SIM_VECTOR uint32_t most_devices(const uint32_t *column, const uint32_t *masks, uint32_t n,
                                        uint32_t mask)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t v = column[i] & -(uint32_t)(masks[i] == mask);
        most = v > most ? v : most;
    }
    return most;
}

/* Devices: as predicates_deficit has it for one machine, for the best of a mask. */
static int64_t least_gpu_deficit(const struct sim_view *v, const struct sim_class *cls,
                                 const struct diagnosis *g, uint32_t mask)
{
    if ((mask & (uint32_t)SIM_FAIL_SIZE_GPU) != 0) {
        const int64_t most = most_devices(v->gpu_count, g->mask_of, v->n, mask);
        return ((int64_t)cls->gpu_count - most) * SIM_DEVICE_MILLI;
    }
    if (cls->gpu_milli == SIM_DEVICE_MILLI) {
        const int64_t whole = largest_with(v->gpu_whole, g->mask_of, v->n, mask);
        return (cls->gpu_count - whole) * SIM_DEVICE_MILLI;
    }
    if (cls->gpu_count == 1) {
        return cls->gpu_milli - largest_with(v->gpu_most, g->mask_of, v->n, mask);
    }
    int64_t least = INT64_MAX; /* Several shares: one by one. */
    for (sim_machine m = 0; m < v->n; m++) {
        struct sim_resources deficit;
        if (g->mask_of[m] == mask) {
            predicates_deficit(v, cls, m, mask, &deficit);
            least = deficit.v[SIM_GPU] < least ? deficit.v[SIM_GPU] : least;
        }
    }
    return least;
}

/* Smallest shortfall in dimension d among the machines of one mask. */
static int64_t least_deficit(const struct sim_view *v, const struct sim_class *cls, uint32_t d,
                             const struct diagnosis *g, uint32_t mask)
{
    if (d == SIM_GPU) {
        return least_gpu_deficit(v, cls, g, mask);
    }
    const uint32_t size_bit = predicates_fit_bit(d) >> PREDICATES_SIZE_SHIFT;
    const int64_t *column = (mask & size_bit) != 0 ? v->capacity[d] : v->free[d];
    const int64_t miss = cls->request.v[d] - largest_with(column, g->mask_of, v->n, mask);
    return miss > 0 ? miss : 0; /* An extended dimension shares its bit with others. */
}

static void histogram(const struct sim_view *v, struct diagnosis *g)
{
    g->mask_count = g->minimal.count = 0;
    g->down = SIM_NONE;
    g->fitting = v->n;
    for (uint32_t mask = next_mask(g->mask_of, v->n, 0); mask != UINT32_MAX;
         mask = next_mask(g->mask_of, v->n, mask)) {
        MEM_GROW(g->masks, g->mask_cap, g->mask_count + 1);
        struct failmask_entry *e = &g->masks[g->mask_count++];
        *e = (struct failmask_entry){
            mask, count_mask(g->mask_of, v->n, mask), first_with(g->mask_of, mask), {{0}}};
        g->fitting -= e->count;
        g->down = g->down == SIM_NONE && lacks_only_up(mask) ? e->example : g->down;
        if ((mask & SIM_FAIL_STATIC) == 0) {
            minimal_add(&g->minimal, mask, e->example);
        }
    }
}

static void deficits(const struct sim_view *v, const struct sim_class *cls, struct diagnosis *g)
{
    for (size_t i = 0; i < g->mask_count; i++) {
        struct failmask_entry *e = &g->masks[i];
        for (uint32_t d = 0; d < SIM_DIMS; d++) {
            const uint32_t fit = predicates_fit_bit(d);
            if ((e->mask & (fit | fit >> PREDICATES_SIZE_SHIFT)) != 0 && cls->request.v[d] > 0) {
                e->deficit.v[d] = least_deficit(v, cls, d, g, e->mask);
            }
        }
    }
}

static struct room_entry room_of(const struct sim_view *v, const struct sim_class *cls, uint32_t d,
                                 const uint32_t *masks, uint32_t eligible)
{
    const bool whole = d == SIM_GPU && cls->gpu_milli == SIM_DEVICE_MILLI;
    const int64_t *usable = d != SIM_GPU ? v->free[d] : whole ? v->gpu_whole : v->gpu_most;
    struct room_entry r = {d, eligible, cls->request.v[d], 0, 0, 0};
    r.largest_free = largest_eligible(usable, masks, v->n) * (whole ? SIM_DEVICE_MILLI : 1);
    r.sum_free = sum_column(v->free[d], masks, v->n);
    r.sum_capacity = sum_column(v->capacity[d], masks, v->n);
    return r;
}

/* ---- the reason ------------------------------------------------------------------------------ */

bool minimal_add(struct minimal *m, uint32_t mask, sim_machine example)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if ((m->at[i].mask & ~mask) == 0) {
            return false;
        }
    }
    for (uint32_t i = 0; i < m->count; i++) {
        if ((mask & ~m->at[i].mask) != 0) {
            m->at[kept++] = m->at[i];
        }
    }
    CHECK(kept < MINIMAL_MAX);
    m->at[kept].mask = mask;
    m->at[kept].example = example;
    m->count = kept + 1;
    return true;
}

bool lacks_only_up(uint32_t mask)
{
    const uint32_t fixed = mask & SIM_FAIL_STATIC;
    return fixed != 0 && (fixed & ~UP_BITS) == 0;
}

static uint32_t dims_of(uint32_t fit_bits, const struct sim_class *cls)
{
    uint32_t dims = 0;
    for (uint32_t d = 0; d < SIM_DIMS; d++) {
        dims |= (fit_bits & predicates_fit_bit(d)) != 0 && cls->request.v[d] > 0 ? 1u << d : 0u;
    }
    return dims;
}

struct cause cause_of(const struct sim_class *cls, const struct minimal *minimal,
                      const int64_t *sum_free, bool down)
{
    uint32_t bits = 0;
    if (minimal->count == 0) {
        return (struct cause){down ? SIM_REASON_MACHINES_DOWN : SIM_REASON_UNSATISFIABLE, 0};
    }
    for (uint32_t d = 0; d < SIM_DIMS; d++) {
        if (cls->request.v[d] > 0 && sum_free[d] < cls->request.v[d]) {
            return (struct cause){SIM_REASON_CAPACITY, (uint8_t)d};
        }
    }
    for (uint32_t i = 0; i < minimal->count; i++) {
        bits |= minimal->at[i].mask;
    }
    if ((bits & FIT_BITS) != 0) {
        return (struct cause){SIM_REASON_FRAGMENTED, (uint8_t)dims_of(bits & FIT_BITS, cls)};
    }
    const bool spread = (bits & (uint32_t)SIM_FAIL_SPREAD) != 0;
    return (struct cause){spread ? SIM_REASON_SPREAD : SIM_REASON_POLICY_FILTER, 0};
}

void diagnose_masks(struct placer *p, const struct sim_view *v, const struct sim_class *cls,
                    struct diagnosis *d)
{
    MEM_GROW(d->mask_of, d->mask_of_cap, (size_t)v->n + 1);
    placer_masks(p, cls, d->mask_of);
    histogram(v, d);
    d->room_count = 0;
}

void diagnose(struct placer *p, const struct sim_view *v, const struct sim_class *cls,
              struct diagnosis *d)
{
    uint32_t lacking = 0, eligible = 0;
    struct sim_resources sum = cls->request; /* Enough of what nobody lacks. */
    diagnose_masks(p, v, cls, d);
    deficits(v, cls, d);
    for (size_t i = 0; i < d->mask_count; i++) {
        const bool counts = (d->masks[i].mask & SIM_FAIL_STATIC) == 0;
        eligible += counts ? d->masks[i].count : 0;
        lacking |= counts ? d->masks[i].mask : 0;
    }
    const uint32_t dims = dims_of(lacking & FIT_BITS, cls);
    for (uint32_t k = 0; k < SIM_DIMS; k++) {
        if (dims >> k & 1u) {
            d->room[d->room_count] = room_of(v, cls, k, d->mask_of, eligible);
            sum.v[k] = d->room[d->room_count++].sum_free;
        }
    }
    d->cause = cause_of(cls, &d->minimal, sum.v, d->down != SIM_NONE);
}

void diagnosis_fini(struct diagnosis *d)
{
    mem_free(d->masks);
    mem_free(d->mask_of);
}
