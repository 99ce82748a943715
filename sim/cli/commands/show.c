/* show.c - simctl show: what a run directory holds. */
#include "report/show.h"
#include "cli/command.h"
#include "report/export.h"

static const struct flag flags[] = {
    {"table", 't', "NAME", "columns of a table with units and meaning", false}, FLAG_END};

static void show_table(const struct cli *c, enum sim_table table)
{
    if (c->json) {
        struct json j;
        jw_begin(&j, c->out, false);
        show_table_json(table, &j);
    } else {
        show_table_text(table, c->out, c->colour);
    }
}

static bool show_run(const struct cli *c, struct rundir *dir, struct sim_diag *diag)
{
    if (!c->json) {
        return show_text(dir, c->out, c->colour, diag);
    }
    struct json j;
    jw_begin(&j, c->out, false);
    return show_json(dir, &j, diag);
}

static int run(struct cli *c)
{
    struct sim_diag diag = {0};
    enum sim_table table = SIM_TABLE_TASKS;
    const char *name = cli_flag(c, "table");
    struct rundir *dir = rundir_open(c->arguments[0], &diag);
    bool ok = dir != NULL && (name == NULL || table_find(name, &table, &diag));
    if (ok && name != NULL) {
        show_table(c, table);
    } else if (ok) {
        ok = show_run(c, dir, &diag);
    }
    if (ok && name == NULL && !c->json) {
        cli_note(c, "next: simctl explain %s", rundir_path(dir));
    }
    rundir_close(dir);
    return ok ? 0 : cli_fail(c, &diag);
}

const struct command sim_command_show = {
    .name = "show",
    .summary = "what a run directory holds: manifest, summary, tables and their columns",
    .usage = "RUN [--table NAME] [--json]",
    .examples = "simctl show RUN\n"
                "simctl show RUN --table decisions\n"
                "simctl show RUN --json | jq .summary.tasks\n",
    .flags = flags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
