/* random_fit.c - any machine that can run the task, each equally likely; devices likewise.
 *
 * No score: every machine that fits ties, and the tie rule draws one from the stream `ties`. */
#include <simctl/policy.h>

const struct sim_policy sim_policy_random_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "random-fit",
    .summary = "uniform among all machines that can run the task, and among its fitting devices",
    .source = "Random baseline of FGD (ATC 2023)",
    .tie = "random",
    .device_rule = SIM_DEVICES_RANDOM,
};
