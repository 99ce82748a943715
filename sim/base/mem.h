/* mem.h - the only place that calls malloc. Running out of memory is not an input error: it aborts
 * with a message, so no caller has a path that is never tested. */
#ifndef SIM_BASE_MEM_H
#define SIM_BASE_MEM_H
#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t count, size_t size);           /* Zeroed; overflow is checked. Never NULL. */
void *mem_resize(void *p, size_t count, size_t size); /* New bytes are NOT zeroed. */
void mem_free(void *p);                               /* NULL is allowed. */
char *mem_text(const char *at, size_t len);           /* Terminated copy. */
/* Zeroed and aligned to 64 bytes for vector loads; freed with mem_free. */
void *mem_aligned(size_t count, size_t size);

#define MEM_NEW(type, count) ((type *)mem_alloc((count), sizeof(type)))

/* Grows an array to hold `need` elements by doubling; new elements are zeroed. */
void *mem_grow(void *p, size_t *cap, size_t need, size_t size);
#define MEM_GROW(p, cap, need) ((p) = mem_grow((p), &(cap), (need), sizeof *(p)))
#endif
