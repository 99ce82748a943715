/* Finding what a person asks for in a run directory. */
#include <jansson.h>
#include <xxhash.h>

#include "record/frame.h"
#include "record_rows.h"

TestSuite(rundir, .fini = scratch_remove);

static uint32_t next_id[SIM_NAME_KINDS];

static uint32_t name(const struct sim_output *out, enum sim_name_kind kind, const char *text)
{
    out->name(out->self, kind, next_id[kind], (struct sim_text){text, (uint32_t)strlen(text)});
    return next_id[kind]++;
}

static void task(const struct sim_output *out, sim_task id, uint32_t job, uint32_t index)
{
    const struct sim_task_row row = {.task = id, .job = job, .index = index};
    const struct sim_decision_row decision = {.task = id};
    out->row(out->self, SIM_TABLE_DECISIONS, &decision);
    out->row(out->self, SIM_TABLE_TASKS, &row);
}

static void machine(const struct sim_output *out, sim_machine id, uint32_t name_id)
{
    const struct sim_machine_row row = {.machine = id, .name = name_id};
    out->row(out->self, SIM_TABLE_MACHINES, &row);
}

/* Jobs "solo" (one task, id 9), "pair" (ids 5 and 3), "a/b" (id 7, index 4); machines "m-1", "m-2".
 */
static void record(bool several)
{
    char path[512];
    strcpy(path, scratch("/run.h5"));
    const struct recorder_sink sinks[] = {{sim_sink_find("h5"), path}};
    struct recorder *r = recorder_open(sinks, 1, NULL);
    const struct sim_output *out = recorder_output(r);
    memset(next_id, 0, sizeof next_id);
    const uint32_t m1 = name(out, SIM_NAME_MACHINE, "m-1"), m2 = name(out, SIM_NAME_MACHINE, "m-2");
    machine(out, 0, m2); /* Ids of machines and of names need not agree. */
    machine(out, 1, m1);
    machine(out, 0, m2);
    task(out, 9, name(out, SIM_NAME_JOB, "solo"), 0);
    const uint32_t pair = name(out, SIM_NAME_JOB, "pair");
    task(out, 5, pair, 0);
    if (several)
        task(out, 3, pair, 1);
    task(out, 7, name(out, SIM_NAME_JOB, "a/b"), 4);
    cr_assert(recorder_close(r, true, NULL, NULL));
}

static struct rundir *open_run(void)
{
    struct sim_diag diag = {0};
    struct rundir *run = rundir_open(scratch("//"), &diag);
    cr_assert(run != NULL, "%s", diag.text);
    return run;
}

Test(rundir, tasks_are_found_by_job_by_index_and_by_id)
{
    record(true);
    struct rundir *run = open_run();
    static const struct {
        const char *text;
        sim_task task;
    } cases[] = {{"solo", 9}, {"solo/0", 9}, {"pair/0", 5}, {"pair/1", 3},
                 {"a/b", 7},  {"a/b/4", 7},  {"#3", 3},     {"#9", 9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_diag diag = {0};
        cr_expect_eq(rundir_find_task(run, cases[i].text, &diag), cases[i].task, "%s: %s",
                     cases[i].text, diag.text);
        cr_expect_eq(rundir_task(run, cases[i].task)->task, cases[i].task);
    }
    rundir_close(run);
}

Test(rundir, a_wrong_name_says_what_is_near) /* A typing mistake must not cost a search. */
{
    record(true);
    struct rundir *run = open_run();
    static const struct {
        const char *text, *said, *hint;
    } cases[] = {{"sola", "no job of this run is called 'sola'", "'solo'"},
                 {"pair", "job 'pair' has 2 tasks", "pair/INDEX"},
                 {"pair/2", "job 'pair' has no task 2", ""},
                 {"#4", "'#4'", ""},
                 {"#", "'#'", ""},
                 {"", "''", ""},
                 {"/", "'/'", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_diag diag = {0};
        cr_expect_eq(rundir_find_task(run, cases[i].text, &diag), SIM_NONE);
        cr_expect(strstr(diag.text, cases[i].said) != NULL, "%s", diag.text);
        cr_expect(strstr(diag.hint, cases[i].hint) != NULL, "%s: %s", diag.text, diag.hint);
    }
    struct sim_diag diag = {0};
    cr_expect_eq(rundir_find_machine(run, "m-3", &diag), SIM_NONE);
    cr_expect(strstr(diag.hint, "'m-") != NULL, "%s", diag.hint);
    rundir_close(run);
}

Test(rundir, machines_are_found_by_name_and_by_id)
{
    record(true);
    struct rundir *run = open_run();
    char buf[64];
    cr_expect_eq(rundir_find_machine(run, "m-2", NULL), 0);
    cr_expect_eq(rundir_find_machine(run, "m-1", NULL), 1);
    cr_expect_eq(rundir_find_machine(run, "#1", NULL), 1);
    cr_expect_eq(rundir_find_machine(run, "#2", NULL), SIM_NONE);
    cr_expect_str_eq(rundir_machine_name(run, 0, buf, sizeof buf), "m-2");
    cr_expect_str_eq(rundir_machine_name(run, 77, buf, sizeof buf), "#77");
    rundir_close(run);
}

Test(rundir, a_task_is_called_by_its_job_alone_when_every_job_has_one)
{
    char buf[64];
    record(true);
    struct rundir *run = open_run();
    cr_expect_str_eq(rundir_task_name(run, 9, buf, sizeof buf), "solo/0");
    cr_expect_str_eq(rundir_task_name(run, 3, buf, sizeof buf), "pair/1");
    cr_expect_str_eq(rundir_task_name(run, 1234, buf, sizeof buf), "#1234");
    rundir_close(run);
    record(false);
    run = open_run();
    cr_expect_str_eq(rundir_task_name(run, 9, buf, sizeof buf), "solo");
    cr_expect_str_eq(rundir_task_name(run, 5, buf, sizeof buf), "pair");
    rundir_close(run);
}

Test(rundir, a_task_of_a_killed_run_is_found_by_id_before_it_has_a_row)
{
    char path[512];
    strcpy(path, scratch("/decisions.mpk"));
    const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), path}};
    struct recorder *r = recorder_open(sinks, 1, NULL);
    const struct sim_output *out = recorder_output(r);
    memset(next_id, 0, sizeof next_id);
    (void)name(out, SIM_NAME_JOB, "running");
    const struct sim_decision_row decision = {.task = 12};
    out->row(out->self, SIM_TABLE_DECISIONS, &decision);
    cr_assert(recorder_close(r, false, NULL, NULL));
    struct rundir *run = open_run();
    cr_expect_eq(rundir_find_task(run, "#12", NULL), 12);
    cr_expect_eq(rundir_find_task(run, "#13", NULL), SIM_NONE);
    cr_expect_null(rundir_task(run, 12));
    struct sim_diag diag = {0};
    cr_expect_eq(rundir_find_task(run, "running", &diag), SIM_NONE);
    cr_expect(strstr(diag.text, "before the record was cut") != NULL, "%s", diag.text);
    rundir_close(run);
}

Test(rundir, what_is_no_run_says_so)
{
    struct sim_diag diag = {0};
    cr_expect_null(rundir_open(scratch("/nowhere"), &diag));
    cr_expect(strstr(diag.text, "no such run directory") != NULL && diag.hint[0] != '\0');
    diag = (struct sim_diag){0};
    cr_expect_null(rundir_open(scratch(""), &diag));
    cr_expect(strstr(diag.text, "neither run.h5 nor decisions.mpk") != NULL, "%s", diag.text);
    static const char text[] = "this is a text file, and no HDF5 file at all; it is not short";
    file_store(scratch("/decisions.mpk"), text, sizeof text);
    diag = (struct sim_diag){0};
    cr_expect_null(rundir_open(scratch(""), &diag));
    cr_expect(strstr(diag.text, "byte 0") != NULL, "%s", diag.text);
    file_store(scratch("/run.h5"), text, sizeof text);
    diag = (struct sim_diag){0};
    cr_expect_null(rundir_open(scratch(""), &diag));
    cr_expect_eq(diag.err, SIM_ERR_FORMAT);
    cr_expect(strstr(diag.path, "run.h5") != NULL && diag.text[0] != '\0', "%s", diag.text);
}

/* Renames one column in the first frame and makes its checksum good again. */
static void rename_column(const char *from, const char *to)
{
    size_t n, at = 0;
    char *bytes = file_bytes(scratch("/decisions.mpk"), &n);
    while (at + strlen(from) < n && memcmp(bytes + at, from, strlen(from)) != 0)
        at++;
    cr_assert(at + strlen(from) < n, "the first frame names its columns");
    memcpy(bytes + at, to, strlen(to));
    uint32_t head[2];
    memcpy(head, bytes, sizeof head);
    head[1] = (uint32_t)XXH3_64bits(bytes + FRAME_HEAD, head[0]);
    memcpy(bytes, head, sizeof head);
    file_store(scratch("/decisions.mpk"), bytes, n);
    mem_free(bytes);
}

Test(rundir, columns_of_a_stream_are_matched_by_name) /* Files outlive the order of columns. */
{
    struct made m = rows_make(1, 5, 1);
    (void)rows_record(&m, true);
    cr_assert(unlink(scratch("/run.h5")) == 0);
    rename_column("examined", "feasible"); /* Now two columns are called so: the first counts. */
    struct sim_diag diag = {0};
    cr_expect_null(rundir_open(scratch(""), &diag), "no column examined");
    cr_expect(strstr(diag.text, "tables that this version can read") != NULL, "%s", diag.text);
    rename_column("feasible", "exchange");
    rename_column("feasible", "examined");
    rename_column("exchange", "feasible");
    struct rundir *run = open_run();
    uint64_t n;
    const struct sim_decision_row *d = rundir_rows(run, SIM_TABLE_DECISIONS, &n, NULL);
    const struct sim_decision_row *before = (const void *)m.rows[SIM_TABLE_DECISIONS];
    for (uint64_t i = 0; i < n; i++)
        cr_expect(d[i].examined == before[i].feasible && d[i].feasible == before[i].examined);
    cr_expect_eq(n, 5);
    rundir_close(run);
    rows_free(&m);
}

Test(rundir, manifest_summary_and_units_come_from_their_files)
{
    record(true);
    struct rundir *run = open_run();
    cr_expect_null(rundir_manifest(run));
    cr_expect_null(rundir_summary(run));
    struct sim_units units = rundir_units(run);
    cr_expect_str_eq(units.name[SIM_CPU], "cores");
    cr_expect_eq(units.per_unit[SIM_CPU], 1000);
    rundir_close(run);
    static const char manifest[] =
        "{\"units\": {\"cpu\": {\"name\": \"of the largest\", \"per_unit\": 10000000000}}}";
    file_store(scratch("/manifest.json"), manifest, sizeof manifest - 1);
    file_store(scratch("/summary.json"), "{\"digest\": \"abc\"}", 17);
    run = open_run();
    units = rundir_units(run);
    cr_expect_str_eq(units.name[SIM_CPU], "of the largest");
    cr_expect_eq(units.per_unit[SIM_CPU], INT64_C(10000000000));
    cr_expect_eq(units.per_unit[SIM_GPU], 1000);
    cr_expect_str_eq(json_string_value(json_object_get(rundir_summary(run), "digest")), "abc");
    rundir_close(run);
}
