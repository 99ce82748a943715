/* mem.c - the one place that asks the C library for memory. A request that overflows size_t and one
 * that the system refuses end alike: with a message and abort(). */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEM_ALIGNMENT 64u /* A cache line, and the widest vector load. */
#define MEM_FIRST_CAP 16u

static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "simctl: out of memory (asked for %zu x %zu bytes)\n", count, size);
    abort();
}

/* Never 0, because malloc(0) may be NULL. */
static size_t bytes_of(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory(count, size);
    const size_t bytes = count * size;
    return bytes == 0 ? 1 : bytes;
}

void *mem_alloc(size_t count, size_t size)
{
    void *p = calloc(1, bytes_of(count, size));
    if (p == NULL)
        out_of_memory(count, size);
    return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
    void *q = realloc(p, bytes_of(count, size));
    if (q == NULL)
        out_of_memory(count, size);
    return q;
}

void mem_free(void *p)
{
    free(p);
}

char *mem_text(const char *at, size_t len)
{
    if (len == SIZE_MAX)
        out_of_memory(len, 1);
    char *copy = mem_alloc(len + 1, 1);
    if (len != 0)
        memcpy(copy, at, len);
    return copy;
}

void *mem_aligned(size_t count, size_t size)
{
    const size_t bytes = bytes_of(count, size);
    if (bytes > SIZE_MAX - MEM_ALIGNMENT)
        out_of_memory(count, size);
    const size_t padded = (bytes + MEM_ALIGNMENT - 1) / MEM_ALIGNMENT * MEM_ALIGNMENT;
    void *p = aligned_alloc(MEM_ALIGNMENT, padded);
    if (p == NULL)
        out_of_memory(count, size);
    memset(p, 0, padded);
    return p;
}

void *mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return p;
    size_t grown = *cap < MEM_FIRST_CAP ? MEM_FIRST_CAP : *cap;
    while (grown < need)
        grown = grown > SIZE_MAX / 2 ? need : grown * 2;
    char *q = mem_resize(p, grown, size);
    memset(q + *cap * size, 0, (grown - *cap) * size);
    *cap = grown;
    return q;
}
