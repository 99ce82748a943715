/* section_changes.c - the smallest changes that would have placed the task at one decision.
 *
 * A mask that lacks one dimension gives an exact amount: its smallest deficit. For several
 * dimensions the recorded deficits are smallest one by one, maybe on different machines: they bound
 * the change from below unless only one machine has the mask, or re-execution found one that has
 * them all. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

/* What must change when it is no amount; NULL for amounts. */
static const char *change_of(uint32_t bit)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } rows[] = {
        {SIM_FAIL_DOWN, "bring a machine back that is down"},
        {SIM_FAIL_DRAIN, "open a drained machine"},
        {SIM_FAIL_LABEL, "drop a label constraint"},
        {SIM_FAIL_TAINT, "tolerate the taint"},
        {SIM_FAIL_SPREAD, "allow more tasks of the job on one machine"},
        {SIM_FAIL_POLICY, "take a policy without its own filter"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].bit == bit) {
            return rows[i].text;
        }
    }
    return NULL;
}

#define SIZE_BITS                                                                                  \
    ((uint32_t)(SIM_FAIL_SIZE_CPU | SIM_FAIL_SIZE_MEMORY | SIM_FAIL_SIZE_GPU |                     \
                SIM_FAIL_SIZE_DISK | SIM_FAIL_SIZE_EXTENDED))

struct change {
    const struct sim_failmask_row *mask;
    bool exact;          /* The amounts place the task, and one step less does not. */
    sim_machine machine; /* That would take it; SIM_NONE = one of them, not known which. */
};

static struct change change_at(const struct refusal *r, size_t i, const struct candidates *c)
{
    struct change out = {&r->masks[r->minimal[i]], false, SIM_NONE};
    unsigned dims = 0;
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        dims += out.mask->deficit[d] > 0;
    }
    if (out.mask->count == 1) {
        out.machine = out.mask->example;
    } else if (c != NULL && c->decision == r->decision) {
        out.machine = refusal_nearest(out.mask, c);
    }
    out.exact = (out.mask->mask & SIZE_BITS) == 0 && (dims <= 1 || out.machine != SIM_NONE);
    return out;
}

static void append(char *buf, size_t size, const char *text)
{
    const size_t at = strlen(buf);
    (void)snprintf(buf + at, size - at, "%s%s", at > 0 ? " and " : "", text);
}

/* "memory -1.41 GiB (12 -> 10.59 GiB) and drop a label constraint" */
static void describe(const struct change *c, const struct refusal *r,
                     const struct sim_task_row *row, const struct page *p, char *buf, size_t size)
{
    char text[200];
    int64_t request;
    buf[0] = '\0';
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (c->mask->deficit[d] <= 0) {
            continue;
        }
        if (request_of(row, r, d, &request)) {
            amount_cut_str(&p->book->units, d, request, c->mask->deficit[d], text, sizeof text);
        } else {
            char amount[TEXT_BUF];
            (void)snprintf(
                text, sizeof text, "%s -%s", sim_dim_name(d),
                amount_str(&p->book->units, d, c->mask->deficit[d], amount, sizeof amount));
        }
        append(buf, size, text);
    }
    const struct sim_fail_info *info;
    for (size_t i = 0; (info = sim_fail_at(i)) != NULL; i++) {
        if ((c->mask->mask & info->bit) != 0 && change_of(info->bit) != NULL) {
            append(buf, size, change_of(info->bit));
        }
    }
}

/* A request that would have to shrink to nothing is no change; a task can do without a gpu. */
static bool leaves_nothing(const struct change *c, const struct refusal *r,
                           const struct sim_task_row *row)
{
    int64_t request;
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (d != SIM_GPU && c->mask->deficit[d] > 0 && request_of(row, r, d, &request) &&
            c->mask->deficit[d] >= request) {
            return true;
        }
    }
    return false;
}

static void change_text(const struct change *c, const char *text, const struct page *p)
{
    const uint32_t n = c->mask->count;
    char name[NAME_BUF];
    bool amounts = false;
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        amounts = amounts || c->mask->deficit[d] > 0;
    }
    (void)fprintf(p->out, "%s%s: ", c->exact || !amounts ? "" : "at least ", text);
    if (amounts && (c->mask->mask & SIZE_BITS) != 0) {
        (void)fprintf(p->out, "the largest of %" PRIu32 " machine%s, were it empty\n", n,
                      plural(n, "s"));
    } else if (amounts && c->machine != SIM_NONE) {
        (void)fprintf(p->out, "fits %s\n", machine_name(p->book, c->machine, name));
    } else {
        (void)fprintf(p->out, "%s%" PRIu32 " machine%s\n", amounts ? "the nearest of " : "", n,
                      plural(n, "s"));
    }
}

void changes_text(const struct refusal *r, const struct sim_task_row *row,
                  const struct candidates *c, const struct page *p)
{
    char text[600];
    size_t shown = 0;
    for (size_t i = 0; i < r->minimal_count; i++) {
        const struct change change = change_at(r, i, c);
        if (!leaves_nothing(&change, r, row)) {
            describe(&change, r, row, p, text, sizeof text);
            (void)fprintf(p->out, "  %-17s ", shown++ == 0 ? "smallest change" : "  or");
            change_text(&change, text, p);
        }
    }
    if (r->minimal_count > 0 && shown == 0) {
        (void)fputs(
            "  no smaller request would have fitted: nothing was left of what it asks for\n",
            p->out);
    }
}

void changes_json(const struct refusal *r, const struct candidates *c, const struct book *b,
                  struct json *j)
{
    jw_array(j, "smallest_changes");
    for (size_t i = 0; i < r->minimal_count; i++) {
        const struct change change = change_at(r, i, c);
        jw_object(j, NULL);
        jw_names(j, "fails", change.mask->mask);
        jw_object(j, "less");
        for (unsigned d = 0; d < SIM_DIMS; d++) {
            if (change.mask->deficit[d] > 0) {
                jw_int(j, sim_dim_name(d), change.mask->deficit[d]);
            }
        }
        jw_end(j);
        jw_bool(j, "exact", change.exact);
        jw_uint(j, "machines", change.mask->count);
        jw_machine(j, "machine", b, change.machine);
        jw_end(j);
    }
    jw_end(j);
}
