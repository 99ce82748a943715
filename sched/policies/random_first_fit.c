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
 * machines / feasible draws instead of a scan.
 *
 * policy.generator=java draws as java.util.Random does, seeded with the run's seed in every
 * scheduler: published results of that simulator come out draw by draw. Source of the generator:
 * the specification of java.util.Random (Java SE documentation). */
#include <simctl/policy.h>

struct random_first_fit {
    bool like_java;
    uint64_t java; /* 48 bits. */
};

static const struct sim_option options[] = {
    {"policy.generator", SIM_OPT_CHOICE, 0, 0, "own", "own|java",
     "the random numbers: the engine's stream, or those of java.util.Random with the seed"},
    SIM_OPTION_END};

static const uint64_t multiplier = 0x5DEECE66Du, mask48 = (UINT64_C(1) << 48) - 1;

static bool init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    struct random_first_fit *s = state;
    (void)diag;
    s->like_java = sim_settings_choice(args->settings, "policy.generator") == 1;
    s->java = (args->seed ^ multiplier) & mask48;
    return true;
}

static uint32_t next31(struct random_first_fit *s)
{
    s->java = (s->java * multiplier + 0xB) & mask48;
    return (uint32_t)(s->java >> 17);
}

static uint32_t draw(void *state, uint32_t n)
{
    struct random_first_fit *s = state;
    if (!s->like_java) {
        return n;
    }
    uint32_t x = next31(s);
    if ((n & (n - 1)) == 0) {
        return (uint32_t)((uint64_t)n * x >> 31);
    }
    while ((uint64_t)x - x % n + (n - 1) > INT32_MAX) { /* The last, incomplete round of n. */
        x = next31(s);
    }
    return x % n;
}

const struct sim_policy sim_policy_random_first_fit = {
    .abi = SIM_POLICY_ABI,
    .name = "random-first-fit",
    .summary = "random draws until a machine fits",
    .source = "Omega (EuroSys 2013) section 4; google/cluster-scheduler-simulator",
    .options = options,
    .examine = SIM_EXAMINE_DRAW,
    .state_bytes = sizeof(struct random_first_fit),
    .init = init,
    .draw = draw,
};
