/* Re-execution against the record: a true record verifies, any change of it is found and named. */
#include "report_fixture.h"

#include "cli/cli.h"
#include "cli/replay.h"

static struct fixture f;
static const struct cli quiet = {.verbosity = -1};

/* A run of the real engine, small and crowded: refusals, ties and waits occur. */
static void run_real(void)
{
    char seed[] = "11";
    strcpy(f.directory, "/tmp/simctl-report-XXXXXX");
    cr_assert(mkdtemp(f.directory) != NULL);
    char *argv[] = {"simctl",    "run",       "--trace",  "synth:", "--cluster",
                    "4x8,32GiB", "--policy",  "best-fit", "--seed", seed,
                    "--out",     f.directory, "-q",       "--json", NULL};
    cr_assert(freopen("/dev/null", "w", stdout) != NULL);
    cr_assert_eq(cli_main(14, argv), 0);
    struct sim_diag diag = {0};
    f.run = rundir_open(f.directory, &diag);
    cr_assert(f.run != NULL, "%s", diag.text);
    cr_assert(book_open(&f.book, f.run, &diag), "%s", diag.text);
    cr_assert_gt(f.book.count[SIM_TABLE_FAILMASK], 100);
}
static void close_it(void)
{
    fixture_close(&f);
}
TestSuite(report_replay, .init = run_real, .fini = close_it);

static bool replay(int64_t last, int64_t capture, struct replay *r, struct sim_diag *diag)
{
    const struct replay_wish wish = {last, capture, NULL};
    *diag = (struct sim_diag){0};
    return replay_run(r, &quiet, &f.book, &wish, diag);
}

/* A copy of a table that the book shows instead of its own. */
static void *tampered(enum sim_table t)
{
    const size_t bytes = f.book.count[t] * sim_table_info(t)->row_bytes;
    void *copy = malloc(bytes);
    memcpy(copy, f.book.rows[t], bytes);
    f.book.rows[t] = copy;
    return copy;
}

Test(report_replay, a_true_record_verifies_as_a_whole)
{
    struct replay r;
    struct sim_diag diag;
    cr_expect(replay(-1, -1, &r, &diag), "%s", diag.text);
    cr_expect(r.verification.whole);
    cr_expect_eq(r.verification.decisions, f.book.count[SIM_TABLE_DECISIONS]);
    uint64_t others = 0;
    for (unsigned t = SIM_TABLE_DECISIONS + 1; t < SIM_TABLE_COUNT; t++) {
        others += f.book.count[t];
    }
    cr_expect_eq(r.verification.rows, others);
    replay_fini(&r);
}

Test(report_replay,
     any_changed_field_of_any_table_is_named) /* An explanation is verified or refused. */
{
    for (unsigned t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        if (f.book.count[t] == 0) {
            continue;
        }
        const void *before = f.book.rows[t];
        const uint64_t k = f.book.count[t] / 2;
        for (size_t i = 0; i < info->column_count; i++) {
            unsigned char *copy = tampered((enum sim_table)t);
            copy[k * info->row_bytes + info->columns[i].offset] ^= 1;
            struct replay r;
            struct sim_diag diag;
            cr_expect(!replay(-1, -1, &r, &diag), "%s.%s", info->name, info->columns[i].name);
            cr_expect_eq(diag.err, SIM_ERR_INVARIANT);
            cr_expect(has(diag.text, info->columns[i].name));
            cr_expect(has(diag.text, "recorded"));
            replay_fini(&r);
            free(copy);
            f.book.rows[t] = before;
        }
    }
}

Test(report_replay,
     how_the_answer_was_computed_is_not_compared) /* --no-cache gives the same record. */
{
    struct sim_decision_row *rows = tampered(SIM_TABLE_DECISIONS);
    struct replay r;
    struct sim_diag diag;
    rows[5].flags ^= SIM_DECISION_CACHED;
    cr_expect(replay(-1, -1, &r, &diag), "%s", diag.text);
    replay_fini(&r);
    free(rows);
}

Test(report_replay, a_change_behind_the_decision_in_question_is_not_looked_at) /* It stops there. */
{
    struct sim_decision_row *rows = tampered(SIM_TABLE_DECISIONS);
    struct replay r;
    struct sim_diag diag;
    rows[100].t_us++;
    cr_expect(replay(99, -1, &r, &diag), "%s", diag.text);
    cr_expect_eq(r.verification.decisions, 100);
    cr_expect(!r.verification.whole);
    replay_fini(&r);
    cr_expect(!replay(100, -1, &r, &diag));
    cr_expect(has(diag.text, "d100, field t_us"));
    replay_fini(&r);
    free(rows);
}

Test(report_replay,
     rows_that_are_missing_from_the_record_are_missed) /* A cut table is no record. */
{
    struct replay r;
    struct sim_diag diag;
    f.book.count[SIM_TABLE_SPANS]--;
    cr_expect(!replay(-1, -1, &r, &diag));
    cr_expect(has(diag.text, "spans row"));
    replay_fini(&r);
}

Test(report_replay,
     candidates_of_every_decision_agree_with_it) /* "Why not M2" uses the same state. */
{
    const int64_t n = (int64_t)f.book.count[SIM_TABLE_DECISIONS];
    for (int64_t d = 0; d < n; d += 1 + n / 60) {
        const struct sim_decision_row *row = &f.book.decisions[d];
        struct replay r;
        struct sim_diag diag;
        cr_assert(replay(d, d, &r, &diag), "%s", diag.text);
        uint32_t feasible = 0, ties = 0;
        for (uint32_t m = 0; m < r.candidates.n; m++) {
            feasible += r.candidates.at[m].mask == 0;
            ties += r.candidates.at[m].mask == 0 && r.candidates.at[m].score == row->score;
        }
        cr_expect_eq(r.candidates.n, book_machines_at(&f.book, d));
        cr_expect_eq(feasible, row->feasible, "d%ld", d);
        if (row->outcome == SIM_OUTCOME_PLACED) {
            cr_expect_eq(ties, row->ties, "d%ld", d);
            cr_expect_eq(r.candidates.at[row->machine].score, row->score);
        } else {
            struct refusal refusal;
            cr_assert(refusal_read(&refusal, &f.book, d, &diag));
            cr_expect(refusal_check(&refusal, &r.candidates, &diag), "%s", diag.text);
            refusal_fini(&refusal);
        }
        replay_fini(&r);
    }
}
