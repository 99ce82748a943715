/* The packer of columns against zlib's inflate, which did not write it. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "record/planes.h"

enum { WIDTH = 8, KINDS = 9 };

/* What a byte of a plane is: noise of several kinds, counters, constants, rare changes, skewed
 * codes. */
static uint8_t byte_of(unsigned kind, size_t i, struct prng *r)
{
    switch (kind) {
    case 0:
        return 0;
    case 1:
        return (uint8_t)prng_u32(r);
    case 2:
        return (uint8_t)prng_below(r, 16);
    case 3:
        return (uint8_t)i;
    case 4:
        return (uint8_t)(i >> 8);
    case 5:
        return prng_below(r, 300) == 0 ? (uint8_t)prng_u32(r) : 7;
    case 6: /* Halving frequencies: the deepest trees. */
        for (uint8_t k = 0;; k++)
            if (prng_below(r, 2) == 0 || k == 40)
                return k;
    case 7:
        return (uint8_t)(i / 3);
    default:
        return (uint8_t)(prng_below(r, 50) == 0 ? i + 1 : i);
    }
}

static size_t check(struct planes *p, const uint8_t *bytes, size_t width, size_t rows)
{
    const size_t cap = planes_bound(width, rows);
    uint8_t *packed = mem_alloc(cap, 1), *back = mem_alloc(width * rows, 1);
    const size_t n = planes_pack(p, bytes, width, rows, packed);
    cr_assert(n <= cap, "%zu bytes of %zu", n, cap);
    uLongf got = width * rows;
    const int result = uncompress(back, &got, packed, n);
    cr_assert(result == Z_OK && got == width * rows, "zlib says %d, %lu bytes", result, got);
    cr_assert(memcmp(back, bytes, width * rows) == 0, "other bytes came back");
    mem_free(packed);
    mem_free(back);
    return n;
}

Test(record_planes, zlib_reads_every_mixture_of_planes) /* Else run.h5 cannot be read. */
{
    struct planes *p = planes_create();
    uint8_t *bytes = mem_alloc(PLANES_ROWS_MAX, WIDTH);
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct prng r;
        prng_init(&r, seed, "planes");
        const size_t width = 1 + prng_below(&r, WIDTH);
        const size_t rows = seed % 3 == 0 ? PLANES_ROWS_MAX - prng_below(&r, 3)
                                          : 1 + prng_below(&r, 1u << (1 + prng_below(&r, 16)));
        for (size_t w = 0; w < width; w++) {
            const unsigned kind = prng_below(&r, KINDS);
            for (size_t i = 0; i < rows; i++)
                bytes[w * rows + i] = byte_of(kind, i, &r);
        }
        (void)check(p, bytes, width, rows);
    }
    mem_free(bytes);
    planes_destroy(p);
}

Test(record_planes, frequencies_that_grow_like_fibonacci_need_a_flatter_code) /* 15 bits at most. */
{
    struct planes *p = planes_create();
    uint8_t *bytes = mem_alloc(PLANES_ROWS_MAX, 1);
    size_t n = 0;
    for (size_t symbol = 0, a = 1, b = 1; symbol < 22; symbol++) {
        for (size_t k = 0; k < a && n < PLANES_ROWS_MAX; k++)
            bytes[n++] = (uint8_t)symbol;
        const size_t next = a + b;
        a = b;
        b = next;
    }
    for (size_t i = n, k; i > 1; i--) { /* Shuffled by a fixed rule, so that there are no runs. */
        k = i * 7919 % n;
        const uint8_t byte = bytes[i - 1];
        bytes[i - 1] = bytes[k];
        bytes[k] = byte;
    }
    (void)check(p, bytes, 1, n);
    mem_free(bytes);
    planes_destroy(p);
}

Test(record_planes, each_kind_is_about_as_small_as_zlib_makes_it) /* Files must not grow. */
{
    struct planes *p = planes_create();
    const size_t rows = PLANES_ROWS_MAX;
    uint8_t *bytes = mem_alloc(rows, 1), *packed = mem_alloc(compressBound(rows), 1);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct prng r;
        prng_init(&r, kind, "planes");
        for (size_t i = 0; i < rows; i++)
            bytes[i] = byte_of(kind, i, &r);
        uLongf zlib = compressBound(rows);
        cr_assert_eq(compress2(packed, &zlib, bytes, rows, 1), Z_OK);
        const size_t ours = check(p, bytes, 1, rows);
        cr_expect(ours <= zlib + zlib / 3 + 256, "kind %u: %zu, zlib %lu", kind, ours, zlib);
    }
    mem_free(bytes);
    mem_free(packed);
    planes_destroy(p);
}
