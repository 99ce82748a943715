/* section_task.c - who the task is, how it fared, and the answer in one sentence. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

static const char *known(const char *name)
{
    return name != NULL ? name : "?";
}

static void name_text(const struct page *p, const char *label, enum sim_name_kind kind, uint32_t id)
{
    const struct sim_text text = rundir_name(p->book->run, kind, id);
    if (text.len > 0) {
        (void)fprintf(p->out, "  %s %.*s", label, (int)text.len, text.at);
    }
}

/* Units that are phrases stand once at the top: "units    cpu, memory: parts of the largest
 * machine". */
static void units_text(const struct page *p)
{
    const char *phrase = NULL;
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        const char *mine = unit_phrase(&p->book->units, d);
        if (mine != NULL && (phrase == NULL || strcmp(mine, phrase) == 0)) {
            (void)fprintf(p->out, "%s%s", phrase == NULL ? "units    " : ", ", sim_dim_name(d));
            phrase = mine;
        }
    }
    if (phrase != NULL) {
        (void)fprintf(p->out, ": parts %s\n", phrase);
    }
}

static void identity_text(const struct answer *a, const struct page *p)
{
    const struct sim_task_row *row = a->story.row;
    char name[NAME_BUF], request[256];
    (void)fputs(p->colour ? "\033[1m" : "", p->out);
    (void)fprintf(p->out, "task     %s%s", task_full_name(a->book, a->story.task, name),
                  p->colour ? "\033[0m" : "");
    if (row == NULL) {
        (void)fputs("  (the record ends before it left: no task row)\n", p->out);
        units_text(p);
        return;
    }
    name_text(p, "user", SIM_NAME_USER, row->user);
    name_text(p, "queue", SIM_NAME_QUEUE, row->queue);
    if (rundir_name(p->book->run, SIM_NAME_SCHEDULER, 1).len >
        0) { /* Else it goes without saying. */
        name_text(p, "scheduler", SIM_NAME_SCHEDULER, row->scheduler);
    }
    (void)fprintf(p->out, "  tier %s  priority %" PRId32 "\n", known(sim_tier_name(row->tier)),
                  row->priority);
    (void)fprintf(p->out, "request  %s\n", request_str(a->book, row, request, sizeof request));
    units_text(p);
    const struct sim_text needs = rundir_name(a->book->run, SIM_NAME_CONSTRAINTS, row->constraints);
    if (needs.len > 0) {
        (void)fprintf(p->out, "needs    %.*s\n", (int)needs.len, needs.at);
    }
}

/* "placed by d12 on m7 at 3m 02s, ran 4h 00m 00s" */
static void runs_text(const struct answer *a, const struct page *p)
{
    const int64_t d = a->story.last_placed;
    char name[NAME_BUF], at[TEXT_BUF], ran[TEXT_BUF];
    if (d < 0) {
        (void)fputs("\n         never placed", p->out);
        return;
    }
    const struct sim_decision_row *row = &a->book->decisions[d];
    (void)fprintf(p->out, "\n         placed by d%" PRId64 " on %s at %s", d,
                  machine_name(a->book, row->machine, name), when_str(row->t_us, at, sizeof at));
    if (a->story.row != NULL && a->story.row->start_us != SIM_NEVER) {
        (void)fprintf(p->out, ", ran %s", when_str(a->story.row->run_us, ran, sizeof ran));
    }
}

static void life_text(const struct answer *a, const struct page *p)
{
    const struct story *s = &a->story;
    char submit[TEXT_BUF], wait[TEXT_BUF], lost[TEXT_BUF], end[TEXT_BUF];
    const unsigned episodes = s->row != NULL ? s->row->episodes : 0;
    (void)fprintf(p->out, "life     submitted at %s, waited %s",
                  when_str(s->submit_us, submit, sizeof submit),
                  when_str(s->wait_us, wait, sizeof wait));
    if (episodes > 1) {
        (void)fprintf(p->out, " in %u episodes", episodes);
    }
    if (s->open_us > 0) {
        (void)fprintf(p->out, ", and %s more up to where the record ends",
                      when_str(s->open_us, wait, sizeof wait));
    }
    runs_text(a, p);
    if (s->eviction_count > 0) {
        (void)fprintf(p->out, ", evicted %zu time%s", s->eviction_count,
                      plural(s->eviction_count, "s"));
    }
    if (s->row != NULL && s->row->lost_us > 0) {
        (void)fprintf(p->out, " (%s of work lost)", when_str(s->row->lost_us, lost, sizeof lost));
    }
    if (s->row != NULL) {
        (void)fprintf(p->out, ", %s", known(sim_state_name(s->row->state)));
        if (s->row->end_us != SIM_NEVER) {
            (void)fprintf(p->out, " at %s", when_str(s->row->end_us, end, sizeof end));
        }
    }
    (void)fputc('\n', p->out);
}

/* What it waits for without a decision about it: the queue of its scheduler, say. */
static bool because_of_span(const struct answer *a, const struct page *p)
{
    char cause[TEXT_BUF];
    const struct sim_span_row *span =
        story_span(&a->story, a->asked.has_at ? a->asked.at : SIM_NEVER);
    if (span == NULL || span->opened_by >= 0 || span->reason == SIM_REASON_NOTHING) {
        return false;
    }
    const struct sim_reason_info *info = sim_reason_info(span->reason);
    (void)fprintf(p->out, " because of %s: %s; %s\n",
                  cause_str(span->reason, span->dim, cause, sizeof cause),
                  reason_help(span->reason),
                  permanence_text(info != NULL ? info->permanence : SIM_PERM_NONE));
    return true;
}

static void because_text(const struct answer *a, const struct page *p)
{
    if (because_of_span(a, p)) {
        return;
    }
    if (!a->has_refusal) {
        (void)fputs(", no decision was taken about it yet\n", p->out);
        return;
    }
    char cause[TEXT_BUF];
    const struct sim_decision_row *row = a->refusal.row;
    const struct sim_reason_info *info = sim_reason_info(row->reason);
    (void)fprintf(p->out, " because of %s: %s; %s\n",
                  cause_str(row->reason, row->dim, cause, sizeof cause), reason_help(row->reason),
                  permanence_text(info != NULL ? info->permanence : SIM_PERM_NONE));
}

static void at_text(const struct answer *a, const struct page *p)
{
    char at[TEXT_BUF], since[TEXT_BUF], name[NAME_BUF];
    const struct sim_task_row *row = a->story.row;
    (void)fprintf(p->out, "answer   at %s it ", when_str(a->asked.at, at, sizeof at));
    when_str(a->since, since, sizeof since);
    switch (a->moment) {
    case MOMENT_BEFORE:
        (void)fprintf(p->out, "was not submitted yet (that was at %s)\n",
                      when_str(a->story.submit_us, since, sizeof since));
        break;
    case MOMENT_WAITING:
        (void)fprintf(p->out, "was pending (since %s)",
                      a->since != SIM_NEVER ? since : "its submission");
        because_text(a, p);
        break;
    case MOMENT_RUNNING:
        (void)fprintf(p->out, "ran on %s, since %s\n",
                      machine_name(a->book, a->book->decisions[a->placed].machine, name), since);
        break;
    case MOMENT_AFTER:
        (void)fputs("had left", p->out);
        if (row != NULL && row->end_us != SIM_NEVER) {
            (void)fprintf(p->out, ": %s at %s", known(sim_state_name(row->state)),
                          when_str(row->end_us, since, sizeof since));
        }
        (void)fputc('\n', p->out);
        break;
    }
}

void task_text(const struct answer *a, const struct page *p)
{
    identity_text(a, p);
    life_text(a, p);
    if (a->asked.has_at) {
        at_text(a, p);
    } else if (a->story.last_placed < 0) {
        (void)fputs(a->story.row != NULL ? "answer   it never started"
                                         : "answer   it had not started",
                    p->out);
        because_text(a, p);
    } else if (a->story.last_refused > a->story.last_placed) {
        (void)fputs("answer   it waits again", p->out);
        because_text(a, p);
    }
}

static void jw_name(struct json *j, const char *key, const struct book *b, enum sim_name_kind kind,
                    uint32_t id)
{
    const struct sim_text text = rundir_name(b->run, kind, id);
    if (text.len > 0) {
        jw_view(j, key, text);
    } else {
        jw_null(j, key);
    }
}

static void request_json(const struct sim_task_row *row, struct json *j)
{
    jw_object(j, "request");
    jw_int(j, "cpu", row->cpu);
    jw_int(j, "memory", row->memory);
    jw_int(j, "gpu", row->gpu);
    jw_uint(j, "gpu_count", row->gpu_count);
    jw_uint(j, "gpu_milli", row->gpu_milli);
    jw_int(j, "disk", row->disk);
    jw_end(j);
}

static void identity_json(const struct answer *a, struct json *j)
{
    const struct sim_task_row *row = a->story.row;
    jw_object(j, "task");
    jw_uint(j, "id", a->story.task);
    jw_task(j, "name", a->book, a->story.task);
    if (row != NULL) {
        jw_name(j, "job", a->book, SIM_NAME_JOB, row->job);
        jw_uint(j, "index", row->index);
        jw_name(j, "user", a->book, SIM_NAME_USER, row->user);
        jw_name(j, "queue", a->book, SIM_NAME_QUEUE, row->queue);
        jw_name(j, "scheduler", a->book, SIM_NAME_SCHEDULER, row->scheduler);
        jw_text(j, "tier", sim_tier_name(row->tier));
        jw_int(j, "priority", row->priority);
        request_json(row, j);
        jw_name(j, "constraints", a->book, SIM_NAME_CONSTRAINTS, row->constraints);
    }
    jw_end(j);
}

static void life_json(const struct answer *a, struct json *j)
{
    const struct sim_task_row *row = a->story.row;
    jw_object(j, "life");
    jw_time(j, "submit_us", a->story.submit_us);
    jw_bool(j, "placed", a->story.last_placed >= 0);
    jw_uint(j, "decisions", a->story.decision_count);
    jw_uint(j, "evictions", a->story.eviction_count);
    if (row != NULL) {
        jw_text(j, "state", sim_state_name(row->state));
        jw_time(j, "first_start_us", row->first_start_us);
        jw_time(j, "start_us", row->start_us);
        jw_time(j, "end_us", row->end_us);
        jw_int(j, "wait_us", row->wait_us);
        jw_int(j, "run_us", row->run_us);
        jw_int(j, "lost_us", row->lost_us);
        jw_uint(j, "episodes", row->episodes);
        jw_machine(j, "machine", a->book, row->machine);
    } else {
        jw_null(j, "state");
        jw_int(j, "wait_us", a->story.wait_us);
        jw_int(j, "open_wait_us", a->story.open_us);
    }
    jw_end(j);
}

void task_json(const struct answer *a, struct json *j)
{
    static const char *const moments[] = {[MOMENT_BEFORE] = "not-submitted",
                                          [MOMENT_WAITING] = "pending",
                                          [MOMENT_RUNNING] = "running",
                                          [MOMENT_AFTER] = "left"};
    identity_json(a, j);
    life_json(a, j);
    if (a->asked.has_at) {
        jw_object(j, "at");
        jw_int(j, "time_us", a->asked.at);
        jw_text(j, "state", moments[a->moment]);
        jw_time(j, "since_us", a->since);
        jw_end(j);
    }
}
