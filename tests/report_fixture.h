/* report_fixture.h - a small run directory with hand-made rows, written through the recorder.
 *
 * Four machines, six tasks:
 *   a/0  placed at once by d0 on m0, finished at 10 s
 *   b/0  refused by d1 (fragmented), d2 (capacity), placed by d3 on m1 after 5.25 s
 *   c/0  d4: unsatisfiable, waits from 7 s to the end at 20 s
 *   d/0  d5: head of line behind c/0, from 8 s to the end
 *   e/0  d6: repeats d4's answer, from 9 s to the end
 *   f/0  placed by d7 on m1 at 9 s, evicted at 12 s, placed again by d8 on m2 at 13 s, runs on
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simctl/trace.h>

#include "record/recorder.h"
#include "report/explain.h"

#define GIB (INT64_C(1) << 30)
#define S(seconds) SIM_SECONDS(seconds)

struct fixture {
    char directory[64];
    struct rundir *run;
    struct book book;
};

static inline void put_row(struct recorder *r, enum sim_table t, const void *row)
{
    const struct sim_output *out = recorder_output(r);
    out->row(out->self, t, row);
}

static inline void put_name(struct recorder *r, enum sim_name_kind kind, uint32_t id,
                            const char *text)
{
    const struct sim_output *out = recorder_output(r);
    out->name(out->self, kind, id, (struct sim_text){text, (uint32_t)strlen(text)});
}

static inline void put_machines(struct recorder *r)
{
    static const char *const names[] = {"m0", "m1", "m2", "m3"};
    for (uint32_t m = 0; m < 4; m++) {
        put_name(r, SIM_NAME_MACHINE, m, names[m]);
        const struct sim_machine_row row = {
            .cpu = 4000, .memory = 8 * GIB, .machine = m, .name = m, .labels = SIM_NONE};
        put_row(r, SIM_TABLE_MACHINES, &row);
    }
}

static inline void put_wait(struct recorder *r, int64_t t, uint32_t task, enum sim_reason reason,
                            uint8_t dim, uint32_t fm, uint8_t flags, uint32_t subject)
{
    const struct sim_decision_row row = {.t_us = t,
                                         .task = task,
                                         .machine = SIM_NONE,
                                         .runner_up = SIM_NONE,
                                         .subject = subject,
                                         .examined = reason == SIM_REASON_HEAD_OF_LINE ? 0 : 4,
                                         .fm = fm,
                                         .outcome = SIM_OUTCOME_WAIT,
                                         .reason = (uint8_t)reason,
                                         .dim = dim,
                                         .attempt = 1,
                                         .flags = flags,
                                         .machines = 4};
    put_row(r, SIM_TABLE_DECISIONS, &row);
}

static inline void put_placed(struct recorder *r, int64_t t, uint32_t task, uint32_t machine,
                              uint32_t runner_up, int64_t score, int64_t margin, uint8_t attempt)
{
    const struct sim_decision_row row = {
        .t_us = t,
        .task = task,
        .machine = machine,
        .runner_up = runner_up,
        .subject = SIM_NONE,
        .score = score,
        .margin = margin,
        .examined = 4,
        .feasible = runner_up == SIM_NONE ? 1 : 2,
        .fm = SIM_NONE,
        .ties = (uint16_t)(runner_up != SIM_NONE && margin == 0 ? 2 : 1),
        .reason = (uint8_t)(runner_up == SIM_NONE ? SIM_REASON_ONLY_FEASIBLE
                            : margin == 0         ? SIM_REASON_TIE_BREAK
                                                  : SIM_REASON_BEST_SCORE),
        .attempt = attempt,
        .machines = 4};
    put_row(r, SIM_TABLE_DECISIONS, &row);
}

static inline void put_mask(struct recorder *r, int64_t d, uint32_t mask, uint32_t count,
                            uint32_t example, int64_t cpu, int64_t memory)
{
    const struct sim_failmask_row row = {
        .decision = d, .mask = mask, .count = count, .example = example, .deficit = {cpu, memory}};
    put_row(r, SIM_TABLE_FAILMASK, &row);
}

static inline void put_span(struct recorder *r, uint32_t task, int64_t from, int64_t to,
                            int64_t opened, int64_t closed, enum sim_reason reason, uint8_t dim)
{
    const struct sim_span_row row = {.from_us = from,
                                     .to_us = to,
                                     .opened_by = opened,
                                     .closed_by = closed,
                                     .task = task,
                                     .subject = SIM_NONE,
                                     .episode = 1,
                                     .reason = (uint8_t)reason,
                                     .dim = dim};
    put_row(r, SIM_TABLE_SPANS, &row);
}

static inline void put_task(struct recorder *r, uint32_t task, int64_t submit, int64_t start,
                            int64_t end, int64_t wait, enum sim_state state, uint32_t machine)
{
    const struct sim_task_row row = {
        .submit_us = submit,
        .first_start_us = start,
        .start_us = start,
        .end_us = end,
        .wait_us = wait,
        .run_us = start == SIM_NEVER ? 0 : (end == SIM_NEVER ? S(20) : end) - start,
        .cpu = 3000,
        .memory = 6 * GIB,
        .time_limit_us = SIM_NEVER,
        .task = task,
        .job = task,
        .user = task % 2,
        .queue = SIM_NONE,
        .machine = machine,
        .priority = (int32_t)task,
        .constraints = task == 2 ? 0 : SIM_NONE,
        .episodes = task == 5 ? 2 : 1,
        .evictions = task == 5,
        .tier = SIM_TIER_BATCH,
        .state = (uint8_t)state};
    put_row(r, SIM_TABLE_TASKS, &row);
}

static inline void put_story_of_b(struct recorder *r)
{
    put_mask(r, 1, SIM_FAIL_FIT_CPU, 1, 0, 500, 0);
    put_mask(r, 1, SIM_FAIL_FIT_MEMORY, 2, 1, 0, 3 * GIB / 2);
    put_mask(r, 1, SIM_FAIL_FIT_CPU | SIM_FAIL_FIT_MEMORY, 1, 3, 250, GIB);
    const struct sim_room_row cpu = {.decision = 1,
                                     .requested = 3000,
                                     .largest_free = 2750,
                                     .sum_free = 9000,
                                     .sum_capacity = 16000,
                                     .eligible = 4,
                                     .dim = SIM_CPU};
    put_row(r, SIM_TABLE_ROOM, &cpu);
    put_wait(r, S(1), 1, SIM_REASON_FRAGMENTED, 3, 0, 0, SIM_NONE);
    put_mask(r, 2, SIM_FAIL_FIT_CPU, 4, 0, 500, 0);
    put_span(r, 1, S(1), S(6), 1, 2, SIM_REASON_FRAGMENTED, 3);
    put_wait(r, S(6), 1, SIM_REASON_CAPACITY, SIM_CPU, 3, 0, SIM_NONE);
    put_span(r, 1, S(6), S(6) + 250000, 2, 3, SIM_REASON_CAPACITY, SIM_CPU);
    put_placed(r, S(6) + 250000, 1, 1, 0, 10, 2, 1);
}

static inline void put_waiting_ones(struct recorder *r)
{
    put_mask(r, 4, SIM_FAIL_LABEL, 3, 0, 0, 0);
    put_mask(r, 4, SIM_FAIL_LABEL | SIM_FAIL_FIT_CPU, 1, 1, 100, 0);
    put_wait(r, S(7), 2, SIM_REASON_UNSATISFIABLE, 0, 4, 0, SIM_NONE);
    const struct sim_ahead_row ahead = {.decision = 5,
                                        .cpu = 3000,
                                        .memory = 6 * GIB,
                                        .ahead = 1,
                                        .head = 2,
                                        .head_priority = 2,
                                        .priority = 3};
    put_row(r, SIM_TABLE_AHEAD, &ahead);
    put_wait(r, S(8), 3, SIM_REASON_HEAD_OF_LINE, 0, SIM_NONE, 0, 2);
    put_wait(r, S(9), 4, SIM_REASON_UNSATISFIABLE, 0, 2, SIM_DECISION_EQUIV, SIM_NONE);
}

static inline void put_evicted_one(struct recorder *r)
{
    put_placed(r, S(9), 5, 1, SIM_NONE, 7, 0, 1);
    const struct sim_eviction_row row = {.t_us = S(12),
                                         .by_decision = -1,
                                         .lost_us = S(3),
                                         .task = 5,
                                         .machine = 1,
                                         .by_task = SIM_NONE,
                                         .cause = SIM_EVICT_MACHINE_DOWN};
    put_row(r, SIM_TABLE_EVICTIONS, &row);
    put_span(r, 5, S(12), S(13), -1, 8, SIM_REASON_NOTHING, 0);
    put_placed(r, S(13), 5, 2, 3, 7, 0, 2);
}

static inline void put_ends(struct recorder *r)
{
    put_span(r, 2, S(7), S(20), 4, -1, SIM_REASON_UNSATISFIABLE, 0);
    put_span(r, 3, S(8), S(20), 5, -1, SIM_REASON_HEAD_OF_LINE, 0);
    put_span(r, 4, S(9), S(20), 6, -1, SIM_REASON_UNSATISFIABLE, 0);
    put_task(r, 1, S(1), S(6) + 250000, S(15), 5250000, SIM_STATE_FINISHED, 1);
    put_task(r, 2, S(7), SIM_NEVER, SIM_NEVER, S(13), SIM_STATE_PENDING, SIM_NONE);
    put_task(r, 3, S(8), SIM_NEVER, SIM_NEVER, S(12), SIM_STATE_PENDING, SIM_NONE);
    put_task(r, 4, S(9), SIM_NEVER, SIM_NEVER, S(11), SIM_STATE_PENDING, SIM_NONE);
    put_task(r, 5, S(9), S(9), SIM_NEVER, S(1), SIM_STATE_RUNNING, 2);
}

/* `complete` false: as a killed run leaves it, without run.h5 and the rows of those still alive. */
static inline void fixture_open(struct fixture *f, bool complete)
{
    static const char *const jobs[] = {"a", "b", "c", "d", "e", "f"};
    char stream[96], columns[96];
    struct sim_diag diag = {0};
    strcpy(f->directory, "/tmp/simctl-report-XXXXXX");
    cr_assert(mkdtemp(f->directory) != NULL);
    snprintf(stream, sizeof stream, "%s/decisions.mpk", f->directory);
    snprintf(columns, sizeof columns, "%s/run.h5", f->directory);
    const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), stream},
                                          {sim_sink_find("h5"), columns}};
    struct recorder *r = recorder_open(sinks, 2, &diag);
    cr_assert(r != NULL, "%s", diag.text);
    put_machines(r);
    for (uint32_t t = 0; t < 6; t++) {
        put_name(r, SIM_NAME_JOB, t, jobs[t]);
    }
    put_name(r, SIM_NAME_USER, 0, "ann");
    put_name(r, SIM_NAME_USER, 1, "bob, \"the\" builder\xff");
    put_name(r, SIM_NAME_CONSTRAINTS, 0, "disk in [ssd]");
    put_placed(r, 0, 0, 0, 1, 5, 0, 1);
    put_story_of_b(r);
    put_waiting_ones(r);
    put_task(r, 0, 0, 0, S(10), 0, SIM_STATE_FINISHED, 0);
    put_evicted_one(r);
    if (complete) {
        put_ends(r);
    }
    struct recorder_digests digests;
    cr_assert(recorder_close(r, complete, &digests, &diag), "%s", diag.text);
    f->run = rundir_open(f->directory, &diag);
    cr_assert(f->run != NULL, "%s", diag.text);
    cr_assert(book_open(&f->book, f->run, &diag), "%s", diag.text);
}

static inline void fixture_close(struct fixture *f)
{
    char command[128];
    rundir_close(f->run);
    snprintf(command, sizeof command, "rm -r '%s'", f->directory);
    cr_assert_eq(system(command), 0);
}

static inline struct question ask(sim_task task)
{
    return (struct question){.task = task, .machine = SIM_NONE};
}

/* What an answer prints; release with free(). */
static inline char *answer_as_text(const struct fixture *f, const struct question *q)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    struct answer a;
    FILE *out = open_memstream(&text, &size);
    const struct page page = {out, false, &f->book};
    cr_assert(answer_find(&a, &f->book, q, &diag), "%s", diag.text);
    answer_text(&a, &page);
    answer_fini(&a);
    fclose(out);
    return text;
}

static inline json_t *parse(char *text)
{
    json_error_t error;
    json_t *v = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    cr_assert(v != NULL, "line %d: %s\n%s", error.line, error.text, text);
    free(text);
    return v;
}

static inline json_t *answer_as_json(const struct fixture *f, const struct question *q)
{
    char *text = NULL;
    size_t size;
    struct sim_diag diag = {0};
    struct answer a;
    struct json j;
    FILE *out = open_memstream(&text, &size);
    jw_begin(&j, out, false);
    cr_assert(answer_find(&a, &f->book, q, &diag), "%s", diag.text);
    answer_json(&a, &j);
    answer_fini(&a);
    fclose(out);
    return parse(text);
}

static inline json_int_t int_at(const json_t *v, const char *key)
{
    const json_t *member = json_object_get(v, key);
    cr_assert(json_is_integer(member), "%s is no integer", key);
    return json_integer_value(member);
}

static inline const char *text_at(const json_t *v, const char *key)
{
    const char *text = json_string_value(json_object_get(v, key));
    return text != NULL ? text : "(none)";
}

static inline bool has(const char *text, const char *part)
{
    if (strstr(text, part) != NULL) {
        return true;
    }
    cr_log_error("'%s' is not in:\n%s", part, text);
    return false;
}
#endif
