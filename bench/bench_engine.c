/* bench_engine.c - the whole engine on synthetic streams made while it runs (no reading, no files):
 *
 *   events     random-first-fit on 10,000 equal machines: events per second
 *   different  exact best-fit on 12,583 machines of the 2011 shapes, every request different
 *   repeated   the same cell, requests repeated as in the 2011 trace (jobs of many equal tasks)
 *
 * Each world runs twice: once hashing its decisions (the checksum), once timed with nothing
 * recorded. Usage: bench_engine [TASKS]   (default 400000 per world; `different` runs a quarter) */
#include <string.h>

#include <simctl/simctl.h>

#include "base/map.h"
#include "base/prng.h"
#include "bench/bench.h"
#include "bench/synthetic.h"

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

static void bench(const struct synthetic *world)
{
    uint64_t checksum = 0;
    const struct sim_output hash = {&checksum, hash_row, drop_name, NULL};
    struct sim_totals t;
    synthetic_run(world, &hash, &t);
    const double cpu = bench_cpu_s(), wall = bench_wall_s();
    synthetic_run(world, NULL, &t);
    const double cpu_s = bench_cpu_s() - cpu, wall_s = bench_wall_s() - wall;
    printf("%-10s policy=%s machines=%u tasks=%" PRIu64 " refused=%" PRIu64
           " events_per_s=%.0f decisions_per_s=%.0f ns_per_decision=%.0f cpu_s=%.3f wall_s=%.3f "
           "placement=%.0f%% checksum=%016" PRIx64 "\n",
           world->name, world->policy, t.machines, t.submitted, t.decisions_refused,
           (double)t.events / cpu_s, (double)t.decisions / cpu_s, cpu_s * 1e9 / (double)t.decisions,
           cpu_s, wall_s,
           100.0 * (double)t.ns_placement /
               (double)(t.ns_placement + t.ns_events + t.ns_reading + t.ns_recording),
           checksum);
}

int main(int argc, char **argv)
{
    const uint64_t tasks = bench_count(argc, argv, 1, 400000);
    const struct synthetic worlds[] = {
        {"events", "random-first-fit", tasks, SHAPES_EQUAL, 10000, 600},
        {"different", "best-fit", tasks / 4, SHAPES_DIFFERENT, 12583, 750},
        {"repeated", "best-fit", tasks, SHAPES_REPEATED, 12583, 750}};
    for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++) {
        if (argc < 3 || strcmp(argv[2], worlds[i].name) == 0) {
            bench(&worlds[i]);
        }
    }
    printf("peak_rss_mib=%.1f\n", bench_peak_mib());
    return 0;
}
