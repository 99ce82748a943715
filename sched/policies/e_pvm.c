/* e_pvm.c - the least opportunity cost, where the cost of a machine grows exponentially with its
 * load.
 *
 *     minimise sum over dimensions of  base^((used_d + request_d) / capacity_d) - base^(used_d /
 * capacity_d)
 *
 * which is base^u * (base^x - 1): the machine's part times the part of the request. The term for
 * the number of jobs of the original is left out: a request states what a job needs.
 *
 * The base decides how strongly load is spread. The paper takes the number of machines, and with
 * 1000 a placement on a machine four fifths full costs 250 times one on an empty machine: in
 * packing studies that needs half as many machines again as best-fit. The default 2 prices a full
 * machine twice as high as an empty one; near 1 the cost no longer depends on the load.
 *
 * Decisions must be the same on every machine, so powers are integers. base^(i / 4096) comes from
 * twelve integer square roots in units of 2^-40; between two steps it is interpolated linearly (off
 * by at most 4e-9 of the value for base 2, 4e-7 for base 1000) and kept in units of 2^-bits, with
 * as many bits as leave a cost below 2^60. The score is the negated cost in units of 2^(-2 bits).
 */
#include "base/wide.h"
#include "sched/lib/dims.h"
#include "sched/lib/share.h"

enum { STEP_BITS = 12, STEPS = 1 << STEP_BITS, PAIRS = SIM_POLICY_COLUMNS / 2, SUM_BITS = 60 };
#define FINE_BITS 40
#define FINE_ONE (INT64_C(1) << FINE_BITS)
#define BASE_MIN 1001000                /* 1.001 */
#define BASE_MAX INT64_C(1000000000000) /* 10^6 < 2^20, so a power is below 2^60 in fine units. */

struct pvm {
    struct dims dims;
    int64_t one;              /* 1 in the units of `power`. */
    int64_t power[STEPS + 2]; /* base^(i / STEPS); the last once more, as the end of no interval. */
};

/* Square root in fine units, rounded down. v >= FINE_ONE. */
static int64_t fine_root(int64_t v)
{
    /* Newton's method from above falls until it reaches the root. */
    for (int64_t x = v;;) {
        const int64_t next = (x + sim_muldiv(v, FINE_ONE, x)) / 2;
        if (next >= x) {
            return x;
        }
        x = next;
    }
}

static void fill_powers(struct pvm *s, int64_t base)
{
    int64_t root[STEP_BITS + 1]; /* root[j] = base^(1 / 2^j). */
    root[0] = base;
    for (int j = 1; j <= STEP_BITS; j++) {
        root[j] = fine_root(root[j - 1]);
    }
    int bits = SUM_BITS;
    for (int64_t b = base; b > FINE_ONE; b = b / 2 + b % 2) {
        bits--;
    }
    bits /= 2;
    s->one = INT64_C(1) << bits;
    s->power[0] = FINE_ONE;
    s->power[STEPS] = base;
    for (int i = 1; i < STEPS; i++) {
        int j = STEP_BITS;
        while ((i >> (STEP_BITS - j) & 1) == 0) {
            j--;
        }
        s->power[i] = sim_muldiv(s->power[i & (i - 1)], root[j], FINE_ONE);
    }
    for (int i = 0; i <= STEPS; i++) {
        s->power[i] >>= FINE_BITS - bits;
    }
    s->power[STEPS + 1] = s->power[STEPS];
}

static bool pvm_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    struct pvm *s = state;
    fill_powers(s, sim_muldiv(sim_settings_int(args->settings, "policy.base"), FINE_ONE, 1000000));
    return dims_init(&s->dims, args->settings, diag);
}

static void pvm_prepare(void *state, const struct sim_view *view)
{
    struct pvm *s = state;
    dims_prepare(&s->dims, view, FINE_ONE);
    if (s->dims.count > PAIRS) {
        s->dims.count = PAIRS;
    }
}

/* base^(share / 2^31); shares above 1 count as 1. */
static inline int64_t power_of(const int64_t *power, int64_t share)
{
    const int shift = SHARE_BITS - STEP_BITS;
    const int64_t x = share < SHARE_ONE ? share : SHARE_ONE;
    const int64_t low = power[x >> shift], high = power[(x >> shift) + 1];
    return low + (((high - low) * (x & ((INT64_C(1) << shift) - 1))) >> shift);
}

/* Columns, per dimension: base^(used share), 0 on a machine without the dimension; inverse
 * capacity. */
static void pvm_derive(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                       int64_t *const *out)
{
    const struct pvm *s = state;
    for (uint32_t i = 0; i < s->dims.count; i++) {
        const int64_t *capacity = view->capacity[s->dims.at[i]], *room = view->free[s->dims.at[i]];
        for (uint32_t m = begin; m < end; m++) {
            const int64_t used = share_of(capacity[m] - room[m], capacity[m]);
            out[2 * i][m] = capacity[m] > 0 ? power_of(s->power, used) : 0;
            out[2 * i + 1][m] = share_inverse(s->dims.largest[i], capacity[m]);
        }
    }
}

SIM_VECTOR static void pvm_score(const void *state, const struct sim_view *view,
                                 const struct sim_class *cls, uint32_t begin, uint32_t end,
                                 int64_t *out)
{
    const struct pvm *s = state;
    const uint32_t n = end - begin;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = 0;
    }
    for (uint32_t k = 0; k < s->dims.count; k++) {
        const int64_t factor = share_factor(cls->request.v[s->dims.at[k]], s->dims.largest[k]);
        const int64_t *loaded = view->derived[2 * k] + begin;
        const int64_t *inverse = view->derived[2 * k + 1] + begin;
        for (uint32_t i = 0; i < n; i++) {
            const int64_t more = power_of(s->power, share_request(factor, inverse[i])) - s->one;
            /* Unsigned, since it may wrap on a machine that the task does not fit. */
            out[i] = (int64_t)((uint64_t)out[i] - (uint64_t)loaded[i] * (uint64_t)more);
        }
    }
}

static const struct sim_option pvm_options[] = {
    {.key = "policy.base",
     .type = SIM_OPT_DECIMAL,
     .min = BASE_MIN,
     .max = BASE_MAX,
     .otherwise = "2",
     .help = "base of the exponential cost: near 1 is indifferent to load, large spreads it hard"},
    {.key = "policy.dims",
     .type = SIM_OPT_TEXT,
     .otherwise = "auto",
     .help = "dimensions that cost, as cpu,memory,gpu,disk; auto = all that any machine has; the "
             "first four count"},
    SIM_OPTION_END};

const struct sim_policy sim_policy_e_pvm = {
    .abi = SIM_POLICY_ABI,
    .name = "e-pvm",
    .summary = "least marginal cost, exponential in the load of each dimension: spreads",
    .source = "Amir et al. (IEEE TPDS 2000); the early scoring of Borg (EuroSys 2015) section 3.2",
    .options = pvm_options,
    .columns = SIM_POLICY_COLUMNS,
    .state_bytes = sizeof(struct pvm),
    .init = pvm_init,
    .prepare = pvm_prepare,
    .derive = pvm_derive,
    .score = pvm_score,
};
