/* test_fgd_golden.c - the GPU policies against the results of the FGD program.
 *
 * Replays the published order of pods and nodes (arrivals only, each pod tried once, ties to the
 * lowest rank) with the real policies and compares what the original program printed at the end.
 * The files are not part of the repository: SIMCTL_SHARED names the folder that holds oracles/fgd
 * and oracles/fgd-frag; without it the tests are skipped. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "sched/lib/frag.h"
#include "sched/lib/typical.h"
#include "tests/view.h"

enum { PODS = 10866, NODES = 1213, ORIGINAL_PODS = 8152, NAME = 40 };

struct pod {
    char name[NAME];
    long long cpu, memory_mib;
    unsigned gpus, milli;
    uint32_t kind; /* Row of replay.classes. */
};
struct node {
    char name[NAME];
    long long cpu, memory_mib;
    unsigned gpus;
    bool seen;
};
struct replay {
    struct pod pods[PODS];
    struct node nodes[NODES]; /* By rank: the machine id is the rank, so the lowest id wins ties. */
    struct sim_class classes[PODS];
    uint32_t class_count;
    struct sim_shape history[PODS];
    size_t history_count;
    int64_t
        *scores; /* [class * NODES + machine], valid while stamp equals the machine's version. */
    uint64_t *stamps;
    long long failed, used_gpu, used_cpu, used_memory;
};

static const char *shared_path(const char *name, char *buf, size_t size)
{
    const char *root = getenv("SIMCTL_SHARED");
    snprintf(buf, size, "%s/oracles/%s", root != NULL ? root : SOURCE_DIR "/../shared", name);
    return buf;
}

/* gzopen reads plain files too. */
static gzFile open_shared(const char *name)
{
    char path[4096];
    gzFile f = gzopen(shared_path(name, path, sizeof path), "rb");
    if (f == NULL) {
        cr_skip_test("%s is not there (set SIMCTL_SHARED)", path);
    }
    return f;
}

static void read_nodes(struct replay *r)
{
    gzFile f = open_shared("fgd/fgd_order_seed42_nodes.csv");
    char line[256];
    uint32_t n = 0;
    for (; gzgets(f, line, sizeof line) != NULL; n++) {
        unsigned rank;
        struct node node = {.seen = true};
        cr_assert_eq(sscanf(line, "%u,%39[^,],%lld,%lld,%u", &rank, node.name, &node.cpu,
                            &node.memory_mib, &node.gpus),
                     5);
        cr_assert(rank < NODES && !r->nodes[rank].seen);
        r->nodes[rank] = node;
    }
    gzclose(f);
    cr_assert_eq(n, NODES);
}

static bool same_class(const struct sim_class *a, const struct sim_class *b)
{
    return memcmp(&a->request, &b->request, sizeof a->request) == 0 &&
           a->gpu_count == b->gpu_count && a->gpu_milli == b->gpu_milli;
}

static void read_pods(struct replay *r)
{
    gzFile f = open_shared("fgd/fgd_order_seed42_pods.csv.gz");
    char line[256];
    uint32_t n = 0;
    for (; gzgets(f, line, sizeof line) != NULL; n++) {
        struct pod *p = &r->pods[n];
        cr_assert(n < PODS);
        cr_assert_eq(sscanf(line, "%39[^,],%lld,%lld,%u,%u", p->name, &p->cpu, &p->memory_mib,
                            &p->gpus, &p->milli),
                     5);
        const struct sim_class cls =
            test_class(p->cpu, p->memory_mib << 20, (uint16_t)p->gpus, (uint16_t)p->milli);
        while (p->kind < r->class_count && !same_class(&r->classes[p->kind], &cls)) {
            p->kind++;
        }
        if (p->kind == r->class_count) {
            r->classes[r->class_count++] = cls;
        }
        /* Pods that were drawn again to raise the load are no part of the history. */
        if (strstr(p->name, "-tuned-") == NULL) {
            r->history[r->history_count++] = (struct sim_shape){.request = cls.request,
                                                                .gpu_count = cls.gpu_count,
                                                                .gpu_milli = cls.gpu_milli,
                                                                .count = 1};
        }
    }
    gzclose(f);
    cr_assert_eq(n, PODS);
    cr_assert_eq(r->history_count, ORIGINAL_PODS);
}

static struct replay *replay_open(struct test_cell *c)
{
    struct replay *r = MEM_NEW(struct replay, 1);
    read_nodes(r);
    read_pods(r);
    test_cell_init(c, NODES);
    for (uint32_t m = 0; m < NODES; m++) {
        test_cell_machine(c, m, r->nodes[m].cpu, r->nodes[m].memory_mib << 20, r->nodes[m].gpus);
    }
    r->scores = MEM_NEW(int64_t, r->class_count * NODES);
    r->stamps = MEM_NEW(uint64_t, r->class_count * NODES);
    return r;
}

static void replay_close(struct replay *r, struct test_cell *c)
{
    test_policy_close(c);
    test_cell_fini(c);
    mem_free(r->scores);
    mem_free(r->stamps);
    mem_free(r);
}

/* The best machine, the first among equals; SIM_NONE if none fits. */
static sim_machine choose(struct replay *r, struct test_cell *c, uint32_t kind, int64_t *best)
{
    const struct sim_class *cls = &r->classes[kind];
    sim_machine chosen = SIM_NONE;
    for (uint32_t m = 0; m < NODES; m++) {
        if (!test_cell_fits(c, cls, m)) {
            continue;
        }
        int64_t *score = &r->scores[kind * NODES + m];
        uint64_t *stamp = &r->stamps[kind * NODES + m];
        if (*stamp != c->version[m]) {
            *score = test_policy_score(c, cls, m);
            *stamp = c->version[m];
        }
        if (chosen == SIM_NONE || *score > *best) {
            chosen = m;
            *best = *score;
        }
    }
    return chosen;
}

struct placed {
    sim_machine machine;
    uint32_t devices;
    int64_t score;
};

static struct placed step(struct replay *r, struct test_cell *c, uint32_t i)
{
    const struct pod *p = &r->pods[i];
    const struct sim_class *cls = &r->classes[p->kind];
    struct placed out = {.machine = SIM_NONE};
    out.machine = choose(r, c, p->kind, &out.score);
    if (out.machine == SIM_NONE) {
        r->failed++;
        return out;
    }
    out.devices = c->policy->devices != NULL
                      ? c->policy->devices(c->state, &c->view, cls, out.machine)
                      : test_cell_tightest(c, cls, out.machine);
    test_cell_take(c, cls, out.machine, out.devices);
    test_policy_derive(c, out.machine, out.machine + 1);
    r->used_gpu += p->gpus * p->milli;
    r->used_cpu += p->cpu;
    r->used_memory += p->memory_mib;
    return out;
}

/* Value of a metric after the last pod of seed 42. */
static double golden(const char *policy, const char *metric)
{
    gzFile f = open_shared("fgd/goldens_default.csv");
    char line[256], wanted[128];
    double value = NAN;
    const int len = snprintf(wanted, sizeof wanted, "%s,%s,end,42,", policy, metric);
    while (gzgets(f, line, sizeof line) != NULL) {
        if (strncmp(line, wanted, (size_t)len) == 0) {
            value = strtod(line + len, NULL);
        }
    }
    gzclose(f);
    cr_assert(!isnan(value), "no row %s", wanted);
    return value;
}

/* The classes of sched/lib/frag.h and what is satisfied, summed over the machines the slow way. */
enum { Q1, Q2, Q3, Q4, XL, XR, NO_ACCESS, CLASSES };
static const char *const class_metric[CLASSES] = {
    "q1_lack_both_gpus", "q2_lack_gpu_gpus", "q3_satisfied_gpus", "q4_lack_cpu_gpus",
    "xl_satisfied_gpus", "xr_lack_cpu_gpus", "no_access_gpus"};

static void add_classes(const struct frag_table *t, struct test_cell *c, uint32_t m, double *sum)
{
    const double all = (double)c->room[SIM_GPU][m];
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t fit = 0;
        double small = 0;
        for (uint32_t d = 0; d < c->gpu_count[m]; d++) {
            const int32_t left = c->device_free[m * SIM_DEVICES_MAX + d];
            fit += left >= t->milli[i];
            small += left >= t->milli[i] ? 0 : left;
        }
        const bool cpu = c->room[SIM_CPU][m] >= t->cpu[i];
        const double w = t->weight[i];
        if (t->devices[i] == 0) {
            sum[cpu ? XL : XR] += w * all;
        } else if (fit < t->devices[i]) {
            sum[cpu ? Q2 : Q1] += w * all;
        } else if (!cpu) {
            sum[Q4] += w * all;
        } else {
            sum[Q2] += w * small;
            sum[Q3] += w * (all - small);
        }
    }
}

static void compare_fragments(struct replay *r, struct test_cell *c, const char *policy)
{
    const struct sim_policy_args args = {.history = r->history,
                                         .history_count = r->history_count,
                                         .cell = c,
                                         .eligible = test_all_eligible,
                                         .constraint_text = test_no_text};
    struct typical t = {0};
    struct sim_diag diag = {0};
    double sum[CLASSES] = {0};
    cr_assert(typical_init(&t, &args, 950000, &diag));
    for (uint32_t m = 0; m < NODES; m++) {
        add_classes(&t.table, c, m, sum);
    }
    typical_fini(&t);
    for (int k = 0; k < CLASSES; k++) {
        cr_expect_lt(fabs(sum[k] / 1000 - golden(policy, class_metric[k])), 0.0051, "%s: %s = %.4f",
                     policy, class_metric[k], sum[k] / 1000);
    }
}

static void compare(struct replay *r, struct test_cell *c, const char *policy)
{
    long long in_use = 0;
    for (uint32_t m = 0; m < NODES; m++) {
        for (uint32_t d = 0; d < c->gpu_count[m]; d++) {
            in_use += c->device_free[m * SIM_DEVICES_MAX + d] < SIM_DEVICE_MILLI;
        }
    }
    cr_expect_eq(r->failed, (long long)golden(policy, "failed_pods"), "%s: %lld failed", policy,
                 r->failed);
    cr_expect_eq(r->used_gpu, (long long)golden(policy, "used_gpu_milli"), "%s: %lld", policy,
                 r->used_gpu);
    cr_expect_eq(r->used_cpu, (long long)golden(policy, "used_cpu_milli"), "%s", policy);
    cr_expect_eq(r->used_memory, (long long)golden(policy, "used_memory_mib"), "%s", policy);
    cr_expect_eq(in_use, (long long)golden(policy, "gpus_in_use"), "%s", policy);
    compare_fragments(r, c, policy);
}

static void play(const struct sim_policy *policy, const char *const *settings, const char *name)
{
    struct test_cell c;
    struct sim_diag diag = {0};
    struct replay *r = replay_open(&c);
    const struct sim_policy_args args = {.history = r->history, .history_count = r->history_count};
    cr_assert(test_policy_open(&c, policy, settings, args, &diag), "%s", diag.text);
    test_policy_begin(&c);
    for (uint32_t i = 0; i < PODS; i++) {
        step(r, &c, i);
    }
    compare(r, &c, name);
    replay_close(r, &c);
}

static const char *const baseline[] = {"policy.dims=cpu,gpu", "policy.resolution=100", NULL};
extern const struct sim_policy sim_policy_best_fit, sim_policy_dot_product, sim_policy_gpu_packing,
    sim_policy_gpu_clustering, sim_policy_fgd;

/* A different score anywhere in 10,866 decisions moves at least one of the counts. */
Test(fgd_golden, best_fit_ends_as_published)
{
    play(&sim_policy_best_fit, baseline, "BestFit");
}
Test(fgd_golden, dot_product_ends_as_published)
{
    play(&sim_policy_dot_product, baseline, "DotProd");
}
Test(fgd_golden, gpu_packing_ends_as_published)
{
    play(&sim_policy_gpu_packing, NULL, "GpuPacking");
}
Test(fgd_golden, gpu_clustering_ends_as_published)
{
    play(&sim_policy_gpu_clustering, NULL, "GpuClustering");
}
Test(fgd_golden, fgd_ends_as_published, .timeout = 240)
{
    play(&sim_policy_fgd, NULL, "FGD");
}

/* Machine, device of a share and score of the first decisions, from the log of the original. */
Test(fgd_golden, fgd_decides_as_the_original_from_the_first_pod_on)
{
    static const struct {
        const char *pod, *node;
        sim_machine rank;
        int device; /* -1 = not a share. */
        int score;
    } first[] = {{"openb-pod-0255", "openb-node-0260", 0, -1, 50},
                 {"openb-pod-1685", "openb-node-1080", 37, 0, 60},
                 {"openb-pod-6784", "openb-node-0260", 0, -1, 53},
                 {"openb-pod-4463", "openb-node-0260", 0, -1, 53},
                 {"openb-pod-0602", "openb-node-0260", 0, -1, 53},
                 {"openb-pod-1564", "openb-node-0292", 137, 0, 60},
                 {"openb-pod-3882", "openb-node-1141", 170, 0, 51},
                 {"openb-pod-7257", "openb-node-0260", 0, 3, 45},
                 {"openb-pod-6545", "openb-node-0475", 240, 0, 60},
                 {"openb-pod-1541", "openb-node-0260", 0, 3, 55}};
    struct test_cell c;
    struct sim_diag diag = {0};
    struct replay *r = replay_open(&c);
    const struct sim_policy_args args = {.history = r->history, .history_count = r->history_count};
    cr_assert(test_policy_open(&c, &sim_policy_fgd, NULL, args, &diag));
    test_policy_begin(&c);
    for (uint32_t i = 0; i < sizeof first / sizeof *first; i++) {
        const struct placed p = step(r, &c, i);
        cr_assert_str_eq(r->pods[i].name, first[i].pod);
        cr_expect_eq(p.machine, first[i].rank, "%s on %u", first[i].pod, p.machine);
        cr_expect_str_eq(r->nodes[p.machine].name, first[i].node);
        cr_expect_eq(p.score, first[i].score, "%s scores %d", first[i].pod, (int)p.score);
        if (first[i].device >= 0) {
            cr_expect_eq(p.devices, 1u << first[i].device, "%s", first[i].pod);
        }
    }
    replay_close(r, &c);
}

/* Else the weights of F, and with them every score, are those of other pods. */
Test(fgd_golden, typical_pods_are_35_that_cover_95_26_percent)
{
    struct test_cell c;
    struct replay *r = replay_open(&c);
    const struct sim_policy_args args = {
        .history = r->history, .history_count = r->history_count, .constraint_text = test_no_text};
    struct typical t = {0};
    struct sim_diag diag = {0};
    cr_assert(typical_init(&t, &args, 950000, &diag));
    cr_expect_eq(t.table.count, 35);
    cr_expect_eq(t.table.cpu[0], 3152);
    cr_expect_eq(t.table.milli[0], 810);
    /* 1047 of 8152 pods, and 95.26 % of all covered. */
    cr_expect_lt(fabs(1047.0 / 8152 / t.table.weight[0] - 0.9526), 0.00005);
    typical_fini(&t);
    replay_close(r, &c);
}

/* ---- the fragmentation of single machines --------------------------------------------------- */

struct typical_row {
    char set, type[16];
    long long cpu;
    int milli, gpus;
    double percent;
};

static size_t read_typical(struct typical_row *rows, size_t max)
{
    gzFile f = open_shared("fgd-frag/typical_pods.csv");
    char line[256];
    size_t n = 0;
    cr_assert(gzgets(f, line, sizeof line) != NULL);
    for (; gzgets(f, line, sizeof line) != NULL; n++) {
        cr_assert(n < max);
        cr_assert_eq(sscanf(line, "%c,%lld,%d,%d,%15[^,],%lf", &rows[n].set, &rows[n].cpu,
                            &rows[n].milli, &rows[n].gpus, rows[n].type, &rows[n].percent),
                     6);
    }
    gzclose(f);
    return n;
}

/* The rows of a set, or only the first; bit i of the constraints is row i's own GPU type. */
static uint64_t make_table(struct frag_table *t, const struct typical_row *rows, size_t n, char set,
                           bool first_only, const char *type)
{
    uint64_t access = 0;
    frag_table_init(t, n);
    t->count = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].set == set && !(first_only && t->count == 1)) {
            const uint32_t k = t->count++;
            t->cpu[k] = rows[i].cpu;
            t->milli[k] = rows[i].milli;
            t->devices[k] = (uint32_t)rows[i].gpus;
            t->set[k] = (uint8_t)k;
            t->weight[k] = rows[i].percent / 100;
            const bool ok = strcmp(rows[i].type, "any") == 0 || strcmp(rows[i].type, type) == 0;
            access |= (uint64_t)ok << k;
        }
    }
    for (size_t k = t->count; k < n; k++) {
        t->milli[k] = INT32_MAX;
    }
    return access;
}

static uint32_t parse_devices(const char *text, int32_t *out, int64_t *sum)
{
    uint32_t n = 0;
    char *end;
    for (*sum = 0; *text != '\0'; text = end) {
        out[n] = (int32_t)strtol(text, &end, 10);
        cr_assert(end != text && n < SIM_DEVICES_MAX);
        *sum += out[n++];
    }
    return n;
}

/* The values that the original's own unit tests expect, for real machines and typical pods. */
Test(fgd_golden, fragmentation_of_machines_is_as_published)
{
    struct typical_row rows[128];
    const size_t n = read_typical(rows, 128);
    gzFile f = open_shared("fgd-frag/node_fragmentation.csv");
    char line[512];
    int checked = 0;
    cr_assert(gzgets(f, line, sizeof line) != NULL);
    for (; gzgets(f, line, sizeof line) != NULL; checked++) {
        char name[64], type[16], left[128], set[32];
        long long cpu;
        double expected;
        int32_t device_free[SIM_DEVICES_MAX];
        cr_assert_eq(sscanf(line, "%63[^,],%15[^,],%lld,%127[^,],%31[^,],%lf", name, type, &cpu,
                            left, set, &expected),
                     6);
        struct frag_table t;
        struct frag_machine m = {.cpu = cpu, .device_free = device_free};
        m.devices = parse_devices(left, device_free, &m.gpu);
        const bool first_only = strncmp(set, "first", 5) == 0;
        m.access = make_table(&t, rows, n, first_only ? 'A' : set[0], first_only, type);
        const double f_of = frag_of(&t, &m);
        cr_expect_lt(fabs(f_of - expected), 0.006, "%s: %.4f, not %.2f", name, f_of, expected);
        frag_table_fini(&t);
    }
    gzclose(f);
    cr_expect_eq(checked, 7);
}

/* One typical pod of weight 1 and no cpu leaves only what lies on devices too small for it. */
Test(fgd_golden, milli_on_devices_too_small_is_as_published)
{
    gzFile f = open_shared("fgd-frag/lack_gpu_milli.csv");
    char line[512];
    int checked = 0;
    cr_assert(gzgets(f, line, sizeof line) != NULL);
    for (; gzgets(f, line, sizeof line) != NULL; checked++) {
        char name[64], left[128];
        struct typical_row row = {.set = 'A', .type = "any", .percent = 100};
        double expected;
        int32_t device_free[SIM_DEVICES_MAX];
        cr_assert_eq(sscanf(line, "%63[^,],%127[^,],%d,%d,%lf", name, left, &row.milli, &row.gpus,
                            &expected),
                     5);
        struct frag_table t;
        struct frag_machine m = {.device_free = device_free};
        m.devices = parse_devices(left, device_free, &m.gpu);
        m.access = make_table(&t, &row, 1, 'A', false, "1080");
        cr_expect_eq(frag_of(&t, &m), expected, "%s", name);
        frag_table_fini(&t);
    }
    gzclose(f);
    cr_expect_eq(checked, 4);
}
