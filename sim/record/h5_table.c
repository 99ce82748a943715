/* h5_table.c - see h5_table.h. Measured on rows of 14 columns, writing finished chunks with
 * libdeflate is half again as fast as the library's own filters, and three times smaller than no
 * filter. */
#include "record/h5_table.h"

#include <libdeflate.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "record/columns.h"

#define LEVEL 1 /* Higher levels cost twice the time for 2 % of the size. */
#define WIDTH_MAX 8u

struct h5_encoder {
    struct libdeflate_compressor *deflate;
    uint8_t *shuffled, *packed;
    size_t packed_cap;
    const uint8_t *source; /* Values that `packed` was made of; NULL when they may have changed. */
    size_t source_bytes, packed_len;
};

/* Many columns hold one value for millions of rows (dimensions that a trace has not, states,
 * rules); their chunks are packed once. */
struct h5_column {
    hid_t dataset;
    uint8_t constant[WIDTH_MAX];
    uint8_t *packed; /* The last chunk, when it was full and held only `constant`; else NULL. */
    size_t packed_len;
};

struct h5_encoder *h5_encoder_create(void)
{
    struct h5_encoder *e = MEM_NEW(struct h5_encoder, 1);
    e->deflate = libdeflate_alloc_compressor(LEVEL);
    CHECK(e->deflate != NULL);
    e->packed_cap = libdeflate_zlib_compress_bound(e->deflate, H5_CHUNK_ROWS * WIDTH_MAX);
    e->shuffled = mem_alloc(H5_CHUNK_ROWS, WIDTH_MAX);
    e->packed = mem_alloc(e->packed_cap, 1);
    return e;
}

void h5_encoder_destroy(struct h5_encoder *e)
{
    if (e == NULL)
        return;
    libdeflate_free_compressor(e->deflate);
    mem_free(e->shuffled);
    mem_free(e->packed);
    mem_free(e);
}

/* ---- columns -------------------------------------------------------------------------------- */

static hid_t enum_type(const struct sim_column *c)
{
    const hid_t type = H5Tenum_create(H5T_STD_U8LE);
    for (unsigned v = 0; v <= UINT8_MAX; v++) {
        const uint8_t value = (uint8_t)v;
        const char *name = c->enum_name(v);
        if (name != NULL && H5Tenum_insert(type, name, &value) < 0) {
            (void)H5Tclose(type);
            return H5I_INVALID_HID;
        }
    }
    return type;
}

static hid_t column_type(const struct sim_column *c)
{
    switch (c->type) {
    case SIM_COL_I64:
        return H5Tcopy(H5T_STD_I64LE);
    case SIM_COL_I32:
        return H5Tcopy(H5T_STD_I32LE);
    case SIM_COL_U32:
        return H5Tcopy(H5T_STD_U32LE);
    case SIM_COL_U16:
        return H5Tcopy(H5T_STD_U16LE);
    case SIM_COL_U8:
        return H5Tcopy(H5T_STD_U8LE);
    case SIM_COL_ENUM8:
        return enum_type(c);
    }
    return H5I_INVALID_HID;
}

/* No object times: equal runs give equal files. */
static hid_t chunked(hsize_t rows, size_t width)
{
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (H5Pset_chunk(list, 1, &rows) < 0 || (width > 1 && H5Pset_shuffle(list) < 0) ||
        H5Pset_deflate(list, LEVEL) < 0 || H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) < 0 ||
        H5Pset_obj_track_times(list, false) < 0) {
        (void)H5Pclose(list);
        return H5I_INVALID_HID;
    }
    return list;
}

static hid_t column_create(const struct h5_table *t, const struct sim_column *c)
{
    const hsize_t rows = 0, rows_max = H5S_UNLIMITED;
    const hid_t space = H5Screate_simple(1, &rows, &rows_max);
    const hid_t list = chunked(t->chunk, column_bytes(c->type));
    const hid_t type = column_type(c);
    hid_t column = H5Dcreate2(t->group, c->name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    (void)H5Tclose(type);
    (void)H5Pclose(list);
    (void)H5Sclose(space);
    if (column >= 0 && !(h5_attribute(column, "unit", c->unit) &&
                         h5_attribute(column, "description", c->meaning))) {
        (void)H5Dclose(column);
        column = H5I_INVALID_HID;
    }
    return column;
}

static bool columns_create(struct h5_table *t)
{
    t->chunk = t->held > 0 ? t->held : 1;
    t->columns = MEM_NEW(struct h5_column, t->info->column_count);
    for (size_t c = 0; c < t->info->column_count; c++)
        t->columns[c].dataset = H5I_INVALID_HID;
    for (size_t c = 0; c < t->info->column_count; c++) {
        t->columns[c].dataset = column_create(t, &t->info->columns[c]);
        if (t->columns[c].dataset < 0)
            return false;
    }
    return true;
}

/* ---- chunks --------------------------------------------------------------------------------- */

/* What the shuffle filter does: all first bytes, then all second bytes, ... Compilers need to know
 * the width for vector instructions. */
static inline void split(uint8_t *restrict planes, const uint8_t *restrict values, size_t width,
                         size_t rows)
{
    for (size_t b = 0; b < width; b++)
        for (size_t i = 0; i < rows; i++)
            planes[b * rows + i] = values[i * width + b];
}

static void shuffle(uint8_t *planes, const uint8_t *values, size_t width, size_t rows)
{
    switch (width) {
    case 8:
        split(planes, values, 8, rows);
        break;
    case 4:
        split(planes, values, 4, rows);
        break;
    default:
        split(planes, values, width, rows);
    }
}

/* Into e->packed. Neighbours are often equal: a task that is never evicted starts once, and one
 * that finds room at once starts when it was submitted. */
static void pack(struct h5_encoder *e, const uint8_t *values, size_t width, size_t rows)
{
    const size_t bytes = rows * width;
    const bool again =
        e->source != NULL && e->source_bytes == bytes && memcmp(e->source, values, bytes) == 0;
    e->source = values;
    if (again)
        return;
    const uint8_t *planes = values;
    if (width > 1) {
        shuffle(e->shuffled, values, width, rows);
        planes = e->shuffled;
    }
    e->source_bytes = bytes;
    e->packed_len = libdeflate_zlib_compress(e->deflate, planes, bytes, e->packed, e->packed_cap);
    CHECK(e->packed_len > 0);
}

/* The packed form of a chunk of equal values, from the last one of this column if that was the
 * same. */
static void pack_constant(struct h5_column *column, struct h5_encoder *e, const uint8_t *values,
                          size_t width, size_t rows)
{
    if (column->packed != NULL && memcmp(column->constant, values, width) == 0)
        return;
    pack(e, values, width, rows);
    mem_free(column->packed);
    column->packed = mem_alloc(e->packed_len, 1);
    column->packed_len = e->packed_len;
    memcpy(column->packed, e->packed, column->packed_len);
    memcpy(column->constant, values, width);
}

static bool column_write(struct h5_table *t, struct h5_encoder *e, size_t c, const uint8_t *values)
{
    struct h5_column *column = &t->columns[c];
    const size_t width = column_bytes(t->info->columns[c].type), rows = (size_t)t->chunk;
    const hsize_t at = t->written, extent = t->written + t->held;
    const uint8_t *packed = e->packed;
    size_t n;
    if (memcmp(values, values + width, (rows - 1) * width) == 0) {
        pack_constant(column, e, values, width, rows);
        packed = column->packed;
        n = column->packed_len;
    } else {
        pack(e, values, width, rows);
        n = e->packed_len;
    }
    return H5Dset_extent(column->dataset, &extent) >= 0 &&
           H5Dwrite_chunk(column->dataset, H5P_DEFAULT, 0, &at, n, packed) >= 0;
}

/* Writes the held rows as one chunk; the last one may be padded, with zeros. */
static bool chunk_write(struct h5_table *t, struct h5_encoder *e)
{
    if (t->columns == NULL && !columns_create(t))
        return false;
    if (t->held == 0)
        return true;
    uint8_t *values = t->values;
    e->source = NULL;
    for (size_t c = 0; c < t->info->column_count; c++) {
        const size_t width = column_bytes(t->info->columns[c].type);
        if (t->held < t->chunk)
            memset(values + t->held * width, 0, (t->chunk - t->held) * width);
        if (!column_write(t, e, c, values))
            return false;
        values += H5_CHUNK_ROWS * width;
    }
    t->written += t->held;
    t->held = 0;
    return true;
}

static void gather(uint8_t *out, const uint8_t *rows, size_t stride, size_t width, uint32_t n)
{
    switch (width) {
    case 8:
        for (uint32_t i = 0; i < n; i++)
            memcpy(out + i * 8u, rows + i * stride, 8);
        break;
    case 4:
        for (uint32_t i = 0; i < n; i++)
            memcpy(out + i * 4u, rows + i * stride, 4);
        break;
    case 2:
        for (uint32_t i = 0; i < n; i++)
            memcpy(out + i * 2u, rows + i * stride, 2);
        break;
    default:
        for (uint32_t i = 0; i < n; i++)
            out[i] = rows[i * stride];
    }
}

static void hold(struct h5_table *t, const uint8_t *rows, uint32_t n)
{
    uint8_t *values = t->values;
    for (size_t c = 0; c < t->info->column_count; c++) {
        const size_t width = column_bytes(t->info->columns[c].type);
        gather(values + t->held * width, rows + t->info->columns[c].offset, t->info->row_bytes,
               width, n);
        values += H5_CHUNK_ROWS * width;
    }
    t->held += n;
}

bool h5_table_open(struct h5_table *t, hid_t parent, const struct sim_table_info *info)
{
    t->info = info;
    t->group = h5_group(parent, info->name);
    return t->group >= 0 && h5_attribute(t->group, "description", info->meaning);
}

bool h5_table_rows(struct h5_table *t, struct h5_encoder *e, const void *rows, uint32_t n)
{
    const uint8_t *at = rows;
    if (t->values == NULL)
        t->values = mem_alloc(H5_CHUNK_ROWS, t->info->row_bytes);
    while (n > 0) {
        const uint32_t room = H5_CHUNK_ROWS - t->held, some = n < room ? n : room;
        hold(t, at, some);
        at += some * t->info->row_bytes;
        n -= some;
        if (t->held == H5_CHUNK_ROWS && !chunk_write(t, e))
            return false;
    }
    return true;
}

bool h5_table_finish(struct h5_table *t, struct h5_encoder *e)
{
    return chunk_write(t, e);
}

void h5_table_free(struct h5_table *t)
{
    for (size_t c = 0; t->columns != NULL && c < t->info->column_count; c++) {
        mem_free(t->columns[c].packed);
        if (t->columns[c].dataset >= 0)
            (void)H5Dclose(t->columns[c].dataset);
    }
    if (t->info != NULL && t->group >= 0)
        (void)H5Gclose(t->group);
    mem_free(t->columns);
    mem_free(t->values);
}
