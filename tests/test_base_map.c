/* Both tables against obvious models, with more keys than their first size. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/prng.h"

static struct sim_text text(const char *s)
{
    return (struct sim_text){s, (uint32_t)strlen(s)};
}

/* Ids are written to run files: they must follow the trace, not the hash. */
Test(map_text, ids_are_dense_and_follow_first_appearance)
{
    struct map_text *m = map_text_create();
    char buf[32];
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 50000; i++) {
            bool fresh = round == 1;
            snprintf(buf, sizeof buf, "job-%" PRIu32, i);
            cr_assert_eq(map_text_id(m, text(buf), &fresh), i);
            cr_assert_eq(fresh, round == 0);
        }
    }
    cr_expect_eq(map_text_count(m), 50000u);
    for (uint32_t i = 0; i < 50000; i += 7) {
        snprintf(buf, sizeof buf, "job-%" PRIu32, i);
        const struct sim_text t = map_text_at(m, i);
        cr_assert(t.len == strlen(buf) && memcmp(t.at, buf, t.len) == 0);
        cr_assert_eq(map_text_find(m, text(buf)), i);
    }
    cr_expect_eq(map_text_find(m, text("job-50000")), SIM_NONE);
    map_text_destroy(m);
}

Test(map_text, empty_text_and_bytes_of_any_value_are_keys_like_others)
{
    struct map_text *m = map_text_create();
    cr_expect_eq(map_text_find(m, (struct sim_text){NULL, 0}), SIM_NONE);
    cr_expect_eq(map_text_id(m, (struct sim_text){NULL, 0}, NULL), 0u);
    cr_expect_eq(map_text_at(m, 0).len, 0u);
    cr_expect_eq(map_text_id(m, (struct sim_text){"a\0b", 3}, NULL), 1u);
    cr_expect_eq(map_text_id(m, (struct sim_text){"a\0c", 3}, NULL), 2u);
    cr_expect_eq(map_text_id(m, text("a"), NULL), 3u);
    cr_expect_eq(map_text_id(m, text(""), NULL), 0u);
    map_text_destroy(m);
    map_text_destroy(NULL);
}

/* Else a run's sampling of tasks would change with the machine. The value is XXH3's own. */
Test(map, hash_of_a_known_text_is_frozen)
{
    cr_expect_eq(map_hash("", 0), UINT64_C(0x2d06800538d394c2));
}

enum { KEYS = 3000 };

/* Removal shifts entries back: a wrong shift loses a key that is still in the table. */
Test(map_u64, random_puts_and_removals_agree_with_an_array)
{
    struct prng r;
    prng_init(&r, 5, "map");
    for (uint64_t stride = 1; stride <= 1u << 30; stride *= 1024) {
        struct map_u64 *m = map_u64_create();
        static uint32_t model[KEYS]; /* 0 = absent. */
        memset(model, 0, sizeof model);
        uint64_t count = 0;
        for (uint32_t step = 1; step < 60000; step++) {
            const uint32_t k = prng_below(&r, KEYS);
            const uint64_t key = k * stride;
            if (prng_below(&r, 5) < 3) {
                bool fresh;
                uint32_t *v = map_u64_put(m, key, &fresh);
                cr_assert_eq(fresh, model[k] == 0);
                cr_assert_eq(*v, model[k]);
                count += fresh;
                *v = model[k] = step;
            } else {
                cr_assert_eq(map_u64_remove(m, key), model[k] != 0);
                count -= model[k] != 0;
                model[k] = 0;
            }
            cr_assert_eq(map_u64_count(m), count);
        }
        for (uint32_t k = 0; k < KEYS; k++) {
            const uint32_t *v = map_u64_get(m, k * stride);
            cr_assert_eq(v == NULL ? 0 : *v, model[k], "stride %lu key %u", (unsigned long)stride,
                         k);
        }
        map_u64_destroy(m);
    }
}

Test(map_u64, the_greatest_and_the_least_key_are_keys_like_others)
{
    struct map_u64 *m = map_u64_create();
    cr_expect_null(map_u64_get(m, 0));
    *map_u64_put(m, 0, NULL) = 1;
    *map_u64_put(m, UINT64_MAX, NULL) = 2;
    cr_expect_eq(*map_u64_get(m, 0), 1u);
    cr_expect_eq(*map_u64_get(m, UINT64_MAX), 2u);
    cr_expect(map_u64_remove(m, 0));
    cr_expect_not(map_u64_remove(m, 0));
    cr_expect_eq(*map_u64_get(m, UINT64_MAX), 2u);
    map_u64_destroy(m);
    map_u64_destroy(NULL);
}
