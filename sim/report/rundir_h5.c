/* rundir_h5.c - reads run.h5. Columns are looked up by name, so a file with more columns than this
 * program knows is read all the same; they are read chunk by chunk and spread over the row structs.
 */
#include <hdf5.h>
#include <string.h>

#include "base/mem.h"
#include "record/columns.h"
#include "record/h5_error.h"
#include "record/name_table.h"
#include "report/rundir_source.h"

#define BLOCK_ROWS 8192u /* All columns of so many rows fit a cache of the processor. */
#define WIDTH_MAX 8u
#define DEFLATE_RATIO_MAX 1100u /* Deflate packs at most 1032 bytes into one. */

struct rundir_h5 {
    struct h5_error error;
    hid_t file;
    char *path;
};

struct column_reader {
    hid_t dataset, type;
    uint64_t rows;
};

static bool damaged(const struct rundir_h5 *h, struct sim_diag *diag, const char *what)
{
    sim_hint(diag, "without run.h5 the run is read from decisions.mpk, if that is there");
    return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){h->path, 0, 0}, "cannot read %s: %s",
                    what, h->error.text[0] != '\0' ? h->error.text : "the file is damaged");
}

static hid_t memory_type(hid_t dataset, enum sim_column_type type)
{
    switch (type) {
    case SIM_COL_I64:
        return H5Tcopy(H5T_NATIVE_INT64);
    case SIM_COL_I32:
        return H5Tcopy(H5T_NATIVE_INT32);
    case SIM_COL_U32:
        return H5Tcopy(H5T_NATIVE_UINT32);
    case SIM_COL_U16:
        return H5Tcopy(H5T_NATIVE_UINT16);
    case SIM_COL_U8:
        return H5Tcopy(H5T_NATIVE_UINT8);
    case SIM_COL_ENUM8:
        return H5Dget_type(dataset);
    }
    return H5I_INVALID_HID;
}

static void column_close(struct column_reader *c)
{
    if (c->type >= 0)
        (void)H5Tclose(c->type);
    if (c->dataset >= 0)
        (void)H5Dclose(c->dataset);
}

/* A length that the stored bytes cannot hold is damage, and not a reason to ask for the memory. */
static bool plausible(hid_t dataset, uint64_t rows)
{
    return rows <= (H5Dget_storage_size(dataset) + BLOCK_ROWS) * DEFLATE_RATIO_MAX;
}

/* Also after false, column_close is due. */
static bool column_open(hid_t group, const struct sim_column *column, struct column_reader *c)
{
    hsize_t rows = 0;
    c->type = H5I_INVALID_HID;
    c->dataset = H5Dopen2(group, column->name, H5P_DEFAULT);
    if (c->dataset < 0)
        return false;
    const hid_t space = H5Dget_space(c->dataset);
    bool good = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, &rows, NULL) == 1 && plausible(c->dataset, rows);
    (void)H5Sclose(space);
    c->rows = rows;
    c->type = memory_type(c->dataset, column->type);
    return good && c->type >= 0 && H5Tget_size(c->type) == column_bytes(column->type);
}

static bool block_read(const struct column_reader *c, hsize_t from, hsize_t n, void *out)
{
    const hid_t file = H5Dget_space(c->dataset), memory = H5Screate_simple(1, &n, NULL);
    const bool good = H5Sselect_hyperslab(file, H5S_SELECT_SET, &from, NULL, &n, NULL) >= 0 &&
                      H5Dread(c->dataset, c->type, memory, file, H5P_DEFAULT, out) >= 0;
    (void)H5Sclose(memory);
    (void)H5Sclose(file);
    return good;
}

static void spread(uint8_t *rows, size_t stride, const uint8_t *values, size_t width, size_t n)
{
    switch (width) {
    case 8:
        for (size_t i = 0; i < n; i++)
            memcpy(rows + i * stride, values + i * 8, 8);
        break;
    case 4:
        for (size_t i = 0; i < n; i++)
            memcpy(rows + i * stride, values + i * 4, 4);
        break;
    case 2:
        for (size_t i = 0; i < n; i++)
            memcpy(rows + i * stride, values + i * 2, 2);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            rows[i * stride] = values[i];
    }
}

/* All columns of a block before the next block: rows are written while they are in the cache. */
static bool blocks_read(const struct column_reader *columns, const struct sim_table_info *info,
                        struct row_list *out)
{
    uint8_t block[BLOCK_ROWS * WIDTH_MAX];
    for (uint64_t at = 0; at < out->count; at += BLOCK_ROWS) {
        const size_t n = out->count - at < BLOCK_ROWS ? (size_t)(out->count - at) : BLOCK_ROWS;
        uint8_t *rows = out->rows + at * info->row_bytes;
        for (size_t c = 0; c < info->column_count; c++) {
            if (!block_read(&columns[c], at, n, block))
                return false;
            spread(rows + info->columns[c].offset, info->row_bytes, block,
                   column_bytes(info->columns[c].type), n);
        }
    }
    return true;
}

/* All columns must have the length of the first one. */
static bool table_read(hid_t group, const struct sim_table_info *info, struct row_list *out)
{
    struct column_reader *columns = MEM_NEW(struct column_reader, info->column_count);
    size_t open = 0;
    while (open < info->column_count && column_open(group, &info->columns[open], &columns[open]) &&
           columns[open].rows == columns[0].rows)
        open++;
    bool good = open == info->column_count;
    if (good) {
        (void)row_list_more(out, info->row_bytes, (size_t)columns[0].rows);
        good = blocks_read(columns, info, out);
    }
    for (size_t c = 0; c < info->column_count && c <= open; c++)
        column_close(&columns[c]);
    mem_free(columns);
    return good;
}

static bool group_read(struct rundir_h5 *h, const struct sim_table_info *info, struct row_list *out,
                       struct sim_diag *diag)
{
    h->error = (struct h5_error){0};
    h5_errors_to(&h->error);
    const hid_t group = H5Gopen2(h->file, info->name, H5P_DEFAULT);
    bool good = group >= 0 && table_read(group, info, out);
    if (!good)
        damaged(h, diag, info->name);
    if (group >= 0)
        (void)H5Gclose(group);
    h5_errors_to(NULL);
    return good;
}

/* Tables that runs of earlier versions do not have come last, and are empty there. */
static bool came_later(const struct rundir_h5 *h, enum sim_table table)
{
    return table > SIM_TABLE_MACHINES &&
           H5Lexists(h->file, sim_table_info(table)->name, H5P_DEFAULT) == 0;
}

bool rundir_h5_rows(struct rundir_h5 *h, enum sim_table table, struct row_list *out,
                    struct sim_diag *diag)
{
    if (came_later(h, table)) {
        (void)row_list_more(out, sim_table_info(table)->row_bytes, 0);
        return true;
    }
    return group_read(h, sim_table_info(table), out, diag);
}

static bool names_spread(const struct row_list *rows, const struct row_list *bytes,
                         struct name_list names[SIM_NAME_KINDS])
{
    const struct name_row *row = (const struct name_row *)(const void *)rows->rows;
    for (size_t i = 0; i < rows->count; i++, row++) {
        const uint64_t from = (uint64_t)row->offset, n = (uint32_t)row->length;
        if (row->kind >= SIM_NAME_KINDS || from > bytes->count || n > bytes->count - from)
            return false;
        const struct sim_text text = {(const char *)bytes->rows + from, (uint32_t)n};
        if (!name_list_add(&names[row->kind], (uint32_t)row->id, text))
            return false;
    }
    return true;
}

bool rundir_h5_names(struct rundir_h5 *h, struct name_list names[SIM_NAME_KINDS],
                     struct sim_diag *diag)
{
    struct row_list rows = {0}, bytes = {0};
    bool good =
        group_read(h, &name_table, &rows, diag) && group_read(h, &name_byte_table, &bytes, diag);
    if (good && !names_spread(&rows, &bytes, names))
        good = damaged(h, diag, "names");
    mem_free(rows.rows);
    mem_free(bytes.rows);
    return good;
}

struct rundir_h5 *rundir_h5_open(const char *path, struct sim_diag *diag)
{
    struct rundir_h5 *h = MEM_NEW(struct rundir_h5, 1);
    h5_errors_to(&h->error);
    h->path = mem_text(path, strlen(path));
    h->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool good = h->file >= 0 && H5Aexists(h->file, "format") > 0;
    h5_errors_to(NULL);
    if (good)
        return h;
    damaged(h, diag, "the file");
    rundir_h5_close(h);
    return NULL;
}

void rundir_h5_close(struct rundir_h5 *h)
{
    if (h == NULL)
        return;
    if (h->file >= 0)
        (void)H5Fclose(h->file);
    mem_free(h->path);
    mem_free(h);
}
