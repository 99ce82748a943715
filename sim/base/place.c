/* place.c - see place.h. Editors and compilers agree on this form, so that a click opens the line.
 */
#include "base/place.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>

/* snprintf says how long the text would have been. */
static size_t advance(size_t len, int written, size_t size)
{
    CHECK(written >= 0);
    len += (size_t)written;
    return len < size ? len : size - 1;
}

size_t place_str(struct sim_where where, char *buf, size_t size)
{
    CHECK(size > 0);
    size_t len = 0;
    buf[0] = '\0';
    if (where.path != NULL && where.path[0] != '\0')
        len = advance(len, snprintf(buf, size, "%s:", where.path), size);
    if (where.line != 0)
        len = advance(len, snprintf(buf + len, size - len, "%" PRIu64 ":", where.line), size);
    if (where.line != 0 && where.column != 0)
        len = advance(len, snprintf(buf + len, size - len, "%" PRIu32 ":", where.column), size);
    if (len != 0)
        len = advance(len, snprintf(buf + len, size - len, " "), size);
    return len;
}

void place_defuse(char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            *text = '?';
    }
}
