/* google2011_machines.c - streams machine_events.
 *
 * The engine wants the inputs of one instant in the order of their kinds, the file has them in its
 * own. So the rows of an instant are gathered first; what several of them do to one machine becomes
 * one input with the result, since nothing can happen in between. */
#include "workloads/lib/google2011_machines.h"

#include "base/decimal.h"
#include "base/map.h"
#include "base/mem.h"
#include "workloads/lib/google2011_kinds.h"
#include "workloads/lib/google2011_table.h"
#include "workloads/lib/google2011_tasks.h"

#include <inttypes.h>

enum { COL_MACHINE = 1, COL_EVENT = 2, COL_PLATFORM = 3, COL_CAPACITY = 4, COLUMNS = 6 };
enum event { EVENT_ADD, EVENT_REMOVE, EVENT_UPDATE };

struct machine {
    bool present; /* After the rows read so far. */
    bool was;     /* Before the instant at hand. */
    bool touched; /* In the batch. */
    uint32_t platform;
    int64_t capacity[2]; /* cpu, memory. */
};

struct g2011_machines {
    struct g2011_table table;
    const char **inputs; /* Its paths. */
    struct tally tally;
    bool disk;
    struct map_text *ids, *platforms;
    struct machine *machines; /* By id. */
    size_t machine_cap;
    /* The instant that is delivered. */
    uint32_t *batch; /* Machines in order of first appearance. */
    size_t batch_count, batch_cap, batch_next;
    enum sim_input_kind kind; /* Pass over the batch: ADD, REMOVE, UPDATE. */
    sim_time time_us;
    bool row_waits, at_end; /* A row of a later instant is at hand. */
    struct sim_label label;
};

struct g2011_machines *g2011_machines_open(const struct sim_open_args *args, bool disk,
                                           struct sim_trace_info *info, struct sim_diag *diag)
{
    struct g2011_machines *m = MEM_NEW(struct g2011_machines, 1);
    tally_init(&m->tally, args->findings, g2011_kinds);
    m->disk = disk;
    m->ids = map_text_create();
    m->platforms = map_text_create();
    m->kind = SIM_IN_MACHINE_UPDATE; /* An empty batch, delivered to its end. */
    if (!g2011_table_open(&m->table, args, "machine_events", COLUMNS, &m->tally, diag)) {
        g2011_machines_close(m);
        return NULL;
    }
    g2011_table_describe(&m->table, &m->inputs, info);
    return m;
}

void g2011_machines_close(struct g2011_machines *m)
{
    if (m == NULL)
        return;
    g2011_table_close(&m->table);
    map_text_destroy(m->ids);
    map_text_destroy(m->platforms);
    mem_free(m->machines);
    mem_free(m->batch);
    mem_free(m->inputs);
    mem_free(m);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* 1 = read, 0 = dropped, -1 = error. */
static int parse_capacity(const struct g2011_table *t, int64_t capacity[2], struct sim_diag *diag)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct sim_text text = t->field[COL_CAPACITY + i];
        capacity[i] = 0;
        if (text.len == 0)
            continue;
        if (decimal_parse(text, G2011_SCALE, DECIMAL_DOWN, &capacity[i]) != DECIMAL_OK ||
            capacity[i] < 0 || capacity[i] > G2011_SCALE)
            return g2011_bad_value(t, COL_CAPACITY + i, "a fraction of the largest machine, 0 to 1",
                                   diag);
    }
    return 1;
}

static struct machine *find_machine(struct g2011_machines *m, uint32_t *id)
{
    bool fresh;
    *id = map_text_id(m->ids, m->table.field[COL_MACHINE], &fresh);
    if (fresh)
        MEM_GROW(m->machines, m->machine_cap, (size_t)*id + 1);
    return &m->machines[*id];
}

static void touch(struct g2011_machines *m, struct machine *machine, uint32_t id)
{
    if (machine->touched) {
        tally_add(&m->tally, G2011_MACHINE_MERGED, m->table.lines);
        return;
    }
    machine->touched = true;
    machine->was = machine->present;
    MEM_GROW(m->batch, m->batch_cap, m->batch_count + 1);
    m->batch[m->batch_count++] = id;
}

/* Applies the row at hand. 1 = done, 0 = dropped, -1 = error. */
static int apply(struct g2011_machines *m, struct sim_diag *diag)
{
    const struct g2011_table *t = &m->table;
    const struct sim_text code = t->field[COL_EVENT], name = t->field[COL_MACHINE];
    int64_t capacity[2];
    if (name.len == 0 || name.len > SIM_NAME_MAX)
        return g2011_bad_value(t, COL_MACHINE, "a machine id", diag);
    if (t->field[COL_PLATFORM].len > SIM_NAME_MAX)
        return g2011_bad_value(t, COL_PLATFORM, "a platform id of at most 255 bytes", diag);
    if (code.len != 1 || code.at[0] < '0' || code.at[0] > '2')
        return g2011_bad_value(t, COL_EVENT, "0 (add), 1 (remove) or 2 (update)", diag);
    const int got = parse_capacity(t, capacity, diag);
    if (got != 1)
        return got;
    const enum event event = (enum event)(code.at[0] - '0');
    uint32_t id;
    struct machine *machine = find_machine(m, &id);
    if (machine->present == (event == EVENT_ADD))
        return bad_row(&t->args, g2011_kinds, G2011_MACHINE_STATE, false, lines_at(t->lines, code),
                       diag, SIM_ERR_ORDER, "machine %.*s is %s when it is %s", (int)name.len,
                       name.at, machine->present ? "there" : "absent",
                       event == EVENT_ADD ? "added" : "removed or updated") == BAD_STOP
                   ? -1
                   : 0;
    touch(m, machine, id);
    machine->present = event != EVENT_REMOVE;
    if (event == EVENT_REMOVE)
        return 1;
    machine->capacity[0] = capacity[0];
    machine->capacity[1] = capacity[1];
    machine->platform = map_text_id(m->platforms, t->field[COL_PLATFORM], NULL);
    if (t->field[COL_CAPACITY].len == 0 && t->field[COL_CAPACITY + 1].len == 0)
        tally_add(&m->tally, G2011_NO_CAPACITY, t->lines);
    return 1;
}

/* Gathers the rows of the next instant. False with diag. */
static bool gather(struct g2011_machines *m, struct sim_diag *diag)
{
    for (size_t i = 0; i < m->batch_count; i++)
        m->machines[m->batch[i]].touched = false;
    m->batch_count = m->batch_next = 0;
    m->kind = SIM_IN_MACHINE_ADD;
    while (!m->at_end) {
        if (!m->row_waits) {
            const int got = g2011_table_next(&m->table, diag);
            if (got < 0)
                return false;
            /* "After the window" is the end: nothing is sorted behind it. */
            m->at_end = got == 0 || m->table.time_us == SIM_NEVER;
            if (m->at_end)
                break;
        }
        m->row_waits = m->batch_count != 0 && m->table.time_us != m->time_us;
        if (m->row_waits)
            return true;
        m->time_us = m->table.time_us;
        if (apply(m, diag) < 0)
            return false;
    }
    return true;
}

/* ---- inputs --------------------------------------------------------------------------------- */

/* What the instant did to a machine; false = nothing (it came and went). */
static bool result_of(const struct machine *machine, enum sim_input_kind *kind)
{
    if (machine->present)
        *kind = machine->was ? SIM_IN_MACHINE_UPDATE : SIM_IN_MACHINE_ADD;
    else
        *kind = SIM_IN_MACHINE_REMOVE;
    return machine->present || machine->was;
}

static void fill(struct g2011_machines *m, uint32_t id, struct sim_input *out)
{
    const struct machine *machine = &m->machines[id];
    *out = (struct sim_input){.time_us = m->time_us, .kind = m->kind};
    out->u.machine.name = map_text_at(m->ids, id);
    if (m->kind == SIM_IN_MACHINE_REMOVE)
        return;
    out->u.machine.capacity.v[SIM_CPU] = machine->capacity[0];
    out->u.machine.capacity.v[SIM_MEMORY] = machine->capacity[1];
    out->u.machine.capacity.v[SIM_DISK] = m->disk ? G2011_SCALE : 0;
    m->label =
        (struct sim_label){text_of("platform"), map_text_at(m->platforms, machine->platform)};
    if (m->label.value.len != 0) {
        out->u.machine.labels = &m->label;
        out->u.machine.label_count = 1;
    }
}

/* The next machine of the batch whose result is of the present kind, or SIM_NONE. */
static uint32_t next_of_kind(struct g2011_machines *m)
{
    while (m->batch_next < m->batch_count) {
        const uint32_t id = m->batch[m->batch_next++];
        enum sim_input_kind kind;
        if (result_of(&m->machines[id], &kind) && kind == m->kind)
            return id;
    }
    return SIM_NONE;
}

enum sim_next g2011_machines_next(struct g2011_machines *m, struct sim_input *out,
                                  struct sim_trace_info *info, struct sim_diag *diag)
{
    for (;;) {
        const uint32_t id = next_of_kind(m);
        if (id != SIM_NONE) {
            fill(m, id, out);
            if (m->kind == SIM_IN_MACHINE_ADD && m->disk)
                tally_add_n(&m->tally, G2011_DISK_ASSUMED, 1);
            info->rows = m->table.rows;
            info->bytes_read = g2011_table_bytes(&m->table);
            return SIM_NEXT_ITEM;
        }
        m->batch_next = 0;
        if (m->kind != SIM_IN_MACHINE_UPDATE) {
            m->kind = (enum sim_input_kind)(m->kind + 1);
            continue;
        }
        if (m->at_end)
            return SIM_NEXT_END;
        const bool gathered = gather(m, diag);
        tally_flush(&m->tally); /* Whoever asks next may stop before the end. */
        if (!gathered)
            return SIM_NEXT_ERROR;
    }
}
