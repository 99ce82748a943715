/* cli.h - the program around the commands: parsing, messages, help. Only sim/cli uses it; commands
 * see command.h. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include "cli/command.h"

/* Flags that every command takes; ends with FLAG_END. */
extern const struct flag cli_global_flags[];

/* Finds the command and sorts the rest of the command line into flags and arguments. *cmd is NULL
 * when no command was named (`simctl --help`). False with diag: unknown flag or command, missing or
 * unwanted value, wrong number of arguments. cli_fini in either case. */
bool cli_parse(struct cli *c, const struct command **cmd, int argc, char **argv,
               struct sim_diag *diag) SIM_NODISCARD;
void cli_fini(struct cli *c);

/* Prints the source line of a diagnostic and a caret under its column, when the file can be read.
 */
void cli_caret(const struct sim_diag *diag, FILE *to, bool colour);
/* Prints the diagnostic alone, coloured when asked, with its source line. */
void cli_print_diag(const struct sim_diag *diag, FILE *to, bool colour);

/* Help of one command, or of the program when cmd is NULL. */
void usage_print(const struct command *cmd, FILE *to, bool colour);
/* Help on every key of --set and of configuration files, grouped by who reads it. */
void usage_options(FILE *to, bool colour);
/* Man page in roff, from the same tables. */
void manpage_print(FILE *to);
/* Completion script; false when the shell is unknown. */
bool completion_print(const char *shell, FILE *to);

/* What main() does: parse, run the command, flush. Returns the exit status. */
int cli_main(int argc, char **argv);
#endif
