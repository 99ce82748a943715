/* record_rows.h - rows for the tests of recording: every column of every table takes values over
 * its whole range, so that a sink that loses a sign or a byte is seen. */
#ifndef TESTS_RECORD_ROWS_H
#define TESTS_RECORD_ROWS_H

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/prng.h"
#include "record/columns.h"
#include "record/recorder.h"
#include "report/rundir.h"

struct made {
    uint8_t *rows[SIM_TABLE_COUNT];
    uint32_t n[SIM_TABLE_COUNT];
    uint32_t names; /* Of each kind; the text is made by made_name. */
};

static inline struct sim_text made_name(unsigned kind, uint32_t id, char buf[64])
{
    (void)snprintf(buf, 64, "%s-%" PRIu32 "-\xc3\xa9%.*s", sim_name_kind_name(kind), id,
                   (int)(id % 20), "xxxxxxxxxxxxxxxxxxxx");
    return (struct sim_text){buf, id == 3 ? 0 : (uint32_t)strlen(buf)}; /* One name is empty. */
}

/* n decisions, and fewer rows of the other tables; as many names of each kind as `names`. */
static inline struct made rows_make(uint64_t seed, uint32_t n, uint32_t names)
{
    struct made m = {.names = names};
    struct prng r;
    prng_init(&r, seed, "rows");
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        m.n[t] = t == SIM_TABLE_EVICTIONS ? 0 : n / (t + 1); /* One table stays empty. */
        m.rows[t] = mem_alloc(m.n[t] + 1, info->row_bytes);
        for (uint32_t i = 0; i < m.n[t]; i++)
            for (size_t c = 0; c < info->column_count; c++)
                column_set(&info->columns[c], m.rows[t] + i * info->row_bytes,
                           (int64_t)(prng_u64(&r) >> prng_below(&r, 64)) *
                               (prng_below(&r, 2) ? 1 : -1));
    }
    return m;
}

static inline void rows_free(struct made *m)
{
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++)
        mem_free(m->rows[t]);
}

/* Interleaved, as a run does it; names first. */
static inline void rows_write(const struct made *m, const struct sim_output *out)
{
    char buf[64];
    for (uint32_t id = 0; id < m->names; id++)
        for (unsigned k = 0; k < SIM_NAME_KINDS; k++)
            out->name(out->self, (enum sim_name_kind)k, id, made_name(k, id, buf));
    for (uint32_t i = 0; i < m->n[0]; i++)
        for (unsigned t = 0; t < SIM_TABLE_COUNT; t++)
            if (i < m->n[t])
                out->row(out->self, (enum sim_table)t,
                         m->rows[t] + i * sim_table_info((enum sim_table)t)->row_bytes);
}

/* A fresh directory; with `file` appended. */
static inline const char *scratch(const char *file)
{
    static char dir[64], path[512];
    if (dir[0] == '\0') {
        strcpy(dir, "/tmp/simctl-test-XXXXXX");
        cr_assert(mkdtemp(dir) != NULL);
    }
    (void)snprintf(path, sizeof path, "%s%s", dir, file);
    return path;
}

static inline void scratch_remove(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", scratch(""));
    cr_assert(system(command) == 0);
}

static inline void *file_bytes(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f != NULL, "%s", path);
    (void)fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    void *bytes = mem_alloc(*n + 1, 1);
    cr_assert(fread(bytes, 1, *n, f) == *n);
    (void)fclose(f);
    return bytes;
}

static inline void file_store(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0, "%s", path);
}

/* Rows of `run` are the first ones of `m`; all of them when `whole`. */
static inline void rows_compare(struct rundir *run, const struct made *m, bool whole,
                                const char *what)
{
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        struct sim_diag diag = {0};
        uint64_t n;
        const void *rows = rundir_rows(run, (enum sim_table)t, &n, &diag);
        cr_assert(rows != NULL, "%s: %s: %s", what, info->name, diag.text);
        cr_assert(n <= m->n[t] && (!whole || n == m->n[t]), "%s: %s has %" PRIu64 " rows of %u",
                  what, info->name, n, m->n[t]);
        cr_assert(memcmp(rows, m->rows[t], n * info->row_bytes) == 0, "%s: rows of %s differ", what,
                  info->name);
    }
}

static inline void names_compare(struct rundir *run, const struct made *m, const char *what)
{
    char buf[64];
    for (unsigned k = 0; k < SIM_NAME_KINDS; k++)
        for (uint32_t id = 0; id < m->names; id++) {
            const struct sim_text want = made_name(k, id, buf);
            const struct sim_text got = rundir_name(run, (enum sim_name_kind)k, id);
            cr_assert(got.len == want.len && memcmp(got.at, want.at, want.len) == 0,
                      "%s: name %u of kind %u is '%.*s'", what, id, k, (int)got.len, got.at);
            cr_assert(rundir_name_find(run, (enum sim_name_kind)k, want) == id);
        }
}

/* Records m into the scratch directory; all digests. */
static inline struct recorder_digests rows_record(const struct made *m, bool complete)
{
    char mpk[512], h5[512];
    strcpy(mpk, scratch("/decisions.mpk"));
    strcpy(h5, scratch("/run.h5"));
    const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), mpk}, {sim_sink_find("h5"), h5}};
    struct sim_diag diag = {0};
    struct recorder *r = recorder_open(sinks, 2, &diag);
    cr_assert(r != NULL, "%s", diag.text);
    rows_write(m, recorder_output(r));
    struct recorder_digests digests;
    cr_assert(recorder_close(r, complete, &digests, &diag), "%s", diag.text);
    return digests;
}
#endif
