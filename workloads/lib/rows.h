/* rows.h - what readers share: inputs kept in memory, rows that are bad, the standard units.
 *
 * A format whose files are in time order streams and needs only bad_row(). One whose files are not
 * (or must be sorted because the user asked for a repair) keeps its inputs here, sorts once, and
 * delivers from here.
 */
#ifndef SIM_WORKLOADS_ROWS_H
#define SIM_WORKLOADS_ROWS_H

#include <stdarg.h>

#include <simctl/trace.h>

/* ---- inputs kept in memory ------------------------------------------------------------------ */

struct rows; /* Inputs with all the text and lists they point to; nothing is freed alone. */
struct rows *rows_create(void);
void rows_destroy(struct rows *r); /* NULL is allowed. */

/* Copies the input deeply: names, labels, taints, domains, constraints and their values. `tag` is
 * the caller's own (a line number, an index). */
void rows_add(struct rows *r, const struct sim_input *in, uint64_t tag);
/* By (time, kind); equal ones keep the order in which they were added. Returns how many inputs were
 * earlier in time than one that was added before them. */
uint64_t rows_sort(struct rows *r);
size_t rows_count(const struct rows *r);
/* The input at a position, borrowed until rows_destroy. `tag` may be NULL. */
const struct sim_input *rows_at(const struct rows *r, size_t index, uint64_t *tag);
/* Delivers the next one and tells info->bytes_read the share; SIM_NEXT_END after the last. */
enum sim_next rows_next(struct rows *r, struct sim_input *out, struct sim_trace_info *info);

/* Memory that lives as long as the rows. */
void *rows_alloc(struct rows *r, size_t count, size_t size);     /* Zeroed, aligned for any type. */
struct sim_text rows_text(struct rows *r, struct sim_text text); /* A copy of the bytes. */

/* ---- bad rows: fail, skip or repair; never silent ------------------------------------------- */

/* The first rows of the `findings` table of every format that calls bad_row(). */
#define BAD_ROW_KINDS                                                                              \
    {"row-dropped", SIM_REPAIR, "a row that contradicts the format was left out"},                 \
        {"value-replaced", SIM_REPAIR, "a value that contradicts the format was replaced"},        \
    {                                                                                              \
        "wrong-columns", SIM_ERROR, "every row has as many fields as the format has columns"       \
    }
enum { BAD_ROW_DROPPED, BAD_ROW_REPLACED, BAD_ROW_COLUMNS, BAD_ROW_FIRST }; /* Own kinds follow. */

/* The same for formats whose input may be a directory of parts, see parts_open(). */
#define BAD_PART_KINDS                                                                             \
    BAD_ROW_KINDS,                                                                                 \
    {                                                                                              \
        "missing-part", SIM_ERROR, "the numbers of the parts of an input have no gap"              \
    }
enum { BAD_PART = BAD_ROW_FIRST, BAD_PART_FIRST };

/* What the reader has to do with the row at hand. */
enum bad_action { BAD_STOP, BAD_DROP, BAD_REPAIR };

/* One bad row (or one bad value). `kinds` is the format's table and `kind` an index into it, of
 * severity SIM_ERROR. The message says what was found and what is expected.
 *   SIM_BAD_FAIL    fills diag, with the hint to pass --bad-rows; BAD_STOP
 *   SIM_BAD_SKIP    counts kinds[kind] and row-dropped; BAD_DROP
 *   SIM_BAD_REPAIR  counts kinds[kind] and value-replaced, BAD_REPAIR; as SKIP when !can_repair */
enum bad_action bad_row(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                        uint32_t kind, bool can_repair, struct sim_where where,
                        struct sim_diag *diag, enum sim_err err, const char *fmt, ...)
    SIM_PRINTF(8, 9);
enum bad_action bad_row_list(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                             uint32_t kind, bool can_repair, struct sim_where where,
                             struct sim_diag *diag, enum sim_err err, const char *fmt, va_list list)
    SIM_PRINTF(8, 0);

/* ---- units ---------------------------------------------------------------------------------- */

/* Cores, GiB, GPUs, GiB of disk: for every trace that is not normalised. */
void units_standard(struct sim_units *units);

#endif
