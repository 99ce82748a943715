/* google2011_machines.h - machine_events as machine inputs, instant by instant. */
#ifndef SIM_WORKLOADS_GOOGLE2011_MACHINES_H
#define SIM_WORKLOADS_GOOGLE2011_MACHINES_H

#include <simctl/trace.h>

struct g2011_machines;
/* `disk`: give every machine the disk of the largest one, which the table does not tell. */
struct g2011_machines *g2011_machines_open(const struct sim_open_args *args, bool disk,
                                           struct sim_trace_info *info, struct sim_diag *diag);
void g2011_machines_close(struct g2011_machines *m); /* NULL is allowed. */
enum sim_next g2011_machines_next(struct g2011_machines *m, struct sim_input *out,
                                  struct sim_trace_info *info, struct sim_diag *diag);

#endif
