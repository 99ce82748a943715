/* Lines and fields, with their exact places. */
#include "base_files.h"

#include "base/lines.h"
#include "base/mem.h"
#include "base/prng.h"

static struct scratch s;

static void setup(void)
{
    scratch_open(&s);
}

static void teardown(void)
{
    scratch_close(&s);
}

TestSuite(lines, .init = setup, .fini = teardown);

static struct lines *open_bytes(const char *bytes, size_t n)
{
    struct sim_diag diag = {0};
    struct lines *l = lines_open(scratch_write(&s, "in.csv", bytes, n), &diag);
    cr_assert(l != NULL, "%s", diag.text);
    return l;
}

static void expect_lines(const char *bytes, size_t n, const char *const *want, size_t count)
{
    struct lines *l = open_bytes(bytes, n);
    struct sim_text line;
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(lines_next(l, &line, NULL), 1, "line %zu", i);
        cr_expect(text_is(line, want[i]), "line %zu is '%.*s'", i, (int)line.len, line.at);
        cr_expect_eq(lines_where(l).line, i + 1);
    }
    cr_expect_eq(lines_next(l, &line, NULL), 0);
    cr_expect_eq(lines_next(l, &line, NULL), 0);
    lines_close(l);
}

#define EXPECT_LINES(bytes, ...)                                                                   \
    expect_lines(bytes, sizeof(bytes) - 1, (const char *const[]){__VA_ARGS__},                     \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

Test(lines, line_ends_of_all_kinds_are_cut_off)
{
    EXPECT_LINES("a\nb\n", "a", "b");
    EXPECT_LINES("a\r\nb\r\n", "a", "b");
    EXPECT_LINES("a\n\n\r\nb", "a", "", "", "b");
    EXPECT_LINES("a\r\nb\r", "a", "b");
    EXPECT_LINES("\n", "");
    EXPECT_LINES("x", "x");
    EXPECT_LINES("a\rb\n", "a\rb");
}

Test(lines, a_byte_order_mark_is_skipped_only_in_front)
{
    EXPECT_LINES("\xef\xbb\xbf"
                 "a\n\xef\xbb\xbf"
                 "b\n",
                 "a",
                 "\xef\xbb\xbf"
                 "b");
    EXPECT_LINES("\xef\xbb", "\xef\xbb");
    EXPECT_LINES("\xef\xbb\xbf\n", "");
}

Test(lines, an_empty_file_has_no_lines)
{
    struct lines *l = open_bytes("", 0);
    struct sim_text line;
    cr_expect_eq(lines_next(l, &line, NULL), 0);
    lines_close(l);
    l = open_bytes("\xef\xbb\xbf", 3);
    cr_expect_eq(lines_next(l, &line, NULL), 0);
    cr_expect_eq(lines_next(l, &line, NULL), 0);
    lines_close(l);
    lines_close(NULL);
    struct sim_diag diag = {0};
    cr_expect_null(lines_open("/nonexistent", &diag));
    cr_expect_eq(diag.err, SIM_ERR_IO);
}

/* Lines of every length cross the borders of the buffer in every way. */
Test(lines, a_long_file_comes_back_line_by_line)
{
    struct prng r;
    prng_init(&r, 8, "lines");
    const size_t size = 6u << 20;
    char *all = mem_alloc(size, 1);
    for (size_t at = 0; at < size;) {
        size_t len = prng_below(&r, prng_below(&r, 40) == 0 ? 400000 : 200);
        for (; len > 0 && at < size - 1; len--)
            all[at++] = (char)('a' + prng_below(&r, 26));
        all[at++] = '\n';
    }
    char *packed = mem_alloc(size, 2);
    const size_t n = pack_gzip(all, size, packed, size * 2);
    struct lines *l = open_bytes(packed, n);
    cr_expect_eq(lines_bytes_total(l), n);
    size_t at = 0;
    struct sim_text line;
    uint64_t number = 0;
    while (lines_next(l, &line, NULL) == 1) {
        number++;
        cr_assert(at + line.len < size && memcmp(all + at, line.at, line.len) == 0, "line %lu",
                  (unsigned long)number);
        cr_assert_eq(all[at + line.len], '\n');
        at += line.len + 1;
    }
    cr_expect_eq(at, size);
    cr_expect_eq(lines_where(l).line, number);
    cr_expect_eq(lines_bytes_read(l), n);
    lines_close(l);
    mem_free(all);
    mem_free(packed);
}

static void expect_failure(struct lines *l, enum sim_err err, uint64_t line, uint32_t column)
{
    for (int i = 0; i < 2; i++) { /* The error stays. */
        struct sim_diag diag = {0};
        struct sim_text text;
        cr_expect_eq(lines_next(l, &text, &diag), -1);
        cr_expect_eq(diag.err, err, "%s", diag.text);
        cr_expect_eq(diag.line, line, "%lu", (unsigned long)diag.line);
        cr_expect_eq(diag.column, column, "%u", diag.column);
        cr_expect_str_eq(diag.path, s.path);
        cr_expect(diag.hint[0] != '\0');
    }
}

Test(lines, a_nul_byte_is_binary_data_at_its_place)
{
    struct sim_text text;
    struct lines *l = open_bytes("ab\nc\0d\ne\n", 9);
    cr_expect_eq(lines_next(l, &text, NULL), 1);
    expect_failure(l, SIM_ERR_FORMAT, 2, 2);
    lines_close(l);
    l = open_bytes("ab\nc\0", 5);
    cr_expect_eq(lines_next(l, &text, NULL), 1);
    expect_failure(l, SIM_ERR_FORMAT, 2, 2);
    lines_close(l);
}

/* The longest line is a value like any other; one byte more is refused, and memory stays bounded.
 */
Test(lines, a_line_longer_than_the_limit_is_refused)
{
    const size_t n = 10u << 20;
    char *all = mem_alloc(n, 1);
    memset(all, 'x', n);
    all[2] = '\n';
    struct lines *l = open_bytes(all, n);
    struct sim_text text;
    cr_expect_eq(lines_next(l, &text, NULL), 1);
    expect_failure(l, SIM_ERR_LIMIT, 2, LINE_BYTES_MAX + 1);
    lines_close(l);
    all[2] = 'x';
    all[LINE_BYTES_MAX] = '\n';
    all[2 * LINE_BYTES_MAX + 2] = '\n';
    l = open_bytes(all, n);
    cr_expect_eq(lines_next(l, &text, NULL), 1);
    cr_expect_eq(text.len, LINE_BYTES_MAX);
    expect_failure(l, SIM_ERR_LIMIT, 2, LINE_BYTES_MAX + 1);
    lines_close(l);
    mem_free(all);
}

Test(lines, whole_lines_before_a_cut_are_delivered_and_then_the_cut_is_an_error)
{
    char all[4000], packed[5000];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = i % 40 == 39 ? '\n' : (char)('0' + i * 7919 % 61);
    const size_t n = pack_gzip(all, sizeof all, packed, sizeof packed);
    struct lines *l = open_bytes(packed, n - 9);
    struct sim_text text;
    int lines = 0, result;
    struct sim_diag diag = {0};
    while ((result = lines_next(l, &text, &diag)) == 1)
        lines++;
    cr_expect_eq(result, -1);
    cr_expect(lines > 10, "%d", lines);
    cr_expect_eq(diag.err, SIM_ERR_TRUNCATED);
    lines_close(l);
}

Test(lines, the_column_of_a_field_is_its_first_byte)
{
    struct lines *l = open_bytes("x\na, bc ,\"d\"\n", 13);
    struct sim_text line, f[4];
    lines_next(l, &line, NULL);
    cr_assert_eq(lines_next(l, &line, NULL), 1);
    cr_assert_eq(fields_split_quoted(line, ',', f, 4), 3u);
    cr_expect_eq(lines_at(l, f[0]).column, 1u);
    cr_expect_eq(lines_at(l, f[1]).column, 4u);
    cr_expect_eq(lines_at(l, f[2]).column, 8u);
    cr_expect_eq(lines_at(l, f[2]).line, 2u);
    cr_expect_str_eq(lines_at(l, f[2]).path, s.path);
    cr_expect_eq(lines_at(l, text_of("elsewhere")).column, 0u);
    lines_close(l);
}

/* Else who looks for the comma too many has to count them. */
Test(lines, a_wrong_number_of_fields_is_placed_where_it_goes_wrong)
{
    struct lines *l = open_bytes("a, b ,,d \n", 10);
    struct sim_text line, f[8];
    cr_assert_eq(lines_next(l, &line, NULL), 1);
    const uint32_t n = fields_split(line, ',', f, 8);
    cr_expect_eq(lines_at_misfit(l, f, n, 1).column, 4u, "the first too many is b");
    cr_expect_eq(lines_at_misfit(l, f, n, 2).column, 7u, "the first too many is empty");
    cr_expect_eq(lines_at_misfit(l, f, n, 5).column, 10u, "the missing one begins at the end");
    lines_close(l);
}

/* ---- fields --------------------------------------------------------------------------------- */

enum splitter { PLAIN, QUOTED, BLANK };

static void expect_fields(enum splitter how, const char *line, char separator,
                          const char *const *want, uint32_t count)
{
    char buf[128];
    struct sim_text f[8];
    snprintf(buf, sizeof buf, "%s", line);
    const struct sim_text t = {buf, (uint32_t)strlen(line)};
    const uint32_t n = how == PLAIN    ? fields_split(t, separator, f, 8)
                       : how == QUOTED ? fields_split_quoted(t, separator, f, 8)
                                       : fields_split_blank(t, f, 8);
    cr_assert_eq(n, count, "'%s' has %u", line, n);
    for (uint32_t i = 0; i < count; i++)
        cr_expect(text_is(f[i], want[i]), "'%s' field %u is '%.*s'", line, i, (int)f[i].len,
                  f[i].at);
}

#define EXPECT_FIELDS(how, line, separator, ...)                                                   \
    expect_fields(how, line, separator, (const char *const[]){__VA_ARGS__},                        \
                  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

Test(fields, plain_fields_are_trimmed_and_empty_ones_count)
{
    EXPECT_FIELDS(PLAIN, "a,b,c", ',', "a", "b", "c");
    EXPECT_FIELDS(PLAIN, " a ,,\t c", ',', "a", "", "c");
    EXPECT_FIELDS(PLAIN, "a,", ',', "a", "");
    EXPECT_FIELDS(PLAIN, "", ',', "");
    EXPECT_FIELDS(PLAIN, "\"a,b\"", ',', "\"a", "b\"");
    EXPECT_FIELDS(PLAIN, "a\tb c\t", '\t', "a", "b c", "");
}

Test(fields, quoted_fields_keep_separators_blanks_and_quotes)
{
    EXPECT_FIELDS(QUOTED, "a,\"b,c\",d", ',', "a", "b,c", "d");
    EXPECT_FIELDS(QUOTED, " \" b \" , c ", ',', " b ", "c");
    EXPECT_FIELDS(QUOTED, "\"a\"\"b\",\"\",\"\"\"\"", ',', "a\"b", "", "\"");
    EXPECT_FIELDS(QUOTED, "", ',', "");
    EXPECT_FIELDS(QUOTED, "a,", ',', "a", "");
    EXPECT_FIELDS(QUOTED, "\"a\"\t\"b\"\t", '\t', "a", "b", "");
    EXPECT_FIELDS(QUOTED, "a\"b,c", ',', "a\"b", "c");
}

Test(fields, a_quote_that_is_not_closed_or_not_the_whole_field_is_told)
{
    static const char *const bad[] = {"\"", "a,\"b", "\"a\"\"", "\"a\"b", "\"a\" b,c", "\"\"\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char buf[32];
        struct sim_text f[4];
        snprintf(buf, sizeof buf, "%s", bad[i]);
        cr_expect_eq(fields_split_quoted((struct sim_text){buf, (uint32_t)strlen(buf)}, ',', f, 4),
                     UINT32_MAX, "%s", bad[i]);
        cr_expect_eq(f[0].at - buf, strchr(bad[i], '"') - bad[i], "%s", bad[i]);
    }
}

Test(fields, runs_of_blanks_separate_once)
{
    EXPECT_FIELDS(BLANK, "  1 \t 2   3  ", ' ', "1", "2", "3");
    EXPECT_FIELDS(BLANK, "1", ' ', "1");
    struct sim_text f[1];
    cr_expect_eq(fields_split_blank(text_of("   "), f, 1), 0u);
    cr_expect_eq(fields_split_blank(text_of(""), f, 1), 0u);
}

/* Else a row with too many columns writes behind the caller's array. */
Test(fields, more_fields_than_room_are_counted_and_not_stored)
{
    struct sim_text f[2] = {{NULL, 0}, {NULL, 7}};
    char buf[] = "a,b,c";
    cr_expect_eq(fields_split(text_of("a,b,c"), ',', f, 1), 3u);
    cr_expect_eq(fields_split_quoted((struct sim_text){buf, 5}, ',', f, 1), 3u);
    cr_expect_eq(fields_split_blank(text_of("a b c"), f, 1), 3u);
    cr_expect_eq(f[1].len, 7u);
}

Test(fields, a_header_is_matched_by_name_whatever_the_order)
{
    struct sim_text f[4];
    static const char *const names[] = {"cpu", "name", "gpu"};
    uint32_t column[3];
    const uint32_t n = fields_split(text_of("name,memory,cpu,cpu"), ',', f, 4);
    header_match(f, n, names, 3, column);
    cr_expect_eq(column[0], 2u);
    cr_expect_eq(column[1], 0u);
    cr_expect_eq(column[2], UINT32_MAX);
}
