/* The ordered list of what waits, against a plain array. */
#include <criterion/criterion.h>
#include <string.h>

#include "prop.h"
#include "sched/lib/order.h"

enum { ITEMS = 3000 };

struct plain {
    bool in[ITEMS];
    struct order_key key[ITEMS];
    struct order_need need[ITEMS];
};

static bool before(const struct order_key *a, const struct order_key *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->seq < b->seq;
}

static size_t next_of(const struct plain *p, const struct order_key *after,
                      const struct order_need *room)
{
    size_t best = ITEMS;
    for (size_t i = 0; i < ITEMS; i++) {
        if (p->in[i] && (after == NULL || before(after, &p->key[i])) &&
            p->need[i].cpu <= room->cpu && p->need[i].memory <= room->memory &&
            p->need[i].gpu <= room->gpu && (best == ITEMS || before(&p->key[i], &p->key[best]))) {
            best = i;
        }
    }
    return best;
}

static struct order_need random_need(struct prng *r)
{
    if (prng_below(r, 8) == 0) {
        return (struct order_need){INT64_MIN, INT64_MIN, INT64_MIN};
    }
    return (struct order_need){prop_range(r, 0, 40), prop_range(r, 0, 40), prop_range(r, 0, 2)};
}

/* Mostly at the end, as in a queue. */
static void change(struct order *o, struct plain *p, struct prng *r, uint64_t *seq)
{
    const size_t i = prng_below(r, ITEMS);
    if (!p->in[i]) {
        p->in[i] = true;
        p->key[i] = (struct order_key){prop_range(r, 0, 2), (*seq)++};
        p->need[i] = random_need(r);
        order_insert(o, p->key[i], p->need[i], &p->in[i]);
    } else if (prng_below(r, 3) == 0) {
        p->in[i] = false;
        order_remove(o, p->key[i]);
    } else {
        p->need[i] = random_need(r);
        order_need(o, p->key[i], p->need[i]);
    }
}

Test(order, finds_the_next_that_the_room_serves)
{
    PROP_FOR_ALL (seed, 10) {
        static struct plain p;
        struct prng r;
        struct order *o = order_create();
        uint64_t seq = 0;
        size_t found = 0;
        memset(&p, 0, sizeof p);
        prng_init(&r, seed, "order");
        for (int step = 0; step < 6000; step++) {
            change(o, &p, &r, &seq);
            if (step % 8 != 0) {
                continue;
            }
            const struct order_need room = {prop_range(&r, -1, 9), prop_range(&r, -1, 9),
                                            prop_range(&r, -1, 2)};
            const struct order_key after = {prop_range(&r, 0, 2), prng_below(&r, 4000)};
            const struct order_key *from = prng_below(&r, 4) == 0 ? NULL : &after;
            const size_t right = next_of(&p, from, &room);
            const bool *item = order_next(o, from, &room);
            cr_assert_eq(item, right < ITEMS ? &p.in[right] : NULL, "SIM_SEED=%lu step %d", seed,
                         step);
            found += right < ITEMS;
        }
        static const struct order_need all = {INT64_MAX, INT64_MAX, INT64_MAX};
        const size_t first = next_of(&p, NULL, &all);
        cr_assert_eq(order_first(o), first < ITEMS ? &p.in[first] : NULL);
        cr_assert_gt(found, 100);
        order_destroy(o);
    }
}
