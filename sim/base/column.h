/* column.h - aligned arrays that are swept side by side.
 *
 * Arrays of the same power-of-two size tend to begin at the same offset of a page. A sweep that
 * reads one and writes another then runs into false dependences between equal page offsets, and
 * into the same sets of the cache: a third of the speed is lost. So every column is given a number,
 * and begins some lines further than the column before it. */
#ifndef SIM_BASE_COLUMN_H
#define SIM_BASE_COLUMN_H
#include <stddef.h>

/* Grows a column of `was` elements at `at` (NULL at first) to `now`; returns where it begins,
 * aligned to 64 bytes, new elements zeroed. *base is what mem_free takes. */
void *column_grow(void **base, void *at, size_t was, size_t now, size_t size, unsigned number);
#endif
