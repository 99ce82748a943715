/* book.c - look-ups across the tables of one run.
 *
 * The sparse tables are ordered by decision, so a decision finds its rows by bisection; nothing
 * needs an index that would have to be kept consistent. */
#include "report/book.h"

#include <inttypes.h>
#include <string.h>

/* A column that holds ids: where it stands in a row, and below what its ids must be. */
struct link {
    enum sim_table table;
    enum { DECISION, TASK } of;
    size_t stride, offset;
};
#define LINK(table, of, row, member)                                                               \
    {                                                                                              \
        table, of, sizeof(struct row), offsetof(struct row, member)                                \
    }
static const struct link links[] = {
    LINK(SIM_TABLE_TASKS, TASK, sim_task_row, task),
    LINK(SIM_TABLE_DECISIONS, TASK, sim_decision_row, task),
    LINK(SIM_TABLE_SPANS, TASK, sim_span_row, task),
    LINK(SIM_TABLE_EVICTIONS, TASK, sim_eviction_row, task),
    LINK(SIM_TABLE_FAILMASK, DECISION, sim_failmask_row, decision),
    LINK(SIM_TABLE_ROOM, DECISION, sim_room_row, decision),
    LINK(SIM_TABLE_AHEAD, DECISION, sim_ahead_row, decision),
    LINK(SIM_TABLE_FLOWS, DECISION, sim_flow_row, decision),
    LINK(SIM_TABLE_SPANS, DECISION, sim_span_row, opened_by),
    LINK(SIM_TABLE_SPANS, DECISION, sim_span_row, closed_by),
    LINK(SIM_TABLE_EVICTIONS, DECISION, sim_eviction_row, by_decision),
    LINK(SIM_TABLE_PROMISES, TASK, sim_promise_row, task),
    LINK(SIM_TABLE_PROMISES, DECISION, sim_promise_row, decision),
};
/* Tasks of a killed run that may have no row yet; bounds what is allocated by id. */
#define ROWLESS_TASKS_MAX (INT64_C(1) << 22)

/* The least id that nothing has. */
static int64_t id_limit(const struct book *b, const struct link *l)
{
    const int64_t decisions = (int64_t)b->count[SIM_TABLE_DECISIONS];
    const int64_t tasks = (int64_t)b->count[SIM_TABLE_TASKS];
    if (l->of == DECISION) {
        return decisions;
    }
    return rundir_complete(b->run) ? tasks : tasks + decisions + ROWLESS_TASKS_MAX;
}

/* -1 for none in columns of decisions. */
static int64_t id_at(const struct link *l, const char *row)
{
    int64_t wide;
    uint32_t word;
    if (l->of == DECISION) {
        memcpy(&wide, row + l->offset, sizeof wide);
        return wide;
    }
    memcpy(&word, row + l->offset, sizeof word);
    return word;
}

/* Rows in front of the first one whose id nothing has. */
static uint64_t linked_rows(const struct book *b, const struct link *l)
{
    const int64_t limit = id_limit(b, l);
    const char *row = b->rows[l->table];
    uint64_t n = 0;
    for (; n < b->count[l->table]; n++, row += l->stride) {
        const int64_t id = id_at(l, row);
        if (id < -1 || id >= limit) {
            break;
        }
    }
    return n;
}

/* Every look-up follows these ids without looking twice. Where a stream was cut, a table may be
 * some rows ahead of the decisions: those rows are left out. Anywhere else it is damage. */
static bool links_hold(struct book *b, struct sim_diag *diag)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        const enum sim_table table = links[i].table;
        const uint64_t n = linked_rows(b, &links[i]);
        if (n < b->count[table] && rundir_complete(b->run)) {
            return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){rundir_path(b->run), 0, 0},
                            "row %" PRIu64 " of table %s speaks of a %s that is not there", n,
                            sim_table_info(table)->name,
                            links[i].of == DECISION ? "decision" : "task");
        }
        b->count[table] = n;
    }
    return true;
}

/* Every value of an enumeration has a name; answers print it, and index by some of them. */
static bool values_named(const struct book *b, enum sim_table table, struct sim_diag *diag)
{
    const struct sim_table_info *info = sim_table_info(table);
    for (size_t c = 0; c < info->column_count; c++) {
        const struct sim_column *column = &info->columns[c];
        const char *row = b->rows[table];
        for (uint64_t n = 0; column->type == SIM_COL_ENUM8 && n < b->count[table]; n++) {
            const unsigned value = (unsigned char)row[column->offset];
            if (column->enum_name(value) == NULL) {
                sim_hint(diag, "a later version of simctl may know it");
                return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){rundir_path(b->run), 0, 0},
                                "row %" PRIu64 " of table %s: %s is %u, which has no name", n,
                                info->name, column->name, value);
            }
            row += info->row_bytes;
        }
    }
    return true;
}

bool book_open(struct book *b, struct rundir *run, struct sim_diag *diag)
{
    *b = (struct book){.run = run, .units = rundir_units(run)};
    const void **rows = b->rows;
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        rows[t] = rundir_rows(run, (enum sim_table)t, &b->count[t], diag);
        if (rows[t] == NULL) {
            return false;
        }
        if (!values_named(b, (enum sim_table)t, diag)) {
            return false;
        }
    }
    b->decisions = rows[SIM_TABLE_DECISIONS];
    b->masks = rows[SIM_TABLE_FAILMASK];
    b->rooms = rows[SIM_TABLE_ROOM];
    b->aheads = rows[SIM_TABLE_AHEAD];
    b->spans = rows[SIM_TABLE_SPANS];
    b->offers = rows[SIM_TABLE_OFFERS];
    b->evictions = rows[SIM_TABLE_EVICTIONS];
    b->promises = rows[SIM_TABLE_PROMISES];
    b->tasks = rows[SIM_TABLE_TASKS];
    b->machines = rows[SIM_TABLE_MACHINES];
    return links_hold(b, diag);
}

int64_t book_source(const struct book *b, int64_t d)
{
    while ((b->decisions[d].flags & SIM_DECISION_EQUIV) != 0 && b->decisions[d].fm != 0 &&
           (int64_t)b->decisions[d].fm <= d) {
        d -= (int64_t)b->decisions[d].fm;
    }
    return d;
}

/* First of n rows of `stride` bytes, each of which begins with its decision's id, that is >= d. */
static uint64_t lower_bound(const void *rows, uint64_t n, size_t stride, int64_t d)
{
    uint64_t low = 0, high = n;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        int64_t id;
        memcpy(&id, (const char *)rows + middle * stride, sizeof id);
        if (id < d) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const void *rows_of(const void *rows, uint64_t total, size_t stride, int64_t d, uint64_t *n)
{
    const uint64_t from = lower_bound(rows, total, stride, d);
    *n = lower_bound(rows, total, stride, d + 1) - from;
    return *n > 0 ? (const char *)rows + from * stride : NULL;
}

const struct sim_failmask_row *book_masks(const struct book *b, int64_t d, uint64_t *n)
{
    return rows_of(b->masks, b->count[SIM_TABLE_FAILMASK], sizeof *b->masks, book_source(b, d), n);
}

const struct sim_room_row *book_rooms(const struct book *b, int64_t d, uint64_t *n)
{
    return rows_of(b->rooms, b->count[SIM_TABLE_ROOM], sizeof *b->rooms, book_source(b, d), n);
}

const struct sim_ahead_row *book_ahead(const struct book *b, int64_t d)
{
    uint64_t n;
    return rows_of(b->aheads, b->count[SIM_TABLE_AHEAD], sizeof *b->aheads, book_source(b, d), &n);
}

const struct sim_conflict_row *book_conflict(const struct book *b, int64_t d)
{
    uint64_t n;
    return rows_of(b->rows[SIM_TABLE_CONFLICTS], b->count[SIM_TABLE_CONFLICTS],
                   sizeof(struct sim_conflict_row), d, &n);
}

const struct sim_flow_row *book_flows(const struct book *b, int64_t d, uint64_t *n)
{
    return rows_of(b->rows[SIM_TABLE_FLOWS], b->count[SIM_TABLE_FLOWS], sizeof(struct sim_flow_row),
                   d, n);
}

uint32_t book_machines_at(const struct book *b, int64_t d)
{
    const struct sim_decision_row *row = &b->decisions[d];
    uint32_t n = 0;
    for (uint64_t i = 0; i < b->count[SIM_TABLE_MACHINES]; i++) {
        if (b->machines[i].t_us > row->t_us) {
            break;
        }
        n = b->machines[i].machine >= n ? b->machines[i].machine + 1 : n;
    }
    /* Machines that appear later in the same instant are taken off by the low bits in the row. */
    return n - ((n - row->machines) & 0xffffu);
}

int64_t book_last_before(const struct book *b, sim_task task, int64_t d)
{
    while (d >= 0 && b->decisions[d].task != task) {
        d--;
    }
    return d;
}

sim_time book_end(const struct book *b)
{
    sim_time end = 0;
    const uint64_t n = b->count[SIM_TABLE_DECISIONS];
    if (n > 0 && b->decisions[n - 1].t_us > end) {
        end = b->decisions[n - 1].t_us;
    }
    for (uint64_t i = 0; i < b->count[SIM_TABLE_SPANS]; i++) {
        end = b->spans[i].to_us > end ? b->spans[i].to_us : end;
    }
    for (uint64_t i = 0; i < b->count[SIM_TABLE_TASKS]; i++) {
        const sim_time at = b->tasks[i].end_us;
        end = at != SIM_NEVER && at > end ? at : end;
    }
    return end;
}
