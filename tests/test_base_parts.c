/* The parts of a table: sorted, complete or reported. */
#include "base_files.h"

#include "base/stream.h"

static struct scratch s;

static void setup(void)
{
    scratch_open(&s);
}

static void teardown(void)
{
    scratch_close(&s);
}

TestSuite(parts, .init = setup, .fini = teardown);

static void make_table(const char *table, const char *const *names, size_t n)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", s.directory, table);
    cr_assert_eq(mkdir(path, 0700), 0);
    for (size_t i = 0; i < n; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", table, names[i]);
        scratch_text(&s, name, "x");
    }
}

static const char *name_of(const struct parts *p, size_t i)
{
    return strrchr(p->paths[i], '/') + 1;
}

/* A part that is missing loses a day of the trace: it must be seen. */
Test(parts, numbered_parts_are_sorted_and_gaps_are_listed)
{
    static const char *const names[] = {"part-00007-of-00500.csv.gz",
                                        "part-00002-of-00500.csv.gz",
                                        "part-00003-of-00500.csv.zst",
                                        "part-00005-of-00500.csv",
                                        ".part-00004-of-00500.csv",
                                        "schema.txt",
                                        "SHA256SUM"};
    make_table("task_events", names, sizeof names / sizeof names[0]);
    struct parts p;
    struct sim_diag diag = {0};
    cr_assert(parts_find(s.directory, "task_events", ".csv", &p, &diag), "%s", diag.text);
    cr_assert_eq(p.count, 4u);
    cr_expect_str_eq(name_of(&p, 0), "part-00002-of-00500.csv.gz");
    cr_expect_str_eq(name_of(&p, 1), "part-00003-of-00500.csv.zst");
    cr_expect_str_eq(name_of(&p, 2), "part-00005-of-00500.csv");
    cr_expect_str_eq(name_of(&p, 3), "part-00007-of-00500.csv.gz");
    cr_expect_eq(p.declared, 500u);
    cr_assert_eq(p.missing_count, 2u);
    cr_expect_eq(p.missing[0], 4u);
    cr_expect_eq(p.missing[1], 6u);
    parts_free(&p);
    cr_expect_eq(p.count, 0u);
}

/* Else the second day comes after the tenth, and every part after it is out of order. */
Test(parts, unpadded_numbers_are_sorted_by_their_value)
{
    static const char *const names[] = {"part-10-of-12.csv", "part-2-of-12.csv",  "day1.csv",
                                        "part-9-of-12.csv",  "part-11-of-12.csv", "day12.csv",
                                        "day2.csv",          "day02b.csv",        "day.csv"};
    static const char *const sorted[] = {
        "day.csv",          "day1.csv",          "day02b.csv",
        "day2.csv",         "day12.csv",         "part-2-of-12.csv",
        "part-9-of-12.csv", "part-10-of-12.csv", "part-11-of-12.csv"};
    const size_t n = sizeof names / sizeof names[0];
    make_table("t", names, n);
    struct parts p;
    struct sim_diag diag = {0};
    cr_assert(parts_find(s.directory, "t", ".csv", &p, &diag), "%s", diag.text);
    cr_assert_eq(p.count, n);
    for (size_t i = 0; i < n; i++)
        cr_expect_str_eq(name_of(&p, i), sorted[i]);
    cr_assert_eq(p.missing_count, 6u, "3 to 8, and nothing between 9 and 11");
    cr_expect_eq(p.missing[0], 3u);
    cr_expect_eq(p.missing[5], 8u);
    parts_free(&p);
}

Test(parts, a_directory_without_the_table_is_the_table)
{
    static const char *const names[] = {"b.csv", "a.csv"};
    make_table("jobs", names, 2);
    char path[160];
    snprintf(path, sizeof path, "%s/jobs/", s.directory);
    struct parts p;
    cr_assert(parts_find(path, "task_events", ".csv", &p, NULL));
    cr_assert_eq(p.count, 2u);
    cr_expect_str_eq(name_of(&p, 0), "a.csv");
    cr_expect_null(strstr(p.paths[0], "//"));
    cr_expect_eq(p.missing_count, 0u);
    cr_expect_eq(p.declared, 0u);
    parts_free(&p);
    cr_assert(parts_find(path, NULL, ".csv", &p, NULL));
    cr_expect_eq(p.count, 2u);
    parts_free(&p);
}

/* Whether a file is there is for stream_open to say. */
Test(parts, a_file_is_its_only_part)
{
    struct parts p;
    const char *path = scratch_text(&s, "anything.swf", "x");
    cr_assert(parts_find(path, "task_events", ".csv", &p, NULL));
    cr_assert_eq(p.count, 1u);
    cr_expect_str_eq(p.paths[0], path);
    parts_free(&p);
    cr_assert(parts_find("-", NULL, ".csv", &p, NULL));
    cr_expect_str_eq(p.paths[0], "-");
    parts_free(&p);
}

Test(parts, an_empty_directory_is_an_error)
{
    struct parts p;
    struct sim_diag diag = {0};
    scratch_text(&s, "readme.txt", "x");
    cr_expect_not(parts_find(s.directory, "task_events", ".csv", &p, &diag));
    cr_expect_eq(diag.err, SIM_ERR_IO);
    cr_expect_str_eq(diag.path, s.directory);
    cr_expect(strstr(diag.text, ".csv") != NULL, "%s", diag.text);
}

/* Else its events are replayed twice. */
Test(parts, a_part_packed_and_unpacked_side_by_side_is_an_error)
{
    static const char *const names[] = {"part-00001-of-00002.csv", "part-00001-of-00002.csv.gz",
                                        "part-00000-of-00002.csv"};
    make_table("t", names, 3);
    struct parts p;
    struct sim_diag diag = {0};
    cr_expect_not(parts_find(s.directory, "t", ".csv", &p, &diag));
    cr_expect_eq(diag.err, SIM_ERR_FORMAT);
    cr_expect(strstr(diag.path, "part-00001-of-00002.csv") != NULL, "%s", diag.path);
}

/* Numbers that are equal must not come between the two. */
Test(parts, zeros_in_front_do_not_hide_a_part_that_is_there_twice)
{
    static const char *const names[] = {"a01.csv", "a1.csv", "a01.csv.gz"};
    make_table("t", names, 3);
    struct parts p;
    struct sim_diag diag = {0};
    cr_expect_not(parts_find(s.directory, "t", ".csv", &p, &diag));
    cr_expect(strstr(diag.path, "a01.csv") != NULL, "%s", diag.path);
}

/* A hostile name must not make us list four billion missing parts. */
Test(parts, absurd_part_numbers_are_plain_names)
{
    static const char *const names[] = {"part-00000-of-00002.csv",
                                        "part-4000000000-of-5000000000.csv", "part-7-of-3.csv",
                                        "part-x-of-3.csv"};
    make_table("t", names, 4);
    struct parts p;
    cr_assert(parts_find(s.directory, "t", ".csv", &p, NULL));
    cr_expect_eq(p.count, 4u);
    cr_expect_eq(p.missing_count, 0u);
    cr_expect_eq(p.declared, 2u);
    parts_free(&p);
}
