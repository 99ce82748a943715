/* swf_peak.h - how many processors the recorded schedule of a log uses at once. */
#ifndef SIM_WORKLOADS_SWF_PEAK_H
#define SIM_WORKLOADS_SWF_PEAK_H

#include <simctl/types.h>

struct swf_edge;
struct swf_peak {
    struct swf_edge *edges;
    size_t count, cap;
};
void swf_peak_add(struct swf_peak *p, sim_time start_us, sim_time end_us, int64_t procs);
/* Most processors in use at once, and for how long more than `machine` are. */
int64_t swf_peak_find(struct swf_peak *p, int64_t machine, sim_time *over_us);
void swf_peak_fini(struct swf_peak *p);

#endif
