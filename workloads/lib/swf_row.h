/* swf_row.h - one data line of an SWF log: 18 numbers. */
#ifndef SIM_WORKLOADS_SWF_ROW_H
#define SIM_WORKLOADS_SWF_ROW_H

#include <simctl/trace.h>

#include "base/lines.h"

enum swf_field {
    SWF_JOB,
    SWF_SUBMIT,
    SWF_WAIT,
    SWF_RUN,
    SWF_ALLOCATED,
    SWF_CPU_TIME,
    SWF_USED_MEMORY,
    SWF_REQUESTED,
    SWF_LIMIT,
    SWF_MEMORY,
    SWF_STATUS,
    SWF_USER,
    SWF_GROUP,
    SWF_EXECUTABLE,
    SWF_QUEUE,
    SWF_PARTITION,
    SWF_PRECEDING,
    SWF_THINK,
    SWF_FIELDS
};
#define SWF_MISSING (-1) /* In every field, in the unit of the struct below. */

/* Codes of the status field. */
enum {
    SWF_STATUS_FAILED,
    SWF_STATUS_COMPLETED,
    SWF_STATUS_TO_BE_CONTINUED, /* 2 to 4: a part of a job that was checkpointed. */
    SWF_STATUS_LAST_COMPLETED,
    SWF_STATUS_LAST_FAILED,
    SWF_STATUS_CANCELLED
};

struct swf_row {
    struct sim_text job; /* Borrowed from the line; never empty. */
    int64_t
        v[SWF_FIELDS]; /* Times in microseconds, memory in KB per processor; v[SWF_JOB] unused. */
    bool cpu_decimals; /* Field 6 was written with decimals. */
};

enum swf_row_result { SWF_ROW_OK, SWF_ROW_DROPPED, SWF_ROW_ERROR };
/* Reads the current line of `l`. Bad values are handled as args->bad_rows says: repaired ones
 * become SWF_MISSING. */
enum swf_row_result swf_row_parse(struct swf_row *row, struct sim_text line, const struct lines *l,
                                  const struct sim_open_args *args, struct sim_diag *diag);

#endif
