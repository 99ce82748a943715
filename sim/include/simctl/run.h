/* run.h - one simulation: a workload, a cluster, a scheduler, a policy; in simulated time.
 *
 *     struct sim_run *run = sim_run_create(&args, &diag);
 *     while (run != NULL && !done && sim_run_advance(run, 4096, &done, &diag)) { progress }
 *     sim_run_totals(run, &totals);
 *     sim_run_destroy(run);
 *
 * Two runs in one process do not touch each other. A run is used from one thread.
 */
#ifndef SIMCTL_RUN_H
#define SIMCTL_RUN_H

#include <simctl/policy.h>
#include <simctl/record.h>
#include <simctl/scheduler.h>
#include <simctl/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The engine's own option rows (event_order, tie, cluster.overcommit.*, ...), ends at key NULL. */
SIM_API const struct sim_option *sim_run_options(void);

/* What a tap may look at while a decision is taken, before it is committed. */
struct sim_inspect {
    int64_t decision; /* Id it will get. */
    const struct sim_decision_row *row;
    const struct sim_class *cls;
    const struct sim_view *view;
    struct sim_context *ctx;
    struct placer *placer; /* What sim_inspect_machine asks: the engine's. */
};
/* Complete fail mask, score and shortfall of any machine at this moment. `deficit` may be NULL. */
SIM_API void sim_inspect_machine(const struct sim_inspect *in, sim_machine m, uint32_t *mask,
                                 int64_t *score, struct sim_resources *deficit);
struct sim_tap {
    void *self;
    /* For every recorded decision; false stops the run (sim_run_advance then says done). */
    bool (*decision)(void *self, const struct sim_inspect *in);
};

struct sim_run_args {
    const struct sim_format *trace, *cluster;
    const char *trace_path, *cluster_path;
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
    const struct sim_settings *settings; /* All rows of the five parts declared and set. Kept. */
    uint64_t seed;
    struct sim_findings *trace_findings, *cluster_findings; /* Kept; never NULL. */
    const struct sim_output *output;                        /* NULL = record nothing. */
    const struct sim_tap *tap;                              /* NULL = none. */
};

struct sim_run;
/* NULL with diag when an input cannot be opened or the policy refuses its parameters. */
SIM_API struct sim_run *sim_run_create(const struct sim_run_args *args, struct sim_diag *diag);
SIM_API void sim_run_destroy(struct sim_run *run); /* NULL is allowed. */
/* Handles up to `events` more events. False: bad input (diag). *done: nothing is left to do. */
SIM_API bool sim_run_advance(struct sim_run *run, uint64_t events, bool *done,
                             struct sim_diag *diag) SIM_NODISCARD;
/* Writes the rows of tasks that still wait or run, and closes their spans. Once, after the last
 * advance. */
SIM_API void sim_run_finish(struct sim_run *run);

/* Cheap; at any time between advances. */
struct sim_status {
    sim_time now_us;
    uint64_t events, decisions;
    uint64_t waiting, running;
    uint64_t bytes_read, bytes_total; /* Of the trace, as in its sim_trace_info; for an ETA. */
    sim_time trace_end_us;            /* SIM_NEVER = unknown. */
};
SIM_API void sim_run_status(const struct sim_run *run, struct sim_status *out);

/* A double-width sum, for integrals of resources over time. */
struct sim_wide {
    uint64_t low;
    int64_t high;
};
SIM_API double sim_wide_double(struct sim_wide w);

/* Starts promised to waiting tasks: made = kept + broken + dropped (gave up) + still open. */
struct sim_promises {
    uint64_t made, earlier, later, kept, broken, dropped;
    uint64_t broken_by[SIM_DOUBTS]; /* By enum sim_doubt. */
};

struct sim_totals {
    /* Tasks. submitted = ended + failed + killed + cancelled + abandoned + running + pending. */
    uint64_t submitted;
    uint64_t placed;    /* Distinct tasks that started at least once. */
    uint64_t ended;     /* Finished. */
    uint64_t failed;    /* Ended as failed or lost in the trace. */
    uint64_t killed;    /* Killed while running. */
    uint64_t cancelled; /* Gave up while waiting. */
    uint64_t abandoned; /* Given up by their scheduler while waiting. */
    uint64_t evicted;   /* Evictions (events, not tasks). */
    uint64_t running;   /* At the end of the run. */
    uint64_t pending;   /* Waiting at the end of the run. */
    uint64_t unplaced;  /* Distinct tasks that never started. */
    uint64_t resubmitted;
    /* decisions = placed + refused + conflicted. */
    uint64_t decisions, decisions_placed, decisions_refused, decisions_repeated;
    uint64_t decisions_conflicted; /* A machine was found, and the commit refused. */
    uint64_t decisions_deferred;   /* Changes of a cause that were not recorded at once. */
    uint64_t events, passes, machine_events;
    uint64_t invariant_violations;
    struct sim_promises promises;
    uint64_t unusual_ties;                 /* Placements with more than one best machine. */
    sim_time first_submit_us, last_us;     /* Span of the integrals. */
    struct sim_wide used_us[SIM_DIMS];     /* Integral of requests placed over time. */
    struct sim_wide capacity_us[SIM_DIMS]; /* Integral of capacity (after overcommit) over time. */
    struct sim_resources used, capacity;   /* At the end. */
    struct sim_units units;
    uint32_t machines; /* Known by the end. */
    /* Waits of tasks that started, exact order statistics over first start - first submit. */
    sim_time wait_p50_us, wait_p90_us, wait_p99_us, wait_max_us;
    struct sim_wide wait_sum_us;
    double bounded_slowdown_mean; /* max(1, (wait + run) / max(tau, run)), finished runs only. */
    uint64_t bounded_slowdown_count;
    /* Nanoseconds of wall time by part: reading, events, placement, recording (on this thread). */
    uint64_t ns_reading, ns_events, ns_placement, ns_recording;
};
SIM_API void sim_run_totals(struct sim_run *run, struct sim_totals *out);

/* What one scheduler did. Its busy time is useful + conflicted + fruitless. */
struct sim_seat_totals {
    const char *name;           /* Valid until the run is destroyed. */
    uint64_t attempts, retries; /* At jobs; retries: not the first one at its job. */
    uint64_t attempts_by[3];    /* By enum sim_attempt_outcome. */
    sim_time busy_us[3];        /* Likewise. */
    uint64_t tasks_placed, tasks_conflicted, tasks_undone, tasks_abandoned;
};
SIM_API bool sim_run_seat(const struct sim_run *run, size_t index,
                          struct sim_seat_totals *out); /* False past the last. */
/* What the formats said when they were opened; role is SIM_ROLE_TRACE or SIM_ROLE_CLUSTER. */
SIM_API const struct sim_trace_info *sim_run_input(const struct sim_run *run, enum sim_role role);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_RUN_H */
