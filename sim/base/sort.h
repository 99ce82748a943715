/* sort.h - a stable merge sort. qsort leaves the order of equal records to the C library, and with
 * it the result of a run. */
#ifndef SIM_BASE_SORT_H
#define SIM_BASE_SORT_H
#include <stddef.h>

/* < 0, 0, > 0 as in qsort; ctx is handed through. Must be a total preorder. */
typedef int sort_compare(const void *a, const void *b, void *ctx);

/* Sorts n records of `size` bytes; equal records keep their order. O(n log n), O(n) on sorted
 * input; a scratch copy of the array while it runs. */
void sort_stable(void *base, size_t n, size_t size, sort_compare *cmp, void *ctx);
#endif
