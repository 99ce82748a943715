/* profile.c - see profile.h. */
#include "sched/lib/profile.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

struct step {
    sim_time at_us;
    struct sim_resources free;
};
struct profile {
    struct step *steps; /* Sorted; [begin, len) are in use. */
    size_t begin, len, cap;
};

struct profile *profile_create(void)
{
    struct profile *p = MEM_NEW(struct profile, 1);
    const struct sim_resources nothing = {{0}};
    profile_reset(p, 0, &nothing);
    return p;
}

void profile_destroy(struct profile *p)
{
    if (p != NULL) {
        mem_free(p->steps);
        mem_free(p);
    }
}

void profile_reset(struct profile *p, sim_time at_us, const struct sim_resources *free)
{
    MEM_GROW(p->steps, p->cap, 1);
    p->begin = 0;
    p->len = 1;
    p->steps[0] = (struct step){at_us, *free};
}

void profile_trim(struct profile *p, sim_time now_us)
{
    while (p->begin + 1 < p->len && p->steps[p->begin + 1].at_us <= now_us) {
        p->begin++;
    }
    if (p->begin > p->len / 2) {
        memmove(p->steps, p->steps + p->begin, (p->len - p->begin) * sizeof *p->steps);
        p->len -= p->begin;
        p->begin = 0;
    }
}

/* The step that holds at `at_us`; the first one for times before it. */
static size_t step_at(const struct profile *p, sim_time at_us)
{
    size_t low = p->begin, high = p->len;
    while (high - low > 1) {
        const size_t mid = (low + high) / 2;
        if (p->steps[mid].at_us <= at_us) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Makes a step begin at `at_us`; returns it. */
static size_t cut(struct profile *p, sim_time at_us)
{
    const size_t i = step_at(p, at_us);
    if (p->steps[i].at_us >= at_us) {
        return i;
    }
    MEM_GROW(p->steps, p->cap, p->len + 1);
    memmove(p->steps + i + 2, p->steps + i + 1, (p->len - i - 1) * sizeof *p->steps);
    p->len++;
    p->steps[i + 1] = (struct step){at_us, p->steps[i].free};
    return i + 1;
}

/* A step that is like the one before it goes. */
static void join(struct profile *p, size_t i)
{
    if (i > p->begin && i < p->len &&
        memcmp(&p->steps[i].free, &p->steps[i - 1].free, sizeof p->steps[i].free) == 0) {
        p->len--;
        memmove(p->steps + i, p->steps + i + 1, (p->len - i) * sizeof *p->steps);
    }
}

void profile_change(struct profile *p, sim_time from_us, sim_time to_us,
                    const struct sim_resources *request, int64_t sign)
{
    if (from_us >= to_us) {
        return;
    }
    const size_t first = cut(p, from_us);
    const size_t end = to_us == SIM_NEVER ? p->len : cut(p, to_us);
    for (size_t i = first; i < end; i++) {
        for (int d = 0; d < SIM_DIMS; d++) {
            p->steps[i].free.v[d] += sign * request->v[d];
        }
    }
    join(p, end);
    join(p, first);
}

static bool holds(const struct step *s, const struct sim_resources *request)
{
    bool all = true;
    for (int d = 0; d < SIM_DIMS; d++) {
        all &= request->v[d] <= s->free.v[d] || request->v[d] == 0;
    }
    return all;
}

sim_time profile_earliest(const struct profile *p, sim_time from_us, sim_time length_us,
                          const struct sim_resources *request)
{
    sim_time start = from_us;
    for (size_t i = step_at(p, from_us); i < p->len; i++) {
        const bool last = i + 1 == p->len;
        if (!holds(&p->steps[i], request)) {
            start = last ? SIM_NEVER : p->steps[i + 1].at_us;
        } else if (last || (length_us != SIM_NEVER && p->steps[i + 1].at_us - start >= length_us)) {
            return start;
        }
    }
    return SIM_NEVER;
}

bool profile_is_sound(const struct profile *p)
{
    int64_t any = 0;
    for (size_t i = p->begin; i < p->len; i++) {
        for (int d = 0; d < SIM_DIMS; d++) {
            any |= p->steps[i].free.v[d];
        }
    }
    return any >= 0;
}
