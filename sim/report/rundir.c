/* rundir.c - see rundir.h. Names are read when the run is opened, so that damage shows at once;
 * tables when they are first asked for, because explaining one task must not load what it does not
 * need. */
#include "report/rundir.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <simctl/option.h>

#include "base/decimal.h"
#include "base/map.h"
#include "base/mem.h"
#include "record/file.h"
#include "report/rundir_source.h"

struct rundir {
    char *path;
    struct rundir_h5 *h5; /* Exactly one of the two is there. */
    struct rundir_mpk *mpk;
    struct row_list tables[SIM_TABLE_COUNT];
    bool loaded[SIM_TABLE_COUNT];
    struct name_list names[SIM_NAME_KINDS];
    struct map_text *ids[SIM_NAME_KINDS]; /* Texts in order of their ids; built on first use. */
    struct task_index {
        struct map_u64 *rows;     /* Task id -> row. */
        struct map_u64 *of_index; /* Job << 32 | index -> row. */
        struct map_u64 *count;    /* Job -> its tasks. */
        struct map_u64 *first;    /* Job -> row of its first task. */
        bool several;             /* Some job has more than one. */
    } tasks;
    struct map_u64 *machine_name, *machine_of; /* Machine -> name id, and back. */
    json_t *manifest, *summary;
};

/* ---- opening -------------------------------------------------------------------------------- */

static bool exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0;
}

static bool source_open(struct rundir *r, struct sim_diag *diag)
{
    char *h5 = file_name(r->path, "/run.h5"), *mpk = file_name(r->path, "/decisions.mpk");
    const bool has_h5 = exists(h5), has_mpk = exists(mpk);
    if (has_h5)
        r->h5 = rundir_h5_open(h5, diag);
    else if (has_mpk)
        r->mpk = rundir_mpk_open(mpk, diag);
    else if (!exists(r->path))
        sim_fail(diag, SIM_ERR_IO, (struct sim_where){r->path, 0, 0}, "no such run directory");
    else
        sim_fail(diag, SIM_ERR_IO, (struct sim_where){r->path, 0, 0},
                 "not a run: neither run.h5 nor decisions.mpk is in it");
    if (!has_h5 && !has_mpk)
        sim_hint(diag, "name the directory that `simctl run` wrote (--out)");
    mem_free(h5);
    mem_free(mpk);
    return r->h5 != NULL || r->mpk != NULL;
}

static json_t *json_read(const char *dir, const char *name)
{
    char *path = file_name(dir, name);
    json_t *value = json_load_file(path, 0, NULL);
    mem_free(path);
    return value;
}

struct rundir *rundir_open(const char *path, struct sim_diag *diag)
{
    struct rundir *r = MEM_NEW(struct rundir, 1);
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    r->path = mem_text(path, len);
    if (source_open(r, diag) && (r->h5 != NULL ? rundir_h5_names(r->h5, r->names, diag)
                                               : rundir_mpk_names(r->mpk, r->names, diag))) {
        r->manifest = json_read(r->path, "/manifest.json");
        r->summary = json_read(r->path, "/summary.json");
        return r;
    }
    rundir_close(r);
    return NULL;
}

void rundir_close(struct rundir *r)
{
    if (r == NULL)
        return;
    rundir_h5_close(r->h5);
    rundir_mpk_close(r->mpk);
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        mem_free(r->tables[t].rows);
    for (int k = 0; k < SIM_NAME_KINDS; k++) {
        name_list_fini(&r->names[k]);
        map_text_destroy(r->ids[k]);
    }
    map_u64_destroy(r->tasks.rows);
    map_u64_destroy(r->tasks.of_index);
    map_u64_destroy(r->tasks.count);
    map_u64_destroy(r->tasks.first);
    map_u64_destroy(r->machine_name);
    map_u64_destroy(r->machine_of);
    json_decref(r->manifest);
    json_decref(r->summary);
    mem_free(r->path);
    mem_free(r);
}

const char *rundir_path(const struct rundir *r)
{
    return r->path;
}

bool rundir_complete(const struct rundir *r)
{
    return r->h5 != NULL || rundir_mpk_complete(r->mpk);
}

uint64_t rundir_dropped_bytes(const struct rundir *r)
{
    return r->h5 != NULL ? 0 : rundir_mpk_dropped(r->mpk);
}

/* ---- tables and names ----------------------------------------------------------------------- */

const void *rundir_rows(struct rundir *r, enum sim_table table, uint64_t *n, struct sim_diag *diag)
{
    struct row_list *list = &r->tables[table];
    if (!r->loaded[table]) {
        list->count = 0; /* A failed attempt may have left rows. */
        if (!(r->h5 != NULL ? rundir_h5_rows(r->h5, table, list, diag)
                            : rundir_mpk_rows(r->mpk, table, list, diag)))
            return NULL;
        if (list->rows == NULL)
            list->rows = mem_alloc(1, sim_table_info(table)->row_bytes);
        r->loaded[table] = true;
    }
    *n = list->count;
    return list->rows;
}

struct sim_text rundir_name(struct rundir *r, enum sim_name_kind kind, uint32_t id)
{
    return name_list_at(&r->names[kind], id);
}

uint32_t rundir_name_find(struct rundir *r, enum sim_name_kind kind, struct sim_text text)
{
    if (r->ids[kind] == NULL) {
        r->ids[kind] = map_text_create();
        for (uint32_t id = 0; id < r->names[kind].count; id++)
            (void)map_text_id(r->ids[kind], name_list_at(&r->names[kind], id), NULL);
    }
    return map_text_find(r->ids[kind], text);
}

/* "did you mean ..." among the names of a kind. */
static bool unknown(struct rundir *r, enum sim_name_kind kind, const char *text,
                    struct sim_diag *diag)
{
    const struct name_list *l = &r->names[kind];
    const char **names = MEM_NEW(const char *, l->count);
    for (size_t i = 0; i < l->count; i++)
        names[i] = l->heap + l->places[i].at;
    const char *nearest = sim_nearest(text, names, l->count);
    mem_free(names);
    if (nearest != NULL)
        sim_hint(diag, "did you mean '%s'?", nearest);
    return sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "no %s of this run is called '%s'",
                    sim_name_kind_name(kind), text);
}

/* ---- tasks ---------------------------------------------------------------------------------- */

static uint64_t key_of(uint32_t job, uint32_t index)
{
    return (uint64_t)job << 32 | index;
}

static void put_first(struct map_u64 *map, uint64_t key, uint32_t value)
{
    bool fresh;
    uint32_t *at = map_u64_put(map, key, &fresh);
    if (fresh)
        *at = value;
}

static const struct sim_task_row *tasks_load(struct rundir *r, struct sim_diag *diag)
{
    uint64_t n;
    const struct sim_task_row *rows = rundir_rows(r, SIM_TABLE_TASKS, &n, diag);
    struct task_index *x = &r->tasks;
    if (rows == NULL || x->rows != NULL)
        return rows;
    *x = (struct task_index){map_u64_create(), map_u64_create(), map_u64_create(), map_u64_create(),
                             false};
    for (uint32_t i = 0; i < n; i++) {
        put_first(x->rows, rows[i].task, i);
        put_first(x->of_index, key_of(rows[i].job, rows[i].index), i);
        put_first(x->first, rows[i].job, i);
        x->several = ++*map_u64_put(x->count, rows[i].job, NULL) > 1 || x->several;
    }
    return rows;
}

const struct sim_task_row *rundir_task(struct rundir *r, sim_task task)
{
    const struct sim_task_row *rows = tasks_load(r, NULL);
    const uint32_t *row = rows == NULL ? NULL : map_u64_get(r->tasks.rows, task);
    return row == NULL ? NULL : &rows[*row];
}

/* A number behind '#', or SIM_NONE. */
static uint32_t dense_id(const char *text)
{
    int64_t id;
    const struct sim_text digits = {text + 1, (uint32_t)strlen(text) - 1};
    if (text[0] != '#' || decimal_int(digits, &id) != DECIMAL_OK || id < 0 || id >= SIM_NONE)
        return SIM_NONE;
    return (uint32_t)id;
}

/* A killed run has decisions about tasks that never got their row. */
static bool was_decided(struct rundir *r, sim_task task)
{
    uint64_t n;
    const struct sim_decision_row *d = rundir_rows(r, SIM_TABLE_DECISIONS, &n, NULL);
    for (uint64_t i = 0; d != NULL && i < n; i++)
        if (d[i].task == task)
            return true;
    return false;
}

static sim_task one_task_of(struct rundir *r, const struct sim_task_row *rows, uint32_t job,
                            const char *text, struct sim_diag *diag)
{
    const uint32_t *count = map_u64_get(r->tasks.count, job);
    if (count != NULL && *count == 1)
        return rows[*map_u64_get(r->tasks.first, job)].task;
    if (count == NULL)
        sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE,
                 "job '%s' has no task that ended before the record was cut", text);
    else
        sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "job '%s' has %" PRIu32 " tasks", text,
                 *count);
    sim_hint(diag, "write %s/INDEX for one task of the job, or #ID", text);
    return SIM_NONE;
}

bool rundir_task_key(struct rundir *r, const char *text, struct task_key *key)
{
    const uint32_t len = (uint32_t)strlen(text);
    const char *slash = strrchr(text, '/');
    *key = (struct task_key){rundir_name_find(r, SIM_NAME_JOB, (struct sim_text){text, len}), -1};
    if (key->job != SIM_NONE || slash == NULL)
        return key->job != SIM_NONE;
    const struct sim_text job = {text, (uint32_t)(slash - text)};
    const struct sim_text index = {slash + 1, len - job.len - 1};
    if (decimal_int(index, &key->index) != DECIMAL_OK || key->index < 0 || key->index >= SIM_NONE)
        return false;
    key->job = rundir_name_find(r, SIM_NAME_JOB, job);
    return key->job != SIM_NONE;
}

static sim_task indexed_task(struct rundir *r, const struct sim_task_row *rows,
                             const struct task_key *key, struct sim_diag *diag)
{
    const uint32_t *row = map_u64_get(r->tasks.of_index, key_of(key->job, (uint32_t)key->index));
    if (row != NULL)
        return rows[*row].task;
    const struct sim_text job = rundir_name(r, SIM_NAME_JOB, key->job);
    sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "job '%.*s' has no task %" PRId64 "%s",
             (int)job.len, job.at, key->index,
             rundir_complete(r) ? "" : " that ended before the record was cut");
    return SIM_NONE;
}

sim_task rundir_find_task(struct rundir *r, const char *text, struct sim_diag *diag)
{
    const struct sim_task_row *rows = tasks_load(r, diag);
    if (rows == NULL)
        return SIM_NONE;
    const sim_task id = dense_id(text);
    if (id != SIM_NONE && (map_u64_get(r->tasks.rows, id) != NULL || was_decided(r, id)))
        return id;
    struct task_key key;
    if (rundir_task_key(r, text, &key))
        return key.index < 0 ? one_task_of(r, rows, key.job, text, diag)
                             : indexed_task(r, rows, &key, diag);
    (void)unknown(r, SIM_NAME_JOB, text, diag);
    return SIM_NONE;
}

const char *rundir_task_name(struct rundir *r, sim_task task, char *buf, size_t size)
{
    const struct sim_task_row *row = rundir_task(r, task);
    const struct sim_text job =
        row == NULL ? (struct sim_text){"", 0} : rundir_name(r, SIM_NAME_JOB, row->job);
    if (job.len == 0)
        (void)snprintf(buf, size, "#%" PRIu32, task);
    else if (r->tasks.several)
        (void)snprintf(buf, size, "%.*s/%" PRIu32, (int)job.len, job.at, row->index);
    else
        (void)snprintf(buf, size, "%.*s", (int)job.len, job.at);
    return buf;
}

/* ---- machines ------------------------------------------------------------------------------- */

static bool machines_load(struct rundir *r, struct sim_diag *diag)
{
    uint64_t n;
    const struct sim_machine_row *rows = rundir_rows(r, SIM_TABLE_MACHINES, &n, diag);
    if (rows == NULL || r->machine_of != NULL)
        return rows != NULL;
    r->machine_of = map_u64_create();
    r->machine_name = map_u64_create();
    for (uint64_t i = 0; i < n; i++) {
        put_first(r->machine_of, rows[i].name, rows[i].machine);
        put_first(r->machine_name, rows[i].machine, rows[i].name);
    }
    return true;
}

sim_machine rundir_find_machine(struct rundir *r, const char *text, struct sim_diag *diag)
{
    if (!machines_load(r, diag))
        return SIM_NONE;
    const sim_machine id = dense_id(text);
    if (id != SIM_NONE && map_u64_get(r->machine_name, id) != NULL)
        return id;
    const uint32_t name =
        rundir_name_find(r, SIM_NAME_MACHINE, (struct sim_text){text, (uint32_t)strlen(text)});
    const uint32_t *machine = name == SIM_NONE ? NULL : map_u64_get(r->machine_of, name);
    if (machine != NULL)
        return *machine;
    (void)unknown(r, SIM_NAME_MACHINE, text, diag);
    return SIM_NONE;
}

const char *rundir_machine_name(struct rundir *r, sim_machine m, char *buf, size_t size)
{
    const uint32_t *id = machines_load(r, NULL) ? map_u64_get(r->machine_name, m) : NULL;
    const struct sim_text name =
        id == NULL ? (struct sim_text){"", 0} : rundir_name(r, SIM_NAME_MACHINE, *id);
    if (name.len == 0)
        (void)snprintf(buf, size, "#%" PRIu32, m);
    else
        (void)snprintf(buf, size, "%.*s", (int)name.len, name.at);
    return buf;
}

/* ---- manifest and summary ------------------------------------------------------------------- */

struct json_t *rundir_manifest(struct rundir *r)
{
    return r->manifest;
}

struct json_t *rundir_summary(struct rundir *r)
{
    return r->summary;
}

struct sim_units rundir_units(struct rundir *r)
{
    struct sim_units units = {
        .per_unit = {[SIM_CPU] = 1000,
                     [SIM_MEMORY] = INT64_C(1) << 30,
                     [SIM_GPU] = SIM_DEVICE_MILLI,
                     [SIM_DISK] = INT64_C(1) << 30},
        .name = {[SIM_CPU] = "cores", [SIM_MEMORY] = "GiB", [SIM_GPU] = "GPUs", [SIM_DISK] = "GiB"},
    };
    const json_t *recorded = json_object_get(r->manifest, "units");
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        const json_t *unit = json_object_get(recorded, sim_dim_name(d));
        const json_int_t per_unit = json_integer_value(json_object_get(unit, "per_unit"));
        const char *name = json_string_value(json_object_get(unit, "name"));
        if (name != NULL && per_unit > 0) {
            units.name[d] = name;
            units.per_unit[d] = per_unit;
        }
    }
    return units;
}
