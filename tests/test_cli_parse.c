/* test_cli_parse.c - the command line: where flags may stand, what is refused, and with which
 * words. */
#include <criterion/criterion.h>
#include <string.h>

#include "cli/cli.h"

#define LINE(...)                                                                                  \
    (char *[])                                                                                     \
    {                                                                                              \
        "simctl", __VA_ARGS__, NULL                                                                \
    }

static bool parse(struct cli *c, const struct command **cmd, char **argv, struct sim_diag *diag)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    *diag = (struct sim_diag){0};
    return cli_parse(c, cmd, argc, argv, diag);
}

static void accept(struct cli *c, const char *name, char **argv)
{
    const struct command *cmd;
    struct sim_diag diag;
    cr_assert(parse(c, &cmd, argv, &diag), "%s", diag.text);
    cr_assert_not_null(cmd);
    cr_assert_str_eq(cmd->name, name);
}

static void refuse(char **argv, const char *text, const char *hint)
{
    struct cli c;
    const struct command *cmd;
    struct sim_diag diag;
    cr_assert_not(parse(&c, &cmd, argv, &diag));
    cr_expect_not_null(strstr(diag.text, text), "'%s' is not in: %s", text, diag.text);
    cr_expect_not_null(strstr(diag.hint, hint), "'%s' is not in: %s", hint, diag.hint);
    cr_expect_eq(sim_err_exit(diag.err), 2);
    cli_fini(&c);
}

/* Else `simctl --json run` and `simctl run --json` would differ, the trap of other tools. */
Test(cli_parse, position_of_flags_does_not_matter)
{
    char **lines[] = {
        LINE("--json", "--out", "D", "run", "x.yaml", "--seed=3"),
        LINE("run", "--json", "--seed", "3", "--out=D", "x.yaml"),
        LINE("-oD", "run", "x.yaml", "--seed", "3", "--json"),
        LINE("--seed", "3", "-o", "D", "--json", "run", "x.yaml"),
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct cli c;
        accept(&c, "run", lines[i]);
        cr_expect(c.json);
        cr_expect_str_eq(cli_flag(&c, "out"), "D");
        cr_expect_str_eq(cli_flag(&c, "seed"), "3");
        cr_assert_eq(c.argument_count, 1);
        cr_expect_str_eq(c.arguments[0], "x.yaml");
        cli_fini(&c);
    }
}

/* A value that happens to be a command's name must not be taken for the command. */
Test(cli_parse, a_value_named_like_a_command_is_a_value)
{
    struct cli c;
    accept(&c, "run", LINE("--out", "run", "run", "x.yaml"));
    cr_expect_str_eq(cli_flag(&c, "out"), "run");
    cli_fini(&c);
    accept(&c, "help", LINE("help", "run"));
    cr_expect_str_eq(c.arguments[0], "run");
    cli_fini(&c);
}

Test(cli_parse, letters_can_be_grouped)
{
    struct cli c;
    accept(&c, "run", LINE("run", "-vvn", "-qoD"));
    cr_expect_eq(c.verbosity, 1);
    cr_expect_not_null(cli_flag(&c, "dry-run"));
    cr_expect_str_eq(cli_flag(&c, "out"), "D");
    cli_fini(&c);
}

Test(cli_parse, repeated_flags_keep_their_order)
{
    struct cli c;
    accept(&c, "run", LINE("run", "--set", "a=1", "--set=b=2", "-s", "c=3"));
    cr_expect_str_eq(cli_flag_at(&c, "set", 0), "a=1");
    cr_expect_str_eq(cli_flag_at(&c, "set", 1), "b=2");
    cr_expect_str_eq(cli_flag_at(&c, "set", 2), "c=3");
    cr_expect_null(cli_flag_at(&c, "set", 3));
    cli_fini(&c);
}

/* After "--" a file may be called --json. */
Test(cli_parse, two_dashes_end_the_flags)
{
    struct cli c;
    accept(&c, "run", LINE("run", "--", "--json"));
    cr_expect_not(c.json);
    cr_expect_str_eq(c.arguments[0], "--json");
    cli_fini(&c);
}

Test(cli_parse, mistakes_are_refused_with_the_nearest_name)
{
    refuse(LINE("rnu"), "unknown command 'rnu'", "simctl run");
    refuse(LINE("run", "--ouut=D"), "unknown flag --ouut", "--out");
    refuse(LINE("run", "-z"), "unknown flag -z", "");
    refuse(LINE("run", "--out"), "--out needs a value", "--out=DIR");
    refuse(LINE("run", "--out", "--json"), "--out needs a value", "--out=DIR");
    refuse(LINE("run", "--json=yes"), "--json takes no value", "");
    refuse(LINE("run", "--out=a", "--out=b"), "--out is given twice", "");
    refuse(LINE("run", "a.yaml", "b.yaml"), "unexpected argument 'b.yaml'", "usage: simctl run");
    refuse(LINE("completion"), "needs an argument", "usage: simctl completion");
    refuse(LINE("run", "--color=red"), "must be auto, always or never", "");
}

/* A negative number and a lone dash are values, not flags. */
Test(cli_parse, a_dash_and_a_negative_number_are_values)
{
    struct cli c;
    accept(&c, "run", LINE("run", "--seed", "-7", "--log", "-", "-"));
    cr_expect_str_eq(cli_flag(&c, "seed"), "-7");
    cr_expect_str_eq(cli_flag(&c, "log"), "-");
    cr_expect_str_eq(c.arguments[0], "-");
    cli_fini(&c);
}

/* Two commands that give one flag name different kinds would make parsing depend on the command in
 * a way that completion and readers cannot see. */
Test(cli_parse, a_flag_name_means_the_same_kind_everywhere)
{
    const struct command *a, *b;
    for (size_t i = 0; (a = sim_command_at(i)) != NULL; i++)
        for (size_t k = 0; k < i && (b = sim_command_at(k)) != NULL; k++)
            for (const struct flag *f = a->flags; f != NULL && f->name != NULL; f++)
                for (const struct flag *g = b->flags; g != NULL && g->name != NULL; g++)
                    cr_expect(strcmp(f->name, g->name) != 0 ||
                                  (f->value == NULL) == (g->value == NULL),
                              "--%s of %s and %s", f->name, a->name, b->name);
}

/* --help and the man page show these; an empty one would be a hole in both. */
Test(cli_parse, every_command_has_help_and_no_flag_hides_a_global_one)
{
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        cr_expect(cmd->summary != NULL && cmd->summary[0] != 0, "%s", cmd->name);
        cr_expect(cmd->examples != NULL && strstr(cmd->examples, cmd->name) != NULL, "%s",
                  cmd->name);
        cr_expect_leq(cmd->min_arguments, cmd->max_arguments, "%s", cmd->name);
        for (const struct flag *f = cmd->flags; f != NULL && f->name != NULL; f++)
            for (const struct flag *g = cli_global_flags; g->name != NULL; g++) {
                cr_expect_str_neq(f->name, g->name, "%s", cmd->name);
                cr_expect(f->letter == 0 || f->letter != g->letter, "%s -%c", cmd->name, f->letter);
            }
    }
}
