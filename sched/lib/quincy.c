/* quincy.c - see quincy.h. What is in the network: machines, jobs, groups and tasks as they come
 * and go. Ways and costs of tasks are looked at when it is solved (quincy_solve.c). */
#include "sched/lib/quincy.h"

#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/quincy_net.h"

struct quincy *quincy_create(const struct quincy_model *model, const struct quincy_params *params,
                             bool preempt)
{
    struct quincy *q = MEM_NEW(struct quincy, 1);
    q->model = model;
    q->params = *params;
    q->preempt = preempt && !model->pins;
    q->flow = flow_create(&flow_ssp);
    q->sink = flow_node_add(q->flow, 0);
    q->cluster = flow_node_add(q->flow, 0);
    return q;
}

static void free_task(struct task *t)
{
    mem_free((void *)t->known.inputs);
    mem_free(t->ways.at);
    *t = (struct task){.exists = false};
}

static void free_group(struct group *g)
{
    for (size_t m = 0; m < g->room_cap; m++) {
        mem_free(g->room[m].at);
    }
    mem_free(g->room);
    *g = (struct group){.exists = false};
}

void quincy_destroy(struct quincy *q)
{
    if (q == NULL) {
        return;
    }
    for (uint32_t i = 0; i < q->machine_end; i++) {
        mem_free(q->machines[i].slots.at);
    }
    for (uint32_t i = 0; i < q->rack_end; i++) {
        mem_free(q->racks[i].machines);
    }
    for (uint32_t i = 0; i < q->group_end; i++) {
        free_group(&q->groups[i]);
    }
    for (uint32_t i = 0; i < q->task_end; i++) {
        free_task(&q->tasks[i]);
    }
    void *const arrays[] = {q->machines, q->racks,      q->jobs,     q->groups,
                            q->tasks,    q->scratch.at, q->rows,     q->targets,
                            q->left,     q->taken,      q->of_rack,  q->cursor,
                            q->far,      q->margins,    q->blockers, q->reach};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        mem_free(arrays[i]);
    }
    flow_destroy(q->flow);
    mem_free(q);
}

const struct flow *quincy_flow(const struct quincy *q)
{
    return q->flow;
}

const struct quincy_params *quincy_params_of(const struct quincy *q)
{
    return &q->params;
}

const struct quincy_machine *quincy_machine_at(const struct quincy *q, sim_machine m)
{
    return m < q->machine_end && q->machines[m].exists ? &q->machines[m].known : NULL;
}

uint32_t quincy_rack_of(const struct quincy *q, sim_machine m)
{
    return m < q->machine_end && q->machines[m].seen ? q->machines[m].known.rack : SIM_NONE;
}

uint32_t quincy_racks(const struct quincy *q)
{
    return q->racks_in_use;
}

uint32_t quincy_rack_machines(const struct quincy *q, uint32_t rack)
{
    return rack < q->rack_end ? (uint32_t)q->racks[rack].len : 0;
}

static struct machine *machine_at(struct quincy *q, sim_machine m)
{
    CHECK(m < q->machine_end && q->machines[m].exists);
    return &q->machines[m];
}

static struct task *task_at(struct quincy *q, sim_slot task)
{
    CHECK(task < q->task_end && q->tasks[task].exists);
    return &q->tasks[task];
}

/* ---- machines -------------------------------------------------------------------------------- */

static struct rack *rack_of(struct quincy *q, uint32_t number)
{
    MEM_GROW(q->racks, q->racks_cap, (size_t)number + 1);
    for (; q->rack_end <= number; q->rack_end++) {
        q->racks[q->rack_end].node = FLOW_NONE;
    }
    struct rack *r = &q->racks[number];
    if (r->node == FLOW_NONE) {
        r->node = flow_node_add(q->flow, 0);
        r->from_cluster = flow_arc_add(q->flow, q->cluster, r->node, 0, 0);
    }
    return r;
}

static void rack_slots(struct quincy *q, struct rack *r, int64_t change)
{
    r->slots += change;
    flow_arc_set(q->flow, r->from_cluster, r->slots, 0);
}

static void list_push(struct arc_list *list, uint32_t arc)
{
    MEM_GROW(list->at, list->cap, list->len + 1);
    list->at[list->len++] = arc;
}

/* Arcs to the sink. Those above `slots` stay with capacity 0, for later. */
static void offer_slots(struct quincy *q, struct machine *m, uint32_t slots)
{
    if (q->model->slot == NULL) {
        if (m->slots.len == 0) {
            list_push(&m->slots, flow_arc_add(q->flow, m->node, q->sink, 0, 0));
        }
        flow_arc_set(q->flow, m->slots.at[0], slots, 0);
        return;
    }
    int64_t last = INT64_MIN;
    for (uint32_t i = 0; i < slots || i < m->slots.len; i++) {
        const int64_t cost = q->model->slot(&q->params, i);
        CHECK(cost >= last);
        last = cost;
        if (i == m->slots.len) {
            list_push(&m->slots, flow_arc_add(q->flow, m->node, q->sink, 1, cost));
        }
        flow_arc_set(q->flow, m->slots.at[i], i < slots, cost);
    }
}

/* Arcs from a group to a machine, as many as it has room for. */
static void offer_room(struct quincy *q, struct group *g, sim_machine m)
{
    MEM_GROW(g->room, g->room_cap, (size_t)m + 1);
    struct arc_list *room = &g->room[m];
    int64_t cost, last = INT64_MIN;
    uint32_t i = 0;
    for (; i < q->machines[m].known.slots && q->model->group(q, &g->request, m, i, &cost); i++) {
        CHECK(cost >= last);
        last = cost;
        if (i == room->len) {
            list_push(room, flow_arc_add(q->flow, g->node, q->machines[m].node, 1, cost));
        }
        flow_arc_set(q->flow, room->at[i], 1, cost);
    }
    for (; i < room->len; i++) {
        flow_arc_set(q->flow, room->at[i], 0, flow_arc_cost(q->flow, room->at[i]));
    }
}

static void offer_room_to_all(struct quincy *q, sim_machine m)
{
    for (uint32_t g = 0; g < q->group_end; g++) {
        if (q->groups[g].exists) {
            offer_room(q, &q->groups[g], m);
        }
    }
}

/* The worst that can happen to a task depends on all machines of the racks. It is computed anew for
 * every task when one comes or goes, never patched: that is where such models go wrong. */
static void topology_changed(struct quincy *q)
{
    for (uint32_t i = 0; i < q->task_end; i++) {
        q->tasks[i].stale = true;
    }
}

void quincy_machine_add(struct quincy *q, sim_machine m, const struct quincy_machine *machine)
{
    MEM_GROW(q->machines, q->machines_cap, (size_t)m + 1);
    q->machine_end = m >= q->machine_end ? m + 1 : q->machine_end;
    struct machine *new = &q->machines[m];
    CHECK(!new->exists);
    struct rack *r = rack_of(q, machine->rack);
    *new = (struct machine){.exists = true, .seen = true, .known = *machine};
    new->node = flow_node_add(q->flow, 0);
    offer_slots(q, new, machine->slots); /* First: it leads to the sink, see flow_ssp.c. */
    new->from_rack = flow_arc_add(q->flow, r->node, new->node, machine->slots, 0);
    rack_slots(q, r, machine->slots);
    MEM_GROW(r->machines, r->cap, r->len + 1);
    size_t i = r->len++;
    for (; i > 0 && r->machines[i - 1] > m; i--) {
        r->machines[i] = r->machines[i - 1];
    }
    r->machines[i] = m;
    q->racks_in_use += r->len == 1;
    offer_room_to_all(q, m);
    topology_changed(q);
}

void quincy_machine_set(struct quincy *q, sim_machine m, const struct quincy_machine *machine)
{
    struct machine *old = machine_at(q, m);
    CHECK(old->known.rack == machine->rack);
    rack_slots(q, &q->racks[machine->rack], (int64_t)machine->slots - old->known.slots);
    old->known = *machine;
    offer_slots(q, old, machine->slots);
    flow_arc_set(q->flow, old->from_rack, machine->slots, 0);
    offer_room_to_all(q, m);
}

/* Ways end with the machine: their arcs go, and their numbers are given again. */
static void drop_ways_to(struct task *t, sim_machine m)
{
    size_t n = 0;
    for (size_t i = 0; i < t->ways.len; i++) {
        if (t->ways.at[i].via != QUINCY_MACHINE || t->ways.at[i].target != m) {
            t->ways.at[n++] = t->ways.at[i];
        }
    }
    t->ways.len = n;
}

void quincy_machine_remove(struct quincy *q, sim_machine m)
{
    struct machine *old = machine_at(q, m);
    CHECK(old->running == 0);
    struct rack *r = &q->racks[old->known.rack];
    rack_slots(q, r, -(int64_t)old->known.slots);
    size_t n = 0;
    for (size_t i = 0; i < r->len; i++) {
        if (r->machines[i] != m) {
            r->machines[n++] = r->machines[i];
        }
    }
    r->len = n;
    q->racks_in_use -= n == 0;
    for (uint32_t i = 0; i < q->task_end; i++) {
        drop_ways_to(&q->tasks[i], m);
    }
    for (uint32_t g = 0; g < q->group_end; g++) {
        if (m < q->groups[g].room_cap) {
            q->groups[g].room[m].len = 0;
        }
    }
    flow_node_remove(q->flow, old->node);
    mem_free(old->slots.at);
    *old = (struct machine){.seen = true, .known = {.rack = old->known.rack}};
    topology_changed(q);
}

/* ---- jobs and groups ------------------------------------------------------------------------- */

static struct job *job_of(struct quincy *q, uint32_t number)
{
    MEM_GROW(q->jobs, q->jobs_cap, (size_t)number + 1);
    q->job_end = number >= q->job_end ? number + 1 : q->job_end;
    struct job *j = &q->jobs[number];
    if (!j->exists) {
        *j = (struct job){.exists = true, .least = SIM_NONE, .most = SIM_NONE};
        j->node = flow_node_add(q->flow, 0);
        j->to_sink = flow_arc_add(q->flow, j->node, q->sink, 0, 0);
    }
    return j;
}

void quincy_job_bounds(struct quincy *q, uint32_t job, uint32_t least, uint32_t most)
{
    struct job *j = job_of(q, job);
    CHECK(least == SIM_NONE || least <= most);
    j->least = least;
    j->most = most;
}

void quincy_job_remove(struct quincy *q, uint32_t job)
{
    struct job *j = job_of(q, job);
    CHECK(j->tasks == 0);
    flow_node_remove(q->flow, j->node);
    j->exists = false;
}

static struct group *group_of(struct quincy *q, uint32_t number,
                              const struct sim_resources *request)
{
    MEM_GROW(q->groups, q->groups_cap, (size_t)number + 1);
    q->group_end = number >= q->group_end ? number + 1 : q->group_end;
    struct group *g = &q->groups[number];
    if (!g->exists) {
        *g = (struct group){.exists = true, .request = *request};
        g->node = flow_node_add(q->flow, 0);
        for (sim_machine m = 0; m < q->machine_end; m++) {
            if (q->machines[m].exists) {
                offer_room(q, g, m);
            }
        }
    }
    return g;
}

static void leave_group(struct quincy *q, struct group *g)
{
    if (--g->tasks == 0) {
        flow_node_remove(q->flow, g->node);
        free_group(g);
    }
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static int by_machine(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct quincy_input *x = a, *y = b;
    return (x->machine > y->machine) - (x->machine < y->machine);
}

static void copy_inputs(struct quincy_task *known)
{
    if (known->input_count == 0) {
        known->inputs = NULL;
        return;
    }
    struct quincy_input *copy = MEM_NEW(struct quincy_input, known->input_count);
    for (uint32_t i = 0; i < known->input_count; i++) {
        copy[i] = known->inputs[i];
        CHECK(copy[i].bytes >= 0);
    }
    sort_stable(copy, known->input_count, sizeof *copy, by_machine, NULL);
    uint32_t n = 0;
    for (uint32_t i = 0; i < known->input_count; i++) {
        if (n > 0 && copy[n - 1].machine == copy[i].machine) {
            copy[n - 1].bytes += copy[i].bytes;
        } else {
            copy[n++] = copy[i];
        }
    }
    known->inputs = copy;
    known->input_count = n;
}

void quincy_task_add(struct quincy *q, sim_slot task, const struct quincy_task *t, sim_time now_us)
{
    MEM_GROW(q->tasks, q->tasks_cap, (size_t)task + 1);
    q->task_end = task >= q->task_end ? task + 1 : q->task_end;
    struct task *new = &q->tasks[task];
    CHECK(!new->exists);
    *new = (struct task){.exists = true,
                         .stale = true,
                         .known = *t,
                         .node = flow_node_add(q->flow, 1),
                         .to_wait = FLOW_NONE,
                         .on = SIM_NONE,
                         .since_us = now_us};
    copy_inputs(&new->known);
    job_of(q, t->job)->tasks++;
    if (q->model->group != NULL) {
        group_of(q, t->group, &t->request)->tasks++;
    }
    q->task_count++;
}

void quincy_task_run(struct quincy *q, sim_slot task, sim_machine m, sim_time now_us)
{
    struct task *t = task_at(q, task);
    CHECK(t->on == SIM_NONE && now_us >= t->since_us);
    machine_at(q, m)->running++;
    q->jobs[t->known.job].running++;
    t->waited_us += now_us - t->since_us;
    t->since_us = now_us;
    t->on = m;
    quincy_settle(q, t, m);
    t->stale = true;
}

static void leave_machine(struct quincy *q, struct task *t)
{
    q->machines[t->on].running--;
    q->jobs[t->known.job].running--;
    t->on = SIM_NONE;
}

void quincy_task_wait(struct quincy *q, sim_slot task, sim_time now_us)
{
    struct task *t = task_at(q, task);
    CHECK(t->on != SIM_NONE && now_us >= t->since_us);
    leave_machine(q, t);
    t->since_us = now_us;
    t->stale = true;
}

void quincy_task_remove(struct quincy *q, sim_slot task)
{
    struct task *t = task_at(q, task);
    if (t->on != SIM_NONE) {
        leave_machine(q, t);
    }
    flow_node_remove(q->flow, t->node);
    q->jobs[t->known.job].tasks--;
    if (q->model->group != NULL) {
        leave_group(q, &q->groups[t->known.group]);
    }
    free_task(t);
    q->task_count--;
}
