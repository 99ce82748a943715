/* dot_product.c - keep away from machines that are rich in what the task wants.
 *
 *     score = R * (1 - (1/k) * sum over the k dimensions of free_d / largest_d * request_d /
 * largest_d)
 *
 * The sign is that of the FGD paper's baseline: the machine with the SMALLEST product wins. Tetris
 * (SIGCOMM 2014) takes the largest. In integers, with a_d and b_d the free amount and the request
 * on the scale of dims.h: score = R * (k * unit^2 - sum a_d * b_d) / (k * unit^2). With full
 * resolution R is k * unit^2; policy.dims=cpu,gpu with policy.resolution=100 is the published
 * baseline. */
#include "sched/lib/dims.h"

/* Limits of k * unit. A product reaches 64 unit^2 (dims_scale) and is then multiplied by a
 * resolution of up to 1000, if one is set: both stay below 2^63. */
#define DOT_LIMIT_FULL (INT64_C(1) << 28)
#define DOT_LIMIT_CUT (INT64_C(1) << 23)

struct dot {
    struct dims dims;
    int64_t resolution;
    int64_t whole; /* k * unit^2; 1 when k is 0. */
};

static bool dot_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    struct dot *s = state;
    s->resolution = sim_settings_int(args->settings, "policy.resolution");
    return dims_init(&s->dims, args->settings, diag);
}

static void dot_prepare(void *state, const struct sim_view *view)
{
    struct dot *s = state;
    dims_prepare(&s->dims, view, s->resolution > 0 ? DOT_LIMIT_CUT : DOT_LIMIT_FULL);
    s->whole = s->dims.count > 0 ? s->dims.unit * s->dims.unit * s->dims.count : 1;
}

static void dot_derive(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                       int64_t *const *out)
{
    const struct dims *d = &((const struct dot *)state)->dims;
    for (uint32_t i = 0; i < d->count; i++) {
        const int64_t *room = view->free[d->at[i]];
        for (uint32_t m = begin; m < end; m++) {
            out[i][m] = dims_scale(d, i, room[m]);
        }
    }
}

/* constant[k]: the request in the k-th dimension, on the scale. */
static void dot_classify(const void *state, const struct sim_view *view, struct sim_class *cls)
{
    const struct dims *d = &((const struct dot *)state)->dims;
    (void)view;
    for (uint32_t k = 0; k < d->count; k++) {
        cls->constant[k] = dims_scale(d, k, cls->request.v[d->at[k]]);
    }
}

SIM_VECTOR static void dot_score(const void *state, const struct sim_view *view,
                                 const struct sim_class *cls, uint32_t begin, uint32_t end,
                                 int64_t *out)
{
    const struct dot *s = state;
    const uint32_t n = end - begin;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = s->whole;
    }
    for (uint32_t k = 0; k < s->dims.count; k++) {
        const int64_t *room = view->derived[k] + begin;
        const int64_t b = cls->constant[k];
        for (uint32_t i = 0; i < n; i++) {
            out[i] -= room[i] * b;
        }
    }
    for (uint32_t i = 0; i < n && s->resolution > 0; i++) {
        out[i] = out[i] * s->resolution / s->whole; /* C cuts towards zero, as published. */
    }
}

static const struct sim_option dot_options[] = {DIMS_OPTION, DIMS_RESOLUTION_OPTION,
                                                SIM_OPTION_END};

const struct sim_policy sim_policy_dot_product = {
    .abi = SIM_POLICY_ABI,
    .name = "dot-product",
    .summary = "smallest product of request and free room, as fractions of the largest machine",
    .source = "DotProd baseline of FGD (ATC 2023); the opposite sign of Tetris (SIGCOMM 2014)",
    .options = dot_options,
    .columns = SIM_DIMS,
    .state_bytes = sizeof(struct dot),
    .init = dot_init,
    .prepare = dot_prepare,
    .classify = dot_classify,
    .derive = dot_derive,
    .score = dot_score,
};
_Static_assert((int)SIM_DIMS <= SIM_POLICY_COLUMNS, "one column per dimension");
