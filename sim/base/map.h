/* map.h - hash tables with stable behaviour: nothing is ever iterated in hash order.
 *
 * map_text interns text: equal bytes get the same dense id, in order of first appearance.
 * map_u64 maps a 64-bit key to a 32-bit value. */
#ifndef SIM_BASE_MAP_H
#define SIM_BASE_MAP_H
#include <stdbool.h>
#include <stdint.h>

#include <simctl/types.h>

struct map_text;
struct map_text *map_text_create(void);
void map_text_destroy(struct map_text *m);
/* Id of text; *fresh (may be NULL) tells whether it was new. */
uint32_t map_text_id(struct map_text *m, struct sim_text text, bool *fresh);
uint32_t map_text_find(const struct map_text *m, struct sim_text text); /* SIM_NONE if absent. */
struct sim_text map_text_at(const struct map_text *m,
                            uint32_t id); /* Until the next map_text_id. */
uint32_t map_text_count(const struct map_text *m);

struct map_u64;
struct map_u64 *map_u64_create(void);
void map_u64_destroy(struct map_u64 *m);
/* Pointer to the value for key, inserted as 0 when absent; valid until the next call that inserts.
 */
uint32_t *map_u64_put(struct map_u64 *m, uint64_t key, bool *fresh);
uint32_t *map_u64_get(const struct map_u64 *m, uint64_t key); /* NULL if absent. */
bool map_u64_remove(struct map_u64 *m, uint64_t key);
uint64_t map_u64_count(const struct map_u64 *m);

uint64_t map_hash(const void *bytes, size_t n); /* 64-bit, the same on every machine. */
#endif
