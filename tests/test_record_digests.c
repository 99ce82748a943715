/* Digests say whether two runs decided the same, and nothing else. */
#include "record_rows.h"

static struct recorder_digests digest(const struct made *m, uint32_t names_every)
{
    struct sim_diag diag = {0};
    struct recorder *r = recorder_open(NULL, 0, &diag);
    cr_assert(r != NULL, "%s", diag.text);
    const struct sim_output *out = recorder_output(r);
    uint32_t id = 0;
    for (uint32_t i = 0; i < m->n[0]; i++) {
        for (unsigned t = 0; t < SIM_TABLE_COUNT; t++)
            if (i < m->n[t])
                out->row(out->self, (enum sim_table)t,
                         m->rows[t] + i * sim_table_info((enum sim_table)t)->row_bytes);
        for (uint32_t k = 0; k < names_every; k++)
            out->name(out->self, SIM_NAME_JOB, id++, (struct sim_text){"name", 4});
    }
    struct recorder_digests d;
    cr_assert(recorder_close(r, true, &d, &diag));
    return d;
}

Test(record_digests, do_not_depend_on_how_rows_are_batched) /* Names close batches early. */
{
    struct made m = rows_make(1, 5000, 0);
    const struct recorder_digests a = digest(&m, 0), b = digest(&m, 37);
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        cr_expect_str_eq(a.table[t], b.table[t]);
        cr_expect_eq(a.rows[t], m.n[t]);
    }
    cr_expect_str_eq(a.all, b.all);
    rows_free(&m);
}

/* A place that was lent and not used, or that holds an old row, must leave no trace. */
Test(record_digests, are_the_same_for_rows_that_were_built_in_place)
{
    struct made m = rows_make(8, 20000, 0);
    const struct recorder_digests copied = digest(&m, 0);
    struct sim_diag diag = {0};
    struct recorder *r = recorder_open(NULL, 0, &diag);
    cr_assert(r != NULL, "%s", diag.text);
    const struct sim_output *out = recorder_output(r);
    for (uint32_t i = 0; i < m.n[0]; i++) {
        for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
            const size_t bytes = sim_table_info((enum sim_table)t)->row_bytes;
            if (i >= m.n[t])
                continue;
            memset(out->lend(out->self, (enum sim_table)t), 0x5a, bytes);
            void *row = m.rows[t] + i * bytes;
            if (i % 3 != 0)
                row = memcpy(out->lend(out->self, (enum sim_table)t), row, bytes);
            out->row(out->self, (enum sim_table)t, row);
        }
    }
    struct recorder_digests built;
    cr_assert(recorder_close(r, true, &built, &diag));
    cr_expect_str_eq(built.all, copied.all);
    rows_free(&m);
}

Test(record_digests, change_with_any_byte_of_any_column) /* Else a difference stays hidden. */
{
    struct made m = rows_make(2, 20, 0);
    const struct recorder_digests before = digest(&m, 0);
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        for (size_t c = 0; c < info->column_count && m.n[t] > 0; c++) {
            m.rows[t][info->columns[c].offset] ^= 1;
            const struct recorder_digests after = digest(&m, 0);
            cr_expect(strcmp(before.table[t], after.table[t]) != 0, "%s", info->columns[c].name);
            cr_expect(strcmp(before.all, after.all) != 0);
            m.rows[t][info->columns[c].offset] ^= 1;
        }
    }
    rows_free(&m);
}

Test(record_digests, the_cache_is_invisible_but_a_reused_answer_is_not) /* Cache on = cache off. */
{
    struct made m = rows_make(3, 10, 0);
    struct sim_decision_row *d = (void *)m.rows[SIM_TABLE_DECISIONS];
    const struct recorder_digests before = digest(&m, 0);
    d[4].flags ^= SIM_DECISION_CACHED;
    cr_expect_str_eq(digest(&m, 0).all, before.all);
    d[4].flags ^= SIM_DECISION_EQUIV;
    cr_expect(strcmp(digest(&m, 0).all, before.all) != 0);
    rows_free(&m);
}

Test(record_digests, do_not_depend_on_the_sinks) /* Recording to disk must not change a run. */
{
    struct made m = rows_make(4, 3000, 100);
    const struct recorder_digests none = digest(&m, 0), both = rows_record(&m, true);
    cr_expect_str_eq(none.all, both.all);
    scratch_remove();
    rows_free(&m);
}
