/* csv_fields.c - fields of the native CSV, with their defaults. */
#include "workloads/lib/csv_fields.h"

#include <inttypes.h>

const struct sim_finding_kind csv_kinds[] = {
    BAD_PART_KINDS,
    [BAD_VALUE] = {"bad-value", SIM_ERROR, "a number, time, size or word is of its column's form"},
    [BAD_NAME] = {"bad-name", SIM_ERROR, "a name has 1 to 255 bytes"},
    [BAD_TERM] = {"bad-term", SIM_ERROR, "lists inside a field have their form"},
    [BAD_ORDER] = {"out-of-order", SIM_ERROR, "no task is submitted before one that stands above"},
    [BAD_EVENT] = {"bad-event", SIM_ERROR,
                   "a machine is added while it is away, and anything else befalls it while it is "
                   "there"},
    [DUPLICATE_TASK] = {"duplicate-task", SIM_ERROR, "a job has every task once"},
    {NULL, SIM_NOTE, NULL},
};

bool csv_given(const struct table *t, uint32_t column)
{
    return table_text(t, column).len != 0;
}

int64_t csv_int(struct table *t, uint32_t column, int64_t min, int64_t max)
{
    return csv_given(t, column) ? table_int(t, column, BAD_VALUE, min, max, 0) : 0;
}

sim_time csv_time(struct table *t, uint32_t column, sim_time otherwise)
{
    return csv_given(t, column)
               ? table_quantity(t, column, BAD_VALUE, &cell_form_time, DECIMAL_NEAREST, otherwise)
               : otherwise;
}

int64_t csv_bytes(struct table *t, uint32_t column, enum decimal_round round)
{
    return csv_given(t, column) ? table_quantity(t, column, BAD_VALUE, &cell_form_bytes, round, 0)
                                : 0;
}

int64_t csv_cores(struct table *t, uint32_t column, enum decimal_round round)
{
    return table_quantity(t, column, BAD_VALUE, &cell_form_cores, round, TABLE_NO_DEFAULT);
}

struct sim_text csv_name(struct table *t, uint32_t column)
{
    return csv_given(t, column) ? table_name(t, column, BAD_NAME, SIM_NAME_MAX)
                                : (struct sim_text){NULL, 0};
}

int64_t csv_gpus(struct table *t, uint32_t column, bool share_allowed)
{
    if (!csv_given(t, column)) {
        return 0;
    }
    const struct cell_form form = {
        cell_gpu, share_allowed ? "2, or 0.5 for a share of one device" : "8", "16 devices"};
    _Static_assert(SIM_DEVICES_MAX == 16, "as the message says");
    const int64_t milli =
        table_quantity(t, column, BAD_VALUE, &form, share_allowed ? DECIMAL_UP : DECIMAL_DOWN, 0);
    const bool whole = milli % SIM_DEVICE_MILLI == 0;
    if (milli > SIM_DEVICES_MAX * SIM_DEVICE_MILLI ||
        (!whole && (!share_allowed || milli > SIM_DEVICE_MILLI))) {
        (void)table_bad(t, table_where(t, column), BAD_VALUE, true, SIM_ERR_RANGE,
                        "gpu is %" PRId64 " thousandths; it must be at most %d devices, written "
                        "like %s",
                        milli, SIM_DEVICES_MAX, form.example);
        return 0;
    }
    return milli;
}

bool csv_terms(struct table *t, struct terms *terms, uint32_t column,
               bool (*parse)(struct terms *terms, struct sim_text text))
{
    if (parse(terms, table_text(t, column))) {
        return true;
    }
    const struct sim_text bad = terms->bad;
    (void)table_bad(t, lines_at(t->lines, bad), BAD_TERM, true, SIM_ERR_FORMAT,
                    "%s has '%.*s'; expected %s", t->layout->names[column],
                    bad.len < 40 ? (int)bad.len : 40, bad.at, terms->expected);
    return false;
}
