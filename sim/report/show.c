/* show.c - a run directory at a glance. Keys are printed as they are found, so that manifest and
 * summary can grow without this file. */
#include "report/show.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

/* Objects and lists that are too long for a glance; --json has them. */
static bool is_long(const char *key, const json_t *v)
{
    static const char *const keys[] = {"argv",  "settings", "findings", "libs",  "host",
                                       "files", "units",    "rows",     "digest"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(key, keys[i]) == 0) {
            return json_is_object(v) || json_is_array(v);
        }
    }
    return false;
}

static void scalar_text(const char *name, const json_t *v, FILE *out)
{
    (void)fprintf(out, "  %-36s ", name);
    switch (json_typeof(v)) {
    case JSON_STRING:
        (void)fprintf(out, "%s\n", json_string_value(v));
        break;
    case JSON_INTEGER:
        (void)fprintf(out, "%" JSON_INTEGER_FORMAT "\n", json_integer_value(v));
        break;
    case JSON_REAL:
        (void)fprintf(out, "%.6g\n", json_real_value(v));
        break;
    case JSON_TRUE:
        (void)fputs("true\n", out);
        break;
    case JSON_FALSE:
        (void)fputs("false\n", out);
        break;
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        (void)fputs("-\n", out);
        break;
    }
}

/* Leaves as "tasks.placed  123", elements of arrays as "inputs[0].path". */
static void flat_text(const char *name, json_t *v, FILE *out)
{
    char inner[200];
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(v)) {
        json_object_foreach(v, key, member)
        {
            if (!is_long(key, member)) {
                (void)snprintf(inner, sizeof inner, "%s%s%s", name, name[0] != '\0' ? "." : "",
                               key);
                flat_text(inner, member, out);
            }
        }
    } else if (json_is_array(v)) {
        json_array_foreach(v, i, member)
        {
            (void)snprintf(inner, sizeof inner, "%s[%zu]", name, i);
            flat_text(inner, member, out);
        }
    } else {
        scalar_text(name, v, out);
    }
}

static void head(FILE *out, bool colour, const char *text)
{
    (void)fprintf(out, "%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

static void part_text(const char *title, json_t *part, FILE *out, bool colour)
{
    head(out, colour, title);
    if (part != NULL) {
        flat_text("", part, out);
    } else {
        (void)fputs("  (not written: the run did not come that far)\n", out);
    }
}

/* As the manifest says; a run that did not finish has to be read for it. */
static bool count_rows(struct rundir *run, enum sim_table table, uint64_t *rows,
                       struct sim_diag *diag)
{
    const json_t *counts = json_object_get(rundir_manifest(run), "rows");
    const json_t *count = json_object_get(counts, sim_table_info(table)->name);
    if (json_is_integer(count) && rundir_complete(run)) {
        *rows = (uint64_t)json_integer_value(count);
        return true;
    }
    return rundir_rows(run, table, rows, diag) != NULL;
}

bool show_text(struct rundir *run, FILE *out, bool colour, struct sim_diag *diag)
{
    (void)fprintf(out, "%s: %s\n", rundir_path(run),
                  rundir_complete(run) ? "complete"
                                       : "incomplete; the record ends where it was cut");
    part_text("MANIFEST", rundir_manifest(run), out, colour);
    part_text("SUMMARY", rundir_summary(run), out, colour);
    head(out, colour, "TABLES (rows)");
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        uint64_t rows;
        if (!count_rows(run, (enum sim_table)t, &rows, diag)) {
            return false;
        }
        (void)fprintf(out, "  %-12s %12" PRIu64 "  %s\n", info->name, rows, info->meaning);
    }
    return true;
}

/* The same value through our writer, which prints doubles with the fewest digits that read back. */
static void copy_json(const char *key, json_t *v, struct json *j)
{
    const char *name;
    json_t *member;
    size_t i;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        jw_object(j, key);
        json_object_foreach(v, name, member)
        {
            copy_json(name, member, j);
        }
        jw_end(j);
        break;
    case JSON_ARRAY:
        jw_array(j, key);
        json_array_foreach(v, i, member)
        {
            copy_json(NULL, member, j);
        }
        jw_end(j);
        break;
    case JSON_STRING:
        jw_view(j, key, (struct sim_text){json_string_value(v), (uint32_t)json_string_length(v)});
        break;
    case JSON_INTEGER:
        jw_int(j, key, json_integer_value(v));
        break;
    case JSON_REAL:
        jw_double(j, key, json_real_value(v));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        jw_bool(j, key, json_is_true(v));
        break;
    case JSON_NULL:
        jw_null(j, key);
        break;
    }
}

static void part_json(const char *key, json_t *part, struct json *j)
{
    if (part != NULL) {
        copy_json(key, part, j);
    } else {
        jw_null(j, key);
    }
}

bool show_json(struct rundir *run, struct json *j, struct sim_diag *diag)
{
    uint64_t rows[SIM_TABLE_COUNT];
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        if (!count_rows(run, (enum sim_table)t, &rows[t], diag)) {
            return false;
        }
    }
    jw_object(j, NULL);
    jw_text(j, "run", rundir_path(run));
    jw_bool(j, "complete", rundir_complete(run));
    part_json("manifest", rundir_manifest(run), j);
    part_json("summary", rundir_summary(run), j);
    jw_object(j, "tables");
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        jw_uint(j, sim_table_info((enum sim_table)t)->name, rows[t]);
    }
    jw_end(j);
    jw_end(j);
    return true;
}

static const char *type_name(const struct sim_column *column)
{
    switch (column->type) {
    case SIM_COL_I64:
        return "int64";
    case SIM_COL_I32:
        return "int32";
    case SIM_COL_U32:
        return "uint32";
    case SIM_COL_U16:
        return "uint16";
    case SIM_COL_U8:
        return "uint8";
    case SIM_COL_ENUM8:
        return "enum";
    }
    return "?";
}

void show_table_text(enum sim_table table, FILE *out, bool colour)
{
    const struct sim_table_info *info = sim_table_info(table);
    (void)fprintf(out, "%s%s%s: %s\n", colour ? "\033[1m" : "", info->name, colour ? "\033[0m" : "",
                  info->meaning);
    for (size_t i = 0; i < info->column_count; i++) {
        const struct sim_column *column = &info->columns[i];
        (void)fprintf(out, "  %-16s %-7s %-13s  %s\n", column->name, type_name(column),
                      column->unit, column->meaning);
    }
}

void show_table_json(enum sim_table table, struct json *j)
{
    const struct sim_table_info *info = sim_table_info(table);
    jw_object(j, NULL);
    jw_text(j, "table", info->name);
    jw_text(j, "meaning", info->meaning);
    jw_array(j, "columns");
    for (size_t i = 0; i < info->column_count; i++) {
        jw_object(j, NULL);
        jw_text(j, "name", info->columns[i].name);
        jw_text(j, "type", type_name(&info->columns[i]));
        jw_text(j, "unit", info->columns[i].unit);
        jw_text(j, "meaning", info->columns[i].meaning);
        jw_end(j);
    }
    jw_end(j);
    jw_end(j);
}
