/* best_fit.c - pack: the machine on which the placement leaves least.
 *
 *     score = R * (1 - (1/k) * sum over the k dimensions of (free_d - request_d) / largest_d)
 *
 * largest_d is the largest capacity of any machine, also on smaller machines, so an amount weighs
 * the same everywhere. With full resolution R is k * unit (sched/lib/leftover.h) and the score an
 * exact integer where the scale is; policy.dims=cpu,gpu with policy.resolution=100 is the baseline
 * of the FGD paper. */
#include "sched/lib/leftover.h"

static void best_fit_classify(const void *state, const struct sim_view *view, struct sim_class *cls)
{
    const struct leftover *l = state;
    (void)view;
    cls->constant[0] = l->whole + dims_sum(&l->dims, &cls->request);
}

static bool best_fit_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    ((struct leftover *)state)->sign = 1;
    return leftover_init(state, args, diag);
}

static const struct sim_option best_fit_options[] = {DIMS_OPTION, DIMS_RESOLUTION_OPTION,
                                                     SIM_OPTION_END};

const struct sim_policy sim_policy_best_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "best-fit",
    .summary = "pack: least left over, as a mean fraction of the largest machine",
    .source = "Borg (EuroSys 2015) section 3.2; formula of the BestFit baseline of FGD (ATC 2023)",
    .options = best_fit_options,
    .columns = 1,
    .state_bytes = sizeof(struct leftover),
    .init = best_fit_init,
    .prepare = leftover_prepare,
    .classify = best_fit_classify,
    .derive = leftover_derive,
    .score = leftover_score,
    .additive = leftover_additive,
};
