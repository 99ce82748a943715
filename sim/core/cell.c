/* cell.c - see cell.h. Columns grow together; the view holds the same pointers for readers. */
#include "core/cell.h"

#include <string.h>

#include "base/check.h"
#include "base/column.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"
#include "core/cell_state.h"

enum { PPM = 1000000 };

static struct cell *create(struct cell *live)
{
    struct cell *c = MEM_NEW(struct cell, 1);
    c->live = live;
    c->names = live == NULL ? map_text_create() : NULL;
    c->constraints = live == NULL ? constraints_create() : live->constraints;
    c->spread = spread_create();
    c->log = MEM_NEW(sim_machine, CELL_LOG_KEPT);
    for (int d = 0; d < SIM_DIMS; d++) {
        c->overcommit_ppm[d] = PPM;
    }
    return c;
}

struct cell *cell_create(void)
{
    return create(NULL);
}

struct cell *cell_mirror(struct cell *live)
{
    return create(live);
}

void cell_destroy(struct cell *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        mem_free(c->base[i]);
    }
    mem_free(c->freed);
    mem_free(c->log);
    spread_destroy(c->spread);
    if (c->live == NULL) {
        map_text_destroy(c->names);
        constraints_destroy(c->constraints);
    }
    mem_free(c);
}

const struct sim_view *cell_view(const struct cell *c)
{
    return &c->view;
}

struct constraints *cell_constraints(struct cell *c)
{
    return c->constraints;
}

void cell_overcommit(struct cell *c, int64_t cpu_ppm, int64_t memory_ppm)
{
    c->overcommit_ppm[SIM_CPU] = cpu_ppm;
    c->overcommit_ppm[SIM_MEMORY] = memory_ppm;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* Numbers of the columns, for their places in memory (base/column.h). */
enum {
    COL_CAPACITY,
    COL_FREE = COL_CAPACITY + SIM_DIMS,
    COL_DERIVED = COL_FREE + SIM_DIMS,
    COL_STATUS = COL_DERIVED + SIM_POLICY_COLUMNS,
    COL_TASKS,
    COL_GPU_COUNT,
    COL_GPU_SHAPES,
    COL_GPU_WHOLE,
    COL_GPU_MOST,
    COL_DEVICE_FREE,
    COL_VERSION,
    COL_FIXED,
    COL_SHAPE_COUNT,
    COL_IS_FREED
};
_Static_assert((int)COL_IS_FREED < (int)COLUMNS, "every column has a base");

#define GROW(column, number, per_machine)                                                          \
    ((column) = column_grow(&c->base[number], (column), was * (per_machine), now * (per_machine),  \
                            sizeof *(column), (number)))

static void grow(struct cell *c)
{
    const size_t was = c->cap, now = was > 0 ? was * 2 : 64;
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        c->view.capacity[d] = GROW(c->capacity[d], COL_CAPACITY + d, 1);
        c->view.free[d] = GROW(c->free[d], COL_FREE + d, 1);
    }
    for (unsigned k = 0; k < c->derived_count; k++) {
        c->view.derived[k] = GROW(c->derived[k], COL_DERIVED + k, 1);
    }
    c->view.status = GROW(c->status, COL_STATUS, 1);
    c->view.tasks = GROW(c->tasks, COL_TASKS, 1);
    c->view.gpu_count = GROW(c->gpu_count, COL_GPU_COUNT, 1);
    c->view.gpu_shapes = GROW(c->gpu_shapes, COL_GPU_SHAPES, 1);
    c->view.gpu_whole = GROW(c->gpu_whole, COL_GPU_WHOLE, 1);
    c->view.gpu_most = GROW(c->gpu_most, COL_GPU_MOST, 1);
    c->view.device_free = GROW(c->device_free, COL_DEVICE_FREE, SIM_DEVICES_MAX);
    c->view.version = GROW(c->version, COL_VERSION, 1);
    GROW(c->fixed, COL_FIXED, 1);
    GROW(c->shape_count, COL_SHAPE_COUNT, SHAPES);
    GROW(c->is_freed, COL_IS_FREED, 1);
    c->cap = (uint32_t)now;
}

/* Room that is given back makes no earlier look at the machine wrong: its version stands. */
static void changed(struct cell *c, sim_machine m, bool given, bool freed)
{
    c->version[m] += c->live == NULL && !given;
    c->log[c->log_end++ % CELL_LOG_KEPT] = m;
    if (freed && !c->is_freed[m]) {
        MEM_GROW(c->freed, c->freed_cap, c->freed_len + 1);
        c->freed[c->freed_len++] = m;
        c->is_freed[m] = 1;
    }
}

/* gpu_whole and gpu_most from the devices of one machine. */
static void devices_summarise(struct cell *c, sim_machine m)
{
    int64_t whole = 0, most = 0;
    for (uint32_t i = 0; i < c->gpu_count[m]; i++) {
        const int32_t f = c->device_free[(size_t)m * SIM_DEVICES_MAX + i];
        whole += f == SIM_DEVICE_MILLI;
        most = f > most ? f : most;
    }
    c->gpu_whole[m] = whole;
    c->gpu_most[m] = most;
}

/* ---- machines ------------------------------------------------------------------------------- */

sim_machine cell_machine_find(const struct cell *c, struct sim_text name)
{
    return map_text_find(c->names, name);
}

struct sim_text cell_machine_name(const struct cell *c, sim_machine m)
{
    return map_text_at(c->names, m);
}

static int64_t effective(const struct cell *c, int d, int64_t capacity)
{
    return sim_muldiv(capacity, c->overcommit_ppm[d], PPM);
}

static bool is_up(const struct cell *c, sim_machine m)
{
    return (c->status[m] & SIM_FAIL_DOWN) == 0;
}

bool cell_overflow(const struct cell *c, sim_machine m, const struct sim_machine_input *in)
{
    if (!is_up(c, m)) {
        return false;
    }
    for (int d = 0; d < SIM_DIMS; d++) {
        if (c->capacity[d][m] - c->free[d][m] > effective(c, d, in->capacity.v[d])) {
            return true;
        }
    }
    for (uint32_t i = in->gpu_count; i < c->gpu_count[m]; i++) {
        if (c->device_free[(size_t)m * SIM_DEVICES_MAX + i] != SIM_DEVICE_MILLI) {
            return true;
        }
    }
    return false;
}

static void set_dim(struct cell *c, sim_machine m, int d, int64_t capacity, bool was_up)
{
    const int64_t used = was_up ? c->capacity[d][m] - c->free[d][m] : 0;
    c->total.v[d] += capacity - (was_up ? c->capacity[d][m] : 0);
    c->capacity[d][m] = capacity;
    c->free[d][m] = capacity - used;
    CHECK(c->free[d][m] >= 0);
    if (!c->largest_fixed && capacity > c->view.largest.v[d]) {
        c->view.largest.v[d] = capacity;
    }
}

sim_machine cell_machine_set(struct cell *c, const struct sim_machine_input *in)
{
    bool fresh;
    const sim_machine m = map_text_id(c->names, in->name, &fresh);
    if (fresh) {
        CHECK(m == c->view.n && m < SIM_NONE - 1);
        if (m >= c->cap) {
            grow(c);
        }
        c->view.n = m + 1;
        c->status[m] = SIM_FAIL_DOWN;
    }
    CHECK(in->gpu_count <= SIM_DEVICES_MAX);
    const bool was_up = is_up(c, m);
    bool usable = false;
    for (int d = 0; d < SIM_DIMS; d++) {
        set_dim(c, m, d, effective(c, d, in->capacity.v[d]), was_up);
        usable |= in->capacity.v[d] > 0;
    }
    for (uint32_t i = was_up ? c->gpu_count[m] : 0; i < in->gpu_count; i++) {
        c->device_free[(size_t)m * SIM_DEVICES_MAX + i] = SIM_DEVICE_MILLI;
    }
    c->gpu_count[m] = in->gpu_count;
    devices_summarise(c, m);
    c->status[m] &= ~(uint32_t)SIM_FAIL_DOWN;
    if (!usable) {
        c->status[m] |= SIM_FAIL_DOWN;
    }
    constraints_machine(c->constraints, m, in);
    c->gains++;
    c->fixed[m]++;
    c->fixed_all++;
    changed(c, m, false, true);
    return m;
}

void cell_machine_remove(struct cell *c, sim_machine m)
{
    CHECK(c->tasks[m] == 0);
    if (is_up(c, m)) {
        for (int d = 0; d < SIM_DIMS; d++) {
            CHECK(c->free[d][m] == c->capacity[d][m]);
            c->total.v[d] -= c->capacity[d][m];
            c->free[d][m] = 0;
        }
        for (uint32_t i = 0; i < c->gpu_count[m]; i++) {
            c->device_free[(size_t)m * SIM_DEVICES_MAX + i] = 0;
        }
        devices_summarise(c, m);
    }
    c->status[m] = SIM_FAIL_DOWN;
    c->fixed[m]++;
    c->fixed_all++;
    changed(c, m, false, false);
}

void cell_machine_drain(struct cell *c, sim_machine m, bool drained)
{
    c->status[m] &= ~(uint32_t)SIM_FAIL_DRAIN;
    c->status[m] |= drained ? (uint32_t)SIM_FAIL_DRAIN : 0u;
    c->gains += !drained;
    c->fixed[m]++;
    c->fixed_all++;
    changed(c, m, false, !drained);
}

/* ---- spreading ------------------------------------------------------------------------------ */

uint32_t cell_spread(const struct cell *c, uint32_t group, sim_machine m)
{
    return spread_count(c->spread, group, m);
}

const sim_machine *cell_spread_machines(const struct cell *c, uint32_t group, uint32_t *n)
{
    return spread_machines(c->spread, group, n);
}

/* ---- pictures of the cell ------------------------------------------------------------------- */

/* Only dimensions that some machine has: the others are 0 in both. */
static void copy_amounts(struct cell *c, const struct cell *live, sim_machine m)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        if (live->total.v[d] > 0 || c->capacity[d][m] > 0) {
            c->capacity[d][m] = live->capacity[d][m];
            c->free[d][m] = live->free[d][m];
        }
    }
}

static void copy_devices(struct cell *c, const struct cell *live, sim_machine m)
{
    const size_t at = (size_t)m * SIM_DEVICES_MAX, shape = (size_t)m * SHAPES;
    c->gpu_count[m] = live->gpu_count[m];
    c->gpu_whole[m] = live->gpu_whole[m];
    c->gpu_most[m] = live->gpu_most[m];
    c->gpu_shapes[m] = live->gpu_shapes[m];
    memcpy(c->device_free + at, live->device_free + at, SIM_DEVICES_MAX * sizeof *c->device_free);
    memcpy(c->shape_count + shape, live->shape_count + shape, SHAPES * sizeof *c->shape_count);
}

static void copy_machine(struct cell *c, sim_machine m)
{
    const struct cell *live = c->live;
    while (m >= c->cap) {
        grow(c);
    }
    c->view.n = m >= c->view.n ? m + 1 : c->view.n;
    if (!c->largest_fixed) {
        c->view.largest = live->view.largest;
    }
    copy_amounts(c, live, m);
    if (c->gpu_count[m] > 0 || live->gpu_count[m] > 0) {
        copy_devices(c, live, m);
    }
    c->status[m] = live->status[m];
    c->tasks[m] = live->tasks[m];
    c->version[m] = live->version[m];
    c->fixed[m] = live->fixed[m];
    c->gains++;
}

void cell_mirror_machine(struct cell *c, sim_machine m)
{
    copy_machine(c, m);
    changed(c, m, true, false);
}

/* So that no more than `most` milli-devices are left. */
static void cut_devices(struct cell *c, sim_machine m, int64_t most)
{
    int32_t *free = c->device_free + (size_t)m * SIM_DEVICES_MAX;
    for (uint32_t i = 0; i < c->gpu_count[m]; i++) {
        free[i] = free[i] < most ? free[i] : (int32_t)most;
        most -= free[i];
    }
    devices_summarise(c, m);
}

void cell_mirror_offer(struct cell *c, sim_machine m, const struct sim_resources *most)
{
    copy_machine(c, m);
    c->status[m] |= most == NULL ? (uint32_t)SIM_FAIL_NOT_OFFERED : 0u;
    for (int d = 0; d < SIM_DIMS && most != NULL; d++) {
        c->free[d][m] = c->free[d][m] < most->v[d] ? c->free[d][m] : most->v[d];
    }
    if (most != NULL && c->gpu_count[m] > 0) {
        cut_devices(c, m, c->free[SIM_GPU][m]);
    }
    changed(c, m, true, false);
}

void cell_mirror_spread(struct cell *c, uint32_t group, bool gone)
{
    uint32_t n;
    const sim_machine *at = spread_machines(c->spread, group, &n);
    while (n > 0) {
        spread_drop(c->spread, group, at[n - 1]);
        at = spread_machines(c->spread, group, &n);
    }
    const sim_machine *live = spread_machines(c->live->spread, group, &n);
    for (uint32_t i = 0; !gone && i < n; i++) {
        for (uint32_t k = spread_count(c->live->spread, group, live[i]); k > 0; k--) {
            spread_add(c->spread, group, live[i]);
        }
    }
}

/* ---- room ----------------------------------------------------------------------------------- */

static uint32_t shape_of(const struct sim_class *cls)
{
    return cls->gpu_milli < SIM_DEVICE_MILLI ? 0 : cls->gpu_count;
}

static bool devices_fit(const struct cell *c, sim_machine m, const struct cell_need *need)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < SIM_DEVICES_MAX; i++) {
        if (need->devices >> i & 1u) {
            bits++;
            if (i >= c->gpu_count[m] ||
                c->device_free[(size_t)m * SIM_DEVICES_MAX + i] < need->cls->gpu_milli) {
                return false;
            }
        }
    }
    return bits == need->cls->gpu_count && need->devices >> SIM_DEVICES_MAX == 0;
}

static void devices_move(struct cell *c, sim_machine m, const struct cell_need *need, int32_t sign)
{
    for (uint32_t i = 0; i < SIM_DEVICES_MAX; i++) {
        if (need->devices >> i & 1u) {
            c->device_free[(size_t)m * SIM_DEVICES_MAX + i] += sign * (int32_t)need->cls->gpu_milli;
        }
    }
    devices_summarise(c, m);
    const uint32_t shape = shape_of(need->cls);
    uint16_t *count = &c->shape_count[(size_t)m * SHAPES + shape];
    *count = (uint16_t)(*count - sign);
    c->gpu_shapes[m] &= ~(UINT32_C(1) << shape);
    c->gpu_shapes[m] |= *count > 0 ? UINT32_C(1) << shape : 0u;
}

/* Only dimensions that are asked for: each is another cache line. */
static void move(struct cell *c, sim_machine m, const struct cell_need *need, int32_t sign)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t amount = sign * need->cls->request.v[d];
        if (amount != 0) {
            c->free[d][m] += amount;
            c->used.v[d] -= amount;
            c->violations += c->free[d][m] < 0 || c->free[d][m] > c->capacity[d][m];
        }
    }
    if (need->cls->gpu_count > 0) {
        devices_move(c, m, need, sign);
    }
    c->tasks[m] -= (uint32_t)sign;
}

bool cell_take(struct cell *c, sim_machine m, const struct cell_need *need)
{
    if (m >= c->view.n || c->status[m] != 0 || !devices_fit(c, m, need)) {
        return false;
    }
    for (int d = 0; d < SIM_DIMS; d++) {
        if (need->cls->request.v[d] > 0 && c->free[d][m] < need->cls->request.v[d]) {
            return false;
        }
    }
    move(c, m, need, -1);
    if (need->cls->spread_group != SIM_NONE) {
        spread_add(c->spread, need->cls->spread_group, m);
    }
    changed(c, m, false, false);
    return true;
}

void cell_give(struct cell *c, sim_machine m, const struct cell_need *need, bool freed)
{
    c->gains++;
    CHECK(m < c->view.n && c->tasks[m] > 0);
    move(c, m, need, 1);
    if (need->cls->spread_group != SIM_NONE) {
        spread_drop(c->spread, need->cls->spread_group, m);
    }
    changed(c, m, true, freed);
}

uint64_t cell_fixed_all(const struct cell *c)
{
    return c->fixed_all;
}

void cell_touch(struct cell *c, sim_machine m)
{
    c->gains++;
    changed(c, m, true, false);
}

uint64_t cell_fixed(const struct cell *c, sim_machine m)
{
    return c->fixed[m];
}

/* ---- what changed --------------------------------------------------------------------------- */

uint64_t cell_gains(const struct cell *c)
{
    return c->gains;
}

uint64_t cell_log_end(const struct cell *c)
{
    return c->log_end;
}

bool cell_log_at(const struct cell *c, uint64_t position, sim_machine *m)
{
    CHECK(position < c->log_end);
    if (c->log_end - position > CELL_LOG_KEPT) {
        return false;
    }
    *m = c->log[position % CELL_LOG_KEPT];
    return true;
}

static int by_id(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const sim_machine x = *(const sim_machine *)a, y = *(const sim_machine *)b;
    return (x > y) - (x < y);
}

const sim_machine *cell_freed(struct cell *c, size_t *n)
{
    *n = c->freed_len;
    if (c->freed_sorted < c->freed_len) {
        sort_stable(c->freed, c->freed_len, sizeof *c->freed, by_id, NULL);
        c->freed_sorted = c->freed_len;
    }
    return c->freed;
}

void cell_freed_clear(struct cell *c)
{
    for (size_t i = 0; i < c->freed_len; i++) {
        c->is_freed[c->freed[i]] = 0;
    }
    c->freed_len = c->freed_sorted = 0;
}

/* ---- sums and checks ------------------------------------------------------------------------ */

struct sim_resources cell_used(const struct cell *c)
{
    return c->used;
}

struct sim_resources cell_capacity(const struct cell *c)
{
    return c->total;
}

uint64_t cell_violations(const struct cell *c)
{
    return c->violations;
}

uint64_t cell_check_machine(const struct cell *c, sim_machine m)
{
    uint64_t bad = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        bad += c->free[d][m] < 0 || c->free[d][m] > c->capacity[d][m];
    }
    int64_t devices = 0;
    for (uint32_t i = 0; i < c->gpu_count[m]; i++) {
        const int32_t f = c->device_free[(size_t)m * SIM_DEVICES_MAX + i];
        bad += f < 0 || f > SIM_DEVICE_MILLI;
        devices += f;
    }
    bad += devices != c->free[SIM_GPU][m];
    bad += !is_up(c, m) && c->tasks[m] != 0;
    return bad;
}

uint64_t cell_check(const struct cell *c)
{
    uint64_t bad = 0;
    struct sim_resources used = {{0}}, total = {{0}};
    for (sim_machine m = 0; m < c->view.n; m++) {
        bad += cell_check_machine(c, m);
        for (int d = 0; d < SIM_DIMS && is_up(c, m); d++) {
            used.v[d] += c->capacity[d][m] - c->free[d][m];
            total.v[d] += c->capacity[d][m];
        }
    }
    for (int d = 0; d < SIM_DIMS; d++) {
        bad += used.v[d] != c->used.v[d] || total.v[d] != c->total.v[d];
    }
    return bad;
}

void cell_fix_largest(struct cell *c)
{
    c->largest_fixed = true;
}

void cell_derive(struct cell *c, uint32_t count)
{
    CHECK(count <= SIM_POLICY_COLUMNS && c->derived_count == 0);
    c->derived_count = count;
    const size_t was = 0, now = c->cap;
    for (unsigned k = 0; k < count && now > 0; k++) {
        c->view.derived[k] = GROW(c->derived[k], COL_DERIVED + k, 1);
    }
}

int64_t *const *cell_derived(struct cell *c)
{
    return c->derived;
}
