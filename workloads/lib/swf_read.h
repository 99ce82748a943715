/* swf_read.h - one reading of an SWF log, from lines to cleaned jobs in file order.
 *
 * A log is surveyed first: is it sorted by submit time, which job numbers occur twice, when does it
 * end. Only then can it be streamed, so a second reading follows; it counts nothing again. */
#ifndef SIM_WORKLOADS_SWF_READ_H
#define SIM_WORKLOADS_SWF_READ_H

#include "workloads/lib/swf_header.h"
#include "workloads/lib/swf_job.h"

#include "base/map.h"

struct swf_reader;

/* The first reading; counts into args->findings. `args` is copied. NULL with diag. */
struct swf_reader *swf_reader_survey(const struct sim_open_args *args,
                                     const struct swf_rules *rules, struct sim_diag *diag);
/* A later reading of the file that `survey` has read to its end; silent. `survey` must outlive it.
 */
struct swf_reader *swf_reader_again(const struct swf_reader *survey, struct sim_diag *diag);
void swf_reader_destroy(struct swf_reader *r); /* NULL is allowed. */

/* 1 = a job (its id is borrowed until the next call), 0 = end, -1 = error. Not in submit order. */
int swf_reader_next(struct swf_reader *r, struct swf_job *job, struct sim_diag *diag);

const struct swf_header *swf_reader_header(const struct swf_reader *r);
uint64_t swf_reader_rows(const struct swf_reader *r);
uint64_t swf_reader_bytes(const struct swf_reader *r);
uint64_t swf_reader_bytes_total(const struct swf_reader *r); /* 0 = a pipe: cannot be read twice. */
/* What is read, for the manifest; borrowed from r. */
void swf_reader_describe(const struct swf_reader *r, struct sim_trace_info *info);
/* Of a survey at its end. */
bool swf_reader_is_sorted(const struct swf_reader *r);
sim_time swf_reader_end_us(const struct swf_reader *r); /* Last submit or recorded end. */
/* Dense number of a job id, and back; of a survey. */
uint32_t swf_reader_key(const struct swf_reader *survey, struct sim_text id);
struct sim_text swf_reader_id(const struct swf_reader *survey, uint32_t key);

/* Reads the header only: what stands before the first data row of `l`. */
bool swf_header_read(struct lines *l, struct swf_header *out, struct sim_diag *diag);

#endif
