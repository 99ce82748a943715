/* A cluster on the command line. */
#include "reader.h"

extern const struct sim_format sim_format_spec;

static struct reading read_spec(const char *text)
{
    return reader_run(
        (struct reader_args){.format = &sim_format_spec, .role = SIM_ROLE_CLUSTER, .path = text});
}

Test(spec, groups_become_machines_that_are_numbered_through)
{
    struct reading r = read_spec("2x32,128GiB+1x64,512GiB,8:A100+1x500m,1.5GiB,2");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 4);
    const struct sim_machine_input *m = reader_machine(&r, 2);
    TEXT_EQ(reader_machine(&r, 0)->name, "m0");
    TEXT_EQ(reader_machine(&r, 3)->name, "m3");
    cr_expect_eq(reader_machine(&r, 1)->capacity.v[SIM_CPU], 32000);
    cr_expect_eq(reader_machine(&r, 1)->capacity.v[SIM_MEMORY], INT64_C(128) << 30);
    cr_expect_eq(reader_machine(&r, 1)->label_count, 0);
    cr_expect_eq(m->capacity.v[SIM_GPU], 8000);
    cr_expect_eq(m->gpu_count, 8);
    cr_assert_eq(m->label_count, 1);
    TEXT_EQ(m->labels[0].key, "gpu");
    TEXT_EQ(m->labels[0].value, "A100");
    cr_expect_eq(reader_machine(&r, 3)->capacity.v[SIM_CPU], 500);
    cr_expect_eq(reader_machine(&r, 3)->gpu_count, 2);
    reader_free(&r);
}

static const struct {
    const char *text;
    uint32_t column;
    const char *words;
} bad[] = {
    {"", 1, "number of machines"},
    {"0x1,1GiB", 1, "number of machines"},
    {"1000001x1,1GiB", 1, "number of machines"},
    {"600000x1,1GiB+600000x1,1GiB", 15, "1000000 machines"},
    {"2x,1GiB", 3, "number of cores"},
    {"2x0,1GiB", 3, "number of cores"},
    {"2x9e18,1GiB", 3, "from 0.001 to 2305843009213693"},
    {"2x4", 4, "size of memory"},
    {"2x4,2049PiB", 5, "from 1B to 2048PiB"},
    {"2x4,12XB", 5, "size of memory"},
    {"2x4,1GiB,17", 10, "number of GPUs"},
    {"2x4,1GiB,8:", 10, "GPUs:MODEL"},
    {"2x4,1GiB+", 10, "number of machines"},
    {"2x4,1GiB,1,9", 10, "number of GPUs"},
};

ParameterizedTestParameters(spec, a_bad_text_is_shown_at_its_column)
{
    static size_t at[COUNT_OF(bad)];
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        at[i] = i;
    }
    return cr_make_param_array(size_t, at, COUNT_OF(bad));
}
ParameterizedTest(size_t *index, spec, a_bad_text_is_shown_at_its_column)
{
    struct reading r = read_spec(bad[*index].text);
    cr_expect_not(r.ok);
    cr_expect_eq(r.diag.column, bad[*index].column, "%s: column %u", bad[*index].text,
                 r.diag.column);
    cr_expect_neq(strstr(r.diag.text, bad[*index].words), NULL, "%s", r.diag.text);
    cr_expect_neq(strstr(r.diag.hint, "100x32,128GiB"), NULL);
    reader_free(&r);
}

Test(spec, the_probe_tells_a_text_from_a_file)
{
    cr_expect_eq(sim_format_spec.probe("100x32,128GiB", NULL, 0), 100);
    cr_expect_eq(sim_format_spec.probe("machines.csv", NULL, 0), 0);
    cr_expect_eq(sim_format_spec.probe("100x", NULL, 0), 0);
}
