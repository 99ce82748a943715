/* rows.c - inputs kept in memory, bad rows, standard units.
 *
 * Text and lists go into blocks that are never moved, so that inputs may point into them.
 */
#include "workloads/lib/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

struct block {
    struct block *before;
    size_t used, size;
    max_align_t bytes[];
};

struct row {
    struct sim_input in;
    uint64_t tag;
};

struct rows {
    struct block *block;
    struct row *row;
    size_t count, cap;
    size_t next;
};

/* ---- memory --------------------------------------------------------------------------------- */

static struct block *block_create(struct block *before, size_t size)
{
    struct block *b = mem_alloc(1, sizeof *b + size);
    b->before = before;
    b->size = size;
    return b;
}

void *rows_alloc(struct rows *r, size_t count, size_t size)
{
    CHECK(size != 0 && count <= SIZE_MAX / 2 / size);
    const size_t step = _Alignof(max_align_t);
    const size_t bytes = (count * size + step - 1) / step * step;
    if (r->block == NULL || r->block->size - r->block->used < bytes) {
        r->block = block_create(r->block, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
    }
    void *at = (char *)r->block->bytes + r->block->used;
    r->block->used += bytes;
    return at;
}

struct sim_text rows_text(struct rows *r, struct sim_text text)
{
    if (text.len == 0) {
        return (struct sim_text){NULL, 0};
    }
    char *at = rows_alloc(r, text.len, 1);
    memcpy(at, text.at, text.len);
    return (struct sim_text){at, text.len};
}

struct rows *rows_create(void)
{
    return MEM_NEW(struct rows, 1);
}

void rows_destroy(struct rows *r)
{
    if (r == NULL) {
        return;
    }
    while (r->block != NULL) {
        struct block *before = r->block->before;
        mem_free(r->block);
        r->block = before;
    }
    mem_free(r->row);
    mem_free(r);
}

/* ---- deep copies ---------------------------------------------------------------------------- */

static void copy_machine(struct rows *r, struct sim_machine_input *m)
{
    struct sim_label *labels = rows_alloc(r, m->label_count, sizeof *labels);
    for (uint32_t i = 0; i < m->label_count; i++) {
        labels[i].key = rows_text(r, m->labels[i].key);
        labels[i].value = rows_text(r, m->labels[i].value);
    }
    struct sim_taint *taints = rows_alloc(r, m->taint_count, sizeof *taints);
    for (uint32_t i = 0; i < m->taint_count; i++) {
        taints[i].key = rows_text(r, m->taints[i].key);
        taints[i].value = rows_text(r, m->taints[i].value);
        taints[i].effect = m->taints[i].effect;
    }
    struct sim_domain *domains = rows_alloc(r, m->domain_count, sizeof *domains);
    for (uint32_t i = 0; i < m->domain_count; i++) {
        domains[i].level = rows_text(r, m->domains[i].level);
        domains[i].id = rows_text(r, m->domains[i].id);
    }
    m->name = rows_text(r, m->name);
    m->labels = labels;
    m->taints = taints;
    m->domains = domains;
}

static void copy_task(struct rows *r, struct sim_task_known *known)
{
    struct sim_constraint *list = rows_alloc(r, known->constraint_count, sizeof *list);
    for (uint32_t i = 0; i < known->constraint_count; i++) {
        list[i] = known->constraints[i];
        struct sim_text *values = rows_alloc(r, list[i].value_count, sizeof *values);
        for (uint32_t v = 0; v < list[i].value_count; v++) {
            values[v] = rows_text(r, list[i].values[v]);
        }
        list[i].key = rows_text(r, list[i].key);
        list[i].values = values;
    }
    struct sim_data *data = rows_alloc(r, known->data_count, sizeof *data);
    for (uint32_t i = 0; i < known->data_count; i++) {
        data[i] = (struct sim_data){rows_text(r, known->data[i].machine), known->data[i].bytes};
    }
    known->job = rows_text(r, known->job);
    known->user = rows_text(r, known->user);
    known->queue = rows_text(r, known->queue);
    known->constraints = list;
    known->data = data;
}

void rows_add(struct rows *r, const struct sim_input *in, uint64_t tag)
{
    MEM_GROW(r->row, r->cap, r->count + 1);
    struct row *row = &r->row[r->count++];
    *row = (struct row){.in = *in, .tag = tag};
    if (in->kind == SIM_IN_SUBMIT) {
        copy_task(r, &row->in.u.task.known);
    } else {
        copy_machine(r, &row->in.u.machine);
    }
}

/* ---- order ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b, void *unused)
{
    (void)unused;
    const struct sim_input *x = &((const struct row *)a)->in, *y = &((const struct row *)b)->in;
    if (x->time_us != y->time_us) {
        return x->time_us < y->time_us ? -1 : 1;
    }
    return (x->kind > y->kind) - (x->kind < y->kind);
}

uint64_t rows_sort(struct rows *r)
{
    uint64_t inversions = 0;
    sim_time latest = INT64_MIN;
    for (size_t i = 0; i < r->count; i++) {
        inversions += r->row[i].in.time_us < latest;
        latest = r->row[i].in.time_us > latest ? r->row[i].in.time_us : latest;
    }
    sort_stable(r->row, r->count, sizeof *r->row, compare, NULL);
    return inversions;
}

size_t rows_count(const struct rows *r)
{
    return r->count;
}

const struct sim_input *rows_at(const struct rows *r, size_t index, uint64_t *tag)
{
    CHECK(index < r->count);
    if (tag != NULL) {
        *tag = r->row[index].tag;
    }
    return &r->row[index].in;
}

enum sim_next rows_next(struct rows *r, struct sim_input *out, struct sim_trace_info *info)
{
    if (r->next == r->count) {
        return SIM_NEXT_END;
    }
    *out = r->row[r->next++].in;
    info->bytes_read =
        (uint64_t)sim_muldiv((int64_t)info->bytes_total, (int64_t)r->next, (int64_t)r->count);
    return SIM_NEXT_ITEM;
}

/* ---- bad rows ------------------------------------------------------------------------------- */

enum bad_action bad_row_list(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                             uint32_t kind, bool can_repair, struct sim_where where,
                             struct sim_diag *diag, enum sim_err err, const char *fmt, va_list list)
{
    char text[256];
    (void)vsnprintf(text, sizeof text, fmt, list);
    if (args->bad_rows == SIM_BAD_FAIL) {
        (void)sim_fail(diag, err, where, "%s", text);
        sim_hint(diag, can_repair ? "pass --bad-rows=skip to drop such rows, or --bad-rows=repair"
                                  : "pass --bad-rows=skip to drop such rows");
        return BAD_STOP;
    }
    const bool repair = can_repair && args->bad_rows == SIM_BAD_REPAIR;
    sim_findings_add(args->findings, &kinds[kind], where, text);
    sim_findings_add(args->findings, &kinds[repair ? BAD_ROW_REPLACED : BAD_ROW_DROPPED], where,
                     text);
    return repair ? BAD_REPAIR : BAD_DROP;
}

enum bad_action bad_row(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                        uint32_t kind, bool can_repair, struct sim_where where,
                        struct sim_diag *diag, enum sim_err err, const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    const enum bad_action action =
        bad_row_list(args, kinds, kind, can_repair, where, diag, err, fmt, list);
    va_end(list);
    return action;
}

/* ---- units ---------------------------------------------------------------------------------- */

void units_standard(struct sim_units *units)
{
    *units = (struct sim_units){
        .per_unit = {[SIM_CPU] = 1000,
                     [SIM_MEMORY] = INT64_C(1) << 30,
                     [SIM_GPU] = SIM_DEVICE_MILLI,
                     [SIM_DISK] = INT64_C(1) << 30},
        .name = {[SIM_CPU] = "cores", [SIM_MEMORY] = "GiB", [SIM_GPU] = "GPUs", [SIM_DISK] = "GiB"},
    };
}
