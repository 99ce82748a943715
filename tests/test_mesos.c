/* Two-level offers as runs of the whole engine: worked examples of papers and of the tests of
 * Mesos, and what happens when offers, tasks and machines go their own ways at one time. */
#include "world.h"

#define S SIM_SECONDS
#define MIB(n) ((int64_t)(n) << 20)

static void mesos_world(struct world *w)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("mesos");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "scheduler.shuffle", "false");
    world_set(w, "check", "every-event");
}

/* One framework per user. */
static void framework(struct world *w, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, "schedulers.%s.users", name);
    world_set(w, key, name);
}

static struct world_task *of(struct world *w, const char *user, sim_time at, sim_time length,
                             int64_t cpu, int64_t memory)
{
    struct world_task *t = world_task(w, at, length, cpu, memory);
    world_user(t, user);
    return t;
}

static const struct sim_offer_row *offer(const struct world *w, size_t i)
{
    return world_row(w, SIM_TABLE_OFFERS, i);
}

/* Of the offers of one answer to a framework, how many; SIM_NONE = any. */
static uint32_t count(const struct world *w, uint32_t scheduler, unsigned answer)
{
    uint32_t n = 0;
    for (size_t i = 0; i < w->row_count[SIM_TABLE_OFFERS]; i++) {
        n += offer(w, i)->scheduler == scheduler && offer(w, i)->answer == answer;
    }
    return n;
}

/* ---- who is next ----------------------------------------------------------------------------- */

/* The paper's example: 9 cpus and 18 GB, tasks of A <1, 4> and of B <3, 1>, one task per offer. B
 * comes first among equals, because of its name. */
Test(mesos, offers_of_the_drf_example_go_in_the_order_of_dominant_shares)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m", 9000, GIB(18), 0);
    framework(&w, "1b");
    framework(&w, "2a");
    world_set(&w, "schedulers.1b.take", "one");
    world_set(&w, "schedulers.2a.take", "one");
    for (int i = 0; i < 9; i++) {
        of(&w, "1b", 0, S(1000), 3000, GIB(1));
        of(&w, "2a", 0, S(1000), 1000, GIB(4));
    }
    world_set(&w, "until", "20s");
    world_run(&w, "first-fit");
    static const struct {
        uint32_t framework;
        enum sim_answer answer;
        int64_t share, share_of;
    } expected[] = {{0, SIM_ANSWER_ACCEPTED, 0, 0},
                    {1, SIM_ANSWER_ACCEPTED, 0, 0},
                    {1, SIM_ANSWER_ACCEPTED, GIB(4), GIB(18)},
                    {0, SIM_ANSWER_ACCEPTED, 3000, 9000},
                    {1, SIM_ANSWER_ACCEPTED, GIB(8), GIB(18)},
                    {0, SIM_ANSWER_DECLINED, 6000, 9000},
                    {1, SIM_ANSWER_DECLINED, GIB(12), GIB(18)}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct sim_offer_row *row = offer(&w, i);
        cr_expect_eq(row->scheduler, expected[i].framework, "%zu", i);
        cr_expect_eq(row->answer, expected[i].answer, "%zu", i);
        cr_expect_eq(row->share, expected[i].share, "%zu: %ld", i, (long)row->share);
        cr_expect_eq(row->share_of, expected[i].share_of, "%zu", i);
        cr_expect_eq(row->made_us, S((int64_t)i), "%zu", i);
    }
    const struct sim_offer_row *last = offer(&w, 5);
    cr_expect_eq(last->unused, SIM_UNUSED_TOO_SMALL);
    cr_expect_eq(last->dim, SIM_CPU);
    cr_expect_eq(last->missing, 3000, "all 9 cpus are in use");
    cr_expect_eq(last->until_us, S(5 + 5));
    cr_expect_eq(w.totals.placed, 5);
    cr_expect_eq(count(&w, 1, SIM_ANSWER_ACCEPTED), 3);
    cr_expect_eq(count(&w, 0, SIM_ANSWER_ACCEPTED), 2);
    world_fini(&w);
}

/* Machines come one by one; framework3 is in the role of framework1. After UnreservedDRF of Mesos.
 */
Test(mesos, machines_that_come_go_to_the_role_with_the_smaller_share)
{
    static const struct {
        int64_t cpu, memory_mb;
        uint32_t framework;
        int64_t share, share_of;
    } hosts[] = {{2000, 1024, 0, 0, 0},
                 {1000, 512, 1, 0, 0},
                 {3000, 2048, 1, 1000, 6000},
                 {4000, 4096, 2, 2000, 10000},
                 {1000, 512, 1, 4000, 11000}};
    static const char *const users[] = {"f1", "f2", "f3"};
    struct world w;
    mesos_world(&w);
    for (int f = 0; f < 3; f++) { /* Each has a task that fits nowhere, so that it wants offers. */
        framework(&w, users[f]);
        of(&w, users[f], f == 0 ? 0 : f == 1 ? S(5) : S(25), S(1), 100000, MIB(1));
    }
    world_set(&w, "schedulers.f1.role", "role1");
    world_set(&w, "schedulers.f2.role", "role2");
    world_set(&w, "schedulers.f3.role", "role1");
    for (int i = 0; i < 5; i++) {
        char name[8];
        snprintf(name, sizeof name, "m%d", i);
        world_machine(&w, S(10 * i), name, hosts[i].cpu, MIB(hosts[i].memory_mb), 0);
        of(&w, users[hosts[i].framework], i == 0 ? 0 : S(10 * i - 1), S(1000), hosts[i].cpu,
           MIB(hosts[i].memory_mb));
    }
    world_set(&w, "until", "60s");
    world_run(&w, "first-fit");
    size_t at = 0;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_OFFERS]; i++) {
        const struct sim_offer_row *row = offer(&w, i);
        if (row->answer != SIM_ANSWER_ACCEPTED) {
            continue;
        }
        cr_assert_lt(at, 5);
        cr_expect_eq(row->scheduler, hosts[at].framework, "machine %zu", at);
        cr_expect_eq(row->machine, at);
        cr_expect_eq(row->made_us, S(10 * (int64_t)at), "at once");
        cr_expect_eq(row->share, hosts[at].share, "machine %zu: %ld", at, (long)row->share);
        cr_expect_eq(row->share_of, hosts[at].share_of, "machine %zu", at);
        at++;
    }
    cr_expect_eq(at, 5);
    world_fini(&w);
}

static void weights(const char *const *weight, const uint32_t *expected, int roles)
{
    static const char *const users[] = {"r1", "r2", "r3"};
    struct world w;
    mesos_world(&w);
    for (int i = 0; i < 6; i++) {
        char name[8];
        snprintf(name, sizeof name, "m%d", i);
        world_machine(&w, 0, name, 2000, MIB(1024), 0);
    }
    for (int r = 0; r < roles; r++) {
        char key[64];
        framework(&w, users[r]);
        snprintf(key, sizeof key, "schedulers.%s.weight", users[r]);
        world_set(&w, key, weight[r]);
        for (int i = 0; i < 6; i++) {
            of(&w, users[r], 0, S(1000), 2000, MIB(1024));
        }
    }
    world_set(&w, "until", "30s");
    world_run(&w, "first-fit");
    for (int r = 0; r < roles; r++) {
        cr_expect_eq(count(&w, (uint32_t)r, SIM_ANSWER_ACCEPTED), expected[r], "%s of %s: %u",
                     users[r], weight[0], count(&w, (uint32_t)r, SIM_ANSWER_ACCEPTED));
    }
    world_fini(&w);
}

/* After UpdateWeight of Mesos: six equal machines. */
Test(mesos, machines_are_shared_by_weight)
{
    weights((const char *const[]){"1", "1"}, (const uint32_t[]){3, 3}, 2);
    weights((const char *const[]){"1", "2"}, (const uint32_t[]){2, 4}, 2);
    weights((const char *const[]){"1", "2", "3"}, (const uint32_t[]){1, 2, 3}, 3);
}

Test(mesos, groups_that_contradict_each_other_about_a_role_are_told_so)
{
    static const struct {
        const char *key, *value, *text;
    } wrong[] = {{"schedulers.b.weight", "3", "say different things of role eng"},
                 {"schedulers.b.role", "eng//ads", "'eng//ads' is no role"},
                 {"schedulers.b.role", ".", "'.' is no role"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct world w;
        struct sim_diag diag = {0};
        mesos_world(&w);
        world_machine(&w, 0, "m", 1000, GIB(1), 0);
        world_set(&w, "schedulers.a.role", "eng");
        world_set(&w, "schedulers.a.weight", "2");
        world_set(&w, "schedulers.b.role", "eng");
        world_set(&w, wrong[i].key, wrong[i].value);
        cr_assert_not(world_try(&w, sim_policy_find("first-fit"), &diag));
        cr_expect(strstr(diag.text, wrong[i].text) != NULL, "%s", diag.text);
        world_fini(&w);
    }
}

/* ---- refusals -------------------------------------------------------------------------------- */

/* A refusal of half an interval holds for a whole one, that instant included: what is given back at
 * 0 s is not offered at 1 s, but at 2 s. After SmallOfferFilterTimeout of Mesos. */
Test(mesos, a_refusal_outlives_the_next_cycle_however_short_it_is)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m", 1000, GIB(1), 0);
    framework(&w, "f");
    world_set(&w, "schedulers.f.refuse", "500ms");
    of(&w, "f", 0, S(1), 2000, GIB(1));
    struct world_task *small = of(&w, "f", S(30), S(1), 1000, GIB(1)); /* Keeps the run going. */
    (void)small;
    world_run(&w, "first-fit");
    const struct sim_offer_row *first = offer(&w, 0);
    cr_expect_eq(first->made_us, 0);
    cr_expect_eq(first->answer, SIM_ANSWER_DECLINED);
    cr_expect_eq(first->until_us, S(1), "an interval, not half of one");
    const struct sim_offer_row *second = offer(&w, 1);
    cr_expect_eq(second->answer, SIM_ANSWER_ACCEPTED);
    cr_expect_eq(second->made_us, S(30), "work came: refusals are forgotten");
    cr_expect_gt(second->repeats, 0);
    /* Offers at 0, 2, 4, ... until the allocator has gone round in vain often enough. */
    cr_expect_leq(second->repeats, 8);
    world_fini(&w);
}

static sim_time start_of_second(const char *guarantee)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m0", 1000, MIB(512), 0);
    world_machine(&w, 0, "m1", 1000, MIB(512), 0);
    framework(&w, "f1");
    framework(&w, "f2");
    world_set(&w, "schedulers.f2.refuse", "0");
    if (guarantee != NULL) {
        world_set(&w, "schedulers.f1.guarantee.cpu", guarantee);
        world_set(&w, "schedulers.f1.guarantee.memory", "1GiB");
    }
    of(&w, "f1", 0, S(1000), 1000, MIB(512));
    of(&w, "f2", S(2), S(1), 5000, MIB(512)); /* Never fits. */
    of(&w, "f1", S(5), S(1), 1000, MIB(512));
    world_set(&w, "until", "900s");
    world_run(&w, "first-fit");
    cr_expect_gt(count(&w, 1, SIM_ANSWER_DECLINED) + (guarantee != NULL), 0);
    for (size_t i = 0; i < w.row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *span = world_row(&w, SIM_TABLE_SPANS, i);
        if (span->task == 2 && guarantee == NULL) {
            cr_expect_eq(span->reason, SIM_REASON_OTHERS_FIRST, "%u", span->reason);
        }
        if (span->task == 1 && guarantee != NULL) {
            cr_expect(span->reason == SIM_REASON_UNSATISFIABLE, "%u", span->reason);
        }
    }
    const sim_time start = world_result(&w, 2)->start_us;
    world_fini(&w);
    return start;
}

/* f2 holds nothing and is asked first, declines for no time, and is asked again, for ever. A
 * guarantee for f1 ends that. After QuotaAgainstStarvation of Mesos. */
Test(mesos, a_guarantee_helps_against_one_that_declines_for_ever)
{
    cr_expect_eq(start_of_second(NULL), SIM_NEVER);
    cr_expect_eq(start_of_second("2"), S(5));
}

Test(mesos, a_limit_holds_and_is_the_reason)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m", 8000, GIB(8), 0);
    framework(&w, "f");
    world_set(&w, "schedulers.f.limit.cpu", "2");
    for (int i = 0; i < 3; i++) {
        of(&w, "f", 0, S(10), 1000, GIB(1));
    }
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, 0);
    cr_expect_eq(world_result(&w, 2)->start_us, S(11), "an interval after the first two ended");
    sim_time said_us = 0;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *span = world_row(&w, SIM_TABLE_SPANS, i);
        said_us += span->task == 2 && span->reason == SIM_REASON_QUOTA_EXHAUSTED
                       ? span->to_us - span->from_us
                       : 0;
    }
    cr_expect_geq(said_us, S(5), "from 1 s, when memory alone is offered: %ld", (long)said_us);
    world_fini(&w);
}

/* Small tasks of one framework take the room piece by piece as it becomes free; the large task of
 * the other sees offers too small for it for as long as they come. */
static sim_time start_of_large(bool small_ones_go_on)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m", 4000, GIB(8), 0);
    framework(&w, "large");
    framework(&w, "small");
    world_set(&w, "schedulers.small.weight", "1000"); /* It comes first, */
    of(&w, "large", 0, S(500), 0, GIB(1));            /* as long as the other holds anything. */
    const int n = small_ones_go_on ? 160 : 8;
    for (int i = 0; i < n; i++) { /* 4 run at a time, each ends in a second of its own. */
        of(&w, "small", S(i), S(4), 1000, GIB(1));
    }
    of(&w, "large", S(6), S(10), 3000, GIB(1));
    world_run(&w, "first-fit");
    const struct sim_offer_row *row = NULL;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_OFFERS] && row == NULL; i++) {
        const struct sim_offer_row *r = offer(&w, i);
        row = r->scheduler == 0 && r->answer == SIM_ANSWER_DECLINED ? r : NULL;
    }
    cr_assert_not_null(row);
    cr_expect_eq(row->unused, SIM_UNUSED_TOO_SMALL);
    cr_expect_eq(row->dim, SIM_CPU);
    cr_expect_gt(row->missing, 0);
    const sim_time start = world_result(&w, 8)->start_us;
    world_fini(&w);
    return start;
}

Test(mesos, a_large_task_starves_while_small_ones_take_what_becomes_free)
{
    cr_expect_leq(start_of_large(false), S(20));
    cr_expect_geq(start_of_large(true), S(100), "they end at 163 s");
}

/* ---- coming and going ------------------------------------------------------------------------ */

Test(mesos, a_framework_without_work_gets_no_offers_until_work_comes)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "m", 4000, GIB(8), 0);
    framework(&w, "busy");
    framework(&w, "idle");
    for (int i = 0; i < 30; i++) {
        of(&w, "busy", S(i), S(2), 1000, GIB(1));
    }
    of(&w, "idle", S(20), S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_eq(count(&w, 1, SIM_ANSWER_ACCEPTED), 1);
    cr_expect_eq(count(&w, 1, SIM_ANSWER_DECLINED), 0);
    cr_expect_eq(world_result(&w, 21)->start_us, S(20), "at once: it holds nothing");
    cr_expect_eq(world_result(&w, 20)->start_us, S(21), "the rest, an interval later");
    world_fini(&w);
}

/* The framework thinks for 10 s about a task; meanwhile the machine goes. */
Test(mesos, a_machine_that_goes_takes_its_offer_along)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(5), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, S(20), "b", 4000, GIB(8), 0);
    framework(&w, "f");
    world_set(&w, "schedulers.f.think.job", "10s");
    of(&w, "f", 0, S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_eq(offer(&w, 0)->answer, SIM_ANSWER_RESCINDED);
    cr_expect_eq(offer(&w, 0)->answered_us, S(5));
    cr_expect_eq(w.row_count[SIM_TABLE_CONFLICTS], 0, "it knew");
    cr_expect_eq(world_result(&w, 0)->start_us, S(30));
    cr_expect_eq(world_result(&w, 0)->machine, 1);
    world_fini(&w);
}

/* Letters take 3 s: the framework hears of the removal after it has committed. */
Test(mesos, an_offer_that_is_used_after_it_was_rescinded_meets_a_conflict)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(5), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, S(20), "b", 4000, GIB(8), 0);
    framework(&w, "f");
    world_set(&w, "scheduler.offer_delay", "3s");
    world_set(&w, "schedulers.f.think.job", "4s");
    of(&w, "f", 0, S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_assert_eq(w.row_count[SIM_TABLE_CONFLICTS], 1);
    const struct sim_conflict_row *c = world_row(&w, SIM_TABLE_CONFLICTS, 0);
    cr_expect_eq(c->kind, SIM_CONFLICT_GONE);
    cr_expect_eq(world_result(&w, 0)->start_us, S(20 + 3 + 4));
    world_fini(&w);
}

/* A machine that shrinks under an offer: what the framework used before it heard of that is counted
 * all the same. */
Test(mesos, what_was_used_of_a_rescinded_offer_is_counted)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(5), "a", 2000, GIB(8), 0)->in.kind = SIM_IN_MACHINE_UPDATE;
    framework(&w, "f");
    framework(&w, "g");
    world_set(&w, "scheduler.offer_delay", "3s");
    world_set(&w, "schedulers.f.think.job", "4s");
    of(&w, "f", 0, S(20), 1000, GIB(1));
    of(&w, "g", S(8), S(20), 2000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(7));
    cr_expect_eq(w.row_count[SIM_TABLE_CONFLICTS], 0);
    cr_expect_geq(world_result(&w, 1)->start_us, S(27));
    cr_expect_eq(w.totals.placed, 2);
    world_fini(&w);
}

Test(mesos, a_task_that_gives_up_while_an_offer_is_on_its_way_leaves_no_work_for_it)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    framework(&w, "f");
    world_set(&w, "scheduler.offer_delay", "3s");
    of(&w, "f", 0, S(20), 1000, GIB(1))->in.u.task.truth.cancel_us = S(2);
    world_run(&w, "first-fit");
    cr_assert_eq(w.row_count[SIM_TABLE_OFFERS], 1);
    cr_expect_eq(offer(&w, 0)->answer, SIM_ANSWER_DECLINED);
    cr_expect_eq(offer(&w, 0)->unused, SIM_UNUSED_NO_WORK);
    cr_expect_eq(offer(&w, 0)->answered_us, S(3));
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_CANCELLED);
    world_fini(&w);
}

Test(mesos, a_task_that_gives_up_while_it_is_thought_about_is_not_started)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    framework(&w, "f");
    world_set(&w, "schedulers.f.think.job", "4s");
    struct world_task *t = of(&w, "f", 0, S(20), 1000, GIB(1));
    t->in.u.task.truth.cancel_us = S(2);
    world_job(t, "pair", 0);
    world_job(of(&w, "f", 0, S(20), 1000, GIB(1)), "pair", 1);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_CANCELLED);
    cr_expect_eq(world_result(&w, 1)->start_us, S(4));
    world_fini(&w);
}

/* Two jobs that fit nowhere come back while the framework thinks about the other one. */
Test(mesos, a_framework_lets_go_although_its_jobs_come_back)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    framework(&w, "f");
    framework(&w, "g");
    world_set(&w, "scheduler.retry", "1s");
    world_set(&w, "scheduler.give_up.unplaced", "20");
    world_set(&w, "schedulers.f.think.job", "2s");
    of(&w, "f", 0, S(1), 5000, GIB(1));
    of(&w, "f", 0, S(1), 6000, GIB(1));
    of(&w, "g", S(3), S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_leq(world_result(&w, 2)->start_us, S(6), "%ld", (long)world_result(&w, 2)->start_us);
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_ABANDONED);
    world_fini(&w);
}

/* Each machine holds one member. The refusals of a gang end together, so it sees both machines at
 * one time although they became free at different times. */
Test(mesos, a_gang_starts_when_enough_is_offered_at_one_time)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_machine(&w, 0, "b", 1000, GIB(8), 0);
    framework(&w, "f");
    of(&w, "f", 0, S(6), 1000, GIB(1));
    of(&w, "f", 0, S(9), 1000, GIB(1));
    for (uint32_t i = 0; i < 2; i++) {
        struct world_task *t = of(&w, "f", S(1), S(5), 1000, GIB(1));
        world_job(t, "gang", i);
        t->in.u.task.known.gang = 2;
    }
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 2)->start_us, world_result(&w, 3)->start_us);
    cr_expect_leq(world_result(&w, 2)->start_us, S(16));
    bool said = false;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_OFFERS]; i++) {
        said |= offer(&w, i)->unused == SIM_UNUSED_GANG;
    }
    cr_expect(said);
    world_fini(&w);
}

/* ---- pictures of offers ---------------------------------------------------------------------- */

/* A framework with devices on offer sees the rest of them only after it has used some. */
Test(mesos, devices_are_offered_and_used)
{
    struct world w;
    mesos_world(&w);
    world_machine(&w, 0, "a", 8000, GIB(8), 4);
    framework(&w, "f");
    world_set(&w, "schedulers.f.limit.gpu", "2");
    for (int i = 0; i < 3; i++) {
        world_gpu(of(&w, "f", 0, S(10), 1000, GIB(1)), 1, 1000);
    }
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 1)->start_us, 0);
    cr_expect_eq(world_result(&w, 2)->start_us, S(11), "no more than two at a time");
    cr_expect_eq(offer(&w, 0)->gpu, 2000);
    cr_expect_eq(w.totals.invariant_violations, 0);
    world_fini(&w);
}
