/* swf.c - the Standard Workload Format of the Parallel Workloads Archive.
 *
 * A job is rigid: P processors for its whole run. On one pool (cluster.nodes=1, the field's
 * convention) it is one task of P processors; on several machines it is a gang of P one-processor
 * tasks. Logs are surveyed before they are replayed: a long sorted one is then streamed; a short
 * one, which is read once, and one that is not sorted are kept in memory, in the order of (submit,
 * row), the queue order of every published backfilling result. Source:
 * https://www.cs.huji.ac.il/labs/parallel/workload/swf.html */
#include <simctl/trace.h>

#include "base/mem.h"
#include "base/sort.h"
#include "workloads/lib/parts_open.h"
#include "workloads/lib/swf_kinds.h"
#include "workloads/lib/swf_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NODES_MAX 1000000
#define SHORT_LOG (1u << 16) /* Jobs; some megabytes. */
/* "Unlimited" memory of the whole machine: more than any log requests. */
#define MEMORY_UNLIMITED (INT64_C(1) << 58)

struct kept_job {
    struct swf_job job;
    uint32_t key; /* Of its id in the survey. */
};

struct swf_state {
    struct swf_reader *survey, *replay;
    struct lines *machines;   /* Role CLUSTER: the log, */
    struct swf_header header; /* and what its header says. */
    struct kept_job *kept;    /* When the log is not streamed. */
    size_t kept_count, kept_cap, kept_next;
    bool streams, memory;
    int64_t nodes, machine; /* Machines; processors of all of them. */
    int64_t machine_memory;
    int64_t next_node;
    struct swf_job job; /* Being delivered, */
    uint32_t rank;      /* up to this task of its gang; 0 = take the next job. */
    char user[24], queue[24], name[32];
};

static const struct sim_option options[] = {
    {"trace.procs", SIM_OPT_CHOICE, 0, 0, "requested", "requested|allocated",
     "which field is the size of a job (8 or 5); the other one where it is missing"},
    {"trace.overrun", SIM_OPT_CHOICE, 0, 0, "keep", "keep|cut|raise",
     "run time above the requested time: keep both, cut the run, or raise the request"},
    {"trace.zero_run", SIM_OPT_CHOICE, 0, 0, "keep", "keep|drop|one_second",
     "what becomes of jobs with a run time of 0"},
    {"trace.no_estimate", SIM_OPT_CHOICE, 0, 0, "none", "none|run",
     "estimate of jobs without requested time: none, or the true run time, which leaks it"},
    {"trace.wide", SIM_OPT_CHOICE, 0, 0, "drop", "drop|cut",
     "what becomes of jobs with more processors than the machine"},
    {"trace.cancelled", SIM_OPT_CHOICE, 0, 0, "drop", "drop|keep",
     "jobs cancelled before they ran: leave out, or let them wait until they were cancelled"},
    {"trace.cleaning", SIM_OPT_CHOICE, 0, 0, "none", "none|pyss",
     "pyss: its record cleaning instead of the options above, for published backfilling results"},
    {"trace.memory", SIM_OPT_BOOL, 0, 0, "false", NULL,
     "requested memory (field 10) counts as a resource"},
    {"cluster.procs", SIM_OPT_INT, 0, INT64_C(1) << 24, "0", NULL,
     "processors of the whole machine; 0 = MaxProcs (or MaxNodes) of the header"},
    {"cluster.nodes", SIM_OPT_INT, 1, NODES_MAX, "1", NULL,
     "machines that share the processors; 1 = one pool, more = jobs are gangs of one-processor "
     "tasks"},
    {"cluster.memory", SIM_OPT_SIZE, 0, INT64_C(1) << 58, "0", NULL,
     "memory of the whole machine; 0 = unlimited with trace.memory=true, else none is counted"},
    SIM_OPTION_END,
};

static void fill_rules(struct swf_rules *rules, const struct sim_open_args *args)
{
    const struct sim_settings *s = args->settings;
    *rules = (struct swf_rules){
        .procs = (enum swf_procs)sim_settings_choice(s, "trace.procs"),
        .overrun = (enum swf_overrun)sim_settings_choice(s, "trace.overrun"),
        .zero_run = (enum swf_zero_run)sim_settings_choice(s, "trace.zero_run"),
        .no_estimate = (enum swf_no_estimate)sim_settings_choice(s, "trace.no_estimate"),
        .wide = (enum swf_wide)sim_settings_choice(s, "trace.wide"),
        .cancelled = (enum swf_cancelled)sim_settings_choice(s, "trace.cancelled"),
        .cleaning = (enum swf_cleaning)sim_settings_choice(s, "trace.cleaning"),
        .machine = args->cluster != NULL ? args->cluster->v[SIM_CPU] / 1000
                                         : sim_settings_int(s, "cluster.procs"),
    };
}

static void fill_units(struct sim_trace_info *info, bool memory)
{
    info->units = (struct sim_units){.per_unit = {[SIM_CPU] = 1000, [SIM_MEMORY] = 1 << 30},
                                     .name = {[SIM_CPU] = "processors"}};
    if (memory)
        info->units.name[SIM_MEMORY] = "GiB";
}

/* ---- the trace ------------------------------------------------------------------------------ */

static void keep(struct swf_state *s, const struct swf_job *job)
{
    MEM_GROW(s->kept, s->kept_cap, s->kept_count + 1);
    s->kept[s->kept_count++] = (struct kept_job){*job, swf_reader_key(s->survey, job->id)};
}

static int compare_submit(const void *a, const void *b, void *unused)
{
    (void)unused;
    const sim_time x = ((const struct kept_job *)a)->job.submit_us;
    const sim_time y = ((const struct kept_job *)b)->job.submit_us;
    return (x > y) - (x < y);
}

/* Jobs of a short log, and those of a pipe, which can be read once, are kept while it is surveyed.
 * *kept: all of them. */
static bool survey(struct swf_state *s, bool *kept, struct sim_diag *diag)
{
    const bool pipe = swf_reader_bytes_total(s->survey) == 0;
    struct swf_job job;
    int got;
    *kept = true;
    while ((got = swf_reader_next(s->survey, &job, diag)) == 1) {
        *kept = *kept && (pipe || s->kept_count < SHORT_LOG);
        if (*kept)
            keep(s, &job);
    }
    s->kept_count = *kept ? s->kept_count : 0;
    s->streams = !*kept && swf_reader_is_sorted(s->survey);
    return got == 0;
}

static bool load(struct swf_state *s, struct sim_diag *diag)
{
    struct swf_job job;
    int got;
    while ((got = swf_reader_next(s->replay, &job, diag)) == 1)
        keep(s, &job);
    return got == 0;
}

static bool open_trace(struct swf_state *s, const struct sim_open_args *args,
                       struct sim_trace_info *info, struct sim_diag *diag)
{
    struct swf_rules rules;
    fill_rules(&rules, args);
    s->survey = swf_reader_survey(args, &rules, diag);
    if (s->survey == NULL)
        return false;
    swf_reader_describe(s->survey, info);
    bool kept;
    if (!survey(s, &kept, diag))
        return false;
    if (swf_reader_rows(s->survey) == 0) {
        sim_hint(diag, "an SWF row is 18 numbers separated by blanks; see simctl formats swf");
        return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){args->path, 0, 0},
                        "the log has no job rows");
    }
    info->end_us = swf_reader_end_us(s->survey);
    if (!kept) {
        s->replay = swf_reader_again(s->survey, diag);
        if (s->replay == NULL || (!s->streams && !load(s, diag)))
            return false;
    }
    sort_stable(s->kept, s->kept_count, sizeof *s->kept, compare_submit, NULL);
    return true;
}

/* 1 = s->job is the next one in submit order; 0 = end; -1 = error. */
static int next_job(struct swf_state *s, struct sim_trace_info *info, struct sim_diag *diag)
{
    if (s->streams) {
        const int got = swf_reader_next(s->replay, &s->job, diag);
        info->bytes_read = swf_reader_bytes(s->replay);
        info->rows = swf_reader_rows(s->replay);
        return got;
    }
    info->bytes_read = info->bytes_total;
    info->rows = swf_reader_rows(s->survey);
    if (s->kept_next == s->kept_count)
        return 0;
    const struct kept_job *kept = &s->kept[s->kept_next++];
    s->job = kept->job;
    s->job.id = swf_reader_id(s->survey, kept->key);
    return 1;
}

static struct sim_text number_text(int64_t number, char *buf, size_t size)
{
    if (number == SWF_MISSING)
        return (struct sim_text){NULL, 0};
    const int len = snprintf(buf, size, "%" PRId64, number);
    return (struct sim_text){buf, (uint32_t)len};
}

static void fill_task(struct swf_state *s, struct sim_input *out)
{
    const struct swf_job *job = &s->job;
    const bool gang = s->nodes > 1;
    const int64_t procs = gang ? 1 : job->procs;
    const char *queue = swf_header_queue(swf_reader_header(s->survey), job->queue);
    *out = (struct sim_input){.time_us = job->submit_us, .kind = SIM_IN_SUBMIT};
    out->u.task.known = (struct sim_task_known){
        .job = job->id,
        .index = s->rank,
        .user = number_text(job->user, s->user, sizeof s->user),
        .queue =
            queue != NULL ? text_of(queue) : number_text(job->queue, s->queue, sizeof s->queue),
        .tier = SIM_TIER_BATCH,
        .request = {{[SIM_CPU] = procs * 1000, [SIM_MEMORY] = s->memory ? job->memory * procs : 0}},
        .gang = gang ? job->procs : 0,
        .time_limit_us = job->limit_us,
    };
    out->u.task.truth = (struct sim_task_truth){
        .duration_us = job->run_us,
        .end = job->end,
        .cancel_us = job->cancel_us,
        .recorded_start_us = job->recorded_start_us,
        .recorded_end_us = job->recorded_end_us,
    };
}

static enum sim_next next_task(struct swf_state *s, struct sim_input *out,
                               struct sim_trace_info *info, struct sim_diag *diag)
{
    if (s->rank == 0) {
        const int got = next_job(s, info, diag);
        if (got != 1)
            return got == 0 ? SIM_NEXT_END : SIM_NEXT_ERROR;
    }
    fill_task(s, out);
    s->rank = s->nodes > 1 && s->rank + 1 < s->job.procs ? s->rank + 1 : 0;
    return SIM_NEXT_ITEM;
}

/* ---- the cluster ---------------------------------------------------------------------------- */

static bool open_cluster(struct swf_state *s, const struct sim_open_args *args,
                         struct sim_trace_info *info, struct sim_diag *diag)
{
    s->machines = parts_open(args, swf_kinds, ".swf", diag);
    if (s->machines == NULL)
        return false;
    parts_describe(s->machines, info);
    if (!swf_header_read(s->machines, &s->header, diag))
        return false;
    if (s->header.clipped)
        sim_findings_add_n(args->findings, &swf_kinds[SWF_HEADER_CLIPPED], 1);
    const int64_t set = sim_settings_int(args->settings, "cluster.procs");
    s->machine = set > 0 ? set : swf_header_machine(&s->header);
    s->machine_memory = sim_settings_int(args->settings, "cluster.memory");
    if (s->machine_memory == 0 && s->memory)
        s->machine_memory = MEMORY_UNLIMITED;
    if (s->machine == 0) {
        sim_hint(diag, "give the size of the machine: --set cluster.procs=N");
        return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){args->path, 0, 0},
                        "the header states neither MaxProcs nor MaxNodes");
    }
    if (s->machine < s->nodes)
        return sim_fail(diag, SIM_ERR_CONFIG, (struct sim_where){args->path, 0, 0},
                        "cluster.nodes is %" PRId64 ", but there are only %" PRId64 " processors",
                        s->nodes, s->machine);
    return true;
}

/* Machine i of n gets an equal share; the first ones take what does not divide. */
static int64_t share(int64_t total, int64_t n, int64_t i)
{
    return total / n + (i < total % n);
}

static enum sim_next next_machine(struct swf_state *s, struct sim_input *out)
{
    if (s->next_node == s->nodes)
        return SIM_NEXT_END;
    const int64_t i = s->next_node++;
    if (s->nodes == 1)
        (void)snprintf(s->name, sizeof s->name, "pool");
    else
        (void)snprintf(s->name, sizeof s->name, "node-%" PRId64, i);
    *out = (struct sim_input){.kind = SIM_IN_MACHINE_ADD};
    out->u.machine.name = text_of(s->name);
    out->u.machine.capacity.v[SIM_CPU] = share(s->machine, s->nodes, i) * 1000;
    out->u.machine.capacity.v[SIM_MEMORY] = s->machine_memory / s->nodes;
    return SIM_NEXT_ITEM;
}

/* ---- the format ----------------------------------------------------------------------------- */

static bool swf_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                     struct sim_diag *diag)
{
    struct swf_state *s = state;
    swf_header_init(&s->header);
    s->memory = sim_settings_bool(args->settings, "trace.memory");
    s->nodes = sim_settings_int(args->settings, "cluster.nodes");
    info->end_us = SIM_NEVER;
    fill_units(info, s->memory);
    return args->role == SIM_ROLE_TRACE ? open_trace(s, args, info, diag)
                                        : open_cluster(s, args, info, diag);
}

static enum sim_next swf_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                              struct sim_diag *diag)
{
    struct swf_state *s = state;
    return s->survey != NULL ? next_task(s, out, info, diag) : next_machine(s, out);
}

static void swf_close(void *state)
{
    struct swf_state *s = state;
    swf_reader_destroy(s->replay);
    swf_reader_destroy(s->survey);
    lines_close(s->machines);
    swf_header_fini(&s->header);
    mem_free(s->kept);
}

/* A header key, or a first data row of 18 numbers. */
static int swf_probe(const char *path, const char *head, size_t n)
{
    struct swf_header header;
    swf_header_init(&header);
    const bool named = strstr(path, ".swf") != NULL;
    int score = named ? 70 : 0;
    struct sim_text line, fields[SWF_FIELDS];
    size_t at = 0;
    while (line_in(head, n, &at, &line)) {
        if (swf_header_line(&header, line) || text_trim(line).len == 0)
            continue;
        if (fields_split_blank(line, fields, SWF_FIELDS) == SWF_FIELDS)
            score = named ? 100 : 60;
        break;
    }
    if (score < 90 && (header.jobs >= 0 || swf_header_machine(&header) > 0))
        score = 90;
    swf_header_fini(&header);
    return score;
}

static const char schema[] =
    "Text; lines that begin with ';' are comments (\"; Key: value\"); a row is 18 numbers "
    "separated\n"
    "by blanks or tabs. Missing = -1. Times in seconds since the log began, memory in KB.\n"
    "   1 job number              7 used memory/processor    13 group\n"
    "   2 submit time             8 requested processors     14 executable\n"
    "   3 wait                    9 requested time           15 queue (named by ; Queue: lines)\n"
    "   4 run time               10 requested memory/proc.   16 partition\n"
    "   5 allocated processors   11 status                   17 preceding job\n"
    "   6 average cpu time       12 user                     18 think time\n"
    "Status: 0 failed, 1 completed, 5 cancelled, -1 unknown; 2, 3, 4 parts of a checkpointed job.\n"
    "A job is one task of P processors (field 8, or 5) on a cluster of one pool machine; with\n"
    "cluster.nodes=N it is a gang of P one-processor tasks on N machines. Use the same log as "
    "trace\n"
    "and cluster: the machine's size is MaxProcs (or MaxNodes) of the header, or cluster.procs.\n"
    "A directory is read as one log cut into parts (*.swf, by name).\n"
    "Not replayed: field 16 (partition) and fields 17 and 18 (dependency) restrict nothing.\n";

static const char example[] = "; MaxProcs: 100\n"
                              "; Queue: 1 batch\n"
                              "1 0 3 3600 8 -1 -1 8 7200 -1 1 17 1 4 1 -1 -1 -1\n"
                              "2 60 -1 90 1 -1 -1 1 600 -1 0 17 1 4 1 -1 -1 -1\n";

const struct sim_format sim_format_swf = {
    .abi = SIM_FORMAT_ABI,
    .name = "swf",
    .summary = "Standard Workload Format: rigid parallel jobs of the Parallel Workloads Archive",
    .source = "https://www.cs.huji.ac.il/labs/parallel/workload/swf.html",
    .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
    .schema = schema,
    .example = example,
    .options = options,
    .findings = swf_kinds,
    .state_bytes = sizeof(struct swf_state),
    .probe = swf_probe,
    .open = swf_open,
    .next = swf_next,
    .close = swf_close,
};
