/* explain_machine.c - the reverse view: what one machine ran, lost and refused. */
#include <inttypes.h>

#include <simctl/trace.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "report/amount.h"
#include "report/explain.h"

enum { SHOWN = 20 }; /* Runs and events that the text lists; JSON has all. */

struct stay { /* One run of a task on the machine. */
    int64_t decision;
    sim_time from, to; /* to: SIM_NEVER = not recorded (still running, or the record ends). */
    sim_task task;
    const struct sim_eviction_row *eviction; /* NULL: it was not evicted. */
    bool running;                            /* To the end of the run. */
};
struct day {
    sim_machine machine;
    struct stay *stays; /* By start. */
    size_t stay_count, stay_cap;
    uint64_t runner_up; /* Decisions that chose another one by a hair. */
    uint64_t examples;  /* Fail-mask rows that name it as the example. */
    uint64_t evictions;
    uint64_t alone; /* Of `examples`: it was the only machine with that mask. */
};

static const struct sim_eviction_row *eviction_after(const struct book *b, sim_task task,
                                                     sim_machine m, sim_time from)
{
    for (uint64_t i = 0; i < b->count[SIM_TABLE_EVICTIONS]; i++) {
        const struct sim_eviction_row *e = &b->evictions[i];
        if (e->task == task && e->machine == m && e->t_us >= from) {
            return e;
        }
    }
    return NULL;
}

static void add_stay(struct day *day, const struct book *b, int64_t d)
{
    const struct sim_decision_row *row = &b->decisions[d];
    const struct sim_task_row *task = rundir_task(b->run, row->task);
    MEM_GROW(day->stays, day->stay_cap, day->stay_count + 1);
    struct stay *s = &day->stays[day->stay_count++];
    *s = (struct stay){.decision = d, .from = row->t_us, .to = SIM_NEVER, .task = row->task};
    if (task == NULL || task->evictions > 0) {
        s->eviction = eviction_after(b, row->task, day->machine, row->t_us);
    }
    if (s->eviction != NULL) {
        s->to = s->eviction->t_us;
    } else if (task != NULL) {
        s->to = task->end_us;
        s->running = task->state == SIM_STATE_RUNNING;
    }
}

static void day_fill(struct day *day, const struct book *b, sim_machine m)
{
    *day = (struct day){.machine = m};
    for (uint64_t d = 0; d < b->count[SIM_TABLE_DECISIONS]; d++) {
        day->runner_up += b->decisions[d].runner_up == m;
        if (b->decisions[d].machine == m) {
            add_stay(day, b, (int64_t)d);
        }
    }
    for (uint64_t i = 0; i < b->count[SIM_TABLE_FAILMASK]; i++) {
        day->examples += b->masks[i].example == m;
        day->alone += b->masks[i].example == m && b->masks[i].count == 1;
    }
    for (uint64_t i = 0; i < b->count[SIM_TABLE_EVICTIONS]; i++) {
        day->evictions += b->evictions[i].machine == m;
    }
}

static bool shown(const struct stay *s, sim_time at)
{
    return at == SIM_NEVER || (s->from <= at && at < s->to);
}

static const char *event_name(unsigned kind)
{
    static const char *const names[] = {[SIM_IN_MACHINE_ADD] = "added",
                                        [SIM_IN_MACHINE_REMOVE] = "removed",
                                        [SIM_IN_MACHINE_UPDATE] = "updated",
                                        [SIM_IN_MACHINE_DRAIN] = "drained",
                                        [SIM_IN_MACHINE_UNDRAIN] = "opened again"};
    return kind < sizeof names / sizeof *names ? names[kind] : "changed";
}

static void event_text(const struct sim_machine_row *row, const struct page *p)
{
    char at[TEXT_BUF], amount[TEXT_BUF];
    const int64_t capacity[] = {row->cpu, row->memory, row->gpu, row->disk};
    (void)fprintf(p->out, "  %20s  %s", when_str(row->t_us, at, sizeof at), event_name(row->kind));
    const char *lead = ": ";
    for (unsigned d = 0; d < sizeof capacity / sizeof *capacity; d++) {
        if (capacity[d] > 0) {
            (void)fprintf(p->out, "%s%s", lead,
                          amount_named_str(&p->book->units, d, capacity[d], amount, sizeof amount));
            lead = ", ";
        }
    }
    const struct sim_text labels = rundir_name(p->book->run, SIM_NAME_LABELS, row->labels);
    if (labels.len > 0) {
        (void)fprintf(p->out, "  labels %.*s", (int)labels.len, labels.at);
    }
    (void)fputc('\n', p->out);
}

static void events_text(sim_machine m, const struct page *p)
{
    uint64_t n = 0;
    page_head(p, "EVENTS");
    for (uint64_t i = 0; i < p->book->count[SIM_TABLE_MACHINES]; i++) {
        if (p->book->machines[i].machine == m && n++ < SHOWN) {
            event_text(&p->book->machines[i], p);
        }
    }
    if (n > SHOWN) {
        (void)fprintf(p->out, "  and %" PRIu64 " more (--json lists all)\n", n - SHOWN);
    }
}

static void stay_text(const struct stay *s, const struct page *p)
{
    char name[NAME_BUF], from[TEXT_BUF], length[TEXT_BUF];
    (void)fprintf(p->out, "  %20s  d%-10" PRId64 " %s", when_str(s->from, from, sizeof from),
                  s->decision, task_name(p->book, s->task, name));
    if (s->to != SIM_NEVER) {
        (void)fprintf(p->out, ", %s", when_str(s->to - s->from, length, sizeof length));
    } else {
        (void)fputs(s->running ? ", to the end of the run" : ", no end in the record", p->out);
    }
    if (s->eviction != NULL) {
        const char *cause = sim_evict_name(s->eviction->cause);
        (void)fprintf(p->out, ", then evicted: %s", cause != NULL ? cause : "?");
    }
    (void)fputc('\n', p->out);
}

void machine_text(const struct page *p, sim_machine m, sim_time at)
{
    struct day day;
    char name[NAME_BUF], time[TEXT_BUF];
    uint64_t n = 0;
    day_fill(&day, p->book, m);
    page_head(p, "machine  %s (#%" PRIu32 ")", machine_name(p->book, m, name), m);
    (void)fprintf(p->out, "ran      %zu task%s, %" PRIu64 " evicted\n", day.stay_count,
                  plural(day.stay_count, "s"), day.evictions);
    (void)fprintf(p->out, "lost     runner-up of %" PRIu64 " placement%s\n", day.runner_up,
                  plural(day.runner_up, "s"));
    (void)fprintf(p->out,
                  "refused  named as an example in %" PRIu64 " refusal%s, in %" PRIu64
                  " of them the only machine of its kind\n",
                  day.examples, plural(day.examples, "s"), day.alone);
    events_text(m, p);
    if (at == SIM_NEVER) {
        page_head(p, "RAN HERE");
    } else {
        page_head(p, "RAN HERE AT %s", when_str(at, time, sizeof time));
    }
    for (size_t i = 0; i < day.stay_count; i++) {
        if (shown(&day.stays[i], at) && n++ < SHOWN) {
            stay_text(&day.stays[i], p);
        }
    }
    if (n > SHOWN) {
        (void)fprintf(p->out, "  and %" PRIu64 " more (--json lists all)\n", n - SHOWN);
    }
    mem_free(day.stays);
}

static void events_json(sim_machine m, const struct book *b, struct json *j)
{
    jw_array(j, "events");
    for (uint64_t i = 0; i < b->count[SIM_TABLE_MACHINES]; i++) {
        const struct sim_machine_row *row = &b->machines[i];
        if (row->machine == m) {
            jw_object(j, NULL);
            jw_int(j, "time_us", row->t_us);
            jw_text(j, "event", event_name(row->kind));
            jw_int(j, "cpu", row->cpu);
            jw_int(j, "memory", row->memory);
            jw_int(j, "gpu", row->gpu);
            jw_int(j, "disk", row->disk);
            jw_view(j, "labels", rundir_name(b->run, SIM_NAME_LABELS, row->labels));
            jw_end(j);
        }
    }
    jw_end(j);
}

void machine_json(const struct book *b, sim_machine m, sim_time at, struct json *j)
{
    struct day day;
    day_fill(&day, b, m);
    jw_object(j, NULL);
    jw_text(j, "run", rundir_path(b->run));
    jw_machine(j, "machine", b, m);
    jw_uint(j, "machine_id", m);
    jw_uint(j, "placements", day.stay_count);
    jw_uint(j, "evictions", day.evictions);
    jw_uint(j, "runner_up", day.runner_up);
    jw_uint(j, "fail_mask_examples", day.examples);
    jw_uint(j, "fail_mask_alone", day.alone);
    events_json(m, b, j);
    jw_time(j, "at_us", at);
    jw_array(j, "ran");
    for (size_t i = 0; i < day.stay_count; i++) {
        const struct stay *s = &day.stays[i];
        if (shown(s, at)) {
            jw_object(j, NULL);
            jw_task(j, "task", b, s->task);
            jw_int(j, "decision", s->decision);
            jw_int(j, "from_us", s->from);
            jw_time(j, "to_us", s->to);
            jw_text(j, "evicted", s->eviction != NULL ? sim_evict_name(s->eviction->cause) : NULL);
            jw_end(j);
        }
    }
    jw_end(j);
    jw_end(j);
    mem_free(day.stays);
}
