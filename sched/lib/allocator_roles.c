/* allocator_roles.c - see allocator_roles.h. */
#include "sched/lib/allocator_roles.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/wide.h"
#include "sched/lib/amounts.h"

enum { ONE = 1000000, PER_MILLI = 1000 };

/* What the groups of a role have said of it. */
struct said {
    int64_t weight;
    struct sim_resources guarantee, limit;
    bool any;
    struct sim_text by; /* The group. */
};

static const struct sim_text lone_role = {"*", 1};

static struct sim_text role_path(const struct sim_settings *set, struct sim_text group)
{
    char key[SIM_NAME_MAX + 32];
    if (group.len == 0) {
        return lone_role;
    }
    snprintf(key, sizeof key, "schedulers.%.*s.role", (int)group.len, group.at);
    const char *text = sim_settings_text(set, key);
    return text[0] == 0 ? group : (struct sim_text){text, (uint32_t)strlen(text)};
}

static bool path_ok(struct sim_text path)
{
    uint32_t part = 0;
    for (uint32_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') {
            part++;
            continue;
        }
        if (part == 0 || part > SIM_NAME_MAX || (part == 1 && path.at[i - 1] == '.')) {
            return false;
        }
        part = 0;
    }
    return true;
}

static struct sim_resources amounts_of(const struct sim_settings *set, const char *what,
                                       struct sim_text group)
{
    static const char *const dims[] = {"cpu", "memory", "gpu"};
    struct sim_resources out = {{0}};
    for (int d = SIM_CPU; d <= SIM_GPU; d++) {
        char key[64];
        snprintf(key, sizeof key, "schedulers.*.%s.%s", what, dims[d]);
        const int64_t v = sim_settings_int_of(set, key, group);
        out.v[d] = d == SIM_MEMORY ? v : v / PER_MILLI; /* Millionths to thousandths. */
    }
    return out;
}

static bool says(const struct said *s)
{
    return s->weight != ONE || !amounts_none(&s->guarantee) || !amounts_none(&s->limit);
}

static bool alike(const struct said *a, const struct said *b)
{
    return a->weight == b->weight && amounts_within(&a->guarantee, &b->guarantee) &&
           amounts_within(&b->guarantee, &a->guarantee) && amounts_within(&a->limit, &b->limit) &&
           amounts_within(&b->limit, &a->limit);
}

static void apply(struct offers *o, offers_role role, const struct said *s)
{
    struct sim_resources limit = s->limit;
    for (int d = 0; d < SIM_DIMS; d++) {
        limit.v[d] = limit.v[d] == 0 ? ACCOUNTS_NO_LIMIT : limit.v[d];
    }
    offers_set_weight(o, role, s->weight, ONE);
    if (!amounts_none(&s->guarantee) || !amounts_none(&s->limit)) {
        offers_set_quota(o, role, &s->guarantee, &limit);
    }
}

static bool set_role(struct offers *o, offers_role role, struct said *before,
                     const struct said *said, struct sim_diag *diag)
{
    const struct sim_text path = offers_role_path(o, role), group = said->by;
    const bool nested = memchr(path.at, '/', path.len) != NULL;
    if (nested && (!amounts_none(&said->guarantee) || !amounts_none(&said->limit))) {
        sim_hint(diag, "set them for the role above");
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                        "schedulers.%.*s: role %.*s is not of the first level, and only those have "
                        "guarantees and limits",
                        (int)group.len, group.at, (int)path.len, path.at);
    }
    if (before->any && !alike(before, said)) {
        sim_hint(diag, "weight, guarantee and limit are the role's: set them for one group");
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                        "schedulers.%.*s and schedulers.%.*s say different things of role %.*s",
                        (int)before->by.len, before->by.at, (int)group.len, group.at, (int)path.len,
                        path.at);
    }
    *before = *said;
    before->any = true;
    apply(o, role, said);
    return true;
}

static bool read_seat(struct sim_context *ctx, struct offers *o, uint32_t id, struct said **said,
                      size_t *cap, struct sim_diag *diag)
{
    const struct sim_settings *set = sim_context_settings(ctx);
    const struct sim_seat *seat = sim_seat_at(ctx, id);
    const struct sim_text path = role_path(set, seat->group);
    if (!path_ok(path)) {
        sim_hint(diag, "a role is a name such as eng, or a path such as eng/ads");
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                        "schedulers.%.*s.role: '%.*s' is no role", (int)seat->group.len,
                        seat->group.at, (int)path.len, path.at);
    }
    const offers_role role = offers_role_of(o, path);
    (void)offers_framework_add(o, role, (struct sim_text){seat->name, (uint32_t)strlen(seat->name)},
                               false);
    const struct said now = {.weight = sim_settings_int_of(set, "schedulers.*.weight", seat->group),
                             .guarantee = amounts_of(set, "guarantee", seat->group),
                             .limit = amounts_of(set, "limit", seat->group),
                             .by = seat->group};
    MEM_GROW(*said, *cap, (size_t)role + 1);
    return !says(&now) || set_role(o, role, &(*said)[role], &now, diag);
}

bool allocator_roles(struct sim_context *ctx, struct offers *o, uint32_t frameworks,
                     struct sim_diag *diag)
{
    struct said *said = NULL; /* By role. */
    size_t cap = 0;
    bool ok = true;
    for (uint32_t i = 0; i < frameworks && ok; i++) {
        ok = read_seat(ctx, o, i, &said, &cap, diag);
    }
    mem_free(said);
    return ok;
}

/* ---- shares ---------------------------------------------------------------------------------- */

account_id allocator_account(const struct offers *o, offers_role role)
{
    struct sim_text path = offers_role_path(o, role);
    account_id at = ACCOUNTS_ROOT;
    while (path.len > 0) {
        const char *cut = memchr(path.at, '/', path.len);
        const uint32_t len = cut != NULL ? (uint32_t)(cut - path.at) : path.len;
        at = accounts_find(offers_roles(o), at, (struct sim_text){path.at, len});
        path.at += len + (cut != NULL);
        path.len -= len + (cut != NULL);
    }
    return at;
}

void allocator_share(const struct offers *o, offers_role role, const struct sim_resources *without,
                     const struct sim_resources *totals, struct sim_offer *out)
{
    const struct account_view v = accounts_at(offers_roles(o), allocator_account(o, role));
    out->share = out->share_of = 0;
    out->share_dim = SIM_CPU;
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t held = v.allocated.v[d] - without->v[d], total = totals->v[d];
        const int64_t a[4] = {held, out->share_of, 1, 1}, b[4] = {out->share, total, 1, 1};
        if (total > 0 && held > 0 && (out->share_of == 0 || wide_compare_products(a, b) > 0)) {
            out->share = held;
            out->share_of = total;
            out->share_dim = (enum sim_dim)d;
        }
    }
}
