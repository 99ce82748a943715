/* google2011_parts.c - which parts of a table of the Google 2011 trace are there.
 *
 * Names say "part-00003-of-00500". The trace is mostly used in excerpts of its first parts, so
 * parts that are missing behind the last one are noted only; but what comes before the last one
 * began in the parts before it, and task_events needs the same parts of job_events. */
#include "workloads/lib/google2011_parts.h"

#include "base/decimal.h"
#include "workloads/lib/google2011_kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LISTED_MAX 8u /* Runs of parts named in a message. */

/* "0-2, 4, 6-7 ..." */
struct list {
    char text[160]; /* LISTED_MAX runs of twice six digits and four signs. */
    size_t len;
    uint32_t runs, count;
};

static bool part_number(const char *path, uint32_t declared, uint32_t *number)
{
    const char *slash = strrchr(path, '/');
    const char *at = strstr(slash == NULL ? path : slash, "part-");
    if (at == NULL)
        return false;
    at += strlen("part-");
    const uint32_t digits = (uint32_t)strspn(at, "0123456789");
    int64_t value;
    if (!g2011_number((struct sim_text){at, digits}, &value) || value >= declared ||
        strncmp(at + digits, "-of-", 4) != 0)
        return false;
    *number = (uint32_t)value;
    return true;
}

static void find_ends(struct g2011_table *t)
{
    bool any = false;
    for (size_t i = 0; i < t->parts.count; i++) {
        uint32_t number;
        if (!part_number(t->parts.paths[i], t->parts.declared, &number))
            continue;
        if (!any || number < t->first_part)
            t->first_part = number;
        if (!any || number > t->last_part)
            t->last_part = number;
        any = true;
    }
}

static bool has_part(const struct g2011_table *t, uint32_t part)
{
    size_t low = 0, high = t->parts.missing_count;
    if (part < t->first_part || part > t->last_part)
        return false;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (t->parts.missing[middle] < part)
            low = middle + 1;
        else
            high = middle;
    }
    return low == t->parts.missing_count || t->parts.missing[low] != part;
}

static void add_run(struct list *l, uint32_t from, uint32_t to)
{
    char *at = l->text + l->len;
    const size_t room = sizeof l->text - l->len;
    int len = 0;
    l->count += to - from + 1;
    if (l->runs < LISTED_MAX && from == to)
        len = snprintf(at, room, "%s%" PRIu32, l->runs == 0 ? "" : ", ", from);
    else if (l->runs < LISTED_MAX)
        len = snprintf(at, room, "%s%" PRIu32 "-%" PRIu32, l->runs == 0 ? "" : ", ", from, to);
    else if (l->runs == LISTED_MAX)
        len = snprintf(at, room, " ...");
    l->len += (size_t)len;
    l->runs++;
}

/* The parts from `from` to `to` that `there` has (NULL: all) and `lacking` has not (NULL: none). */
static struct list list_parts(const struct g2011_table *there, const struct g2011_table *lacking,
                              uint32_t from, uint32_t to)
{
    struct list l = {0};
    uint32_t begin = from;
    for (uint32_t part = from; part <= to; part++) {
        if ((there == NULL || has_part(there, part)) &&
            (lacking == NULL || !has_part(lacking, part)))
            continue;
        if (part > begin)
            add_run(&l, begin, part - 1);
        begin = part + 1;
    }
    if (begin <= to)
        add_run(&l, begin, to);
    return l;
}

static void hint(const struct g2011_table *t, struct sim_diag *diag)
{
    sim_hint(diag,
             "add the missing parts of %s, or pass --bad-rows=skip to leave out and count the "
             "tasks that they cut",
             t->name);
}

bool g2011_parts_check(struct g2011_table *t, struct tally *tally, struct sim_diag *diag)
{
    const struct sim_where where = {t->parts.paths[0], 0, 0};
    if (t->parts.declared == 0) /* Named as a file, or without numbers. */
        return true;
    find_ends(t);
    const struct list there = list_parts(t, NULL, t->first_part, t->last_part);
    tally_say(tally, G2011_PARTS_PRESENT, where, "%s: part%s %s of %" PRIu32, t->name,
              plural(there.count, "s"), there.text, t->parts.declared);
    const struct list missing = list_parts(NULL, t, 0, t->last_part);
    if (missing.count == 0)
        return true;
    if (t->args.bad_rows == SIM_BAD_FAIL) {
        hint(t, diag);
        return sim_fail(diag, SIM_ERR_FORMAT, where,
                        "%s: %" PRIu32 " part%s missing before the last one: %s", t->name,
                        missing.count, plural(missing.count, "s"), missing.text);
    }
    tally_say(tally, G2011_MISSING_PART, where, "%s: part%s %s", t->name,
              plural(missing.count, "s"), missing.text);
    tally_add_n(tally, G2011_MISSING_PART, missing.count - 1);
    tally_add_n(tally, G2011_PART_SKIPPED, missing.count);
    return true;
}

/* What `t` lacks of the parts of `other`. */
static bool check_lacking(const struct g2011_table *t, const struct g2011_table *other,
                          struct tally *tally, struct sim_diag *diag)
{
    const struct sim_where where = {t->parts.paths[0], 0, 0};
    const struct list lacking = list_parts(other, t, other->first_part, other->last_part);
    if (lacking.count == 0)
        return true;
    if (t->args.bad_rows == SIM_BAD_FAIL) {
        hint(t, diag);
        return sim_fail(diag, SIM_ERR_FORMAT, where, "%s lacks part%s %s that %s has", t->name,
                        plural(lacking.count, "s"), lacking.text, other->name);
    }
    tally_say(tally, G2011_PARTS_DIFFER, where, "%s lacks part%s %s that %s has", t->name,
              plural(lacking.count, "s"), lacking.text, other->name);
    tally_add_n(tally, G2011_PARTS_DIFFER, lacking.count - 1);
    /* Those before its last part were counted when it was checked alone. */
    tally_add_n(tally, G2011_PART_SKIPPED,
                list_parts(other, t, t->last_part + 1, other->last_part).count);
    return true;
}

bool g2011_parts_compare(const struct g2011_table *a, const struct g2011_table *b,
                         struct tally *tally, struct sim_diag *diag)
{
    /* Tables that were cut into other numbers of parts have no parts in common. */
    if (a->parts.declared == 0 || a->parts.declared != b->parts.declared)
        return true;
    return check_lacking(a, b, tally, diag) && check_lacking(b, a, tally, diag);
}
