/* The queue of the monolithic scheduler in its corners: heads that give up, gangs that leave
 * members behind, priorities within a gang. */
#include "world.h"

#define S(n) SIM_SECONDS(n)

static void run_checked(struct world *w, const char *policy)
{
    world_set(w, "check", "every-event");
    world_run(w, policy);
    cr_expect_eq(w->totals.invariant_violations, 0);
}

static struct world_task *member(struct world *w, sim_time at, uint32_t index, uint32_t least,
                                 int64_t cpu)
{
    struct world_task *t = world_task(w, at, S(10), cpu, GIB(1));
    world_job(t, "gang", index);
    t->in.u.task.known.gang = least;
    return t;
}

static enum sim_reason first_reason(const struct world *w, uint32_t task)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(w, SIM_TABLE_SPANS, i);
        if (s->task == task) {
            return (enum sim_reason)s->reason;
        }
    }
    return SIM_REASON_NOTHING;
}

Test(queue, a_class_can_be_refused_again_after_all_that_waited_gave_up)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(100), 3000, GIB(1));
    world_task(&w, S(1), S(100), 3000, GIB(1))->in.u.task.truth.cancel_us = S(5);
    world_task(&w, S(6), S(10), 3000, GIB(1)); /* The cell did not change in between. */
    run_checked(&w, "best-fit");
    cr_expect_eq(first_reason(&w, 2), SIM_REASON_CAPACITY);
    cr_expect_eq(world_result(&w, 2)->start_us, S(100));
    world_fini(&w);
}

Test(queue, the_next_head_is_asked_when_the_head_gives_up)
{
    struct world w;
    world_init(&w);
    world_set(&w, "queue.blocking", "true");
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(10), 1500, GIB(1));
    world_task(&w, 0, S(1000), 1000, GIB(1));
    world_task(&w, S(1), S(5), 2000, GIB(1))->in.u.task.truth.cancel_us = S(5);
    world_task(&w, S(2), S(5), 4000, GIB(1))->in.u.task.truth.cancel_us = S(20);
    world_task(&w, S(3), S(5), 2000, GIB(1)); /* Like the first that gave up; the head from 20. */
    world_task(&w, S(30), S(5), 100, GIB(1));
    run_checked(&w, "first-fit");
    cr_expect_eq(world_result(&w, 4)->start_us, S(20));
    cr_expect_eq(world_result(&w, 5)->start_us, S(30));
    world_fini(&w);
}

Test(queue, what_a_gang_leaves_behind_keeps_its_turn)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(10), 3000, GIB(1));
    for (uint32_t i = 0; i < 4; i++) { /* Tasks 1 to 4. */
        member(&w, 0, i, 3, 1000)->in.u.task.truth.duration_us = S(100);
    }
    world_task(&w, S(1), S(300), 1000, GIB(1)); /* Takes the last core. */
    world_task(&w, S(2), S(500), 1000, GIB(1));
    run_checked(&w, "first-fit"); /* At 10 tasks 1 to 3 start, at 110 there is room for two. */
    cr_expect_eq(world_result(&w, 4)->start_us, S(110));
    cr_expect_eq(world_result(&w, 6)->start_us, S(110));
    world_fini(&w);
}

Test(queue, a_member_that_is_left_behind_is_told_why)
{
    struct world w;
    static const int64_t cpu[] = {3000, 1000, 1000};
    world_init(&w);
    world_machine(&w, 0, "a", 2000, GIB(8), 0);
    for (uint32_t i = 0; i < 3; i++) {
        member(&w, S(1), i, 2, cpu[i]);
    }
    run_checked(&w, "first-fit");
    cr_expect_eq(w.totals.placed, 2);
    cr_expect_eq(first_reason(&w, 0), SIM_REASON_UNSATISFIABLE);
    world_fini(&w);
}

Test(queue, members_of_a_gang_may_differ_in_priority)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    member(&w, 0, 0, 2, 1000);
    member(&w, 0, 1, 2, 1000)->in.u.task.known.priority = 1;
    run_checked(&w, "first-fit");
    cr_expect_eq(w.totals.ended, 2);
    world_fini(&w);
}

Test(queue, a_gang_is_tried_again_without_the_member_that_gave_up)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    member(&w, 0, 0, 2, 4000)->in.u.task.truth.cancel_us = S(10);
    member(&w, 0, 1, 2, 2000);
    member(&w, 0, 2, 2, 2000);
    world_task(&w, S(100), S(1), 0, 0);
    run_checked(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    world_fini(&w);
}

Test(queue, a_wait_that_was_not_given_up_does_not_keep_the_clock_running)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(10), 4000, GIB(8))->in.u.task.truth.cancel_us = S(1000);
    run_checked(&w, "first-fit");
    cr_expect_eq(w.totals.last_us, S(10));
    cr_expect_eq(w.totals.capacity_us[SIM_CPU].low, (uint64_t)(4000 * S(10)));
    world_fini(&w);
}

Test(queue, totals_that_int64_cannot_hold_are_refused)
{
    struct world w;
    struct sim_diag diag = {0};
    world_init(&w);
    world_machine(&w, 0, "a", INT64_C(1) << 60, GIB(8), 0);
    world_current = &w;
    w.policy = sim_policy_find("first-fit");
    const struct sim_run_args args = {.cluster = &world_format,
                                      .trace = &world_format,
                                      .cluster_path = "world",
                                      .trace_path = "world",
                                      .policy = w.policy,
                                      .scheduler = w.scheduler,
                                      .settings = w.settings};
    struct sim_run *run = sim_run_create(&args, &diag);
    cr_expect_null(run);
    cr_expect_eq(diag.err, SIM_ERR_RANGE);
    sim_run_destroy(run);
    world_fini(&w);
}
