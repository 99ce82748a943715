/* swf_peak.c - sweeps over the starts and ends of the recorded runs. A log whose own schedule needs
 * more than the machine has a wrong size, wrong times, or nodes shared by jobs: published for
 * several logs, and a reason why a replay cannot reproduce the recorded waits. */
#include "workloads/lib/swf_peak.h"

#include "base/mem.h"
#include "base/sort.h"

struct swf_edge {
    sim_time at_us;
    int64_t procs; /* Negative at an end. */
};

void swf_peak_add(struct swf_peak *p, sim_time start_us, sim_time end_us, int64_t procs)
{
    MEM_GROW(p->edges, p->cap, p->count + 2);
    p->edges[p->count++] = (struct swf_edge){start_us, procs};
    p->edges[p->count++] = (struct swf_edge){end_us, -procs};
}

/* Ends first: a job may start on what another gives back at the same instant. */
static int compare(const void *a, const void *b, void *unused)
{
    (void)unused;
    const struct swf_edge *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return (x->procs > 0) - (y->procs > 0);
}

int64_t swf_peak_find(struct swf_peak *p, int64_t machine, sim_time *over_us)
{
    int64_t used = 0, peak = 0;
    *over_us = 0;
    sort_stable(p->edges, p->count, sizeof *p->edges, compare, NULL);
    for (size_t i = 0; i < p->count; i++) {
        if (used > machine)
            *over_us += p->edges[i].at_us - p->edges[i - 1].at_us;
        used += p->edges[i].procs;
        peak = used > peak ? used : peak;
    }
    return peak;
}

void swf_peak_fini(struct swf_peak *p)
{
    mem_free(p->edges);
    *p = (struct swf_peak){0};
}
