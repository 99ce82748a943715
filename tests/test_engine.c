/* The engine on small worlds worked out by hand. */
#include "world.h"

#define S(n) SIM_SECONDS(n)

/* A scheduler that tries what must be refused before it places the first task alone. */
static sim_slot probe_tasks[2];
static size_t probe_count;
static void probe_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    (void)state, (void)ctx;
    probe_tasks[probe_count++ % 2] = task;
}
static void probe_pass(void *state, struct sim_context *ctx)
{
    (void)state;
    if (probe_count != 2) {
        return;
    }
    probe_count = 0;
    const uint64_t version = sim_context_view(ctx)->version[0];
    struct sim_op both[2] = {sim_op(SIM_OP_PLACE, probe_tasks[0], 0, 0),
                             sim_op(SIM_OP_PLACE, probe_tasks[1], 0, 0)};
    cr_assert_not(sim_commit(ctx, both, 2, SIM_ATOMIC));
    cr_expect_eq(both[0].result, SIM_REJECT_ATOMIC);
    cr_expect_eq(both[1].result, SIM_REJECT_CAPACITY);
    cr_expect_eq(sim_context_view(ctx)->free[SIM_CPU][0], 1000, "nothing was taken");
    struct sim_op stale = sim_op(SIM_OP_PLACE, probe_tasks[0], 0, 0);
    stale.version = version - 1;
    cr_assert_not(sim_commit(ctx, &stale, 1, SIM_PARTIAL));
    cr_expect_eq(stale.result, SIM_REJECT_VERSION);
    struct sim_op gone = sim_op(SIM_OP_PLACE, probe_tasks[0], 7, 0);
    cr_assert_not(sim_commit(ctx, &gone, 1, SIM_PARTIAL));
    cr_expect_eq(gone.result, SIM_REJECT_GONE);
    cr_assert_not(sim_commit(ctx, both, 2, SIM_PARTIAL));
    cr_expect_eq(both[0].result, SIM_ACCEPTED, "in part: the first one starts");
    cr_expect_eq(both[1].result, SIM_REJECT_CAPACITY);
}

Test(engine, a_task_runs_where_it_fits_and_leaves_nothing_behind)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "small", 1000, GIB(1), 0);
    world_machine(&w, 0, "big", 8000, GIB(16), 0);
    world_task(&w, S(5), S(10), 4000, GIB(2));
    world_run(&w, "best-fit");
    const struct sim_task_row *t = world_result(&w, 0);
    cr_expect_eq(t->machine, 1);
    cr_expect_eq(t->start_us, S(5));
    cr_expect_eq(t->end_us, S(15));
    cr_expect_eq(t->wait_us, 0);
    cr_expect_eq(t->state, SIM_STATE_FINISHED);
    cr_expect_eq(w.totals.used.v[SIM_CPU], 0, "all room is given back");
    const struct sim_decision_row *d = world_decision(&w, 0);
    cr_expect_eq(d->examined, 2);
    cr_expect_eq(d->feasible, 1);
    cr_expect_eq(d->reason, SIM_REASON_ONLY_FEASIBLE);
    cr_expect_eq(d->runner_up, SIM_NONE);
    world_fini(&w);
}

Test(engine, room_freed_at_an_instant_serves_the_pass_of_that_instant)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "m", 1000, GIB(1), 0);
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_task(&w, S(10), S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    cr_expect_eq(w.totals.decisions_refused, 0, "it never had to wait");
    world_fini(&w);
}

Test(engine, in_event_order_a_submission_precedes_the_end_of_its_instant)
{
    struct world w;
    world_init(&w);
    world_set(&w, "event_order", "event");
    world_machine(&w, 0, "m", 1000, GIB(1), 0);
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_task(&w, S(10), S(1), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    cr_expect_eq(w.totals.decisions_refused, 1, "first it was refused, then the end came");
    world_fini(&w);
}

Test(engine, a_wait_is_cut_into_spans_that_sum_to_it)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 2000, GIB(8), 0);
    world_machine(&w, 0, "b", 2000, GIB(8), 0);
    world_task(&w, 0, S(100), 1000, GIB(1));
    world_task(&w, 0, S(60), 1000, GIB(1));
    world_task(&w, 0, S(50), 2000, GIB(1));
    world_run(&w,
              "worst-fit"); /* Spreads: one on a, one on b, so 2000 free in sum, on no machine. */
    const struct sim_task_row *t = world_result(&w, 2);
    cr_expect_eq(t->start_us, S(60));
    cr_assert_eq(w.row_count[SIM_TABLE_SPANS], 1);
    const struct sim_span_row *s = world_row(&w, SIM_TABLE_SPANS, 0);
    cr_expect_eq(s->reason, SIM_REASON_FRAGMENTED);
    cr_expect_eq(s->dim, 1u << SIM_CPU);
    cr_expect_eq(s->to_us - s->from_us, t->wait_us);
    const struct sim_decision_row *opened = world_decision(&w, (size_t)s->opened_by);
    cr_expect_eq(opened->task, 2);
    cr_expect_eq(opened->outcome, SIM_OUTCOME_WAIT);
    world_fini(&w);
}

Test(engine, a_refusal_says_capacity_when_the_sum_is_too_small)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(10), 3000, GIB(1));
    world_task(&w, 1, S(10), 2000, GIB(1));
    world_run(&w, "best-fit");
    const struct sim_decision_row *d = world_decision(&w, 1);
    cr_expect_eq(d->reason, SIM_REASON_CAPACITY);
    cr_expect_eq(d->dim, SIM_CPU);
    const struct sim_failmask_row *f = world_row(&w, SIM_TABLE_FAILMASK, d->fm);
    cr_expect_eq(f->mask, (uint32_t)SIM_FAIL_FIT_CPU);
    cr_expect_eq(f->count, 1);
    cr_expect_eq(f->deficit[SIM_CPU], 1000);
    const struct sim_room_row *r = world_row(&w, SIM_TABLE_ROOM, 0);
    cr_expect_eq(r->requested, 2000);
    cr_expect_eq(r->sum_free, 1000);
    cr_expect_eq(r->sum_capacity, 4000);
    world_fini(&w);
}

Test(engine, what_no_machine_could_ever_hold_is_unsatisfiable)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_label(world_machine(&w, 0, "b", 64000, GIB(8), 0), "east");
    world_task(&w, 0, S(10), 8000, GIB(9));
    world_zone(world_task(&w, 0, S(10), 1000, GIB(1)), "west");
    world_run(&w, "best-fit");
    const struct sim_decision_row *d = world_decision(&w, 0);
    cr_expect_eq(d->reason, SIM_REASON_UNSATISFIABLE);
    const struct sim_failmask_row *f = world_row(&w, SIM_TABLE_FAILMASK, d->fm);
    cr_expect_eq(f[0].mask, (uint32_t)SIM_FAIL_SIZE_MEMORY, "masks come in rising order");
    cr_expect_eq(f[1].mask, (uint32_t)(SIM_FAIL_SIZE_CPU | SIM_FAIL_SIZE_MEMORY));
    cr_expect_eq(f[1].example, 0);
    cr_expect_eq(world_decision(&w, 1)->reason, SIM_REASON_UNSATISFIABLE, "no machine in the west");
    cr_expect_eq(w.totals.pending, 2);
    cr_expect_eq(w.totals.unplaced, 2);
    world_fini(&w);
}

Test(engine, tasks_of_a_removed_machine_wait_again_and_lose_their_work)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(1), 0);
    world_machine(&w, S(4), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, S(9), "a", 1000, GIB(1), 0);
    world_task(&w, 0, S(10), 500, GIB(1));
    world_run(&w, "best-fit");
    const struct sim_task_row *t = world_result(&w, 0);
    cr_expect_eq(t->episodes, 2);
    cr_expect_eq(t->lost_us, S(4));
    cr_expect_eq(t->wait_us, S(5));
    cr_expect_eq(t->end_us, S(19), "it starts from the beginning");
    const struct sim_eviction_row *e = world_row(&w, SIM_TABLE_EVICTIONS, 0);
    cr_expect_eq(e->cause, SIM_EVICT_MACHINE_DOWN);
    const struct sim_span_row *s = world_row(&w, SIM_TABLE_SPANS, 0);
    cr_expect_eq(s->reason, SIM_REASON_MACHINES_DOWN, "the wait ends with time, not never");
    cr_expect_eq(w.totals.evicted, 1);
    world_fini(&w);
}

Test(engine, a_drained_machine_keeps_its_tasks_and_takes_no_new_ones)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(1), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_DRAIN;
    world_machine(&w, S(20), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_UNDRAIN;
    world_task(&w, 0, S(10), 500, GIB(1));
    world_task(&w, S(2), S(10), 500, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->end_us, S(10));
    cr_expect_eq(world_result(&w, 1)->start_us, S(20));
    world_fini(&w);
}

Test(engine, an_update_that_shrinks_a_machine_evicts_the_last_started_first)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(5), "a", 1000, GIB(8), 0)->in.kind = SIM_IN_MACHINE_UPDATE;
    world_task(&w, 0, S(100), 1000, GIB(1));
    world_task(&w, 1, S(10), 1000, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->evictions, 0);
    cr_expect_eq(world_result(&w, 1)->evictions, 1);
    const struct sim_eviction_row *e = world_row(&w, SIM_TABLE_EVICTIONS, 0);
    cr_expect_eq(e->cause, SIM_EVICT_MACHINE_SHRUNK);
    world_fini(&w);
}

Test(engine, a_share_needs_one_device_and_whole_devices_need_free_ones)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "g", 64000, GIB(64), 2);
    world_gpu(world_task(&w, 0, S(100), 1000, GIB(1)), 1, 600);
    world_gpu(world_task(&w, 1, S(100), 1000, GIB(1)), 1, 600);
    world_gpu(world_task(&w, 2, S(10), 1000, GIB(1)), 1, 500); /* 800 free, 400 on each. */
    world_gpu(world_task(&w, 3, S(10), 1000, GIB(1)), 1, 1000);
    world_run(&w, "first-fit");
    cr_expect_eq(world_decision(&w, 2)->reason, SIM_REASON_FRAGMENTED);
    cr_expect_eq(world_decision(&w, 2)->dim, 1u << SIM_GPU);
    cr_expect_eq(world_decision(&w, 3)->reason, SIM_REASON_CAPACITY);
    const struct sim_failmask_row *f = world_row(&w, SIM_TABLE_FAILMASK, world_decision(&w, 2)->fm);
    cr_expect_eq(f->deficit[SIM_GPU], 100, "100 milli on one device are missing");
    world_fini(&w);
}

Test(engine, a_gang_starts_together_or_not_at_all)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 2000, GIB(8), 0);
    world_machine(&w, 0, "b", 2000, GIB(8), 0);
    world_task(&w, 0, S(30), 2000, GIB(1));
    for (uint32_t i = 0; i < 3; i++) {
        struct world_task *t = world_task(&w, S(1), S(10), 1000, GIB(1));
        world_job(t, "gang", i);
        t->in.u.task.known.gang = 3;
    }
    world_run(&w, "first-fit");
    for (sim_task i = 1; i <= 3; i++) {
        cr_expect_eq(world_result(&w, i)->start_us, S(30), "member %u", i);
        cr_expect_eq(world_result(&w, i)->reason,
                     i == 3 ? SIM_REASON_CAPACITY : SIM_REASON_GANG_INCOMPLETE,
                     "the third one is what the others wait for");
    }
    cr_expect_eq(w.totals.used.v[SIM_CPU], 0, "reservations are given back");
    world_fini(&w);
}

Test(engine, a_blocking_queue_is_never_overtaken_and_says_by_whom)
{
    struct world w;
    world_init(&w);
    world_set(&w, "queue.blocking", "true");
    world_machine(&w, 0, "pool", 4000, GIB(8), 0);
    world_task(&w, 0, S(10), 3000, GIB(1));
    world_task(&w, S(1), S(10), 4000, GIB(1));
    world_task(&w, S(2), S(1), 1000, GIB(1)); /* Would fit; must not pass. */
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    cr_expect_eq(world_result(&w, 2)->start_us, S(20));
    const struct sim_decision_row *d = world_decision(&w, 2);
    cr_expect_eq(d->reason, SIM_REASON_HEAD_OF_LINE);
    cr_expect_eq(d->subject, 1);
    const struct sim_ahead_row *a = world_row(&w, SIM_TABLE_AHEAD, 0);
    cr_expect_eq(a->ahead, 1);
    cr_expect_eq(a->cpu, 4000);
    world_fini(&w);
}

Test(engine, higher_priority_is_tried_first)
{
    struct world w;
    world_init(&w);
    world_set(&w, "queue.order", "priority");
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_task(&w, S(1), S(10), 1000, GIB(1))->in.u.task.known.priority = 1;
    world_task(&w, S(2), S(10), 1000, GIB(1))->in.u.task.known.priority = 9;
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 2)->start_us, S(10));
    cr_expect_eq(world_result(&w, 1)->start_us, S(20));
    world_fini(&w);
}

Test(engine, a_waiting_task_can_be_cancelled_a_running_one_is_not)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 1000, GIB(1))->in.u.task.truth.cancel_us = S(5);
    world_task(&w, S(1), S(10), 1000, GIB(1))->in.u.task.truth.cancel_us = S(5);
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_FINISHED);
    cr_expect_eq(world_result(&w, 1)->state, SIM_STATE_CANCELLED);
    cr_expect_eq(world_result(&w, 1)->wait_us, S(4));
    cr_expect_eq(w.totals.cancelled, 1);
    cr_expect_eq(w.totals.unplaced, 1);
    world_fini(&w);
}

Test(engine, a_spreading_limit_holds_per_machine)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 8000, GIB(8), 0);
    world_machine(&w, 0, "b", 8000, GIB(8), 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct world_task *t = world_task(&w, i, S(10), 1000, GIB(1));
        world_job(t, "spread", i);
        t->in.u.task.known.max_per_machine = 1;
    }
    world_run(&w, "best-fit");
    cr_expect_neq(world_result(&w, 0)->machine, world_result(&w, 1)->machine);
    cr_expect_eq(world_decision(&w, 2)->reason, SIM_REASON_SPREAD);
    cr_expect_eq(world_result(&w, 2)->start_us, S(10), "room appears when the first one ends");
    world_fini(&w);
}

Test(engine, overcommit_multiplies_capacity)
{
    struct world w;
    world_init(&w);
    world_set(&w, "cluster.overcommit.cpu", "1.5");
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 1500, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.placed, 1);
    cr_expect_eq(w.totals.capacity.v[SIM_CPU], 1500);
    world_fini(&w);
}

Test(engine, equal_refusals_of_one_instant_point_to_the_first)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_task(&w, S(1), S(1), 1000, GIB(1));
    world_task(&w, S(1), S(1), 1000, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(world_decision(&w, 1)->flags & SIM_DECISION_EQUIV, 0);
    cr_expect_eq(world_decision(&w, 2)->flags & SIM_DECISION_EQUIV, SIM_DECISION_EQUIV);
    cr_expect_eq(world_decision(&w, 2)->fm, 1, "one decision back");
    world_fini(&w);
}

Test(engine, integrals_and_waits_are_exact)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(1), 0);
    world_task(&w, S(10), S(10), 1000, GIB(1));
    world_task(&w, S(10), S(5), 500, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.first_submit_us, S(10));
    cr_expect_eq(w.totals.last_us, S(25));
    cr_expect_eq(w.totals.used_us[SIM_CPU].low, (uint64_t)(1000 * S(10) + 500 * S(5)));
    cr_expect_eq(w.totals.capacity_us[SIM_CPU].low, (uint64_t)(1000 * S(15)));
    cr_expect_eq(w.totals.wait_max_us, S(10));
    cr_expect_eq(w.totals.wait_p50_us, 0);
    cr_expect_eq(w.totals.wait_p99_us, S(10));
    cr_expect_eq(w.totals.bounded_slowdown_mean, (1.0 + 1.5) / 2);
    world_fini(&w);
}

Test(engine, a_failure_domain_is_a_label_to_constraints)
{
    struct world w;
    world_init(&w);
    static const struct sim_domain west = {{"zone", 4}, {"west", 4}};
    struct world_machine *m = world_machine(&w, 0, "a", 1000, GIB(8), 0);
    m->in.u.machine.domains = &west;
    m->in.u.machine.domain_count = 1;
    world_machine(&w, 0, "b", 8000, GIB(8), 0);
    world_zone(world_task(&w, 0, S(10), 1000, GIB(1)), "west");
    world_run(&w, "worst-fit"); /* Would prefer b. */
    cr_expect_eq(world_result(&w, 0)->machine, 0);
    world_fini(&w);
}

Test(engine, a_taint_keeps_tasks_away_that_do_not_tolerate_it)
{
    struct world w;
    world_init(&w);
    static const struct sim_taint taint = {{"gpu", 3}, {"yes", 3}, SIM_NO_SCHEDULE};
    static const struct sim_constraint tolerates = {{"gpu", 3}, SIM_OP_TOLERATES, NULL, 0, 0};
    struct world_machine *m = world_machine(&w, 0, "a", 1000, GIB(8), 0);
    m->in.u.machine.taints = &taint;
    m->in.u.machine.taint_count = 1;
    world_task(&w, 0, S(10), 500, GIB(1));
    struct world_task *t = world_task(&w, 1, S(10), 500, GIB(1));
    t->in.u.task.known.constraints = &tolerates;
    t->in.u.task.known.constraint_count = 1;
    world_run(&w, "best-fit");
    const struct sim_decision_row *d = world_decision(&w, 0);
    cr_expect_eq(d->reason, SIM_REASON_UNSATISFIABLE);
    const struct sim_failmask_row *f = world_row(&w, SIM_TABLE_FAILMASK, d->fm);
    cr_expect_eq(f->mask, (uint32_t)SIM_FAIL_TAINT);
    cr_expect_eq(world_result(&w, 1)->machine, 0);
    world_fini(&w);
}

Test(engine, a_commit_is_atomic_and_checks_versions) /* Else a gang could start in part. */
{
    struct world w;
    world_init(&w);
    static const struct sim_scheduler probe = {.abi = SIM_SCHEDULER_ABI,
                                               .name = "probe",
                                               .on_submit = probe_submit,
                                               .on_pass = probe_pass};
    w.scheduler = &probe;
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 700, GIB(1));
    world_task(&w, 0, S(10), 700, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.placed, 1);
    world_fini(&w);
}

Test(engine, a_machine_that_goes_when_no_more_tasks_come_still_takes_its_tasks_along)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_machine(&w, S(100), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, S(200), "b", 1000, GIB(8), 0);
    world_task(&w, 0, SIM_NEVER, 1000, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.evicted, 1);
    cr_expect_eq(world_result(&w, 0)->machine, 1);
    cr_expect_eq(world_result(&w, 0)->start_us, S(200));
    world_fini(&w);
}

Test(engine, evicted_tasks_queue_up_in_the_order_of_their_starts)
{
    struct world w;
    world_init(&w);
    world_set(&w, "queue.blocking", "true");
    world_machine(&w, 0, "a", 3000, GIB(8), 0);
    world_machine(&w, S(50), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, S(100), "b", 1000, GIB(8), 0);
    for (int i = 0; i < 3; i++) {
        world_task(&w, S(i), S(100), 1000, GIB(1));
    }
    world_run(&w, "first-fit");
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(world_result(&w, (sim_task)i)->start_us, S(100 + 100 * i), "task %d", i);
    }
    world_fini(&w);
}

Test(engine, a_time_to_give_up_holds_in_every_wait_and_for_a_run_of_unknown_length)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_machine(&w, S(50), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_machine(&w, 0, "b", 500, GIB(8), 0);
    world_task(&w, 0, S(500), 1000, GIB(1))->in.u.task.truth.cancel_us = S(100);
    world_task(&w, 0, SIM_NEVER, 500, GIB(1))->in.u.task.truth.cancel_us = S(100);
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_CANCELLED, "evicted at 50, gave up at 100");
    cr_expect_eq(world_result(&w, 0)->end_us, S(100));
    cr_expect_eq(world_result(&w, 1)->state, SIM_STATE_KILLED);
    cr_expect_eq(world_result(&w, 1)->end_us, S(100));
    world_fini(&w);
}

Test(engine, what_no_machine_could_hold_is_asked_again_when_machines_come)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "small", 1000, GIB(8), 0);
    world_machine(&w, S(100), "big", 8000, GIB(8), 0);
    world_task(&w, 0, S(10), 8000, GIB(1));    /* Takes all of big when it comes. */
    world_task(&w, S(1), S(10), 4000, GIB(1)); /* Then waits for room, no longer for a machine. */
    world_task(&w, S(2), S(10), 4000, GIB(1));
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(100));
    cr_expect_eq(world_result(&w, 1)->start_us, S(110));
    size_t never = 0, load = 0;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(&w, SIM_TABLE_SPANS, i);
        never += s->reason == SIM_REASON_UNSATISFIABLE && s->to_us == S(100);
        load += s->reason == SIM_REASON_CAPACITY && s->from_us == S(100) && s->to_us == S(110);
    }
    cr_expect_eq(never, 3);
    cr_expect_eq(load, 2, "both that waited on say so");
    world_fini(&w);
}

static void gang_member(struct world *w, sim_time at, uint32_t index)
{
    struct world_task *t = world_task(w, at, S(10), 1000, GIB(1));
    world_job(t, "gang", index);
    t->in.u.task.known.gang = 2;
}

Test(engine, a_gang_starts_with_as_many_as_fit_if_that_is_enough)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_machine(&w, 0, "b", 1000, GIB(8), 0);
    for (uint32_t i = 0; i < 3; i++) {
        gang_member(&w, 0, i);
    }
    gang_member(&w, S(50), 3); /* Comes late: it has nobody to wait for. */
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 1)->start_us, 0);
    cr_expect_eq(world_result(&w, 2)->start_us, S(10), "by itself, when there is room");
    cr_expect_eq(world_result(&w, 3)->start_us, S(50));
    world_fini(&w);
}

Test(engine, a_head_that_is_overtaken_by_priority_says_so)
{
    struct world w;
    world_init(&w);
    world_set(&w, "queue.blocking", "true");
    world_set(&w, "queue.order", "priority");
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(100), 4000, GIB(1));
    world_task(&w, S(1), S(100), 4000, GIB(1));
    world_task(&w, S(50), S(1000), 4000, GIB(1))->in.u.task.known.priority = 5;
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(1100));
    const struct sim_span_row *s = world_row(&w, SIM_TABLE_SPANS, 0);
    cr_expect_eq(s->reason, SIM_REASON_CAPACITY);
    cr_expect_eq(s->to_us, S(50), "until then it was the head");
    bool overtaken = false;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_SPANS]; i++) {
        s = world_row(&w, SIM_TABLE_SPANS, i);
        overtaken |= s->task == 1 && s->reason == SIM_REASON_PRIORITY && s->subject == 2 &&
                     s->from_us == S(50);
    }
    cr_expect(overtaken);
    world_fini(&w);
}
