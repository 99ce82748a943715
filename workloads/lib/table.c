/* table.c - CSV with a header by names; quantities with units. */
#include "workloads/lib/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "workloads/lib/parts_open.h"

#define UNCLOSED "the quote that opens here is not closed at the end of the field"

/* A value in a message, which has limited room: 'abc', or empty. */
struct found {
    char text[48];
};
static struct found found(struct sim_text t)
{
    struct found f = {"empty"};
    if (t.len != 0) {
        (void)snprintf(f.text, sizeof f.text, "'%.*s'", t.len < 40 ? (int)t.len : 40, t.at);
    }
    return f;
}

/* ---- header --------------------------------------------------------------------------------- */

/* Names of columns are printable ASCII; anything else is no header at all. */
static bool is_printable(struct sim_text t)
{
    uint32_t i = 0;
    while (i < t.len && t.at[i] >= ' ' && t.at[i] <= '~') {
        i++;
    }
    return i == t.len;
}

static bool unknown_name(struct table *t, struct sim_text found, struct sim_diag *diag)
{
    const struct table_layout *l = t->layout;
    if (!is_printable(found)) {
        sim_hint(diag, "is this a CSV file? Its first line names the columns");
        return sim_fail(diag, SIM_ERR_FORMAT, lines_at(t->lines, found),
                        "the header is not plain text");
    }
    char name[64];
    const uint32_t len = found.len < sizeof name - 1 ? found.len : sizeof name - 1;
    memcpy(name, found.at == NULL ? "" : found.at, len);
    name[len] = '\0';
    const char *nearest = sim_nearest(name, l->names, l->count);
    uint32_t known = 0;
    while (known < l->count && !text_is(found, l->names[known])) {
        known++;
    }
    if (known < l->count) {
        sim_hint(diag, "name each column once");
    } else if (nearest != NULL) {
        sim_hint(diag, "did you mean '%s'?", nearest);
    } else if (l->hint != NULL) {
        sim_hint(diag, "%s", l->hint);
    }
    return sim_fail(diag, SIM_ERR_FORMAT, lines_at(t->lines, found),
                    known < l->count ? "column '%s' appears twice" : "unknown column '%s'", name);
}

static bool check_names(struct table *t, struct sim_diag *diag)
{
    for (uint32_t f = 0; f < t->width; f++) {
        uint32_t i = 0;
        while (i < t->layout->count && t->column[i] != f) {
            i++;
        }
        if (i == t->layout->count) {
            return unknown_name(t, t->field[f], diag);
        }
    }
    return true;
}

static bool check_required(struct table *t, struct sim_diag *diag)
{
    for (uint32_t i = 0; i < t->layout->required; i++) {
        if (t->column[i] == UINT32_MAX) {
            if (t->layout->hint != NULL) {
                sim_hint(diag, "%s", t->layout->hint);
            }
            return sim_fail(diag, SIM_ERR_FORMAT,
                            lines_at_misfit(t->lines, t->field, t->width, UINT32_MAX),
                            "the header has no column '%s'", t->layout->names[i]);
        }
    }
    return true;
}

bool table_open(struct table *t, const struct table_layout *layout,
                const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                struct sim_trace_info *info, struct sim_diag *diag)
{
    CHECK(layout->count <= TABLE_COLUMNS_MAX);
    *t = (struct table){.layout = layout, .args = *args, .kinds = kinds};
    t->lines = parts_open(args, kinds, ".csv", diag);
    if (t->lines == NULL) {
        return false;
    }
    struct sim_text line = {NULL, 0};
    int got = 1;
    while (got == 1 && text_trim(line).len == 0) {
        got = lines_next(t->lines, &line, diag);
    }
    if (got < 0) {
        return false;
    }
    if (got == 0) {
        sim_hint(diag, "the first line names the columns, for instance %s,%s", layout->names[0],
                 layout->names[1]);
        return sim_fail(diag, SIM_ERR_FORMAT, lines_where(t->lines), "the file is empty");
    }
    t->part = lines_part(t->lines);
    t->header = mem_text(line.at, line.len); /* Splitting may write to the line. */
    t->width = fields_split_quoted(line, ',', t->field, FIELDS_MAX + 1);
    if (t->width == UINT32_MAX) {
        return sim_fail(diag, SIM_ERR_FORMAT, lines_at(t->lines, t->field[0]), UNCLOSED);
    }
    if (t->width > FIELDS_MAX) {
        return sim_fail(diag, SIM_ERR_LIMIT,
                        lines_at_misfit(t->lines, t->field, t->width, FIELDS_MAX),
                        "the header has %" PRIu32 " columns; it may have %d", t->width, FIELDS_MAX);
    }
    header_match(t->field, t->width, layout->names, layout->count, t->column);
    parts_describe(t->lines, info);
    return check_names(t, diag) && check_required(t, diag);
}

uint32_t table_probe(const struct table_layout *layout, const char *head, size_t n,
                     uint32_t column[TABLE_COLUMNS_MAX])
{
    struct sim_text line = {NULL, 0}, field[FIELDS_MAX];
    size_t at = 0;
    while (text_trim(line).len == 0) {
        if (!line_in(head, n, &at, &line))
            return 0;
    }
    char *copy = mem_text(line.at, line.len); /* Splitting may write to the line. */
    line.at = copy;
    uint32_t width = fields_split_quoted(line, ',', field, FIELDS_MAX);
    if (width <= FIELDS_MAX)
        header_match(field, width, layout->names, layout->count, column);
    else
        width = 0;
    mem_free(copy);
    return width;
}

void table_close(struct table *t)
{
    lines_close(t->lines);
    mem_free(t->header);
    t->lines = NULL;
    t->header = NULL;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The first line of a later part that is the header again. */
static bool is_header_again(struct table *t, struct sim_text line)
{
    const size_t part = lines_part(t->lines);
    const bool first = part != t->part;
    t->part = part;
    return first && text_is(line, t->header);
}

enum sim_next table_next(struct table *t, struct sim_trace_info *info, struct sim_diag *diag)
{
    struct sim_text line;
    t->diag = diag;
    for (;;) {
        const int got = lines_next(t->lines, &line, diag);
        info->bytes_read = lines_bytes_read(t->lines);
        if (got <= 0) {
            return got == 0 ? SIM_NEXT_END : SIM_NEXT_ERROR;
        }
        if (text_trim(line).len == 0) {
            continue;
        }
        if (is_header_again(t, line)) {
            continue;
        }
        info->rows++;
        t->state = ROW_GOOD;
        const uint32_t count = fields_split_quoted(line, ',', t->field, FIELDS_MAX + 1);
        if (count == t->width) {
            return SIM_NEXT_ITEM;
        }
        if (count == UINT32_MAX) {
            (void)table_bad(t, lines_at(t->lines, t->field[0]), BAD_ROW_COLUMNS, false,
                            SIM_ERR_FORMAT, UNCLOSED);
        } else {
            (void)table_bad(t, lines_at_misfit(t->lines, t->field, count, t->width),
                            BAD_ROW_COLUMNS, false, SIM_ERR_FORMAT,
                            "%" PRIu32 " field%s; the header has %" PRIu32 " columns", count,
                            plural(count, "s"), t->width);
        }
        if (t->state == ROW_STOP) {
            return SIM_NEXT_ERROR;
        }
    }
}

bool table_has(const struct table *t, uint32_t column)
{
    return t->column[column] != UINT32_MAX;
}

struct sim_text table_text(const struct table *t, uint32_t column)
{
    return table_has(t, column) ? t->field[t->column[column]] : (struct sim_text){NULL, 0};
}

struct sim_where table_where(const struct table *t, uint32_t column)
{
    return table_has(t, column) ? lines_at(t->lines, t->field[t->column[column]])
                                : lines_where(t->lines);
}

bool table_bad(struct table *t, struct sim_where where, uint32_t kind, bool can_repair,
               enum sim_err err, const char *fmt, ...)
{
    if (t->state != ROW_GOOD) {
        return false; /* The row is lost already; it is counted once. */
    }
    va_list list;
    va_start(list, fmt);
    const enum bad_action action =
        bad_row_list(&t->args, t->kinds, kind, can_repair, where, t->diag, err, fmt, list);
    va_end(list);
    if (action != BAD_REPAIR) {
        t->state = action == BAD_STOP ? ROW_STOP : ROW_DROP;
    }
    return action == BAD_REPAIR;
}

int64_t table_int(struct table *t, uint32_t column, uint32_t kind, int64_t min, int64_t max,
                  int64_t otherwise)
{
    const struct sim_text text = table_text(t, column);
    int64_t value;
    const enum decimal_result result = decimal_int(text, &value);
    if (result == DECIMAL_OK && value >= min && value <= max) {
        return value;
    }
    (void)table_bad(t, table_where(t, column), kind, otherwise != TABLE_NO_DEFAULT,
                    result == DECIMAL_BAD ? SIM_ERR_FORMAT : SIM_ERR_RANGE,
                    "%s is %s; it must be an integer from %" PRId64 " to %" PRId64,
                    t->layout->names[column], found(text).text, min, max);
    return otherwise == TABLE_NO_DEFAULT ? min : otherwise;
}

struct sim_text table_name(struct table *t, uint32_t column, uint32_t kind, uint32_t max)
{
    const struct sim_text text = table_text(t, column);
    if (text.len == 0) {
        (void)table_bad(t, table_where(t, column), kind, false, SIM_ERR_FORMAT,
                        "%s is empty; every row needs one", t->layout->names[column]);
    } else if (text.len > max) {
        (void)table_bad(t, table_where(t, column), kind, false, SIM_ERR_LIMIT,
                        "%s has %" PRIu32 " bytes; names have at most %" PRIu32,
                        t->layout->names[column], text.len, max);
    }
    return text;
}

int table_choice(struct table *t, uint32_t column, uint32_t kind, const char *const *choices,
                 int64_t otherwise)
{
    const struct sim_text text = table_text(t, column);
    char list[128] = "";
    for (int i = 0; choices[i] != NULL; i++) {
        if (text_is(text, choices[i])) {
            return i;
        }
        const size_t used = strlen(list), need = strlen(choices[i]);
        CHECK(used + need + 3 <= sizeof list);
        memcpy(list + used, ", ", 3);
        memcpy(list + used + 2, choices[i], need + 1);
    }
    (void)table_bad(t, table_where(t, column), kind, otherwise != TABLE_NO_DEFAULT, SIM_ERR_FORMAT,
                    "%s is %s; it must be one of %s", t->layout->names[column], found(text).text,
                    list + 2);
    return otherwise == TABLE_NO_DEFAULT ? 0 : (int)otherwise;
}

/* ---- quantities ----------------------------------------------------------------------------- */

enum decimal_result cell_cpu(struct sim_text text, enum decimal_round round, int64_t *out)
{
    if (text.len != 0 && text.at[text.len - 1] == 'm') {
        return decimal_parse((struct sim_text){text.at, text.len - 1}, 1, round, out);
    }
    return decimal_parse(text, 1000, round, out);
}

enum decimal_result cell_bytes(struct sim_text text, enum decimal_round round, int64_t *out)
{
    const enum decimal_result bare = decimal_parse(text, 1, round, out);
    return bare == DECIMAL_BAD ? quantity_size(text, round, out) : bare;
}

/* Times are rounded to the nearest microsecond: logs hold such things as 2029855.0000000002. */
enum decimal_result cell_time(struct sim_text text, enum decimal_round round, int64_t *out)
{
    const enum decimal_result bare = decimal_parse(text, SIM_SECONDS(1), round, out);
    return bare == DECIMAL_BAD ? quantity_time(text, out) : bare;
}

enum decimal_result cell_gpu(struct sim_text text, enum decimal_round round, int64_t *out)
{
    return decimal_parse(text, SIM_DEVICE_MILLI, round, out);
}

const struct cell_form cell_form_cores = {cell_cpu, "0.5 or 500m", "2305843009213693 cores"};
const struct cell_form cell_form_bytes = {cell_bytes, "4294967296 or 4GiB", "2048PiB"};
const struct cell_form cell_form_time = {cell_time, "90, 12.5 or 1h30m",
                                         "2305843009213 s, some 73000 years"};

int64_t table_quantity(struct table *t, uint32_t column, uint32_t kind,
                       const struct cell_form *form, enum decimal_round round, int64_t otherwise)
{
    const struct sim_text text = table_text(t, column);
    int64_t value = 0;
    const enum decimal_result result = form->parse(text, round, &value);
    if (result == DECIMAL_OK && value >= 0 && value <= CELL_MAX) {
        return value;
    }
    const bool large = result != DECIMAL_BAD && text.at[0] != '-';
    (void)table_bad(t, table_where(t, column), kind, otherwise != TABLE_NO_DEFAULT,
                    result == DECIMAL_BAD ? SIM_ERR_FORMAT : SIM_ERR_RANGE,
                    "%s is %s; it must be %s %s", t->layout->names[column], found(text).text,
                    large ? "at most" : ">= 0 and written like",
                    large ? form->most : form->example);
    return otherwise == TABLE_NO_DEFAULT ? 0 : otherwise;
}
