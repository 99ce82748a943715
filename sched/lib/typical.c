/* typical.c - the typical tasks of a workload: its most frequent shapes, up to a coverage. */
#include "sched/lib/typical.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"

/* < 0 when a comes first in descending order. */
static int down(int64_t a, int64_t b)
{
    return a > b ? -1 : a < b ? 1 : 0;
}

/* cpu, milli, devices: all that a typical task is, but for its constraints. */
static int by_size(const struct sim_shape *a, const struct sim_shape *b)
{
    int order = down(a->request.v[SIM_CPU], b->request.v[SIM_CPU]);
    order = order != 0 ? order : down(a->gpu_milli, b->gpu_milli);
    return order != 0 ? order : down(a->gpu_count, b->gpu_count);
}

static int by_kind(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct sim_shape *x = a, *y = b;
    const int order = by_size(x, y);
    return order != 0 ? order : down(x->constraints, y->constraints);
}

static int by_text(const struct sim_policy_args *args, uint32_t a, uint32_t b)
{
    const struct sim_text x = args->constraint_text(args->cell, a);
    const struct sim_text y = args->constraint_text(args->cell, b);
    const uint32_t common = x.len < y.len ? x.len : y.len;
    const int order = common > 0 ? memcmp(y.at, x.at, common) : 0;
    return order != 0 ? order : down(x.len, y.len);
}

static int by_count(const void *a, const void *b, void *ctx)
{
    const struct sim_shape *x = a, *y = b;
    int order = x->count > y->count ? -1 : x->count < y->count ? 1 : by_size(x, y);
    return order != 0 ? order : by_text(ctx, x->constraints, y->constraints);
}

/* Sorted and merged copy of the history; returns how many shapes are left. */
static size_t merge(const struct sim_policy_args *args, struct sim_shape *shapes)
{
    size_t n = 0;
    sort_stable(shapes, args->history_count, sizeof *shapes, by_kind, NULL);
    for (size_t i = 0; i < args->history_count; i++) {
        if (n > 0 && by_kind(&shapes[n - 1], &shapes[i], NULL) == 0) {
            shapes[n - 1].count += shapes[i].count;
        } else {
            shapes[n++] = shapes[i];
        }
    }
    struct sim_policy_args copy = *args;
    sort_stable(shapes, n, sizeof *shapes, by_count, &copy);
    return n;
}

/* Bit of a constraint set; FRAG_SETS_MAX when there is none left. */
static uint32_t set_of(struct typical *t, uint32_t constraints)
{
    for (uint32_t i = 0; i < t->sets; i++) {
        if (t->constraints[i] == constraints) {
            return i;
        }
    }
    if (t->sets < FRAG_SETS_MAX) {
        t->constraints[t->sets++] = constraints;
        return t->sets - 1;
    }
    return FRAG_SETS_MAX;
}

static bool fill(struct typical *t, const struct sim_shape *shapes, size_t count, double covered,
                 double all, struct sim_diag *diag)
{
    frag_table_init(&t->table, count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t set = set_of(t, shapes[i].constraints);
        if (set == FRAG_SETS_MAX) {
            sim_hint(diag, "lower policy.coverage, or give a policy.history with fewer kinds");
            return sim_fail(diag, SIM_ERR_LIMIT, SIM_NOWHERE,
                            "the typical tasks have more than %d different constraint sets",
                            FRAG_SETS_MAX);
        }
        t->table.cpu[i] = shapes[i].request.v[SIM_CPU];
        t->table.milli[i] = shapes[i].gpu_milli;
        t->table.devices[i] = shapes[i].gpu_count;
        t->table.set[i] = (uint8_t)set;
        t->table.weight[i] = ((double)shapes[i].count / all) / (covered / all);
    }
    return true;
}

bool typical_init(struct typical *t, const struct sim_policy_args *args, int64_t coverage,
                  struct sim_diag *diag)
{
    struct sim_shape *shapes = MEM_NEW(struct sim_shape, args->history_count + 1);
    uint64_t all = 0, covered = 0;
    for (size_t i = 0; i < args->history_count; i++) {
        shapes[i] = args->history[i];
        all += shapes[i].count;
    }
    const size_t kinds = merge(args, shapes);
    const int64_t goal = sim_muldiv_up((int64_t)all, coverage, 1000000);
    size_t count = 0;
    while (count < kinds && (int64_t)covered < goal) {
        covered += shapes[count++].count;
    }
    const bool ok = fill(t, shapes, count, (double)covered, (double)all, diag);
    mem_free(shapes);
    return ok;
}

void typical_fini(struct typical *t)
{
    frag_table_fini(&t->table);
}
