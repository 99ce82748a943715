/* CHECK stops a program that contradicts itself, in every build. */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/check.h"
#include "base/mem.h"

/* Else a release build writes wrong results instead of stopping. */
Test(check, a_false_condition_aborts, .signal = SIGABRT)
{
    volatile int one = 1;
    CHECK(one == 2);
}

Test(check, a_true_condition_is_evaluated_once_and_passes)
{
    int n = 0;
    CHECK(++n == 1);
    cr_expect_eq(n, 1);
}

/* Else count * size wraps round and the caller writes behind a tiny block. */
Test(mem, a_product_that_overflows_aborts, .signal = SIGABRT)
{
    mem_alloc(SIZE_MAX / 4, 8);
}

Test(mem, text_of_the_greatest_length_aborts, .signal = SIGABRT)
{
    mem_text("x", SIZE_MAX);
}

/* Callers index what they grew without clearing it. */
Test(mem, grown_elements_are_zero_and_old_ones_stay)
{
    size_t cap = 0;
    int *p = NULL;
    for (size_t n = 1; n < 5000; n += n / 3 + 1) {
        const size_t before = cap;
        MEM_GROW(p, cap, n);
        cr_assert(cap >= n);
        for (size_t i = 0; i < before; i++)
            cr_assert_eq(p[i], (int)i);
        for (size_t i = before; i < cap; i++) {
            cr_assert_eq(p[i], 0);
            p[i] = (int)i;
        }
    }
    mem_free(p);
}

/* Vector loads of the last block read to the end of its 64 bytes. */
Test(mem, aligned_blocks_are_aligned_zeroed_and_padded)
{
    for (size_t n = 0; n < 300; n += 7) {
        unsigned char *p = mem_aligned(n, 1);
        cr_assert_eq((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < (n + 63) / 64 * 64; i++)
            cr_assert_eq(p[i], 0);
        mem_free(p);
    }
}

Test(mem, nothing_is_still_a_block)
{
    void *a = mem_alloc(0, 8);
    void *b = mem_resize(NULL, 0, 0);
    char *c = mem_text(NULL, 0);
    cr_expect(a != NULL && b != NULL);
    cr_expect_str_eq(c, "");
    mem_free(a);
    mem_free(b);
    mem_free(c);
    mem_free(NULL);
}
