/* test_offers_mesos.c - the tests of Mesos' allocator, apache/mesos@c1b42f79,
 * src/tests/hierarchical_allocator_tests.cpp, each under its name there. A cycle per addition and
 * per interval, as there; machines by id, where nothing hangs on their order. */
#include <stdlib.h>

#include "tests/offers_world.h"
#include "tests/oracle_csv.h"

static const sim_time day_us = SIM_SECONDS(86400);

Test(offers_mesos, UnreservedDRF)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "role1", "framework1");
    machine(o, 0, 2000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), one, 0, 2000, 1024);
    const offers_framework two = join(o, "role2", "framework2");
    machine(o, 1, 1000, 512);
    EXPECT_OFFER(o, cycle(o, 0), two, 1, 1000, 512);
    machine(o, 2, 3000, 2048);
    EXPECT_OFFER(o, cycle(o, 0), two, 2, 3000, 2048);
    const offers_framework three = join(o, "role1", "framework3");
    machine(o, 3, 4000, 4096);
    EXPECT_OFFER(o, cycle(o, 0), three, 3, 4000, 4096);
    machine(o, 4, 1000, 512);
    EXPECT_OFFER(o, cycle(o, 0), two, 4, 1000, 512);
    offers_destroy(o);
}

/* a/b of the table, "-" for a role that is not there. */
static void expect_share(struct offers *o, const char *role, const char *want)
{
    const account_id id = accounts_find(offers_roles(o), ACCOUNTS_ROOT, text(role));
    if (want[0] == '-') {
        cr_expect_eq(id, SIM_NONE);
        return;
    }
    char *end;
    const int64_t num = strtol(want, &end, 10), den = *end ? strtol(end + 1, NULL, 10) : 1;
    const struct account_view v = accounts_at(offers_roles(o), id);
    const int64_t total = v.dominant == SIM_DIMS ? 1 : v.dominant_total;
    cr_expect_eq(v.dominant_amount * den, num * total, "%s: %s, not %ld/%ld", role, want,
                 (long)v.dominant_amount, (long)total);
}

Test(offers_mesos, UnreservedDRF_shares_are_those_of_the_published_table)
{
    FILE *f = oracle_open("mesos/unreserved_drf.csv");
    if (f == NULL) {
        return;
    }
    struct offers *o = new_offers();
    struct oracle_row row;
    sim_machine m = 0;
    join(o, "role1", "framework1");
    for (; oracle_next(f, &row); m++) {
        if (m == 1) {
            join(o, "role2", "framework2");
        } else if (m == 3) {
            join(o, "role1", "framework3");
        }
        machine(o, m, 1000 * strtol(row.at[1], NULL, 10), strtol(row.at[2], NULL, 10));
        expect_share(o, "role1", row.at[5]);
        expect_share(o, "role2", row.at[6]);
        cr_assert_eq(cycle(o, 0), 1);
        const struct offers_offer *offer = offers_made(o, 0);
        cr_expect_eq(offer->machine, m);
        const struct sim_text path = offers_role_path(o, offer->role);
        cr_expect(path.len == strlen(row.at[7]) && memcmp(path.at, row.at[7], path.len) == 0);
        const struct accounts *in = offers_frameworks(o, offer->role);
        cr_expect_neq(accounts_find(in, ACCOUNTS_ROOT, text(row.at[8])), SIM_NONE);
        expect_share(o, "role1", row.at[9]);
        expect_share(o, "role2", row.at[10]);
    }
    cr_expect_eq(m, 5);
    offers_destroy(o);
    fclose(f);
}

/* "r1=1 r2=2": a number for each role. Returns how many roles. */
static int numbers(const char *text_of, int64_t *out)
{
    int n = 0;
    for (const char *at = text_of; (at = strchr(at, '=')) != NULL; n++) {
        out[n] = strtol(++at, NULL, 10);
    }
    return n;
}

/* Six equal machines by weight, for each row on a fresh cluster, in the order of the table. */
Test(offers_mesos, UpdateWeight)
{
    FILE *f = oracle_open("mesos/update_weight.csv");
    if (f == NULL) {
        return;
    }
    struct oracle_row row;
    int rows = 0;
    for (; oracle_next(f, &row); rows++) {
        int64_t weight[3], want[3], got[3] = {0};
        const int roles = numbers(row.at[0], weight);
        cr_assert_eq(numbers(row.at[1], want), roles);
        struct offers *o = new_offers();
        for (sim_machine m = 0; m < 6; m++) {
            machine(o, m, 2000, 1024);
        }
        for (int r = 0; r < roles; r++) {
            const char name[] = {'r', (char)('1' + r), '\0'};
            join(o, name, name);
            offers_set_weight(o, (offers_role)r, weight[r], 1);
        }
        cr_assert_eq(cycle(o, 0), 6);
        for (sim_machine m = 0; m < 6; m++) {
            const struct offers_offer *offer = offers_made(o, m);
            cr_expect_eq(offer->role, (offers_role)(row.at[2][3 * m + 1] - '1'), "%s: %s",
                         row.at[0], row.at[2]);
            got[offer->role]++;
        }
        cr_expect_arr_eq(got, want, (size_t)roles * sizeof *got);
        offers_destroy(o);
    }
    cr_expect_eq(rows, 3);
    fclose(f);
}

/* The same with one allocator, whose counts go on; r3 comes last. */
Test(offers_mesos, UpdateWeight_takes_effect_without_a_new_cluster)
{
    static const int64_t weight[3][3] = {{1, 1, 0}, {1, 2, 0}, {1, 2, 3}};
    static const int64_t want[3][3] = {{3, 3, 0}, {2, 4, 0}, {1, 2, 3}};
    struct offers *o = new_offers();
    for (sim_machine m = 0; m < 6; m++) {
        machine(o, m, 2000, 1024);
    }
    join(o, "r1", "framework1");
    join(o, "r2", "framework2");
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            join(o, "r3", "framework3");
        }
        int64_t got[3] = {0};
        for (int r = 0; r < 3 && weight[i][r] > 0; r++) {
            offers_set_weight(o, (offers_role)r, weight[i][r], 1);
        }
        cr_assert_eq(cycle(o, SIM_SECONDS(i)), 6);
        for (size_t k = 0; k < 6; k++) {
            const struct offers_offer *offer = offers_made(o, k);
            got[offer->role]++;
            offers_rescind(o, offer->id);
        }
        cr_expect_arr_eq(got, want[i], sizeof got);
    }
    offers_destroy(o);
}

Test(offers_mesos, CoarseGrained)
{
    struct offers *o = new_offers();
    machine(o, 0, 2000, 1024);
    machine(o, 1, 2000, 1024);
    const offers_framework one = join(o, "role1", "framework1");
    cr_assert_eq(cycle(o, 0), 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(offers_made(o, i)->framework, one);
        offers_rescind(o, offers_made(o, i)->id);
    }
    join(o, "role2", "framework2");
    cr_assert_eq(cycle(o, 0), 2);
    cr_expect_neq(offers_made(o, 0)->framework, offers_made(o, 1)->framework);
    cr_expect_eq(offers_made(o, 0)->what.unreserved.v[SIM_CPU], 2000);
    cr_expect_eq(offers_made(o, 1)->what.unreserved.v[SIM_CPU], 2000);
    offers_destroy(o);
}

/* Equal shares: the count of allocations alternates, not the name. */
Test(offers_mesos, SameShareFairness)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "*", "framework1");
    join(o, "*", "framework2");
    machine(o, 0, 2000, 1024);
    int count = 0;
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(cycle(o, SIM_SECONDS(i)), 1);
        count += offers_made(o, 0)->framework == one;
        offers_rescind(o, offers_made(o, 0)->id);
    }
    cr_expect_eq(count, 5);
    offers_destroy(o);
}

/* A refusal shorter than the interval holds over the next batch, and no longer. */
Test(offers_mesos, SmallOfferFilterTimeout)
{
    const sim_time minute_us = SIM_SECONDS(60);
    const struct offers_args args = {.interval_us = minute_us, .min_cpu = 10, .min_memory = 32};
    struct offers *o = offers_create(&args);
    const offers_framework one = join(o, "role", "framework1");
    const offers_framework two = join(o, "role", "framework2");
    machine(o, 0, 1000, 512);
    adopt(o, one, 0, 1000, 512);
    cr_expect_eq(cycle(o, 0), 0);
    machine(o, 1, 1000, 512);
    offers_id id = EXPECT_OFFER(o, cycle(o, 0), two, 1, 1000, 512);
    offers_decline(o, id, 0, SIM_SECONDS(1), 0);
    id = EXPECT_OFFER(o, cycle(o, minute_us), one, 1, 1000, 512);
    offers_rescind(o, id);
    EXPECT_OFFER(o, cycle(o, 2 * minute_us), two, 1, 1000, 512);
    offers_destroy(o);
}

Test(offers_mesos, QuotaAgainstStarvation)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_framework two = join(o, "no-quota-role", "framework2");
    machine(o, 0, 1000, 512);
    adopt(o, one, 0, 1000, 512);
    machine(o, 1, 1000, 512);
    for (int i = 0; i < 2; i++) {
        const offers_id id = EXPECT_OFFER(o, cycle(o, SIM_SECONDS(i)), two, 1, 1000, 512);
        offers_decline(o, id, SIM_SECONDS(i), 0, 0);
    }
    quota(o, "quota-role", 2000, 1024);
    EXPECT_OFFER(o, cycle(o, SIM_SECONDS(2)), one, 1, 1000, 512);
    cr_expect(offers_made(o, 0)->guaranteed);
    offers_destroy(o);
}

Test(offers_mesos, DRFWithQuota)
{
    struct offers *o = new_offers();
    quota(o, "quota-role", 250, 128);
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_framework two = join(o, "no-quota-role", "framework2");
    machine(o, 0, 1000, 512);
    adopt(o, one, 0, 250, 128);
    EXPECT_OFFER(o, cycle(o, 0), two, 0, 750, 384);
    machine(o, 1, 1000, 512);
    EXPECT_OFFER(o, cycle(o, 0), two, 1, 1000, 512);
    offers_destroy(o);
}

/* Frameworks of a role whose guarantee is not met are served by share, too. */
Test(offers_mesos, QuotaProvidesGuarantee_among_frameworks_of_one_role)
{
    struct offers *o = new_offers();
    const offers_framework a = join(o, "quota-role", "framework1a");
    quota(o, "quota-role", 4000, 2048);
    join(o, "no-quota-role", "framework2");
    machine(o, 0, 1000, 512);
    EXPECT_OFFER(o, cycle(o, 0), a, 0, 1000, 512);
    const offers_framework b = join(o, "quota-role", "framework1b");
    machine(o, 1, 2000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), b, 1, 2000, 1024);
    machine(o, 2, 1000, 512);
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), a, 2, 1000, 512);
    offers_decline(o, id, 0, SIM_SECONDS(5), 0);
    EXPECT_OFFER(o, cycle(o, SIM_SECONDS(1)), b, 2, 1000, 512);
    offers_destroy(o);
}

/* Headroom that was given to whom it is for is headroom no more, in the same cycle. */
Test(offers_mesos, a_guarantee_that_was_met_holds_nothing_back)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_framework two = join(o, "no-quota-role", "framework2");
    quota(o, "quota-role", 2000, 1024);
    machine(o, 0, 2000, 1024);
    machine(o, 1, 2000, 1024);
    cr_assert_eq(cycle(o, 0), 2);
    cr_expect(offers_made(o, 0)->framework == one && offers_made(o, 0)->guaranteed);
    cr_expect(offers_made(o, 1)->framework == two && !offers_made(o, 1)->guaranteed);
    offers_destroy(o);
}

/* Beyond its guarantee a role takes what the guarantees of others leave, in the first stage. */
Test(offers_mesos, a_guarantee_comes_with_what_headroom_leaves)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "a", "framework1"), two = join(o, "b", "framework2");
    const struct sim_resources guarantee = amounts(1000, 0);
    offers_set_quota(o, offers_role_of(o, text("a")), &guarantee, NULL);
    quota(o, "b", 1500, 0);
    machine(o, 0, 3000, 1024);
    cr_assert_eq(cycle(o, 0), 2);
    const struct offers_offer *a = offers_made(o, 0), *b = offers_made(o, 1);
    cr_expect(a->framework == one && a->what.unreserved.v[SIM_CPU] == 1500);
    cr_expect_eq(a->held_back.v[SIM_CPU], 1500);
    cr_expect(b->framework == two && b->what.unreserved.v[SIM_CPU] == 1500);
    cr_expect(a->guaranteed && b->guaranteed);
    offers_destroy(o);
}

Test(offers_mesos, QuotaAllocationGranularity)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "quota-role", "framework1");
    quota(o, "quota-role", 500, 200);
    machine(o, 0, 1000, 512);
    EXPECT_OFFER(o, cycle(o, 0), one, 0, 500, 200);
    const offers_framework two = join(o, "no-quota-role", "framework2");
    EXPECT_OFFER(o, cycle(o, 0), two, 0, 500, 312);
    offers_destroy(o);
}

/* A resource without a quota comes along with one that has, as far as headroom lets it. */
Test(offers_mesos, QuotaRoleAllocateNonQuotaResource)
{
    struct offers *o = new_offers();
    quota(o, "quota-role-1", 2000, 0);
    machine(o, 0, 1000, 1024);
    const offers_framework f = join(o, "quota-role-1", "framework");
    EXPECT_OFFER(o, cycle(o, 0), f, 0, 1000, 1024);
    quota(o, "quota-role-2", 0, 1024);
    machine(o, 1, 1000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), f, 1, 1000, 0);
    cr_expect_eq(offers_made(o, 0)->held_back.v[SIM_MEMORY], 1024);
    machine(o, 2, 1000, 1024);
    const sim_machine third = 2;
    EXPECT_OFFER(o, offers_cycle(o, 0, &third, 1), f, 2, 0, 1024);
    offers_destroy(o);
}

/* Quota 4 cpu, 1024 MB: the first machine brings all the memory, so of the second one only its cpu
 * is offered; the memory is for others. */
Test(offers_mesos, DisproportionateQuota)
{
    struct offers *o = new_offers();
    const offers_framework one = join(o, "quota-role", "framework1");
    quota(o, "quota-role", 4000, 1024);
    machine(o, 0, 2000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), one, 0, 2000, 1024);
    machine(o, 1, 2000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), one, 1, 2000, 0);
    cr_expect_eq(offers_made(o, 0)->over_limit.v[SIM_MEMORY], 1024);
    const offers_framework two = join(o, "no-quota-role", "framework2");
    EXPECT_OFFER(o, cycle(o, 0), two, 1, 0, 1024);
    offers_destroy(o);
}

/* Resources are laid away for a role that has no framework yet. */
Test(offers_mesos, QuotaAbsentFrameworkWholeMachine)
{
    struct offers *o = new_offers();
    quota(o, "quota-role", 2000, 1024);
    const offers_framework f = join(o, "no-quota-role", "framework");
    machine(o, 0, 2000, 1024);
    cr_expect_eq(cycle(o, 0), 0);
    cr_expect_eq(offers_why(o, f, 0, 0).reason, OFFERS_HELD_BACK);
    machine(o, 1, 2000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), f, 0, 2000, 1024); /* Either will do. */
    cr_expect_eq(offers_why(o, f, 1, 0).reason, OFFERS_HELD_BACK);
    offers_destroy(o);
}

Test(offers_mesos, MultiQuotaAbsentFrameworks)
{
    struct offers *o = new_offers();
    machine(o, 0, 2000, 2048);
    quota(o, "quota-role-1", 1000, 1024);
    quota(o, "quota-role-2", 2000, 2048);
    const offers_framework f = join(o, "quota-role-2", "framework");
    EXPECT_OFFER(o, cycle(o, 0), f, 0, 2000, 2048);
    offers_destroy(o);
}

Test(offers_mesos, MultiQuotaWithFrameworks)
{
    struct offers *o = new_offers();
    quota(o, "quota-role-1", 1000, 200);
    quota(o, "quota-role-2", 2000, 2000);
    const offers_framework one = join(o, "quota-role-1", "framework1");
    const offers_framework two = join(o, "quota-role-2", "framework2");
    machine(o, 0, 1000, 1024);
    machine(o, 1, 1000, 1024);
    adopt(o, one, 0, 1000, 1024);
    adopt(o, two, 1, 1000, 1024);
    machine(o, 2, 2000, 2048);
    EXPECT_OFFER(o, cycle(o, 0), two, 2, 1000, 976);
    offers_destroy(o);
}

/* Reservations count towards the quota while nobody holds them. */
Test(offers_mesos, ReservationUnallocated)
{
    struct offers *o = new_offers();
    machine(o, 0, 1000, 1024);
    reserve(o, 0, "quota-role", 1000, 1024);
    quota(o, "quota-role", 1000, 1024);
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), one, 0, 1000, 1024);
    cr_expect_eq(offers_find(o, id)->what.reserved.v[SIM_CPU], 1000);
    offers_decline(o, id, 0, day_us, 0);
    machine(o, 1, 1000, 1024);
    cr_expect_eq(cycle(o, 0), 0);
    cr_expect_eq(offers_why(o, one, 1, 0).reason, OFFERS_OVER_LIMIT);
    offers_destroy(o);
}

Test(offers_mesos, ReservationAllocated)
{
    struct offers *o = new_offers();
    machine(o, 0, 1000, 1024);
    reserve(o, 0, "quota-role", 1000, 1024);
    quota(o, "quota-role", 2000, 2048);
    const offers_framework one = join(o, "quota-role", "framework1");
    EXPECT_OFFER(o, cycle(o, 0), one, 0, 1000, 1024);
    machine(o, 1, 1000, 1024);
    EXPECT_OFFER(o, cycle(o, 0), one, 1, 1000, 1024);
    machine(o, 2, 1000, 1024);
    cr_expect_eq(cycle(o, 0), 0);
    offers_destroy(o);
}

Test(offers_mesos, NonQuotaRoleReservationWithQuotaRole)
{
    struct offers *o = new_offers();
    machine(o, 0, 4000, 4096);
    reserve(o, 0, "non-quota-role", 2000, 2048);
    quota(o, "quota-role", 2000, 2048);
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), one, 0, 2000, 2048);
    offers_decline(o, id, 0, day_us, 0);
    const offers_framework two = join(o, "non-quota-role", "framework2");
    EXPECT_OFFER(o, cycle(o, 0), two, 0, 2000, 2048);
    cr_expect_eq(offers_made(o, 0)->what.reserved.v[SIM_MEMORY], 2048);
    cr_expect_eq(offers_made(o, 0)->held_back.v[SIM_MEMORY], 2048);
    offers_destroy(o);
}

/* What is reserved for others is no headroom. */
Test(offers_mesos, QuotaSetAsideReservedResources)
{
    struct offers *o = new_offers();
    machine(o, 0, 4000, 512);
    machine(o, 1, 4000, 512);
    reserve(o, 1, "no-quota-role", 4000, 512);
    const offers_framework one = join(o, "quota-role", "framework1");
    quota(o, "quota-role", 4000, 512);
    offers_id id = EXPECT_OFFER(o, cycle(o, 0), one, 0, 4000, 512);
    offers_decline(o, id, 0, SIM_SECONDS(10), 0);
    cr_expect_eq(cycle(o, SIM_SECONDS(1)), 0);
    cr_expect_eq(offers_why(o, one, 1, SIM_SECONDS(1)).reason, OFFERS_FULL);
    const offers_framework two = join(o, "no-quota-role", "framework2");
    id = EXPECT_OFFER(o, cycle(o, SIM_SECONDS(1)), two, 1, 4000, 512);
    offers_decline(o, id, SIM_SECONDS(1), SIM_SECONDS(10), 0);
    cr_expect_eq(cycle(o, SIM_SECONDS(2)), 0);
    cr_expect_eq(offers_why(o, two, 0, SIM_SECONDS(2)).reason, OFFERS_HELD_BACK);
    offers_destroy(o);
}

/* Reserved memory that is held counts for shares and quota. */
Test(offers_mesos, reserved_holdings_count_for_quota_and_share)
{
    struct offers *o = new_offers();
    quota(o, "quota-role", 2000, 256);
    const offers_framework one = join(o, "quota-role", "framework1");
    const offers_framework two = join(o, "non-quota-role", "framework2");
    machine(o, 0, 8000, 256);
    reserve(o, 0, "quota-role", 0, 256);
    offers_adopt(
        o, one, 0,
        &(struct offers_bundle){.unreserved = amounts(2000, 0), .reserved = amounts(0, 256)});
    EXPECT_OFFER(o, cycle(o, 0), two, 0, 6000, 0);
    machine(o, 1, 4000, 0);
    EXPECT_OFFER(o, cycle(o, 0), two, 1, 4000, 0);
    offers_destroy(o);
}

Test(offers_mesos, SuppressAndReviveOffers)
{
    struct offers *o = new_offers();
    machine(o, 0, 2000, 1024);
    const offers_framework f = join(o, "role1", "framework");
    const offers_id id = EXPECT_OFFER(o, cycle(o, 0), f, 0, 2000, 1024);
    offers_revive(o, f);
    cr_expect_eq(cycle(o, 0), 0);
    offers_rescind(o, id);
    offers_suppress(o, f);
    cr_expect_eq(cycle(o, SIM_SECONDS(1)), 0);
    cr_expect_eq(offers_why(o, f, 0, SIM_SECONDS(1)).reason, OFFERS_SUPPRESSED);
    cr_expect_eq(offers_framework_tally(o, f).count[OFFERS_SUPPRESSED], 1);
    offers_revive(o, f);
    EXPECT_OFFER(o, cycle(o, SIM_SECONDS(1)), f, 0, 2000, 1024);
    offers_destroy(o);
}

/* The example of the DRF paper through offers of one machine: a task is accepted per offer. Names
 * are those that make B win the tie at the start. */
Test(offers_mesos, the_example_of_the_paper_through_offers)
{
    FILE *f = oracle_open("drf/offer_trace.csv");
    if (f == NULL) {
        return;
    }
    static const int64_t demand[2][2] = {{1000, 4096}, {3000, 1024}};
    struct offers *o = new_offers();
    machine(o, 0, 9000, 18 * 1024);
    const offers_framework a = join(o, "2:A", "A"), b = join(o, "1:B", "B");
    int64_t tasks[2] = {0, 0};
    struct oracle_row row;
    struct offers_offer open = {.id = 0};
    int rows = 0;
    for (; oracle_next(f, &row); rows++) {
        const bool declines = strcmp(row.at[1], "decline") == 0;
        cr_assert_eq(open.id != 0, declines, "step %s", row.at[0]);
        if (declines) {
            offers_decline(o, open.id, 0, OFFERS_REFUSE_DEFAULT, 0);
            open.id = 0;
            continue;
        }
        cr_assert_eq(cycle(o, 0), 1, "step %s", row.at[0]);
        open = *offers_made(o, 0);
        const int who = open.framework == b;
        cr_expect_eq(row.at[2][0], who ? 'B' : 'A', "step %s", row.at[0]);
        const struct offers_bundle task = {.unreserved = amounts(demand[who][0], demand[who][1])};
        if (open.what.unreserved.v[SIM_CPU] >= demand[who][0] &&
            open.what.unreserved.v[SIM_MEMORY] >= demand[who][1]) {
            offers_accept(o, open.id, &task, 0, 0, 0);
            open.id = 0;
            tasks[who]++;
        }
    }
    cr_expect_eq(rows, 9);
    cr_expect_eq(cycle(o, 0), 0);
    cr_expect(tasks[0] == 3 && tasks[1] == 2);
    cr_expect_eq(offers_why(o, a, 0, 0).reason, OFFERS_FILTERED);
    offers_destroy(o);
    fclose(f);
}
