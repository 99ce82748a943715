/* setup.h - from what the user wrote (file, environment, flags) to the arguments of one run; the
 * same for `run`, for `validate CONFIG`, and for re-executing a recorded run. */
#ifndef SIM_CLI_SETUP_H
#define SIM_CLI_SETUP_H

#include <stdio.h>

#include <simctl/simctl.h>

#include "report/rundir.h"

struct setup {
    struct sim_settings *settings;
    const struct sim_format *trace, *cluster;
    char *trace_path, *cluster_path;
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
    const struct sim_preset *preset; /* NULL = the policy was named directly. */
    uint64_t seed;
    struct sim_findings *trace_findings, *cluster_findings;
    char *config_path; /* NULL = flags only. */
    char *name;        /* From `name:` in the file, else the policy's. */
};
/* Several errors of one file are all reported: the first in *diag, each of them printed through
 * `report` (may be NULL). */
struct setup_sources {
    const char *config;                          /* YAML file or NULL. */
    const char *trace, *cluster, *policy, *seed; /* Flags, NULL = not given. */
    const char *const *sets;                     /* "key=value" */
    size_t set_count;
    const char *bad_rows; /* NULL = not given. */
    void (*report)(void *self, const struct sim_diag *diag);
    void *self;
};
bool setup_resolve(struct setup *s, const struct setup_sources *from, struct sim_diag *diag);
/* From config.resolved.yaml of a run directory. Inputs whose digest changed since are an error. */
bool setup_from_run(struct setup *s, struct rundir *run, struct sim_diag *diag);
void setup_fini(struct setup *s);
/* Fills args (output and tap NULL). Borrowed from s. */
void setup_args(const struct setup *s, struct sim_run_args *args);
/* Writes config.resolved.yaml, every key with its value; a file that reproduces the run. */
bool setup_write(const struct setup *s, const char *path, struct sim_diag *diag);
void setup_print(const struct setup *s, FILE *out); /* The same text to a stream. */
/* False with diag when the file that setup_write() writes could not be read back: a path may have
 * bytes that are no text. */
bool setup_repeatable(const struct setup *s, struct sim_diag *diag);
uint64_t setup_hash(const struct setup *s); /* Of that text and this version. */
/* The rows that name the parts of a run: schema, name, seed, trace, cluster, policy, scheduler ...
 */
const struct sim_option *setup_options(void);
/* The scheduler of a placement policy that is named without a preset. */
const struct sim_scheduler *setup_default_scheduler(void);
/* Sets what a preset sets (NULL = nothing); keys that are not declared are left out. */
void setup_apply_preset(struct sim_settings *settings, const struct sim_preset *preset);
/* Splits "FORMAT:PATH", or guesses the format of a bare path by probing. */
bool setup_format(const char *text, enum sim_role role, const struct sim_format **format,
                  char **path, struct sim_diag *diag);
#endif
