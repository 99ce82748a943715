/* The frozen tables: numbers in run files keep their meaning. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include <simctl/reason.h>
#include <simctl/simctl.h>
#include <simctl/trace.h>

/* A renumbered row would make old runs lie. */
Test(reason, numbers_of_written_runs_keep_their_names)
{
    static const struct {
        unsigned number;
        const char *name;
        enum sim_stage stage;
        enum sim_permanence permanence;
    } frozen[] = {
        {0, "none", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {1, "best-score", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {2, "tie-break", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {3, "only-feasible", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {4, "first-fit", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {8, "probe-won", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {9, "shortest-queue", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {10, "drawn", SIM_STAGE_SCORE, SIM_PERM_NONE},
        {33, "gang-unsupported", SIM_STAGE_GATE, SIM_PERM_NEVER},
        {57, "probe-under-way", SIM_STAGE_ORDER, SIM_PERM_TIME},
        {58, "queued-at-node", SIM_STAGE_ORDER, SIM_PERM_LOAD},
        {59, "launch-under-way", SIM_STAGE_ORDER, SIM_PERM_TIME},
        {48, "priority", SIM_STAGE_ORDER, SIM_PERM_LOAD},
        {49, "head-of-line", SIM_STAGE_ORDER, SIM_PERM_LOAD},
        {53, "gang-incomplete", SIM_STAGE_ORDER, SIM_PERM_LOAD},
        {64, "unsatisfiable", SIM_STAGE_FILTER, SIM_PERM_NEVER},
        {65, "capacity", SIM_STAGE_FILTER, SIM_PERM_LOAD},
        {66, "fragmented", SIM_STAGE_FILTER, SIM_PERM_LOAD},
        {67, "spread", SIM_STAGE_FILTER, SIM_PERM_LOAD},
        {69, "machines-down", SIM_STAGE_FILTER, SIM_PERM_TIME},
        {70, "policy-filter", SIM_STAGE_FILTER, SIM_PERM_LOAD},
    };
    for (size_t i = 0; i < sizeof frozen / sizeof frozen[0]; i++) {
        const struct sim_reason_info *info = sim_reason_info(frozen[i].number);
        cr_assert(info != NULL, "%u", frozen[i].number);
        cr_expect_str_eq(info->name, frozen[i].name);
        cr_expect_eq(info->stage, frozen[i].stage, "%s", info->name);
        cr_expect_eq(info->permanence, frozen[i].permanence, "%s", info->name);
    }
    cr_expect_null(sim_reason_info(60000));
}

Test(reason, every_row_has_its_own_number_name_and_help)
{
    size_t n = 0;
    for (; sim_reason_at(n) != NULL; n++) {
        const struct sim_reason_info *a = sim_reason_at(n);
        cr_expect(a->name[0] != '\0' && a->help[0] != '\0' && a->code[0] != '\0');
        cr_expect_eq(sim_reason_info((unsigned)a->reason), a, "two rows have number %d", a->reason);
        for (size_t k = 0; k < n; k++)
            cr_expect_str_neq(sim_reason_at(k)->name, a->name);
    }
    cr_expect(n >= 14);
    uint32_t seen = 0;
    for (size_t i = 0; sim_fail_at(i) != NULL; i++) {
        const struct sim_fail_info *f = sim_fail_at(i);
        cr_expect_eq(seen & f->bit, 0u, "%s shares a bit", f->name);
        cr_expect_eq((f->bit & SIM_FAIL_STATIC) != 0, f->is_static, "%s", f->name);
        seen |= f->bit;
    }
}

Test(reason, masks_are_written_as_sums_of_names)
{
    char buf[512], tiny[8];
    cr_expect_str_eq(sim_fail_str(0, buf, sizeof buf), "fits");
    cr_expect_str_eq(sim_fail_str(SIM_FAIL_FIT_CPU | SIM_FAIL_FIT_MEMORY, buf, sizeof buf),
                     "fit-cpu+fit-memory");
    cr_expect_str_eq(sim_fail_str((uint32_t)SIM_FAIL_UNEXAMINED | SIM_FAIL_DOWN, buf, sizeof buf),
                     "down+unexamined");
    /* A bit of a later version is not swallowed. */
    cr_expect_str_eq(sim_fail_str(1u << 2 | 1u << 27, buf, sizeof buf), "bit-2+bit-27");
    cr_expect_str_eq(sim_fail_str(UINT32_MAX, tiny, sizeof tiny), "down+dr");
}

Test(reason, names_of_all_tables_and_nothing_beyond_them)
{
    cr_expect_str_eq(sim_stage_name(SIM_STAGE_PREEMPT), "preempt");
    cr_expect_null(sim_stage_name((enum sim_stage)99));
    cr_expect_str_eq(sim_permanence_name(SIM_PERM_LOAD), "load");
    cr_expect_null(sim_permanence_name((enum sim_permanence)99));
    cr_expect_str_eq(sim_outcome_name(2), "wait");
    cr_expect_null(sim_outcome_name(1));
    cr_expect_str_eq(sim_evict_name(1), "machine-shrunk");
    cr_expect_null(sim_evict_name(99));
    cr_expect_str_eq(sim_state_name(7), "pending");
    cr_expect_null(sim_state_name(9));
    cr_expect_str_eq(sim_conflict_name(1), "version");
    cr_expect_null(sim_conflict_name(3));
    cr_expect_str_eq(sim_attempt_name(2), "fruitless");
    cr_expect_null(sim_attempt_name(3));
    cr_expect_str_eq(sim_probe_name(SIM_PROBE_LONGER), "longer");
    cr_expect_null(sim_probe_name(6));
    cr_expect_str_eq(sim_tie_name(3), "rank");
    cr_expect_null(sim_tie_name(4));
    cr_expect_str_eq(sim_tier_name(SIM_TIER_PRODUCTION), "production");
    cr_expect_null(sim_tier_name(5));
    static const char *const dims[] = {"cpu",  "memory", "gpu",  "disk",
                                       "ext4", "ext5",   "ext6", "ext7"};
    for (unsigned i = 0; i < 8; i++)
        cr_expect_str_eq(sim_dim_name(i), dims[i]);
    cr_expect_null(sim_dim_name(8));
}

Test(version, is_three_numbers)
{
    unsigned a, b, c;
    char rest;
    cr_expect_eq(sscanf(sim_version(), "%u.%u.%u%c", &a, &b, &c, &rest), 3, "%s", sim_version());
}
