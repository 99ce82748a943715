/* export.c - tables as CSV (RFC 4180) and JSON lines.
 *
 * A column is written from its description alone; what a format adds is how a row begins, how a
 * field is set apart, and how text is quoted. Numbers are formatted here: printf would cost more
 * than all the rest. */
#include "report/export.h"

#include <errno.h>
#include <string.h>

#include <simctl/option.h>

#include "base/mem.h"
#include "record/file.h"
#include "report/amount.h"
#include "report/explain.h"

/* ---- buffered output ------------------------------------------------------------------------ */

enum { BUFFER = 1 << 16 };
struct writer {
    FILE *out;
    char *buf;
    size_t n;
    int error; /* errno of the first write that failed; 0 = none did. */
};

static void flush(struct writer *w)
{
    if (w->n > 0 && fwrite(w->buf, 1, w->n, w->out) != w->n) {
        w->error = errno != 0 ? errno : EIO;
    }
    w->n = 0;
}

static void put(struct writer *w, const char *at, size_t len)
{
    if (w->n + len > BUFFER) {
        flush(w);
    }
    while (len > BUFFER) {
        memcpy(w->buf, at, BUFFER);
        w->n = BUFFER;
        flush(w);
        at += BUFFER;
        len -= BUFFER;
    }
    memcpy(w->buf + w->n, at, len);
    w->n += len;
}

static void put_char(struct writer *w, char c)
{
    put(w, &c, 1);
}

static void put_int(struct writer *w, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (v < 0) {
        digits[--at] = '-';
    }
    put(w, digits + at, sizeof digits - at);
}

/* ---- fields --------------------------------------------------------------------------------- */

enum beside { BESIDE_NONE, BESIDE_TASK, BESIDE_MACHINE, BESIDE_NAME, BESIDE_FAILS, BESIDE_DIMS };
struct field {
    char name[64];
    const struct sim_column *column;
    enum beside beside; /* NONE: the column itself; else text that tells what its number means. */
    enum sim_name_kind kind;
    const struct sim_column *reason; /* For DIMS. */
};

static const struct {
    const char *column, *name;
    enum beside beside;
    enum sim_name_kind kind;
} beside_rows[] = {
    {"task", "task_name", BESIDE_TASK, SIM_NAME_KINDS},
    {"subject", "subject_name", BESIDE_TASK, SIM_NAME_KINDS},
    {"head", "head_name", BESIDE_TASK, SIM_NAME_KINDS},
    {"by_task", "by_task_name", BESIDE_TASK, SIM_NAME_KINDS},
    {"machine", "machine_name", BESIDE_MACHINE, SIM_NAME_KINDS},
    {"runner_up", "runner_up_name", BESIDE_MACHINE, SIM_NAME_KINDS},
    {"example", "example_name", BESIDE_MACHINE, SIM_NAME_KINDS},
    {"job", "job_name", BESIDE_NAME, SIM_NAME_JOB},
    {"user", "user_name", BESIDE_NAME, SIM_NAME_USER},
    {"queue", "queue_name", BESIDE_NAME, SIM_NAME_QUEUE},
    {"scheduler", "scheduler_name", BESIDE_NAME, SIM_NAME_SCHEDULER},
    {"by_scheduler", "by_scheduler_name", BESIDE_NAME, SIM_NAME_SCHEDULER},
    {"role", "role_name", BESIDE_NAME, SIM_NAME_ROLE},
    {"constraints", "constraints_text", BESIDE_NAME, SIM_NAME_CONSTRAINTS},
    {"labels", "labels_text", BESIDE_NAME, SIM_NAME_LABELS},
    {"mask", "mask_names", BESIDE_FAILS, SIM_NAME_KINDS},
    {"dim", "dim_names", BESIDE_DIMS, SIM_NAME_KINDS},
};

static const struct sim_column *column_named(const struct sim_table_info *info, const char *name)
{
    for (size_t i = 0; i < info->column_count; i++) {
        if (strcmp(info->columns[i].name, name) == 0) {
            return &info->columns[i];
        }
    }
    return NULL;
}

static void add_beside(const struct sim_table_info *info, const struct sim_column *column,
                       struct field *fields, size_t *n)
{
    for (size_t i = 0; i < sizeof beside_rows / sizeof *beside_rows; i++) {
        const struct sim_column *reason = column_named(info, "reason");
        if (strcmp(beside_rows[i].column, column->name) != 0 || column->type == SIM_COL_ENUM8 ||
            (beside_rows[i].beside == BESIDE_DIMS && reason == NULL)) {
            continue;
        }
        struct field *f = &fields[(*n)++];
        *f = (struct field){{0}, column, beside_rows[i].beside, beside_rows[i].kind, reason};
        (void)snprintf(f->name, sizeof f->name, "%s", beside_rows[i].name);
    }
}

static struct field *fields_of(const struct sim_table_info *info, size_t *n)
{
    struct field *fields = MEM_NEW(struct field, 2 * info->column_count + 1);
    *n = 0;
    for (size_t i = 0; i < info->column_count; i++) {
        struct field *f = &fields[(*n)++];
        *f = (struct field){{0}, &info->columns[i], BESIDE_NONE, SIM_NAME_KINDS, NULL};
        (void)snprintf(f->name, sizeof f->name, "%s", info->columns[i].name);
        add_beside(info, &info->columns[i], fields, n);
    }
    return fields;
}

/* "cpu+memory" */
static const char *dims_text(uint32_t dims, char *buf, size_t size)
{
    buf[0] = '\0';
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if ((dims >> d & 1) != 0) {
            const size_t at = strlen(buf);
            (void)snprintf(buf + at, size - at, "%s%s", at > 0 ? "+" : "", sim_dim_name(d));
        }
    }
    return buf;
}

/* Text of a field that stands beside a number; buf[NAME_BUF]. */
static struct sim_text beside_text(const struct field *f, struct rundir *run, const void *row,
                                   char *buf)
{
    const int64_t v = sim_column_get(f->column, row);
    const uint32_t id = (uint32_t)v;
    buf[0] = '\0';
    switch (f->beside) {
    case BESIDE_NAME:
        return rundir_name(run, f->kind, id);
    case BESIDE_TASK:
        (void)(id != SIM_NONE ? rundir_task_name(run, id, buf, NAME_BUF) : NULL);
        break;
    case BESIDE_MACHINE:
        (void)(id != SIM_NONE ? rundir_machine_name(run, id, buf, NAME_BUF) : NULL);
        break;
    case BESIDE_FAILS:
        sim_fail_str(id, buf, NAME_BUF);
        break;
    case BESIDE_DIMS:
        dims_text(cause_dims((unsigned)sim_column_get(f->reason, row), (unsigned)v), buf, NAME_BUF);
        break;
    case BESIDE_NONE:
        break;
    }
    return (struct sim_text){buf, (uint32_t)strlen(buf)};
}

/* ---- formats -------------------------------------------------------------------------------- */

struct export_format {
    const char *name;
    void (*begin)(struct writer *w, const struct field *fields, size_t n); /* May be NULL. */
    void (*row)(struct writer *w, const struct field *fields, size_t n, struct rundir *run,
                const void *row);
};

static void csv_text(struct writer *w, struct sim_text t)
{
    bool quote = false;
    for (uint32_t i = 0; i < t.len && !quote; i++) {
        quote = t.at[i] == ',' || t.at[i] == '"' || t.at[i] == '\n' || t.at[i] == '\r';
    }
    if (!quote) {
        put(w, t.at, t.len);
        return;
    }
    put_char(w, '"');
    for (uint32_t i = 0; i < t.len; i++) {
        if (t.at[i] == '"') {
            put_char(w, '"');
        }
        put_char(w, t.at[i]);
    }
    put_char(w, '"');
}

static const char *enum_text(const struct field *f, int64_t v)
{
    return f->column->enum_name != NULL ? f->column->enum_name((unsigned)v) : NULL;
}

static void csv_begin(struct writer *w, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put(w, fields[i].name, strlen(fields[i].name));
        put_char(w, i + 1 < n ? ',' : '\n');
    }
}

static void csv_row(struct writer *w, const struct field *fields, size_t n, struct rundir *run,
                    const void *row)
{
    char buf[NAME_BUF];
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        if (f->beside != BESIDE_NONE) {
            csv_text(w, beside_text(f, run, row, buf));
        } else {
            const int64_t v = sim_column_get(f->column, row);
            const char *name = enum_text(f, v);
            if (name != NULL) {
                put(w, name, strlen(name));
            } else if (v != SIM_NEVER) {
                put_int(w, v);
            }
        }
        put_char(w, i + 1 < n ? ',' : '\n');
    }
}

static void jsonl_text(struct writer *w, struct sim_text t)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *p = (const unsigned char *)t.at;
    put_char(w, '"');
    for (uint32_t i = 0, n; i < t.len; i += n) {
        n = 1;
        if (p[i] == '"' || p[i] == '\\') {
            const char escape[2] = {'\\', (char)p[i]};
            put(w, escape, sizeof escape);
        } else if (p[i] < 0x20) {
            const char escape[6] = {'\\', 'u', '0', '0', hex[p[i] >> 4], hex[p[i] & 15]};
            put(w, escape, sizeof escape);
        } else if (p[i] < 0x80) {
            put_char(w, (char)p[i]);
        } else if ((n = jw_utf8_length(p + i, t.len - i)) > 0) {
            put(w, t.at + i, n);
        } else { /* JSON is UTF-8, whatever the trace was. */
            put(w, "\xef\xbf\xbd", 3);
            n = 1;
        }
    }
    put_char(w, '"');
}

static void jsonl_row(struct writer *w, const struct field *fields, size_t n, struct rundir *run,
                      const void *row)
{
    char buf[NAME_BUF];
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        put(w, i == 0 ? "{\"" : ",\"", 2);
        put(w, f->name, strlen(f->name));
        put(w, "\":", 2);
        if (f->beside != BESIDE_NONE) {
            jsonl_text(w, beside_text(f, run, row, buf));
            continue;
        }
        const int64_t v = sim_column_get(f->column, row);
        const char *name = enum_text(f, v);
        if (name != NULL) {
            jsonl_text(w, (struct sim_text){name, (uint32_t)strlen(name)});
        } else if (v == SIM_NEVER) {
            put(w, "null", 4);
        } else {
            put_int(w, v);
        }
    }
    put(w, "}\n", 2);
}

static const struct export_format formats[] = {
    {"csv", csv_begin, csv_row},
    {"jsonl", NULL, jsonl_row},
};

const struct export_format *export_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

bool table_find(const char *name, enum sim_table *out, struct sim_diag *diag)
{
    const char *names[SIM_TABLE_COUNT];
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        names[t] = sim_table_info((enum sim_table)t)->name;
        if (strcmp(names[t], name) == 0) {
            *out = (enum sim_table)t;
            return true;
        }
    }
    const char *near = sim_nearest(name, names, SIM_TABLE_COUNT);
    if (near != NULL) {
        sim_hint(diag, "did you mean '%s'?", near);
    } else {
        sim_hint(diag,
                 "tables: decisions, failmask, room, ahead, spans, evictions, tasks, machines");
    }
    return sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "no table is called '%s'", name);
}

bool export_table(struct rundir *run, enum sim_table table, const struct export_format *format,
                  FILE *out, const char *path, struct sim_diag *diag)
{
    const struct sim_table_info *info = sim_table_info(table);
    uint64_t rows;
    const char *at = rundir_rows(run, table, &rows, diag);
    if (at == NULL) {
        return false;
    }
    size_t n;
    struct field *fields = fields_of(info, &n);
    struct writer w = {out, MEM_NEW(char, BUFFER), 0, 0};
    if (format->begin != NULL) {
        format->begin(&w, fields, n);
    }
    for (uint64_t i = 0; i < rows && w.error == 0; i++) {
        format->row(&w, fields, n, run, at + i * info->row_bytes);
    }
    flush(&w);
    mem_free(fields);
    mem_free(w.buf);
    if (w.error == 0 && fflush(out) != 0) {
        w.error = errno;
    }
    return w.error == 0 || file_fail(diag, path, w.error, "write the table");
}
