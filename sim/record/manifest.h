/* manifest.h - manifest.json and summary.json: what was run on what, and what came out. */
#ifndef SIM_RECORD_MANIFEST_H
#define SIM_RECORD_MANIFEST_H

#include <stdio.h>

#include <simctl/run.h>

#include "record/recorder.h"

struct manifest_input {
    const char *role; /* "trace" | "cluster" | "config". */
    const char *format, *path;
    const struct sim_trace_info *info;   /* NULL for config. */
    const struct sim_findings *findings; /* NULL for config. */
};
struct manifest {
    const char *status; /* "running" | "complete" | "interrupted" | "failed". */
    int argc;
    char **argv;
    const char *policy, *scheduler, *preset; /* preset NULL = none. */
    uint64_t seed;
    const struct sim_settings *settings;
    const struct manifest_input *inputs;
    size_t input_count;
    const struct recorder_digests *digests; /* NULL while running. */
    const struct sim_units *units;
    int64_t started_unix, stopped_unix; /* Wall clock; 0 = not yet. */
};
/* Writes DIR/manifest.json under a temporary name and renames it. File digests (XXH3-128 of the
 * bytes as stored) and sizes of the inputs are computed here once and kept between calls. */
bool manifest_write(const char *dir, const struct manifest *m, struct sim_diag *diag) SIM_NODISCARD;

/* summary.json: the stable keys of the README, to a file or stdout. `digest` is digests->all. */
struct summary {
    const struct sim_totals *totals;
    const struct sim_run *of;               /* For its schedulers; NULL = none to show. */
    const struct recorder_digests *digests; /* NULL = "digest": null. */
    uint64_t repairs;                       /* SIM_REPAIR findings of both inputs. */
    sim_time slowdown_tau_us;               /* As the engine was told. */
    double wall_s;
    uint64_t peak_rss_bytes;
    const char *run, *policy, *scheduler; /* Shown beside the figures. */
    uint64_t seed;
};
void summary_json(const struct summary *s, FILE *out);
bool summary_write(const char *dir, const struct summary *s, struct sim_diag *diag) SIM_NODISCARD;
/* The same for people: a dozen lines. */
void summary_text(const struct summary *s, FILE *out, bool colour);
#endif
