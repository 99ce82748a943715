/* csv_machines.h - the native list of machines and of what befalls them. Read whole, because there
 * are few and their rows may stand in any order. */
#ifndef SIM_WORKLOADS_CSV_MACHINES_H
#define SIM_WORKLOADS_CSV_MACHINES_H

#include "workloads/lib/csv_fields.h"

extern const struct table_layout csv_machine_layout;

struct csv_entry;      /* One row. */
struct csv_machines {  /* Zero-initialised. */
    struct rows *rows; /* Sorted; the tag is the index in entry[]. */
    struct csv_entry *entry;
    size_t entry_count, entry_cap;
    size_t at; /* Next row, and next machine of it. */
    uint32_t copy;
    char name[SIM_NAME_MAX + 1];
};

/* Reads all rows of `t`, sorts them by (time, kind), and checks that each can befall its machines.
 */
bool csv_machines_read(struct csv_machines *s, struct table *t, struct terms *terms,
                       struct sim_trace_info *info, struct sim_diag *diag);
enum sim_next csv_machines_next(struct csv_machines *s, struct sim_input *out);
void csv_machines_fini(struct csv_machines *s);

#endif
