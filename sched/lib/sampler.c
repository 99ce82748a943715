/* sampler.c - see sampler.h. */
#include "sched/lib/sampler.h"

#include "base/mem.h"

void sampler_init(struct sampler *s, uint64_t seed, const char *stream)
{
    *s = (struct sampler){.list = NULL};
    prng_init(&s->random, seed, stream);
}

void sampler_fini(struct sampler *s)
{
    mem_free(s->list);
}

void sampler_begin(struct sampler *s, uint32_t machines)
{
    MEM_GROW(s->list, s->cap, machines);
    for (; s->len < machines; s->len++) {
        s->list[s->len] = s->len;
    }
    s->drawn = 0;
}

sim_machine sampler_next(struct sampler *s)
{
    if (s->drawn == s->len) {
        return SIM_NONE;
    }
    const uint32_t at = s->drawn + prng_below(&s->random, s->len - s->drawn);
    const sim_machine m = s->list[at];
    s->list[at] = s->list[s->drawn];
    s->list[s->drawn++] = m;
    return m;
}
