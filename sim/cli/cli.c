/* cli.c - command-line parsing from the flag tables, and the program's messages.
 *
 * Parsing is our own and not argp's because the place of a flag must not matter: `simctl --json
 * run`, `simctl run --json` and `simctl run x.yaml --json` are the same. The word that is the
 * command is therefore searched first: the first word that names a command and before which every
 * word is a flag of that command, or the value of one. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/libraries.h"
#include "record/file.h"

#define NAMES_MAX 256

const struct flag cli_global_flags[] = {
    {"help", 'h', NULL, "show this help", false},
    {"json", 0, NULL, "print data as JSON", false},
    {"verbose", 'v', NULL, "more messages on stderr", true},
    {"quiet", 'q', NULL, "fewer messages on stderr", true},
    {"color", 0, "WHEN", "auto, always or never", false},
    {"no-progress", 0, NULL, "no progress line on the terminal", false},
    {"version", 0, NULL, "print the version", false},
    FLAG_END};

/* ---- parsing -------------------------------------------------------------------------------- */

static const struct flag *find_in(const struct flag *table, const char *name, size_t len,
                                  char letter)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        if (letter != 0 ? f->letter == letter
                        : strncmp(f->name, name, len) == 0 && f->name[len] == 0)
            return f;
    }
    return NULL;
}

/* By name, or by letter when letter is not 0. */
static const struct flag *find_flag(const struct command *cmd, const char *name, size_t len,
                                    char letter)
{
    const struct flag *f = cmd != NULL ? find_in(cmd->flags, name, len, letter) : NULL;
    return f != NULL ? f : find_in(cli_global_flags, name, len, letter);
}

static bool unknown_flag(const struct command *cmd, const char *word, struct sim_diag *diag)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (const struct flag *f = cli_global_flags; f->name != NULL; f++)
        names[n++] = f->name;
    for (const struct flag *f = cmd != NULL ? cmd->flags : NULL; f != NULL && f->name != NULL; f++)
        names[n++] = f->name;
    const int len = (int)strcspn(word, "=");
    char bare[64];
    snprintf(bare, sizeof bare, "%.*s", len > 2 ? len - 2 : 0, len > 2 ? word + 2 : "");
    const char *near = sim_nearest(bare, names, n);
    if (near != NULL)
        sim_hint(diag, "did you mean --%s?", near);
    else
        sim_hint(diag, "simctl %s%s--help lists the flags", cmd != NULL ? cmd->name : "",
                 cmd != NULL ? " " : "");
    return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "unknown flag %.*s", len, word);
}

static void add_flag(struct cli *c, const struct flag *flag, const char *text)
{
    c->flags[c->flag_count++] = (struct flag_value){flag, text};
}

/* The word after a flag that needs a value; "--other" is taken for a forgotten value. */
static const char *value_after(const struct flag *f, int argc, char **argv, int *i,
                               struct sim_diag *diag)
{
    if (*i + 1 >= argc || (strncmp(argv[*i + 1], "--", 2) == 0 && argv[*i + 1][2] != 0)) {
        sim_hint(diag, "write --%s=%s", f->name, f->value);
        sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--%s needs a value: %s", f->name, f->value);
        return NULL;
    }
    return argv[++*i];
}

static bool parse_long(struct cli *c, const struct command *cmd, int argc, char **argv, int *i,
                       struct sim_diag *diag)
{
    const char *word = argv[*i];
    const size_t len = strcspn(word + 2, "=");
    const struct flag *f = find_flag(cmd, word + 2, len, 0);
    if (f == NULL)
        return unknown_flag(cmd, word, diag);
    const char *text = word[2 + len] == '=' ? word + 3 + len : NULL;
    if (f->value == NULL && text != NULL)
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--%s takes no value, found '%s'",
                        f->name, text);
    if (f->value != NULL && text == NULL)
        text = value_after(f, argc, argv, i, diag);
    if (f->value != NULL && text == NULL)
        return false;
    add_flag(c, f, text);
    return true;
}

/* -qv, -o DIR, -oDIR. */
static bool parse_letters(struct cli *c, const struct command *cmd, int argc, char **argv, int *i,
                          struct sim_diag *diag)
{
    for (const char *at = argv[*i] + 1; *at != 0; at++) {
        const struct flag *f = find_flag(cmd, NULL, 0, *at);
        if (f == NULL) {
            sim_hint(diag, "simctl %s--help lists the flags", cmd != NULL ? "COMMAND " : "");
            return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "unknown flag -%c in '%s'", *at,
                            argv[*i]);
        }
        if (f->value == NULL) {
            add_flag(c, f, NULL);
            continue;
        }
        const char *text = at[1] != 0 ? at + 1 : value_after(f, argc, argv, i, diag);
        if (text == NULL)
            return false;
        add_flag(c, f, text);
        return true;
    }
    return true;
}

/* Words [from, to) as flags and arguments of cmd; the word at `skip` is the command's name. */
static bool parse_words(struct cli *c, const struct command *cmd, int to, char **argv, int skip,
                        struct sim_diag *diag)
{
    for (int i = 1; i < to; i++) {
        const char *word = argv[i];
        if (i == skip)
            continue;
        if (strcmp(word, "--") == 0) {
            for (i++; i < to; i++)
                c->arguments[c->argument_count++] = argv[i];
            return true;
        }
        if (word[0] != '-' || word[1] == 0)
            c->arguments[c->argument_count++] = word;
        else if (word[1] == '-' ? !parse_long(c, cmd, to, argv, &i, diag)
                                : !parse_letters(c, cmd, to, argv, &i, diag))
            return false;
    }
    return true;
}

static void forget(struct cli *c)
{
    c->flag_count = 0;
    c->argument_count = 0;
}

/* Index of the word that is the command; 0 = none. */
static int find_command(struct cli *c, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const struct command *cmd = sim_command_find(argv[i]);
        if (cmd == NULL)
            continue;
        forget(c);
        const bool clean = parse_words(c, cmd, i, argv, 0, NULL) && c->argument_count == 0;
        forget(c);
        if (clean)
            return i;
    }
    return 0;
}

static bool unknown_command(const char *word, struct sim_diag *diag)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (const struct command *cmd; n < NAMES_MAX && (cmd = sim_command_at(n)) != NULL; n++)
        names[n] = cmd->name;
    const char *near = sim_nearest(word, names, n);
    if (near != NULL)
        sim_hint(diag, "did you mean simctl %s?", near);
    else
        sim_hint(diag, "simctl --help lists the commands");
    return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "unknown command '%s'", word);
}

static bool no_command(struct cli *c, int argc, char **argv, struct sim_diag *diag)
{
    /* The flags of an unknown command are unknown as well, and not what is wrong. */
    const bool named = argc > 1 && argv[1][0] != '-';
    if (!parse_words(c, NULL, argc, argv, 0, named ? NULL : diag) && !named)
        return false;
    if (named)
        return unknown_command(argv[1], diag);
    return c->argument_count == 0 || unknown_command(c->arguments[0], diag);
}

static bool check_counts(const struct cli *c, const struct command *cmd, struct sim_diag *diag)
{
    for (size_t i = 0; i < c->flag_count; i++)
        for (size_t k = 0; k < i; k++)
            if (c->flags[k].flag == c->flags[i].flag && c->flags[i].text != NULL &&
                !c->flags[i].flag->many)
                return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                                "--%s is given twice: '%s' and '%s'", c->flags[i].flag->name,
                                c->flags[k].text, c->flags[i].text);
    if (cli_flag(c, "help") != NULL)
        return true;
    if (c->argument_count < cmd->min_arguments) {
        sim_hint(diag, "usage: simctl %s %s", cmd->name, cmd->usage);
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "%s needs %s", cmd->name,
                        c->argument_count == 0 ? "an argument" : "another argument");
    }
    if (c->argument_count > cmd->max_arguments) {
        sim_hint(diag, "usage: simctl %s %s", cmd->name, cmd->usage);
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "unexpected argument '%s'",
                        c->arguments[cmd->max_arguments]);
    }
    return true;
}

static bool want_colour(int fd, const char *when)
{
    if (when != NULL && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no != NULL && no[0] != 0)
        return false;
    return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

static bool read_globals(struct cli *c, struct sim_diag *diag)
{
    const char *when = cli_flag(c, "color");
    if (when != NULL && strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 &&
        strcmp(when, "never") != 0)
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                        "--color is '%s'; it must be auto, always or never", when);
    c->colour = want_colour(STDOUT_FILENO, when);
    c->colour_err = want_colour(STDERR_FILENO, when);
    c->json = cli_flag(c, "json") != NULL;
    c->progress = isatty(STDERR_FILENO) && cli_flag(c, "no-progress") == NULL;
    for (size_t i = 0; i < c->flag_count; i++)
        c->verbosity += (strcmp(c->flags[i].flag->name, "verbose") == 0) -
                        (strcmp(c->flags[i].flag->name, "quiet") == 0);
    return true;
}

bool cli_parse(struct cli *c, const struct command **cmd, int argc, char **argv,
               struct sim_diag *diag)
{
    size_t letters = 0;
    for (int i = 0; i < argc; i++)
        letters += strlen(argv[i]) + 1; /* A group of letters holds as many flags. */
    *c = (struct cli){.argc = argc, .argv = argv, .out = stdout};
    c->arguments = MEM_NEW(const char *, (size_t)argc + 1);
    c->flags = MEM_NEW(struct flag_value, letters + 1);
    c->out_error = MEM_NEW(int, 1);
    const int at = find_command(c, argc, argv);
    *cmd = at != 0 ? sim_command_find(argv[at]) : NULL;
    if (at == 0)
        return no_command(c, argc, argv, diag) && read_globals(c, diag);
    return parse_words(c, *cmd, argc, argv, at, diag) && read_globals(c, diag) &&
           check_counts(c, *cmd, diag);
}

void cli_fini(struct cli *c)
{
    mem_free(c->arguments);
    mem_free(c->flags);
    mem_free(c->out_error);
}

/* ---- what commands ask ---------------------------------------------------------------------- */

const char *cli_flag(const struct cli *c, const char *name)
{
    for (size_t i = c->flag_count; i > 0; i--)
        if (strcmp(c->flags[i - 1].flag->name, name) == 0)
            return c->flags[i - 1].text != NULL ? c->flags[i - 1].text : "";
    return NULL;
}

const char *cli_flag_at(const struct cli *c, const char *name, size_t index)
{
    for (size_t i = 0; i < c->flag_count; i++) {
        if (strcmp(c->flags[i].flag->name, name) != 0)
            continue;
        if (index-- == 0)
            return c->flags[i].text != NULL ? c->flags[i].text : "";
    }
    return NULL;
}

/* ---- the program ---------------------------------------------------------------------------- */

/* A full disk behind stdout is an error of the command, not a silent success; a reader that has
 * seen enough is none, and is told to no one. */
static int finish(const struct cli *c, int status)
{
    if (cli_flush(c) || status != 0)
        return status;
    if (*c->out_error == EPIPE || interrupt_signal() == SIGPIPE)
        return 128 + SIGPIPE;
    struct sim_diag diag = {0};
    file_fail(&diag, "<stdout>", *c->out_error, "write");
    cli_print_diag(&diag, stderr, c->colour_err);
    return sim_err_exit(SIM_ERR_IO);
}

int cli_main(int argc, char **argv)
{
    struct cli c;
    struct sim_diag diag = {0};
    const struct command *cmd;
    int status = 0;
    libraries_prepare();
    if (!cli_parse(&c, &cmd, argc, argv, &diag)) {
        c.colour_err = want_colour(STDERR_FILENO, cli_flag(&c, "color"));
        status = cli_fail(&c, &diag);
    } else if (cli_flag(&c, "help") != NULL) {
        usage_print(cmd, c.out, c.colour);
        status = finish(&c, 0);
    } else if (cli_flag(&c, "version") != NULL) {
        status = finish(&c, sim_command_find("version")->run(&c));
    } else if (cmd == NULL) {
        usage_print(NULL, stderr, c.colour_err);
        status = sim_err_exit(SIM_ERR_USAGE);
    } else {
        status = finish(&c, cmd->run(&c));
    }
    cli_fini(&c);
    return status;
}
