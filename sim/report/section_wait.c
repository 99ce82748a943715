/* section_wait.c - where the wait went: one line per cause, which sum to the wait exactly. */
#include <inttypes.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "report/amount.h"
#include "report/explain.h"

static bool is_cause(const struct cause *c, const struct sim_room_row *room)
{
    return (cause_dims(c->reason, c->dim) >> room->dim & 1) != 0;
}

/* The dimension of the cause that no machine had enough of; NULL when each had some machine. */
static const struct sim_room_row *lacking(const struct cause *c, const struct sim_room_row *rooms,
                                          uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (is_cause(c, &rooms[i]) &&
            (c->reason == SIM_REASON_CAPACITY || rooms[i].requested > rooms[i].largest_free)) {
            return &rooms[i];
        }
    }
    return NULL;
}

/* "on one of 12 machines" */
static void among_text(uint32_t machines, const struct page *p)
{
    if (machines == 1) {
        (void)fputs("on the only machine", p->out);
    } else {
        (void)fprintf(p->out, "on one of %" PRIu32 " machines", machines);
    }
}

static void one_room_text(const struct sim_room_row *room, const struct page *p)
{
    char asked[TEXT_BUF], free[TEXT_BUF], sum[TEXT_BUF];
    const struct sim_units *units = &p->book->units;
    (void)fprintf(p->out, "%s asked, at most %s free ",
                  amount_named_str(units, room->dim, room->requested, asked, sizeof asked),
                  amount_str(units, room->dim, room->largest_free, free, sizeof free));
    among_text(room->eligible, p);
    (void)fprintf(p->out, ", %s in sum",
                  amount_str(units, room->dim, room->sum_free, sum, sizeof sum));
}

/* Only of the dimensions that caused the wait: there may be plenty of the others. */
static void rooms_text(const struct cause *c, const struct sim_room_row *rooms, uint64_t n,
                       const struct page *p)
{
    char asked[TEXT_BUF];
    const struct sim_room_row *one = lacking(c, rooms, n);
    if (one != NULL) {
        one_room_text(one, p);
        return;
    }
    const char *separator = "";
    for (uint64_t i = 0; i < n; i++) {
        if (is_cause(c, &rooms[i])) {
            (void)fprintf(p->out, "%s%s", separator,
                          amount_named_str(&p->book->units, rooms[i].dim, rooms[i].requested, asked,
                                           sizeof asked));
            separator = ", ";
        }
    }
    (void)fputs(" asked; each was free ", p->out);
    among_text(rooms->eligible, p);
    (void)fputs(", not all on the same", p->out);
}

/* What stood behind a cause at the decision that gave it last. */
static void detail_text(const struct cause *c, const struct page *p)
{
    char asked[TEXT_BUF], name[NAME_BUF];
    const int64_t d = c->last_decision;
    uint64_t n = 0;
    const struct sim_ahead_row *ahead = d >= 0 ? book_ahead(p->book, d) : NULL;
    const struct sim_room_row *rooms = d >= 0 ? book_rooms(p->book, d, &n) : NULL;
    if (ahead != NULL && ahead->head != SIM_NONE && c->reason == SIM_REASON_GANG_INCOMPLETE) {
        (void)fprintf(p->out, "its member %s finds no machine",
                      task_name(p->book, ahead->head, name));
    } else if (ahead != NULL && ahead->head != SIM_NONE) {
        (void)fprintf(p->out, "behind %" PRIu32 " task%s asking for %s; head %s", ahead->ahead,
                      plural(ahead->ahead, "s"),
                      amount_named_str(&p->book->units, SIM_CPU, ahead->cpu, asked, sizeof asked),
                      task_name(p->book, ahead->head, name));
    } else if (rooms != NULL && cause_dims(c->reason, c->dim) != 0) {
        rooms_text(c, rooms, n, p);
    } else {
        (void)fputs(reason_help(c->reason), p->out);
    }
}

void causes_text(const struct cause *causes, size_t n, bool detailed, const struct page *p)
{
    int64_t *us = MEM_NEW(int64_t, n + 1), *tenths = MEM_NEW(int64_t, n + 1);
    char cause[TEXT_BUF], wait[TEXT_BUF];
    for (size_t i = 0; i < n; i++) {
        us[i] = causes[i].wait_us;
    }
    shares(us, n, 1000, tenths);
    const int places = duration_places(us, n);
    for (size_t i = 0; i < n; i++) {
        const struct cause *c = &causes[i];
        (void)fprintf(p->out, "  %-24s %22s %5" PRId64 ".%" PRId64 " %%  ",
                      cause_str(c->reason, c->dim, cause, sizeof cause),
                      duration_str(us[i], places, wait, sizeof wait), tenths[i] / 10,
                      tenths[i] % 10);
        if (detailed) {
            detail_text(c, p);
        } else {
            (void)fputs(reason_help(c->reason), p->out);
        }
        if (c->last_decision >= 0) {
            (void)fprintf(p->out, detailed ? " (d%" PRId64 ")" : "; last in d%" PRId64,
                          c->last_decision);
        }
        (void)fputc('\n', p->out);
    }
    mem_free(us);
    mem_free(tenths);
}

void causes_json(const struct cause *causes, size_t n, struct json *j)
{
    int64_t *us = MEM_NEW(int64_t, n + 1), *ppm = MEM_NEW(int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        us[i] = causes[i].wait_us;
    }
    shares(us, n, 1000000, ppm);
    jw_array(j, "causes");
    for (size_t i = 0; i < n; i++) {
        jw_object(j, NULL);
        jw_reason(j, causes[i].reason, causes[i].dim);
        jw_int(j, "wait_us", us[i]);
        jw_int(j, "share_ppm", ppm[i]);
        jw_uint(j, "spans", causes[i].spans);
        if (causes[i].last_decision >= 0) {
            jw_int(j, "last_decision", causes[i].last_decision);
        } else {
            jw_null(j, "last_decision");
        }
        jw_end(j);
    }
    jw_end(j);
    mem_free(us);
    mem_free(ppm);
}

void wait_text(const struct answer *a, const struct page *p)
{
    if (a->story.cause_count == 0) {
        return;
    }
    page_head(p, "WHERE THE WAIT WENT (sums to %" PRId64 " us exactly)", a->story.wait_us);
    causes_text(a->story.causes, a->story.cause_count, true, p);
}

void wait_json(const struct answer *a, struct json *j)
{
    jw_object(j, "wait");
    jw_int(j, "total_us", a->story.wait_us);
    causes_json(a->story.causes, a->story.cause_count, j);
    jw_end(j);
}
