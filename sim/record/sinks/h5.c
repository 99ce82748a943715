/* h5.c - run.h5: the finished columnar form, which h5py, MATLAB, Julia and R open without a
 * plug-in. It is written as run.h5.part and renamed when the run is complete, so a file that exists
 * is whole. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/file.h"
#include "record/h5_driver.h"
#include "record/h5_error.h"
#include "record/h5_table.h"
#include "record/name_table.h"
#include "record/sink.h"

struct h5 {
    hid_t file;
    char *path, *part;
    struct h5_driver driver;
    struct h5_error error;
    struct h5_encoder *encoder;
    struct h5_table tables[SIM_TABLE_COUNT];
    struct h5_table names, bytes; /* `bytes` is one more column of the group of `names`. */
    int64_t name_bytes;
};

/* `good` unless a call of the library failed, or the system did behind its back. */
static bool check(const struct h5 *s, bool good, struct sim_diag *diag, const char *verb)
{
    if (s->driver.error != 0)
        return file_fail(diag, s->part, s->driver.error, verb);
    if (!good)
        return sim_fail(diag, SIM_ERR_IO, (struct sim_where){s->part, 0, 0}, "cannot %s: %s", verb,
                        s->error.text);
    return true;
}

static bool groups_create(struct h5 *s)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        if (!h5_table_open(&s->tables[t], s->file, sim_table_info((enum sim_table)t)))
            return false;
    if (!h5_table_open(&s->names, s->file, &name_table))
        return false;
    s->bytes.info = &name_byte_table;
    s->bytes.group = H5Gopen2(s->file, name_table.name, H5P_DEFAULT);
    return s->bytes.group >= 0 && h5_meta(s->file);
}

/* Closes and frees all; the file gets its name when `good`, and goes when not. */
static bool release(struct h5 *s, bool good, struct sim_diag *diag)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        h5_table_free(&s->tables[t]);
    h5_table_free(&s->names);
    h5_table_free(&s->bytes);
    h5_encoder_destroy(s->encoder);
    const bool closed = s->file < 0 || H5Fclose(s->file) >= 0;
    h5_driver_fini(&s->driver);
    h5_errors_to(NULL);
    good = good && check(s, closed, diag, "finish writing") && file_rename(s->part, s->path, diag);
    if (!good)
        (void)unlink(s->part);
    mem_free(s->path);
    mem_free(s->part);
    return good;
}

static bool h5_open(void *state, const char *path, struct sim_diag *diag)
{
    struct h5 *s = state;
    h5_errors_to(&s->error);
    s->path = mem_text(path, strlen(path));
    s->part = file_name(path, ".part");
    s->encoder = h5_encoder_create();
    s->file = h5_driver_create(&s->driver, s->part);
    if (check(s, s->file >= 0, diag, "create the file") &&
        check(s, groups_create(s), diag, "write"))
        return true;
    return release(s, false, NULL);
}

static bool h5_rows(void *state, enum sim_table table, const void *rows, uint32_t n,
                    struct sim_diag *diag)
{
    struct h5 *s = state;
    return check(s, h5_table_rows(&s->tables[table], s->encoder, rows, n), diag, "write");
}

static bool h5_names(void *state, const struct sim_sink_names *names, uint32_t n,
                     struct sim_diag *diag)
{
    struct h5 *s = state;
    bool good = true;
    for (uint32_t i = 0; i < n && good; i++) {
        const struct name_row row = {.offset = s->name_bytes,
                                     .id = (int32_t)names[i].id,
                                     .length = (int32_t)names[i].text.len,
                                     .kind = (uint8_t)names[i].kind};
        good = h5_table_rows(&s->names, s->encoder, &row, 1) &&
               h5_table_rows(&s->bytes, s->encoder, names[i].text.at, names[i].text.len);
        s->name_bytes += row.length;
    }
    return check(s, good, diag, "write");
}

static bool finish(struct h5 *s)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        if (!h5_table_finish(&s->tables[t], s->encoder))
            return false;
    return h5_table_finish(&s->names, s->encoder) && h5_table_finish(&s->bytes, s->encoder);
}

static bool h5_close(void *state, bool complete, struct sim_diag *diag)
{
    struct h5 *s = state;
    if (!complete) {
        (void)release(s, false, NULL); /* Nothing of an incomplete run is to be left. */
        return true;
    }
    const bool written = check(s, finish(s), diag, "write");
    return release(s, written, diag);
}

const struct sim_sink sim_sink_h5 = {
    .name = "h5",
    .summary = "HDF5, one dataset per column, written when the run is complete",
    .state_bytes = sizeof(struct h5),
    .open = h5_open,
    .rows = h5_rows,
    .names = h5_names,
    .flush = NULL,
    .close = h5_close,
};
