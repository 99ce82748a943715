/* quincy.c - placement as a min-cost flow: all tasks together, in rounds.
 *
 * A round begins when something has happened, but at most once per scheduler.interval; and without
 * anything having happened when a task has waited so long that waiting costs more than a place that
 * was too dear. It looks at the cell, solves, and commits: at once, or after the time that
 * schedulers.*.think says (job: per round, task: per waiting task). See lib/rounds.h for what a
 * round does and lib/quincy.h for the network and the cost models.
 *
 * Source: Isard et al., Quincy (SOSP 2009); Gog et al., Firmament (OSDI 2016). */
#include <simctl/scheduler.h>

#include "base/check.h"
#include "sched/lib/rounds.h"

#define MILLI_PER_MILLION 1000 /* Decimals are kept in millionths, rates in thousandths. */

enum { COMMIT = 0 }; /* Token of a timer; others: the number of a request for a round. */

struct quincy_scheduler {
    struct rounds *rounds;
    sim_time interval_us;
    sim_time next_us;  /* No round begins before. */
    sim_time asked_us; /* For when a round is asked; SIM_NEVER. */
    uint64_t request;  /* Its number, from 1. */
    bool thinking, happened;
    bool committing; /* What happens now is the round's own doing. It gets one round more, */
    bool echoed;     /* unless that was one: a flow that the cell does not follow could go on so. */
};

static const struct sim_option options[] = {
    {"scheduler.interval", SIM_OPT_TIME, 1000, SIM_SECONDS(86400), "1s", NULL,
     "from the beginning of a round to that of the next one, at least"},
    {"scheduler.model", SIM_OPT_CHOICE, 0, 0, "quincy", "quincy|trivial|load-balance|cpu-mem",
     "what placing and waiting cost"},
    {"scheduler.preempt", SIM_OPT_BOOL, 0, 0, "true", NULL,
     "running tasks may be stopped and moved (model cpu-mem: never)"},
    {"scheduler.fair", SIM_OPT_BOOL, 0, 0, "false", NULL,
     "bounds per job: at least one task and at most a fair share of the places"},
    {"scheduler.slots", SIM_OPT_INT, 0, 1000000, "0", NULL, "tasks per machine; 0: as many as fit"},
    {"scheduler.wait", SIM_OPT_INT, -1, 1000000000, "-1", NULL,
     "cost of a task that does not run; -1: as the model has it"},
    {"scheduler.wait_rate", SIM_OPT_DECIMAL, -1000000, INT64_C(1000000000), "-1", NULL,
     "what that grows by per second of waiting; -1: as the model has it"},
    {"scheduler.run_rate", SIM_OPT_DECIMAL, -1000000, INT64_C(1000000000), "-1", NULL,
     "what a task is worth more where it runs, per second of running; -1: as the model has it"},
    {"scheduler.rack_cost", SIM_OPT_INT, -1, 1000000, "-1", NULL,
     "cost of moving a GB within a rack (label rack); -1: as the model has it"},
    {"scheduler.core_cost", SIM_OPT_INT, -1, 1000000, "-1", NULL,
     "cost of moving a GB between racks; -1: as the model has it"},
    SIM_OPTION_END};

static const struct quincy_model *const models[] = {
    &quincy_model_quincy, &quincy_model_trivial, &quincy_model_load_balance, &quincy_model_cpu_mem};

/* ---- creation -------------------------------------------------------------------------------- */

static void override(const struct sim_settings *s, const char *key, int64_t per, int64_t *param)
{
    const int64_t value = sim_settings_int(s, key);
    if (value >= 0) {
        *param = value / per;
    }
}

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct quincy_scheduler *s = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    const struct quincy_model *model = models[sim_settings_choice(set, "scheduler.model")];
    struct rounds_args args = {.model = model,
                               .params = model->defaults,
                               .preempt = sim_settings_bool(set, "scheduler.preempt"),
                               .fair = sim_settings_bool(set, "scheduler.fair"),
                               .slots = (uint32_t)sim_settings_int(set, "scheduler.slots")};
    (void)diag;
    override(set, "scheduler.wait", 1, &args.params.wait);
    override(set, "scheduler.wait_rate", MILLI_PER_MILLION, &args.params.wait_milli_per_s);
    override(set, "scheduler.run_rate", MILLI_PER_MILLION, &args.params.gain_milli_per_s);
    override(set, "scheduler.rack_cost", 1, &args.params.rack_per_gb);
    override(set, "scheduler.core_cost", 1, &args.params.core_per_gb);
    s->interval_us = sim_settings_int(set, "scheduler.interval");
    s->asked_us = SIM_NEVER;
    s->rounds = rounds_create(&args);
    return true;
}

static void fini(void *state)
{
    struct quincy_scheduler *s = state;
    rounds_destroy(s->rounds);
}

/* ---- when a round begins --------------------------------------------------------------------- */

static void ask_for_round(struct quincy_scheduler *s, struct sim_context *ctx, sim_time at)
{
    const sim_time now = sim_now(ctx);
    at = at < s->next_us ? s->next_us : at;
    at = at < now ? now : at;
    if (s->thinking || at >= s->asked_us) {
        return;
    }
    if (s->asked_us != SIM_NEVER) {
        sim_timer_drop(ctx, s->request);
    }
    s->asked_us = at;
    sim_timer(ctx, at - now, ++s->request);
}

/* Timers come after everything else that happens at an instant: a round sees it all. */
static void happen(struct quincy_scheduler *s, struct sim_context *ctx)
{
    if (s->committing && s->echoed) {
        return;
    }
    s->echoed = s->committing;
    s->happened = true;
    if (rounds_useful(s->rounds)) {
        ask_for_round(s, ctx, sim_now(ctx));
    }
}

static void commit(struct quincy_scheduler *s, struct sim_context *ctx)
{
    s->thinking = false;
    if (s->happened && rounds_useful(s->rounds)) { /* While it thought. */
        ask_for_round(s, ctx, sim_now(ctx));
    }
    s->committing = true;
    const sim_time due = rounds_commit(s->rounds, ctx);
    s->committing = false;
    if (due != SIM_NEVER) {
        ask_for_round(s, ctx, due);
    }
}

static void begin(struct quincy_scheduler *s, struct sim_context *ctx)
{
    s->happened = false;
    s->next_us = sim_now(ctx) + s->interval_us;
    const uint32_t tasks = rounds_look(s->rounds, ctx);
    const sim_time think = sim_think_time(ctx, SIM_TIER_BATCH, tasks);
    if (think == 0) {
        commit(s, ctx);
    } else {
        s->thinking = true;
        sim_timer(ctx, think, COMMIT);
    }
}

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct quincy_scheduler *s = state;
    if (token == COMMIT) {
        commit(s, ctx);
    } else {
        CHECK(token == s->request && s->asked_us != SIM_NEVER);
        s->asked_us = SIM_NEVER;
        begin(s, ctx);
    }
}

/* ---- hooks ----------------------------------------------------------------------------------- */

static void on_submit(void *state, struct sim_context *ctx, sim_slot task)
{
    struct quincy_scheduler *s = state;
    rounds_submit(s->rounds, ctx, task);
    happen(s, ctx);
}

static void on_cancel(void *state, struct sim_context *ctx, sim_slot task)
{
    struct quincy_scheduler *s = state;
    rounds_cancel(s->rounds, ctx, task);
    happen(s, ctx);
}

static void on_end(void *state, struct sim_context *ctx, sim_slot task)
{
    struct quincy_scheduler *s = state;
    rounds_end(s->rounds, ctx, task);
    happen(s, ctx);
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct quincy_scheduler *s = state;
    rounds_machine(s->rounds, ctx, m);
    happen(s, ctx);
}

const struct sim_scheduler sim_scheduler_quincy = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "quincy",
    .summary = "all tasks together as a min-cost flow, in rounds: data, waiting, preemption",
    .source = "Quincy (SOSP 2009), Firmament (OSDI 2016)",
    .options = options,
    .flags = SIM_ONE_PER_RUN | SIM_THINKS | SIM_OWN_PLACEMENT,
    .state_bytes = sizeof(struct quincy_scheduler),
    .init = init,
    .fini = fini,
    .on_submit = on_submit,
    .on_cancel = on_cancel,
    .on_end = on_end,
    .on_machine = on_machine,
    .on_timer = on_timer,
};
