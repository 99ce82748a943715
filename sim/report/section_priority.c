/* section_priority.c - what the place of a task in the queue was made of, beside that of the head.
 */
#include <inttypes.h>

#include "report/explain.h"

/* The row about `task` written at that time; NULL = none. */
static const struct sim_priority_row *row_of(const struct book *b, sim_task task, sim_time at)
{
    const struct sim_priority_row *rows = b->rows[SIM_TABLE_PRIORITIES];
    uint64_t low = 0, high = b->count[SIM_TABLE_PRIORITIES];
    while (low < high) { /* Rows are in order of time. */
        const uint64_t mid = low + (high - low) / 2;
        if (rows[mid].t_us < at) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (; low < b->count[SIM_TABLE_PRIORITIES] && rows[low].t_us == at; low++) {
        if (rows[low].task == task) {
            return &rows[low];
        }
    }
    return NULL;
}

static void line(const char *whose, const struct sim_priority_row *r, const struct page *p)
{
    if (r != NULL) {
        (void)fprintf(p->out,
                      "  %s   %" PRId64 " = own priority %" PRId64 " + age %" PRId64
                      " + fair share %" PRId64 " + size %" PRId64 " + tier %" PRId64 "\n",
                      whose, r->total, r->site, r->age, r->fairshare, r->size, r->tier);
    }
}

void priority_text(const struct refusal *r, const struct page *p)
{
    const struct sim_priority_row *own = row_of(p->book, r->row->task, r->row->t_us);
    line("place ", own, p);
    if (own != NULL && r->ahead != NULL && r->ahead->head != SIM_NONE) {
        line("head's", row_of(p->book, r->ahead->head, r->row->t_us), p);
    }
}

static void row_json(const char *key, const struct sim_priority_row *r, struct json *j)
{
    if (r == NULL) {
        jw_null(j, key);
        return;
    }
    jw_object(j, key);
    jw_int(j, "total", r->total);
    jw_int(j, "site", r->site);
    jw_int(j, "age", r->age);
    jw_int(j, "fairshare", r->fairshare);
    jw_int(j, "size", r->size);
    jw_int(j, "tier", r->tier);
    jw_end(j);
}

void priority_json(const struct refusal *r, const struct book *b, struct json *j)
{
    row_json("place", row_of(b, r->row->task, r->row->t_us), j);
    row_json("place_of_head", r->ahead != NULL ? row_of(b, r->ahead->head, r->row->t_us) : NULL, j);
}
