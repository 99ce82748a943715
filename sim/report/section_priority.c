/* section_priority.c - what the place of a task in the queue was made of, beside that of the head.
 */
#include <inttypes.h>

#include "report/explain.h"

/* The last row about the task as one that is not at the head, and the head's that was written then.
 */
static const struct sim_priority_row *last_of(const struct answer *a,
                                              const struct sim_priority_row **head)
{
    const struct book *b = a->book;
    const struct sim_priority_row *rows = b->rows[SIM_TABLE_PRIORITIES], *own = NULL;
    const uint64_t n = b->count[SIM_TABLE_PRIORITIES];
    *head = NULL;
    for (uint64_t i = 0; i < n; i++) {
        if (rows[i].task != a->story.task || rows[i].head == SIM_NONE ||
            (a->asked.has_at && rows[i].t_us > a->asked.at)) {
            continue;
        }
        own = &rows[i];
        *head = NULL;
        for (uint64_t k = i + 1; k < n && rows[k].t_us == own->t_us && *head == NULL; k++) {
            *head = rows[k].task == own->head ? &rows[k] : NULL;
        }
    }
    return own;
}

static void sum_text(const struct sim_priority_row *r, const struct page *p)
{
    char name[NAME_BUF];
    (void)fprintf(p->out,
                  "  %12" PRId64 " = own priority %" PRId64 " + age %" PRId64
                  " + fair share %" PRId64 " + size %" PRId64 " + tier %" PRId64 "   %s\n",
                  r->total, r->site, r->age, r->fairshare, r->size, r->tier,
                  task_name(p->book, r->task, name));
}

void priority_text(const struct answer *a, const struct page *p)
{
    const struct sim_priority_row *head, *own = last_of(a, &head);
    char when[TEXT_BUF];
    if (own == NULL) {
        return;
    }
    page_head(p, "PLACE in the queue at %s, below that of the head",
              when_str(own->t_us, when, sizeof when));
    if (head != NULL) {
        sum_text(head, p);
    }
    sum_text(own, p);
}

static void row_json(const char *key, const struct sim_priority_row *r, const struct book *b,
                     struct json *j)
{
    if (r == NULL) {
        jw_null(j, key);
        return;
    }
    jw_object(j, key);
    jw_task(j, "task", b, r->task);
    jw_int(j, "time_us", r->t_us);
    jw_int(j, "total", r->total);
    jw_int(j, "site", r->site);
    jw_int(j, "age", r->age);
    jw_int(j, "fairshare", r->fairshare);
    jw_int(j, "size", r->size);
    jw_int(j, "tier", r->tier);
    jw_end(j);
}

void priority_json(const struct answer *a, struct json *j)
{
    const struct sim_priority_row *head, *own = last_of(a, &head);
    row_json("place", own, a->book, j);
    row_json("place_of_head", head, a->book, j);
}
