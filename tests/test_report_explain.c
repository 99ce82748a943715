/* Answers about tasks, decisions and machines, from hand-made rows whose truth is known. */
#include "report_fixture.h"

#include "report/amount.h"

static struct fixture f;
static void open_complete(void)
{
    fixture_open(&f, true);
}
static void close_it(void)
{
    fixture_close(&f);
}
TestSuite(report_explain, .init = open_complete, .fini = close_it);

static sim_task task(const char *name)
{
    struct sim_diag diag = {0};
    const sim_task t = rundir_find_task(f.run, name, &diag);
    cr_assert_neq(t, SIM_NONE, "%s", diag.text);
    return t;
}

Test(report_explain,
     a_wait_is_split_by_cause_without_loss) /* 5 s + 0.25 s, in tenths of a percent. */
{
    const struct question q = ask(task("b"));
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "WHERE THE WAIT WENT (sums to 5250000 us exactly)"));
    cr_expect(has(text, "FRAGMENTED cpu,memory                    5.000s    95.2 %  3 cores asked, "
                        "at most 2.75 cores "
                        "free on one of 4 machines, 9 cores in sum (d1)"));
    cr_expect(has(text, "CAPACITY cpu                             0.250s     4.8 %"));
    cr_expect(has(text, "placed by d3 on m1 at 6.250s"));
    free(text);
    json_t *v = answer_as_json(&f, &q);
    const json_t *wait = json_object_get(v, "wait");
    cr_expect_eq(int_at(wait, "total_us"), 5250000);
    const json_t *causes = json_object_get(wait, "causes");
    json_int_t sum = 0, ppm = 0;
    for (size_t i = 0; i < json_array_size(causes); i++) {
        sum += int_at(json_array_get(causes, i), "wait_us");
        ppm += int_at(json_array_get(causes, i), "share_ppm");
    }
    cr_expect_eq(sum, 5250000);
    cr_expect_eq(ppm, 1000000);
    json_decref(v);
}

/* One cause of d1 as it is printed, with `rooms` as what was free then. */
static char *cause_as_text(const struct cause *cause, const struct sim_room_row *rooms, uint64_t n)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const struct page page = {out, false, &f.book};
    f.book.rooms = rooms;
    f.book.count[SIM_TABLE_ROOM] = n;
    causes_text(cause, 1, true, &page);
    fclose(out);
    return text;
}

Test(report_explain,
     a_cause_shows_the_room_of_its_own_dimension) /* Else: plenty of cores were free. */
{
    const struct sim_room_row rooms[] = {
        {1, 44000, 56000, 90000, 256000, 4, SIM_CPU, {0}},
        {1, 6 * GIB, 7 * GIB, 20 * GIB, 64 * GIB, 4, SIM_MEMORY, {0}},
        {1, 2000, 1000, 3000, 16000, 4, SIM_GPU, {0}},
    };
    const struct cause gpu = {S(5), 1, 1, SIM_REASON_FRAGMENTED, 1u << SIM_GPU};
    char *text = cause_as_text(&gpu, rooms, 3);
    cr_expect(
        has(text, "2 GPUs asked, at most 1 GPU free on one of 4 machines, 3 GPUs in sum (d1)"));
    free(text);
    const struct cause two = {S(5), 1, 1, SIM_REASON_FRAGMENTED, 1u << SIM_CPU | 1u << SIM_GPU};
    text = cause_as_text(&two, rooms, 3);
    cr_expect(has(text, "2 GPUs asked"), "of the two, no machine had GPUs enough");
    free(text);
    const struct cause both = {S(5), 1, 1, SIM_REASON_FRAGMENTED, 1u << SIM_CPU | 1u << SIM_MEMORY};
    text = cause_as_text(&both, rooms, 3);
    cr_expect(has(text, "44 cores, 6 GiB asked; each was free on one of 4 machines, not all on "
                        "the same (d1)"));
    free(text);
    const struct cause sum = {S(5), 1, 1, SIM_REASON_CAPACITY, SIM_GPU};
    text = cause_as_text(&sum, rooms, 3);
    cr_expect(has(text, "2 GPUs asked"));
    free(text);
    const struct cause spread = {S(5), 1, 1, SIM_REASON_SPREAD, 0};
    text = cause_as_text(&spread, rooms, 3);
    cr_expect(strstr(text, "asked") == NULL, "no amount stands behind a limit of tasks: %s", text);
    free(text);
}

Test(report_explain, the_refusal_in_force_at_a_time_is_the_one_explained) /* Not the last one. */
{
    struct question q = ask(task("b"));
    q.has_at = true;
    q.at = S(2);
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 2s it was pending (since 1s) because of FRAGMENTED cpu,memory"));
    cr_expect(has(text, "AT d1, 1s (in force): FRAGMENTED cpu,memory"));
    cr_expect(strstr(text, "CHOSEN") == NULL, "it was not placed yet");
    free(text);
    q.at = S(6) + 100000;
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "AT d2, 6s (in force): CAPACITY cpu"));
    free(text);
    q.at = S(7);
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 7s it ran on m1, since 6.250s"));
    free(text);
    q.at = S(16);
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 16s it had left: finished at 15s"));
    free(text);
    q.at = 0;
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 0s it was not submitted yet (that was at 1s)"));
    free(text);
}

Test(report_explain, every_machine_is_in_the_histogram) /* k8s #91340: "should equal the nodes". */
{
    struct sim_diag diag = {0};
    struct refusal r;
    for (int64_t d = 1; d <= 6; d += d == 2 ? 2 : 1) {
        cr_assert(refusal_read(&r, &f.book, d, &diag), "%s", diag.text);
        uint64_t sum = r.row->feasible + r.unexamined;
        for (uint64_t i = 0; i < r.mask_count; i++) {
            sum += r.masks[i].count;
        }
        if (r.row->reason != SIM_REASON_HEAD_OF_LINE) {
            cr_expect_eq(sum, 4, "d%ld counts %lu machines", d, sum);
        }
        refusal_fini(&r);
    }
}

Test(report_explain,
     a_histogram_that_counts_too_much_is_refused) /* The record contradicts itself. */
{
    struct sim_diag diag = {0};
    struct refusal r;
    struct sim_failmask_row rows[6];
    memcpy(rows, f.book.masks, sizeof rows);
    rows[1].count = 7;
    f.book.masks = rows;
    cr_expect(!refusal_read(&r, &f.book, 1, &diag));
    cr_expect_eq(diag.err, SIM_ERR_INVARIANT);
    cr_expect(has(diag.text, "d1 count 9 machines of 4"));
}

Test(report_explain, smallest_changes_are_the_minimal_masks) /* cpu+memory is implied by either. */
{
    const struct question q = {.task = task("b"), .has_at = true, .at = S(2), .machine = SIM_NONE};
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "smallest change   memory -1.5 GiB (6 -> 4.5): the nearest of 2 machines"));
    cr_expect(has(text, "  or              cpu -0.5 cores (3 -> 2.5): fits m0"));
    cr_expect(strstr(text, "cpu -0.25") == NULL, "the larger mask is no smallest change");
    free(text);
    json_t *v = answer_as_json(&f, &q);
    const json_t *changes = json_object_get(json_object_get(v, "refusal"), "smallest_changes");
    cr_assert_eq(json_array_size(changes), 2);
    cr_expect_eq(int_at(json_object_get(json_array_get(changes, 1), "less"), "cpu"), 500);
    cr_expect_str_eq(text_at(json_array_get(changes, 1), "machine"), "m0");
    json_decref(v);
}

Test(report_explain,
     a_task_that_can_never_start_is_told_so) /* Waiting would be the wrong advice. */
{
    const struct question q = ask(task("c"));
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "it never started because of UNSATISFIABLE"));
    cr_expect(has(text, "no change of load helps"));
    cr_expect(has(text, "needs    disk in [ssd]"));
    cr_expect(has(text, "smallest change   drop a label constraint: 3 machines"));
    free(text);
}

Test(report_explain,
     a_repeated_refusal_shows_the_answer_it_repeats) /* Nomad loses it in its cache. */
{
    const struct question q = ask(task("e"));
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "AT d6, 9s (last refusal): UNSATISFIABLE"));
    cr_expect(has(text, "the same was asked in d4"));
    cr_expect(has(text, "3  label"));
    free(text);
    json_t *v = answer_as_json(&f, &q);
    cr_expect_eq(int_at(json_object_get(v, "refusal"), "answered_by"), 4);
    json_decref(v);
}

Test(report_explain, who_is_ahead_is_named_and_why_it_waits_itself) /* "Position is not useful." */
{
    const struct question q = ask(task("d"));
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "ahead    1 task asking for 3 cores, 6 GiB"));
    cr_expect(
        has(text, "head     c (priority 2, this task 3), which waits itself: UNSATISFIABLE (d4)"));
    free(text);
}

Test(report_explain, the_choice_shows_runner_up_margin_and_tie_rule)
{
    struct question q = ask(task("b"));
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "CHOSEN m1 by d3, 6.250s: BEST_SCORE"));
    cr_expect(has(text, "score 10, runner-up m0 8 (margin 2)"));
    cr_expect(has(text, "4 of 4 machines examined, 2 of them could run it"));
    free(text);
    q = ask(task("a"));
    text = answer_as_text(&f, &q);
    cr_expect(has(
        text,
        "2 machines share the best score; tie rule lowest-id: the machine that appeared first"));
    free(text);
}

Test(report_explain, an_evicted_task_tells_its_whole_life)
{
    struct question q = ask(task("f"));
    q.timeline = true;
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "waited 1s in 2 episodes\n         placed by d8 on m2 at 13s"));
    cr_expect(has(text, "evicted 1 time"));
    cr_expect(has(text, "12s  evicted from m1: machine-down; 3s of work lost"));
    free(text);
    q.has_at = true;
    q.at = S(10);
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 10s it ran on m1, since 9s"));
    cr_expect(has(text, "CHOSEN m1 by d7"));
    free(text);
    q.at = S(12);
    text = answer_as_text(&f, &q);
    cr_expect(has(text, "at 12s it was pending (since 12s), no decision was taken about it yet"));
    cr_expect(strstr(text, "CHOSEN") == NULL, "the placement before the eviction is over");
    free(text);
}

Test(report_explain, causes_that_do_not_sum_to_the_wait_are_refused) /* Never print such a table. */
{
    struct sim_diag diag = {0};
    struct story s;
    struct sim_span_row spans[16];
    memcpy(spans, f.book.spans, f.book.count[SIM_TABLE_SPANS] * sizeof *spans);
    spans[0].to_us -= 1;
    f.book.spans = spans;
    cr_expect(!story_tell(&s, &f.book, task("b"), &diag));
    cr_expect_eq(diag.err, SIM_ERR_INVARIANT);
    story_fini(&s);
}

Test(report_explain, the_overview_adds_up_and_ranks_the_longest)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    struct json j;
    FILE *out = open_memstream(&text, &size);
    jw_begin(&j, out, false);
    cr_assert(overview_json(&f.book, &j, &diag));
    fclose(out);
    json_t *v = parse(text);
    const json_t *decisions = json_object_get(v, "decisions");
    cr_expect_eq(int_at(decisions, "total"), 9);
    cr_expect_eq(int_at(decisions, "placed"), 4);
    cr_expect_eq(int_at(decisions, "refused"), 5);
    cr_expect_eq(int_at(json_object_get(v, "wait"), "total_us"), 5250000 + S(13 + 12 + 11 + 1));
    const json_t *longest = json_object_get(v, "longest_waits");
    cr_assert_eq(json_array_size(longest), 5);
    cr_expect_str_eq(text_at(json_array_get(longest, 0), "task"), "c");
    cr_expect_str_eq(text_at(json_array_get(longest, 4), "task"), "f");
    json_decref(v);
}

Test(report_explain, a_machine_lists_what_ran_there_and_when)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const struct page page = {out, false, &f.book};
    machine_text(&page, 1, SIM_NEVER);
    machine_text(&page, 1, S(14));
    fclose(out);
    cr_expect(has(text, "ran      2 tasks, 1 evicted"));
    cr_expect(has(text, "lost     runner-up of 1 placement\n"));
    cr_expect(has(text, "b, 8.750s"));
    cr_expect(has(text, "f, 3s, then evicted: machine-down"));
    const char *at = strstr(text, "RAN HERE AT 14s");
    cr_assert(at != NULL);
    cr_expect(has(at, "b, 8.750s"));
    cr_expect(strstr(at, "f, 3s") == NULL, "f had left by then");
    free(text);
}

Test(report_explain, why_not_ranks_a_machine_that_fits_and_lists_what_another_lacks)
{
    struct candidate at[4] = {
        {0, 8, {{0}}}, {0, 10, {{0}}}, {SIM_FAIL_FIT_CPU, 0, {{500}}}, {0, 3, {{0}}}};
    const struct candidates c = {3, 4, at};
    struct sim_diag diag = {0};
    char *text = NULL;
    size_t size;
    for (sim_machine m = 0; m < 3; m++) {
        struct question q = ask(task("b"));
        q.machine = m;
        struct answer a;
        FILE *out = open_memstream(&text, &size);
        const struct page page = {out, false, &f.book};
        cr_assert(answer_find(&a, &f.book, &q, &diag));
        cr_expect_eq(answer_decision(&a), 3);
        a.candidates = &c;
        why_not_text(&a, &page);
        answer_fini(&a);
        fclose(out);
        if (m == 0) {
            cr_expect(has(text, "WHY NOT m0 at d3"));
            cr_expect(has(text, "score 8, rank 2 of 3 that could"));
            cr_expect(has(text, "2 below the winner m1 (10)"));
        } else if (m == 1) {
            cr_expect(has(text, "WHY m1 at d3"));
            cr_expect(has(text, "score 10, rank 1 of 3 that could"));
        } else {
            cr_expect(has(text, "it could not run the task: fit-cpu"));
            cr_expect(has(text, "cpu misses 0.5 cores"));
        }
        free(text);
    }
}

Test(report_explain,
     re_executed_candidates_must_give_the_recorded_histogram) /* Else not verified. */
{
    struct candidate at[4] = {{SIM_FAIL_FIT_CPU, 0, {{500}}},
                              {SIM_FAIL_FIT_MEMORY, 0, {{0, 2 * GIB}}},
                              {SIM_FAIL_FIT_MEMORY, 0, {{0, 3 * GIB / 2}}},
                              {SIM_FAIL_FIT_CPU | SIM_FAIL_FIT_MEMORY, 0, {{250, GIB}}}};
    const struct candidates c = {1, 4, at};
    struct sim_diag diag = {0};
    struct refusal r;
    cr_assert(refusal_read(&r, &f.book, 1, &diag));
    cr_expect(refusal_check(&r, &c, &diag), "%s", diag.text);
    cr_expect_eq(refusal_nearest(&r.masks[1], &c), 2, "m2 misses least, though m1 is the example");
    at[2].deficit.v[SIM_MEMORY]--;
    cr_expect(!refusal_check(&r, &c, &diag));
    cr_expect_eq(diag.err, SIM_ERR_INVARIANT);
    refusal_fini(&r);
}

Test(report_killed, what_was_recorded_is_explained) /* kill -9 must not take the answers with it. */
{
    fixture_open(&f, false);
    cr_expect(!rundir_complete(f.run));
    const struct question q = ask(1);
    char *text = answer_as_text(&f, &q);
    cr_expect(has(text, "(the record ends before it left: no task row)"));
    cr_expect(has(text, "AT d2, 6s (last refusal): CAPACITY cpu"));
    cr_expect(has(text, "CHOSEN m1 by d3"));
    free(text);
    fixture_close(&f);
}
