/* replay.h - runs a recorded run again and compares it with the record as it goes: an explanation
 * is verified, or refused. Also the only way to see what was not written down, as all candidates of
 * one decision. */
#ifndef SIM_CLI_REPLAY_H
#define SIM_CLI_REPLAY_H

#include "cli/command.h"
#include "report/explain.h"

struct replay_wish {
    int64_t last; /* Last decision that must be re-executed; -1 = the whole run with its digests. */
    int64_t capture; /* Decision whose candidates are wanted; -1 = none. */
    /* A task that a cut record has no row of, to be found by its name; NULL = none. */
    const struct task_key *seek;
};
struct replay {
    struct verification verification;
    struct candidates candidates; /* at is NULL when nothing was captured. */
    enum search search;
    sim_task found; /* The first task that was sought; SIM_NONE = there is none. */
    uint32_t found_count;
};
/* False with diag: SIM_ERR_INVARIANT names the first decision (or row) and field that differ; other
 * errors when the inputs changed or are gone. replay_fini in either case. */
bool replay_run(struct replay *r, const struct cli *c, const struct book *book,
                const struct replay_wish *wish, struct sim_diag *diag) SIM_NODISCARD;
void replay_fini(struct replay *r);
#endif
