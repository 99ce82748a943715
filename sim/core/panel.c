/* panel.c - see panel.h. */
#include "core/panel.h"

#include "base/mem.h"
#include "core/predicates.h"

void panel_fini(struct panel *p)
{
    for (size_t k = 0; k < PANEL_COLUMNS; k++) {
        mem_free(p->need[k]);
    }
    mem_free(p->cls);
    mem_free(p->special);
}

static bool is_special(const struct sim_class *cls)
{
    const bool several_shares = cls->gpu_count > 1 && cls->gpu_milli < SIM_DEVICE_MILLI;
    return cls->constraints != 0 || several_shares;
}

static int64_t need_of(const struct sim_class *cls, size_t column)
{
    const bool whole = cls->gpu_milli == SIM_DEVICE_MILLI;
    switch (column) {
    case PANEL_WHOLE:
        return cls->gpu_count > 0 && whole ? cls->gpu_count : 0;
    case PANEL_SHARE:
        return cls->gpu_count > 0 && !whole ? cls->gpu_milli : 0;
    case PANEL_DEVICES:
        return cls->gpu_count;
    default:
        return cls->request.v[column];
    }
}

void panel_add(struct panel *p, const struct sim_class *cls)
{
    for (size_t k = 0; k < PANEL_COLUMNS; k++) {
        MEM_GROW(p->need[k], p->need_cap[k], p->len + 1);
        p->need[k][p->len] = need_of(cls, k);
        p->users[k] += p->need[k][p->len] > 0;
    }
    MEM_GROW(p->cls, p->cls_cap, p->len + 1);
    MEM_GROW(p->special, p->special_cap, p->len + 1);
    p->cls[p->len] = cls;
    p->special[p->len] = is_special(cls);
    p->specials += p->special[p->len++];
}

void panel_remove(struct panel *p, size_t i)
{
    p->len--;
    p->specials -= p->special[i];
    for (size_t k = 0; k < PANEL_COLUMNS; k++) {
        p->users[k] -= p->need[k][i] > 0;
        p->need[k][i] = p->need[k][p->len];
    }
    p->cls[i] = p->cls[p->len];
    p->special[i] = p->special[p->len];
}

/* ---- masks ----------------------------------------------------------------------------------- */

static SIM_VECTOR void begin(uint32_t *mask, uint32_t status, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mask[i] = status;
    }
}

/* What is too small misses by SIZE and not by FIT as well. */
struct room {
    int64_t capacity, free;
    uint32_t size_bit, fit_bit;
};
static SIM_VECTOR void lack(uint32_t *restrict mask, const int64_t *restrict need,
                            const struct room *room, size_t n)
{
    const int64_t capacity = room->capacity, free = room->free;
    const uint32_t size_bit = room->size_bit, fit_bit = room->fit_bit;
    for (size_t i = 0; i < n; i++) {
        const uint32_t full = need[i] > free ? fit_bit : 0;
        mask[i] |= need[i] > capacity ? size_bit : full;
    }
}

static SIM_VECTOR void keep_static(uint32_t *mask, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mask[i] &= SIM_FAIL_STATIC;
    }
}

/* Extended dimensions share a bit, as devices do: SIZE in one of them silences FIT in another. */
static SIM_VECTOR void tidy(uint32_t *mask, uint32_t size_bits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mask[i] &= ~((mask[i] & size_bits) << PREDICATES_SIZE_SHIFT);
    }
}

static void lack_devices(const struct panel *p, const struct sim_view *v, sim_machine m,
                         uint32_t *mask)
{
    const uint32_t fit = SIM_FAIL_FIT_GPU, size = SIM_FAIL_SIZE_GPU;
    const struct room whole = {INT64_MAX, v->gpu_whole[m], 0, fit};
    const struct room share = {INT64_MAX, v->gpu_most[m], 0, fit};
    const struct room count = {v->gpu_count[m], INT64_MAX, size, 0};
    lack(mask, p->need[PANEL_WHOLE], &whole, p->len);
    lack(mask, p->need[PANEL_SHARE], &share, p->len);
    lack(mask, p->need[PANEL_DEVICES], &count, p->len);
}

void panel_masks(const struct panel *p, struct placer *placer, struct cell *cell, sim_machine m,
                 uint32_t *mask)
{
    const struct sim_view *v = cell_view(cell);
    begin(mask, v->status[m], p->len);
    for (uint32_t d = 0; d < SIM_DIMS; d++) {
        const uint32_t fit = predicates_fit_bit(d);
        const struct room room = {v->capacity[d][m], v->free[d][m], fit >> PREDICATES_SIZE_SHIFT,
                                  fit};
        if (d != SIM_GPU && p->users[d] > 0) { /* Of devices the other columns tell. */
            lack(mask, p->need[d], &room, p->len);
        }
    }
    if (p->users[PANEL_DEVICES] > 0) {
        lack_devices(p, v, m, mask);
    }
    tidy(mask, SIM_FAIL_SIZE_GPU | SIM_FAIL_SIZE_EXTENDED, p->len);
    if ((v->status[m] & (uint32_t)SIM_FAIL_DOWN) != 0) {
        keep_static(mask, p->len);
    }
    const bool all = placer_policy(placer)->filter != NULL ||
                     constraints_column(cell_constraints(cell), 0) != NULL;
    for (size_t i = 0; (all || p->specials > 0) && i < p->len; i++) {
        if (all || p->special[i]) {
            mask[i] = placer_mask(placer, p->cls[i], m) & ~(uint32_t)SIM_FAIL_SPREAD;
        }
    }
}
