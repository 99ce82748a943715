/* offers.c - rows about offers of resources. An allocator that offers the same again and again, and
 * is refused again and again, fills no table: only what differs from the last answer about the same
 * framework and machine is written, with how often it was repeated in between. */
#include <string.h>

#include "base/mem.h"
#include "core/engine.h"

struct refused { /* The last row about a framework and a machine; key 0 = none, or not refused. */
    uint64_t key;
    uint32_t repeats;
};
struct of_framework {
    struct refused *on; /* By machine. */
    size_t cap;
};
struct offer_rows {
    struct map_text *roles;
    struct of_framework *of; /* By seat. */
    size_t cap;
};

static struct offer_rows *rows_of(struct sim_context *c)
{
    if (c->offer_rows == NULL) {
        c->offer_rows = MEM_NEW(struct offer_rows, 1);
        c->offer_rows->roles = map_text_create();
    }
    return c->offer_rows;
}

void offer_rows_destroy(struct offer_rows *o)
{
    if (o == NULL) {
        return;
    }
    for (size_t i = 0; i < o->cap; i++) {
        mem_free(o->of[i].on);
    }
    map_text_destroy(o->roles);
    mem_free(o->of);
    mem_free(o);
}

static struct refused *last_of(struct offer_rows *o, const struct sim_offer *offer)
{
    MEM_GROW(o->of, o->cap, (size_t)offer->framework + 1);
    struct of_framework *f = &o->of[offer->framework];
    MEM_GROW(f->on, f->cap, (size_t)offer->machine + 1);
    return &f->on[offer->machine];
}

/* Equal for equal refusals of equal offers. */
static uint64_t refusal_key(const struct sim_offer *offer)
{
    struct {
        struct sim_resources amount;
        int64_t unused, task;
    } key = {offer->amount, (int64_t)offer->unused, (int64_t)offer->task};
    if (offer->answer != SIM_ANSWER_DECLINED) {
        return 0;
    }
    const uint64_t hash = map_hash(&key, sizeof key);
    return hash != 0 ? hash : 1;
}

static void fill(const struct sim_context *c, const struct sim_offer *offer,
                 struct sim_offer_row *row)
{
    memset(row, 0, sizeof *row);
    row->made_us = offer->made_us;
    row->answered_us = c->now_us;
    row->cpu = offer->amount.v[SIM_CPU];
    row->memory = offer->amount.v[SIM_MEMORY];
    row->gpu = offer->amount.v[SIM_GPU];
    row->disk = offer->amount.v[SIM_DISK];
    row->used_cpu = offer->used.v[SIM_CPU];
    row->used_memory = offer->used.v[SIM_MEMORY];
    row->used_gpu = offer->used.v[SIM_GPU];
    row->used_disk = offer->used.v[SIM_DISK];
    row->until_us = offer->until_us;
    row->share = offer->share;
    row->share_of = offer->share_of;
    row->missing = offer->missing;
    row->scheduler = offer->framework;
    row->machine = offer->machine;
    row->task = offer->task;
    row->answer = (uint8_t)offer->answer;
    row->unused = (uint8_t)offer->unused;
    row->dim = (uint8_t)offer->dim;
    row->share_dim = (uint8_t)offer->share_dim;
}

void sim_record_offer(struct sim_context *c, const struct sim_offer *offer)
{
    if (c->out == NULL) {
        return;
    }
    struct offer_rows *o = rows_of(c);
    struct refused *last = last_of(o, offer);
    const uint64_t key = refusal_key(offer);
    if (key != 0 && key == last->key) {
        last->repeats++;
        return;
    }
    struct sim_offer_row row;
    fill(c, offer, &row);
    row.repeats = last->repeats;
    *last = (struct refused){key, 0};
    bool fresh;
    row.role = map_text_id(o->roles, offer->role, &fresh);
    if (fresh) {
        record_name(c, SIM_NAME_ROLE, row.role, offer->role);
    }
    record_row(c, SIM_TABLE_OFFERS, &row);
}
