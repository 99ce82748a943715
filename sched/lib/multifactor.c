/* multifactor.c - see multifactor.h. */
#include "sched/lib/multifactor.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/wide.h"
#include "sched/lib/accounts.h"

enum { MICRO = 1000000 };

struct multifactor {
    struct multifactor_weights weights;
    struct accounts *accounts;
    account_id *of; /* By user + 1 (0: not given), as account + 1; 0 = not seen yet. */
    int64_t *rank;  /* By the same: of the last ranking; 0 = came since, and has used nothing. */
    size_t of_cap, rank_cap;
    int64_t ranked; /* Users in the last ranking. */
};

struct multifactor *multifactor_create(const struct multifactor_weights *w, sim_time half_life_us)
{
    struct multifactor *m = MEM_NEW(struct multifactor, 1);
    m->weights = *w;
    m->accounts = accounts_create(ACCOUNTS_USAGE, half_life_us);
    return m;
}

void multifactor_destroy(struct multifactor *m)
{
    if (m == NULL) {
        return;
    }
    accounts_destroy(m->accounts);
    mem_free(m->of);
    mem_free(m->rank);
    mem_free(m);
}

static account_id account_of(struct multifactor *m, uint32_t user)
{
    const size_t at = (size_t)user + 1 > SIM_NONE ? 0 : (size_t)user + 1;
    MEM_GROW(m->of, m->of_cap, at + 1);
    MEM_GROW(m->rank, m->rank_cap, at + 1);
    if (m->of[at] == 0) {
        char name[24];
        const int len = snprintf(name, sizeof name, "%zu", at);
        m->of[at] = accounts_add(m->accounts, ACCOUNTS_ROOT, (struct sim_text){name, (uint32_t)len},
                                 true, (uint32_t)at) +
                    1;
        accounts_set_active(m->accounts, m->of[at] - 1, true);
    }
    return m->of[at] - 1;
}

bool multifactor_meet(struct multifactor *m, uint32_t user)
{
    const account_id id = account_of(m, user); /* May move the ranks. */
    return m->rank[accounts_tag(m->accounts, id)] == 0;
}

void multifactor_charge(struct multifactor *m, uint32_t user, int64_t cpu, sim_time length_us,
                        sim_time now_us)
{
    accounts_charge(m->accounts, account_of(m, user), sim_muldiv(cpu, length_us, MICRO), now_us);
}

void multifactor_rank(struct multifactor *m, sim_time now_us)
{
    size_t n;
    const account_id *list = accounts_list(m->accounts, &n);
    int64_t last = -1, rank = 0;
    for (size_t i = 0; i < n; i++) { /* Least usage first. */
        const int64_t usage = accounts_usage(m->accounts, list[i], now_us);
        rank = usage == last ? rank : (int64_t)(n - i);
        last = usage;
        m->rank[accounts_tag(m->accounts, list[i])] = rank;
    }
    m->ranked = (int64_t)n;
}

static int64_t part(int64_t weight, int64_t amount, int64_t whole)
{
    const int64_t bounded = amount < whole ? amount : whole;
    return whole > 0 && bounded > 0 ? sim_muldiv(weight, bounded, whole) : 0;
}

struct sim_priority multifactor_of(struct multifactor *m, const struct multifactor_job *job,
                                   int64_t cell_cpu)
{
    const struct multifactor_weights *w = &m->weights;
    const account_id id = account_of(m, job->user);
    const int64_t rank = m->rank[accounts_tag(m->accounts, id)];
    const int64_t size = w->favour_small ? cell_cpu - job->cpu : job->cpu;
    struct sim_priority p = {
        .site = job->priority,
        .age = part(w->age, job->waited_us, w->max_age_us),
        .fairshare = rank > 0 ? part(w->fairshare, rank, m->ranked) : w->fairshare,
        .size = part(w->size, size, cell_cpu),
        .tier = part(w->tier, job->tier, SIM_TIER_MONITORING),
    };
    p.total = p.site + p.age + p.fairshare + p.size + p.tier;
    return p;
}
