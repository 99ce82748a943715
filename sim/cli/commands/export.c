/* export.c - simctl export: one table of a run as CSV or JSON lines. */
#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "record/file.h"
#include "report/export.h"

static const struct flag flags[] = {
    {"table", 't', "NAME",
     "decisions, failmask, room, ahead, spans, evictions, tasks or machines; default tasks", false},
    {"format", 'f', "FORMAT", "csv or jsonl; default csv", false},
    {"output", 'o', "FILE", "instead of standard output", false},
    FLAG_END};

static const struct export_format *find_format(const struct cli *c, struct sim_diag *diag)
{
    const char *name = cli_flag(c, "format");
    if (name == NULL) {
        name = c->json ? "jsonl" : "csv";
    }
    const struct export_format *format = export_format_find(name);
    if (format == NULL) {
        sim_hint(diag, "formats: csv, jsonl");
        sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "no format is called '%s'", name);
    }
    return format;
}

static bool write_to(const struct cli *c, struct rundir *dir, enum sim_table table,
                     const struct export_format *format, struct sim_diag *diag)
{
    const char *path = cli_flag(c, "output");
    if (path == NULL || strcmp(path, "-") == 0) {
        return export_table(dir, table, format, c->out, "<stdout>", diag);
    }
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return file_fail(diag, path, errno, "create the file");
    }
    const bool ok = export_table(dir, table, format, out, path, diag);
    if (fclose(out) != 0 && ok) {
        return file_fail(diag, path, errno, "finish writing");
    }
    return ok;
}

static int run(struct cli *c)
{
    struct sim_diag diag = {0};
    enum sim_table table = SIM_TABLE_TASKS;
    const char *name = cli_flag(c, "table");
    const struct export_format *format = find_format(c, &diag);
    if (format == NULL || (name != NULL && !table_find(name, &table, &diag))) {
        return cli_fail(c, &diag);
    }
    struct rundir *dir = rundir_open(c->arguments[0], &diag);
    const bool ok = dir != NULL && write_to(c, dir, table, format, &diag);
    if (ok && !rundir_complete(dir)) {
        cli_note(c, "note: this run did not finish; the table ends where its record ends");
    }
    rundir_close(dir);
    return ok ? 0 : cli_fail(c, &diag);
}

const struct command sim_command_export = {
    .name = "export",
    .summary = "write one table of a run as CSV or JSON lines",
    .usage = "RUN [--table NAME] [--format csv|jsonl] [-o FILE]",
    .examples = "simctl export RUN --table tasks --format csv -o tasks.csv\n"
                "simctl export RUN --table decisions --format jsonl | jq .reason\n",
    .details =
        "Enumerations are written by name, ids have a column with the name beside them, -1 means\n"
        "none, and a time that never came is empty (null in JSON). simctl show RUN --table NAME\n"
        "lists the columns with their units.\n",
    .flags = flags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
