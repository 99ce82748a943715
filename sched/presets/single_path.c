/* single_path.c - one scheduler that takes equally long for every job, as the Omega paper's first
 * baseline. */
#include <simctl/policy.h>

static const char *const single_path_settings[] = {"scheduler.view=live",
                                                   "schedulers.batch.think.job=100ms",
                                                   "schedulers.batch.think.task=5ms", NULL};

const struct sim_preset sim_preset_single_path = {
    .name = "single-path",
    .summary = "one scheduler, one decision time for all jobs",
    .source = "Omega (EuroSys 2013) section 4",
    .scheduler = "omega",
    .policy = "random-first-fit",
    .settings = single_path_settings,
};
