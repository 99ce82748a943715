/* test_cli_setup.c - layers of settings, parts by name, and the file that repeats a run. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "told.h"

#include "cli/setup.h"

static char dir[64];

static void enter(void)
{
    snprintf(dir, sizeof dir, "/tmp/test_cli_setup_XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
}

static void leave(void)
{
    char command[96];
    cr_assert_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -r %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(cli_setup, .init = enter, .fini = leave);

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static const char swf[] = "; MaxProcs: 4\n"
                          "1 0 -1 10 1 -1 -1 1 10 -1 1 1 1 -1 -1 -1 -1 -1\n";

static void resolve(struct setup *s, const struct setup_sources *from)
{
    struct sim_diag diag = {0};
    char text[1024];
    cr_assert(setup_resolve(s, from, &diag), "%s", sim_diag_str(&diag, text, sizeof text));
}

static size_t refuse(struct setup_sources from, struct told *told)
{
    struct setup s;
    struct sim_diag diag = {0};
    *told = (struct told){0};
    from.report = tell;
    from.self = told;
    cr_assert_not(setup_resolve(&s, &from, &diag));
    cr_expect_str_eq(diag.text, told->diag[0].text, "the first error is handed back");
    setup_fini(&s);
    return told->count;
}

static bool is_told(const struct told *told, const char *text)
{
    char line[1024];
    for (size_t i = 0; i < told->count; i++)
        if (strstr(sim_diag_str(&told->diag[i], line, sizeof line), text) != NULL)
            return true;
    return false;
}

static enum sim_origin origin(const struct setup *s, const char *key)
{
    struct sim_setting row;
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++)
        if (strcmp(row.option->key, key) == 0)
            return row.origin;
    cr_assert_fail("no key %s", key);
    return SIM_FROM_DEFAULT;
}

/* The order that the documentation promises: flag, environment, file, preset, default. */
Test(cli_setup, the_strongest_origin_wins)
{
    write_file("log.swf", swf);
    write_file("c.yaml", "trace: swf:log.swf\npolicy: fcfs\nseed: 2\n");
    struct setup s;
    resolve(&s, &(struct setup_sources){.trace = "log.swf", .policy = "first-fit"});
    cr_expect_eq(s.seed, 1);
    cr_expect_eq(origin(&s, "seed"), SIM_FROM_DEFAULT);
    setup_fini(&s);
    resolve(&s, &(struct setup_sources){.config = "c.yaml"});
    cr_expect_eq(s.seed, 2);
    cr_expect_eq(origin(&s, "seed"), SIM_FROM_FILE);
    cr_expect_eq(origin(&s, "queue.blocking"), SIM_FROM_PRESET);
    setup_fini(&s);
    setenv("SIMCTL_SEED", "3", 1);
    setenv("SIMCTL_QUEUE_BLOCKING", "false", 1);
    resolve(&s, &(struct setup_sources){.config = "c.yaml"});
    cr_expect_eq(s.seed, 3);
    cr_expect_not(sim_settings_bool(s.settings, "queue.blocking"));
    setup_fini(&s);
    resolve(&s, &(struct setup_sources){.config = "c.yaml", .seed = "4"});
    cr_expect_eq(s.seed, 4);
    cr_expect_eq(origin(&s, "seed"), SIM_FROM_FLAG);
    setup_fini(&s);
    unsetenv("SIMCTL_SEED");
    unsetenv("SIMCTL_QUEUE_BLOCKING");
}

Test(cli_setup, a_wrong_environment_variable_is_named)
{
    write_file("log.swf", swf);
    struct told told;
    setenv("SIMCTL_SEED", "many", 1);
    setenv("SIMCTL_QUEUE_BLOCKING", "perhaps", 1); /* A key that the policy brings. */
    cr_expect_eq(refuse((struct setup_sources){.trace = "log.swf", .policy = "fcfs"}, &told), 2u,
                 "each once");
    unsetenv("SIMCTL_SEED");
    unsetenv("SIMCTL_QUEUE_BLOCKING");
    cr_expect(is_told(&told, "SIMCTL_SEED: error[config]"));
    cr_expect(is_told(&told, "SIMCTL_QUEUE_BLOCKING: error[config]"));
}

/* A study must mean the same from whatever directory it is started. */
Test(cli_setup, paths_in_a_file_are_relative_to_the_file)
{
    cr_assert_eq(mkdir("sub", 0777), 0);
    write_file("sub/log.swf", swf);
    write_file("sub/c.yaml", "trace: {format: swf, path: log.swf}\npolicy: {name: fcfs}\n");
    struct setup s;
    resolve(&s, &(struct setup_sources){.config = "sub/c.yaml"});
    cr_expect_str_eq(s.trace_path, "sub/log.swf");
    cr_expect_str_eq(s.cluster_path, "sub/log.swf");
    cr_expect_str_eq(s.cluster->name, "swf");
    setup_fini(&s);
    write_file("log.swf", swf);
    resolve(&s, &(struct setup_sources){.config = "sub/c.yaml", .trace = "log.swf"});
    cr_expect_str_eq(s.trace_path, "log.swf", "a flag is relative to the working directory");
    setup_fini(&s);
}

Test(cli_setup, all_errors_of_a_file_are_told_with_their_places)
{
    write_file("log.swf", swf);
    write_file("c.yaml", "trace: log.swf\n"
                         "policy: fcsf\n"
                         "seed: many\n"
                         "event_ordr: batch\n"
                         "check: sometimes\n");
    struct told told;
    cr_expect_eq(refuse((struct setup_sources){.config = "c.yaml"}, &told), 4);
    cr_expect(is_told(
        &told, "c.yaml:2:9: error[unknown-name]: unknown policy 'fcsf' (did you mean 'fcfs'?"));
    cr_expect(is_told(&told, "c.yaml:3:7: error[config]: seed: 'many'"));
    cr_expect(is_told(&told, "c.yaml:4:1: error[unknown-name]"));
    cr_expect(is_told(&told, "did you mean 'event_order'?"));
    cr_expect(is_told(&told, "c.yaml:5:8: error[config]"));
}

/* Keys of a part that could not be found cannot be checked; complaining about them would mislead.
 */
Test(cli_setup, an_unknown_policy_does_not_make_its_keys_unknown)
{
    write_file("c.yaml", "trace: 'synth:'\ncluster: 2x4,8GiB\npolicy: {name: e-pvn, base: 2}\n");
    struct told told;
    cr_expect_eq(refuse((struct setup_sources){.config = "c.yaml"}, &told), 1);
}

Test(cli_setup, missing_parts_say_how_to_give_them)
{
    struct told told;
    cr_expect_eq(refuse((struct setup_sources){0}, &told), 2);
    cr_expect(is_told(&told, "no policy is named"));
    cr_expect(is_told(&told, "no trace is given"));
    refuse((struct setup_sources){.trace = "synth:", .policy = "best-fit"}, &told);
    cr_expect(is_told(&told, "no cluster is given, and a synth trace does not describe its own"));
    const char *sets[] = {"seed"};
    refuse((struct setup_sources){.trace = "synth:",
                                  .cluster = "1x1,1GiB",
                                  .policy = "best-fit",
                                  .sets = sets,
                                  .set_count = 1},
           &told);
    cr_expect(is_told(&told, "--set needs key=value, found 'seed'"));
}

static void expect_format(const char *text, enum sim_role role, const char *format,
                          const char *path)
{
    const struct sim_format *f = NULL;
    char *p = NULL;
    struct sim_diag diag = {0};
    struct setup s = {0};
    cr_assert(setup_format(text, role, &f, &p, &diag), "%s: %s", text, diag.text);
    cr_expect_str_eq(f->name, format);
    cr_expect_str_eq(p, path);
    s.trace_path = p;
    setup_fini(&s);
}

static void expect_no_format(const char *text, enum sim_role role, const char *what,
                             const char *hint)
{
    const struct sim_format *f = NULL;
    char *p = NULL;
    struct sim_diag diag = {0};
    struct setup s = {0};
    cr_assert_not(setup_format(text, role, &f, &p, &diag), "%s", text);
    cr_expect_not_null(strstr(diag.text, what), "%s: %s", text, diag.text);
    cr_expect_not_null(strstr(diag.hint, hint), "%s: %s", text, diag.hint);
    s.trace_path = p;
    setup_fini(&s);
}

/* A colon may be part of a file's name, a cluster may be no file at all. */
Test(cli_setup, formats_are_named_or_told_by_the_input)
{
    write_file("log.swf", swf);
    write_file("swx:log", swf);
    expect_format("swf:log.swf", SIM_ROLE_TRACE, "swf", "log.swf");
    expect_format("log.swf", SIM_ROLE_TRACE, "swf", "log.swf");
    expect_format("swx:log", SIM_ROLE_TRACE, "swf", "swx:log");
    expect_format("swf:-", SIM_ROLE_TRACE, "swf", "-");
    expect_format("synth:", SIM_ROLE_TRACE, "synth", "");
    expect_format("3x8,16GiB", SIM_ROLE_CLUSTER, "spec", "3x8,16GiB");
    expect_format("spec:3x8,16GiB", SIM_ROLE_CLUSTER, "spec", "3x8,16GiB");
    expect_no_format("sfw:log.swf", SIM_ROLE_TRACE, "unknown format 'sfw'", "'swf:log.swf'");
    expect_no_format("nothing.swf", SIM_ROLE_TRACE, "no such file", "FORMAT:PATH");
    expect_no_format("synth", SIM_ROLE_TRACE, "no such file", "'synth:'");
    expect_no_format("-", SIM_ROLE_TRACE, "must be named", "FORMAT:-");
    expect_no_format("spec:1x1,1GiB", SIM_ROLE_TRACE, "cannot describe a trace", "swf");
    write_file("noise", "\x7f\x45\x4c\x46 what is this\n");
    expect_no_format("noise", SIM_ROLE_TRACE, "cannot be told", "FORMAT:noise");
}

/* Else a file that a spreadsheet saved needs a name for what every reader can read. */
Test(cli_setup, a_format_is_told_however_its_first_line_is_written)
{
#define MARK "\xef\xbb\xbf"
    static const struct {
        const char *format, *text;
        enum sim_role role;
    } files[] = {
        {"csv", "submit,duration,cpu\r\n0,1,1\r\n", SIM_ROLE_TRACE},
        {"csv", MARK "submit,duration,cpu\n0,1,1\n", SIM_ROLE_TRACE},
        {"csv", MARK "\r\n\"cpu\" , \"submit\",\"duration\"\r\n1,0,1\r\n", SIM_ROLE_TRACE},
        {"csv", "submit,duration,cpu", SIM_ROLE_TRACE},
        {"csv", "\"memory\",\"cpu\",\"name\"\r\n1,1,a\r\n", SIM_ROLE_CLUSTER},
        {"openb", MARK "name,cpu_milli,memory_mib,num_gpu,creation_time\r\n", SIM_ROLE_TRACE},
        {"openb", "\"num_gpu\",\"name\",cpu_milli,memory_mib,creation_time\n", SIM_ROLE_TRACE},
        {"openb", "model,gpu,\"memory_mib\",cpu_milli,sn\r\n", SIM_ROLE_CLUSTER},
        {"swf", MARK "; MaxProcs: 8\r\n\r\n", SIM_ROLE_CLUSTER},
        {"swf", MARK "\r\n1 0 0 9 1 -1 -1 1 9 -1 1 1 1 1 1 -1 -1 -1\r\n", SIM_ROLE_TRACE},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        write_file("table", files[i].text);
        expect_format("table", files[i].role, files[i].format, "table");
    }
}

/* What explain --verify and a reader of the paper rely on. */
Test(cli_setup, the_written_file_reads_back_to_the_same_settings)
{
    write_file("log.swf", swf);
    const char *sets[] = {"tie=random", "slowdown_tau=1m30s", "cluster.overcommit.cpu=1.25"};
    struct setup a, b;
    struct sim_diag diag = {0};
    resolve(&a, &(struct setup_sources){.trace = "log.swf",
                                        .policy = "fcfs",
                                        .seed = "9",
                                        .sets = sets,
                                        .set_count = 3,
                                        .bad_rows = "repair"});
    cr_assert(setup_write(&a, "resolved.yaml", &diag), "%s", diag.text);
    const uint64_t hash = setup_hash(&a);
    cr_assert_eq(mkdir("else", 0777), 0);
    cr_assert_eq(chdir("else"), 0);
    resolve(&b, &(struct setup_sources){.config = "../resolved.yaml"});
    struct sim_setting x, y;
    size_t i = 0;
    for (; sim_settings_at(a.settings, i, &x) && sim_settings_at(b.settings, i, &y); i++) {
        cr_expect_str_eq(x.option->key, y.option->key);
        if (strcmp(x.option->key, "trace") != 0 && strcmp(x.option->key, "cluster") != 0)
            cr_expect_str_eq(x.text, y.text, "%s", x.option->key);
    }
    cr_expect_not(sim_settings_at(b.settings, i, &y));
    cr_expect_eq(hash, setup_hash(&b), "the name of the directory follows from the settings");
    cr_expect_eq(a.seed, b.seed);
    cr_expect_eq(a.policy, b.policy);
    cr_expect_eq(a.preset, b.preset);
    cr_expect_str_eq(a.name, b.name);
    char full[128];
    snprintf(full, sizeof full, "%s/log.swf", dir);
    cr_expect_str_eq(b.trace_path, full, "paths are kept absolute");
    setup_fini(&a);
    setup_fini(&b);
}

/* A policy may read one more workload; it must be found again from anywhere, like the trace. */
Test(cli_setup, inputs_named_by_options_follow_the_rules_of_the_trace)
{
    struct setup a, b;
    struct sim_diag diag = {0};
    char text[160];
    cr_assert_eq(mkdir("sub", 0777), 0);
    write_file("sub/log.swf", swf);
    write_file("sub/c.yaml", "trace: log.swf\npolicy: {name: fgd, history: log.swf}\n");
    resolve(&a, &(struct setup_sources){.config = "sub/c.yaml"});
    cr_expect_str_eq(sim_settings_text(a.settings, "policy.history"), "swf:sub/log.swf");
    cr_assert(setup_write(&a, "resolved.yaml", &diag), "%s", diag.text);
    resolve(&b, &(struct setup_sources){.config = "resolved.yaml"});
    snprintf(text, sizeof text, "swf:%s/sub/log.swf", dir);
    cr_expect_str_eq(sim_settings_text(b.settings, "policy.history"), text);
    setup_fini(&a);
    setup_fini(&b);
    struct told told;
    write_file("sub/c.yaml", "trace: log.swf\npolicy: {name: fgd, history: lgo.swf}\n");
    cr_expect_eq(refuse((struct setup_sources){.config = "sub/c.yaml"}, &told), 1);
    cr_expect(is_told(&told, "sub/c.yaml:2:30: error[io]: no such file or directory: sub/lgo.swf"));
}

/* Text with quotes, colons, or what YAML would take for syntax. */
Test(cli_setup, odd_paths_survive_the_written_file)
{
    const char *name = "- odd: \"#1\" \\ \t.swf";
    write_file(name, swf);
    struct setup a, b;
    struct sim_diag diag = {0};
    char trace[64], full[160];
    snprintf(trace, sizeof trace, "swf:%s", name);
    resolve(&a, &(struct setup_sources){.trace = trace, .policy = "fcfs"});
    cr_assert(setup_write(&a, "resolved.yaml", &diag), "%s", diag.text);
    resolve(&b, &(struct setup_sources){.config = "resolved.yaml"});
    snprintf(full, sizeof full, "%s/%s", dir, name);
    cr_expect_str_eq(b.trace_path, full);
    setup_fini(&a);
    setup_fini(&b);
}

/* A preset whose keys its own parts do not have would abort a user's run. */
Test(cli_setup, every_preset_fits_its_parts)
{
    const struct sim_preset *preset;
    for (size_t i = 0; (preset = sim_preset_at(i)) != NULL; i++) {
        struct setup s;
        resolve(&s, &(struct setup_sources){
                        .trace = "synth:", .cluster = "1x1,1GiB", .policy = preset->name});
        cr_expect_eq(s.preset, preset);
        for (size_t k = 0; preset->settings[k] != NULL; k++) {
            char key[128];
            snprintf(key, sizeof key, "%.*s", (int)strcspn(preset->settings[k], "="),
                     preset->settings[k]);
            cr_expect(sim_settings_has(s.settings, key), "%s: %s", preset->name, key);
        }
        setup_fini(&s);
    }
}

Test(cli_setup, every_policy_resolves_under_the_default_scheduler)
{
    const struct sim_policy *policy;
    for (size_t i = 0; (policy = sim_policy_at(i)) != NULL; i++) {
        struct setup s;
        resolve(&s, &(struct setup_sources){
                        .trace = "synth:", .cluster = "1x1,1GiB", .policy = policy->name});
        cr_expect_eq(s.policy, policy);
        cr_expect_eq(s.scheduler, setup_default_scheduler());
        setup_fini(&s);
    }
}

Test(cli_setup, the_name_of_a_run_can_be_a_directory)
{
    struct told told;
    const char *bad[] = {"name=../up", "name=.hidden", "name=a b"};
    for (size_t i = 0; i < 3; i++) {
        refuse((struct setup_sources){.trace = "synth:",
                                      .cluster = "1x1,1GiB",
                                      .policy = "best-fit",
                                      .sets = &bad[i],
                                      .set_count = 1},
               &told);
        cr_expect(is_told(&told, "name is '"), "%s", bad[i]);
    }
}
