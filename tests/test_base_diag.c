/* Diagnostics: the first error, at its place, in one safe line. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include <simctl/diag.h>

static const char *str(const struct sim_diag *d)
{
    static char buf[1000];
    return sim_diag_str(d, buf, sizeof buf);
}

/* Editors and continuous integration parse this form. */
Test(diag, the_text_names_place_error_and_hint)
{
    struct sim_diag d = {0};
    sim_hint(&d, "pass --bad-rows=%s", "skip");
    cr_expect_not(sim_fail(&d, SIM_ERR_RANGE, (struct sim_where){"jobs.swf", 42, 17},
                           "run time is %d s; it must be >= 0", -7));
    cr_expect_str_eq(str(&d), "jobs.swf:42:17: error[out-of-range]: run time is -7 s; it must be "
                              ">= 0 (pass --bad-rows=skip)");
}

Test(diag, unknown_parts_are_left_out)
{
    struct sim_diag a = {0}, b = {0}, c = {0}, d = {0};
    sim_fail(&a, SIM_ERR_USAGE, SIM_NOWHERE, "no policy");
    cr_expect_str_eq(str(&a), "error[usage]: no policy");
    sim_fail(&b, SIM_ERR_IO, (struct sim_where){"x", 0, 3}, "gone");
    cr_expect_str_eq(str(&b), "x: error[io]: gone");
    sim_fail(&c, SIM_ERR_FORMAT, (struct sim_where){"x", 9, 0}, "odd");
    cr_expect_str_eq(str(&c), "x:9: error[bad-format]: odd");
    sim_fail(&d, SIM_ERR_FORMAT, (struct sim_where){NULL, 9, 2}, "odd");
    cr_expect_str_eq(str(&d), "9:2: error[bad-format]: odd");
}

/* Later errors are mostly the echo of the first. */
Test(diag, the_first_error_and_the_first_hint_win)
{
    struct sim_diag d = {0};
    sim_fail(&d, SIM_ERR_IO, SIM_NOWHERE, "first");
    sim_hint(&d, "one");
    sim_fail(&d, SIM_ERR_RANGE, (struct sim_where){"x", 1, 1}, "second");
    sim_hint(&d, "two");
    cr_expect_str_eq(str(&d), "error[io]: first (one)");
    cr_expect_not(sim_fail(NULL, SIM_ERR_IO, SIM_NOWHERE, "nobody listens"));
    sim_hint(NULL, "nobody listens");
}

Test(diag, long_paths_keep_their_tail_and_long_texts_say_that_they_were_cut)
{
    char path[700], text[700];
    memset(path, 'p', sizeof path);
    memcpy(path + sizeof path - 10, "/task.csv", 10);
    memset(text, 't', sizeof text);
    text[sizeof text - 1] = '\0';
    struct sim_diag d = {0};
    sim_hint(&d, "%s", text);
    sim_fail(&d, SIM_ERR_IO, (struct sim_where){path, 1, 1}, "%s", text);
    cr_expect_eq(strlen(d.path), sizeof d.path - 1);
    cr_expect_eq(strncmp(d.path, "...p", 4), 0);
    cr_expect_str_eq(d.path + strlen(d.path) - 9, "/task.csv");
    cr_expect_str_eq(d.text + strlen(d.text) - 4, "t...");
    cr_expect_str_eq(d.hint + strlen(d.hint) - 4, "t...");
    char small[20];
    cr_expect_eq(strlen(sim_diag_str(&d, small, sizeof small)), sizeof small - 1);
}

/* Half a character would make the whole line invalid for a JSON reader. */
Test(diag, a_cut_never_halves_a_character)
{
    char text[901] = "";
    for (int i = 0; i < 300; i++)
        memcpy(text + 3 * i, "\xe2\x82\xac", 4);
    for (int shift = 0; shift < 3; shift++) {
        struct sim_diag d = {0};
        sim_fail(&d, SIM_ERR_IO, (struct sim_where){text, 1, 1}, "%.*s%s", shift, "ab", text);
        const size_t len = strlen(d.text);
        cr_expect_str_eq(d.text + len - 3, "...");
        cr_expect_eq((len - 3 - (size_t)shift % 3) % 3, 0u, "shift %d length %zu", shift, len);
        cr_expect_eq((strlen(d.path) - 3) % 3, 0u);
    }
}

/* A job name with an escape sequence must not repaint the terminal. */
Test(diag, control_characters_are_replaced)
{
    struct sim_diag d = {0};
    sim_fail(&d, SIM_ERR_IO, (struct sim_where){"a\x1b[2J", 1, 1}, "job '%s'", "\x1b[31mred\x7f");
    cr_expect_null(strpbrk(str(&d), "\x1b\x7f"));
    cr_expect_str_eq(d.text, "job '?[31mred?'");
}

/* Scripts depend on the status. */
Test(diag, errors_have_stable_names_and_exit_codes)
{
    cr_expect_str_eq(sim_err_name(SIM_ERR_OK), "ok");
    cr_expect_eq(sim_err_exit(SIM_ERR_OK), 0);
    cr_expect_eq(sim_err_exit(SIM_ERR_UNKNOWN), 2);
    cr_expect_eq(sim_err_exit(SIM_ERR_TRUNCATED), 3);
    cr_expect_str_eq(sim_err_name(SIM_ERR_TRUNCATED), "truncated");
    cr_expect_eq(sim_err_exit(SIM_ERR_NEGATIVE), 1);
    cr_expect_eq(sim_err_exit(SIM_ERR_INVARIANT), 4);
}

Test(diag, failing_with_ok_is_a_bug, .signal = SIGABRT)
{
    sim_fail(NULL, SIM_ERR_OK, SIM_NOWHERE, "fine");
}
