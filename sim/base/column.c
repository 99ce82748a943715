/* column.c - see column.h. */
#include "base/column.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

enum { LINE = 64, STEP = 5 * LINE, PAGE = 4096 };

void *column_grow(void **base, void *at, size_t was, size_t now, size_t size, unsigned number)
{
    const size_t skew = (size_t)number * STEP % PAGE;
    CHECK(now <= SIZE_MAX / 2 / size);
    char *block = mem_aligned(now * size + PAGE, 1);
    if (was > 0) {
        memcpy(block + skew, at, was * size);
    }
    mem_free(*base);
    *base = block;
    return block + skew;
}
