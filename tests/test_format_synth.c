/* The generator: the chosen means come out, the same seed draws the same, and one option does not
 * move the draws of another. */
#include "reader.h"

#include <gsl/gsl_errno.h>

extern const struct sim_format sim_format_synth;

static struct reading generate(uint64_t seed, const char *const *sets)
{
    return reader_run((struct reader_args){.format = &sim_format_synth,
                                           .role = SIM_ROLE_TRACE,
                                           .path = "",
                                           .sets = sets,
                                           .seed = seed});
}

static double mean_duration_s(const struct reading *r)
{
    double sum = 0;
    for (size_t i = 0; i < rows_count(r->rows); i++) {
        sum += (double)reader_truth(r, i)->duration_us / 1e6;
    }
    return sum / (double)rows_count(r->rows);
}

Test(synth, arrivals_tasks_and_gpus_come_at_the_rates_asked_for)
{
    const char *const sets[] = {"trace.jobs", "20000", "trace.rate",  "3600", "trace.tasks", "3",
                                "trace.gpu",  "0.25",  "trace.users", "4",    NULL};
    struct reading r = generate(1, sets);
    READER_OK(r);
    const size_t n = rows_count(r.rows);
    uint64_t gpus = 0, users[4] = {0}, jobs = 0;
    for (size_t i = 0; i < n; i++) {
        const struct sim_task_known *k = reader_task(&r, i);
        if (k->index != 0) {
            cr_expect_eq(k->request.v[SIM_CPU], reader_task(&r, i - 1)->request.v[SIM_CPU],
                         "tasks of a job ask for the same");
            continue;
        }
        jobs++;
        gpus += k->gpu_count;
        cr_assert(k->user.len == 2 && k->user.at[0] == 'u' && k->user.at[1] < '4');
        users[k->user.at[1] - '0']++;
    }
    const double last_s = (double)rows_at(r.rows, n - 1, NULL)->time_us / 1e6;
    cr_expect_eq(jobs, 20000);
    cr_expect(n > 58000 && n < 62000, "%zu tasks; 60000 expected, sd 350", n);
    cr_expect(last_s > 19400 && last_s < 20600, "%f s; 20000 expected, sd 141", last_s);
    cr_expect(gpus > 4700 && gpus < 5300, "%lu jobs with GPU; 5000 expected, sd 61", gpus);
    cr_expect(users[0] > 4700 && users[0] < 5300);
    reader_free(&r);
}

static void hosts_own(const char *reason, const char *file, int line, int number)
{
    cr_assert_fail("%s:%d: %s (%d)", file, line, reason, number);
}

/* It belongs to the whole process, and so to the program that embeds this library. */
Test(synth, the_error_handler_of_the_host_stays)
{
    (void)gsl_set_error_handler(hosts_own);
    struct reading r = reader_run(
        (struct reader_args){.format = &sim_format_synth, .role = SIM_ROLE_TRACE, .path = ""});
    READER_OK(r);
    reader_free(&r);
    cr_expect(gsl_set_error_handler(NULL) == hosts_own);
}

/* There are no bytes to count: without this the progress line knows no time left. */
Test(synth, the_share_of_the_jobs_is_told_while_they_come)
{
    const char *const sets[] = {"trace.jobs", "4", "trace.tasks", "3", NULL};
    struct sim_settings *settings = sim_settings_create();
    struct reader_args a = {.format = &sim_format_synth, .sets = sets};
    reader_settings(settings, &a);
    struct sim_findings *findings = sim_findings_create();
    const struct sim_open_args args = {
        .path = "", .role = SIM_ROLE_TRACE, .settings = settings, .findings = findings};
    void *state = mem_alloc(1, sim_format_synth.state_bytes);
    struct sim_trace_info info = {0};
    struct sim_input in;
    uint64_t job = 0;
    cr_assert(sim_format_synth.open(state, &args, &info, NULL));
    cr_expect_eq(info.bytes_total, 4u);
    while (sim_format_synth.next(state, &in, &info, NULL) == SIM_NEXT_ITEM) {
        job += in.u.task.known.index == 0;
        cr_expect_eq(info.bytes_read, job);
    }
    cr_expect_eq(job, 4u);
    sim_format_synth.close(state);
    mem_free(state);
    sim_findings_destroy(findings);
    sim_settings_destroy(settings);
}

static const struct {
    const char *text;
    double low, high; /* Bounds of the mean of 20000 draws, in s. */
} shapes[] = {
    {"constant(60s)", 60, 60},         {"uniform(10s,1m)", 34.3, 35.7},
    {"choice(1s,3s)", 1.95, 2.05},     {"exponential(300s)", 290, 310},
    {"lognormal(600s,0.5)", 666, 694}, /* 600 exp(0.125) = 679.9 */
    {"weibull(2,100s)", 87, 90},       /* 100 gamma(1.5) = 88.6 */
    {"pareto(3,60s)", 88, 92},         /* 3/2 * 60 = 90 */
};

Test(synth, every_distribution_has_its_mean)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        const char *const sets[] = {"trace.jobs", "20000", "trace.duration", shapes[i].text, NULL};
        struct reading r = generate(7, sets);
        READER_OK(r);
        const double mean = mean_duration_s(&r);
        cr_expect(mean >= shapes[i].low && mean <= shapes[i].high, "%s: mean %f", shapes[i].text,
                  mean);
        reader_free(&r);
    }
}

Test(synth, the_same_seed_draws_the_same_and_options_do_not_move_each_other)
{
    const char *const base[] = {"trace.jobs", "500", NULL};
    const char *const other[] = {"trace.jobs",  "500",          "trace.cpu",
                                 "constant(3)", "trace.memory", "uniform(1GiB,2GiB)",
                                 NULL};
    struct reading a = generate(5, base), b = generate(5, base), c = generate(5, other),
                   d = generate(6, base);
    uint32_t differ = 0;
    for (size_t i = 0; i < 500; i++) {
        const struct sim_input *x = rows_at(a.rows, i, NULL), *y = rows_at(b.rows, i, NULL),
                               *z = rows_at(c.rows, i, NULL), *w = rows_at(d.rows, i, NULL);
        cr_assert_eq(x->time_us, y->time_us);
        cr_assert_eq(x->u.task.known.request.v[SIM_CPU], y->u.task.known.request.v[SIM_CPU]);
        cr_assert_eq(x->time_us, z->time_us, "sizes have a stream of their own");
        cr_assert_eq(x->u.task.truth.duration_us, z->u.task.truth.duration_us);
        cr_assert_eq(z->u.task.known.request.v[SIM_CPU], 3000);
        differ += x->time_us != w->time_us;
    }
    cr_expect_gt(differ, 490);
    reader_free(&a);
    reader_free(&b);
    reader_free(&c);
    reader_free(&d);
}

static const char *const bad[] = {
    "normal(1s,2s)",     "lognormal(600s)",
    "lognormal(600s,0)", "lognormal(-1s,1)",
    "exponential(1s",    "exponential",
    "uniform(5s,1s)",    "choice()",
    "choice(1s,,2s)",    "constant(1s,2s)",
    "constant(1GiB)",    "weibull(1s,1s)",
    "constant(1s)x",     "",
};

Test(synth, a_bad_distribution_names_the_option_and_a_form)
{
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *const sets[] = {"trace.duration", bad[i], NULL};
        struct reading r = generate(1, sets);
        cr_expect_not(r.ok, "'%s' is accepted", bad[i]);
        cr_expect_eq(r.diag.err, SIM_ERR_CONFIG);
        cr_expect_neq(strstr(r.diag.text, "trace.duration is"), NULL, "%s", r.diag.text);
        cr_expect_neq(r.diag.hint[0], '\0');
        reader_free(&r);
    }
}

/* "Its parameters are not those of ..." sends the reader to look for a misspelling. */
Test(synth, a_parameter_out_of_range_is_told_with_its_range)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"constant(1e30)", "'1e30' is not between 1us and 4503599627s"},
        {"uniform(1s,99999999999999999999)", "'99999999999999999999' is not between 1us"},
        {"lognormal(10m,1001)", "'1001' is not between 0.000001 and 1000"},
        {"exponential(0)", "'0' is not between 1us"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const sets[] = {"trace.duration", cases[i].text, NULL};
        struct reading r = generate(1, sets);
        READER_FAILS(r, SIM_ERR_CONFIG, 0, 0, cases[i].words);
        reader_free(&r);
    }
}

Test(synth, a_variate_is_never_below_one_unit) /* A task of no cpu or no time is not meant. */
{
    const char *const sets[] = {
        "trace.jobs",       "2000", "trace.cpu", "exponential(0.001)", "trace.duration",
        "exponential(1us)", NULL};
    struct reading r = generate(1, sets);
    READER_OK(r);
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        cr_assert_geq(reader_task(&r, i)->request.v[SIM_CPU], 1);
        cr_assert_geq(reader_truth(&r, i)->duration_us, 1);
    }
    reader_free(&r);
}
