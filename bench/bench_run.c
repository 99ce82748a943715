/* bench_run.c - whole runs without records: reading, events, schedulers, placement.
 *
 *   single-path   the preset on a synthetic day: one scheduler that thinks, a job at a time
 *   omega         two schedulers on shared state, copies of the cell and commits
 *
 * Usage: bench_run [JOBS]             (default 20000 per world)
 *        bench_run key=value ...      a run of one's own: trace=csv:jobs.csv cluster=1000x4,16GiB
 *                                     policy=omega until=1d ...; five times, the median
 * Each runs once hashing its decisions (the checksum) and five times with nothing recorded. */
#include <string.h>

#include <simctl/simctl.h>

#include "base/check.h"
#include "base/map.h"
#include "base/sort.h"
#include "bench/bench.h"
#include "cli/setup.h"

enum { ROUNDS = 5, SETS_MAX = 64 };

static void hash_row(void *self, enum sim_table table, const void *row)
{
    uint64_t *checksum = self;
    if (table == SIM_TABLE_DECISIONS) {
        struct sim_decision_row d = *(const struct sim_decision_row *)row;
        d.flags &= (uint8_t)~SIM_DECISION_CACHED;
        *checksum = *checksum * UINT64_C(0x9e3779b97f4a7c15) + map_hash(&d, sizeof d);
    }
}

static void drop_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    (void)self, (void)kind, (void)id, (void)text;
}

static void complain(void *self, const struct sim_diag *diag)
{
    char text[800];
    (void)self;
    fprintf(stderr, "%s\n", sim_diag_str(diag, text, sizeof text));
}

/* One run; CPU seconds of this thread. */
static double run(const struct setup_sources *from, const struct sim_output *output,
                  struct sim_totals *totals)
{
    struct setup setup;
    struct sim_run_args args;
    struct sim_diag diag = {0};
    const double begun = bench_cpu_s();
    if (!setup_resolve(&setup, from, &diag)) {
        exit(2);
    }
    setup_args(&setup, &args);
    args.output = output;
    struct sim_run *r = sim_run_create(&args, &diag);
    bool done = false;
    while (r != NULL && !done && sim_run_advance(r, 65536, &done, &diag)) {
    }
    if (!done) {
        complain(NULL, &diag);
        exit(3);
    }
    sim_run_totals(r, totals);
    sim_run_destroy(r);
    setup_fini(&setup);
    return bench_cpu_s() - begun;
}

static int by_value(const void *a, const void *b, void *context)
{
    const double x = *(const double *)a, y = *(const double *)b;
    (void)context;
    return (x > y) - (x < y);
}

static void bench(const char *name, const char *const *sets, size_t n)
{
    uint64_t checksum = 0;
    double cpu_s[ROUNDS];
    const struct sim_output hash = {&checksum, hash_row, drop_name, NULL};
    const struct setup_sources from = {.sets = sets, .set_count = n, .report = complain};
    struct sim_totals t;
    run(&from, &hash, &t);
    const uint64_t decisions = t.decisions;
    for (int i = 0; i < ROUNDS; i++) {
        cpu_s[i] = run(&from, NULL, &t);
    }
    sort_stable(cpu_s, ROUNDS, sizeof *cpu_s, by_value, NULL);
    const double median = cpu_s[ROUNDS / 2];
    printf("%-12s machines=%u tasks=%" PRIu64 " events=%" PRIu64 " decisions=%" PRIu64
           " cpu_s=%.3f (%.3f..%.3f) decisions_per_s=%.0f checksum=%016" PRIx64 "\n",
           name, t.machines, t.submitted, t.events, decisions, median, cpu_s[0], cpu_s[ROUNDS - 1],
           (double)decisions / median, checksum);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strchr(argv[1], '=') != NULL) {
        CHECK(argc - 1 <= SETS_MAX);
        bench("run", (const char *const *)argv + 1, (size_t)argc - 1);
        return 0;
    }
    char jobs[32];
    snprintf(jobs, sizeof jobs, "trace.jobs=%" PRIu64, bench_count(argc, argv, 1, 20000));
    const char *const worlds[][4] = {
        {"single-path", "policy=single-path", "scheduler.view=live", "scheduler.retry=1s"},
        {"omega", "policy=omega", "schedulers.service.tiers=", "schedulers.service.users=u0"}};
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const char *const sets[] = {"trace=synth:",
                                    "cluster=1000x4,16GiB",
                                    "trace.rate=720",
                                    "trace.tasks=20",
                                    "trace.duration=exponential(10m)",
                                    "trace.cpu=choice(0.25,0.5,1)",
                                    jobs,
                                    worlds[i][1],
                                    worlds[i][2],
                                    worlds[i][3]};
        bench(worlds[i][0], sets, sizeof sets / sizeof *sets);
    }
    return 0;
}
