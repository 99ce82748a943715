/* amount.h - quantities as people read them, rounded so that what is printed still adds up. */
#ifndef SIM_REPORT_AMOUNT_H
#define SIM_REPORT_AMOUNT_H

#include <simctl/record.h>

/* "12 GiB", "0.5 cores", "1 core". A unit that is a phrase ("of the largest machine") and a missing
 * one give a bare number: the caller names the dimension, the task's answer the unit. Returns buf.
 */
const char *amount_str(const struct sim_units *units, unsigned dim, int64_t v, char *buf,
                       size_t size);
/* Where nothing else names the dimension: "0.5 cores", else "cpu 0.0625". */
const char *amount_named_str(const struct sim_units *units, unsigned dim, int64_t v, char *buf,
                             size_t size);
/* The phrase behind bare numbers, or NULL. */
const char *unit_phrase(const struct sim_units *units, unsigned dim);
/* A request cut by a deficit: "memory -1.41 GiB (12 -> 10.59 GiB)". The cut is rounded up and the
 * request down, so the printed difference holds and the printed result really fits. */
const char *amount_cut_str(const struct sim_units *units, unsigned dim, int64_t request,
                           int64_t deficit, char *buf, size_t size);

/* Decimals of a second (0, 3 or 6) that print every one of the durations exactly. */
int duration_places(const int64_t *us, size_t n);
/* "1h 52m 07.250s"; SIM_NEVER is "never". */
const char *duration_str(int64_t us, int places, char *buf, size_t size);
/* The same with the fewest decimals that are exact for this one. */
const char *duration_exact_str(int64_t us, char *buf, size_t size);

/* Splits `units` (1000 = tenths of a percent) over parts in proportion by the largest remainder, so
 * that the shares sum to `units` exactly; all 0 when the parts are. Ties go to the lower index. */
void shares(const int64_t *part, size_t n, int64_t units, int64_t *share);
/* *sum += v; false when it does not fit. */
bool sum_add(int64_t *sum, int64_t v);

/* Reason and dimension as one cause: "CAPACITY cpu", "FRAGMENTED cpu,memory". */
const char *cause_str(unsigned reason, unsigned dim, char *buf, size_t size);
/* Bit set of the dimensions that `dim` of a decision or span means for this reason. */
uint32_t cause_dims(unsigned reason, unsigned dim);
/* "others finishing helps" and the like: what could end a wait of this permanence. */
const char *permanence_text(enum sim_permanence permanence);
const char *reason_code(unsigned reason); /* "UNKNOWN" for numbers of a later version. */
const char *reason_help(unsigned reason);
#endif
