/* listing.c - one way to print options and prose, so that every command looks the same. */
#include "cli/listing.h"

#include <string.h>

#include "base/check.h"
#include "base/option.h"

#define LISTING_COLUMNS 80

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\n';
}

/* Bytes up to the end of the paragraph: the end, an empty line, or a line that is set in. */
static size_t paragraph(const char *text)
{
    size_t len = 0;
    while (text[len] != 0 &&
           !(text[len] == '\n' && (is_blank(text[len + 1]) || text[len + 1] == 0)))
        len++;
    return len;
}

static void fold(FILE *to, const char *text, size_t len, int at, int indent)
{
    int column = at;
    for (size_t i = 0; i < len;) {
        size_t word = 0;
        while (i + word < len && !is_blank(text[i + word]))
            word++;
        if (column > indent && column + (int)word + 1 > LISTING_COLUMNS) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (i > 0) {
            putc(' ', to);
            column++;
        }
        fwrite(text + i, 1, word, to);
        column += (int)word;
        i += word;
        while (i < len && is_blank(text[i]))
            i++;
    }
    putc('\n', to);
}

void listing_wrap(FILE *to, const char *text, int at, int indent)
{
    for (;;) {
        const size_t len = paragraph(text);
        if (text[0] == ' ')
            fprintf(to, "%.*s\n", (int)len, text); /* Set in: as it stands. */
        else
            fold(to, text, len, at, indent);
        text += len + (text[len] != 0);
        if (*text == 0)
            return;
        at = indent;
        fprintf(to, "%*s", *text == '\n' ? 0 : indent, "");
    }
}

void listing_row(FILE *to, const char *name, const char *text, int indent)
{
    const int used = fprintf(to, "  %s", name);
    if (used + 2 > indent)
        fprintf(to, "\n%*s", indent, "");
    else
        fprintf(to, "%*s", indent - used, "");
    listing_wrap(to, text, indent, indent);
}

const char *listing_type(enum sim_option_type type)
{
    static const char *const names[] = {
        [SIM_OPT_BOOL] = "bool", [SIM_OPT_INT] = "int",   [SIM_OPT_DECIMAL] = "decimal",
        [SIM_OPT_TIME] = "time", [SIM_OPT_SIZE] = "size", [SIM_OPT_CHOICE] = "choice",
        [SIM_OPT_TEXT] = "text",
    };
    CHECK((size_t)type < sizeof names / sizeof names[0]);
    return names[type];
}

static bool bounded(const struct sim_option *row)
{
    return row->type != SIM_OPT_BOOL && row->type != SIM_OPT_CHOICE && row->type != SIM_OPT_TEXT &&
           (row->min != 0 || row->max != 0);
}

const char *listing_values(const struct sim_option *row, char *buf, size_t size)
{
    char low[64], high[64];
    buf[0] = 0;
    if (row->type == SIM_OPT_CHOICE)
        snprintf(buf, size, "%s", row->choices);
    else if (row->type == SIM_OPT_BOOL)
        snprintf(buf, size, "true|false");
    if (!bounded(row))
        return buf;
    option_value_str(row->type, row->min, low, sizeof low);
    if (row->max == INT64_MAX)
        snprintf(buf, size, "at least %s", low);
    else
        snprintf(buf, size, "%s to %s", low,
                 option_value_str(row->type, row->max, high, sizeof high));
    return buf;
}

void listing_options(FILE *to, const struct sim_option *rows)
{
    for (const struct sim_option *row = rows; row != NULL && row->key != NULL; row++) {
        char values[256], text[1024];
        listing_values(row, values, sizeof values);
        snprintf(text, sizeof text, "%s (%s, default %s)", row->help,
                 values[0] != 0 ? values : listing_type(row->type),
                 row->otherwise[0] != 0 ? row->otherwise : "none");
        listing_row(to, row->key, text, 32);
    }
}

void listing_options_json(struct json *j, const char *key, const struct sim_option *rows)
{
    jw_array(j, key);
    for (const struct sim_option *row = rows; row != NULL && row->key != NULL; row++) {
        jw_object(j, NULL);
        jw_text(j, "key", row->key);
        jw_text(j, "type", listing_type(row->type));
        jw_text(j, "default", row->otherwise);
        if (bounded(row)) {
            jw_int(j, "min", row->min);
            jw_int(j, "max", row->max);
        }
        if (row->choices != NULL)
            jw_text(j, "choices", row->choices);
        jw_text(j, "help", row->help);
        jw_end(j);
    }
    jw_end(j);
}
