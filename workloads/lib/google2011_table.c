/* google2011_table.c - reads the parts of a table as one stream.
 *
 * The format has no header and no quotes: meaning goes by position, empty = missing. Rows are
 * sorted by time within and across parts, and at equal times their order in the file is the only
 * thing that makes the state machines valid, so an inversion is an error. */
#include "workloads/lib/google2011_table.h"

#include "base/decimal.h"
#include "base/mem.h"
#include "workloads/lib/google2011_kinds.h"
#include "workloads/lib/google2011_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

bool g2011_number(struct sim_text text, int64_t *out)
{
    uint64_t v = 0;
    if (text.len == 0 || text.len > 19)
        return false;
    for (uint32_t i = 0; i < text.len; i++) {
        const uint32_t digit = (uint32_t)text.at[i] - '0';
        if (digit > 9)
            return false;
        v = v * 10 + digit; /* 19 digits fit 64 bits. */
    }
    *out = (int64_t)v;
    return v <= INT64_MAX;
}

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool g2011_table_exists(const char *path, const char *name)
{
    char sub[4096];
    const int len = snprintf(sub, sizeof sub, "%s/%s", path, name);
    return len > 0 && (size_t)len < sizeof sub && is_directory(sub);
}

bool g2011_table_open(struct g2011_table *t, const struct sim_open_args *args, const char *name,
                      uint32_t columns, struct tally *tally, struct sim_diag *diag)
{
    *t = (struct g2011_table){.args = *args, .name = name, .columns = columns};
    if (is_directory(args->path) && !g2011_table_exists(args->path, name)) {
        sim_hint(diag, "the folder of the trace holds job_events, task_events and machine_events");
        return sim_fail(diag, SIM_ERR_IO, (struct sim_where){args->path, 0, 0},
                        "there is no directory %s in it", name);
    }
    if (!parts_find(args->path, name, ".csv", &t->parts, diag))
        return false;
    if (t->parts.count == 0)
        return sim_fail(diag, SIM_ERR_IO, (struct sim_where){args->path, 0, 0},
                        "%s holds no part named *.csv, *.csv.gz or *.csv.zst", name);
    return g2011_parts_check(t, tally, diag);
}

void g2011_table_close(struct g2011_table *t)
{
    lines_close(t->lines);
    parts_free(&t->parts);
    *t = (struct g2011_table){0};
}

void g2011_table_describe(const struct g2011_table *t, const char ***inputs,
                          struct sim_trace_info *info)
{
    if (t->parts.count == 0)
        return;
    *inputs = mem_resize(*inputs, info->input_count + t->parts.count, sizeof **inputs);
    info->inputs = *inputs;
    for (size_t i = 0; i < t->parts.count; i++) {
        struct stat st;
        (*inputs)[info->input_count++] = t->parts.paths[i];
        if (stat(t->parts.paths[i], &st) == 0)
            info->bytes_total += (uint64_t)st.st_size;
    }
}

uint64_t g2011_table_bytes(const struct g2011_table *t)
{
    return t->bytes_done + (t->lines == NULL ? 0 : lines_bytes_read(t->lines));
}

/* ---- rows ----------------------------------------------------------------------------------- */

static int verdict(enum bad_action action)
{
    return action == BAD_STOP ? -1 : 0;
}

int g2011_bad_value(const struct g2011_table *t, uint32_t column, const char *expected,
                    struct sim_diag *diag)
{
    const struct sim_text f = t->field[column];
    char found[64] = "empty";
    if (f.len != 0)
        snprintf(found, sizeof found, "\"%.*s\"", (int)(f.len < 60 ? f.len : 60), f.at);
    return verdict(bad_row(&t->args, g2011_kinds, G2011_BAD_VALUE, false, lines_at(t->lines, f),
                           diag, SIM_ERR_RANGE, "column %" PRIu32 " of %s is %s; it must be %s",
                           column + 1, t->name, found, expected));
}

/* 1 = good, 0 = dropped, -1 = error. */
static int check_row(struct g2011_table *t, struct sim_text line, struct sim_diag *diag)
{
    const uint32_t n = fields_split(line, ',', t->field, t->columns + 1);
    if (n != t->columns)
        return verdict(bad_row(&t->args, g2011_kinds, G2011_COLUMN_COUNT, false,
                               lines_at_misfit(t->lines, t->field, n, t->columns), diag,
                               SIM_ERR_FORMAT, "the row has %" PRIu32 " column%s; %s has %" PRIu32,
                               n, plural(n, "s"), t->name, t->columns));
    if (!g2011_number(t->field[0], &t->time_us))
        return g2011_bad_value(t, 0, "a time in microseconds, 0 to 9223372036854775807", diag);
    if (t->time_us < t->latest_us)
        return verdict(bad_row(&t->args, g2011_kinds, G2011_OUT_OF_ORDER, false,
                               lines_at(t->lines, t->field[0]), diag, SIM_ERR_ORDER,
                               "the time is %" PRId64 ", earlier than %" PRId64 " of a row before",
                               t->time_us, t->latest_us));
    t->latest_us = t->time_us;
    return 1;
}

static bool open_part(struct g2011_table *t, struct sim_diag *diag)
{
    t->lines = lines_open(t->parts.paths[t->next_part], diag);
    t->next_part++;
    return t->lines != NULL;
}

/* What an interrupted download leaves must not pass as a quiet cell. */
static int no_rows(const struct g2011_table *t, struct sim_diag *diag)
{
    sim_hint(diag, "fetch the parts again");
    sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){t->parts.paths[0], 0, 0},
             "%s is empty: no row in %zu part%s", t->name, t->parts.count,
             plural(t->parts.count, "s"));
    return -1;
}

int g2011_table_next(struct g2011_table *t, struct sim_diag *diag)
{
    for (;;) {
        if (t->lines == NULL && t->next_part == t->parts.count)
            return t->rows > 0 ? 0 : no_rows(t, diag);
        if (t->lines == NULL && !open_part(t, diag))
            return -1;
        struct sim_text line;
        const int got = lines_next(t->lines, &line, diag);
        if (got < 0)
            return -1;
        if (got == 0) {
            t->bytes_done += lines_bytes_read(t->lines);
            lines_close(t->lines);
            t->lines = NULL;
            continue;
        }
        if (line.len == 0)
            continue;
        t->rows++;
        const int result = check_row(t, line, diag);
        if (result != 0)
            return result;
    }
}
