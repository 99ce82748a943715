/* What backfilling promises, on random worlds with early ends, gangs, unknown limits and tasks that
 * give up:
 *
 *   - where the plan is exact (one pool; or promises of machines) and estimates are upper bounds,
 *     no promise moves later and none is broken, whatever the event order and the order of search;
 *   - where it is not (sums over several machines, devices, tasks that outlive their estimates,
 *     machines that leave) what breaks is counted under a cause, and nothing is violated;
 *   - nothing decides by the true run times before the first of them is over. */
#include "prop.h"
#include "world.h"

#define S(n) SIM_SECONDS(n)

static const char *const orders[] = {"batch", "event"};
static const char *const zones[] = {"east", "west"};

struct setting {
    bool pool, machines, overruns, trouble; /* trouble: machines come and go. */
    bool devices;
};

/* ---- worlds ---------------------------------------------------------------------------------- */

static struct world_task *random_task(struct world *w, struct prng *r, const struct setting *how,
                                      int64_t at)
{
    const int64_t limit = prop_range(r, 1, 40);
    const int64_t run = how->overruns && prng_below(r, 6) == 0 ? limit + prop_range(r, 1, 30)
                        : prng_below(r, 3) == 0                ? limit
                                                               : prop_range(r, 0, limit);
    const int64_t cpu = 1000 * prop_range(r, 0, how->pool ? 8 : 4);
    struct world_task *t =
        world_task(w, S(at), S(run), cpu, GIB(prop_range(r, 0, 3)) * prng_below(r, 2));
    t->in.u.task.known.time_limit_us = prng_below(r, 20) == 0 ? SIM_NEVER : S(limit);
    if (prng_below(r, 10) == 0) {
        t->in.u.task.truth.cancel_us = S(at + prop_range(r, 0, 60));
    }
    if (!how->pool && prng_below(r, 4) == 0) {
        world_zone(t, zones[prng_below(r, 2)]);
    }
    if (how->devices && prng_below(r, 3) == 0) {
        world_gpu(t, 1, (uint16_t)(100 * prop_range(r, 1, 10)));
    }
    return t;
}

static void random_gang(struct world *w, struct prng *r, const struct setting *how, int64_t at,
                        uint32_t number)
{
    char job[24];
    const uint32_t len = 2 + prng_below(r, 3);
    const bool alike = prng_below(r, 2) == 0;
    struct world_task *first = NULL;
    snprintf(job, sizeof job, "gang-%u", number);
    for (uint32_t i = 0; i < len; i++) {
        struct world_task *t = random_task(w, r, how, at);
        struct sim_input *in = &t->in;
        first = first == NULL ? t : first;
        in->u.task.known.time_limit_us = first->in.u.task.known.time_limit_us;
        if (!how->overruns && in->u.task.truth.duration_us > in->u.task.known.time_limit_us) {
            in->u.task.truth.duration_us = in->u.task.known.time_limit_us;
        }
        if (alike) {
            in->u.task.known.request = first->in.u.task.known.request;
            in->u.task.known.gpu_count = first->in.u.task.known.gpu_count;
            in->u.task.known.gpu_milli = first->in.u.task.known.gpu_milli;
            in->u.task.known.constraints = first->in.u.task.known.constraints;
            in->u.task.known.constraint_count = first->in.u.task.known.constraint_count;
        }
        in->u.task.known.gang = len - prng_below(r, 2);
        world_job(t, job, i);
    }
}

static void random_machines(struct world *w, struct prng *r, const struct setting *how)
{
    const uint32_t n = how->pool ? 1 : 2 + prng_below(r, 5);
    for (uint32_t m = 0; m < n; m++) {
        char name[16];
        snprintf(name, sizeof name, "m%u", m);
        world_label(world_machine(w, 0, name, 1000 * prop_range(r, how->pool ? 8 : 1, 8),
                                  GIB(prop_range(r, 2, 8)), how->devices ? 2 : 0),
                    zones[prng_below(r, 2)]);
        if (how->trouble && prng_below(r, 2) == 0) {
            struct world_machine *gone = world_machine(w, S(prop_range(r, 5, 100)), name, 0, 0, 0);
            gone->in.kind = prng_below(r, 2) == 0 ? SIM_IN_MACHINE_REMOVE : SIM_IN_MACHINE_DRAIN;
        }
    }
}

static void random_world(struct world *w, uint64_t seed, const struct setting *how)
{
    struct prng r;
    prng_init(&r, seed, "promises");
    world_init(w);
    w->scheduler = sim_scheduler_find(prng_below(&r, 2) ? "easy" : "conservative");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "event_order", orders[prng_below(&r, 2)]);
    world_set(w, "check", "every-event");
    world_set(w, "queue.reserve", how->machines ? "machines" : "sums");
    if (strcmp(w->scheduler->name, "easy") == 0 && prng_below(&r, 2) == 0) {
        world_set(w, "queue.backfill", "shortest");
    }
    random_machines(w, &r, how);
    const uint32_t jobs = 20 + prng_below(&r, 60);
    int64_t at = 0;
    for (uint32_t i = 0; i < jobs; i++) {
        at += prng_below(&r, 3) == 0 ? 0 : prop_range(&r, 0, 8);
        if (prng_below(&r, 5) == 0) {
            random_gang(w, &r, how, at, i);
        } else {
            random_task(w, &r, how, at);
        }
    }
    world_run_policy(w, sim_policy_find(prng_below(&r, 3) ? "first-fit" : "best-fit"));
}

/* ---- what the record must say ---------------------------------------------------------------- */

/* Rows of one task: made, moved, and one outcome at most; the totals count them. */
static void check_rows(const struct world *w, uint64_t seed)
{
    static struct sim_promise_row last[8192];
    struct sim_promises n = {0};
    memset(last, 0, sizeof last);
    for (size_t i = 0; i < w->row_count[SIM_TABLE_PROMISES]; i++) {
        const struct sim_promise_row *p = world_row(w, SIM_TABLE_PROMISES, i);
        struct sim_promise_row *was = &last[p->task];
        const bool open = was->tasks > 0;
        cr_assert(open != (p->event == SIM_PROMISE_MADE), "SIM_SEED=%lu: task %u", seed, p->task);
        cr_assert(!open || p->first_us == was->first_us, "SIM_SEED=%lu: task %u", seed, p->task);
        n.made += p->event == SIM_PROMISE_MADE;
        n.earlier += p->event == SIM_PROMISE_EARLIER && p->start_us < was->start_us;
        n.later += p->event == SIM_PROMISE_LATER && p->start_us > was->start_us;
        n.kept += p->event == SIM_PROMISE_KEPT && p->t_us <= p->first_us;
        n.broken += p->event == SIM_PROMISE_BROKEN && p->t_us > p->first_us;
        n.dropped += p->event == SIM_PROMISE_DROPPED;
        n.broken_by[p->cause] += p->event == SIM_PROMISE_BROKEN;
        *was = *p;
        was->tasks = p->event >= SIM_PROMISE_KEPT ? 0 : p->tasks;
    }
    cr_assert_eq(n.made + n.earlier + n.later + n.kept + n.broken + n.dropped,
                 w->row_count[SIM_TABLE_PROMISES], "SIM_SEED=%lu: a row is of no kind", seed);
    cr_assert(memcmp(&n, &w->totals.promises, sizeof n) == 0, "SIM_SEED=%lu: totals", seed);
}

static void run_cases(const struct setting *how, uint64_t cases, struct sim_promises *sum)
{
    static struct world w;
    memset(sum, 0, sizeof *sum);
    PROP_FOR_ALL (seed, cases) {
        random_world(&w, seed, how);
        const struct sim_promises *p = &w.totals.promises;
        cr_assert_eq(w.totals.invariant_violations, 0, "SIM_SEED=%lu: %s", seed, w.scheduler->name);
        check_rows(&w, seed);
        sum->made += p->made;
        sum->earlier += p->earlier;
        sum->later += p->later;
        sum->kept += p->kept;
        sum->broken += p->broken;
        sum->dropped += p->dropped;
        for (int d = 0; d < SIM_DOUBTS; d++) {
            sum->broken_by[d] += p->broken_by[d];
        }
        world_fini(&w);
    }
}

/* A gang that changes while it waits, or leaves members behind, is another promise. */
static void expect_kept(const struct sim_promises *sum)
{
    cr_expect_eq(sum->broken, sum->broken_by[SIM_DOUBT_GANG], "%lu broken, %lu by gangs",
                 sum->broken, sum->broken_by[SIM_DOUBT_GANG]);
    cr_expect_gt(sum->kept, 1000);
    cr_expect_gt(sum->earlier, 200);
}

Test(promises, are_kept_on_one_pool, .timeout = 300)
{
    struct sim_promises sum;
    run_cases(&(struct setting){.pool = true}, 300, &sum);
    expect_kept(&sum);
}

Test(promises, of_machines_are_kept_where_machines_hold_several_tasks, .timeout = 300)
{
    struct sim_promises sum;
    run_cases(&(struct setting){.machines = true}, 1500, &sum);
    expect_kept(&sum);
}

Test(promises, broken_ones_have_a_cause, .timeout = 300)
{
    struct sim_promises sum;
    run_cases(&(struct setting){.overruns = true, .trouble = true, .devices = true}, 150, &sum);
    cr_expect_gt(sum.broken_by[SIM_DOUBT_INEXACT], 0);
    cr_expect_gt(sum.broken_by[SIM_DOUBT_OVERRUN], 0);
    run_cases(&(struct setting){.machines = true, .overruns = true}, 150, &sum);
    cr_expect_gt(sum.broken_by[SIM_DOUBT_OVERRUN], 0);
    run_cases(&(struct setting){.pool = true, .overruns = true}, 150, &sum);
    cr_expect_gt(sum.broken_by[SIM_DOUBT_OVERRUN], 0);
    run_cases(&(struct setting){.machines = true, .trouble = true}, 150, &sum);
    cr_expect_gt(sum.broken_by[SIM_DOUBT_MACHINES], 0);
    cr_expect_eq(sum.broken_by[SIM_DOUBT_OVERRUN], 0);
}

/* ---- true run times -------------------------------------------------------------------------- */

enum { SUBMITTED_BY = 100, FIRST_END = 200 }; /* Seconds. */

/* All tasks come before the first one can end; `truth` draws how long they run. */
static void hidden_world(struct world *w, uint64_t seed, const char *truth)
{
    struct prng r, times;
    prng_init(&r, seed, "known");
    prng_init(&times, seed, truth);
    world_init(w);
    size_t schedulers = 0, policies = 0;
    while (sim_scheduler_at(schedulers) != NULL) {
        schedulers++;
    }
    while (sim_policy_at(policies) != NULL) {
        policies++;
    }
    w->scheduler = sim_scheduler_at(seed % schedulers);
    if (w->scheduler->options != NULL && w->scheduler != sim_scheduler_find("monolithic")) {
        sim_settings_declare(w->settings, w->scheduler->options);
    }
    world_set(w, "event_order", orders[prng_below(&r, 2)]);
    const struct setting how = {.devices = true};
    random_machines(w, &r, &how);
    for (uint32_t i = 0; i < 40; i++) {
        struct world_task *t = random_task(w, &r, &how, prop_range(&r, 0, SUBMITTED_BY));
        t->in.u.task.truth.duration_us = S(FIRST_END + prop_range(&times, 0, 500));
        t->in.u.task.truth.end = (enum sim_end)prng_below(&times, 3);
    }
    world_run_policy(w, sim_policy_at(seed / schedulers % policies));
}

/* Rows of a table in which time comes first, up to the first end. */
static size_t rows_before(const struct world *w, enum sim_table table)
{
    size_t n = 0;
    for (; n < w->row_count[table]; n++) {
        int64_t at;
        memcpy(&at, world_row(w, table, n), sizeof at);
        if (at >= S(FIRST_END)) {
            break;
        }
    }
    return n;
}

Test(truth, of_run_times_decides_nothing_before_the_first_end, .timeout = 300)
{
    static struct world a, b;
    static const enum sim_table tables[] = {SIM_TABLE_DECISIONS, SIM_TABLE_PROMISES};
    size_t waits = 0, promises = 0;
    PROP_FOR_ALL (seed, 200) {
        hidden_world(&a, seed, "one");
        hidden_world(&b, seed, "other");
        for (size_t i = 0; i < 2; i++) {
            const size_t n = rows_before(&a, tables[i]);
            cr_assert_eq(n, rows_before(&b, tables[i]), "SIM_SEED=%lu: %s", seed,
                         a.scheduler->name);
            cr_assert(n == 0 || memcmp(a.rows[tables[i]], b.rows[tables[i]],
                                       n * sim_table_info(tables[i])->row_bytes) == 0,
                      "SIM_SEED=%lu: %s", seed, a.scheduler->name);
            *(i == 0 ? &waits : &promises) += n;
        }
        world_fini(&a);
        world_fini(&b);
    }
    cr_expect_gt(waits, 5000);
    cr_expect_gt(promises, 100);
}
