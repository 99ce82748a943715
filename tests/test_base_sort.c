/* The merge sort is right, and stable, for every length around its run boundaries. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/prng.h"
#include "base/sort.h"

struct record {
    uint32_t key;
    uint32_t position;
    char ballast[5]; /* An odd size. */
};

static int by_key(const void *a, const void *b, void *ctx)
{
    const uint32_t x = ((const struct record *)a)->key, y = ((const struct record *)b)->key;
    ++*(uint64_t *)ctx;
    return x < y ? -1 : x > y;
}

static void check_length(struct prng *r, uint32_t n, uint32_t keys)
{
    struct record *all = MEM_NEW(struct record, n);
    uint64_t sum = 0, calls = 0;
    for (uint32_t i = 0; i < n; i++) {
        all[i] = (struct record){.key = prng_below(r, keys), .position = i};
        sum += all[i].key;
    }
    sort_stable(all, n, sizeof *all, by_key, &calls);
    for (uint32_t i = 0; i < n; i++) {
        sum -= all[i].key;
        if (i == 0)
            continue;
        cr_assert(all[i - 1].key < all[i].key ||
                      (all[i - 1].key == all[i].key && all[i - 1].position < all[i].position),
                  "n %u keys %u at %u", n, keys, i);
    }
    cr_assert_eq(sum, 0, "n %u: keys were lost", n);
    mem_free(all);
}

/* Else equal records change places with the C library, and runs with them. */
Test(sort, every_length_up_to_300_is_sorted_and_stable)
{
    struct prng r;
    prng_init(&r, 1, "sort");
    for (uint32_t n = 0; n <= 300; n++) {
        check_length(&r, n, 3);
        check_length(&r, n, 1000000);
    }
    check_length(&r, 100000, 500);
}

/* Traces are mostly in order already. */
Test(sort, sorted_input_costs_a_linear_number_of_comparisons)
{
    enum { N = 1 << 14 };
    struct record *all = MEM_NEW(struct record, N);
    for (uint32_t i = 0; i < N; i++)
        all[i].key = i;
    uint64_t calls = 0;
    sort_stable(all, N, sizeof *all, by_key, &calls);
    cr_expect(calls < 2 * N, "%lu comparisons", (unsigned long)calls);
    mem_free(all);
}
