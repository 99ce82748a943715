/* The placement network: the worked example and its explanations, worst cases, bounds, models. */
#include "quincy_example.h"

#define GB INT64_C(1000000000)

static void expect(struct quincy *q, int64_t cost, sim_machine a0, sim_machine a1, sim_machine a2,
                   sim_machine b0, sim_machine b1)
{
    const sim_machine want[] = {a0, a1, a2, b0, b1};
    for (sim_slot t = 0; t < EXAMPLE_TASKS; t++) {
        cr_expect_eq(example_place(q, t), want[t], "task %u is on %d, not on %d", t,
                     (int)example_place(q, t), (int)want[t]);
    }
    cr_expect_eq(quincy_cost(q), cost, "%ld instead of %ld", (long)quincy_cost(q), (long)cost);
}

static struct quincy_model model;
static struct quincy *waiting(int64_t of_a, int64_t of_a1, int64_t of_b)
{
    model = quincy_model_quincy;
    model.wait = example_wait;
    const int64_t waits[] = {of_a, of_a1, of_a, of_b, of_b};
    memcpy(example_waits, waits, sizeof waits);
    return example_create(&model);
}

static void run_all_but_a1(struct quincy *q)
{
    quincy_task_run(q, A0, M1, 0);
    quincy_task_run(q, A2, M2, 0);
    quincy_task_run(q, B0, M3, 0);
    quincy_task_run(q, B1, M4, 0);
}

Test(quincy, example_new_tasks_take_the_places_that_are_worth_most)
{
    struct quincy *q = waiting(20, 20, 20);
    cr_assert(quincy_solve(q, 0));
    expect(q, 30, M1, NOWHERE, M2, M3, M4);
    example_waits[A1] = 30;
    cr_assert(quincy_solve(q, 0));
    expect(q, 38, NOWHERE, M1, M2, M3, M4);
    quincy_destroy(q);
    q = waiting(12, 12, 12);
    cr_assert(quincy_solve(q, 0));
    expect(q, 22, M1, NOWHERE, M2, M3, M4);
    for (int t = 0; t < EXAMPLE_TASKS; t++) {
        example_waits[t] = 4; /* The same network again, cheaper. */
    }
    cr_assert(quincy_solve(q, 0));
    expect(q, 8, M1, NOWHERE, M2, M3, NOWHERE);
    quincy_destroy(q);
}

Test(quincy, example_a_running_task_is_evicted_beyond_a_wait_of_33_and_not_at_33)
{
    struct quincy *q = waiting(20, 20, 20);
    run_all_but_a1(q);
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    expect(q, 10, M1, NOWHERE, M2, M3, M4);
    const struct {
        int64_t wait, cost;
        bool evicts;
    } steps[] = {{32, 22, false}, {33, 23, false}, {34, 23, true}, {40, 23, true}};
    for (int i = 0; i < 4; i++) {
        example_waits[A1] = steps[i].wait;
        cr_assert(quincy_solve(q, SIM_SECONDS(5)));
        expect(q, steps[i].cost, steps[i].evicts ? NOWHERE : M1, steps[i].evicts ? M1 : NOWHERE, M2,
               M3, M4);
    }
    quincy_destroy(q);
}

Test(quincy, example_pinned_tasks_are_never_evicted)
{
    model = quincy_model_quincy;
    model.pins = true;
    model.wait = example_wait;
    example_waits[A1] = 1000;
    struct quincy *q = example_create(&model);
    run_all_but_a1(q);
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    expect(q, 1000 + 10 - 4 * 5, M1, NOWHERE, M2, M3, M4);
    quincy_destroy(q);
}

Test(quincy, example_what_a1_lacks_on_m1_is_told_to_the_unit) /* It had to wait at more than 33. */
{
    struct quincy *q = waiting(20, 20, 20);
    run_all_but_a1(q);
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    size_t n;
    const struct quincy_margin *margins = quincy_margins(q, A1, &n);
    cr_assert_eq(n, 4);
    cr_expect_eq(margins[M1].machine, M1);
    cr_expect_eq(margins[M1].via, QUINCY_MACHINE);
    cr_expect_eq(margins[M1].cost, 8);
    cr_expect_eq(margins[M1].short_by, 33 - 20);
    cr_expect_eq(margins[M2].via, QUINCY_RACK);
    cr_expect_eq(margins[M2].cost, 16);
    const struct quincy_blocker *blockers = quincy_blockers(q, A1, &n);
    cr_assert_eq(n, 3); /* M4 at 20 is no cheaper than waiting. */
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(blockers[i].limit, QUINCY_LIMIT_SLOTS);
        cr_expect_eq(blockers[i].subject, i);
    }
    cr_expect_geq(blockers[0].price, 20 - 8);
    quincy_blockers(q, A0, &n);
    cr_expect_eq(n, 0); /* It runs. */
    quincy_destroy(q);
}

Test(quincy, example_a_lost_machine_leaves_its_tasks_waiting)
{
    struct quincy *q = waiting(20, 20, 20);
    run_all_but_a1(q);
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    quincy_task_wait(q, A0, SIM_SECONDS(5));
    quincy_machine_remove(q, M1);
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    expect(q, 35, NOWHERE, NOWHERE, M2, M3, M4);
    quincy_machine_add(q, M1, &(struct quincy_machine){.rack = 0, .slots = 1});
    cr_assert(quincy_solve(q, SIM_SECONDS(5)));
    expect(q, 15, M1, NOWHERE, M2, M3, M4); /* a0 lost what it had done. */
    quincy_destroy(q);
}

Test(quincy, example_bounds_keep_a_job_from_starving)
{
    struct quincy *q = waiting(100, 100, 1);
    cr_assert(quincy_solve(q, 0));
    expect(q, 18, M1, M3, M2, NOWHERE, NOWHERE);
    quincy_job_bounds(q, 0, 1, 2);
    quincy_job_bounds(q, 1, 1, 2);
    cr_assert(quincy_solve(q, 0));
    expect(q, 101, M1, NOWHERE, M2, M3, NOWHERE);
    size_t n;
    const struct quincy_blocker *blockers = quincy_blockers(q, A1, &n);
    bool bound = false;
    for (size_t i = 0; i < n; i++) {
        bound |= blockers[i].limit == QUINCY_LIMIT_JOB && blockers[i].subject == 0;
    }
    cr_expect(bound, "M4 is free: it is the bound that keeps a1 waiting");
    quincy_destroy(q);
    q = waiting(20, 20, 20);
    quincy_job_bounds(q, 0, 1, 2);
    quincy_job_bounds(q, 1, 1, 2);
    cr_assert(quincy_solve(q, 0));
    expect(q, 30, M1, NOWHERE, M2, M3, M4);
    quincy_destroy(q);
}

Test(quincy, bounds_that_cannot_be_kept_are_told)
{
    struct quincy *q = waiting(20, 20, 20);
    quincy_job_bounds(q, 0, 3, 3);
    quincy_job_bounds(q, 1, 2, 2); /* Five tasks on four machines. */
    cr_expect_not(quincy_solve(q, 0));
    size_t n, stuck = 0;
    const struct quincy_row *rows = quincy_rows(q, &n);
    for (size_t i = 0; i < n; i++) {
        stuck += rows[i].via == QUINCY_STUCK;
    }
    cr_expect_eq(stuck, 1);
    quincy_job_bounds(q, 1, 1, 2);
    cr_expect(quincy_solve(q, 0));
    quincy_destroy(q);
}

Test(quincy, example_as_time_goes_by) /* The rules for waiting and running, not a table. */
{
    struct quincy *q = example_create(&quincy_model_quincy);
    cr_assert(quincy_solve(q, 0));
    expect(q, 30, M1, NOWHERE, M2, M3, M4);
    run_all_but_a1(q);
    const int64_t at[] = {5, 10, 30}, cost[] = {12, -5, -75};
    for (int i = 0; i < 3; i++) {
        cr_assert(quincy_solve(q, SIM_SECONDS(at[i])));
        expect(q, cost[i], M1, NOWHERE, M2, M3, M4);
    }
    size_t n;
    const struct quincy_row *rows = quincy_rows(q, &n);
    cr_expect_eq(rows[B1].place, 10);
    cr_expect_eq(rows[B1].continuation, -30);
    cr_expect_eq(rows[A1].wait, 20 + 15);
    quincy_destroy(q);
}

static int64_t way_cost(const struct quincy *q, sim_slot task, enum quincy_via via, uint32_t target)
{
    const struct quincy_ways *ways = &q->tasks[task].ways;
    for (size_t i = 0; i < ways->len; i++) {
        if (ways->at[i].via == via && ways->at[i].target == target) {
            return ways->at[i].cost;
        }
    }
    return -1;
}

Test(quincy, worst_of_a_rack_is_a_maximum_and_follows_machines_that_go) /* Known to go wrong. */
{
    struct quincy *q = quincy_create(&quincy_model_quincy, &quincy_model_quincy.defaults, false);
    for (sim_machine m = 0; m < 5; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = m / 3, .slots = 1});
    }
    /* Rack 0 holds 6 + 3 + 1 GB, rack 1 nothing; the worst machine comes neither first nor last. */
    const struct quincy_input in[] = {{0, 3 * GB}, {1, GB}, {2, 6 * GB}};
    quincy_task_add(q, 0, &(struct quincy_task){0, 0, {{0}}, in, 3}, 0);
    quincy_refresh(q, 0);
    cr_expect_eq(way_cost(q, 0, QUINCY_RACK, 0), 9);
    cr_expect_eq(way_cost(q, 0, QUINCY_RACK, 1), -1);
    cr_expect_eq(way_cost(q, 0, QUINCY_CLUSTER, 0), 20);
    const struct quincy_input both[] = {{0, GB}, {1, GB}, {2, GB}, {3, 9 * GB}, {4, 8 * GB}};
    quincy_task_add(q, 1, &(struct quincy_task){0, 0, {{0}}, both, 5}, 0);
    quincy_refresh(q, 0);
    cr_expect_eq(way_cost(q, 1, QUINCY_RACK, 0), 2 + 2 * 17);
    cr_expect_eq(way_cost(q, 1, QUINCY_RACK, 1), 9 + 2 * 3);
    cr_expect_eq(way_cost(q, 1, QUINCY_CLUSTER, 0), 2 + 2 * 17);
    quincy_machine_remove(q, 1); /* The worst; its GB still comes from the rack. */
    quincy_refresh(q, 0);
    cr_expect_eq(way_cost(q, 0, QUINCY_RACK, 0), 6 + 1);
    quincy_machine_remove(q, 3);
    quincy_machine_remove(q, 4); /* Nobody is without data any longer. */
    quincy_refresh(q, 0);
    cr_expect_eq(way_cost(q, 0, QUINCY_CLUSTER, 0), 6 + 1);
    quincy_destroy(q);
}

Test(quincy, preferred_is_who_holds_a_tenth_of_the_data)
{
    struct quincy *q = quincy_create(&quincy_model_quincy, &quincy_model_quincy.defaults, false);
    for (sim_machine m = 0; m < 4; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = m / 2, .slots = 1});
    }
    const struct quincy_input in[] = {{0, 88}, {1, 2}, {2, 9}, {2, 1}, {3, 0}};
    quincy_task_add(q, 0, &(struct quincy_task){0, 0, {{0}}, in, 5}, 0);
    quincy_refresh(q, 0);
    cr_expect_neq(way_cost(q, 0, QUINCY_MACHINE, 0), -1);
    cr_expect_eq(way_cost(q, 0, QUINCY_MACHINE, 1), -1);
    cr_expect_neq(way_cost(q, 0, QUINCY_MACHINE, 2), -1); /* 9 + 1. */
    cr_expect_eq(way_cost(q, 0, QUINCY_MACHINE, 3), -1);
    cr_expect_neq(way_cost(q, 0, QUINCY_RACK, 1), -1);
    cr_expect_eq(way_cost(q, 0, QUINCY_MACHINE, 0), 1 + 1); /* Each part is rounded up. */
    quincy_destroy(q);
}

Test(quincy, trivial_fills_slots_in_order_of_number)
{
    struct quincy *q = quincy_create(&quincy_model_trivial, &quincy_model_trivial.defaults, true);
    for (sim_machine m = 0; m < 2; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = 0, .slots = 2});
    }
    for (sim_slot t = 0; t < 5; t++) {
        quincy_task_add(q, t, &(struct quincy_task){.job = t}, 0);
    }
    cr_assert(quincy_solve(q, 0));
    cr_expect_eq(quincy_cost(q), 4 * 2 + 5);
    for (sim_slot t = 0; t < 5; t++) {
        cr_expect_eq(example_place(q, t), t == 4 ? NOWHERE : t / 2, "task %u: %d", t,
                     (int)example_place(q, t));
    }
    quincy_destroy(q);
}

Test(quincy, load_balance_spreads_over_machines) /* Not all of one solve onto the emptiest one. */
{
    const struct quincy_model *lb = &quincy_model_load_balance;
    struct quincy *q = quincy_create(lb, &lb->defaults, false);
    for (sim_machine m = 0; m < 3; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = m, .slots = 4});
    }
    for (sim_slot t = 0; t < 8; t++) {
        quincy_task_add(q, t, &(struct quincy_task){.job = 0}, 0);
    }
    quincy_task_run(q, 0, 0, 0);
    quincy_task_run(q, 1, 0, 0);
    cr_assert(quincy_solve(q, 0));
    int on[3] = {0, 0, 0};
    for (sim_slot t = 0; t < 8; t++) {
        on[example_place(q, t)]++;
    }
    cr_expect_eq(quincy_cost(q), 3 + 3 + 1); /* 0+1+2, 0+1+2, 0+1 */
    cr_expect(on[0] >= 2 && on[0] <= 3 && on[1] >= 2 && on[1] <= 3 && on[2] >= 2);
    quincy_destroy(q);
}

Test(quincy, units_that_nothing_tells_apart_do_not_swap_running_tasks) /* A useless migration. */
{
    const struct quincy_model *lb = &quincy_model_load_balance;
    struct quincy *q = quincy_create(lb, &lb->defaults, true);
    for (sim_machine m = 0; m < 4; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = 0, .slots = m < 2});
    }
    for (sim_slot t = 0; t < 2; t++) {
        quincy_task_add(q, t, &(struct quincy_task){.job = 0}, 0);
        quincy_task_run(q, t, 1 - t, 0);
    }
    /* Away from their machines by way of the cluster, and back. */
    for (uint32_t round = 0; round < 3; round++) {
        for (sim_machine m = 0; m < 4; m++) {
            const uint32_t slots = (m < 2) == (round % 2 == 0);
            quincy_machine_set(q, m, &(struct quincy_machine){.rack = 0, .slots = slots});
        }
        cr_assert(quincy_solve(q, 0));
        cr_expect_eq(example_place(q, 0), round % 2 == 0 ? 1 : 2);
        cr_expect_eq(example_place(q, 1), round % 2 == 0 ? 0 : 3);
    }
    cr_assert(quincy_solve_scratch(q, 0));
    cr_expect_eq(example_place(q, 0), 1);
    quincy_destroy(q);
}

Test(quincy, cpu_mem_offers_what_fits_and_prefers_the_least_used)
{
    const struct quincy_model *cm = &quincy_model_cpu_mem;
    struct quincy *q = quincy_create(cm, &cm->defaults, true); /* The model pins all the same. */
    const struct sim_resources capacity = {{4000, 8000}};
    quincy_machine_add(q, 0, &(struct quincy_machine){0, 9, capacity, {{3000, 2000}}});
    quincy_machine_add(q, 1, &(struct quincy_machine){0, 9, capacity, {{0, 4000}}});
    for (sim_slot t = 0; t < 6; t++) {
        quincy_task_add(q, t, &(struct quincy_task){.group = 7, .request = {{1000, 1000}}}, 0);
    }
    cr_assert(quincy_solve(q, 0));
    /* M0: 750 + 250, one fits. M1: 500, then 250 + 125 more each, four fit. */
    cr_expect_eq(quincy_cost(q), 1000 + 500 + 875 + 1250 + 1625 + 2560000);
    size_t n, on1 = 0;
    const struct quincy_row *rows = quincy_rows(q, &n);
    for (size_t i = 0; i < n; i++) {
        on1 += rows[i].machine == 1;
        cr_expect(rows[i].via == QUINCY_GROUP || rows[i].machine == NOWHERE);
    }
    cr_expect_eq(on1, 4);
    quincy_task_run(q, 0, 1, 0);
    quincy_machine_set(q, 1, &(struct quincy_machine){0, 9, capacity, {{1000, 5000}}});
    cr_assert(quincy_solve(q, 0));
    cr_expect_eq(example_place(q, 0), 1);
    cr_expect_eq(quincy_cost(q), 1000 + 875 + 1250 + 1625 + 2560000);
    quincy_destroy(q);
}
