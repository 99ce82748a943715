/* gpu_packing.c - shares into started devices first, then free devices of started machines, then
 * machines that are wholly free.
 *
 *     all devices of the machine free (f of them):    max(33 - f, f)
 *     the task needs u > 0 free devices:              max(50 - u, 33)
 *     started devices suffice:                        max(100 - sum(free percent) / 10, 50)
 *
 * over the devices that the task would take: the fitting ones with least free, lowest index first.
 * A task without GPU scores 0. */
#include <simctl/policy.h>

static int64_t at_least(int64_t v, int64_t floor)
{
    return v > floor ? v : floor;
}

/* Free milli of the devices that fit, ascending; returns how many. */
static uint32_t fitting(const struct sim_view *view, const struct sim_class *cls, uint32_t m,
                        int32_t *out)
{
    const int32_t *device = view->device_free + (size_t)m * SIM_DEVICES_MAX;
    uint32_t n = 0;
    for (uint32_t d = 0; d < view->gpu_count[m]; d++) {
        if (device[d] >= cls->gpu_milli) {
            uint32_t i = n++;
            for (; i > 0 && out[i - 1] > device[d]; i--) {
                out[i] = out[i - 1];
            }
            out[i] = device[d];
        }
    }
    return n;
}

static int64_t packing_machine(const struct sim_view *view, const struct sim_class *cls, uint32_t m)
{
    const int64_t whole = view->gpu_whole[m];
    if (whole == (int64_t)view->gpu_count[m]) {
        return at_least(33 - whole, whole);
    }
    int32_t left[SIM_DEVICES_MAX];
    if (fitting(view, cls, m, left) < cls->gpu_count) {
        return 0;
    }
    int64_t free_devices = 0, percent = 0;
    for (uint32_t i = 0; i < cls->gpu_count; i++) {
        free_devices += left[i] == SIM_DEVICE_MILLI;
        percent += left[i] * 100 / SIM_DEVICE_MILLI;
    }
    return free_devices > 0 ? at_least(50 - free_devices, 33) : at_least(100 - percent / 10, 50);
}

static void packing_score(const void *state, const struct sim_view *view,
                          const struct sim_class *cls, uint32_t begin, uint32_t end, int64_t *out)
{
    (void)state;
    for (uint32_t m = begin; m < end; m++) {
        out[m - begin] = cls->gpu_count > 0 ? packing_machine(view, cls, m) : 0;
    }
}

const struct sim_policy sim_policy_gpu_packing = {
    .abi = SIM_POLICY_ABI,
    .name = "gpu-packing",
    .summary = "fill started devices, then free devices of started machines, then free machines",
    .source = "GpuPacking baseline of FGD (ATC 2023)",
    .flags = SIM_HEAVY_SCORE,
    .score = packing_score,
};
