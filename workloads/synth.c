/* synth.c - a synthetic workload: Poisson arrivals, sizes and durations from chosen distributions.
 *
 * Streams in O(1) memory. Each purpose draws from its own named stream of the seed, so that a
 * change of one option does not move the draws of another. GSL's distributions are computed in
 * floating point, and libm may differ in the last bit; every variate is therefore rounded to a
 * whole microsecond, milli-core or byte at once, and only whole numbers go on.
 */
#include <gsl/gsl_randist.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "workloads/lib/rows.h"
#include "workloads/lib/table.h"

#define CHOICES_MAX 16
#define NUMBER_MAX INT64_C(1000000000) /* Of a plain number, in millionths. */
#define VARIATE_MAX (INT64_C(1) << 52) /* 142 years in us, 4 PiB: exact in a double. */
#define TIME_MAX (INT64_C(1) << 61)

static const struct sim_finding_kind kinds[] = {{NULL, SIM_NOTE, NULL}};

static const struct sim_option options[] = {
    {"trace.jobs", SIM_OPT_INT, 1, INT64_C(1000000000000), "1000", NULL, "jobs to generate"},
    {"trace.rate", SIM_OPT_DECIMAL, 1, INT64_C(1000000000000000), "120", NULL,
     "mean arrivals per hour of simulated time; the gaps are exponential"},
    {"trace.tasks", SIM_OPT_DECIMAL, 1000000, INT64_C(1000000000000), "1", NULL,
     "mean tasks per job, geometrically distributed; 1 = always one"},
    {"trace.duration", SIM_OPT_TEXT, 0, 0, "lognormal(10m,1.5)", NULL,
     "run time of a task, a distribution of times"},
    {"trace.cpu", SIM_OPT_TEXT, 0, 0, "choice(0.5,1,2,4)", NULL,
     "cores of a task, a distribution; the tasks of a job ask for the same"},
    {"trace.memory", SIM_OPT_TEXT, 0, 0, "choice(1GiB,2GiB,4GiB,8GiB)", NULL,
     "memory of a task, a distribution of sizes"},
    {"trace.gpu", SIM_OPT_DECIMAL, 0, 1000000, "0", NULL,
     "share of jobs whose tasks ask for one GPU each, 0 to 1"},
    {"trace.users", SIM_OPT_INT, 1, 1000000, "10", NULL,
     "users, each equally likely to have sent a job"},
    SIM_OPTION_END,
};

/* ---- distributions -------------------------------------------------------------------------- */

enum shape { CONSTANT, UNIFORM, CHOICE, EXPONENTIAL, LOGNORMAL, WEIBULL, PARETO };
/* q = a quantity of the option's kind, n = a plain number > 0, * = as many as there are. */
static const struct {
    const char *name, *parameters, *form;
} shapes[] = {
    [CONSTANT] = {"constant", "q", "constant(VALUE)"},
    [UNIFORM] = {"uniform", "qq", "uniform(LOW,HIGH)"},
    [CHOICE] = {"choice", "q*", "choice(VALUE,VALUE,...)"},
    [EXPONENTIAL] = {"exponential", "q", "exponential(MEAN)"},
    [LOGNORMAL] = {"lognormal", "qn", "lognormal(MEDIAN,SIGMA)"},
    [WEIBULL] = {"weibull", "nq", "weibull(SHAPE,SCALE)"},
    [PARETO] = {"pareto", "nq", "pareto(EXPONENT,MINIMUM)"},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct distribution {
    enum shape shape;
    int64_t value[CHOICES_MAX]; /* The quantities. */
    uint32_t values;
    double number; /* The plain number. */
    int64_t min;   /* Smallest variate. */
};

static int64_t draw(const struct distribution *d, gsl_rng *r)
{
    const double q = (double)d->value[0];
    double x = q;
    switch (d->shape) {
    case CONSTANT:
        return d->value[0];
    case CHOICE:
        return d->value[gsl_rng_uniform_int(r, d->values)];
    case UNIFORM:
        x = gsl_ran_flat(r, q, (double)d->value[1]);
        break;
    case EXPONENTIAL:
        x = gsl_ran_exponential(r, q);
        break;
    case LOGNORMAL:
        x = q * gsl_ran_lognormal(r, 0.0, d->number);
        break;
    case WEIBULL:
        x = gsl_ran_weibull(r, q, d->number);
        break;
    case PARETO:
        x = gsl_ran_pareto(r, d->number, q);
        break;
    }
    if (!(x < (double)VARIATE_MAX)) {
        return VARIATE_MAX;
    }
    const int64_t whole = llround(x);
    return whole > d->min ? whole : d->min;
}

/* What an option's quantities are. */
struct measure {
    cell_parse *parse;
    int64_t min;
    const char *range; /* From min to VARIATE_MAX. */
};
static const struct measure times = {cell_time, 1, "between 1us and 4503599627s"};
static const struct measure cores = {cell_cpu, 1, "between 1m and 4503599627370"};
static const struct measure sizes = {cell_bytes, 0, "between 0 and 4PiB"};

/* A parameter that can be read and is too small or too large. */
struct misfit {
    struct sim_text text; /* Empty = none. */
    const char *range;
};

static bool refuse(const char *key, const char *text, uint32_t shape, struct misfit bad,
                   struct sim_diag *diag)
{
    if (shape == SHAPES) {
        sim_hint(diag, "constant, uniform, choice, exponential, lognormal, weibull and pareto are "
                       "known, as in lognormal(10m,1.5)");
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE, "%s is '%.60s', not a distribution", key,
                        text);
    }
    sim_hint(diag, "write %s; quantities may have units, plain numbers are > 0",
             shapes[shape].form);
    if (bad.text.len != 0) {
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE, "%s is '%.60s'; '%.*s' is not %s", key,
                        text, bad.text.len < 40 ? (int)bad.text.len : 40, bad.text.at, bad.range);
    }
    return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                    "%s is '%.60s'; its parameters are not those of %s", key, text,
                    shapes[shape].form);
}

static bool read_parameters(struct sim_text list, const struct measure *m, struct distribution *d,
                            struct misfit *bad)
{
    struct sim_text field[CHOICES_MAX];
    const char *want = shapes[d->shape].parameters;
    const bool many = want[1] == '*';
    const uint32_t count = fields_split(list, ',', field, CHOICES_MAX);
    if (count > CHOICES_MAX || (!many && count != strlen(want))) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        const bool quantity = many || want[i] == 'q';
        const int64_t min = quantity ? m->min : 1, max = quantity ? VARIATE_MAX : NUMBER_MAX;
        int64_t value = 0;
        const enum decimal_result got =
            quantity ? m->parse(field[i], DECIMAL_NEAREST, &value)
                     : decimal_parse(field[i], 1000000, DECIMAL_NEAREST, &value);
        if (got == DECIMAL_BAD) {
            return false;
        }
        if (got == DECIMAL_OVERFLOW || value < min || value > max) {
            *bad = (struct misfit){field[i], quantity ? m->range : "between 0.000001 and 1000"};
            return false;
        }
        if (quantity) {
            d->value[d->values++] = value;
        } else {
            d->number = (double)value / 1e6;
        }
    }
    return d->shape != UNIFORM || d->value[0] <= d->value[1];
}

/* "name(parameters)" of the option `key`. */
static bool read_distribution(const struct sim_settings *settings, const char *key,
                              const struct measure *m, struct distribution *d,
                              struct sim_diag *diag)
{
    const char *text = sim_settings_text(settings, key);
    const size_t len = strlen(text), name = strcspn(text, "(");
    *d = (struct distribution){.min = m->min};
    struct misfit bad = {{NULL, 0}, NULL};
    uint32_t shape = 0;
    while (shape < SHAPES &&
           (strlen(shapes[shape].name) != name || memcmp(shapes[shape].name, text, name) != 0)) {
        shape++;
    }
    d->shape = shape < SHAPES ? (enum shape)shape : CONSTANT;
    if (shape == SHAPES || len < name + 2 || text[len - 1] != ')' ||
        !read_parameters((struct sim_text){text + name + 1, (uint32_t)(len - name - 2)}, m, d,
                         &bad)) {
        return refuse(key, text, shape, bad, diag);
    }
    return true;
}

/* ---- the stream ----------------------------------------------------------------------------- */

enum purpose { ARRIVALS, TASKS, DURATIONS, CPUS, MEMORIES, GPUS, USERS, PURPOSES };
static const char *const streams[PURPOSES] = {
    "trace.synth.arrivals", "trace.synth.tasks", "trace.synth.durations", "trace.synth.cpu",
    "trace.synth.memory",   "trace.synth.gpu",   "trace.synth.users",
};

struct synth {
    gsl_rng *rng[PURPOSES];
    struct distribution gap, duration, cpu, memory;
    double stop; /* Chance that a task is the last of its job. */
    int64_t jobs, gpu_ppm;
    uint32_t users;

    int64_t job;          /* Jobs begun so far. */
    uint32_t task, tasks; /* Next task of the job, and how many it has. */
    struct sim_input next;
    char job_name[32], user_name[16];
};

static bool synth_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                       struct sim_diag *diag)
{
    struct synth *s = state;
    const struct sim_settings *set = args->settings;
    if (args->path[0] != '\0') {
        sim_hint(diag, "write synth: and set trace.jobs, trace.rate, ... as options");
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "synth: takes no path, found '%.60s'",
                        args->path);
    }
    units_standard(&info->units);
    info->end_us = SIM_NEVER;
    /* GSL's error handler belongs to the host; the options' bounds keep every draw away from it. */
    for (int i = 0; i < PURPOSES; i++) {
        s->rng[i] = prng_gsl(args->seed, streams[i]);
    }
    s->jobs = sim_settings_int(set, "trace.jobs");
    info->bytes_total = (uint64_t)s->jobs;
    s->gpu_ppm = sim_settings_int(set, "trace.gpu");
    s->users = (uint32_t)sim_settings_int(set, "trace.users");
    s->stop = 1e6 / (double)sim_settings_int(set, "trace.tasks");
    const double per_hour = (double)sim_settings_int(set, "trace.rate") / 1e6;
    s->gap = (struct distribution){.shape = EXPONENTIAL, .value = {llround(3600e6 / per_hour)}};
    return read_distribution(set, "trace.duration", &times, &s->duration, diag) &&
           read_distribution(set, "trace.cpu", &cores, &s->cpu, diag) &&
           read_distribution(set, "trace.memory", &sizes, &s->memory, diag);
}

/* What all tasks of a job have in common. */
static void begin_job(struct synth *s)
{
    const sim_time now_us = s->next.time_us + draw(&s->gap, s->rng[ARRIVALS]);
    const bool gpu = gsl_rng_uniform_int(s->rng[GPUS], 1000000) < (unsigned long)s->gpu_ppm;
    s->tasks = s->stop < 1.0 ? gsl_ran_geometric(s->rng[TASKS], s->stop) : 1;
    s->task = 0;
    (void)snprintf(s->job_name, sizeof s->job_name, "job-%" PRId64, s->job++);
    (void)snprintf(s->user_name, sizeof s->user_name, "u%lu",
                   gsl_rng_uniform_int(s->rng[USERS], s->users));
    s->next = (struct sim_input){
        .time_us = now_us,
        .kind = SIM_IN_SUBMIT,
        .u.task.known = {.job = text_of(s->job_name),
                         .user = text_of(s->user_name),
                         .tier = SIM_TIER_BATCH,
                         .request.v = {[SIM_CPU] = draw(&s->cpu, s->rng[CPUS]),
                                       [SIM_MEMORY] = draw(&s->memory, s->rng[MEMORIES]),
                                       [SIM_GPU] = gpu ? SIM_DEVICE_MILLI : 0},
                         .gpu_count = gpu,
                         .gpu_milli = gpu ? SIM_DEVICE_MILLI : 0,
                         .time_limit_us = SIM_NEVER},
    };
}

static enum sim_next synth_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                                struct sim_diag *diag)
{
    struct synth *s = state;
    if (s->task == s->tasks) {
        if (s->job == s->jobs) {
            return SIM_NEXT_END;
        }
        if (s->next.time_us > TIME_MAX) {
            sim_hint(diag, "raise trace.rate or lower trace.jobs");
            (void)sim_fail(diag, SIM_ERR_RANGE, SIM_NOWHERE,
                           "job %" PRId64 " would arrive after 70000 years", s->job);
            return SIM_NEXT_ERROR;
        }
        begin_job(s);
        info->bytes_read = (uint64_t)s->job;
    }
    s->next.u.task.known.index = s->task++;
    s->next.u.task.truth = (struct sim_task_truth){
        draw(&s->duration, s->rng[DURATIONS]), SIM_END_FINISHED, SIM_NEVER, SIM_NEVER, SIM_NEVER};
    *out = s->next;
    info->rows++;
    return SIM_NEXT_ITEM;
}

static void synth_close(void *state)
{
    struct synth *s = state;
    for (int i = 0; i < PURPOSES; i++) {
        if (s->rng[i] != NULL) {
            gsl_rng_free(s->rng[i]);
        }
    }
}

const struct sim_format sim_format_synth = {
    .abi = SIM_FORMAT_ABI,
    .name = "synth",
    .summary = "a synthetic workload: Poisson arrivals, chosen sizes and durations",
    .source = "workloads/README.md",
    .roles = SIM_ROLE_TRACE,
    .schema =
        "Written `synth:`, without a path; the options say what is generated. A distribution is\n"
        "one of\n"
        "  constant(VALUE)          uniform(LOW,HIGH)       choice(VALUE,VALUE,...)\n"
        "  exponential(MEAN)        lognormal(MEDIAN,SIGMA)\n"
        "  weibull(SHAPE,SCALE)     pareto(EXPONENT,MINIMUM)\n"
        "with values in the unit of the option (600s, 2.5 cores, 4GiB). Jobs are job-0, job-1,\n"
        "...; users u0, u1, ... The same seed gives the same workload.\n",
    .example = "simctl run --trace synth: --cluster spec:20x32,128GiB --policy best-fit \\\n"
               "    --set trace.jobs=5000 --set trace.rate=600 \\\n"
               "    --set 'trace.duration=weibull(0.5,600s)' --set 'trace.cpu=choice(1,2,4)'\n",
    .options = options,
    .findings = kinds,
    .state_bytes = sizeof(struct synth),
    .open = synth_open,
    .next = synth_next,
    .close = synth_close,
};
