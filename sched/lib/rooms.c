/* rooms.c - see rooms.h. */
#include "sched/lib/rooms.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

static bool any_has(const struct sim_view *v, int d)
{
    bool any = false;
    for (uint32_t m = 0; m < v->n; m++) {
        any |= v->capacity[d][m] > 0;
    }
    return any;
}

void rooms_now(struct rooms *r, const struct sim_view *v)
{
    r->n = v->n;
    r->dims = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        r->dim[r->dims] = (uint8_t)d;
        r->dims += any_has(v, d);
    }
    MEM_GROW(r->free, r->cap, (size_t)r->dims * r->n + 1);
    for (uint32_t k = 0; k < r->dims; k++) {
        memcpy(r->free + (size_t)k * r->n, v->free[r->dim[k]], r->n * sizeof *r->free);
    }
}

void rooms_copy(struct rooms *to, const struct rooms *from)
{
    MEM_GROW(to->free, to->cap, from->cap);
    to->n = from->n;
    to->dims = from->dims;
    memcpy(to->dim, from->dim, sizeof to->dim);
    memcpy(to->free, from->free, (size_t)from->dims * from->n * sizeof *to->free);
}

void rooms_fini(struct rooms *r)
{
    mem_free(r->free);
    mem_free(r->found);
}

/* ---- one machine ----------------------------------------------------------------------------- */

void rooms_add(struct rooms *r, sim_machine m, const struct sim_resources *what, int64_t sign)
{
    CHECK(m < r->n);
    for (uint32_t k = 0; k < r->dims; k++) {
        r->free[(size_t)k * r->n + m] += sign * what->v[r->dim[k]];
    }
}

bool rooms_hold(const struct rooms *r, sim_machine m, const struct sim_resources *what)
{
    bool all = m < r->n;
    for (uint32_t k = 0; k < r->dims && all; k++) {
        const int64_t need = what->v[r->dim[k]];
        all = need == 0 || need <= r->free[(size_t)k * r->n + m];
    }
    return all; /* What no machine has, no machine could run: see sim_could_run. */
}

/* ---- all of them ----------------------------------------------------------------------------- */

static SIM_VECTOR void least(int64_t *restrict a, const int64_t *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        a[i] = b[i] < a[i] ? b[i] : a[i];
    }
}

static SIM_VECTOR int64_t sum(const int64_t *a, size_t n)
{
    int64_t total = 0; /* The engine refuses cells whose sums do not fit. */
    for (size_t i = 0; i < n; i++) {
        total += a[i] > 0 ? a[i] : 0;
    }
    return total;
}

static SIM_VECTOR int64_t signs(const int64_t *a, size_t n)
{
    int64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= a[i];
    }
    return any;
}

void rooms_least(struct rooms *r, const struct rooms *other)
{
    CHECK(r->n == other->n && r->dims == other->dims);
    least(r->free, other->free, (size_t)r->dims * r->n);
}

bool rooms_sum(const struct rooms *r, const struct sim_resources *what)
{
    bool all = true;
    for (uint32_t k = 0; k < r->dims && all; k++) {
        const int64_t need = what->v[r->dim[k]];
        all = need == 0 || need <= sum(r->free + (size_t)k * r->n, r->n);
    }
    return all;
}

bool rooms_negative(const struct rooms *r)
{
    return signs(r->free, (size_t)r->dims * r->n) < 0;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static void add_task(struct rooms *r, struct sim_context *ctx, sim_slot task, sim_machine m,
                     int64_t sign)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    rooms_add(r, m, &t.cls->request, sign);
}

void rooms_add_all(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                   const sim_machine *on, int64_t sign)
{
    for (size_t i = 0; i < n; i++) {
        add_task(r, ctx, tasks[i], on[i], sign);
    }
}

static bool could(const struct rooms *r, struct sim_context *ctx, const struct sim_class *cls,
                  sim_machine m)
{
    return rooms_hold(r, m, &cls->request) && sim_could_run(ctx, cls, m);
}

/* How many of the tasks are already meant to go to `m`. */
static uint32_t count_on(const sim_machine *on, size_t n, sim_machine m)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += on[i] == m;
    }
    return count;
}

/* The lowest machine >= `m` that holds one more; r->n when there is none. */
static sim_machine lowest(const struct rooms *r, struct sim_context *ctx,
                          const struct sim_class *cls, sim_machine m, const sim_machine *on,
                          size_t n)
{
    while (m < r->n && (!could(r, ctx, cls, m) ||
                        (cls->max_per_machine > 0 && count_on(on, n, m) >= cls->max_per_machine))) {
        m++;
    }
    return m;
}

bool rooms_place(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                 sim_machine *on)
{
    const struct sim_class *cls = NULL;
    sim_machine m = 0;
    size_t placed = 0;
    MEM_GROW(r->found, r->found_cap, n);
    for (; placed < n; placed++) {
        struct sim_task_view t;
        sim_task_get(ctx, tasks[placed], &t);
        m = lowest(r, ctx, t.cls, t.cls == cls ? m : 0, r->found, placed);
        if (m == r->n) {
            break;
        }
        cls = t.cls;
        r->found[placed] = m;
        rooms_add(r, m, &cls->request, -1);
    }
    rooms_add_all(r, ctx, tasks, placed, r->found, 1);
    if (placed == n && on != NULL) {
        memcpy(on, r->found, n * sizeof *on);
    }
    return placed == n;
}

bool rooms_hold_all(struct rooms *r, struct sim_context *ctx, const sim_slot *tasks, size_t n,
                    const sim_machine *on)
{
    size_t held = 0;
    for (; held < n; held++) {
        struct sim_task_view t;
        sim_task_get(ctx, tasks[held], &t);
        if (!could(r, ctx, t.cls, on[held])) {
            break;
        }
        rooms_add(r, on[held], &t.cls->request, -1);
    }
    rooms_add_all(r, ctx, tasks, held, on, 1);
    return held == n;
}
