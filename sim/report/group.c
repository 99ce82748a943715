/* group.c - counts decisions and adds up waits by any combination of keys.
 *
 * Decisions say how often something happened, spans how long it lasted: the two differ by orders of
 * magnitude, so every line shows both. A wait that crosses hours is cut at them. */
#include "report/group.h"

#include <inttypes.h>
#include <string.h>

#include <simctl/option.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/sort.h"
#include "report/amount.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define NOTHING INT64_MIN /* Value of a key that is not known. */

struct subject {                     /* One decision or one piece of a wait. */
    const struct sim_task_row *task; /* NULL in a run that was cut. */
    sim_time at;
    sim_machine machine; /* Where the wait ended; SIM_NONE = nowhere. */
    uint8_t reason, dim;
};
struct group_key {
    const char *name;
    int64_t (*value)(const struct subject *s);
    /* NULL: the value is a number. Else its text in buf[NAME_BUF]. */
    const char *(*text)(const struct book *b, int64_t value, char *buf);
};

/* ---- keys ----------------------------------------------------------------------------------- */

static int64_t id_value(uint32_t id)
{
    return id == SIM_NONE ? NOTHING : id;
}

static int64_t reason_value(const struct subject *s)
{
    return s->reason;
}

static int64_t cause_value(const struct subject *s)
{
    return (int64_t)s->reason << 8 | s->dim;
}

static int64_t user_value(const struct subject *s)
{
    return s->task != NULL ? id_value(s->task->user) : NOTHING;
}

static int64_t queue_value(const struct subject *s)
{
    return s->task != NULL ? id_value(s->task->queue) : NOTHING;
}

static int64_t tier_value(const struct subject *s)
{
    return s->task != NULL ? s->task->tier : NOTHING;
}

static int64_t priority_value(const struct subject *s)
{
    return s->task != NULL ? s->task->priority : NOTHING;
}

static int64_t hour_value(const struct subject *s)
{
    return s->at / HOUR_US;
}

static int64_t machine_value(const struct subject *s)
{
    return id_value(s->machine);
}

static const char *reason_text(const struct book *b, int64_t value, char *buf)
{
    (void)b;
    (void)buf;
    return reason_code((unsigned)value);
}

static const char *cause_text(const struct book *b, int64_t value, char *buf)
{
    (void)b;
    return cause_str((unsigned)(value >> 8), (unsigned)value & 0xffu, buf, NAME_BUF);
}

static const char *name_text(const struct book *b, enum sim_name_kind kind, int64_t value,
                             char *buf)
{
    const struct sim_text text = rundir_name(b->run, kind, (uint32_t)value);
    (void)snprintf(buf, NAME_BUF, "%.*s", (int)text.len, text.len > 0 ? text.at : "");
    return buf;
}

static const char *user_text(const struct book *b, int64_t value, char *buf)
{
    return name_text(b, SIM_NAME_USER, value, buf);
}

static const char *queue_text(const struct book *b, int64_t value, char *buf)
{
    return name_text(b, SIM_NAME_QUEUE, value, buf);
}

static const char *tier_text(const struct book *b, int64_t value, char *buf)
{
    (void)b;
    (void)buf;
    const char *name = sim_tier_name((unsigned)value);
    return name != NULL ? name : "?";
}

static const char *machine_text_of(const struct book *b, int64_t value, char *buf)
{
    return machine_name(b, (sim_machine)value, buf);
}

static const struct group_key keys_known[] = {
    {"reason", reason_value, reason_text},
    {"cause", cause_value, cause_text},
    {"user", user_value, user_text},
    {"queue", queue_value, queue_text},
    {"tier", tier_value, tier_text},
    {"priority", priority_value, NULL},
    {"hour", hour_value, NULL},
    {"machine", machine_value, machine_text_of},
};
enum { KEYS_KNOWN = sizeof keys_known / sizeof *keys_known };

static bool add_key(struct group_keys *keys, const char *at, size_t len, struct sim_diag *diag)
{
    const char *names[KEYS_KNOWN];
    for (size_t i = 0; i < KEYS_KNOWN; i++) {
        names[i] = keys_known[i].name;
        if (strlen(names[i]) == len && memcmp(names[i], at, len) == 0) {
            if (keys->count == GROUP_KEYS_MAX) {
                return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--group-by takes up to %d keys",
                                GROUP_KEYS_MAX);
            }
            keys->key[keys->count++] = &keys_known[i];
            return true;
        }
    }
    char text[64];
    (void)snprintf(text, sizeof text, "%.*s", (int)(len < 63 ? len : 63), at);
    const char *near = sim_nearest(text, names, KEYS_KNOWN);
    sim_hint(diag, near != NULL ? "did you mean '%s'?" : "%s",
             near != NULL ? near
                          : "keys: reason, cause, user, queue, tier, priority, hour, machine");
    return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--group-by: no key is called '%s'", text);
}

bool group_keys_parse(struct group_keys *keys, const char *text, struct sim_diag *diag)
{
    *keys = (struct group_keys){.count = 0};
    for (;;) {
        const size_t len = strcspn(text, ",");
        if (!add_key(keys, text, len, diag)) {
            return false;
        }
        if (text[len] == '\0') {
            return true;
        }
        text += len + 1;
    }
}

/* ---- adding up ------------------------------------------------------------------------------ */

struct group {
    int64_t value[GROUP_KEYS_MAX];
    int64_t wait_us, share_ppm;
    uint64_t placed, refused;
};
struct groups {
    const struct group_keys *keys;
    struct map_text *map; /* Values as bytes -> index. */
    struct group *at;
    size_t count, cap;
    struct group total;
};

static struct group *group_of(struct groups *g, const struct subject *s)
{
    int64_t value[GROUP_KEYS_MAX] = {0};
    for (size_t k = 0; k < g->keys->count; k++) {
        value[k] = g->keys->key[k]->value(s);
    }
    bool fresh;
    const struct sim_text bytes = {(const char *)value, (uint32_t)sizeof value};
    const uint32_t id = map_text_id(g->map, bytes, &fresh);
    if (fresh) {
        MEM_GROW(g->at, g->cap, g->count + 1);
        memcpy(g->at[g->count++].value, value, sizeof value);
    }
    return &g->at[id];
}

static bool uses(const struct group_keys *keys, int64_t (*value)(const struct subject *s))
{
    for (size_t k = 0; k < keys->count; k++) {
        if (keys->key[k]->value == value) {
            return true;
        }
    }
    return false;
}

/* Per decision: where its task was placed next (by it, or after it); SIM_NONE = nowhere. */
static sim_machine *ends_of_waits(const struct book *b)
{
    const uint64_t n = b->count[SIM_TABLE_DECISIONS];
    uint64_t tasks = 0;
    for (uint64_t d = 0; d < n; d++) {
        tasks = b->decisions[d].task >= tasks ? b->decisions[d].task + UINT64_C(1) : tasks;
    }
    sim_machine *next = MEM_NEW(sim_machine, tasks + 1), *out = MEM_NEW(sim_machine, n + 1);
    memset(next, 0xff, tasks * sizeof *next);
    for (uint64_t d = n; d-- > 0;) {
        const struct sim_decision_row *row = &b->decisions[d];
        if (row->outcome == SIM_OUTCOME_PLACED) {
            next[row->task] = row->machine;
        }
        out[d] = next[row->task];
    }
    mem_free(next);
    return out;
}

static void add_decisions(struct groups *g, const struct book *b, const sim_machine *ends)
{
    for (uint64_t d = 0; d < b->count[SIM_TABLE_DECISIONS]; d++) {
        const struct sim_decision_row *row = &b->decisions[d];
        const struct subject s = {rundir_task(b->run, row->task), row->t_us,
                                  ends != NULL ? ends[d] : SIM_NONE, row->reason, row->dim};
        struct group *group = group_of(g, &s);
        const bool placed = row->outcome == SIM_OUTCOME_PLACED;
        *(placed ? &group->placed : &group->refused) += 1;
        *(placed ? &g->total.placed : &g->total.refused) += 1;
    }
}

static bool add_spans(struct groups *g, const struct book *b, const sim_machine *ends,
                      struct sim_diag *diag)
{
    const bool by_hour = uses(g->keys, hour_value);
    for (uint64_t i = 0; i < b->count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *span = &b->spans[i];
        const bool ended = ends != NULL && span->closed_by >= 0;
        struct subject s = {rundir_task(b->run, span->task), span->from_us,
                            ended ? ends[span->closed_by] : SIM_NONE, span->reason, span->dim};
        if (!sum_add(&g->total.wait_us, span->to_us - span->from_us)) {
            return sim_fail(diag, SIM_ERR_LIMIT, SIM_NOWHERE, "the waits sum to more than 2^63 us");
        }
        while (s.at < span->to_us) {
            const int64_t hour_end = (s.at / HOUR_US + 1) * HOUR_US;
            const int64_t to = by_hour && hour_end < span->to_us ? hour_end : span->to_us;
            group_of(g, &s)->wait_us += to - s.at;
            s.at = to;
        }
    }
    return true;
}

static int compare_groups(const void *left, const void *right, void *context)
{
    const struct groups *g = context;
    const struct group *a = left, *b = right;
    if (g->keys->key[0]->value != hour_value) { /* Hours are read as a series, the rest by size. */
        if (a->wait_us != b->wait_us) {
            return a->wait_us > b->wait_us ? -1 : 1;
        }
        if (a->refused != b->refused) {
            return a->refused > b->refused ? -1 : 1;
        }
        if (a->placed != b->placed) {
            return a->placed > b->placed ? -1 : 1;
        }
    }
    for (size_t k = 0; k < g->keys->count; k++) {
        if (a->value[k] != b->value[k]) {
            return a->value[k] < b->value[k] ? -1 : 1;
        }
    }
    return 0;
}

static void give_shares(struct groups *g)
{
    int64_t *us = MEM_NEW(int64_t, g->count + 1), *ppm = MEM_NEW(int64_t, g->count + 1);
    for (size_t i = 0; i < g->count; i++) {
        us[i] = g->at[i].wait_us;
    }
    shares(us, g->count, 1000000, ppm);
    for (size_t i = 0; i < g->count; i++) {
        g->at[i].share_ppm = ppm[i];
        g->total.share_ppm += ppm[i];
    }
    mem_free(us);
    mem_free(ppm);
}

static bool groups_fill(struct groups *g, const struct group_keys *keys, const struct book *b,
                        struct sim_diag *diag)
{
    *g = (struct groups){.keys = keys, .map = map_text_create()};
    sim_machine *ends = uses(keys, machine_value) ? ends_of_waits(b) : NULL;
    add_decisions(g, b, ends);
    const bool ok = add_spans(g, b, ends, diag);
    mem_free(ends);
    sort_stable(g->at, g->count, sizeof *g->at, compare_groups, g);
    give_shares(g);
    return ok;
}

static void groups_free(struct groups *g)
{
    map_text_destroy(g->map);
    mem_free(g->at);
}

/* ---- output --------------------------------------------------------------------------------- */

static const char *value_text(const struct groups *g, size_t k, int64_t value, const struct book *b,
                              char *buf)
{
    if (value == NOTHING) {
        return "-";
    }
    if (g->keys->key[k]->text != NULL) {
        return g->keys->key[k]->text(b, value, buf);
    }
    (void)snprintf(buf, NAME_BUF, "%" PRId64, value);
    return buf;
}

static void figures_text(const struct group *group, int places, const struct page *p)
{
    char wait[TEXT_BUF];
    (void)fprintf(p->out, " %10" PRIu64 " %10" PRIu64 " %26s %5" PRId64 ".%04" PRId64 " %%\n",
                  group->placed, group->refused,
                  duration_str(group->wait_us, places, wait, sizeof wait), group->share_ppm / 10000,
                  group->share_ppm % 10000);
}

static void widths(const struct groups *g, const struct book *b, int *width)
{
    char buf[NAME_BUF];
    for (size_t k = 0; k < g->keys->count; k++) {
        width[k] = (int)strlen(g->keys->key[k]->name);
        for (size_t i = 0; i < g->count; i++) {
            const int w = (int)strlen(value_text(g, k, g->at[i].value[k], b, buf));
            width[k] = w > width[k] ? w : width[k];
        }
    }
}

static void groups_text(const struct groups *g, const struct page *p)
{
    int width[GROUP_KEYS_MAX];
    char buf[NAME_BUF];
    int64_t *us = MEM_NEW(int64_t, g->count + 1);
    widths(g, p->book, width);
    for (size_t i = 0; i < g->count; i++) {
        us[i] = g->at[i].wait_us;
    }
    const int places = duration_places(us, g->count);
    mem_free(us);
    for (size_t k = 0; k < g->keys->count; k++) {
        (void)fprintf(p->out, "%-*s  ", width[k], g->keys->key[k]->name);
    }
    (void)fprintf(p->out, " %10s %10s %26s %12s\n", "placed", "refused", "waited", "share");
    for (size_t i = 0; i < g->count; i++) {
        for (size_t k = 0; k < g->keys->count; k++) {
            (void)fprintf(p->out, "%-*s  ", width[k],
                          value_text(g, k, g->at[i].value[k], p->book, buf));
        }
        figures_text(&g->at[i], places, p);
    }
    for (size_t k = 0; k < g->keys->count; k++) {
        (void)fprintf(p->out, "%-*s  ", width[k], k == 0 ? "total" : "");
    }
    figures_text(&g->total, places, p);
}

bool group_text(const struct group_keys *keys, const struct page *p, struct sim_diag *diag)
{
    struct groups g;
    const bool ok = groups_fill(&g, keys, p->book, diag);
    if (ok) {
        groups_text(&g, p);
    }
    groups_free(&g);
    return ok;
}

static void group_members(const struct groups *g, const struct group *group, const struct book *b,
                          struct json *j)
{
    char buf[NAME_BUF];
    jw_object(j, NULL);
    for (size_t k = 0; k < g->keys->count; k++) {
        const struct group_key *key = g->keys->key[k];
        if (group->value[k] == NOTHING) {
            jw_null(j, key->name);
        } else if (key->text != NULL) {
            jw_text(j, key->name, key->text(b, group->value[k], buf));
        } else {
            jw_int(j, key->name, group->value[k]);
        }
    }
    jw_uint(j, "placed", group->placed);
    jw_uint(j, "refused", group->refused);
    jw_int(j, "wait_us", group->wait_us);
    jw_int(j, "share_ppm", group->share_ppm);
    jw_end(j);
}

bool group_json(const struct group_keys *keys, const struct book *b, struct json *j,
                struct sim_diag *diag)
{
    struct groups g;
    const bool ok = groups_fill(&g, keys, b, diag);
    if (ok) {
        jw_array(j, NULL);
        for (size_t i = 0; i < g.count; i++) {
            group_members(&g, &g.at[i], b, j);
        }
        jw_end(j);
    }
    groups_free(&g);
    return ok;
}
