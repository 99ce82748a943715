/* openb_pod.h - one row of a pod list of Alibaba GPU 2023. */
#ifndef SIM_WORKLOADS_OPENB_POD_H
#define SIM_WORKLOADS_OPENB_POD_H

#include "workloads/lib/table.h"

#define OPENB_NUMBER_MAX (INT64_C(1) << 40) /* milli-cores, MiB, seconds */
#define OPENB_GPUS_MAX 8
#define OPENB_NAME_MAX 200 /* Bytes; leaves room for "-tuned-123456". */
#define OPENB_SPEC_MAX 32  /* Alternatives in one gpu_spec. */

/* Index in openb_kinds. */
enum {
    BAD_NUMBER = BAD_PART_FIRST,
    BAD_NAME,
    BAD_GPU,
    BAD_CODE,
    BAD_TIME,
    DUPLICATE,
    PENDING_DURATION,
    CENSORED,
    UNSORTED,
    NO_MEMORY,
    NO_COLUMNS,
    NO_TIMES,
    LOAD_ADDED,
    LOAD_REMOVED
};
extern const struct sim_finding_kind openb_kinds[];

/* The columns of a pod list, in the order of openb_pod_layout. */
enum { NAME, CPU, MEMORY, NUM_GPU, GPU_MILLI, SPEC, QOS, PHASE, CREATED, DELETED, SCHEDULED };
extern const struct table_layout openb_pod_layout;

enum openb_phase { RUNNING, SUCCEEDED, FAILED, PENDING };

struct pod {
    struct sim_text name, spec; /* Borrowed from the row. */
    struct sim_resources request;
    uint16_t gpu_count, gpu_milli;
    int qos;   /* 0 (BE) to 3 (LS), which is also the priority; -1 = the list has no such column. */
    int phase; /* enum openb_phase; RUNNING when the list has no such column. */
    sim_time created_us, scheduled_us, deleted_us; /* SIM_NEVER = unknown. */
};

/* Reads the row at hand; t->state says whether it is good. */
void openb_read_pod(struct table *t, struct pod *p);
/* The different alternatives of a gpu_spec, into values[OPENB_SPEC_MAX]. Returns their number;
 * UINT32_MAX when there are too many. */
uint32_t openb_split_spec(struct sim_text spec, struct sim_text *values);

#endif
