/* Tables of a run as other programs read them: groups, exports, the listing of columns. */
#include "report_fixture.h"

#include "report/export.h"
#include "report/group.h"
#include "report/show.h"

static struct fixture f;
static void open_complete(void)
{
    fixture_open(&f, true);
}
static void close_it(void)
{
    fixture_close(&f);
}
TestSuite(report_tables, .init = open_complete, .fini = close_it);

static const json_int_t all_waits = 5250000 + S(13 + 12 + 11 + 1);

static json_t *group(const char *keys_text)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    struct group_keys keys;
    struct json j;
    cr_assert(group_keys_parse(&keys, keys_text, &diag), "%s", diag.text);
    FILE *out = open_memstream(&text, &size);
    jw_begin(&j, out, false);
    cr_assert(group_json(&keys, &f.book, &j, &diag), "%s", diag.text);
    fclose(out);
    return parse(text);
}

static json_int_t sum_of(const json_t *rows, const char *key)
{
    json_int_t sum = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        sum += int_at(json_array_get(rows, i), key);
    }
    return sum;
}

Test(report_tables,
     any_grouping_sums_to_all_waits_and_decisions) /* Nothing is lost between groups. */
{
    static const char *const sets[] = {
        "reason", "cause",   "user",     "queue",       "tier",
        "hour",   "machine", "priority", "reason,user", "hour,reason,machine"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        json_t *rows = group(sets[i]);
        cr_expect_eq(sum_of(rows, "wait_us"), all_waits, "by %s", sets[i]);
        cr_expect_eq(sum_of(rows, "share_ppm"), 1000000, "by %s", sets[i]);
        cr_expect_eq(sum_of(rows, "placed"), 4, "by %s", sets[i]);
        cr_expect_eq(sum_of(rows, "refused"), 5, "by %s", sets[i]);
        json_decref(rows);
    }
}

Test(report_tables, groups_say_who_waited_for_what) /* The largest wait comes first. */
{
    json_t *rows = group("reason");
    const json_t *first = json_array_get(rows, 0);
    cr_expect_str_eq(text_at(first, "reason"), "UNSATISFIABLE");
    cr_expect_eq(int_at(first, "wait_us"), S(24));
    cr_expect_eq(int_at(first, "refused"), 2);
    json_decref(rows);
    rows = group("machine"); /* b waited for m1; the others never came anywhere. */
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(text_at(row, "machine"), "m1") == 0) {
            cr_expect_eq(int_at(row, "wait_us"), 5250000);
            cr_expect_eq(int_at(row, "refused"), 2);
        }
    }
    json_decref(rows);
}

Test(report_tables, a_wait_across_hours_is_cut_at_them) /* Else an hour holds more than an hour. */
{
    struct sim_span_row spans[16];
    memcpy(spans, f.book.spans, f.book.count[SIM_TABLE_SPANS] * sizeof *spans);
    spans[0].to_us = S(2 * 3600 + 1); /* b, from 1 s on. */
    f.book.spans = spans;
    json_t *rows = group("hour,cause");
    json_int_t by_hour[3] = {0};
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(text_at(row, "cause"), "FRAGMENTED cpu,memory") == 0) {
            by_hour[int_at(row, "hour")] += int_at(row, "wait_us");
        }
    }
    cr_expect_eq(by_hour[0], S(3599));
    cr_expect_eq(by_hour[1], S(3600));
    cr_expect_eq(by_hour[2], S(1));
    json_decref(rows);
}

Test(report_tables, an_unknown_key_is_named_with_the_nearest)
{
    struct sim_diag diag = {0};
    struct group_keys keys;
    cr_expect(!group_keys_parse(&keys, "reason,teir", &diag));
    cr_expect_eq(diag.err, SIM_ERR_USAGE);
    cr_expect(has(diag.text, "'teir'"));
    cr_expect(has(diag.hint, "tier"));
}

static char *export_as(enum sim_table table, const char *format)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    FILE *out = open_memstream(&text, &size);
    cr_assert(export_table(f.run, table, export_format_find(format), out, "x", &diag), "%s",
              diag.text);
    fclose(out);
    return text;
}

Test(report_tables, csv_has_names_quotes_and_empty_nevers)
{
    char *text = export_as(SIM_TABLE_TASKS, "csv");
    cr_expect_eq(strncmp(text, "submit_us,first_start_us,", 25), 0);
    cr_expect(has(text, ",task,task_name,job,job_name,index,user,user_name,"));
    cr_expect(has(
        text, "\n0,0,0,10000000,0,10000000,0,3000,6442450944,0,0,,0,a,0,a,0,0,ann,-1,,0,,0,m0,"));
    cr_expect(has(text, ",\"bob, \"\"the\"\" builder\xff\","));
    cr_expect(has(text, "\n7000000,,,,13000000,")); /* c never started. */
    cr_expect(has(text, ",batch,pending,none\n"));
    free(text);
    text = export_as(SIM_TABLE_DECISIONS, "csv");
    cr_expect(has(
        text,
        "\n1000000,1,b,-1,,-1,,-1,,0,0,4,0,0,0,0,wait,fragmented,3,cpu+memory,lowest-id,1,0,4\n"));
    free(text);
    text = export_as(SIM_TABLE_FAILMASK, "csv");
    cr_expect(has(text, ",fit-cpu+fit-memory,1,3,m3,250,1073741824,"));
    free(text);
}

Test(report_tables, every_table_exports_every_row_as_json) /* jansson is the judge. */
{
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        char *text = export_as((enum sim_table)t, "jsonl");
        uint64_t lines = 0;
        for (char *line = text, *end; *line != '\0'; line = end + 1) {
            end = strchr(line, '\n');
            cr_assert(end != NULL);
            *end = '\0';
            json_error_t error;
            json_t *v = json_loads(line, JSON_REJECT_DUPLICATES, &error);
            cr_assert(v != NULL, "%s: %s", error.text, line);
            cr_expect_geq(json_object_size(v), sim_table_info((enum sim_table)t)->column_count);
            json_decref(v);
            lines++;
        }
        cr_expect_eq(lines, f.book.count[t], "%s", sim_table_info((enum sim_table)t)->name);
        free(text);
    }
}

Test(report_tables, a_full_disk_is_an_error) /* Not a short file that looks whole. */
{
    struct sim_diag diag = {0};
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full != NULL);
    cr_expect(
        !export_table(f.run, SIM_TABLE_TASKS, export_format_find("csv"), full, "/dev/full", &diag));
    cr_expect_eq(diag.err, SIM_ERR_IO);
    fclose(full);
}

Test(report_tables, unknown_tables_and_formats_are_named)
{
    struct sim_diag diag = {0};
    enum sim_table table;
    cr_expect(!table_find("desicions", &table, &diag));
    cr_expect(has(diag.hint, "decisions"));
    cr_expect(table_find("ahead", &table, NULL));
    cr_expect_eq(table, SIM_TABLE_AHEAD);
    cr_expect_null(export_format_find("parquet"));
}

Test(report_tables, show_counts_the_rows_of_every_table)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    struct json j;
    FILE *out = open_memstream(&text, &size);
    jw_begin(&j, out, false);
    cr_assert(show_json(f.run, &j, &diag), "%s", diag.text);
    fclose(out);
    json_t *v = parse(text);
    const json_t *tables = json_object_get(v, "tables");
    cr_expect_eq(json_object_size(tables), SIM_TABLE_COUNT);
    cr_expect_eq(int_at(tables, "decisions"), 9);
    cr_expect_eq(int_at(tables, "failmask"), 6);
    cr_expect(json_is_true(json_object_get(v, "complete")));
    json_decref(v);
}

Test(report_tables, every_column_is_described) /* A number without a meaning explains nothing. */
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    show_table_text(SIM_TABLE_ROOM, out, false);
    fclose(out);
    cr_expect(has(text, "requested"));
    cr_expect(has(text, "Amount that the task asks for."));
    free(text);
}
