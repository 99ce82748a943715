/* h5_table.h - one table of run.h5: a group with one 1-D dataset per column.
 *
 * Rows are taken apart into columns at once and held until a chunk of 16,384 is full or the file is
 * closed. So the chunk of a small table is as small as the table, and a large one is written in
 * chunks that are shuffled and deflated here, outside the library, and handed over whole: any
 * reader sees plain shuffle + deflate. */
#ifndef SIM_RECORD_H5_TABLE_H
#define SIM_RECORD_H5_TABLE_H

#include <hdf5.h>

#include <simctl/diag.h>
#include <simctl/record.h>

/* While a chunk is packed no batch is taken, so they pile up, each with memory of its own. Four
 * times longer chunks save 6 % of the file, but more batches wait for each one, and what is left to
 * pack at the end takes longer. */
#define H5_CHUNK_ROWS 16384u

/* Buffers of the encoder; one per file. */
struct h5_encoder;
struct h5_encoder *h5_encoder_create(void);
void h5_encoder_destroy(struct h5_encoder *e); /* NULL is allowed. */

struct h5_column;
struct h5_table {
    const struct sim_table_info *info;
    hid_t group;
    struct h5_column *columns; /* Created when the first chunk is written; NULL before. */
    uint8_t
        *values;   /* Held rows: column after column, H5_CHUNK_ROWS each. NULL before the first. */
    uint32_t held; /* Rows in values. */
    uint64_t written; /* Rows in the file. */
    hsize_t chunk;    /* Rows per chunk. */
};
/* False: a call of HDF5 failed. Then only h5_table_free may be called. */
bool h5_table_open(struct h5_table *t, hid_t parent, const struct sim_table_info *info);
bool h5_table_rows(struct h5_table *t, struct h5_encoder *e, const void *rows, uint32_t n);
/* Writes what is held. */
bool h5_table_finish(struct h5_table *t, struct h5_encoder *e);
/* Closes the handles and frees the buffers; t may be all zero. */
void h5_table_free(struct h5_table *t);

/* A new group without times. */
hid_t h5_group(hid_t parent, const char *name);
/* Attribute of variable-length UTF-8 text, which readers turn into their own strings. */
bool h5_attribute(hid_t object, const char *name, const char *text);
/* 1-D dataset of such texts. */
bool h5_texts(hid_t group, const char *name, const char *const *texts, size_t n);
/* Describes file and enumerations: attributes of the root, group /meta. */
bool h5_meta(hid_t file);
#endif
