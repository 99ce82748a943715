/* export.h - a table of a run as text for other programs. */
#ifndef SIM_REPORT_EXPORT_H
#define SIM_REPORT_EXPORT_H

#include <stdio.h>

#include "report/rundir.h"

struct export_format;
const struct export_format *export_format_find(const char *name); /* "csv", "jsonl"; else NULL. */
/* Enumerations are written by name, ids get a text column beside them, "never" is empty. O(rows).
 * `path` of `out` is for messages. */
bool export_table(struct rundir *run, enum sim_table table, const struct export_format *format,
                  FILE *out, const char *path, struct sim_diag *diag) SIM_NODISCARD;
/* By name; SIM_ERR_UNKNOWN with the nearest one. */
bool table_find(const char *name, enum sim_table *out, struct sim_diag *diag) SIM_NODISCARD;
#endif
