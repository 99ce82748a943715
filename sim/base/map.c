/* map.c - open addressing with linear probing, grown at 7/10 full. Hashes decide where an entry
 * lies and nothing else: ids follow first appearance, and there is no way to walk a table. */
#include "base/map.h"

#include "base/check.h"
#include "base/mem.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#define FIRST_SLOTS 64u /* A power of two, like every later size. */

uint64_t map_hash(const void *bytes, size_t n)
{
    return XXH3_64bits(bytes, n);
}

static bool is_full(uint64_t count, uint64_t slots)
{
    return count * 10 >= slots * 7;
}

/* ---- text -> dense id ----------------------------------------------------------------------- */

struct text_entry {
    uint64_t hash;
    uint64_t at; /* Offset in the heap. */
    uint32_t len;
};

struct text_slot {
    uint32_t tag; /* High half of the hash: most strangers are told apart without reading text. */
    uint32_t id;  /* SIM_NONE = free. */
};

struct map_text {
    struct text_slot *slots;
    uint64_t slot_count;
    struct text_entry *entries;
    size_t entry_cap;
    uint32_t count;
    char *heap;
    size_t heap_len, heap_cap;
};

static struct text_slot *text_slots_create(uint64_t n)
{
    struct text_slot *slots = mem_resize(NULL, n, sizeof *slots);
    memset(slots, 0xff, n * sizeof *slots);
    return slots;
}

struct map_text *map_text_create(void)
{
    struct map_text *m = MEM_NEW(struct map_text, 1);
    m->slot_count = FIRST_SLOTS;
    m->slots = text_slots_create(FIRST_SLOTS);
    return m;
}

void map_text_destroy(struct map_text *m)
{
    if (m == NULL)
        return;
    mem_free(m->slots);
    mem_free(m->entries);
    mem_free(m->heap);
    mem_free(m);
}

/* The slot that holds text, or the free one where it belongs. */
static struct text_slot *text_slot(const struct map_text *m, struct sim_text text, uint64_t hash)
{
    const uint64_t mask = m->slot_count - 1;
    const uint32_t tag = (uint32_t)(hash >> 32);
    for (uint64_t i = hash & mask;; i = (i + 1) & mask) {
        struct text_slot *slot = &m->slots[i];
        if (slot->id == SIM_NONE)
            return slot;
        if (slot->tag != tag)
            continue;
        const struct text_entry *e = &m->entries[slot->id];
        if (e->len == text.len &&
            (text.len == 0 || memcmp(m->heap + e->at, text.at, text.len) == 0))
            return slot;
    }
}

static void text_grow(struct map_text *m)
{
    mem_free(m->slots);
    m->slot_count *= 2;
    m->slots = text_slots_create(m->slot_count);
    const uint64_t mask = m->slot_count - 1;
    for (uint32_t id = 0; id < m->count; id++) {
        uint64_t i = m->entries[id].hash & mask;
        while (m->slots[i].id != SIM_NONE)
            i = (i + 1) & mask;
        m->slots[i] = (struct text_slot){(uint32_t)(m->entries[id].hash >> 32), id};
    }
}

static uint32_t text_append(struct map_text *m, struct sim_text text, uint64_t hash)
{
    CHECK(m->count < SIM_NONE - 1);
    MEM_GROW(m->entries, m->entry_cap, (size_t)m->count + 1);
    MEM_GROW(m->heap, m->heap_cap, m->heap_len + text.len);
    m->entries[m->count] = (struct text_entry){hash, m->heap_len, text.len};
    if (text.len != 0)
        memcpy(m->heap + m->heap_len, text.at, text.len);
    m->heap_len += text.len;
    return m->count++;
}

uint32_t map_text_id(struct map_text *m, struct sim_text text, bool *fresh)
{
    const uint64_t hash = map_hash(text.at, text.len);
    struct text_slot *slot = text_slot(m, text, hash);
    const bool is_new = slot->id == SIM_NONE;
    if (fresh != NULL)
        *fresh = is_new;
    if (!is_new)
        return slot->id;
    const uint32_t id = text_append(m, text, hash);
    *slot = (struct text_slot){(uint32_t)(hash >> 32), id};
    if (is_full(m->count, m->slot_count))
        text_grow(m);
    return id;
}

uint32_t map_text_find(const struct map_text *m, struct sim_text text)
{
    return text_slot(m, text, map_hash(text.at, text.len))->id;
}

struct sim_text map_text_at(const struct map_text *m, uint32_t id)
{
    CHECK(id < m->count);
    const struct text_entry *e = &m->entries[id];
    /* An empty text may lie in a heap that does not exist yet. */
    return (struct sim_text){e->len == 0 ? "" : m->heap + e->at, e->len};
}

uint32_t map_text_count(const struct map_text *m)
{
    return m->count;
}

/* ---- u64 -> u32 ----------------------------------------------------------------------------- */

struct u64_slot {
    uint64_t key;
    uint32_t value;
    bool used;
};

struct map_u64 {
    struct u64_slot *slots;
    uint64_t slot_count;
    uint64_t count;
};

/* Keys are often small and dense, so every bit must reach the low ones. Source: the "xmx" mixer of
 * J. Maiga, "The construct of a bit mixer" (2020). */
static uint64_t u64_home(const struct map_u64 *m, uint64_t key)
{
    uint64_t x = key;
    x ^= x >> 32;
    x *= UINT64_C(0xe9846af9b1a615d);
    x ^= x >> 32;
    x *= UINT64_C(0xe9846af9b1a615d);
    x ^= x >> 28;
    return x & (m->slot_count - 1);
}

struct map_u64 *map_u64_create(void)
{
    struct map_u64 *m = MEM_NEW(struct map_u64, 1);
    m->slot_count = FIRST_SLOTS;
    m->slots = MEM_NEW(struct u64_slot, FIRST_SLOTS);
    return m;
}

void map_u64_destroy(struct map_u64 *m)
{
    if (m == NULL)
        return;
    mem_free(m->slots);
    mem_free(m);
}

static struct u64_slot *u64_slot(const struct map_u64 *m, uint64_t key)
{
    const uint64_t mask = m->slot_count - 1;
    uint64_t i = u64_home(m, key);
    while (m->slots[i].used && m->slots[i].key != key)
        i = (i + 1) & mask;
    return &m->slots[i];
}

static void u64_grow(struct map_u64 *m)
{
    struct u64_slot *old = m->slots;
    const uint64_t old_count = m->slot_count;
    m->slot_count *= 2;
    m->slots = MEM_NEW(struct u64_slot, m->slot_count);
    for (uint64_t i = 0; i < old_count; i++) {
        if (old[i].used)
            *u64_slot(m, old[i].key) = old[i];
    }
    mem_free(old);
}

uint32_t *map_u64_put(struct map_u64 *m, uint64_t key, bool *fresh)
{
    struct u64_slot *slot = u64_slot(m, key);
    if (fresh != NULL)
        *fresh = !slot->used;
    if (slot->used)
        return &slot->value;
    if (is_full(m->count + 1, m->slot_count)) {
        u64_grow(m);
        slot = u64_slot(m, key);
    }
    *slot = (struct u64_slot){key, 0, true};
    m->count++;
    return &slot->value;
}

uint32_t *map_u64_get(const struct map_u64 *m, uint64_t key)
{
    struct u64_slot *slot = u64_slot(m, key);
    return slot->used ? &slot->value : NULL;
}

bool map_u64_remove(struct map_u64 *m, uint64_t key)
{
    struct u64_slot *slot = u64_slot(m, key);
    if (!slot->used)
        return false;
    /* Move later entries of the chain back over the hole, so that no tombstones pile up. An entry
     * may move when its home does not lie behind the hole. */
    const uint64_t mask = m->slot_count - 1;
    uint64_t hole = (uint64_t)(slot - m->slots);
    for (uint64_t i = (hole + 1) & mask; m->slots[i].used; i = (i + 1) & mask) {
        const uint64_t home = u64_home(m, m->slots[i].key);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole].used = false;
    m->count--;
    return true;
}

uint64_t map_u64_count(const struct map_u64 *m)
{
    return m->count;
}
