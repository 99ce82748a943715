/* Schedulers as actors: whose job a task is, letters and timers in their order, evictions within a
 * commit, versions, and private copies of the cell. */
#include "world.h"

#define S SIM_SECONDS

static char trail[4096]; /* What happened, in words. */

static void say(const struct sim_context *ctx, const char *what, uint64_t number)
{
    const size_t at = strlen(trail);
    snprintf(trail + at, sizeof trail - at, "%s %s %lu at %ld; ", sim_seat(ctx)->name, what,
             (unsigned long)number, (long)(sim_now(ctx) / S(1)));
}

/* ---- letters and timers ---------------------------------------------------------------------- */

static void scribe_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    (void)state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    say(ctx, "got", t.id);
    sim_timer(ctx, S(3), t.id);
    sim_send(ctx, sim_hub(ctx), S(2), 7, &t.id, sizeof t.id);
}

static void scribe_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    (void)state;
    say(ctx, "timer", token);
}

static void scribe_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    (void)state;
    cr_expect_eq(m->size, sizeof(sim_task));
    say(ctx, "answer", *(const sim_task *)m->body);
}

static void hub_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    (void)state;
    cr_expect_eq(m->kind, 7);
    say(ctx, "letter", *(const sim_task *)m->body);
    sim_send(ctx, m->from, 0, 8, m->body, m->size);
}

static const struct sim_scheduler scribe_hub = {
    .abi = SIM_SCHEDULER_ABI, .name = "hub", .on_message = hub_message};
static const struct sim_scheduler scribe = {.abi = SIM_SCHEDULER_ABI,
                                            .name = "scribe",
                                            .hub = &scribe_hub,
                                            .on_submit = scribe_submit,
                                            .on_message = scribe_message,
                                            .on_timer = scribe_timer};

static struct world_task *tiered(struct world *w, sim_time at, enum sim_tier tier, const char *user)
{
    struct world_task *t = world_task(w, at, S(1), 1000, GIB(1));
    t->in.u.task.known.tier = tier;
    world_user(t, user);
    return t;
}

Test(actors, letters_and_timers_come_in_time_to_whom_they_are_for)
{
    struct world w;
    world_init(&w);
    trail[0] = 0;
    w.scheduler = &scribe;
    world_machine(&w, 0, "m", 4000, GIB(8), 0);
    tiered(&w, 0, SIM_TIER_BATCH, "ann");
    tiered(&w, S(1), SIM_TIER_PRODUCTION, "ann");
    world_set(&w, "schedulers.service.tiers", "production, monitoring");
    world_set(&w, "schedulers.rest.count", "1");
    world_run(&w, "best-fit");
    cr_expect_str_eq(trail,
                     "rest got 0 at 0; service got 1 at 1; hub letter 0 at 2; rest answer 0 at 2; "
                     "rest timer 0 at 3; hub letter 1 at 3; service answer 1 at 3; service "
                     "timer 1 at 4; ");
    cr_expect_eq(world_result(&w, 0)->scheduler, 0);
    cr_expect_eq(world_result(&w, 1)->scheduler, 1);
    world_fini(&w);
}

Test(actors, jobs_are_dealt_in_turn_or_by_user)
{
    for (int by_user = 0; by_user < 2; by_user++) {
        struct world w;
        world_init(&w);
        world_machine(&w, 0, "m", 8000, GIB(80), 0);
        const char *const users[] = {"ann", "ann", "bob", "ann", "bob"};
        for (size_t i = 0; i < 5; i++) {
            tiered(&w, S((int64_t)i), SIM_TIER_BATCH, users[i]);
        }
        world_set(&w, "schedulers.all.count", "2");
        world_set(&w, "schedulers.all.deal", by_user ? "by-user" : "in-turn");
        world_run(&w, "best-fit");
        const uint32_t expected[2][5] = {{0, 1, 0, 1, 0}, {0, 0, 1, 0, 1}};
        for (uint32_t i = 0; i < 5; i++) {
            cr_expect_eq(world_result(&w, i)->scheduler, expected[by_user][i], "%d %u", by_user, i);
        }
        world_fini(&w);
    }
}

static void refuses(struct world *w, const char *text)
{
    struct sim_diag diag = {0};
    cr_assert_not(world_try(w, sim_policy_find("best-fit"), &diag));
    cr_expect(strstr(diag.text, text) != NULL, "%s", diag.text);
    world_fini(w);
}

Test(actors, what_cannot_be_is_said)
{
    struct world w;
    world_init(&w);
    world_machine(&w, 0, "m", 8000, GIB(80), 0);
    tiered(&w, 0, SIM_TIER_BATCH, "ann");
    world_set(&w, "schedulers.a.tiers", "batsh");
    refuses(&w, "schedulers.a.tiers: 'batsh' is not a tier");
    world_init(&w);
    world_machine(&w, 0, "m", 8000, GIB(80), 0);
    tiered(&w, 0, SIM_TIER_BATCH, "ann");
    world_set(&w, "schedulers.a.tiers", "free");
    refuses(&w, "no scheduler takes job 'j0' of tier batch");
    world_init(&w);
    world_machine(&w, 0, "m", 8000, GIB(80), 0);
    world_set(&w, "schedulers.a.count", "2");
    w.scheduler = sim_scheduler_find("easy");
    sim_settings_declare(w.settings, w.scheduler->options);
    refuses(&w, "scheduler easy plans for the whole cell, and schedulers.* declares 2 of it");
    world_init(&w);
    world_machine(&w, 0, "m", 8000, GIB(80), 0);
    world_set(&w, "schedulers.a.count", "2");
    world_set(&w, "schedulers.a-1.tiers", "free");
    refuses(&w, "schedulers.*: two schedulers would be called 'a-1'");
    world_init(&w);
    world_machine(&w, 0, "m", 8000, GIB(80), 0);
    world_set(&w, "schedulers.a.think.job", "2s");
    refuses(&w, "scheduler monolithic decides at once: schedulers.a.think has no meaning");
}

/* ---- evictions and versions ------------------------------------------------------------------ */

static sim_slot seen[8];
static size_t seen_len;
static uint64_t version_before, version_running;

static void usurper_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    (void)state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    say(ctx, t.episode > 1 ? "again" : "got", t.id);
    seen[seen_len++] = task;
}

static void usurper_end(void *state, struct sim_context *ctx, sim_slot task)
{
    (void)state;
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    say(ctx, "left", t.id);
}

static void place(struct sim_context *ctx, sim_slot task, uint16_t victims)
{
    struct sim_choice c;
    sim_choose(ctx, task, &c);
    c.machine = 0;
    c.victims = victims;
    sim_record_placed(ctx, task, &c);
}

static void usurper_pass(void *state, struct sim_context *ctx)
{
    (void)state;
    if (seen_len == 1 && sim_now(ctx) == 0) {
        version_before = sim_context_view(ctx)->version[0];
        place(ctx, seen[0], 0);
        struct sim_op op = sim_op(SIM_OP_PLACE, seen[0], 0, 0);
        cr_assert(sim_commit(ctx, &op, 1, SIM_ATOMIC));
        version_running = sim_context_view(ctx)->version[0];
    } else if (seen_len == 2 && sim_now(ctx) == S(4)) {
        struct sim_op ops[3] = {sim_op(SIM_OP_EVICT, seen[0], 0, 0),
                                sim_op(SIM_OP_PLACE, seen[1], 0, 0),
                                sim_op(SIM_OP_PLACE, seen[1], 5, 0)};
        ops[0].winner = seen[1];
        cr_assert_not(sim_commit(ctx, ops, 3, SIM_ATOMIC));
        cr_expect_eq(ops[2].result, SIM_REJECT_GONE);
        cr_expect_eq(sim_context_view(ctx)->tasks[0], 1, "the eviction was taken back");
        place(ctx, seen[1], 1);
        cr_assert(sim_commit(ctx, ops, 2, SIM_ATOMIC));
    }
}

Test(actors, an_eviction_and_its_placement_are_one_commit)
{
    static const struct sim_scheduler usurper = {.abi = SIM_SCHEDULER_ABI,
                                                 .name = "usurper",
                                                 .on_submit = usurper_submit,
                                                 .on_end = usurper_end,
                                                 .on_pass = usurper_pass};
    struct world w;
    world_init(&w);
    seen_len = 0;
    trail[0] = 0;
    w.scheduler = &usurper;
    world_machine(&w, 0, "m", 1000, GIB(8), 0);
    world_task(&w, 0, S(10), 1000, GIB(1));
    world_task(&w, S(4), S(10), 1000, GIB(1));
    world_run(&w, "first-fit");
    cr_expect_str_eq(trail, "usurper got 0 at 0; usurper got 1 at 4; usurper left 0 at 4; usurper "
                            "again 0 at 4; usurper left 1 at 14; ");
    cr_assert_eq(w.row_count[SIM_TABLE_EVICTIONS], 1);
    const struct sim_eviction_row *e = world_row(&w, SIM_TABLE_EVICTIONS, 0);
    cr_expect_eq(e->cause, SIM_EVICT_PREEMPTED);
    cr_expect_eq(e->by_task, 1);
    cr_expect_eq(e->lost_us, S(4));
    cr_expect_eq(world_decision(&w, (size_t)e->by_decision)->victims, 1);
    cr_expect_eq(version_running, version_before + 1, "room was taken");
    world_fini(&w);
}

/* ---- omega ----------------------------------------------------------------------------------- */

static void omega_world(struct world *w)
{
    world_init(w);
    w->scheduler = sim_scheduler_find("omega");
    sim_settings_declare(w->settings, w->scheduler->options);
    world_set(w, "schedulers.fast.tiers", "production");
    world_set(w, "schedulers.fast.think.job", "1s");
    world_set(w, "schedulers.slow.think.job", "10s");
}

/* Both look at one machine with room for one; the slow one comes too late. */
Test(omega, who_commits_later_meets_the_conflict_and_says_with_whom)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "m", 1000, GIB(8), 0);
    world_task(&w, 0, S(20), 1000, GIB(1))->in.u.task.known.tier = SIM_TIER_BATCH;
    world_task(&w, S(2), S(20), 1000, GIB(1))->in.u.task.known.tier = SIM_TIER_PRODUCTION;
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(3));
    const struct sim_conflict_row *c = world_row(&w, SIM_TABLE_CONFLICTS, 0);
    cr_assert_eq(w.row_count[SIM_TABLE_CONFLICTS], 1);
    cr_expect_eq(c->by_task, 1);
    cr_expect_eq(c->by_scheduler, 0, "fast comes before slow");
    cr_expect_eq(c->taken_us, S(3));
    cr_expect_eq(c->kind, SIM_CONFLICT_ROOM);
    cr_expect_eq(world_decision(&w, (size_t)c->decision)->outcome, SIM_OUTCOME_CONFLICT);
    const struct sim_attempt_row *a = world_row(&w, SIM_TABLE_ATTEMPTS, 1);
    cr_expect_eq(a->began_us, 0);
    cr_expect_eq(a->ended_us, S(10));
    cr_expect_eq(a->outcome, SIM_ATTEMPT_CONFLICTED);
    a = world_row(&w, SIM_TABLE_ATTEMPTS, 2); /* It retries at 11, and finds the machine full. */
    cr_expect_eq(a->began_us, S(11));
    cr_expect_eq(a->outcome, SIM_ATTEMPT_FRUITLESS);
    cr_expect_eq(world_decision(&w, 2)->reason, SIM_REASON_CAPACITY);
    cr_expect_eq(world_result(&w, 0)->start_us, S(43),
                 "the copy of 22 s was full: taken before 23 s");
    world_fini(&w);
}

/* The slow job has two tasks for a machine on which room for three is left after the fast one's. */
static void version_run(struct world *w, const char *conflict, const char *commit)
{
    omega_world(w);
    world_machine(w, 0, "a", 4000, GIB(8), 0);
    world_machine(w, 0, "b", 1000, GIB(8), 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct world_task *t = world_task(w, 0, S(20), 1000, GIB(1));
        t->in.u.task.known.tier = SIM_TIER_BATCH;
        world_job(t, "slow", i);
    }
    world_task(w, S(2), S(20), 1000, GIB(1))->in.u.task.known.tier = SIM_TIER_PRODUCTION;
    world_set(w, "scheduler.conflict", conflict);
    world_set(w, "scheduler.commit", commit);
    world_run(w, "worst-fit");
}

Test(omega, nothing_passes_on_a_machine_after_a_conflict_of_versions_there)
{
    struct world w;
    version_run(&w, "version", "incremental");
    const struct sim_attempt_row *a = world_row(&w, SIM_TABLE_ATTEMPTS, 1);
    cr_expect_eq(a->tasks, 3);
    cr_expect_eq(a->conflicts, 3, "worst fit fills machine a, whose version has moved");
    cr_expect_eq(a->placed, 0);
    world_fini(&w);
    version_run(&w, "room", "incremental");
    a = world_row(&w, SIM_TABLE_ATTEMPTS, 1);
    cr_expect_eq(a->placed, 3, "there is room for them all the same");
    cr_expect_eq(a->outcome, SIM_ATTEMPT_USEFUL);
    world_fini(&w);
}

Test(omega, all_or_nothing_takes_back_what_came_before_the_conflict)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "a", 3000, GIB(8), 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct world_task *t = world_task(&w, 0, S(20), 1000, GIB(1));
        t->in.u.task.known.tier = SIM_TIER_BATCH;
        world_job(t, "slow", i);
    }
    world_task(&w, S(2), S(20), 2000, GIB(1))->in.u.task.known.tier = SIM_TIER_PRODUCTION;
    world_set(&w, "scheduler.commit", "all-or-nothing");
    world_run(&w, "best-fit");
    const struct sim_attempt_row *a = world_row(&w, SIM_TABLE_ATTEMPTS, 1);
    cr_expect_eq(a->conflicts, 1);
    cr_expect_eq(a->undone, 1, "one was placed before it, one not tried");
    cr_expect_eq(a->placed, 0);
    uint32_t of_job = 0;
    for (size_t i = 0; i < w.row_count[SIM_TABLE_DECISIONS]; i++) {
        of_job += world_decision(&w, i)->reason == SIM_REASON_CONFLICT_OF_JOB;
    }
    cr_expect_eq(of_job, 2);
    cr_expect_eq(world_result(&w, 0)->start_us, S(21), "the copy of 11 s has room for one");
    world_fini(&w);
}

Test(omega, a_live_view_meets_no_conflict)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "m", 1000, GIB(8), 0);
    world_task(&w, 0, S(20), 1000, GIB(1))->in.u.task.known.tier = SIM_TIER_BATCH;
    world_task(&w, S(2), S(5), 1000, GIB(1))->in.u.task.known.tier = SIM_TIER_PRODUCTION;
    world_set(&w, "scheduler.view", "live");
    world_run(&w, "best-fit");
    cr_expect_eq(world_result(&w, 1)->start_us, S(3));
    cr_expect_eq(world_result(&w, 0)->start_us, S(10), "by then the other one has left");
    cr_expect_eq(w.row_count[SIM_TABLE_CONFLICTS], 0);
    world_fini(&w);
}

Test(omega, a_job_that_never_fits_is_given_up)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "m", 1000, GIB(8), 0);
    world_task(&w, 0, S(20), 2000, GIB(1))->in.u.task.known.tier = SIM_TIER_PRODUCTION;
    world_set(&w, "scheduler.give_up.unplaced", "3");
    world_run(&w, "best-fit");
    cr_expect_eq(w.row_count[SIM_TABLE_ATTEMPTS], 4);
    cr_expect_eq(world_result(&w, 0)->state, SIM_STATE_ABANDONED);
    cr_expect_eq(world_result(&w, 0)->wait_us, S(4 + 3), "four thoughts, three pauses");
    cr_expect_eq(w.totals.abandoned, 1);
    world_fini(&w);
}

/* More classes in one attempt than a copy keeps between attempts. */
Test(omega, a_job_of_many_different_tasks_is_placed_and_dropped)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "m", 100000, GIB(80), 0);
    for (uint32_t job = 0; job < 2; job++) {
        for (uint32_t i = 0; i < 150; i++) {
            struct world_task *t = world_task(&w, S(job), S(20), 100 + i, GIB(0));
            t->in.u.task.known.tier = SIM_TIER_BATCH;
            world_job(t, job == 0 ? "one" : "other", i);
        }
    }
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.ended, 300);
    world_fini(&w);
}

Test(omega, a_member_evicted_after_its_gang_started_is_placed_alone)
{
    struct world w;
    omega_world(&w);
    world_machine(&w, 0, "a", 1000, GIB(8), 0);
    world_machine(&w, 0, "b", 1000, GIB(8), 0);
    world_machine(&w, S(30), "c", 1000, GIB(8), 0);
    world_machine(&w, S(40), "b", 0, 0, 0)->in.kind = SIM_IN_MACHINE_REMOVE;
    for (uint32_t i = 0; i < 2; i++) {
        struct world_task *t = world_task(&w, 0, S(100), 1000, GIB(1));
        world_job(t, "gang", i);
        t->in.u.task.known.gang = 2;
        t->in.u.task.known.tier = SIM_TIER_BATCH;
    }
    world_run(&w, "best-fit");
    cr_expect_eq(w.totals.evicted, 1);
    cr_expect_eq(w.totals.ended, 2);
    cr_expect_eq(w.totals.abandoned, 0);
    world_fini(&w);
}
