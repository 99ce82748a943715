/* manpage.c - simctl(1) in roff, from the tables that also parse the command line. Undated, so that
 * two builds of one version give the same file. */
#include <string.h>

#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/setup.h"

/* roff takes a backslash, a leading dot or quote, and a bare hyphen for its own. */
static void text(FILE *to, const char *t)
{
    bool start = true;
    for (; *t != 0; t++) {
        if (start && (*t == '.' || *t == '\''))
            fputs("\\&", to);
        if (*t == '\\')
            fputs("\\e", to);
        else if (*t == '-')
            fputs("\\-", to);
        else
            putc(*t, to);
        start = *t == '\n';
    }
}

static void line(FILE *to, const char *t)
{
    text(to, t);
    putc('\n', to);
}

static void block(FILE *to, const char *t)
{
    fputs(".PP\n.RS 4\n.nf\n", to);
    text(to, t);
    if (t[0] != 0 && t[strlen(t) - 1] != '\n')
        putc('\n', to);
    fputs(".fi\n.RE\n", to);
}

static void flags(FILE *to, const struct flag *table)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        fputs(".TP\n", to);
        if (f->letter != 0)
            fprintf(to, "\\fB\\-%c\\fR, ", f->letter);
        fputs("\\fB\\-\\-", to);
        text(to, f->name);
        fputs("\\fR", to);
        if (f->value != NULL) {
            fputs(" \\fI", to);
            text(to, f->value);
            fputs("\\fR", to);
        }
        putc('\n', to);
        line(to, f->help);
    }
}

static void options(FILE *to, const char *kind, const char *name, const struct sim_option *rows)
{
    if (rows == NULL || rows->key == NULL)
        return;
    fputs(".SS ", to);
    text(to, kind);
    fprintf(to, "%s", name[0] != 0 ? " " : "");
    line(to, name);
    for (const struct sim_option *row = rows; row->key != NULL; row++) {
        char values[256];
        fputs(".TP\n\\fB", to);
        text(to, row->key);
        fputs("\\fR (", to);
        text(to,
             listing_values(row, values, sizeof values)[0] != 0 ? values : listing_type(row->type));
        fputs(", default ", to);
        text(to, row->otherwise[0] != 0 ? row->otherwise : "none");
        fputs(")\n", to);
        line(to, row->help);
    }
}

static void commands(FILE *to)
{
    fputs(".SH COMMANDS\n", to);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fputs(".SS simctl ", to);
        text(to, cmd->name);
        fputs(" ", to);
        line(to, cmd->usage != NULL ? cmd->usage : "");
        line(to, cmd->summary);
        if (cmd->details != NULL) {
            fputs(".PP\n", to);
            line(to, cmd->details);
        }
        flags(to, cmd->flags);
        block(to, cmd->examples);
    }
}

static void all_options(FILE *to)
{
    fputs(
        ".SH OPTIONS\nKeys of \\fB\\-\\-set\\fR \\fIkey\\fR=\\fIvalue\\fR, of configuration files, "
        "and,\n"
        "as \\fBSIMCTL_\\fR\\fIKEY\\fR in capitals with dots as underscores, of the environment.\n",
        to);
    options(to, "The run", "", setup_options());
    options(to, "The engine", "", sim_run_options());
    const struct sim_scheduler *scheduler;
    for (size_t i = 0; (scheduler = sim_scheduler_at(i)) != NULL; i++)
        options(to, "Scheduler", scheduler->name, scheduler->options);
    const struct sim_policy *policy;
    for (size_t i = 0; (policy = sim_policy_at(i)) != NULL; i++)
        options(to, "Policy", policy->name, policy->options);
    const struct sim_format *format;
    for (size_t i = 0; (format = sim_format_at(i)) != NULL; i++)
        options(to, "Format", format->name, format->options);
}

static void exit_status(FILE *to)
{
    static const char *const rows[][2] = {
        {"0", "ok"},
        {"1", "a negative answer: there is no such explanation, or two things differ"},
        {"2", "wrong usage or configuration"},
        {"3", "bad input data, or a file that cannot be read or written"},
        {"4", "an invariant was violated or a verification failed; please report it"},
        {"130, 143", "interrupted; what was recorded until then is readable"},
    };
    fputs(".SH EXIT STATUS\n", to);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fprintf(to, ".TP\n%s\n%s\n", rows[i][0], rows[i][1]);
}

void manpage_print(FILE *to)
{
    fprintf(to, ".TH SIMCTL 1 \"\" \"simctl %s\" \"User Commands\"\n", sim_version());
    fputs(
        ".SH NAME\nsimctl \\- cluster\\-scheduler simulator that explains its decisions\n"
        ".SH SYNOPSIS\n\\fBsimctl\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIFLAGS\\fR]\n"
        ".SH DESCRIPTION\n"
        "Replays the workload of a cluster through a scheduler in simulated time, and records why\n"
        "every scheduling decision came out as it did. Flags may stand anywhere.\n"
        "Data goes to standard output, messages to standard error.\n"
        ".SH FLAGS OF EVERY COMMAND\n",
        to);
    flags(to, cli_global_flags);
    commands(to);
    all_options(to);
    exit_status(to);
    fputs(".SH ENVIRONMENT\n.TP\n\\fBSIMCTL_\\fR\\fIKEY\\fR\nThe value of an option, weaker than a "
          "flag and "
          "stronger than a file.\n.TP\n\\fBNO_COLOR\\fR\nNo colours when it is set and not empty.\n"
          ".SH FILES\nA run directory holds \\fImanifest.json\\fR, \\fIconfig.resolved.yaml\\fR, "
          "\\fIsummary.json\\fR,\n\\fIdecisions.mpk\\fR, \\fIrun.h5\\fR and \\fIlog.txt\\fR.\n",
          to);
}
