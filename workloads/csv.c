/* csv.c - the native format: a CSV file with a header, the simplest way to bring a workload.
 *
 * Tasks are streamed, so they must stand in order of submission; --bad-rows=repair reads the whole
 * file and sorts it. Machines are read whole (there are few), so their order does not matter. An
 * unknown column is an error: a misspelt one would otherwise silently mean its default.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "workloads/lib/csv_fields.h"
#include "workloads/lib/csv_machines.h"

enum {
    SUBMIT,
    DURATION,
    CPU,
    JOB,
    TASK,
    MEMORY,
    GPU,
    DISK,
    PRIORITY,
    TIER,
    USER,
    QUEUE,
    GANG,
    MAX_PER_MACHINE,
    TIME_LIMIT,
    CONSTRAINTS,
    END,
    COUNT,
    INPUTS
};
static const char *const task_columns[] = {
    "submit",     "duration",    "cpu",  "job",   "task",   "memory", "gpu",
    "disk",       "priority",    "tier", "user",  "queue",  "gang",   "max_per_machine",
    "time_limit", "constraints", "end",  "count", "inputs",
};
static const struct table_layout task_layout = {
    task_columns, 19, 3,
    "a list of tasks needs submit, duration and cpu; see `simctl formats csv`"};

enum { COUNT_MAX = 10000000 };

static const char *const tiers[] = {"free", "batch", "mid", "production", "monitoring", NULL};
static const char *const ends[] = {"finished", "failed", "killed", "evicted", "lost", NULL};

/* ---- state ----------------------------------------------------------------------------------- */

struct csv {
    struct table table;
    struct terms terms;
    char name[32]; /* Of a job without a name. */

    struct map_text *jobs;
    uint32_t *job_next; /* By job: all tasks below this number stand above. */
    size_t job_cap;
    struct map_u64 *ahead; /* (job, number) of tasks that came before their turn. */
    sim_time latest_us;
    struct rows *kept;     /* Tasks that had to be sorted; NULL = streaming. */
    struct sim_input last; /* With `count`: the task that was delivered, */
    uint32_t left;         /* and how many like it follow. */

    struct csv_machines machines;
};

/* ---- tasks ----------------------------------------------------------------------------------- */

static void read_request(struct table *t, struct sim_task_known *k)
{
    k->request.v[SIM_CPU] = csv_cores(t, CPU, DECIMAL_UP);
    k->request.v[SIM_MEMORY] = csv_bytes(t, MEMORY, DECIMAL_UP);
    k->request.v[SIM_DISK] = csv_bytes(t, DISK, DECIMAL_UP);
    const int64_t milli = csv_gpus(t, GPU, true);
    const bool share = milli % SIM_DEVICE_MILLI != 0;
    k->request.v[SIM_GPU] = milli;
    k->gpu_count = share ? 1 : (uint16_t)(milli / SIM_DEVICE_MILLI);
    k->gpu_milli = share ? (uint16_t)milli : milli == 0 ? 0 : SIM_DEVICE_MILLI;
}

/* ---- the key of a task: job and number -------------------------------------------------------
 *
 * The one thing of this format for which memory grows with the length of the file: a name and a
 * count for every job, and 16 to 46 bytes for a task that comes before its turn, until then. */

static uint32_t job_id(struct csv *s, struct sim_text job)
{
    const uint32_t id = map_text_id(s->jobs, job, NULL);
    MEM_GROW(s->job_next, s->job_cap, (size_t)id + 1);
    return id;
}

/* False: it stands above already. */
static bool claim(struct csv *s, uint32_t job, uint32_t number)
{
    uint32_t *next = &s->job_next[job];
    bool fresh = true;
    if (number > *next) {
        (void)map_u64_put(s->ahead, (uint64_t)job << 32 | number, &fresh);
        return fresh;
    }
    if (number < *next) {
        return false;
    }
    do {
        ++*next;
    } while (map_u64_remove(s->ahead, (uint64_t)job << 32 | *next));
    return true;
}

/* Called for rows that are good so far: one that is dropped takes no number. */
static void number_task(struct csv *s, struct sim_task_known *k)
{
    struct table *t = &s->table;
    const uint32_t job = job_id(s, k->job);
    if (!table_has(t, TASK)) { /* The rows of a job are its tasks 0, 1, ... */
        k->index = s->job_next[job];
        s->job_next[job] += s->left + 1;
    } else if (!claim(s, job, k->index)) {
        (void)table_bad(t, table_where(t, TASK), DUPLICATE_TASK, false, SIM_ERR_FORMAT,
                        "task %" PRIu32 " of job %.*s stands above already", k->index,
                        (int)k->job.len, k->job.at);
    }
}

static uint32_t read_number(struct table *t)
{
    const struct sim_text text = table_text(t, TASK);
    int64_t value;
    if (text.len != 0 && decimal_int(text, &value) == DECIMAL_BAD && t->state == ROW_GOOD &&
        t->args.bad_rows == SIM_BAD_FAIL) {
        sim_hint(t->diag, "a name goes into the column job; task numbers the tasks of a job");
    }
    return (uint32_t)table_int(t, TASK, BAD_VALUE, 0, INT32_MAX, TABLE_NO_DEFAULT);
}

static void read_identity(struct csv *s, struct sim_task_known *k, uint64_t row)
{
    struct table *t = &s->table;
    k->user = csv_name(t, USER);
    k->queue = csv_name(t, QUEUE);
    k->priority = (int32_t)csv_int(t, PRIORITY, INT32_MIN, INT32_MAX);
    k->tier = SIM_TIER_BATCH;
    if (csv_given(t, TIER)) {
        k->tier = (enum sim_tier)table_choice(t, TIER, BAD_VALUE, tiers, SIM_TIER_BATCH);
    }
    if (table_has(t, TASK)) {
        k->index = read_number(t);
    }
    if (table_has(t, JOB)) {
        k->job = table_name(t, JOB, BAD_NAME, SIM_NAME_MAX);
        if (t->state == ROW_GOOD) {
            number_task(s, k);
        }
    } else {
        (void)snprintf(s->name, sizeof s->name, "job-%" PRIu64, row);
        k->job = text_of(s->name);
    }
}

/* So many tasks stand in the row. */
static void read_count(struct csv *s)
{
    struct table *t = &s->table;
    s->left = 0;
    if (!csv_given(t, COUNT)) {
        return;
    }
    const int64_t count = csv_int(t, COUNT, 1, COUNT_MAX);
    s->left = count > 0 ? (uint32_t)count - 1 : 0;
    if (csv_given(t, TASK)) {
        (void)table_bad(t, table_where(t, COUNT), BAD_VALUE, false, SIM_ERR_FORMAT,
                        "a row with a count has no task number; its tasks count up from the last "
                        "of the job");
    }
}

/* Streaming must not go back in time; a repair sorts afterwards instead. */
static void check_order(struct csv *s, sim_time submit_us)
{
    struct table *t = &s->table;
    if (submit_us < s->latest_us && t->args.bad_rows != SIM_BAD_REPAIR) {
        if (t->args.bad_rows == SIM_BAD_FAIL && t->state == ROW_GOOD) {
            sim_hint(t->diag,
                     "sort the file by submit, or pass --bad-rows=repair to have it sorted");
        }
        (void)table_bad(t, table_where(t, SUBMIT), BAD_ORDER, false, SIM_ERR_ORDER,
                        "submit is earlier than in a row above; rows must be in order of submit");
    }
    if (t->state == ROW_GOOD) {
        s->latest_us = submit_us;
    }
}

static void read_task(struct csv *s, struct sim_input *in, uint64_t row)
{
    struct table *t = &s->table;
    *in = (struct sim_input){.kind = SIM_IN_SUBMIT};
    struct sim_task_known *k = &in->u.task.known;
    in->time_us =
        table_quantity(t, SUBMIT, BAD_VALUE, &cell_form_time, DECIMAL_NEAREST, TABLE_NO_DEFAULT);
    k->gang = (uint32_t)csv_int(t, GANG, 0, INT32_MAX);
    k->max_per_machine = (uint32_t)csv_int(t, MAX_PER_MACHINE, 0, INT32_MAX);
    k->time_limit_us = csv_time(t, TIME_LIMIT, SIM_NEVER);
    read_request(t, k);
    if (csv_terms(t, &s->terms, CONSTRAINTS, terms_constraints)) {
        k->constraints = s->terms.constraint;
        k->constraint_count = s->terms.constraints;
    }
    if (csv_terms(t, &s->terms, INPUTS, terms_inputs)) {
        k->data = s->terms.input;
        k->data_count = s->terms.inputs;
    }
    struct sim_task_truth *truth = &in->u.task.truth;
    *truth = (struct sim_task_truth){csv_time(t, DURATION, SIM_NEVER), SIM_END_FINISHED, SIM_NEVER,
                                     SIM_NEVER, SIM_NEVER};
    if (csv_given(t, END)) {
        truth->end = (enum sim_end)table_choice(t, END, BAD_VALUE, ends, SIM_END_FINISHED);
    }
    check_order(s, in->time_us);
    read_count(s);
    read_identity(s, k, row); /* Last, so that a dropped row takes no number. */
}

static enum sim_next next_task(struct csv *s, struct sim_input *out, struct sim_trace_info *info,
                               struct sim_diag *diag)
{
    enum sim_next next;
    if (s->left > 0) {
        s->left--;
        s->last.u.task.known.index++;
        *out = s->last;
        return SIM_NEXT_ITEM;
    }
    while ((next = table_next(&s->table, info, diag)) == SIM_NEXT_ITEM) {
        read_task(s, out, info->rows);
        if (s->table.state != ROW_DROP) {
            s->last = *out;
            return s->table.state == ROW_GOOD ? SIM_NEXT_ITEM : SIM_NEXT_ERROR;
        }
        s->left = 0;
    }
    return next;
}

static bool open_tasks(struct csv *s, struct sim_trace_info *info, struct sim_diag *diag)
{
    const struct sim_open_args *args = &s->table.args;
    if (args->bad_rows != SIM_BAD_REPAIR) {
        return true;
    }
    s->kept = rows_create();
    struct sim_input in;
    enum sim_next next;
    while ((next = next_task(s, &in, info, diag)) == SIM_NEXT_ITEM) {
        rows_add(s->kept, &in, 0);
    }
    const uint64_t inversions = rows_sort(s->kept);
    sim_findings_add_n(args->findings, &csv_kinds[BAD_ORDER], inversions);
    sim_findings_add_n(args->findings, &csv_kinds[BAD_ROW_REPLACED], inversions);
    return next == SIM_NEXT_END;
}

/* ---- the format ----------------------------------------------------------------------------- */

static bool csv_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                     struct sim_diag *diag)
{
    struct csv *s = state;
    const bool machines = args->role == SIM_ROLE_CLUSTER;
    s->jobs = map_text_create();
    s->ahead = map_u64_create();
    units_standard(&info->units);
    info->end_us = SIM_NEVER;
    return table_open(&s->table, machines ? &csv_machine_layout : &task_layout, args, csv_kinds,
                      info, diag) &&
           (machines ? csv_machines_read(&s->machines, &s->table, &s->terms, info, diag)
                     : open_tasks(s, info, diag));
}

static enum sim_next csv_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                              struct sim_diag *diag)
{
    struct csv *s = state;
    if (s->table.args.role == SIM_ROLE_CLUSTER) {
        return csv_machines_next(&s->machines, out);
    }
    return s->kept != NULL ? rows_next(s->kept, out, info) : next_task(s, out, info, diag);
}

static void csv_close(void *state)
{
    struct csv *s = state;
    table_close(&s->table);
    rows_destroy(s->kept);
    map_text_destroy(s->jobs);
    map_u64_destroy(s->ahead);
    mem_free(s->job_next);
    csv_machines_fini(&s->machines);
}

/* A header whose fields are all ours. */
static int csv_probe(const char *path, const char *head, size_t n)
{
    (void)path;
    const struct table_layout *const layouts[] = {&task_layout, &csv_machine_layout};
    for (size_t l = 0; l < 2; l++) {
        uint32_t column[TABLE_COLUMNS_MAX], found = 0, required = 0;
        const uint32_t width = table_probe(layouts[l], head, n, column);
        for (uint32_t i = 0; width != 0 && i < layouts[l]->count; i++) {
            found += column[i] != UINT32_MAX;
            required += i < layouts[l]->required && column[i] != UINT32_MAX;
        }
        if (required == layouts[l]->required) {
            return found == width ? 95 : 50;
        }
    }
    return 0;
}

const struct sim_format sim_format_csv = {
    .abi = SIM_FORMAT_ABI,
    .name = "csv",
    .summary = "native: a CSV file with a header, for your own workload or cluster",
    .source = "workloads/README.md",
    .roles = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER,
    .schema =
        "The first line names the columns, in any order; columns that you do not need may be left\n"
        "out, and an empty field means the default. Times are seconds (12.5) or have units "
        "(1h30m,\n"
        "250ms); sizes are bytes or have units (4GiB, 500MB). A field with a comma stands in "
        "double\n"
        "quotes. A directory is read as one file cut into parts (*.csv, by name), which may "
        "repeat\n"
        "the first line.\n"
        "\n"
        "Tasks (--trace), one a row, in order of submit (--bad-rows=repair sorts):\n"
        "  submit           time, required\n"
        "  duration         time it runs once started; empty = for ever; column required\n"
        "  cpu              cores asked for (0.5 or 500m), required\n"
        "  job              name; default job-N for the Nth row\n"
        "  task             0-based number in the job, each once; default: its rows count up\n"
        "  memory, disk     sizes asked for, default 0\n"
        "  gpu              devices (2), or a share of one (0.5), default 0\n"
        "  priority         integer, higher = more important, default 0\n"
        "  tier             free | batch | mid | production | monitoring, default batch\n"
        "  user, queue      names\n"
        "  gang             so many tasks of the job must be able to start together, default\n"
        "                   none; more of them start with these as they fit, or later\n"
        "  max_per_machine  tasks of the job on one machine, default no limit\n"
        "  time_limit       the user's estimate, default none\n"
        "  constraints      on labels, all must hold, separated by semicolons: key=value,\n"
        "                   key=a|b|c, key!=value, key<5, key>5, key (is there), !key (is not);\n"
        "                   ~key or ~key=value tolerates a taint\n"
        "  end              finished | failed | killed | evicted | lost, default finished\n"
        "  count            so many tasks like this one, instead of a task number; default 1\n"
        "  inputs           data that it reads and who holds it, machine=size;machine=size, for\n"
        "                   schedulers that bring tasks to their data\n"
        "\n"
        "Machines (--cluster), one event a row, in any order:\n"
        "  name             required\n"
        "  cpu, memory      columns required; values for add and update\n"
        "  gpu, disk        devices and size, default 0\n"
        "  labels           key=value;key=value\n"
        "  taints           key=value:NoSchedule (or PreferNoSchedule, NoExecute)\n"
        "  domains          failure domains: rack=r1;power=p2\n"
        "  time             default 0\n"
        "  event            add | remove | update | drain | undrain, default add; an update\n"
        "                   replaces capacity, labels, taints and domains. At one instant they\n"
        "                   happen in this order\n"
        "  count            N machines name-0 .. name-(N-1)\n",
    .example = "submit,duration,cpu,memory,job,gpu,priority,constraints\n"
               "0,1h,4,8GiB,train,1,10,gpu=A100|H100\n"
               "12.5,300,0.5,512MiB,web,,100,zone!=b;!old\n"
               "60,,2,4GiB,service,0.25,50,~dedicated=lab\n"
               "\n"
               "name,cpu,memory,gpu,labels,taints,domains,time,event,count\n"
               "node,32,128GiB,,zone=a,,rack=r1,,,20\n"
               "gpu,64,512GiB,8,zone=b;gpu=A100,dedicated=lab:NoSchedule,rack=r2,,,4\n"
               "node-3,,,,,,,2h,drain,\n",
    .findings = csv_kinds,
    .state_bytes = sizeof(struct csv),
    .probe = csv_probe,
    .open = csv_open,
    .next = csv_next,
    .close = csv_close,
};
