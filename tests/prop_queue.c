/* What a scheduling pass must leave behind, on random worlds that are fuller of trouble than those
 * of prop_policy.c: gangs with surplus, late and unlike members, members and heads that give up,
 * machines that change under the tasks, taints, devices shared by several. After each pass of the
 * monolithic scheduler
 *
 *   - nothing is held for a gang that is not running;
 *   - nobody waits for whom there is room now (of a blocking queue: the head does not);
 *   - everybody who waits was told why. */
#include "core/engine.h"
#include "prop.h"
#include "world.h"

#define S(n) SIM_SECONDS(n)

enum { SHAPES = 12, NAMES = 4096 };
static const char *const zones[] = {"east", "west", "north"};
static const char *const orders[] = {"fifo", "priority"};
static const char *const ties[] = {"default", "lowest-id", "random", "rotation", "rank"};
static const struct sim_taint taint = {{"gpu", 3}, {"yes", 3}, SIM_NO_SCHEDULE};
static const struct sim_constraint tolerates = {{"gpu", 3}, SIM_OP_TOLERATES, NULL, 0, 0};

/* ---- worlds ---------------------------------------------------------------------------------- */

struct shape {
    int64_t cpu, memory, disk, extended;
    uint16_t gpus, milli;
    int zone;
    bool tolerates;
};

static struct shape random_shape(struct prng *r)
{
    struct shape s = {500 * prop_range(r, 0, 8), GIB(prop_range(r, 0, 4)), 0, 0, 0, 0, -1, false};
    s.disk = prng_below(r, 8) == 0 ? GIB(1) : 0;
    s.extended = prng_below(r, 8) == 0 ? prop_range(r, 1, 3) : 0;
    if (prng_below(r, 2) == 0) {
        s.gpus = (uint16_t)prop_range(r, 1, 4);
        s.milli = prng_below(r, 2) ? 1000 : (uint16_t)(100 * prop_range(r, 1, 9));
    }
    s.zone = prng_below(r, 4) == 0 ? (int)prng_below(r, 3) : -1;
    s.tolerates = prng_below(r, 8) == 0;
    return s;
}

static struct world_task *random_task(struct world *w, struct prng *r, const struct shape *s,
                                      int64_t at)
{
    struct world_task *t = world_task(w, S(at), S(prop_range(r, 0, 30)), s->cpu, s->memory);
    struct sim_task_known *k = &t->in.u.task.known;
    k->request.v[SIM_DISK] = s->disk;
    k->request.v[SIM_EXTENDED] = s->extended;
    k->time_limit_us = S(prop_range(r, 1, 40));
    if (s->gpus > 0) {
        world_gpu(t, s->gpus, s->milli);
    }
    if (s->zone >= 0) {
        world_zone(t, zones[s->zone]);
    } else if (s->tolerates) {
        k->constraints = &tolerates;
        k->constraint_count = 1;
    }
    if (prng_below(r, 8) == 0) {
        t->in.u.task.truth.cancel_us = S(at + prop_range(r, 0, 30));
    }
    if (prng_below(r, 25) == 0) {
        t->in.u.task.truth.duration_us = SIM_NEVER;
    }
    return t;
}

static void random_gang(struct world *w, struct prng *r, const struct shape *shapes, int64_t at,
                        uint32_t number)
{
    char job[24];
    const uint32_t least = 2 + prng_below(r, 3), len = least + prng_below(r, 3);
    const bool alike = prng_below(r, 2), late = prng_below(r, 3) == 0;
    const struct shape *first = &shapes[prng_below(r, SHAPES)];
    const int32_t priority = (int32_t)prng_below(r, 3);
    snprintf(job, sizeof job, "gang%u", number);
    for (uint32_t i = 0; i < len; i++) {
        const struct shape *s = alike ? first : &shapes[prng_below(r, SHAPES)];
        struct world_task *t = random_task(w, r, s, at + (late ? prop_range(r, 0, 8) : 0));
        world_job(t, job, i);
        t->in.u.task.known.gang = least;
        t->in.u.task.known.priority = priority;
    }
}

static void dress(struct world_machine *m, struct prng *r, bool taints)
{
    m->in.u.machine.capacity.v[SIM_DISK] = GIB(prop_range(r, 0, 4));
    m->in.u.machine.capacity.v[SIM_EXTENDED] = prop_range(r, 0, 4);
    if (prng_below(r, 3) != 0) {
        world_label(m, zones[prng_below(r, 3)]);
    }
    if (taints && prng_below(r, 4) == 0) {
        m->in.u.machine.taints = &taint;
        m->in.u.machine.taint_count = 1;
    }
}

static void random_cell(struct world *w, struct prng *r)
{
    static const enum sim_input_kind kinds[] = {SIM_IN_MACHINE_REMOVE, SIM_IN_MACHINE_UPDATE,
                                                SIM_IN_MACHINE_DRAIN, SIM_IN_MACHINE_UNDRAIN,
                                                SIM_IN_MACHINE_ADD};
    const uint32_t n = 1 + prng_below(r, prng_below(r, 4) == 0 ? 80 : 8);
    const bool taints = prng_below(r, 3) == 0;
    char name[32];
    for (uint32_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "m%u", i);
        dress(world_machine(w, 0, name, 1000 * prop_range(r, 1, 6), GIB(prop_range(r, 1, 8)),
                            prng_below(r, 5)),
              r, taints);
    }
    const uint32_t events = prng_below(r, prng_below(r, 2) ? 40 : 4);
    for (uint32_t i = 0; i < events; i++) {
        snprintf(name, sizeof name, "m%u", prng_below(r, n + 3));
        struct world_machine *m =
            world_machine(w, S(prop_range(r, 1, 60)), name, 1000 * prop_range(r, 0, 6),
                          GIB(prop_range(r, 0, 8)), prng_below(r, 5));
        m->in.kind = kinds[prng_below(r, 5)];
        dress(m, r, taints);
    }
}

static void random_world(struct world *w, uint64_t seed)
{
    struct prng stream, *r = &stream;
    struct shape shapes[SHAPES];
    prng_init(r, seed, "queue");
    world_init(w);
    w->seed = seed;
    random_cell(w, r);
    for (uint32_t i = 0; i < SHAPES; i++) {
        shapes[i] = random_shape(r);
    }
    const uint32_t count = 10 + prng_below(r, 150), gangs = prng_below(r, 3) ? 6 : 60;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t at = prop_range(r, 0, 60);
        if (prng_below(r, gangs) == 0) {
            random_gang(w, r, shapes, at, i);
        } else {
            struct world_task *t = random_task(w, r, &shapes[prng_below(r, SHAPES)], at);
            t->in.u.task.known.priority = (int32_t)prng_below(r, 3);
        }
    }
    world_set(w, "check", "every-event");
    world_set(w, "queue.order", orders[prng_below(r, 2)]);
    world_set(w, "queue.blocking", prng_below(r, 3) == 0 ? "true" : "false");
    world_set(w, "tie", ties[prng_below(r, 5)]);
    world_set(w, "event_order", prng_below(r, 2) ? "batch" : "event");
}

/* ---- after each pass ------------------------------------------------------------------------- */

static const struct sim_scheduler *inner;
static uint64_t seed_now, waits_seen;
static bool blocking, by_priority, ran[NAMES]; /* By job: its gang started once. */

static bool comes_before(const struct task *a, const struct task *b)
{
    return by_priority && a->priority != b->priority ? a->priority > b->priority : a->seq < b->seq;
}

static bool is_alone(const struct task *t)
{
    return t->gang <= 1 || ran[t->job];
}

static const struct task *head_of(const struct sim_context *c)
{
    const struct task *head = NULL;
    for (size_t i = 0; i < c->task_count; i++) {
        const struct task *t = &c->tasks[i];
        if (t->state == TASK_WAITING && (head == NULL || comes_before(t, head))) {
            head = t;
        }
    }
    return head;
}

static void judged_pass(void *state, struct sim_context *c)
{
    inner->on_pass(state, c);
    cr_assert_eq(c->held, 0, "SIM_SEED=%lu: something is still held", seed_now);
    for (size_t i = 0; i < c->task_count; i++) {
        const struct task *t = &c->tasks[i];
        ran[t->job % NAMES] |= t->state == TASK_RUNNING && t->gang > 1;
    }
    const struct task *head = head_of(c);
    const bool gang_first = head != NULL && !is_alone(head);
    for (size_t i = 0; i < c->task_count; i++) {
        const struct task *t = &c->tasks[i];
        if (t->state != TASK_WAITING) {
            continue;
        }
        waits_seen++;
        cr_assert_neq(t->refused_reason, SIM_REASON_NOTHING, "SIM_SEED=%lu: task %u waits untold",
                      seed_now, t->id);
        if (!is_alone(t) || (blocking && (t != head || gang_first))) {
            continue;
        }
        for (sim_machine m = 0; m < cell_view(c->cell)->n; m++) {
            cr_assert_not(placer_fits(c->placer, &t->cls->cls, m),
                          "SIM_SEED=%lu: task %u waits, machine %u has room at %ld us", seed_now,
                          t->id, m, c->now_us);
        }
    }
}

static void every_wait_has_a_reason(const struct world *w)
{
    for (size_t i = 0; i < w->row_count[SIM_TABLE_SPANS]; i++) {
        const struct sim_span_row *s = world_row(w, SIM_TABLE_SPANS, i);
        cr_assert_neq(s->reason, SIM_REASON_NOTHING, "SIM_SEED=%lu: task %u", seed_now, s->task);
    }
}

Test(queue, leaves_nobody_waiting_for_whom_there_is_room, .timeout = 300)
{
    static struct world w;
    static struct sim_scheduler judged;
    uint32_t policies = 0;
    inner = sim_scheduler_find("monolithic");
    judged = *inner;
    judged.on_pass = judged_pass;
    while (sim_policy_at(policies) != NULL) {
        policies++;
    }
    PROP_FOR_ALL (seed, 150) {
        seed_now = seed;
        memset(ran, 0, sizeof ran);
        random_world(&w, seed);
        w.scheduler = &judged;
        blocking = sim_settings_bool(w.settings, "queue.blocking");
        by_priority = sim_settings_choice(w.settings, "queue.order") == 1;
        world_run_policy(&w, sim_policy_at(seed % policies));
        cr_assert_eq(w.totals.invariant_violations, 0, "SIM_SEED=%lu: invariants", seed);
        every_wait_has_a_reason(&w);
        world_fini(&w);
    }
    cr_assert_gt(waits_seen, 1000);
}
