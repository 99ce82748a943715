/* The reader of Alibaba GPU 2023: exact figures of the real lists, and what it does with bad ones.
 */
#include "reader.h"

extern const struct sim_format sim_format_openb;

#define HEADER                                                                                     \
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"            \
    "deletion_time,scheduled_time\n"
#define CAPACITY 6212000 /* GPU milli of the published cluster. */

static struct reader_args pods(void)
{
    return (struct reader_args){.format = &sim_format_openb, .role = SIM_ROLE_TRACE};
}

static struct reader_args nodes(void)
{
    return (struct reader_args){.format = &sim_format_openb, .role = SIM_ROLE_CLUSTER};
}

static int64_t gpu_milli(const struct reading *r)
{
    int64_t sum = 0;
    for (size_t i = 0; i < rows_count(r->rows); i++) {
        sum += reader_task(r, i)->request.v[SIM_GPU];
    }
    return sum;
}

/* ---- one pod -------------------------------------------------------------------------------- */

Test(openb, a_pod_keeps_every_column) /* Else a policy sees another request than the trace's. */
{
    struct reading r =
        reader_text(pods(), HEADER "a,6000,12288,1,460,T4|P100|T4,LS,Failed,427,9000,430\n");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 1);
    const struct sim_task_known *k = reader_task(&r, 0);
    const struct sim_task_truth *t = reader_truth(&r, 0);
    TEXT_EQ(k->job, "a");
    cr_expect_eq(k->request.v[SIM_CPU], 6000);
    cr_expect_eq(k->request.v[SIM_MEMORY], INT64_C(12288) << 20);
    cr_expect_eq(k->request.v[SIM_GPU], 460);
    cr_expect_eq(k->gpu_count, 1);
    cr_expect_eq(k->gpu_milli, 460);
    cr_expect_eq(k->priority, 3);
    cr_expect_eq(k->tier, SIM_TIER_PRODUCTION);
    cr_assert_eq(k->constraint_count, 1);
    TEXT_EQ(k->constraints[0].key, "gpu");
    cr_assert_eq(k->constraints[0].value_count, 2, "gpu_spec is a set");
    TEXT_EQ(k->constraints[0].values[1], "P100");
    cr_expect_eq(rows_at(r.rows, 0, NULL)->time_us, SIM_SECONDS(427));
    cr_expect_eq(t->duration_us, SIM_SECONDS(9000 - 430));
    cr_expect_eq(t->end, SIM_END_FAILED);
    cr_expect_eq(t->cancel_us, SIM_NEVER);
    cr_expect_eq(t->recorded_start_us, SIM_SECONDS(430));
    cr_expect_eq(t->recorded_end_us, SIM_SECONDS(9000));
    reader_free(&r);
}

Test(openb, a_pending_pod_gives_up_at_its_deletion) /* Else it waits for ever. */
{
    struct reading r = reader_text(pods(), HEADER "a,1000,1024,0,0,,BE,Pending,100,160,\n");
    READER_OK(r);
    cr_expect_eq(reader_truth(&r, 0)->cancel_us, SIM_SECONDS(160));
    cr_expect_eq(reader_truth(&r, 0)->duration_us, SIM_SECONDS(60));
    cr_expect_eq(reader_truth(&r, 0)->recorded_start_us, SIM_NEVER);
    cr_expect_eq(reader_found(&r, "pending-duration"), 1);
    reader_free(&r);
}

Test(openb, departures_false_means_that_nothing_leaves) /* The published protocol. */
{
    const char *const sets[] = {"trace.departures", "false", NULL};
    struct reader_args a = pods();
    a.sets = sets;
    struct reading r = reader_text(a, HEADER "a,1000,1024,0,0,,BE,Pending,100,160,\n"
                                             "b,1000,1024,0,0,,BE,Running,101,160,102\n");
    READER_OK(r);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(reader_truth(&r, i)->duration_us, SIM_NEVER);
        cr_expect_eq(reader_truth(&r, i)->cancel_us, SIM_NEVER);
    }
    cr_expect_eq(reader_found(&r, "pending-duration"), 0, "nothing was made up");
    reader_free(&r);
}

Test(openb, order_by_time_is_stable_and_order_by_file_is_one_a_second)
{
    const char *text = HEADER "late,1,0,0,0,,BE,Running,50,60,50\n"
                              "one,1,0,0,0,,BE,Running,7,60,7\n"
                              "two,1,0,0,0,,BE,Running,7,60,7\n";
    struct reading r = reader_text(pods(), text);
    READER_OK(r);
    TEXT_EQ(reader_task(&r, 0)->job, "one");
    TEXT_EQ(reader_task(&r, 1)->job, "two");
    TEXT_EQ(reader_task(&r, 2)->job, "late");
    cr_expect_eq(reader_found(&r, "unsorted"), 2);
    cr_expect_eq(reader_found(&r, "no-memory"), 3);
    reader_free(&r);
    const char *const sets[] = {"trace.order", "file", NULL};
    struct reader_args a = pods();
    a.sets = sets;
    r = reader_text(a, text);
    READER_OK(r);
    TEXT_EQ(reader_task(&r, 0)->job, "late");
    cr_expect_eq(rows_at(r.rows, 2, NULL)->time_us, SIM_SECONDS(2));
    cr_expect_eq(reader_truth(&r, 1)->duration_us, SIM_SECONDS(53), "durations are kept");
    cr_expect_eq(reader_truth(&r, 1)->recorded_start_us, SIM_NEVER, "other times, no record");
    reader_free(&r);
}

/* ---- bad rows ------------------------------------------------------------------------------- */

/* All is read before the first is delivered: progress would stand at its end from the start. */
Test(openb, what_is_kept_counts_as_read_when_it_is_delivered)
{
    struct rows *rows = rows_create();
    struct sim_trace_info info = {.bytes_total = 100, .bytes_read = 100};
    const uint64_t read[] = {33, 66, 100};
    struct sim_input in = {.kind = SIM_IN_SUBMIT};
    for (size_t i = 0; i < COUNT_OF(read); i++)
        rows_add(rows, &in, 0);
    for (size_t i = 0; i < COUNT_OF(read); i++) {
        cr_assert_eq(rows_next(rows, &in, &info), SIM_NEXT_ITEM);
        cr_expect_eq(info.bytes_read, read[i]);
    }
    cr_expect_eq(rows_next(rows, &in, &info), SIM_NEXT_END);
    rows_destroy(rows);
}

struct bad {
    const char *row;
    enum sim_err err;
    uint32_t column;
    const char *words;
    bool repairable;
};
static const struct bad bads[] = {
    {"a,1000,1024,1,460", SIM_ERR_FORMAT, 18, "5 fields; the header has 11", false},
    {"a,x,1024,1,460,,BE,Running,1,2,1", SIM_ERR_FORMAT, 3, "cpu_milli is 'x'", false},
    {"a,-1,1024,1,460,,BE,Running,1,2,1", SIM_ERR_RANGE, 3, "from 0 to", false},
    {",1,1024,1,460,,BE,Running,1,2,1", SIM_ERR_FORMAT, 1, "name is empty", false},
    {"a,1,1024,9,1000,,BE,Running,1,2,1", SIM_ERR_RANGE, 10, "from 0 to 8", false},
    {"a,1,1024,2,500,,BE,Running,1,2,1", SIM_ERR_RANGE, 12, "must be 1000 to 1000", true},
    {"a,1,1024,1,0,,BE,Running,1,2,1", SIM_ERR_RANGE, 12, "must be 1 to 1000", true},
    {"a,1,1024,0,7,,BE,Running,1,2,1", SIM_ERR_RANGE, 12, "must be 0 to 0", true},
    {"a,1,1024,0,0,,XX,Running,1,2,1", SIM_ERR_FORMAT, 15, "LS", true},
    {"a,1,1024,0,0,,BE,Run,1,2,1", SIM_ERR_FORMAT, 18, "Pending", true},
    {"a,1,1024,0,0,,BE,Running,,2,1", SIM_ERR_FORMAT, 26, "creation_time", false},
    {"a,1,1024,0,0,,BE,Running,5,9,4", SIM_ERR_RANGE, 30, "before creation_time", true},
    {"a,1,1024,0,0,,BE,Running,5,5,6", SIM_ERR_RANGE, 28, "before scheduled_time", true},
    {"a,1,1024,0,0,,BE,Running,5,9,", SIM_ERR_FORMAT, 30, "not Pending", true},
    {"a,1,1024,0,0,,BE,Pending,5,9,6", SIM_ERR_FORMAT, 30, "is Pending", true},
    {"good,1,1024,0,0,,BE,Running,5,9,6", SIM_ERR_FORMAT, 1, "occurs above", false},
};

ParameterizedTestParameters(openb, a_bad_pod_fails_is_dropped_or_is_repaired)
{
    static size_t at[COUNT_OF(bads)];
    for (size_t i = 0; i < COUNT_OF(bads); i++) {
        at[i] = i;
    }
    return cr_make_param_array(size_t, at, COUNT_OF(bads));
}
ParameterizedTest(size_t *index, openb, a_bad_pod_fails_is_dropped_or_is_repaired)
{
    const struct bad *bad = &bads[*index];
    char text[1024];
    snprintf(text, sizeof text, HEADER "good,1000,1024,0,0,,BE,Running,5,9,6\n%s\n", bad->row);
    struct reader_args a = pods();
    struct reading r = reader_text(a, text);
    READER_FAILS(r, bad->err, 3, bad->column, bad->words);
    cr_expect_neq(strstr(r.diag.hint, "--bad-rows=skip"), NULL);
    reader_free(&r);
    a.bad_rows = SIM_BAD_SKIP;
    r = reader_text(a, text);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), 1, "%s is dropped", bad->row);
    cr_expect_eq(reader_found(&r, "row-dropped"), 1);
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 1);
    reader_free(&r);
    a.bad_rows = SIM_BAD_REPAIR;
    r = reader_text(a, text);
    READER_OK(r);
    cr_expect_eq(rows_count(r.rows), bad->repairable ? 2 : 1, "%s", bad->row);
    cr_expect_eq(reader_found(&r, "value-replaced"), bad->repairable ? 1 : 0);
    reader_free(&r);
}

Test(openb, a_misspelt_or_missing_column_names_what_was_meant)
{
    struct reading r = reader_text(pods(), "name,cpu_mili,memory_mib,num_gpu,gpu_milli\n");
    READER_FAILS(r, SIM_ERR_FORMAT, 1, 6, "did you mean 'cpu_milli'?");
    reader_free(&r);
    r = reader_text(pods(), "sn,cpu_milli,memory_mib,gpu,model\n");
    READER_FAILS(r, SIM_ERR_FORMAT, 1, 1, "--cluster");
    reader_free(&r);
    r = reader_text(nodes(), "sn,cpu_milli,memory_mib,gpu\n");
    READER_FAILS(r, SIM_ERR_FORMAT, 1, 28, "no column 'model'");
    reader_free(&r);
    r = reader_text(nodes(), "");
    READER_FAILS(r, SIM_ERR_FORMAT, 0, 0, "empty");
    reader_free(&r);
}

Test(openb, a_node_becomes_a_machine_with_its_model_as_label)
{
    struct reading r = reader_text(nodes(), "sn,cpu_milli,memory_mib,gpu,model\r\n"
                                            "n0,96000,393216,8,V100M32\r\n"
                                            "n1,32000,262144,0,");
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 2);
    const struct sim_machine_input *m = reader_machine(&r, 0);
    TEXT_EQ(m->name, "n0");
    cr_expect_eq(m->capacity.v[SIM_CPU], 96000);
    cr_expect_eq(m->capacity.v[SIM_MEMORY], INT64_C(384) << 30);
    cr_expect_eq(m->capacity.v[SIM_GPU], 8000);
    cr_expect_eq(m->gpu_count, 8);
    cr_assert_eq(m->label_count, 1);
    TEXT_EQ(m->labels[0].key, "gpu");
    TEXT_EQ(m->labels[0].value, "V100M32");
    cr_expect_eq(reader_machine(&r, 1)->label_count, 0);
    reader_free(&r);
    r = reader_text(nodes(), "sn,cpu_milli,memory_mib,gpu,model\nn,1,1,0,\nn,1,1,0,\n");
    READER_FAILS(r, SIM_ERR_FORMAT, 3, 1, "occurs above");
    reader_free(&r);
}

/* ---- load ----------------------------------------------------------------------------------- */

Test(openb, load_needs_a_cluster_and_a_pod_with_gpu) /* Else it would draw for ever. */
{
    const char *const sets[] = {"trace.load", "1.3", NULL};
    struct reader_args a = pods();
    a.sets = sets;
    struct reading r = reader_text(a, HEADER "a,1,1,1,1000,,BE,Running,5,9,6\n");
    READER_FAILS(r, SIM_ERR_CONFIG, 0, 0, "--cluster");
    reader_free(&r);
    a.cluster_gpu_milli = 8000;
    r = reader_text(a, HEADER "a,1,1,0,0,,BE,Running,5,9,6\n");
    READER_FAILS(r, SIM_ERR_CONFIG, 0, 0, "no pod of this list asks for a GPU");
    reader_free(&r);
}

Test(openb, load_draws_pods_again_until_the_next_would_exceed_it)
{
    const char *const sets[] = {"trace.load", "1.05", "trace.order", "file", NULL};
    struct reader_args a = pods();
    a.sets = sets;
    a.cluster_gpu_milli = 8000; /* 8400 wanted; 8000 fit, one more of 1000 does not. */
    struct reading r = reader_text(a, HEADER "a,1,1,1,1000,,BE,Running,5,9,6\n");
    READER_OK(r);
    cr_expect_eq(gpu_milli(&r), 8000);
    cr_assert_eq(rows_count(r.rows), 8);
    TEXT_EQ(reader_task(&r, 0)->job, "a");
    TEXT_EQ(reader_task(&r, 1)->job, "a-tuned-0");
    TEXT_EQ(reader_task(&r, 7)->job, "a-tuned-6");
    cr_expect_eq(reader_found(&r, "load-added"), 7);
    reader_free(&r);
}

/* ---- the real lists ------------------------------------------------------------------------- */

struct list {
    const char *name;
    uint32_t pods, cpu_only, shares, several;
    int64_t milli;
    bool sorted;
    uint32_t constrained;
};
static const struct list lists[] = {
    {"default", 8152, 1088, 3078, 75, 6086800, true, 0},
    {"cpu050", 7439, 375, 3078, 75, 6086800, false, 0},
    {"cpu250", 9420, 2356, 3078, 75, 6086800, false, 0},
    {"gpushare40", 8152, 1088, 4001, 62, 5641250, false, 0},
    {"gpuspec10", 8152, 1088, 3078, 75, 6086800, true, 732},
    {"gpuspec33", 8152, 1088, 3078, 75, 6086800, true, 2388},
    {"multigpu20", 8324, 1088, 3078, 247, 7086800, true, 0},
};

static const char *list_path(const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "traces/alibaba-gpu-2023-openb/csv/openb_%s.csv", name);
    return reader_shared(file);
}

ParameterizedTestParameters(openb, the_published_lists_read_with_their_exact_counts)
{
    static size_t at[COUNT_OF(lists)];
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        at[i] = i;
    }
    return cr_make_param_array(size_t, at, COUNT_OF(lists));
}
ParameterizedTest(size_t *index, openb, the_published_lists_read_with_their_exact_counts)
{
    const struct list *l = &lists[*index];
    char name[64];
    snprintf(name, sizeof name, "pod_list_%s", l->name);
    struct reader_args a = pods();
    a.path = list_path(name);
    if (a.path == NULL) {
        return;
    }
    struct reading r = reader_run(a);
    READER_OK(r);
    uint32_t cpu_only = 0, shares = 0, several = 0, constrained = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        const struct sim_task_known *k = reader_task(&r, i);
        cpu_only += k->gpu_count == 0;
        shares += k->gpu_count == 1 && k->gpu_milli < 1000;
        several += k->gpu_count > 1;
        constrained += k->constraint_count;
    }
    cr_expect_eq(rows_count(r.rows), l->pods);
    cr_expect_eq(cpu_only, l->cpu_only);
    cr_expect_eq(shares, l->shares);
    cr_expect_eq(several, l->several);
    cr_expect_eq(constrained, l->constrained);
    cr_expect_eq(gpu_milli(&r), l->milli);
    cr_expect_eq(reader_found(&r, "unsorted") == 0, l->sorted);
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 0);
    const bool untimed = strcmp(l->name, "multigpu20") == 0;
    cr_expect_eq(reader_found(&r, "no-times"), untimed ? l->pods : 0);
    cr_expect_eq(reader_found(&r, "missing-columns"), untimed ? 1 : 0);
    reader_free(&r);
}

Test(openb, the_default_list_has_its_published_phases)
{
    struct reader_args a = pods();
    a.path = list_path("pod_list_default");
    if (a.path == NULL) {
        return;
    }
    struct reading r = reader_run(a);
    READER_OK(r);
    uint32_t tier[5] = {0}, ends[5] = {0}, cancelled = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        tier[reader_task(&r, i)->tier]++;
        ends[reader_truth(&r, i)->end]++;
        cancelled += reader_truth(&r, i)->cancel_us != SIM_NEVER;
    }
    cr_expect_eq(tier[SIM_TIER_PRODUCTION], 4647);
    cr_expect_eq(tier[SIM_TIER_FREE], 3398);
    cr_expect_eq(tier[SIM_TIER_BATCH], 100);
    cr_expect_eq(tier[SIM_TIER_MID], 7);
    cr_expect_eq(ends[SIM_END_FAILED], 1870);
    cr_expect_eq(ends[SIM_END_FINISHED], 192);
    cr_expect_eq(ends[SIM_END_KILLED], 5193 + 897);
    cr_expect_eq(cancelled, 897);
    cr_expect_eq(reader_found(&r, "pending-duration"), 897);
    cr_expect_eq(reader_found(&r, "censored-right"), 34);
    cr_expect_eq(reader_found(&r, "no-memory"), 1);
    reader_free(&r);
}

Test(openb, the_published_clusters_have_their_sums)
{
    static const struct {
        const char *name;
        size_t count;
        int64_t cores, mib;
    } clusters[] = {{"node_list_all_node", 1523, 125514, 612028416},
                    {"node_list_gpu_node", 1213, 107018, 503828480}};
    for (size_t c = 0; c < 2; c++) {
        struct reader_args a = nodes();
        a.path = list_path(clusters[c].name);
        if (a.path == NULL) {
            return;
        }
        struct reading r = reader_run(a);
        READER_OK(r);
        struct sim_resources sum = {{0}};
        for (size_t i = 0; i < rows_count(r.rows); i++) {
            for (int d = 0; d < SIM_DIMS; d++) {
                sum.v[d] += reader_machine(&r, i)->capacity.v[d];
            }
        }
        cr_expect_eq(rows_count(r.rows), clusters[c].count);
        cr_expect_eq(sum.v[SIM_CPU], clusters[c].cores * 1000);
        cr_expect_eq(sum.v[SIM_MEMORY], clusters[c].mib << 20);
        cr_expect_eq(sum.v[SIM_GPU], CAPACITY);
        reader_free(&r);
    }
}

Test(openb, load_of_1_3_tunes_the_default_list_and_a_lower_one_thins_it)
{
    const char *sets[] = {"trace.load", "1.3", "trace.order", "shuffle", NULL};
    struct reader_args a = pods();
    a.path = list_path("pod_list_default");
    a.sets = sets;
    a.cluster_gpu_milli = CAPACITY;
    a.seed = 42;
    if (a.path == NULL) {
        return;
    }
    struct reading r = reader_run(a), again = reader_run(a);
    READER_OK(r);
    const int64_t wanted = CAPACITY * INT64_C(13) / 10;
    cr_expect(gpu_milli(&r) <= wanted + 7000 && gpu_milli(&r) > wanted - 8000);
    cr_expect(rows_count(r.rows) > 10600 && rows_count(r.rows) < 11100);
    cr_expect_eq(reader_found(&r, "load-added"), rows_count(r.rows) - 8152);
    cr_expect_eq(rows_count(again.rows), rows_count(r.rows), "the same seed draws the same");
    uint32_t moved = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        const struct sim_text x = reader_task(&r, i)->job, y = reader_task(&again, i)->job;
        cr_assert(x.len == y.len && memcmp(x.at, y.at, x.len) == 0);
        moved += i < 8152 && atoi(x.at + strlen("openb-pod-")) != (int)i;
    }
    cr_expect(moved > 8000, "a shuffle moves nearly every pod");
    reader_free(&r);
    reader_free(&again);
    sets[1] = "0.5";
    r = reader_run(a);
    READER_OK(r);
    cr_expect(gpu_milli(&r) <= CAPACITY / 2 && gpu_milli(&r) > CAPACITY / 2 - 8000);
    cr_expect_eq(reader_found(&r, "load-removed"), 8152 - rows_count(r.rows));
    reader_free(&r);
}

/* ---- the sample ----------------------------------------------------------------------------- */

Test(openb, the_sample_asks_for_more_gpus_than_its_cluster_has)
{
    struct reader_args p = pods(), n = nodes();
    p.path = SOURCE_DIR "/workloads/samples/sample_pods.csv";
    n.path = SOURCE_DIR "/workloads/samples/sample_nodes.csv";
    struct reading tasks = reader_run(p), machines = reader_run(n);
    READER_OK(tasks);
    READER_OK(machines);
    cr_expect_eq(rows_count(tasks.rows), 600);
    cr_expect_eq(rows_count(machines.rows), 60);
    cr_expect_eq(sim_findings_total(tasks.findings, SIM_ERROR), 0);
    int64_t gpus = 0;
    for (size_t i = 0; i < 60; i++) {
        gpus += reader_machine(&machines, i)->capacity.v[SIM_GPU];
    }
    cr_expect_eq(gpus, 200000);
    cr_expect_gt(gpu_milli(&tasks), 2 * gpus);
    reader_free(&tasks);
    reader_free(&machines);
}

Test(openb, the_probe_knows_both_kinds_of_list)
{
    const char *pod_head = HEADER, *node_head = "sn,cpu_milli,memory_mib,gpu,model\n";
    cr_expect_eq(sim_format_openb.probe("x", pod_head, strlen(pod_head)), 100);
    cr_expect_eq(sim_format_openb.probe("x", node_head, strlen(node_head)), 100);
    cr_expect_eq(sim_format_openb.probe("x", "submit,duration,cpu\n", 20), 0);
}
