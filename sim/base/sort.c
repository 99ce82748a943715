/* sort.c - bottom-up merge sort over insertion-sorted runs. Merging takes the left record on a tie,
 * which is all that stability needs. */
#include "base/sort.h"

#include "base/check.h"
#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

#define RUN 8u

/* Sorts the n records at base; `spare` holds one record. */
static void insertion(char *base, size_t n, size_t size, sort_compare *cmp, void *ctx, char *spare)
{
    for (size_t i = 1; i < n; i++) {
        size_t to = i;
        while (to > 0 && cmp(base + (to - 1) * size, base + i * size, ctx) > 0)
            to--;
        if (to == i)
            continue;
        memcpy(spare, base + i * size, size);
        memmove(base + (to + 1) * size, base + to * size, (i - to) * size);
        memcpy(base + to * size, spare, size);
    }
}

/* Merges from[0..mid) and from[mid..n) into `to`. */
static void merge(const char *from, size_t mid, size_t n, size_t size, char *to, sort_compare *cmp,
                  void *ctx)
{
    if (mid >= n || cmp(from + (mid - 1) * size, from + mid * size, ctx) <= 0) {
        memcpy(to, from, n * size);
        return;
    }
    size_t left = 0, right = mid;
    while (left < mid && right < n) {
        const bool take_left = cmp(from + left * size, from + right * size, ctx) <= 0;
        const size_t at = take_left ? left++ : right++;
        memcpy(to, from + at * size, size);
        to += size;
    }
    memcpy(to, from + left * size, (mid - left) * size);
    to += (mid - left) * size;
    memcpy(to, from + right * size, (n - right) * size);
}

static bool is_sorted(const char *base, size_t n, size_t size, sort_compare *cmp, void *ctx)
{
    size_t i = 1;
    while (i < n && cmp(base + (i - 1) * size, base + i * size, ctx) <= 0)
        i++;
    return i >= n;
}

void sort_stable(void *base, size_t n, size_t size, sort_compare *cmp, void *ctx)
{
    CHECK(size > 0);
    if (is_sorted(base, n, size, cmp, ctx))
        return;
    char *scratch = mem_resize(NULL, n, size);
    char *from = base, *to = scratch;
    for (size_t i = 0; i < n; i += RUN)
        insertion(from + i * size, n - i < RUN ? n - i : RUN, size, cmp, ctx, scratch);
    for (size_t run = RUN; run < n; run *= 2) {
        for (size_t i = 0; i < n; i += 2 * run) {
            const size_t rest = n - i;
            const size_t whole = rest < 2 * run ? rest : 2 * run;
            merge(from + i * size, whole < run ? whole : run, whole, size, to + i * size, cmp, ctx);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != base)
        memcpy(base, from, n * size);
    mem_free(scratch);
}
