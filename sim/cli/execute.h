/* execute.h - one resolved run from start to end: directory, recorder, engine, manifest, summary.
 */
#ifndef SIM_CLI_EXECUTE_H
#define SIM_CLI_EXECUTE_H

#include "cli/command.h"
#include "cli/outdir.h"
#include "cli/setup.h"

struct execution {
    const struct cli *c;
    const struct setup *setup;
    struct outdir *dir; /* Open; closed by execute(). */
    const char *log;    /* "-" or a file for decisions as JSON lines; NULL = none. */
};
/* Exit status; every message was printed. */
int execute(const struct execution *e);
#endif
