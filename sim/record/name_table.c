/* name_table.c - see name_table.h. */
#include "record/name_table.h"

static const struct sim_column name_columns[] = {
    {"kind", SIM_COL_ENUM8, offsetof(struct name_row, kind), "", "What is named.",
     sim_name_kind_name},
    {"id", SIM_COL_I32, offsetof(struct name_row, id), "", "Dense per kind, from 0.", NULL},
    {"offset", SIM_COL_I64, offsetof(struct name_row, offset), "bytes", "Start in bytes.", NULL},
    {"length", SIM_COL_I32, offsetof(struct name_row, length), "bytes", "Length in bytes.", NULL},
};
static const struct sim_column byte_columns[] = {
    {"bytes", SIM_COL_U8, 0, "", "UTF-8 of all names, one after the other.", NULL},
};

const struct sim_table_info name_table = {
    .name = "names",
    .meaning = "Texts behind the name ids of the other tables.",
    .row_bytes = sizeof(struct name_row),
    .columns = name_columns,
    .column_count = sizeof name_columns / sizeof name_columns[0],
};
const struct sim_table_info name_byte_table = {
    .name = "names",
    .meaning = "Bytes of the names.",
    .row_bytes = 1,
    .columns = byte_columns,
    .column_count = 1,
};
