/* outdir.h - the directory a run writes to. */
#ifndef SIM_CLI_OUTDIR_H
#define SIM_CLI_OUTDIR_H

#include <simctl/diag.h>

struct outdir {
    const char *path; /* Borrowed until outdir_close. */
    bool fresh;       /* It was not there before. */
    int lock;         /* Held until outdir_close; -1 = none. */
};

/* Creates `path` with its parents, and locks it: two runs that write into one directory would mix
 * their files. A directory that is not empty and holds no run is refused, unless `force`. */
bool outdir_open(struct outdir *d, const char *path, bool force, struct sim_diag *diag);
/* Removes what an earlier run left, but not the files that the new one has open: decisions.mpk.part
 * and run.h5.part. */
void outdir_clear(const struct outdir *d);
/* Unlocks it. `discard` removes those two before, and the directory when it was made for the run.
 */
void outdir_close(struct outdir *d, bool discard);
#endif
