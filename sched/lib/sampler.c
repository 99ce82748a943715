/* sampler.c - see sampler.h. */
#include "sched/lib/sampler.h"

#include "base/mem.h"
#include "sched/lib/nodes.h"

void sampler_init(struct sampler *s, uint64_t seed, const char *stream)
{
    *s = (struct sampler){.list = NULL};
    prng_init(&s->random, seed, stream);
}

void sampler_fini(struct sampler *s)
{
    mem_free(s->list);
}

uint32_t sampler_draw(struct sampler *s, struct sim_context *ctx, const struct sim_class *cls,
                      sim_machine *out, uint32_t want)
{
    const uint32_t machines = sim_context_view(ctx)->n;
    MEM_GROW(s->list, s->cap, machines);
    for (; s->len < machines; s->len++) {
        s->list[s->len] = s->len;
    }
    uint32_t got = 0;
    for (uint32_t drawn = 0; drawn < s->len && got < want; drawn++) {
        const uint32_t at = drawn + prng_below(&s->random, s->len - drawn);
        const sim_machine m = s->list[at];
        s->list[at] = s->list[drawn];
        s->list[drawn] = m;
        out[got] = m;
        got += nodes_suits(ctx, cls, m);
    }
    return got;
}
