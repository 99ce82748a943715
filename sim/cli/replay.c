/* replay.c - deterministic re-execution against the record.
 *
 * The engine writes its rows to an output as in any run; here the output is the record itself: row
 * k of a table must equal recorded row k, field by field. Decisions are compared in the tap, before
 * they are committed, where the state that led to them can still be looked at. */
#include "cli/replay.h"
#include "base/decimal.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "cli/progress.h"
#include "cli/setup.h"
#include "record/recorder.h"

#define SLICE_EVENTS 4096u

struct work {
    struct replay *out;
    const struct book *book;
    const struct replay_wish *wish;
    uint64_t seen[SIM_TABLE_COUNT];
    struct recorder *recorder; /* Digests of the whole run; NULL when only a part is re-executed. */
    struct sim_diag *diag;
    bool differs, complete, reached;
};

static void value_str(const struct sim_column *column, int64_t v, char *buf, size_t size)
{
    const char *name = column->enum_name != NULL ? column->enum_name((unsigned)v) : NULL;
    if (name != NULL) {
        (void)snprintf(buf, size, "%s", name);
    } else {
        (void)snprintf(buf, size, "%" PRId64, v);
    }
}

static void differ(struct work *w, const char *fmt, ...) SIM_PRINTF(2, 3);
static void differ(struct work *w, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    w->differs = true;
    sim_fail(w->diag, SIM_ERR_INVARIANT, SIM_NOWHERE, "not verified: %s", text);
    sim_hint(w->diag,
             "the record was changed, or another version wrote it (simctl show %s); if not, "
             "this is a bug in simctl: please report it",
             rundir_path(w->book->run));
}

static int64_t field_of(enum sim_table table, const struct sim_column *column, const void *row)
{
    const int64_t v = sim_column_get(column, row);
    if (table == SIM_TABLE_DECISIONS &&
        column->offset == offsetof(struct sim_decision_row, flags)) {
        return v & ~(int64_t)SIM_DECISION_CACHED; /* Says how it was computed, not what came out. */
    }
    return v;
}

/* Compares the k-th row of a table with the record. */
static void compare(struct work *w, enum sim_table table, uint64_t k, const void *row)
{
    const struct sim_table_info *info = sim_table_info(table);
    if (k >= w->book->count[table]) {
        if (w->complete) {
            differ(w, "%s row %" PRIu64 " was recomputed and is not in the record", info->name, k);
        }
        return;
    }
    const void *recorded = (const char *)w->book->rows[table] + k * info->row_bytes;
    for (size_t i = 0; i < info->column_count; i++) {
        const struct sim_column *column = &info->columns[i];
        const int64_t was = field_of(table, column, recorded), now = field_of(table, column, row);
        if (was != now) {
            char a[48], b[48];
            value_str(column, was, a, sizeof a);
            value_str(column, now, b, sizeof b);
            if (table == SIM_TABLE_DECISIONS) {
                differ(w, "d%" PRIu64 ", field %s: recorded %s, recomputed %s", k, column->name, a,
                       b);
            } else {
                differ(w, "%s row %" PRIu64 ", field %s: recorded %s, recomputed %s", info->name, k,
                       column->name, a, b);
            }
            return;
        }
    }
}

static void seek(struct work *w, const struct sim_task_row *row)
{
    const struct task_key *key = w->wish->seek;
    if (row->job != key->job || (key->index >= 0 && row->index != key->index))
        return;
    if (w->out->found_count++ == 0)
        w->out->found = row->task;
}

static void output_row(void *self, enum sim_table table, const void *row)
{
    struct work *w = self;
    if (w->wish->seek != NULL && table == SIM_TABLE_TASKS)
        seek(w, row);
    if (w->recorder != NULL) {
        const struct sim_output *to = recorder_output(w->recorder);
        to->row(to->self, table, row);
    }
    if (table == SIM_TABLE_DECISIONS || w->differs || w->reached) {
        return;
    }
    compare(w, table, w->seen[table]++, row);
    w->out->verification.rows += !w->differs;
}

static void output_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    const struct work *w = self;
    if (w->recorder != NULL) {
        const struct sim_output *to = recorder_output(w->recorder);
        to->name(to->self, kind, id, text);
    }
}

static void capture(struct work *w, const struct sim_inspect *in)
{
    struct candidates *c = &w->out->candidates;
    c->decision = in->decision;
    c->n = in->view->n;
    c->at = MEM_NEW(struct candidate, c->n + 1);
    for (sim_machine m = 0; m < c->n; m++) {
        sim_inspect_machine(in, m, &c->at[m].mask, &c->at[m].score, &c->at[m].deficit);
    }
}

/* The sparse rows of a decision come before it, its spans after it: the run stops at the next one.
 */
static bool tap_decision(void *self, const struct sim_inspect *in)
{
    struct work *w = self;
    const bool past = w->wish->last >= 0 && in->decision > w->wish->last;
    const bool cut = !w->complete && (uint64_t)in->decision >= w->book->count[SIM_TABLE_DECISIONS];
    w->reached = w->reached || past || cut;
    if (w->reached || w->differs) {
        return false;
    }
    compare(w, SIM_TABLE_DECISIONS, (uint64_t)in->decision, in->row);
    w->out->verification.decisions += !w->differs;
    if (in->decision == w->wish->capture && !w->differs) {
        capture(w, in);
    }
    return !w->differs;
}

static bool drive(struct work *w, const struct cli *c, struct sim_run *run)
{
    struct progress progress;
    bool done = false, ok = true;
    progress_begin(&progress, c->progress ? stderr : NULL);
    while (ok && !done && !w->differs && !w->reached) {
        ok = sim_run_advance(run, SLICE_EVENTS, &done, w->diag);
        progress_update(&progress, run);
    }
    progress_end(&progress);
    const bool ended = !w->reached && w->complete;
    if (ok && !w->differs && (ended || w->wish->seek != NULL)) {
        sim_run_finish(run); /* Also gives those a row that were alive where the record ends. */
    }
    return ok && !w->differs;
}

/* Everything that was recorded came again. */
static bool check_counts(struct work *w)
{
    w->seen[SIM_TABLE_DECISIONS] = w->out->verification.decisions;
    for (unsigned t = 0; t < SIM_TABLE_COUNT && w->complete; t++) {
        if (w->seen[t] != w->book->count[t]) {
            differ(w, "%s has %" PRIu64 " row%s in the record, re-execution gave %" PRIu64,
                   sim_table_info((enum sim_table)t)->name, w->book->count[t],
                   plural(w->book->count[t], "s"), w->seen[t]);
            return false;
        }
    }
    return true;
}

static bool check_digest(struct work *w, const struct recorder_digests *digests)
{
    const json_t *recorded = json_object_get(rundir_summary(w->book->run), "digest");
    if (!json_is_string(recorded) || strcmp(json_string_value(recorded), digests->all) != 0) {
        differ(w, "digest: recorded %s, recomputed %s",
               json_is_string(recorded) ? json_string_value(recorded) : "none", digests->all);
    }
    return !w->differs;
}

/* Closes the recorder in any case. */
static bool finish_whole(struct work *w, bool ok)
{
    struct recorder_digests digests;
    struct sim_diag ignored = {0};
    const bool closed = recorder_close(w->recorder, ok, &digests, ok ? w->diag : &ignored);
    ok = ok && closed && check_counts(w) && (!w->complete || check_digest(w, &digests));
    w->out->verification.whole = ok && w->complete;
    return ok;
}

static bool run_setup(struct work *w, const struct cli *c, const struct setup *setup)
{
    const struct sim_output output = {w, output_row, output_name, NULL};
    const struct sim_tap tap = {w, tap_decision};
    struct sim_run_args args;
    setup_args(setup, &args);
    args.output = &output;
    args.tap = &tap;
    if (w->wish->last < 0) {
        w->recorder = recorder_open(NULL, 0, w->diag);
        if (w->recorder == NULL) {
            return false;
        }
    }
    const uint64_t start_ns = progress_clock_ns();
    struct sim_run *run = sim_run_create(&args, w->diag);
    bool ok = run != NULL && drive(w, c, run);
    sim_run_destroy(run);
    if (w->recorder != NULL) {
        ok = finish_whole(w, ok);
    }
    w->out->verification.seconds = (double)(progress_clock_ns() - start_ns) / 1e9;
    return ok;
}

static enum search search_of(const struct sim_scheduler *scheduler, enum sim_examine examine)
{
    if ((scheduler->flags & SIM_OWN_PLACEMENT) != 0) {
        return SEARCH_OWN;
    }
    switch (examine) {
    case SIM_EXAMINE_FIRST:
        return SEARCH_FIRST;
    case SIM_EXAMINE_DRAW:
        return SEARCH_DRAW;
    case SIM_EXAMINE_ALL:
        break;
    }
    return SEARCH_ALL;
}

bool replay_run(struct replay *r, const struct cli *c, const struct book *book,
                const struct replay_wish *wish, struct sim_diag *diag)
{
    *r = (struct replay){.candidates = {.decision = -1}, .found = SIM_NONE};
    struct work w = {
        .out = r, .book = book, .wish = wish, .diag = diag, .complete = rundir_complete(book->run)};
    struct setup setup;
    bool ok = setup_from_run(&setup, book->run, diag);
    if (ok) {
        r->search = search_of(setup.scheduler, setup.policy->examine);
        ok = run_setup(&w, c, &setup);
    }
    setup_fini(&setup);
    if (ok && wish->last >= 0 && r->verification.decisions <= (uint64_t)wish->last) {
        differ(&w, "the re-execution ended before d%" PRId64, wish->last);
        ok = false;
    }
    CHECK(!ok || wish->capture < 0 || r->candidates.at != NULL);
    return ok;
}

void replay_fini(struct replay *r)
{
    mem_free(r->candidates.at);
    *r = (struct replay){.candidates = {.decision = -1}, .found = SIM_NONE};
}
