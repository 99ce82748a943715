/* validate.c - simctl validate: reads all of an input and counts what is odd about it, or resolves
 * a configuration, without running anything. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/decimal.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/setup.h"
#include "cli/sources.h"

static const struct flag flags[] = {
    {"role", 'r', "ROLE", "trace or cluster; default: what the format describes", false},
    {"set", 's', "KEY=VALUE", "an option of the format", true},
    {"seed", 0, "N", "root seed, for formats that draw", false},
    FLAG_END};

#define PROGRESS_ITEMS 1024u /* Between two looks at the clock. */

/* What reading found. */
struct check {
    const struct sim_format *format;
    char *path;
    enum sim_role role;
    struct sim_settings *settings;
    struct sim_findings *findings;
    struct sim_trace_info info;
    char **inputs; /* Copies: they end with close(). */
    size_t input_count;
    uint64_t delivered[SIM_IN_SUBMIT + 1];
    sim_time first_us, last_us;
    struct sim_diag diag;     /* Why it could not be read to its end. */
    struct sim_diag no_trace; /* Why a folder was read as a cluster although no role was asked. */
};

static bool set_options(struct check *k, const struct cli *c, struct sim_diag *diag)
{
    k->settings = sim_settings_create();
    if (k->format->options != NULL)
        sim_settings_declare(k->settings, k->format->options);
    const char *text;
    for (size_t i = 0; (text = cli_flag_at(c, "set", i)) != NULL; i++) {
        const char *equals = strchr(text, '=');
        if (equals == NULL)
            return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--set needs key=value, found '%s'",
                            text);
        char *key = mem_text(text, (size_t)(equals - text));
        const bool ok =
            sim_settings_set(k->settings, key, equals + 1, SIM_FROM_FLAG, SIM_NOWHERE, diag);
        mem_free(key);
        if (!ok)
            return false;
    }
    return true;
}

static void show_progress(struct progress *p, const struct check *k)
{
    char rows[16], done[16] = "";
    const struct sim_trace_info *i = &k->info;
    if (!progress_due(p))
        return;
    if (i->bytes_total > 0)
        snprintf(done, sizeof done, "%3.0f %%  ",
                 (double)i->bytes_read / (double)i->bytes_total * 100);
    progress_text(p, "reading %s:%.60s  %s%s rows", k->format->name, k->path, done,
                  progress_number((double)i->rows, rows, sizeof rows));
}

static void read_all(struct check *k, void *state, struct progress *progress)
{
    struct sim_input in;
    enum sim_next next;
    while ((next = k->format->next(state, &in, &k->info, &k->diag)) == SIM_NEXT_ITEM) {
        if (k->delivered[in.kind]++ % PROGRESS_ITEMS == 0)
            show_progress(progress, k);
        if (k->first_us == SIM_NEVER)
            k->first_us = in.time_us;
        k->last_us = in.time_us;
    }
}

static void keep_inputs(struct check *k)
{
    k->input_count = k->info.input_count;
    k->inputs = MEM_NEW(char *, k->input_count);
    for (size_t i = 0; i < k->input_count; i++)
        k->inputs[i] = mem_text(k->info.inputs[i], strlen(k->info.inputs[i]));
}

static void check_fini(struct check *k)
{
    for (size_t i = 0; i < k->input_count; i++)
        mem_free(k->inputs[i]);
    mem_free(k->inputs);
    sim_findings_destroy(k->findings);
}

/* Reads with skipping, so that everything is seen and not only the first error. */
static void examine(struct check *k, const struct cli *c, uint64_t seed)
{
    struct progress progress;
    k->findings = sim_findings_create();
    k->first_us = k->last_us = SIM_NEVER;
    k->info = (struct sim_trace_info){.end_us = SIM_NEVER};
    memset(k->delivered, 0, sizeof k->delivered);
    k->diag = (struct sim_diag){0};
    const struct sim_open_args args = {
        .path = k->path,
        .role = k->role,
        .bad_rows = SIM_BAD_SKIP,
        .settings = k->settings,
        .findings = k->findings,
        .seed = seed,
    };
    void *state = mem_alloc(1, k->format->state_bytes);
    progress_begin(&progress, c->progress ? stderr : NULL);
    progress_text(&progress, "reading %s:%.60s", k->format->name, k->path);
    if (k->format->open(state, &args, &k->info, &k->diag))
        read_all(k, state, &progress);
    progress_end(&progress);
    keep_inputs(k);
    k->format->close(state);
    mem_free(state);
}

static uint64_t errors(const struct check *k)
{
    return sim_findings_total(k->findings, SIM_ERROR);
}

static bool good(const struct check *k)
{
    return k->diag.err == SIM_ERR_OK && errors(k) == 0;
}

/* ---- printing ------------------------------------------------------------------------------- */

static const char *role_name(enum sim_role role)
{
    return role == SIM_ROLE_TRACE ? "trace" : "cluster";
}

static const char *severity(enum sim_severity s)
{
    return s == SIM_NOTE ? "note" : s == SIM_REPAIR ? "repair" : "error";
}

static uint64_t machine_events(const struct check *k)
{
    uint64_t n = 0;
    for (int kind = 0; kind < SIM_IN_SUBMIT; kind++)
        n += k->delivered[kind];
    return n;
}

static bool has_example(const struct sim_finding *f, size_t i)
{
    return i < SIM_FINDING_EXAMPLES && f->count > 0 && f->example[i][0] != 0;
}

static void show_finding(const struct cli *c, const struct sim_finding *f)
{
    const bool examples = f->kind->severity != SIM_NOTE || c->verbosity > 0;
    fprintf(c->out, "%10" PRIu64 "  %-6s  %s: %s\n", f->count, severity(f->kind->severity),
            f->kind->id, f->kind->statement);
    for (size_t i = 0; examples && has_example(f, i); i++)
        fprintf(c->out, "                      %s\n", f->example[i]);
}

/* What matters most comes first; what did not occur is not worth a line. */
static void show_findings(const struct cli *c, const struct check *k)
{
    static const enum sim_severity order[] = {SIM_ERROR, SIM_REPAIR, SIM_NOTE};
    const struct sim_finding *f;
    for (size_t s = 0; s < sizeof order / sizeof order[0]; s++)
        for (size_t i = 0; (f = sim_findings_at(k->findings, i)) != NULL; i++)
            if (f->kind->severity == order[s] && (f->count > 0 || c->verbosity > 0))
                show_finding(c, f);
}

static void show_counts(const struct cli *c, const struct check *k)
{
    const uint64_t tasks = k->delivered[SIM_IN_SUBMIT], events = machine_events(k);
    char from[48], to[48];
    fprintf(c->out, "%s:%s as %s: %" PRIu64 " row%s in %zu file%s\n", k->format->name, k->path,
            role_name(k->role), k->info.rows, plural(k->info.rows, "s"), k->input_count,
            plural(k->input_count, "s"));
    fprintf(c->out, "%" PRIu64 " task%s, %" PRIu64 " machine event%s", tasks, plural(tasks, "s"),
            events, plural(events, "s"));
    if (k->first_us != SIM_NEVER)
        fprintf(c->out, ", from %s to %s", time_str(k->first_us, from, sizeof from),
                time_str(k->last_us, to, sizeof to));
    fprintf(c->out, "\n");
}

static void show_text(const struct cli *c, const struct check *k)
{
    const bool unreadable = k->diag.err != SIM_ERR_OK;
    if (!unreadable || k->info.rows > 0) {
        show_counts(c, k);
        show_findings(c, k);
    }
    if (k->no_trace.err != SIM_ERR_OK)
        fprintf(c->out, "only the cluster was read, there is no trace: %s\n", k->no_trace.text);
    if (good(k))
        fprintf(c->out, "ok\n");
    else if (unreadable && k->info.rows > 0)
        fprintf(c->out, "not readable to its end\n");
    else if (!unreadable)
        fprintf(c->out, "%" PRIu64 " error%s\n", errors(k), plural(errors(k), "s"));
    if (unreadable)
        cli_fail(c, &k->diag);
}

static void json_finding(struct json *j, const struct sim_finding *f)
{
    jw_object(j, NULL);
    jw_text(j, "id", f->kind->id);
    jw_text(j, "severity", severity(f->kind->severity));
    jw_uint(j, "count", f->count);
    jw_text(j, "statement", f->kind->statement);
    jw_array(j, "examples");
    for (size_t i = 0; has_example(f, i); i++)
        jw_text(j, NULL, f->example[i]);
    jw_end(j);
    jw_end(j);
}

static void json_time(struct json *j, const char *key, sim_time t)
{
    if (t == SIM_NEVER)
        jw_null(j, key);
    else
        jw_int(j, key, t);
}

static void show_json(const struct cli *c, const struct check *k)
{
    struct json j;
    char text[1024];
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_bool(&j, "ok", good(k));
    jw_text(&j, "format", k->format->name);
    jw_text(&j, "path", k->path);
    jw_text(&j, "role", role_name(k->role));
    jw_uint(&j, "rows", k->info.rows);
    jw_uint(&j, "tasks", k->delivered[SIM_IN_SUBMIT]);
    jw_uint(&j, "machine_events", machine_events(k));
    json_time(&j, "first_us", k->first_us);
    json_time(&j, "last_us", k->last_us);
    jw_uint(&j, "input_count", k->input_count);
    jw_array(&j, "inputs");
    for (size_t i = 0; i < k->input_count; i++)
        jw_text(&j, NULL, k->inputs[i]);
    jw_end(&j);
    if (k->no_trace.err != SIM_ERR_OK)
        jw_text(&j, "no_trace", k->no_trace.text);
    jw_uint(&j, "errors", errors(k));
    jw_uint(&j, "repairs", sim_findings_total(k->findings, SIM_REPAIR));
    jw_array(&j, "findings");
    for (size_t i = 0; i < sim_findings_count(k->findings); i++)
        json_finding(&j, sim_findings_at(k->findings, i));
    jw_end(&j);
    jw_text(&j, "unreadable",
            k->diag.err != SIM_ERR_OK ? sim_diag_str(&k->diag, text, sizeof text) : NULL);
    jw_end(&j);
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool read_role(const struct cli *c, enum sim_role *role, struct sim_diag *diag)
{
    const char *text = cli_flag(c, "role");
    if (text == NULL || strcmp(text, "trace") == 0)
        *role = SIM_ROLE_TRACE;
    else if (strcmp(text, "cluster") == 0)
        *role = SIM_ROLE_CLUSTER;
    else
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                        "--role is '%s'; it must be trace or cluster", text);
    return true;
}

/* Without --role a format that has no traces is read as a cluster, and so is a file of a format
 * with both that is refused as a trace: the list of nodes beside a list of pods. */
static bool find_format(struct check *k, const struct cli *c, struct sim_diag *diag)
{
    struct sim_diag first = {0};
    if (!read_role(c, &k->role, diag))
        return false;
    if (setup_format(c->arguments[0], k->role, &k->format, &k->path, &first))
        return true;
    mem_free(k->path);
    k->path = NULL;
    if (cli_flag(c, "role") == NULL &&
        setup_format(c->arguments[0], SIM_ROLE_CLUSTER, &k->format, &k->path, NULL)) {
        k->role = SIM_ROLE_CLUSTER;
        return true;
    }
    *diag = first;
    return false;
}

static bool read_seed(const struct cli *c, uint64_t *seed, struct sim_diag *diag)
{
    const char *text = cli_flag(c, "seed");
    int64_t value = 1;
    const struct sim_option *row = setup_options();
    while (strcmp(row->key, "seed") != 0)
        row++;
    const bool ok =
        sim_option_parse(row, text != NULL ? text : row->otherwise, &value, SIM_NOWHERE, diag);
    *seed = (uint64_t)value;
    return ok;
}

/* Whether reading stopped at once because the input is something else: a header with other columns,
 * a row of another table in front, a folder without the tables of a trace. */
static bool is_foreign(const struct check *k)
{
    struct stat st;
    if (k->info.rows > 1 || machine_events(k) + k->delivered[SIM_IN_SUBMIT] > 0)
        return false;
    if (k->diag.err == SIM_ERR_IO)
        return stat(k->path, &st) == 0 && S_ISDIR(st.st_mode);
    return k->diag.err == SIM_ERR_FORMAT && k->diag.line == 1;
}

/* Whether it came past the place where a trace was expected and something else found. */
static bool is_cluster(const struct check *k, const struct check *as_trace)
{
    bool same = strcmp(as_trace->diag.path, k->path) == 0;
    for (size_t i = 0; i < k->input_count; i++)
        same = same || strcmp(as_trace->diag.path, k->inputs[i]) == 0;
    return same &&
           (k->diag.err == SIM_ERR_OK || k->diag.line > 1 || k->diag.err == SIM_ERR_TRUNCATED);
}

static void examine_guessed(struct check *k, const struct cli *c, uint64_t seed)
{
    examine(k, c, seed);
    if (cli_flag(c, "role") != NULL || k->role == SIM_ROLE_CLUSTER ||
        !(k->format->roles & SIM_ROLE_CLUSTER) || !is_foreign(k))
        return;
    struct check *other = MEM_NEW(struct check, 1);
    *other = *k;
    other->role = SIM_ROLE_CLUSTER;
    examine(other, c, seed);
    if (is_cluster(other, k)) {
        const struct check cluster = *other;
        *other = *k;
        *k = cluster;
        /* A file is one table; a folder may have lost the one that makes it a trace. */
        if (other->diag.err == SIM_ERR_IO)
            k->no_trace = other->diag;
    }
    check_fini(other);
    mem_free(other);
}

static int validate_input(const struct cli *c)
{
    struct check *k = MEM_NEW(struct check, 1);
    struct sim_diag diag = {0};
    uint64_t seed;
    int status;
    if (find_format(k, c, &diag) && set_options(k, c, &diag) && read_seed(c, &seed, &diag)) {
        examine_guessed(k, c, seed);
        if (c->json)
            show_json(c, k);
        else
            show_text(c, k);
        const enum sim_err err = k->diag.err != SIM_ERR_OK ? k->diag.err : SIM_ERR_FORMAT;
        status = good(k) ? 0 : sim_err_exit(err);
    } else {
        status = cli_fail(c, &diag);
    }
    sim_settings_destroy(k->settings);
    check_fini(k);
    mem_free(k->path);
    mem_free(k);
    return status;
}

static int validate_config(const struct cli *c)
{
    struct setup s;
    const int status = sources_resolve(c, c->arguments[0], &s);
    if (c->json) {
        struct json j;
        jw_begin(&j, c->out, false);
        jw_object(&j, NULL);
        jw_bool(&j, "ok", status == 0);
        jw_text(&j, "config", c->arguments[0]);
        jw_end(&j);
    } else if (status == 0) {
        fprintf(c->out, "%s: ok\n", c->arguments[0]);
        cli_note(c, "next: simctl run %s", c->arguments[0]);
    }
    setup_fini(&s);
    return status;
}

static bool is_config(const char *text)
{
    static const char *const suffixes[] = {".yaml", ".yml", ".json"};
    struct stat st;
    const size_t len = strlen(text);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        const size_t n = strlen(suffixes[i]);
        if (len > n && strcmp(text + len - n, suffixes[i]) == 0)
            return stat(text, &st) == 0 && S_ISREG(st.st_mode);
    }
    return false;
}

/* A run is no input; what people want to know about one is asked elsewhere. */
static bool is_run(const char *path)
{
    static const char *const files[] = {"run.h5", "decisions.mpk"};
    char name[4096];
    struct stat st;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const int len = snprintf(name, sizeof name, "%s/%s", path, files[i]);
        if (len > 0 && (size_t)len < sizeof name && stat(name, &st) == 0)
            return true;
    }
    return false;
}

static int refuse_run(const struct cli *c)
{
    struct sim_diag diag = {0};
    const char *path = c->arguments[0];
    sim_hint(&diag,
             "simctl explain %.60s --verify re-executes it and compares; "
             "simctl validate %.60s/config.resolved.yaml checks its inputs",
             path, path);
    sim_fail(&diag, SIM_ERR_USAGE, (struct sim_where){path, 0, 0},
             "is a run directory; validate reads traces, clusters and configurations");
    return cli_fail(c, &diag);
}

static int run(struct cli *c)
{
    if (is_run(c->arguments[0]))
        return refuse_run(c);
    return is_config(c->arguments[0]) ? validate_config(c) : validate_input(c);
}

const struct command sim_command_validate = {
    .name = "validate",
    .summary = "read a trace, a cluster or a configuration and report what is wrong with it",
    .usage = "FORMAT:PATH | CONFIG.yaml [--role trace|cluster] [--json]",
    .examples = "simctl validate swf:LOG.swf.gz --json\n"
                "simctl validate openb:NODES.csv --role cluster\n"
                "simctl validate study.yaml\n",
    .details =
        "Counts every departure from the format, with the first examples (those of notes "
        "with -v).\n"
        "Exit status 3 when there is an error, or when the input cannot be read to its end.\n"
        "`simctl formats NAME` lists what is counted.\n",
    .flags = flags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
