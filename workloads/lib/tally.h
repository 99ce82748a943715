/* tally.h - counts findings of a format at the price of an increment per row.
 *
 * sim_findings_add() looks its kind up and writes an example; a log with a million odd rows only
 * needs that for the first ones. A tally counts by index into the format's table and hands the rest
 * over at the end. A silent one (findings NULL) serves the second reading of a file that was
 * already counted. */
#ifndef SIM_WORKLOADS_TALLY_H
#define SIM_WORKLOADS_TALLY_H

#include <simctl/trace.h>

#include "base/lines.h"

#define TALLY_KINDS_MAX 96

struct tally {
    struct sim_findings *findings; /* NULL = silent. */
    const struct sim_finding_kind *kinds;
    uint64_t count[TALLY_KINDS_MAX];
};

void tally_init(struct tally *t, struct sim_findings *findings,
                const struct sim_finding_kind *kinds);
/* Counts one at the current line of `l`. */
static inline void tally_add(struct tally *t, uint32_t kind, const struct lines *l)
{
    if (t->count[kind]++ < SIM_FINDING_EXAMPLES && t->findings != NULL)
        sim_findings_add(t->findings, &t->kinds[kind], lines_where(l), NULL);
}
/* The same with a sentence, for kinds that occur a few times in a file. */
void tally_say(struct tally *t, uint32_t kind, struct sim_where where, const char *fmt, ...)
    SIM_PRINTF(4, 5);
/* n at once, without a place; 0 makes the kind visible. */
void tally_add_n(struct tally *t, uint32_t kind, uint64_t n);
/* Hands over what the findings do not have yet. */
void tally_flush(struct tally *t);

#endif
