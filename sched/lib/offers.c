/* offers.c - see offers.h: who is there, what they hold, offers and answers. Decisions are in
 * offers_cycle.c. */
#include "sched/lib/offers.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "sched/lib/offers_state.h"

struct offers *offers_create(const struct offers_args *args)
{
    CHECK(args->interval_us > 0 && args->min_cpu >= 0 && args->min_memory >= 0);
    struct offers *o = MEM_NEW(struct offers, 1);
    o->args = *args;
    if (args->stream != NULL) {
        prng_init(&o->draw, args->seed, args->stream);
    }
    o->roles = accounts_create(ACCOUNTS_DOMINANT, SIM_NEVER);
    o->paths = map_text_create();
    o->by_id = map_u64_create();
    o->free_slot = o->free_filter = SIM_NONE;
    return o;
}

void offers_destroy(struct offers *o)
{
    if (o == NULL) {
        return;
    }
    for (size_t i = 0; i < o->role_len; i++) {
        accounts_destroy(o->role[i].frameworks);
        mem_free(o->role[i].path);
    }
    for (size_t i = 0; i < o->framework_len; i++) {
        map_u64_destroy(o->framework[i].filters);
        mem_free(o->framework[i].filtered);
    }
    for (size_t i = 0; i < o->box_len; i++) {
        mem_free(o->box[i].reservations);
    }
    mem_free(o->role);
    mem_free(o->framework);
    mem_free(o->box);
    mem_free(o->slot);
    mem_free(o->filter);
    mem_free(o->order);
    mem_free(o->made);
    accounts_destroy(o->roles);
    map_text_destroy(o->paths);
    map_u64_destroy(o->by_id);
    mem_free(o);
}

struct role *offers_role_at(const struct offers *o, offers_role role)
{
    CHECK(role < o->role_len);
    return &o->role[role];
}

struct framework *offers_framework_at(const struct offers *o, offers_framework f)
{
    CHECK(f < o->framework_len && o->framework[f].used);
    return &o->framework[f];
}

struct box *offers_box_at(const struct offers *o, sim_machine m)
{
    CHECK(m < o->box_len && o->box[m].known);
    return &o->box[m];
}

/* ---- roles ----------------------------------------------------------------------------------- */

static offers_role role_add(struct offers *o, struct sim_text path, offers_role above)
{
    const offers_role id = (offers_role)o->role_len;
    MEM_GROW(o->role, o->role_cap, o->role_len + 1);
    o->role_len++;
    struct sim_text name = path;
    if (above != SIM_NONE) {
        const uint32_t skip = (uint32_t)strlen(o->role[above].path) + 1;
        name = (struct sim_text){path.at + skip, path.len - skip};
    }
    CHECK(!(name.len == 1 && name.at[0] == '.'));
    o->role[id] = (struct role){.path = mem_text(path.at, path.len), .leaf = SIM_NONE};
    o->role[id].top = above == SIM_NONE ? id : o->role[above].top;
    o->role[id].account = accounts_add(
        o->roles, above == SIM_NONE ? ACCOUNTS_ROOT : o->role[above].account, name, false, id);
    return id;
}

offers_role offers_role_of(struct offers *o, struct sim_text path)
{
    const uint32_t known = map_text_find(o->paths, path);
    if (known != SIM_NONE) {
        return known;
    }
    uint32_t cut = path.len;
    while (cut > 0 && path.at[cut - 1] != '/') {
        cut--;
    }
    const offers_role above =
        cut == 0 ? SIM_NONE : offers_role_of(o, (struct sim_text){path.at, cut - 1});
    CHECK(map_text_id(o->paths, path, NULL) == o->role_len);
    return role_add(o, path, above);
}

struct sim_text offers_role_path(const struct offers *o, offers_role role)
{
    const char *path = offers_role_at(o, role)->path;
    return (struct sim_text){path, (uint32_t)strlen(path)};
}

void offers_set_weight(struct offers *o, offers_role role, int64_t num, int64_t den)
{
    accounts_set_weight(o->roles, offers_role_at(o, role)->account, num, den);
}

void offers_set_quota(struct offers *o, offers_role role, const struct sim_resources *guarantee,
                      const struct sim_resources *limit)
{
    struct role *r = offers_role_at(o, role);
    CHECK(r->top == role);
    r->guaranteed = guarantee != NULL && !amounts_none(guarantee);
    accounts_set_quota(o->roles, r->account, guarantee, limit);
}

/* ---- frameworks ------------------------------------------------------------------------------ */

static void role_open(struct offers *o, struct role *r, offers_role role)
{
    r->leaf = accounts_add(o->roles, r->account, (struct sim_text){".", 1}, true, role);
    accounts_set_active(o->roles, r->leaf, true);
    r->frameworks = accounts_create(ACCOUNTS_DOMINANT, SIM_NEVER);
    accounts_set_totals(r->frameworks, &o->totals);
}

static void role_close(struct offers *o, struct role *r)
{
    accounts_remove(o->roles, r->leaf);
    accounts_destroy(r->frameworks);
    r->leaf = SIM_NONE;
    r->frameworks = NULL;
}

offers_framework offers_framework_add(struct offers *o, offers_role role, struct sim_text name,
                                      bool revocable)
{
    struct role *r = offers_role_at(o, role);
    if (r->framework_count++ == 0) {
        role_open(o, r, role);
    }
    offers_framework f = 0;
    while (f < o->framework_len && o->framework[f].used) {
        f++;
    }
    if (f == o->framework_len) {
        MEM_GROW(o->framework, o->framework_cap, o->framework_len + 1);
        o->framework_len++;
    }
    o->framework[f] =
        (struct framework){.used = true,
                           .revocable = revocable,
                           .role = role,
                           .account = accounts_add(r->frameworks, ACCOUNTS_ROOT, name, true, f),
                           .first = SIM_NONE};
    accounts_set_active(r->frameworks, o->framework[f].account, true);
    return f;
}

void offers_framework_remove(struct offers *o, offers_framework f)
{
    struct framework *gone = offers_framework_at(o, f);
    struct role *r = &o->role[gone->role];
    const struct account_view held = accounts_at(r->frameworks, gone->account);
    CHECK(gone->first == SIM_NONE && amounts_none(&held.allocated));
    accounts_remove(r->frameworks, gone->account);
    offers_filter_clear(o, gone);
    mem_free(gone->filtered);
    *gone = (struct framework){.used = false};
    if (--r->framework_count == 0) {
        role_close(o, r);
    }
}

void offers_suppress(struct offers *o, offers_framework f)
{
    struct framework *fw = offers_framework_at(o, f);
    fw->suppressed = true;
    accounts_set_active(o->role[fw->role].frameworks, fw->account, false);
}

void offers_revive(struct offers *o, offers_framework f)
{
    struct framework *fw = offers_framework_at(o, f);
    fw->suppressed = false;
    accounts_set_active(o->role[fw->role].frameworks, fw->account, true);
    offers_filter_clear(o, fw);
}

/* ---- machines -------------------------------------------------------------------------------- */

struct sim_resources offers_box_free(const struct box *b)
{
    const struct sim_resources unreserved = amounts_less(&b->total, &b->reserved);
    return amounts_less(&unreserved, &b->held);
}

static struct reservation *reservation_of(const struct box *b, offers_role role)
{
    for (size_t i = 0; i < b->len; i++) {
        if (b->reservations[i].role == role) {
            return &b->reservations[i];
        }
    }
    return NULL;
}

struct offers_bundle offers_box_free_for(const struct box *b, offers_role role)
{
    struct offers_bundle out = {.unreserved = offers_box_free(b),
                                .revocable = amounts_less(&b->revocable, &b->revocable_held)};
    const struct reservation *r = reservation_of(b, role);
    if (r != NULL) {
        out.reserved = amounts_less(&r->total, &r->held);
    }
    return out;
}

static void change_sums(struct offers *o, const struct box *b, int64_t sign)
{
    const struct sim_resources free = offers_box_free(b);
    for (int d = 0; d < SIM_DIMS; d++) {
        o->free.v[d] += sign * free.v[d];
        o->totals.v[d] += sign * (b->total.v[d] + b->revocable.v[d]);
    }
}

static void tell_totals(struct offers *o)
{
    accounts_set_totals(o->roles, &o->totals);
    for (size_t i = 0; i < o->role_len; i++) {
        if (o->role[i].frameworks != NULL) {
            accounts_set_totals(o->role[i].frameworks, &o->totals);
        }
    }
}

void offers_machine_set(struct offers *o, sim_machine m, const struct sim_resources *total, bool up)
{
    if (m >= o->box_len) {
        MEM_GROW(o->box, o->box_cap, (size_t)m + 1);
        o->box_len = (size_t)m + 1;
    }
    struct box *b = &o->box[m];
    if (!b->known) {
        struct reservation *reservations = b->reservations;
        const size_t cap = b->cap;
        *b = (struct box){
            .known = true, .reservations = reservations, .cap = cap, .first = SIM_NONE};
    }
    change_sums(o, b, -1);
    b->total = *total;
    b->up = up;
    change_sums(o, b, 1);
    tell_totals(o);
}

void offers_machine_remove(struct offers *o, sim_machine m)
{
    struct box *b = offers_box_at(o, m);
    CHECK(b->first == SIM_NONE && amounts_none(&b->held) && amounts_none(&b->revocable_held));
    for (size_t i = 0; i < b->len; i++) {
        const struct sim_resources none = {{0}};
        offers_reserve(o, m, b->reservations[i].role, &none);
    }
    for (size_t i = 0; i < o->framework_len; i++) {
        offers_filter_drop(o, &o->framework[i], m);
    }
    change_sums(o, b, -1);
    b->known = b->up = false;
    b->len = 0;
    tell_totals(o);
}

void offers_reserve(struct offers *o, sim_machine m, offers_role role,
                    const struct sim_resources *amount)
{
    struct box *b = offers_box_at(o, m);
    struct reservation *r = reservation_of(b, role);
    if (r == NULL) {
        MEM_GROW(b->reservations, b->cap, b->len + 1);
        r = &b->reservations[b->len++];
        *r = (struct reservation){.role = role};
    }
    CHECK(amounts_within(&r->held, amount));
    struct role *top = &o->role[offers_role_at(o, role)->top];
    change_sums(o, b, -1);
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t more = amount->v[d] - r->total.v[d];
        b->reserved.v[d] += more;
        top->consumed.v[d] += more;
    }
    r->total = *amount;
    change_sums(o, b, 1);
    CHECK(amounts_within(&b->reserved, &b->total));
}

void offers_set_revocable(struct offers *o, sim_machine m, const struct sim_resources *amount)
{
    struct box *b = offers_box_at(o, m);
    change_sums(o, b, -1);
    b->revocable = *amount;
    change_sums(o, b, 1);
    tell_totals(o);
}

/* ---- holdings -------------------------------------------------------------------------------- */

static void hold_on_machine(struct offers *o, struct framework *f, struct box *b,
                            const struct offers_bundle *what, int64_t sign)
{
    struct reservation *r = reservation_of(b, f->role);
    CHECK(r != NULL || amounts_none(&what->reserved));
    struct role *top = &o->role[o->role[f->role].top];
    const struct sim_resources before = offers_box_free(b);
    for (int d = 0; d < SIM_DIMS; d++) {
        b->held.v[d] += sign * what->unreserved.v[d];
        b->revocable_held.v[d] += sign * what->revocable.v[d];
        top->consumed.v[d] += sign * what->unreserved.v[d];
        CHECK(b->held.v[d] >= 0 && b->revocable_held.v[d] >= 0 && top->consumed.v[d] >= 0);
        if (r != NULL) {
            r->held.v[d] += sign * what->reserved.v[d];
            CHECK(r->held.v[d] >= 0 && r->held.v[d] <= r->total.v[d]);
        }
    }
    const struct sim_resources after = offers_box_free(b);
    for (int d = 0; d < SIM_DIMS; d++) {
        o->free.v[d] += after.v[d] - before.v[d];
    }
}

static struct sim_resources bundle_sum(const struct offers_bundle *b)
{
    const struct sim_resources fixed = amounts_sum(&b->unreserved, &b->reserved);
    return amounts_sum(&fixed, &b->revocable);
}

static void take(struct offers *o, offers_framework id, sim_machine m,
                 const struct offers_bundle *what)
{
    struct framework *f = offers_framework_at(o, id);
    hold_on_machine(o, f, offers_box_at(o, m), what, 1);
    const struct sim_resources sum = bundle_sum(what);
    accounts_allocate(o->roles, o->role[f->role].leaf, &sum);
    accounts_allocate(o->role[f->role].frameworks, f->account, &sum);
}

void offers_release(struct offers *o, offers_framework id, sim_machine m,
                    const struct offers_bundle *what)
{
    struct framework *f = offers_framework_at(o, id);
    hold_on_machine(o, f, offers_box_at(o, m), what, -1);
    const struct sim_resources sum = bundle_sum(what);
    accounts_release(o->roles, o->role[f->role].leaf, &sum);
    accounts_release(o->role[f->role].frameworks, f->account, &sum);
}

void offers_adopt(struct offers *o, offers_framework f, sim_machine m,
                  const struct offers_bundle *what)
{
    take(o, f, m, what);
}

/* ---- offers ---------------------------------------------------------------------------------- */

static uint32_t slot_take(struct offers *o)
{
    const uint32_t i = o->free_slot;
    if (i != SIM_NONE) {
        o->free_slot = o->slot[i].on_next;
        return i;
    }
    MEM_GROW(o->slot, o->slot_cap, o->slot_len + 1);
    return (uint32_t)o->slot_len++;
}

void offers_put(struct offers *o, const struct offers_offer *offer)
{
    take(o, offer->framework, offer->machine, &offer->what);
    const uint32_t i = slot_take(o);
    struct slot *s = &o->slot[i];
    uint32_t *on = &o->box[offer->machine].first, *to = &o->framework[offer->framework].first;
    *s = (struct slot){*offer, SIM_NONE, *on, SIM_NONE, *to};
    s->offer.id = ++o->last_id;
    if (*on != SIM_NONE) {
        o->slot[*on].on_prev = i;
    }
    if (*to != SIM_NONE) {
        o->slot[*to].to_prev = i;
    }
    *on = *to = i;
    *map_u64_put(o->by_id, s->offer.id, NULL) = i;
    MEM_GROW(o->made, o->made_cap, o->made_len + 1);
    o->made[o->made_len++] = s->offer.id;
}

static const struct offers_offer *offer_in(const struct offers *o, uint32_t slot)
{
    return slot == SIM_NONE ? NULL : &o->slot[slot].offer;
}

const struct offers_offer *offers_of_cycle(const struct offers *o, sim_machine m,
                                           offers_framework f)
{
    uint32_t i = o->box[m].first; /* The latest come first. */
    while (i != SIM_NONE && o->slot[i].offer.id > o->before) {
        if (f == SIM_NONE || o->slot[i].offer.framework == f) {
            return &o->slot[i].offer;
        }
        i = o->slot[i].on_next;
    }
    return NULL;
}

const struct offers_offer *offers_find(const struct offers *o, offers_id id)
{
    const uint32_t *slot = map_u64_get(o->by_id, id);
    return offer_in(o, slot != NULL ? *slot : SIM_NONE);
}

const struct offers_offer *offers_made(const struct offers *o, size_t i)
{
    CHECK(i < o->made_len);
    return offers_find(o, o->made[i]);
}

const struct offers_offer *offers_on(const struct offers *o, sim_machine m)
{
    return offer_in(o, offers_box_at(o, m)->first);
}

const struct offers_offer *offers_to(const struct offers *o, offers_framework f)
{
    return offer_in(o, offers_framework_at(o, f)->first);
}

/* The offer is outstanding no more; what it held is held on. */
static struct offers_offer close_offer(struct offers *o, offers_id id)
{
    const uint32_t *found = map_u64_get(o->by_id, id);
    CHECK(found != NULL);
    const uint32_t i = *found;
    map_u64_remove(o->by_id, id);
    struct slot *s = &o->slot[i];
    *(s->on_prev != SIM_NONE ? &o->slot[s->on_prev].on_next : &o->box[s->offer.machine].first) =
        s->on_next;
    *(s->to_prev != SIM_NONE ? &o->slot[s->to_prev].to_next
                             : &o->framework[s->offer.framework].first) = s->to_next;
    if (s->on_next != SIM_NONE) {
        o->slot[s->on_next].on_prev = s->on_prev;
    }
    if (s->to_next != SIM_NONE) {
        o->slot[s->to_next].to_prev = s->to_prev;
    }
    s->on_next = o->free_slot;
    o->free_slot = i;
    return s->offer;
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void refuse(struct offers *o, const struct offers_offer *offer,
                   const struct offers_bundle *rest, sim_time now_us, sim_time refuse_us,
                   uint32_t cause)
{
    if (bundle_none(rest)) {
        return;
    }
    offers_release(o, offer->framework, offer->machine, rest);
    if (refuse_us == 0) {
        return;
    }
    sim_time length_us = refuse_us < 0 ? OFFERS_REFUSE_US : refuse_us;
    length_us = length_us < OFFERS_REFUSE_MAX_US ? length_us : OFFERS_REFUSE_MAX_US;
    length_us = length_us > o->args.interval_us ? length_us : o->args.interval_us;
    const struct filter filter = {*rest, now_us + length_us, cause, SIM_NONE};
    offers_filter_add(o, &o->framework[offer->framework], offer->machine, &filter, now_us);
}

void offers_accept(struct offers *o, offers_id id, const struct offers_bundle *used,
                   sim_time now_us, sim_time refuse_us, uint32_t cause)
{
    const struct offers_offer offer = close_offer(o, id);
    CHECK(bundle_within(used, &offer.what));
    const struct offers_bundle rest = {
        .unreserved = amounts_less(&offer.what.unreserved, &used->unreserved),
        .reserved = amounts_less(&offer.what.reserved, &used->reserved),
        .revocable = amounts_less(&offer.what.revocable, &used->revocable)};
    refuse(o, &offer, &rest, now_us, refuse_us, cause);
}

void offers_decline(struct offers *o, offers_id id, sim_time now_us, sim_time refuse_us,
                    uint32_t cause)
{
    offers_accept(o, id, &(struct offers_bundle){.unreserved = {{0}}}, now_us, refuse_us, cause);
}

void offers_rescind(struct offers *o, offers_id id)
{
    const struct offers_offer offer = close_offer(o, id);
    offers_release(o, offer.framework, offer.machine, &offer.what);
}
