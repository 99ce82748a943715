/* table.h - a CSV file, or a directory of its parts, whose header line names the columns; read row
 * by row.
 *
 * The values of a row are fetched one after another; the first bad one settles what becomes of the
 * row, and the rest of it is then fetched without further complaint. So a reader is a straight list
 * of columns:
 *
 *     while ((next = table_next(t, info, diag)) == SIM_NEXT_ITEM) {
 *         job.cpu = table_int(t, CPU, BAD_NUMBER, 0, CPU_MAX, TABLE_NO_DEFAULT);
 *         ...
 *         if (t->state == ROW_STOP) return SIM_NEXT_ERROR;
 *         if (t->state == ROW_GOOD) return SIM_NEXT_ITEM;
 *     }
 */
#ifndef SIM_WORKLOADS_TABLE_H
#define SIM_WORKLOADS_TABLE_H

#include "base/decimal.h"
#include "base/lines.h"
#include "workloads/lib/rows.h"

#define TABLE_COLUMNS_MAX 24
#define TABLE_NO_DEFAULT INT64_MIN /* A bad value cannot be repaired: the row is dropped. */

struct table_layout {
    const char *const *names; /* In the reader's order, not that of the file. */
    uint32_t count;           /* <= TABLE_COLUMNS_MAX. */
    uint32_t required;        /* The first so many must be there. */
    const char *hint;         /* What to do when one of them is not. */
};

enum row_state { ROW_GOOD, ROW_DROP, ROW_STOP };

struct table {
    const struct table_layout *layout;
    struct sim_open_args args;
    const struct sim_finding_kind *kinds;
    struct lines *lines;
    char *header;                       /* The line that names the columns; parts may repeat it. */
    size_t part;                        /* That the row before stands in. */
    uint32_t width;                     /* Columns of this file. */
    uint32_t column[TABLE_COLUMNS_MAX]; /* Where a name stands; UINT32_MAX = not in this file. */
    struct sim_text
        field[FIELDS_MAX + 1]; /* One more than there may be: the place of the excess. */
    struct sim_diag *diag;     /* Of the call of table_next() that brought the row. */
    enum row_state state;
};

/* Reads the header. Unknown, repeated and missing names are errors with the nearest name. */
bool table_open(struct table *t, const struct table_layout *layout,
                const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                struct sim_trace_info *info, struct sim_diag *diag);
/* For a format's probe: the number of columns that the first line names, matched as by
 * table_open(). 0 = there is none, or it is no line of such a file. */
uint32_t table_probe(const struct table_layout *layout, const char *head, size_t n,
                     uint32_t column[TABLE_COLUMNS_MAX]);
void table_close(struct table *t); /* Also after a failed open. */
/* The next row with the right number of fields. Blank lines are passed over, and the header where a
 * later part repeats it. */
enum sim_next table_next(struct table *t, struct sim_trace_info *info, struct sim_diag *diag);

bool table_has(const struct table *t, uint32_t column);
/* Empty when the file has no such column. Borrowed until the next row. */
struct sim_text table_text(const struct table *t, uint32_t column);
struct sim_where table_where(const struct table *t, uint32_t column);

/* Notes that a value is bad, as bad_row(). True: go on with a replacement. */
bool table_bad(struct table *t, struct sim_where where, uint32_t kind, bool can_repair,
               enum sim_err err, const char *fmt, ...) SIM_PRINTF(6, 7);

/* An integer from min to max; otherwise the row is bad, or gets `otherwise` by a repair. */
int64_t table_int(struct table *t, uint32_t column, uint32_t kind, int64_t min, int64_t max,
                  int64_t otherwise);
/* A name of 1 to max bytes. */
struct sim_text table_name(struct table *t, uint32_t column, uint32_t kind, uint32_t max);
/* The index of the text in `choices` (ends at NULL). */
int table_choice(struct table *t, uint32_t column, uint32_t kind, const char *const *choices,
                 int64_t otherwise);

/* Sums in the engine must not overflow int64, so a single value is limited: that still allows
 * exabytes and seventy thousand years. */
#define CELL_MAX (INT64_C(1) << 61)

/* Quantities as people write them; each reads the whole text and rounds as asked, but for a time
 * with a unit, which is a whole number of microseconds. */
typedef enum decimal_result cell_parse(struct sim_text text, enum decimal_round round,
                                       int64_t *out);
cell_parse cell_cpu;   /* "0.5" cores, "1500m" -> milli-cores. */
cell_parse cell_bytes; /* "4096", "64KiB", "1.5GiB", "2GB" -> bytes. */
cell_parse cell_time;  /* "90", "90.25", "1.5h", "2d4h", "250ms" -> microseconds. */
cell_parse cell_gpu;   /* "2" devices, "0.5" of one -> milli-devices. */

/* A quantity as messages explain it. */
struct cell_form {
    cell_parse *parse;
    const char *example; /* How it is written. */
    const char *most;    /* CELL_MAX in units of the example, or less. */
};
extern const struct cell_form cell_form_cores, cell_form_bytes, cell_form_time;

/* As table_int, for a quantity from 0 to CELL_MAX. */
int64_t table_quantity(struct table *t, uint32_t column, uint32_t kind,
                       const struct cell_form *form, enum decimal_round round, int64_t otherwise);

#endif
