/* run.h - one run of the engine to its end, whose figures are all that is wanted. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdio.h>
#include <stdlib.h>

#include <simctl/simctl.h>

static inline void bench_run(const struct sim_run_args *args, struct sim_totals *totals)
{
    struct sim_diag diag = {0};
    struct sim_run *run = sim_run_create(args, &diag);
    bool done = false;
    while (run != NULL && !done && sim_run_advance(run, 1 << 16, &done, &diag)) {
    }
    if (!done) {
        char text[1024];
        fprintf(stderr, "%s\n", sim_diag_str(&diag, text, sizeof text));
        abort();
    }
    sim_run_finish(run);
    sim_run_totals(run, totals);
    sim_run_destroy(run);
}
#endif
