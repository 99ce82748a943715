/* google2011_table.h - the rows of one table of the Google 2011 trace, across its parts. */
#ifndef SIM_WORKLOADS_GOOGLE2011_TABLE_H
#define SIM_WORKLOADS_GOOGLE2011_TABLE_H

#include <simctl/trace.h>

#include "base/lines.h"
#include "base/stream.h"
#include "workloads/lib/tally.h"

#define G2011_COLUMNS_MAX 13

struct g2011_table {
    struct sim_open_args args;
    const char *name;
    uint32_t columns;
    struct parts parts;
    uint32_t first_part, last_part; /* By the numbers in the names; when parts.declared. */
    size_t next_part;
    struct lines *lines;       /* Of the part at hand; NULL between parts. */
    uint64_t rows, bytes_done; /* Compressed bytes of the parts before the one at hand. */
    sim_time latest_us;
    /* The row at hand. */
    struct sim_text
        field[G2011_COLUMNS_MAX + 1]; /* Blanks trimmed; one for the place of the excess. */
    sim_time time_us;                 /* SIM_NEVER = after the window. */
};

/* Is PATH/NAME a directory? */
bool g2011_table_exists(const char *path, const char *name);
/* Finds the parts; when PATH is a file, that is the table. A gap in their numbers is an error when
 * rows must not be bad, else counted. */
bool g2011_table_open(struct g2011_table *t, const struct sim_open_args *args, const char *name,
                      uint32_t columns, struct tally *tally, struct sim_diag *diag);
void g2011_table_close(struct g2011_table *t); /* Also of a zeroed one. */
/* 1 = a row with all its columns, in time order; 0 = end; -1 = error. Others are dropped, counted.
 */
int g2011_table_next(struct g2011_table *t, struct sim_diag *diag);
/* Adds the paths and compressed bytes of the parts. *inputs, the list, belongs to the caller; the
 * paths are those of the table. */
void g2011_table_describe(const struct g2011_table *t, const char ***inputs,
                          struct sim_trace_info *info);

uint64_t g2011_table_bytes(const struct g2011_table *t); /* Compressed, read so far. */

/* A value of column `column` (0-based) is bad: -1 with diag, or 0 = counted, drop the row. */
int g2011_bad_value(const struct g2011_table *t, uint32_t column, const char *expected,
                    struct sim_diag *diag);
/* Digits only, at most 63 bits. False when it is anything else. */
bool g2011_number(struct sim_text text, int64_t *out);

#endif
