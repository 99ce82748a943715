/* swf_row.c - parses the 18 fields of an SWF row.
 *
 * Source: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html (version 2). The standard
 * allows decimals in field 6 only; simulators write them in every time field, and they are exact
 * here. */
#include "workloads/lib/swf_row.h"

#include "base/decimal.h"
#include "workloads/lib/swf_kinds.h"

#include <inttypes.h>
#include <stdio.h>

/* Limits keep every later sum and product inside 64 bits: three times of 10^12 s, and processors x
 * memory with the product check below. */
#define SECONDS_MAX INT64_C(1000000000000)
#define PROCS_MAX (INT64_C(1) << 24)
#define KB_MAX (INT64_C(1) << 40)
#define CODE_MAX INT32_MAX
#define MICRO INT64_C(1000000)

struct field_rule {
    const char *name, *unit;
    int64_t scale; /* Steps of the stored integer per written unit. */
    int64_t max;   /* In the written unit. */
    bool decimals;
    enum decimal_round round;
};
#define TIME(name)                                                                                 \
    {                                                                                              \
        name, " s", MICRO, SECONDS_MAX, true, DECIMAL_NEAREST                                      \
    }
#define MEMORY(name)                                                                               \
    {                                                                                              \
        name, " KB", 1, KB_MAX, true, DECIMAL_UP                                                   \
    }
#define COUNT(name, max)                                                                           \
    {                                                                                              \
        name, "", 1, max, false, DECIMAL_UP                                                        \
    }
static const struct field_rule rules[SWF_FIELDS] = {
    [SWF_JOB] = COUNT("job number", INT64_MAX),
    [SWF_SUBMIT] = TIME("submit time"),
    [SWF_WAIT] = TIME("wait"),
    [SWF_RUN] = TIME("run time"),
    [SWF_ALLOCATED] = COUNT("number of allocated processors", PROCS_MAX),
    [SWF_CPU_TIME] = TIME("average cpu time"),
    [SWF_USED_MEMORY] = MEMORY("used memory"),
    [SWF_REQUESTED] = COUNT("number of requested processors", PROCS_MAX),
    [SWF_LIMIT] = TIME("requested time"),
    [SWF_MEMORY] = MEMORY("requested memory"),
    [SWF_STATUS] = COUNT("status", SWF_STATUS_CANCELLED),
    [SWF_USER] = COUNT("user", CODE_MAX),
    [SWF_GROUP] = COUNT("group", CODE_MAX),
    [SWF_EXECUTABLE] = COUNT("executable", CODE_MAX),
    [SWF_QUEUE] = COUNT("queue", CODE_MAX),
    [SWF_PARTITION] = COUNT("partition", CODE_MAX),
    [SWF_PRECEDING] = COUNT("preceding job", INT64_MAX),
    [SWF_THINK] = TIME("think time"),
};

struct place {
    const struct lines *l;
    const struct sim_open_args *args;
    struct sim_diag *diag;
};

/* The words of design section 9: jobs are what an SWF row holds. */
static void hint_jobs(const struct place *p)
{
    if (p->args->bad_rows == SIM_BAD_FAIL)
        sim_hint(p->diag, "pass --bad-rows=skip to drop such jobs");
}

static enum swf_row_result result_of(enum bad_action action)
{
    return action == BAD_STOP ? SWF_ROW_ERROR : action == BAD_DROP ? SWF_ROW_DROPPED : SWF_ROW_OK;
}

static enum swf_row_result bad_number(const struct place *p, uint32_t field, struct sim_text text)
{
    hint_jobs(p);
    return result_of(bad_row(p->args, swf_kinds, SWF_NOT_A_NUMBER, field != SWF_JOB,
                             lines_at(p->l, text), p->diag, SIM_ERR_FORMAT,
                             "%s (field %" PRIu32 ") is \"%.*s\"; it must be a number%s",
                             rules[field].name, field + 1, (int)(text.len < 40 ? text.len : 40),
                             text.at, field == SWF_JOB ? " >= 0" : ""));
}

static enum swf_row_result bad_range(const struct place *p, uint32_t field, struct sim_text text,
                                     bool below)
{
    const struct field_rule *r = &rules[field];
    char wanted[48] = ">= 0";
    if (!below)
        (void)snprintf(wanted, sizeof wanted, "<= %" PRId64, r->max);
    hint_jobs(p);
    return result_of(bad_row(p->args, swf_kinds, SWF_OUT_OF_RANGE, field != SWF_JOB,
                             lines_at(p->l, text), p->diag, SIM_ERR_RANGE,
                             "%s is %.*s%s; it must be %s", r->name,
                             (int)(text.len < 40 ? text.len : 40), text.at, r->unit, wanted));
}

static enum swf_row_result parse_field(const struct place *p, uint32_t field, struct sim_text text,
                                       int64_t *out)
{
    const struct field_rule *r = &rules[field];
    *out = SWF_MISSING;
    if (text_is(text, "-1"))
        return SWF_ROW_OK;
    int64_t v = 0;
    const enum decimal_result got =
        r->decimals ? decimal_parse(text, r->scale, r->round, &v) : decimal_int(text, &v);
    if (got == DECIMAL_BAD)
        return bad_number(p, field, text);
    if (got == DECIMAL_OK && v == SWF_MISSING * r->scale) /* "-1.0" */
        return SWF_ROW_OK;
    const bool below = text.at[0] == '-' && (got == DECIMAL_OVERFLOW || v < 0);
    if (below || got == DECIMAL_OVERFLOW || v / r->scale > r->max)
        return bad_range(p, field, text, below);
    *out = v;
    return SWF_ROW_OK;
}

/* Ids are text ("2.1" and "2.10" are two jobs), yet a row of prose must not pass as one. */
static enum swf_row_result parse_job(const struct place *p, struct sim_text text,
                                     struct sim_text *out)
{
    int64_t v = 0;
    const enum decimal_result got = decimal_parse(text, 1, DECIMAL_DOWN, &v);
    if (got == DECIMAL_BAD || text.len > SIM_NAME_MAX)
        return bad_number(p, SWF_JOB, text);
    if (got == DECIMAL_OVERFLOW || v < 0)
        return bad_range(p, SWF_JOB, text, text.at[0] == '-');
    *out = text;
    return SWF_ROW_OK;
}

static enum swf_row_result check_count(const struct place *p, uint32_t count,
                                       const struct sim_text *fields)
{
    if (count == SWF_FIELDS)
        return SWF_ROW_OK;
    hint_jobs(p);
    return result_of(bad_row(p->args, swf_kinds, SWF_FIELD_COUNT, count > SWF_ALLOCATED,
                             lines_at_misfit(p->l, fields, count, SWF_FIELDS), p->diag,
                             SIM_ERR_FORMAT, "the row has %" PRIu32 " field%s; it must have %d",
                             count, plural(count, "s"), SWF_FIELDS));
}

/* Memory of the whole job must fit 63 bits in bytes, whichever size field is used. */
static enum swf_row_result check_memory(const struct place *p, struct swf_row *row,
                                        struct sim_text text)
{
    const int64_t a = row->v[SWF_ALLOCATED], b = row->v[SWF_REQUESTED];
    const int64_t procs = a > b ? a : b;
    if (procs <= 0 || row->v[SWF_MEMORY] <= (INT64_MAX / 2048) / procs)
        return SWF_ROW_OK;
    row->v[SWF_MEMORY] = SWF_MISSING;
    hint_jobs(p);
    return result_of(bad_row(p->args, swf_kinds, SWF_OUT_OF_RANGE, true, lines_at(p->l, text),
                             p->diag, SIM_ERR_RANGE,
                             "%.*s KB for each of %" PRId64 " processors; the sum in bytes must "
                             "fit 63 bits",
                             (int)text.len, text.at, procs));
}

enum swf_row_result swf_row_parse(struct swf_row *row, struct sim_text line, const struct lines *l,
                                  const struct sim_open_args *args, struct sim_diag *diag)
{
    const struct place p = {l, args, diag};
    struct sim_text f[SWF_FIELDS + 1];
    const uint32_t count = fields_split_blank(line, f, SWF_FIELDS + 1);
    enum swf_row_result got = check_count(&p, count, f);
    if (got == SWF_ROW_OK)
        got = parse_job(&p, f[SWF_JOB], &row->job);
    for (uint32_t i = SWF_SUBMIT; got == SWF_ROW_OK && i < SWF_FIELDS; i++) {
        row->v[i] = SWF_MISSING; /* A repaired row may end early. */
        if (i < count)
            got = parse_field(&p, i, f[i], &row->v[i]);
    }
    if (got != SWF_ROW_OK)
        return got;
    row->cpu_decimals = false;
    for (uint32_t i = 0; SWF_CPU_TIME < count && i < f[SWF_CPU_TIME].len; i++)
        row->cpu_decimals |= f[SWF_CPU_TIME].at[i] == '.';
    return SWF_MEMORY < count ? check_memory(&p, row, f[SWF_MEMORY]) : SWF_ROW_OK;
}
