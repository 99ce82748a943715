/* openb_pod.c - one row of a pod list: its columns, the rules between them, what a repair does. */
#include "workloads/lib/openb_pod.h"

#include <inttypes.h>
#include <string.h>

const struct sim_finding_kind openb_kinds[] = {
    BAD_PART_KINDS,
    [BAD_NUMBER] = {"bad-number", SIM_ERROR, "cpu_milli, memory_mib and gpu are integers >= 0"},
    [BAD_NAME] = {"bad-name", SIM_ERROR, "every pod and node has a name of at most 200 bytes"},
    [BAD_GPU] =
        {"bad-gpu", SIM_ERROR,
         "num_gpu is 0 to 8; gpu_milli is 0 without GPU, 1 to 1000 with one, 1000 with more"},
    [BAD_CODE] = {"bad-code", SIM_ERROR,
                  "qos is LS, Guaranteed, Burstable or BE; pod_phase is Running, Succeeded, Failed "
                  "or Pending"},
    [BAD_TIME] = {"bad-time", SIM_ERROR,
                  "creation <= scheduled <= deletion, and exactly Pending pods are not scheduled"},
    [DUPLICATE] = {"duplicate-name", SIM_ERROR, "a name occurs once in a file"},
    [PENDING_DURATION] = {"pending-duration", SIM_REPAIR,
                          "a pod that never ran runs, if it is placed, for deletion - creation, an "
                          "upper bound"},
    [CENSORED] = {"censored-right", SIM_NOTE,
                  "a pod still ran when the trace ends, so its duration is a lower bound"},
    [UNSORTED] = {"unsorted", SIM_NOTE, "a pod was created before one that stands above it"},
    [NO_MEMORY] = {"no-memory", SIM_NOTE, "a pod asks for no memory"},
    [NO_COLUMNS] = {"missing-columns", SIM_NOTE, "a pod list has only some of the columns"},
    [NO_TIMES] = {"no-times", SIM_NOTE,
                  "a pod without times arrives in file order, one a second, and never ends"},
    [LOAD_ADDED] = {"load-added", SIM_NOTE, "a pod was drawn again to reach trace.load"},
    [LOAD_REMOVED] = {"load-removed", SIM_NOTE, "a pod was left out to come down to trace.load"},
    {NULL, SIM_NOTE, NULL},
};

static const char *const pod_columns[] = {
    "name", "cpu_milli", "memory_mib",    "num_gpu",       "gpu_milli",      "gpu_spec",
    "qos",  "pod_phase", "creation_time", "deletion_time", "scheduled_time",
};
const struct table_layout openb_pod_layout = {
    pod_columns, 11, 5, "a pod list is expected; a node list goes to --cluster openb:NODES.csv"};

static const char *const qos_names[] = {"BE", "Burstable", "Guaranteed", "LS", NULL};
static const char *const phase_names[] = {"Running", "Succeeded", "Failed", "Pending", NULL};

static void read_gpus(struct table *t, struct pod *p)
{
    const int64_t count = table_int(t, NUM_GPU, BAD_GPU, 0, OPENB_GPUS_MAX, TABLE_NO_DEFAULT);
    int64_t milli = table_int(t, GPU_MILLI, BAD_GPU, 0, SIM_DEVICE_MILLI, TABLE_NO_DEFAULT);
    const int64_t low = count == 0 ? 0 : count == 1 ? 1 : SIM_DEVICE_MILLI;
    const int64_t high = count == 0 ? 0 : SIM_DEVICE_MILLI;
    if (milli < low || milli > high) {
        (void)table_bad(t, table_where(t, GPU_MILLI), BAD_GPU, true, SIM_ERR_RANGE,
                        "gpu_milli is %" PRId64 " with num_gpu %" PRId64 "; it must be %" PRId64
                        " to %" PRId64,
                        milli, count, low, high);
        milli = high;
    }
    p->gpu_count = (uint16_t)count;
    p->gpu_milli = (uint16_t)milli;
    p->request.v[SIM_GPU] = count * milli;
}

static sim_time read_time(struct table *t, uint32_t column)
{
    if (!table_has(t, column)) {
        return SIM_NEVER;
    }
    return SIM_SECONDS(table_int(t, column, BAD_TIME, 0, OPENB_NUMBER_MAX, TABLE_NO_DEFAULT));
}

/* scheduled_time is empty exactly for the pods that never ran. */
static void read_scheduled(struct table *t, struct pod *p)
{
    const bool empty = table_text(t, SCHEDULED).len == 0;
    p->scheduled_us = empty ? SIM_NEVER : read_time(t, SCHEDULED);
    if (!table_has(t, SCHEDULED) || !table_has(t, PHASE)) {
        return;
    }
    if (empty != (p->phase == PENDING)) {
        (void)table_bad(t, table_where(t, SCHEDULED), BAD_TIME, true, SIM_ERR_FORMAT,
                        empty ? "scheduled_time is empty, but the pod is not Pending"
                              : "scheduled_time is given, but the pod is Pending");
        p->scheduled_us = p->phase == PENDING ? SIM_NEVER : p->created_us;
    }
}

static void read_times(struct table *t, struct pod *p)
{
    p->created_us = read_time(t, CREATED);
    p->deleted_us = read_time(t, DELETED);
    read_scheduled(t, p);
    if (p->created_us == SIM_NEVER) {
        p->scheduled_us = SIM_NEVER;
        p->deleted_us = SIM_NEVER;
        return;
    }
    if (p->scheduled_us < p->created_us) {
        (void)table_bad(t, table_where(t, SCHEDULED), BAD_TIME, true, SIM_ERR_RANGE,
                        "scheduled_time is before creation_time");
        p->scheduled_us = p->created_us;
    }
    const sim_time from_us = p->scheduled_us == SIM_NEVER ? p->created_us : p->scheduled_us;
    if (p->deleted_us < from_us) {
        (void)table_bad(t, table_where(t, DELETED), BAD_TIME, true, SIM_ERR_RANGE,
                        "deletion_time is before %s_time",
                        p->scheduled_us == SIM_NEVER ? "creation" : "scheduled");
        p->deleted_us = from_us;
    }
}

uint32_t openb_split_spec(struct sim_text spec, struct sim_text *values)
{
    struct sim_text all[OPENB_SPEC_MAX];
    const uint32_t found = spec.len == 0 ? 0 : fields_split(spec, '|', all, OPENB_SPEC_MAX);
    uint32_t count = 0;
    for (uint32_t i = 0; i < found && i < OPENB_SPEC_MAX; i++) {
        uint32_t k = 0; /* It is a set, and the lists do repeat members. */
        while (k < count &&
               (values[k].len != all[i].len || memcmp(values[k].at, all[i].at, all[i].len) != 0)) {
            k++;
        }
        if (k == count && all[i].len != 0) {
            values[count++] = all[i];
        }
    }
    return found > OPENB_SPEC_MAX ? UINT32_MAX : count;
}

void openb_read_pod(struct table *t, struct pod *p)
{
    struct sim_text values[OPENB_SPEC_MAX];
    *p = (struct pod){.name = table_name(t, NAME, BAD_NAME, OPENB_NAME_MAX), .qos = -1};
    p->request.v[SIM_CPU] = table_int(t, CPU, BAD_NUMBER, 0, OPENB_NUMBER_MAX, TABLE_NO_DEFAULT);
    p->request.v[SIM_MEMORY] =
        table_int(t, MEMORY, BAD_NUMBER, 0, OPENB_NUMBER_MAX, TABLE_NO_DEFAULT) << 20;
    read_gpus(t, p);
    p->spec = table_text(t, SPEC);
    if (openb_split_spec(p->spec, values) == UINT32_MAX) {
        (void)table_bad(t, table_where(t, SPEC), BAD_CODE, false, SIM_ERR_LIMIT,
                        "gpu_spec names more than %d models", OPENB_SPEC_MAX);
    }
    if (table_has(t, QOS)) {
        p->qos = table_choice(t, QOS, BAD_CODE, qos_names, 0);
    }
    if (table_has(t, PHASE)) {
        p->phase = table_choice(t, PHASE, BAD_CODE, phase_names, RUNNING);
    }
    read_times(t, p);
}
