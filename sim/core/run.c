/* run.c - one run: creation, the loop over instants, the end.
 *
 * Each turn of the loop handles one instant. event_order=batch: every end, then every machine
 * event, then every submission of the instant, then one scheduling pass. event_order=event: machine
 * events, submissions and ends one by one, with a pass after each; this is what the backfilling
 * literature does, and published results differ between the two by up to 10 %. There, room that is
 * due by the estimate of a task is free from the beginning of the instant, before its end has its
 * turn (pyss: release_due in the notes of Gaussier et al., SC 2015). */
#include <string.h>

#include <simctl/run.h>

#include "base/mem.h"
#include "base/wide.h"
#include "core/engine.h"

struct sim_run {
    struct sim_context c; /* First: a run is its context. */
};

enum { FULL_CHECK_EVERY = 1 << 16, DECIMAL_ONE = 1000000, OVERCOMMIT_MAX = 100, GROUP_MAX = 10000 };

static const struct sim_option options[] = {
    {"event_order", SIM_OPT_CHOICE, 0, 0, "batch", "batch|event",
     "what happens at one instant: ends, machine events, submissions, then one pass (batch), or a "
     "pass "
     "after every single event, submissions before ends (event)"},
    {"estimates", SIM_OPT_CHOICE, 0, 0, "user", "user|perfect",
     "time limits that schedulers see: those of the trace, or the true run times, an oracle for "
     "studies of backfilling"},
    {"tie", SIM_OPT_CHOICE, 0, 0, "default", "default|lowest-id|random|rotation|rank",
     "which of several best machines wins; default: what the policy declares"},
    {"cache", SIM_OPT_BOOL, 0, 0, "true", NULL,
     "keep scores per class of tasks between decisions; decisions are the same without it"},
    {"check", SIM_OPT_CHOICE, 0, 0, "auto", "auto|every-event",
     "when the invariants of the whole cell are checked; auto: now and then and at the end (debug "
     "builds: after every event of a small cell)"},
    {"bad_rows", SIM_OPT_CHOICE, 0, 0, "fail", "fail|skip|repair",
     "what to do with rows that break the format: stop, drop them, or mend them; all are counted"},
    {"cluster.overcommit.cpu", SIM_OPT_DECIMAL, DECIMAL_ONE / OVERCOMMIT_MAX,
     (int64_t)DECIMAL_ONE *OVERCOMMIT_MAX, "1", NULL, "factor on every machine's cpu capacity"},
    {"cluster.overcommit.memory", SIM_OPT_DECIMAL, DECIMAL_ONE / OVERCOMMIT_MAX,
     (int64_t)DECIMAL_ONE *OVERCOMMIT_MAX, "1", NULL, "factor on every machine's memory capacity"},
    {"until", SIM_OPT_TIME, 0, INT64_MAX - 1, "0", NULL,
     "the run ends at this time of the trace; 0: when there is nothing left to do"},
    {"slowdown_tau", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "10s", NULL,
     "bound of the bounded slowdown: max(1, (wait + run) / max(tau, run))"},
    {"schedulers.*.count", SIM_OPT_INT, 1, GROUP_MAX, "1", NULL,
     "how many schedulers the group has; jobs are dealt out among them"},
    {"schedulers.*.deal", SIM_OPT_CHOICE, 0, 0, "in-turn", "in-turn|by-user",
     "how jobs are dealt out: one after the other, or all of a user to one"},
    {"schedulers.*.tiers", SIM_OPT_TEXT, 0, 0, "", NULL,
     "only jobs of these service tiers, such as free,batch"},
    {"schedulers.*.queues", SIM_OPT_TEXT, 0, 0, "", NULL, "only jobs of these queues"},
    {"schedulers.*.users", SIM_OPT_TEXT, 0, 0, "", NULL, "only jobs of these users"},
    {"schedulers.*.think.job", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "0", NULL,
     "decision time per attempt at a job"},
    {"schedulers.*.think.service", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "0", NULL,
     "decision time per attempt at a job of tier production or monitoring, on top"},
    {"schedulers.*.think.task", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "0", NULL,
     "decision time per task of the attempt, on top"},
    SIM_OPTION_END};

const struct sim_option *sim_run_options(void)
{
    return options;
}

/* ---- creation ------------------------------------------------------------------------------- */

static enum sim_tie_rule tie_rule(const struct sim_run_args *a)
{
    const char *name = sim_settings_text(a->settings, "tie");
    if (sim_settings_choice(a->settings, "tie") == 0) {
        name = a->policy->tie != NULL ? a->policy->tie : "lowest-id";
    }
    for (unsigned i = 0; sim_tie_name(i) != NULL; i++) {
        if (strcmp(sim_tie_name(i), name) == 0) {
            return (enum sim_tie_rule)i;
        }
    }
    return SIM_TIE_LOWEST_ID;
}

static bool eligible(const void *cell, uint32_t constraints, sim_machine m)
{
    struct cell *c = (struct cell *)(uintptr_t)cell; /* Reading only. */
    const uint8_t *column = constraints_column(cell_constraints(c), constraints);
    return column == NULL || column[m] == 0;
}

static struct sim_text constraint_text(const void *cell, uint32_t constraints)
{
    struct cell *c = (struct cell *)(uintptr_t)cell;
    return constraints_text(cell_constraints(c), constraints);
}

struct placer *run_placer(struct sim_context *c, struct cell *cell, const char *streams,
                          struct sim_diag *diag)
{
    const struct sim_policy_args policy_args = {.settings = c->args->settings,
                                                .seed = c->args->seed,
                                                .view = cell_view(cell),
                                                .history = c->history,
                                                .history_count = c->history_count,
                                                .eligible = eligible,
                                                .constraint_text = constraint_text,
                                                .cell = cell};
    const struct placer_args args = {.policy = c->args->policy,
                                     .cell = cell,
                                     .policy_args = &policy_args,
                                     .tie = tie_rule(c->args),
                                     .seed = c->args->seed,
                                     .streams = streams,
                                     .cache = sim_settings_bool(c->args->settings, "cache")};
    return placer_create(&args, diag);
}

static bool start_policy(struct sim_context *c, struct sim_diag *diag)
{
    if ((c->args->policy->flags & SIM_NEEDS_HISTORY) != 0 &&
        !input_history(c, &c->history, &c->history_count, diag)) {
        return false;
    }
    c->placer = run_placer(c, c->cell, "", diag);
    if (c->placer != NULL && (c->out != NULL || c->args->tap != NULL)) {
        c->causes = causes_create(c->cell, c->placer);
        c->reviews = evq_create();
    }
    return c->placer != NULL;
}

/* Machines that are there before the first task: a trace may scale itself to their total. */
static bool first_machines(struct sim_context *c, struct sim_diag *diag)
{
    for (;;) {
        if (!input_fill(c, &c->cluster, diag)) {
            return false;
        }
        if (!c->cluster.has_item || c->cluster.item.time_us > 0) {
            return true;
        }
        c->now_us = c->cluster.item.time_us;
        life_machine(c, &c->cluster.item);
        c->cluster.has_item = false;
        c->totals.events++;
    }
}

struct sim_run *sim_run_create(const struct sim_run_args *args, struct sim_diag *diag)
{
    struct sim_run *run = MEM_NEW(struct sim_run, 1);
    struct sim_context *c = &run->c;
    const struct sim_settings *s = args->settings;
    c->wall_start = wall_ns();
    c->tick_start = lap_tick();
    c->own_args = *args;
    c->args = &c->own_args;
    c->out = args->output;
    c->cell = cell_create();
    c->classes = classes_create();
    c->evq = evq_create();
    c->jobs = map_text_create();
    c->users = map_text_create();
    c->queues = map_text_create();
    c->per_event = sim_settings_choice(s, "event_order") == 1;
    c->check_all = sim_settings_choice(s, "check") == 1;
    c->perfect = sim_settings_choice(s, "estimates") == 1;
    c->until_us = sim_settings_int(s, "until") > 0 ? sim_settings_int(s, "until") : SIM_NEVER - 1;
    c->slowdown_tau_us = sim_settings_int(s, "slowdown_tau");
    cell_overcommit(c->cell, sim_settings_int(s, "cluster.overcommit.cpu"),
                    sim_settings_int(s, "cluster.overcommit.memory"));
    const bool ok = actors_create(c, diag) && input_open(c, &c->cluster, SIM_ROLE_CLUSTER, diag) &&
                    first_machines(c, diag) && input_open(c, &c->trace, SIM_ROLE_TRACE, diag) &&
                    start_policy(c, diag);
    if (!ok) {
        sim_run_destroy(run);
        return NULL;
    }
    return run;
}

void sim_run_destroy(struct sim_run *run)
{
    if (run == NULL) {
        return;
    }
    struct sim_context *c = &run->c;
    actors_destroy(c);
    for (size_t i = 0; i < c->task_count; i++) {
        if (c->tasks[i].state != TASK_FREE) {
            classes_put(c->classes, c->tasks[i].cls, placer_forget, c->placer);
        }
    }
    input_close(&c->trace);
    input_close(&c->cluster);
    causes_destroy(c->causes);
    evq_destroy(c->reviews);
    placer_destroy(c->placer);
    classes_destroy(c->classes);
    cell_destroy(c->cell);
    evq_destroy(c->evq);
    map_text_destroy(c->jobs);
    map_text_destroy(c->users);
    map_text_destroy(c->queues);
    offer_rows_destroy(c->offer_rows);
    mem_free(c->tasks);
    mem_free(c->links);
    for (size_t i = 0; i < c->data_cap; i++) {
        mem_free(c->data[i].at);
    }
    mem_free(c->data);
    mem_free(c->free_slots);
    mem_free(c->on_machine);
    mem_free(c->waits);
    mem_free(c->masks);
    mem_free(c->claims);
    mem_free(c->history);
    mem_free(c->answered);
    mem_free(c->promises);
    mem_free(c->turns);
    diagnosis_fini(&c->diagnosis);
    mem_free(run);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void check(struct sim_context *c)
{
    bool whole = c->check_all || c->totals.events % FULL_CHECK_EVERY == 0;
#ifndef NDEBUG
    whole |= cell_view(c->cell)->n <= 64;
#endif
    if (whole) {
        c->totals.invariant_violations += cell_check(c->cell);
    }
}

static void pass(struct sim_context *c)
{
    c->totals.passes++;
    actors_pass(c);
    refusals_settle(c);
    if (c->check_all && c->causes != NULL) {
        c->totals.invariant_violations += causes_check(c->causes);
    }
    cell_freed_clear(c->cell);
}

static void after_event(struct sim_context *c)
{
    c->totals.events++;
    check(c);
    if (c->per_event) {
        pass(c);
    }
}

static bool drain_stream(struct sim_context *c, struct stream_in *in, struct sim_diag *diag)
{
    while (in->has_item && in->item.time_us <= c->now_us) {
        if (in->item.kind == SIM_IN_SUBMIT) {
            if (!life_submit(c, &in->item, diag)) {
                return false;
            }
        } else {
            life_machine(c, &in->item);
        }
        in->has_item = false;
        after_event(c);
        if (!input_fill(c, in, diag)) {
            return false;
        }
    }
    return true;
}

/* The task of the event after this one is far away in memory more often than not: it is fetched
 * while this one is handled. */
static void fetch(const struct task *t)
{
#if defined(__GNUC__)
    enum { LINE = 64 };
    for (size_t i = 0; i < sizeof *t; i += LINE) {
        __builtin_prefetch((const char *)t + i);
    }
#else
    (void)t;
#endif
}

static void handle(struct sim_context *c, const struct event *e)
{
    if (e->kind == EV_LETTER) {
        c->letters_run++;
        actors_deliver(c, e->subject);
    } else {
        c->letters_run = 0;
        life_event(c, e);
    }
}

/* The events of this instant, up to the first that is not of kinds `from` to `to`. */
static void drain_events(struct sim_context *c, enum ev_kind from, enum ev_kind to)
{
    struct event e, next;
    while (evq_peek(c->evq, &e) && e.at_us <= c->now_us && e.kind >= from && e.kind <= to) {
        evq_pop(c->evq, &e);
        if (evq_peek(c->evq, &next) && next.kind != EV_LETTER) {
            fetch(&c->tasks[next.subject]);
        }
        handle(c, &e);
        after_event(c);
    }
}

/* Takes the events of this instant. Ends that are due by the task's own estimate happen at once;
 * the others keep their turn. */
static void take_instant(struct sim_context *c)
{
    struct event e;
    c->turn_len = 0;
    while (evq_peek(c->evq, &e) && e.at_us <= c->now_us) {
        evq_pop(c->evq, &e);
        MEM_GROW(c->turns, c->turn_cap, c->turn_len + 1);
        c->turns[c->turn_len++] = e;
        const struct task *t = e.kind == EV_END ? &c->tasks[e.subject] : NULL;
        if (t != NULL && t->generation == e.generation && t->state == TASK_RUNNING &&
            t->time_limit_us != SIM_NEVER && c->now_us - t->start_us >= t->time_limit_us) {
            life_event(c, &e); /* Its turn finds it gone. */
        }
    }
}

static void take_turns(struct sim_context *c)
{
    for (size_t i = 0; i < c->turn_len; i++) {
        handle(c, &c->turns[i]);
        after_event(c);
    }
}

/* Events that will find nothing to do: their task is gone or in another run, or was placed before
 * it gave up. At the front they would keep the clock running. */
static void drop_void(struct sim_context *c)
{
    struct event e;
    while (c->voids && evq_peek(c->evq, &e)) {
        if (e.kind == EV_LETTER) {
            if (!actors_dropped(c, e.subject)) {
                return;
            }
            evq_pop(c->evq, &e);
            actors_deliver(c, e.subject); /* To nobody. */
            continue;
        }
        const struct task *t = &c->tasks[e.subject];
        const bool placed = e.kind == EV_CANCEL && t->state == TASK_RUNNING;
        if (t->state != TASK_FREE && t->generation == e.generation &&
            !(placed && t->duration_us != SIM_NEVER)) {
            return;
        }
        evq_pop(c->evq, &e);
    }
}

static sim_time next_instant(const struct sim_context *c)
{
    struct event e;
    sim_time t = evq_peek(c->evq, &e) ? e.at_us : SIM_NEVER;
    if (c->trace.has_item && c->trace.item.time_us < t) {
        t = c->trace.item.time_us;
    }
    if (c->cluster.has_item && c->cluster.item.time_us < t) {
        t = c->cluster.item.time_us;
    }
    return t > c->now_us ? t : c->now_us; /* A trace may begin before its cluster's first event. */
}

/* Nothing is left to do. Schedulers that write to each other, or to themselves, about tasks that
 * fit nowhere would do so for ever: they are stopped after very many letters without any start, end
 * or task given up. */
static bool finished(const struct sim_context *c)
{
    enum { LETTERS_IN_VAIN = 1 << 20, LETTERS_PER_TASK = 1 << 12 };
    if (c->stopped) {
        return true;
    }
    if (!c->trace.has_item && !c->cluster.has_item && evq_len(c->evq) == c->letters_due &&
        c->letters_run > LETTERS_IN_VAIN + c->totals.pending * LETTERS_PER_TASK) {
        return true;
    }
    if (c->trace.has_item || evq_len(c->evq) > 0) {
        return false;
    }
    return !c->cluster.has_item || c->totals.pending + c->totals.running == 0 ||
           (c->trace.info.end_us != SIM_NEVER && c->cluster.item.time_us > c->trace.info.end_us);
}

static bool instant(struct sim_context *c, struct sim_diag *diag)
{
    totals_advance(c, next_instant(c));
    if (c->per_event) {
        take_instant(c);
    } else {
        drain_events(c, EV_END, EV_CANCEL);
    }
    if (!drain_stream(c, &c->cluster, diag) || !drain_stream(c, &c->trace, diag)) {
        return false;
    }
    if (c->per_event) {
        take_turns(c);
        drain_events(c, EV_END, EV_LETTER);
    } else {
        drain_events(c, EV_LETTER, EV_LETTER);
        pass(c);
    }
    return true;
}

bool sim_run_advance(struct sim_run *run, uint64_t events, bool *done, struct sim_diag *diag)
{
    struct sim_context *c = &run->c;
    const uint64_t until = c->totals.events + events;
    *done = false;
    while (c->totals.events < until) {
        if (!input_fill(c, &c->trace, diag) || !input_fill(c, &c->cluster, diag)) {
            return false;
        }
        drop_void(c);
        *done = finished(c);
        if (!*done && next_instant(c) > c->until_us) {
            totals_advance(c, c->until_us);
            *done = true;
        }
        if (*done) {
            break;
        }
        if (!instant(c, diag)) {
            return false;
        }
    }
    return true;
}

void sim_run_finish(struct sim_run *run)
{
    actors_finish(&run->c);
    life_finish(&run->c);
}

void sim_run_status(const struct sim_run *run, struct sim_status *out)
{
    const struct sim_context *c = &run->c;
    out->now_us = c->now_us;
    out->events = c->totals.events;
    out->decisions = c->totals.decisions;
    out->waiting = c->totals.pending;
    out->running = c->totals.running;
    out->bytes_read = c->trace.info.bytes_read;
    out->bytes_total = c->trace.info.bytes_total;
    out->trace_end_us = c->trace.info.end_us;
}

const struct sim_trace_info *sim_run_input(const struct sim_run *run, enum sim_role role)
{
    return role == SIM_ROLE_TRACE ? &run->c.trace.info : &run->c.cluster.info;
}
