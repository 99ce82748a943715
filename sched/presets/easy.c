/* easy.c - EASY backfilling, as studied on logs of parallel machines. */
#include <simctl/policy.h>

static const char *const easy_settings[] = {NULL};

const struct sim_preset sim_preset_easy = {
    .name = "easy",
    .summary = "EASY backfilling: the head is promised a start, others may not delay it",
    .source = "Lifka (JSSPP 1995); Mu'alem and Feitelson (IEEE TPDS 2001)",
    .scheduler = "easy",
    .policy = "first-fit",
    .settings = easy_settings,
};
