/* devices.c - see devices.h. */
#include "core/devices.h"

#include "base/check.h"

uint32_t devices_tightest(const struct sim_view *v, const struct sim_class *cls, sim_machine m)
{
    const int32_t *free = v->device_free + (size_t)m * SIM_DEVICES_MAX;
    uint32_t chosen = 0;
    for (uint32_t k = 0; k < cls->gpu_count; k++) {
        uint32_t best = SIM_NONE;
        for (uint32_t i = 0; i < v->gpu_count[m]; i++) {
            if ((chosen >> i & 1u) == 0 && free[i] >= cls->gpu_milli &&
                (best == SIM_NONE || free[i] < free[best])) {
                best = i;
            }
        }
        CHECK(best != SIM_NONE);
        chosen |= UINT32_C(1) << best;
    }
    return chosen;
}

uint32_t devices_random(struct prng *random, const struct sim_view *v, const struct sim_class *cls,
                        sim_machine m)
{
    const int32_t *free = v->device_free + (size_t)m * SIM_DEVICES_MAX;
    uint32_t fitting[SIM_DEVICES_MAX] = {0}, n = 0, chosen = 0;
    for (uint32_t i = 0; i < v->gpu_count[m]; i++) {
        if (free[i] >= cls->gpu_milli) {
            fitting[n++] = i;
        }
    }
    for (uint32_t k = 0; k < cls->gpu_count; k++) {
        const uint32_t i = n > 1 ? prng_below(random, n) : 0;
        chosen |= UINT32_C(1) << fitting[i];
        fitting[i] = fitting[--n];
    }
    return chosen;
}
