/* policy.h - the contract between the engine and a placement policy.
 *
 * A policy is a pure function over columns: it reads a view of the cell and one class of tasks, and
 * fills an array with one score per machine of a block. The engine evaluates the standard
 * predicates, selects the winner, breaks ties by the declared rule, commits and records, so every
 * policy is explained the same way. To add one, write sched/policies/<name>.c that defines
 * sim_policy_<name>; nothing else changes.
 *
 * Life cycle (the engine, once per run):
 *     state = zeroed state_bytes;  init(state, args);  prepare(state, view) once, before decisions
 *     classify(view, class)                 once per class, before its first score
 *     derive(view, begin, end, columns)     whenever machines of the block changed, before a score
 *     score(view, class, begin, end, out)   only for machines whose `derive` is up to date
 *
 * A policy sees a CLASS and never a task: what two tasks of one class do not share (true run time,
 * true usage, who they are) cannot leak into a decision.
 */
#ifndef SIMCTL_POLICY_H
#define SIMCTL_POLICY_H

#include <simctl/option.h>
#include <simctl/reason.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIM_POLICY_ABI 1u
#define SIM_POLICY_COLUMNS 8
#define SIM_CLASS_CONSTANTS 8

/* Block functions over columns are compiled for several instruction sets and chosen at start-up;
 * the arithmetic is integer, so the result is the same everywhere. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(SIM_NO_CLONES)
#define SIM_VECTOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SIM_VECTOR
#endif

/* A set of tasks that no policy can tell apart. */
struct sim_class {
    uint32_t id;
    struct sim_resources request;
    uint16_t gpu_count, gpu_milli; /* As in struct sim_task_known. */
    uint32_t constraints;          /* Interned constraint set; 0 = none. */
    uint32_t spread_group;         /* Job slot when max_per_machine > 0, else SIM_NONE. */
    uint32_t max_per_machine;
    int32_t priority;                      /* 0 unless the policy declares SIM_READS_PRIORITY. */
    int64_t constant[SIM_CLASS_CONSTANTS]; /* What the policy's `classify` computed. */
};

/* Read-only columns; index = machine id, 0..n-1. A machine that is down keeps its last capacity and
 * has nothing free. */
struct sim_view {
    uint32_t n;
    const int64_t *capacity[SIM_DIMS]; /* After overcommit. */
    const int64_t *free[SIM_DIMS];     /* capacity - requests placed; >= 0. */
    const uint32_t *status;            /* 0 = takes tasks, else SIM_FAIL_DOWN | SIM_FAIL_DRAIN. */
    const uint32_t *tasks;             /* Running tasks. */
    const uint32_t *gpu_count;         /* Devices. */
    const int64_t *gpu_whole;          /* Completely free devices. */
    const int64_t *gpu_most;           /* Most free milli on one device. */
    const int32_t *device_free;        /* [machine * SIM_DEVICES_MAX + device], milli. */
    const uint32_t *gpu_shapes;        /* Bit 0: runs a share; bit k: a task of k devices. */
    const uint64_t *version;           /* Bumped by every change of the machine. */
    struct sim_resources largest; /* Component-wise largest capacity of any machine seen up to the
                                     first decision; fixed from then on. */
    const int64_t *derived[SIM_POLICY_COLUMNS]; /* The policy's own columns. */
};

/* One shape of the workload's history with how often it occurred (policies that need it say so). */
struct sim_shape {
    struct sim_resources request;
    uint16_t gpu_count, gpu_milli;
    uint32_t constraints; /* Interned, as in struct sim_class. */
    uint64_t count;
};
struct sim_policy_args {
    const struct sim_settings *settings; /* Own rows, resolved. */
    uint64_t seed;                       /* Root seed. */
    const struct sim_view *view;         /* Valid for the whole run. */
    const struct sim_shape *history;     /* When SIM_NEEDS_HISTORY; else NULL. Count descending. */
    size_t history_count;
    /* Does a machine satisfy an interned constraint set? Valid for the whole run. */
    bool (*eligible)(const void *cell, uint32_t constraints, sim_machine m);
    /* Canonical text of an interned constraint set, "" for 0; valid while init runs. Never NULL. */
    struct sim_text (*constraint_text)(const void *cell, uint32_t constraints);
    const void *cell;
};

enum sim_scope {
    SIM_SCOPE_MACHINE, /* score depends on (class, machine) only: exact caching allowed. */
    SIM_SCOPE_CELL     /* score depends on more: rescanned for every decision. */
};
enum sim_examine {
    SIM_EXAMINE_ALL,   /* Every machine; best score wins. */
    SIM_EXAMINE_FIRST, /* In id order up to the first that fits. `score` is not called. */
    SIM_EXAMINE_DRAW   /* Random draws without replacement until one fits. */
};
enum sim_devices {
    SIM_DEVICES_TIGHTEST, /* Fitting devices with least free milli first, lowest index first. */
    SIM_DEVICES_RANDOM,   /* Uniform among the fitting ones, from the stream `ties`. */
    SIM_DEVICES_POLICY    /* The policy's `devices` hook. */
};
#define SIM_READS_PRIORITY 1u
#define SIM_NEEDS_HISTORY 2u
#define SIM_HEAVY_SCORE 4u /* Scoring one machine costs more than some tens of nanoseconds. */

struct sim_policy {
    uint32_t abi;                     /* SIM_POLICY_ABI. */
    const char *name;                 /* What --policy takes: [a-z0-9-]+, unique. */
    const char *summary;              /* One line for `simctl policies`. */
    const char *source;               /* Paper or program and section the rule is taken from. */
    const struct sim_option *options; /* NULL = none; keys "policy.*"; ends at key NULL. */
    const char *tie;                  /* Default tie rule by name; NULL = lowest-id. */
    enum sim_scope scope;
    enum sim_examine examine;
    enum sim_devices device_rule;
    uint32_t flags;   /* SIM_READS_*, SIM_NEEDS_*. */
    uint32_t columns; /* How many derived columns, <= SIM_POLICY_COLUMNS. */
    size_t state_bytes;

    /* Optional: parameters into state. False fails the run with diag. */
    bool (*init)(void *state, const struct sim_policy_args *args, struct sim_diag *diag);
    /* Optional: frees what init allocated. */
    void (*fini)(void *state);
    /* Optional: called once, when view->largest is fixed, right before the first derive. */
    void (*prepare)(void *state, const struct sim_view *view);
    /* Optional: what depends on the class alone into cls->constant, once per class before it is
     * first scored; so that scoring one machine costs a few additions. */
    void (*classify)(const void *state, const struct sim_view *view, struct sim_class *cls);
    /* Required when columns > 0. out[k][m] for m in [begin, end); pure in the machine's columns. */
    void (*derive)(const void *state, const struct sim_view *view, uint32_t begin, uint32_t end,
                   int64_t *const *out);
    /* Optional predicate of the policy's own: ORs SIM_FAIL_POLICY into mask[m - begin]. */
    void (*filter)(const void *state, const struct sim_view *view, const struct sim_class *cls,
                   uint32_t begin, uint32_t end, uint32_t *mask);
    /* out[m - begin] for m in [begin, end). Higher wins. Must be safe for machines that do not fit
     * (any value; it is not used). NULL = every machine scores 0: the tie rule decides. */
    void (*score)(const void *state, const struct sim_view *view, const struct sim_class *cls,
                  uint32_t begin, uint32_t end, int64_t *out);
    /* Optional: with these parameters score(m) is cls->constant[0] - derived[0][m] on every
     * machine. Then the engine may compute it in its sweep of predicates; `score` must agree. */
    bool (*additive)(const void *state);
    /* For SIM_EXAMINE_DRAW, optional: a number below n > 0; n = let the engine's generator draw. */
    uint32_t (*draw)(void *state, uint32_t n);
    /* For SIM_DEVICES_POLICY: bit set of the cls->gpu_count devices to use on m, where it fits. */
    uint32_t (*devices)(const void *state, const struct sim_view *view, const struct sim_class *cls,
                        sim_machine m);
};

/* NULL when no policy has that name. */
SIM_API const struct sim_policy *sim_policy_find(const char *name);
/* In alphabetical order; NULL past the end. */
SIM_API const struct sim_policy *sim_policy_at(size_t index);

/* A named composition of a scheduler and a placement policy with all parameters.
 * sched/presets/<name>.c defines sim_preset_<name>. */
struct sim_preset {
    const char *name, *summary, *source;
    const char *scheduler, *policy; /* By name. */
    const char *const *settings;    /* "key=value", NULL-terminated. */
};
SIM_API const struct sim_preset *sim_preset_find(const char *name);
SIM_API const struct sim_preset *sim_preset_at(size_t index);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_POLICY_H */
