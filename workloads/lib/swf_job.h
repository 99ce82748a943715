/* swf_job.h - from an SWF row to the job that is replayed: every cleaning rule is named and
 * counted.
 *
 * Published results on one log differ because simulators clean it differently, mostly in silence.
 */
#ifndef SIM_WORKLOADS_SWF_JOB_H
#define SIM_WORKLOADS_SWF_JOB_H

#include <simctl/trace.h>

#include "workloads/lib/swf_row.h"
#include "workloads/lib/tally.h"

/* The values stand in the order of the `choices` of the option rows in swf.c. */
enum swf_procs { SWF_PROCS_REQUESTED, SWF_PROCS_ALLOCATED };
enum swf_overrun { SWF_OVERRUN_KEEP, SWF_OVERRUN_CUT, SWF_OVERRUN_RAISE };
enum swf_zero_run { SWF_ZERO_KEEP, SWF_ZERO_DROP, SWF_ZERO_ONE_SECOND };
enum swf_no_estimate { SWF_ESTIMATE_NONE, SWF_ESTIMATE_RUN };
enum swf_wide { SWF_WIDE_DROP, SWF_WIDE_TO_MACHINE };
enum swf_cancelled { SWF_CANCELLED_DROP, SWF_CANCELLED_KEEP };
enum swf_cleaning { SWF_CLEANING_NONE, SWF_CLEANING_PYSS };

struct swf_rules {
    enum swf_procs procs;
    enum swf_overrun overrun;
    enum swf_zero_run zero_run;
    enum swf_no_estimate no_estimate;
    enum swf_wide wide;
    enum swf_cancelled cancelled;
    enum swf_cleaning cleaning; /* PYSS replaces all of the above. */
    int64_t machine;            /* Processors of the machine; 0 = unknown, nothing is too wide. */
};

struct swf_job {
    struct sim_text id; /* Borrowed from the row. */
    sim_time submit_us;
    sim_time run_us;    /* SIM_NEVER = unknown, never ends by itself. */
    sim_time limit_us;  /* SIM_NEVER = none. */
    sim_time cancel_us; /* SIM_NEVER = not cancelled while it waits. */
    sim_time recorded_start_us, recorded_end_us;
    int64_t memory;      /* Bytes per processor. */
    int64_t user, queue; /* SWF_MISSING = none. */
    uint32_t procs;
    enum sim_end end;
};

/* Counts the properties of a row as it is. */
void swf_row_count(const struct swf_row *row, struct tally *t, const struct lines *l);
/* Cleans; false when the rules drop the row. Counts what it does. */
bool swf_job_make(struct swf_job *job, const struct swf_row *row, const struct swf_rules *rules,
                  struct tally *t, const struct lines *l);

#endif
