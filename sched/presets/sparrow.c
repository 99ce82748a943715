/* sparrow.c - Sparrow as its paper evaluates it. */
#include <simctl/policy.h>

static const char *const sparrow_settings[] = {"scheduler.mode=late-binding", "scheduler.ratio=2",
                                               NULL};

const struct sim_preset sim_preset_sparrow = {
    .name = "sparrow",
    .summary = "distributed: batch sampling of two machines per task, late binding",
    .source = "Ousterhout et al. (SOSP 2013)",
    .scheduler = "sparrow",
    .policy = "first-fit",
    .settings = sparrow_settings,
};
