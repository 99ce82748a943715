/* mesos.c - two-level scheduling as Mesos does it by default. */
#include <simctl/policy.h>

static const char *const mesos_settings[] = {NULL};

const struct sim_preset sim_preset_mesos = {
    .name = "mesos",
    .summary = "an allocator offers machines to frameworks by dominant share; first fit in offers",
    .source = "Hindman et al. (NSDI 2011), Ghodsi et al. (NSDI 2011)",
    .scheduler = "mesos",
    .policy = "first-fit",
    .settings = mesos_settings,
};
