/* rundir_lists.c - the growing arrays that a run directory is read into. */
#include <string.h>

#include "base/mem.h"
#include "report/rundir_source.h"

bool name_list_add(struct name_list *l, uint32_t id, struct sim_text text)
{
    if (id != l->count)
        return false;
    MEM_GROW(l->places, l->place_cap, l->count + 1);
    MEM_GROW(l->heap, l->heap_cap, l->heap_len + text.len + 1);
    l->places[l->count++] = (struct name_place){l->heap_len, text.len};
    if (text.len > 0)
        memcpy(l->heap + l->heap_len, text.at, text.len);
    l->heap_len += text.len;
    l->heap[l->heap_len++] = '\0';
    return true;
}

struct sim_text name_list_at(const struct name_list *l, uint32_t id)
{
    if (id >= l->count)
        return (struct sim_text){"", 0};
    return (struct sim_text){l->heap + l->places[id].at, l->places[id].len};
}

void name_list_fini(struct name_list *l)
{
    mem_free(l->places);
    mem_free(l->heap);
}

uint8_t *row_list_more(struct row_list *l, size_t row_bytes, size_t more)
{
    l->rows = mem_grow(l->rows, &l->cap, l->count + more, row_bytes);
    uint8_t *added = l->rows + l->count * row_bytes;
    l->count += more;
    return added;
}
