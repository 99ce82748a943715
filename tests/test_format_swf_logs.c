/* The reader of the Standard Workload Format on ten real logs, with the figures that other tools
 * counted on them, and on the job lists that published schedules rest on. */
#include "reader.h"

#include <inttypes.h>

#include "base/map.h"

extern const struct sim_format sim_format_swf;

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct reader_args jobs(const char *const *sets)
{
    return (struct reader_args){.format = &sim_format_swf, .role = SIM_ROLE_TRACE, .sets = sets};
}

struct figure {
    const char *kind;
    uint64_t count;
};
struct log {
    const char *file;
    uint64_t rows, jobs, from_s;
    int64_t procs; /* 0 = the header does not tell. */
    struct figure figures[12];
};
static const struct log logs[] = {
    {"KTH-SP2-1996-2",
     28489,
     28489,
     0,
     100,
     {{"run-over-request", 475},
      {"run-zero", 8},
      {"size-differs", 219},
      {"declared-rows", 1},
      {"recorded-peak", 1}}},
    {"KTH-SP2-1996-2.1-cln",
     27992,
     27992,
     599850,
     100,
     {{"run-over-request", 0},
      {"run-zero", 0},
      {"size-differs", 218},
      {"declared-rows", 484},
      {"recorded-peak", 1}}},
    {"HPC2N-2002-2.1-cln",
     202876,
     202876,
     0,
     240,
     {{"run-over-request", 14817},
      {"cpu-time-decimals", 45222},
      {"wait-missing", 1},
      {"status-unknown", 878},
      {"memory-requested", 175359},
      {"declared-rows", 0},
      {"recorded-peak", 1}}},
    {"LLNL-Atlas-2006-2.1-cln",
     43778,
     39139,
     3279379, /* The rows before never ran. */
     9216,
     {{"wait-missing", 43778},
      {"run-zero", 7178},
      {"allocated-missing", 4588},
      {"estimate-missing", 8233},
      {"run-over-request", 3351},
      {"cancelled-before-start", 4601},
      {"dropped-no-size", 38},
      {"declared-rows", 0}}},
    {"LLNL-Thunder-2007-1.1-cln",
     121039,
     118754,
     0,
     4008,
     {{"submit-missing", 1190},
      {"run-missing", 1190},
      {"wait-missing", 121039},
      {"estimate-missing", 82437},
      {"run-zero", 6236},
      {"run-over-request", 1101},
      {"allocated-missing", 2248},
      {"size-differs", 155},
      {"dropped-no-submit", 1190},
      {"declared-rows", 0}}},
    {"CEA-Curie-2011-2.1-cln-b1",
     36465,
     33852,
     43603464,
     0,
     {{"size-differs", 4058},
      {"allocated-missing", 2632},
      {"run-zero", 2905},
      {"run-over-request", 895},
      {"recorded-peak", 0}}},
    {"METACENTRUM-2009-2",
     103656,
     103656,
     0,
     0,
     {{"estimate-missing", 103656},
      {"size-fallback", 103656},
      {"run-zero", 3712},
      {"partitions-ignored", 14}}},
    {"NASA-iPSC-1993-3.1-cln",
     18239,
     18239,
     0,
     128,
     {{"wait-missing", 18239},
      {"status-unknown", 18239},
      {"estimate-missing", 18239},
      {"run-zero", 173},
      {"declared-rows", 0}}},
    {"UniLu-Gaia-2014-1",
     51987,
     51987,
     0,
     2004,
     {{"run-missing", 127},
      {"run-from-request", 127},
      {"run-over-request", 1500},
      {"declared-rows", 0}}},
    {"lublin_256",
     10000,
     10000,
     5094,
     256,
     {{"wait-missing", 10000},
      {"estimate-missing", 10000},
      {"size-fallback", 10000},
      {"declared-rows", 0}}},
};

ParameterizedTestParameters(swf_logs, real_logs_have_their_published_figures)
{
    static size_t indices[COUNT_OF(logs)]; /* Pointers do not survive the test's own process. */
    for (size_t i = 0; i < COUNT_OF(logs); i++)
        indices[i] = i;
    return cr_make_param_array(size_t, indices, COUNT_OF(logs));
}

/* The counts were taken from the logs with other tools; a reader that miscounts misreads. */
ParameterizedTest(size_t *index, swf_logs, real_logs_have_their_published_figures)
{
    const struct log *log = &logs[*index];
    char file[200];
    snprintf(file, sizeof file, "traces/swf/%s.swf.gz", log->file);
    struct reader_args a = jobs(NULL);
    a.path = reader_shared(file);
    if (a.path == NULL)
        return;
    struct reading r = reader_run(a);
    READER_OK(r);
    cr_expect_eq(r.info.rows, log->rows);
    cr_expect_eq(rows_count(r.rows), log->jobs);
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(log->from_s));
    for (size_t i = 0; i < COUNT_OF(log->figures) && log->figures[i].kind != NULL; i++)
        cr_expect_eq(reader_found(&r, log->figures[i].kind), log->figures[i].count,
                     "%s: %s is %" PRIu64, log->file, log->figures[i].kind,
                     reader_found(&r, log->figures[i].kind));
    reader_free(&r);
    a.role = SIM_ROLE_CLUSTER;
    struct reading m = reader_run(a);
    cr_expect_eq(m.ok, log->procs != 0);
    if (m.ok)
        cr_expect_eq(reader_machine(&m, 0)->capacity.v[SIM_CPU], log->procs * 1000);
    reader_free(&m);
}

/* ---- job lists of published results --------------------------------------------------------- */

/* Fields of a line of the oracle: id,submit,start,finish,procs,actual,estimate. */
static void expect_pyss_job(const struct reading *r, size_t i, struct sim_text line)
{
    struct sim_text f[8];
    char procs[24], actual[24], estimate[24], submit[24];
    cr_assert_geq(fields_split(line, ',', f, 8), 7);
    const struct sim_task_known *k = reader_task(r, i);
    snprintf(submit, sizeof submit, "%" PRId64, rows_at(r->rows, i, NULL)->time_us / 1000000);
    snprintf(procs, sizeof procs, "%" PRId64, k->request.v[SIM_CPU] / 1000);
    snprintf(actual, sizeof actual, "%" PRId64, reader_truth(r, i)->duration_us / 1000000);
    snprintf(estimate, sizeof estimate, "%" PRId64, k->time_limit_us / 1000000);
    cr_assert(k->job.len == f[0].len && memcmp(k->job.at, f[0].at, f[0].len) == 0, "job %zu", i);
    TEXT_EQ(f[1], submit);
    TEXT_EQ(f[4], procs);
    TEXT_EQ(f[5], actual);
    TEXT_EQ(f[6], estimate);
}

static void check_pyss(const char *log, const char *folder)
{
    char path[1024], oracle[256];
    snprintf(oracle, sizeof oracle, "oracles/backfilling/%s/fcfs.csv.gz", folder);
    struct reader_args a = jobs(SETS("trace.cleaning", "pyss"));
    a.path = reader_shared(log);
    if (a.path == NULL)
        return;
    struct reading r = reader_run(a);
    READER_OK(r);
    snprintf(path, sizeof path, "%s", reader_shared(oracle));
    struct lines *l = lines_open(path, NULL);
    cr_assert_not_null(l);
    struct sim_text line;
    cr_assert_eq(lines_next(l, &line, NULL), 1);
    size_t n = 0;
    for (; lines_next(l, &line, NULL) == 1; n++) {
        cr_assert_lt(n, rows_count(r.rows));
        expect_pyss_job(&r, n, line);
    }
    cr_expect_eq(n, rows_count(r.rows), "no job is dropped");
    lines_close(l);
    reader_free(&r);
}

/* Seven schedules per log are compared start by start elsewhere: the jobs must be theirs first. */
Test(swf_logs, pyss_cleaning_gives_the_jobs_of_the_backfilling_results)
{
    check_pyss("traces/swf/KTH-SP2-1996-2.1-cln.swf.gz", "KTH-SP2-1996-2.1-cln");
    check_pyss("oracles/backfilling/synth-s1-n2000-p128/jobs.swf.gz", "synth-s1-n2000-p128");
    check_pyss("oracles/backfilling/synth-s2-n5000-p64/jobs.swf.gz", "synth-s2-n5000-p64");
    check_pyss("oracles/backfilling/synth-s3-n3000-p100/jobs.swf.gz", "synth-s3-n3000-p100");
    check_pyss("oracles/backfilling/synth-s4-n3000-p64-minutes/jobs.swf.gz",
               "synth-s4-n3000-p64-minutes");
}

/* The published EASY schedule of 2015 is on KTH-SP2 without zero runs and with overruns cut. */
Test(swf_logs, rules_give_the_jobs_of_the_published_easy_schedule)
{
    struct reader_args a = jobs(SETS("trace.zero_run", "drop", "trace.overrun", "cut"));
    a.path = reader_shared("traces/swf/KTH-SP2-1996-2.swf.gz");
    if (a.path == NULL)
        return;
    struct reading ours = reader_run(a);
    READER_OK(ours);
    a = jobs(NULL);
    a.path = reader_shared("oracles/predictsim-easy/"
                           "KTH-SP2_res_easy_backfill_scheduler_None_None.swf.gz");
    struct reading theirs = reader_run(a);
    READER_OK(theirs);
    cr_expect_gt(reader_found(&theirs, "not-sorted"), 0, "its rows are in order of termination");
    cr_assert_eq(rows_count(ours.rows), 28481);
    cr_assert_eq(rows_count(theirs.rows), 28481);
    struct map_text *ids = map_text_create();
    for (size_t i = 0; i < 28481; i++)
        cr_assert_eq(map_text_id(ids, reader_task(&ours, i)->job, NULL), i);
    for (size_t i = 0; i < 28481; i++) {
        const struct sim_task_known *k = reader_task(&theirs, i);
        const uint32_t j = map_text_find(ids, k->job);
        cr_assert_neq(j, SIM_NONE);
        const struct sim_task_known *o = reader_task(&ours, j);
        cr_expect_eq(o->request.v[SIM_CPU], k->request.v[SIM_CPU]);
        cr_expect_eq(o->time_limit_us, k->time_limit_us);
        cr_expect_eq(reader_truth(&ours, j)->duration_us, reader_truth(&theirs, i)->duration_us);
        cr_expect_eq(rows_at(ours.rows, j, NULL)->time_us, rows_at(theirs.rows, i, NULL)->time_us);
    }
    map_text_destroy(ids);
    reader_free(&ours);
    reader_free(&theirs);
}
