/* reason.c - the frozen tables of reason.h as data, and the names of their numbers. */
#include <simctl/reason.h>

#include "base/check.h"
#include <simctl/trace.h>

#include <stdio.h>
#include <string.h>

struct name_row {
    unsigned number;
    const char *name;
};

static const struct sim_reason_info reasons[] = {
#define XX(code, number, name, stage, perm, help)                                                  \
    {SIM_REASON_##code, #code, name, SIM_STAGE_##stage, SIM_PERM_##perm, help},
    SIM_REASON_MAP(XX)
#undef XX
};

static const struct sim_fail_info fails[] = {
#define XX(code, bit, name, is_static, help) {UINT32_C(1) << (bit), #code, name, is_static, help},
    SIM_FAIL_MAP(XX)
#undef XX
};

static const struct name_row outcomes[] = {
#define XX(code, number, name) {number, name},
    SIM_OUTCOME_MAP(XX)
#undef XX
};

static const struct name_row states[] = {
#define XX(code, number, name) {number, name},
    SIM_STATE_MAP(XX)
#undef XX
};

static const struct name_row evict_causes[] = {
#define XX(code, number, name, help) {number, name},
    SIM_EVICT_MAP(XX)
#undef XX
};

static const struct name_row conflicts[] = {
#define XX(code, number, name, help) {number, name},
    SIM_CONFLICT_MAP(XX)
#undef XX
};

static const struct name_row probes[] = {
#define XX(code, number, name, help) {number, name},
    SIM_PROBE_MAP(XX)
#undef XX
};

static const struct name_row attempts[] = {
#define XX(code, number, name, help) {number, name},
    SIM_ATTEMPT_MAP(XX)
#undef XX
};

static const struct name_row promise_events[] = {
#define XX(code, number, name) {number, name},
    SIM_PROMISE_MAP(XX)
#undef XX
};

static const struct name_row doubts[] = {
#define XX(code, number, name, help) {number, name},
    SIM_DOUBT_MAP(XX)
#undef XX
};

static const struct name_row doubt_helps[] = {
#define XX(code, number, name, help) {number, help},
    SIM_DOUBT_MAP(XX)
#undef XX
};

static const struct name_row answers[] = {
#define XX(code, number, name, help) {number, name},
    SIM_ANSWER_MAP(XX)
#undef XX
};

static const struct name_row unused[] = {
#define XX(code, number, name, help) {number, name},
    SIM_UNUSED_MAP(XX)
#undef XX
};
static const struct name_row unused_help[] = {
#define XX(code, number, name, help) {number, help},
    SIM_UNUSED_MAP(XX)
#undef XX
};

static const struct name_row flows[] = {
#define XX(code, number, name, help) {number, name},
    SIM_FLOW_MAP(XX)
#undef XX
};

static const struct name_row flow_ways[] = {
#define XX(code, number, name) {number, name},
    SIM_FLOW_WAY_MAP(XX)
#undef XX
};

static const struct name_row tie_rules[] = {
#define XX(code, number, name, help) {number, name},
    SIM_TIE_MAP(XX)
#undef XX
};

static const char *const stage_names[] = {
    [SIM_STAGE_ADMIT] = "admit",   [SIM_STAGE_GATE] = "gate",   [SIM_STAGE_ORDER] = "order",
    [SIM_STAGE_FILTER] = "filter", [SIM_STAGE_SCORE] = "score", [SIM_STAGE_PREEMPT] = "preempt",
    [SIM_STAGE_BIND] = "bind",
};

static const char *const permanence_names[] = {
    [SIM_PERM_NONE] = "none",
    [SIM_PERM_NEVER] = "never",
    [SIM_PERM_LOAD] = "load",
    [SIM_PERM_TIME] = "time",
};

static const char *const tier_names[] = {
    [SIM_TIER_FREE] = "free",
    [SIM_TIER_BATCH] = "batch",
    [SIM_TIER_MID] = "mid",
    [SIM_TIER_PRODUCTION] = "production",
    [SIM_TIER_MONITORING] = "monitoring",
};

static const char *const dim_names[SIM_DIMS] = {
    [SIM_CPU] = "cpu",           [SIM_MEMORY] = "memory",     [SIM_GPU] = "gpu",
    [SIM_DISK] = "disk",         [SIM_EXTENDED] = "ext4",     [SIM_EXTENDED + 1] = "ext5",
    [SIM_EXTENDED + 2] = "ext6", [SIM_EXTENDED + 3] = "ext7",
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const char *row_name(const struct name_row *rows, size_t n, unsigned number)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].number == number)
            return rows[i].name;
    }
    return NULL;
}

const struct sim_reason_info *sim_reason_at(size_t index)
{
    return index < COUNT_OF(reasons) ? &reasons[index] : NULL;
}

const struct sim_reason_info *sim_reason_info(unsigned number)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if ((unsigned)reasons[i].reason == number)
            return &reasons[i];
    }
    return NULL;
}

const char *sim_stage_name(enum sim_stage stage)
{
    return (size_t)stage < COUNT_OF(stage_names) ? stage_names[stage] : NULL;
}

const char *sim_permanence_name(enum sim_permanence permanence)
{
    return (size_t)permanence < COUNT_OF(permanence_names) ? permanence_names[permanence] : NULL;
}

const struct sim_fail_info *sim_fail_at(size_t index)
{
    return index < COUNT_OF(fails) ? &fails[index] : NULL;
}

/* A run of a later version may hold bits that this one does not know: they get a number. */
static void fail_bit_name(unsigned bit, char *buf, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(fails); i++) {
        if (fails[i].bit == UINT32_C(1) << bit) {
            snprintf(buf, size, "%s", fails[i].name);
            return;
        }
    }
    snprintf(buf, size, "bit-%u", bit);
}

const char *sim_fail_str(uint32_t mask, char *buf, size_t size)
{
    CHECK(size > 0);
    snprintf(buf, size, "%s", mask == 0 ? "fits" : "");
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((mask >> bit & 1) == 0)
            continue;
        char name[32];
        fail_bit_name(bit, name, sizeof name);
        const size_t len = strlen(buf);
        snprintf(buf + len, size - len, "%s%s", len == 0 ? "" : "+", name);
    }
    return buf;
}

const char *sim_outcome_name(unsigned number)
{
    return row_name(outcomes, COUNT_OF(outcomes), number);
}

const char *sim_evict_name(unsigned number)
{
    return row_name(evict_causes, COUNT_OF(evict_causes), number);
}

const char *sim_promise_name(unsigned number)
{
    return row_name(promise_events, COUNT_OF(promise_events), number);
}

const char *sim_doubt_name(unsigned number)
{
    return row_name(doubts, COUNT_OF(doubts), number);
}

const char *sim_doubt_help(unsigned number)
{
    return row_name(doubt_helps, COUNT_OF(doubt_helps), number);
}

const char *sim_state_name(unsigned number)
{
    return row_name(states, COUNT_OF(states), number);
}

const char *sim_conflict_name(unsigned number)
{
    return row_name(conflicts, COUNT_OF(conflicts), number);
}

const char *sim_attempt_name(unsigned number)
{
    return row_name(attempts, COUNT_OF(attempts), number);
}

const char *sim_probe_name(unsigned number)
{
    return row_name(probes, COUNT_OF(probes), number);
}

const char *sim_answer_name(unsigned number)
{
    return row_name(answers, COUNT_OF(answers), number);
}

const char *sim_unused_name(unsigned number)
{
    return row_name(unused, COUNT_OF(unused), number);
}

const char *sim_unused_help(unsigned number)
{
    return row_name(unused_help, COUNT_OF(unused_help), number);
}

const char *sim_flow_name(unsigned number)
{
    return row_name(flows, COUNT_OF(flows), number);
}

const char *sim_flow_way_name(unsigned number)
{
    return row_name(flow_ways, COUNT_OF(flow_ways), number);
}

const char *sim_tie_name(unsigned number)
{
    return row_name(tie_rules, COUNT_OF(tie_rules), number);
}

const char *sim_tier_name(unsigned number)
{
    return number < COUNT_OF(tier_names) ? tier_names[number] : NULL;
}

const char *sim_dim_name(unsigned dim)
{
    return dim < SIM_DIMS ? dim_names[dim] : NULL;
}
