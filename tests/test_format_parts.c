/* A directory of parts reads as one file: csv, openb and swf, traces and clusters. */
#include "base_files.h"
#include "reader.h"

extern const struct sim_format sim_format_csv;
extern const struct sim_format sim_format_openb;
extern const struct sim_format sim_format_swf;

#define HEADER "submit,duration,cpu\n"
#define PODS "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n"
#define JOB(number, submit) number " " submit " 5 60 4 -1 -1 8 120 -1 1 3 1 2 1 -1 -1 -1\n"

static struct scratch s;

static void setup(void)
{
    scratch_open(&s);
}

static void teardown(void)
{
    scratch_close(&s);
}

TestSuite(format_parts, .init = setup, .fini = teardown);

static void write_gzip(const char *name, const char *text)
{
    char packed[512];
    scratch_write(&s, name, packed, pack_gzip(text, strlen(text), packed, sizeof packed));
}

static struct reading read_parts(const struct sim_format *format, enum sim_role role,
                                 enum sim_bad_rows bad_rows)
{
    return reader_run((struct reader_args){
        .format = format, .role = role, .bad_rows = bad_rows, .path = s.directory});
}

static struct reading read_tasks(enum sim_bad_rows bad_rows)
{
    return read_parts(&sim_format_csv, SIM_ROLE_TRACE, bad_rows);
}

static void expect_path(const struct reading *r, const char *name)
{
    const char *slash = strrchr(r->diag.path, '/');
    cr_assert_neq(slash, NULL, "%s", r->diag.path);
    cr_expect_str_eq(slash + 1, name);
}

/* Else a trace in parts loses tasks, or reads a header as one. The first part has no line end. */
Test(format_parts, csv_parts_are_one_table_and_may_repeat_the_header)
{
    write_gzip("b.csv.gz", "\xef\xbb\xbf\r\n" HEADER "3,10,3\n");
    scratch_text(&s, "a.csv", HEADER "1,10,1\n2,10,2");
    scratch_text(&s, "c.csv", "4,10,4\n");
    scratch_text(&s, "README.txt", "not a part");
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 4u);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(reader_task(&r, i)->request.v[SIM_CPU], 1000 * ((int64_t)i + 1));
    }
    TEXT_EQ(reader_task(&r, 3)->job, "job-4");
    cr_expect_eq(r.info.input_count, 3u, "the manifest lists every part");
    cr_expect_eq(r.info.rows, 4u);
    cr_expect_eq(r.info.bytes_read, r.info.bytes_total);
    reader_free(&r);
}

/* A header in the middle of a part is a row that is wrong; so is another header in a later part. */
Test(format_parts, only_the_same_header_at_the_top_of_a_part_is_passed_over)
{
    scratch_text(&s, "a.csv", HEADER "1,10,1\n");
    scratch_text(&s, "b.csv", "2,10,1\n" HEADER);
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 2, 1, "'submit'");
    expect_path(&r, "b.csv");
    reader_free(&r);
    scratch_text(&s, "b.csv", "duration,submit,cpu\n2,10,1\n");
    r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 1, 1, "'duration'");
    expect_path(&r, "b.csv");
    reader_free(&r);
}

/* Else the user looks for the mistake in the wrong file. */
Test(format_parts, order_is_checked_across_parts_and_the_part_is_named)
{
    scratch_text(&s, "a.csv", HEADER "1,10,1\n5,10,2\n");
    scratch_text(&s, "b.csv", HEADER "\n2,10,3\n");
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_ORDER, 3, 1, "earlier");
    expect_path(&r, "b.csv");
    reader_free(&r);
    r = read_tasks(SIM_BAD_REPAIR);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3u);
    cr_expect_eq(reader_task(&r, 1)->request.v[SIM_CPU], 3000, "sorted across parts");
    reader_free(&r);
}

/* A day of a trace that is missing must be seen, and counted when the user goes on without. */
Test(format_parts, a_gap_in_the_numbers_is_an_error_or_a_finding)
{
    scratch_text(&s, "part-00001-of-00009.csv", HEADER "1,10,1\n");
    scratch_text(&s, "part-00004-of-00009.csv", HEADER "2,10,1\n");
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "part 2 of 9 is not there");
    cr_expect_str_eq(r.diag.path, s.directory);
    reader_free(&r);
    r = read_tasks(SIM_BAD_SKIP);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), 2u);
    cr_expect_eq(reader_found(&r, "missing-part"), 2u);
    reader_free(&r);
}

Test(format_parts, a_directory_without_parts_says_what_was_looked_for)
{
    scratch_text(&s, "README.txt", "nothing here");
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_IO, 0, 0, "ends in .csv");
    reader_free(&r);
    r = read_parts(&sim_format_swf, SIM_ROLE_TRACE, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_IO, 0, 0, "ends in .swf");
    reader_free(&r);
    r = read_parts(&sim_format_swf, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_IO, 0, 0, "ends in .swf");
    reader_free(&r);
}

/* Machines are checked after all parts were read; the message must still name the right one. */
Test(format_parts, a_machine_that_is_there_twice_is_found_in_its_part)
{
    scratch_text(&s, "a.csv", "name,cpu,memory\nm,1,1GiB\n\nm,2,1GiB\n");
    scratch_text(&s, "b.csv", "name,cpu,memory\nn,1,1GiB\n");
    struct reading r = read_parts(&sim_format_csv, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_ORDER, 4, 1, "is there already");
    expect_path(&r, "a.csv");
    reader_free(&r);
    scratch_text(&s, "a.csv", "name,cpu,memory\nm,1,1GiB\n");
    r = read_parts(&sim_format_csv, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), 2u);
    reader_free(&r);
}

Test(format_parts, openb_lists_may_come_in_parts)
{
    scratch_text(&s, "a.csv", PODS "p,1000,1,0,0\n");
    write_gzip("b.csv.gz", PODS "q,2000,1,0,0\n");
    struct reading r = read_parts(&sim_format_openb, SIM_ROLE_TRACE, SIM_BAD_FAIL);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2u);
    TEXT_EQ(reader_task(&r, 1)->job, "q");
    reader_free(&r);
    scratch_text(&s, "c.csv", PODS "r,1000,1,0,0\np,1000,1,0,0\n");
    r = read_parts(&sim_format_openb, SIM_ROLE_TRACE, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 3, 1, "occurs above");
    expect_path(&r, "c.csv");
    reader_free(&r);
}

/* The log is read twice: what the first reading drops must be the same rows in the second, although
 * line 2 is there in both parts. */
Test(format_parts, swf_parts_are_one_log)
{
    scratch_text(&s, "a.swf", "; MaxProcs: 100\n" JOB("1", "10") JOB("2", "20"));
    write_gzip("b.swf.gz", JOB("3", "30") JOB("1", "40") JOB("4", "50"));
    struct reading r = read_parts(&sim_format_swf, SIM_ROLE_TRACE, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 2, 1, "a second time");
    expect_path(&r, "b.swf.gz");
    reader_free(&r);
    r = read_parts(&sim_format_swf, SIM_ROLE_TRACE, SIM_BAD_SKIP);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 4u);
    TEXT_EQ(reader_task(&r, 1)->job, "2");
    TEXT_EQ(reader_task(&r, 3)->job, "4");
    cr_expect_eq(r.info.input_count, 2u);
    reader_free(&r);
    r = read_parts(&sim_format_swf, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1u);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_CPU], 100000);
    reader_free(&r);
}

/* The header alone is a log as far as machines go, whatever the last part holds. */
Test(format_parts, an_swf_header_may_be_a_part_of_its_own)
{
    scratch_text(&s, "a.swf", "; MaxProcs: 100\n");
    scratch_text(&s, "b.swf", "");
    struct reading r = read_parts(&sim_format_swf, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_OK(r);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_CPU], 100000);
    reader_free(&r);
    scratch_text(&s, "a.swf", "");
    r = read_parts(&sim_format_swf, SIM_ROLE_CLUSTER, SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "is empty");
    reader_free(&r);
}

/* Streamed when the parts follow each other in time, else kept and sorted: the same jobs. */
Test(format_parts, swf_parts_out_of_order_are_sorted)
{
    scratch_text(&s, "a.swf", "; MaxProcs: 100\n" JOB("1", "30"));
    scratch_text(&s, "b.swf", JOB("2", "10"));
    struct reading r = read_parts(&sim_format_swf, SIM_ROLE_TRACE, SIM_BAD_FAIL);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2u);
    TEXT_EQ(reader_task(&r, 0)->job, "2");
    cr_expect_eq(reader_found(&r, "not-sorted"), 1u);
    reader_free(&r);
}

/* What is cut off in the middle must not pass as the end of a part. */
Test(format_parts, a_damaged_part_is_named)
{
    scratch_text(&s, "a.csv", HEADER "1,10,1\n");
    char packed[512];
    const size_t n = pack_gzip(HEADER "2,10,1\n", strlen(HEADER) + 7, packed, sizeof packed);
    scratch_write(&s, "b.csv.gz", packed, n - 9);
    struct reading r = read_tasks(SIM_BAD_FAIL);
    READER_FAILS(r, SIM_ERR_TRUNCATED, 0, 0, "too early");
    expect_path(&r, "b.csv.gz");
    reader_free(&r);
}
