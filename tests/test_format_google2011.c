/* The reader of the Google 2011 trace: what becomes of a task under every turn of its state
 * machine, and what is counted. */
#include "google2011.h"

#define S(s) s "000000" /* Seconds as the file has them. */

/* Only task_events, in one part. */
static struct reading read_tasks(const char *text, enum sim_bad_rows bad, const char *const *sets)
{
    struct folder f;
    make_root(&f);
    add_part(&f, "task_events", 0, text);
    return read_folder(&f, SIM_ROLE_TRACE, bad, sets);
}

static struct reading read_machines(const char *text, enum sim_bad_rows bad,
                                    const char *const *sets)
{
    struct folder f;
    make_root(&f);
    add_part(&f, "machine_events", 0, text);
    return read_folder(&f, SIM_ROLE_CLUSTER, bad, sets);
}

/* A row of task 77:0 on machine 5, or without one. */
#define ROW(time, event) time ",,77,0,5," event ",u,2,9,0.5,0.25,0.01,0\n"
#define BARE(time, event) time ",,77,0,," event ",u,2,9,0.5,0.25,0.01,0\n"
#define SUBMIT(time) BARE(time, "0")
#define SCHEDULE(time) ROW(time, "1")
#define EVICT(time) ROW(time, "2")
#define FAIL(time) ROW(time, "3")
#define FINISH(time) ROW(time, "4")
#define KILL(time) ROW(time, "5")
#define LOST(time) ROW(time, "6")

/* ---- what is known -------------------------------------------------------------------------- */

Test(google2011, a_submit_keeps_every_column) /* Else a policy sees another request. */
{
    struct reading r =
        read_tasks(S("600") ",,77,3,,0,alice,2,11,0.0625,9.155e-05,0.0004,1\n", SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1);
    const struct sim_task_known *k = reader_task(&r, 0);
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(600));
    TEXT_EQ(k->job, "77");
    TEXT_EQ(k->user, "alice");
    cr_expect_eq(k->index, 3);
    cr_expect_eq(k->priority, 11);
    cr_expect_eq(k->tier, SIM_TIER_MONITORING);
    cr_expect_eq(k->request.v[SIM_CPU], 625000000);
    cr_expect_eq(k->request.v[SIM_MEMORY], 915500);
    cr_expect_eq(k->request.v[SIM_DISK], 0, "disk is an option");
    cr_expect_eq(k->max_per_machine, 1, "column 13: different machines");
    cr_expect_eq(k->time_limit_us, SIM_NEVER);
    cr_expect_eq(reader_found(&r, "disk-ignored"), 1);
    cr_expect_eq(reader_found(&r, "pending-at-end"), 1);
    cr_expect_eq(r.info.units.per_unit[SIM_CPU], UNIT);
    reader_free(&r);
}

Test(google2011, priorities_fall_into_bands)
{
    static const enum sim_tier want[] = {
        SIM_TIER_FREE,  SIM_TIER_FREE,       SIM_TIER_BATCH,      SIM_TIER_BATCH,
        SIM_TIER_BATCH, SIM_TIER_BATCH,      SIM_TIER_BATCH,      SIM_TIER_BATCH,
        SIM_TIER_BATCH, SIM_TIER_PRODUCTION, SIM_TIER_PRODUCTION, SIM_TIER_MONITORING};
    char text[2000];
    size_t len = 0;
    for (unsigned p = 0; p < COUNT_OF(want); p++)
        len += (size_t)snprintf(text + len, sizeof text - len, "1,,7,%u,,0,u,2,%u,0.5,0.5,0,0\n", p,
                                p);
    struct reading r = read_tasks(text, SIM_BAD_FAIL, last);
    READER_OK(r);
    for (unsigned p = 0; p < COUNT_OF(want); p++)
        cr_expect_eq(reader_task(&r, p)->tier, want[p], "priority %u", p);
    reader_free(&r);
}

Test(google2011, the_snapshot_takes_the_request_of_its_schedule) /* The SUBMITs are less exact. */
{
    struct reading r =
        read_tasks("0,2,77,0,,0,u,2,9,,,,\n"
                   "0,,77,1,5,0,u,2,9,0.5,0.5,0,0\n"
                   "0,,77,2,,0,u,2,9,0.5,0.5,0,0\n"
                   "0,,77,0,5,1,u,2,9,0.25,0.125,0,1\n"
                   "0,,77,1,5,1,u,2,9,0.5,0.75,0,0\n" S("700") ",,77,2,5,1,u,2,9,0.25,0.25,0,0\n",
                   SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    cr_expect_eq(reader_task(&r, 0)->request.v[SIM_CPU], UNIT / 4);
    cr_expect_eq(reader_task(&r, 0)->max_per_machine, 1);
    cr_expect_eq(reader_task(&r, 1)->request.v[SIM_MEMORY], UNIT * 3 / 4);
    cr_expect_eq(reader_task(&r, 2)->request.v[SIM_CPU], UNIT / 2, "later, the SUBMIT counts");
    cr_expect_eq(reader_found(&r, "snapshot-request-differs"), 2);
    cr_expect_eq(reader_found(&r, "request-changed"), 1);
    cr_expect_eq(reader_found(&r, "synthesised-submit"), 1);
    cr_expect_eq(reader_found(&r, "snapshot-submit-machine"), 1);
    cr_expect_eq(reader_found(&r, "running-at-start"), 2);
    cr_expect_eq(reader_found(&r, "request-missing"), 0);
    reader_free(&r);
}

Test(google2011, a_missing_request_is_zero_and_counted)
{
    struct reading r = read_tasks(S("600") ",2,77,0,,0,u,2,9,,0.5,,\n", SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_expect_eq(reader_task(&r, 0)->request.v[SIM_CPU], 0);
    cr_expect_eq(reader_found(&r, "request-missing"), 1);
    cr_expect_eq(reader_found(&r, "cpu-zero"), 0, "missing is not zero");
    reader_free(&r);
}

Test(google2011, disk_counts_when_asked_for)
{
    struct reading r = read_tasks(SUBMIT("1"), SIM_BAD_FAIL, SETS("trace.disk", "true"));
    READER_OK(r);
    cr_expect_eq(reader_task(&r, 0)->request.v[SIM_DISK], UNIT / 100);
    cr_expect_eq(reader_found(&r, "disk-ignored"), 0);
    reader_free(&r);
    r = read_machines("0,5,0,p,0.5,0.25\n", SIM_BAD_FAIL, SETS("trace.disk", "true"));
    READER_OK(r);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_DISK], UNIT);
    cr_expect_eq(reader_found(&r, "disk-assumed"), 1);
    reader_free(&r);
}

/* ---- what happened -------------------------------------------------------------------------- */

#define NO (-1)
struct life {
    const char *rows;
    int64_t duration_s; /* NO = never ends by itself. */
    enum sim_end end;
    int64_t cancel_s, start_s; /* NO = none. */
};
static const struct life lives[] = {
    {SUBMIT(S("1")) SCHEDULE(S("3")) FINISH(S("10")), 7, SIM_END_FINISHED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) FAIL(S("10")), 7, SIM_END_FAILED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) KILL(S("10")), 7, SIM_END_KILLED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) EVICT(S("10")), 7, SIM_END_EVICTED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) LOST(S("10")), 7, SIM_END_LOST, NO, 3},
    /* The run that finished counts, also when another follows. */
    {SUBMIT(S("1")) SCHEDULE(S("3")) EVICT(S("9")) SUBMIT(S("9")) SCHEDULE(S("20")) FINISH(S("22")),
     2, SIM_END_FINISHED, NO, 20},
    {SUBMIT(S("1")) SCHEDULE(S("3")) FINISH(S("9")) SUBMIT(S("9")) SCHEDULE(S("20")) KILL(S("50")),
     6, SIM_END_FINISHED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) FINISH(S("9")) SUBMIT(S("9")) SCHEDULE(S("20")), 6,
     SIM_END_FINISHED, NO, 3},
    /* Else the last one that ran. */
    {SUBMIT(S("1")) SCHEDULE(S("3")) FAIL(S("9")) SUBMIT(S("9")) SCHEDULE(S("20")) KILL(S("50")),
     30, SIM_END_KILLED, NO, 20},
    {SUBMIT(S("1")) SCHEDULE(S("3")) FAIL(S("9")) SUBMIT(S("9")) BARE(S("20"), "5"), 6,
     SIM_END_FAILED, NO, 3},
    /* Still running at the end of the parts. */
    {SUBMIT(S("1")) SCHEDULE(S("3")), NO, SIM_END_FINISHED, NO, 3},
    {SUBMIT(S("1")) SCHEDULE(S("3")) FAIL(S("9")) SUBMIT(S("9")) SCHEDULE(S("20")), NO,
     SIM_END_FINISHED, NO, 20},
    /* Never ran. */
    {SUBMIT(S("1")), NO, SIM_END_FINISHED, NO, NO},
    {SUBMIT(S("1")) BARE(S("9"), "5"), NO, SIM_END_FINISHED, 9, NO},
    {SUBMIT(S("1")) BARE(S("9"), "5") SUBMIT(S("12")), NO, SIM_END_FINISHED, NO, NO},
    {SUBMIT(S("1")) BARE(S("9"), "5") SUBMIT(S("12")) BARE(S("15"), "3"), NO, SIM_END_FINISHED, 15,
     NO},
    {SUBMIT(S("1")) BARE(S("9"), "5") SUBMIT(S("12")) SCHEDULE(S("15")) FINISH(S("16")), 1,
     SIM_END_FINISHED, NO, 15},
    /* An end "after the window" is none. */
    {SUBMIT(S("1")) SCHEDULE(S("3")) FINISH("9223372036854775807"), NO, SIM_END_FINISHED, NO, 3},
};

static sim_time time_of(int64_t s)
{
    return s == NO ? SIM_NEVER : SIM_SECONDS(s);
}

/* The trace has no durations: they are inferred, by rule `last`. */
Test(google2011, the_run_that_counts_gives_the_duration)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        const struct life *c = &lives[i];
        struct reading r = read_tasks(c->rows, SIM_BAD_FAIL, last);
        READER_OK(r);
        cr_assert_eq(rows_count(r.rows), 1, "case %zu: a task is submitted once", i);
        const struct sim_task_truth *t = reader_truth(&r, 0);
        cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(1), "case %zu", i);
        cr_expect_eq(t->duration_us, time_of(c->duration_s), "case %zu", i);
        cr_expect_eq(t->cancel_us, time_of(c->cancel_s), "case %zu", i);
        cr_expect_eq(t->recorded_start_us, time_of(c->start_s), "case %zu", i);
        cr_expect(c->duration_s == NO || t->end == c->end, "case %zu", i);
        reader_free(&r);
    }
}

Test(google2011, every_attempt_can_be_a_task) /* Keys stay unique, ends are the recorded ones. */
{
    struct reading r =
        read_tasks(SUBMIT(S("1")) SCHEDULE(S("3")) EVICT(S("9")) SUBMIT(S("9")) BARE(S("12"), "5")
                       SUBMIT(S("14")) SCHEDULE(S("20")) FINISH(S("22")),
                   SIM_BAD_FAIL, all);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    TEXT_EQ(reader_task(&r, 0)->job, "77");
    TEXT_EQ(reader_task(&r, 1)->job, "77#2");
    TEXT_EQ(reader_task(&r, 2)->job, "77#3");
    cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(6));
    cr_expect_eq(reader_truth(&r, 0)->end, SIM_END_EVICTED);
    cr_expect_eq(reader_truth(&r, 1)->duration_us, SIM_NEVER);
    cr_expect_eq(reader_truth(&r, 1)->cancel_us, SIM_SECONDS(12));
    cr_expect_eq(reader_truth(&r, 2)->duration_us, SIM_SECONDS(2));
    cr_expect_eq(rows_at(r.rows, 2, NULL)->time_us, SIM_SECONDS(14));
    cr_expect_eq(reader_found(&r, "resubmissions"), 2);
    reader_free(&r);
}

Test(google2011, deviations_are_counted_each_by_its_kind)
{
    static const struct {
        const char *rows, *kind;
    } cases[] = {
        {SUBMIT("1") SCHEDULE("2") BARE("3", "5"), "kill-without-machine"},
        {SUBMIT("1") BARE("3", "5"), "kill-while-pending"},
        {SUBMIT("1") EVICT("3"), "pending-end-machine"},
        {SUBMIT("1") KILL("3"), "pending-end-machine"},
        {SUBMIT("1") ROW("2", "7"), "update-not-replayed"},
        {SUBMIT("1") SCHEDULE("2") ROW("2", "8"), "update-not-replayed"},
        {"1,2,77,0,5,0,u,2,9,,,,\n", "synthesised-submit-machine"},
        {"1,,77,0,,0,u,2,9,0,0.5,0.5,0\n", "cpu-zero"},
        {"1,,77,0,,0,u,2,9,0.5,0.0,0.5,0\n", "memory-zero"},
        {"1,,77,0,,0,u,2,9,0.5,0.5,0,0\n", "disk-zero"},
        {SUBMIT("9223372036854775807"), "after-window"},
        {SUBMIT("1") SCHEDULE("2"), "running-at-end"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reading r = read_tasks(cases[i].rows, SIM_BAD_FAIL, last);
        READER_OK(r);
        cr_expect_eq(reader_found(&r, cases[i].kind), 1, "%s%s", cases[i].rows, cases[i].kind);
        cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 0, "%s", cases[i].rows);
        reader_free(&r);
    }
}

/* ---- holes ---------------------------------------------------------------------------------- */

struct hole {
    const char *rows, *kind;
    size_t skipped, repaired;   /* Tasks delivered in either mode. */
    int64_t duration_s, from_s; /* Of the task when it is repaired. */
};
static const struct hole holes[] = {
    {SCHEDULE(S("3")) FINISH(S("9")), "schedule-without-submit", 0, 1, 6, 3},
    {FINISH(S("9")), "end-without-submit", 0, 0, 0, 0},
    {FINISH(S("9")) SUBMIT(S("10")) SCHEDULE(S("11")) FINISH(S("12")), "end-without-submit", 1, 1,
     1, 10},
    {SUBMIT(S("1")) FINISH(S("9")), "finish-without-start", 0, 1, 8, 1},
    {SUBMIT(S("1")) SCHEDULE(S("2")) SCHEDULE(S("6")) FINISH(S("9")), "schedule-while-running", 1,
     1, 3, 1},
    {SUBMIT(S("1")) SCHEDULE(S("2")) SUBMIT(S("6")) BARE(S("9"), "5"), "submit-while-alive", 1, 1,
     4, 1},
    {SUBMIT(S("1")) SUBMIT(S("6")) SCHEDULE(S("7")) FINISH(S("9")), "submit-while-alive", 1, 1, 2,
     1},
    {SUBMIT(S("1")) SCHEDULE(S("2")) FINISH(S("9")) KILL(S("9")), "end-without-submit", 1, 1, 7, 1},
    {SUBMIT(S("1")) SCHEDULE(S("2")) ROW(S("2"), "7") FINISH(S("9")), "update-out-of-state", 1, 1,
     7, 1},
};

/* A hole in the data is one violation of one kind, and no chain of others. */
Test(google2011, a_row_that_breaks_the_state_machine_is_one_violation)
{
    for (size_t i = 0; i < COUNT_OF(holes); i++) {
        const struct hole *c = &holes[i];
        for (enum sim_bad_rows bad = SIM_BAD_SKIP; bad <= SIM_BAD_REPAIR; bad++) {
            struct reading r = read_tasks(c->rows, bad, last);
            READER_OK(r);
            const size_t want = bad == SIM_BAD_SKIP ? c->skipped : c->repaired;
            cr_assert_eq(rows_count(r.rows), want, "case %zu mode %d", i, bad);
            cr_expect_eq(reader_found(&r, c->kind), 1, "case %zu: no %s", i, c->kind);
            cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 1, "case %zu", i);
            if (want == 1) {
                cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(c->duration_s),
                             "case %zu", i);
                cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(c->from_s), "case %zu",
                             i);
            }
            reader_free(&r);
        }
        struct reading strict = read_tasks(c->rows, SIM_BAD_FAIL, last);
        cr_expect_not(strict.ok, "case %zu", i);
        cr_expect_eq(strict.diag.err, SIM_ERR_ORDER, "case %zu", i);
        cr_expect_neq(strstr(strict.diag.hint, "--bad-rows=skip"), NULL, "case %zu", i);
        reader_free(&strict);
    }
}

/* Else a manifest says "0 repairs" of a trace that was bent to fit. */
Test(google2011, what_is_done_about_a_hole_is_counted_by_what_was_done)
{
    static const struct {
        const char *rows;
        bool every;
        const char *kind[2][2]; /* Skip, repair. */
    } cases[] = {
        {SCHEDULE("3"), false, {{"task-left-out"}, {"submit-made-up"}}},
        {SUBMIT("1") SCHEDULE("2") FAIL("3") SCHEDULE("4") FINISH("5"),
         false,
         {{"run-adopted"}, {"run-adopted"}}},
        {SUBMIT("1") SCHEDULE("2") FAIL("3") SCHEDULE("4") FINISH("5"),
         true,
         {{"task-left-out"}, {"submit-made-up"}}},
        {SUBMIT("1") SCHEDULE("2") SCHEDULE("4") FINISH("5"),
         false,
         {{"end-taken-as-lost", "run-adopted"}, {"end-taken-as-lost", "run-adopted"}}},
        {SUBMIT("1") SUBMIT("2") SCHEDULE("3"), false, {{"row-dropped"}, {"row-dropped"}}},
        {SUBMIT("1") SUBMIT("2") SCHEDULE("3"),
         true,
         {{"end-taken-as-given-up"}, {"end-taken-as-given-up"}}},
        {SUBMIT("1") SCHEDULE("2") SUBMIT("3"),
         false,
         {{"end-taken-as-lost"}, {"end-taken-as-lost"}}},
        {SUBMIT("1") FINISH("2"), false, {{"task-left-out"}, {"start-taken-as-submit"}}},
        {SUBMIT("1") ROW("2", "8"), false, {{"row-dropped"}, {"row-dropped"}}},
        {ROW("2", "7"), false, {{"row-dropped"}, {"row-dropped"}}},
        {KILL("2"), true, {{"row-dropped"}, {"row-dropped"}}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int repair = 0; repair < 2; repair++) {
            struct reading r = read_tasks(cases[i].rows, repair ? SIM_BAD_REPAIR : SIM_BAD_SKIP,
                                          cases[i].every ? all : last);
            READER_OK(r);
            uint64_t known = reader_found(&r, "job-events-absent");
            for (int k = 0; k < 2 && cases[i].kind[repair][k] != NULL; k++) {
                const char *kind = cases[i].kind[repair][k];
                cr_expect_eq(reader_found(&r, kind), 1, "case %zu mode %d: no %s", i, repair, kind);
                known += reader_found(&r, kind);
            }
            cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 1, "case %zu", i);
            cr_expect_eq(sim_findings_total(r.findings, SIM_REPAIR), known, "case %zu mode %d", i,
                         repair);
            reader_free(&r);
        }
    }
}

Test(google2011, a_lost_end_closes_the_attempt_when_every_attempt_is_a_task)
{
    /* Else the first attempt holds its resources for ever. */
    struct reading r = read_tasks(SUBMIT(S("1")) SCHEDULE(S("2")) SCHEDULE(S("6")) FINISH(S("9")),
                                  SIM_BAD_REPAIR, all);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2);
    cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(4));
    cr_expect_eq(reader_truth(&r, 0)->end, SIM_END_LOST);
    cr_expect_eq(rows_at(r.rows, 1, NULL)->time_us, SIM_SECONDS(6));
    cr_expect_eq(reader_found(&r, "end-taken-as-lost"), 1);
    cr_expect_eq(reader_found(&r, "submit-made-up"), 1);
    reader_free(&r);
}

/* ---- merge with job_events ------------------------------------------------------------------ */

static struct reading read_both(const char *job_rows, const char *task_rows, enum sim_bad_rows bad)
{
    struct folder f;
    make_root(&f);
    add_part(&f, "job_events", 0, job_rows);
    add_part(&f, "task_events", 0, task_rows);
    return read_folder(&f, SIM_ROLE_TRACE, bad, last);
}
#define JOB(time, job, event) time ",," job "," event ",u,2,name,logical\n"

Test(google2011, jobs_and_tasks_are_merged_by_time) /* Their parts are cut at different instants. */
{
    struct reading r = read_both(JOB("1", "77", "0") JOB("2", "77", "1") JOB("5", "77", "5")
                                     JOB("6", "78", "0") JOB("7", "77", "0"),
                                 SUBMIT("1") SCHEDULE("2") KILL("5"), SIM_BAD_FAIL);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "task-after-job-end"), 1, "the job's row comes first");
    cr_expect_eq(reader_found(&r, "job-without-tasks"), 1);
    cr_expect_eq(reader_found(&r, "job-resubmitted"), 1);
    cr_expect_eq(reader_found(&r, "job-submit"), 3);
    cr_expect_eq(r.info.rows, 8);
    reader_free(&r);
}

Test(google2011, a_task_of_an_unknown_job_is_an_error)
{
    struct reading r = read_both(JOB("2", "77", "0"), SUBMIT("1"), SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_ORDER, 1, 4, "no row of job 77 up to this time");
    reader_free(&r);
    r = read_both(JOB("2", "77", "0"), SUBMIT("1"), SIM_BAD_SKIP);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "task-of-unknown-job"), 1);
    cr_expect_eq(reader_found(&r, "job-made-up"), 1);
    cr_expect_eq(sim_findings_total(r.findings, SIM_REPAIR), 1);
    reader_free(&r);
}

Test(google2011, a_job_follows_its_state_machine)
{
    struct reading r =
        read_both(JOB("1", "77", "0") JOB("2", "77", "4"), SUBMIT("3"), SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_ORDER, 2, 7, "event 4 does not follow");
    reader_free(&r);
    r = read_both(JOB("1", "77", "0") JOB("2", "77", "4") JOB("4", "77", "0"), SUBMIT("3"),
                  SIM_BAD_SKIP);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "job-state"), 1);
    cr_expect_eq(reader_found(&r, "job-state-taken"), 1);
    cr_expect_eq(reader_found(&r, "row-dropped"), 0, "the job died by that row, and came back");
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 1);
    reader_free(&r);
}

Test(google2011, a_table_without_rows_is_an_error) /* A broken download is no quiet cell. */
{
    struct reading r = read_both(JOB("1", "77", "0"), "", SIM_BAD_SKIP);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "task_events is empty: no row in 1 part");
    reader_free(&r);
}

/* ---- bad rows ------------------------------------------------------------------------------- */

Test(google2011, bad_rows_name_their_place)
{
    static const struct {
        const char *rows;
        enum sim_err err;
        uint64_t line;
        uint32_t column;
        const char *words;
    } cases[] = {
        {SUBMIT("1") "2,,77,0,5,1,u,2,9,0.5,0.25,0.01\n", SIM_ERR_FORMAT, 2, 32,
         "the row has 12 columns; task_events has 13"},
        {SUBMIT("1") ROW("-2", "1"), SIM_ERR_RANGE, 2, 1, "a time in microseconds, 0 to 92"},
        {SUBMIT("1") ROW("9223372036854775808", "1"), SIM_ERR_RANGE, 2, 1,
         "column 1 of task_events is \"9223372036854775808\"; it must be a time in "
         "microseconds, 0 to 9223372036854775807"},
        {SUBMIT("5") SCHEDULE("4"), SIM_ERR_ORDER, 2, 1, "the time is 4, earlier than 5"},
        {SUBMIT("1") ROW("2", "9"), SIM_ERR_RANGE, 2, 11, "an event code, 0 to 8"},
        {"1,,7x,0,,0,u,2,9,0.5,0.5,0,0\n", SIM_ERR_RANGE, 1, 4,
         "a job id, 0 to 9223372036854775807"},
        {"1,,7,-1,,0,u,2,9,0.5,0.5,0,0\n", SIM_ERR_RANGE, 1, 6, "a task index, 0 to 4294967294"},
        {"1,,7,0,,0,u,2,,0.5,0.5,0,0\n", SIM_ERR_RANGE, 1, 15,
         "column 9 of task_events is empty; it must be a priority, 0 to 2147483647"},
        {"1,,7,0,,0,u,2,9,1.5,0.5,0,0\n", SIM_ERR_RANGE, 1, 17,
         "a fraction of the largest machine, 0 to 1"},
        {"1,,7,0,,0,u,2,9,0.5,-0.5,0,0\n", SIM_ERR_RANGE, 1, 21, "\"-0.5\""},
        {"1,,7,0,,0,u,2,9,0.5,0.5,0,2\n", SIM_ERR_RANGE, 1, 27, "0, 1 or empty"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reading r = read_tasks(cases[i].rows, SIM_BAD_FAIL, last);
        READER_FAILS(r, cases[i].err, cases[i].line, cases[i].column, cases[i].words);
        reader_free(&r);
        r = read_tasks(cases[i].rows, SIM_BAD_SKIP, last);
        READER_OK(r);
        cr_expect_eq(reader_found(&r, "row-dropped"), 1, "%s", cases[i].rows);
        reader_free(&r);
    }
}

Test(google2011, a_folder_without_tables_is_no_trace)
{
    struct folder f;
    make_root(&f);
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_FAILS(r, SIM_ERR_IO, 0, 0, "no directory task_events");
    reader_free(&r);
    make_root(&f);
    add_part(&f, "task_events", 0, SUBMIT("1"));
    r = read_folder(&f, SIM_ROLE_CLUSTER, SIM_BAD_FAIL, last);
    READER_FAILS(r, SIM_ERR_IO, 0, 0, "no directory machine_events");
    reader_free(&r);
}

/* ---- machines ------------------------------------------------------------------------------- */

Test(google2011, machines_come_go_and_change)
{
    struct reading r = read_machines("0,5,0,HofL=,0.5,0.24935000009\n"
                                     "0,6,0,,,\n"
                                     "7,6,2,QQ=,1,1\n"
                                     "7,5,1,HofL=,0.5,0.2493\n"
                                     "7,8,0,HofL=,0.25,0.5\n"
                                     "9,5,0,HofL=,0.5,0.2493\n",
                                     SIM_BAD_FAIL, last);
    READER_OK(r);
    static const struct {
        sim_time time_us;
        enum sim_input_kind kind;
        const char *name;
    } want[] = {
        {0, SIM_IN_MACHINE_ADD, "5"},    {0, SIM_IN_MACHINE_ADD, "6"},
        {7, SIM_IN_MACHINE_ADD, "8"},    {7, SIM_IN_MACHINE_REMOVE, "5"},
        {7, SIM_IN_MACHINE_UPDATE, "6"}, {9, SIM_IN_MACHINE_ADD, "5"},
    };
    cr_assert_eq(rows_count(r.rows), COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        cr_expect_eq(rows_at(r.rows, i, NULL)->time_us, want[i].time_us, "%zu", i);
        cr_expect_eq(rows_at(r.rows, i, NULL)->kind, want[i].kind, "%zu", i);
        TEXT_EQ(reader_machine(&r, i)->name, want[i].name);
    }
    const struct sim_machine_input *first = reader_machine(&r, 0);
    cr_expect_eq(first->capacity.v[SIM_CPU], UNIT / 2);
    cr_expect_eq(first->capacity.v[SIM_MEMORY], 2493500000, "capacities round down");
    cr_assert_eq(first->label_count, 1);
    TEXT_EQ(first->labels[0].key, "platform");
    TEXT_EQ(first->labels[0].value, "HofL=");
    cr_expect_eq(reader_machine(&r, 1)->capacity.v[SIM_CPU], 0, "unusable until its UPDATE");
    cr_expect_eq(reader_machine(&r, 4)->capacity.v[SIM_CPU], UNIT);
    cr_expect_eq(reader_found(&r, "machine-without-capacity"), 1);
    reader_free(&r);
}

/* The engine takes adds before removals: in file order this machine would be gone for good. */
Test(google2011, what_an_instant_does_to_a_machine_is_one_input)
{
    struct reading r = read_machines("0,5,0,p,0.5,0.5\n"
                                     "3,5,1,p,,\n3,5,0,p,0.25,0.25\n"
                                     "4,6,0,p,1,1\n4,6,1,p,,\n"
                                     "5,5,2,p,1,1\n5,5,1,p,,\n",
                                     SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    cr_expect_eq(rows_at(r.rows, 1, NULL)->kind, SIM_IN_MACHINE_UPDATE);
    cr_expect_eq(reader_machine(&r, 1)->capacity.v[SIM_CPU], UNIT / 4);
    cr_expect_eq(rows_at(r.rows, 2, NULL)->kind, SIM_IN_MACHINE_REMOVE);
    cr_expect_eq(rows_at(r.rows, 2, NULL)->time_us, 5);
    cr_expect_eq(reader_found(&r, "machine-instant-merged"), 3);
    reader_free(&r);
}

Test(google2011, machine_rows_are_checked)
{
    static const struct {
        const char *rows;
        enum sim_err err;
        uint32_t column;
        const char *words;
    } cases[] = {
        {"0,5,0,p,0.5,0.5\n1,5,0,p,0.5,0.5\n", SIM_ERR_ORDER, 5, "there when it is added"},
        {"0,5,0,p,0.5,0.5\n1,6,1,p,,\n", SIM_ERR_ORDER, 5, "absent when it is removed"},
        {"0,5,0,p,0.5,0.5\n1,6,3,p,,\n", SIM_ERR_RANGE, 5, "0 (add), 1 (remove) or 2 (update)"},
        {"0,5,0,p,0.5,0.5\n1,6,0,p,2,\n", SIM_ERR_RANGE, 9, "fraction of the largest machine"},
        {"0,5,0,p,0.5,0.5\n1,6,0,p\n", SIM_ERR_FORMAT, 8, "4 columns; machine_events has 6"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reading r = read_machines(cases[i].rows, SIM_BAD_FAIL, last);
        READER_FAILS(r, cases[i].err, 2, cases[i].column, cases[i].words);
        reader_free(&r);
        r = read_machines(cases[i].rows, SIM_BAD_SKIP, last);
        READER_OK(r);
        cr_expect_eq(rows_count(r.rows), 1, "%s", cases[i].rows);
        reader_free(&r);
    }
}
