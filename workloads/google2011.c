/* google2011.c - the Google cluster trace of May 2011 (clusterdata-2011-2).
 *
 * Source: "Google cluster-usage traces: format + schema" (Reiss, Wilkes, Hellerstein, 2011),
 * version 2.1, https://github.com/google/cluster-data/blob/master/ClusterData2011_2.md */
#include <simctl/trace.h>

#include "base/wide.h"
#include "workloads/lib/google2011_machines.h"
#include "workloads/lib/google2011_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum attempts { ATTEMPTS_LAST, ATTEMPTS_ALL };

struct google2011_state {
    struct g2011_machines *machines; /* Role CLUSTER. */
    struct g2011_scan *scan;         /* Role TRACE. */
    size_t next;
    bool disk, every_attempt;
    char job[SIM_NAME_MAX + 1];
};

static const struct sim_option options[] = {
    {"trace.attempts", SIM_OPT_CHOICE, 0, 0, "last", "last|all",
     "last: a task is submitted once and runs as its finished (or else last) run did; "
     "all: every recorded SUBMIT is a task of its own, ended as it was"},
    {"trace.disk", SIM_OPT_BOOL, 0, 0, "false", NULL,
     "disk requests count; machine_events has no disk, so every machine gets the largest"},
    SIM_OPTION_END,
};

/* ---- the trace ------------------------------------------------------------------------------ */

/* Bands of the 2020 paper on the same trace (Tirmazi et al., EuroSys 2020). */
static enum sim_tier tier_of(int32_t priority)
{
    if (priority <= 1)
        return SIM_TIER_FREE;
    if (priority <= 8)
        return SIM_TIER_BATCH;
    return priority <= 10 ? SIM_TIER_PRODUCTION : SIM_TIER_MONITORING;
}

static enum sim_end end_of(enum g2011_event e)
{
    switch (e) {
    case G2011_FAIL:
        return SIM_END_FAILED;
    case G2011_KILL:
        return SIM_END_KILLED;
    case G2011_EVICT:
        return SIM_END_EVICTED;
    case G2011_LOST:
        return SIM_END_LOST;
    case G2011_SUBMIT:
    case G2011_SCHEDULE:
    case G2011_FINISH:
    case G2011_UPDATE_PENDING:
    case G2011_UPDATE_RUNNING:
    case G2011_EVENTS:
    default:
        return SIM_END_FINISHED;
    }
}

/* "6253771429", and "6253771429#2" for the second SUBMIT of a task when every attempt is a task:
 * keys stay unique. */
static struct sim_text job_text(struct google2011_state *s, const struct g2011_submission *sub)
{
    const struct sim_text id = g2011_scan_job(s->scan, sub->job);
    if (sub->attempt == 1 || !s->every_attempt)
        return id;
    const int len =
        snprintf(s->job, sizeof s->job, "%.*s#%" PRIu32, (int)id.len, id.at, sub->attempt);
    return (struct sim_text){s->job, (uint32_t)len};
}

static void fill_known(struct google2011_state *s, const struct g2011_submission *sub,
                       struct sim_task_known *known)
{
    const struct g2011_shape *shape = g2011_tasks_shape_at(g2011_scan_tasks(s->scan), sub->shape);
    *known = (struct sim_task_known){
        .job = job_text(s, sub),
        .index = sub->index,
        .user = g2011_scan_user(s->scan, sub->job),
        .priority = shape->priority,
        .tier = tier_of(shape->priority),
        .request = {{[SIM_CPU] = shape->request[0],
                     [SIM_MEMORY] = shape->request[1],
                     [SIM_DISK] = s->disk ? shape->request[2] : 0}},
        .max_per_machine = shape->separate ? 1 : 0,
        .time_limit_us = SIM_NEVER,
    };
}

static void fill_truth(const struct g2011_submission *sub, struct sim_task_truth *truth)
{
    const bool ended = sub->ran && sub->end_us != SIM_NEVER;
    *truth = (struct sim_task_truth){
        .duration_us = ended ? sub->end_us - sub->start_us : SIM_NEVER,
        .end = end_of((enum g2011_event)sub->end),
        .cancel_us = sub->ran ? SIM_NEVER : sub->end_us,
        .recorded_start_us = sub->start_us,
        .recorded_end_us = sub->end_us,
    };
}

static enum sim_next next_task(struct google2011_state *s, struct sim_input *out,
                               struct sim_trace_info *info)
{
    const struct g2011_tasks *tasks = g2011_scan_tasks(s->scan);
    const size_t n = g2011_tasks_count(tasks);
    while (s->next < n) {
        const struct g2011_submission *sub = g2011_tasks_at(tasks, s->next++);
        if (sub->left_out)
            continue;
        *out = (struct sim_input){.time_us = sub->submit_us, .kind = SIM_IN_SUBMIT};
        fill_known(s, sub, &out->u.task.known);
        fill_truth(sub, &out->u.task.truth);
        /* The files are read already: progress is the share of submissions delivered. */
        info->bytes_read =
            (uint64_t)sim_muldiv((int64_t)info->bytes_total, (int64_t)s->next, (int64_t)n);
        return SIM_NEXT_ITEM;
    }
    return SIM_NEXT_END;
}

/* Repairs and properties of what is delivered. */
static void count_delivered(struct google2011_state *s)
{
    const struct g2011_tasks *tasks = g2011_scan_tasks(s->scan);
    struct tally *tally = g2011_scan_tally(s->scan);
    const size_t n = g2011_tasks_count(tasks);
    uint64_t missing = 0, disk = 0, snapshot = 0;
    for (size_t i = 0; i < n; i++) {
        const struct g2011_submission *sub = g2011_tasks_at(tasks, i);
        if (sub->left_out)
            continue;
        const struct g2011_shape *shape = g2011_tasks_shape_at(tasks, sub->shape);
        missing += shape->missing[0] || shape->missing[1] || (s->disk && shape->missing[2]);
        disk += !s->disk && shape->request[2] > 0;
        snapshot += sub->ran && sub->start_us == 0;
    }
    if (missing != 0)
        tally_add_n(tally, G2011_REQUEST_MISSING, missing);
    if (disk != 0)
        tally_add_n(tally, G2011_DISK_IGNORED, disk);
    tally_add_n(tally, G2011_RUNNING_AT_START, snapshot);
    tally_flush(tally);
}

/* ---- the format ----------------------------------------------------------------------------- */

static void fill_units(struct sim_trace_info *info, bool disk)
{
    static const char unit[] = "of the largest machine";
    info->units = (struct sim_units){
        .per_unit = {[SIM_CPU] = G2011_SCALE, [SIM_MEMORY] = G2011_SCALE, [SIM_DISK] = G2011_SCALE},
        .name = {[SIM_CPU] = unit, [SIM_MEMORY] = unit, [SIM_DISK] = disk ? unit : NULL}};
}

static bool google2011_open(void *state, const struct sim_open_args *args,
                            struct sim_trace_info *info, struct sim_diag *diag)
{
    struct google2011_state *s = state;
    s->disk = sim_settings_bool(args->settings, "trace.disk");
    s->every_attempt = sim_settings_choice(args->settings, "trace.attempts") == ATTEMPTS_ALL;
    info->end_us = SIM_NEVER;
    fill_units(info, s->disk);
    if (args->role == SIM_ROLE_CLUSTER) {
        s->machines = g2011_machines_open(args, s->disk, info, diag);
        return s->machines != NULL;
    }
    s->scan = g2011_scan_create(args, s->every_attempt, info, diag);
    if (s->scan == NULL)
        return false;
    count_delivered(s);
    return true;
}

static enum sim_next google2011_next(void *state, struct sim_input *out,
                                     struct sim_trace_info *info, struct sim_diag *diag)
{
    struct google2011_state *s = state;
    return s->scan != NULL ? next_task(s, out, info)
                           : g2011_machines_next(s->machines, out, info, diag);
}

static void google2011_close(void *state)
{
    struct google2011_state *s = state;
    g2011_machines_close(s->machines);
    g2011_scan_destroy(s->scan);
}

/* A folder is known by its tables; a single part by its name. */
static int google2011_probe(const char *path, const char *head, size_t n)
{
    (void)head;
    (void)n;
    const bool tasks = g2011_table_exists(path, "task_events");
    const bool machines = g2011_table_exists(path, "machine_events");
    if (tasks || machines)
        return tasks && machines ? 95 : 80;
    return strstr(path, "task_events/part-") != NULL || strstr(path, "machine_events/part-") != NULL
               ? 80
               : 0;
}

static const char schema[] =
    "A folder with one folder per table, each with parts part-NNNNN-of-MMMMM.csv[.gz|.zst]; no "
    "header,\n"
    "no quotes, empty = missing. Times in microseconds: 0 = before the window, 2^63-1 = after it.\n"
    "cpu, memory and disk are fractions of the largest machine (1.0 = 10^10 units here).\n"
    "  machine_events  1 time 2 machine 3 event (0 add, 1 remove, 2 update) 4 platform 5 cpu 6 "
    "memory\n"
    "  job_events      1 time 2 missing info 3 job 4 event 5 user 6 scheduling class 7 name\n"
    "                  8 logical name\n"
    "  task_events     1 time 2 missing info 3 job 4 index 5 machine 6 event 7 user\n"
    "                  8 scheduling class 9 priority 10 cpu 11 memory 12 disk 13 different "
    "machines\n"
    "Job and task events: 0 submit, 1 schedule, 2 evict, 3 fail, 4 finish, 5 kill, 6 lost,\n"
    "7 update pending, 8 update running. Sorted by time; at equal times the order of the file "
    "counts.\n"
    "Tiers by priority: 0-1 free, 2-8 batch, 9-10 production, 11 and above monitoring.\n"
    "trace.attempts=last: the run time of a task is that of its run that finished, or else of the "
    "last\n"
    "one that ran, with its recorded end; a task that still runs when the parts end never ends; "
    "one\n"
    "that died waiting gives up at that time if it still waits. trace.attempts=all: the k-th "
    "SUBMIT of\n"
    "a task is a task of its own, of the job JOB#k from the second one on.\n"
    "Column 13 = 1: no two running tasks of the job on one machine.\n";

static const char example[] =
    "machine_events: 0,5,0,HofLGzk1Or/8Ildj2+Lqv0UGGvY82NLoni8+J/Yy0RU=,0.5,0.2493\n"
    "task_events:    600025907,,6251668984,0,,0,user,2,9,0.125,0.0159,0.0004,0\n"
    "task_events:    600026731,,6251668984,0,38671,1,user,2,9,0.125,0.0159,0.0004,0\n";

const struct sim_format sim_format_google2011 = {
    .abi = SIM_FORMAT_ABI,
    .name = "google2011",
    .summary = "Google cluster trace 2011: jobs, tasks and machines of one Borg cell",
    .source = "https://github.com/google/cluster-data/blob/master/ClusterData2011_2.md",
    .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
    .schema = schema,
    .example = example,
    .options = options,
    .findings = g2011_kinds,
    .state_bytes = sizeof(struct google2011_state),
    .probe = google2011_probe,
    .open = google2011_open,
    .next = google2011_next,
    .close = google2011_close,
};
