/* summary.c - the figures of a run: for programs under keys that stay, for people in a dozen lines.
 * A figure that is not defined (no capacity, nothing placed) is null and never 0. Times are whole
 * microseconds, so their seconds have at most six decimals and are written exactly. */
#include <inttypes.h>
#include <string.h>

#include <simctl/reason.h>

#include "base/decimal.h"
#include "base/json.h"
#include "record/file.h"
#include "record/manifest.h"

/* ---- for programs --------------------------------------------------------------------------- */

static void seconds(struct json *j, const char *key, bool defined, sim_time us)
{
    if (defined)
        jw_double(j, key, (double)us / 1e6); /* Its shortest form is the exact decimal. */
    else
        jw_null(j, key);
}

static void ratio(struct json *j, const char *key, double part, double whole)
{
    if (whole > 0)
        jw_double(j, key, part / whole);
    else
        jw_null(j, key);
}

/* Cpu, memory and gpu always, so that the keys stay; others when the cell has them. */
static bool has_dim(const struct sim_totals *t, unsigned d)
{
    return d <= SIM_GPU || t->capacity.v[d] > 0 || t->used.v[d] > 0 ||
           sim_wide_double(t->capacity_us[d]) > 0;
}

static void json_tasks(struct json *j, const struct sim_totals *t)
{
    jw_object(j, "tasks");
    jw_uint(j, "submitted", t->submitted);
    jw_uint(j, "placed", t->placed);
    jw_uint(j, "ended", t->ended);
    jw_uint(j, "failed", t->failed);
    jw_uint(j, "killed", t->killed);
    jw_uint(j, "cancelled", t->cancelled);
    jw_uint(j, "abandoned", t->abandoned);
    jw_uint(j, "evicted", t->evicted);
    jw_uint(j, "resubmitted", t->resubmitted);
    jw_uint(j, "running", t->running);
    jw_uint(j, "pending", t->pending);
    jw_uint(j, "unplaced", t->unplaced);
    jw_end(j);
}

static void json_decisions(struct json *j, const struct sim_totals *t)
{
    jw_object(j, "decisions");
    jw_uint(j, "total", t->decisions);
    jw_uint(j, "placed", t->decisions_placed);
    jw_uint(j, "refused", t->decisions_refused);
    jw_uint(j, "conflicted", t->decisions_conflicted);
    jw_uint(j, "repeated", t->decisions_repeated);
    jw_uint(j, "deferred", t->decisions_deferred);
    jw_end(j);
}

static void json_promises(struct json *j, const struct sim_promises *p)
{
    jw_object(j, "promises");
    jw_uint(j, "made", p->made);
    jw_uint(j, "moved_earlier", p->earlier);
    jw_uint(j, "moved_later", p->later);
    jw_uint(j, "kept", p->kept);
    jw_uint(j, "broken", p->broken);
    jw_uint(j, "dropped", p->dropped);
    jw_uint(j, "open", p->made - p->kept - p->broken - p->dropped);
    jw_object(j, "broken_by");
    for (unsigned d = SIM_DOUBT_NONE + 1; d < SIM_DOUBTS; d++)
        jw_uint(j, sim_doubt_name(d), p->broken_by[d]);
    jw_end(j);
    jw_end(j);
}

static void json_waits(struct json *j, const struct summary *s)
{
    const struct sim_totals *t = s->totals;
    const bool any = t->placed > 0;
    jw_object(j, "wait_s");
    ratio(j, "mean", sim_wide_double(t->wait_sum_us) / 1e6, (double)t->placed);
    seconds(j, "p50", any, t->wait_p50_us);
    seconds(j, "p90", any, t->wait_p90_us);
    seconds(j, "p99", any, t->wait_p99_us);
    seconds(j, "max", any, t->wait_max_us);
    jw_end(j);
    jw_object(j, "bounded_slowdown");
    if (t->bounded_slowdown_count > 0)
        jw_double(j, "mean", t->bounded_slowdown_mean);
    else
        jw_null(j, "mean");
    jw_uint(j, "count", t->bounded_slowdown_count);
    seconds(j, "tau_s", true, s->slowdown_tau_us);
    jw_end(j);
}

static void json_resources(struct json *j, const struct sim_totals *t)
{
    jw_object(j, "utilisation");
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (!has_dim(t, d))
            continue;
        jw_object(j, sim_dim_name(d));
        ratio(j, "mean", sim_wide_double(t->used_us[d]), sim_wide_double(t->capacity_us[d]));
        jw_end(j);
    }
    jw_end(j);
    jw_object(j, "allocation");
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (!has_dim(t, d))
            continue;
        jw_object(j, sim_dim_name(d));
        ratio(j, "final", (double)t->used.v[d], (double)t->capacity.v[d]);
        jw_int(j, "used", t->used.v[d]);
        jw_int(j, "capacity", t->capacity.v[d]);
        jw_end(j);
    }
    jw_end(j);
}

static void json_perf(struct json *j, const struct summary *s)
{
    const struct sim_totals *t = s->totals;
    const double wall_ns = s->wall_s * 1e9;
    jw_object(j, "perf");
    jw_uint(j, "events", t->events);
    ratio(j, "events_per_s", (double)t->events, s->wall_s);
    ratio(j, "decisions_per_s", (double)t->decisions, s->wall_s);
    jw_double(j, "wall_s", s->wall_s);
    jw_uint(j, "peak_rss_bytes", s->peak_rss_bytes);
    jw_object(j, "share");
    ratio(j, "reading", (double)t->ns_reading, wall_ns);
    ratio(j, "events", (double)t->ns_events, wall_ns);
    ratio(j, "placement", (double)t->ns_placement, wall_ns);
    ratio(j, "recording", (double)t->ns_recording, wall_ns);
    jw_end(j);
    jw_end(j);
}

/* Those that took time to decide. */
static bool seat_at(const struct summary *s, size_t *index, struct sim_seat_totals *out)
{
    while (s->of != NULL && sim_run_seat(s->of, *index, out)) {
        ++*index;
        if (out->attempts > 0)
            return true;
    }
    return false;
}

static void json_seat(struct json *j, const struct sim_seat_totals *t)
{
    jw_object(j, NULL);
    jw_text(j, "name", t->name);
    jw_uint(j, "attempts", t->attempts);
    jw_uint(j, "retries", t->retries);
    jw_object(j, "attempts_by_outcome");
    for (unsigned i = 0; sim_attempt_name(i) != NULL; i++)
        jw_uint(j, sim_attempt_name(i), t->attempts_by[i]);
    jw_end(j);
    jw_object(j, "busy_s");
    for (unsigned i = 0; sim_attempt_name(i) != NULL; i++)
        jw_double(j, sim_attempt_name(i), (double)t->busy_us[i] / 1e6);
    jw_end(j);
    jw_object(j, "tasks");
    jw_uint(j, "placed", t->tasks_placed);
    jw_uint(j, "conflicted", t->tasks_conflicted);
    jw_uint(j, "undone", t->tasks_undone);
    jw_uint(j, "abandoned", t->tasks_abandoned);
    jw_end(j);
    jw_end(j);
}

static void json_seats(struct json *j, const struct summary *s)
{
    struct sim_seat_totals seat;
    jw_array(j, "schedulers");
    for (size_t i = 0; seat_at(s, &i, &seat);)
        json_seat(j, &seat);
    jw_end(j);
}

void summary_json(const struct summary *s, FILE *out)
{
    struct json j;
    jw_begin(&j, out, false);
    jw_object(&j, NULL);
    jw_text(&j, "schema", "simctl/1");
    jw_text(&j, "run", s->run);
    jw_text(&j, "policy", s->policy);
    jw_text(&j, "scheduler", s->scheduler);
    jw_uint(&j, "seed", s->seed);
    json_tasks(&j, s->totals);
    json_decisions(&j, s->totals);
    json_promises(&j, &s->totals->promises);
    json_waits(&j, s);
    json_seats(&j, s);
    json_resources(&j, s->totals);
    jw_uint(&j, "machines", s->totals->machines);
    jw_text(&j, "digest", s->digests == NULL ? NULL : s->digests->all);
    json_perf(&j, s);
    jw_uint(&j, "repairs", s->repairs);
    jw_uint(&j, "invariant_violations", s->totals->invariant_violations);
    jw_end(&j);
}

bool summary_write(const char *dir, const struct summary *s, struct sim_diag *diag)
{
    struct file_text file;
    if (!file_text_open(&file, dir, "summary.json", diag))
        return false;
    summary_json(s, file.out);
    return file_text_close(&file, diag);
}

/* ---- for people ----------------------------------------------------------------------------- */

struct page {
    FILE *out;
    bool colour;
};

static void label(const struct page *p, const char *word)
{
    fprintf(p->out, p->colour ? "  \033[2m%-10s\033[0m  " : "  %-10s  ", word);
}

/* 1234567 -> "1,234,567". */
static const char *grouped(uint64_t n, char buf[32])
{
    char digits[24];
    const size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf[at++] = ',';
        buf[at++] = digits[i];
    }
    buf[at] = '\0';
    return buf;
}

/* "1,234 ended", with a separator before all but the first; nothing for 0. */
static void count(const struct page *p, bool *first, uint64_t n, const char *word)
{
    char buf[32];
    if (n == 0)
        return;
    fprintf(p->out, "%s%s %s", *first ? "" : ", ", grouped(n, buf), word);
    *first = false;
}

static void text_tasks(const struct page *p, const struct sim_totals *t)
{
    bool first = true;
    char buf[32];
    label(p, "tasks");
    fprintf(p->out, "%s submitted: ", grouped(t->submitted, buf));
    count(p, &first, t->ended, "ended");
    count(p, &first, t->failed, "failed");
    count(p, &first, t->killed, "killed");
    count(p, &first, t->cancelled, "cancelled");
    count(p, &first, t->abandoned, "abandoned");
    count(p, &first, t->running, "running");
    count(p, &first, t->pending, "pending");
    fputs(first ? "none\n" : "\n", p->out);
    if (t->unplaced == 0 && t->evicted == 0)
        return;
    first = true;
    label(p, "");
    count(p, &first, t->unplaced, "never placed (in no figure of waits)");
    count(p, &first, t->evicted, t->evicted == 1 ? "eviction" : "evictions");
    putc('\n', p->out);
}

static void text_decisions(const struct page *p, const struct sim_totals *t)
{
    char total[32], placed[32], refused[32], conflicted[32], repeated[32];
    label(p, "decisions");
    fprintf(p->out, "%s: %s placed, %s refused", grouped(t->decisions, total),
            grouped(t->decisions_placed, placed), grouped(t->decisions_refused, refused));
    if (t->decisions_conflicted > 0)
        fprintf(p->out, ", %s in conflict", grouped(t->decisions_conflicted, conflicted));
    if (t->decisions_repeated > 0)
        fprintf(p->out, " (and %s time%s again for the same cause)",
                grouped(t->decisions_repeated, repeated), plural(t->decisions_repeated, "s"));
    putc('\n', p->out);
}

/* "2,345 made: 2,340 kept, 5 broken (5 overrun)" */
static void text_promises(const struct page *p, const struct sim_promises *s)
{
    char buf[32];
    bool first = true;
    if (s->made == 0)
        return;
    label(p, "promises");
    fprintf(p->out, "%s made: ", grouped(s->made, buf));
    count(p, &first, s->kept, "kept");
    count(p, &first, s->broken, "broken");
    count(p, &first, s->dropped, "dropped");
    count(p, &first, s->made - s->kept - s->broken - s->dropped, "open");
    first = true;
    for (unsigned d = 0; d < SIM_DOUBTS; d++) {
        fputs(first && s->broken_by[d] > 0 ? " (" : "", p->out);
        count(p, &first, s->broken_by[d], sim_doubt_name(d));
    }
    fputs(first ? "\n" : ")\n", p->out);
}

static void text_waits(const struct page *p, const struct summary *s)
{
    const struct sim_totals *t = s->totals;
    char mean[48], p50[48], p99[48], max[48], tau[48], buf[32];
    if (t->placed > 0) {
        const double mean_us = sim_wide_double(t->wait_sum_us) / (double)t->placed;
        label(p, "wait");
        fprintf(p->out, "mean %s, median %s, 99%% within %s, longest %s\n",
                time_str((sim_time)mean_us, mean, sizeof mean),
                time_str(t->wait_p50_us, p50, sizeof p50),
                time_str(t->wait_p99_us, p99, sizeof p99),
                time_str(t->wait_max_us, max, sizeof max));
    }
    if (t->bounded_slowdown_count > 0) {
        label(p, "slowdown");
        fprintf(p->out, "%.2f on average, bounded at %s, over %s run%s that ended\n",
                t->bounded_slowdown_mean, time_str(s->slowdown_tau_us, tau, sizeof tau),
                grouped(t->bounded_slowdown_count, buf), plural(t->bounded_slowdown_count, "s"));
    }
}

/* How the schedulers spent their time, as far as they took any. */
static void text_seats(const struct page *p, const struct summary *s)
{
    enum { SHOWN = 8 };
    struct sim_seat_totals t;
    size_t shown = 0;
    const sim_time span = s->totals->last_us - s->totals->first_submit_us;
    const double percent = span > 0 ? 100.0 / (double)span : 0;
    for (size_t i = 0; shown < SHOWN && seat_at(s, &i, &t); shown++) {
        char attempts[32];
        const double useful = (double)t.busy_us[SIM_ATTEMPT_USEFUL] * percent;
        const double conflicted = (double)t.busy_us[SIM_ATTEMPT_CONFLICTED] * percent;
        const double fruitless = (double)t.busy_us[SIM_ATTEMPT_FRUITLESS] * percent;
        label(p, shown == 0 ? "schedulers" : "");
        fprintf(p->out,
                "%s: busy %.1f %% of the time (%.1f useful, %.1f conflicts, %.1f in vain), %s "
                "attempt%s\n",
                t.name, useful + conflicted + fruitless, useful, conflicted, fruitless,
                grouped(t.attempts, attempts), plural(t.attempts, "s"));
    }
    if (shown == SHOWN) {
        label(p, "");
        fputs("all of them: summary.json\n", p->out);
    }
}

static const char *amount(const struct sim_totals *t, unsigned d, int64_t steps, char buf[48])
{
    const int64_t per_unit = t->units.per_unit[d] > 0 ? t->units.per_unit[d] : 1;
    return decimal_str(steps, per_unit, 1, buf, 48);
}

static void text_resource(const struct page *p, const struct sim_totals *t, unsigned d)
{
    char used[48], capacity[48];
    const double whole_us = sim_wide_double(t->capacity_us[d]);
    if (whole_us <= 0 && t->capacity.v[d] == 0)
        return;
    const char *unit = t->units.name[d] == NULL ? "" : t->units.name[d];
    const bool phrase = strncmp(unit, "of ", 3) == 0; /* "of the largest machine" */
    label(p, sim_dim_name(d));
    if (whole_us > 0)
        fprintf(p->out, "%5.1f %% in use on average, ",
                sim_wide_double(t->used_us[d]) / whole_us * 100);
    if (t->capacity.v[d] > 0)
        fprintf(p->out, "%5.1f %% at the end (%s / %s %s%s)\n",
                (double)t->used.v[d] / (double)t->capacity.v[d] * 100,
                amount(t, d, t->used.v[d], used), amount(t, d, t->capacity.v[d], capacity),
                phrase ? "times " : "", phrase ? unit + 3 : unit);
    else
        fputs("no capacity at the end\n", p->out);
}

static void text_speed(const struct page *p, const struct summary *s)
{
    char events[32], rate[32], memory[48], machines[32];
    const double wall_s = s->wall_s > 0 ? s->wall_s : 1e-9;
    label(p, "speed");
    fprintf(p->out, "%s event%s on %s machine%s in %.2f s (%s events/s), peak memory %s\n",
            grouped(s->totals->events, events), plural(s->totals->events, "s"),
            grouped(s->totals->machines, machines), plural(s->totals->machines, "s"), s->wall_s,
            grouped((uint64_t)((double)s->totals->events / wall_s), rate),
            bytes_str((int64_t)s->peak_rss_bytes, memory, sizeof memory));
}

/* Where the time went on the simulation's thread; the writer's runs beside it. */
static void text_share(const struct page *p, const struct summary *s)
{
    const struct sim_totals *t = s->totals;
    const double percent = s->wall_s > 0 ? 100 / (s->wall_s * 1e9) : 0;
    const uint64_t parts = t->ns_reading + t->ns_events + t->ns_placement + t->ns_recording;
    const double other = s->wall_s > 0 ? 100 - (double)parts * percent : 0;
    label(p, "time");
    fprintf(p->out,
            "%.0f %% reading, %.0f %% events, %.0f %% placement, %.0f %% recording, "
            "%.0f %% before and after\n",
            (double)t->ns_reading * percent, (double)t->ns_events * percent,
            (double)t->ns_placement * percent, (double)t->ns_recording * percent,
            other > 0 ? other : 0);
}

/* What a reader must not overlook. */
static void text_warnings(const struct page *p, const struct summary *s)
{
    char buf[32];
    if (s->repairs > 0) {
        label(p, "repairs");
        fprintf(p->out, "%s rows of the input; manifest.json says which\n",
                grouped(s->repairs, buf));
    }
    if (s->totals->invariant_violations > 0) {
        label(p, "invariants");
        fprintf(p->out, p->colour ? "\033[1;31m%s violated\033[0m\n" : "%s violated\n",
                grouped(s->totals->invariant_violations, buf));
    }
}

void summary_text(const struct summary *s, FILE *out, bool colour)
{
    const struct page p = {out, colour};
    fprintf(out,
            colour ? "\033[1m%s\033[0m, scheduler %s, seed %" PRIu64 "\n"
                   : "%s, scheduler %s, seed %" PRIu64 "\n",
            s->policy, s->scheduler, s->seed);
    text_tasks(&p, s->totals);
    text_decisions(&p, s->totals);
    text_promises(&p, &s->totals->promises);
    text_waits(&p, s);
    text_seats(&p, s);
    for (unsigned d = 0; d < SIM_DIMS; d++)
        text_resource(&p, s->totals, d);
    text_speed(&p, s);
    text_share(&p, s);
    text_warnings(&p, s);
    if (s->digests != NULL) {
        label(&p, "digest");
        fprintf(out, "%s\n", s->digests->all);
    }
}
