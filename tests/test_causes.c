/* The cause of a standing refusal follows the cell, although nobody asks again. */
#include "world.h"

#define S(n) SIM_SECONDS(n)

/* The spans of a task as "REASON@seconds ...". */
static const char *labels(const struct world *w, uint32_t task, char *buf, size_t size)
{
    buf[0] = '\0';
    for (size_t i = 0; i < w->row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(w, SIM_TABLE_SPANS, i);
        const size_t at = strlen(buf);
        if (s->task == task) {
            snprintf(buf + at, size - at, "%s%s:%d@%d", at > 0 ? " " : "",
                     sim_reason_info(s->reason)->code, s->dim, (int)(s->from_us / S(1)));
        }
    }
    return buf;
}

static void run_checked(struct world *w, const char *policy)
{
    world_set(w, "check", "every-event");
    world_run(w, policy);
    cr_expect_eq(w->totals.invariant_violations, 0, "a cause is not what a diagnosis says");
}

static void three_half_full(struct world *w)
{
    static const char *const names[] = {"a", "b", "c"};
    world_init(w);
    for (int i = 0; i < 3; i++) {
        world_machine(w, 0, names[i], 4000, GIB(8), 0);
    }
    world_task(w, 0, S(100), 2000, GIB(1));
    world_task(w, 0, S(50), 2000, GIB(1));
    world_task(w, 0, S(70), 2000, GIB(1));
}

Test(causes, room_that_others_take_and_give_moves_between_capacity_and_fragmented)
{
    struct world w;
    char buf[256];
    three_half_full(&w);
    world_task(&w, S(1), S(10), 4000, GIB(1)); /* 6 cores are free, 2 on each. */
    world_task(&w, S(10), S(20), 2000, GIB(1));
    world_task(&w, S(10), S(15), 1000, GIB(1)); /* Now 3. */
    run_checked(&w, "worst-fit");
    cr_expect_str_eq(labels(&w, 3, buf, sizeof buf),
                     "FRAGMENTED:1@1 CAPACITY:0@10 FRAGMENTED:1@25");
    const struct sim_span_row *last = world_row(&w, SIM_TABLE_SPANS, 2);
    const struct sim_decision_row *d = world_decision(&w, (size_t)last->opened_by);
    cr_expect_eq(d->flags & SIM_DECISION_REVISED, SIM_DECISION_REVISED);
    cr_expect_eq(d->t_us, S(25));
    const struct sim_room_row *r = world_row(&w, SIM_TABLE_ROOM, 2);
    cr_expect_eq(r->sum_free, 4000, "with the amounts of that moment");
    world_fini(&w);
}

Test(causes, all_that_wait_for_the_same_are_told_at_once)
{
    struct world w;
    char buf[256];
    three_half_full(&w);
    world_task(&w, S(1), S(10), 4000, GIB(1));
    world_task(&w, S(2), S(10), 4000, GIB(1));
    world_task(&w, S(10), S(20), 2000, GIB(1));
    world_task(&w, S(10), S(15), 1000, GIB(1));
    run_checked(&w, "worst-fit");
    cr_expect_str_eq(labels(&w, 3, buf, sizeof buf),
                     "FRAGMENTED:1@1 CAPACITY:0@10 FRAGMENTED:1@25");
    cr_expect_str_eq(labels(&w, 4, buf, sizeof buf),
                     "FRAGMENTED:1@2 CAPACITY:0@10 FRAGMENTED:1@25");
    world_fini(&w);
}

Test(causes, a_dimension_that_runs_short_elsewhere_joins_the_label)
{
    struct world w;
    char buf[256];
    world_init(&w);
    world_label(world_machine(&w, 0, "a", 4000, GIB(8), 0), "west");
    world_label(world_machine(&w, 0, "b", 8000, GIB(3), 0), "east");
    world_zone(world_task(&w, 0, S(100), 2000, GIB(1)), "west");
    world_zone(world_task(&w, 0, S(100), 500, GIB(1)), "east");
    world_task(&w, 0, S(40), 6000, GIB(1));    /* On b: until it ends, */
    world_task(&w, S(1), S(10), 3000, GIB(3)); /* cpu is short on both. */
    run_checked(&w, "worst-fit");
    cr_expect_str_eq(labels(&w, 3, buf, sizeof buf), "FRAGMENTED:1@1 FRAGMENTED:3@40");
    world_fini(&w);
}

Test(causes, machines_that_go_and_come_are_followed)
{
    struct world w;
    char buf[256];
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, 0, "b", 1000, GIB(8), 0);
    world_machine(&w, S(10), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_DRAIN;
    world_machine(&w, S(20), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_UNDRAIN;
    world_task(&w, 0, S(30), 3000, GIB(1));
    world_task(&w, 1, S(30), 2000, GIB(1));
    run_checked(&w, "best-fit");
    cr_expect_str_eq(labels(&w, 1, buf, sizeof buf),
                     "CAPACITY:0@0 MACHINES_DOWN:0@10 CAPACITY:0@20");
    world_fini(&w);
}

Test(causes, an_update_can_make_a_request_satisfiable_in_principle)
{
    struct world w;
    char buf[256];
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, S(10), "a", 8000, GIB(8), 0)->in.kind = SIM_IN_MACHINE_UPDATE;
    world_machine(&w, S(20), "a", 4000, GIB(8), 0)->in.kind = SIM_IN_MACHINE_UPDATE;
    world_task(&w, 0, S(30), 3000, GIB(1));
    world_task(&w, 0, S(30), 6000, GIB(1));
    run_checked(&w, "best-fit");
    cr_expect_str_eq(labels(&w, 1, buf, sizeof buf),
                     "UNSATISFIABLE:0@0 CAPACITY:0@10 UNSATISFIABLE:0@20");
    world_fini(&w);
}

Test(causes, the_spreading_limit_is_a_cause_while_it_alone_is_in_the_way)
{
    struct world w;
    char buf[256];
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    for (uint32_t i = 0; i < 2; i++) {
        struct world_task *t = world_task(&w, S(i), S(60), 1000, GIB(1));
        world_job(t, "spread", i);
        t->in.u.task.known.max_per_machine = 1;
    }
    world_task(&w, S(10), S(20), 3000, GIB(1)); /* Room is in the way too, and in sum. */
    run_checked(&w, "best-fit");
    cr_expect_str_eq(labels(&w, 1, buf, sizeof buf), "SPREAD:0@1 CAPACITY:0@10 SPREAD:0@30");
    world_fini(&w);
}

Test(causes, a_head_that_is_overtaken_no_longer_waits_for_room)
{
    struct world w;
    char buf[256];
    world_init(&w);
    world_set(&w, "queue.order", "priority");
    world_set(&w, "queue.blocking", "true");
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_task(&w, 0, S(40), 3000, GIB(1));
    world_task(&w, S(1), S(10), 2000, GIB(1));
    world_task(&w, S(5), S(10), 4000, GIB(1))->in.u.task.known.priority = 9;
    run_checked(&w, "best-fit");
    cr_expect_str_eq(labels(&w, 1, buf, sizeof buf), "CAPACITY:0@1 PRIORITY:0@5 CAPACITY:0@40");
    world_fini(&w);
}

Test(causes, more_changes_than_the_log_keeps_are_no_obstacle)
{
    struct world w;
    char buf[256];
    enum { PAIRS = 2500 }; /* Each takes room, gives it back, takes it, and ends. */
    world_init(&w);
    world_machine(&w, 0, "a", 4000, GIB(8), 0);
    world_machine(&w, 0, "b", 4000, GIB(8), 0);
    for (uint32_t i = 0; i < 2 * PAIRS; i++) {
        struct world_task *t = world_task(&w, S(i / 2), S(1), 1000, GIB(1));
        char job[16];
        snprintf(job, sizeof job, "pair%u", i / 2);
        world_job(t, job, i % 2);
        t->in.u.task.known.gang = 2;
    }
    const sim_time end = S(PAIRS);
    world_task(&w, end, S(90), 2000, GIB(1));
    world_task(&w, end, S(90), 2000, GIB(1));
    world_task(&w, end, S(10), 4000, GIB(1));
    world_task(&w, end + S(10), S(20), 1000, GIB(1));
    run_checked(&w, "worst-fit");
    cr_expect_str_eq(labels(&w, 2 * PAIRS + 2, buf, sizeof buf),
                     "FRAGMENTED:1@2500 CAPACITY:0@2510 FRAGMENTED:1@2530");
    world_fini(&w);
}

Test(causes, a_flickering_cause_is_recorded_ever_more_seldom_and_ends_up_right)
{
    struct world w;
    enum { FLICKERS = 100 };
    three_half_full(&w);
    for (int i = 0; i < 3; i++) {
        w.tasks[i]->in.u.task.truth.duration_us = S(10000);
    }
    world_task(&w, S(1), S(10), 4000, GIB(1));
    for (int i = 0; i < FLICKERS; i++) { /* Each takes what makes the sum too small. */
        world_task(&w, S(10 + 10 * i), S(5), 2000, GIB(1));
        world_task(&w, S(10 + 10 * i), S(5), 1000, GIB(1));
    }
    world_task(&w, S(8000), S(1), 500, GIB(1)); /* Something happens, of no consequence. */
    run_checked(&w, "worst-fit");
    size_t spans = 0;
    const struct sim_span_row *s = NULL;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *row = world_row(&w, SIM_TABLE_SPANS, i);
        s = row->task == 3 ? row : s;
        spans += row->task == 3;
    }
    cr_expect_gt(spans, 12);
    cr_expect_lt(spans, 40, "of %d changes", 2 * FLICKERS);
    cr_expect_gt(w.totals.decisions_deferred, 0);
    cr_expect_eq(s->reason, SIM_REASON_FRAGMENTED, "as it is when the flickering is over");
    cr_expect_leq(s->from_us, S(8000));
    world_fini(&w);
}
