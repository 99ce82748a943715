/* quincy.c - Quincy: tasks go to their data, wait a while for it, and give way. */
#include <simctl/policy.h>

static const char *const quincy_settings[] = {"scheduler.model=quincy", "scheduler.preempt=true",
                                              NULL};

const struct sim_preset sim_preset_quincy = {
    .name = "quincy",
    .summary = "a min-cost flow of data, waiting and lost work; running tasks may be moved",
    .source = "Isard et al., Quincy (SOSP 2009)",
    .scheduler = "quincy",
    .policy = "first-fit",
    .settings = quincy_settings,
};
