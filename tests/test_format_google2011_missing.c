/* The reader of the Google 2011 trace when parts or tables of it are missing: nothing in the rows
 * themselves announces that. */
#include "google2011.h"

/* Rows of task 77:0 and of its job. */
#define SUBMIT(time) time ",,77,0,,0,u,2,9,0.5,0.25,0.01,0\n"
#define SCHEDULE(time) time ",,77,0,5,1,u,2,9,0.5,0.25,0.01,0\n"
#define FINISH(time) time ",,77,0,5,4,u,2,9,0.5,0.25,0.01,0\n"
#define JOB(time, event) time ",,77," event ",u,2,name,logical\n"

/* ---- parts ---------------------------------------------------------------------------------- */

static void make_gap(struct folder *f)
{
    make_root(f);
    add_part(f, "task_events", 0, SUBMIT("1") SCHEDULE("2"));
    add_part(f, "task_events", 2, FINISH("9") "9,,78,0,5,4,u,2,9,0.5,0.5,0,0\n");
    add_part(f, "task_events", 5, "");
}

Test(google2011_missing, a_missing_part_is_named) /* Nothing else announces it. */
{
    struct folder f;
    make_gap(&f);
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "3 parts missing before the last one: 1, 3-4 ");
    cr_expect_neq(strstr(r.diag.hint, "--bad-rows=skip"), NULL);
    reader_free(&r);
    make_gap(&f);
    r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_SKIP, last);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "missing-part"), 3);
    cr_expect_eq(reader_found(&r, "part-skipped"), 3, "a run prints what was done, not errors");
    cr_expect_eq(reader_found(&r, "end-without-submit"), 1, "task 78:0 was cut");
    cr_expect_eq(rows_count(r.rows), 1);
    reader_free(&r);
}

/* The first example of a finding; empty when there is none. */
static const char *example_of(const struct reading *r, const char *id)
{
    const struct sim_finding *f;
    for (size_t i = 0; (f = sim_findings_at(r->findings, i)) != NULL; i++)
        if (strcmp(f->kind->id, id) == 0)
            return f->example[0];
    return "";
}

static void make_tail(struct folder *f)
{
    make_root(f);
    add_part(f, "task_events", 2, SUBMIT("1"));
    add_part(f, "task_events", 3, SCHEDULE("2"));
}

Test(google2011_missing,
     a_missing_first_part_is_a_missing_part) /* It is in no gap between two others. */
{
    struct folder f;
    make_tail(&f);
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "task_events: 2 parts missing before the last one: 0-1 ");
    reader_free(&r);
    make_tail(&f);
    r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_SKIP, last);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "missing-part"), 2);
    cr_expect_eq(reader_found(&r, "part-skipped"), 2);
    cr_expect_neq(strstr(example_of(&r, "parts-present"), "task_events: parts 2-3 of 500"), NULL,
                  "%s", example_of(&r, "parts-present"));
    reader_free(&r);
}

Test(google2011_missing, the_parts_that_are_there_are_noted) /* Excerpts are usual, and no error. */
{
    struct folder f;
    make_root(&f);
    add_part(&f, "task_events", 0, SUBMIT("1"));
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "parts-present"), 1);
    cr_expect_neq(strstr(example_of(&r, "parts-present"), "task_events: part 0 of 500"), NULL, "%s",
                  example_of(&r, "parts-present"));
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 0);
    reader_free(&r);
}

Test(google2011_missing,
     long_lists_of_parts_are_cut) /* The message has no room for each of them. */
{
    struct folder f;
    make_root(&f);
    for (unsigned part = 0; part < 10; part++)
        add_part(&f, "task_events", 2 * part + 100, part == 0 ? SUBMIT("1") : "");
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0,
                 "109 parts missing before the last one: "
                 "0-99, 101, 103, 105, 107, 109, 111, 113 ...");
    reader_free(&r);
}

/* ---- tables --------------------------------------------------------------------------------- */

/* Part 0 of both tables, and part 1 of one of them. */
static void make_uneven(struct folder *f, const char *longer)
{
    make_root(f);
    add_part(f, "job_events", 0, JOB("1", "0"));
    add_part(f, "task_events", 0, SUBMIT("1"));
    add_part(f, longer, 1, longer[0] == 'j' ? JOB("2", "1") : SCHEDULE("2"));
}

Test(google2011_missing,
     tables_need_the_same_parts) /* No table by itself shows that its end is missing. */
{
    static const struct {
        const char *longer, *words;
    } cases[] = {{"task_events", "job_events lacks part 1 that task_events has"},
                 {"job_events", "task_events lacks part 1 that job_events has"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct folder f;
        make_uneven(&f, cases[i].longer);
        struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
        READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, cases[i].words);
        reader_free(&r);
        make_uneven(&f, cases[i].longer);
        r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_SKIP, last);
        READER_OK(r);
        cr_expect_eq(reader_found(&r, "parts-differ"), 1);
        cr_expect_eq(reader_found(&r, "part-skipped"), 1);
        cr_expect_eq(reader_found(&r, "missing-part"), 0);
        cr_expect_eq(reader_found(&r, "parts-present"), 2);
        cr_expect_neq(strstr(example_of(&r, "parts-differ"), cases[i].words), NULL, "%s",
                      example_of(&r, "parts-differ"));
        reader_free(&r);
    }
}

Test(google2011_missing, absent_job_events_are_said) /* A run prints repairs, so it must be one. */
{
    struct folder f;
    make_root(&f);
    add_part(&f, "task_events", 0, SUBMIT("1"));
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "job-events-absent"), 1);
    cr_expect_eq(reader_found(&r, "table-absent"), 1, "machine_events");
    cr_expect_eq(sim_findings_total(r.findings, SIM_REPAIR), 1);
    reader_free(&r);
    make_root(&f);
    add_part(&f, "task_events", 0, SUBMIT("1"));
    add_part(&f, "job_events", 0, JOB("1", "0"));
    r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_FAIL, last);
    READER_OK(r);
    cr_expect_eq(sim_findings_total(r.findings, SIM_REPAIR), 0);
    reader_free(&r);
}

Test(google2011_missing,
     jobs_without_task_events_are_half_a_trace) /* No folder of machines alone. */
{
    struct folder f;
    make_root(&f);
    add_part(&f, "job_events", 0, JOB("1", "0"));
    add_part(&f, "machine_events", 0, "0,5,0,p,0.5,0.25\n");
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_SKIP, last);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "there is job_events, but no directory task_events");
    reader_free(&r);
}
