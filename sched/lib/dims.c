/* dims.c - which dimensions a policy weighs, and one integer scale on which they can be added. */
#include "sched/lib/dims.h"

#include <string.h>

#include "base/wide.h"

enum { CLAMP_UNITS = 8 };

static int dim_of(const char *name, size_t len)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        const char *known = sim_dim_name((unsigned)d);
        if (strlen(known) == len && memcmp(known, name, len) == 0) {
            return d;
        }
    }
    return -1;
}

static bool refuse(struct sim_diag *diag, const char *what, const char *name, size_t len)
{
    sim_hint(diag, "write a comma list of cpu, memory, gpu, disk, ext4..ext7, or auto");
    return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE, "policy.dims: %s dimension \"%.*s\"", what,
                    (int)(len < 40 ? len : 40), name);
}

bool dims_init(struct dims *d, const struct sim_settings *settings, struct sim_diag *diag)
{
    const char *text = sim_settings_text(settings, "policy.dims");
    d->chosen = 0;
    if (strcmp(text, "auto") == 0) {
        return true;
    }
    for (const char *at = text;; at++) {
        const size_t len = strcspn(at, ",");
        const int dim = dim_of(at, len);
        if (dim < 0) {
            return refuse(diag, "unknown", at, len);
        }
        if ((d->chosen >> dim & 1) != 0) {
            return refuse(diag, "repeated", at, len);
        }
        d->chosen |= UINT32_C(1) << dim;
        at += len;
        if (*at == '\0') {
            return true;
        }
    }
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Least common multiple of the largest capacities, or 0 when it is above max. */
static int64_t common_unit(const struct dims *d, int64_t max)
{
    int64_t unit = 1;
    for (uint32_t i = 0; i < d->count; i++) {
        const int64_t factor = d->largest[i] / gcd(d->largest[i], unit);
        if (factor > max / unit) {
            return 0;
        }
        unit *= factor;
    }
    return unit;
}

void dims_prepare(struct dims *d, const struct sim_view *view, int64_t limit)
{
    d->count = 0;
    for (int dim = 0; dim < SIM_DIMS; dim++) {
        const bool wanted = d->chosen == 0 || (d->chosen >> dim & 1) != 0;
        if (wanted && view->largest.v[dim] > 0) {
            d->at[d->count] = (enum sim_dim)dim;
            d->largest[d->count++] = view->largest.v[dim];
        }
    }
    const int64_t max = limit / (d->count > 0 ? d->count : 1);
    d->unit = common_unit(d, max);
    d->exact = d->unit > 0;
    if (!d->exact) {
        d->unit = max;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        d->weight[i] = d->exact ? d->unit / d->largest[i] : 0;
        ratio_init(&d->ratio[i], d->unit, d->largest[i],
                   d->largest[i] <= INT64_MAX / CLAMP_UNITS ? CLAMP_UNITS * d->largest[i]
                                                            : INT64_MAX);
    }
}

int64_t dims_scale(const struct dims *d, uint32_t i, int64_t x)
{
    if (x / CLAMP_UNITS >= d->largest[i]) {
        return d->unit * CLAMP_UNITS;
    }
    return d->exact ? x * d->weight[i] : ratio_floor(&d->ratio[i], x);
}

int64_t dims_sum(const struct dims *d, const struct sim_resources *r)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        sum += dims_scale(d, i, r->v[d->at[i]]);
    }
    return sum;
}
