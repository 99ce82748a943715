/* view.h - a small cell for tests of policies: columns that a test fills by hand, and one policy on
 * it.
 *
 * It stands in for the engine: predicates, device choice and bookkeeping are written the slow,
 * obvious way, so that a test of a policy does not lean on the code that the policy runs in. */
#ifndef TESTS_VIEW_H
#define TESTS_VIEW_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <simctl/policy.h>

#include "base/mem.h"

struct test_cell {
    struct sim_view view;
    int64_t *capacity[SIM_DIMS], *room[SIM_DIMS], *derived[SIM_POLICY_COLUMNS];
    uint32_t *status, *tasks, *gpu_count, *gpu_shapes;
    int64_t *gpu_whole, *gpu_most;
    int32_t *device_free;
    uint64_t *version;
    /* One policy. */
    const struct sim_policy *policy;
    struct sim_settings *settings;
    void *state;
};

static inline void test_cell_init(struct test_cell *c, uint32_t n)
{
    *c = (struct test_cell){.view = {.n = n}};
    for (int d = 0; d < SIM_DIMS; d++) {
        c->view.capacity[d] = c->capacity[d] = MEM_NEW(int64_t, n);
        c->view.free[d] = c->room[d] = MEM_NEW(int64_t, n);
    }
    for (int k = 0; k < SIM_POLICY_COLUMNS; k++) {
        c->view.derived[k] = c->derived[k] = MEM_NEW(int64_t, n);
    }
    c->view.status = c->status = MEM_NEW(uint32_t, n);
    c->view.tasks = c->tasks = MEM_NEW(uint32_t, n);
    c->view.gpu_count = c->gpu_count = MEM_NEW(uint32_t, n);
    c->view.gpu_shapes = c->gpu_shapes = MEM_NEW(uint32_t, n);
    c->view.gpu_whole = c->gpu_whole = MEM_NEW(int64_t, n);
    c->view.gpu_most = c->gpu_most = MEM_NEW(int64_t, n);
    c->view.device_free = c->device_free = MEM_NEW(int32_t, n * SIM_DEVICES_MAX);
    c->view.version = c->version = MEM_NEW(uint64_t, n);
}

/* Recomputes what follows from the devices of a machine. */
static inline void test_cell_devices(struct test_cell *c, uint32_t m)
{
    c->room[SIM_GPU][m] = c->gpu_whole[m] = c->gpu_most[m] = 0;
    for (uint32_t d = 0; d < c->gpu_count[m]; d++) {
        const int32_t left = c->device_free[m * SIM_DEVICES_MAX + d];
        c->room[SIM_GPU][m] += left;
        c->gpu_whole[m] += left == SIM_DEVICE_MILLI;
        c->gpu_most[m] = left > c->gpu_most[m] ? left : c->gpu_most[m];
    }
}

/* An empty machine. */
static inline void test_cell_machine(struct test_cell *c, uint32_t m, int64_t cpu, int64_t memory,
                                     uint32_t gpus)
{
    c->capacity[SIM_CPU][m] = c->room[SIM_CPU][m] = cpu;
    c->capacity[SIM_MEMORY][m] = c->room[SIM_MEMORY][m] = memory;
    c->capacity[SIM_GPU][m] = gpus * SIM_DEVICE_MILLI;
    c->gpu_count[m] = gpus;
    for (uint32_t d = 0; d < gpus; d++) {
        c->device_free[m * SIM_DEVICES_MAX + d] = SIM_DEVICE_MILLI;
    }
    test_cell_devices(c, m);
    for (int d = 0; d < SIM_DIMS; d++) {
        if (c->capacity[d][m] > c->view.largest.v[d]) {
            c->view.largest.v[d] = c->capacity[d][m];
        }
    }
    c->version[m]++;
}

/* Free milli of each device, as far as given. */
static inline void test_cell_free(struct test_cell *c, uint32_t m, int64_t cpu, const int32_t *left)
{
    c->room[SIM_CPU][m] = cpu;
    for (uint32_t d = 0; d < c->gpu_count[m]; d++) {
        c->device_free[m * SIM_DEVICES_MAX + d] = left[d];
    }
    test_cell_devices(c, m);
    c->version[m]++;
}

static inline bool test_cell_fits(const struct test_cell *c, const struct sim_class *cls,
                                  uint32_t m)
{
    uint32_t devices = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        if (d != SIM_GPU && c->room[d][m] < cls->request.v[d]) {
            return false;
        }
    }
    for (uint32_t d = 0; d < c->gpu_count[m] && cls->gpu_count > 0; d++) {
        devices += c->device_free[m * SIM_DEVICES_MAX + d] >= cls->gpu_milli;
    }
    return c->status[m] == 0 && devices >= cls->gpu_count;
}

/* SIM_DEVICES_TIGHTEST. */
static inline uint32_t test_cell_tightest(const struct test_cell *c, const struct sim_class *cls,
                                          uint32_t m)
{
    uint32_t taken = 0;
    for (uint32_t k = 0; k < cls->gpu_count; k++) {
        int best = -1;
        for (uint32_t d = 0; d < c->gpu_count[m]; d++) {
            const int32_t *left = c->device_free + m * SIM_DEVICES_MAX;
            if ((taken >> d & 1) == 0 && left[d] >= cls->gpu_milli &&
                (best < 0 || left[d] < left[best])) {
                best = (int)d;
            }
        }
        cr_assert(best >= 0);
        taken |= 1u << best;
    }
    return taken;
}

static inline void test_cell_take(struct test_cell *c, const struct sim_class *cls, uint32_t m,
                                  uint32_t devices)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        c->room[d][m] -= d == SIM_GPU ? 0 : cls->request.v[d];
    }
    for (uint32_t d = 0; d < SIM_DEVICES_MAX; d++) {
        c->device_free[m * SIM_DEVICES_MAX + d] -= (devices >> d & 1) != 0 ? cls->gpu_milli : 0;
    }
    test_cell_devices(c, m);
    if (cls->gpu_count > 0) {
        c->gpu_shapes[m] |= 1u << (cls->gpu_milli < SIM_DEVICE_MILLI ? 0 : cls->gpu_count);
    }
    c->tasks[m]++;
    c->version[m]++;
}

static inline struct sim_class test_class(int64_t cpu, int64_t memory, uint16_t gpus,
                                          uint16_t milli)
{
    return (struct sim_class){.request = {{cpu, memory, gpus * milli}},
                              .gpu_count = gpus,
                              .gpu_milli = milli,
                              .spread_group = SIM_NONE};
}

/* ---- the policy on it ----------------------------------------------------------------------- */

static inline bool test_all_eligible(const void *cell, uint32_t constraints, sim_machine m)
{
    (void)cell, (void)constraints, (void)m;
    return true;
}
static inline struct sim_text test_no_text(const void *cell, uint32_t constraints)
{
    (void)cell, (void)constraints;
    return (struct sim_text){"", 0};
}

static inline void test_policy_derive(struct test_cell *c, uint32_t begin, uint32_t end)
{
    if (c->policy->derive != NULL) {
        c->policy->derive(c->state, &c->view, begin, end, c->derived);
    }
}

/* Declares the policy's options, sets those of `settings` ("key=value", NULL-terminated, may be
 * NULL), and calls init. The machines must be there for test_policy_begin. */
static inline bool test_policy_open(struct test_cell *c, const struct sim_policy *policy,
                                    const char *const *settings, struct sim_policy_args args,
                                    struct sim_diag *diag)
{
    c->policy = policy;
    c->settings = sim_settings_create();
    if (policy->options != NULL) {
        sim_settings_declare(c->settings, policy->options);
    }
    for (; settings != NULL && *settings != NULL; settings++) {
        char key[64];
        const size_t len = strcspn(*settings, "=");
        memcpy(key, *settings, len);
        key[len] = '\0';
        if (!sim_settings_set(c->settings, key, *settings + len + 1, SIM_FROM_FLAG, SIM_NOWHERE,
                              diag)) {
            return false;
        }
    }
    c->state = mem_alloc(1, policy->state_bytes + 1);
    args.settings = c->settings;
    args.view = &c->view;
    args.cell = c;
    args.eligible = args.eligible != NULL ? args.eligible : test_all_eligible;
    args.constraint_text = args.constraint_text != NULL ? args.constraint_text : test_no_text;
    return policy->init == NULL || policy->init(c->state, &args, diag);
}

static inline void test_policy_begin(struct test_cell *c)
{
    if (c->policy->prepare != NULL) {
        c->policy->prepare(c->state, &c->view);
    }
    test_policy_derive(c, 0, c->view.n);
}

/* Scores as the engine asks for them: the class is classified first. */
static inline void test_policy_scores(const struct test_cell *c, const struct sim_policy *policy,
                                      const struct sim_class *cls, uint32_t begin, uint32_t end,
                                      int64_t *out)
{
    struct sim_class classified = *cls;
    if (policy->classify != NULL) {
        policy->classify(c->state, &c->view, &classified);
    }
    policy->score(c->state, &c->view, &classified, begin, end, out);
}

static inline int64_t test_policy_score(struct test_cell *c, const struct sim_class *cls,
                                        uint32_t m)
{
    int64_t out = 0;
    if (c->policy->score != NULL) {
        test_policy_scores(c, c->policy, cls, m, m + 1, &out);
    }
    return out;
}

static inline void test_policy_close(struct test_cell *c)
{
    if (c->policy != NULL && c->policy->fini != NULL) {
        c->policy->fini(c->state);
    }
    mem_free(c->state);
    sim_settings_destroy(c->settings);
    c->policy = NULL;
    c->state = NULL;
    c->settings = NULL;
}

static inline void test_cell_fini(struct test_cell *c)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        mem_free(c->capacity[d]);
        mem_free(c->room[d]);
    }
    for (int k = 0; k < SIM_POLICY_COLUMNS; k++) {
        mem_free(c->derived[k]);
    }
    mem_free(c->status);
    mem_free(c->tasks);
    mem_free(c->gpu_count);
    mem_free(c->gpu_shapes);
    mem_free(c->gpu_whole);
    mem_free(c->gpu_most);
    mem_free(c->device_free);
    mem_free(c->version);
}

/* ---- random cells -------------------------------------------------------------------------- */

#define GIB (INT64_C(1) << 30)

/* splitmix64: small, and not the generator of the code under test. */
static inline uint64_t draw(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
static inline int64_t below(uint64_t *seed, int64_t n)
{
    return (int64_t)(draw(seed) % (uint64_t)n);
}

static inline void open_with(struct test_cell *c, const struct sim_policy *p,
                             const char *const *settings)
{
    struct sim_diag diag = {0};
    cr_assert(test_policy_open(c, p, settings, (struct sim_policy_args){0}, &diag), "%s",
              diag.text);
    test_policy_begin(c);
}

/* A cell of real shapes: 1..8 devices, some machines without, memory in bytes, partly used. */
static inline void random_cell(struct test_cell *c, uint32_t n, uint64_t *seed)
{
    test_cell_init(c, n);
    for (uint32_t m = 0; m < n; m++) {
        const uint32_t gpus = m % 4 == 0 ? 0 : (uint32_t)(1 + below(seed, 8));
        int32_t left[SIM_DEVICES_MAX];
        test_cell_machine(c, m, 8000 * (1 + below(seed, 16)), 32 * GIB * (1 + below(seed, 32)),
                          gpus);
        for (uint32_t d = 0; d < gpus; d++) {
            left[d] = below(seed, 3) == 0 ? SIM_DEVICE_MILLI : (int32_t)below(seed, 101) * 10;
        }
        test_cell_free(c, m, below(seed, c->capacity[SIM_CPU][m] + 1), left);
        c->room[SIM_MEMORY][m] = below(seed, c->capacity[SIM_MEMORY][m] + 1);
    }
}

static inline struct sim_class random_class(uint64_t *seed)
{
    const int64_t cpu = below(seed, 32000), memory = below(seed, 64 * GIB);
    switch (below(seed, 4)) {
    case 0:
        return test_class(cpu, memory, 0, 0);
    case 1:
        return test_class(cpu, memory, (uint16_t)(1 + below(seed, 4)), SIM_DEVICE_MILLI);
    case 2:
        return test_class(cpu, memory, 2, (uint16_t)(10 * (1 + below(seed, 99))));
    default:
        return test_class(cpu, memory, 1, (uint16_t)(10 * (1 + below(seed, 99))));
    }
}
#endif
