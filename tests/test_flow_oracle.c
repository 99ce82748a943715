/* test_flow_oracle.c - published graphs and changes (Flowlessly), and the networks of the worked
 * Quincy example: every minimum must come out, from nothing and after every change.
 *
 * The files are not part of the repository: SIMCTL_SHARED names the folder that holds them. */
#include "flow_csv.h"
#include "flow_slow.h"

enum { NAMES = 64 };

/* A network whose nodes have names. */
struct named {
    struct flow *f;
    char name[NAMES][8];
    uint32_t node[NAMES];
    size_t names;
};

static uint32_t node_of(struct named *n, const char *name)
{
    for (size_t i = 0; i < n->names; i++) {
        if (strcmp(n->name[i], name) == 0) {
            return n->node[i];
        }
    }
    cr_assert(n->names < NAMES);
    snprintf(n->name[n->names], sizeof n->name[0], "%s", name);
    n->node[n->names] = flow_node_add(n->f, 0);
    return n->node[n->names++];
}

static void forget_name(struct named *n, const char *name)
{
    for (size_t i = 0; i < n->names; i++) {
        if (strcmp(n->name[i], name) == 0) {
            n->name[i][0] = '\0';
        }
    }
}

static uint32_t arc_between(const struct flow *f, uint32_t from, uint32_t to)
{
    uint32_t arc = FLOW_NONE;
    while (flow_next_out(f, from, &arc) && flow_to(f, arc) != to) {
    }
    return arc;
}

/* Columns of arcs: graph, from, to, ..., capacity, cost; of supplies: graph, node, supply. */
static void build(struct named *n, const struct flow_solver *solver, const char *graph,
                  const struct csv *arcs, int capacity, const struct csv *supplies)
{
    *n = (struct named){.f = flow_create(solver)};
    for (size_t i = 0; i < arcs->rows; i++) {
        char *const *row = arcs->field[i];
        if (strcmp(row[0], graph) == 0) {
            const uint32_t from = node_of(n, row[1]), to = node_of(n, row[2]);
            flow_arc_add(n->f, from, to, atoll(row[capacity]), atoll(row[capacity + 1]));
        }
    }
    for (size_t i = 0; i < supplies->rows; i++) {
        if (strcmp(supplies->field[i][0], graph) == 0) {
            flow_node_supply(n->f, node_of(n, supplies->field[i][1]), atoll(supplies->field[i][2]));
        }
    }
}

static void set_arc(struct named *n, char *const *row)
{
    const uint32_t from = node_of(n, row[2]), to = node_of(n, row[3]);
    const uint32_t arc = arc_between(n->f, from, to);
    const int64_t capacity = atoll(row[5]), cost = atoll(row[6]);
    if (arc == FLOW_NONE) {
        flow_arc_add(n->f, from, to, capacity, cost);
    } else { /* Removed is a capacity of 0; the published counts of arcs have it in. */
        flow_arc_set(n->f, arc, capacity, cost);
    }
}

/* Node 28 is the sink; a task is a node with a supply of 1. */
static void more_demand(struct named *n, int64_t by)
{
    const uint32_t sink = node_of(n, "28");
    flow_node_supply(n->f, sink, flow_supply(n->f, sink) - by);
}

static void apply(struct named *n, const char *change, const struct csv *changes)
{
    size_t rows = 0;
    for (size_t i = 0; i < changes->rows; i++) {
        char *const *row = changes->field[i];
        if (strcmp(row[0], change) != 0) {
            continue;
        }
        rows++;
        if (strcmp(row[1], "add_node") == 0) {
            const bool task = strncmp(row[7], "task", 4) == 0;
            flow_node_supply(n->f, node_of(n, row[2]), task);
            more_demand(n, task);
        } else if (strcmp(row[1], "remove_node") == 0) {
            const uint32_t node = node_of(n, row[2]);
            more_demand(n, -flow_supply(n->f, node));
            flow_node_remove(n->f, node);
            forget_name(n, row[2]);
        } else {
            cr_assert_str_eq(row[1], "set_arc");
            set_arc(n, row);
        }
    }
    forget_name(n, "new");
    cr_assert(rows > 0, "%s", change);
}

static void check(const struct flow *f, int64_t cost, const char *graph, const char *changes)
{
    const struct sim_wide sum = flow_cost(f);
    cr_assert(flow_is_optimal(f), "%s, %s", graph, changes);
    cr_assert_eq((int64_t)sum.low, cost, "%s, %s: %ld instead of %ld", graph, changes,
                 (long)sum.low, (long)cost);
}

/* `changes` is a list with " + " between; each one is followed by a solve. */
static void apply_each(struct named *n, const char *list, const struct csv *changes)
{
    char *copy = strdup(list), *rest = copy;
    for (char *change; strcmp(list, "-") != 0 && (change = csv_cut(&rest, '+')) != NULL;) {
        change += strspn(change, " ");
        change[strcspn(change, " ")] = '\0';
        apply(n, change, changes);
        cr_assert(flow_solve(n->f), "%s", change);
    }
    free(copy);
}

Test(flow_oracle, flowlessly_graphs_and_changes_have_their_published_minimum)
{
    static struct csv arcs, supplies, changes, expected;
    csv_read(&arcs, "flowlessly/arcs.csv");
    csv_read(&supplies, "flowlessly/supplies.csv");
    csv_read(&changes, "flowlessly/changes.csv");
    csv_read(&expected, "flowlessly/expected.csv");
    size_t done = 0;
    for (size_t i = 0; i < expected.rows; i++) {
        char *const *row = expected.field[i];
        if (strncmp(row[0], "graph_100m", 10) == 0) {
            continue; /* Their arcs are not in the file. */
        }
        for (int slow = 0; slow < 2; slow++) {
            struct named n;
            build(&n, slow ? &flow_slow : &flow_ssp, row[0], &arcs, 4, &supplies);
            cr_assert(flow_solve(n.f));
            apply_each(&n, row[1], &changes);
            check(n.f, atoll(row[4]), row[0], row[1]);
            cr_assert_eq(flow_nodes(n.f), atoll(row[2]), "%s, %s", row[0], row[1]);
            cr_assert_eq(flow_arcs(n.f), atoll(row[3]), "%s, %s", row[0], row[1]);
            cr_assert(flow_solve_scratch(n.f));
            check(n.f, atoll(row[4]), row[0], row[1]);
            flow_destroy(n.f);
        }
        done++;
    }
    cr_assert_eq(done, 21);
    csv_free(&arcs);
    csv_free(&supplies);
    csv_free(&changes);
    csv_free(&expected);
}

Test(flow_oracle, quincy_networks_have_their_minimum)
{
    static struct csv arcs, supplies, scenarios;
    csv_read(&arcs, "quincy/arcs.csv");
    csv_read(&supplies, "quincy/supplies.csv");
    csv_read(&scenarios, "quincy/scenarios.csv");
    for (size_t i = 0; i < scenarios.rows; i++) {
        struct named n;
        build(&n, &flow_ssp, scenarios.field[i][0], &arcs, 3, &supplies);
        cr_assert(flow_solve(n.f));
        check(n.f, atoll(scenarios.field[i][2]), scenarios.field[i][0], "");
        flow_destroy(n.f);
    }
    cr_assert_eq(scenarios.rows, 13);
    csv_free(&arcs);
    csv_free(&supplies);
    csv_free(&scenarios);
}
