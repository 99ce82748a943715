/* rounds_state.h - what rounds*.c share. */
#ifndef SCHED_LIB_ROUNDS_STATE_H
#define SCHED_LIB_ROUNDS_STATE_H

#include "base/map.h"
#include "sched/lib/rounds.h"

struct entry { /* A task, by slot. */
    bool here, in_net;
    uint8_t told; /* enum sim_reason: what it waited for at the last look; 0 = nothing yet. */
    sim_task id;
    uint32_t job; /* Index. */
    const struct sim_class *cls;
    sim_machine on;     /* SIM_NONE = it waits. */
    sim_time since_us;  /* It runs or waits; */
    sim_time waited_us; /* before that it had waited so long in its life. */
};
struct crew { /* A job. */
    uint32_t id, tasks, waiting, gang;
    bool started, barred; /* barred: the gang cannot start in this round. */
};
struct plan { /* What the flow says about one task. */
    sim_slot task;
    sim_task id;
    sim_machine from, to;              /* SIM_NONE = waits. */
    enum sim_reason reason;            /* Of a wait. */
    int64_t score, margin, wait, next; /* wait, next: as in struct quincy_bid. */
    sim_machine runner_up;
    uint64_t way_out;
    uint32_t row;     /* In quincy_rows, */
    size_t why;       /* first row in rounds->why, */
    uint32_t why_len; /* and how many. */
    bool gang, done, misfit, changed;
};
struct answer { /* About a class, at one time. */
    uint64_t at;
    struct sim_survey survey;
};

struct rounds {
    struct rounds_args args;
    struct quincy *q;
    struct entry *tasks;
    struct crew *jobs;
    struct map_u64 *job_of; /* Name id -> index. */
    uint32_t *spare_jobs;
    size_t tasks_cap, jobs_cap, spare_cap, spare_len;
    uint32_t task_end, job_end, waiting, running;
    struct map_u64 *rack_of; /* Label value -> number, from 1; 0 = no label. */
    uint32_t racks;
    struct quincy_input *inputs; /* Scratch. */
    struct answer *answers;      /* By class id. */
    uint64_t answer_time;        /* Older answers do not count. */
    uint32_t *shares;            /* Scratch: jobs by size; plans by their way out. */
    size_t inputs_cap, answers_cap, shares_cap;
    /* The last look. */
    struct plan *plans;
    struct sim_flow_row *why;
    uint64_t *version;  /* Of machines. */
    uint32_t *arrivals; /* Plans that lead to a machine. */
    uint32_t *victims;  /* By machine: the first plan that leaves it for nowhere + 1; 0 = none. */
    uint32_t *next_victim; /* By plan. */
    size_t plans_len, plans_cap, why_len, why_cap, version_cap, arrivals_cap, victims_cap, next_cap;
    uint32_t machines; /* Known then. */
    struct sim_round_row round;
    /* Scratch of a commit. */
    sim_slot *leaving;
    struct sim_op *ops;
    size_t leaving_cap, ops_cap;
    bool *stale;
    size_t stale_cap;
    bool loosened; /* Somebody left a machine in this turn. */
};

/* rounds.c: the survey of a class, asked once per answer_time. */
const struct sim_survey *rounds_survey(struct rounds *r, struct sim_context *ctx,
                                       const struct sim_class *cls);
void rounds_enter(struct rounds *r, struct sim_context *ctx, sim_slot task); /* The network. */
void rounds_withdraw(struct rounds *r, sim_slot task);
/* rounds_why.c: fills in reason, score and rows of a plan. */
void rounds_explain(struct rounds *r, struct plan *p, const struct quincy_row *row);
#endif
