/* spread.c - see spread.h. */
#include "core/spread.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

struct group {
    sim_machine *machines;
    uint32_t *counts;
    size_t len, machines_cap, counts_cap;
};

struct spread {
    struct group *groups;
    size_t group_cap;
    struct map_u64 *index; /* group << 32 | machine -> place in the group. */
};

struct spread *spread_create(void)
{
    struct spread *s = MEM_NEW(struct spread, 1);
    s->index = map_u64_create();
    return s;
}

void spread_destroy(struct spread *s)
{
    for (size_t i = 0; i < s->group_cap; i++) {
        mem_free(s->groups[i].machines);
        mem_free(s->groups[i].counts);
    }
    mem_free(s->groups);
    map_u64_destroy(s->index);
    mem_free(s);
}

static uint64_t key(uint32_t group, sim_machine m)
{
    return (uint64_t)group << 32 | m;
}

void spread_add(struct spread *s, uint32_t group, sim_machine m)
{
    MEM_GROW(s->groups, s->group_cap, (size_t)group + 1);
    struct group *g = &s->groups[group];
    bool fresh;
    uint32_t *index = map_u64_put(s->index, key(group, m), &fresh);
    if (!fresh) {
        g->counts[*index]++;
        return;
    }
    *index = (uint32_t)g->len;
    MEM_GROW(g->machines, g->machines_cap, g->len + 1);
    MEM_GROW(g->counts, g->counts_cap, g->len + 1);
    g->machines[g->len] = m;
    g->counts[g->len++] = 1;
}

void spread_drop(struct spread *s, uint32_t group, sim_machine m)
{
    const uint32_t *found = map_u64_get(s->index, key(group, m));
    CHECK(found != NULL);
    struct group *g = &s->groups[group];
    const uint32_t index = *found;
    if (--g->counts[index] > 0) {
        return;
    }
    map_u64_remove(s->index, key(group, m));
    g->len--;
    if (index < g->len) { /* The last one takes the free place. */
        g->machines[index] = g->machines[g->len];
        g->counts[index] = g->counts[g->len];
        *map_u64_get(s->index, key(group, g->machines[index])) = index;
    }
}

uint32_t spread_count(const struct spread *s, uint32_t group, sim_machine m)
{
    const uint32_t *index = map_u64_get(s->index, key(group, m));
    return index != NULL ? s->groups[group].counts[*index] : 0;
}

const sim_machine *spread_machines(const struct spread *s, uint32_t group, uint32_t *n)
{
    *n = group < s->group_cap ? (uint32_t)s->groups[group].len : 0;
    return *n > 0 ? s->groups[group].machines : NULL;
}
