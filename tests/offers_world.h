/* offers_world.h - short words for tests of resource offers: cpu in milli-cores, memory in MB, as
 * the tests of Mesos count it. */
#ifndef TESTS_OFFERS_WORLD_H
#define TESTS_OFFERS_WORLD_H
#include <criterion/criterion.h>
#include <string.h>

#include "sched/lib/accounts.h"
#include "sched/lib/offers.h"

static inline struct sim_text text(const char *s)
{
    return (struct sim_text){s, (uint32_t)strlen(s)};
}

static inline struct sim_resources amounts(int64_t cpu_milli, int64_t memory_mb)
{
    return (struct sim_resources){.v = {[SIM_CPU] = cpu_milli, [SIM_MEMORY] = memory_mb}};
}

/* The defaults of Mesos; machines by id. */
static inline struct offers *new_offers(void)
{
    const struct offers_args args = {
        .interval_us = OFFERS_INTERVAL_US, .min_cpu = 10, .min_memory = 32};
    return offers_create(&args);
}

static inline offers_framework join(struct offers *o, const char *role, const char *name)
{
    return offers_framework_add(o, offers_role_of(o, text(role)), text(name), false);
}

static inline void machine(struct offers *o, sim_machine m, int64_t cpu, int64_t memory)
{
    const struct sim_resources total = amounts(cpu, memory);
    offers_machine_set(o, m, &total, true);
}

static inline void reserve(struct offers *o, sim_machine m, const char *role, int64_t cpu,
                           int64_t memory)
{
    const struct sim_resources amount = amounts(cpu, memory);
    offers_reserve(o, m, offers_role_of(o, text(role)), &amount);
}

static inline void adopt(struct offers *o, offers_framework f, sim_machine m, int64_t cpu,
                         int64_t memory)
{
    const struct offers_bundle what = {.unreserved = amounts(cpu, memory)};
    offers_adopt(o, f, m, &what);
}

/* Guarantee and limit alike, as one number per resource means in Mesos; 0 = neither. */
static inline void quota(struct offers *o, const char *role, int64_t cpu, int64_t memory)
{
    const struct sim_resources guarantee = amounts(cpu, memory);
    struct sim_resources limit = {{ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT,
                                   ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT,
                                   ACCOUNTS_NO_LIMIT, ACCOUNTS_NO_LIMIT}};
    limit.v[SIM_CPU] = cpu > 0 ? cpu : ACCOUNTS_NO_LIMIT;
    limit.v[SIM_MEMORY] = memory > 0 ? memory : ACCOUNTS_NO_LIMIT;
    offers_set_quota(o, offers_role_of(o, text(role)), &guarantee, &limit);
}

static inline size_t cycle(struct offers *o, sim_time now_us)
{
    return offers_cycle(o, now_us, NULL, 0);
}

/* The cycle made one offer: this one. Returns its id. */
#define EXPECT_OFFER(o, count, f, m, cpu, memory)                                                  \
    expect_offer((o), (count), (f), (m), (cpu), (memory), __LINE__)
static inline offers_id expect_offer(struct offers *o, size_t count, offers_framework f,
                                     sim_machine m, int64_t cpu, int64_t memory, int line)
{
    cr_assert_eq(count, 1, "line %d: %zu offers", line, count);
    const struct offers_offer *offer = offers_made(o, 0);
    cr_expect_eq(offer->framework, f, "line %d: framework %u", line, offer->framework);
    cr_expect_eq(offer->machine, m, "line %d: machine %u", line, offer->machine);
    const int64_t got_cpu = offer->what.unreserved.v[SIM_CPU] + offer->what.reserved.v[SIM_CPU];
    const int64_t got_memory =
        offer->what.unreserved.v[SIM_MEMORY] + offer->what.reserved.v[SIM_MEMORY];
    cr_expect_eq(got_cpu, cpu, "line %d: cpu %ld", line, (long)got_cpu);
    cr_expect_eq(got_memory, memory, "line %d: memory %ld", line, (long)got_memory);
    return offer->id;
}
#endif
