/* multi_path.c - one scheduler with a fast path for batch jobs, as the Omega paper's second
 * baseline. */
#include <simctl/policy.h>

static const char *const multi_path_settings[] = {
    "scheduler.view=live", "schedulers.batch.think.job=100ms", "schedulers.batch.think.task=5ms",
    "schedulers.batch.think.service=900ms", NULL};

const struct sim_preset sim_preset_multi_path = {
    .name = "multi-path",
    .summary = "one scheduler, slower for service jobs than for batch",
    .source = "Omega (EuroSys 2013) section 4",
    .scheduler = "omega",
    .policy = "random-first-fit",
    .settings = multi_path_settings,
};
