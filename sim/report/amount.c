/* amount.c - quantities as people read them.
 *
 * A table whose figures do not add up is not believed, so durations are never rounded (they are
 * printed with as many decimals as the finest of them needs) and shares are dealt out by the
 * largest remainder. */
#include "report/amount.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"

/* Bytes read best in the unit that fits them; traces that count in GiB mean the same bytes. */
static bool in_bytes(const struct sim_units *units, unsigned dim)
{
    const char *name = units->name[dim];
    return name != NULL && ((units->per_unit[dim] == 1 && strcmp(name, "bytes") == 0) ||
                            (units->per_unit[dim] == INT64_C(1) << 30 && strcmp(name, "GiB") == 0));
}

const char *unit_phrase(const struct sim_units *units, unsigned dim)
{
    const char *name = units->name[dim];
    return name != NULL && strchr(name, ' ') != NULL ? name : NULL;
}

/* "" for a phrase, which would drown the numbers of a table. */
static const char *unit_name(const struct sim_units *units, unsigned dim)
{
    return units->name[dim] != NULL && unit_phrase(units, dim) == NULL ? units->name[dim] : "";
}

/* Length of a unit's name: "core" of "cores" for exactly one. */
static int unit_len(const char *name, bool one)
{
    const int len = (int)strlen(name);
    return one && len > 1 && name[len - 1] == 's' ? len - 1 : len;
}

const char *amount_str(const struct sim_units *units, unsigned dim, int64_t v, char *buf,
                       size_t size)
{
    if (in_bytes(units, dim)) {
        return bytes_str(v, buf, size);
    }
    char number[48];
    const int64_t scale = units->per_unit[dim] > 0 ? units->per_unit[dim] : 1;
    decimal_str(v, scale, 6, number, sizeof number);
    const char *name = unit_name(units, dim);
    (void)snprintf(buf, size, "%s%s%.*s", number, name[0] != '\0' ? " " : "",
                   unit_len(name, v == scale), name);
    return buf;
}

const char *amount_named_str(const struct sim_units *units, unsigned dim, int64_t v, char *buf,
                             size_t size)
{
    char amount[64];
    amount_str(units, dim, v, amount, sizeof amount);
    const bool bare = !in_bytes(units, dim) && unit_name(units, dim)[0] == '\0';
    (void)snprintf(buf, size, "%s%s%s", bare ? sim_dim_name(dim) : "", bare ? " " : "", amount);
    return buf;
}

/* The grid on which a cut is printed: `steps` per shown unit, which is `per` integer steps. */
struct grid {
    int64_t per, steps;
    int places;
    const char *name;
};

static struct grid grid_of(const struct sim_units *units, unsigned dim, int64_t request)
{
    static const char *const binary[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    struct grid g = {units->per_unit[dim] > 0 ? units->per_unit[dim] : 1, 1, 0,
                     unit_name(units, dim)};
    if (in_bytes(units, dim)) {
        size_t k = 0;
        for (g.per = 1; k + 1 < sizeof binary / sizeof *binary && request / 1024 >= g.per; k++) {
            g.per *= 1024;
        }
        g.name = binary[k];
    }
    const int most = in_bytes(units, dim) ? 3 : 6;
    for (; g.places < most && g.steps < g.per; g.places++) {
        g.steps *= 10;
    }
    return g;
}

const char *amount_cut_str(const struct sim_units *units, unsigned dim, int64_t request,
                           int64_t deficit, char *buf, size_t size)
{
    const struct grid g = grid_of(units, dim, request);
    const int64_t before = sim_muldiv(request, g.steps, g.per);
    const int64_t exact = sim_muldiv_up(deficit, g.steps, g.per);
    const int64_t cut = exact < before ? exact : before;
    char a[48], b[48], c[48];
    (void)snprintf(buf, size, "%s -%s%s%.*s (%s -> %s)", sim_dim_name(dim),
                   decimal_str(cut, g.steps, g.places, a, sizeof a), g.name[0] != '\0' ? " " : "",
                   unit_len(g.name, cut == g.steps), g.name,
                   decimal_str(before, g.steps, g.places, b, sizeof b),
                   decimal_str(before - cut, g.steps, g.places, c, sizeof c));
    return buf;
}

int duration_places(const int64_t *us, size_t n)
{
    int places = 0;
    for (size_t i = 0; i < n; i++) {
        if (us[i] == SIM_NEVER || us[i] % 1000000 == 0) {
            continue;
        }
        if (us[i] % 1000 != 0) {
            return 6;
        }
        places = 3;
    }
    return places;
}

const char *duration_str(int64_t us, int places, char *buf, size_t size)
{
    if (us == SIM_NEVER) {
        (void)snprintf(buf, size, "never");
        return buf;
    }
    const bool negative = us < 0;
    const uint64_t whole = (negative ? 0 - (uint64_t)us : (uint64_t)us) / 1000000;
    const uint64_t part = (negative ? 0 - (uint64_t)us : (uint64_t)us) % 1000000;
    const uint64_t d = whole / 86400, h = whole / 3600 % 24, m = whole / 60 % 60, s = whole % 60;
    char head[64] = "", tail[16] = "";
    if (d > 0) {
        (void)snprintf(head, sizeof head, "%" PRIu64 "d %02" PRIu64 "h %02" PRIu64 "m ", d, h, m);
    } else if (h > 0) {
        (void)snprintf(head, sizeof head, "%" PRIu64 "h %02" PRIu64 "m ", h, m);
    } else if (m > 0) {
        (void)snprintf(head, sizeof head, "%" PRIu64 "m ", m);
    }
    if (places == 3) {
        (void)snprintf(tail, sizeof tail, ".%03" PRIu64, part / 1000);
    } else if (places > 0) {
        (void)snprintf(tail, sizeof tail, ".%06" PRIu64, part);
    }
    (void)snprintf(buf, size, whole >= 60 ? "%s%s%02" PRIu64 "%ss" : "%s%s%" PRIu64 "%ss",
                   negative ? "-" : "", head, s, tail);
    return buf;
}

const char *duration_exact_str(int64_t us, char *buf, size_t size)
{
    return duration_str(us, duration_places(&us, 1), buf, size);
}

bool sum_add(int64_t *sum, int64_t v)
{
    if ((v > 0 && *sum > INT64_MAX - v) || (v < 0 && *sum < INT64_MIN - v)) {
        return false;
    }
    *sum += v;
    return true;
}

struct remainder {
    int64_t rest;
    size_t index;
};

static int larger_first(const void *left, const void *right, void *context)
{
    (void)context;
    const struct remainder *a = left, *b = right;
    return a->rest == b->rest ? 0 : a->rest > b->rest ? -1 : 1;
}

void shares(const int64_t *part, size_t n, int64_t units, int64_t *share)
{
    int64_t total = 0, left = units;
    bool fits = true;
    for (size_t i = 0; i < n; i++) {
        share[i] = 0;
        fits = fits && sum_add(&total, part[i]);
    }
    if (total <= 0 || !fits) {
        return;
    }
    struct remainder *rest = MEM_NEW(struct remainder, n);
    for (size_t i = 0; i < n; i++) {
        share[i] = sim_muldiv(part[i], units, total);
        /* Remainders are compared to a millionth of a unit, which needs no wider integers. */
        rest[i].rest = sim_muldiv(part[i], units * 1000000, total) - share[i] * 1000000;
        rest[i].index = i;
        left -= share[i];
    }
    sort_stable(rest, n, sizeof *rest, larger_first, NULL);
    for (size_t i = 0; i < n && left > 0; i++, left--) {
        share[rest[i].index]++;
    }
    mem_free(rest);
}

uint32_t cause_dims(unsigned reason, unsigned dim)
{
    switch (reason) {
    case SIM_REASON_CAPACITY:
        return dim < SIM_DIMS ? UINT32_C(1) << dim : 0;
    case SIM_REASON_FRAGMENTED:
        return dim;
    default:
        return 0;
    }
}

const char *cause_str(unsigned reason, unsigned dim, char *buf, size_t size)
{
    (void)snprintf(buf, size, "%s", reason_code(reason));
    const char *separator = " ";
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if ((cause_dims(reason, dim) >> d & 1) != 0) {
            const size_t at = strlen(buf);
            (void)snprintf(buf + at, size - at, "%s%s", separator, sim_dim_name(d));
            separator = ",";
        }
    }
    return buf;
}

const char *permanence_text(enum sim_permanence permanence)
{
    switch (permanence) {
    case SIM_PERM_NEVER:
        return "no change of load helps";
    case SIM_PERM_LOAD:
        return "others finishing helps";
    case SIM_PERM_TIME:
        return "time or a machine event helps";
    case SIM_PERM_NONE:
        break;
    }
    return "";
}

const char *reason_code(unsigned reason)
{
    const struct sim_reason_info *info = sim_reason_info(reason);
    return info != NULL ? info->code : "UNKNOWN";
}

const char *reason_help(unsigned reason)
{
    const struct sim_reason_info *info = sim_reason_info(reason);
    return info != NULL ? info->help : "a reason that this version does not know";
}
