/* bench_backfill.c - schedulers of batch systems on a stream of rigid jobs made while it runs (no
 * reading, no files): one pool of 1,024 processors, sizes 1 to 64, run times of a uniform part of
 * the estimates, nine tenths of the pool in use.
 *
 * Each scheduler runs twice: once hashing its decisions and promises (the checksum), once timed
 * with nothing recorded. Usage: bench_backfill [JOBS [NAME]]   (default 100000) */
#include <string.h>

#include <simctl/simctl.h>

#include "base/map.h"
#include "base/prng.h"
#include "bench/bench.h"
#include "bench/run.h"

enum { PROCESSORS = 1024, SIZE_BITS = 6, LIMIT_MAX_S = 7200, LOAD_PERMILLE = 900 };

struct bench {
    const char *name, *scheduler, *key, *value;
};
static const struct bench benches[] = {
    {"fcfs", "monolithic", "queue.blocking", "true"},
    {"easy", "easy", "queue.backfill", "fifo"},
    {"sjbf", "easy", "queue.backfill", "shortest"},
    {"conservative", "conservative", "queue.reserve", "sums"},
};

/* ---- the stream ------------------------------------------------------------------------------ */

struct stream {
    bool trace;
    uint64_t next;
    sim_time at_us;
    struct prng random;
    char name[24];
};
static uint64_t jobs; /* Formats get no user pointer. */

static bool stream_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                        struct sim_diag *diag)
{
    struct stream *s = state;
    (void)diag;
    s->trace = args->role == SIM_ROLE_TRACE;
    prng_init(&s->random, 1, "jobs");
    info->units = (struct sim_units){.per_unit = {1000, 1, 1, 1, 1, 1, 1, 1},
                                     .name = {[SIM_CPU] = "processors"}};
    info->end_us = SIM_NEVER;
    return true;
}

static struct sim_text numbered(struct stream *s)
{
    const int len = snprintf(s->name, sizeof s->name, "%" PRIu64, s->next);
    return (struct sim_text){s->name, (uint32_t)len};
}

/* Sizes are powers of two. Arrivals are even, at the rate that keeps the pool as busy as wanted. */
static void next_job(struct stream *s, struct sim_input *out)
{
    const int64_t mean_size = ((INT64_C(1) << (SIZE_BITS + 1)) - 1) / (SIZE_BITS + 1);
    const int64_t mean_us = SIM_SECONDS(LIMIT_MAX_S) / 4;
    const int64_t limit_s = 1 + (int64_t)prng_below(&s->random, LIMIT_MAX_S);
    struct sim_task_known *k = &out->u.task.known;
    s->at_us += mean_us * mean_size * 1000 / (PROCESSORS * LOAD_PERMILLE);
    *out = (struct sim_input){.time_us = s->at_us, .kind = SIM_IN_SUBMIT};
    k->job = numbered(s);
    k->request.v[SIM_CPU] = INT64_C(1000) << prng_below(&s->random, SIZE_BITS + 1);
    k->time_limit_us = SIM_SECONDS(limit_s);
    out->u.task.truth.duration_us =
        SIM_SECONDS(1 + (int64_t)prng_below(&s->random, (uint32_t)limit_s));
    out->u.task.truth.cancel_us = SIM_NEVER;
}

static enum sim_next stream_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                                 struct sim_diag *diag)
{
    struct stream *s = state;
    (void)info, (void)diag;
    if (s->next == (s->trace ? jobs : 1)) {
        return SIM_NEXT_END;
    }
    if (s->trace) {
        next_job(s, out);
    } else {
        *out = (struct sim_input){.kind = SIM_IN_MACHINE_ADD};
        out->u.machine.name = numbered(s);
        out->u.machine.capacity.v[SIM_CPU] = PROCESSORS * 1000;
    }
    s->next++;
    return SIM_NEXT_ITEM;
}

static void stream_close(void *state)
{
    (void)state;
}

static const struct sim_format format = {.abi = SIM_FORMAT_ABI,
                                         .name = "jobs",
                                         .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
                                         .state_bytes = sizeof(struct stream),
                                         .open = stream_open,
                                         .next = stream_next,
                                         .close = stream_close};

/* ---- runs ------------------------------------------------------------------------------------ */

static void hash_row(void *self, enum sim_table table, const void *row)
{
    uint64_t *checksum = self;
    if (table == SIM_TABLE_DECISIONS || table == SIM_TABLE_PROMISES) {
        *checksum = *checksum * UINT64_C(0x9e3779b97f4a7c15) +
                    map_hash(row, sim_table_info(table)->row_bytes);
    }
}

static void drop_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    (void)self, (void)kind, (void)id, (void)text;
}

static void set(struct sim_settings *settings, const char *key, const char *value)
{
    struct sim_diag diag = {0};
    if (!sim_settings_set(settings, key, value, SIM_FROM_FLAG, SIM_NOWHERE, &diag)) {
        abort();
    }
}

static void run(const struct bench *b, const struct sim_output *output, struct sim_totals *totals)
{
    struct sim_settings *settings = sim_settings_create();
    struct sim_findings *findings = sim_findings_create();
    const struct sim_scheduler *scheduler = sim_scheduler_find(b->scheduler);
    sim_settings_declare(settings, sim_run_options());
    sim_settings_declare(settings, scheduler->options);
    set(settings, b->key, b->value);
    const struct sim_run_args args = {.trace = &format,
                                      .cluster = &format,
                                      .trace_path = "",
                                      .cluster_path = "",
                                      .policy = sim_policy_find("first-fit"),
                                      .scheduler = scheduler,
                                      .settings = settings,
                                      .seed = 1,
                                      .trace_findings = findings,
                                      .cluster_findings = findings,
                                      .output = output};
    bench_run(&args, totals);
    sim_findings_destroy(findings);
    sim_settings_destroy(settings);
}

static void bench(const struct bench *b)
{
    uint64_t checksum = 0;
    const struct sim_output hash = {&checksum, hash_row, drop_name, NULL};
    struct sim_totals t;
    run(b, &hash, &t);
    const double cpu = bench_cpu_s(), wall = bench_wall_s();
    run(b, NULL, &t);
    const double cpu_s = bench_cpu_s() - cpu, wall_s = bench_wall_s() - wall;
    printf("%-12s jobs=%" PRIu64 " refused=%" PRIu64 " promises=%" PRIu64
           " mean_wait_s=%.0f events_per_s=%.0f decisions_per_s=%.0f jobs_per_s=%.0f cpu_s=%.3f "
           "wall_s=%.3f checksum=%016" PRIx64 "\n",
           b->name, t.submitted, t.decisions_refused, t.promises.made,
           sim_wide_double(t.wait_sum_us) / 1e6 / (double)t.placed, (double)t.events / cpu_s,
           (double)t.decisions / cpu_s, (double)t.submitted / cpu_s, cpu_s, wall_s, checksum);
}

int main(int argc, char **argv)
{
    jobs = bench_count(argc, argv, 1, 100000);
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
        if (argc < 3 || strcmp(argv[2], benches[i].name) == 0) {
            bench(&benches[i]);
        }
    }
    printf("peak_rss_mib=%.1f\n", bench_peak_mib());
    return 0;
}
