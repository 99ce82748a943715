/* fields.c - the fields of a line, cut in place (declared in lines.h). */
#include "base/lines.h"

#include "base/check.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct sim_text trim_range(const char *from, const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    return (struct sim_text){from, (uint32_t)(to - from)};
}

struct sim_text text_trim(struct sim_text t)
{
    return t.len == 0 ? t : trim_range(t.at, t.at + t.len);
}

bool text_is(struct sim_text t, const char *literal)
{
    return strlen(literal) == t.len && (t.len == 0 || memcmp(t.at, literal, t.len) == 0);
}

struct sim_text text_of(const char *terminated)
{
    const size_t len = strlen(terminated);
    CHECK(len <= UINT32_MAX);
    return (struct sim_text){terminated, (uint32_t)len};
}

bool line_in(const char *bytes, size_t n, size_t *at, struct sim_text *out)
{
    CHECK(*at <= n && n <= UINT32_MAX);
    if (*at == n)
        return false;
    const char *from = bytes + *at, *end = memchr(from, '\n', n - *at);
    size_t len = end == NULL ? n - *at : (size_t)(end - from);
    *at += len + (end != NULL);
    len -= len > 0 && from[len - 1] == '\r';
    *out = (struct sim_text){from, (uint32_t)len};
    return true;
}

uint32_t fields_split(struct sim_text line, char separator, struct sim_text *out, uint32_t max)
{
    const char *from = line.at;
    const char *end = from + line.len;
    uint32_t n = 0;
    for (const char *p = from;; p++) {
        if (p < end && *p != separator)
            continue;
        if (n < max)
            out[n] = trim_range(from, p);
        n++;
        if (p == end)
            return n;
        from = p + 1;
    }
}

static const char *skip_blanks(const char *p, const char *end, char separator)
{
    while (p < end && is_blank(*p) && *p != separator)
        p++;
    return p;
}

/* A quoted field that starts at the quote `p`. Returns the byte behind its closing quote, NULL when
 * it is unclosed. */
static const char *quoted_field(const char *p, const char *end, struct sim_text *field)
{
    char *to = (char *)p; /* Inside the line's own buffer, which its owner lets us write. */
    const char *start = p;
    for (p++; p < end; p++) {
        if (*p == '"' && (p + 1 == end || p[1] != '"'))
            break;
        if (*p == '"')
            p++;
        *to++ = *p;
    }
    if (p == end)
        return NULL;
    *field = (struct sim_text){start, (uint32_t)(to - start)};
    return p + 1;
}

uint32_t fields_split_quoted(struct sim_text line, char separator, struct sim_text *out,
                             uint32_t max)
{
    const char *p = line.at;
    const char *end = p + line.len;
    for (uint32_t n = 0;; p++) {
        struct sim_text field;
        p = skip_blanks(p, end, separator);
        if (p < end && *p == '"') {
            const char *quote = p;
            p = quoted_field(p, end, &field);
            p = p == NULL ? NULL : skip_blanks(p, end, separator);
            if (p == NULL || (p < end && *p != separator)) {
                out[0] = (struct sim_text){quote, (uint32_t)(end - quote)};
                return UINT32_MAX;
            }
        } else {
            const char *from = p;
            while (p < end && *p != separator)
                p++;
            field = trim_range(from, p);
        }
        if (n < max)
            out[n] = field;
        n++;
        if (p == end)
            return n;
    }
}

uint32_t fields_split_blank(struct sim_text line, struct sim_text *out, uint32_t max)
{
    const char *p = line.at;
    const char *end = p + line.len;
    uint32_t n = 0;
    for (;;) {
        while (p < end && is_blank(*p))
            p++;
        if (p == end)
            return n;
        const char *from = p;
        while (p < end && !is_blank(*p))
            p++;
        if (n < max)
            out[n] = (struct sim_text){from, (uint32_t)(p - from)};
        n++;
    }
}

void header_match(const struct sim_text *fields, uint32_t count, const char *const *names,
                  uint32_t n, uint32_t *column)
{
    for (uint32_t i = 0; i < n; i++) {
        column[i] = UINT32_MAX;
        for (uint32_t f = 0; f < count && column[i] == UINT32_MAX; f++) {
            if (text_is(fields[f], names[i]))
                column[i] = f;
        }
    }
}
