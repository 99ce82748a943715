/* usage.c - --help: examples first, because that is what people copy; then usage, flags, what next.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/setup.h"

#define FLAG_INDENT 26

static void heading(FILE *to, const char *text, bool colour)
{
    fprintf(to, "%s%s:%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

/* Lines, each set in by two. */
static void lines(FILE *to, const char *text)
{
    while (text != NULL && *text != 0) {
        const size_t len = strcspn(text, "\n");
        fprintf(to, "  %.*s\n", (int)len, text);
        text += len + (text[len] != 0);
    }
}

static void flags(FILE *to, const struct flag *table)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        char name[80], text[400];
        const char letter[] = {'-', f->letter, ',', ' ', 0};
        snprintf(name, sizeof name, "%s--%s%s%s", f->letter != 0 ? letter : "    ", f->name,
                 f->value != NULL ? " " : "", f->value != NULL ? f->value : "");
        snprintf(text, sizeof text, "%s%s", f->help,
                 f->many && f->value != NULL ? " (may be repeated)" : "");
        listing_row(to, name, text, FLAG_INDENT);
    }
}

static void program_usage(FILE *to, bool colour)
{
    fprintf(to, "simctl %s: replays a cluster's workload through a scheduler, and says why\n\n",
            sim_version());
    heading(to, "Examples", colour);
    lines(to, "simctl run --trace swf:LOG.swf.gz --policy fcfs\n"
              "simctl run --trace openb:PODS.csv --cluster openb:NODES.csv --policy fgd --out RUN\n"
              "simctl run study.yaml\n"
              "simctl explain RUN --group-by reason\n");
    fprintf(to, "\n");
    heading(to, "Usage", colour);
    fprintf(to, "  simctl COMMAND [ARGUMENTS] [FLAGS]\n\n");
    heading(to, "Commands", colour);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++)
        listing_row(to, cmd->name, cmd->summary, 14);
    fprintf(to, "\n");
    heading(to, "Flags of every command", colour);
    flags(to, cli_global_flags);
    fprintf(to, "\nnext: simctl COMMAND --help | simctl help options | simctl policies | "
                "simctl formats\n");
}

void usage_print(const struct command *cmd, FILE *to, bool colour)
{
    if (cmd == NULL) {
        program_usage(to, colour);
        return;
    }
    fprintf(to, "simctl %s: %s\n\n", cmd->name, cmd->summary);
    heading(to, "Examples", colour);
    lines(to, cmd->examples);
    fprintf(to, "\n");
    heading(to, "Usage", colour);
    fprintf(to, "  simctl %s%s%s\n\n", cmd->name,
            cmd->usage != NULL && cmd->usage[0] != 0 ? " " : "",
            cmd->usage != NULL ? cmd->usage : "");
    if (cmd->details != NULL) {
        listing_wrap(to, cmd->details, 0, 0);
        fprintf(to, "\n");
    }
    if (cmd->flags != NULL && cmd->flags->name != NULL) {
        heading(to, "Flags", colour);
        flags(to, cmd->flags);
        fprintf(to, "\n");
    }
    heading(to, "Flags of every command", colour);
    flags(to, cli_global_flags);
    fprintf(to, "\nnext: simctl help options lists the keys of --set and of files; simctl --help "
                "lists the commands\n");
}

static void group(FILE *to, const char *kind, const char *name, const struct sim_option *rows,
                  bool colour)
{
    char title[128];
    if (rows == NULL || rows->key == NULL)
        return;
    snprintf(title, sizeof title, "%s%s%s", kind, name[0] != 0 ? " " : "", name);
    fprintf(to, "\n");
    heading(to, title, colour);
    listing_options(to, rows);
}

void usage_options(FILE *to, bool colour)
{
    fprintf(to,
            "Keys of configuration files, of --set key=value, and of the environment\n"
            "(SIMCTL_SEED, SIMCTL_TRACE_DEPARTURES). A flag wins over the environment, that over\n"
            "the file, that over a preset, that over the default.\n");
    group(to, "The run", "", setup_options(), colour);
    group(to, "The engine", "", sim_run_options(), colour);
    const struct sim_scheduler *scheduler;
    for (size_t i = 0; (scheduler = sim_scheduler_at(i)) != NULL; i++)
        group(to, "Scheduler", scheduler->name, scheduler->options, colour);
    const struct sim_policy *policy;
    for (size_t i = 0; (policy = sim_policy_at(i)) != NULL; i++)
        group(to, "Policy", policy->name, policy->options, colour);
    const struct sim_format *format;
    for (size_t i = 0; (format = sim_format_at(i)) != NULL; i++)
        group(to, "Format", format->name, format->options, colour);
    fprintf(to, "\nnext: simctl config show --origin prints the values in force\n");
}
