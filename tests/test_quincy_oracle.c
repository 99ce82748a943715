/* test_quincy_oracle.c - the worked example from its files: the network that comes out of data,
 * waits, running tasks and bounds has the arcs that are listed, and each scenario its optimum.
 *
 * The files are not part of the repository: SIMCTL_SHARED names the folder that holds them. */
#include "flow_csv.h"
#include "quincy_example.h"

static const char *const tasks[] = {"a0", "a1", "a2", "b0", "b1"};

/* What the descriptions of the scenarios say. */
static const struct scenario {
    const char *name;
    int64_t wait_of_a, wait_of_a1, wait_of_b;
    bool runs, lost, bounds; /* All but a1 run for 5 s; M1 is lost; E = 1 and F = 2. */
} scenarios[] = {
    {"1", 20, 20, 20, false, false, false},  {"2", 20, 30, 20, false, false, false},
    {"3", 12, 12, 12, false, false, false},  {"4", 4, 4, 4, false, false, false},
    {"5", 20, 20, 20, true, false, false},   {"6a", 20, 32, 20, true, false, false},
    {"6b", 20, 33, 20, true, false, false},  {"6c", 20, 34, 20, true, false, false},
    {"6d", 20, 40, 20, true, false, false},  {"7", 20, 20, 20, true, true, false},
    {"8", 100, 100, 1, false, false, false}, {"9", 100, 100, 1, false, false, true},
    {"10", 20, 20, 20, false, false, true},
};

static struct quincy_model model;

static struct quincy *build(const struct scenario *s)
{
    const int64_t waits[] = {s->wait_of_a, s->wait_of_a1, s->wait_of_a, s->wait_of_b, s->wait_of_b};
    memcpy(example_waits, waits, sizeof waits);
    model = quincy_model_quincy;
    model.wait = example_wait;
    struct quincy *q = example_create(&model);
    const sim_machine on[] = {M1, NOWHERE, M2, M3, M4};
    for (sim_slot t = 0; t < EXAMPLE_TASKS && s->runs; t++) {
        if (on[t] != NOWHERE && !(s->lost && on[t] == M1)) {
            quincy_task_run(q, t, on[t], 0);
        }
    }
    for (uint32_t job = 0; job < 2 && s->bounds; job++) {
        quincy_job_bounds(q, job, 1, 2);
    }
    if (s->lost) {
        quincy_machine_remove(q, M1);
    }
    return q;
}

static uint32_t node_of(const struct quincy *q, const char *name)
{
    switch (name[0]) {
    case 'S':
        return q->sink;
    case 'X':
        return q->cluster;
    case 'U':
        return q->jobs[name[1] - 'a'].node;
    case 'M':
        return q->machines[name[1] - '1'].node;
    case 'R':
        return q->racks[name[1] - '1'].node;
    default:
        return q->tasks[(name[0] == 'b' ? 3 : 0) + name[1] - '0'].node;
    }
}

static void check_network(const struct quincy *q, const char *scenario, const struct csv *arcs,
                          const struct csv *supplies)
{
    uint32_t listed = 0;
    for (size_t i = 0; i < arcs->rows; i++) {
        char *const *row = arcs->field[i];
        if (strcmp(row[0], scenario) != 0) {
            continue;
        }
        uint32_t arc = FLOW_NONE;
        const uint32_t to = node_of(q, row[2]);
        while (flow_next_out(q->flow, node_of(q, row[1]), &arc) && flow_to(q->flow, arc) != to) {
        }
        cr_assert_neq(arc, FLOW_NONE, "%s: %s -> %s", scenario, row[1], row[2]);
        cr_expect_eq(flow_capacity(q->flow, arc), atoll(row[3]), "%s: %s -> %s", scenario, row[1],
                     row[2]);
        cr_expect_eq(flow_arc_cost(q->flow, arc), atoll(row[4]), "%s: %s -> %s costs %ld", scenario,
                     row[1], row[2], (long)flow_arc_cost(q->flow, arc));
        listed++;
    }
    cr_expect_eq(flow_arcs(q->flow), listed, "%s: %u arcs", scenario, flow_arcs(q->flow));
    for (size_t i = 0; i < supplies->rows; i++) {
        char *const *row = supplies->field[i];
        if (strcmp(row[0], scenario) == 0) {
            cr_expect_eq(flow_supply(q->flow, node_of(q, row[1])), atoll(row[2]), "%s: %s",
                         scenario, row[1]);
        }
    }
}

/* One of the names between bars is the machine; "-" is nowhere. */
static bool among(const char *names, sim_machine m)
{
    const char name[] = {m == NOWHERE ? '-' : 'M', m == NOWHERE ? '\0' : (char)('1' + m), '\0'};
    for (const char *at = names; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, name, strlen(name)) == 0) {
            return true;
        }
    }
    return false;
}

Test(quincy_oracle, every_scenario_has_its_network_and_its_optimum)
{
    static struct csv arcs, supplies, expected;
    csv_read(&arcs, "quincy/arcs.csv");
    csv_read(&supplies, "quincy/supplies.csv");
    csv_read(&expected, "quincy/scenarios.csv");
    cr_assert_eq(expected.rows, sizeof scenarios / sizeof *scenarios);
    for (size_t i = 0; i < expected.rows; i++) {
        char *const *row = expected.field[i];
        cr_assert_str_eq(row[0], scenarios[i].name);
        struct quincy *q = build(&scenarios[i]);
        cr_assert(quincy_solve(q, scenarios[i].runs ? SIM_SECONDS(5) : 0));
        check_network(q, row[0], &arcs, &supplies);
        cr_expect_eq(quincy_cost(q), atoll(row[2]), "%s: %ld", row[0], (long)quincy_cost(q));
        for (sim_slot t = 0; t < EXAMPLE_TASKS; t++) {
            cr_expect(among(row[4 + t], example_place(q, t)), "%s: %s on %d, not %s", row[0],
                      tasks[t], (int)example_place(q, t), row[4 + t]);
        }
        quincy_destroy(q);
    }
    csv_free(&arcs);
    csv_free(&supplies);
    csv_free(&expected);
}

Test(quincy_oracle, every_moment_of_the_timeline_has_its_minimum)
{
    static struct csv timeline;
    csv_read(&timeline, "quincy/timeline.csv");
    cr_assert_eq(timeline.rows, 4);
    struct quincy *q = example_create(&quincy_model_quincy);
    for (size_t i = 0; i < timeline.rows; i++) {
        const sim_time now_us = SIM_SECONDS(atoll(timeline.field[i][0]));
        cr_assert(quincy_solve(q, now_us));
        cr_expect_eq(quincy_cost(q), atoll(timeline.field[i][1]), "%s s: %ld", timeline.field[i][0],
                     (long)quincy_cost(q));
        for (sim_slot t = 0; t < EXAMPLE_TASKS; t++) {
            const sim_machine m = example_place(q, t), on = q->tasks[t].on;
            cr_expect(on == NOWHERE || on == m); /* No preemption happens. */
            if (on == NOWHERE && m != NOWHERE) {
                quincy_task_run(q, t, m, now_us);
                cr_expect(i == 0);
                quincy_solve(q, now_us);
            }
        }
    }
    quincy_destroy(q);
    csv_free(&timeline);
}
