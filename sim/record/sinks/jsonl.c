/* jsonl.c - one JSON object per row, for pipes into jq and the like. Enumerations are written by
 * name and a time that did not happen is null, so that a reader needs no table of numbers. */
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "record/columns.h"
#include "record/file.h"
#include "record/sink.h"

struct jsonl {
    FILE *out;
    char *path;
};

static bool jsonl_open(void *state, const char *path, struct sim_diag *diag)
{
    struct jsonl *s = state;
    const bool stream = strcmp(path, "-") == 0;
    s->out = stream ? stdout : fopen(path, "w");
    if (s->out == NULL)
        return file_fail(diag, path, errno, "create the file");
    const char *name = stream ? "<stdout>" : path;
    s->path = mem_text(name, strlen(name));
    return true;
}

static void value(struct json *j, const struct sim_column *c, const void *row)
{
    const int64_t v = column_get(c, row);
    const char *name = c->enum_name == NULL ? NULL : c->enum_name((unsigned)v);
    if (name != NULL)
        jw_text(j, c->name, name);
    else if (c->type == SIM_COL_I64 && v == SIM_NEVER)
        jw_null(j, c->name);
    else
        jw_int(j, c->name, v);
}

static bool check(struct jsonl *s, struct sim_diag *diag)
{
    return ferror(s->out) == 0 || file_fail(diag, s->path, errno == 0 ? EIO : errno, "write");
}

static bool jsonl_rows(void *state, enum sim_table table, const void *rows, uint32_t n,
                       struct sim_diag *diag)
{
    struct jsonl *s = state;
    const struct sim_table_info *info = sim_table_info(table);
    for (uint32_t i = 0; i < n; i++) {
        struct json j;
        jw_begin(&j, s->out, true);
        jw_object(&j, NULL);
        jw_text(&j, "table", info->name);
        for (size_t c = 0; c < info->column_count; c++)
            value(&j, &info->columns[c], (const char *)rows + i * info->row_bytes);
        jw_end(&j);
    }
    return check(s, diag);
}

static bool jsonl_names(void *state, const struct sim_sink_names *names, uint32_t n,
                        struct sim_diag *diag)
{
    struct jsonl *s = state;
    for (uint32_t i = 0; i < n; i++) {
        struct json j;
        jw_begin(&j, s->out, true);
        jw_object(&j, NULL);
        jw_text(&j, "table", "names");
        jw_text(&j, "kind", sim_name_kind_name(names[i].kind));
        jw_uint(&j, "id", names[i].id);
        jw_view(&j, "text", names[i].text);
        jw_end(&j);
    }
    return check(s, diag);
}

static bool jsonl_flush(void *state, struct sim_diag *diag)
{
    struct jsonl *s = state;
    if (fflush(s->out) != 0)
        return file_fail(diag, s->path, errno, "write");
    return check(s, diag);
}

static bool jsonl_close(void *state, bool complete, struct sim_diag *diag)
{
    struct jsonl *s = state;
    (void)complete; /* A stream of lines has no end mark. */
    bool good = jsonl_flush(s, diag);
    if (s->out != stdout && fclose(s->out) != 0 && good)
        good = file_fail(diag, s->path, errno, "finish writing");
    mem_free(s->path);
    return good;
}

const struct sim_sink sim_sink_jsonl = {
    .name = "jsonl",
    .summary = "one JSON object per row",
    .state_bytes = sizeof(struct jsonl),
    .open = jsonl_open,
    .rows = jsonl_rows,
    .names = jsonl_names,
    .flush = jsonl_flush,
    .close = jsonl_close,
};
