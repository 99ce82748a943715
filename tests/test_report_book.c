/* The tables of a run belong together; a killed run cuts them at different rows. */
#include "report_fixture.h"

#include <unistd.h>

/* One decision, and spans that speak of decisions 0 and `closed_by`. */
static struct rundir *two_spans(char *directory, bool complete, int64_t closed_by)
{
    char stream[96];
    struct sim_diag diag = {0};
    strcpy(directory, "/tmp/simctl-report-XXXXXX");
    cr_assert(mkdtemp(directory) != NULL);
    snprintf(stream, sizeof stream, "%s/decisions.mpk", directory);
    const struct recorder_sink sink = {sim_sink_find("mpk"), stream};
    struct recorder *r = recorder_open(&sink, 1, &diag);
    cr_assert(r != NULL, "%s", diag.text);
    put_machines(r);
    put_name(r, SIM_NAME_JOB, 0, "a");
    put_wait(r, S(1), 0, SIM_REASON_CAPACITY, 1, SIM_NONE, 0, SIM_NONE);
    put_span(r, 0, S(1), S(2), 0, 0, SIM_REASON_CAPACITY, 1);
    put_span(r, 0, S(2), S(3), 0, closed_by, SIM_REASON_CAPACITY, 1);
    put_task(r, 0, S(1), SIM_NEVER, SIM_NEVER, S(2), SIM_STATE_PENDING, SIM_NONE);
    struct recorder_digests digests;
    cr_assert(recorder_close(r, complete, &digests, &diag), "%s", diag.text);
    struct rundir *run = rundir_open(directory, &diag);
    cr_assert(run != NULL, "%s", diag.text);
    return run;
}

static void remove_run(struct rundir *run, const char *directory)
{
    char path[96];
    rundir_close(run);
    snprintf(path, sizeof path, "%s/decisions.mpk", directory);
    unlink(path);
    rmdir(directory);
}

/* Else explaining a killed run reads behind the decisions that were written in time. */
Test(book, rows_ahead_of_the_decisions_are_left_out_of_a_killed_run)
{
    char directory[64];
    struct sim_diag diag = {0};
    struct book book;
    struct rundir *run = two_spans(directory, false, 1);
    cr_assert(book_open(&book, run, &diag), "%s", diag.text);
    cr_expect_eq(book.count[SIM_TABLE_DECISIONS], 1);
    cr_expect_eq(book.count[SIM_TABLE_SPANS], 1);
    remove_run(run, directory);
}

/* Else a damaged file answers with whatever lies in memory behind its rows. */
Test(book, rows_that_speak_of_no_decision_are_damage_in_a_whole_run)
{
    char directory[64];
    struct sim_diag diag = {0};
    struct book book;
    struct rundir *run = two_spans(directory, true, 1);
    cr_expect_not(book_open(&book, run, &diag));
    cr_expect_eq(diag.err, SIM_ERR_FORMAT);
    cr_expect(strstr(diag.text, "row 1 of table spans") != NULL, "%s", diag.text);
    remove_run(run, directory);
}

/* -1 is no decision, and none is needed. */
Test(book, a_span_that_no_decision_closed_is_whole)
{
    char directory[64];
    struct sim_diag diag = {0};
    struct book book;
    struct rundir *run = two_spans(directory, true, -1);
    cr_assert(book_open(&book, run, &diag), "%s", diag.text);
    cr_expect_eq(book.count[SIM_TABLE_SPANS], 2);
    remove_run(run, directory);
}

/* Else an answer prints a word that is not there, or shifts by a dimension that is none. */
Test(book, a_value_without_a_name_is_damage)
{
    char directory[64];
    struct sim_diag diag = {0};
    struct book book;
    struct rundir *run = two_spans(directory, false, -1);
    uint64_t n;
    const struct sim_span_row *spans = rundir_rows(run, SIM_TABLE_SPANS, &n, &diag);
    cr_assert(spans != NULL && n == 2);
    ((struct sim_span_row *)spans)[1].reason = 250;
    cr_expect_not(book_open(&book, run, &diag));
    cr_expect(strstr(diag.text, "row 1 of table spans: reason is 250") != NULL, "%s", diag.text);
    remove_run(run, directory);
}
