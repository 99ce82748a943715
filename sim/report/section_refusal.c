/* section_refusal.c - why one decision left the task waiting. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/sort.h"
#include "report/amount.h"
#include "report/explain.h"

static int compare_counts(const void *left, const void *right, void *context)
{
    const struct sim_failmask_row *rows = ((const struct refusal *)context)->masks;
    const struct sim_failmask_row *a = &rows[*(const uint32_t *)left];
    const struct sim_failmask_row *b = &rows[*(const uint32_t *)right];
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return a->mask < b->mask ? -1 : a->mask > b->mask;
}

/* Indices of the histogram, largest count first. */
static uint32_t *by_count(const struct refusal *r)
{
    uint32_t *ids = MEM_NEW(uint32_t, r->mask_count + 1);
    for (uint32_t i = 0; i < r->mask_count; i++) {
        ids[i] = i;
    }
    /* The context is only read; sort_stable takes it writable for callers that count. */
    struct refusal view = *r;
    sort_stable(ids, r->mask_count, sizeof *ids, compare_counts, &view);
    return ids;
}

/* "misses at least cpu 1.5 cores, gpu 1 GPU"; empty for a mask without amounts. */
static const char *deficits_str(const struct sim_failmask_row *row, const struct page *p, char *buf,
                                size_t size)
{
    char amount[TEXT_BUF];
    buf[0] = '\0';
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (row->deficit[d] > 0) {
            const size_t at = strlen(buf);
            (void)snprintf(buf + at, size - at, "%s%s %s", at > 0 ? ", " : "misses at least ",
                           sim_dim_name(d),
                           amount_str(&p->book->units, d, row->deficit[d], amount, sizeof amount));
        }
    }
    return buf;
}

static void histogram_text(const struct refusal *r, const struct page *p)
{
    if (r->mask_count == 0) {
        return;
    }
    char names[256], name[NAME_BUF], lacks[512];
    uint32_t *order = by_count(r);
    (void)fprintf(p->out, "  %" PRIu32 " machine%s, each with everything that it lacked:\n",
                  r->machines, plural(r->machines, "s"));
    for (uint64_t i = 0; i < r->mask_count; i++) {
        const struct sim_failmask_row *row = &r->masks[order[i]];
        deficits_str(row, p, lacks, sizeof lacks);
        (void)fprintf(p->out, "  %8" PRIu32 "  %-28s  e.g. %-*s%s\n", row->count,
                      sim_fail_str(row->mask, names, sizeof names), lacks[0] != '\0' ? 22 : 0,
                      machine_name(p->book, row->example, name), lacks);
    }
    if (r->row->feasible > 0) {
        (void)fprintf(p->out, "  %8" PRIu32 "  fits\n", r->row->feasible);
    }
    if (r->unexamined > 0) {
        (void)fprintf(p->out, "  %8" PRIu32 "  not examined\n", r->unexamined);
    }
    mem_free(order);
}

static void rooms_text(const struct refusal *r, const struct page *p)
{
    char asked[TEXT_BUF], largest[TEXT_BUF], sum[TEXT_BUF], all[TEXT_BUF];
    const struct sim_units *u = &p->book->units;
    if (r->room_count == 0) {
        return;
    }
    (void)fprintf(p->out, "  on the %" PRIu32 " machine%s that could ever run it:\n",
                  r->rooms[0].eligible, plural(r->rooms[0].eligible, "s"));
    (void)fprintf(p->out, "    %-8s %20s %20s %20s %20s\n", "", "requested", "largest free",
                  "free in sum", "capacity in sum");
    for (uint64_t i = 0; i < r->room_count; i++) {
        const struct sim_room_row *row = &r->rooms[i];
        (void)fprintf(p->out, "    %-8s %20s %20s %20s %20s\n", sim_dim_name(row->dim),
                      amount_str(u, row->dim, row->requested, asked, sizeof asked),
                      amount_str(u, row->dim, row->largest_free, largest, sizeof largest),
                      amount_str(u, row->dim, row->sum_free, sum, sizeof sum),
                      amount_str(u, row->dim, row->sum_capacity, all, sizeof all));
    }
}

static void queue_text(const struct sim_ahead_row *row, const struct page *p)
{
    char amount[TEXT_BUF];
    const int64_t sums[] = {row->cpu, row->memory, row->gpu};
    (void)fprintf(p->out, "  ahead    %" PRIu32 " task%s", row->ahead, plural(row->ahead, "s"));
    const char *lead = " asking for ";
    for (unsigned d = 0; d < sizeof sums / sizeof *sums; d++) {
        if (sums[d] > 0) {
            (void)fprintf(p->out, "%s%s", lead,
                          amount_named_str(&p->book->units, d, sums[d], amount, sizeof amount));
            lead = ", ";
        }
    }
    (void)fputc('\n', p->out);
}

int64_t refusal_of_head(const struct refusal *r, const struct book *b)
{
    if (r->ahead == NULL || r->ahead->head == SIM_NONE) {
        return -1;
    }
    const int64_t d = book_last_before(b, r->ahead->head, r->decision);
    return d >= 0 && b->decisions[d].outcome != SIM_OUTCOME_PLACED ? d : -1;
}

/* Of a gang the "head" is the member that found no machine, and nobody is ahead. */
static void ahead_text(const struct refusal *r, const struct page *p)
{
    const struct sim_ahead_row *row = r->ahead;
    const bool gang = r->row->reason == SIM_REASON_GANG_INCOMPLETE;
    char name[NAME_BUF], cause[TEXT_BUF];
    if (row == NULL) {
        return;
    }
    if (!gang) {
        queue_text(row, p);
    }
    if (row->head == SIM_NONE) {
        return;
    }
    (void)fprintf(p->out, "  %s   %s", gang ? "member" : "head  ",
                  task_name(p->book, row->head, name));
    if (!gang) {
        (void)fprintf(p->out, " (priority %" PRId32 ", this task %" PRId32 ")", row->head_priority,
                      row->priority);
    }
    const int64_t d = refusal_of_head(r, p->book);
    if (d >= 0) {
        const struct sim_decision_row *head = &p->book->decisions[d];
        (void)fprintf(p->out, ", which waits itself: %s (d%" PRId64 ")",
                      cause_str(head->reason, head->dim, cause, sizeof cause), d);
    }
    (void)fputc('\n', p->out);
}

void refusal_text(const struct refusal *r, const struct sim_task_row *row,
                  const struct candidates *c, const char *which, const struct page *p)
{
    char at[TEXT_BUF], cause[TEXT_BUF];
    const struct sim_reason_info *info = sim_reason_info(r->row->reason);
    page_head(p, "AT d%" PRId64 ", %s (%s): %s", r->decision, when_str(r->row->t_us, at, sizeof at),
              which, cause_str(r->row->reason, r->row->dim, cause, sizeof cause));
    (void)fprintf(p->out, "  %s; %s\n", reason_help(r->row->reason),
                  permanence_text(info != NULL ? info->permanence : SIM_PERM_NONE));
    if (r->source != r->decision) {
        (void)fprintf(p->out,
                      "  the same was asked in d%" PRId64
                      " and nothing had changed since; its answer:\n",
                      r->source);
    }
    ahead_text(r, p);
    conflict_text(r, p);
    flow_text(r->decision, p);
    histogram_text(r, p);
    rooms_text(r, p);
    changes_text(r, row, c, p);
}

static void histogram_json(const struct refusal *r, const struct book *b, struct json *j)
{
    jw_array(j, "histogram");
    for (uint64_t i = 0; i < r->mask_count; i++) {
        const struct sim_failmask_row *row = &r->masks[i];
        jw_object(j, NULL);
        jw_uint(j, "mask", row->mask);
        jw_names(j, "fails", row->mask);
        jw_uint(j, "machines", row->count);
        jw_machine(j, "example", b, row->example);
        jw_object(j, "deficit");
        for (unsigned d = 0; d < SIM_DIMS; d++) {
            if (row->deficit[d] > 0) {
                jw_int(j, sim_dim_name(d), row->deficit[d]);
            }
        }
        jw_end(j);
        jw_end(j);
    }
    jw_end(j);
}

static void rooms_json(const struct refusal *r, struct json *j)
{
    jw_array(j, "room");
    for (uint64_t i = 0; i < r->room_count; i++) {
        const struct sim_room_row *row = &r->rooms[i];
        jw_object(j, NULL);
        jw_text(j, "dim", sim_dim_name(row->dim));
        jw_int(j, "requested", row->requested);
        jw_int(j, "largest_free", row->largest_free);
        jw_int(j, "sum_free", row->sum_free);
        jw_int(j, "sum_capacity", row->sum_capacity);
        jw_uint(j, "eligible", row->eligible);
        jw_end(j);
    }
    jw_end(j);
}

static void ahead_json(const struct refusal *r, const struct book *b, struct json *j)
{
    const struct sim_ahead_row *row = r->ahead;
    if (row == NULL) {
        jw_null(j, "ahead");
        return;
    }
    jw_object(j, "ahead");
    jw_uint(j, "tasks", row->ahead);
    jw_int(j, "cpu", row->cpu);
    jw_int(j, "memory", row->memory);
    jw_int(j, "gpu", row->gpu);
    jw_task(j, "head", b, row->head);
    jw_int(j, "head_priority", row->head_priority);
    jw_int(j, "priority", row->priority);
    const int64_t d = refusal_of_head(r, b);
    if (d >= 0) {
        jw_object(j, "head_waits");
        jw_int(j, "decision", d);
        jw_reason(j, b->decisions[d].reason, b->decisions[d].dim);
        jw_end(j);
    }
    jw_end(j);
}

void refusal_json(const struct refusal *r, const struct candidates *c, const struct book *b,
                  struct json *j)
{
    jw_int(j, "decision", r->decision);
    jw_int(j, "answered_by", r->source);
    jw_int(j, "time_us", r->row->t_us);
    jw_bool(j, "revised", (r->row->flags & SIM_DECISION_REVISED) != 0);
    jw_reason(j, r->row->reason, r->row->dim);
    jw_uint(j, "machines", r->machines);
    jw_uint(j, "examined", r->row->examined);
    jw_uint(j, "feasible", r->row->feasible);
    jw_uint(j, "unexamined", r->unexamined);
    ahead_json(r, b, j);
    conflict_json(r, b, j);
    flow_json(r->decision, b, j);
    histogram_json(r, b, j);
    rooms_json(r, j);
    changes_json(r, c, b, j);
}
