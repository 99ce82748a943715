/* shortfall.c - see shortfall.h. */
#include "sched/lib/shortfall.h"

#include "base/mem.h"
#include "base/wide.h"

struct kind {
    struct sim_class cls; /* A copy: the task may be gone by the time it is asked about. */
    sim_task task;
    bool gang;
};
struct shortfall {
    struct kind kinds[SHORTFALL_KINDS];
    size_t len;
};

struct shortfall *shortfall_create(void)
{
    return MEM_NEW(struct shortfall, 1);
}

void shortfall_destroy(struct shortfall *s)
{
    mem_free(s);
}

void shortfall_clear(struct shortfall *s)
{
    s->len = 0;
}

void shortfall_add(struct shortfall *s, const struct sim_task_view *t, bool gang)
{
    for (size_t i = 0; i < s->len; i++) {
        if (s->kinds[i].cls.id == t->cls->id) {
            return;
        }
    }
    if (s->len < SHORTFALL_KINDS) {
        s->kinds[s->len++] = (struct kind){*t->cls, t->id, gang};
    }
}

bool shortfall_any(const struct shortfall *s)
{
    return s->len > 0;
}

/* The dimension of which the largest part of the request is missing; false = it fits. */
static bool lacks(const struct kind *k, const struct sim_resources *left, int64_t *missing,
                  enum sim_dim *dim)
{
    *missing = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t asked = k->cls.request.v[d], miss = asked - left->v[d];
        const int64_t so_far = *missing > 0 ? k->cls.request.v[*dim] : 1;
        const int64_t a[4] = {miss > 0 ? miss : 0, so_far, 1, 1}, b[4] = {*missing, asked, 1, 1};
        if (miss > 0 && (*missing == 0 || wide_compare_products(a, b) > 0)) {
            *missing = miss;
            *dim = (enum sim_dim)d;
        }
    }
    return *missing > 0;
}

static enum sim_unused fitting(const struct kind *k, struct sim_context *ctx, sim_machine m)
{
    return k->gang                      ? SIM_UNUSED_GANG
           : !sim_fits(ctx, &k->cls, m) ? SIM_UNUSED_PREDICATE
                                        : SIM_UNUSED_NOT_LOOKED_AT;
}

void shortfall_of(const struct shortfall *s, struct sim_context *ctx,
                  const struct sim_resources *left, struct allocator_answer *out)
{
    const struct kind *nearest = NULL;
    for (size_t i = 0; i < s->len; i++) {
        const struct kind *k = &s->kinds[i];
        int64_t missing;
        enum sim_dim dim = SIM_CPU;
        if (!lacks(k, left, &missing, &dim)) {
            out->unused = fitting(k, ctx, out->machine);
            out->task = k->task;
            return;
        }
        const int64_t least = nearest != NULL ? nearest->cls.request.v[out->dim] : 1;
        const int64_t a[4] = {missing, least, 1, 1},
                      b[4] = {out->missing, k->cls.request.v[dim], 1, 1};
        if (nearest == NULL || wide_compare_products(a, b) < 0) {
            nearest = k;
            out->unused = SIM_UNUSED_TOO_SMALL;
            out->missing = missing;
            out->dim = dim;
            out->task = k->task;
        }
    }
}
