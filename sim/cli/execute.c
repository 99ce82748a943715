/* execute.c - drives a run in slices and looks up between them: progress, signals, a sink that
 * failed.
 *
 * What is on disk says at any moment how far the run came: manifest.json reads "running" before the
 * first event and "complete" only after every other file is in place; run.h5 appears whole or not.
 */
#include "cli/execute.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/setup_inputs.h"
#include "record/file.h"
#include "record/manifest.h"

/* A slice is as many events as take about this long: short enough for a signal and the progress
 * line, long enough to cost nothing. */
#define SLICE_NS_MIN UINT64_C(5000000)
#define SLICE_NS_MAX UINT64_C(50000000)
#define SLICE_EVENTS_FIRST 64u
#define SLICE_EVENTS_MAX 65536u
#define INPUTS_MAX 8

struct job {
    const struct execution *e;
    struct recorder *recorder; /* NULL once closed. */
    struct sim_run *run;
    FILE *log;
    char *config_path, *log_path, *part_path, *stream_path, *columns_path;
    struct recorder_digests digests;
    bool replaced; /* An earlier run in the directory is gone. */
    bool recorded; /* digests are filled. */
    uint64_t start_ns;
    int64_t started_unix;
    int signal;
};

static int64_t wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

/* A message for log.txt, and for stderr unless -q. */
static void SIM_PRINTF(2, 3) say(struct job *j, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (j->log != NULL)
        fprintf(j->log, "%s\n", text);
    cli_note(j->e->c, "%s", text);
}

static int fail(struct job *j, const struct sim_diag *diag)
{
    char text[1024];
    if (j->log != NULL)
        fprintf(j->log, "%s\n", sim_diag_str(diag, text, sizeof text));
    return cli_fail(j->e->c, diag);
}

/* ---- start ---------------------------------------------------------------------------------- */

/* Whoever reads standard input second finds it empty, and would blame the log. */
static bool check_stdin(const struct setup *s, struct sim_diag *diag)
{
    if (strcmp(s->trace_path, "-") != 0 || strcmp(s->cluster_path, "-") != 0)
        return true;
    sim_hint(diag,
             "give the machines by --cluster (such as 1x100,1GiB or %s:FILE), or the trace as a "
             "file",
             s->cluster->name);
    return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                    "trace and cluster are both to be read from standard input, which can be read "
                    "once");
}

static bool open_log(struct job *j, struct sim_diag *diag)
{
    const struct setup *s = j->e->setup;
    j->log = fopen(j->log_path, "w");
    if (j->log == NULL)
        return file_fail(diag, j->log_path, errno, "write");
    setvbuf(j->log, NULL, _IOLBF, 0); /* A killed run leaves its messages, too. */
    fprintf(j->log,
            "simctl %s\ntrace %s:%s\ncluster %s:%s\npolicy %s, scheduler %s, seed %" PRIu64 "\n",
            sim_version(), s->trace->name, s->trace_path, s->cluster->name, s->cluster_path,
            s->policy->name, s->scheduler->name, s->seed);
    return true;
}

static bool open_recorder(struct job *j, struct sim_diag *diag)
{
    const struct recorder_sink sinks[] = {
        {sim_sink_find("mpk"), j->part_path},
        {sim_sink_find("h5"), j->columns_path},
        {sim_sink_find("jsonl"), j->e->log},
    };
    j->recorder = recorder_start(sinks, j->e->log != NULL ? 3 : 2, diag);
    return j->recorder != NULL;
}

static bool open_run(struct job *j, struct sim_diag *diag)
{
    struct sim_run_args args;
    setup_args(j->e->setup, &args);
    args.output = recorder_output(j->recorder);
    j->run = sim_run_create(&args, diag);
    return j->run != NULL;
}

/* What else was read: the configuration, and inputs that options name. */
static size_t more_inputs(const struct setup *s, struct manifest_input *inputs, size_t n)
{
    struct sim_setting row;
    if (s->config_path != NULL)
        inputs[n++] = (struct manifest_input){"config", "yaml", s->config_path, NULL, NULL};
    for (size_t i = 0; n < INPUTS_MAX && sim_settings_at(s->settings, i, &row); i++) {
        const char *path;
        if (!setup_is_input(row.option) || row.text[0] == 0)
            continue;
        const struct sim_format *format = setup_input(row.text, &path);
        inputs[n++] = (struct manifest_input){row.option->key, format->name, path, NULL, NULL};
    }
    return n;
}

static bool write_manifest(struct job *j, const char *status, struct sim_diag *diag)
{
    const struct setup *s = j->e->setup;
    const struct sim_trace_info *trace = sim_run_input(j->run, SIM_ROLE_TRACE);
    struct manifest_input inputs[INPUTS_MAX] = {
        {"trace", s->trace->name, s->trace_path, trace, s->trace_findings},
        {"cluster", s->cluster->name, s->cluster_path, sim_run_input(j->run, SIM_ROLE_CLUSTER),
         s->cluster_findings},
    };
    const struct manifest m = {
        .status = status,
        .argc = j->e->c->argc,
        .argv = j->e->c->argv,
        .policy = s->policy->name,
        .scheduler = s->scheduler->name,
        .preset = s->preset != NULL ? s->preset->name : NULL,
        .seed = s->seed,
        .settings = s->settings,
        .inputs = inputs,
        .input_count = more_inputs(s, inputs, 2),
        .digests = j->recorded ? &j->digests : NULL,
        .units = &trace->units,
        .started_unix = j->started_unix,
        .stopped_unix = strcmp(status, "running") == 0 ? 0 : wall_clock(),
    };
    return manifest_write(j->e->dir->path, &m, diag);
}

/* They were opened while the inputs were. */
static bool sinks_are_open(struct job *j, struct sim_diag *diag)
{
    if (recorder_ready(j->recorder))
        return true;
    const bool closed = recorder_close(j->recorder, false, NULL, diag);
    j->recorder = NULL;
    return closed; /* It is not: what failed is in diag. */
}

/* Only now that every input could be opened, an earlier run makes room for this one. */
static bool replace(struct job *j, struct sim_diag *diag)
{
    outdir_clear(j->e->dir);
    j->replaced = true;
    return file_rename(j->part_path, j->stream_path, diag) &&
           setup_write(j->e->setup, j->config_path, diag) && open_log(j, diag);
}

/* Opening may take long: some formats read all of a trace first. */
static bool start(struct job *j, struct sim_diag *diag)
{
    struct progress progress;
    progress_begin(&progress, j->e->c->progress ? stderr : NULL);
    progress_text(&progress, "reading %s:%.60s", j->e->setup->trace->name, j->e->setup->trace_path);
    const bool ok = check_stdin(j->e->setup, diag) && open_recorder(j, diag) && open_run(j, diag) &&
                    sinks_are_open(j, diag) && replace(j, diag) &&
                    write_manifest(j, "running", diag);
    progress_end(&progress);
    return ok;
}

/* ---- run ------------------------------------------------------------------------------------ */

static uint64_t next_slice(uint64_t events, uint64_t ns)
{
    if (ns < SLICE_NS_MIN && events < SLICE_EVENTS_MAX)
        return events * 2;
    return ns > SLICE_NS_MAX && events > 1 ? events / 2 : events;
}

/* False: bad input. Returns early, true, after a signal or when a sink failed. */
static bool advance(struct job *j, struct sim_diag *diag)
{
    struct progress progress;
    uint64_t slice = SLICE_EVENTS_FIRST, before = progress_clock_ns();
    bool done = false, ok = true;
    progress_begin(&progress, j->e->c->progress ? stderr : NULL);
    while (ok && !done && j->signal == 0 && !recorder_failed(j->recorder)) {
        ok = sim_run_advance(j->run, slice, &done, diag);
        progress_update(&progress, j->run);
        j->signal = done ? 0 : interrupt_signal();
        const uint64_t now = progress_clock_ns();
        slice = next_slice(slice, now - before);
        before = now;
    }
    progress_end(&progress);
    return ok;
}

/* The stream was renamed while it was open: a message should name the file that is there. */
static void rename_in(struct sim_diag *diag)
{
    static const char part[] = "/decisions.mpk.part";
    const size_t len = strlen(diag->path), n = sizeof part - 1;
    if (len >= n && strcmp(diag->path + len - n, part) == 0)
        diag->path[len - strlen(".part")] = 0;
}

static bool close_recorder(struct job *j, bool complete, struct sim_diag *diag)
{
    struct recorder *r = j->recorder;
    j->recorder = NULL;
    j->recorded = recorder_close(r, complete, &j->digests, diag);
    if (j->replaced)
        rename_in(diag);
    return j->recorded;
}

/* ---- end ------------------------------------------------------------------------------------ */

/* What is wrong with a row, and what was done about it, have the same examples. */
static bool is_of_error(const struct sim_findings *findings, const char *example)
{
    const struct sim_finding *f;
    for (size_t i = 0; (f = sim_findings_at(findings, i)) != NULL; i++)
        for (size_t e = 0; f->kind->severity == SIM_ERROR && e < SIM_FINDING_EXAMPLES; e++)
            if (strcmp(f->example[e], example) == 0)
                return true;
    return false;
}

static void say_finding(struct job *j, const struct sim_findings *findings,
                        const struct sim_finding *f)
{
    const bool bad = f->kind->severity == SIM_ERROR;
    say(j, "note: %s%" PRIu64 " time%s: %s (%s)", bad ? "violated " : "", f->count,
        plural(f->count, "s"), f->kind->statement, f->kind->id);
    for (size_t e = 0; e < SIM_FINDING_EXAMPLES && f->example[e][0] != '\0'; e++)
        if (bad || !is_of_error(findings, f->example[e]))
            say(j, "      %s", f->example[e]);
}

/* With examples: who passed --bad-rows sees what was wrong, and then what was done about it. */
static void say_findings(struct job *j, const struct sim_findings *findings)
{
    static const enum sim_severity order[] = {SIM_ERROR, SIM_REPAIR, SIM_NOTE};
    const struct sim_finding *f;
    const size_t n = j->e->c->verbosity > 0 ? 3 : 2;
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; (f = sim_findings_at(findings, i)) != NULL; i++)
            if (f->kind->severity == order[s] && f->count > 0)
                say_finding(j, findings, f);
}

static uint64_t peak_rss(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

static struct summary summarise(const struct job *j, const struct sim_totals *totals)
{
    const struct setup *s = j->e->setup;
    return (struct summary){
        .totals = totals,
        .of = j->run,
        .digests = &j->digests,
        .repairs = sim_findings_total(s->trace_findings, SIM_REPAIR) +
                   sim_findings_total(s->cluster_findings, SIM_REPAIR),
        .slowdown_tau_us = sim_settings_int(s->settings, "slowdown_tau"),
        .wall_s = (double)(progress_clock_ns() - j->start_ns) / 1e9,
        .peak_rss_bytes = peak_rss(),
        .run = j->e->dir->path,
        .policy = s->preset != NULL ? s->preset->name : s->policy->name,
        .scheduler = s->scheduler->name,
        .seed = s->seed,
    };
}

static void show_summary(const struct job *j, const struct summary *summary)
{
    const struct cli *c = j->e->c;
    const bool streaming = j->e->log != NULL && strcmp(j->e->log, "-") == 0;
    if (c->json)
        summary_json(summary, c->out);
    else if (!streaming)
        summary_text(summary, c->out, c->colour);
    else if (c->verbosity >= 0)
        summary_text(summary, stderr, c->colour_err);
    (void)cli_flush(c);
}

/* Whoever read the log has seen enough: no error, and nobody to tell. */
static bool log_was_closed(const struct job *j)
{
    return j->e->log != NULL && interrupt_signal() == SIGPIPE;
}

/* The last rows could not be written: the disk is full, or the log's reader is gone. */
static int end_unrecorded(struct job *j, const struct sim_diag *diag)
{
    const bool closed = log_was_closed(j);
    struct sim_diag ignored = {0}; /* The first failure is the one to tell. */
    const bool told = write_manifest(j, closed ? "interrupted" : "failed", &ignored);
    (void)told;
    return closed ? 128 + SIGPIPE : fail(j, diag);
}

/* The run went to its end. */
static int end_complete(struct job *j)
{
    struct sim_diag diag = {0};
    struct sim_totals totals;
    sim_run_finish(j->run);
    if (!close_recorder(j, true, &diag))
        return end_unrecorded(j, &diag);
    sim_run_totals(j->run, &totals);
    const struct summary summary = summarise(j, &totals);
    if (!summary_write(j->e->dir->path, &summary, &diag) || !write_manifest(j, "complete", &diag))
        return fail(j, &diag);
    show_summary(j, &summary);
    say_findings(j, j->e->setup->trace_findings);
    say_findings(j, j->e->setup->cluster_findings);
    if (totals.invariant_violations != 0) {
        sim_hint(&diag, "this is a bug in simctl; keep %s and report it", j->e->dir->path);
        sim_fail(&diag, SIM_ERR_INVARIANT, SIM_NOWHERE, "%" PRIu64 " invariant%s violated",
                 totals.invariant_violations, totals.invariant_violations == 1 ? " was" : "s were");
        return fail(j, &diag);
    }
    say(j, "wrote %s", j->e->dir->path);
    say(j, "next: simctl explain %s --group-by reason", j->e->dir->path);
    return 0;
}

/* A signal, bad input in the middle, or a sink that failed: what was recorded stays readable. */
static int end_early(struct job *j, const struct sim_diag *bad_input)
{
    struct sim_diag diag = *bad_input;
    struct sim_status at;
    char time[48];
    sim_run_status(j->run, &at);
    const bool closed = close_recorder(j, false, &diag);
    if (bad_input->err == SIM_ERR_OK && log_was_closed(j))
        return end_unrecorded(j, &diag);
    const bool interrupted = closed && bad_input->err == SIM_ERR_OK && j->signal != 0;
    struct sim_diag ignored = {0};
    const bool told = write_manifest(j, interrupted ? "interrupted" : "failed", &ignored);
    const int status = interrupted ? 128 + j->signal : fail(j, &diag);
    if (interrupted)
        say(j, "interrupted at %s of simulated time", time_str(at.now_us, time, sizeof time));
    if (told)
        say(j, "%s holds the decisions until then; simctl explain %s reads them", j->e->dir->path,
            j->e->dir->path);
    return status;
}

static int run_and_end(struct job *j)
{
    struct sim_diag diag = {0};
    interrupt_watch();
    const bool ok = advance(j, &diag);
    if (ok && j->signal == 0 && !recorder_failed(j->recorder))
        return end_complete(j);
    return end_early(j, &diag);
}

static char *inside(const struct job *j, const char *name)
{
    const size_t size = strlen(j->e->dir->path) + strlen(name) + 2;
    char *full = MEM_NEW(char, size);
    snprintf(full, size, "%s/%s", j->e->dir->path, name);
    return full;
}

int execute(const struct execution *e)
{
    struct job j = {.e = e, .start_ns = progress_clock_ns(), .started_unix = wall_clock()};
    struct sim_diag diag = {0};
    j.config_path = inside(&j, "config.resolved.yaml");
    j.log_path = inside(&j, "log.txt");
    j.part_path = inside(&j, "decisions.mpk.part");
    j.stream_path = inside(&j, "decisions.mpk");
    j.columns_path = inside(&j, "run.h5");
    const bool started = start(&j, &diag);
    int status = started ? run_and_end(&j) : cli_fail(e->c, &diag);
    if (j.recorder != NULL && !close_recorder(&j, false, &diag))
        status = status != 0 ? status : cli_fail(e->c, &diag);
    sim_run_destroy(j.run);
    if (j.log != NULL)
        fclose(j.log);
    if (!started && j.replaced)
        outdir_clear(e->dir);
    outdir_close(e->dir, !started);
    mem_free(j.config_path);
    mem_free(j.log_path);
    mem_free(j.part_path);
    mem_free(j.stream_path);
    mem_free(j.columns_path);
    return status;
}
