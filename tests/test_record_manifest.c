/* manifest.json and summary.json: what was run on what, and what came out. */
#include <jansson.h>
#include <xxhash.h>

#include "record/hex.h"
#include "record/manifest.h"
#include "record_rows.h"

TestSuite(record_manifest, .fini = scratch_remove);

static const struct sim_option rows[] = {
    {"name", SIM_OPT_TEXT, 0, 0, "", NULL, "name of the run"},
    {"policy.history", SIM_OPT_TEXT, 0, 0, "", NULL, "FORMAT:PATH of what it learns from"},
    {"trace", SIM_OPT_TEXT, 0, 0, "", NULL, "FORMAT:PATH of the workload"},
    {"trace.departures", SIM_OPT_BOOL, 0, 0, "true", NULL, "whether tasks end"},
    {"slowdown_tau", SIM_OPT_TIME, 0, 0, "10s", NULL, "bound of the bounded slowdown"},
    SIM_OPTION_END};
static const struct sim_finding_kind repaired = {"bad-row", SIM_REPAIR, "rows were dropped"};

static char trace_path[512], history_path[512];
static const char *run_name = "", *policy = "best-fit", *departures = "false";
static struct sim_trace_info trace_info;

static struct sim_settings *settings(void)
{
    struct sim_settings *s = sim_settings_create();
    sim_settings_declare(s, rows);
    struct sim_diag diag = {0};
    cr_assert(sim_settings_set(s, "trace", trace_path, SIM_FROM_FLAG, SIM_NOWHERE, &diag));
    cr_assert(
        sim_settings_set(s, "policy.history", history_path, SIM_FROM_FLAG, SIM_NOWHERE, &diag));
    cr_assert(sim_settings_set(s, "name", run_name, SIM_FROM_FLAG, SIM_NOWHERE, &diag));
    cr_assert(
        sim_settings_set(s, "trace.departures", departures, SIM_FROM_FLAG, SIM_NOWHERE, &diag));
    return s;
}

static struct sim_findings *findings(void)
{
    struct sim_findings *f = sim_findings_create();
    sim_findings_add(f, &repaired, (struct sim_where){"t.csv", 3, 0}, "\"quoted\"");
    return f;
}

/* Writes the manifest of one run and reads it back. */
static json_t *manifest_of(const char *status, uint64_t seed,
                           const struct recorder_digests *digests)
{
    struct sim_settings *s = settings();
    struct sim_findings *f = findings();
    static char *argv[] = {(char *)"simctl", (char *)"run", (char *)"--seed", (char *)"7"};
    trace_info.inputs = (const char *[]){trace_path};
    trace_info.input_count = 1;
    trace_info.rows = 42;
    const struct manifest_input inputs[] = {
        {"trace", "csv", trace_path, &trace_info, f},
        {"cluster", "spec", "2x4,8", &(struct sim_trace_info){.rows = 2}, NULL},
        {"policy.history", "csv", history_path, NULL, NULL}};
    const struct sim_units units = {.per_unit = {1000, 1}, .name = {"cores", "bytes"}};
    const struct manifest m = {.status = status,
                               .argc = 4,
                               .argv = argv,
                               .policy = policy,
                               .scheduler = "fifo",
                               .seed = seed,
                               .settings = s,
                               .inputs = inputs,
                               .input_count = history_path[0] == '\0' ? 2 : 3,
                               .digests = digests,
                               .units = &units,
                               .started_unix = 1700000000,
                               .stopped_unix = digests == NULL ? 0 : 1700000061};
    struct sim_diag diag = {0};
    cr_assert(manifest_write(scratch(""), &m, &diag), "%s", diag.text);
    cr_expect(access(scratch("/manifest.json.part"), F_OK) != 0, "no temporary file stays");
    sim_settings_destroy(s);
    sim_findings_destroy(f);
    json_error_t error;
    json_t *value = json_load_file(scratch("/manifest.json"), 0, &error);
    cr_assert(value != NULL, "line %d: %s", error.line, error.text);
    return value;
}

/* "inputs.0.xxh3_128": numbers index arrays. */
static const json_t *at(const json_t *value, const char *path)
{
    char copy[128];
    strcpy(copy, path);
    for (char *key = copy, *end; key != NULL && value != NULL; key = end) {
        end = strchr(key, '.');
        if (end != NULL)
            *end++ = '\0';
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
    }
    return value;
}

static const char *text(const json_t *value, const char *path)
{
    return json_string_value(at(value, path));
}

static void store(char *path, const char *name, const char *content)
{
    strcpy(path, scratch(name));
    file_store(path, content, strlen(content));
}

Test(record_manifest, holds_what_is_needed_to_repeat_the_run)
{
    store(trace_path, "/trace.csv", "a,b\n1,2\n");
    struct recorder_digests digests = {.rows = {[SIM_TABLE_TASKS] = 5}};
    strcpy(digests.all, "0123");
    json_t *m = manifest_of("complete", 7, &digests);
    char want[HEX_128];
    hex_128(XXH3_128bits("a,b\n1,2\n", 8), want);
    cr_expect_str_eq(text(m, "schema"), "simctl/1");
    cr_expect_str_eq(text(m, "status"), "complete");
    cr_expect_str_eq(text(m, "argv.2"), "--seed");
    cr_expect_str_eq(text(m, "started"), "2023-11-14T22:13:20Z");
    cr_expect_str_eq(text(m, "stopped"), "2023-11-14T22:14:21Z");
    cr_expect_str_eq(text(m, "policy"), "best-fit");
    cr_expect(json_is_null(at(m, "preset")));
    cr_expect_eq(json_integer_value(at(m, "seed")), 7);
    const json_t *setting = json_object_get(at(m, "settings"), "trace.departures");
    cr_expect_str_eq(text(setting, "value"), "false");
    cr_expect_str_eq(text(setting, "origin"), sim_origin_name(SIM_FROM_FLAG));
    cr_expect_str_eq(text(m, "inputs.0.xxh3_128"), want);
    cr_expect_eq(json_integer_value(at(m, "inputs.0.bytes")), 8);
    cr_expect_eq(json_integer_value(at(m, "inputs.0.rows")), 42);
    cr_expect_str_eq(text(m, "inputs.0.files.0.path"), trace_path);
    cr_expect_str_eq(text(m, "inputs.0.findings.0.id"), "bad-row");
    cr_expect(strstr(text(m, "inputs.0.findings.0.examples.0"), "t.csv:3") != NULL);
    cr_expect(json_is_null(at(m, "inputs.1.xxh3_128")), "a specification has no bytes");
    cr_expect_eq(json_integer_value(at(m, "repairs")), 1);
    cr_expect_eq(json_integer_value(at(m, "units.cpu.per_unit")), 1000);
    cr_expect_str_eq(text(m, "digest.all"), "0123");
    cr_expect_eq(json_integer_value(at(m, "rows.tasks")), 5);
    cr_expect(text(m, "engine.version") != NULL && text(m, "engine.libs.hdf5") != NULL);
    cr_expect(text(m, "host.os") != NULL && text(m, "rng") != NULL);
    json_decref(m);
}

/* The id of a run that has just begun; release with free(). */
static char *run_id(uint64_t seed)
{
    json_t *m = manifest_of("running", seed, NULL);
    cr_expect(json_is_null(at(m, "digest")) && json_is_null(at(m, "stopped")));
    char *id = strdup(text(m, "run_id"));
    json_decref(m);
    return id;
}

static void expect_id(bool same, const char *first, uint64_t seed, const char *why)
{
    char *id = run_id(seed);
    cr_expect((strcmp(id, first) == 0) == same, "%s", why);
    free(id);
}

Test(record_manifest, run_id_is_the_same_wherever_files_lie) /* Equal runs, equal ids. */
{
    store(trace_path, "/one.csv", "1,2\n");
    store(history_path, "/old.csv", "3,4\n");
    char *first = run_id(7);
    store(trace_path, "/two.csv", "1,2\n");
    expect_id(true, first, 7, "the same trace elsewhere");
    store(history_path, "/older.csv", "3,4\n");
    expect_id(true, first, 7, "the same history elsewhere");
    run_name = "again";
    expect_id(true, first, 7, "another name");
    free(first);
}

Test(record_manifest, run_id_differs_when_anything_else_does) /* Else results get mixed up. */
{
    store(trace_path, "/one.csv", "1,2\n");
    store(history_path, "/old.csv", "3,4\n");
    char *first = run_id(7);
    expect_id(false, first, 8, "another seed");
    store(trace_path, "/one.csv", "1,3\n");
    (void)unlink(scratch("/manifest.json")); /* It remembers the digests of its own run. */
    expect_id(false, first, 7, "other bytes of the trace");
    store(trace_path, "/one.csv", "1,2\n");
    store(history_path, "/old.csv", "3,5\n");
    (void)unlink(scratch("/manifest.json"));
    expect_id(false, first, 7, "other bytes of the history");
    history_path[0] = '\0';
    expect_id(false, first, 7, "no history");
    store(history_path, "/new.csv", "3,4\n");
    expect_id(true, first, 7, "all as it was");
    policy = "worst-fit";
    expect_id(false, first, 7, "another policy");
    policy = "best-fit";
    departures = "true";
    expect_id(false, first, 7, "another setting");
    departures = "false";
    strcpy(trace_path, "-");
    char *stream = run_id(7);
    cr_expect(strcmp(stream, first) != 0);
    free(stream);
    free(first);
}

Test(record_manifest, inputs_are_hashed_when_the_run_starts) /* And not again at its end. */
{
    char before[HEX_128];
    store(trace_path, "/trace.csv", "1,2\n");
    json_t *m = manifest_of("running", 7, NULL);
    strcpy(before, text(m, "inputs.0.xxh3_128"));
    json_decref(m);
    store(trace_path, "/trace.csv", "changed while the run went on\n");
    struct recorder_digests digests = {0};
    m = manifest_of("complete", 7, &digests);
    cr_expect_str_eq(text(m, "inputs.0.xxh3_128"), before);
    json_decref(m);
}

Test(record_manifest, a_directory_that_is_not_there_is_an_error)
{
    struct sim_settings *s = settings();
    const struct manifest m = {.status = "running", .policy = "p", .scheduler = "s", .settings = s};
    struct sim_diag diag = {0};
    cr_expect(!manifest_write(scratch("/nowhere"), &m, &diag));
    cr_expect(strstr(diag.text, "No such file") != NULL, "%s", diag.text);
    sim_settings_destroy(s);
}

/* ---- summary ------------------------------------------------------------------------------------
 */

static struct sim_totals some_totals(void)
{
    return (struct sim_totals){
        .submitted = 1234567,
        .placed = 4,
        .ended = 3,
        .running = 1,
        .unplaced = 2,
        .decisions = 9,
        .events = 2000,
        .machines = 3,
        .wait_p50_us = 1500001,
        .wait_p99_us = INT64_C(86400000000) * 365 + 1,
        .wait_sum_us = {.low = 6000000},
        .bounded_slowdown_mean = 1.25,
        .bounded_slowdown_count = 3,
        .used_us = {[SIM_CPU] = {.low = 500}},
        .capacity_us = {[SIM_CPU] = {.low = 1000}},
        .used = {{[SIM_CPU] = 3000}},
        .capacity = {{[SIM_CPU] = 4000}},
        .units = {.per_unit = {1000}, .name = {"cores"}},
        .ns_placement = 250000000,
    };
}

static json_t *summary_of(const struct sim_totals *t)
{
    struct recorder_digests digests = {0};
    strcpy(digests.all, "feed");
    const struct summary s = {.totals = t,
                              .digests = &digests,
                              .wall_s = 0.5,
                              .peak_rss_bytes = 1 << 20,
                              .run = "r",
                              .policy = "p",
                              .scheduler = "s",
                              .seed = 7,
                              .slowdown_tau_us = 10000000};
    struct sim_diag diag = {0};
    cr_assert(summary_write(scratch(""), &s, &diag), "%s", diag.text);
    json_t *value = json_load_file(scratch("/summary.json"), 0, NULL);
    cr_assert(value != NULL);
    return value;
}

Test(record_manifest, summary_has_the_stable_keys) /* Scripts of users depend on them. */
{
    static const char *const keys[] = {"tasks.submitted",
                                       "tasks.placed",
                                       "tasks.ended",
                                       "tasks.failed",
                                       "tasks.evicted",
                                       "tasks.pending",
                                       "tasks.unplaced",
                                       "tasks.killed",
                                       "tasks.cancelled",
                                       "tasks.running",
                                       "tasks.resubmitted",
                                       "decisions.total",
                                       "decisions.placed",
                                       "decisions.refused",
                                       "decisions.repeated",
                                       "wait_s.mean",
                                       "wait_s.p50",
                                       "wait_s.p90",
                                       "wait_s.p99",
                                       "wait_s.max",
                                       "bounded_slowdown.mean",
                                       "bounded_slowdown.count",
                                       "bounded_slowdown.tau_s",
                                       "utilisation.cpu.mean",
                                       "utilisation.memory.mean",
                                       "utilisation.gpu.mean",
                                       "allocation.cpu.final",
                                       "allocation.memory.final",
                                       "allocation.gpu.final",
                                       "allocation.cpu.used",
                                       "allocation.cpu.capacity",
                                       "digest",
                                       "perf.events",
                                       "perf.events_per_s",
                                       "perf.decisions_per_s",
                                       "perf.wall_s",
                                       "perf.peak_rss_bytes",
                                       "perf.share.reading",
                                       "perf.share.events",
                                       "perf.share.placement",
                                       "perf.share.recording",
                                       "repairs",
                                       "invariant_violations",
                                       "run",
                                       "policy",
                                       "scheduler",
                                       "seed"};
    const struct sim_totals none = {0}, t = some_totals();
    json_t *s = summary_of(&none);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        cr_expect(at(s, keys[i]) != NULL, "%s of a run in which nothing happened", keys[i]);
    json_decref(s);
    s = summary_of(&t);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        cr_expect(at(s, keys[i]) != NULL, "%s", keys[i]);
    cr_expect_eq(json_real_value(at(s, "utilisation.cpu.mean")), 0.5);
    cr_expect_eq(json_real_value(at(s, "allocation.cpu.final")), 0.75);
    cr_expect_eq(json_integer_value(at(s, "allocation.cpu.used")), 3000);
    cr_expect_eq(json_number_value(at(s, "wait_s.mean")), 1.5);
    cr_expect_eq(json_number_value(at(s, "perf.events_per_s")), 4000);
    cr_expect_eq(json_number_value(at(s, "perf.share.placement")), 0.5);
    cr_expect_eq(json_number_value(at(s, "bounded_slowdown.tau_s")), 10);
    cr_expect_str_eq(text(s, "digest"), "feed");
    json_decref(s);
}

Test(record_manifest, what_is_not_defined_is_null_and_not_zero) /* 0 % of nothing is no figure. */
{
    const struct sim_totals none = {0};
    json_t *s = summary_of(&none);
    cr_expect(json_is_null(at(s, "utilisation.gpu.mean")));
    cr_expect(json_is_null(at(s, "allocation.gpu.final")));
    cr_expect(json_is_null(at(s, "wait_s.mean")) && json_is_null(at(s, "wait_s.p99")));
    cr_expect(json_is_null(at(s, "bounded_slowdown.mean")));
    cr_expect_null(at(s, "utilisation.disk"), "dimensions that a cell has not are left out");
    json_decref(s);
}

Test(record_manifest, seconds_are_exact_decimals) /* Microseconds must survive a round trip. */
{
    const struct sim_totals t = some_totals();
    json_decref(summary_of(&t));
    size_t n;
    char *bytes = file_bytes(scratch("/summary.json"), &n);
    cr_expect(strstr(bytes, "\"p50\": 1.500001,") != NULL);
    cr_expect(strstr(bytes, "\"p99\": 31536000.000001,") != NULL);
    mem_free(bytes);
}

Test(record_manifest, people_get_a_dozen_lines)
{
    const struct sim_totals t = some_totals();
    const struct summary s = {.totals = &t,
                              .wall_s = 0.5,
                              .policy = "best-fit",
                              .scheduler = "f",
                              .slowdown_tau_us = 10000000};
    for (int colour = 0; colour < 2; colour++) {
        FILE *out = fopen(scratch("/text"), "w");
        summary_text(&s, out, colour);
        (void)fclose(out);
        size_t n, lines = 0;
        char *page = file_bytes(scratch("/text"), &n);
        for (size_t i = 0; i < n; i++)
            lines += page[i] == '\n';
        cr_expect(lines >= 6 && lines <= 14, "%zu lines", lines);
        cr_expect((strchr(page, '\033') != NULL) == (colour != 0));
        cr_expect(strstr(page, "1,234,567 submitted") != NULL);
        cr_expect(strstr(page, "0 % reading, 0 % events, 50 % placement, 0 % recording") != NULL);
        cr_expect(strstr(page, "75.0 % at the end (3 / 4 cores)") != NULL, "%s", page);
        mem_free(page);
    }
}
