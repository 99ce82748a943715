/* show.h - what a run directory holds: manifest in short, summary, tables with their columns. */
#ifndef SIM_REPORT_SHOW_H
#define SIM_REPORT_SHOW_H

#include <stdio.h>

#include "base/json.h"
#include "report/rundir.h"

bool show_text(struct rundir *run, FILE *out, bool colour, struct sim_diag *diag) SIM_NODISCARD;
/* {manifest, summary, tables: {name: rows}}; manifest and summary null when absent. */
bool show_json(struct rundir *run, struct json *j, struct sim_diag *diag) SIM_NODISCARD;
/* Columns of a table: name, type, unit, meaning. */
void show_table_text(enum sim_table table, FILE *out, bool colour);
void show_table_json(enum sim_table table, struct json *j);
#endif
