/* outdir.h - the directory a run writes to. */
#ifndef SIM_CLI_OUTDIR_H
#define SIM_CLI_OUTDIR_H

#include <simctl/diag.h>

/* Creates `path` with its parents. A directory that is not empty and holds no run is refused,
 * unless `force`. *fresh: it was not there before. */
bool outdir_prepare(const char *path, bool force, bool *fresh, struct sim_diag *diag);
/* Removes what an earlier run left, but not the files that the new one has open: decisions.mpk.part
 * and run.h5.part. */
void outdir_clear(const char *path);
/* Removes those two, and the directory when it was made for the run. */
void outdir_discard(const char *path, bool fresh);
#endif
