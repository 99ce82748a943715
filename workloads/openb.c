/* openb.c - Alibaba cluster-trace-gpu-v2023 ("openb"): lists of pods and lists of nodes.
 *
 * A pod is one job of one task. Its times are so sparse (at most 56 pods at once) that the study
 * for which the trace was published replays only the order, without departures, resampled to 130 %
 * of the GPUs: options trace.order, trace.departures and trace.load, of which the last follows Weng
 * et al., "Beware of Fragmentation" (USENIX ATC 2023). Most lists are not sorted, so a list is read
 * whole; the largest has 9,420 rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/prng.h"
#include "base/wide.h"
#include "workloads/lib/openb_pod.h"

#define WINDOW_END_S INT64_C(12902960) /* The trace stops here; what runs then was cut off. */

/* ---- options and columns --------------------------------------------------------------------- */

enum { ORDER_TIME, ORDER_FILE, ORDER_SHUFFLE };
static const struct sim_option options[] = {
    {"trace.order", SIM_OPT_CHOICE, 0, 0, "time", "time|file|shuffle",
     "pods arrive at creation_time, or one a second in the order of the file or of a shuffle"},
    {"trace.departures", SIM_OPT_BOOL, 0, 0, "true", NULL,
     "false: a placed pod never ends and a waiting pod never gives up"},
    {"trace.load", SIM_OPT_DECIMAL, 0, 100000000, "0", NULL,
     "GPU milli asked for by all pods, as a multiple of the cluster's; pods are drawn again or "
     "left "
     "out to reach it; 0 = as recorded"},
    SIM_OPTION_END,
};

enum { NODE_NAME, NODE_CPU, NODE_MEMORY, NODE_GPU, NODE_MODEL };
static const char *const node_columns[] = {"sn", "cpu_milli", "memory_mib", "gpu", "model"};
static const struct table_layout node_layout = {
    node_columns, 5, 5, "a node list is expected; a pod list goes to --trace openb:PODS.csv"};

static const enum sim_tier qos_tiers[] = {SIM_TIER_FREE, SIM_TIER_BATCH, SIM_TIER_MID,
                                          SIM_TIER_PRODUCTION};
/* By enum openb_phase. */
static const enum sim_end phase_ends[] = {SIM_END_KILLED, SIM_END_FINISHED, SIM_END_FAILED,
                                          SIM_END_KILLED};

/* ---- state ----------------------------------------------------------------------------------- */

struct arrival {
    uint32_t pod;
    uint32_t copy; /* Number of a pod drawn again; SIM_NONE = the pod itself. */
};

struct openb {
    struct table table;
    struct rows *keep; /* Text of the pods. */
    struct pod *pod;
    size_t pod_count, pod_cap;
    struct arrival *arrival; /* In order of arrival when that is not by time. */
    size_t arrival_count, arrival_cap;
    struct map_text *names;
    struct rows *out; /* What next() delivers. */
};

/* ---- a list of pods -------------------------------------------------------------------------- */

/* A job is known by its name, so a second pod of that name cannot be told from the first. */
static bool is_new(struct openb *s, struct sim_text name, uint32_t column)
{
    bool fresh = false;
    if (s->table.state == ROW_GOOD) {
        (void)map_text_id(s->names, name, &fresh);
        if (!fresh) {
            (void)table_bad(&s->table, table_where(&s->table, column), DUPLICATE, false,
                            SIM_ERR_FORMAT, "the name '%.*s' occurs above already", (int)name.len,
                            name.at);
        }
    }
    return fresh;
}

static void note_columns(const struct openb *s)
{
    char text[160] = "no column";
    bool any = false;
    for (uint32_t i = openb_pod_layout.required; i < openb_pod_layout.count; i++) {
        if (!table_has(&s->table, i)) {
            const size_t used = strlen(text);
            (void)snprintf(text + used, sizeof text - used, " %s", openb_pod_layout.names[i]);
            any = true;
        }
    }
    if (any) {
        struct sim_where where = lines_where(s->table.lines);
        sim_findings_add(s->table.args.findings, &openb_kinds[NO_COLUMNS], where, text);
    }
}

static void note(const struct openb *s, uint32_t kind, uint64_t count)
{
    if (count != 0) {
        sim_findings_add_n(s->table.args.findings, &openb_kinds[kind], count);
    }
}

static void note_pods(const struct openb *s)
{
    const bool departures = sim_settings_bool(s->table.args.settings, "trace.departures");
    uint64_t pending = 0, censored = 0, unsorted = 0, no_memory = 0, no_times = 0;
    sim_time latest_us = 0;
    for (size_t i = 0; i < s->pod_count; i++) {
        const struct pod *p = &s->pod[i];
        const bool timed = p->created_us != SIM_NEVER;
        pending += departures && p->phase == PENDING && timed; /* Else it has no duration. */
        censored += p->phase == RUNNING && p->deleted_us == SIM_SECONDS(WINDOW_END_S);
        unsorted += p->created_us < latest_us;
        latest_us = timed && p->created_us > latest_us ? p->created_us : latest_us;
        no_memory += p->request.v[SIM_MEMORY] == 0;
        no_times += !timed;
    }
    note(s, PENDING_DURATION, pending);
    note(s, CENSORED, censored);
    note(s, UNSORTED, unsorted);
    note(s, NO_MEMORY, no_memory);
    note(s, NO_TIMES, no_times);
}

static bool read_pods(struct openb *s, struct sim_trace_info *info, struct sim_diag *diag)
{
    enum sim_next next;
    note_columns(s);
    while ((next = table_next(&s->table, info, diag)) == SIM_NEXT_ITEM) {
        struct pod p;
        openb_read_pod(&s->table, &p);
        if (is_new(s, p.name, NAME)) {
            MEM_GROW(s->pod, s->pod_cap, s->pod_count + 1);
            p.name = rows_text(s->keep, p.name);
            p.spec = rows_text(s->keep, p.spec);
            s->pod[s->pod_count++] = p;
        }
        if (s->table.state == ROW_STOP) {
            return false;
        }
    }
    note_pods(s);
    return next == SIM_NEXT_END;
}

/* ---- order and load ------------------------------------------------------------------------- */

static void arrive(struct openb *s, uint32_t pod, uint32_t copy)
{
    MEM_GROW(s->arrival, s->arrival_cap, s->arrival_count + 1);
    s->arrival[s->arrival_count++] = (struct arrival){pod, copy};
}

static void shuffle(struct openb *s)
{
    struct prng r;
    prng_init(&r, s->table.args.seed, "trace.openb.shuffle");
    for (size_t i = s->arrival_count; i > 1; i--) {
        const uint32_t k = prng_below(&r, (uint32_t)i);
        const struct arrival swap = s->arrival[i - 1];
        s->arrival[i - 1] = s->arrival[k];
        s->arrival[k] = swap;
    }
}

/* Draws pods of the list again until the next would ask for more than is wanted. As in the
 * published protocol, that test counts the milli of one GPU of the drawn pod, not of all its GPUs.
 */
static void add_load(struct openb *s, struct prng *r, int64_t asked, int64_t wanted)
{
    for (uint32_t copy = 0;; copy++) {
        const uint32_t drawn = prng_below(r, (uint32_t)s->pod_count);
        const struct pod *p = &s->pod[drawn];
        if (asked + p->gpu_milli > wanted) {
            return;
        }
        arrive(s, drawn, copy);
        asked += p->request.v[SIM_GPU];
        sim_findings_add_n(s->table.args.findings, &openb_kinds[LOAD_ADDED], 1);
    }
}

static void remove_load(struct openb *s, struct prng *r, int64_t asked, int64_t wanted)
{
    while (asked > wanted) {
        const uint32_t drawn = prng_below(r, (uint32_t)s->arrival_count);
        asked -= s->pod[s->arrival[drawn].pod].request.v[SIM_GPU];
        s->arrival_count--;
        memmove(&s->arrival[drawn], &s->arrival[drawn + 1],
                (s->arrival_count - drawn) * sizeof *s->arrival);
        sim_findings_add_n(s->table.args.findings, &openb_kinds[LOAD_REMOVED], 1);
    }
}

static bool tune_load(struct openb *s, struct sim_diag *diag)
{
    const struct sim_open_args *args = &s->table.args;
    const int64_t load_ppm = sim_settings_int(args->settings, "trace.load");
    if (load_ppm == 0) {
        return true;
    }
    const struct sim_where file = {lines_where(s->table.lines).path, 0, 0};
    if (args->cluster == NULL || args->cluster->v[SIM_GPU] == 0) {
        sim_hint(diag, "give a cluster with GPUs by --cluster, or leave trace.load at 0");
        return sim_fail(diag, SIM_ERR_CONFIG, file,
                        "trace.load is relative to the cluster's GPUs, and none are known");
    }
    int64_t asked = 0;
    for (size_t i = 0; i < s->pod_count; i++) {
        asked += s->pod[i].request.v[SIM_GPU];
    }
    if (asked == 0) {
        sim_hint(diag, "leave trace.load at 0");
        return sim_fail(diag, SIM_ERR_CONFIG, file,
                        "trace.load is given, but no pod of this list asks for a GPU");
    }
    const int64_t wanted = sim_muldiv(args->cluster->v[SIM_GPU], load_ppm, 1000000);
    struct prng r;
    prng_init(&r, args->seed, "trace.openb.load");
    if (asked < wanted) {
        add_load(s, &r, asked, wanted);
    } else {
        remove_load(s, &r, asked, wanted);
    }
    return true;
}

/* ---- delivery ------------------------------------------------------------------------------- */

static struct sim_task_truth truth_of(const struct openb *s, const struct pod *p,
                                      const struct arrival *a, sim_time submit_us, bool by_time)
{
    struct sim_task_truth t = {SIM_NEVER, phase_ends[p->phase], SIM_NEVER, SIM_NEVER, SIM_NEVER};
    if (p->deleted_us == SIM_NEVER) {
        return t;
    }
    const bool ran = p->scheduled_us != SIM_NEVER;
    if (sim_settings_bool(s->table.args.settings, "trace.departures")) {
        t.duration_us = p->deleted_us - (ran ? p->scheduled_us : p->created_us);
        t.cancel_us = p->phase == PENDING ? submit_us + (p->deleted_us - p->created_us) : SIM_NEVER;
    }
    if (by_time && a->copy == SIM_NONE && ran) {
        t.recorded_start_us = p->scheduled_us;
        t.recorded_end_us = p->deleted_us;
    }
    return t;
}

static void deliver(struct openb *s, const struct arrival *a, sim_time submit_us, bool by_time)
{
    const struct pod *p = &s->pod[a->pod];
    struct sim_text values[OPENB_SPEC_MAX];
    const struct sim_constraint gpu = {.key = text_of("gpu"),
                                       .op = SIM_OP_IN,
                                       .values = values,
                                       .value_count = openb_split_spec(p->spec, values)};
    char copy[SIM_NAME_MAX + 1];
    struct sim_text name = p->name;
    if (a->copy != SIM_NONE) {
        (void)snprintf(copy, sizeof copy, "%.*s-tuned-%" PRIu32, (int)name.len, name.at, a->copy);
        name = text_of(copy);
    }
    const struct sim_input in = {
        .time_us = submit_us,
        .kind = SIM_IN_SUBMIT,
        .u.task = {.known = {.job = name,
                             .priority = p->qos < 0 ? 0 : p->qos,
                             .tier = p->qos < 0 ? SIM_TIER_BATCH : qos_tiers[p->qos],
                             .request = p->request,
                             .gpu_count = p->gpu_count,
                             .gpu_milli = p->gpu_milli,
                             .constraints = &gpu,
                             .constraint_count = gpu.value_count != 0,
                             .time_limit_us = SIM_NEVER},
                   .truth = truth_of(s, p, a, submit_us, by_time)},
    };
    rows_add(s->out, &in, a->pod);
}

static bool open_pods(struct openb *s, struct sim_trace_info *info, struct sim_diag *diag)
{
    const int order = sim_settings_choice(s->table.args.settings, "trace.order");
    if (!read_pods(s, info, diag)) {
        return false;
    }
    for (uint32_t i = 0; i < s->pod_count; i++) {
        arrive(s, i, SIM_NONE);
    }
    if (order == ORDER_SHUFFLE) {
        shuffle(s);
    }
    if (!tune_load(s, diag)) {
        return false;
    }
    for (size_t i = 0; i < s->arrival_count; i++) {
        const struct pod *p = &s->pod[s->arrival[i].pod];
        const bool by_time = order == ORDER_TIME && p->created_us != SIM_NEVER;
        deliver(s, &s->arrival[i], by_time ? p->created_us : SIM_SECONDS(i), by_time);
    }
    (void)rows_sort(s->out);
    return true;
}

/* ---- a list of nodes ------------------------------------------------------------------------ */

static bool open_nodes(struct openb *s, struct sim_trace_info *info, struct sim_diag *diag)
{
    struct table *t = &s->table;
    enum sim_next next;
    while ((next = table_next(t, info, diag)) == SIM_NEXT_ITEM) {
        const struct sim_label model = {text_of("gpu"), table_text(t, NODE_MODEL)};
        struct sim_machine_input m = {.name = table_name(t, NODE_NAME, BAD_NAME, OPENB_NAME_MAX)};
        m.capacity.v[SIM_CPU] =
            table_int(t, NODE_CPU, BAD_NUMBER, 0, OPENB_NUMBER_MAX, TABLE_NO_DEFAULT);
        m.capacity.v[SIM_MEMORY] =
            table_int(t, NODE_MEMORY, BAD_NUMBER, 0, OPENB_NUMBER_MAX, TABLE_NO_DEFAULT) << 20;
        const int64_t gpus =
            table_int(t, NODE_GPU, BAD_NUMBER, 0, OPENB_GPUS_MAX, TABLE_NO_DEFAULT);
        m.capacity.v[SIM_GPU] = gpus * SIM_DEVICE_MILLI;
        m.gpu_count = (uint32_t)gpus;
        m.labels = &model;
        m.label_count = model.value.len != 0;
        if (is_new(s, m.name, NODE_NAME)) {
            const struct sim_input in = {.kind = SIM_IN_MACHINE_ADD, .u.machine = m};
            rows_add(s->out, &in, info->rows);
        }
        if (t->state == ROW_STOP) {
            return false;
        }
    }
    return next == SIM_NEXT_END;
}

/* ---- the format ----------------------------------------------------------------------------- */

static bool openb_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                       struct sim_diag *diag)
{
    struct openb *s = state;
    const bool nodes = args->role == SIM_ROLE_CLUSTER;
    s->keep = rows_create();
    s->out = rows_create();
    s->names = map_text_create();
    units_standard(&info->units);
    info->end_us = SIM_NEVER;
    return table_open(&s->table, nodes ? &node_layout : &openb_pod_layout, args, openb_kinds, info,
                      diag) &&
           (nodes ? open_nodes(s, info, diag) : open_pods(s, info, diag));
}

static enum sim_next openb_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                                struct sim_diag *diag)
{
    struct openb *s = state;
    (void)diag;
    return rows_next(s->out, out, info);
}

static void openb_close(void *state)
{
    struct openb *s = state;
    table_close(&s->table);
    rows_destroy(s->keep);
    rows_destroy(s->out);
    map_text_destroy(s->names);
    mem_free(s->pod);
    mem_free(s->arrival);
}

/* The first columns of both lists are in no other format; what else is missing, open() tells. */
#define PROBED 4
static int openb_probe(const char *path, const char *head, size_t n)
{
    (void)path;
    const struct table_layout *const layouts[] = {&openb_pod_layout, &node_layout};
    for (size_t l = 0; l < 2; l++) {
        uint32_t column[TABLE_COLUMNS_MAX], found = 0;
        const uint32_t width = table_probe(layouts[l], head, n, column);
        for (uint32_t i = 0; width != 0 && i < PROBED; i++) {
            found += column[i] != UINT32_MAX;
        }
        if (found == PROBED) {
            return 100;
        }
    }
    return 0;
}

const struct sim_format sim_format_openb = {
    .abi = SIM_FORMAT_ABI,
    .name = "openb",
    .summary = "Alibaba GPU 2023 (openb): lists of pods and of nodes with shared GPUs",
    .source = "https://github.com/alibaba/clusterdata/tree/master/cluster-trace-gpu-v2023",
    .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
    .schema =
        "A CSV file whose first line names the columns, in any order; or a directory of its parts\n"
        "(*.csv, by name), which may repeat that line.\n"
        "\n"
        "Pods (--trace). The first five columns are required; a list without the others is read\n"
        "and noted.\n"
        "  name            text, once per file; the job's id, its only task has index 0\n"
        "  cpu_milli       thousandths of a core, >= 0\n"
        "  memory_mib      MiB, >= 0\n"
        "  num_gpu         GPUs, 0 to 8\n"
        "  gpu_milli       thousandths of EACH GPU: 0 without GPU, 1-1000 with one GPU (less\n"
        "                  than 1000 = a share), 1000 with more\n"
        "  gpu_spec        models that are allowed, joined by |; empty = any\n"
        "  qos             LS > Guaranteed > Burstable > BE: priority 3 to 0, tier production,\n"
        "                  mid, batch, free\n"
        "  pod_phase       how it ended: Succeeded finished, Failed failed, Running killed when\n"
        "                  deleted, Pending cancelled when deleted\n"
        "  creation_time   s; submitted\n"
        "  deletion_time   s; ended\n"
        "  scheduled_time  s; started; empty exactly for Pending pods\n"
        "\n"
        "Nodes (--cluster): sn (name), cpu_milli, memory_mib, gpu (0 to 8), model (label gpu;\n"
        "empty = none). All join at time 0.\n",
    .example = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
               "deletion_time,scheduled_time\n"
               "pod-0,6000,12288,1,460,,LS,Running,427,9000,430\n"
               "pod-1,16000,65536,2,1000,V100M16|V100M32,BE,Pending,430,5000,\n"
               "\n"
               "sn,cpu_milli,memory_mib,gpu,model\n"
               "node-0,96000,393216,8,V100M32\n",
    .options = options,
    .findings = openb_kinds,
    .state_bytes = sizeof(struct openb),
    .probe = openb_probe,
    .open = openb_open,
    .next = openb_next,
    .close = openb_close,
};
