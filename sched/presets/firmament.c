/* firmament.c - Firmament as Kubernetes users know it: the least used machine, nobody is moved. */
#include <simctl/policy.h>

static const char *const firmament_settings[] = {"scheduler.model=cpu-mem",
                                                 "scheduler.preempt=false", NULL};

const struct sim_preset sim_preset_firmament = {
    .name = "firmament",
    .summary = "a min-cost flow to the machines of which least cpu and memory is in use",
    .source = "Gog et al., Firmament (OSDI 2016); its cost model cpu-mem",
    .scheduler = "quincy",
    .policy = "first-fit",
    .settings = firmament_settings,
};
