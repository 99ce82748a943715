/* The description that every sink, loader and exporter works from. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

#include <simctl/record.h>

#include "record/columns.h"

Test(record_tables, every_column_lies_in_its_row_and_none_overlap) /* Else a sink writes garbage. */
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        unsigned char used[256] = {0};
        cr_assert(info->row_bytes < sizeof used);
        for (size_t c = 0; c < info->column_count; c++) {
            const size_t end = info->columns[c].offset + column_bytes(info->columns[c].type);
            cr_assert(end <= info->row_bytes, "%s.%s", info->name, info->columns[c].name);
            for (size_t b = info->columns[c].offset; b < end; b++)
                cr_assert(!used[b]++, "%s.%s overlaps", info->name, info->columns[c].name);
        }
    }
}

Test(record_tables, names_are_unique_lower_case_and_explained) /* They are keys of files. */
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        for (size_t c = 0; c < info->column_count; c++) {
            const struct sim_column *column = &info->columns[c];
            for (const char *p = column->name; *p; p++)
                cr_expect(islower(*p) || isdigit(*p) || *p == '_', "%s", column->name);
            cr_expect(column->unit != NULL && strlen(column->meaning) > 0);
            cr_expect(column->meaning[strlen(column->meaning) - 1] == '.', "%s", column->name);
            for (size_t k = 0; k < c; k++)
                cr_expect(strcmp(info->columns[k].name, column->name) != 0, "%s", column->name);
        }
    }
}

Test(record_tables, enumerations_and_only_they_have_names) /* Else codes cannot be read. */
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        for (size_t c = 0; c < info->column_count; c++) {
            const struct sim_column *column = &info->columns[c];
            cr_expect((column->type == SIM_COL_ENUM8) == (column->enum_name != NULL), "%s.%s",
                      info->name, column->name);
            if (column->enum_name != NULL) {
                cr_expect(column->enum_name(0) != NULL, "%s.%s", info->name, column->name);
                cr_expect(column->enum_name(255) == NULL, "%s.%s", info->name, column->name);
            }
        }
    }
}

static int64_t named(enum sim_table table, const char *name, const void *row)
{
    const struct sim_table_info *info = sim_table_info(table);
    for (size_t c = 0; c < info->column_count; c++)
        if (strcmp(info->columns[c].name, name) == 0)
            return sim_column_get(&info->columns[c], row);
    cr_assert_fail("no column %s", name);
    return 0;
}

Test(record_tables, none_reads_as_minus_one_and_masks_stay_positive) /* Contract with exporters. */
{
    const struct sim_decision_row d = {.machine = SIM_NONE, .margin = INT64_MIN, .reason = 66};
    cr_expect_eq(named(SIM_TABLE_DECISIONS, "machine", &d), -1);
    cr_expect_eq(named(SIM_TABLE_DECISIONS, "margin", &d), INT64_MIN);
    cr_expect_eq(named(SIM_TABLE_DECISIONS, "reason", &d), 66);
    const struct sim_failmask_row f = {.mask = (uint32_t)SIM_FAIL_UNEXAMINED, .deficit = {[7] = 9}};
    cr_expect_eq(named(SIM_TABLE_FAILMASK, "mask", &f), INT64_C(1) << 31);
    cr_expect_eq(named(SIM_TABLE_FAILMASK, "deficit_ext7", &f), 9);
    const struct sim_task_row task = {.priority = -5, .user = SIM_NONE, .gpu_milli = 65535};
    cr_expect_eq(named(SIM_TABLE_TASKS, "priority", &task), -5);
    cr_expect_eq(named(SIM_TABLE_TASKS, "user", &task), -1);
    cr_expect_eq(named(SIM_TABLE_TASKS, "gpu_milli", &task), 65535);
}
