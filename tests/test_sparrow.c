/* Distributed scheduling with probes: what is probed, whose turn comes, what the letters cost, and
 * what becomes of places when tasks or machines go. */
#include "world.h"

#define S SIM_SECONDS

static void sparrow(struct world *w, const char *mode, const char *delay)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("sparrow");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "scheduler.mode", mode);
    world_set(w, "scheduler.delay", delay);
}

static void cores(struct world *w, sim_time at, const char *name, int64_t n, const char *zone)
{
    struct world_machine *m = world_machine(w, at, name, 1000 * n, GIB(100), 0);
    if (zone != NULL) {
        world_label(m, zone);
    }
}

/* Of one core, unless the test says more. */
static struct world_task *task(struct world *w, sim_time at, sim_time length, const char *job,
                               uint32_t index, const char *zone)
{
    struct world_task *t = world_task(w, at, length, 1000, GIB(1));
    world_job(t, job, index);
    if (zone != NULL) {
        world_zone(t, zone);
    }
    return t;
}

static const struct sim_probe_row *probe(const struct world *w, size_t i)
{
    return world_row(w, SIM_TABLE_PROBES, i);
}

static size_t outcomes(const struct world *w, enum sim_probe_outcome outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < w->row_count[SIM_TABLE_PROBES]; i++) {
        n += probe(w, i)->outcome == outcome;
    }
    return n;
}

/* The row of the probe that the task won; its machine's in `machine`. */
static const struct sim_probe_row *won(const struct world *w, sim_task task)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_PROBES]; i++) {
        if (probe(w, i)->outcome == SIM_PROBE_WON && probe(w, i)->task == task) {
            return probe(w, i);
        }
    }
    cr_assert_fail("task %u won nothing", task);
    return NULL;
}

static sim_time waited_for(const struct world *w, sim_task task, enum sim_reason reason)
{
    sim_time sum = 0;
    for (size_t i = 0; i < w->row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(w, SIM_TABLE_SPANS, i);
        sum += s->task == task && s->reason == reason ? s->to_us - s->from_us : 0;
    }
    return sum;
}

/* ---- late binding ---------------------------------------------------------------------------- */

/* Machine a is busy up to 100 s, b up to 10 s, and task 2 has a place on both. */
static void two_queues(struct world *w, const char *cancellation)
{
    sparrow(w, "late-binding", "0");
    world_set(w, "scheduler.cancellation", cancellation);
    cores(w, 0, "a", 1, "east");
    cores(w, 0, "b", 1, "west");
    task(w, 0, S(100), "long", 0, "east");
    task(w, 0, S(10), "short", 0, "west");
    task(w, S(1), S(5), "job", 0, NULL);
    world_run(w, "first-fit");
}

Test(sparrow, a_task_runs_where_a_turn_comes_first)
{
    struct world w;
    two_queues(&w, "true");
    cr_expect_eq(world_result(&w, 2)->start_us, S(10));
    cr_expect_eq(world_result(&w, 2)->machine, 1);
    const struct sim_probe_row *p = won(&w, 2);
    cr_expect_eq(p->sent_us, S(1));
    cr_expect_eq(p->seen, 1, "the task that runs there");
    cr_expect_eq(p->asked_us, S(10));
    cr_expect_eq(waited_for(&w, 2, SIM_REASON_QUEUED_AT_NODE), S(9));
    const struct sim_decision_row *d = world_decision(&w, 2);
    cr_expect_eq(d->reason, SIM_REASON_PROBE_WON);
    cr_expect_eq(d->examined, 2);
    world_fini(&w);
}

Test(sparrow, a_place_without_a_task_is_cancelled_or_a_no_op)
{
    for (int cancels = 0; cancels < 2; cancels++) {
        struct world w;
        two_queues(&w, cancels ? "true" : "false");
        /* The constrained tasks are probed for twice, where there is one machine. */
        const struct sim_probe_row *last = probe(&w, w.row_count[SIM_TABLE_PROBES] - 1);
        cr_expect_eq(last->machine, 0);
        cr_expect_eq(last->task, SIM_NONE);
        cr_expect_eq(last->outcome, cancels ? SIM_PROBE_CANCELLED : SIM_PROBE_NO_OP);
        cr_expect_eq(last->ended_us, cancels ? S(10) : S(100));
        cr_expect_eq(last->asked_us, cancels ? SIM_NEVER : S(100));
        world_fini(&w);
    }
}

/* ---- what letters cost ----------------------------------------------------------------------- */

Test(sparrow, every_letter_takes_its_time_and_the_wait_says_so)
{
    static const struct {
        const char *mode;
        sim_time start, probing, queued, launching;
    } expected[] = {{"late-binding", S(3), S(1), S(1), S(1)},
                    {"batch", S(3), S(3), 0, 0},
                    {"per-task", S(3), S(3), 0, 0},
                    {"random", S(1), S(1), 0, 0}};
    for (size_t i = 0; i < 4; i++) {
        struct world w;
        sparrow(&w, expected[i].mode, "1s");
        cores(&w, 0, "a", 1, NULL);
        task(&w, 0, S(5), "job", 0, NULL);
        world_set(&w, "scheduler.ratio", "1");
        world_run(&w, "first-fit");
        const struct sim_probe_row *p = won(&w, 0);
        cr_expect_eq(world_result(&w, 0)->start_us, expected[i].start, "%s", expected[i].mode);
        cr_expect_eq(waited_for(&w, 0, SIM_REASON_PROBE_UNDER_WAY), expected[i].probing);
        cr_expect_eq(waited_for(&w, 0, SIM_REASON_QUEUED_AT_NODE), expected[i].queued);
        cr_expect_eq(waited_for(&w, 0, SIM_REASON_LAUNCH_UNDER_WAY), expected[i].launching);
        cr_expect_eq(p->arrived_us, S(1));
        cr_expect_eq(p->ended_us, expected[i].start);
        cr_expect_eq(p->ended_us - p->asked_us, i == 0 ? S(2) : 0, "held for the answer");
        world_fini(&w);
    }
}

/* Sparrow 3.6: with d probes per task of length t, machines idle for d RTT / (t + d RTT). */
Test(sparrow, machines_idle_for_a_round_trip_per_place)
{
    enum { TASKS = 10, D = 2, MACHINES = 2 };
    for (int cancels = 0; cancels < 2; cancels++) {
        struct world w;
        sparrow(&w, "late-binding", "1s");
        world_set(&w, "scheduler.cancellation", cancels ? "true" : "false");
        cores(&w, 0, "a", 1, NULL);
        cores(&w, 0, "b", 1, NULL);
        for (uint32_t i = 0; i < TASKS; i++) {
            task(&w, 0, S(20), "job", i, NULL);
        }
        world_run(&w, "first-fit");
        sim_time idle = 0, busy = 0;
        for (size_t i = 0; i < w.row_count[SIM_TABLE_PROBES]; i++) {
            const struct sim_probe_row *p = probe(&w, i);
            idle += p->asked_us != SIM_NEVER ? p->ended_us - p->asked_us : 0;
        }
        for (uint32_t i = 0; i < TASKS; i++) {
            busy += world_result(&w, i)->run_us;
        }
        const int64_t d = cancels ? 1 : D, rtt = S(2), t = S(20);
        cr_expect_eq(w.row_count[SIM_TABLE_PROBES], D * TASKS);
        cr_expect_eq(outcomes(&w, cancels ? SIM_PROBE_CANCELLED : SIM_PROBE_NO_OP),
                     (D - 1) * TASKS);
        cr_expect_eq(idle / 1000 * (t + d * rtt), (idle + busy) / 1000 * (d * rtt));
        /* One after the other, each after its round trip, on both machines. */
        cr_expect_eq(world_result(&w, TASKS - 1)->end_us, S(1) + TASKS / MACHINES * (rtt + t),
                     "%ld", (long)world_result(&w, TASKS - 1)->end_us);
        world_fini(&w);
    }
}

Test(sparrow, room_is_held_for_answers_under_way)
{
    struct world w;
    sparrow(&w, "late-binding", "1s");
    cores(&w, 0, "a", 2, NULL);
    world_set(&w, "scheduler.ratio", "1");
    for (uint32_t i = 0; i < 3; i++) {
        char job[8];
        snprintf(job, sizeof job, "j%u", i);
        task(&w, 0, S(10), job, 0, NULL);
    }
    world_run(&w, "first-fit");
    cr_expect_eq(won(&w, 0)->asked_us, S(1));
    cr_expect_eq(won(&w, 1)->asked_us, S(1));
    cr_expect_eq(won(&w, 2)->asked_us, S(13), "both cores were spoken for");
    cr_expect_eq(won(&w, 2)->seen, 2, "two answers under way");
    world_fini(&w);
}

/* Devices too: a share that is under way could end on any of them. */
Test(sparrow, devices_are_held_as_whole_ones)
{
    struct world w;
    sparrow(&w, "late-binding", "1s");
    world_set(&w, "scheduler.ratio", "1");
    world_machine(&w, 0, "a", 8000, GIB(8), 2);
    static const uint16_t milli[] = {500, 400, 300};
    for (uint32_t i = 0; i < 3; i++) {
        char job[8];
        snprintf(job, sizeof job, "j%u", i);
        world_gpu(task(&w, 0, S(10), job, 0, NULL), 1, milli[i]);
    }
    world_run(&w, "first-fit");
    cr_expect_eq(won(&w, 0)->asked_us, S(1));
    cr_expect_eq(won(&w, 1)->asked_us, S(1));
    cr_expect_eq(won(&w, 2)->asked_us, S(3), "when the two shares are where they are");
    cr_expect_eq(w.totals.invariant_violations, 0);
    world_fini(&w);
}

/* ---- the other modes ------------------------------------------------------------------------- */

/* Machine a has one task queued, b runs one, c is idle. */
static void three_lengths(struct world *w, const char *mode, uint32_t tasks)
{
    sparrow(w, mode, "0");
    world_set(w, "scheduler.ratio", "3");
    cores(w, 0, "a", 1, "east");
    cores(w, 0, "b", 1, "west");
    cores(w, 0, "c", 1, NULL);
    task(w, 0, S(100), "x", 0, "east");
    task(w, S(1), S(100), "y", 0, "east");
    task(w, 0, S(100), "z", 0, "west");
    for (uint32_t i = 0; i < tasks; i++) {
        task(w, S(2), S(5), "job", i, NULL);
    }
    world_run(w, "first-fit");
}

Test(sparrow, the_shortest_queue_at_arrival_wins)
{
    static const char *const modes[] = {"per-task", "batch"};
    for (int i = 0; i < 2; i++) {
        struct world w;
        three_lengths(&w, modes[i], 1);
        cr_expect_eq(world_result(&w, 3)->machine, 2);
        cr_expect_eq(world_result(&w, 3)->start_us, S(2));
        cr_expect_eq(won(&w, 3)->seen, 0);
        cr_expect_eq(outcomes(&w, SIM_PROBE_LONGER), 2, "of the others");
        world_fini(&w);
    }
}

/* Two tasks of a job look at the same time: alone both go to c; together the second goes to b. */
Test(sparrow, a_batch_spreads_over_its_probes_where_tasks_alone_collide)
{
    struct world w;
    three_lengths(&w, "per-task", 2);
    cr_expect_eq(world_result(&w, 3)->machine, 2);
    cr_expect_eq(world_result(&w, 4)->machine, 2);
    cr_expect_eq(world_result(&w, 4)->start_us, S(7));
    world_fini(&w);
    three_lengths(&w, "batch", 2);
    /* Six probes of three machines: c, c again behind itself, and b are 0, 1 and 1 long. */
    cr_expect_eq(world_result(&w, 3)->machine, 2);
    cr_expect_neq(world_result(&w, 4)->machine, 0);
    cr_expect_eq(won(&w, 4)->seen, 1);
    world_fini(&w);
}

Test(sparrow, random_tasks_queue_wherever_they_fall)
{
    struct world w;
    sparrow(&w, "random", "0");
    cores(&w, 0, "a", 1, NULL);
    cores(&w, 0, "b", 1, NULL);
    for (uint32_t i = 0; i < 40; i++) {
        task(&w, 0, S(1), "job", i, NULL);
    }
    world_run(&w, "first-fit");
    size_t a = 0;
    for (uint32_t i = 0; i < 40; i++) {
        a += world_result(&w, i)->machine == 0;
        cr_expect_eq(won(&w, i)->asked_us, won(&w, i)->ended_us);
    }
    cr_expect(a > 10 && a < 30 && a != 20, "%zu of 40 on the first", a);
    cr_expect_eq(world_decision(&w, 0)->reason, SIM_REASON_DRAWN);
    cr_expect_eq(world_decision(&w, 0)->examined, 1);
    world_fini(&w);
}

/* ---- whom to probe --------------------------------------------------------------------------- */

Test(sparrow, places_beyond_the_machines_are_dealt_in_turn)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    uint32_t places[3] = {0};
    for (int i = 0; i < 3; i++) {
        const char *const names[] = {"a", "b", "c"};
        cores(&w, 0, names[i], 1, NULL);
    }
    for (uint32_t i = 0; i < 4; i++) {
        task(&w, 0, S(1), "job", i, NULL);
    }
    world_run(&w, "first-fit");
    cr_assert_eq(w.row_count[SIM_TABLE_PROBES], 8);
    for (size_t i = 0; i < 8; i++) {
        places[probe(&w, i)->machine]++;
    }
    cr_expect(places[0] >= 2 && places[1] >= 2 && places[2] >= 2, "%u %u %u", places[0], places[1],
              places[2]);
    world_fini(&w);
}

Test(sparrow, the_ratio_is_rounded_up_over_the_job)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    world_set(&w, "scheduler.ratio", "1.05");
    for (int i = 0; i < 50; i++) {
        char name[8];
        snprintf(name, sizeof name, "m%d", i);
        cores(&w, 0, name, 1, NULL);
    }
    for (uint32_t i = 0; i < 21; i++) {
        task(&w, 0, S(1), "job", i, NULL);
    }
    world_run(&w, "first-fit");
    cr_expect_eq(w.row_count[SIM_TABLE_PROBES], 23, "21 x 1.05 = 22.05");
    world_fini(&w);
}

Test(sparrow, only_machines_that_suit_are_probed)
{
    static const char *const modes[] = {"late-binding", "batch", "per-task", "random"};
    for (int i = 0; i < 4; i++) {
        struct world w;
        sparrow(&w, modes[i], "0");
        world_set(&w, "scheduler.ratio.constrained", "3");
        for (int m = 0; m < 30; m++) {
            char name[8];
            snprintf(name, sizeof name, "m%d", m);
            cores(&w, 0, name, 1 + m % 2, m % 3 == 0 ? "east" : "west");
        }
        for (uint32_t k = 0; k < 5; k++) {
            task(&w, 0, S(1), "job", k, "east")->in.u.task.known.request.v[SIM_CPU] = 2000;
        }
        world_run(&w, "first-fit");
        cr_expect_eq(w.row_count[SIM_TABLE_PROBES], i == 3 ? 5 : 15, "%s", modes[i]);
        for (size_t k = 0; k < w.row_count[SIM_TABLE_PROBES]; k++) {
            const sim_machine m = probe(&w, k)->machine;
            cr_expect(m % 3 == 0 && m % 2 == 1, "%s probed m%u", modes[i], m);
        }
        cr_expect_eq(w.totals.ended, 5);
        world_fini(&w);
    }
}

Test(sparrow, a_task_that_no_machine_suits_waits_for_one)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 1, "west");
    cores(&w, S(50), "b", 1, "east");
    task(&w, 0, S(1), "job", 0, "east");
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(50));
    cr_expect_eq(waited_for(&w, 0, SIM_REASON_UNSATISFIABLE), S(50));
    world_fini(&w);
}

Test(sparrow, a_gang_is_told_that_it_cannot_start)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 4, NULL);
    for (uint32_t i = 0; i < 2; i++) {
        task(&w, 0, S(1), "gang", i, NULL)->in.u.task.known.gang = 2;
    }
    task(&w, S(5), S(1), "job", 0, NULL);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_PENDING);
    cr_expect_eq(world_result(&w, 1)->reason, SIM_REASON_GANG_UNSUPPORTED);
    cr_expect_eq(world_result(&w, 2)->start_us, S(5), "it is in nobody's way");
    world_fini(&w);
}

/* ---- whose turn it is ------------------------------------------------------------------------ */

Test(sparrow, the_machine_serves_in_its_order)
{
    static const struct {
        const char *order;
        sim_time start[3];
    } expected[] = {{"fifo", {S(10), S(11), S(12)}},
                    {"round-robin", {S(10), S(12), S(11)}},
                    {"priority", {S(11), S(12), S(10)}}};
    static const char *const modes[] = {"late-binding", "per-task", "batch", "random"};
    for (size_t i = 0; i < 12; i++) {
        struct world w;
        sparrow(&w, modes[i / 3], "0");
        world_set(&w, "scheduler.order", expected[i % 3].order);
        cores(&w, 0, "a", 1, NULL);
        task(&w, 0, S(10), "first", 0, NULL);
        world_user(task(&w, S(1), S(1), "ann1", 0, NULL), "ann");
        world_user(task(&w, S(2), S(1), "ann2", 0, NULL), "ann");
        struct world_task *bob = task(&w, S(3), S(1), "bob1", 0, NULL);
        world_user(bob, "bob");
        bob->in.u.task.known.priority = 5;
        world_run(&w, "first-fit");
        for (uint32_t k = 0; k < 3; k++) {
            cr_expect_eq(world_result(&w, k + 1)->start_us, expected[i % 3].start[k], "%s %s %u",
                         modes[i / 3], expected[i % 3].order, k);
        }
        world_fini(&w);
    }
}

Test(sparrow, a_machine_has_as_many_slots_as_requests_fit_and_nobody_overtakes)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 4, NULL);
    task(&w, 0, S(10), "two", 0, NULL)->in.u.task.known.request.v[SIM_CPU] = 2000;
    task(&w, S(1), S(5), "three", 0, NULL)->in.u.task.known.request.v[SIM_CPU] = 3000;
    task(&w, S(2), S(5), "one", 0, NULL);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    cr_expect_eq(world_result(&w, 2)->start_us, S(10), "it would have fitted at 2 s");
    world_fini(&w);
}

Test(sparrow, a_job_at_its_limit_on_the_machine_is_passed_over)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 4, NULL);
    for (uint32_t i = 0; i < 2; i++) {
        task(&w, 0, S(10), "spread", i, NULL)->in.u.task.known.max_per_machine = 1;
    }
    task(&w, S(1), S(5), "other", 0, NULL);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, 0);
    cr_expect_eq(world_result(&w, 1)->start_us, S(10));
    cr_expect_eq(world_result(&w, 2)->start_us, S(1));
    world_fini(&w);
}

/* ---- tasks and machines that go -------------------------------------------------------------- */

Test(sparrow, places_on_a_machine_that_goes_are_made_up_for)
{
    static const char *const modes[] = {"late-binding", "batch", "per-task", "random"};
    static const enum sim_input_kind ways[] = {SIM_IN_MACHINE_REMOVE, SIM_IN_MACHINE_DRAIN};
    for (int i = 0; i < 8; i++) {
        struct world w;
        sparrow(&w, modes[i / 2], "1s");
        world_set(&w, "scheduler.ratio", "1");
        cores(&w, 0, "a", 1, NULL);
        cores(&w, S(20), "b", 2, NULL);
        world_machine(&w, S(30), "a", 0, 0, 0)->in.kind = ways[i % 2];
        task(&w, 0, S(100), "long", 0, NULL);
        task(&w, S(5), S(5), "job", 0, NULL);
        world_run(&w, "first-fit");
        const struct sim_task_row *t = world_result(&w, 1);
        /* The letter of the loss, and the letters of another probe. */
        cr_expect_eq(t->start_us, i / 2 == 3 ? S(32) : S(34), "%s %d: %ld", modes[i / 2], i % 2,
                     (long)t->start_us);
        cr_expect_eq(t->machine, 1);
        cr_expect_geq(outcomes(&w, SIM_PROBE_LOST), 1);
        world_fini(&w);
    }
}

Test(sparrow, a_machine_that_goes_while_the_answer_is_under_way_gives_the_task_back)
{
    struct world w;
    sparrow(&w, "late-binding", "1s");
    cores(&w, 0, "a", 1, NULL);
    cores(&w, S(2), "b", 1, NULL);
    world_machine(&w, S(2), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    task(&w, 0, S(5), "job", 0, NULL);
    world_set(&w, "scheduler.ratio", "1");
    world_run(&w, "first-fit");
    /* Asked at 1, named at 2, back at 4 since nothing could start at 3. */
    cr_expect_eq(world_result(&w, 0)->start_us, S(7));
    cr_expect_eq(world_result(&w, 0)->machine, 1);
    cr_expect_eq(probe(&w, 0)->outcome, SIM_PROBE_LOST);
    cr_expect_eq(probe(&w, 0)->ended_us, S(3));
    world_fini(&w);
}

Test(sparrow, a_task_that_gives_up_leaves_no_work_behind)
{
    static const struct {
        sim_time cancel; /* Place and machine hear of it one letter later. */
        enum sim_probe_outcome outcome;
        sim_time ended;
    } expected[] = {{S(5), SIM_PROBE_CANCELLED, S(6)},   /* While it queues. */
                    {S(12) - 1, SIM_PROBE_NO_OP, S(14)}, /* Asked for at 11. */
                    {S(13), SIM_PROBE_NO_OP, S(14)}};    /* On its way. */
    for (size_t i = 0; i < 3; i++) {
        struct world w;
        sparrow(&w, "late-binding", "1s");
        world_set(&w, "scheduler.ratio", "1");
        cores(&w, 0, "a", 1, NULL);
        task(&w, 0, S(9), "first", 0, NULL); /* From 3 to 12. */
        task(&w, 0, S(5), "job", 0, NULL)->in.u.task.truth.cancel_us = expected[i].cancel;
        task(&w, S(1), S(5), "next", 0, NULL);
        world_run(&w, "first-fit");
        const struct sim_probe_row *p = probe(&w, 1);
        cr_expect_eq(world_result(&w, 1)->state, SIM_STATE_CANCELLED);
        cr_expect_eq(p->outcome, expected[i].outcome, "%zu: %s", i, sim_probe_name(p->outcome));
        cr_expect_eq(p->ended_us, expected[i].ended, "%zu: %ld", i, (long)p->ended_us);
        cr_expect_eq(world_result(&w, 2)->state, SIM_STATE_FINISHED);
        world_fini(&w);
    }
}

Test(sparrow, an_evicted_task_is_probed_for_again)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 1, NULL);
    world_machine(&w, S(3), "a", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    cores(&w, S(7), "a", 1, NULL);
    task(&w, 0, S(5), "job", 0, NULL);
    world_run(&w, "first-fit");
    cr_expect_eq(world_result(&w, 0)->start_us, S(7));
    cr_expect_eq(waited_for(&w, 0, SIM_REASON_MACHINES_DOWN), S(4));
    cr_expect_eq(won(&w, 0)->batch, 0);
    cr_expect_eq(probe(&w, w.row_count[SIM_TABLE_PROBES] - 1)->batch, 2, "1 found no machine");
    world_fini(&w);
}

/* ---- several schedulers ---------------------------------------------------------------------- */

Test(sparrow, schedulers_share_machines_and_nothing_else)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    world_set(&w, "schedulers.crowd.count", "3");
    uint64_t machines[3] = {0};
    for (int i = 0; i < 60; i++) {
        char name[8];
        snprintf(name, sizeof name, "m%d", i);
        cores(&w, 0, name, 1, NULL);
    }
    for (uint32_t i = 0; i < 30; i++) {
        char job[8];
        snprintf(job, sizeof job, "j%u", i);
        task(&w, S(i), S(20), job, 0, NULL);
    }
    world_run(&w, "first-fit");
    cr_expect_eq(w.totals.ended, 30);
    for (size_t i = 0; i < w.row_count[SIM_TABLE_PROBES]; i++) {
        const struct sim_probe_row *p = probe(&w, i);
        cr_assert_lt(p->scheduler, 3);
        cr_expect_eq(p->job % 3, p->scheduler, "jobs are dealt in turn");
        machines[p->scheduler] |= UINT64_C(1) << p->machine;
    }
    cr_expect(machines[0] != machines[1] && machines[1] != machines[2], "each draws for itself");
    world_fini(&w);
}

Test(sparrow, what_is_open_at_the_end_is_on_record)
{
    struct world w;
    sparrow(&w, "late-binding", "0");
    cores(&w, 0, "a", 1, NULL);
    task(&w, 0, SIM_NEVER, "service", 0, NULL);
    task(&w, S(1), S(1), "job", 0, NULL);
    world_set(&w, "scheduler.ratio", "1");
    world_run(&w, "first-fit");
    cr_assert_eq(w.row_count[SIM_TABLE_PROBES], 2);
    cr_expect_eq(probe(&w, 1)->outcome, SIM_PROBE_OPEN);
    cr_expect_eq(probe(&w, 1)->ended_us, SIM_NEVER);
    cr_expect_eq(probe(&w, 1)->seen, 1);
    world_fini(&w);
}
