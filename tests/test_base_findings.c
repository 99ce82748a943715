/* Findings: nothing is hidden, and three examples are kept. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include <simctl/trace.h>

static const struct sim_finding_kind gap = {"gap", SIM_NOTE, "Parts are there."};
static const struct sim_finding_kind negative = {"negative-run", SIM_REPAIR, "Run times are >= 0."};
static const struct sim_finding_kind backwards = {"backwards", SIM_ERROR, "Time never goes back."};

Test(findings, kinds_are_counted_in_order_of_appearance_with_the_first_examples)
{
    struct sim_findings *f = sim_findings_create();
    char detail[32];
    for (int i = 1; i <= 5; i++) {
        snprintf(detail, sizeof detail, "run time -%d", i);
        sim_findings_add(f, &negative, (struct sim_where){"jobs.swf", (uint64_t)i, 0}, detail);
        sim_findings_add(f, &gap, (struct sim_where){"jobs.swf", (uint64_t)i, 7}, NULL);
    }
    cr_assert_eq(sim_findings_count(f), 2u);
    const struct sim_finding *a = sim_findings_at(f, 0), *b = sim_findings_at(f, 1);
    cr_expect_eq(a->kind, &negative);
    cr_expect_eq(a->count, 5u);
    cr_expect_str_eq(a->example[0], "jobs.swf:1: run time -1");
    cr_expect_str_eq(a->example[2], "jobs.swf:3: run time -3");
    cr_expect_eq(b->kind, &gap);
    cr_expect_str_eq(b->example[1], "jobs.swf:2:7");
    cr_expect_eq(sim_findings_total(f, SIM_REPAIR), 5u);
    cr_expect_eq(sim_findings_total(f, SIM_ERROR), 0u);
    sim_findings_destroy(f);
    sim_findings_destroy(NULL);
}

/* A kind that never happened is evidence too. Rows stay where they are while others are added. */
Test(findings, zero_makes_a_kind_visible_and_rows_do_not_move)
{
    struct sim_findings *f = sim_findings_create();
    static struct sim_finding_kind many[100];
    sim_findings_add_n(f, &backwards, 0);
    const struct sim_finding *row = sim_findings_at(f, 0);
    cr_expect_eq(row->count, 0u);
    for (int i = 0; i < 100; i++)
        sim_findings_add_n(f, &many[i], 1);
    sim_findings_add_n(f, &backwards, 7);
    cr_expect_eq(sim_findings_at(f, 0), row);
    cr_expect_eq(row->count, 7u);
    sim_findings_add(f, &backwards, SIM_NOWHERE, "only a detail \x1b[0m");
    cr_expect_str_eq(row->example[0], "only a detail ?[0m");
    cr_expect_eq(sim_findings_total(f, SIM_ERROR), 8u);
    sim_findings_destroy(f);
}

Test(findings, long_examples_are_cut)
{
    struct sim_findings *f = sim_findings_create();
    char lengthy[1000];
    memset(lengthy, 'x', sizeof lengthy);
    lengthy[sizeof lengthy - 1] = '\0';
    sim_findings_add(f, &gap, (struct sim_where){lengthy, 1, 1}, lengthy);
    sim_findings_add(f, &gap, (struct sim_where){"a", 1, 1}, lengthy);
    cr_expect_eq(strlen(sim_findings_at(f, 0)->example[0]), 319u);
    cr_expect_eq(strlen(sim_findings_at(f, 0)->example[1]), 319u);
    sim_findings_destroy(f);
}
