/* explain_overview.c - the whole run at a glance: what was decided, where all waiting went, which
 * tasks waited longest, and what to ask next. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "report/amount.h"
#include "report/explain.h"

enum { LONGEST = 5 };

struct overview {
    uint64_t by_reason[256]; /* Decisions. */
    uint64_t placed, refused;
    struct causes causes;
    sim_task longest[LONGEST];
    int64_t longest_us[LONGEST];
    size_t longest_count;
};

static uint64_t tasks_in(const struct book *b)
{
    uint64_t n = 0;
    for (uint64_t d = 0; d < b->count[SIM_TABLE_DECISIONS]; d++) {
        n = b->decisions[d].task >= n ? b->decisions[d].task + UINT64_C(1) : n;
    }
    for (uint64_t i = 0; i < b->count[SIM_TABLE_SPANS]; i++) {
        n = b->spans[i].task >= n ? b->spans[i].task + UINT64_C(1) : n;
    }
    return n;
}

/* Keeps the five longest; of equal waits the earlier task. */
static void offer(struct overview *o, sim_task task, int64_t us)
{
    size_t i = o->longest_count;
    if (us == 0 || (i == LONGEST && us <= o->longest_us[LONGEST - 1])) {
        return;
    }
    if (i == LONGEST) {
        i--;
    } else {
        o->longest_count++;
    }
    for (; i > 0 && us > o->longest_us[i - 1]; i--) {
        o->longest_us[i] = o->longest_us[i - 1];
        o->longest[i] = o->longest[i - 1];
    }
    o->longest_us[i] = us;
    o->longest[i] = task;
}

static bool overview_fill(struct overview *o, const struct book *b, struct sim_diag *diag)
{
    memset(o, 0, sizeof *o);
    for (uint64_t d = 0; d < b->count[SIM_TABLE_DECISIONS]; d++) {
        const struct sim_decision_row *row = &b->decisions[d];
        o->by_reason[row->reason]++;
        *(row->outcome == SIM_OUTCOME_PLACED ? &o->placed : &o->refused) += 1;
    }
    const uint64_t tasks = tasks_in(b);
    int64_t *wait = MEM_NEW(int64_t, tasks + 1);
    bool ok = true;
    for (uint64_t i = 0; i < b->count[SIM_TABLE_SPANS] && ok; i++) {
        ok = causes_add(&o->causes, &b->spans[i], diag);
        wait[b->spans[i].task] += ok ? b->spans[i].to_us - b->spans[i].from_us : 0;
    }
    for (uint64_t t = 0; t < tasks; t++) {
        offer(o, (sim_task)t, wait[t]);
    }
    causes_sort(&o->causes);
    mem_free(wait);
    return ok;
}

static void reasons_text(const struct overview *o, bool placements, const struct page *p)
{
    const struct sim_reason_info *info;
    for (size_t i = 0; (info = sim_reason_at(i)) != NULL; i++) {
        const uint64_t n = o->by_reason[info->reason];
        if (n > 0 && (info->permanence == SIM_PERM_NONE) == placements) {
            (void)fprintf(p->out, "  %10" PRIu64 "  %-18s %s\n", n, info->code, info->help);
        }
    }
}

static void longest_text(const struct overview *o, const struct page *p)
{
    char name[NAME_BUF], wait[TEXT_BUF];
    if (o->longest_count == 0) {
        return;
    }
    page_head(p, "LONGEST WAITS");
    const int places = duration_places(o->longest_us, o->longest_count);
    for (size_t i = 0; i < o->longest_count; i++) {
        (void)fprintf(p->out, "  %24s  %s\n",
                      duration_str(o->longest_us[i], places, wait, sizeof wait),
                      task_full_name(p->book, o->longest[i], name));
    }
}

bool overview_text(const struct page *p, struct sim_diag *diag)
{
    struct overview o;
    char end[TEXT_BUF];
    const struct book *b = p->book;
    if (!overview_fill(&o, b, diag)) {
        mem_free(o.causes.at);
        return false;
    }
    (void)fprintf(p->out, "%s: %" PRIu64 " decision%s up to %s\n", rundir_path(b->run),
                  o.placed + o.refused, plural(o.placed + o.refused, "s"),
                  when_str(book_end(b), end, sizeof end));
    page_head(p, "%" PRIu64 " PLACEMENT%s", o.placed, plural(o.placed, "S"));
    reasons_text(&o, true, p);
    page_head(p, "%" PRIu64 " REFUSAL%s (repeated ones of the same cause count once)", o.refused,
              plural(o.refused, "S"));
    reasons_text(&o, false, p);
    if (o.causes.count > 0) {
        page_head(p, "WHERE ALL WAITING WENT (sums to %" PRId64 " us exactly)", o.causes.total_us);
        causes_text(o.causes.at, o.causes.count, false, p);
    }
    longest_text(&o, p);
    mem_free(o.causes.at);
    return true;
}

static void reasons_json(const struct overview *o, struct json *j)
{
    const struct sim_reason_info *info;
    jw_array(j, "reasons");
    for (size_t i = 0; (info = sim_reason_at(i)) != NULL; i++) {
        if (o->by_reason[info->reason] > 0) {
            jw_object(j, NULL);
            jw_text(j, "reason", info->code);
            jw_text(j, "stage", sim_stage_name(info->stage));
            jw_text(j, "permanence", sim_permanence_name(info->permanence));
            jw_uint(j, "decisions", o->by_reason[info->reason]);
            jw_end(j);
        }
    }
    jw_end(j);
}

bool overview_json(const struct book *b, struct json *j, struct sim_diag *diag)
{
    struct overview o;
    const bool ok = overview_fill(&o, b, diag);
    if (ok) {
        jw_object(j, NULL);
        jw_text(j, "run", rundir_path(b->run));
        jw_bool(j, "complete", rundir_complete(b->run));
        jw_int(j, "end_us", book_end(b));
        jw_object(j, "decisions");
        jw_uint(j, "total", o.placed + o.refused);
        jw_uint(j, "placed", o.placed);
        jw_uint(j, "refused", o.refused);
        jw_end(j);
        reasons_json(&o, j);
        jw_object(j, "wait");
        jw_int(j, "total_us", o.causes.total_us);
        causes_json(o.causes.at, o.causes.count, j);
        jw_end(j);
        jw_array(j, "longest_waits");
        for (size_t i = 0; i < o.longest_count; i++) {
            jw_object(j, NULL);
            jw_task(j, "task", b, o.longest[i]);
            jw_uint(j, "task_id", o.longest[i]);
            jw_int(j, "wait_us", o.longest_us[i]);
            jw_end(j);
        }
        jw_end(j);
        jw_end(j);
    }
    mem_free(o.causes.at);
    return ok;
}
