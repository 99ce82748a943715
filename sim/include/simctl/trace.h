/* trace.h - the contract between the engine and a trace format.
 *
 * A format turns files into a stream of inputs in time order. It knows nothing of policies. What it
 * delivers about a task is in two halves: `known` is what a scheduler could have known when the
 * task was submitted; `truth` is what happened, and no policy ever sees it. To add one, write
 * workloads/<name>.c that defines sim_format_<name>; nothing else changes.
 *
 * Life cycle (the engine):
 *     state = zeroed state_bytes
 *     open(state, args)          reads headers, makes a first pass when durations must be inferred
 *     next(state, &input) ...    until SIM_NEXT_END; (time, kind) never decreases
 *     close(state)               also after a failed open
 */
#ifndef SIMCTL_TRACE_H
#define SIMCTL_TRACE_H

#include <simctl/option.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIM_FORMAT_ABI 1u

/* ---- what a stream delivers ----------------------------------------------------------------- */

/* At one instant inputs come in this order. */
enum sim_input_kind {
    SIM_IN_MACHINE_ADD,    /* Or return after a removal: same name, new capacity. */
    SIM_IN_MACHINE_REMOVE, /* Tasks on it are evicted with cause MACHINE_DOWN. */
    SIM_IN_MACHINE_UPDATE, /* New capacity, labels, taints. */
    SIM_IN_MACHINE_DRAIN,  /* Cordon: no new placements, running work stays. */
    SIM_IN_MACHINE_UNDRAIN,
    SIM_IN_SUBMIT
};

struct sim_label {
    struct sim_text key, value;
};
enum sim_taint_effect { SIM_NO_SCHEDULE, SIM_PREFER_NO_SCHEDULE, SIM_NO_EXECUTE };
struct sim_taint {
    struct sim_text key, value;
    enum sim_taint_effect effect;
};
/* Failure domain: rack, switch, power. Levels need not nest. Constraints see it as a label,
 * level=id. */
struct sim_domain {
    struct sim_text level, id;
};

struct sim_machine_input {
    struct sim_text name;          /* Unique per cell. */
    struct sim_resources capacity; /* v[SIM_GPU] = gpu_count * 1000. All 0 = unusable for now. */
    uint32_t gpu_count;            /* <= SIM_DEVICES_MAX. */
    const struct sim_label *labels;
    uint32_t label_count;
    const struct sim_taint *taints;
    uint32_t taint_count;
    const struct sim_domain *domains;
    uint32_t domain_count;
};

enum sim_operator {
    SIM_OP_IN,      /* Label's value is one of values[]; EQUAL is IN with one value. */
    SIM_OP_NOT_IN,  /* Also true when the label is absent. */
    SIM_OP_LESS,    /* Integers; an absent label or a value that is no integer counts as 0. */
    SIM_OP_GREATER, /* Likewise. */
    SIM_OP_PRESENT,
    SIM_OP_ABSENT,
    SIM_OP_TOLERATES /* Not a demand: a tolerated taint; key and values[0], if any. */
};
struct sim_constraint {
    struct sim_text key;
    enum sim_operator op;
    const struct sim_text *values;
    uint32_t value_count;
    int64_t number; /* Right-hand side of LESS and GREATER. */
};

enum sim_tier {
    SIM_TIER_FREE,
    SIM_TIER_BATCH,
    SIM_TIER_MID,
    SIM_TIER_PRODUCTION,
    SIM_TIER_MONITORING
};

/* How an attempt ended, or will end. */
enum sim_end { SIM_END_FINISHED, SIM_END_FAILED, SIM_END_KILLED, SIM_END_EVICTED, SIM_END_LOST };

/* Data that a task reads, and the machine that holds it. */
struct sim_data {
    struct sim_text machine;
    int64_t bytes;
};

struct sim_task_known {
    struct sim_text job; /* Id as text; with `index` the key of the task. */
    uint32_t index;      /* 0-based inside the job. */
    struct sim_text user, queue;
    int32_t priority; /* Higher = more important. */
    enum sim_tier tier;
    struct sim_resources request;             /* v[SIM_GPU] = gpu_count * gpu_milli. */
    uint16_t gpu_count;                       /* Devices asked for; 0 = none. */
    uint16_t gpu_milli;                       /* Of each device, 1..1000; 0 with gpu_count 0. */
    const struct sim_constraint *constraints; /* All must hold. */
    uint32_t constraint_count;
    uint32_t gang; /* So many tasks of the job must be able to start together; 0 or 1 = none. */
    uint32_t max_per_machine;    /* Running tasks of the job on one machine; 0 = no limit. */
    sim_time time_limit_us;      /* The user's estimate; SIM_NEVER = none given. */
    const struct sim_data *data; /* What it reads, for schedulers that move tasks to their data. */
    uint32_t data_count;
};
struct sim_task_truth {
    sim_time duration_us; /* Run time from its own start; SIM_NEVER = never ends by itself. */
    enum sim_end end;     /* How the run ends after duration_us. */
    sim_time cancel_us;   /* Absolute: cancelled then if it waits; killed then if it runs and its
                             duration   is not known. SIM_NEVER = not. */
    sim_time recorded_start_us, recorded_end_us; /* SIM_NEVER = unknown. */
};

struct sim_input {
    sim_time time_us;
    enum sim_input_kind kind;
    union {
        struct sim_machine_input machine;
        struct {
            struct sim_task_known known;
            struct sim_task_truth truth;
        } task;
    } u; /* All text and lists are borrowed until the next call of next() or close(). */
};

/* ---- findings: what is odd about the data, counted and never hidden ------------------------- */

enum sim_severity {
    SIM_NOTE,   /* A documented property of the trace; replay handles it. */
    SIM_REPAIR, /* A value was replaced or a row dropped. */
    SIM_ERROR   /* The data contradicts its format. Fails a strict run; `validate` exits with 3. */
};
struct sim_finding_kind {
    const char *id; /* [a-z0-9-]+, stable: key of the manifest. */
    enum sim_severity severity;
    const char *statement; /* What holds for good data, or what was done. One sentence. */
};
#define SIM_FINDING_EXAMPLES 3
struct sim_finding {
    const struct sim_finding_kind *kind;
    uint64_t count;
    char example[SIM_FINDING_EXAMPLES][320]; /* "path:line: ..." of the first ones; "" = none. */
};
struct sim_findings; /* A counter per kind; created by the caller of a format. */
SIM_API struct sim_findings *sim_findings_create(void);
SIM_API void sim_findings_destroy(struct sim_findings *f);
/* Counts one. `detail` (may be NULL) is kept for the first examples. */
SIM_API void sim_findings_add(struct sim_findings *f, const struct sim_finding_kind *kind,
                              struct sim_where where, const char *detail);
/* Adds n at once (0 is allowed and makes the kind visible with a count of 0). */
SIM_API void sim_findings_add_n(struct sim_findings *f, const struct sim_finding_kind *kind,
                                uint64_t n);
SIM_API size_t sim_findings_count(const struct sim_findings *f);
/* In order of first appearance; NULL past the end. */
SIM_API const struct sim_finding *sim_findings_at(const struct sim_findings *f, size_t index);
SIM_API uint64_t sim_findings_total(const struct sim_findings *f, enum sim_severity severity);

/* ---- the format ----------------------------------------------------------------------------- */

enum sim_role { SIM_ROLE_TRACE = 1, SIM_ROLE_CLUSTER = 2 };
enum sim_bad_rows { SIM_BAD_FAIL, SIM_BAD_SKIP, SIM_BAD_REPAIR };

/* Borrowed for the call of open() only: a format copies the struct when it needs it later. What
 * `path`, `settings` and `findings` point to stays until close(), `cluster` does not. */
struct sim_open_args {
    const char *path; /* File, directory of parts, or "-" for stdin; for `spec` the text itself. */
    enum sim_role role;
    enum sim_bad_rows bad_rows;
    const struct sim_settings *settings; /* Holds the format's own rows, resolved. */
    struct sim_findings *findings;       /* Never NULL. */
    uint64_t seed;                       /* Root seed; draw only from named streams of it. */
    const struct sim_resources *cluster; /* TRACE: total at time 0, if known. */
};
struct sim_trace_info {
    struct sim_units units; /* Filled by open(). */
    /* For progress, where only their share counts: compressed bytes, or jobs where there are no
     * bytes. What is kept in memory counts as read when it is delivered. */
    uint64_t bytes_total; /* 0 = unknown. */
    uint64_t bytes_read;  /* Kept up to date by next(). */
    uint64_t rows;        /* Data rows read so far. */
    sim_time end_us;      /* Last time of the trace if open() learned it, else SIM_NEVER. */
    const char *const
        *inputs;          /* Paths read, all of them, for the manifest; borrowed until close(). */
    uint32_t input_count; /* 0 for a format that reads no file. */
};

enum sim_next { SIM_NEXT_ITEM, SIM_NEXT_END, SIM_NEXT_ERROR };

struct sim_format {
    uint32_t abi;                     /* SIM_FORMAT_ABI. */
    const char *name;                 /* What stands before the colon: "swf". [a-z0-9-]+ */
    const char *summary;              /* One line. */
    const char *source;               /* Where the format is documented. */
    uint32_t roles;                   /* SIM_ROLE_TRACE | SIM_ROLE_CLUSTER. */
    const char *schema;               /* Columns, units, missing values: for `simctl formats`. */
    const char *example;              /* A few lines as they stand in a file. */
    const struct sim_option *options; /* NULL = none; ends at key NULL; keys trace.*, cluster.* */
    const struct sim_finding_kind *findings; /* Every kind it may report; ends at id NULL. */
    size_t state_bytes;
    /* 0 = certainly not mine .. 100 = certainly. `head`: the first bytes, decompressed, without
     * a byte order mark. NULL = never guessed. */
    int (*probe)(const char *path, const char *head, size_t n);
    bool (*open)(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                 struct sim_diag *diag);
    enum sim_next (*next)(void *state, struct sim_input *out, struct sim_trace_info *info,
                          struct sim_diag *diag);
    void (*close)(void *state);
};

/* NULL when no format has that name. */
SIM_API const struct sim_format *sim_format_find(const char *name);
/* In alphabetical order; NULL past the end. */
SIM_API const struct sim_format *sim_format_at(size_t index);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_TRACE_H */
