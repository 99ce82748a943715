/* test_cli_config.c - configuration files: places, what is refused, that all errors are told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "told.h"

#include "cli/config.h"

static char path[] = "/tmp/test_cli_config_XXXXXX";

static bool read_text(struct config *c, struct told *told, const char *text)
{
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    *told = (struct told){0};
    struct sim_diag first = {0};
    struct config_errors errors = {tell, told, &first, 0};
    const bool ok = config_read(c, path, &errors);
    cr_expect_eq(ok, errors.count == 0);
    unlink(path);
    return ok;
}

static void expect_entry(const struct config *c, size_t i, const char *key, const char *text,
                         unsigned line, unsigned column)
{
    cr_assert_lt(i, c->count);
    cr_expect_str_eq(c->entries[i].key, key);
    cr_expect_str_eq(c->entries[i].text, text);
    cr_expect_eq(c->entries[i].value_at.line, line, "%s in line %u", key,
                 (unsigned)c->entries[i].value_at.line);
    cr_expect_eq(c->entries[i].value_at.column, column, "%s in column %u", key,
                 c->entries[i].value_at.column);
}

/* Nested and flat keys are one list; words that YAML would make numbers or booleans stay text. */
Test(cli_config, nested_keys_become_dotted_ones_with_their_places)
{
    struct config c;
    struct told told;
    cr_assert(read_text(&c, &told,
                        "# a study\n"
                        "name: no\n"
                        "trace:\n"
                        "  path: a b.swf\n"
                        "  departures: off\n"
                        "cluster: {overcommit: {cpu: 1.50}}\n"
                        "policy.base: \"0x10\"\n"));
    cr_assert_eq(c.count, 5);
    expect_entry(&c, 0, "name", "no", 2, 7);
    expect_entry(&c, 1, "trace.path", "a b.swf", 4, 9);
    expect_entry(&c, 2, "trace.departures", "off", 5, 15);
    expect_entry(&c, 3, "cluster.overcommit.cpu", "1.50", 6, 29);
    expect_entry(&c, 4, "policy.base", "0x10", 7, 14);
    config_fini(&c);
}

/* Columns are bytes: editors and compilers count so, libfyaml counts characters. */
Test(cli_config, columns_count_bytes)
{
    struct config c;
    struct told told;
    cr_assert(read_text(&c, &told, "{\"\xc3\xa9\": \"\xc3\xa9\xc3\xa9\", seed: 5}\n"));
    expect_entry(&c, 1, "seed", "5", 1, 22);
    config_fini(&c);
}

static void expect_error(const char *yaml, unsigned line, unsigned column, const char *text)
{
    struct config c;
    struct told told;
    cr_assert_not(read_text(&c, &told, yaml), "%s", yaml);
    cr_assert_geq(told.count, 1);
    cr_expect_eq(told.diag[0].line, line, "%s: line %u", yaml, (unsigned)told.diag[0].line);
    cr_expect_eq(told.diag[0].column, column, "%s: column %u", yaml, told.diag[0].column);
    cr_expect_not_null(strstr(told.diag[0].text, text), "%s: %s", yaml, told.diag[0].text);
    config_fini(&c);
}

/* Each of these would otherwise be dropped or misread without a word. */
Test(cli_config, what_cannot_be_meant_is_refused_where_it_stands)
{
    expect_error("seed: 1\nseed: 2\n", 2, 1, "given twice; first in line 1");
    expect_error("trace: {path: x}\ntrace.path: y\n", 2, 1, "given twice; first in line 1");
    expect_error("policy: [a, b]\n", 1, 9, "is a list");
    expect_error("seed:\n", 1, 1, "has no value");
    expect_error("seed: *x\n", 1, 7, "alias");
    expect_error("seed: 1\n---\nseed: 2\n", 2, 1, "second document");
    expect_error("just text\n", 1, 1, "no keys");
    expect_error("", 1, 1, "no keys");
    expect_error("a: b: c\n", 1, 5, "nested");
    expect_error("? [x]\n: 1\n", 1, 3, "a key must be a word");
}

Test(cli_config, all_errors_are_told_and_the_first_is_kept)
{
    struct config c;
    struct told told;
    cr_assert_not(read_text(&c, &told, "seed: [1]\nname: x\nname: y\ncluster:\n"));
    cr_expect_eq(told.count, 3);
    cr_expect_eq(c.count, 1);
    cr_expect(c.whole);
    config_fini(&c);
}

/* Half a file must not run as if it were whole. */
Test(cli_config, a_syntax_error_says_that_the_file_was_not_read_to_its_end)
{
    struct config c;
    struct told told;
    cr_assert_not(read_text(&c, &told, "name: x\nseed: 'open\n"));
    cr_expect_not(c.whole);
    config_fini(&c);
}

Test(cli_config, files_that_are_no_configuration_are_refused)
{
    struct sim_diag first = {0};
    struct config_errors errors = {NULL, NULL, &first, 0};
    struct config c;
    cr_expect_not(config_read(&c, "/tmp", &errors));
    cr_expect_not_null(strstr(first.text, "directory"));
    config_fini(&c);
    first = (struct sim_diag){0};
    errors = (struct config_errors){NULL, NULL, &first, 0};
    cr_expect_not(config_read(&c, "/no/such.yaml", &errors));
    cr_expect_not_null(strstr(first.text, "No such file"));
    config_fini(&c);
}
