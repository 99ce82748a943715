/* google2011_scan.c - the one pass over the event tables of the Google 2011 trace.
 *
 * The part number does not cut job_events and task_events at the same instant, so they are merged
 * by time: a job's row comes before the task rows of its instant. */
#include "workloads/lib/google2011_scan.h"

#include "base/map.h"
#include "base/mem.h"
#include "workloads/lib/google2011_parts.h"

#include <inttypes.h>

enum { JOB_JOB = 2, JOB_EVENT = 3, JOB_USER = 4, JOB_COLUMNS = 8 };
enum {
    TASK_MISSING = 1,
    TASK_JOB = 2,
    TASK_INDEX = 3,
    TASK_MACHINE = 4,
    TASK_EVENT = 5,
    TASK_USER = 6,
    TASK_CPU = 9,
    TASK_COLUMNS = 13
};
enum { MACHINE_ID = 1, MACHINE_COLUMNS = 6 };

struct job {
    uint32_t user;
    uint8_t state; /* enum g2011_state. */
    bool has_tasks;
};

struct g2011_scan {
    struct sim_open_args args;
    struct tally tally;
    struct g2011_table jobs_table, tasks_table;
    const char **inputs; /* Paths of both. */
    bool has_jobs, has_machines;
    bool job_waits; /* A row of jobs_table is at hand and not yet counted. */
    struct map_text *job_ids, *users, *machines;
    struct job *jobs; /* By id in job_ids. */
    size_t job_cap;
    struct g2011_tasks *tasks;
    uint64_t task_events[G2011_EVENTS], job_events[G2011_EVENTS];
};

/* 1 = *id is the job's number; 0 = dropped; -1 = error. */
static int find_job(struct g2011_scan *s, const struct g2011_table *t, uint32_t column,
                    uint32_t *id, struct sim_diag *diag)
{
    int64_t number;
    if (!g2011_number(t->field[column], &number))
        return g2011_bad_value(t, column, "a job id, 0 to 9223372036854775807", diag);
    bool fresh;
    *id = map_text_id(s->job_ids, t->field[column], &fresh);
    if (fresh) {
        MEM_GROW(s->jobs, s->job_cap, (size_t)*id + 1);
        s->jobs[*id].user = SIM_NONE;
    }
    return 1;
}

static int find_event(const struct g2011_table *t, uint32_t column, enum g2011_event *event,
                      struct sim_diag *diag)
{
    const struct sim_text f = t->field[column];
    if (f.len != 1 || f.at[0] < '0' || f.at[0] >= '0' + G2011_EVENTS)
        return g2011_bad_value(t, column, "an event code, 0 to 8", diag);
    *event = (enum g2011_event)(f.at[0] - '0');
    return 1;
}

/* A job has one user; its first row with one tells. 1 = fine, 0 = dropped, -1 = error. */
static int set_user(struct g2011_scan *s, uint32_t job, const struct g2011_table *t,
                    uint32_t column, struct sim_diag *diag)
{
    const struct sim_text user = t->field[column];
    if (s->jobs[job].user != SIM_NONE || user.len == 0)
        return 1;
    if (user.len > SIM_NAME_MAX)
        return g2011_bad_value(t, column, "a user of at most 255 bytes", diag);
    s->jobs[job].user = map_text_id(s->users, user, NULL);
    return 1;
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static bool job_is_legal(enum g2011_state state, enum g2011_event e)
{
    const bool alive = state == G2011_PENDING || state == G2011_RUNNING;
    if (e == G2011_SUBMIT)
        return !alive;
    if (e == G2011_SCHEDULE || e == G2011_UPDATE_PENDING)
        return state == G2011_PENDING;
    if (e == G2011_FINISH || e == G2011_UPDATE_RUNNING)
        return state == G2011_RUNNING;
    return alive;
}

static enum g2011_state state_after(enum g2011_event e)
{
    if (e == G2011_SUBMIT || e == G2011_UPDATE_PENDING)
        return G2011_PENDING;
    return e == G2011_SCHEDULE || e == G2011_UPDATE_RUNNING ? G2011_RUNNING : G2011_DEAD;
}

/* The job goes on in the state that its row implies: a hole is one violation, not many. */
static bool job_state(struct g2011_scan *s, enum g2011_event event, struct sim_diag *diag)
{
    static const char what[] = "event %d does not follow from the rows before of job %.*s";
    const struct g2011_table *t = &s->jobs_table;
    const struct sim_where where = lines_at(t->lines, t->field[JOB_EVENT]);
    const struct sim_text job = t->field[JOB_JOB];
    if (s->args.bad_rows == SIM_BAD_FAIL) {
        sim_hint(diag, "is an earlier part missing? --bad-rows=skip goes on and counts such rows");
        return sim_fail(diag, SIM_ERR_ORDER, where, what, (int)event, (int)job.len, job.at);
    }
    tally_say(&s->tally, G2011_JOB_STATE, where, what, (int)event, (int)job.len, job.at);
    tally_add(&s->tally, G2011_JOB_STATE_TAKEN, t->lines);
    return true;
}

/* 1 = counted, 0 = dropped, -1 = error. */
static int job_row(struct g2011_scan *s, struct sim_diag *diag)
{
    const struct g2011_table *t = &s->jobs_table;
    uint32_t id = 0;
    enum g2011_event event = G2011_SUBMIT;
    int got = find_job(s, t, JOB_JOB, &id, diag);
    if (got == 1)
        got = find_event(t, JOB_EVENT, &event, diag);
    if (got == 1)
        got = set_user(s, id, t, JOB_USER, diag);
    if (got != 1)
        return got;
    if (t->time_us == SIM_NEVER) {
        tally_add(&s->tally, G2011_AFTER_WINDOW, t->lines);
        return 0;
    }
    struct job *job = &s->jobs[id];
    const enum g2011_state state = (enum g2011_state)job->state;
    s->job_events[event]++;
    if (event == G2011_SUBMIT && state == G2011_DEAD)
        tally_say(&s->tally, G2011_JOB_RESUBMITTED, lines_where(t->lines), "job %.*s",
                  (int)t->field[JOB_JOB].len, t->field[JOB_JOB].at);
    job->state = (uint8_t)state_after(event);
    return job_is_legal(state, event) || job_state(s, event, diag) ? 1 : -1;
}

/* Handles the rows of job_events up to and including `time_us`. */
static bool jobs_until(struct g2011_scan *s, sim_time time_us, struct sim_diag *diag)
{
    while (s->has_jobs) {
        if (!s->job_waits) {
            const int got = g2011_table_next(&s->jobs_table, diag);
            s->has_jobs = got == 1;
            if (got != 1)
                return got == 0;
        }
        s->job_waits = s->jobs_table.time_us > time_us;
        if (s->job_waits)
            return true;
        if (job_row(s, diag) < 0)
            return false;
    }
    return true;
}

/* ---- tasks ---------------------------------------------------------------------------------- */

/* 1 = *row is filled, 0 = dropped, -1 = error. */
static int parse_task(struct g2011_scan *s, struct g2011_row *row, struct sim_diag *diag)
{
    const struct g2011_table *t = &s->tasks_table;
    int64_t index;
    *row =
        (struct g2011_row){.time_us = t->time_us, .has_machine = t->field[TASK_MACHINE].len != 0};
    if (!g2011_number(t->field[TASK_INDEX], &index) || index >= UINT32_MAX)
        return g2011_bad_value(t, TASK_INDEX, "a task index, 0 to 4294967294", diag);
    row->index = (uint32_t)index;
    row->code = t->field[TASK_EVENT];
    int got = find_event(t, TASK_EVENT, &row->event, diag);
    if (got == 1)
        got = find_job(s, t, TASK_JOB, &row->job, diag);
    if (got == 1)
        got = set_user(s, row->job, t, TASK_USER, diag);
    if (got == 1)
        got = g2011_tasks_shape(s->tasks, t, &row->shape, diag);
    return got;
}

static void count_row(struct g2011_scan *s, const struct g2011_row *row)
{
    const struct g2011_table *t = &s->tasks_table;
    struct tally *tally = &s->tally;
    s->task_events[row->event]++;
    if (row->event == G2011_SCHEDULE && row->has_machine && s->has_machines &&
        map_text_find(s->machines, t->field[TASK_MACHINE]) == SIM_NONE)
        tally_add(tally, G2011_UNKNOWN_MACHINE, t->lines);
    if (row->event != G2011_SUBMIT)
        return;
    const bool synthesised = text_is(t->field[TASK_MISSING], "2") && t->field[TASK_CPU].len == 0;
    if (synthesised)
        tally_add(tally, G2011_SYNTHESISED, t->lines);
    if (synthesised && row->has_machine)
        tally_add(tally, G2011_SYNTHESISED_MACHINE, t->lines);
    if (!synthesised && row->has_machine && row->time_us == 0)
        tally_add(tally, G2011_SNAPSHOT_MACHINE, t->lines);
}

/* False = the row breaks a rule and rows must not be bad. */
static bool check_job_of(struct g2011_scan *s, const struct g2011_row *row, bool checked,
                         struct sim_diag *diag)
{
    const struct g2011_table *t = &s->tasks_table;
    const uint8_t state = s->jobs[row->job].state;
    if (checked && state == G2011_DEAD)
        tally_add(&s->tally, G2011_TASK_AFTER_JOB, t->lines);
    if (!checked || state != G2011_NONE)
        return true;
    if (s->args.bad_rows != SIM_BAD_FAIL) {
        tally_add(&s->tally, G2011_TASK_OF_UNKNOWN_JOB, t->lines);
        tally_add(&s->tally, G2011_JOB_MADE_UP, t->lines);
        return true;
    }
    sim_hint(diag, "is a part of job_events missing? --bad-rows=skip goes on and counts such rows");
    return sim_fail(diag, SIM_ERR_ORDER, lines_at(t->lines, t->field[TASK_JOB]),
                    "job_events has no row of job %.*s up to this time",
                    (int)t->field[TASK_JOB].len, t->field[TASK_JOB].at);
}

static bool read_tasks(struct g2011_scan *s, struct sim_diag *diag)
{
    struct g2011_table *t = &s->tasks_table;
    const bool checked = s->has_jobs;
    int got;
    while ((got = g2011_table_next(t, diag)) == 1) {
        struct g2011_row row;
        if (!jobs_until(s, t->time_us, diag))
            return false;
        const int parsed = parse_task(s, &row, diag);
        if (parsed < 0)
            return false;
        if (parsed == 0)
            continue;
        if (row.time_us == SIM_NEVER) {
            tally_add(&s->tally, G2011_AFTER_WINDOW, t->lines);
            continue;
        }
        s->jobs[row.job].has_tasks = true;
        count_row(s, &row);
        if (!check_job_of(s, &row, checked, diag) ||
            !g2011_tasks_row(s->tasks, &row, t->lines, diag))
            return false;
    }
    return got == 0 && jobs_until(s, SIM_NEVER, diag);
}

/* ---- the pass ------------------------------------------------------------------------------- */

/* Which machines exist at all. */
static bool read_machines(struct g2011_scan *s, struct sim_diag *diag)
{
    struct g2011_table t;
    int got = -1;
    if (g2011_table_open(&t, &s->args, "machine_events", MACHINE_COLUMNS, &s->tally, diag)) {
        while ((got = g2011_table_next(&t, diag)) == 1)
            (void)map_text_id(s->machines, t.field[MACHINE_ID], NULL);
    }
    g2011_table_close(&t);
    return got == 0;
}

static void count_absent(struct g2011_scan *s, bool there, uint32_t kind, const char *name)
{
    if (!there)
        tally_say(&s->tally, kind, (struct sim_where){s->args.path, 0, 0}, "%s", name);
}

/* A folder with job_events was meant as a trace: without task_events it lost half of itself. */
static bool check_half(const struct g2011_scan *s, struct sim_diag *diag)
{
    const char *path = s->args.path;
    if (!s->has_jobs || g2011_table_exists(path, "task_events"))
        return true;
    sim_hint(diag, "fetch task_events too; machine_events alone is read as a cluster");
    return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){path, 0, 0},
                    "there is job_events, but no directory task_events in it");
}

static bool open_tables(struct g2011_scan *s, struct sim_diag *diag)
{
    const struct sim_open_args *args = &s->args;
    s->has_jobs = g2011_table_exists(args->path, "job_events");
    s->has_machines = g2011_table_exists(args->path, "machine_events");
    if (!check_half(s, diag) ||
        !g2011_table_open(&s->tasks_table, args, "task_events", TASK_COLUMNS, &s->tally, diag))
        return false;
    count_absent(s, s->has_jobs, G2011_JOBS_ABSENT, "job_events");
    count_absent(s, s->has_machines, G2011_TABLE_ABSENT, "machine_events");
    if (s->has_jobs &&
        (!g2011_table_open(&s->jobs_table, args, "job_events", JOB_COLUMNS, &s->tally, diag) ||
         !g2011_parts_compare(&s->tasks_table, &s->jobs_table, &s->tally, diag)))
        return false;
    return !s->has_machines || read_machines(s, diag);
}

static void finish(struct g2011_scan *s, bool checked)
{
    uint64_t without = 0;
    const uint32_t n = map_text_count(s->job_ids);
    for (uint32_t i = 0; i < n; i++)
        without += !s->jobs[i].has_tasks;
    if (checked)
        tally_add_n(&s->tally, G2011_JOB_WITHOUT_TASKS, without);
    for (uint32_t e = 0; e < G2011_EVENTS; e++)
        tally_add_n(&s->tally, G2011_TASK_EVENTS + e, s->task_events[e]);
    for (uint32_t e = 0; checked && e < G2011_EVENTS; e++)
        tally_add_n(&s->tally, G2011_JOB_EVENTS + e, s->job_events[e]);
    g2011_tasks_finish(s->tasks);
}

struct g2011_scan *g2011_scan_create(const struct sim_open_args *args, bool every_attempt,
                                     struct sim_trace_info *info, struct sim_diag *diag)
{
    struct g2011_scan *s = MEM_NEW(struct g2011_scan, 1);
    s->args = *args;
    tally_init(&s->tally, args->findings, g2011_kinds);
    s->job_ids = map_text_create();
    s->users = map_text_create();
    s->machines = map_text_create();
    s->tasks = g2011_tasks_create(args->bad_rows, every_attempt, &s->tally);
    bool ok = open_tables(s, diag);
    const bool checked = s->has_jobs;
    ok = ok && read_tasks(s, diag);
    if (!ok) {
        g2011_scan_destroy(s);
        return NULL;
    }
    finish(s, checked);
    g2011_table_describe(&s->jobs_table, &s->inputs, info);
    g2011_table_describe(&s->tasks_table, &s->inputs, info);
    info->rows = s->jobs_table.rows + s->tasks_table.rows;
    info->end_us = s->tasks_table.latest_us;
    return s;
}

void g2011_scan_destroy(struct g2011_scan *s)
{
    if (s == NULL)
        return;
    g2011_table_close(&s->jobs_table);
    g2011_table_close(&s->tasks_table);
    g2011_tasks_destroy(s->tasks);
    map_text_destroy(s->job_ids);
    map_text_destroy(s->users);
    map_text_destroy(s->machines);
    mem_free(s->jobs);
    mem_free(s->inputs);
    mem_free(s);
}

const struct g2011_tasks *g2011_scan_tasks(const struct g2011_scan *s)
{
    return s->tasks;
}

struct sim_text g2011_scan_job(const struct g2011_scan *s, uint32_t job)
{
    return map_text_at(s->job_ids, job);
}

struct sim_text g2011_scan_user(const struct g2011_scan *s, uint32_t job)
{
    const uint32_t user = s->jobs[job].user;
    return user == SIM_NONE ? (struct sim_text){NULL, 0} : map_text_at(s->users, user);
}

struct tally *g2011_scan_tally(struct g2011_scan *s)
{
    return &s->tally;
}
