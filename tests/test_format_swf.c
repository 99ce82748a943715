/* The reader of the Standard Workload Format: what becomes of a row under each rule, how a header
 * is read, and the exact figures of ten real logs and of the job lists that published results rest
 * on. */
#include "reader.h"

extern const struct sim_format sim_format_swf;

#define HEADER "; MaxProcs: 100\n"
/* Job 7: submitted at 10, waits 5, runs 60 of 120 s; 4 processors allocated, 8 requested. */
#define PLAIN "7 10 5 60 4 -1 -1 8 120 2048 1 3 1 2 1 -1 -1 -1\n"

static struct reader_args jobs(const char *const *sets)
{
    return (struct reader_args){.format = &sim_format_swf, .role = SIM_ROLE_TRACE, .sets = sets};
}

static struct reader_args bad(enum sim_bad_rows mode)
{
    struct reader_args a = jobs(NULL);
    a.bad_rows = mode;
    return a;
}

static struct reader_args machine(const char *const *sets)
{
    return (struct reader_args){.format = &sim_format_swf, .role = SIM_ROLE_CLUSTER, .sets = sets};
}

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---- one job -------------------------------------------------------------------------------- */

Test(swf, a_row_becomes_one_task_of_p_processors) /* Else sizes, times or names are mixed up. */
{
    struct reading r =
        reader_text(jobs(NULL), HEADER "; Queue: 1 - batch - the normal one\n" PLAIN);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1);
    const struct sim_task_known *k = reader_task(&r, 0);
    const struct sim_task_truth *t = reader_truth(&r, 0);
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(10));
    TEXT_EQ(k->job, "7");
    TEXT_EQ(k->user, "3");
    TEXT_EQ(k->queue, "batch");
    cr_expect_eq(k->request.v[SIM_CPU], 8000, "requested, not allocated");
    cr_expect_eq(k->request.v[SIM_MEMORY], 0, "memory is an option");
    cr_expect_eq(k->gang, 0);
    cr_expect_eq(k->time_limit_us, SIM_SECONDS(120));
    cr_expect_eq(t->duration_us, SIM_SECONDS(60));
    cr_expect_eq(t->end, SIM_END_FINISHED);
    cr_expect_eq(t->cancel_us, SIM_NEVER);
    cr_expect_eq(t->recorded_start_us, SIM_SECONDS(15));
    cr_expect_eq(t->recorded_end_us, SIM_SECONDS(75));
    cr_expect_eq(reader_found(&r, "size-differs"), 1);
    cr_expect_eq(r.info.end_us, SIM_SECONDS(75));
    reader_free(&r);
}

Test(swf, every_status_has_its_end) /* Else failures count as successes. */
{
    static const struct {
        int status;
        enum sim_end end;
    } cases[] = {{-1, SIM_END_FINISHED}, {0, SIM_END_FAILED},   {1, SIM_END_FINISHED},
                 {2, SIM_END_FINISHED},  {3, SIM_END_FINISHED}, {4, SIM_END_FAILED},
                 {5, SIM_END_KILLED}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[200];
        snprintf(text, sizeof text, "1 0 0 9 1 -1 -1 1 9 -1 %d -1 -1 -1 -1 -1 -1 -1\n",
                 cases[i].status);
        struct reading r = reader_text(jobs(NULL), text);
        READER_OK(r);
        cr_expect_eq(reader_truth(&r, 0)->end, cases[i].end, "status %d", cases[i].status);
        cr_expect_eq(reader_task(&r, 0)->user.len, 0, "-1 is no user");
        reader_free(&r);
    }
}

Test(swf, memory_is_per_processor) /* Else a job of 8 processors asks for an eighth. */
{
    struct reading r = reader_text(jobs(SETS("trace.memory", "true")), HEADER PLAIN);
    READER_OK(r);
    cr_expect_eq(reader_task(&r, 0)->request.v[SIM_MEMORY], INT64_C(2048) * 1024 * 8);
    cr_expect_eq(reader_found(&r, "memory-requested"), 1);
    reader_free(&r);
}

Test(swf, several_nodes_make_a_gang) /* Else a job wider than a node never fits. */
{
    struct reading r =
        reader_text(jobs(SETS("cluster.nodes", "25", "trace.memory", "true")), HEADER PLAIN);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 8);
    for (uint32_t i = 0; i < 8; i++) {
        cr_expect_eq(reader_task(&r, i)->index, i);
        cr_expect_eq(reader_task(&r, i)->gang, 8);
        cr_expect_eq(reader_task(&r, i)->request.v[SIM_CPU], 1000);
        cr_expect_eq(reader_task(&r, i)->request.v[SIM_MEMORY], INT64_C(2048) * 1024);
        TEXT_EQ(reader_task(&r, i)->job, "7");
    }
    reader_free(&r);
}

Test(swf, ids_are_text_and_decimals_exact) /* 2.1 and 2.10 are two jobs of a public input. */
{
    struct reading r =
        reader_text(jobs(NULL), "2.1 0.5 0 1.25 1 0.125 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                "2.10 1 0 1 1 3.5 -1.0 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\r\n\r\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2);
    TEXT_EQ(reader_task(&r, 0)->job, "2.1");
    TEXT_EQ(reader_task(&r, 1)->job, "2.10");
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, 500000);
    cr_expect_eq(reader_truth(&r, 0)->duration_us, 1250000);
    cr_expect_eq(reader_found(&r, "cpu-time-decimals"), 2);
    reader_free(&r);
}

/* ---- rules ---------------------------------------------------------------------------------- */

struct rule {
    const char *row, *key, *value;
    int64_t procs;          /* 0 = the row is dropped. */
    int64_t run_s, limit_s; /* -1 = none. */
    const char *kind;
};
static const struct rule rules[] = {
    {"1 0 0 60 4 -1 -1 8 99 -1 1", "trace.procs", "requested", 8, 60, 99, "size-differs"},
    {"1 0 0 60 4 -1 -1 8 99 -1 1", "trace.procs", "allocated", 4, 60, 99, "size-differs"},
    {"1 0 0 60 4 -1 -1 -1 99 -1 1", "trace.procs", "requested", 4, 60, 99, "size-fallback"},
    {"1 0 0 60 0 -1 -1 8 99 -1 1", "trace.procs", "allocated", 8, 60, 99, "size-fallback"},
    {"1 0 0 60 -1 -1 -1 0 99 -1 1", "trace.procs", "allocated", 0, 0, 0, "dropped-no-size"},
    {"1 0 0 60 1 -1 -1 1 50 -1 1", "trace.overrun", "keep", 1, 60, 50, "run-over-request"},
    {"1 0 0 60 1 -1 -1 1 50 -1 1", "trace.overrun", "cut", 1, 50, 50, "run-cut"},
    {"1 0 0 60 1 -1 -1 1 50 -1 1", "trace.overrun", "raise", 1, 60, 60, "request-raised"},
    {"1 0 0 0 1 -1 -1 1 50 -1 1", "trace.zero_run", "keep", 1, 0, 50, "run-zero"},
    {"1 0 0 0 1 -1 -1 1 50 -1 1", "trace.zero_run", "drop", 0, 0, 0, "dropped-zero-run"},
    {"1 0 0 0 1 -1 -1 1 50 -1 1", "trace.zero_run", "one_second", 1, 1, 50, "run-one-second"},
    {"1 0 0 60 1 -1 -1 1 -1 -1 1", "trace.no_estimate", "none", 1, 60, -1, "estimate-missing"},
    {"1 0 0 60 1 -1 -1 1 -1 -1 1", "trace.no_estimate", "run", 1, 60, 60, "estimate-from-run"},
    {"1 0 0 60 101 -1 -1 101 99 -1 1", "trace.wide", "drop", 0, 0, 0, "dropped-wide"},
    {"1 0 0 60 101 -1 -1 101 99 -1 1", "trace.wide", "cut", 100, 60, 99, "wide-cut"},
    {"1 0 0 60 100 -1 -1 100 99 -1 1", "trace.wide", "drop", 100, 60, 99, NULL},
    {"1 0 9 0 1 -1 -1 1 99 -1 5", "trace.cancelled", "drop", 0, 0, 0, "dropped-cancelled"},
    {"1 0 9 -1 1 -1 -1 1 99 -1 5", "trace.cancelled", "keep", 1, 0, 99, "cancelled-before-start"},
    {"1 -1 0 60 1 -1 -1 1 99 -1 1", "trace.wide", "drop", 0, 0, 0, "dropped-no-submit"},
    {"1 0 0 -1 1 -1 -1 1 99 -1 1", "trace.wide", "drop", 0, 0, 0, "dropped-no-run"},
    {"1 0 0 -1 1 -1 -1 1 99 -1 2", "trace.wide", "drop", 1, 99, 99, "run-from-request"},
    {"1 0 0 -1 1 -1 -1 1 -1 -1 2", "trace.wide", "drop", 0, 0, 0, "dropped-no-run"},
    /* pyss: allocated processors, run and estimate as its parser makes them. */
    {"1 0 0 60 4 -1 -1 8 99 -1 1", "trace.cleaning", "pyss", 4, 60, 99, "size-differs"},
    {"1 0 0 60 4 -1 -1 8 50 -1 0", "trace.cleaning", "pyss", 4, 50, 60, "run-cut"},
    {"1 0 0 60 4 -1 -1 8 -1 -1 1", "trace.cleaning", "pyss", 4, 1, 60, "estimate-from-run"},
    {"1 0 0 0 4 -1 -1 8 99 -1 5", "trace.cleaning", "pyss", 4, 1, 1, "broken-to-one-second"},
    {"1 0 0 60 -1 -1 -1 8 99 -1 1", "trace.cleaning", "pyss", 1, 1, 1, "broken-to-one-second"},
    {"1 -1 0 60 4 -1 -1 8 99 -1 1", "trace.cleaning", "pyss", 4, 1, 1, "broken-to-one-second"},
    {"1 0 0 60 400 -1 -1 8 99 -1 1", "trace.cleaning", "pyss", 100, 60, 99, "wide-cut"},
};

/* Published results on one log differ by these rules: each must do what its name says, and be
 * counted. */
Test(swf, every_rule_does_what_its_name_says)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        const struct rule *c = &rules[i];
        char text[200];
        snprintf(text, sizeof text, HEADER "%s -1 -1 -1 -1 -1 -1 -1\n", c->row);
        struct reading r = reader_text(jobs(SETS(c->key, c->value)), text);
        READER_OK(r);
        cr_assert_eq(rows_count(r.rows), c->procs != 0, "%s %s=%s", c->row, c->key, c->value);
        cr_expect(c->kind == NULL || reader_found(&r, c->kind) == 1, "%s %s=%s: no %s", c->row,
                  c->key, c->value, c->kind);
        if (c->procs != 0) {
            const struct sim_task_known *k = reader_task(&r, 0);
            cr_expect_eq(k->request.v[SIM_CPU], c->procs * 1000, "%s %s", c->row, c->value);
            cr_expect_eq(k->time_limit_us, c->limit_s < 0 ? SIM_NEVER : SIM_SECONDS(c->limit_s),
                         "%s %s", c->row, c->value);
            cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(c->run_s), "%s %s", c->row,
                         c->value);
        }
        reader_free(&r);
    }
}

Test(swf, a_broken_record_of_pyss_is_submitted_at_one_second_or_later)
{
    /* pyss moves it, and so its place in the queue: rows are sorted after cleaning. */
    struct reading r = reader_text(jobs(SETS("trace.cleaning", "pyss")),
                                   "1 -1 0 60 4 -1 -1 8 99 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                   "2 0 0 60 4 -1 -1 8 99 -1 1 -1 -1 -1 -1 -1 -1 -1\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2);
    TEXT_EQ(reader_task(&r, 0)->job, "2");
    TEXT_EQ(reader_task(&r, 1)->job, "1");
    cr_expect_eq(rows_at(r.rows, 1, NULL)->time_us, SIM_SECONDS(1));
    reader_free(&r);
}

Test(swf, a_kept_cancelled_job_waits_until_it_was_cancelled)
{
    struct reading r = reader_text(jobs(SETS("trace.cancelled", "keep")),
                                   "1 10 9 0 4 -1 -1 8 99 -1 5 -1 -1 -1 -1 -1 -1 -1\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1);
    cr_expect_eq(reader_truth(&r, 0)->cancel_us, SIM_SECONDS(19));
    cr_expect_eq(reader_truth(&r, 0)->recorded_start_us, SIM_NEVER, "it never started");
    reader_free(&r);
}

/* ---- order ---------------------------------------------------------------------------------- */

#define AT(job, submit) job " " submit " 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"

static void expect_order(struct reading *r, const char *ids)
{
    READER_OK(*r);
    cr_assert_eq(rows_count(r->rows), strlen(ids));
    for (size_t i = 0; ids[i] != '\0'; i++)
        cr_expect_eq(reader_task(r, i)->job.at[0], ids[i], "%s: place %zu", ids, i);
}

/* Queue order of the literature is (submit, row): an unstable sort moves 123 starts of one log. */
Test(swf, unsorted_logs_are_sorted_stably_and_counted)
{
    struct reading r =
        reader_text(jobs(NULL), AT("1", "5") AT("2", "9") AT("3", "5") AT("4", "9") AT("5", "0"));
    expect_order(&r, "51324");
    cr_expect_eq(reader_found(&r, "not-sorted"), 2);
    reader_free(&r);
}

Test(swf, a_sorted_log_is_not_counted_as_unsorted)
{
    struct reading r = reader_text(jobs(NULL), AT("1", "0") AT("2", "0") AT("3", "7"));
    expect_order(&r, "123");
    cr_expect_eq(reader_found(&r, "not-sorted"), 0);
    reader_free(&r);
}

/* A pipe cannot be surveyed and then read again. */
Test(swf, standard_input_is_read_once)
{
    static const char text[] = AT("1", "5") AT("2", "3");
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], text, sizeof text - 1), (ssize_t)sizeof text - 1);
    close(ends[1]);
    cr_assert_eq(dup2(ends[0], 0), 0);
    struct reader_args a = jobs(NULL);
    a.path = "-";
    struct reading r = reader_run(a);
    expect_order(&r, "21");
    cr_expect_eq(r.info.rows, 2);
    reader_free(&r);
}

/* ---- bad rows ------------------------------------------------------------------------------- */

#define GOOD "1 0 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"

Test(swf, bad_rows_name_their_place_and_what_to_do) /* Design, section 9. */
{
    static const struct {
        const char *text;
        enum sim_err err;
        uint64_t line;
        uint32_t column;
        const char *words;
    } cases[] = {
        {GOOD "42 0 3 -7 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE, 2, 8,
         "run time is -7 s; it must be >= 0 (pass --bad-rows=skip to drop such jobs)"},
        {GOOD "2 0 0 1 1 -1 -1 1 9 -1 6 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE, 2, 24,
         "status is 6; it must be <= 5"},
        {GOOD "2 99999999999999 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE, 2, 3,
         "submit time is 99999999999999 s"},
        {GOOD "2 9e999 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE, 2, 3,
         "submit time is 9e999 s"},
        {GOOD "2 0 x 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_FORMAT, 2, 5,
         "wait (field 3) is \"x\"; it must be a number"},
        {GOOD "2 0 0 1 1\n", SIM_ERR_FORMAT, 2, 10, "the row has 5 fields; it must have 18"},
        {GOOD "1 0 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1 9\n", SIM_ERR_FORMAT, 2, 47,
         "the row has 19 fields"},
        {GOOD "99999999999999999999 0 0 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE,
         2, 1, "job number is 99999999999999999999; it must be <= 9223372036854775807"},
        {GOOD GOOD, SIM_ERR_FORMAT, 2, 1, "job number 1 occurs a second time"},
        {GOOD "no log at all\n", SIM_ERR_FORMAT, 2, 14, "4 fields"},
        {"; MaxProcs: 4\n", SIM_ERR_FORMAT, 0, 0, "no job rows"},
        {GOOD "2 0 0 1 16000000 -1 -1 1 9 999999999999 1 -1 -1 -1 -1 -1 -1 -1\n", SIM_ERR_RANGE, 2,
         28, "63 bits"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reading r = reader_text(jobs(NULL), cases[i].text);
        READER_FAILS(r, cases[i].err, cases[i].line, cases[i].column, cases[i].words);
        reader_free(&r);
    }
}

Test(swf, skip_drops_and_counts_bad_rows)
{
    struct reading r =
        reader_text(bad(SIM_BAD_SKIP), GOOD "2 0 3 -7 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                            "3 0 0 1\n" GOOD AT("4", "1"));
    expect_order(&r, "14");
    cr_expect_eq(reader_found(&r, "out-of-range"), 1);
    cr_expect_eq(reader_found(&r, "field-count"), 1);
    cr_expect_eq(reader_found(&r, "duplicate-job"), 1);
    cr_expect_eq(reader_found(&r, "row-dropped"), 3, "and the second reading counts nothing again");
    reader_free(&r);
}

Test(swf, repair_takes_bad_values_as_missing)
{
    struct reading r =
        reader_text(bad(SIM_BAD_REPAIR), "1 0 -9 1 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                         "2 0 0 1 3\n");
    expect_order(&r, "12");
    cr_expect_eq(reader_truth(&r, 0)->recorded_start_us, SIM_NEVER);
    cr_expect_eq(reader_task(&r, 1)->request.v[SIM_CPU], 3000, "fields that lack are missing");
    cr_expect_eq(reader_task(&r, 1)->time_limit_us, SIM_NEVER);
    cr_expect_eq(reader_found(&r, "value-replaced"), 2);
    reader_free(&r);
}

/* ---- header and machine --------------------------------------------------------------------- */

static int64_t processors(const char *header, const char *const *sets)
{
    struct reading r = reader_text(machine(sets), header);
    READER_OK(r);
    int64_t sum = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++)
        sum += reader_machine(&r, i)->capacity.v[SIM_CPU];
    reader_free(&r);
    return sum / 1000;
}

Test(swf, the_header_gives_the_machine)
{
    cr_expect_eq(processors("; MaxNodes: 25\n; MaxProcs: 100\n", NULL), 100);
    cr_expect_eq(processors(";    MaxNodes:   25 (of 30)\n" GOOD "; MaxProcs: 9\n", NULL), 25,
                 "what follows the first row is no header");
    cr_expect_eq(processors("  ;;MaxProcs:64\n", NULL), 64, "indented, without blank");
    cr_expect_eq(processors("; Note: MaxProcs: 3\n;  MaxProcs: 7 \n", NULL), 7,
                 "a key stands at the beginning");
    cr_expect_eq(processors(GOOD, SETS("cluster.procs", "12")), 12);
    cr_expect_eq(processors("; MaxProcs: 100\n", SETS("cluster.procs", "12")), 12);
    struct reading r = reader_text(machine(NULL), GOOD);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "neither MaxProcs nor MaxNodes");
    cr_expect_neq(strstr(r.diag.hint, "cluster.procs"), NULL);
    reader_free(&r);
}

/* Else a typing error makes a machine of another size. */
Test(swf, a_header_number_that_is_too_large_is_reported)
{
    struct reading r = reader_text(machine(NULL), "; MaxProcs: 1099511627776\n");
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "header-clipped"), 0, "2^40 is not too large");
    reader_free(&r);
    r = reader_text(machine(NULL), "; MaxProcs: 1099511627777\n");
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "header-clipped"), 1);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_CPU], (INT64_C(1) << 40) * 1000);
    reader_free(&r);
    r = reader_text(jobs(NULL), "; MaxJobs: 99999999999999999999\n" HEADER PLAIN);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "header-clipped"), 1);
    reader_free(&r);
}

Test(swf, nodes_share_all_processors) /* Else a machine loses the remainder. */
{
    struct reading r =
        reader_text(machine(SETS("cluster.nodes", "3", "cluster.memory", "9GiB")), HEADER);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    static const int64_t want[] = {34000, 33000, 33000};
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(reader_machine(&r, i)->capacity.v[SIM_CPU], want[i]);
        cr_expect_eq(reader_machine(&r, i)->capacity.v[SIM_MEMORY], INT64_C(3) << 30);
    }
    TEXT_EQ(reader_machine(&r, 2)->name, "node-2");
    reader_free(&r);
}

Test(swf, one_pool_has_memory_for_all_when_memory_counts)
{
    struct reading r = reader_text(machine(SETS("trace.memory", "true")), HEADER);
    READER_OK(r);
    TEXT_EQ(reader_machine(&r, 0)->name, "pool");
    cr_expect_gt(reader_machine(&r, 0)->capacity.v[SIM_MEMORY], INT64_C(1) << 50);
    cr_expect_not_null(r.info.units.name[SIM_MEMORY]);
    reader_free(&r);
    r = reader_text(machine(NULL), HEADER);
    READER_OK(r);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_MEMORY], 0, "unknown, and nothing asks");
    cr_expect_null(r.info.units.name[SIM_MEMORY]);
    reader_free(&r);
}

Test(swf, what_a_cleaned_log_declares_must_add_up)
{
    struct reading r = reader_text(jobs(NULL), "; MaxJobs: 10\n;   user=2 (6 jobs removed)\n"
                                               ";   user=3 (1 jobs removed)\n" GOOD);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "declared-rows"), 2, "10 - 7 = 3, and there is 1");
    reader_free(&r);
}

Test(swf, a_recorded_schedule_above_the_machine_is_noted)
{
    struct reading r = reader_text(jobs(NULL), "; MaxProcs: 3\n"
                                               "1 0 0 10 2 -1 -1 2 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                               "2 0 10 5 3 -1 -1 3 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
                                               "3 0 12 5 1 -1 -1 1 9 -1 1 -1 -1 -1 -1 -1 -1 -1\n");
    READER_OK(r);
    cr_assert_eq(reader_found(&r, "recorded-peak"), 1);
    for (size_t i = 0; i < sim_findings_count(r.findings); i++) {
        const struct sim_finding *f = sim_findings_at(r.findings, i);
        if (strcmp(f->kind->id, "recorded-peak") == 0)
            cr_expect_neq(strstr(f->example[0], "4 of 3 processors; above the machine for 3 s"),
                          NULL, "%s", f->example[0]);
    }
    reader_free(&r);
}

Test(swf, probe_knows_headers_rows_and_names)
{
    static const char other[] = "name,cpu\na,1\n";
    const char *row = GOOD;
    cr_expect_geq(sim_format_swf.probe("log", "; MaxProcs: 4\n", 14), 90);
    cr_expect_geq(sim_format_swf.probe("log", row, strlen(row)), 60);
    cr_expect_geq(sim_format_swf.probe("log.swf.gz", row, strlen(row)), 90);
    cr_expect_eq(sim_format_swf.probe("log", other, sizeof other - 1), 0);
}
