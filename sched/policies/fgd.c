/* fgd.c - fragmentation gradient descent: the machine whose GPU fragmentation grows least.
 *
 *     score = trunc(100 * sigmoid((F(m) - F(m after the task)) / 1000))
 *
 * with F of sched/lib/frag.h over the typical tasks of a history (policy.history; by default the
 * trace itself). A share is tried on every device that fits, in index order; the best score counts,
 * and the first device that has it is taken. Whole devices are alike: the free ones of lowest
 * index. Several shares of one size go to the tightest devices.
 *
 * Doubles decide here, as published; frag.h and sigmoid.h say why the result is the same
 * everywhere. */
#include <string.h>

#include "sched/lib/sigmoid.h"
#include "sched/lib/typical.h"

struct fgd {
    struct typical typical;
    bool (*eligible)(const void *cell, uint32_t constraints, sim_machine m);
    const void *cell;
};

static bool fgd_init(void *state, const struct sim_policy_args *args, struct sim_diag *diag)
{
    struct fgd *s = state;
    s->eligible = args->eligible;
    s->cell = args->cell;
    return typical_init(&s->typical, args, sim_settings_int(args->settings, "policy.coverage"),
                        diag);
}

static void fgd_fini(void *state)
{
    typical_fini(&((struct fgd *)state)->typical);
}

static struct frag_machine machine_of(const struct sim_view *view, uint64_t access, uint32_t m)
{
    return (struct frag_machine){.cpu = view->free[SIM_CPU][m],
                                 .gpu = view->free[SIM_GPU][m],
                                 .device_free = view->device_free + (size_t)m * SIM_DEVICES_MAX,
                                 .devices = view->gpu_count[m],
                                 .access = access};
}

/* F; without free GPUs every term is 0. */
static double fragments(const struct fgd *s, const struct frag_machine *m)
{
    return m->gpu > 0 ? frag_of(&s->typical.table, m) : 0.0;
}

/* Columns: the bits of F(m); a bit per constraint set of the typical tasks. */
static void fgd_derive(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                       int64_t *const *out)
{
    const struct fgd *s = state;
    for (uint32_t m = begin; m < end; m++) {
        uint64_t access = 0;
        for (uint32_t i = 0; i < s->typical.sets; i++) {
            const bool ok = s->eligible(s->cell, s->typical.constraints[i], m);
            access |= (uint64_t)ok << i;
        }
        const struct frag_machine now = machine_of(view, access, m);
        const double f = fragments(s, &now);
        memcpy(&out[0][m], &f, sizeof f);
        out[1][m] = (int64_t)access;
    }
}

/* The cls->gpu_count tightest devices of a machine that fits; equal ones by index. */
static uint32_t tightest(const struct frag_machine *m, const struct sim_class *cls)
{
    uint32_t taken = 0;
    for (uint32_t k = 0; k < cls->gpu_count; k++) {
        uint32_t best = SIM_DEVICES_MAX;
        for (uint32_t d = 0; d < m->devices; d++) {
            const bool fits = (taken >> d & 1) == 0 && m->device_free[d] >= cls->gpu_milli;
            if (fits && (best == SIM_DEVICES_MAX || m->device_free[d] < m->device_free[best])) {
                best = d;
            }
        }
        taken |= best < SIM_DEVICES_MAX ? UINT32_C(1) << best : 0;
    }
    return taken;
}

/* F after the task took the devices of a bit set. `m` has the cpu and gpu of after. */
static double after_devices(const struct fgd *s, struct frag_machine m, uint32_t taken,
                            int32_t milli)
{
    int32_t left[SIM_DEVICES_MAX] = {0};
    for (uint32_t d = 0; d < m.devices; d++) {
        left[d] = m.device_free[d] - ((taken >> d & 1) != 0 ? milli : 0);
    }
    m.device_free = left;
    return fragments(s, &m);
}

static bool is_share(const struct sim_class *cls)
{
    return cls->gpu_count == 1 && cls->gpu_milli < SIM_DEVICE_MILLI;
}

/* Up to FRAG_LANES different free amounts >= need among devices *next.., in index order. */
static uint32_t collect(const struct frag_machine *m, int32_t need, uint32_t *next, int32_t *from)
{
    uint32_t n = 0;
    for (; *next < m->devices && n < FRAG_LANES; ++*next) {
        const int32_t left = m->device_free[*next];
        uint32_t i = 0;
        while (i < n && from[i] != left) {
            i++;
        }
        if (left >= need && i == n) {
            from[n++] = left;
        }
    }
    return n;
}

/* The least F after a share, over all devices. `m` has the cpu and gpu of after. */
static double after_share(const struct fgd *s, const struct frag_machine *m, int32_t milli)
{
    if (m->gpu <= 0) {
        return 0.0;
    }
    double best = 0.0;
    bool any = false;
    for (uint32_t next = 0; next < m->devices;) {
        int32_t from[FRAG_LANES];
        double f[FRAG_LANES];
        const uint32_t n = collect(m, milli, &next, from);
        if (n == 0) {
            break;
        }
        frag_of_shares(&s->typical.table, m, milli, from, n, f);
        for (uint32_t l = 0; l < n; l++) {
            if (!any || f[l] < best) {
                best = f[l];
                any = true;
            }
        }
    }
    return best;
}

static int64_t score_of(double before, double after)
{
    return sigmoid_percent((before - after) / 1000.0);
}

static bool may_fit(const struct sim_view *view, const struct sim_class *cls, uint32_t m)
{
    return view->free[SIM_CPU][m] >= cls->request.v[SIM_CPU] &&
           view->free[SIM_MEMORY][m] >= cls->request.v[SIM_MEMORY] &&
           view->free[SIM_GPU][m] >= cls->request.v[SIM_GPU] &&
           view->gpu_most[m] >= cls->gpu_milli &&
           (cls->gpu_milli < SIM_DEVICE_MILLI || view->gpu_whole[m] >= cls->gpu_count);
}

/* The machine as it would be, but for its devices. */
static struct frag_machine machine_after(const struct sim_view *view, const struct sim_class *cls,
                                         uint32_t m)
{
    struct frag_machine after = machine_of(view, (uint64_t)view->derived[1][m], m);
    after.cpu -= cls->request.v[SIM_CPU];
    after.gpu -= cls->request.v[SIM_GPU];
    return after;
}

static double fragments_now(const struct sim_view *view, uint32_t m)
{
    double f;
    memcpy(&f, &view->derived[0][m], sizeof f);
    return f;
}

static void fgd_score(const void *state, const struct sim_view *view, const struct sim_class *cls,
                      uint32_t begin, uint32_t end, int64_t *out)
{
    const struct fgd *s = state;
    for (uint32_t m = begin; m < end; m++) {
        if (!may_fit(view, cls, m)) {
            out[m - begin] = 0; /* Not used: the task does not fit. */
            continue;
        }
        const struct frag_machine after = machine_after(view, cls, m);
        const double f = is_share(cls)
                             ? after_share(s, &after, cls->gpu_milli)
                             : after_devices(s, after, tightest(&after, cls), cls->gpu_milli);
        out[m - begin] = score_of(fragments_now(view, m), f);
    }
}

static uint32_t fgd_devices(const void *state, const struct sim_view *view,
                            const struct sim_class *cls, sim_machine m)
{
    const struct fgd *s = state;
    const struct frag_machine after = machine_after(view, cls, m);
    if (!is_share(cls)) {
        return tightest(&after, cls);
    }
    const double before = fragments_now(view, m);
    int64_t best = -1;
    uint32_t chosen = 0;
    for (uint32_t d = 0; d < after.devices; d++) {
        if (after.device_free[d] < cls->gpu_milli) {
            continue;
        }
        const double f = after_devices(s, after, UINT32_C(1) << d, cls->gpu_milli);
        const int64_t score = score_of(before, f);
        if (score > best) {
            best = score;
            chosen = UINT32_C(1) << d;
        }
    }
    return chosen;
}

static const struct sim_option fgd_options[] = {
    {.key = "policy.history",
     .type = SIM_OPT_TEXT,
     .otherwise = "",
     .help = "FORMAT:PATH of the workload whose frequent shapes are typical; empty = the trace"},
    {.key = "policy.coverage",
     .type = SIM_OPT_DECIMAL,
     .min = 1,
     .max = 1000000,
     .otherwise = "0.95",
     .help = "part of the history's tasks that the typical ones cover"},
    SIM_OPTION_END};

const struct sim_policy sim_policy_fgd = {
    .abi = SIM_POLICY_ABI,
    .name = "fgd",
    .summary = "least growth of GPU fragmentation, seen by the typical tasks of the workload",
    .source = "Weng et al., Beware of Fragmentation (USENIX ATC 2023)",
    .options = fgd_options,
    .device_rule = SIM_DEVICES_POLICY,
    .flags = SIM_NEEDS_HISTORY | SIM_HEAVY_SCORE,
    .columns = 2,
    .state_bytes = sizeof(struct fgd),
    .init = fgd_init,
    .fini = fgd_fini,
    .derive = fgd_derive,
    .score = fgd_score,
    .devices = fgd_devices,
};
