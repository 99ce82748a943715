/* first_fit.c - the machine with the lowest id that can run the task.
 *
 * No score: the engine examines machines in id order and stops at the first that fits. */
#include <simctl/policy.h>

const struct sim_policy sim_policy_first_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "first-fit",
    .summary = "the first machine, in order of appearance, that can run the task",
    .source = "folklore; the baseline of every packing study",
    .examine = SIM_EXAMINE_FIRST,
};
