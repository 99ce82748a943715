/* offers_cycle.c - see offers.h: who is offered what, and why not. */
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "sched/lib/offers_state.h"

/* ---- one framework and one machine ----------------------------------------------------------- */

static bool worth_offering(const struct offers *o, const struct offers_bundle *b)
{
    if (bundle_none(b)) {
        return false;
    }
    const int64_t min_cpu = o->args.min_cpu, min_memory = o->args.min_memory;
    const int64_t cpu = b->unreserved.v[SIM_CPU] + b->reserved.v[SIM_CPU] + b->revocable.v[SIM_CPU];
    const int64_t memory =
        b->unreserved.v[SIM_MEMORY] + b->reserved.v[SIM_MEMORY] + b->revocable.v[SIM_MEMORY];
    return (min_cpu == 0 && min_memory == 0) || (min_cpu > 0 && cpu >= min_cpu) ||
           (min_memory > 0 && memory >= min_memory);
}

/* What is to be offered: `lacks` of the unreserved resources whatever the limits are, of the others
 * what limit and headroom leave. */
static void cut(const struct offers *o, const struct role *r, const struct offers_bundle *free,
                const struct sim_resources *lacks, const struct sim_resources *required,
                struct offers_offer *out)
{
    const struct sim_resources *limit = accounts_limit(o->roles, r->account);
    const struct sim_resources sure = amounts_min(&free->unreserved, lacks);
    struct sim_resources more = amounts_less(&free->unreserved, &sure);
    const struct sim_resources counted = amounts_sum(&r->consumed, &sure);
    struct sim_resources room = amounts_less(limit, &counted);
    for (int d = 0; d < SIM_DIMS; d++) {
        room.v[d] = limit->v[d] == ACCOUNTS_NO_LIMIT ? ACCOUNTS_NO_LIMIT : room.v[d];
    }
    out->over_limit = amounts_less(&more, &room);
    more = amounts_min(&more, &room);
    out->held_back = (struct sim_resources){{0}};
    if (!amounts_none(required)) {
        const struct sim_resources spare = amounts_less(&o->free, required);
        out->held_back = amounts_less(&more, &spare);
        more = amounts_min(&more, &spare);
    }
    out->what = *free;
    out->what.unreserved = amounts_sum(&sure, &more);
}

/* Fills `out` with the offer that a framework of the role would get, but for what it refused.
 * `lacks`: of the role's guarantee; none in the second stage. */
static enum offers_reason judge(const struct offers *o, offers_role role, bool revocable,
                                sim_machine m, const struct sim_resources *lacks,
                                const struct sim_resources *required, struct offers_offer *out)
{
    struct offers_bundle free = offers_box_free_for(&o->box[m], role);
    *out = (struct offers_offer){.role = role, .machine = m, .what = free};
    if (bundle_none(&free)) {
        return OFFERS_FULL;
    }
    if (!revocable) {
        free.revocable = (struct sim_resources){{0}};
    }
    if (!worth_offering(o, &free)) {
        return OFFERS_TOO_LITTLE;
    }
    cut(o, &o->role[role], &free, lacks, required, out);
    if (worth_offering(o, &out->what)) {
        return OFFERS_OPEN;
    }
    struct offers_bundle unlimited = out->what;
    unlimited.unreserved = amounts_sum(&unlimited.unreserved, &out->held_back);
    return worth_offering(o, &unlimited) ? OFFERS_HELD_BACK : OFFERS_OVER_LIMIT;
}

/* ---- the cycle ------------------------------------------------------------------------------- */

static bool box_empty(const struct box *b)
{
    const struct sim_resources free = offers_box_free(b);
    bool empty = amounts_none(&free) && amounts_within(&b->revocable, &b->revocable_held);
    for (size_t i = 0; empty && i < b->len; i++) {
        empty = amounts_within(&b->reservations[i].total, &b->reservations[i].held);
    }
    return empty;
}

static struct sim_resources required_headroom(const struct offers *o)
{
    struct sim_resources sum = {{0}};
    for (size_t i = 0; i < o->role_len; i++) {
        const struct role *r = &o->role[i];
        if (r->guaranteed) {
            const struct sim_resources lacks =
                amounts_less(accounts_guarantee(o->roles, r->account), &r->consumed);
            sum = amounts_sum(&sum, &lacks);
        }
    }
    return sum;
}

static void count(struct offers *o, offers_framework id, sim_machine m, enum offers_reason reason)
{
    struct framework *f = &o->framework[id];
    struct box *b = &o->box[m];
    if (f->cycle != o->cycle) {
        f->cycle = o->cycle;
        f->tally = (struct offers_tally){{0}};
    }
    f->tally.count[reason]++;
    b->tally.count[reason]++;
}

/* The frameworks of one role that lacks something of its guarantee. */
static void offer_guarantee(struct offers *o, struct role *r, sim_machine m, sim_time now_us)
{
    struct sim_resources lacks =
        amounts_less(accounts_guarantee(o->roles, r->account), &r->consumed);
    size_t len = 0;
    const account_id *list = accounts_list(r->frameworks, &len);
    for (size_t i = 0; i < len && !amounts_none(&lacks); i++) {
        const offers_framework f = accounts_tag(r->frameworks, list[i]);
        const struct sim_resources free = offers_box_free(&o->box[m]);
        const struct sim_resources sure = amounts_min(&free, &lacks);
        if (amounts_none(&sure)) {
            return; /* This machine brings the guarantee no nearer. */
        }
        struct framework *fw = &o->framework[f];
        struct offers_offer offer;
        if (judge(o, fw->role, fw->revocable, m, &lacks, &o->required, &offer) == OFFERS_OPEN &&
            offers_filter_of(o, fw, m, &offer.what, now_us) == NULL) {
            offer.framework = f;
            offer.made_us = now_us;
            offer.guaranteed = true;
            offers_put(o, &offer);
            count(o, f, m, OFFERS_OPEN);
            o->required = amounts_less(&o->required, &sure);
            lacks = amounts_less(&lacks, &offer.what.unreserved);
        }
    }
}

static void offer_guarantees(struct offers *o, sim_machine m, sim_time now_us)
{
    size_t len;
    const account_id *list = accounts_list(o->roles, &len);
    for (size_t i = 0; i < len && !box_empty(&o->box[m]); i++) {
        struct role *r = &o->role[accounts_tag(o->roles, list[i])];
        if (r->guaranteed) {
            offer_guarantee(o, r, m, now_us);
        }
    }
}

/* All frameworks of a role are judged alike, but for taking what is lent and what they refused. */
struct verdict {
    bool valid;
    enum offers_reason reason;
    struct offers_offer offer;
};

static const struct verdict *verdict_of(const struct offers *o, offers_role role, bool revocable,
                                        sim_machine m, struct verdict both[2])
{
    static const struct sim_resources none = {{0}};
    struct verdict *v = &both[revocable];
    if (!v->valid) {
        v->valid = true;
        v->reason = judge(o, role, revocable, m, &none, &o->required, &v->offer);
    }
    return v;
}

static void offer_role(struct offers *o, offers_role role, sim_machine m, sim_time now_us)
{
    const struct role *r = &o->role[role];
    struct verdict both[2];
    both[0].valid = both[1].valid = false;
    size_t len;
    const account_id *list = accounts_list(r->frameworks, &len);
    for (size_t i = 0; i < len; i++) {
        const offers_framework f = accounts_tag(r->frameworks, list[i]);
        struct framework *fw = &o->framework[f];
        const bool served = offers_of_cycle(o, m, f) != NULL; /* In the first stage. */
        const struct verdict *v = verdict_of(o, role, fw->revocable, m, both);
        enum offers_reason reason = v->reason;
        if (reason == OFFERS_FULL && offers_of_cycle(o, m, SIM_NONE) != NULL) {
            reason = OFFERS_GIVEN;
        } else if (reason == OFFERS_OPEN &&
                   offers_filter_of(o, fw, m, &v->offer.what, now_us) != NULL) {
            reason = OFFERS_FILTERED;
        } else if (reason == OFFERS_OPEN) {
            CHECK(!served); /* What limit and headroom kept from it then, they keep now. */
            struct offers_offer offer = v->offer;
            offer.framework = f;
            offer.made_us = now_us;
            offers_put(o, &offer);
            both[0].valid = both[1].valid = false;
        }
        if (!served) {
            count(o, f, m, reason);
        }
    }
}

static void offer_shares(struct offers *o, sim_machine m, sim_time now_us)
{
    size_t len;
    const account_id *list = accounts_list(o->roles, &len);
    for (size_t i = 0; i < len && !box_empty(&o->box[m]); i++) {
        offer_role(o, accounts_tag(o->roles, list[i]), m, now_us);
    }
}

static int compare_machines(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const sim_machine x = *(const sim_machine *)a, y = *(const sim_machine *)b;
    return (x > y) - (x < y);
}

/* Candidates that are up and have something free, by id. Returns how many. */
static size_t candidates(struct offers *o, const sim_machine *machines, size_t n)
{
    size_t len = 0;
    const size_t from = machines != NULL ? n : o->box_len;
    MEM_GROW(o->order, o->order_cap, from);
    o->candidates = o->full = 0;
    for (size_t i = 0; i < from; i++) {
        const sim_machine m = machines != NULL ? machines[i] : (sim_machine)i;
        if (m >= o->box_len || !o->box[m].known || !o->box[m].up) {
            continue;
        }
        struct box *b = &o->box[m];
        b->cycle = o->cycle;
        b->tally = (struct offers_tally){{0}};
        o->candidates++;
        if (box_empty(b)) {
            o->full++;
        } else {
            o->order[len++] = m;
        }
    }
    sort_stable(o->order, len, sizeof *o->order, compare_machines, NULL);
    return len;
}

static void draw_order(struct offers *o, size_t len)
{
    for (size_t i = len; o->args.stream != NULL && i > 1; i--) {
        const size_t with = prng_below(&o->draw, (uint32_t)i);
        const sim_machine m = o->order[i - 1];
        o->order[i - 1] = o->order[with];
        o->order[with] = m;
    }
}

/* Machines that a framework was not asked about: full before, or given away before its turn. */
static void close_tallies(struct offers *o)
{
    for (offers_framework f = 0; f < o->framework_len; f++) {
        struct framework *fw = &o->framework[f];
        if (!fw->used) {
            continue;
        }
        if (fw->cycle != o->cycle) {
            fw->cycle = o->cycle;
            fw->tally = (struct offers_tally){{0}};
        }
        uint32_t asked = 0;
        for (int i = 0; i < OFFERS_REASONS; i++) {
            asked += fw->tally.count[i];
        }
        const uint32_t missed = o->candidates - o->full - asked;
        fw->tally.count[fw->suppressed ? OFFERS_SUPPRESSED : OFFERS_GIVEN] += missed;
        fw->tally.count[OFFERS_FULL] += o->full;
    }
}

size_t offers_cycle(struct offers *o, sim_time now_us, const sim_machine *machines, size_t n)
{
    o->cycle++;
    o->before = o->last_id;
    o->made_len = 0;
    o->required = required_headroom(o);
    const size_t len = candidates(o, machines, n);
    draw_order(o, len);
    for (size_t i = 0; i < len && !amounts_none(&o->required); i++) {
        offer_guarantees(o, o->order[i], now_us);
    }
    draw_order(o, len);
    for (size_t i = 0; i < len; i++) {
        offer_shares(o, o->order[i], now_us);
    }
    close_tallies(o);
    return o->made_len;
}

/* ---- why not --------------------------------------------------------------------------------- */

struct offers_why offers_why(struct offers *o, offers_framework f, sim_machine m, sim_time now_us)
{
    static const struct sim_resources none = {{0}};
    struct framework *fw = offers_framework_at(o, f);
    struct offers_why why = {
        .until_us = SIM_NEVER, .framework = SIM_NONE, .role = SIM_NONE, .reason = OFFERS_DOWN};
    if (m >= o->box_len || !o->box[m].known || !o->box[m].up) {
        return why;
    }
    why.free = offers_box_free_for(&o->box[m], fw->role);
    if (fw->suppressed) {
        why.reason = OFFERS_SUPPRESSED;
        return why;
    }
    struct offers_offer offer;
    const struct sim_resources required = required_headroom(o);
    why.reason = judge(o, fw->role, fw->revocable, m, &none, &required, &offer);
    why.over_limit = offer.over_limit;
    why.held_back = offer.held_back;
    const struct offers_offer *given = offers_on(o, m);
    const struct filter *filter =
        why.reason == OFFERS_OPEN ? offers_filter_of(o, fw, m, &offer.what, now_us) : NULL;
    if (why.reason == OFFERS_FULL && given != NULL) {
        why.reason = OFFERS_GIVEN;
        why.offer = given->id;
        why.framework = given->framework;
        why.role = given->role;
    } else if (filter != NULL) {
        why.reason = OFFERS_FILTERED;
        why.refused = filter->refused;
        why.until_us = filter->until_us;
        why.cause = filter->cause;
    }
    return why;
}

struct offers_tally offers_framework_tally(const struct offers *o, offers_framework f)
{
    const struct framework *fw = offers_framework_at(o, f);
    return fw->cycle == o->cycle ? fw->tally : (struct offers_tally){{0}};
}

struct offers_tally offers_machine_tally(const struct offers *o, sim_machine m)
{
    const struct box *b = offers_box_at(o, m);
    return b->cycle == o->cycle ? b->tally : (struct offers_tally){{0}};
}

struct sim_resources offers_consumed(const struct offers *o, offers_role role)
{
    const struct role *r = offers_role_at(o, role);
    CHECK(r->top == role);
    return r->consumed;
}

void offers_headroom(const struct offers *o, struct sim_resources *available,
                     struct sim_resources *required)
{
    *available = o->free;
    *required = required_headroom(o);
}

const struct accounts *offers_roles(const struct offers *o)
{
    return o->roles;
}

const struct accounts *offers_frameworks(const struct offers *o, offers_role role)
{
    return offers_role_at(o, role)->frameworks;
}
