/* The native CSV: every column, defaults, order, and the words for what is wrong. */
#include "reader.h"

extern const struct sim_format sim_format_csv;

static struct reader_args tasks(void)
{
    return (struct reader_args){.format = &sim_format_csv, .role = SIM_ROLE_TRACE};
}

static struct reader_args machines(void)
{
    return (struct reader_args){.format = &sim_format_csv, .role = SIM_ROLE_CLUSTER};
}

/* ---- tasks ---------------------------------------------------------------------------------- */

Test(csv, three_columns_are_enough) /* The promise to a newcomer. */
{
    struct reading r =
        reader_text(tasks(), "submit,duration,cpu\n0,10,1\n0.25,,500m\n1h30m,2d4h,0.0001\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    TEXT_EQ(reader_task(&r, 0)->job, "job-1");
    TEXT_EQ(reader_task(&r, 2)->job, "job-3");
    cr_expect_eq(rows_at(r.rows, 1, NULL)->time_us, 250000);
    cr_expect_eq(rows_at(r.rows, 2, NULL)->time_us, SIM_SECONDS(5400));
    cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(10));
    cr_expect_eq(reader_truth(&r, 1)->duration_us, SIM_NEVER, "empty = for ever");
    cr_expect_eq(reader_truth(&r, 2)->duration_us, SIM_SECONDS(52 * 3600));
    cr_expect_eq(reader_truth(&r, 0)->end, SIM_END_FINISHED);
    cr_expect_eq(reader_task(&r, 1)->request.v[SIM_CPU], 500);
    cr_expect_eq(reader_task(&r, 2)->request.v[SIM_CPU], 1, "requests round up");
    cr_expect_eq(reader_task(&r, 0)->tier, SIM_TIER_BATCH);
    cr_expect_eq(reader_task(&r, 0)->time_limit_us, SIM_NEVER);
    cr_expect_eq(reader_task(&r, 0)->gang, 0);
    reader_free(&r);
}

Test(csv, every_column_arrives_whatever_their_order)
{
    struct reading r = reader_text(
        tasks(), "cpu,submit,duration,memory,disk,gpu,job,task,priority,tier,user,queue,gang,"
                 "max_per_machine,time_limit,end,inputs,constraints\n"
                 "2, 5 ,60,4GiB,500MB,0.5,j,7,-3,production,ann,\"q,1\",4,2,90s,killed,"
                 "a=10GB;rack:1/b=1.5,"
                 "gpu=T4|P100;zone!=b;cores>15;age<-2;ssd;!old;~dedicated=lab;~any\n");
    READER_OK(r);
    const struct sim_task_known *k = reader_task(&r, 0);
    TEXT_EQ(k->job, "j");
    TEXT_EQ(k->user, "ann");
    TEXT_EQ(k->queue, "q,1");
    cr_expect_eq(k->index, 7);
    cr_expect_eq(k->priority, -3);
    cr_expect_eq(k->tier, SIM_TIER_PRODUCTION);
    cr_expect_eq(k->request.v[SIM_CPU], 2000);
    cr_expect_eq(k->request.v[SIM_MEMORY], INT64_C(4) << 30);
    cr_expect_eq(k->request.v[SIM_DISK], 500000000);
    cr_expect_eq(k->request.v[SIM_GPU], 500);
    cr_expect_eq(k->gpu_count, 1);
    cr_expect_eq(k->gpu_milli, 500);
    cr_expect_eq(k->gang, 4);
    cr_expect_eq(k->max_per_machine, 2);
    cr_expect_eq(k->time_limit_us, SIM_SECONDS(90));
    cr_expect_eq(reader_truth(&r, 0)->end, SIM_END_KILLED);
    static const enum sim_operator ops[] = {SIM_OP_IN,        SIM_OP_NOT_IN,   SIM_OP_GREATER,
                                            SIM_OP_LESS,      SIM_OP_PRESENT,  SIM_OP_ABSENT,
                                            SIM_OP_TOLERATES, SIM_OP_TOLERATES};
    cr_assert_eq(k->constraint_count, COUNT_OF(ops));
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        cr_expect_eq(k->constraints[i].op, ops[i], "constraint %zu", i);
    }
    cr_assert_eq(k->constraints[0].value_count, 2);
    TEXT_EQ(k->constraints[0].values[1], "P100");
    TEXT_EQ(k->constraints[1].key, "zone");
    TEXT_EQ(k->constraints[1].values[0], "b");
    cr_expect_eq(k->constraints[2].number, 15);
    cr_expect_eq(k->constraints[3].number, -2);
    TEXT_EQ(k->constraints[5].key, "old");
    TEXT_EQ(k->constraints[6].values[0], "lab");
    cr_expect_eq(k->constraints[7].value_count, 0);
    cr_assert_eq(k->data_count, 2);
    TEXT_EQ(k->data[0].machine, "a");
    cr_expect_eq(k->data[0].bytes, 10000000000);
    TEXT_EQ(k->data[1].machine, "rack:1/b");
    cr_expect_eq(k->data[1].bytes, 2, "rounded up");
    reader_free(&r);
}

Test(csv, sizes_with_units_round_as_bare_ones_do)
{
    struct reading r = reader_text(
        tasks(), "submit,duration,cpu,memory,disk\n0,1,1,0.3GiB,0.1KiB\n0,1,1,322122547.2,102.4\n");
    READER_OK(r);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(reader_task(&r, i)->request.v[SIM_MEMORY], 322122548, "requests round up");
        cr_expect_eq(reader_task(&r, i)->request.v[SIM_DISK], 103);
    }
    reader_free(&r);
    r = reader_text(machines(), "name,cpu,memory\na,1,0.3GiB\nb,1,322122547.2\n");
    READER_OK(r);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(reader_machine(&r, i)->capacity.v[SIM_MEMORY], 322122547, "capacities down");
    }
    reader_free(&r);
}

Test(csv, tasks_of_a_job_count_up_when_the_file_does_not_number_them)
{
    struct reading r = reader_text(tasks(), "submit,duration,cpu,job\n0,1,1,a\n0,1,1,b\n1,1,1,a\n");
    READER_OK(r);
    cr_expect_eq(reader_task(&r, 0)->index, 0);
    cr_expect_eq(reader_task(&r, 1)->index, 0);
    cr_expect_eq(reader_task(&r, 2)->index, 1);
    reader_free(&r);
}

/* Two tasks of one name: an explanation of the one would show the other. */
Test(csv, a_task_of_a_job_stands_in_the_file_once)
{
    struct reading r = reader_text(tasks(), "submit,duration,cpu,job,task\n"
                                            "0,1,1,a,2\n0,1,1,a,0\n0,1,1,a,0\n0,1,1,a,1\n"
                                            "0,1,1,a,2\n0,1,1,b,2\n0,1,1,b,2\n0,1,1,a,3\n");
    READER_FAILS(r, SIM_ERR_FORMAT, 4, 9, "task 0 of job a stands above already");
    reader_free(&r);
    for (enum sim_bad_rows bad = SIM_BAD_SKIP; bad <= SIM_BAD_REPAIR; bad++) {
        struct reader_args args = tasks();
        args.bad_rows = bad;
        r = reader_text(args, "submit,duration,cpu,job,task\n"
                              "0,1,1,a,2\n0,1,1,a,0\n0,1,1,a,0\n0,1,1,a,1\n"
                              "0,1,1,a,2\n0,1,1,b,2\n0,1,1,b,2\n0,1,1,a,3\n0,1,1,a,2\n");
        READER_OK(r);
        static const uint32_t want[] = {2, 0, 1, 2, 3};
        cr_assert_eq(rows_count(r.rows), COUNT_OF(want));
        for (size_t i = 0; i < COUNT_OF(want); i++) {
            cr_expect_eq(reader_task(&r, i)->index, want[i], "task %zu", i);
        }
        cr_expect_eq(reader_found(&r, "duplicate-task"), 4);
        cr_expect_eq(reader_found(&r, "row-dropped"), 4);
        reader_free(&r);
    }
}

Test(csv, whole_gpus_and_shares_are_told_apart)
{
    struct reading r =
        reader_text(tasks(), "submit,duration,cpu,gpu\n0,1,1,2\n0,1,1,1.0\n0,1,1,\n");
    READER_OK(r);
    cr_expect_eq(reader_task(&r, 0)->gpu_count, 2);
    cr_expect_eq(reader_task(&r, 0)->gpu_milli, 1000);
    cr_expect_eq(reader_task(&r, 0)->request.v[SIM_GPU], 2000);
    cr_expect_eq(reader_task(&r, 1)->gpu_count, 1);
    cr_expect_eq(reader_task(&r, 2)->gpu_milli, 0);
    reader_free(&r);
}

struct bad {
    const char *text;
    enum sim_err err;
    uint64_t line;
    uint32_t column;
    const char *words;
};
static const struct bad bad_tasks[] = {
    {"", SIM_ERR_FORMAT, 0, 0, "empty"},
    {"submit,duration,cpus\n", SIM_ERR_FORMAT, 1, 17, "did you mean 'cpu'?"},
    {"submit,duration,cpu,cpu\n", SIM_ERR_FORMAT, 1, 21, "twice"},
    {"\x1f\x8a\xff,a\n", SIM_ERR_FORMAT, 1, 1, "not plain text"},
    {"submit,cpu\n", SIM_ERR_FORMAT, 1, 11, "no column 'duration'"},
    {"submit,duration,cpu\n1,2\n", SIM_ERR_FORMAT, 2, 4, "2 fields; the header has 3"},
    {"submit,duration,cpu\n1,2,3,,5\n", SIM_ERR_FORMAT, 2, 7, "5 fields; the header has 3"},
    {"submit,duration,cpu\n-1,2,1\n", SIM_ERR_RANGE, 2, 1, "submit is '-1'"},
    {"submit,duration,cpu\n1,2x,1\n", SIM_ERR_FORMAT, 2, 3, "1h30m"},
    {"submit,duration,cpu\n1,2,\n", SIM_ERR_FORMAT, 2, 5, "0.5 or 500m"},
    {"submit,duration,cpu\n1,2,1\n0,2,1\n", SIM_ERR_ORDER, 3, 1, "--bad-rows=repair"},
    {"submit,duration,cpu,gpu\n1,2,1,1.5\n", SIM_ERR_RANGE, 2, 7, "share of one device"},
    {"submit,duration,cpu,gpu\n1,2,1,17\n", SIM_ERR_RANGE, 2, 7, "at most 16"},
    {"submit,duration,cpu,tier\n1,2,1,prod\n", SIM_ERR_FORMAT, 2, 7, "production"},
    {"submit,duration,cpu,constraints\n1,2,1,a=b;c<x\n", SIM_ERR_FORMAT, 2, 11, "an integer"},
    {"submit,duration,cpu,constraints\n1,2,1,=b\n", SIM_ERR_FORMAT, 2, 7, "key=value"},
    {"submit,duration,cpu,inputs\n1,2,1,a=1GB;b=1G\n", SIM_ERR_FORMAT, 2, 13, "node-1=10GB"},
    {"submit,duration,cpu,inputs\n1,2,1,a:1GB\n", SIM_ERR_FORMAT, 2, 7, "node-1=10GB"},
    {"submit,duration,cpu,task\n1,2,1,a1\n", SIM_ERR_FORMAT, 2, 7,
     "a name goes into the column job"},
    {"submit,duration,cpu,task\n1,2,1,-1\n", SIM_ERR_RANGE, 2, 7, "--bad-rows=skip"},
    {"submit,duration,cpu,job\n1,2,1,\n", SIM_ERR_FORMAT, 2, 7, "job is empty"},
    {"submit,duration,cpu,job\n1,2,1,\"x\n", SIM_ERR_FORMAT, 2, 7, "quote"},
    {"submit,duration,cpu\n1,9223372036854775807,1\n", SIM_ERR_RANGE, 2, 3,
     "duration is '9223372036854775807'; it must be at most 2305843009213 s"},
    {"submit,duration,cpu\n1,26689000d,1\n", SIM_ERR_RANGE, 2, 3, "at most 2305843009213 s"},
    {"submit,duration,cpu\n1,2,1e30\n", SIM_ERR_RANGE, 2, 5, "at most 2305843009213693 cores"},
    {"submit,duration,cpu\n1,-1e30,1\n", SIM_ERR_RANGE, 2, 3, "it must be >= 0"},
    {"submit,duration,cpu,memory\n1,2,1,2049PiB\n", SIM_ERR_RANGE, 2, 7, "at most 2048PiB"},
    {"submit,duration,cpu,gpu\n1,2,1,1e30\n", SIM_ERR_RANGE, 2, 7, "at most 16 devices"},
    {"submit,duration,cpu\n,2,1\n", SIM_ERR_FORMAT, 2, 1, "submit is empty; it must be"},
    {"submit,duration,cpu,task\n1,2,1,\n", SIM_ERR_FORMAT, 2, 7, "task is empty; it must be"},
};

ParameterizedTestParameters(csv, a_bad_task_names_its_place_and_what_to_write)
{
    static size_t at[COUNT_OF(bad_tasks)];
    for (size_t i = 0; i < COUNT_OF(bad_tasks); i++) {
        at[i] = i;
    }
    return cr_make_param_array(size_t, at, COUNT_OF(bad_tasks));
}
ParameterizedTest(size_t *index, csv, a_bad_task_names_its_place_and_what_to_write)
{
    const struct bad *b = &bad_tasks[*index];
    struct reading r = reader_text(tasks(), b->text);
    READER_FAILS(r, b->err, b->line, b->column, b->words);
    reader_free(&r);
}

Test(csv, skip_drops_bad_rows_and_repair_keeps_what_it_can)
{
    const char *text = "submit,duration,cpu,priority,job\n"
                       "5,1,1,0,a\n"
                       "4,1,1,0,a\n"    /* Out of order: dropped, or sorted. */
                       "6,1,1,high,a\n" /* An optional value: dropped, or its default. */
                       "7,1,x,0,a\n";   /* A required value: dropped. */
    struct reader_args a = tasks();
    a.bad_rows = SIM_BAD_SKIP;
    struct reading r = reader_text(a, text);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1);
    cr_expect_eq(reader_found(&r, "row-dropped"), 3);
    cr_expect_eq(reader_found(&r, "out-of-order"), 1);
    reader_free(&r);
    a.bad_rows = SIM_BAD_REPAIR;
    r = reader_text(a, text);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 3);
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(4));
    cr_expect_eq(reader_task(&r, 0)->index, 1, "numbered in the order of the file");
    cr_expect_eq(reader_task(&r, 2)->index, 2, "a dropped row takes no number");
    cr_expect_eq(reader_found(&r, "row-dropped"), 1);
    cr_expect_eq(reader_found(&r, "value-replaced"), 2);
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 3);
    reader_free(&r);
}

/* ---- machines ------------------------------------------------------------------------------- */

Test(csv, a_row_with_a_count_becomes_as_many_machines)
{
    struct reading r =
        reader_text(machines(), "name,cpu,memory,gpu,disk,labels,taints,domains,count\n"
                                "n,1.9999,1GiB,2,1kB,gpu=A100; zone=a,d=lab:NoExecute;x:NoSchedule,"
                                "rack=r1;power=p2,3\n"
                                "solo,0.5,1,,,,,,\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 4);
    const struct sim_machine_input *m = reader_machine(&r, 2);
    TEXT_EQ(reader_machine(&r, 0)->name, "n-0");
    TEXT_EQ(m->name, "n-2");
    TEXT_EQ(reader_machine(&r, 3)->name, "solo");
    cr_expect_eq(m->capacity.v[SIM_CPU], 1999, "capacities round down");
    cr_expect_eq(m->capacity.v[SIM_MEMORY], INT64_C(1) << 30);
    cr_expect_eq(m->capacity.v[SIM_DISK], 1000);
    cr_expect_eq(m->capacity.v[SIM_GPU], 2000);
    cr_expect_eq(m->gpu_count, 2);
    cr_assert_eq(m->label_count, 2);
    TEXT_EQ(m->labels[1].key, "zone");
    cr_assert_eq(m->taint_count, 2);
    TEXT_EQ(m->taints[0].value, "lab");
    cr_expect_eq(m->taints[0].effect, SIM_NO_EXECUTE);
    TEXT_EQ(m->taints[1].key, "x");
    cr_expect_eq(m->taints[1].effect, SIM_NO_SCHEDULE);
    cr_assert_eq(m->domain_count, 2);
    TEXT_EQ(m->domains[1].id, "p2");
    reader_free(&r);
}

Test(csv, machine_events_are_sorted_by_time_and_kind)
{
    struct reading r = reader_text(machines(), "name,cpu,memory,time,event\n"
                                               "b,,,1h,remove\n"
                                               "a,1,1GiB,,\n"
                                               "a,,,10,drain\n"
                                               "a,,,20,undrain\n"
                                               "b,1,1GiB,,add\n"
                                               "a,2,2GiB,10,update\n"
                                               "b,4,1GiB,2h,add\n");
    READER_OK(r);
    static const struct {
        const char *name;
        enum sim_input_kind kind;
        int64_t seconds;
    } want[] = {{"a", SIM_IN_MACHINE_ADD, 0},      {"b", SIM_IN_MACHINE_ADD, 0},
                {"a", SIM_IN_MACHINE_UPDATE, 10},  {"a", SIM_IN_MACHINE_DRAIN, 10},
                {"a", SIM_IN_MACHINE_UNDRAIN, 20}, {"b", SIM_IN_MACHINE_REMOVE, 3600},
                {"b", SIM_IN_MACHINE_ADD, 7200}};
    cr_assert_eq(rows_count(r.rows), COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        TEXT_EQ(reader_machine(&r, i)->name, want[i].name);
        cr_expect_eq(rows_at(r.rows, i, NULL)->kind, want[i].kind);
        cr_expect_eq(rows_at(r.rows, i, NULL)->time_us, SIM_SECONDS(want[i].seconds));
    }
    reader_free(&r);
}

static const struct bad bad_machines[] = {
    {"name,cpu\n", SIM_ERR_FORMAT, 1, 9, "no column 'memory'"},
    {"name,cpu,memory\na,,1\n", SIM_ERR_FORMAT, 2, 3, "cpu"},
    {"name,cpu,memory\na,1,\n", SIM_ERR_FORMAT, 2, 5, "memory is empty; it must be >= 0 and"},
    {"name,cpu,memory,gpu\na,1,1,0.5\n", SIM_ERR_RANGE, 2, 7, "devices"},
    {"name,cpu,memory,count\na,1,1,0\n", SIM_ERR_RANGE, 2, 7, "from 1 to"},
    {"name,cpu,memory,event\na,1,1,reboot\n", SIM_ERR_FORMAT, 2, 7, "undrain"},
    {"name,cpu,memory,labels\na,1,1,x\n", SIM_ERR_FORMAT, 2, 7, "key=value"},
    {"name,cpu,memory,taints\na,1,1,x=1:Never\n", SIM_ERR_FORMAT, 2, 7, "NoSchedule"},
    {"name,cpu,memory\na,1,1\na,1,1\n", SIM_ERR_ORDER, 3, 1, "there already"},
    {"name,cpu,memory,count\na-1,1,1,\na,1,1,2\n", SIM_ERR_ORDER, 3, 1, "'a-1' is added"},
    {"name,cpu,memory,event\na,1,1,drain\n", SIM_ERR_ORDER, 2, 7, "not there"},
};

ParameterizedTestParameters(csv, a_bad_machine_names_its_place_and_what_to_write)
{
    static size_t at[COUNT_OF(bad_machines)];
    for (size_t i = 0; i < COUNT_OF(bad_machines); i++) {
        at[i] = i;
    }
    return cr_make_param_array(size_t, at, COUNT_OF(bad_machines));
}
ParameterizedTest(size_t *index, csv, a_bad_machine_names_its_place_and_what_to_write)
{
    const struct bad *b = &bad_machines[*index];
    struct reading r = reader_text(machines(), b->text);
    READER_FAILS(r, b->err, b->line, b->column, b->words);
    reader_free(&r);
}

Test(csv, skip_drops_a_machine_that_is_added_twice)
{
    struct reader_args a = machines();
    a.bad_rows = SIM_BAD_SKIP;
    struct reading r = reader_text(a, "name,cpu,memory\na,1,1GiB\na,2,1GiB\nb,1,1GiB\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2);
    cr_expect_eq(reader_machine(&r, 0)->capacity.v[SIM_CPU], 1000);
    cr_expect_eq(reader_found(&r, "bad-event"), 1);
    cr_expect_eq(reader_found(&r, "row-dropped"), 1);
    reader_free(&r);
}

/* ---- its own documentation ------------------------------------------------------------------ */

Test(csv, the_printed_examples_are_valid) /* They are what a newcomer copies. */
{
    const char *example = sim_format_csv.example;
    const char *second = strstr(example, "\n\n");
    cr_assert_neq(second, NULL);
    char *first = mem_text(example, (size_t)(second - example) + 1);
    struct reading r = reader_text(tasks(), first);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), 3);
    reader_free(&r);
    r = reader_text(machines(), second + 2);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), 25);
    reader_free(&r);
    cr_expect_gt(sim_format_csv.probe("x.csv", example, strlen(example)), 90);
    cr_expect_gt(sim_format_csv.probe("x.csv", second + 2, strlen(second + 2)), 90);
    mem_free(first);
}

/* ---- the samples ---------------------------------------------------------------------------- */

Test(csv, the_sample_shows_every_feature)
{
    struct reader_args t = tasks(), m = machines();
    t.path = SOURCE_DIR "/workloads/samples/sample_tasks.csv";
    m.path = SOURCE_DIR "/workloads/samples/sample_machines.csv";
    struct reading a = reader_run(t), b = reader_run(m);
    READER_OK(a);
    READER_OK(b);
    uint32_t gangs = 0, spread = 0, limits = 0, constrained = 0, endless = 0, kinds = 0;
    for (size_t i = 0; i < rows_count(a.rows); i++) {
        const struct sim_task_known *k = reader_task(&a, i);
        gangs += k->gang > 1;
        spread += k->max_per_machine != 0;
        limits += k->time_limit_us != SIM_NEVER;
        constrained += k->constraint_count != 0;
        endless += reader_truth(&a, i)->duration_us == SIM_NEVER;
    }
    for (size_t i = 0; i < rows_count(b.rows); i++) {
        kinds |= 1u << rows_at(b.rows, i, NULL)->kind;
    }
    cr_expect(gangs > 0 && spread > 0 && limits > 0 && constrained > 0 && endless > 0);
    cr_expect_eq(kinds, (1u << SIM_IN_SUBMIT) - 1, "every machine event occurs");
    reader_free(&a);
    reader_free(&b);
}

Test(csv, the_samples_are_what_make_sh_writes) /* Else they cannot be changed any more. */
{
    const char *folder = getenv("TMPDIR");
    char made[256], command[1024];
    snprintf(made, sizeof made, "%s/simctl-samples-XXXXXX", folder != NULL ? folder : "/tmp");
    cr_assert_neq(mkdtemp(made), NULL);
    snprintf(command, sizeof command,
             "sh %s/workloads/samples/make.sh %s && "
             "diff -r -x make.sh -x README.md %s/workloads/samples %s; s=$?; rm -r %s; exit $s",
             SOURCE_DIR, made, SOURCE_DIR, made, made);
    cr_expect_eq(system(command), 0);
}
