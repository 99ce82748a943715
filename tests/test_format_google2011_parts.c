/* The reader of the Google 2011 trace on the real parts: every documented deviation with its count,
 * as other tools counted it on the files. */
#include "google2011.h"

#include <inttypes.h>

struct figure {
    const char *kind;
    uint64_t count;
};
/* Counted on the files with other tools. */
static const struct figure figures[] = {
    {"task-submit", 540421},
    {"task-schedule", 508208},
    {"task-evict", 87858},
    {"task-fail", 10636},
    {"task-finish", 182872},
    {"task-kill", 99317},
    {"task-lost", 0},
    {"task-update-pending", 1},
    {"task-update-running", 27},
    {"job-submit", 12540},
    {"job-schedule", 12537},
    {"job-finish", 5584},
    {"job-kill", 2839},
    {"job-fail", 119},
    {"resubmissions", 140462},
    {"running-at-end", 136463},
    {"pending-at-end", 23275},
    {"job-without-tasks", 5},
    {"job-resubmitted", 1},
    {"snapshot-submit-machine", 86788},
    {"snapshot-request-differs", 37624},
    {"kill-without-machine", 33782},
    {"kill-while-pending", 8852},
    {"synthesised-submit", 291},
    {"synthesised-submit-machine", 91},
    {"pending-end-machine", 86},
    {"unknown-machine", 3},
    {"request-changed", 2},
    {"cpu-zero", 5365},
    {"memory-zero", 408},
    {"disk-zero", 5676},
    {"request-missing", 0},
    {"row-dropped", 0},
    {"parts-present", 3},
    {"parts-differ", 0},
    {"part-skipped", 0},
    {"job-events-absent", 0},
};

static struct reader_args shared(enum sim_role role, const char *const *sets)
{
    return (struct reader_args){.format = &sim_format_google2011,
                                .role = role,
                                .path = reader_shared("traces/google-2011"),
                                .sets = sets};
}

/* Every deviation that a validator must report, with its count; and no violation at all. */
Test(google2011_parts, the_real_trace_has_its_documented_figures)
{
    const struct reader_args a = shared(SIM_ROLE_TRACE, last);
    if (a.path == NULL)
        return;
    struct reading r = reader_run(a);
    READER_OK(r);
    cr_expect_eq(r.info.rows, 1429340 + 33619);
    cr_expect_eq(rows_count(r.rows), 399959, "each task once");
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 0);
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        cr_expect_eq(reader_found(&r, figures[i].kind), figures[i].count, "%s is %" PRIu64,
                     figures[i].kind, reader_found(&r, figures[i].kind));
    reader_free(&r);
}

Test(google2011_parts, every_submit_of_the_real_trace_is_an_attempt)
{
    const struct reader_args a = shared(SIM_ROLE_TRACE, all);
    if (a.path == NULL)
        return;
    struct reading r = reader_run(a);
    READER_OK(r);
    cr_assert_eq(rows_count(r.rows), 540421);
    uint64_t ends[5] = {0}, open = 0, cancelled = 0, waiting = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        const struct sim_task_truth *t = reader_truth(&r, i);
        if (t->duration_us != SIM_NEVER)
            ends[t->end]++;
        else if (t->recorded_start_us != SIM_NEVER)
            open++;
        else if (t->cancel_us != SIM_NEVER)
            cancelled++;
        else
            waiting++;
    }
    /* Ends of waiting tasks: 8,852 kills without machine and 86 rows that name one. */
    cr_expect_eq(ends[SIM_END_FINISHED], 182872);
    cr_expect_eq(ends[SIM_END_FAILED], 10636);
    cr_expect_eq(ends[SIM_END_KILLED], 99317 - 8852 - 10);
    cr_expect_eq(ends[SIM_END_EVICTED], 87858 - 76);
    cr_expect_eq(cancelled, 8852 + 86);
    cr_expect_eq(open, 136463);
    cr_expect_eq(waiting, 23275);
    reader_free(&r);
}

/* Parts 0-7 without part 3, as links beside the others. */
static bool link_gap(struct folder *f, const char *root)
{
    static const char *const whole[] = {"job_events", "machine_events"};
    make_root(f);
    char from[2200], to[560];
    snprintf(to, sizeof to, "%s/task_events", f->path);
    bool ok = mkdir(to, 0700) == 0;
    for (unsigned part = 0; part < 8; part++) {
        if (part == 3)
            continue;
        char *path = f->made[f->count++];
        snprintf(from, sizeof from, "%s/task_events/part-%05u-of-00500.csv.gz", root, part);
        snprintf(path, sizeof f->made[0], "%s/part-%05u-of-00500.csv.gz", to, part);
        ok = ok && symlink(from, path) == 0;
    }
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        char *path = f->made[f->count++];
        snprintf(from, sizeof from, "%s/%s", root, whole[i]);
        snprintf(path, sizeof f->made[0], "%s/%s", f->path, whole[i]);
        ok = ok && symlink(from, path) == 0;
    }
    return ok;
}

/* The documented count: a reader that chains or swallows violations gets another one. */
Test(google2011_parts, without_part_3_10421_rows_violate_the_state_machine)
{
    const char *from = reader_shared("traces/google-2011");
    char here[1024] = "", root[2100];
    struct folder f;
    if (from == NULL)
        return;
    if (from[0] != '/') /* A link is read from where it lies. */
        cr_assert_not_null(getcwd(here, sizeof here));
    snprintf(root, sizeof root, "%s%s%s", here, here[0] == '\0' ? "" : "/", from);
    cr_assert(link_gap(&f, root));
    struct reading r = read_folder(&f, SIM_ROLE_TRACE, SIM_BAD_SKIP, last);
    READER_OK(r);
    cr_expect_eq(reader_found(&r, "missing-part"), 1);
    cr_expect_eq(reader_found(&r, "end-without-submit"), 10027);
    cr_expect_eq(reader_found(&r, "schedule-while-running"), 391);
    cr_expect_eq(reader_found(&r, "submit-while-alive"), 3);
    cr_expect_eq(reader_found(&r, "parts-differ"), 1);
    cr_expect_eq(reader_found(&r, "part-skipped"), 1, "one part, though two rules are broken");
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 10421 + 2);
    reader_free(&r);
}

Test(google2011_parts, the_real_machines_have_their_documented_figures)
{
    const struct reader_args a = shared(SIM_ROLE_CLUSTER, last);
    if (a.path == NULL)
        return;
    struct reading r = reader_run(a);
    READER_OK(r);
    uint64_t kinds[6] = {0}, at_start = 0, half = 0;
    for (size_t i = 0; i < rows_count(r.rows); i++) {
        const struct sim_input *in = rows_at(r.rows, i, NULL);
        kinds[in->kind]++;
        at_start += in->time_us == 0;
        half += in->time_us == 0 && in->u.machine.capacity.v[SIM_CPU] == UNIT / 2 &&
                in->u.machine.capacity.v[SIM_MEMORY] == UNIT * 4995 / 10000;
    }
    cr_expect_eq(kinds[SIM_IN_MACHINE_ADD], 21443);
    cr_expect_eq(kinds[SIM_IN_MACHINE_REMOVE], 8957);
    cr_expect_eq(kinds[SIM_IN_MACHINE_UPDATE], 7380);
    cr_expect_eq(at_start, 12477);
    cr_expect_eq(half, 6672, "shape (0.5, 0.4995)");
    cr_expect_eq(reader_found(&r, "machine-without-capacity"), 32);
    cr_expect_eq(reader_found(&r, "machine-instant-merged"), 0);
    cr_expect_eq(sim_findings_total(r.findings, SIM_ERROR), 0);
    reader_free(&r);
}
