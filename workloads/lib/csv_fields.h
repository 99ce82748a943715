/* csv_fields.h - the fields of the native CSV: what rows of tasks and of machines have in common.
 */
#ifndef SIM_WORKLOADS_CSV_FIELDS_H
#define SIM_WORKLOADS_CSV_FIELDS_H

#include "workloads/lib/table.h"
#include "workloads/lib/terms.h"

/* Index in csv_kinds. */
enum { BAD_VALUE = BAD_PART_FIRST, BAD_NAME, BAD_TERM, BAD_ORDER, BAD_EVENT, DUPLICATE_TASK };
extern const struct sim_finding_kind csv_kinds[];

/* Is there such a column, and is the field not empty? */
bool csv_given(const struct table *t, uint32_t column);
/* An empty field is 0, `otherwise`, or an empty text; so is a bad one after a repair. */
int64_t csv_int(struct table *t, uint32_t column, int64_t min, int64_t max);
sim_time csv_time(struct table *t, uint32_t column, sim_time otherwise);
int64_t csv_bytes(struct table *t, uint32_t column, enum decimal_round round);
struct sim_text csv_name(struct table *t, uint32_t column);
/* Milli-cores; must be given. */
int64_t csv_cores(struct table *t, uint32_t column, enum decimal_round round);
/* Devices in milli: whole ones, or (when allowed) a share of one. */
int64_t csv_gpus(struct table *t, uint32_t column, bool share_allowed);
/* A list inside one field, into *terms. False when it is bad; a repair leaves it empty. */
bool csv_terms(struct table *t, struct terms *terms, uint32_t column,
               bool (*parse)(struct terms *terms, struct sim_text text));

#endif
