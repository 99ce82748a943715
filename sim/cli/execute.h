/* execute.h - one resolved run from start to end: directory, recorder, engine, manifest, summary.
 */
#ifndef SIM_CLI_EXECUTE_H
#define SIM_CLI_EXECUTE_H

#include "cli/command.h"
#include "cli/setup.h"

struct execution {
    const struct cli *c;
    const struct setup *setup;
    const char *dir; /* Exists and is ready to be written. */
    const char *log; /* "-" or a file for decisions as JSON lines; NULL = none. */
    bool fresh;      /* The directory was made for this run. */
};
/* Exit status; every message was printed. */
int execute(const struct execution *e);
#endif
