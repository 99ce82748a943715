/* rundir.h - a run directory read back: run.h5 when the run finished, else decisions.mpk up to its
 * last whole record. Reports work from this alone, never from engine state. */
#ifndef SIM_REPORT_RUNDIR_H
#define SIM_REPORT_RUNDIR_H

#include <simctl/diag.h>
#include <simctl/record.h>

struct rundir;
/* NULL with diag: no such directory, not a run, damaged (says which byte). */
struct rundir *rundir_open(const char *path, struct sim_diag *diag);
void rundir_close(struct rundir *r); /* NULL is allowed. */
const char *rundir_path(const struct rundir *r);
/* False: the run was killed or still goes on; tables end where the stream was cut. */
bool rundir_complete(const struct rundir *r);
uint64_t rundir_dropped_bytes(const struct rundir *r); /* Torn tail of decisions.mpk. */

/* All rows of a table as its row structs (struct sim_decision_row *, ...), loaded on first use and
 * kept until close. NULL with diag when it cannot be read; an empty table is not NULL. */
const void *rundir_rows(struct rundir *r, enum sim_table table, uint64_t *n, struct sim_diag *diag);
/* Name by kind and id; empty text when unknown or SIM_NONE. */
struct sim_text rundir_name(struct rundir *r, enum sim_name_kind kind, uint32_t id);
/* Id by text; SIM_NONE when there is none. */
uint32_t rundir_name_find(struct rundir *r, enum sim_name_kind kind, struct sim_text text);

/* The row of a task (by id) in SIM_TABLE_TASKS, or NULL (killed run). */
const struct sim_task_row *rundir_task(struct rundir *r, sim_task task);
/* A task by what a person writes: "JOB", "JOB/INDEX", or "#ID" for the dense id. SIM_NONE with diag
 * (nearest names in the hint). */
sim_task rundir_find_task(struct rundir *r, const char *text, struct sim_diag *diag);
/* What such a name says, whether or not the task has a row. False: the record knows no such job. */
struct task_key {
    uint32_t job;  /* Name id. */
    int64_t index; /* -1 = not given. */
};
bool rundir_task_key(struct rundir *r, const char *text, struct task_key *key);
/* "JOB/INDEX"; just "JOB" when every job has one task. */
const char *rundir_task_name(struct rundir *r, sim_task task, char *buf, size_t size);
/* A machine by name or "#ID". */
sim_machine rundir_find_machine(struct rundir *r, const char *text, struct sim_diag *diag);
const char *rundir_machine_name(struct rundir *r, sim_machine m, char *buf, size_t size);

/* manifest.json and summary.json as jansson values (json_t *), or NULL when absent. Borrowed. */
struct json_t *rundir_manifest(struct rundir *r);
struct json_t *rundir_summary(struct rundir *r);
/* Units from the manifest (without one: cores, GiB, GPUs, GiB). Names live as long as r. */
struct sim_units rundir_units(struct rundir *r);
#endif
