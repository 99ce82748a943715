/* name_table.h - how names are laid out in run.h5: group /names holds one row per name, and the
 * bytes of all names one after the other. Described like any other table, so the same code reads
 * and writes them. */
#ifndef SIM_RECORD_NAME_TABLE_H
#define SIM_RECORD_NAME_TABLE_H

#include <simctl/record.h>

struct name_row {
    int64_t offset;
    int32_t id, length;
    uint8_t kind, pad[7];
};
extern const struct sim_table_info name_table;      /* Rows are struct name_row. */
extern const struct sim_table_info name_byte_table; /* One column of bytes in the same group. */
#endif
