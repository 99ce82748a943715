/* What is recorded comes back, from the stream and from the columns, also when the run was cut. */
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "record_rows.h"

TestSuite(record_streams, .fini = scratch_remove, .timeout = 120);

static struct rundir *open_scratch(void)
{
    struct sim_diag diag = {0};
    struct rundir *run = rundir_open(scratch(""), &diag);
    cr_assert(run != NULL, "%s", diag.text);
    return run;
}

/* Both files, each alone, against what was written. */
static void check_both(const struct made *m)
{
    struct rundir *run = open_scratch();
    cr_expect(rundir_complete(run));
    rows_compare(run, m, true, "run.h5");
    names_compare(run, m, "run.h5");
    rundir_close(run);
    cr_assert(unlink(scratch("/run.h5")) == 0);
    run = open_scratch();
    cr_expect(rundir_complete(run));
    cr_expect_eq(rundir_dropped_bytes(run), 0);
    rows_compare(run, m, true, "decisions.mpk");
    names_compare(run, m, "decisions.mpk");
    rundir_close(run);
}

Test(record_streams, both_files_hold_every_value_of_every_column) /* Else explanations lie. */
{
    static const uint32_t sizes[] = {0, 1, 7, 3000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct made m = rows_make(i + 1, sizes[i], sizes[i] / 2);
        (void)rows_record(&m, true);
        check_both(&m);
        rows_free(&m);
    }
}

Test(record_streams, tables_longer_than_a_chunk_come_back) /* Padding of the last chunk is cut. */
{
    struct made m = rows_make(5, 65536 * 2 + 11, 40);
    (void)rows_record(&m, true);
    check_both(&m);
    rows_free(&m);
}

Test(record_streams, constant_columns_come_back) /* Their packed chunk is used again. */
{
    struct made m = rows_make(6, 65536 * 3 + 5, 1);
    struct sim_decision_row *d = (void *)m.rows[SIM_TABLE_DECISIONS];
    for (uint32_t i = 0; i < m.n[SIM_TABLE_DECISIONS]; i++) {
        d[i].examined = 1000;
        d[i].score = i < 65536 * 2 ? -7 : 8;
        d[i].flags = 0;
    }
    (void)rows_record(&m, true);
    check_both(&m);
    rows_free(&m);
}

Test(record_streams, equal_runs_give_equal_files) /* No clock, address or order gets into them. */
{
    struct made m = rows_make(7, 70000, 100);
    size_t n[4];
    void *bytes[4];
    for (int i = 0; i < 2; i++) {
        (void)rows_record(&m, true);
        bytes[2 * i] = file_bytes(scratch("/run.h5"), &n[2 * i]);
        bytes[2 * i + 1] = file_bytes(scratch("/decisions.mpk"), &n[2 * i + 1]);
    }
    cr_expect(n[0] == n[2] && memcmp(bytes[0], bytes[2], n[0]) == 0, "run.h5 differs");
    cr_expect(n[1] == n[3] && memcmp(bytes[1], bytes[3], n[1]) == 0, "decisions.mpk differs");
    for (int i = 0; i < 4; i++)
        mem_free(bytes[i]);
    rows_free(&m);
}

Test(record_streams, an_incomplete_run_leaves_the_stream_only) /* No file that looks whole. */
{
    struct made m = rows_make(8, 500, 10);
    (void)rows_record(&m, false);
    cr_expect(access(scratch("/run.h5"), F_OK) != 0);
    cr_expect(access(scratch("/run.h5.part"), F_OK) != 0);
    struct rundir *run = open_scratch();
    cr_expect(!rundir_complete(run));
    rows_compare(run, &m, true, "incomplete");
    rundir_close(run);
    rows_free(&m);
}

Test(record_streams, a_stream_cut_anywhere_is_a_prefix) /* What kill -9 leaves. */
{
    struct made m = rows_make(9, 6, 3);
    (void)rows_record(&m, true);
    cr_assert(unlink(scratch("/run.h5")) == 0);
    size_t n;
    char *bytes = file_bytes(scratch("/decisions.mpk"), &n), what[48];
    for (size_t len = 0; len <= n; len++) {
        file_store(scratch("/decisions.mpk"), bytes, len);
        (void)snprintf(what, sizeof what, "cut at %zu", len);
        struct rundir *run = open_scratch();
        rows_compare(run, &m, len == n, what);
        cr_expect(rundir_complete(run) == (len == n), "%s", what);
        cr_expect(rundir_dropped_bytes(run) <= len, "%s", what);
        rundir_close(run);
    }
    mem_free(bytes);
    rows_free(&m);
}

Test(record_streams, damage_is_reported_with_its_byte_and_never_read) /* A flipped bit is no row. */
{
    struct made m = rows_make(10, 4, 2);
    (void)rows_record(&m, true);
    cr_assert(unlink(scratch("/run.h5")) == 0);
    size_t n, refused = 0;
    char *bytes = file_bytes(scratch("/decisions.mpk"), &n), what[48];
    for (size_t at = 0; at < n; at++) {
        bytes[at] = (char)(bytes[at] ^ 1 << at % 8);
        file_store(scratch("/decisions.mpk"), bytes, n);
        bytes[at] = (char)(bytes[at] ^ 1 << at % 8);
        (void)snprintf(what, sizeof what, "bit flipped at %zu", at);
        struct sim_diag diag = {0};
        struct rundir *run = rundir_open(scratch(""), &diag);
        if (run != NULL) { /* A length that now reaches behind the end looks like a cut. */
            cr_expect(rundir_dropped_bytes(run) > 0 && !rundir_complete(run), "%s", what);
            rows_compare(run, &m, false, what);
        } else {
            cr_expect(strstr(diag.text, "byte ") != NULL, "%s: %s", what, diag.text);
            cr_expect(strstr(diag.path, "decisions.mpk") != NULL);
            refused++;
        }
        rundir_close(run);
    }
    cr_expect(refused > n * 9 / 10, "%zu of %zu", refused, n);
    mem_free(bytes);
    rows_free(&m);
}

/* 0 when each damaged file is either read or refused with a reason. The library itself leaks on
 * such files, so this ends without a look at the heap. */
static _Noreturn void read_damaged(const char *bytes_before, size_t n)
{
    char *bytes = mem_alloc(n, 1);
    int wrong = 0;
    for (size_t at = 0; at < n; at += 97) {
        memcpy(bytes, bytes_before, n);
        bytes[at] = (char)~bytes[at];
        file_store(scratch("/run.h5"), bytes, n);
        struct sim_diag diag = {0};
        struct rundir *run = rundir_open(scratch(""), &diag);
        for (unsigned t = 0; run != NULL && t < SIM_TABLE_COUNT; t++) {
            uint64_t rows;
            const void *read = rundir_rows(run, (enum sim_table)t, &rows, &diag);
            wrong += read == NULL && (diag.err != SIM_ERR_FORMAT || diag.text[0] == '\0');
        }
        wrong += run == NULL && (diag.err != SIM_ERR_FORMAT || diag.text[0] == '\0');
        rundir_close(run);
    }
    _exit(wrong == 0 ? 0 : 1);
}

Test(record_streams, a_damaged_run_h5_is_an_error_and_no_crash) /* One byte in every 97 is wrong. */
{
    struct made m = rows_make(11, 50, 5);
    (void)rows_record(&m, true);
    size_t n;
    char *bytes = file_bytes(scratch("/run.h5"), &n);
    const pid_t child = fork();
    if (child == 0)
        read_damaged(bytes, n);
    int status;
    cr_assert(waitpid(child, &status, 0) == child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    mem_free(bytes);
    rows_free(&m);
}

/* ---- disks that are full ------------------------------------------------------------------------
 */

static void expect_full(bool good, const struct sim_diag *diag, const char *what)
{
    cr_expect(!good, "%s", what);
    cr_expect_eq(diag->err, SIM_ERR_IO);
    cr_expect(strstr(diag->text, "No space left") != NULL, "%s: %s", what, diag->text);
    cr_expect(diag->hint[0] != '\0');
}

/* Records until the recorder says that it failed; the run must not go on for ever. */
static bool record_until_full(const char *sink, const char *path, struct sim_diag *diag)
{
    const struct recorder_sink sinks[] = {{sim_sink_find(sink), path}};
    struct recorder *r = recorder_open(sinks, 1, diag);
    if (r == NULL)
        return false;
    struct made m = rows_make(12, 2000, 2000);
    for (int i = 0; i < 200 && !recorder_failed(r); i++)
        rows_write(&m, recorder_output(r));
    rows_free(&m);
    return recorder_close(r, true, NULL, diag);
}

Test(record_streams, a_full_disk_is_an_error_of_the_streams) /* A lost record must be noticed. */
{
    struct sim_diag diag = {0};
    expect_full(record_until_full("mpk", "/dev/full", &diag), &diag, "mpk");
    diag = (struct sim_diag){0};
    expect_full(record_until_full("jsonl", "/dev/full", &diag), &diag, "jsonl");
}

Test(record_streams, a_full_disk_leaves_no_run_h5) /* A file that exists is whole. */
{
    char path[512];
    strcpy(path, scratch("/run.h5"));
    cr_assert(symlink("/dev/full", scratch("/run.h5.part")) == 0);
    struct sim_diag diag = {0};
    expect_full(record_until_full("h5", path, &diag), &diag, "h5");
    cr_expect(access(path, F_OK) != 0);
    cr_expect(access(scratch("/run.h5.part"), F_OK) != 0);
}

Test(record_streams, a_limit_reached_in_the_middle_stops_the_run) /* Not only at the start. */
{
    static const char *const sink[] = {"mpk", "h5", "jsonl"};
    const struct rlimit limit = {400000, 400000};
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (int i = 0; i < 3; i++) {
        char path[512];
        strcpy(path, scratch("/limited"));
        struct sim_diag diag = {0};
        cr_expect(!record_until_full(sink[i], path, &diag), "%s", sink[i]);
        cr_expect(strstr(diag.text, "File too large") != NULL, "%s: %s", sink[i], diag.text);
        (void)unlink(path);
    }
}

Test(record_streams, a_place_that_cannot_be_written_is_an_error_at_once)
{
    static const char *const sink[] = {"mpk", "h5", "jsonl"};
    for (int i = 0; i < 3; i++) {
        const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), scratch("/good.mpk")},
                                              {sim_sink_find(sink[i]), "/no/such/place"}};
        struct sim_diag diag = {0};
        cr_expect(recorder_open(sinks, 2, &diag) == NULL);
        cr_expect(strstr(diag.text, "No such file") != NULL, "%s: %s", sink[i], diag.text);
    }
}

/* ---- killed runs --------------------------------------------------------------------------------
 */

/* One failmask row for each decision, as an engine writes them, until the process is killed. */
static _Noreturn void write_for_ever(void)
{
    char mpk[512], h5[512];
    strcpy(mpk, scratch("/decisions.mpk"));
    strcpy(h5, scratch("/run.h5"));
    const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), mpk}, {sim_sink_find("h5"), h5}};
    struct recorder *r = recorder_open(sinks, 2, NULL);
    const struct sim_output *out = recorder_output(r);
    for (uint32_t i = 0;; i++) {
        const struct sim_decision_row d = {.t_us = i, .task = i, .fm = i};
        const struct sim_failmask_row f = {.decision = i, .count = 1};
        out->row(out->self, SIM_TABLE_DECISIONS, &d);
        out->row(out->self, SIM_TABLE_FAILMASK, &f);
    }
}

Test(record_streams, a_killed_run_keeps_decisions_with_their_rows)
{
    (void)scratch(""); /* Made before the fork, so that both see the same directory. */
    const pid_t child = fork();
    if (child == 0)
        write_for_ever();
    struct stat s = {0};
    while (stat(scratch("/decisions.mpk"), &s) != 0 || s.st_size < 3000000)
        (void)sched_yield();
    cr_assert(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
    cr_expect(access(scratch("/run.h5"), F_OK) != 0, "no half-written run.h5");
    struct rundir *run = open_scratch();
    uint64_t n, masks;
    const struct sim_decision_row *d = rundir_rows(run, SIM_TABLE_DECISIONS, &n, NULL);
    const struct sim_failmask_row *f = rundir_rows(run, SIM_TABLE_FAILMASK, &masks, NULL);
    cr_assert(n > 10000 && masks >= n, "%" PRIu64 " decisions, %" PRIu64 " masks", n, masks);
    for (uint64_t i = 0; i < n; i++)
        cr_assert(d[i].task == i && f[d[i].fm].decision == (int64_t)i);
    cr_expect(!rundir_complete(run));
    rundir_close(run);
}

Test(record_streams, a_slow_run_is_on_disk_after_a_second) /* Few decisions do not fill a chunk. */
{
    char path[512];
    strcpy(path, scratch("/decisions.mpk"));
    const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), path}};
    struct recorder *r = recorder_open(sinks, 1, NULL);
    const struct sim_output *out = recorder_output(r);
    uint64_t n = 0;
    for (uint32_t i = 0; i < 40 && n == 0; i++) { /* Up to 4 s, so that a busy computer passes. */
        const struct sim_decision_row d = {.task = i};
        out->row(out->self, SIM_TABLE_DECISIONS, &d);
        (void)nanosleep(&(struct timespec){0, 100000000}, NULL);
        struct rundir *run = open_scratch();
        cr_assert(rundir_rows(run, SIM_TABLE_DECISIONS, &n, NULL) != NULL);
        rundir_close(run);
    }
    cr_expect(n >= 5, "%" PRIu64 " rows are there while the run goes on", n);
    cr_assert(recorder_close(r, false, NULL, NULL));
}

/* ---- the other forms ----------------------------------------------------------------------------
 */

Test(record_streams, lines_of_json_name_their_table_and_their_codes)
{
    char path[512];
    strcpy(path, scratch("/rows.jsonl"));
    const struct recorder_sink sinks[] = {{sim_sink_find("jsonl"), path}};
    struct recorder *r = recorder_open(sinks, 1, NULL);
    const struct sim_output *out = recorder_output(r);
    const struct sim_decision_row d = {.t_us = 5, .machine = SIM_NONE, .reason = 66, .outcome = 2};
    const struct sim_task_row t = {.first_start_us = SIM_NEVER, .priority = -1};
    out->name(out->self, SIM_NAME_JOB, 0, (struct sim_text){"a \"b\"", 5});
    out->row(out->self, SIM_TABLE_DECISIONS, &d);
    out->row(out->self, SIM_TABLE_TASKS, &t);
    cr_assert(recorder_close(r, true, NULL, NULL));
    FILE *in = fopen(path, "r");
    static const char *const want[] = {
        "{\"table\":\"names\",\"kind\":\"job\",\"id\":0,\"text\":\"a \\\"b\\\"\"}",
        "\"machine\":-1", "\"first_start_us\":null"};
    static const char *const also[] = {"names", "\"reason\":\"fragmented\"", "\"priority\":-1"};
    char line[4096];
    for (int i = 0; i < 3; i++) {
        cr_assert(fgets(line, sizeof line, in) != NULL);
        cr_expect(strstr(line, want[i]) != NULL && strstr(line, also[i]) != NULL, "%s", line);
        json_t *value = json_loads(line, 0, NULL);
        cr_expect(json_is_object(value), "%s", line);
        json_decref(value);
    }
    cr_expect(fgets(line, sizeof line, in) == NULL);
    (void)fclose(in);
}

Test(record_streams, h5dump_reads_run_h5) /* Tools without our code must. */
{
    struct made m = rows_make(13, 100, 5);
    (void)rows_record(&m, true);
    char command[4096], path[512];
    if (system("command -v h5dump > /dev/null") != 0)
        cr_skip_test("h5dump is not installed");
    strcpy(path, scratch("/run.h5"));
    (void)snprintf(command, sizeof command,
                   "h5dump '%s' > '%s.txt' && grep -q 'DATASET \"runner_up\"' '%s.txt' && "
                   "grep -q fragmented '%s.txt' && grep -q milli-cores '%s.txt'",
                   path, path, path, path, path);
    cr_expect(system(command) == 0);
    rows_free(&m);
}

static const char python[] =
    "import sys, h5py, numpy as np\n"
    "f = h5py.File(sys.argv[1], 'r')\n"
    "d = f['decisions']\n"
    "assert f.attrs['format'] == 'simctl'\n"
    "assert d['t_us'].attrs['unit'] == 'us' and len(d['t_us'].attrs['description']) > 5\n"
    "assert list(d['t_us'][:]) == [10, 20], d['t_us'][:]\n"
    "assert list(d['machine'][:]) == [7, -1] and d['machine'].dtype == np.int32\n"
    "codes = h5py.check_enum_dtype(d['reason'].dtype)\n"
    "assert codes['fragmented'] == 66 and list(d['reason'][:]) == [1, 66]\n"
    "assert d['t_us'].shuffle and d['t_us'].compression == 'gzip'\n"
    "n = f['names']\n"
    "texts = bytes(n['bytes'][:])\n"
    "o, l = n['offset'][1], n['length'][1]\n"
    "assert texts[o:o + l].decode() == 'zw\\u00f6lf', texts\n"
    "assert n['kind'][1] == h5py.check_enum_dtype(n['kind'].dtype)['user']\n"
    "r = f['meta/reasons']\n"
    "row = list(r['number'][:]).index(66)\n"
    "assert r['code'].asstr()[row] == 'FRAGMENTED' and r['stage'].asstr()[row]\n"
    "assert (1 << 31) in list(f['meta/fail_bits/mask'][:])\n"
    "assert f['evictions/t_us'].shape == (0,)\n";

Test(record_streams, h5py_reads_columns_enumerations_and_texts)
{
    if (system("/usr/bin/python3 -c 'import h5py' 2> /dev/null") != 0)
        cr_skip_test("h5py is not installed");
    char path[512], command[2048];
    strcpy(path, scratch("/run.h5"));
    const struct recorder_sink sinks[] = {{sim_sink_find("h5"), path}};
    struct recorder *r = recorder_open(sinks, 1, NULL);
    const struct sim_output *out = recorder_output(r);
    const struct sim_decision_row d[] = {{.t_us = 10, .machine = 7, .reason = 1},
                                         {.t_us = 20, .machine = SIM_NONE, .reason = 66}};
    out->name(out->self, SIM_NAME_JOB, 0, (struct sim_text){"elf", 3});
    out->name(out->self, SIM_NAME_USER, 0, (struct sim_text){"zw\xc3\xb6lf", 6});
    out->row(out->self, SIM_TABLE_DECISIONS, &d[0]);
    out->row(out->self, SIM_TABLE_DECISIONS, &d[1]);
    cr_assert(recorder_close(r, true, NULL, NULL));
    file_store(scratch("/check.py"), python, sizeof python - 1);
    (void)snprintf(command, sizeof command, "/usr/bin/python3 '%s' '%s'", scratch("/check.py"),
                   path);
    cr_expect(system(command) == 0);
}
