/* parts_open.h - opens the input of a format: a file, a directory of parts, or stdin. */
#ifndef SIM_WORKLOADS_PARTS_OPEN_H
#define SIM_WORKLOADS_PARTS_OPEN_H

#include "base/lines.h"
#include "workloads/lib/rows.h"

/* Lines of args->path, or of the files in it that end in `suffix` (or that and .gz, .zst). A gap in
 * the numbers of the parts is an error, or with another --bad-rows a finding for every part that is
 * missing; `kinds` begins with BAD_PART_KINDS. NULL with diag. */
struct lines *parts_open(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                         const char *suffix, struct sim_diag *diag);
/* What was opened, into inputs and bytes_total; borrowed from `l`. */
void parts_describe(const struct lines *l, struct sim_trace_info *info);

#endif
