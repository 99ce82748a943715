/* batches.c - see batches.h. */
#include "sched/lib/batches.h"

#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

void batches_init(struct batches *b)
{
    *b = (struct batches){.by_number = map_u64_create()};
}

void batches_fini(struct batches *b)
{
    for (size_t i = 0; i < b->count; i++) {
        mem_free(b->at[i].tasks);
        mem_free(b->at[i].machines);
    }
    map_u64_destroy(b->by_number);
    mem_free(b->at);
    mem_free(b->spare);
}

uint32_t batches_begin(struct batches *b)
{
    CHECK(b->forming == NULL);
    b->forming = map_u64_create();
    return b->numbers;
}

static uint32_t create(struct batches *b, const struct sim_task_view *t)
{
    uint32_t index;
    if (b->spare_len > 0) {
        index = b->spare[--b->spare_len];
    } else {
        MEM_GROW(b->at, b->cap, b->count + 1);
        index = (uint32_t)b->count++;
    }
    struct batch *batch = &b->at[index];
    *batch = (struct batch){.is = {.cls = *t->cls,
                                   .number = b->numbers++,
                                   .job = t->job,
                                   .user = t->user,
                                   .priority = t->priority},
                            .tasks = batch->tasks,
                            .machines = batch->machines,
                            .cap = batch->cap,
                            .machine_cap = batch->machine_cap};
    *map_u64_put(b->by_number, batch->is.number, NULL) = index;
    return index;
}

uint32_t batches_join(struct batches *b, const struct sim_task_view *t, bool together)
{
    bool fresh;
    if (!together) {
        return create(b, t);
    }
    uint32_t *index = map_u64_put(b->forming, (uint64_t)t->job << 32 | t->cls->id, &fresh);
    if (fresh || b->at[*index].is.priority != t->priority) {
        *index = create(b, t);
    }
    return *index;
}

uint32_t batches_end(struct batches *b)
{
    map_u64_destroy(b->forming);
    b->forming = NULL;
    return b->numbers;
}

struct batch *batches_at(struct batches *b, uint32_t index)
{
    CHECK(index < b->count);
    return &b->at[index];
}

struct batch *batches_find(const struct batches *b, uint32_t number)
{
    const uint32_t *index = map_u64_get(b->by_number, number);
    return index != NULL ? &b->at[*index] : NULL;
}

void batches_forget(struct batches *b, const struct batch *batch)
{
    CHECK(map_u64_remove(b->by_number, batch->is.number));
    MEM_GROW(b->spare, b->spare_cap, b->spare_len + 1);
    b->spare[b->spare_len++] = (uint32_t)(batch - b->at);
}

uint32_t batch_append(struct batch *b, sim_slot task)
{
    MEM_GROW(b->tasks, b->cap, (size_t)b->len + 1);
    b->tasks[b->len] = task;
    b->left++;
    return b->len++;
}

sim_slot batch_remove(struct batch *b, uint32_t place)
{
    const sim_slot task = b->tasks[place];
    CHECK(task != SIM_NONE && b->left > 0);
    b->tasks[place] = SIM_NONE;
    b->left--;
    return task;
}
