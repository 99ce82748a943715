/* fuzz_engine.c - any tasks on any machines, in native CSV, tasks first, a line "====" between
 * them;
 * "#!policy=NAME" chooses the policy. The run must add up, and come out the same without the score
 * cache. */
#include "fuzz.h"

#include <simctl/simctl.h>

#include "base/map.h"

extern const struct sim_format sim_format_csv;

enum { MACHINES_MAX = 100, EVENTS_MAX = 3000 };

static const struct sim_option harness_options[] = {
    {"policy", SIM_OPT_TEXT, 0, 0, "best-fit", NULL, "name of a placement policy"},
    SIM_OPTION_END,
};

struct world {
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
    struct sim_settings *settings;
    const char *tasks, *machines;
};

static void hash_row(void *self, enum sim_table table, const void *row)
{
    uint64_t *hash = self;
    if (table == SIM_TABLE_DECISIONS) {
        struct sim_decision_row d = *(const struct sim_decision_row *)row;
        d.flags &= (uint8_t)~SIM_DECISION_CACHED;
        *hash = *hash * UINT64_C(0x9e3779b97f4a7c15) + map_hash(&d, sizeof d);
    } else {
        *hash =
            *hash * UINT64_C(0x9e3779b97f4a7c15) + map_hash(row, sim_table_info(table)->row_bytes);
    }
}

static void no_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    (void)self, (void)kind, (void)id;
    fuzz_touch(text);
}

static void check_totals(struct sim_run *run)
{
    struct sim_totals t;
    sim_run_totals(run, &t);
    CHECK(t.invariant_violations == 0);
    CHECK(t.submitted == t.ended + t.failed + t.killed + t.cancelled + t.running + t.pending);
    CHECK(t.decisions == t.decisions_placed + t.decisions_refused + t.decisions_conflicted);
    for (int d = 0; d < SIM_DIMS; d++) {
        CHECK(t.used.v[d] >= 0);
    }
}

static uint64_t run_once(const struct world *w, const char *cache)
{
    uint64_t hash = 0;
    struct sim_diag diag = {0};
    struct sim_findings *trace = sim_findings_create(), *cluster = sim_findings_create();
    const struct sim_output output = {&hash, hash_row, no_name, NULL};
    CHECK(sim_settings_set(w->settings, "cache", cache, SIM_FROM_FLAG, SIM_NOWHERE, &diag));
    const struct sim_run_args args = {
        .trace = &sim_format_csv,
        .cluster = &sim_format_csv,
        .trace_path = w->tasks,
        .cluster_path = w->machines,
        .policy = w->policy,
        .scheduler = w->scheduler,
        .settings = w->settings,
        .seed = 1,
        .trace_findings = trace,
        .cluster_findings = cluster,
        .output = &output,
    };
    struct sim_run *run = sim_run_create(&args, &diag);
    bool done = false;
    if (run != NULL && sim_run_advance(run, EVENTS_MAX, &done, &diag)) {
        sim_run_finish(run);
        check_totals(run);
    } else {
        CHECK(diag.err != SIM_ERR_OK && diag.text[0] != '\0');
        hash = (uint64_t)diag.err;
    }
    sim_run_destroy(run);
    sim_findings_destroy(trace);
    sim_findings_destroy(cluster);
    return hash;
}

/* Splits the input at the line "====" into two files; false when there is none. */
static bool write_files(struct world *w, const struct fuzz_case *c)
{
    static const char line[] = "====\n";
    const size_t line_len = sizeof line - 1;
    size_t len = 0;
    while (len + line_len <= c->size && memcmp(c->data + len, line, line_len) != 0) {
        len++;
    }
    const size_t behind = len + line_len;
    if (behind > c->size) {
        return false;
    }
    w->tasks = fuzz_write("tasks.csv", c->data, len);
    w->machines = fuzz_write("machines.csv", c->data + behind, c->size - behind);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = {.settings = sim_settings_create()};
    w.scheduler = sim_scheduler_find("monolithic");
    sim_settings_declare(w.settings, harness_options);
    sim_settings_declare(w.settings, sim_run_options());
    sim_settings_declare(w.settings, w.scheduler->options);
    for (size_t i = 0; (w.policy = sim_policy_at(i)) != NULL; i++) {
        if (w.policy->options != NULL) {
            sim_settings_declare(w.settings, w.policy->options);
        }
    }
    struct fuzz_case c = fuzz_case_of(w.settings, data, size);
    w.policy = sim_policy_find(sim_settings_text(w.settings, "policy"));
    c.role = SIM_ROLE_CLUSTER;
    /* One row may ask for a million machines: no mistake, but nothing to wait for either. */
    if (w.policy != NULL && write_files(&w, &c) &&
        fuzz_format(&sim_format_csv, &c, w.machines) <= MACHINES_MAX) {
        CHECK(run_once(&w, "true") == run_once(&w, "false"));
    }
    sim_settings_destroy(w.settings);
    return 0;
}
