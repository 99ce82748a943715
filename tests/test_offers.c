/* test_offers.c - resource offers: refusals, lent resources, the order of machines, and why a
 * framework was not offered a machine. */
#include <signal.h>

#include "tests/offers_world.h"
#include "tests/prop.h"

/* ---- refusals -------------------------------------------------------------------------------- */

static const sim_time second_us = SIM_SECONDS(1);

/* A framework, a machine of 4 cpu and 4096 MB, refused at time 0 for refuse_us. */
static struct offers *refused(offers_framework *f, sim_time refuse_us)
{
    struct offers *o = new_offers();
    *f = join(o, "role", "f");
    machine(o, 0, 4000, 4096);
    offers_decline(o, EXPECT_OFFER(o, cycle(o, 0), *f, 0, 4000, 4096), 0, refuse_us, 77);
    return o;
}

Test(offers, a_refusal_holds_through_its_last_instant_and_not_beyond)
{
    static const struct {
        sim_time refuse_us, until_us;
    } cases[] = {
        {SIM_SECONDS(3), SIM_SECONDS(3)},        {1, SIM_SECONDS(1)}, /* The interval at least. */
        {OFFERS_REFUSE_DEFAULT, SIM_SECONDS(5)}, {SIM_SECONDS(-7), SIM_SECONDS(5)},
        {SIM_NEVER, OFFERS_REFUSE_MAX_US},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        offers_framework f;
        struct offers *o = refused(&f, cases[i].refuse_us);
        const struct offers_why why = offers_why(o, f, 0, cases[i].until_us);
        cr_expect_eq(why.reason, OFFERS_FILTERED);
        cr_expect_eq(why.until_us, cases[i].until_us);
        cr_expect_eq(why.cause, 77);
        cr_expect_eq(why.refused.unreserved.v[SIM_CPU], 4000);
        cr_expect_eq(cycle(o, cases[i].until_us), 0);
        cr_expect_eq(cycle(o, cases[i].until_us + 1), 1);
        offers_destroy(o);
    }
    offers_framework f;
    struct offers *o = refused(&f, 0);
    cr_expect_eq(cycle(o, 0), 1);
    offers_destroy(o);
}

/* Refused is what was offered: more of any one thing is another offer, less is not. */
Test(offers, more_than_was_refused_is_offered)
{
    for (int more = 0; more < 2; more++) {
        offers_framework f;
        struct offers *o = refused(&f, SIM_SECONDS(100));
        machine(o, 0, 3000, 4096 + more);
        cr_expect_eq(cycle(o, 1), (size_t)more);
        offers_destroy(o);
    }
}

Test(offers, the_rest_of_an_accepted_offer_is_refused)
{
    struct offers *o = new_offers();
    const offers_framework f = join(o, "role", "f");
    machine(o, 0, 4000, 4096);
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), f, 0, 4000, 4096);
    const struct offers_bundle task = {.unreserved = amounts(1000, 4096)};
    offers_accept(o, id, &task, 0, OFFERS_REFUSE_DEFAULT, 0);
    cr_expect_null(offers_find(o, id));
    cr_expect_eq(cycle(o, second_us), 0);
    cr_expect_eq(offers_why(o, f, 0, second_us).refused.unreserved.v[SIM_CPU], 3000);
    offers_release(o, f, 0, &task); /* Now there is more than it refused. */
    EXPECT_OFFER(o, cycle(o, second_us), f, 0, 4000, 4096);
    offers_destroy(o);
}

Test(offers, a_revival_forgets_refusals_of_that_framework_only)
{
    struct offers *o = new_offers();
    const offers_framework f = join(o, "role", "f"), g = join(o, "role", "g");
    machine(o, 0, 4000, 4096);
    machine(o, 1, 4000, 4096);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(cycle(o, 0), 2);
        for (size_t k = 0; k < 2; k++) {
            offers_decline(o, offers_made(o, k)->id, 0, SIM_SECONDS(100), 0);
        }
    }
    cr_expect_eq(cycle(o, second_us), 0);
    offers_revive(o, g);
    cr_expect_eq(cycle(o, second_us), 2);
    cr_expect(offers_made(o, 0)->framework == g && offers_made(o, 1)->framework == g);
    cr_expect_eq(offers_why(o, f, 0, second_us).reason, OFFERS_GIVEN);
    cr_expect_eq(offers_why(o, f, 0, second_us).framework, g);
    offers_destroy(o);
}

/* A machine that comes back is another one. */
Test(offers, refusals_go_with_the_machine)
{
    offers_framework f;
    struct offers *o = refused(&f, SIM_SECONDS(100));
    offers_machine_remove(o, 0);
    machine(o, 0, 4000, 4096);
    EXPECT_OFFER(o, cycle(o, 1), f, 0, 4000, 4096);
    offers_destroy(o);
}

/* ---- lent resources and reservations --------------------------------------------------------- */

Test(offers, lent_resources_go_to_those_that_take_them_and_count_for_no_quota)
{
    struct offers *o = new_offers();
    const offers_framework f = join(o, "b", "f");
    const offers_role role = offers_role_of(o, text("a"));
    const offers_framework lent = offers_framework_add(o, role, text("lent"), true);
    machine(o, 0, 1000, 1024);
    adopt(o, f, 0, 1000, 1024);
    const struct sim_resources amount = amounts(500, 0), none = amounts(0, 0);
    offers_set_revocable(o, 0, &amount);
    quota(o, "a", 100, 100);
    EXPECT_OFFER(o, cycle(o, 0), lent, 0, 0, 0);
    cr_expect_eq(offers_made(o, 0)->what.revocable.v[SIM_CPU], 500);
    cr_expect_eq(offers_consumed(o, role).v[SIM_CPU], 0);
    offers_rescind(o, offers_made(o, 0)->id);
    offers_suppress(o, lent);
    cr_expect_eq(cycle(o, 0), 0);
    cr_expect_eq(offers_why(o, f, 0, 0).reason, OFFERS_TOO_LITTLE);
    cr_expect_eq(offers_framework_tally(o, f).count[OFFERS_TOO_LITTLE], 1);
    offers_set_revocable(o, 0, &none);
    cr_expect_eq(offers_why(o, f, 0, 0).reason, OFFERS_FULL);
    offers_destroy(o);
}

/* Less is there than is held, for a while: nothing is offered, nothing is negative. */
Test(offers, a_machine_may_shrink_below_what_is_held)
{
    struct offers *o = new_offers();
    const offers_framework f = join(o, "role", "f");
    machine(o, 0, 4000, 4096);
    adopt(o, f, 0, 3000, 3072);
    machine(o, 0, 2000, 2048);
    cr_expect_eq(cycle(o, 0), 0);
    struct sim_resources available, required;
    offers_headroom(o, &available, &required);
    cr_expect_eq(available.v[SIM_CPU], 0);
    offers_release(o, f, 0, &(struct offers_bundle){.unreserved = amounts(2000, 2048)});
    EXPECT_OFFER(o, cycle(o, 0), f, 0, 1000, 1024);
    offers_destroy(o);
}

Test(offers, what_is_reserved_is_offered_to_its_role_alone)
{
    struct offers *o = new_offers();
    const offers_framework top = join(o, "eng", "top"), sub = join(o, "eng/ads", "sub");
    machine(o, 0, 4000, 4096);
    reserve(o, 0, "eng/ads", 4000, 4096);
    EXPECT_OFFER(o, cycle(o, 0), sub, 0, 4000, 4096);
    cr_expect_eq(offers_consumed(o, offers_role_of(o, text("eng"))).v[SIM_CPU], 4000);
    cr_expect_eq(offers_why(o, top, 0, 0).reason, OFFERS_GIVEN);
    offers_accept(o, offers_made(o, 0)->id, &offers_made(o, 0)->what, 0, 0, 0);
    cr_expect_eq(offers_why(o, top, 0, 0).reason, OFFERS_FULL);
    offers_destroy(o);
}

Test(offers, more_than_was_offered_cannot_be_used, .signal = SIGABRT)
{
    struct offers *o = new_offers();
    const offers_framework f = join(o, "role", "f");
    machine(o, 0, 4000, 4096);
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), f, 0, 4000, 4096);
    offers_accept(o, id, &(struct offers_bundle){.unreserved = amounts(4001, 1)}, 0, 0, 0);
}

/* ---- why not --------------------------------------------------------------------------------- */

Test(offers, each_obstacle_is_told_with_its_numbers)
{
    struct offers *o = new_offers();
    const offers_framework limited = join(o, "a", "limited"), other = join(o, "b", "other");
    struct sim_resources limit = amounts(1000, 0);
    limit.v[SIM_GPU] = ACCOUNTS_NO_LIMIT;
    machine(o, 0, 4000, 4096);
    machine(o, 1, 4000, 4096);
    offers_machine_set(o, 1, &(struct sim_resources){{0}}, false);
    machine(o, 2, 9, 31);
    offers_set_quota(o, offers_role_of(o, text("a")), NULL, &limit);
    adopt(o, limited, 0, 1000, 0);
    cr_expect_eq(offers_why(o, limited, 0, 0).reason, OFFERS_OVER_LIMIT);
    cr_expect_eq(offers_why(o, limited, 0, 0).over_limit.v[SIM_CPU], 3000);
    cr_expect_eq(offers_why(o, limited, 1, 0).reason, OFFERS_DOWN);
    cr_expect_eq(offers_why(o, limited, 7, 0).reason, OFFERS_DOWN);
    cr_expect_eq(offers_why(o, other, 2, 0).reason, OFFERS_TOO_LITTLE);
    cr_expect_eq(offers_why(o, other, 0, 0).reason, OFFERS_OPEN);
    quota(o, "c", 3000, 4000);
    const struct offers_why why = offers_why(o, other, 0, 0);
    cr_expect_eq(why.reason, OFFERS_OPEN); /* 127 MB are beyond the headroom. */
    cr_expect_eq(why.held_back.v[SIM_CPU], 2991);
    cr_expect_eq(why.free.unreserved.v[SIM_CPU], 3000);
    offers_destroy(o);
}

/* Everybody can be told about every machine: the reasons of a framework add up to the machines. */
Test(offers, the_tallies_of_a_cycle_add_up)
{
    struct offers *o = new_offers();
    const offers_framework a = join(o, "a", "1"), b = join(o, "a", "2"), c = join(o, "b", "3");
    for (sim_machine m = 0; m < 4; m++) {
        machine(o, m, 1000, 1024);
    }
    adopt(o, c, 3, 1000, 1024);
    quota(o, "b", 1000, 1024);
    offers_suppress(o, b);
    cr_expect_eq(cycle(o, 0), 3);
    struct offers_tally t = offers_framework_tally(o, a);
    cr_expect(t.count[OFFERS_OPEN] == 3 && t.count[OFFERS_FULL] == 1);
    t = offers_framework_tally(o, b);
    cr_expect(t.count[OFFERS_SUPPRESSED] == 3 && t.count[OFFERS_FULL] == 1);
    t = offers_framework_tally(o, c);
    /* Asked about the last one first, when role a had more. */
    cr_expect_eq(t.count[OFFERS_GIVEN], 2);
    cr_expect(t.count[OFFERS_OVER_LIMIT] == 1 && t.count[OFFERS_FULL] == 1);
    t = offers_machine_tally(o, 0);
    cr_expect_eq(t.count[OFFERS_OPEN], 1);
    for (size_t i = 0; i < 3; i++) {
        offers_decline(o, offers_made(o, i)->id, 0, SIM_SECONDS(9), 0);
    }
    cr_expect_eq(cycle(o, 0), 0);
    t = offers_framework_tally(o, a);
    cr_expect(t.count[OFFERS_FILTERED] == 3 && t.count[OFFERS_FULL] == 1);
    t = offers_framework_tally(o, c);
    cr_expect(t.count[OFFERS_OVER_LIMIT] == 3 && t.count[OFFERS_FULL] == 1);
    t = offers_machine_tally(o, 2);
    cr_expect(t.count[OFFERS_FILTERED] == 1 && t.count[OFFERS_OVER_LIMIT] == 1);
    offers_destroy(o);
}

/* ---- random worlds --------------------------------------------------------------------------- */

enum { MACHINES = 9, FRAMEWORKS = 7, ROLES = 4, KEPT = 64, STEPS = 60 };
static const char *const role_names[ROLES] = {"a", "b", "b/c", "d"};
struct world {
    struct offers *o;
    offers_framework f[FRAMEWORKS];
    struct kept { /* Tasks. */
        offers_framework f;
        sim_machine m;
        struct offers_bundle what;
    } kept[KEPT];
    int kept_len;
    sim_time now_us;
};

static void world_make(struct world *w, struct prng *r, uint64_t seed)
{
    const struct offers_args args = {.interval_us = second_us,
                                     .min_cpu = 10,
                                     .min_memory = 32,
                                     .seed = seed,
                                     .stream = prng_below(r, 2) ? "offers" : NULL};
    *w = (struct world){.o = offers_create(&args)};
    for (int i = 0; i < FRAMEWORKS; i++) {
        const char name[] = {(char)('p' + i), '\0'};
        const offers_role role = offers_role_of(w->o, text(role_names[prng_below(r, ROLES)]));
        w->f[i] = offers_framework_add(w->o, role, text(name), prng_below(r, 2));
    }
    for (sim_machine m = 0; m < MACHINES; m++) {
        machine(w->o, m, prop_range(r, 1, 8) * 1000, prop_range(r, 1, 8) * 1024);
        if (prng_below(r, 3) == 0) {
            reserve(w->o, m, role_names[prng_below(r, ROLES)], 500, 512);
        }
        if (prng_below(r, 3) == 0) {
            const struct sim_resources lent = amounts(700, 0);
            offers_set_revocable(w->o, m, &lent);
        }
    }
}

static struct sim_resources part(const struct sim_resources *of, struct prng *r)
{
    struct sim_resources out = {{0}};
    for (int d = 0; d < SIM_DIMS; d++) {
        out.v[d] = of->v[d] > 0 ? (int64_t)prng_below(r, (uint32_t)of->v[d] + 1) : 0;
    }
    return out;
}

static void answer(struct world *w, const struct offers_offer *offer, struct prng *r)
{
    static const sim_time refusals[] = {OFFERS_REFUSE_DEFAULT, 0, SIM_SECONDS(2), SIM_SECONDS(30)};
    const sim_time refuse_us = refusals[prng_below(r, 4)];
    if (prng_below(r, 3) == 0 || w->kept_len == KEPT) {
        offers_decline(w->o, offer->id, w->now_us, refuse_us, 1);
        return;
    }
    struct kept *k = &w->kept[w->kept_len++];
    *k = (struct kept){offer->framework, offer->machine, offer->what};
    if (prng_below(r, 2)) {
        k->what.unreserved = part(&offer->what.unreserved, r);
        k->what.reserved = part(&offer->what.reserved, r);
        k->what.revocable = part(&offer->what.revocable, r);
    }
    offers_accept(w->o, offer->id, &k->what, w->now_us, refuse_us, 2);
}

static void world_step(struct world *w, struct prng *r)
{
    for (size_t i = 0, n = cycle(w->o, w->now_us); i < n; i++) {
        if (prng_below(r, 4) > 0) {
            answer(w, offers_made(w->o, i), r);
        }
    }
    for (int i = 0; i < FRAMEWORKS; i++) {
        while (offers_to(w->o, w->f[i]) != NULL && prng_below(r, 3) == 0) {
            offers_rescind(w->o, offers_to(w->o, w->f[i])->id);
        }
        const uint32_t change = prng_below(r, 12);
        if (change == 0) {
            offers_suppress(w->o, w->f[i]);
        } else if (change < 3) {
            offers_revive(w->o, w->f[i]);
        }
    }
    while (w->kept_len > 0 && prng_below(r, 3) > 0) {
        const int i = (int)prng_below(r, (uint32_t)w->kept_len);
        offers_release(w->o, w->kept[i].f, w->kept[i].m, &w->kept[i].what);
        w->kept[i] = w->kept[--w->kept_len];
    }
    if (prng_below(r, 6) == 0) {
        quota(w->o, prng_below(r, 2) ? "a" : "d", prop_range(r, 0, 9) * 1000,
              prop_range(r, 0, 9) * 1024);
    }
    w->now_us += second_us;
}

static void world_close(struct world *w)
{
    for (int i = 0; i < FRAMEWORKS; i++) {
        while (offers_to(w->o, w->f[i]) != NULL) {
            offers_rescind(w->o, offers_to(w->o, w->f[i])->id);
        }
    }
    while (w->kept_len > 0) {
        const struct kept *k = &w->kept[--w->kept_len];
        offers_release(w->o, k->f, k->m, &k->what);
    }
    for (int i = 0; i < FRAMEWORKS; i++) {
        offers_framework_remove(w->o, w->f[i]);
    }
    for (sim_machine m = 0; m < MACHINES; m++) {
        offers_machine_remove(w->o, m);
    }
    struct sim_resources available, required;
    offers_headroom(w->o, &available, &required);
    for (int d = 0; d < SIM_DIMS; d++) {
        cr_assert_eq(available.v[d], 0);
    }
    cr_assert_eq(accounts_at(offers_roles(w->o), ACCOUNTS_ROOT).leaves, 0);
    offers_destroy(w->o);
}

/* Equal seeds make equal offers; what is taken away comes back to the last unit. */
Test(offers, equal_worlds_make_equal_offers_and_nothing_is_lost)
{
    PROP_FOR_ALL (seed, 60) {
        struct world w[2];
        struct prng r[2];
        for (int k = 0; k < 2; k++) {
            prng_init(&r[k], seed, "world");
            world_make(&w[k], &r[k], seed);
        }
        for (int i = 0; i < STEPS; i++) {
            world_step(&w[0], &r[0]);
            world_step(&w[1], &r[1]);
            for (sim_machine m = 0; m < MACHINES; m++) {
                const struct offers_offer *a = offers_on(w[0].o, m), *b = offers_on(w[1].o, m);
                cr_assert_eq(a == NULL, b == NULL, "SIM_SEED=%lu", (unsigned long)seed);
                cr_assert(a == NULL || (a->id == b->id && a->framework == b->framework &&
                                        memcmp(&a->what, &b->what, sizeof a->what) == 0),
                          "SIM_SEED=%lu", (unsigned long)seed);
            }
        }
        world_close(&w[0]);
        world_close(&w[1]);
    }
}

/* What a cycle must keep to, whoever is offered what. */
static void check_cycle(struct world *w, unsigned long seed)
{
    struct sim_resources before, before_required, available, required;
    offers_headroom(w->o, &before, &before_required);
    bool filtered[FRAMEWORKS][MACHINES];
    for (int i = 0; i < FRAMEWORKS; i++) {
        for (sim_machine m = 0; m < MACHINES; m++) {
            filtered[i][m] = offers_why(w->o, w->f[i], m, w->now_us).reason == OFFERS_SUPPRESSED;
        }
    }
    const size_t n = cycle(w->o, w->now_us);
    offers_headroom(w->o, &available, &required);
    for (int d = 0; d < SIM_DIMS; d++) {
        cr_assert_geq(available.v[d], 0, "SIM_SEED=%lu", seed);
        if (before.v[d] >= before_required.v[d]) {
            cr_assert_geq(available.v[d], required.v[d], "SIM_SEED=%lu: headroom", seed);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct offers_offer *offer = offers_made(w->o, i);
        cr_assert(!filtered[offer->framework][offer->machine]);
        const struct offers_bundle *what = &offer->what;
        cr_assert(what->unreserved.v[SIM_CPU] + what->reserved.v[SIM_CPU] +
                              what->revocable.v[SIM_CPU] >=
                          10 ||
                      what->unreserved.v[SIM_MEMORY] + what->reserved.v[SIM_MEMORY] >= 32,
                  "SIM_SEED=%lu: too little", seed);
    }
    for (int i = 0; i < FRAMEWORKS; i++) {
        const struct offers_tally t = offers_framework_tally(w->o, w->f[i]);
        uint32_t sum = 0;
        for (int k = 0; k < OFFERS_REASONS; k++) {
            sum += t.count[k];
        }
        cr_assert_eq(sum, MACHINES, "SIM_SEED=%lu: framework %d has %u reasons", seed, i, sum);
    }
}

Test(offers, a_cycle_keeps_headroom_suppression_and_the_least_offer)
{
    PROP_FOR_ALL (seed, 60) {
        struct world w;
        struct prng r;
        prng_init(&r, seed, "cycles");
        world_make(&w, &r, seed);
        for (int i = 0; i < STEPS; i++) {
            world_step(&w, &r);
            check_cycle(&w, (unsigned long)seed);
        }
        world_close(&w);
    }
}

/* The stream decides which machine comes first, and only the stream. */
Test(offers, machines_are_drawn_from_the_named_stream)
{
    enum { COUNT = 64 };
    sim_machine order[3][COUNT];
    static const uint64_t seeds[] = {1, 1, 2};
    for (int k = 0; k < 3; k++) {
        const struct offers_args args = {
            .interval_us = second_us, .stream = "machines", .seed = seeds[k]};
        struct offers *o = offers_create(&args);
        join(o, "role", "f");
        for (sim_machine m = 0; m < COUNT; m++) {
            machine(o, m, 1000, 1024);
        }
        cr_assert_eq(cycle(o, 0), COUNT);
        bool seen[COUNT] = {false};
        for (size_t i = 0; i < COUNT; i++) {
            order[k][i] = offers_made(o, i)->machine;
            cr_assert(!seen[order[k][i]]);
            seen[order[k][i]] = true;
        }
        offers_destroy(o);
    }
    cr_expect_arr_eq(order[0], order[1], sizeof order[0]);
    cr_expect_arr_neq(order[0], order[2], sizeof order[0]);
}
