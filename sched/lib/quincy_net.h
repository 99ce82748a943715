/* quincy_net.h - what quincy*.c share: which node and which arc stand for what. */
#ifndef SCHED_LIB_QUINCY_NET_H
#define SCHED_LIB_QUINCY_NET_H

#include "sched/lib/quincy.h"

/* A growing list of arc numbers. */
struct arc_list {
    uint32_t *at;
    size_t len, cap;
};
struct way {
    enum quincy_via via;
    uint32_t target;
    int64_t cost;
    uint32_t arc;
};
struct quincy_ways {
    struct way *at;
    size_t len, cap;
};

struct machine {
    bool exists, seen; /* seen: known.rack is where it is or was. */
    struct quincy_machine known;
    uint32_t node, from_rack; /* Arc. */
    uint32_t running;
    struct arc_list slots; /* Of one slot each, or a single one for all when slots cost nothing. */
};
struct rack {
    uint32_t node; /* FLOW_NONE until it has had a machine; racks stay. */
    uint32_t from_cluster;
    int64_t slots;
    sim_machine *machines; /* In order of number. */
    size_t len, cap;
};
struct job {
    bool exists;
    uint32_t node, to_sink;
    uint32_t tasks, running;
    uint32_t least, most;
    int64_t demand; /* Tasks that must wait because of `most`. */
};
struct group {
    bool exists;
    uint32_t node, tasks;
    struct sim_resources request;
    struct arc_list *room; /* By machine: an arc per task that fits. */
    size_t room_cap;
    sim_machine cursor_machine; /* Where its next unit goes, while the flow is read. */
    size_t cursor_arc;
};
struct task {
    bool exists, stale;       /* stale: the ways have to be asked for. */
    struct quincy_task known; /* inputs: a copy, sorted by machine, one each. */
    uint32_t node, to_wait;   /* FLOW_NONE where pinned. */
    struct quincy_ways ways;
    sim_machine on; /* SIM_NONE = it waits. */
    sim_time since_us, waited_us;
};

struct quincy {
    const struct quincy_model *model;
    struct quincy_params params;
    bool preempt;
    struct flow *flow;
    uint32_t sink, cluster;
    struct machine *machines;
    struct rack *racks;
    struct job *jobs;
    struct group *groups;
    struct task *tasks;
    size_t machines_cap, racks_cap, jobs_cap, groups_cap, tasks_cap;
    uint32_t machine_end, rack_end, job_end, group_end, task_end;
    uint32_t task_count, racks_in_use;
    struct quincy_ways scratch;
    /* The answer. */
    struct quincy_row *rows;
    uint32_t *targets; /* Of the way of each row. */
    size_t rows_cap, rows_len, targets_cap;
    int64_t *left;    /* Units that an aggregator sends to a machine, not given to a task yet; */
    int64_t *of_rack; /* that the cluster sends to a rack. */
    uint32_t *taken;  /* Tasks of a machine so far. */
    size_t *cursor;   /* First machine of a rack that may have some left. */
    size_t left_cap, of_rack_cap, taken_cap, cursor_cap;
    /* Why. */
    int64_t *far;    /* By node: the way to node far_to, */
    uint32_t far_to; /* after solve number far_at. */
    uint64_t far_at, solves;
    struct quincy_margin *margins;
    struct quincy_blocker *blockers;
    uint8_t *reach; /* By machine: how the task gets there. */
    size_t far_cap, margins_cap, blockers_cap, blockers_len, reach_cap;
};

/* The task runs on m from now on. If its unit got there through aggregators it goes straight there
 * now: nothing else has to move when that gets its only way. */
void quincy_settle(struct quincy *q, struct task *t, sim_machine m);
/* Brings the network up to date: ways of stale tasks, bounds of jobs, costs that depend on time. */
void quincy_refresh(struct quincy *q, sim_time now_us);
#endif
