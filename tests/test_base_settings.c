/* Options: every type, every complaint, and who wins. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include <simctl/option.h>

static const struct sim_option rows[] = {
    {"trace.departures", SIM_OPT_BOOL, 0, 0, "true", NULL, "whether tasks leave"},
    {"trace.limit", SIM_OPT_INT, 0, 1000, "0", NULL, "how many tasks"},
    {"policy.base", SIM_OPT_DECIMAL, 1000001, INT64_MAX, "2", NULL, "the base of the power"},
    {"scheduler.delay", SIM_OPT_TIME, 0, 3600000000, "0", NULL, "time to think"},
    {"log.size", SIM_OPT_SIZE, 0, 0, "64KiB", NULL, "the buffer"},
    {"event_order", SIM_OPT_CHOICE, 0, 0, "batch", "batch|event", "what happens first"},
    {"title", SIM_OPT_TEXT, 0, 0, "", NULL, "a name"},
    SIM_OPTION_END,
};

static struct sim_settings *fresh(void)
{
    struct sim_settings *s = sim_settings_create();
    sim_settings_declare(s, rows);
    return s;
}

static bool set(struct sim_settings *s, const char *key, const char *text, struct sim_diag *diag)
{
    *diag = (struct sim_diag){0};
    return sim_settings_set(s, key, text, SIM_FROM_FLAG, SIM_NOWHERE, diag);
}

Test(settings, defaults_are_parsed_like_values)
{
    struct sim_settings *s = fresh();
    cr_expect(sim_settings_bool(s, "trace.departures"));
    cr_expect_eq(sim_settings_int(s, "policy.base"), 2000000);
    cr_expect_eq(sim_settings_int(s, "log.size"), 65536);
    cr_expect_eq(sim_settings_choice(s, "event_order"), 0);
    cr_expect_str_eq(sim_settings_text(s, "title"), "");
    cr_expect(sim_settings_has(s, "title"));
    cr_expect_not(sim_settings_has(s, "titles"));
    sim_settings_destroy(s);
    sim_settings_destroy(NULL);
}

Test(settings, every_type_reads_what_its_header_says)
{
    struct sim_settings *s = fresh();
    struct sim_diag d;
    static const char *const no[] = {"false", "no", "off", "0"}, *const yes[] = {"true", "yes",
                                                                                 "on", "1"};
    for (int i = 0; i < 4; i++) {
        cr_expect(set(s, "trace.departures", no[i], &d));
        cr_expect_not(sim_settings_bool(s, "trace.departures"));
        cr_expect(set(s, "trace.departures", yes[i], &d));
        cr_expect(sim_settings_bool(s, "trace.departures"));
    }
    cr_expect(set(s, "trace.limit", "1000", &d));
    cr_expect_eq(sim_settings_int(s, "trace.limit"), 1000);
    cr_expect(set(s, "policy.base", "1.25", &d));
    cr_expect_eq(sim_settings_int(s, "policy.base"), 1250000);
    cr_expect(set(s, "scheduler.delay", " 1m30s ", &d));
    cr_expect_eq(sim_settings_int(s, "scheduler.delay"), 90000000);
    cr_expect(set(s, "event_order", "event", &d));
    cr_expect_eq(sim_settings_choice(s, "event_order"), 1);
    cr_expect(set(s, "title", "  any  text ", &d));
    cr_expect_str_eq(sim_settings_text(s, "title"), "any  text");
    sim_settings_destroy(s);
}

static void refuses(const char *key, const char *text, const char *words, const char *hint)
{
    struct sim_settings *s = fresh();
    struct sim_diag d;
    cr_expect_not(set(s, key, text, &d), "%s=%s", key, text);
    cr_expect_eq(d.err, SIM_ERR_CONFIG);
    cr_expect(strstr(d.text, words) != NULL, "'%s' is not in '%s'", words, d.text);
    cr_expect(strstr(d.text, key) != NULL, "%s", d.text);
    cr_expect(hint == NULL ? d.hint[0] == '\0' : strstr(d.hint, hint) != NULL, "%s", d.hint);
    sim_settings_destroy(s);
}

Test(settings, what_does_not_fit_is_refused_with_what_would)
{
    refuses("trace.departures", "maybe", "'maybe' is not true or false", NULL);
    refuses("trace.limit", "10k", "'10k' is not a whole number", NULL);
    refuses("trace.limit", "1.5", "not a whole number", NULL);
    refuses("trace.limit", "1001", "1001 is not between 0 and 1000", NULL);
    refuses("trace.limit", "-1", "-1 is not between 0 and 1000", NULL);
    refuses("trace.limit", "99999999999999999999", "is not between 0 and 1000", NULL);
    refuses("policy.base", "99999999999999999999", "is not between 1.000001 and ", NULL);
    refuses("policy.base", "1", "1 is below the least value, 1.000001", NULL);
    refuses("policy.base", "2.0000001", "at most 6 decimals", NULL);
    refuses("scheduler.delay", "2h", "2h is not between 0s and 1h", NULL);
    refuses("scheduler.delay", "5 parsecs", "'5 parsecs' is not a time such as", NULL);
    refuses("log.size", "2G", "'2G' is not a size such as", "2GiB for powers of 1024 or 2GB");
    refuses("event_order", "bacth", "'bacth' is not one of batch|event", "'batch'");
    refuses("event_order", "bat", "'bat' is not one of batch|event", NULL);
    refuses("event_order", "", "'' is not one of", NULL);
}

Test(settings, an_unknown_key_names_the_nearest)
{
    struct sim_settings *s = fresh();
    struct sim_diag d;
    cr_expect_not(set(s, "trace.departure", "true", &d));
    cr_expect_eq(d.err, SIM_ERR_UNKNOWN);
    cr_expect_str_eq(d.hint, "did you mean 'trace.departures'?");
    cr_expect_not(set(s, "departures", "true", &d));
    cr_expect_str_eq(d.hint, "did you mean 'trace.departures'?");
    cr_expect_not(set(s, "something.else.altogether", "true", &d));
    cr_expect_str_eq(d.hint, "");
    sim_settings_destroy(s);
}

static const struct sim_option family_rows[] = {
    {"groups.*.count", SIM_OPT_INT, 1, 100, "1", NULL, "how many"},
    {"groups.*.think.job", SIM_OPT_TIME, 0, INT64_MAX, "0", NULL, "how long"},
    SIM_OPTION_END,
};

Test(settings, a_family_has_all_its_rows_for_every_name_that_is_set)
{
    struct sim_settings *s = fresh();
    struct sim_diag d;
    struct sim_text name;
    sim_settings_declare(s, family_rows);
    cr_expect_not(sim_settings_member(s, "groups", 0, &name));
    cr_assert(set(s, "groups.service.think.job", "10s", &d));
    cr_assert(set(s, "groups.batch.count", "4", &d));
    cr_assert(set(s, "groups.batch.think.job", "100ms", &d));
    cr_assert(sim_settings_member(s, "groups", 0, &name));
    cr_expect(name.len == 5 && memcmp(name.at, "batch", 5) == 0);
    cr_assert(sim_settings_member(s, "groups", 1, &name));
    cr_expect(name.len == 7 && memcmp(name.at, "service", 7) == 0);
    cr_expect_not(sim_settings_member(s, "groups", 2, &name));
    cr_expect_eq(sim_settings_int(s, "groups.batch.count"), 4);
    cr_expect_eq(sim_settings_int(s, "groups.batch.think.job"), 100000);
    cr_expect_eq(sim_settings_int(s, "groups.service.count"), 1);
    cr_expect(sim_settings_has(s, "groups.other.count"));
    cr_expect_not(set(s, "groups.batch.cout", "4", &d));
    cr_expect_str_eq(d.hint, "did you mean 'groups.batch.count'?");
    cr_expect_not(set(s, "groups.batch.count", "0", &d));
    cr_expect(strstr(d.text, "groups.batch.count") != NULL, "%s", d.text);
    cr_expect_not(set(s, "groups..count", "4", &d));
    sim_settings_destroy(s);
}

/* A file must not undo what the command line said, whichever is read first. */
Test(settings, a_lower_origin_never_replaces_a_higher)
{
    struct sim_settings *s = fresh();
    struct sim_diag d = {0};
    struct sim_setting row;
    const struct sim_where where = {"study.yaml", 3, 5};
    cr_assert(sim_settings_set(s, "trace.limit", "5", SIM_FROM_FLAG, SIM_NOWHERE, &d));
    cr_assert(sim_settings_set(s, "trace.limit", "6", SIM_FROM_FILE, where, &d));
    cr_expect_eq(sim_settings_int(s, "trace.limit"), 5);
    cr_assert_not(sim_settings_set(s, "trace.limit", "x", SIM_FROM_FILE, where, &d),
                  "a wrong value is an error even where it loses");
    cr_assert(sim_settings_set(s, "trace.limit", "7", SIM_FROM_FLAG, SIM_NOWHERE, NULL));
    cr_expect_eq(sim_settings_int(s, "trace.limit"), 7);
    cr_assert(sim_settings_set(s, "title", "T", SIM_FROM_FILE, where, NULL));
    for (size_t i = 0; sim_settings_at(s, i, &row); i++) {
        if (strcmp(row.option->key, "title") == 0) {
            cr_expect_eq(row.origin, SIM_FROM_FILE);
            cr_expect_str_eq(row.where.path, "study.yaml");
            cr_expect_eq(row.where.line, 3u);
        }
    }
    cr_expect_str_eq(sim_origin_name(SIM_FROM_ENV), "environment");
    sim_settings_destroy(s);
}

/* config.resolved.yaml is compared and read again: keys in order, values canonical and stable. */
Test(settings, the_walk_is_in_key_order_and_its_texts_read_back_equal)
{
    struct sim_settings *s = fresh(), *t = fresh();
    struct sim_diag d = {0};
    cr_assert(set(s, "trace.departures", "off", &d));
    cr_assert(set(s, "policy.base", "1.50", &d));
    cr_assert(set(s, "scheduler.delay", "90", &d));
    cr_assert(set(s, "log.size", "1.5 GiB", &d));
    static const char *const want[][2] = {
        {"event_order", "batch"},     {"log.size", "1536MiB"}, {"policy.base", "1.5"},
        {"scheduler.delay", "1m30s"}, {"title", ""},           {"trace.departures", "false"},
        {"trace.limit", "0"},
    };
    struct sim_setting a, b;
    size_t i = 0;
    for (; sim_settings_at(s, i, &a); i++) {
        cr_expect_str_eq(a.option->key, want[i][0]);
        cr_expect_str_eq(a.text, want[i][1], "%s: %s", a.option->key, a.text);
        cr_assert(set(t, a.option->key, a.text, &d), "%s", d.text);
    }
    cr_expect_eq(i, 7u);
    for (i = 0; sim_settings_at(s, i, &a) && sim_settings_at(t, i, &b); i++)
        cr_expect_str_eq(a.text, b.text);
    cr_expect_eq(sim_settings_int(t, "log.size"), sim_settings_int(s, "log.size"));
    sim_settings_destroy(s);
    sim_settings_destroy(t);
}

/* Two parts may share a row; what was set stays set. */
Test(settings, declaring_a_key_again_changes_nothing)
{
    struct sim_settings *s = fresh();
    struct sim_diag d;
    cr_assert(set(s, "trace.limit", "9", &d));
    sim_settings_declare(s, rows);
    cr_expect_eq(sim_settings_int(s, "trace.limit"), 9);
    sim_settings_destroy(s);
}

Test(settings, reading_an_undeclared_key_is_a_bug, .signal = SIGABRT)
{
    sim_settings_int(fresh(), "no.such.key");
}

Test(settings, reading_with_the_wrong_type_is_a_bug, .signal = SIGABRT)
{
    sim_settings_bool(fresh(), "trace.limit");
}

Test(settings, a_default_that_its_own_row_refuses_is_a_bug, .signal = SIGABRT)
{
    static const struct sim_option bad[] = {
        {"x", SIM_OPT_INT, 1, 5, "0", NULL, "too low by itself"}, SIM_OPTION_END};
    sim_settings_declare(sim_settings_create(), bad);
}

Test(nearest, slips_of_the_finger_are_near_and_other_words_are_not)
{
    static const char *const names[] = {"best-fit", "worst-fit", "first-fit", "fgd", "e-pvm"};
    cr_expect_str_eq(sim_nearest("bestfit", names, 5), "best-fit");
    cr_expect_str_eq(sim_nearest("wrost-fit", names, 5), "worst-fit");
    cr_expect_str_eq(sim_nearest("fdg", names, 5), "fgd");
    cr_expect_str_eq(sim_nearest("fgd", names, 5), "fgd");
    cr_expect_null(sim_nearest("random", names, 5));
    cr_expect_null(sim_nearest("xyz", names, 5));
    cr_expect_null(sim_nearest("", names, 5));
    cr_expect_null(sim_nearest("fgd", names, 0));
    char lengthy[200];
    memset(lengthy, 'f', sizeof lengthy);
    lengthy[sizeof lengthy - 1] = '\0';
    cr_expect_null(sim_nearest(lengthy, names, 5));
}
