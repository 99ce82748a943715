/* json.c - a JSON writer without a tree: what is written is gone, so memory does not grow. Write
 * errors stay in the FILE (ferror) for the caller to see once, at the end. */
#include "base/json.h"

#include "base/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void jw_begin(struct json *j, FILE *out, bool compact)
{
    *j = (struct json){.out = out, .compact = compact};
}

static void new_line(struct json *j)
{
    if (j->compact)
        return;
    putc('\n', j->out);
    for (uint32_t i = 0; i < j->depth; i++)
        fputs("  ", j->out);
}

/* Source: table 3-7 of the Unicode standard. */
uint32_t jw_utf8_length(const unsigned char *p, uint32_t left)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, length;
    } rows[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (p[0] < rows[i].first_low || p[0] > rows[i].first_high)
            continue;
        if (left < rows[i].length || p[1] < rows[i].second_low || p[1] > rows[i].second_high)
            return 0;
        for (uint32_t k = 2; k < rows[i].length; k++) {
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        }
        return rows[i].length;
    }
    return 0;
}

size_t jw_utf8_prefix(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        const unsigned char *p = (const unsigned char *)text + i;
        const size_t left = len - i < 4 ? len - i : 4; /* No sequence is longer. */
        const uint32_t n = *p < 0x80 ? 1 : jw_utf8_length(p, (uint32_t)left);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

static void put_control(FILE *out, unsigned char c)
{
    if (c == '\n')
        fputs("\\n", out);
    else if (c == '\t')
        fputs("\\t", out);
    else if (c == '\r')
        fputs("\\r", out);
    else
        fprintf(out, "\\u%04x", c);
}

static void put_string(FILE *out, const char *at, uint32_t len)
{
    const unsigned char *p = (const unsigned char *)at;
    putc('"', out);
    for (uint32_t i = 0; i < len;) {
        uint32_t n = 1;
        if (p[i] < 0x20) {
            put_control(out, p[i]);
        } else if (p[i] == '"' || p[i] == '\\') {
            putc('\\', out);
            putc(p[i], out);
        } else if (p[i] < 0x80) {
            putc(p[i], out);
        } else if ((n = jw_utf8_length(p + i, len - i)) != 0) {
            fwrite(p + i, 1, n, out);
        } else {
            fputs("\xef\xbf\xbd", out);
            n = 1;
        }
        i += n;
    }
    putc('"', out);
}

/* Comma, line break and key before a value. */
static void lead(struct json *j, const char *key)
{
    if (j->depth == 0) {
        CHECK(key == NULL);
        return;
    }
    CHECK((key == NULL) == j->is_array[j->depth - 1]);
    if (!j->first[j->depth - 1])
        putc(',', j->out);
    j->first[j->depth - 1] = false;
    new_line(j);
    if (key == NULL)
        return;
    put_string(j->out, key, (uint32_t)strlen(key));
    fputs(j->compact ? ":" : ": ", j->out);
}

/* A value alone at the top is a whole document. */
static void trail(struct json *j)
{
    if (j->depth == 0)
        putc('\n', j->out);
}

static void open_level(struct json *j, const char *key, bool is_array)
{
    lead(j, key);
    CHECK(j->depth < JSON_DEPTH_MAX);
    j->first[j->depth] = true;
    j->is_array[j->depth] = is_array;
    j->depth++;
    putc(is_array ? '[' : '{', j->out);
}

void jw_object(struct json *j, const char *key)
{
    open_level(j, key, false);
}

void jw_array(struct json *j, const char *key)
{
    open_level(j, key, true);
}

void jw_end(struct json *j)
{
    CHECK(j->depth > 0);
    j->depth--;
    if (!j->first[j->depth])
        new_line(j);
    putc(j->is_array[j->depth] ? ']' : '}', j->out);
    trail(j);
}

void jw_int(struct json *j, const char *key, int64_t v)
{
    lead(j, key);
    fprintf(j->out, "%" PRId64, v);
    trail(j);
}

void jw_uint(struct json *j, const char *key, uint64_t v)
{
    lead(j, key);
    fprintf(j->out, "%" PRIu64, v);
    trail(j);
}

void jw_double(struct json *j, const char *key, double v)
{
    if (!isfinite(v)) {
        jw_null(j, key);
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        const double back = strtod(text, NULL);
        if (memcmp(&back, &v, sizeof v) == 0)
            break;
    }
    lead(j, key);
    fputs(text, j->out);
    trail(j);
}

void jw_bool(struct json *j, const char *key, bool v)
{
    lead(j, key);
    fputs(v ? "true" : "false", j->out);
    trail(j);
}

void jw_null(struct json *j, const char *key)
{
    lead(j, key);
    fputs("null", j->out);
    trail(j);
}

void jw_text(struct json *j, const char *key, const char *v)
{
    if (v == NULL) {
        jw_null(j, key);
        return;
    }
    const size_t len = strlen(v);
    CHECK(len <= UINT32_MAX);
    jw_view(j, key, (struct sim_text){v, (uint32_t)len});
}

void jw_view(struct json *j, const char *key, struct sim_text v)
{
    lead(j, key);
    put_string(j->out, v.at, v.len);
    trail(j);
}
