/* tally.c - cheap counters in front of sim_findings. */
#include "workloads/lib/tally.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>

void tally_init(struct tally *t, struct sim_findings *findings,
                const struct sim_finding_kind *kinds)
{
    *t = (struct tally){.findings = findings, .kinds = kinds};
    uint32_t n = 0;
    while (kinds[n].id != NULL)
        n++;
    CHECK(n <= TALLY_KINDS_MAX);
}

void tally_say(struct tally *t, uint32_t kind, struct sim_where where, const char *fmt, ...)
{
    if (t->count[kind]++ >= SIM_FINDING_EXAMPLES || t->findings == NULL)
        return;
    char text[256];
    va_list list;
    va_start(list, fmt);
    (void)vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    sim_findings_add(t->findings, &t->kinds[kind], where, text);
}

void tally_add_n(struct tally *t, uint32_t kind, uint64_t n)
{
    /* Straight to the findings: the counter here tells how many of them have an example. */
    if (t->findings != NULL)
        sim_findings_add_n(t->findings, &t->kinds[kind], n);
}

void tally_flush(struct tally *t)
{
    for (uint32_t k = 0; t->findings != NULL && t->kinds[k].id != NULL; k++) {
        if (t->count[k] > SIM_FINDING_EXAMPLES) {
            sim_findings_add_n(t->findings, &t->kinds[k], t->count[k] - SIM_FINDING_EXAMPLES);
            t->count[k] = SIM_FINDING_EXAMPLES;
        }
    }
}
