/* omega.c - shared state, as in the Omega paper: a batch and a service scheduler. */
#include <simctl/policy.h>

static const char *const omega_settings[] = {"schedulers.batch.think.job=100ms",
                                             "schedulers.batch.think.task=5ms",
                                             "schedulers.service.tiers=production,monitoring",
                                             "schedulers.service.think.job=1s",
                                             "schedulers.service.think.task=5ms",
                                             NULL};

const struct sim_preset sim_preset_omega = {
    .name = "omega",
    .summary = "a batch and a service scheduler on shared state, with decision times",
    .source = "Omega (EuroSys 2013) section 4",
    .scheduler = "omega",
    .policy = "random-first-fit",
    .settings = omega_settings,
};
