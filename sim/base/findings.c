/* findings.c - what was odd about an input: a counter per kind, in order of first appearance. */
#include <simctl/trace.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/place.h"

#include <stdio.h>

struct sim_findings {
    struct sim_finding **rows; /* Each by itself, so that sim_findings_at stays valid. */
    size_t count, cap;
    size_t recent; /* Bad rows come in runs: the kind counted last is looked at first. */
};

struct sim_findings *sim_findings_create(void)
{
    return MEM_NEW(struct sim_findings, 1);
}

void sim_findings_destroy(struct sim_findings *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->count; i++)
        mem_free(f->rows[i]);
    mem_free(f->rows);
    mem_free(f);
}

static struct sim_finding *row_of(struct sim_findings *f, const struct sim_finding_kind *kind)
{
    if (f->recent < f->count && f->rows[f->recent]->kind == kind)
        return f->rows[f->recent];
    size_t i = 0;
    while (i < f->count && f->rows[i]->kind != kind)
        i++;
    if (i == f->count) {
        MEM_GROW(f->rows, f->cap, f->count + 1);
        f->rows[i] = MEM_NEW(struct sim_finding, 1);
        f->rows[i]->kind = kind;
        f->count++;
    }
    f->recent = i;
    return f->rows[i];
}

void sim_findings_add(struct sim_findings *f, const struct sim_finding_kind *kind,
                      struct sim_where where, const char *detail)
{
    struct sim_finding *row = row_of(f, kind);
    row->count++;
    for (size_t i = 0; i < SIM_FINDING_EXAMPLES; i++) {
        char *to = row->example[i];
        if (to[0] != '\0')
            continue;
        size_t len = place_str(where, to, sizeof row->example[i]);
        if (detail != NULL)
            snprintf(to + len, sizeof row->example[i] - len, "%s", detail);
        while (detail == NULL && len > 0 && (to[len - 1] == ' ' || to[len - 1] == ':'))
            to[--len] = '\0'; /* A place alone leads to nothing. */
        place_defuse(to);
        return;
    }
}

void sim_findings_add_n(struct sim_findings *f, const struct sim_finding_kind *kind, uint64_t n)
{
    row_of(f, kind)->count += n;
}

size_t sim_findings_count(const struct sim_findings *f)
{
    return f->count;
}

const struct sim_finding *sim_findings_at(const struct sim_findings *f, size_t index)
{
    return index < f->count ? f->rows[index] : NULL;
}

uint64_t sim_findings_total(const struct sim_findings *f, enum sim_severity severity)
{
    uint64_t total = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i]->kind->severity == severity)
            total += f->rows[i]->count;
    }
    return total;
}
