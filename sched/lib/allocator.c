/* allocator.c - see allocator.h. */
#include "sched/lib/allocator.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "sched/lib/allocator_roles.h"
#include "sched/lib/amounts.h"

enum { PER_MILLI = 1000 };

struct client { /* A framework; its id is that of its seat. */
    bool active;
    enum sim_reason told; /* Why it got nothing. */
    struct allocator_offer *letter;
    size_t len, cap;
};
struct allocator {
    struct offers *offers;
    struct client *clients;
    uint32_t count, active;
    sim_time interval_us, delay_us;
    bool at_once; /* scheduler.allocate=events, */
    bool wanted;  /* and something called for offers. */
    bool ticking;
    uint32_t vain, vain_most;               /* Cycles since anything happened. */
    struct sim_resources *machines, totals; /* As last seen. */
    size_t machine_cap;
    struct map_u64 *shares; /* Offer -> index: what its row says of the role. */
    struct sim_offer *share;
    size_t share_len, share_cap;
    uint32_t *spare;
    size_t spare_len, spare_cap;
    struct sim_resources *later; /* Scratch, by role. */
    size_t later_cap;
};

/* ---- life ------------------------------------------------------------------------------------ */

/* Cycles in which each refusal is over twice, and each framework has its turn. */
static uint32_t rounds_in_vain(const struct sim_context *ctx, const struct allocator *a)
{
    const struct sim_settings *set = sim_context_settings(ctx);
    sim_time longest = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        const sim_time refuse =
            sim_settings_int_of(set, "schedulers.*.refuse", sim_seat_at(ctx, i)->group);
        longest = refuse > longest ? refuse : longest;
    }
    return (uint32_t)(2 * (longest / a->interval_us + 2)) + a->count;
}

static bool init(void *state, struct sim_context *ctx, struct sim_diag *diag)
{
    struct allocator *a = state;
    const struct sim_settings *set = sim_context_settings(ctx);
    a->interval_us = sim_settings_int(set, "scheduler.interval");
    a->delay_us = sim_settings_int(set, "scheduler.offer_delay");
    a->at_once = sim_settings_choice(set, "scheduler.allocate") == 0;
    const struct offers_args args = {
        .interval_us = a->interval_us,
        .min_cpu = sim_settings_int(set, "scheduler.least.cpu") / PER_MILLI,
        .min_memory = sim_settings_int(set, "scheduler.least.memory"),
        .stream = sim_settings_bool(set, "scheduler.shuffle") ? "offers" : NULL,
        .seed = sim_seed(ctx)};
    a->offers = offers_create(&args);
    a->count = sim_seat(ctx)->id;
    a->clients = MEM_NEW(struct client, a->count);
    a->shares = map_u64_create();
    if (!allocator_roles(ctx, a->offers, a->count, diag)) {
        return false;
    }
    for (uint32_t f = 0; f < a->count; f++) {
        offers_suppress(a->offers, f);
    }
    a->vain_most = rounds_in_vain(ctx, a);
    return true;
}

static void fini(void *state)
{
    struct allocator *a = state;
    for (uint32_t f = 0; f < a->count && a->clients != NULL; f++) {
        mem_free(a->clients[f].letter);
    }
    offers_destroy(a->offers);
    map_u64_destroy(a->shares);
    mem_free(a->clients);
    mem_free(a->machines);
    mem_free(a->share);
    mem_free(a->spare);
    mem_free(a->later);
}

/* ---- the clock ------------------------------------------------------------------------------- */

/* The clock ticks while there is somebody to offer to and something to offer. */
static void wind(struct allocator *a, struct sim_context *ctx)
{
    struct sim_resources free, required;
    if (a->ticking || a->active == 0 || a->vain > a->vain_most) {
        return;
    }
    offers_headroom(a->offers, &free, &required);
    if (!amounts_none(&free)) {
        a->ticking = true;
        sim_timer(ctx, a->interval_us, 0);
    }
}

/* Something happened that could make a difference. */
static void stir(struct allocator *a, struct sim_context *ctx)
{
    a->vain = 0;
    wind(a, ctx);
}

/* ---- a cycle --------------------------------------------------------------------------------- */

static void keep_share(struct allocator *a, offers_id id, const struct sim_offer *share)
{
    uint32_t index;
    if (a->spare_len > 0) {
        index = a->spare[--a->spare_len];
    } else {
        MEM_GROW(a->share, a->share_cap, a->share_len + 1);
        index = (uint32_t)a->share_len++;
    }
    a->share[index] = *share;
    *map_u64_put(a->shares, id, NULL) = index;
}

static struct sim_offer take_share(struct allocator *a, offers_id id)
{
    const uint32_t *index = map_u64_get(a->shares, id);
    CHECK(index != NULL);
    const struct sim_offer out = a->share[*index];
    MEM_GROW(a->spare, a->spare_cap, a->spare_len + 1);
    a->spare[a->spare_len++] = *index;
    map_u64_remove(a->shares, id);
    return out;
}

/* What each role held when its turn came: what it holds now, less what it was offered from then on.
 */
static void keep_shares(struct allocator *a, size_t made)
{
    for (size_t i = made; i-- > 0;) {
        const struct offers_offer *offer = offers_made(a->offers, i);
        MEM_GROW(a->later, a->later_cap, (size_t)offer->role + 1);
        struct sim_resources *later = &a->later[offer->role];
        struct sim_offer share = {0};
        *later = amounts_sum(later, &offer->what.unreserved);
        allocator_share(a->offers, offer->role, later, &a->totals, &share);
        keep_share(a, offer->id, &share);
    }
    for (size_t i = 0; i < made; i++) {
        a->later[offers_made(a->offers, i)->role] = (struct sim_resources){{0}};
    }
}

static void send_offers(struct allocator *a, struct sim_context *ctx, size_t made)
{
    for (size_t i = 0; i < made; i++) {
        const struct offers_offer *offer = offers_made(a->offers, i);
        struct client *c = &a->clients[offer->framework];
        MEM_GROW(c->letter, c->cap, c->len + 1);
        c->letter[c->len++] = (struct allocator_offer){
            offer->id, offer->machine, offer->what.unreserved, offer->over_limit, offer->held_back};
    }
    for (uint32_t f = 0; f < a->count; f++) {
        struct client *c = &a->clients[f];
        if (c->len > 0) {
            sim_send(ctx, f, a->delay_us, ALLOCATOR_OFFERS, c->letter, c->len * sizeof *c->letter);
            c->told = SIM_REASON_NOTHING;
            c->len = 0;
        }
    }
}

/* What stood in the way at most machines. */
static enum sim_reason in_the_way(const struct offers *o, offers_framework f)
{
    static const struct {
        enum offers_reason counted;
        enum sim_reason said;
    } ways[] = {{OFFERS_OVER_LIMIT, SIM_REASON_QUOTA_EXHAUSTED},
                {OFFERS_HELD_BACK, SIM_REASON_HELD_BACK},
                {OFFERS_FILTERED, SIM_REASON_OFFER_FILTERED},
                {OFFERS_GIVEN, SIM_REASON_OTHERS_FIRST}};
    const struct offers_tally tally = offers_framework_tally(o, f);
    enum sim_reason most = SIM_REASON_NO_OFFER;
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (tally.count[ways[i].counted] > count) {
            count = tally.count[ways[i].counted];
            most = ways[i].said;
        }
    }
    return most;
}

static void tell_the_others(struct allocator *a, struct sim_context *ctx)
{
    for (uint32_t f = 0; f < a->count; f++) {
        struct client *c = &a->clients[f];
        if (!c->active || offers_to(a->offers, f) != NULL) {
            continue;
        }
        const enum sim_reason why = in_the_way(a->offers, f);
        if (why != c->told) {
            c->told = why;
            sim_send(ctx, f, a->delay_us, ALLOCATOR_NOTHING, &why, sizeof why);
        }
    }
}

static bool any_outstanding(const struct allocator *a)
{
    return map_u64_count(a->shares) > 0;
}

static void cycle(struct allocator *a, struct sim_context *ctx)
{
    a->wanted = false;
    if (a->active == 0) {
        return;
    }
    const size_t made = offers_cycle(a->offers, sim_now(ctx), NULL, 0);
    keep_shares(a, made);
    send_offers(a, ctx, made);
    tell_the_others(a, ctx);
    a->vain += made > 0 || !any_outstanding(a);
    wind(a, ctx);
}

static void on_timer(void *state, struct sim_context *ctx, uint64_t token)
{
    struct allocator *a = state;
    (void)token;
    a->ticking = false;
    cycle(a, ctx);
}

static void on_pass(void *state, struct sim_context *ctx)
{
    struct allocator *a = state;
    if (a->wanted) {
        cycle(a, ctx);
    }
}

/* ---- letters --------------------------------------------------------------------------------- */

/* The row of an offer that is over. */
static void record(struct allocator *a, struct sim_context *ctx, const struct offers_offer *offer,
                   enum sim_answer answer, const struct allocator_answer *said)
{
    struct sim_offer row = take_share(a, offer->id);
    row.role = offers_role_path(a->offers, offer->role);
    row.made_us = offer->made_us;
    row.amount = offer->what.unreserved;
    row.framework = offer->framework;
    row.machine = offer->machine;
    row.answer = answer;
    row.until_us = SIM_NEVER;
    row.task = SIM_NONE;
    if (said != NULL) {
        const sim_time least = a->interval_us;
        row.used = said->used;
        row.missing = said->missing;
        row.task = said->task;
        row.unused = said->unused;
        row.dim = said->dim;
        if (said->refuse_us > 0 && !amounts_within(&row.amount, &row.used)) {
            row.until_us = sim_now(ctx) + (said->refuse_us > least ? said->refuse_us : least);
        }
    }
    sim_record_offer(ctx, &row);
}

/* An offer that was rescinded may have been used before the framework heard of it. */
static void answered(struct allocator *a, struct sim_context *ctx, offers_framework f,
                     const struct allocator_answer *said)
{
    const struct offers_offer *offer = offers_find(a->offers, said->id);
    const struct offers_bundle used = {.unreserved = said->used};
    const bool declined = amounts_none(&said->used);
    if (offer == NULL) {
        if (!declined) {
            offers_adopt(a->offers, f, said->machine, &used);
        }
        return;
    }
    record(a, ctx, offer, declined ? SIM_ANSWER_DECLINED : SIM_ANSWER_ACCEPTED, said);
    offers_accept(a->offers, said->id, &used, sim_now(ctx), said->refuse_us, said->unused);
    a->vain = declined ? a->vain : 0;
}

static void revive(struct allocator *a, struct sim_context *ctx, offers_framework f)
{
    struct client *c = &a->clients[f];
    a->active += !c->active;
    c->active = true;
    c->told = SIM_REASON_NOTHING;
    offers_revive(a->offers, f);
    a->wanted = a->at_once;
    stir(a, ctx);
}

static void suppress(struct allocator *a, offers_framework f)
{
    a->active -= a->clients[f].active;
    a->clients[f].active = false;
    offers_suppress(a->offers, f);
}

static void on_message(void *state, struct sim_context *ctx, const struct sim_message *m)
{
    struct allocator *a = state;
    switch ((enum allocator_letter)m->kind) {
    case ALLOCATOR_REVIVE:
        revive(a, ctx, m->from);
        break;
    case ALLOCATOR_SUPPRESS:
        suppress(a, m->from);
        break;
    case ALLOCATOR_ANSWERS: {
        const struct allocator_answer *said = m->body;
        for (size_t i = 0; i < m->size / sizeof *said; i++) {
            answered(a, ctx, m->from, &said[i]);
        }
        wind(a, ctx);
        break;
    }
    case ALLOCATOR_RELEASES: {
        const struct allocator_release *given = m->body;
        for (size_t i = 0; i < m->size / sizeof *given; i++) {
            const struct offers_bundle what = {.unreserved = given[i].amount};
            offers_release(a->offers, m->from, given[i].machine, &what);
        }
        stir(a, ctx);
        break;
    }
    case ALLOCATOR_OFFERS:
    case ALLOCATOR_RESCIND:
    case ALLOCATOR_NOTHING:
    default:
        CHECK(false);
    }
}

/* ---- machines -------------------------------------------------------------------------------- */

static void rescind(struct allocator *a, struct sim_context *ctx, sim_machine m)
{
    for (const struct offers_offer *o = offers_on(a->offers, m); o != NULL;
         o = offers_on(a->offers, m)) {
        const struct allocator_offer gone = {.id = o->id, .machine = m};
        sim_send(ctx, o->framework, a->delay_us, ALLOCATOR_RESCIND, &gone, sizeof gone);
        record(a, ctx, o, SIM_ANSWER_RESCINDED, NULL);
        offers_rescind(a->offers, o->id);
    }
}

static void on_machine(void *state, struct sim_context *ctx, sim_machine m)
{
    struct allocator *a = state;
    const struct sim_view *v = sim_context_view(ctx);
    struct sim_resources total = {{0}};
    for (int d = 0; d < SIM_DIMS && (v->status[m] & SIM_FAIL_DOWN) == 0; d++) {
        total.v[d] = v->capacity[d][m];
    }
    MEM_GROW(a->machines, a->machine_cap, (size_t)m + 1);
    const bool up = v->status[m] == 0, shrunk = !amounts_within(&a->machines[m], &total);
    for (int d = 0; d < SIM_DIMS; d++) {
        a->totals.v[d] += total.v[d] - a->machines[m].v[d];
    }
    a->machines[m] = total;
    offers_machine_set(a->offers, m, &total, up);
    if (!up || shrunk) {
        rescind(a, ctx, m);
    }
    a->wanted = a->at_once;
    stir(a, ctx);
}

const struct sim_scheduler allocator_hub = {
    .abi = SIM_SCHEDULER_ABI,
    .name = "allocator",
    .summary = "offers what is free to the frameworks, by dominant share",
    .source = "Mesos (NSDI 2011), DRF (NSDI 2011)",
    .state_bytes = sizeof(struct allocator),
    .init = init,
    .fini = fini,
    .on_machine = on_machine,
    .on_message = on_message,
    .on_timer = on_timer,
    .on_pass = on_pass,
};
