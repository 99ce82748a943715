/* Properties that hold for every policy in the table under every scheduler, on random small worlds:
 * a new file of either is put through all of them without a new line of test code. */
#include <criterion/parameterized.h>

#include "prop.h"
#include "world.h"

#define MACHINE_EVENTS 6

struct judge { /* Checks each decision while it is taken. */
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
    uint64_t seed;
    uint64_t placed, refused;
};

static const char *const orders[] = {"fifo", "priority"};
static const char *const ties[] = {"default", "lowest-id", "random", "rotation", "rank"};

static void random_machines(struct world *w, struct prng *r)
{
    const uint32_t n = 1 + prng_below(r, 150 / (1 + prng_below(r, 12)));
    char name[32];
    for (uint32_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "m%u", i);
        const uint32_t kind = prng_below(r, 4);
        struct world_machine *m = world_machine(w, 0, name, 2000 * prop_range(r, 1, 4),
                                                GIB(prop_range(r, 1, 8)), kind == 3 ? 4 : kind);
        if (kind < 2) {
            world_label(m, kind == 0 ? "east" : "west");
        }
    }
    for (uint32_t i = 0; i < prng_below(r, MACHINE_EVENTS); i++) {
        snprintf(name, sizeof name, "m%u", prng_below(r, n));
        const enum sim_input_kind kinds[] = {SIM_IN_MACHINE_REMOVE, SIM_IN_MACHINE_UPDATE,
                                             SIM_IN_MACHINE_DRAIN, SIM_IN_MACHINE_UNDRAIN,
                                             SIM_IN_MACHINE_ADD};
        world_machine(w, SIM_SECONDS(prop_range(r, 1, 60)), name, 1000 * prop_range(r, 0, 8),
                      GIB(prop_range(r, 0, 8)), 1)
            ->in.kind = kinds[prng_below(r, 5)];
    }
}

static void random_tasks(struct world *w, struct prng *r)
{
    const uint32_t n = 20 + prng_below(r, 120);
    for (uint32_t i = 0; i < n; i++) {
        const int64_t at = prop_range(r, 0, 60), length = prop_range(r, 0, 30);
        struct world_task *t = world_task(w, SIM_SECONDS(at), SIM_SECONDS(length),
                                          500 * prop_range(r, 0, 6), GIB(prop_range(r, 0, 4)));
        struct sim_task_known *k = &t->in.u.task.known;
        k->time_limit_us =
            prng_below(r, 6) == 0 ? SIM_NEVER : SIM_SECONDS(length + prop_range(r, 0, 20));
        k->priority = (int32_t)prng_below(r, 3);
        k->tier = (enum sim_tier)(SIM_TIER_BATCH + prng_below(r, 3));
        const uint32_t gpu = prng_below(r, 6);
        if (gpu == 0) {
            world_gpu(t, 1, (uint16_t)(100 * prop_range(r, 1, 9)));
        } else if (gpu == 1) {
            world_gpu(t, (uint16_t)prop_range(r, 1, 4), 1000);
        }
        if (prng_below(r, 5) == 0) {
            world_zone(t, prng_below(r, 2) ? "east" : "west");
        }
        if (prng_below(r, 8) == 0) {
            world_job(t, "spread", i);
            k->max_per_machine = 1 + prng_below(r, 2);
        } else if (prng_below(r, 12) == 0) {
            char job[16];
            snprintf(job, sizeof job, "gang%u", i);
            world_job(t, job, 0);
            k->gang = 2;
            if (prng_below(r, 3) == 0) { /* One more than must start. */
                struct world_task *more = world_task(w, SIM_SECONDS(at), SIM_SECONDS(length),
                                                     2 * k->request.v[SIM_CPU], GIB(1));
                world_job(more, job, 2);
                more->in.u.task.known.gang = 2;
                more->in.u.task.known.time_limit_us = SIM_SECONDS(length + 1);
            }
            struct world_task *mate = world_task(w, SIM_SECONDS(at), SIM_SECONDS(length),
                                                 k->request.v[SIM_CPU], k->request.v[SIM_MEMORY]);
            world_job(mate, job, 1);
            mate->in.u.task.known.gang = 2;
        }
        if (prng_below(r, 10) == 0) {
            t->in.u.task.truth.cancel_us = SIM_SECONDS(at + prop_range(r, 0, 20));
        }
        if (prng_below(r, 20) == 0) {
            t->in.u.task.truth.duration_us = SIM_NEVER;
        }
    }
}

/* Half of the worlds have the one that policies are mostly used with. */
static void random_scheduler(struct world *w, struct prng *r)
{
    uint32_t n = 0;
    while (sim_scheduler_at(n) != NULL) {
        n++;
    }
    if (prng_below(r, 2) == 0) {
        w->scheduler = sim_scheduler_at(prng_below(r, n));
    }
    if (w->scheduler->options != NULL && strcmp(w->scheduler->name, "monolithic") != 0) {
        sim_settings_declare(w->settings, w->scheduler->options);
    }
}

/* How machines are probed, where that is asked for. */
static void random_probes(struct world *w, struct prng *r)
{
    static const char *const options[][5] = {
        {"scheduler.mode", "late-binding", "batch", "per-task", "random"},
        {"scheduler.delay", "0", "10us", "700ms", "2s"},
        {"scheduler.order", "fifo", "round-robin", "priority", "fifo"},
        {"scheduler.ratio", "1", "1.05", "2", "40"},
        {"scheduler.ratio.constrained", "1", "2", "3", "100"},
        {"scheduler.cancellation", "true", "true", "false", "false"}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (sim_settings_has(w->settings, "scheduler.ratio")) {
            world_set(w, options[i][0], options[i][1 + prng_below(r, 4)]);
        }
    }
}

/* Roles, quotas and refusals, where there are such things. */
static void random_offers(struct world *w, struct prng *r)
{
    static const char *const options[][3] = {{"scheduler.allocate", "events", "interval"},
                                             {"scheduler.offer_delay", "0", "700ms"},
                                             {"scheduler.retry", "0", "1s"},
                                             {"scheduler.give_up.unplaced", "10", "20"},
                                             {"scheduler.give_up", "30", "40"},
                                             {"schedulers.crowd.take", "all", "one"},
                                             {"schedulers.crowd.refuse", "0", "3s"},
                                             {"schedulers.crowd.limit.cpu", "0", "12"},
                                             {"schedulers.service.guarantee.cpu", "0", "8"},
                                             {"schedulers.service.weight", "1", "2.5"}};
    for (size_t i = 0;
         i < sizeof options / sizeof *options && strcmp(w->scheduler->name, "mesos") == 0; i++) {
        world_set(w, options[i][0], options[i][1 + prng_below(r, 2)]);
    }
}

/* Several schedulers that share the jobs, and take their time where they can. */
static void random_groups(struct world *w, struct prng *r)
{
    static const char *const options[][3] = {{"scheduler.view", "snapshot", "live"},
                                             {"scheduler.conflict", "room", "version"},
                                             {"scheduler.commit", "incremental", "all-or-nothing"}};
    const bool thinks = (w->scheduler->flags & SIM_THINKS) != 0;
    if ((w->scheduler->flags & SIM_ONE_PER_RUN) != 0 || prng_below(r, 2) == 0) {
        return;
    }
    world_set(w, "schedulers.crowd.count", prng_below(r, 2) ? "1" : "3");
    if (prng_below(r, 2) == 0) {
        world_set(w, "schedulers.service.tiers", "mid,production");
    }
    for (size_t i = 0; thinks && i < sizeof options / sizeof *options; i++) {
        if (sim_settings_has(w->settings, options[i][0])) {
            world_set(w, options[i][0], options[i][1 + prng_below(r, 2)]);
        }
    }
    random_offers(w, r);
    if (thinks) {
        world_set(w, "schedulers.crowd.think.job", prng_below(r, 2) ? "0" : "1500ms");
        world_set(w, "schedulers.crowd.think.task", prng_below(r, 2) ? "0" : "500ms");
        world_set(w, "schedulers.service.think.job", "2s");
    }
}

/* Costs that make running tasks move and give way; data on machines, some of which never come. */
static void random_flow(struct world *w, struct prng *r)
{
    static const char *const options[][4] = {
        {"scheduler.model", "quincy", "load-balance", "cpu-mem"},
        {"scheduler.preempt", "true", "true", "false"},
        {"scheduler.fair", "false", "true", "false"},
        {"scheduler.slots", "0", "1", "3"},
        {"scheduler.interval", "1s", "1500ms", "7s"},
        {"scheduler.wait", "-1", "3", "40"},
        {"scheduler.run_rate", "-1", "2", "0.6"}};
    if (!sim_settings_has(w->settings, "scheduler.model")) {
        return;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        world_set(w, options[i][0], options[i][1 + prng_below(r, 3)]);
    }
    world_set(w, "schedulers.one.think.job", prng_below(r, 2) ? "0" : "2500ms");
    for (size_t i = 0; i < w->task_count; i++) {
        if (prng_below(r, 2) == 0) {
            char name[16];
            snprintf(name, sizeof name, "m%u", prng_below(r, 20));
            world_data(w->tasks[i], name, prop_range(r, 0, 30) * 1000000000);
        }
    }
}

static void random_world(struct world *w, uint64_t seed)
{
    struct prng r;
    prng_init(&r, seed, "world");
    world_init(w);
    w->seed = seed;
    random_machines(w, &r);
    random_tasks(w, &r);
    random_scheduler(w, &r);
    random_groups(w, &r);
    random_probes(w, &r);
    random_flow(w, &r);
    world_set(w, "check", "every-event");
    world_set(w, "queue.order", orders[prng_below(&r, 2)]);
    world_set(w, "queue.blocking", prng_below(&r, 3) == 0 ? "true" : "false");
    world_set(w, "tie", ties[prng_below(&r, 5)]);
    world_set(w, "event_order", prng_below(&r, 2) ? "batch" : "event");
}

/* ---- decisions against a slow and obvious look at every machine ----------------------------- */

static void judge_scores(const struct judge *j, const struct sim_inspect *in, uint32_t feasible)
{
    const struct sim_decision_row *d = in->row;
    int64_t best = INT64_MIN, second = INT64_MIN;
    uint32_t count = 0;
    for (sim_machine m = 0; m < in->view->n; m++) {
        uint32_t mask;
        int64_t score;
        sim_inspect_machine(in, m, &mask, &score, NULL);
        if (mask == 0) {
            count = score > best ? 1 : count + (score == best);
            best = score > best ? score : best;
            second = m != d->machine && score > second ? score : second;
        }
    }
    cr_assert_eq(d->score, best, "%s SIM_SEED=%lu: not the best score", j->policy->name, j->seed);
    cr_assert_eq(d->ties, count, "%s SIM_SEED=%lu: ties", j->policy->name, j->seed);
    if (feasible > 1) {
        cr_assert_neq(d->runner_up, SIM_NONE, "%s SIM_SEED=%lu: runner-up", j->policy->name,
                      j->seed);
        cr_assert_eq(d->margin, best - second, "%s SIM_SEED=%lu: margin", j->policy->name, j->seed);
    } else {
        cr_assert_eq(d->runner_up, SIM_NONE);
    }
}

/* Probes decided, and not the policy. */
static bool by_probe(const struct sim_decision_row *d)
{
    return d->reason == SIM_REASON_PROBE_WON || d->reason == SIM_REASON_SHORTEST_QUEUE ||
           d->reason == SIM_REASON_DRAWN;
}

static bool judge_decision(void *self, const struct sim_inspect *in)
{
    struct judge *j = self;
    const struct sim_decision_row *d = in->row;
    const struct sim_reason_info *reason = sim_reason_info(d->reason);
    cr_assert_not_null(reason);
    if (reason->stage < SIM_STAGE_FILTER) { /* No machine was looked at. */
        return true;
    }
    uint32_t feasible = 0, mask = 1;
    for (sim_machine m = 0; m < in->view->n; m++) {
        uint32_t one;
        sim_inspect_machine(in, m, &one, NULL, NULL);
        feasible += one == 0;
        mask = m == d->machine ? one : mask;
    }
    if (d->outcome == SIM_OUTCOME_WAIT) {
        j->refused++;
        if (reason->stage == SIM_STAGE_BIND) {
            cr_assert_gt(feasible, 0, "%s SIM_SEED=%lu: no room now either", j->policy->name,
                         j->seed);
            return true;
        }
        cr_assert_eq(feasible, 0, "%s SIM_SEED=%lu: refused although %u machines could run it",
                     j->policy->name, j->seed, feasible);
        return true;
    }
    j->placed += d->outcome == SIM_OUTCOME_PLACED;
    /* Victims make room in the same commit, for what they can make room for. */
    cr_assert_eq(d->victims > 0 ? mask & SIM_FAIL_STATIC : mask, 0,
                 "%s SIM_SEED=%lu: placed where it does not fit", j->policy->name, j->seed);
    if ((j->scheduler->flags & SIM_OWN_PLACEMENT) != 0) { /* Its scores are its own. */
        cr_assert_eq(d->feasible, feasible, "%s SIM_SEED=%lu: feasible", j->policy->name, j->seed);
        cr_assert_eq(d->examined, in->view->n);
        cr_assert_neq(d->runner_up, d->machine);
        cr_assert(d->margin >= 0 && (d->runner_up != SIM_NONE || d->margin == 0));
    } else if (j->policy->examine == SIM_EXAMINE_ALL && !by_probe(d)) {
        cr_assert_eq(d->feasible, feasible, "%s SIM_SEED=%lu: feasible", j->policy->name, j->seed);
        cr_assert_eq(d->examined, in->view->n);
        judge_scores(j, in, feasible);
    }
    return true;
}

/* ---- what the tables must satisfy ----------------------------------------------------------- */

static void one_reason_per_machine(const struct world *w, const char *policy, uint64_t seed)
{
    const struct sim_failmask_row *f = (const void *)w->rows[SIM_TABLE_FAILMASK];
    size_t at = 0;
    for (size_t i = 0; i < w->row_count[SIM_TABLE_DECISIONS]; i++) {
        const struct sim_decision_row *d = world_decision(w, i);
        if (d->fm == SIM_NONE || (d->flags & SIM_DECISION_EQUIV) != 0) {
            continue;
        }
        uint32_t sum = 0;
        cr_assert_eq(d->fm, at, "%s SIM_SEED=%lu: fail-mask rows in order", policy, seed);
        for (; at < w->row_count[SIM_TABLE_FAILMASK] && f[at].decision == (int64_t)i; at++) {
            cr_assert_neq(f[at].mask, 0);
            sum += f[at].count;
        }
        cr_assert_eq((uint16_t)sum, d->machines, "%s SIM_SEED=%lu: counts sum to the machines",
                     policy, seed);
    }
    cr_assert_eq(at, w->row_count[SIM_TABLE_FAILMASK]);
}

static void spans_sum_to_waits(const struct world *w, const char *policy, uint64_t seed)
{
    int64_t *sum = calloc(w->task_count + 1, sizeof *sum);
    for (size_t i = 0; i < w->row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(w, SIM_TABLE_SPANS, i);
        cr_assert_gt(s->to_us, s->from_us);
        cr_assert_neq(s->reason, SIM_REASON_NOTHING, "%s SIM_SEED=%lu: a wait without a reason",
                      policy, seed);
        sum[s->task] += s->to_us - s->from_us;
    }
    cr_assert_eq(w->row_count[SIM_TABLE_TASKS], w->task_count, "every task has one row");
    for (size_t i = 0; i < w->row_count[SIM_TABLE_TASKS]; i++) {
        const struct sim_task_row *t = world_row(w, SIM_TABLE_TASKS, i);
        cr_assert_eq(sum[t->task], t->wait_us, "%s SIM_SEED=%lu: task %u waited %ld, spans %ld",
                     policy, seed, t->task, t->wait_us, sum[t->task]);
        if (t->end_us != SIM_NEVER && t->state != SIM_STATE_CANCELLED) {
            cr_assert_eq(t->submit_us + t->wait_us + t->lost_us + t->run_us, t->end_us,
                         "%s SIM_SEED=%lu: waits, lost and useful runs make the whole", policy,
                         seed);
        }
    }
    free(sum);
}

/* Every placement by a probe has its row, in which time goes forward. */
static void probes_are_accounted_for(const struct world *w, const char *policy, uint64_t seed)
{
    size_t decisions = 0, at = 0;
    for (size_t i = 0; i < w->row_count[SIM_TABLE_PROBES]; i++) {
        const struct sim_probe_row *p = world_row(w, SIM_TABLE_PROBES, i);
        const bool asked = p->asked_us != SIM_NEVER, open = p->outcome == SIM_PROBE_OPEN;
        cr_assert_leq(p->sent_us, p->arrived_us);
        cr_assert(!asked || (p->arrived_us <= p->asked_us && p->asked_us <= p->ended_us));
        cr_assert_eq(p->ended_us == SIM_NEVER, open, "%s SIM_SEED=%lu: probe %zu", policy, seed, i);
        if (p->outcome != SIM_PROBE_WON) {
            continue;
        }
        while (at < w->row_count[SIM_TABLE_DECISIONS] && !by_probe(world_decision(w, at))) {
            at++;
        }
        const struct sim_decision_row *d = world_decision(w, at++);
        cr_assert(d->task == p->task && d->machine == p->machine && d->t_us == p->ended_us,
                  "%s SIM_SEED=%lu: probe %zu is not the one that d%zu tells of", policy, seed, i,
                  at - 1);
    }
    for (; at < w->row_count[SIM_TABLE_DECISIONS]; at++) {
        decisions += by_probe(world_decision(w, at));
    }
    cr_assert_eq(decisions, 0, "%s SIM_SEED=%lu: placed without a probe", policy, seed);
}

static void tasks_are_conserved(const struct sim_totals *t, const char *policy, uint64_t seed)
{
    cr_assert_eq(t->invariant_violations, 0, "%s SIM_SEED=%lu: invariants", policy, seed);
    cr_assert_eq(t->submitted,
                 t->ended + t->failed + t->killed + t->cancelled + t->abandoned + t->running +
                     t->pending,
                 "%s SIM_SEED=%lu: tasks", policy, seed);
    cr_assert_eq(t->submitted, t->placed + t->unplaced);
    cr_assert_eq(t->decisions,
                 t->decisions_placed + t->decisions_refused + t->decisions_conflicted);
}

static size_t policy_count(void)
{
    size_t n = 0;
    while (sim_policy_at(n) != NULL) {
        n++;
    }
    return n;
}

static size_t indices[64];
static struct criterion_test_params every_policy(void)
{
    for (size_t i = 0; i < 64; i++) {
        indices[i] = i;
    }
    return cr_make_param_array(size_t, indices, policy_count());
}

ParameterizedTestParameters(policies, decide_rightly_and_account_for_everything)
{
    return every_policy();
}
ParameterizedTest(size_t *index, policies, decide_rightly_and_account_for_everything,
                  .timeout = 300)
{
    const struct sim_policy *p = sim_policy_at(*index);
    struct judge j = {p, NULL, 0, 0, 0};
    PROP_FOR_ALL (seed, 25) {
        struct world w;
        random_world(&w, seed);
        j.seed = seed;
        j.scheduler = w.scheduler;
        const struct sim_tap tap = {&j, judge_decision};
        w.tap = &tap;
        world_run_policy(&w, p);
        one_reason_per_machine(&w, p->name, seed);
        spans_sum_to_waits(&w, p->name, seed);
        probes_are_accounted_for(&w, p->name, seed);
        tasks_are_conserved(&w.totals, p->name, seed);
        world_fini(&w);
    }
    cr_assert(j.placed > 0 && (j.refused > 0 || getenv("SIM_SEED") != NULL), "the worlds are idle");
}

static void same_rows(const struct world *a, const struct world *b, const char *policy,
                      uint64_t seed)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        cr_assert_eq(a->row_count[t], b->row_count[t], "%s SIM_SEED=%lu: %s rows", policy, seed,
                     sim_table_info((enum sim_table)t)->name);
        const size_t bytes = a->row_count[t] * sim_table_info((enum sim_table)t)->row_bytes;
        cr_assert(bytes == 0 || memcmp(a->rows[t], b->rows[t], bytes) == 0,
                  "%s SIM_SEED=%lu: %s differ", policy, seed,
                  sim_table_info((enum sim_table)t)->name);
    }
}

static void mask_cached(struct world *w)
{
    struct sim_decision_row *d = (void *)w->rows[SIM_TABLE_DECISIONS];
    for (size_t i = 0; i < w->row_count[SIM_TABLE_DECISIONS]; i++) {
        d[i].flags &= (uint8_t)~SIM_DECISION_CACHED;
    }
}

ParameterizedTestParameters(policies, answer_alike_twice_and_without_the_cache)
{
    return every_policy();
}
ParameterizedTest(size_t *index, policies, answer_alike_twice_and_without_the_cache, .timeout = 300)
{
    const struct sim_policy *p = sim_policy_at(*index);
    uint64_t cached = 0;
    PROP_FOR_ALL (seed, 25) {
        struct world first, second;
        random_world(&first, seed);
        world_run_policy(&first, p);
        random_world(&second, seed);
        world_run_policy(&second, p);
        same_rows(&first, &second, p->name, seed);
        world_forget(&second);
        world_set(&second, "cache", "false");
        world_run_policy(&second, p);
        for (size_t i = 0; i < first.row_count[SIM_TABLE_DECISIONS]; i++) {
            cached += (world_decision(&first, i)->flags & SIM_DECISION_CACHED) != 0;
        }
        mask_cached(&first);
        same_rows(&first, &second, p->name, seed);
        world_fini(&first);
        world_fini(&second);
    }
    cr_assert(cached > 0 || getenv("SIM_SEED") != NULL || p->scope != SIM_SCOPE_MACHINE ||
                  p->examine != SIM_EXAMINE_ALL,
              "%s: the cache was never used", p->name);
}
