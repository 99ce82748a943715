/* explain.c - simctl explain: why a task waits, why it runs where it runs, where the time went. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/command.h"
#include "cli/replay.h"
#include "report/explain.h"
#include "report/group.h"

static const struct flag flags[] = {
    {"task", 't', "TASK", "JOB, JOB/INDEX, or #ID for the dense id", false},
    {"at", 0, "TIME", "how it stood at that simulated time: 90s, 2d4h, ...", false},
    {"machine", 'm', "MACHINE",
     "with --task: why not (or why) this machine; alone: what happened on it", false},
    {"decision", 'd', "N", "one decision by its id", false},
    {"group-by", 'g', "KEYS",
     "add up by reason, cause, user, queue, tier, priority, hour, machine (comma list)", false},
    {"timeline", 0, NULL, "with --task: everything that happened to it, in order", false},
    {"verify", 0, NULL, "re-execute and compare with the record; alone: the whole run", false},
    FLAG_END};

struct inquiry {
    struct cli *c;
    struct book book;
    struct page page;
    struct json json;
};

static int negative(struct inquiry *s, struct sim_diag *diag)
{
    /* That there is no such task is an answer about the run, not a mistake in the command line. */
    if (diag->err == SIM_ERR_UNKNOWN) {
        diag->err = SIM_ERR_NEGATIVE;
    }
    return cli_fail(s->c, diag);
}

/* ---- a task --------------------------------------------------------------------------------- */

static bool read_time(const struct cli *c, struct question *q, struct sim_diag *diag)
{
    static const struct sim_option row = {"--at", SIM_OPT_TIME, 0, 0, "0", NULL, "simulated time"};
    const char *text = cli_flag(c, "at");
    q->has_at = text != NULL;
    return text == NULL || sim_option_parse(&row, text, &q->at, SIM_NOWHERE, diag);
}

/* A task that was alive when its run was killed has no row with its name. Its id comes from running
 * again up to there. */
static sim_task seek_task(struct inquiry *s, const char *text, const struct task_key *key,
                          struct sim_diag *diag)
{
    struct replay r;
    const int64_t last = (int64_t)s->book.count[SIM_TABLE_DECISIONS] - 1;
    const struct replay_wish wish = {last, -1, key};
    cli_note(s->c, "note: %s has no row, as the run did not finish; running again to find it",
             text);
    if (replay_run(&r, s->c, &s->book, &wish, diag) && r.found_count != 1) {
        sim_hint(diag, "write JOB/INDEX for one task of a job, or #ID");
        sim_fail(diag, SIM_ERR_UNKNOWN, SIM_NOWHERE,
                 r.found_count == 0 ? "no task called '%s' was submitted before the record was cut"
                                    : "several tasks of job '%s' were submitted",
                 text);
    }
    const sim_task found = diag->err == SIM_ERR_OK ? r.found : SIM_NONE;
    replay_fini(&r);
    return found;
}

static sim_task find_task(struct inquiry *s, const char *text, struct sim_diag *diag)
{
    struct sim_diag first = {0};
    struct task_key key;
    const sim_task task = rundir_find_task(s->book.run, text, &first);
    if (task == SIM_NONE && !rundir_complete(s->book.run) &&
        rundir_task_key(s->book.run, text, &key)) {
        return seek_task(s, text, &key, diag);
    }
    if (task == SIM_NONE) {
        *diag = first;
    }
    return task;
}

static bool read_question(struct inquiry *s, struct question *q, struct sim_diag *diag)
{
    const char *task = cli_flag(s->c, "task"), *machine = cli_flag(s->c, "machine");
    *q = (struct question){.task = SIM_NONE, .machine = SIM_NONE};
    q->timeline = cli_flag(s->c, "timeline") != NULL;
    if (!read_time(s->c, q, diag)) {
        return false;
    }
    if (task != NULL && (q->task = find_task(s, task, diag)) == SIM_NONE) {
        return false;
    }
    return machine == NULL ||
           (q->machine = rundir_find_machine(s->book.run, machine, diag)) != SIM_NONE;
}

/* What has to be re-executed for this answer; false when nothing has. */
static bool wish_for(const struct answer *a, bool verify, struct replay_wish *wish)
{
    const int64_t about = answer_decision(a);
    *wish = (struct replay_wish){-1, -1, NULL};
    if (about < 0 || (!verify && a->asked.machine == SIM_NONE)) {
        return false;
    }
    wish->last = about;
    if (a->has_refusal && verify && a->refusal.decision > wish->last) {
        wish->last = a->refusal.decision;
    }
    if (a->asked.machine != SIM_NONE) {
        wish->capture = about;
    } else if (a->has_refusal && a->refusal.mask_count > 0) {
        wish->capture = a->refusal.decision;
    }
    return true;
}

static bool re_execute(struct inquiry *s, struct answer *a, struct replay *r, struct sim_diag *diag)
{
    struct replay_wish wish;
    const bool verify = cli_flag(s->c, "verify") != NULL;
    if (!wish_for(a, verify, &wish)) {
        if (verify || a->asked.machine != SIM_NONE) {
            cli_note(s->c,
                     "note: no decision was taken about the task by then; nothing to re-execute");
        }
        return true;
    }
    if (!replay_run(r, s->c, &s->book, &wish, diag)) {
        return false;
    }
    a->verification = &r->verification;
    a->candidates = r->candidates.at != NULL ? &r->candidates : NULL;
    a->search = r->search;
    const bool same = a->has_refusal && wish.capture == a->refusal.decision;
    return !same || refusal_check(&a->refusal, &r->candidates, diag);
}

/* What blocks it is the next question; else how sure the answer is. */
static void note_next(const struct inquiry *s, const struct answer *a)
{
    const char *run = rundir_path(s->book.run);
    char name[NAME_BUF];
    const int64_t head = a->has_refusal ? refusal_of_head(&a->refusal, &s->book) : -1;
    if (head >= 0) {
        cli_note(s->c, "next: simctl explain %s --decision %" PRId64 "   (what %s lacks)", run,
                 head, task_name(&s->book, a->refusal.ahead->head, name));
    } else if (a->verification == NULL) {
        cli_note(s->c, "next: simctl explain %s --task %s --verify", run,
                 task_name(&s->book, a->story.task, name));
    }
}

static int explain_task(struct inquiry *s, const struct question *q)
{
    struct sim_diag diag = {0};
    struct answer a;
    struct replay r = {0};
    if (!answer_find(&a, &s->book, q, &diag)) {
        return cli_fail(s->c, &diag);
    }
    const bool ok = re_execute(s, &a, &r, &diag);
    if (ok && s->c->json) {
        answer_json(&a, &s->json);
    } else if (ok) {
        answer_text(&a, &s->page);
        note_next(s, &a);
    }
    replay_fini(&r);
    answer_fini(&a);
    return ok ? 0 : cli_fail(s->c, &diag);
}

/* ---- other questions ------------------------------------------------------------------------ */

static int explain_machine(struct inquiry *s, const struct question *q)
{
    const sim_time at = q->has_at ? q->at : SIM_NEVER;
    if (s->c->json) {
        machine_json(&s->book, q->machine, at, &s->json);
    } else {
        machine_text(&s->page, q->machine, at);
    }
    return 0;
}

/* Up to decision `last`, or the whole run for -1. */
static bool verify(struct inquiry *s, int64_t last, struct replay *r, struct sim_diag *diag)
{
    const struct replay_wish wish = {last, -1, NULL};
    return replay_run(r, s->c, &s->book, &wish, diag);
}

static int explain_decision(struct inquiry *s, const char *text)
{
    struct sim_diag diag = {0};
    struct replay r = {0};
    int64_t d = -1;
    const char *digits = text[0] == 'd' ? text + 1 : text;
    const struct sim_text number = {digits, (uint32_t)strlen(digits)};
    if (decimal_int(number, &d) != DECIMAL_OK || d < 0) {
        sim_hint(&diag, "decisions are numbered from 0; an answer about a task names its own");
        sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE, "--decision: '%s' is not the id of a decision",
                 text);
        return cli_fail(s->c, &diag);
    }
    if ((uint64_t)d >= s->book.count[SIM_TABLE_DECISIONS]) {
        sim_fail(&diag, SIM_ERR_NEGATIVE, SIM_NOWHERE,
                 "there is no d%" PRId64 "; the run has %" PRIu64 " decision%s, from d0 on", d,
                 s->book.count[SIM_TABLE_DECISIONS],
                 plural(s->book.count[SIM_TABLE_DECISIONS], "s"));
        return cli_fail(s->c, &diag);
    }
    const bool check = cli_flag(s->c, "verify") != NULL;
    bool ok = !check || verify(s, d, &r, &diag);
    if (ok) {
        const struct verification *v = check ? &r.verification : NULL;
        ok = s->c->json ? decision_json(&s->book, d, v, &s->json, &diag)
                        : decision_text(&s->page, d, v, &diag);
    }
    replay_fini(&r);
    return ok ? 0 : cli_fail(s->c, &diag);
}

static int explain_groups(struct inquiry *s, const char *text)
{
    struct sim_diag diag = {0};
    struct group_keys keys;
    const bool ok = group_keys_parse(&keys, text, &diag) &&
                    (s->c->json ? group_json(&keys, &s->book, &s->json, &diag)
                                : group_text(&keys, &s->page, &diag));
    return ok ? 0 : cli_fail(s->c, &diag);
}

static int explain_whole_verified(struct inquiry *s)
{
    struct sim_diag diag = {0};
    struct replay r;
    const bool ok = verify(s, -1, &r, &diag);
    if (ok && s->c->json) {
        jw_object(&s->json, NULL);
        jw_text(&s->json, "run", rundir_path(s->book.run));
        verification_json(&r.verification, &s->json);
        jw_end(&s->json);
    } else if (ok) {
        verification_text(&r.verification, &s->page);
    }
    replay_fini(&r);
    return ok ? 0 : cli_fail(s->c, &diag);
}

static int explain_overview(struct inquiry *s)
{
    struct sim_diag diag = {0};
    const char *run = rundir_path(s->book.run);
    const bool ok =
        s->c->json ? overview_json(&s->book, &s->json, &diag) : overview_text(&s->page, &diag);
    if (ok && !s->c->json) {
        cli_note(s->c, "next: simctl explain %s --task TASK [--machine M | --timeline | --verify]",
                 run);
        cli_note(s->c,
                 "      simctl explain %s --group-by reason,tier   (or hour, user, queue, machine)",
                 run);
    }
    return ok ? 0 : cli_fail(s->c, &diag);
}

/* ---- the command ---------------------------------------------------------------------------- */

/* Flags that ask for different things are refused, not silently ranked. */
static bool check_flags(const struct cli *c, struct sim_diag *diag)
{
    const bool task = cli_flag(c, "task") != NULL, machine = cli_flag(c, "machine") != NULL;
    const bool decision = cli_flag(c, "decision") != NULL, group = cli_flag(c, "group-by") != NULL;
    if ((int)(task || machine) + (int)decision + (int)group > 1) {
        sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                 "--task or --machine, --decision and --group-by are different questions");
    } else if (cli_flag(c, "at") != NULL && !task && !machine) {
        sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--at needs --task or --machine");
    } else if (cli_flag(c, "timeline") != NULL && !task) {
        sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--timeline needs --task");
    } else if (cli_flag(c, "verify") != NULL && (group || (machine && !task))) {
        sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE,
                 "--verify goes with --task, with --decision, or alone (the whole run)");
    }
    return diag->err == SIM_ERR_OK;
}

static int answer(struct inquiry *s)
{
    struct sim_diag diag = {0};
    struct question q;
    const char *group = cli_flag(s->c, "group-by"), *decision = cli_flag(s->c, "decision");
    if (group != NULL) {
        return explain_groups(s, group);
    }
    if (decision != NULL) {
        return explain_decision(s, decision);
    }
    if (!read_question(s, &q, &diag)) {
        return negative(s, &diag);
    }
    if (q.task != SIM_NONE) {
        return explain_task(s, &q);
    }
    if (q.machine != SIM_NONE) {
        return explain_machine(s, &q);
    }
    return cli_flag(s->c, "verify") != NULL ? explain_whole_verified(s) : explain_overview(s);
}

static void note_incomplete(const struct inquiry *s)
{
    char end[48];
    if (rundir_complete(s->book.run)) {
        return;
    }
    cli_note(s->c,
             "note: this run did not finish; its record ends at %s after %" PRIu64
             " decisions (%" PRIu64 " torn bytes dropped); waits still open then are in no sum",
             when_str(book_end(&s->book), end, sizeof end), s->book.count[SIM_TABLE_DECISIONS],
             rundir_dropped_bytes(s->book.run));
}

static int run(struct cli *c)
{
    struct sim_diag diag = {0};
    struct inquiry s = {.c = c};
    if (!check_flags(c, &diag)) {
        return cli_fail(c, &diag);
    }
    struct rundir *dir = rundir_open(c->arguments[0], &diag);
    if (dir == NULL || !book_open(&s.book, dir, &diag)) {
        rundir_close(dir);
        return cli_fail(c, &diag);
    }
    s.page = (struct page){c->out, c->colour, &s.book};
    jw_begin(&s.json, c->out, false);
    note_incomplete(&s);
    const int status = answer(&s);
    rundir_close(dir);
    return status;
}

const struct command sim_command_explain = {
    .name = "explain",
    .summary = "say why a task waited, why it was placed where it was, and where the time went",
    .usage =
        "RUN [--task TASK [--at TIME] [--machine M] [--timeline] | --decision N | --machine M |\n"
        "            --group-by KEYS] [--verify] [--json]",
    .examples = "simctl explain RUN\n"
                "simctl explain RUN --task 3418309/7\n"
                "simctl explain RUN --task 3418309/7 --at 2d4h\n"
                "simctl explain RUN --task 3418309/7 --machine m0290\n"
                "simctl explain RUN --group-by reason,tier --json\n"
                "simctl explain RUN --task 3418309/7 --verify\n",
    .details =
        "Works from the run directory alone. Counts sum to the number of machines, causes of a "
        "wait to\n"
        "the wait. A refusal that only repeats the task's last one is recorded once, so the last\n"
        "refusal is the one in force until the task was placed.\n"
        "--machine with --task and --verify run the simulation again, from the inputs named in "
        "the\n"
        "run, up to the decision in question, and compare every row with the record on the way; a\n"
        "difference is refused with exit status 4. A task that is not there is exit status 1.\n",
    .flags = flags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
