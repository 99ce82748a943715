/* Closed forms of distributed scheduling, within the error of a simulation: the mean time in a
 * system whose tasks join the shortest of d queues, and the probability that no task of a job
 * waits. Bigger runs of the same: tests/oracles.sh sparrow. */
#include <math.h>

#include "base/prng.h"
#include "world.h"

#define S SIM_SECONDS

static void sparrow(struct world *w, const char *mode, const char *ratio, uint32_t machines)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("sparrow");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "scheduler.mode", mode);
    world_set(w, "scheduler.ratio", ratio);
    world_set(w, "scheduler.delay", "0");
    for (uint32_t i = 0; i < machines; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%u", i);
        world_machine(w, 0, name, 1000, GIB(1), 0);
    }
}

static int64_t exponential_us(struct prng *r, double mean_s)
{
    const double u = (prng_u32(r) + 0.5) / 4294967296.0;
    return (int64_t)(-log(u) * mean_s * 1e6 + 0.5);
}

/* ---- the power of d choices ------------------------------------------------------------------ */

/* Mitzenmacher (1996); Vvedenskaya, Dobrushin, Karpelevich (1996): sum over i >= 1 of
 * load^((d^i - d) / (d - 1)), services of mean 1. */
static double sojourn(double load, double d)
{
    double sum = 0;
    for (int i = 1; i < 20; i++) {
        sum += d == 1 ? pow(load, i - 1) : pow(load, (pow(d, i) - d) / (d - 1));
    }
    return sum;
}

Test(sparrow_forms, tasks_that_join_the_shortest_of_d_queues, .timeout = 120)
{
    enum { MACHINES = 50, TASKS = 8000 };
    const double load = 0.6;
    for (int d = 1; d <= 3; d++) {
        struct world w;
        struct prng r;
        char ratio[4];
        int64_t at = 0;
        double sum = 0, n = 0;
        snprintf(ratio, sizeof ratio, "%d", d);
        prng_init(&r, 5, "power of d");
        sparrow(&w, "per-task", ratio, MACHINES);
        for (int i = 0; i < TASKS; i++) {
            at += exponential_us(&r, 1 / (load * MACHINES));
            world_task(&w, at, exponential_us(&r, 1), 1000, 0);
        }
        world_run(&w, "first-fit");
        for (size_t i = 0; i < w.row_count[SIM_TABLE_TASKS]; i++) {
            const struct sim_task_row *t = world_row(&w, SIM_TABLE_TASKS, i);
            if (t->task >= TASKS / 10) {
                sum += (double)(t->end_us - t->submit_us) / 1e6;
                n++;
            }
        }
        const double mean = sum / n, expected = sojourn(load, d);
        cr_expect(fabs(mean / expected - 1) < 0.06, "d = %d: %.3f, expected %.3f", d, mean,
                  expected);
        world_fini(&w);
    }
}

/* ---- no task of a job waits ------------------------------------------------------------------ */

enum { MACHINES = 1500, JOBS = 600, M = 10, D = 2 };

static double choose(int n, int k)
{
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1));
}

/* Sparrow (SOSP 2013) 3.3: (1 - load)^m; (1 - load^d)^m; sum over i >= m of C(dm, i)
 * (1 - load)^i load^(dm - i). */
static double zero_wait(const char *mode, double load)
{
    double sum = 0;
    if (strcmp(mode, "random") == 0) {
        return pow(1 - load, M);
    }
    if (strcmp(mode, "per-task") == 0) {
        return pow(1 - pow(load, D), M);
    }
    for (int i = M; i <= D * M; i++) {
        sum += choose(D * M, i) * pow(1 - load, i) * pow(load, D * M - i);
    }
    return sum;
}

/* Part of the machines is busy for ever; jobs whose tasks take no time find the others idle. */
static void fill_and_ask(struct world *w, int busy)
{
    for (int i = 0; i < busy; i++) {
        struct world_task *t = world_task(w, 0, SIM_NEVER, 1000, 0);
        world_job(t, "busy", (uint32_t)i);
    }
    for (int j = 0; j < JOBS; j++) {
        for (uint32_t i = 0; i < M; i++) {
            char job[16];
            snprintf(job, sizeof job, "job%d", j);
            world_job(world_task(w, S(1 + j), 0, 1000, 0), job, i);
        }
    }
}

Test(sparrow_forms, jobs_of_which_no_task_waits, .timeout = 300)
{
    static const struct {
        const char *mode;
        int busy;
    } cases[] = {{"random", 150}, {"per-task", 450}, {"per-task", 750},     {"batch", 450},
                 {"batch", 750},  {"batch", 900},    {"late-binding", 750}, {"late-binding", 900}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct world w;
        int waits[JOBS] = {0}, busy = 0, zero = 0;
        bool taken[MACHINES] = {false};
        sparrow(&w, cases[c].mode, "2", MACHINES);
        fill_and_ask(&w, cases[c].busy);
        world_run(&w, "first-fit");
        for (size_t i = 0; i < w.row_count[SIM_TABLE_TASKS]; i++) {
            const struct sim_task_row *t = world_row(&w, SIM_TABLE_TASKS, i);
            if (t->submit_us == 0 && t->start_us != SIM_NEVER) { /* Two may have queued on one. */
                busy += !taken[t->machine];
                taken[t->machine] = true;
            } else if (t->submit_us > 0) {
                waits[t->submit_us / S(1) - 1] += t->start_us != t->submit_us;
            }
        }
        for (int j = 0; j < JOBS; j++) {
            zero += waits[j] == 0;
        }
        const double p = zero_wait(cases[c].mode, (double)busy / MACHINES);
        const double error = 3 * sqrt(p * (1 - p) / JOBS) + 0.01; /* Machines are finite. */
        cr_expect(fabs((double)zero / JOBS - p) < error, "%s: %d of %d busy: %.3f, expected %.3f",
                  cases[c].mode, busy, MACHINES, (double)zero / JOBS, p);
        world_fini(&w);
    }
}
