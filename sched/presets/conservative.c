/* conservative.c - conservative backfilling, as studied on logs of parallel machines. */
#include <simctl/policy.h>

static const char *const conservative_settings[] = {NULL};

const struct sim_preset sim_preset_conservative = {
    .name = "conservative",
    .summary = "conservative backfilling: every job is promised a start, no promise is broken",
    .source = "Mu'alem and Feitelson (IEEE TPDS 2001)",
    .scheduler = "conservative",
    .policy = "first-fit",
    .settings = conservative_settings,
};
