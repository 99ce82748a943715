/* random_first_fit.c - draw machines until one fits: the placement of Omega's lightweight
 * simulator.
 *
 * The engine draws from a pool of machines without replacement: a machine that does not fit leaves
 * the pool, one that fits is used and stays in it. The pool holds all machines again for a new job,
 * another request, and after room appeared anywhere.
 *
 *     while the pool is not empty:  m = uniform draw;  if m fits: take it;  else remove m from the
 * pool
 *
 * The winner is uniform among the machines that fit, as in random-fit, but found in about
 * machines / feasible draws instead of a scan. */
#include <simctl/policy.h>

const struct sim_policy sim_policy_random_first_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "random-first-fit",
    .summary = "random draws until a machine fits",
    .source = "Omega (EuroSys 2013) section 4; google/cluster-scheduler-simulator",
    .examine = SIM_EXAMINE_DRAW,
};
