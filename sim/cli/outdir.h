/* outdir.h - the directory a run writes to. */
#ifndef SIM_CLI_OUTDIR_H
#define SIM_CLI_OUTDIR_H

#include <simctl/diag.h>

/* Creates `path` with its parents. A directory that holds an earlier run is emptied of that run's
 * files; any other that is not empty is refused, unless `force`. *fresh: it was not there before.
 */
bool outdir_prepare(const char *path, bool force, bool *fresh, struct sim_diag *diag);
/* Removes the files of a run, and the directory when it was made for it. */
void outdir_discard(const char *path, bool fresh);
#endif
