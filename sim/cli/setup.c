/* setup.c - layers of settings to one resolved run.
 *
 * Everything a user can say is a key with a value: --seed 7, SIMCTL_SEED=7, `seed: 7` and --set
 * seed=7 are one thing from four origins, and sim_settings keeps the strongest. It goes in two
 * steps because which keys exist depends on the parts chosen: first the rows of setup_options()
 * name the parts, then the rows of these parts are declared and the other keys are checked against
 * them. */
#include "cli/setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "cli/config.h"
#include "cli/setup_inputs.h"

#define NAMES_MAX 256
#define DEFAULT_SCHEDULER "monolithic"

static const struct sim_option setup_rows[] = {
    {"schema", SIM_OPT_CHOICE, 0, 0, "simctl/1", "simctl/1", "version of the configuration's keys"},
    {"name", SIM_OPT_TEXT, 0, 0, "", NULL,
     "name of the run and of its directory; default: the policy"},
    {"seed", SIM_OPT_INT, 0, INT64_MAX, "1", NULL, "root seed of every random stream"},
    {"trace", SIM_OPT_TEXT, 0, 0, "", NULL, "the workload, FORMAT:PATH"},
    {"cluster", SIM_OPT_TEXT, 0, 0, "", NULL,
     "the machines, FORMAT:PATH or NxCPU,MEMORY[,GPU]; default: the trace's own"},
    {"policy", SIM_OPT_TEXT, 0, 0, "", NULL, "a preset or a placement policy"},
    {"scheduler", SIM_OPT_TEXT, 0, 0, DEFAULT_SCHEDULER, NULL,
     "who is tried when; presets name their own"},
    SIM_OPTION_END};

const struct sim_option *setup_options(void)
{
    return setup_rows;
}

const struct sim_scheduler *setup_default_scheduler(void)
{
    const struct sim_scheduler *s = sim_scheduler_find(DEFAULT_SCHEDULER);
    CHECK(s != NULL);
    return s;
}

struct work {
    struct setup *s;
    const struct setup_sources *from;
    struct config config;
    struct config_errors errors;
    /* Parts that could not be found: their keys cannot be checked and are passed over in silence.
     */
    bool no_trace, no_cluster, no_policy, no_scheduler;
};

/* ---- one value ------------------------------------------------------------------------------ */

static bool is_setup_key(const char *key)
{
    for (const struct sim_option *row = setup_rows; row->key != NULL; row++)
        if (strcmp(row->key, key) == 0)
            return true;
    return false;
}

static bool starts(const char *key, const char *prefix)
{
    return strncmp(key, prefix, strlen(prefix)) == 0;
}

static bool unchecked(const struct work *w, const char *key)
{
    if (sim_settings_has(w->s->settings, key))
        return false;
    return (w->no_trace && starts(key, "trace.")) || (w->no_cluster && starts(key, "cluster.")) ||
           (w->no_policy && starts(key, "policy.")) ||
           (w->no_scheduler && (starts(key, "scheduler.") || starts(key, "queue.")));
}

/* An unknown key is shown where it stands, a wrong value where that stands. */
static void put(struct work *w, const char *key, const char *text, enum sim_origin origin,
                struct sim_where key_at, struct sim_where value_at)
{
    struct sim_diag diag = {0};
    if (unchecked(w, key))
        return;
    const bool known = sim_settings_has(w->s->settings, key);
    if (sim_settings_set(w->s->settings, key, text, origin, known ? value_at : key_at, &diag))
        return;
    if (!known) /* The nearest name is the first hint, where there is one. */
        sim_hint(&diag, "simctl help options lists those of each format and policy");
    config_error(&w->errors, &diag);
}

static void put_flag(struct work *w, const char *key, const char *text)
{
    if (text != NULL)
        put(w, key, text, SIM_FROM_FLAG, SIM_NOWHERE, SIM_NOWHERE);
}

/* ---- origins -------------------------------------------------------------------------------- */

/* SIMCTL_TRACE_DEPARTURES for trace.departures. The keys that choose the parts come first, those
 * that the parts declare when they are known: every key once. */
static void put_environment(struct work *w, bool setup_keys)
{
    struct sim_setting row;
    for (size_t i = 0; sim_settings_at(w->s->settings, i, &row); i++) {
        if (is_setup_key(row.option->key) != setup_keys)
            continue;
        char name[128];
        int len = snprintf(name, sizeof name, "SIMCTL_%s", row.option->key);
        for (int k = 0; k < len && k < (int)sizeof name; k++) {
            if (name[k] >= 'a' && name[k] <= 'z')
                name[k] = (char)(name[k] - 'a' + 'A');
            else if (name[k] == '.' || name[k] == '-')
                name[k] = '_';
        }
        const char *text = getenv(name);
        struct sim_diag diag = {0};
        int64_t value;
        if (text == NULL)
            continue;
        if (sim_option_parse(row.option, text, &value, (struct sim_where){name, 0, 0}, &diag))
            put(w, row.option->key, text, SIM_FROM_ENV, SIM_NOWHERE, SIM_NOWHERE);
        else
            config_error(&w->errors, &diag); /* The variable is its place. */
    }
}

static void put_sets(struct work *w, bool setup_keys)
{
    for (size_t i = 0; i < w->from->set_count; i++) {
        const char *text = w->from->sets[i], *equals = strchr(text, '=');
        if (equals == NULL || equals == text) {
            struct sim_diag diag = {0};
            sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE, "--set needs key=value, found '%s'", text);
            if (setup_keys)
                config_error(&w->errors, &diag);
            continue;
        }
        char *key = mem_text(text, (size_t)(equals - text));
        if (is_setup_key(key) == setup_keys)
            put_flag(w, key, equals + 1);
        mem_free(key);
    }
}

/* `trace: {format: swf, path: x}` says the same as `trace: swf:x`; `policy: {name: x}` as `policy:
 * x`. Returns the entry of "KEY.PART", or NULL. */
static const struct config_entry *part(const struct work *w, const char *key, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%s.%s", key, name);
    for (size_t i = 0; i < w->config.count; i++)
        if (strcmp(w->config.entries[i].key, full) == 0)
            return &w->config.entries[i];
    return NULL;
}

static bool is_part(const char *key)
{
    return strcmp(key, "trace.format") == 0 || strcmp(key, "trace.path") == 0 ||
           strcmp(key, "cluster.format") == 0 || strcmp(key, "cluster.path") == 0 ||
           strcmp(key, "policy.name") == 0;
}

static void put_input_parts(struct work *w, const char *key)
{
    const struct config_entry *format = part(w, key, "format"), *path = part(w, key, "path");
    if (format == NULL && path == NULL)
        return;
    const struct config_entry *at = path != NULL ? path : format;
    char text[4096];
    snprintf(text, sizeof text, "%s%s%s", format != NULL ? format->text : "",
             format != NULL ? ":" : "", path != NULL ? path->text : "");
    put(w, key, text, SIM_FROM_FILE, at->key_at, at->value_at);
}

static void put_file_parts(struct work *w)
{
    for (size_t i = 0; i < w->config.count; i++) {
        const struct config_entry *e = &w->config.entries[i];
        if (is_setup_key(e->key))
            put(w, e->key, e->text, SIM_FROM_FILE, e->key_at, e->value_at);
    }
    put_input_parts(w, "trace");
    put_input_parts(w, "cluster");
    const struct config_entry *name = part(w, "policy", "name");
    if (name != NULL)
        put(w, "policy", name->text, SIM_FROM_FILE, name->key_at, name->value_at);
}

static void put_file_rest(struct work *w)
{
    for (size_t i = 0; i < w->config.count; i++) {
        const struct config_entry *e = &w->config.entries[i];
        if (!is_setup_key(e->key) && !is_part(e->key))
            put(w, e->key, e->text, SIM_FROM_FILE, e->key_at, e->value_at);
    }
}

/* ---- parts ---------------------------------------------------------------------------------- */

static struct sim_setting setting(const struct work *w, const char *key)
{
    struct sim_setting row = {0};
    bool found = false;
    for (size_t i = 0; !found && sim_settings_at(w->s->settings, i, &row); i++)
        found = strcmp(row.option->key, key) == 0;
    CHECK(found);
    return row;
}

static void missing(struct work *w, const char *hint, const char *text)
{
    struct sim_diag diag = {0};
    sim_hint(&diag, "%s", hint);
    sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE, "%s", text);
    config_error(&w->errors, &diag);
}

static void unknown_name(struct work *w, struct sim_setting row, const char *what,
                         const char *const *names, size_t n, const char *list)
{
    struct sim_diag diag = {0};
    const char *near = sim_nearest(row.text, names, n);
    if (near != NULL)
        sim_hint(&diag, "did you mean '%s'? %s lists all", near, list);
    else
        sim_hint(&diag, "%s lists them", list);
    sim_fail(&diag, SIM_ERR_UNKNOWN, row.where, "unknown %s '%s'", what, row.text);
    config_error(&w->errors, &diag);
}

static void unknown_policy(struct work *w, struct sim_setting row)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    const struct sim_preset *preset;
    const struct sim_policy *policy;
    for (size_t i = 0; n < NAMES_MAX && (preset = sim_preset_at(i)) != NULL; i++)
        names[n++] = preset->name;
    for (size_t i = 0; n < NAMES_MAX && (policy = sim_policy_at(i)) != NULL; i++)
        names[n++] = policy->name;
    unknown_name(w, row, "policy", names, n, "simctl policies");
}

static void unknown_scheduler(struct work *w, struct sim_setting row)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    const struct sim_scheduler *scheduler;
    for (size_t i = 0; n < NAMES_MAX && (scheduler = sim_scheduler_at(i)) != NULL; i++)
        names[n++] = scheduler->name;
    unknown_name(w, row, "scheduler", names, n, "simctl policies");
}

/* A preset comes first: it may be named after the placement policy that it configures. */
static void find_policy(struct work *w)
{
    struct setup *s = w->s;
    const struct sim_setting row = setting(w, "policy");
    s->preset = sim_preset_find(row.text);
    s->policy = sim_policy_find(s->preset != NULL ? s->preset->policy : row.text);
    if (s->preset != NULL) {
        CHECK(s->policy != NULL && sim_scheduler_find(s->preset->scheduler) != NULL);
        put(w, "scheduler", s->preset->scheduler, SIM_FROM_PRESET, SIM_NOWHERE, SIM_NOWHERE);
    }
    w->no_policy = s->policy == NULL;
    if (row.text[0] == 0)
        missing(w, "--policy NAME, or `policy: NAME` in the file; simctl policies lists them",
                "no policy is named");
    else if (s->policy == NULL)
        unknown_policy(w, row);
    s->scheduler = sim_scheduler_find(setting(w, "scheduler").text);
    w->no_scheduler = s->scheduler == NULL;
    if (s->scheduler == NULL)
        unknown_scheduler(w, setting(w, "scheduler"));
}

/* Paths in a file are relative to the file. */
static bool find_input(struct work *w, const char *key, enum sim_role role,
                       const struct sim_format **format, char **path)
{
    const struct sim_setting row = setting(w, key);
    struct sim_diag diag = {0};
    char *dir = row.origin == SIM_FROM_FILE ? setup_dir_of(w->config.path) : NULL;
    const bool here = dir == NULL || strcmp(dir, ".") == 0;
    const bool ok =
        setup_format_in(row.text, role, here ? NULL : dir, row.where, format, path, &diag);
    mem_free(dir);
    if (!ok)
        config_error(&w->errors, &diag);
    return ok;
}

static void find_inputs(struct work *w)
{
    struct setup *s = w->s;
    const bool trace = setting(w, "trace").text[0] != 0,
               cluster = setting(w, "cluster").text[0] != 0;
    if (trace)
        w->no_trace = !find_input(w, "trace", SIM_ROLE_TRACE, &s->trace, &s->trace_path);
    else
        missing(w, "--trace FORMAT:PATH, or `trace: FORMAT:PATH` in the file", "no trace is given");
    w->no_trace = w->no_trace || !trace;
    w->no_cluster = !cluster && (w->no_trace || !(s->trace->roles & SIM_ROLE_CLUSTER));
    if (cluster) {
        w->no_cluster = !find_input(w, "cluster", SIM_ROLE_CLUSTER, &s->cluster, &s->cluster_path);
    } else if (!w->no_cluster) {
        s->cluster = s->trace;
        s->cluster_path = mem_text(s->trace_path, strlen(s->trace_path));
    } else if (!w->no_trace) {
        char text[160];
        snprintf(text, sizeof text, "no cluster is given, and a %s trace does not describe its own",
                 s->trace->name);
        missing(w, "--cluster FORMAT:PATH, or --cluster NxCPU,MEMORY such as 100x16,64GiB", text);
    }
}

static void declare_parts(struct work *w)
{
    struct setup *s = w->s;
    const struct sim_option *rows[] = {
        s->trace != NULL ? s->trace->options : NULL,
        s->cluster != NULL ? s->cluster->options : NULL,
        s->scheduler != NULL ? s->scheduler->options : NULL,
        s->policy != NULL ? s->policy->options : NULL,
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i] != NULL)
            sim_settings_declare(s->settings, rows[i]);
}

void setup_apply_preset(struct sim_settings *settings, const struct sim_preset *preset)
{
    for (size_t i = 0; preset != NULL && preset->settings != NULL && preset->settings[i] != NULL;
         i++) {
        const char *text = preset->settings[i], *equals = strchr(text, '=');
        CHECK(equals != NULL);
        char *key = mem_text(text, (size_t)(equals - text));
        struct sim_diag diag = {0};
        /* Keys of the preset's scheduler are not there when the user asked for another one. */
        const bool ok =
            !sim_settings_has(settings, key) ||
            sim_settings_set(settings, key, equals + 1, SIM_FROM_PRESET, SIM_NOWHERE, &diag);
        CHECK(ok);
        mem_free(key);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool good_name(const char *name)
{
    const size_t len =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return name[len] == 0 && name[0] != '.' && len <= 64;
}

/* Keeps a resolved input in its setting, as FORMAT:PATH with the origin it had. */
static void keep_input(struct work *w, struct sim_setting row, const struct sim_format *format,
                       const char *path)
{
    const size_t size = strlen(format->name) + strlen(path) + 2;
    char *text = MEM_NEW(char, size);
    snprintf(text, size, "%s:%s", format->name, path);
    put(w, row.option->key, text, row.origin, row.where, row.where);
    mem_free(text);
}

/* Other inputs, such as the history that a policy learns from: the same rules. */
static void find_more_inputs(struct work *w)
{
    struct sim_setting row;
    for (size_t i = 0; sim_settings_at(w->s->settings, i, &row); i++) {
        const struct sim_format *format;
        char *path = NULL;
        if (!setup_is_input(row.option) || row.text[0] == 0 ||
            !find_input(w, row.option->key, SIM_ROLE_TRACE, &format, &path))
            continue;
        keep_input(w, row, format, path);
        mem_free(path);
    }
}

/* The name of a run: of its directory, unless --out names that. */
static void find_name(struct work *w)
{
    const struct sim_setting name = setting(w, "name");
    if (!good_name(name.text)) {
        struct sim_diag diag = {0};
        sim_fail(
            &diag, SIM_ERR_CONFIG, name.where,
            "name is '%s'; it must be at most 64 of A-Z a-z 0-9 . _ - and not begin with a dot",
            name.text);
        config_error(&w->errors, &diag);
    }
    if (name.text[0] == 0)
        put(w, "name", setting(w, "policy").text, SIM_FROM_DEFAULT, SIM_NOWHERE, SIM_NOWHERE);
    const char *text = setting(w, "name").text;
    w->s->name = mem_text(text, strlen(text));
}

/* From here on every setting holds what is in force. */
static void settle(struct work *w)
{
    struct setup *s = w->s;
    find_more_inputs(w);
    find_name(w);
    if (!w->no_trace)
        keep_input(w, setting(w, "trace"), s->trace, s->trace_path);
    if (!w->no_cluster)
        keep_input(w, setting(w, "cluster"), s->cluster, s->cluster_path);
    s->seed = (uint64_t)sim_settings_int(s->settings, "seed");
}

static void check_repeatable(struct work *w)
{
    struct sim_diag diag = {0};
    if (w->errors.count == 0 && !setup_repeatable(w->s, &diag))
        config_error(&w->errors, &diag);
}

static bool resolve(struct setup *s, const struct setup_sources *from, bool environment,
                    struct sim_diag *diag)
{
    struct sim_diag first = {0};
    struct work w = {.s = s, .from = from, .errors = {from->report, from->self, &first, 0}};
    *s = (struct setup){.settings = sim_settings_create(),
                        .trace_findings = sim_findings_create(),
                        .cluster_findings = sim_findings_create()};
    sim_settings_declare(s->settings, setup_rows);
    sim_settings_declare(s->settings, sim_run_options());
    if (from->config != NULL) {
        s->config_path = mem_text(from->config, strlen(from->config));
        config_read(&w.config, s->config_path, &w.errors);
    }
    put_file_parts(&w);
    if (environment)
        put_environment(&w, true);
    put_flag(&w, "trace", from->trace);
    put_flag(&w, "cluster", from->cluster);
    put_flag(&w, "policy", from->policy);
    put_flag(&w, "seed", from->seed);
    put_flag(&w, "bad_rows", from->bad_rows);
    put_sets(&w, true);
    if (from->config == NULL ||
        w.config.whole) { /* Else every other error would follow from that. */
        find_policy(&w);
        find_inputs(&w);
        declare_parts(&w);
        setup_apply_preset(s->settings, s->preset);
        put_file_rest(&w);
        if (environment)
            put_environment(&w, false);
        put_sets(&w, false);
        settle(&w);
        check_repeatable(&w);
    }
    config_fini(&w.config);
    if (w.errors.count > 0 && diag != NULL)
        *diag = first;
    return w.errors.count == 0;
}

bool setup_resolve(struct setup *s, const struct setup_sources *from, struct sim_diag *diag)
{
    return resolve(s, from, true, diag);
}

bool setup_resolve_file(struct setup *s, const char *path, struct sim_diag *diag)
{
    const struct setup_sources from = {.config = path};
    return resolve(s, &from, false, diag);
}

void setup_fini(struct setup *s)
{
    sim_settings_destroy(s->settings);
    sim_findings_destroy(s->trace_findings);
    sim_findings_destroy(s->cluster_findings);
    mem_free(s->trace_path);
    mem_free(s->cluster_path);
    mem_free(s->config_path);
    mem_free(s->name);
    *s = (struct setup){0};
}

void setup_args(const struct setup *s, struct sim_run_args *args)
{
    *args = (struct sim_run_args){
        .trace = s->trace,
        .cluster = s->cluster,
        .trace_path = s->trace_path,
        .cluster_path = s->cluster_path,
        .policy = s->policy,
        .scheduler = s->scheduler,
        .settings = s->settings,
        .seed = s->seed,
        .trace_findings = s->trace_findings,
        .cluster_findings = s->cluster_findings,
    };
}
