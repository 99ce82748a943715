/* slurm.c - a batch system with fair share: weights of the size that sites use. */
#include <simctl/policy.h>

static const char *const slurm_settings[] = {"scheduler.weight.fairshare=10000",
                                             "scheduler.weight.age=1000", NULL};

const struct sim_preset sim_preset_slurm = {
    .name = "slurm",
    .summary = "priority by fair share and age, backfilling every 30 s",
    .source = "Slurm 24.11; its weights are 0 by default: first come, first served",
    .scheduler = "slurm",
    .policy = "first-fit",
    .settings = slurm_settings,
};
