/* Backfilling in cases worked by hand: promises of machines, tasks that outlive their estimates,
 * machines that come, and what is recorded of promises. */
#include "world.h"

#define S(n) SIM_SECONDS(n)

static void begin(struct world *w, const char *scheduler, const char *reserve)
{
    world_init(w);
    w->scheduler = sim_scheduler_find(scheduler);
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "queue.reserve", reserve);
    world_set(w, "check", "every-event");
}

static void machines(struct world *w, uint32_t n, int64_t cpu)
{
    for (uint32_t m = 0; m < n; m++) {
        char name[16];
        snprintf(name, sizeof name, "m%u", m);
        world_machine(w, 0, name, cpu, GIB(8), 0);
    }
}

/* A job of `procs` one-core tasks, or one task of that many cores. Returns its first task. */
static sim_task job(struct world *w, bool gang, int64_t at, uint32_t procs, int64_t run,
                    int64_t limit)
{
    static uint32_t number;
    const sim_task first = (sim_task)w->task_count;
    char name[24];
    snprintf(name, sizeof name, "job-%u", number++);
    for (uint32_t i = 0; i < (gang ? procs : 1); i++) {
        struct world_task *t = world_task(w, S(at), S(run), gang ? 1000 : 1000 * procs, 0);
        t->in.u.task.known.time_limit_us = S(limit);
        if (gang) {
            t->in.u.task.known.gang = procs;
            world_job(t, name, i);
        }
    }
    return first;
}

static void run(struct world *w)
{
    world_run(w, "first-fit");
    cr_assert_eq(w->totals.invariant_violations, 0);
}

/* The nth promise row about the task. */
static const struct sim_promise_row *promise(const struct world *w, sim_task task, size_t nth)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_PROMISES]; i++) {
        const struct sim_promise_row *p = world_row(w, SIM_TABLE_PROMISES, i);
        if (p->task == task && nth-- == 0) {
            return p;
        }
    }
    cr_assert_fail("task %u has no such promise", task);
    return NULL;
}

static enum sim_reason placed_because(const struct world *w, sim_task task)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_DECISIONS]; i++) {
        const struct sim_decision_row *d = world_decision(w, i);
        if (d->task == task && d->outcome == SIM_OUTCOME_PLACED) {
            return (enum sim_reason)d->reason;
        }
    }
    return SIM_REASON_NOTHING;
}

/* Four machines of one processor. At 2 machine 0 is free, the fourth job is promised 10; the sum
 * has a processor to spare, machine 0 has not. */
static void five_jobs(struct world *w)
{
    job(w, true, 0, 1, 2, 2);
    job(w, true, 0, 2, 10, 10);
    job(w, true, 0, 1, 30, 30);
    cr_assert_eq(job(w, true, 1, 2, 5, 5), 4);
    cr_assert_eq(job(w, true, 1, 1, 50, 50), 6);
}

Test(backfill, a_promise_of_machines_keeps_others_off_them)
{
    static const char *const schedulers[] = {"easy", "conservative"};
    static struct world w;
    for (size_t i = 0; i < 2; i++) {
        begin(&w, schedulers[i], "machines");
        machines(&w, 4, 1000);
        five_jobs(&w);
        run(&w);
        cr_expect_eq(world_result(&w, 4)->start_us, S(10), "%s", schedulers[i]);
        cr_expect_eq(world_result(&w, 5)->machine, 1, "%s", schedulers[i]);
        cr_expect_eq(world_result(&w, 6)->start_us, S(10), "%s", schedulers[i]);
        cr_expect_eq(world_result(&w, 6)->machine, 2, "%s", schedulers[i]);
        cr_expect_eq(placed_because(&w, 4), i == 0 ? SIM_REASON_FIRST_FIT : SIM_REASON_PLANNED);
        world_fini(&w);
        begin(&w, schedulers[i], "sums");
        machines(&w, 4, 1000);
        five_jobs(&w);
        run(&w);
        cr_expect_eq(world_result(&w, 6)->start_us, S(2), "%s", schedulers[i]);
        world_fini(&w);
    }
}

/* Two machines of four cores. The head needs three on one machine, which m0 has at 20; what is left
 * beside it there may be used for long, m1 too. */
Test(backfill, a_machine_that_is_promised_in_part_takes_long_jobs_beside_the_promise)
{
    static struct world w;
    begin(&w, "easy", "machines");
    machines(&w, 2, 4000);
    job(&w, false, 0, 3, 20, 20);                      /* m0 */
    job(&w, false, 0, 2, 30, 30);                      /* m1 */
    const sim_task head = job(&w, false, 1, 3, 5, 5);  /* m0 at 20. */
    const sim_task one = job(&w, false, 2, 1, 90, 90); /* Beside both on m0. */
    const sim_task two = job(&w, false, 3, 1, 90, 90); /* m0 is full: m1. */
    run(&w);
    cr_expect_eq(world_result(&w, head)->start_us, S(20));
    cr_expect_eq(world_result(&w, one)->start_us, S(2));
    cr_expect_eq(world_result(&w, one)->machine, 0);
    cr_expect_eq(placed_because(&w, head), SIM_REASON_FIRST_FIT);
    cr_expect_eq(placed_because(&w, one), SIM_REASON_UNPROMISED);
    cr_expect_eq(world_result(&w, two)->start_us, S(3));
    cr_expect_eq(world_result(&w, two)->machine, 1);
    cr_expect_eq(w.totals.promises.kept, 1);
    world_fini(&w);
}

Test(backfill, a_promise_says_whose_end_makes_the_room)
{
    static struct world w;
    begin(&w, "easy", "sums");
    machines(&w, 1, 4000);
    job(&w, false, 0, 2, 10, 40);
    const sim_task last = job(&w, false, 0, 2, 50, 50);
    const sim_task head = job(&w, false, 5, 4, 1, 1);
    run(&w);
    const struct sim_promise_row *p = promise(&w, head, 0);
    cr_expect_eq(p->event, SIM_PROMISE_MADE);
    cr_expect_eq(p->t_us, S(5));
    cr_expect_eq(p->start_us, S(50));
    cr_expect_eq(p->because, last);
    cr_expect_eq(p->ends, 2);
    cr_expect_eq(world_decision(&w, (size_t)p->decision)->task, head);
    cr_expect_eq(promise(&w, head, 1)->event, SIM_PROMISE_KEPT);
    cr_expect_eq(promise(&w, head, 1)->t_us, S(50));
    world_fini(&w);
}

Test(backfill, a_promise_that_is_given_up_is_dropped)
{
    static struct world w;
    begin(&w, "conservative", "sums");
    machines(&w, 1, 4000);
    job(&w, false, 0, 4, 10, 20);
    const sim_task t = job(&w, false, 1, 4, 5, 5);
    w.tasks[t]->in.u.task.truth.cancel_us = S(7);
    run(&w);
    cr_expect_eq(promise(&w, t, 1)->event, SIM_PROMISE_DROPPED);
    cr_expect_eq(w.totals.promises.dropped, 1);
    world_fini(&w);
}

/* The first job says 10 and runs 30. At 12 it may end any moment: the second one would start right
 * after now, and the third, which comes then, after that one. */
Test(backfill, a_job_that_outlives_its_estimate_is_expected_to_end_any_moment)
{
    static struct world w;
    begin(&w, "conservative", "sums");
    machines(&w, 1, 4000);
    job(&w, false, 0, 4, 30, 10);
    const sim_task second = job(&w, false, 1, 4, 10, 10);
    const sim_task third = job(&w, false, 12, 4, 5, 5);
    run(&w);
    cr_expect_eq(promise(&w, second, 0)->start_us, S(10));
    cr_expect_eq(promise(&w, second, 1)->event, SIM_PROMISE_BROKEN);
    cr_expect_eq(promise(&w, second, 1)->cause, SIM_DOUBT_OVERRUN);
    cr_expect_eq(world_result(&w, second)->start_us, S(30));
    cr_expect_eq(promise(&w, third, 0)->start_us, S(22) + 1);
    cr_expect_eq(world_result(&w, third)->start_us, S(40));
    cr_expect_eq(w.totals.promises.broken_by[SIM_DOUBT_OVERRUN], 2);
    world_fini(&w);
}

/* Two are due at 10, and there is room for one of them: the first in the queue, though the other
 * one was promised its start earlier. */
Test(backfill, of_those_due_the_first_in_the_queue_gets_what_an_overrun_leaves)
{
    static struct world w;
    begin(&w, "conservative", "sums");
    machines(&w, 1, 4000);
    job(&w, false, 0, 2, 30, 10);                    /* Outlives its estimate. */
    job(&w, false, 0, 2, 10, 15);                    /* Ends early, at 10. */
    const sim_task a = job(&w, false, 1, 2, 20, 20); /* Promised 10. */
    const sim_task b = job(&w, false, 2, 2, 20, 20); /* Promised 15, and moved to 10. */
    run(&w);
    cr_expect_eq(world_result(&w, a)->start_us, S(10));
    cr_expect_eq(world_result(&w, b)->start_us, S(30));
    world_fini(&w);
}

/* The second job needs five cores and gets no promise until the fifth comes. Made anew from
 * scratch, the plan would give it the time that the third one was promised. */
Test(backfill, no_promise_moves_later_when_a_machine_comes)
{
    static const char *const reserve[] = {"sums", "machines"};
    static struct world w;
    for (size_t i = 0; i < 2; i++) {
        begin(&w, "conservative", reserve[i]);
        machines(&w, 1, 4000);
        job(&w, false, 0, 4, 10, 10);
        const sim_task wide = job(&w, true, 1, 5, 100, 100);
        const sim_task slim = job(&w, false, 2, 2, 100, 100);
        world_machine(&w, S(5), "late", 1000, GIB(8), 0);
        run(&w);
        cr_expect_eq(world_result(&w, slim)->start_us, S(10), "%s", reserve[i]);
        cr_expect_eq(promise(&w, wide, 0)->t_us, S(5), "%s", reserve[i]);
        cr_expect_eq(promise(&w, wide, 0)->start_us, S(110), "%s", reserve[i]);
        cr_expect_eq(world_result(&w, wide)->start_us, S(110), "%s", reserve[i]);
        cr_expect_eq(w.totals.promises.later, 0, "%s", reserve[i]);
        world_fini(&w);
    }
}

static void estimated(struct world *w, const char *estimates, bool true_limits)
{
    begin(w, "easy", "sums");
    world_set(w, "estimates", estimates);
    machines(w, 1, 4000);
    for (int64_t i = 0; i < 40; i++) {
        const int64_t run_s = 1 + i * 7 % 13;
        job(w, false, i, 1 + (uint32_t)(i * 5 % 4), run_s,
            true_limits ? run_s : run_s + i * 11 % 40);
    }
    run(w);
}

Test(backfill, perfect_estimates_are_the_run_times)
{
    static struct world w[3];
    estimated(&w[0], "perfect", false);
    estimated(&w[1], "user", true);
    estimated(&w[2], "user", false);
    uint32_t differ = 0;
    for (sim_task t = 0; t < 40; t++) {
        const struct sim_task_row *row = world_result(&w[0], t);
        cr_expect_eq(row->start_us, world_result(&w[1], t)->start_us);
        cr_expect_eq(row->time_limit_us, row->run_us);
        differ += row->start_us != world_result(&w[2], t)->start_us;
    }
    cr_expect_gt(differ, 0);
    for (int i = 0; i < 3; i++) {
        world_fini(&w[i]);
    }
}
