/* worst_fit.c - spread: the machine on which the placement leaves most.
 *
 *     score = R * (1/k) * sum over the k dimensions of (free_d - request_d) / largest_d
 *
 * Best-fit with the opposite sign; see best_fit.c for R, k and largest_d. */
#include "sched/lib/leftover.h"

static void worst_fit_classify(const void *state, const struct sim_view *view,
                               struct sim_class *cls)
{
    const struct leftover *l = state;
    (void)view;
    cls->constant[0] = -dims_sum(&l->dims, &cls->request);
}

static bool worst_fit_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    ((struct leftover *)state)->sign = -1;
    return leftover_init(state, args, diag);
}

static const struct sim_option worst_fit_options[] = {DIMS_OPTION, DIMS_RESOLUTION_OPTION,
                                                      SIM_OPTION_END};

const struct sim_policy sim_policy_worst_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "worst-fit",
    .summary = "spread: most left over, as a mean fraction of the largest machine",
    .source = "Borg (EuroSys 2015) section 3.2, on the effect of its early scoring",
    .options = worst_fit_options,
    .columns = 1,
    .state_bytes = sizeof(struct leftover),
    .init = worst_fit_init,
    .prepare = leftover_prepare,
    .classify = worst_fit_classify,
    .derive = leftover_derive,
    .score = leftover_score,
    .additive = leftover_additive,
};
