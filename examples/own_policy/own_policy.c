/* own_policy.c - a placement policy of your own beside the installed library: nothing in simctl is
 * changed or registered, the run takes the table below.
 *
 *     cc -std=c17 own_policy.c $(pkg-config --cflags --libs simctl) -o own_policy
 *     ./own_policy TASKS.csv MACHINES.csv
 *
 * It prints what `simctl run` would: how many tasks were placed, how long they waited, and why the
 * decisions came out as they did.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <simctl/simctl.h>

/* ---- the policy ------------------------------------------------------------------------------ */

/* As few neighbours as possible. Higher wins, the tie rule decides among equals. */
static void fewest_tasks(const void *state, const struct sim_view *view,
                         const struct sim_class *cls, uint32_t begin, uint32_t end, int64_t *out)
{
    (void)state, (void)cls;
    for (uint32_t m = begin; m < end; m++) {
        out[m - begin] = -(int64_t)view->tasks[m];
    }
}

static const struct sim_policy quiet = {
    .abi = SIM_POLICY_ABI,
    .name = "quiet",
    .summary = "the machine with the fewest running tasks",
    .source = "this file",
    .scope = SIM_SCOPE_MACHINE,
    .examine = SIM_EXAMINE_ALL,
    .device_rule = SIM_DEVICES_TIGHTEST,
    .score = fewest_tasks,
};

/* ---- the run --------------------------------------------------------------------------------- */

/* Rows arrive while the run goes on; this one keeps a count per reason. */
static void count_reason(void *self, enum sim_table table, const void *row)
{
    uint64_t *count = self;
    if (table == SIM_TABLE_DECISIONS) {
        count[((const struct sim_decision_row *)row)->reason]++;
    }
}

static void no_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    (void)self, (void)kind, (void)id, (void)text;
}

static bool replay(const struct sim_run_args *args, struct sim_totals *totals,
                   struct sim_diag *diag)
{
    struct sim_run *run = sim_run_create(args, diag);
    bool done = false, good = run != NULL;
    while (good && !done) {
        good = sim_run_advance(run, 4096, &done, diag);
    }
    if (good) {
        sim_run_finish(run);
        sim_run_totals(run, totals);
    }
    sim_run_destroy(run);
    return good;
}

static void print(const struct sim_totals *t, const uint64_t *reasons)
{
    printf("simctl %s, policy %s: %" PRIu64 " of %" PRIu64 " tasks placed, longest wait %.0f s\n",
           sim_version(), quiet.name, t->placed, t->submitted, (double)t->wait_max_us / 1e6);
    const struct sim_reason_info *reason;
    for (size_t i = 0; (reason = sim_reason_at(i)) != NULL; i++) {
        if (reasons[reason->reason] > 0) {
            printf("%8" PRIu64 "  %s: %s\n", reasons[reason->reason], reason->name, reason->help);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: own_policy TASKS.csv MACHINES.csv\n");
        return 2;
    }
    const struct sim_format *csv = sim_format_find("csv");
    const struct sim_scheduler *scheduler = sim_scheduler_find("monolithic");
    struct sim_settings *settings = sim_settings_create();
    const struct sim_option *parts[] = {sim_run_options(), scheduler->options, csv->options};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] != NULL) {
            sim_settings_declare(settings, parts[i]);
        }
    }
    struct sim_findings *findings = sim_findings_create();
    uint64_t reasons[256] = {0};
    const struct sim_output output = {.self = reasons, .row = count_reason, .name = no_name};
    const struct sim_run_args args = {
        .trace = csv,
        .trace_path = argv[1],
        .cluster = csv,
        .cluster_path = argv[2],
        .policy = &quiet,
        .scheduler = scheduler,
        .settings = settings,
        .seed = 1,
        .trace_findings = findings,
        .cluster_findings = findings,
        .output = &output,
    };
    struct sim_totals totals;
    struct sim_diag diag = {0};
    const bool good = replay(&args, &totals, &diag);
    if (good) {
        print(&totals, reasons);
    } else {
        char text[900];
        fprintf(stderr, "%s\n", sim_diag_str(&diag, text, sizeof text));
    }
    sim_findings_destroy(findings);
    sim_settings_destroy(settings);
    return good ? EXIT_SUCCESS : sim_err_exit(diag.err);
}
