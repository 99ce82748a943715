/* run.c - simctl run: resolves what is asked, prepares the directory, executes. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "cli/execute.h"
#include "cli/sources.h"

static const struct flag flags[] = {
    SOURCES_FLAGS,
    {"out", 'o', "DIR", "where to write; default runs/NAME-HASH, from all settings", false},
    {"log", 0, "FILE", "every decision as a JSON line; - = standard output", false},
    {"dry-run", 'n', NULL, "print the resolved configuration, run nothing", false},
    {"force", 'f', NULL, "write into a directory that holds other files", false},
    FLAG_END};

/* What would run, as a configuration file that can be kept. */
static int dry_run(const struct cli *c, const struct setup *s, const char *dir)
{
    if (!c->json) {
        fprintf(c->out, "# %s would be written\n", dir);
        setup_print(s, c->out);
        return 0;
    }
    struct json j;
    struct sim_setting row;
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_text(&j, "out", dir);
    jw_object(&j, "settings");
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++)
        jw_text(&j, row.option->key, row.text);
    jw_end(&j);
    jw_end(&j);
    return 0;
}

static int run_resolved(const struct cli *c, const struct setup *s)
{
    char automatic[128];
    snprintf(automatic, sizeof automatic, "runs/%s-%08" PRIx32, s->name, (uint32_t)setup_hash(s));
    const char *out = cli_flag(c, "out");
    if (out == NULL)
        out = automatic;
    if (cli_flag(c, "dry-run") != NULL)
        return dry_run(c, s, out);
    struct outdir dir;
    struct sim_diag diag = {0};
    if (!outdir_open(&dir, out, cli_flag(c, "force") != NULL, &diag))
        return cli_fail(c, &diag);
    return execute(&(struct execution){.c = c, .setup = s, .dir = &dir, .log = cli_flag(c, "log")});
}

static int run(struct cli *c)
{
    const char *log = cli_flag(c, "log");
    if (c->json && log != NULL && strcmp(log, "-") == 0) {
        struct sim_diag diag = {0};
        sim_hint(&diag, "write the decisions to a file: --log decisions.jsonl");
        sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE, "--json and --log - both want standard output");
        return cli_fail(c, &diag);
    }
    struct setup s;
    int status = sources_resolve(c, c->argument_count > 0 ? c->arguments[0] : NULL, &s);
    if (status == 0)
        status = run_resolved(c, &s);
    setup_fini(&s);
    return status;
}

const struct command sim_command_run = {
    .name = "run",
    .summary = "replay a workload through a scheduler and record every decision",
    .usage = "[CONFIG.yaml] [--trace FORMAT:PATH] [--cluster FORMAT:PATH] [--policy NAME] [FLAGS]",
    .examples = "simctl run --trace swf:LOG.swf.gz --policy fcfs\n"
                "simctl run --trace openb:PODS.csv --cluster openb:NODES.csv --policy fgd \\\n"
                "    --set trace.departures=false --seed 7 --out RUN --json\n"
                "simctl run study.yaml --seed 8\n"
                "simctl run study.yaml --log - | jq .reason\n",
    .details = "Writes a run directory: manifest.json, config.resolved.yaml, summary.json, "
               "decisions.mpk,\n"
               "run.h5 and log.txt. Prints a summary; with --json, summary.json. A directory that "
               "holds an\n"
               "earlier run is replaced. An interrupted run leaves decisions.mpk readable.\n",
    .flags = flags,
    .max_arguments = 1,
    .run = run,
};
