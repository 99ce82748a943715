/* offers_filter.c - what frameworks refused, and until when. A filter is dropped when it is found
 * to be over, so no timer is needed. */
#include "base/mem.h"
#include "sched/lib/offers_state.h"

static void filter_free(struct offers *o, uint32_t i)
{
    o->filter[i].next = o->free_filter;
    o->free_filter = i;
}

/* Drops those of the machine that are over. Returns where the first is linked; NULL = none.
 */
static uint32_t *live_filters(struct offers *o, struct framework *f, sim_machine m, sim_time now_us)
{
    uint32_t *first = f->filters == NULL ? NULL : map_u64_get(f->filters, m);
    if (first == NULL) {
        return NULL;
    }
    for (uint32_t *link = first; *link != SIM_NONE;) {
        const uint32_t i = *link;
        if (o->filter[i].until_us < now_us) {
            *link = o->filter[i].next;
            filter_free(o, i);
        } else {
            link = &o->filter[i].next;
        }
    }
    return first;
}

const struct filter *offers_filter_of(struct offers *o, struct framework *f, sim_machine m,
                                      const struct offers_bundle *what, sim_time now_us)
{
    const struct filter *longest = NULL;
    const uint32_t *first = live_filters(o, f, m, now_us);
    for (uint32_t i = first != NULL ? *first : SIM_NONE; i != SIM_NONE; i = o->filter[i].next) {
        const struct filter *filter = &o->filter[i];
        if (bundle_within(what, &filter->refused) &&
            (longest == NULL || filter->until_us > longest->until_us)) {
            longest = filter;
        }
    }
    return longest;
}

void offers_filter_add(struct offers *o, struct framework *f, sim_machine m,
                       const struct filter *filter, sim_time now_us)
{
    (void)live_filters(o, f, m, now_us);
    uint32_t i = o->free_filter;
    if (i != SIM_NONE) {
        o->free_filter = o->filter[i].next;
    } else {
        MEM_GROW(o->filter, o->filter_cap, o->filter_len + 1);
        i = (uint32_t)o->filter_len++;
    }
    if (f->filters == NULL) {
        f->filters = map_u64_create();
    }
    bool fresh;
    uint32_t *first = map_u64_put(f->filters, m, &fresh);
    o->filter[i] = *filter;
    o->filter[i].next = fresh ? SIM_NONE : *first;
    *first = i;
    if (fresh) {
        MEM_GROW(f->filtered, f->filtered_cap, f->filtered_len + 1);
        f->filtered[f->filtered_len++] = m;
    }
}

void offers_filter_drop(struct offers *o, struct framework *f, sim_machine m)
{
    uint32_t *first = f->filters == NULL ? NULL : map_u64_get(f->filters, m);
    while (first != NULL && *first != SIM_NONE) {
        const uint32_t i = *first;
        *first = o->filter[i].next;
        filter_free(o, i);
    }
}

void offers_filter_clear(struct offers *o, struct framework *f)
{
    for (size_t i = 0; i < f->filtered_len; i++) {
        offers_filter_drop(o, f, f->filtered[i]);
    }
    map_u64_destroy(f->filters);
    f->filters = NULL;
    f->filtered_len = 0;
}
