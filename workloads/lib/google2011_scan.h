/* google2011_scan.h - job_events and task_events merged by time, read once, into submissions. */
#ifndef SIM_WORKLOADS_GOOGLE2011_SCAN_H
#define SIM_WORKLOADS_GOOGLE2011_SCAN_H

#include "workloads/lib/google2011_tasks.h"

struct g2011_scan;
/* Reads all parts; counts what is odd into args->findings. NULL with diag. */
struct g2011_scan *g2011_scan_create(const struct sim_open_args *args, bool every_attempt,
                                     struct sim_trace_info *info, struct sim_diag *diag);
void g2011_scan_destroy(struct g2011_scan *s); /* NULL is allowed. */

const struct g2011_tasks *g2011_scan_tasks(const struct g2011_scan *s);
struct sim_text g2011_scan_job(const struct g2011_scan *s, uint32_t job); /* Id as written. */
struct sim_text g2011_scan_user(const struct g2011_scan *s, uint32_t job);
struct tally *g2011_scan_tally(struct g2011_scan *s); /* Flush it when done. */

#endif
