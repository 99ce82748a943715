/* gpu_clustering.c - keep tasks of one GPU shape together.
 *
 * A task's tag is "share" or its number of whole GPUs. b = 25 * (largest - free) / largest in
 * integer division, with the milli-GPUs of the machine with most. Score: b + 75 where only this tag
 * runs, b + 50 where it runs among others, b + 25 where no tagged task runs, b where only others
 * do; 0 for a task without GPU. */
#include <simctl/policy.h>

struct clustering {
    int64_t largest;
};

static void clustering_prepare(void *state, const struct sim_view *view)
{
    struct clustering *s = state;
    s->largest = view->largest.v[SIM_GPU] > 0 ? view->largest.v[SIM_GPU] : 1;
}

/* Column 0: b. */
static void clustering_derive(const void *state, const struct sim_view *view, uint32_t begin,
                              uint32_t end, int64_t *const *out)
{
    const struct clustering *s = state;
    for (uint32_t m = begin; m < end; m++) {
        out[0][m] = 25 * (s->largest - view->free[SIM_GPU][m]) / s->largest;
    }
}

SIM_VECTOR static void clustering_score(const void *state, const struct sim_view *view,
                                        const struct sim_class *cls, uint32_t begin, uint32_t end,
                                        int64_t *out)
{
    (void)state;
    const bool share = cls->gpu_milli < SIM_DEVICE_MILLI;
    const uint32_t tag = UINT32_C(1) << (share ? 0 : cls->gpu_count);
    const int64_t counts = cls->gpu_count > 0 ? 1 : 0;
    const int64_t *base = view->derived[0];
    for (uint32_t m = begin; m < end; m++) {
        const uint32_t shapes = view->gpu_shapes[m];
        const int64_t mine = shapes == tag ? 75 : 50, none = shapes == 0 ? 25 : 0;
        out[m - begin] = counts * (base[m] + ((shapes & tag) != 0 ? mine : none));
    }
}

const struct sim_policy sim_policy_gpu_clustering = {
    .abi = SIM_POLICY_ABI,
    .name = "gpu-clustering",
    .summary = "keep tasks of one GPU shape (a share, or k whole devices) together",
    .source = "GpuClustering baseline of FGD (ATC 2023)",
    .columns = 1,
    .state_bytes = sizeof(struct clustering),
    .prepare = clustering_prepare,
    .derive = clustering_derive,
    .score = clustering_score,
};
