/* command.h - one file of sim/cli/commands/ is one sub-command: <name>.c defines
 * sim_command_<name>. Help, completion and the man page come from these tables. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <simctl/simctl.h>

/* A command-line flag. Position never matters: flags stand before or after the arguments. */
struct flag {
    const char *name;  /* "out" for --out; --name=value and --name value are the same. */
    char letter;       /* 'o' or 0. */
    const char *value; /* Placeholder ("DIR"), NULL = a switch. */
    const char *help;
    bool many; /* May be given several times. */
};
#define FLAG_END                                                                                   \
    {                                                                                              \
        NULL, 0, NULL, NULL, false                                                                 \
    }

struct cli { /* What main() parsed for a command. */
    int argc;
    char **argv;            /* The whole original command line. */
    const char **arguments; /* Positional ones, without the command's name. */
    size_t argument_count;
    struct flag_value {
        const struct flag *flag;
        const char *text; /* NULL for a switch. */
    } * flags;
    size_t flag_count;
    FILE *out;      /* Data: stdout. */
    int *out_error; /* errno of the first time that it could not be written; 0 = never. */
    bool json;      /* --json */
    bool colour;    /* stdout is a terminal, NO_COLOR unset, TERM not dumb, or --color=always */
    bool colour_err;
    bool progress; /* stderr is a terminal and not --no-progress */
    int verbosity; /* -v adds 1, -q takes 1 */
};
/* Last value of a flag, or NULL. For switches: "" when given. */
const char *cli_flag(const struct cli *c, const char *name);
/* i-th value of a flag that may repeat, or NULL. */
const char *cli_flag_at(const struct cli *c, const char *name, size_t i);
/* Hands data over to stdout now, so that messages come behind it. That it could not be written is
 * told at the end of the command. Returns whether it was. */
bool cli_flush(const struct cli *c);
/* Prints the diagnostic to stderr (coloured "error:") and returns its exit status. */
int cli_fail(const struct cli *c, const struct sim_diag *diag);
/* "next: ..." and notes go to stderr unless -q. */
void cli_note(const struct cli *c, const char *fmt, ...) SIM_PRINTF(2, 3);

struct command {
    const char *name, *summary;
    const char *usage;        /* "RUN [--task ID]" */
    const char *examples;     /* Lines, shown first in --help. */
    const char *details;      /* Paragraphs for --help and the man page; may be NULL. */
    const struct flag *flags; /* Besides the global ones; ends with FLAG_END; may be NULL. */
    uint32_t min_arguments, max_arguments;
    int (*run)(struct cli *c); /* Exit status. */
};
const struct command *sim_command_find(const char *name);
const struct command *sim_command_at(size_t index);
#endif
