/* actors.c - see actors.h. */
#include "core/actors.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/lines.h"
#include "base/mem.h"
#include "core/engine.h"

enum { TIERS = SIM_TIER_MONITORING + 1 };

struct group {
    const char *queues, *users; /* Lists as they were set; "" = any. Of the settings. */
    uint32_t tiers;             /* Bit set; 0 = any. */
    uint32_t first, count, next;
    bool by_user;
};

struct letter {
    uint32_t from, to, kind;
    bool timer, due, dropped; /* due: it has not been delivered yet. */
    uint64_t token;
    size_t size, cap;
    unsigned char *body;
};

struct actors {
    struct actor *at; /* The hub, if any, is the last. */
    uint32_t count, members;
    size_t cap;
    struct group *groups;
    size_t group_count, group_cap;
    uint32_t *owner; /* By job: its scheduler + 1; 0 = none yet. Only with several. */
    size_t owner_cap;
    struct letter *letters;
    size_t letter_count, letter_cap;
    uint32_t *spare; /* Letters that are free. */
    size_t spare_len, spare_cap;
};

/* ---- groups --------------------------------------------------------------------------------- */

/* Is the name one of "a,b,c"? */
static bool listed(const char *list, struct sim_text name)
{
    for (const char *at = list; *at != 0;) {
        const size_t len = strcspn(at, ",");
        const struct sim_text item = text_trim((struct sim_text){at, (uint32_t)len});
        if (item.len == name.len && (name.len == 0 || memcmp(item.at, name.at, name.len) == 0)) {
            return true;
        }
        at += len + (at[len] == ',');
    }
    return false;
}

static bool read_tiers(const char *list, struct sim_text group, uint32_t *tiers,
                       struct sim_diag *diag)
{
    for (const char *at = list; *at != 0;) {
        const size_t len = strcspn(at, ",");
        const struct sim_text item = text_trim((struct sim_text){at, (uint32_t)len});
        unsigned tier = 0;
        while (tier < TIERS && !text_is(item, sim_tier_name(tier))) {
            tier++;
        }
        if (tier == TIERS) {
            sim_hint(diag, "the tiers are free, batch, mid, production and monitoring");
            return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                            "schedulers.%.*s.tiers: '%.*s' is not a tier", (int)group.len, group.at,
                            (int)item.len, item.at);
        }
        *tiers |= 1u << tier;
        at += len + (at[len] == ',');
    }
    return true;
}

static const char *member_text(const struct sim_settings *s, struct sim_text group,
                               const char *part)
{
    char key[SIM_NAME_MAX + 1];
    snprintf(key, sizeof key, "schedulers.%.*s.%s", (int)group.len, group.at, part);
    return sim_settings_text(s, key);
}

static bool read_group(const struct sim_settings *s, struct sim_text name, struct group *g,
                       struct sim_diag *diag)
{
    *g = (struct group){
        .queues = member_text(s, name, "queues"),
        .users = member_text(s, name, "users"),
        .count = (uint32_t)sim_settings_int_of(s, "schedulers.*.count", name),
        .by_user = strcmp(member_text(s, name, "deal"), "by-user") == 0,
    };
    return read_tiers(member_text(s, name, "tiers"), name, &g->tiers, diag);
}

static bool any_job(const struct group *g)
{
    return g->tiers == 0 && g->queues[0] == 0 && g->users[0] == 0;
}

static bool takes(const struct sim_context *c, const struct group *g, const struct task *t)
{
    const struct sim_text none = {NULL, 0};
    const struct sim_text queue = t->queue != SIM_NONE ? map_text_at(c->queues, t->queue) : none;
    const struct sim_text user = t->user != SIM_NONE ? map_text_at(c->users, t->user) : none;
    return (g->tiers == 0 || (g->tiers >> t->tier & 1u) != 0) &&
           (g->queues[0] == 0 || listed(g->queues, queue)) &&
           (g->users[0] == 0 || listed(g->users, user));
}

static struct group *group_for(const struct sim_context *c, const struct task *t)
{
    const struct actors *a = c->actors;
    struct group *rest = NULL;
    for (size_t i = 0; i < a->group_count; i++) {
        struct group *g = &a->groups[i];
        if (any_job(g)) {
            rest = rest == NULL ? g : rest;
        } else if (takes(c, g, t)) {
            return g;
        }
    }
    return rest;
}

bool actors_route(struct sim_context *c, const struct task *t, struct sim_diag *diag)
{
    struct actors *a = c->actors;
    if (a->members == 1 && a->group_count == 0) {
        return true;
    }
    MEM_GROW(a->owner, a->owner_cap, (size_t)t->job + 1);
    if (a->owner[t->job] != 0) {
        return true;
    }
    struct group *g = group_for(c, t);
    if (g == NULL) {
        const struct sim_text job = map_text_at(c->jobs, t->job);
        sim_hint(diag, "declare a group without tiers, queues and users: it takes what is left");
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                        "no scheduler takes job '%.*s' of tier %s", (int)job.len, job.at,
                        sim_tier_name(t->tier));
    }
    const uint32_t turn = g->by_user && t->user != SIM_NONE ? t->user : g->next++;
    a->owner[t->job] = g->first + turn % g->count + 1;
    return true;
}

bool actors_several(const struct sim_context *c)
{
    return c->actors->members > 1;
}

uint32_t actors_owner(const struct sim_context *c, const struct task *t)
{
    const struct actors *a = c->actors;
    return a->owner != NULL ? a->owner[t->job] - 1 : 0;
}

/* ---- creation ------------------------------------------------------------------------------- */

static struct actor *add(struct actors *a, const struct sim_scheduler *ops)
{
    MEM_GROW(a->at, a->cap, (size_t)a->count + 1);
    struct actor *actor = &a->at[a->count];
    actor->ops = ops;
    actor->seat.group = (struct sim_text){"", 0};
    actor->seat.id = a->count++;
    return actor;
}

static void seat_group(struct sim_context *c, struct sim_text name, const struct group *g)
{
    const struct sim_settings *s = c->args->settings;
    for (uint32_t i = 0; i < g->count; i++) {
        struct actor *actor = add(c->actors, c->args->scheduler);
        char text[SIM_NAME_MAX + 1];
        if (g->count == 1) {
            snprintf(text, sizeof text, "%.*s", (int)name.len, name.at);
        } else {
            snprintf(text, sizeof text, "%.*s-%u", (int)name.len, name.at, i + 1);
        }
        actor->name = mem_text(text, strlen(text));
        actor->seat.group = name;
        actor->seat.think_job_us = sim_settings_int_of(s, "schedulers.*.think.job", name);
        actor->seat.think_service_us = sim_settings_int_of(s, "schedulers.*.think.service", name);
        actor->seat.think_task_us = sim_settings_int_of(s, "schedulers.*.think.task", name);
    }
}

/* What the scheduler cannot do is said before it is asked to. */
static bool allowed(const struct sim_context *c, struct sim_diag *diag)
{
    const struct sim_scheduler *ops = c->args->scheduler;
    const struct actors *a = c->actors;
    if (a->members > 1 && (ops->flags & SIM_ONE_PER_RUN) != 0) {
        return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                        "scheduler %s plans for the whole cell, and schedulers.* declares %u of it",
                        ops->name, a->members);
    }
    for (uint32_t i = 0; i < a->members && (ops->flags & SIM_THINKS) == 0; i++) {
        const struct sim_seat *seat = &a->at[i].seat;
        if (seat->think_job_us + seat->think_service_us + seat->think_task_us > 0) {
            sim_hint(diag, "schedulers omega and quincy take the time to decide");
            return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                            "scheduler %s decides at once: schedulers.%.*s.think has no meaning",
                            ops->name, (int)seat->group.len, seat->group.at);
        }
    }
    return true;
}

/* Their names tell them apart, in the records and in their random streams. */
static bool named_apart(const struct actors *a, struct sim_diag *diag)
{
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = i + 1; k < a->count; k++) {
            if (strcmp(a->at[i].name, a->at[k].name) == 0) {
                sim_hint(diag, "name one of the groups otherwise");
                return sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE,
                                "schedulers.*: two schedulers would be called '%s'", a->at[i].name);
            }
        }
    }
    return true;
}

static bool seat_all(struct sim_context *c, struct sim_diag *diag)
{
    struct actors *a = c->actors;
    struct sim_text name;
    for (size_t i = 0; sim_settings_member(c->args->settings, "schedulers", i, &name); i++) {
        MEM_GROW(a->groups, a->group_cap, i + 1);
        a->group_count = i + 1;
        if (!read_group(c->args->settings, name, &a->groups[i], diag)) {
            return false;
        }
        a->groups[i].first = a->count;
        seat_group(c, name, &a->groups[i]);
    }
    if (a->count == 0) {
        struct actor *actor = add(a, c->args->scheduler);
        actor->name = mem_text(actor->ops->name, strlen(actor->ops->name));
    }
    a->members = a->count;
    if (c->args->scheduler->hub != NULL) {
        struct actor *hub = add(a, c->args->scheduler->hub);
        hub->name = mem_text(hub->ops->name, strlen(hub->ops->name));
    }
    return named_apart(a, diag) && allowed(c, diag);
}

static bool start(struct sim_context *c, struct actor *actor, struct sim_diag *diag)
{
    const struct sim_scheduler *ops = actor->ops;
    actor->state = mem_alloc(1, ops->state_bytes > 0 ? ops->state_bytes : 1);
    c->acting = actor->seat.id;
    return ops->init == NULL || ops->init(actor->state, c, diag);
}

/* The hub first: the others may write to it at once. */
bool actors_create(struct sim_context *c, struct sim_diag *diag)
{
    c->actors = MEM_NEW(struct actors, 1);
    if (!seat_all(c, diag)) {
        return false;
    }
    struct actors *a = c->actors;
    for (uint32_t i = 0; i < a->count; i++) {
        a->at[i].seat.name = a->at[i].name;
        record_name(c, SIM_NAME_SCHEDULER, i,
                    (struct sim_text){a->at[i].name, (uint32_t)strlen(a->at[i].name)});
    }
    for (uint32_t i = a->count; i-- > 0;) {
        if (!start(c, &a->at[i], diag)) {
            return false;
        }
    }
    return true;
}

void actors_destroy(struct sim_context *c)
{
    struct actors *a = c->actors;
    if (a == NULL) {
        return;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->at[i].state != NULL && a->at[i].ops->fini != NULL) {
            a->at[i].ops->fini(a->at[i].state);
        }
        mem_free(a->at[i].state);
        mem_free(a->at[i].name);
    }
    for (size_t i = 0; i < a->letter_count; i++) {
        mem_free(a->letters[i].body);
    }
    mem_free(a->at);
    mem_free(a->groups);
    mem_free(a->owner);
    mem_free(a->letters);
    mem_free(a->spare);
    mem_free(a);
}

/* ---- hooks ---------------------------------------------------------------------------------- */

/* One scheduler can act within another's hook: its task is evicted by a commit. */
#define CALL(c, who, hook, ...)                                                                    \
    do {                                                                                           \
        const uint32_t before_ = (c)->acting;                                                      \
        struct actor *actor_ = &(c)->actors->at[who];                                              \
        (c)->acting = actor_->seat.id;                                                             \
        if (actor_->ops->hook != NULL) {                                                           \
            actor_->ops->hook(actor_->state, (c), __VA_ARGS__);                                    \
        }                                                                                          \
        (c)->acting = before_;                                                                     \
    } while (0)

void actors_submit(struct sim_context *c, sim_slot task)
{
    CALL(c, actors_owner(c, &c->tasks[task]), on_submit, task);
}

void actors_cancel(struct sim_context *c, sim_slot task)
{
    CALL(c, actors_owner(c, &c->tasks[task]), on_cancel, task);
}

void actors_end(struct sim_context *c, sim_slot task)
{
    CALL(c, actors_owner(c, &c->tasks[task]), on_end, task);
}

void actors_machine(struct sim_context *c, sim_machine m)
{
    for (uint32_t i = 0; i < c->actors->count; i++) {
        CALL(c, i, on_machine, m);
    }
}

void actors_pass(struct sim_context *c)
{
    for (uint32_t i = 0; i < c->actors->count; i++) {
        struct actor *actor = &c->actors->at[i];
        c->acting = i;
        if (actor->ops->on_pass != NULL) {
            actor->ops->on_pass(actor->state, c);
        }
    }
}

void actors_finish(struct sim_context *c)
{
    for (uint32_t i = 0; i < c->actors->count; i++) {
        struct actor *actor = &c->actors->at[i];
        c->acting = i;
        if (actor->ops->on_finish != NULL) {
            actor->ops->on_finish(actor->state, c);
        }
    }
}

const struct sim_seat *sim_seat(const struct sim_context *c)
{
    return &c->actors->at[c->acting].seat;
}

const struct sim_seat *sim_seat_at(const struct sim_context *c, uint32_t id)
{
    return id < c->actors->count ? &c->actors->at[id].seat : NULL;
}

uint32_t sim_hub(const struct sim_context *c)
{
    return c->actors->count > c->actors->members ? c->actors->members : SIM_NONE;
}

bool sim_run_seat(const struct sim_run *run, size_t index, struct sim_seat_totals *out)
{
    const struct actors *a = ((const struct sim_context *)run)->actors;
    if (index >= a->members) {
        return false;
    }
    *out = a->at[index].totals;
    out->name = a->at[index].name;
    return true;
}

void actors_abandoned(struct sim_context *c)
{
    c->actors->at[c->acting].totals.tasks_abandoned++;
}

void sim_record_attempt(struct sim_context *c, const struct sim_attempt *attempt)
{
    struct sim_seat_totals *t = &c->actors->at[c->acting].totals;
    const sim_time busy = c->now_us - attempt->began_us;
    t->attempts++;
    t->retries += attempt->number > 1;
    t->attempts_by[attempt->outcome]++;
    t->busy_us[attempt->outcome] += busy;
    t->tasks_placed += attempt->placed;
    t->tasks_conflicted += attempt->conflicts;
    t->tasks_undone += attempt->undone;
    if (c->out == NULL) {
        return;
    }
    struct sim_attempt_row row;
    memset(&row, 0, sizeof row);
    row.began_us = attempt->began_us;
    row.ended_us = c->now_us;
    row.queued_us = attempt->queued_us;
    row.examined = (int64_t)attempt->examined;
    row.scheduler = c->acting;
    row.job = attempt->job;
    row.number = attempt->number;
    row.tasks = attempt->tasks;
    row.placed = attempt->placed;
    row.conflicts = attempt->conflicts;
    row.undone = attempt->undone;
    row.outcome = (uint8_t)attempt->outcome;
    record_row(c, SIM_TABLE_ATTEMPTS, &row);
}

void sim_record_round(struct sim_context *c, const struct sim_round_row *row)
{
    struct sim_seat_totals *t = &c->actors->at[c->acting].totals;
    const enum sim_attempt_outcome outcome = row->refused > 0  ? SIM_ATTEMPT_CONFLICTED
                                             : row->placed > 0 ? SIM_ATTEMPT_USEFUL
                                                               : SIM_ATTEMPT_FRUITLESS;
    t->attempts++;
    t->attempts_by[outcome]++;
    t->busy_us[outcome] += c->now_us - row->began_us;
    t->tasks_placed += row->placed;
    t->tasks_conflicted += row->refused;
    if (c->out != NULL) {
        struct sim_round_row all = *row;
        all.ended_us = c->now_us;
        all.scheduler = c->acting;
        record_row(c, SIM_TABLE_ROUNDS, &all);
    }
}

sim_time sim_think_time(const struct sim_context *c, enum sim_tier tier, uint64_t tasks)
{
    const struct sim_seat *seat = sim_seat(c);
    CHECK(seat->think_task_us == 0 ||
          tasks <= (uint64_t)(INT64_MAX / 2 / seat->think_task_us)); /* A day per task at most. */
    const sim_time service = tier >= SIM_TIER_PRODUCTION ? seat->think_service_us : 0;
    return seat->think_job_us + service + seat->think_task_us * (sim_time)tasks;
}

/* ---- letters -------------------------------------------------------------------------------- */

static uint32_t letter_new(struct actors *a)
{
    if (a->spare_len > 0) {
        return a->spare[--a->spare_len];
    }
    CHECK(a->letter_count < SIM_NONE);
    MEM_GROW(a->letters, a->letter_cap, a->letter_count + 1);
    return (uint32_t)a->letter_count++;
}

static void post(struct sim_context *c, uint32_t letter, sim_time delay_us)
{
    CHECK(delay_us >= 0 && delay_us <= INT64_MAX - 1 - c->now_us);
    evq_push(c->evq, c->now_us + delay_us, EV_LETTER, letter, 0);
    c->actors->letters[letter].due = true;
    c->actors->letters[letter].dropped = false;
    c->letters_due++;
}

void sim_timer_drop(struct sim_context *c, uint64_t token)
{
    for (size_t i = 0; i < c->actors->letter_count; i++) {
        struct letter *l = &c->actors->letters[i];
        if (l->due && l->timer && l->to == c->acting && l->token == token) {
            l->dropped = true;
            c->voids = true;
        }
    }
}

bool actors_dropped(const struct sim_context *c, uint32_t letter)
{
    return c->actors->letters[letter].dropped;
}

void sim_timer(struct sim_context *c, sim_time delay_us, uint64_t token)
{
    const uint32_t id = letter_new(c->actors);
    struct letter *l = &c->actors->letters[id];
    l->from = l->to = c->acting;
    l->timer = true;
    l->token = token;
    l->size = 0;
    post(c, id, delay_us);
}

void sim_send(struct sim_context *c, uint32_t to, sim_time delay_us, uint32_t kind,
              const void *body, size_t size)
{
    const uint32_t id = letter_new(c->actors);
    struct letter *l = &c->actors->letters[id];
    CHECK(to < c->actors->count);
    l->from = c->acting;
    l->to = to;
    l->kind = kind;
    l->timer = false;
    l->size = size;
    MEM_GROW(l->body, l->cap, size);
    if (size > 0) {
        memcpy(l->body, body, size);
    }
    post(c, id, delay_us);
}

void actors_deliver(struct sim_context *c, uint32_t id)
{
    struct actors *a = c->actors;
    const struct letter l = a->letters[id]; /* New letters may move the list. */
    a->letters[id].due = false;
    c->letters_due--;
    if (l.dropped) {
        a->letters[id].dropped = false;
    } else if (l.timer) {
        CALL(c, l.to, on_timer, l.token);
    } else {
        const struct sim_message m = {l.from, l.kind, l.body, l.size};
        CALL(c, l.to, on_message, &m);
    }
    MEM_GROW(a->spare, a->spare_cap, a->spare_len + 1);
    a->spare[a->spare_len++] = id;
}
