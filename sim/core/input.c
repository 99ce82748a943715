/* input.c - the two input streams of a run and the workload's history. */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sort.h"
#include "core/engine.h"

static struct sim_open_args open_args(const struct sim_context *c, enum sim_role role)
{
    const bool trace = role == SIM_ROLE_TRACE;
    struct sim_open_args a;
    memset(&a, 0, sizeof a);
    a.path = trace ? c->args->trace_path : c->args->cluster_path;
    a.role = role;
    a.bad_rows = (enum sim_bad_rows)sim_settings_choice(c->args->settings, "bad_rows");
    a.settings = c->args->settings;
    a.findings = trace ? c->args->trace_findings : c->args->cluster_findings;
    a.seed = c->args->seed;
    return a;
}

/* A cluster whose machines all come before the first task has a total that a trace may ask for. */
static bool cluster_total(const struct sim_context *c, struct sim_resources *out)
{
    *out = cell_capacity(c->cell);
    return cell_view(c->cell)->n > 0;
}

bool input_open(struct sim_context *c, struct stream_in *in, enum sim_role role,
                struct sim_diag *diag)
{
    const struct sim_format *f = role == SIM_ROLE_TRACE ? c->args->trace : c->args->cluster;
    struct sim_open_args a = open_args(c, role);
    struct sim_resources total;
    if (role == SIM_ROLE_TRACE && cluster_total(c, &total)) {
        a.cluster = &total;
    }
    in->format = f;
    in->state = mem_alloc(1, f->state_bytes > 0 ? f->state_bytes : 1);
    in->info.end_us = SIM_NEVER;
    in->last_us = INT64_MIN;
    const uint64_t start = lap_tick();
    const bool ok = f->open(in->state, &a, &in->info, diag);
    c->laps[LAP_READING].ticks += lap_tick() - start; /* Some formats read everything here. */
    return ok;
}

void input_close(struct stream_in *in)
{
    if (in->state != NULL) {
        in->format->close(in->state);
        mem_free(in->state);
        in->state = NULL;
    }
}

static bool in_order(const struct stream_in *in)
{
    return in->item.time_us > in->last_us ||
           (in->item.time_us == in->last_us && in->item.kind >= in->last_kind);
}

/* Sums over a cell and over all that waits stay far from the end of int64. */
#define AMOUNT_MAX (INT64_C(1) << 52) /* Of one task or machine: 4 PiB, 4.5e12 cores. */
#define TOTAL_MAX (INT64_C(1) << 61)  /* Of all machines. */

static bool check_machine(const struct sim_context *c, const struct stream_in *in,
                          struct sim_diag *diag)
{
    const struct sim_machine_input *m = &in->item.u.machine;
    const struct sim_where where = {in->info.input_count > 0 ? in->info.inputs[0] : NULL, 0, 0};
    const struct sim_resources total = cell_capacity(c->cell);
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t have = m->capacity.v[d];
        if (have < 0 || have > AMOUNT_MAX || total.v[d] > TOTAL_MAX - have) {
            return sim_fail(diag, SIM_ERR_RANGE, where,
                            "machine %.*s has %" PRId64
                            " %s; it must be 0 to 2^52, and all machines "
                            "together at most 2^61",
                            (int)m->name.len, m->name.at, have, sim_dim_name((unsigned)d));
        }
    }
    return true;
}

bool input_check(const struct sim_context *c, const struct stream_in *in, struct sim_diag *diag)
{
    if (in->item.kind != SIM_IN_SUBMIT) {
        return check_machine(c, in, diag);
    }
    const struct sim_task_known *k = &in->item.u.task.known;
    const struct sim_where where = {in->info.input_count > 0 ? in->info.inputs[0] : NULL, 0, 0};
    for (int d = 0; d < SIM_DIMS; d++) {
        if (k->request.v[d] < 0 || k->request.v[d] > AMOUNT_MAX) {
            return sim_fail(diag, SIM_ERR_RANGE, where,
                            "task %.*s/%" PRIu32 " requests %" PRId64 " %s; it must be 0 to 2^52",
                            (int)k->job.len, k->job.at, k->index, k->request.v[d],
                            sim_dim_name((unsigned)d));
        }
    }
    if (k->gpu_count > SIM_DEVICES_MAX || k->gpu_milli > SIM_DEVICE_MILLI) {
        return sim_fail(diag, SIM_ERR_RANGE, where,
                        "task %.*s/%" PRIu32 " asks for %u device%s of %u "
                        "milli; at most %d of %d are possible",
                        (int)k->job.len, k->job.at, k->index, (unsigned)k->gpu_count,
                        plural(k->gpu_count, "s"), (unsigned)k->gpu_milli, SIM_DEVICES_MAX,
                        SIM_DEVICE_MILLI);
    }
    int64_t data = 0;
    for (uint32_t i = 0; i < k->data_count; i++) {
        const int64_t bytes = k->data[i].bytes;
        if (bytes < 0 || bytes > AMOUNT_MAX - data) {
            return sim_fail(diag, SIM_ERR_RANGE, where,
                            "task %.*s/%" PRIu32 " reads too much; its data must sum to 0 to 2^52 "
                            "bytes",
                            (int)k->job.len, k->job.at, k->index);
        }
        data += bytes;
    }
    return true;
}

bool input_fill(struct sim_context *c, struct stream_in *in, struct sim_diag *diag)
{
    if (in->has_item || in->ended) {
        return true;
    }
    lap_begin(c, LAP_READING);
    const enum sim_next got = in->format->next(in->state, &in->item, &in->info, diag);
    lap_end(c, LAP_READING);
    if (got == SIM_NEXT_ERROR) {
        return false;
    }
    in->has_item = got == SIM_NEXT_ITEM;
    in->ended = got == SIM_NEXT_END;
    if (in->has_item) {
        CHECK(in_order(in)); /* Formats promise it; only a bug in one can break it. */
        in->last_us = in->item.time_us;
        in->last_kind = in->item.kind;
    }
    return !in->has_item || input_check(c, in, diag);
}

/* ---- history -------------------------------------------------------------------------------- */

struct history {
    struct sim_shape *shapes;
    size_t len, cap;
    struct map_u64 *by_hash;
};

static void history_add(struct sim_context *c, struct history *h, const struct sim_task_known *k)
{
    bool fresh;
    struct sim_shape s;
    memset(&s, 0, sizeof s);
    s.request = k->request;
    s.gpu_count = k->gpu_count;
    s.gpu_milli = k->gpu_milli;
    s.constraints =
        constraints_intern(cell_constraints(c->cell), k->constraints, k->constraint_count, &fresh);
    if (fresh) {
        record_name(c, SIM_NAME_CONSTRAINTS, s.constraints - 1,
                    constraints_text(cell_constraints(c->cell), s.constraints));
    }
    uint64_t hash = map_hash(&s, sizeof s);
    uint32_t *index = map_u64_put(h->by_hash, hash, &fresh);
    while (!fresh) {
        struct sim_shape *known = &h->shapes[*index];
        const uint64_t count = known->count;
        known->count = 0;
        const bool same = memcmp(known, &s, sizeof s) == 0;
        known->count = count + same;
        if (same) {
            return;
        }
        index = map_u64_put(h->by_hash, ++hash, &fresh);
    }
    *index = (uint32_t)h->len;
    MEM_GROW(h->shapes, h->cap, h->len + 1);
    s.count = 1;
    h->shapes[h->len++] = s;
}

static int by_count(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct sim_shape *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

/* "FORMAT:PATH" of the option policy.history, or the trace itself when it is empty. */
static bool history_source(struct sim_context *c, const struct sim_format **format,
                           const char **path, struct sim_diag *diag)
{
    const char *text = sim_settings_has(c->args->settings, "policy.history")
                           ? sim_settings_text(c->args->settings, "policy.history")
                           : "";
    *format = c->args->trace;
    *path = c->args->trace_path;
    if (text[0] != '\0') {
        char name[32];
        const char *colon = strchr(text, ':');
        const size_t n = colon != NULL ? (size_t)(colon - text) : 0;
        if (n > 0 && n < sizeof name) {
            memcpy(name, text, n);
            name[n] = '\0';
            *format = sim_format_find(name);
            *path = colon + 1;
        }
        if (n == 0 || n >= sizeof name || *format == NULL) {
            sim_hint(diag, "write it as FORMAT:PATH, for instance openb:pods.csv");
            return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                            "policy.history is '%s', which names no trace format", text);
        }
    }
    if (strcmp(*path, "-") == 0) {
        sim_hint(diag, "give its history from a file: --set policy.history=FORMAT:PATH");
        return sim_fail(
            diag, SIM_ERR_CONFIG, SIM_NOWHERE,
            "policy %s reads the workload's history first, and stdin can be read only once",
            c->args->policy->name);
    }
    return true;
}

static bool history_read(struct sim_context *c, struct stream_in *in, struct history *h,
                         struct sim_diag *diag)
{
    for (;;) {
        const enum sim_next got = in->format->next(in->state, &in->item, &in->info, diag);
        if (got != SIM_NEXT_ITEM) {
            return got == SIM_NEXT_END;
        }
        if (in->item.kind == SIM_IN_SUBMIT) {
            history_add(c, h, &in->item.u.task.known);
        }
    }
}

bool input_history(struct sim_context *c, struct sim_shape **out, size_t *count,
                   struct sim_diag *diag)
{
    struct stream_in in;
    struct history h = {NULL, 0, 0, map_u64_create()};
    memset(&in, 0, sizeof in);
    struct sim_open_args a = open_args(c, SIM_ROLE_TRACE);
    struct sim_resources total;
    a.cluster = cluster_total(c, &total) ? &total : NULL;
    a.findings = sim_findings_create(); /* The run itself counts what is odd; this pass does not. */
    bool ok = history_source(c, &in.format, &a.path, diag);
    if (ok) {
        in.state = mem_alloc(1, in.format->state_bytes > 0 ? in.format->state_bytes : 1);
        ok = in.format->open(in.state, &a, &in.info, diag) && history_read(c, &in, &h, diag);
        input_close(&in);
    }
    sim_findings_destroy(a.findings);
    map_u64_destroy(h.by_hash);
    sort_stable(h.shapes, h.len, sizeof *h.shapes, by_count, NULL);
    *out = h.shapes;
    *count = h.len;
    return ok;
}
