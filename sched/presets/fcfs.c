/* fcfs.c - first come, first served: the order that backfilling studies start from.
 *
 * One queue in order of submission; the first task or gang that does not fit holds up all behind
 * it. */
#include <simctl/policy.h>

static const char *const fcfs_settings[] = {"queue.order=fifo", "queue.blocking=true", NULL};

const struct sim_preset sim_preset_fcfs = {
    .name = "fcfs",
    .summary = "first come, first served: nobody overtakes the head of the queue",
    .source = "the base case of Feitelson and Weil (IPPS 1998) and of every backfilling study",
    .scheduler = "monolithic",
    .policy = "first-fit",
    .settings = fcfs_settings,
};
