/* Scheduler quincy through the whole engine: the worked example with its costs, what the cell has
 * to say to a flow, gangs, moves, and time that passes while it thinks. */
#include "world.h"

#define S SIM_SECONDS
#define GB INT64_C(1000000000)

enum { A0, A1, A2, B0, B1, EXAMPLE_TASKS };
static const sim_machine M1 = 0, M2 = 1, M3 = 2, M4 = 3;

static void quincy_world(struct world *w)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("quincy");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "check", "every-event");
}

static struct world_machine *racked(struct world *w, sim_time at, const char *name,
                                    const char *rack, int64_t cpu)
{
    static struct sim_domain domains[32];
    static size_t used;
    struct world_machine *m = world_machine(w, at, name, cpu, GIB(64), 0);
    struct sim_domain *d = &domains[used++ % 32];
    *d = (struct sim_domain){{"rack", 4}, {rack, (uint32_t)strlen(rack)}};
    m->in.u.machine.domains = d;
    m->in.u.machine.domain_count = 1;
    return m;
}

static struct world_task *task_of(struct world *w, sim_time at, const char *job, uint32_t index)
{
    struct world_task *t = world_task(w, at, S(1000), 1000, GIB(1));
    world_job(t, job, index);
    return t;
}

/* ---- the worked example -----------------------------------------------------------------------
 */

/* Racks {M1, M2} and {M3, M4}, room for one task each; all data in GB. The machines come when the
 * last task does; until then they are down. */
static void example(struct world *w, const sim_time at[EXAMPLE_TASKS])
{
    static const int gb[EXAMPLE_TASKS][4] = {
        {10, 0, 0, 0}, {8, 0, 4, 0}, {0, 6, 0, 0}, {0, 0, 10, 0}, {0, 5, 0, 5}};
    static const char *const names[] = {"M1", "M2", "M3", "M4"};
    sim_time last = 0;
    quincy_world(w);
    for (uint32_t t = 0; t < EXAMPLE_TASKS; t++) {
        struct world_task *task = task_of(w, at[t], t < B0 ? "a" : "b", t < B0 ? t : t - B0);
        for (uint32_t m = 0; m < 4; m++) {
            if (gb[t][m] > 0) {
                world_data(task, names[m], gb[t][m] * GB);
            }
        }
        last = at[t] > last ? at[t] : last;
    }
    for (uint32_t m = 0; m < 4; m++) {
        racked(w, 0, names[m], m < 2 ? "R1" : "R2", 1000);
        if (last > 0) { /* Known from the beginning, as holders of data. */
            world_machine(w, 0, names[m], 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
            racked(w, last, names[m], m < 2 ? "R1" : "R2", 1000);
        }
    }
}

static const struct sim_round_row *round_at(const struct world *w, sim_time at)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_ROUNDS]; i++) {
        const struct sim_round_row *r = world_row(w, SIM_TABLE_ROUNDS, i);
        if (r->began_us == at) {
            return r;
        }
    }
    cr_assert_fail("no round begins at %ld us", (long)at);
    return NULL;
}

/* The machine on which a task (by its place in the example) starts at `at`; SIM_NONE. */
static sim_machine started(const struct world *w, const char *job, uint32_t index, sim_time at)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_DECISIONS]; i++) {
        const struct sim_decision_row *d = world_decision(w, i);
        const struct sim_task_known *k = &w->tasks[d->task]->in.u.task.known;
        if (d->t_us == at && d->outcome == SIM_OUTCOME_PLACED && k->index == index &&
            strncmp(k->job.at, job, k->job.len) == 0) {
            return d->machine;
        }
    }
    return SIM_NONE;
}

/* Tasks of job a come at 0, those of job b and the machines at `at`. */
struct variant {
    const char *name, *wait, *rate, *fair;
    sim_time a, a1, at;
    int64_t cost;
    sim_machine on[EXAMPLE_TASKS];
};

Test(quincy_rounds, the_worked_example_has_its_costs_and_its_places)
{
    const sim_machine no = SIM_NONE;
    const struct variant variants[] = {
        {"1", "20", "0", "false", 0, 0, 0, 30, {M1, no, M2, M3, M4}},
        {"2: a1 has waited", "20", "0.5", "false", S(20), 0, S(20), 38, {no, M1, M2, M3, M4}},
        {"3", "12", "0", "false", 0, 0, 0, 22, {M1, no, M2, M3, M4}},
        {"4", "4", "0", "false", 0, 0, 0, 8, {M1, no, M2, M3, no}},
        {"8: a has waited", "1", "0.5", "false", 0, 0, S(198), 18, {M1, M3, M2, no, no}},
        {"9: with shares", "1", "0.5", "true", 0, 0, S(198), 101, {M1, no, M2, M3, no}},
        {"10: with shares", "20", "0", "true", 0, 0, 0, 30, {M1, no, M2, M3, M4}},
    };
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const struct variant *v = &variants[i];
        struct world w;
        example(&w, (sim_time[]){v->a, v->a1, v->a, v->at, v->at});
        world_set(&w, "scheduler.wait", v->wait);
        world_set(&w, "scheduler.wait_rate", v->rate);
        world_set(&w, "scheduler.fair", v->fair);
        world_run(&w, "first-fit");
        cr_expect_eq(round_at(&w, v->at)->cost, v->cost, "%s: %ld", v->name,
                     (long)round_at(&w, v->at)->cost);
        for (uint32_t t = 0; t < EXAMPLE_TASKS; t++) {
            const sim_machine m = started(&w, t < B0 ? "a" : "b", t < B0 ? t : t - B0, v->at);
            cr_expect_eq(m, v->on[t], "%s: task %u on %d", v->name, t, (int)m);
        }
        world_fini(&w);
    }
}

/* All but a1 run for 5 s: it takes the place of a0 when it pays more than 8 + 20 + 5. */
static void threshold(struct world *w, const char *rate, const char *preempt)
{
    example(w, (sim_time[]){S(5), 0, S(5), S(5), S(5)});
    world_set(w, "scheduler.interval", "5s");
    world_set(w, "scheduler.wait", "20");
    world_set(w, "scheduler.wait_rate", rate);
    world_set(w, "scheduler.preempt", preempt);
    world_set(w, "until", "12s");
    world_run(w, "first-fit");
}

Test(quincy_rounds, a_task_is_evicted_when_waiting_costs_more_than_its_work_is_worth)
{
    struct world w;
    threshold(&w, "1.2", "true"); /* 20 + 1.2 x 10 */
    cr_expect_eq(round_at(&w, S(10))->cost, 22);
    cr_expect_eq(w.row_count[SIM_TABLE_EVICTIONS], 0);
    world_fini(&w);
    threshold(&w, "1.3", "true");
    cr_expect_eq(round_at(&w, S(10))->cost, 23);
    cr_expect_eq(w.row_count[SIM_TABLE_EVICTIONS], 0, "nothing moves without a gain");
    world_fini(&w);
    threshold(&w, "1.4", "true");
    cr_expect_eq(round_at(&w, S(10))->cost, 23);
    cr_expect_eq(round_at(&w, S(10))->evicted, 1);
    cr_expect_eq(started(&w, "a", 1, S(10)), M1);
    cr_assert_eq(w.row_count[SIM_TABLE_EVICTIONS], 1);
    const struct sim_eviction_row *e = world_row(&w, SIM_TABLE_EVICTIONS, 0);
    cr_expect_eq(e->cause, SIM_EVICT_PREEMPTED);
    cr_expect_eq(e->machine, M1);
    cr_expect_eq(e->lost_us, S(5));
    const struct sim_decision_row *d = world_decision(&w, (size_t)e->by_decision);
    cr_expect_eq(d->task, e->by_task);
    cr_expect_eq(d->victims, 1);
    cr_expect_eq(d->reason, SIM_REASON_LEAST_TOTAL_COST);
    world_fini(&w);
}

Test(quincy_rounds, without_preemption_nobody_is_evicted)
{
    struct world w;
    threshold(&w, "1.4", "false");
    cr_expect_eq(w.row_count[SIM_TABLE_EVICTIONS], 0);
    cr_expect_eq(started(&w, "a", 1, S(10)), SIM_NONE);
    world_fini(&w);
}

Test(quincy_rounds, a_lost_machine_leaves_its_task_waiting)
{
    struct world w;
    example(&w, (sim_time[EXAMPLE_TASKS]){0});
    world_machine(&w, S(5), "M1", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    world_set(&w, "scheduler.wait", "20");
    world_set(&w, "scheduler.wait_rate", "0");
    world_set(&w, "until", "6s");
    world_run(&w, "first-fit");
    cr_expect_eq(round_at(&w, S(5))->cost, 35);
    cr_expect_eq(w.totals.pending, 2);
    world_fini(&w);
}

/* Rounds begin when something happens: M4 is updated to what it is. */
Test(quincy_rounds, costs_follow_the_time)
{
    static const sim_time at[] = {0, S(5), S(10), S(30)};
    static const int64_t cost[] = {30, 12, -5, -75};
    struct world w;
    example(&w, (sim_time[EXAMPLE_TASKS]){0});
    for (size_t i = 1; i < 4; i++) {
        racked(&w, at[i], "M4", "R2", 1000)->in.kind = SIM_IN_MACHINE_UPDATE;
    }
    world_set(&w, "scheduler.wait", "20");
    world_set(&w, "until", "31s");
    world_run(&w, "first-fit");
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(round_at(&w, at[i])->cost, cost[i], "%ld: %ld", (long)(at[i] / S(1)),
                     (long)round_at(&w, at[i])->cost);
    }
    cr_expect_eq(w.row_count[SIM_TABLE_EVICTIONS], 0);
    world_fini(&w);
}

/* ---- what is told -----------------------------------------------------------------------------
 */

static const struct sim_flow_row *flow_row(const struct world *w, int64_t decision,
                                           enum sim_flow kind)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_FLOWS]; i++) {
        const struct sim_flow_row *row = world_row(w, SIM_TABLE_FLOWS, i);
        if (row->decision == decision && row->kind == kind) {
            return row;
        }
    }
    cr_assert_fail("decision %ld has no such row", (long)decision);
    return NULL;
}

static int64_t last_refusal(const struct world *w, sim_task task)
{
    for (size_t i = w->row_count[SIM_TABLE_DECISIONS]; i-- > 0;) {
        if (world_decision(w, i)->task == task &&
            world_decision(w, i)->outcome == SIM_OUTCOME_WAIT) {
            return (int64_t)i;
        }
    }
    cr_assert_fail("task %u was never refused", task);
    return -1;
}

Test(quincy_rounds, a_placement_says_what_it_costs_and_who_came_closest)
{
    struct world w;
    example(&w, (sim_time[EXAMPLE_TASKS]){0});
    world_set(&w, "scheduler.wait", "20");
    world_set(&w, "until", "1s");
    world_run(&w, "first-fit");
    const struct sim_decision_row *d = world_decision(&w, 3);
    cr_assert_eq(d->task, B1);
    cr_expect_eq(d->score, -10);
    cr_expect_eq(d->runner_up, M2);
    cr_expect_eq(d->margin, 12, "a2 would have to leave M2: 6 at M1, or wait");
    cr_expect_eq(d->feasible, 1, "the three before it have been started");
    const struct sim_flow_row *taken = flow_row(&w, 3, SIM_FLOW_TAKEN);
    cr_expect_eq(taken->place, 10);
    cr_expect_eq(taken->way, SIM_FLOW_WAY_MACHINE);
    /* a1 waits: M1 costs 8, 12 less than waiting, and is worth 20 to a0. */
    const int64_t wait = last_refusal(&w, A1);
    cr_expect_eq(flow_row(&w, wait, SIM_FLOW_TAKEN)->wait, 20);
    cr_expect_eq(flow_row(&w, wait, SIM_FLOW_PASSED)->machine, M1);
    cr_expect_eq(flow_row(&w, wait, SIM_FLOW_PASSED)->margin, 8, "38 - 30");
    cr_expect_eq(flow_row(&w, wait, SIM_FLOW_SLOTS)->machine, M1);
    cr_expect_eq(flow_row(&w, wait, SIM_FLOW_SLOTS)->margin, 12);
    cr_expect_eq(w.row_count[SIM_TABLE_FLOWS], 4 * 4 + 7, "three machines and three limits each");
    world_fini(&w);
}

Test(quincy_rounds, waiting_for_data_is_told_apart_from_waiting_for_room)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "near", "r1", 1000);
    racked(&w, 0, "far", "r2", 1000);
    world_data(task_of(&w, 0, "first", 0), "near", 10 * GB);
    world_data(task_of(&w, 0, "second", 0), "near", 10 * GB);
    world_set(&w, "scheduler.wait", "4");
    world_run(&w, "first-fit");
    cr_expect_eq(started(&w, "first", 0, 0), 0);
    const int64_t wait = last_refusal(&w, 1);
    cr_expect_eq(world_decision(&w, 1)->reason, SIM_REASON_OUTBID, "near is worth as much to both");
    (void)wait;
    cr_expect_eq(started(&w, "second", 0, S(34)), 1, "4 + 34 / 2 is more than moving 10 GB");
    world_fini(&w);
    quincy_world(&w);
    racked(&w, 0, "far", "r2", 1000);
    racked(&w, S(900), "near", "r1", 1000);
    world_data(task_of(&w, 0, "only", 0), "near", 10 * GB);
    world_run(&w, "first-fit");
    cr_expect_eq(world_decision(&w, 0)->reason, SIM_REASON_LOCALITY_DELAY);
    cr_expect_eq(flow_row(&w, 0, SIM_FLOW_PASSED)->margin, 20);
    cr_expect_eq(started(&w, "only", 0, S(42)), 0);
    cr_expect_eq(w.row_count[SIM_TABLE_ROUNDS], 3,
                 "at 0, at 42 s, and when near comes: no polling");
    world_fini(&w);
}

/* ---- what the cell has to say ------------------------------------------------------------------
 */

Test(quincy_rounds, what_does_not_fit_gets_the_cheapest_machine_that_has_room)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "small", "r1", 1000);
    racked(&w, 0, "large", "r1", 4000);
    world_task(&w, 0, S(10), 500, GIB(1)); /* As small as this one, two fit on small. */
    world_task(&w, 0, S(10), 500, GIB(1));
    world_task(&w, 0, S(10), 3000, GIB(1));
    world_set(&w, "scheduler.model", "trivial");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 2)->start_us, 0);
    cr_expect_eq(world_result(&w, 2)->machine, 1);
    world_fini(&w);
    quincy_world(&w);
    racked(&w, 0, "small", "r1", 1000);
    racked(&w, 0, "large", "r1", 4000);
    world_task(&w, 0, S(10), 3000, GIB(1)); /* Sent to small first. */
    world_task(&w, 0, S(10), 500, GIB(1));
    world_set(&w, "scheduler.model", "trivial");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 0)->machine, 1);
    cr_expect_eq(round_at(&w, 0)->refused, 1);
    cr_expect_eq(started(&w, "j0", 0, 0), 1);
    world_fini(&w);
}

Test(quincy_rounds, what_fits_nowhere_takes_no_place_from_others)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "m", "r1", 1000);
    world_task(&w, 0, S(10), 9000, GIB(1));
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_set(&w, "scheduler.slots", "1");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, 0);
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_PENDING);
    cr_expect_eq(world_result(&w, 0)->reason, SIM_REASON_UNSATISFIABLE);
    world_fini(&w);
}

Test(quincy_rounds, a_gang_starts_as_a_whole_or_not_at_all)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "m1", "r1", 1000);
    racked(&w, 0, "m2", "r1", 1000);
    for (uint32_t i = 0; i < 3; i++) {
        task_of(&w, 0, "gang", i)->in.u.task.known.gang = 3;
    }
    task_of(&w, 0, "single", 0);
    racked(&w, S(50), "m3", "r1", 1000);
    racked(&w, S(50), "m4", "r1", 1000);
    world_set(&w, "scheduler.model", "trivial");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 3)->start_us, 0, "the places that the gang cannot use are free");
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect_eq(world_result(&w, i)->start_us, S(50));
    }
    cr_expect_eq(world_decision(&w, (size_t)last_refusal(&w, 0))->reason,
                 SIM_REASON_GANG_INCOMPLETE);
    world_fini(&w);
}

Test(quincy_rounds, a_gang_that_the_cell_takes_in_part_does_not_start)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "m", "r1", 3000); /* As many places as the smallest fits: three. */
    for (uint32_t i = 0; i < 2; i++) {
        struct world_task *t = world_task(&w, 0, S(10), 2000, GIB(1));
        world_job(t, "gang", i);
        t->in.u.task.known.gang = 2;
    }
    world_task(&w, 0, S(20), 1000, GIB(1));
    racked(&w, S(5), "n", "r1", 2000);
    world_set(&w, "scheduler.model", "trivial");
    world_run(&w, "first-fit");
    cr_expect_eq(round_at(&w, 0)->refused, 1);
    cr_expect_eq(world_result(&w, 2)->start_us, 0);
    cr_expect_eq(world_result(&w, 0)->start_us, S(5));
    cr_expect_eq(world_result(&w, 1)->start_us, S(5));
    world_fini(&w);
}

Test(quincy_rounds, a_limit_per_machine_holds)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "m1", "r1", 4000);
    racked(&w, S(30), "m2", "r1", 4000);
    for (uint32_t i = 0; i < 2; i++) {
        task_of(&w, 0, "spread", i)->in.u.task.known.max_per_machine = 1;
    }
    world_set(&w, "scheduler.model", "trivial");
    world_run(&w, "first-fit");
    cr_expect_eq(world_decision(&w, (size_t)last_refusal(&w, 1))->reason, SIM_REASON_SPREAD);
    cr_expect_eq(world_result(&w, 1)->start_us, S(30));
    cr_expect_eq(world_result(&w, 1)->machine, 1);
    world_fini(&w);
}

/* ---- moves, and time ----------------------------------------------------------------------------
 */

Test(quincy_rounds, a_task_moves_when_that_saves_more_than_it_loses)
{
    for (int worth = 0; worth < 2; worth++) {
        struct world w;
        quincy_world(&w);
        racked(&w, 0, "near", "r1", 1000);
        racked(&w, 0, "far", "r2", 1000);
        world_data(world_task(&w, 0, S(15), 1000, GIB(1)), "near", 12 * GB);
        world_data(world_task(&w, 0, S(40), 1000, GIB(1)), "near", 10 * GB);
        world_set(&w, "scheduler.wait", "100");
        world_set(&w, "scheduler.run_rate",
                  worth ? "2" : "1"); /* 30 or 15 after 15 s; 20 to move. */
        world_run(&w, "first-fit");
        cr_expect_eq(world_result(&w, 1)->first_start_us, 0);
        cr_expect_eq(world_result(&w, 1)->machine, worth ? 1 : 0);
        cr_expect_eq(world_result(&w, 1)->end_us, worth ? S(40) : S(55));
        cr_assert_eq(w.row_count[SIM_TABLE_EVICTIONS], worth ? 0 : 1);
        if (!worth) {
            const struct sim_eviction_row *e = world_row(&w, SIM_TABLE_EVICTIONS, 0);
            cr_expect_eq(e->cause, SIM_EVICT_MOVED);
            cr_expect_eq(round_at(&w, S(15))->moved, 1);
            cr_expect_eq(world_result(&w, 1)->wait_us, 0);
        }
        world_fini(&w);
    }
}

static void thinking(struct world *w)
{
    quincy_world(w);
    racked(w, 0, "m1", "r1", 1000);
    racked(w, 0, "m2", "r1", 1000);
    world_task(w, 0, S(10), 1000, GIB(1));
    world_task(w, 0, S(10), 1000, GIB(1));
    world_set(w, "scheduler.model", "trivial");
    world_set(w, "schedulers.one.think.job", "2s");
    world_set(w, "schedulers.one.think.task", "500ms");
}

Test(quincy_rounds, what_changes_while_it_thinks_is_left_alone)
{
    struct world w;
    thinking(&w);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(3), "2 s and twice half a second");
    const struct sim_round_row *r = world_row(&w, SIM_TABLE_ROUNDS, 0);
    cr_expect_eq(r->began_us, 0);
    cr_expect_eq(r->ended_us, S(3));
    world_fini(&w);
    thinking(&w);
    world_machine(&w, S(1), "m1", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    racked(&w, S(2), "m2", "r1", 1000)->in.kind = SIM_IN_MACHINE_UPDATE;
    world_run(&w, "first-fit");
    cr_expect_eq(world_decision(&w, 0)->reason, SIM_REASON_MACHINE_CHANGED);
    cr_expect_eq(world_result(&w, 1)->start_us, S(6), "the next round begins at 3 s");
    cr_expect_eq(world_result(&w, 1)->machine, 1);
    world_fini(&w);
    thinking(&w); /* A task gives up while it is thought about. */
    w.tasks[0]->in.u.task.truth.cancel_us = S(1);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_CANCELLED);
    cr_expect_eq(world_result(&w, 1)->start_us, S(3));
    world_fini(&w);
}

Test(quincy_rounds, rounds_begin_at_most_once_per_interval)
{
    struct world w;
    quincy_world(&w);
    racked(&w, 0, "m1", "r1", 9000);
    world_task(&w, S(3), S(1), 1000, GIB(1));
    world_task(&w, S(4), S(1), 1000, GIB(1));
    world_task(&w, S(20), S(1), 1000, GIB(1));
    world_set(&w, "scheduler.interval", "10s");
    world_set(&w, "scheduler.preempt", "false");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(3));
    cr_expect_eq(world_result(&w, 1)->start_us, S(13));
    cr_expect_eq(world_result(&w, 2)->start_us, S(23));
    cr_expect_eq(world_decision(&w, 1)->outcome, SIM_OUTCOME_PLACED);
    const struct sim_span_row *s = world_row(&w, SIM_TABLE_SPANS, 0);
    cr_expect_eq(s->reason, SIM_REASON_NEXT_ROUND);
    world_fini(&w);
}
