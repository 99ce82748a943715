/* holdings.c - see holdings.h. Usually there is one offer of a machine; when some of it became free
 * after the first was made, there are several, which are used one after the other. */
#include "sched/lib/holdings.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "sched/lib/amounts.h"

struct held {
    struct allocator_offer offer;
    struct sim_resources used;
    uint32_t next; /* Of the same machine; SIM_NONE = none. */
    bool gone;
};
struct holdings {
    struct held *held;
    size_t len, cap, round;   /* Those of the round are in front. */
    struct map_u64 *on;       /* Machine -> the first in the round, */
    struct sim_offered *list; /* and all of them together. */
    size_t list_cap;
    struct sim_resources offered, used; /* In the round. */
    bool cut;                           /* Something was kept from some offer of it. */
    struct allocator_answer *answers;
    struct holdings_open *open;
    size_t answer_cap, open_cap;
};

struct holdings *holdings_create(void)
{
    struct holdings *h = MEM_NEW(struct holdings, 1);
    h->on = map_u64_create();
    return h;
}

void holdings_destroy(struct holdings *h)
{
    if (h == NULL) {
        return;
    }
    map_u64_destroy(h->on);
    mem_free(h->held);
    mem_free(h->list);
    mem_free(h->answers);
    mem_free(h->open);
    mem_free(h);
}

void holdings_add(struct holdings *h, const struct allocator_offer *offers, size_t n)
{
    MEM_GROW(h->held, h->cap, h->len + n);
    for (size_t i = 0; i < n; i++) {
        h->held[h->len++] = (struct held){.offer = offers[i], .next = SIM_NONE};
    }
}

bool holdings_any(const struct holdings *h)
{
    return h->len > 0;
}

bool holdings_rescind(struct holdings *h, offers_id id)
{
    for (size_t i = 0; i < h->len; i++) {
        struct held *held = &h->held[i];
        if (held->offer.id == id) {
            held->gone = true;
            return i < h->round;
        }
    }
    return false;
}

const struct sim_offered *holdings_begin(struct holdings *h, size_t *n)
{
    CHECK(h->round == 0);
    *n = 0;
    h->offered = h->used = (struct sim_resources){{0}};
    h->cut = false;
    MEM_GROW(h->list, h->list_cap, h->len);
    for (size_t i = 0; i < h->len; i++) {
        struct held *held = &h->held[i];
        if (held->gone) {
            continue;
        }
        h->cut |= !amounts_none(&held->offer.over_limit) || !amounts_none(&held->offer.held_back);
        bool fresh;
        uint32_t *first = map_u64_put(h->on, held->offer.machine, &fresh);
        size_t at = 0;
        if (fresh) {
            h->list[*n] = (struct sim_offered){.machine = held->offer.machine};
            at = (*n)++;
        } else {
            held->next = *first;
            while (h->list[at].machine != held->offer.machine) {
                at++;
            }
        }
        *first = (uint32_t)i;
        h->list[at].most = amounts_sum(&h->list[at].most, &held->offer.amount);
        h->offered = amounts_sum(&h->offered, &held->offer.amount);
    }
    h->round = h->len;
    return h->list;
}

void holdings_use(struct holdings *h, sim_machine m, const struct sim_resources *what)
{
    struct sim_resources rest = *what;
    const uint32_t *first = map_u64_get(h->on, m);
    CHECK(first != NULL);
    for (uint32_t i = *first; i != SIM_NONE; i = h->held[i].next) {
        struct held *held = &h->held[i];
        const struct sim_resources left = amounts_less(&held->offer.amount, &held->used);
        const struct sim_resources taken = amounts_min(&left, &rest);
        held->used = amounts_sum(&held->used, &taken);
        rest = amounts_less(&rest, &taken);
    }
    CHECK(amounts_none(&rest));
    h->used = amounts_sum(&h->used, what);
}

void holdings_give(struct holdings *h, sim_machine m, const struct sim_resources *what)
{
    struct sim_resources rest = *what;
    const uint32_t *first = map_u64_get(h->on, m);
    CHECK(first != NULL);
    for (uint32_t i = *first; i != SIM_NONE; i = h->held[i].next) {
        struct held *held = &h->held[i];
        const struct sim_resources back = amounts_min(&held->used, &rest);
        held->used = amounts_less(&held->used, &back);
        rest = amounts_less(&rest, &back);
    }
    CHECK(amounts_none(&rest));
}

bool holdings_used_up(const struct holdings *h)
{
    const int64_t *of = h->offered.v, *used = h->used.v;
    return (of[SIM_CPU] > 0 && used[SIM_CPU] >= of[SIM_CPU]) ||
           (of[SIM_MEMORY] > 0 && used[SIM_MEMORY] >= of[SIM_MEMORY]);
}

enum sim_reason holdings_why(const struct holdings *h, const struct sim_resources *request)
{
    enum sim_reason why = SIM_REASON_OFFER_TOO_SMALL;
    for (size_t i = 0; i < h->round && h->cut && why == SIM_REASON_OFFER_TOO_SMALL; i++) {
        const struct allocator_offer *o = &h->held[i].offer;
        struct sim_resources most = amounts_sum(&o->amount, &o->held_back);
        why = amounts_within(request, &most) ? SIM_REASON_HELD_BACK : why;
        most = amounts_sum(&most, &o->over_limit);
        why = why == SIM_REASON_OFFER_TOO_SMALL && amounts_within(request, &most)
                  ? SIM_REASON_QUOTA_EXHAUSTED
                  : why;
        why = amounts_within(request, &o->amount) ? SIM_REASON_OFFER_TOO_SMALL : why;
    }
    return why;
}

struct holdings_open *holdings_close(struct holdings *h, size_t *n)
{
    MEM_GROW(h->answers, h->answer_cap, h->round);
    MEM_GROW(h->open, h->open_cap, h->round);
    *n = 0;
    for (size_t i = 0; i < h->round; i++) {
        const struct held *held = &h->held[i];
        map_u64_remove(h->on, held->offer.machine);
        if (held->gone && amounts_none(&held->used)) {
            continue;
        }
        h->answers[*n] = (struct allocator_answer){.id = held->offer.id,
                                                   .machine = held->offer.machine,
                                                   .used = held->used,
                                                   .task = SIM_NONE};
        h->open[*n] =
            (struct holdings_open){&h->answers[*n], amounts_less(&held->offer.amount, &held->used)};
        ++*n;
    }
    for (size_t i = h->round; i < h->len; i++) {
        h->held[i - h->round] = h->held[i];
    }
    h->len -= h->round;
    h->round = 0;
    return h->open;
}
