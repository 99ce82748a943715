/* The batch system: factors of a priority, its order, fair share, and backfilling at intervals. */
#include "sched/lib/multifactor.h"
#include "world.h"

#define S SIM_SECONDS
#define MINUTES(n) (S(60) * (n))
#define DAYS(n) (S(86400) * (n))

static const struct multifactor_weights all = {
    .age = 1000, .fairshare = 10000, .size = 100, .tier = 400, .max_age_us = DAYS(7)};

static struct sim_priority of(struct multifactor *m, uint32_t user, enum sim_tier tier, int64_t cpu,
                              sim_time waited)
{
    const struct multifactor_job job = {user, tier, 7, cpu, waited};
    return multifactor_of(m, &job, 32000);
}

Test(multifactor, parts_are_weights_times_factors_and_sum_up)
{
    struct multifactor *m = multifactor_create(&all, DAYS(7));
    struct sim_priority p = of(m, 0, SIM_TIER_MID, 8000, DAYS(7) / 2);
    cr_expect_eq(p.site, 7);
    cr_expect_eq(p.age, 500);
    cr_expect_eq(p.size, 25);
    cr_expect_eq(p.tier, 200);
    cr_expect_eq(p.fairshare, 10000, "nobody has used anything");
    cr_expect_eq(p.total, 7 + 500 + 25 + 200 + 10000);
    p = of(m, 0, SIM_TIER_MONITORING, 64000, DAYS(30));
    cr_expect_eq(p.age, 1000, "no more than its weight");
    cr_expect_eq(p.size, 100);
    cr_expect_eq(p.tier, 400);
    multifactor_destroy(m);
    struct multifactor_weights small = all;
    small.favour_small = true;
    m = multifactor_create(&small, DAYS(7));
    cr_expect_eq(of(m, 0, SIM_TIER_FREE, 8000, 0).size, 75);
    cr_expect_eq(of(m, 0, SIM_TIER_FREE, 64000, 0).size, 0);
    multifactor_destroy(m);
    multifactor_destroy(NULL);
}

Test(multifactor, users_rank_by_decayed_usage_and_equals_share_a_rank)
{
    struct multifactor *m = multifactor_create(&all, DAYS(7));
    multifactor_charge(m, 0, 1000, S(400), 0);
    multifactor_charge(m, 1, 1000, S(100), 0);
    multifactor_charge(m, 2, 500, S(200), 0);
    multifactor_charge(m, SIM_NONE, 1000, S(50), 0);
    multifactor_rank(m, 0);
    cr_expect_eq(of(m, SIM_NONE, 0, 0, 0).fairshare, 10000, "the least: 4 of 4");
    cr_expect_eq(of(m, 1, 0, 0, 0).fairshare, 7500);
    cr_expect_eq(of(m, 2, 0, 0, 0).fairshare, 7500, "the same 100 core seconds");
    cr_expect_eq(of(m, 0, 0, 0, 0).fairshare, 2500);
    cr_expect_eq(of(m, 9, 0, 0, 0).fairshare, 10000, "it came since");
    multifactor_charge(m, 1, 1000, S(60), DAYS(14)); /* 100 / 4 + 60 against 400 / 4. */
    multifactor_charge(m, 9, 1000, S(101), DAYS(14));
    multifactor_rank(m, DAYS(14));
    cr_expect_eq(of(m, 9, 0, 0, 0).fairshare, 2000, "5 users, the last: it used 101, user 0 100");
    cr_expect_eq(of(m, 0, 0, 0, 0).fairshare, 4000);
    cr_expect_eq(of(m, 1, 0, 0, 0).fairshare, 6000);
    multifactor_destroy(m);
}

/* ---- the scheduler --------------------------------------------------------------------------- */

static void slurm_world(struct world *w, int64_t nodes)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("slurm");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_machine(w, 0, "pool", 1000 * nodes, GIB(1), 0);
}

static struct sim_task_known *job(struct world *w, sim_time at, int64_t nodes, sim_time run,
                                  int32_t priority)
{
    struct world_task *t = world_task(w, at, run, 1000 * nodes, 0);
    t->in.u.task.known.time_limit_us = run;
    t->in.u.task.known.priority = priority;
    return &t->in.u.task.known;
}

/* Slurm's own test of its backfill scheduler: the first and the third run, the second waits. */
Test(slurm, a_job_that_delays_nobody_is_backfilled_at_the_next_interval)
{
    struct world w;
    slurm_world(&w, 32);
    job(&w, 0, 1, MINUTES(10), 10);
    job(&w, 0, 32, MINUTES(10), 5);
    job(&w, 0, 31, MINUTES(5), 1);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 2)->start_us, S(30));
    cr_expect_eq(world_result(&w, 1)->start_us, MINUTES(10));
    world_fini(&w);
    slurm_world(&w, 32); /* A minute longer than the reservation allows. */
    job(&w, 0, 1, MINUTES(10), 10);
    job(&w, 0, 32, MINUTES(10), 5);
    job(&w, 0, 31, MINUTES(11), 1);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, MINUTES(10));
    cr_expect_eq(world_result(&w, 2)->start_us, MINUTES(20));
    world_fini(&w);
}

Test(slurm, only_the_first_jobs_are_looked_at)
{
    for (int64_t looked_at = 2; looked_at <= 3; looked_at++) {
        struct world w;
        slurm_world(&w, 4);
        job(&w, 0, 2, MINUTES(60), 9);
        for (int i = 0; i < 2; i++) {
            job(&w, 0, 4, MINUTES(60), 8);
        }
        job(&w, 0, 2, MINUTES(10), 1);
        world_set(&w, "scheduler.bf.max_jobs", looked_at == 2 ? "2" : "3");
        world_run(&w, "first-fit");
        cr_expect_eq(world_result(&w, 3)->start_us, looked_at == 2 ? MINUTES(60 * 3) : S(30));
        world_fini(&w);
    }
}

Test(slurm, who_used_less_goes_first)
{
    struct world w;
    slurm_world(&w, 4);
    job(&w, 0, 4, MINUTES(60), 0);
    job(&w, MINUTES(1), 4, MINUTES(10), 0);
    job(&w, MINUTES(2), 4, MINUTES(10), 0);
    world_user(w.tasks[0], "heavy");
    world_user(w.tasks[1], "heavy");
    world_user(w.tasks[2], "light");
    world_set(&w, "scheduler.weight.fairshare", "1000");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 2)->start_us, MINUTES(60));
    cr_expect_eq(world_result(&w, 1)->start_us, MINUTES(70));
    const struct sim_priority_row *p = world_row(&w, SIM_TABLE_PRIORITIES, 0);
    cr_expect_eq(p->total, p->site + p->age + p->fairshare + p->size + p->tier);
    world_fini(&w);
}

Test(slurm, with_age_alone_an_old_job_overtakes_a_preferred_one)
{
    struct world w;
    slurm_world(&w, 4);
    job(&w, 0, 4, MINUTES(600), 0);
    job(&w, MINUTES(1), 4, MINUTES(10), 0);
    job(&w, MINUTES(590), 4, MINUTES(10), 50); /* 9.8 hours of age are worth 98. */
    world_set(&w, "scheduler.weight.age", "100");
    world_set(&w, "scheduler.max_age", "10h");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, MINUTES(600));
    world_set(&w, "scheduler.weight.age", "10");
    world_forget(&w);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 2)->start_us, MINUTES(600));
    world_fini(&w);
}
