/* classes.c - see classes.h. */
#include "core/classes.h"

#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct key { /* Everything that tells classes apart, without padding. */
    int64_t request[SIM_DIMS];
    uint32_t gpu, constraints, spread_group, max_per_machine;
    int32_t priority;
    uint32_t pad;
};

struct classes {
    struct class_entry **entries; /* By id; NULL = free. */
    uint32_t *free_ids;
    size_t count, cap, free_len, free_cap;
    struct map_u64 *by_hash;
};

static struct key key_of(const struct sim_class *c)
{
    struct key k;
    memset(&k, 0, sizeof k);
    memcpy(k.request, c->request.v, sizeof k.request);
    k.gpu = (uint32_t)c->gpu_count << 16 | c->gpu_milli;
    k.constraints = c->constraints;
    k.spread_group = c->spread_group;
    k.max_per_machine = c->max_per_machine;
    k.priority = c->priority;
    return k;
}

bool classes_alike(const struct sim_class *a, const struct sim_class *b)
{
    const struct key x = key_of(a), y = key_of(b);
    return memcmp(&x, &y, sizeof x) == 0;
}

struct classes *classes_create(void)
{
    struct classes *c = MEM_NEW(struct classes, 1);
    c->by_hash = map_u64_create();
    return c;
}

void classes_destroy(struct classes *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        mem_free(c->entries[i]);
    }
    mem_free(c->entries);
    mem_free(c->free_ids);
    map_u64_destroy(c->by_hash);
    mem_free(c);
}

/* Two keys with one hash are told apart by comparing them; the later one lives at the next free
 * hash. A gap left behind by a removal can only make an equal class appear twice, which costs
 * memory and changes no decision. */
struct class_entry *classes_get(struct classes *c, const struct sim_class *cls)
{
    const struct key k = key_of(cls);
    uint64_t hash = map_hash(&k, sizeof k);
    bool fresh;
    uint32_t *id = map_u64_put(c->by_hash, hash, &fresh);
    while (!fresh) {
        struct class_entry *e = c->entries[*id];
        const struct key other = key_of(&e->cls);
        if (memcmp(&k, &other, sizeof k) == 0) {
            e->refs++;
            return e;
        }
        id = map_u64_put(c->by_hash, ++hash, &fresh);
    }
    struct class_entry *e = MEM_NEW(struct class_entry, 1);
    e->cls = *cls;
    if (c->free_len > 0) {
        e->cls.id = c->free_ids[--c->free_len];
    } else {
        e->cls.id = (uint32_t)c->count;
        MEM_GROW(c->entries, c->cap, c->count + 1);
        c->count++;
    }
    e->refs = 1;
    e->refused_at = UINT64_MAX;
    e->first_refused = e->last_refused = SIM_NONE;
    c->entries[e->cls.id] = e;
    *id = e->cls.id;
    return e;
}

static void forget(struct classes *c, const struct class_entry *e)
{
    const struct key k = key_of(&e->cls);
    uint64_t hash = map_hash(&k, sizeof k);
    const uint32_t *id = map_u64_get(c->by_hash, hash);
    while (id == NULL || *id != e->cls.id) {
        id = map_u64_get(c->by_hash, ++hash);
    }
    map_u64_remove(c->by_hash, hash);
}

void classes_put(struct classes *c, struct class_entry *e,
                 void (*drop)(void *, struct class_entry *), void *self)
{
    CHECK(e->refs > 0);
    if (--e->refs > 0) {
        return;
    }
    drop(self, e);
    forget(c, e);
    MEM_GROW(c->free_ids, c->free_cap, c->free_len + 1);
    c->free_ids[c->free_len++] = e->cls.id;
    c->entries[e->cls.id] = NULL;
    mem_free(e);
}
