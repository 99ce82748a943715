/* csv_machines.c - machines of the native CSV. A row with a count stays one row in memory, and
 * becomes its machines only when they are delivered. */
#include "workloads/lib/csv_machines.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"

#define COUNT_MAX 1000000 /* Machines of one row. */

enum { NAME, CPU, MEMORY, GPU, DISK, LABELS, TAINTS, DOMAINS, TIME, EVENT, COUNT };
static const char *const machine_columns[] = {
    "name", "cpu", "memory", "gpu", "disk", "labels", "taints", "domains", "time", "event", "count",
};
const struct table_layout csv_machine_layout = {
    machine_columns, 11, 3,
    "a list of machines needs name, cpu and memory; see `simctl formats csv`"};

/* In the order of enum sim_input_kind. */
static const char *const events[] = {"add", "remove", "update", "drain", "undrain", NULL};

struct csv_entry {
    const char *path; /* Of the part, borrowed from the table. */
    uint64_t line;
    uint32_t column; /* Of its event, or else of its name. */
    uint32_t count;  /* Machines; 0 = left out. */
    bool numbered;
};

static void read_capacity(struct table *t, struct terms *terms, struct sim_machine_input *m)
{
    m->capacity.v[SIM_CPU] = csv_cores(t, CPU, DECIMAL_DOWN);
    m->capacity.v[SIM_MEMORY] =
        table_quantity(t, MEMORY, BAD_VALUE, &cell_form_bytes, DECIMAL_DOWN, TABLE_NO_DEFAULT);
    m->capacity.v[SIM_DISK] = csv_bytes(t, DISK, DECIMAL_DOWN);
    m->capacity.v[SIM_GPU] = csv_gpus(t, GPU, false);
    m->gpu_count = (uint32_t)(m->capacity.v[SIM_GPU] / SIM_DEVICE_MILLI);
    if (csv_terms(t, terms, LABELS, terms_labels)) {
        m->labels = terms->label;
        m->label_count = terms->labels;
    }
    if (csv_terms(t, terms, TAINTS, terms_taints)) {
        m->taints = terms->taint;
        m->taint_count = terms->taints;
    }
    if (csv_terms(t, terms, DOMAINS, terms_domains)) {
        m->domains = terms->domain;
        m->domain_count = terms->domains;
    }
}

static void read_machine(struct table *t, struct terms *terms, struct sim_input *in,
                         struct csv_entry *e)
{
    *in = (struct sim_input){.kind = SIM_IN_MACHINE_ADD, .time_us = csv_time(t, TIME, 0)};
    const struct sim_where where = table_where(t, csv_given(t, EVENT) ? EVENT : NAME);
    *e = (struct csv_entry){where.path, where.line, where.column, 1, csv_given(t, COUNT)};
    if (e->numbered) {
        e->count = (uint32_t)table_int(t, COUNT, BAD_VALUE, 1, COUNT_MAX, TABLE_NO_DEFAULT);
    }
    if (csv_given(t, EVENT)) {
        in->kind = (enum sim_input_kind)table_choice(t, EVENT, BAD_VALUE, events, TABLE_NO_DEFAULT);
    }
    /* Leaves room for "-999999". */
    in->u.machine.name = table_name(t, NAME, BAD_NAME, SIM_NAME_MAX - (e->numbered ? 7 : 0));
    if (in->kind == SIM_IN_MACHINE_ADD || in->kind == SIM_IN_MACHINE_UPDATE) {
        read_capacity(t, terms, &in->u.machine);
    }
}

static struct sim_text machine_name(struct csv_machines *s, struct sim_text name,
                                    const struct csv_entry *e, uint32_t copy)
{
    if (!e->numbered) {
        return name;
    }
    const int len =
        snprintf(s->name, sizeof s->name, "%.*s-%" PRIu32, (int)name.len, name.at, copy);
    return (struct sim_text){s->name, (uint32_t)len};
}

/* Which machines are there, by id of their name; grows with what is added. */
struct presence {
    struct map_text *names;
    bool *there;
    size_t cap;
};

/* The number of the first machine that the event cannot befall, or e->count when all is well. */
static uint32_t misfit(struct csv_machines *s, struct presence *p, const struct sim_input *in,
                       const struct csv_entry *e)
{
    for (uint32_t i = 0; i < e->count; i++) {
        const uint32_t id = map_text_id(p->names, machine_name(s, in->u.machine.name, e, i), NULL);
        MEM_GROW(p->there, p->cap, (size_t)id + 1);
        if (p->there[id] != (in->kind != SIM_IN_MACHINE_ADD)) {
            return i;
        }
    }
    return e->count;
}

static void settle(struct csv_machines *s, struct presence *p, const struct sim_input *in,
                   const struct csv_entry *e)
{
    for (uint32_t i = 0; i < e->count; i++) {
        const uint32_t id = map_text_find(p->names, machine_name(s, in->u.machine.name, e, i));
        p->there[id] = in->kind != SIM_IN_MACHINE_REMOVE;
    }
}

static bool check_events(struct csv_machines *s, struct table *t, struct presence *p)
{
    for (size_t i = 0; i < rows_count(s->rows); i++) {
        uint64_t tag;
        const struct sim_input *in = rows_at(s->rows, i, &tag);
        struct csv_entry *e = &s->entry[tag];
        const uint32_t at = misfit(s, p, in, e);
        if (at == e->count) {
            settle(s, p, in, e);
            continue;
        }
        const struct sim_where where = {e->path, e->line, e->column};
        const struct sim_text name = machine_name(s, in->u.machine.name, e, at);
        t->state = ROW_GOOD;
        (void)table_bad(t, where, BAD_EVENT, false, SIM_ERR_ORDER,
                        in->kind == SIM_IN_MACHINE_ADD
                            ? "machine '%.*s' is added, but it is there already"
                            : "machine '%.*s' is not there at that time, so this cannot happen",
                        (int)name.len, name.at);
        if (t->state == ROW_STOP) {
            return false;
        }
        e->count = 0;
    }
    return true;
}

bool csv_machines_read(struct csv_machines *s, struct table *t, struct terms *terms,
                       struct sim_trace_info *info, struct sim_diag *diag)
{
    enum sim_next next;
    s->rows = rows_create();
    while ((next = table_next(t, info, diag)) == SIM_NEXT_ITEM) {
        struct sim_input in;
        struct csv_entry e;
        read_machine(t, terms, &in, &e);
        if (t->state == ROW_STOP) {
            return false;
        }
        if (t->state == ROW_GOOD) {
            MEM_GROW(s->entry, s->entry_cap, s->entry_count + 1);
            rows_add(s->rows, &in, s->entry_count);
            s->entry[s->entry_count++] = e;
        }
    }
    if (next == SIM_NEXT_ERROR) {
        return false;
    }
    (void)rows_sort(s->rows);
    struct presence p = {.names = map_text_create()};
    const bool ok = check_events(s, t, &p);
    map_text_destroy(p.names);
    mem_free(p.there);
    return ok;
}

enum sim_next csv_machines_next(struct csv_machines *s, struct sim_input *out)
{
    while (s->at < rows_count(s->rows)) {
        uint64_t tag;
        const struct sim_input *in = rows_at(s->rows, s->at, &tag);
        const struct csv_entry *e = &s->entry[tag];
        if (s->copy < e->count) {
            *out = *in;
            out->u.machine.name = machine_name(s, in->u.machine.name, e, s->copy++);
            return SIM_NEXT_ITEM;
        }
        s->copy = 0;
        s->at++;
    }
    return SIM_NEXT_END;
}

void csv_machines_fini(struct csv_machines *s)
{
    rows_destroy(s->rows);
    mem_free(s->entry);
}
