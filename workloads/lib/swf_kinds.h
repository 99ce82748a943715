/* swf_kinds.h - what may be odd about an SWF log; the order of the table in swf_kinds.c. */
#ifndef SIM_WORKLOADS_SWF_KINDS_H
#define SIM_WORKLOADS_SWF_KINDS_H

#include "workloads/lib/rows.h"

enum swf_kind {
    /* The format is contradicted. */
    SWF_FIELD_COUNT = BAD_PART_FIRST,
    SWF_NOT_A_NUMBER,
    SWF_OUT_OF_RANGE,
    SWF_DUPLICATE_JOB,
    /* Properties of the log as it is, counted over all rows, whatever becomes of them. */
    SWF_SUBMIT_MISSING,
    SWF_WAIT_MISSING,
    SWF_RUN_MISSING,
    SWF_RUN_ZERO,
    SWF_RUN_OVER_REQUEST,
    SWF_ALLOCATED_MISSING,
    SWF_SIZE_DIFFERS,
    SWF_ESTIMATE_MISSING,
    SWF_STATUS_UNKNOWN,
    SWF_NEVER_STARTED,
    SWF_CPU_DECIMALS,
    SWF_MEMORY_REQUESTED,
    SWF_DEPENDENCY,
    SWF_NOT_SORTED,
    SWF_PARTITIONS,
    SWF_DECLARED_ROWS,
    SWF_PEAK,
    /* What the reader did about them. */
    SWF_SIZE_FALLBACK,
    SWF_ESTIMATE_FROM_RUN,
    SWF_RUN_FROM_REQUEST,
    SWF_RUN_CUT,
    SWF_REQUEST_RAISED,
    SWF_RUN_ONE_SECOND,
    SWF_WIDE_CUT,
    SWF_BROKEN_TO_ONE_SECOND,
    SWF_DROPPED_SUBMIT,
    SWF_DROPPED_CANCELLED,
    SWF_DROPPED_NO_SIZE,
    SWF_DROPPED_NO_RUN,
    SWF_DROPPED_ZERO_RUN,
    SWF_DROPPED_WIDE,
    SWF_HEADER_CLIPPED,
    SWF_KINDS
};
extern const struct sim_finding_kind swf_kinds[SWF_KINDS + 1];

#endif
