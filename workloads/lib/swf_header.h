/* swf_header.h - the comment lines of an SWF log: "; Key: value". */
#ifndef SIM_WORKLOADS_SWF_HEADER_H
#define SIM_WORKLOADS_SWF_HEADER_H

#include <stdbool.h>

#include <simctl/types.h>

struct swf_queue {
    int64_t number;
    char *name; /* Terminated; at most SIM_NAME_MAX bytes. */
};
struct swf_header {
    int64_t procs;   /* MaxProcs; 0 = not stated. */
    int64_t nodes;   /* MaxNodes; 0 = not stated. */
    int64_t jobs;    /* MaxJobs; -1 = not stated. */
    int64_t removed; /* Sum of all "(N jobs removed)". */
    bool clipped;    /* One of the first three was larger than 2^40 and is that now. */
    struct swf_queue *queues;
    size_t queue_count, queue_cap;
};

void swf_header_init(struct swf_header *h);
void swf_header_fini(struct swf_header *h);
/* True for a comment line, which is then read; the line may begin with blanks. Lines without a
 * known key (continuations, drawings) are comments and no more. */
bool swf_header_line(struct swf_header *h, struct sim_text line);
/* Processors of the machine: MaxProcs, or MaxNodes where only that is stated; 0 = neither. */
int64_t swf_header_machine(const struct swf_header *h);
/* Name of a queue, NULL when the header gives none. */
const char *swf_header_queue(const struct swf_header *h, int64_t number);

#endif
