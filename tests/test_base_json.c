/* What the writer writes is JSON, with every digit that matters. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/prng.h"

static char text[1 << 16];

static FILE *sink(void)
{
    memset(text, 0, sizeof text);
    FILE *f = fmemopen(text, sizeof text, "w");
    cr_assert(f != NULL);
    return f;
}

static void write_sample(struct json *j)
{
    jw_object(j, NULL);
    jw_int(j, "least", INT64_MIN);
    jw_uint(j, "greatest", UINT64_MAX);
    jw_array(j, "list");
    jw_bool(j, NULL, true);
    jw_null(j, NULL);
    jw_object(j, NULL);
    jw_end(j);
    jw_array(j, NULL);
    jw_end(j);
    jw_end(j);
    jw_double(j, "third", 0.1);
    jw_double(j, "none", NAN);
    jw_text(j, "nothing", NULL);
    jw_end(j);
}

Test(json, an_indented_document_has_this_shape)
{
    struct json j;
    FILE *f = sink();
    jw_begin(&j, f, false);
    write_sample(&j);
    fclose(f);
    cr_expect_str_eq(text, "{\n"
                           "  \"least\": -9223372036854775808,\n"
                           "  \"greatest\": 18446744073709551615,\n"
                           "  \"list\": [\n"
                           "    true,\n"
                           "    null,\n"
                           "    {},\n"
                           "    []\n"
                           "  ],\n"
                           "  \"third\": 0.1,\n"
                           "  \"none\": null,\n"
                           "  \"nothing\": null\n"
                           "}\n");
}

/* JSON lines: one document, one line. */
Test(json, a_compact_document_is_one_line)
{
    struct json j;
    FILE *f = sink();
    jw_begin(&j, f, true);
    write_sample(&j);
    jw_int(&j, NULL, 5);
    fclose(f);
    cr_expect_str_eq(text, "{\"least\":-9223372036854775808,\"greatest\":18446744073709551615,"
                           "\"list\":[true,null,{},[]],\"third\":0.1,\"none\":null,"
                           "\"nothing\":null}\n5\n");
}

/* A job may be named anything; the output must stay JSON, or no tool reads the run again. */
Test(json, any_bytes_become_valid_json_text)
{
    struct prng r;
    prng_init(&r, 4, "json");
    for (int round = 0; round < 20000; round++) {
        char bytes[12];
        const uint32_t n = prng_below(&r, sizeof bytes);
        for (uint32_t i = 0; i < n; i++)
            bytes[i] = (char)(prng_below(&r, 3) == 0 ? prng_below(&r, 128) : prng_below(&r, 256));
        FILE *f = sink();
        struct json j;
        jw_begin(&j, f, true);
        jw_array(&j, NULL);
        jw_view(&j, NULL, (struct sim_text){bytes, n});
        jw_end(&j);
        fclose(f);
        json_error_t error;
        json_t *read = json_loads(text, JSON_ALLOW_NUL, &error);
        cr_assert(read != NULL, "%s: %s", error.text, text);
        json_decref(read);
    }
}

Test(json, valid_text_comes_back_as_it_was)
{
    const char *all =
        "\"\\\n\t\r\x01\x1f /\x7f \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf";
    FILE *f = sink();
    struct json j;
    jw_begin(&j, f, false);
    jw_object(&j, NULL);
    jw_text(&j, all, all);
    jw_end(&j);
    fclose(f);
    json_t *read = json_loads(text, 0, NULL);
    cr_assert(read != NULL, "%s", text);
    cr_expect_str_eq(json_string_value(json_object_get(read, all)), all);
    json_decref(read);
}

/* Each broken byte is one replacement character, as in browsers; surrogates and overlong forms too.
 */
Test(json, broken_utf8_is_replaced)
{
    FILE *f = sink();
    struct json j;
    jw_begin(&j, f, true);
    jw_text(&j, NULL,
            "a\xff"
            "b\xc3(\xe2\x82\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80");
    fclose(f);
#define R "\xef\xbf\xbd"
    cr_expect_str_eq(text, "\"a" R "b" R "(" R R R R R R R R R R R "\"\n");
}

/* Digests compare text: a value must have one spelling, and lose no bit. */
Test(json, doubles_are_shortest_and_read_back_equal)
{
    static const struct {
        double v;
        const char *want;
    } known[] = {{0.1, "0.1"},
                 {1.0, "1"},
                 {-0.0, "-0"},
                 {1e300, "1e+300"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {5e-324, "4.94065645841247e-324"},
                 {123456789.125, "123456789.125"}};
    struct prng r;
    prng_init(&r, 4, "doubles");
    for (int i = 0; i < 50000; i++) {
        double v;
        const uint64_t bits = prng_u64(&r);
        memcpy(&v, &bits, sizeof v);
        if (i < (int)(sizeof known / sizeof known[0]))
            v = known[i].v;
        if (!isfinite(v))
            continue;
        char buf[64] = "";
        FILE *f = fmemopen(buf, sizeof buf, "w");
        struct json j;
        jw_begin(&j, f, true);
        jw_double(&j, NULL, v);
        fclose(f);
        buf[strcspn(buf, "\n")] = '\0';
        const double back = strtod(buf, NULL);
        cr_assert(memcmp(&back, &v, sizeof v) == 0, "%s", buf);
        if (i < (int)(sizeof known / sizeof known[0]))
            cr_expect_str_eq(buf, known[i].want, "%s", buf);
    }
}

Test(json, a_key_inside_an_array_is_a_bug, .signal = SIGABRT)
{
    FILE *f = sink();
    struct json j;
    jw_begin(&j, f, false);
    jw_array(&j, NULL);
    jw_int(&j, "key", 1);
}
