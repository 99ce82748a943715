/* sjbf.c - EASY with the shortest jobs backfilled first. */
#include <simctl/policy.h>

static const char *const sjbf_settings[] = {"queue.backfill=shortest", NULL};

const struct sim_preset sim_preset_sjbf = {
    .name = "sjbf",
    .summary = "shortest job backfilled first: EASY that looks at later jobs by their estimates",
    .source = "Tsafrir, Etsion, Feitelson (IEEE TPDS 2007)",
    .scheduler = "easy",
    .policy = "first-fit",
    .settings = sjbf_settings,
};
