/* section_choice.c - why the chosen machine, and why not another one. */
#include <inttypes.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

static const char *tie_help(unsigned rule)
{
    switch (rule) {
#define XX(code, number, name, help)                                                               \
    case number:                                                                                   \
        return help;
        SIM_TIE_MAP(XX)
#undef XX
    default:
        return "a rule that this version does not know";
    }
}

static const char *tie_name(unsigned rule)
{
    const char *name = sim_tie_name(rule);
    return name != NULL ? name : "unknown";
}

static void scores_text(const struct sim_decision_row *row, const struct page *p)
{
    char name[NAME_BUF];
    (void)fprintf(p->out, "  score %" PRId64, row->score);
    if (row->runner_up == SIM_NONE) {
        (void)fputs(", no runner-up\n", p->out);
        return;
    }
    (void)fprintf(p->out, ", runner-up %s %" PRId64 " (margin %" PRId64 ")\n",
                  machine_name(p->book, row->runner_up, name), row->score - row->margin,
                  row->margin);
}

void choice_text(int64_t decision, const struct page *p)
{
    const struct sim_decision_row *row = &p->book->decisions[decision];
    const uint32_t machines = book_machines_at(p->book, decision);
    char name[NAME_BUF], at[TEXT_BUF];
    page_head(p, "CHOSEN %s by d%" PRId64 ", %s: %s", machine_name(p->book, row->machine, name),
              decision, when_str(row->t_us, at, sizeof at), reason_code(row->reason));
    (void)fprintf(p->out, "  %s\n", reason_help(row->reason));
    if ((row->flags & SIM_DECISION_BACKFILLED) != 0) {
        (void)fputs(
            "  backfilled: it started ahead of the head of the queue, which it does not delay\n",
            p->out);
    }
    if (placed_by_probe(row)) {
        (void)fprintf(p->out, "  %" PRIu32 " of %" PRIu32 " machine%s probed\n", row->examined,
                      machines, plural(machines, "s"));
        return;
    }
    if (row->reason == SIM_REASON_LEAST_TOTAL_COST || row->reason == SIM_REASON_NEXT_CHEAPEST) {
        flow_text(decision, p);
    } else if (row->reason != SIM_REASON_FIRST_FIT) {
        scores_text(row, p);
    }
    if (row->victims > 0) {
        (void)fprintf(p->out, "  %u running task%s made room for it\n", row->victims,
                      plural(row->victims, "s"));
    }
    if (row->ties > 1) {
        (void)fprintf(p->out, "  %s%u machines share the best score; tie rule %s: %s\n",
                      row->ties == UINT16_MAX ? "at least " : "", row->ties,
                      tie_name(row->tie_rule), tie_help(row->tie_rule));
    } else if (row->reason == SIM_REASON_BEST_SCORE) {
        (void)fputs("  no tie\n", p->out);
    }
    (void)fprintf(p->out,
                  "  %" PRIu32 " of %" PRIu32 " machine%s examined, %" PRIu32
                  " of them could run it\n",
                  row->examined, machines, plural(machines, "s"), row->feasible);
}

void choice_json(int64_t decision, const struct book *b, struct json *j)
{
    const struct sim_decision_row *row = &b->decisions[decision];
    jw_int(j, "decision", decision);
    jw_int(j, "time_us", row->t_us);
    jw_machine(j, "machine", b, row->machine);
    jw_reason(j, row->reason, row->dim);
    jw_bool(j, "backfilled", (row->flags & SIM_DECISION_BACKFILLED) != 0);
    jw_int(j, "score", row->score);
    jw_machine(j, "runner_up", b, row->runner_up);
    if (row->runner_up != SIM_NONE) {
        jw_int(j, "runner_up_score", row->score - row->margin);
        jw_int(j, "margin", row->margin);
    } else {
        jw_null(j, "runner_up_score");
        jw_null(j, "margin");
    }
    jw_uint(j, "ties", row->ties);
    jw_text(j, "tie_rule", tie_name(row->tie_rule));
    jw_uint(j, "machines", book_machines_at(b, decision));
    jw_uint(j, "examined", row->examined);
    jw_uint(j, "feasible", row->feasible);
    jw_uint(j, "victims", row->victims);
    flow_json(decision, b, j);
}

struct ranking {
    uint32_t feasible, better,
        equal; /* better: higher score; equal: same score, itself included. */
};

static struct ranking rank_of(const struct candidates *c, sim_machine m)
{
    struct ranking r = {0, 0, 0};
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->at[i].mask == 0) {
            r.feasible++;
            r.better += c->at[i].score > c->at[m].score;
            r.equal += c->at[i].score == c->at[m].score;
        }
    }
    return r;
}

static void lacking_text(const struct candidate *at, const struct page *p)
{
    char names[256], amount[TEXT_BUF];
    (void)fprintf(p->out, "  it could not run the task: %s\n",
                  sim_fail_str(at->mask, names, sizeof names));
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (at->deficit.v[d] > 0) {
            (void)fprintf(p->out, "    %s misses %s\n", sim_dim_name(d),
                          amount_str(&p->book->units, d, at->deficit.v[d], amount, sizeof amount));
        }
    }
}

static void outranked_text(const struct answer *a, sim_machine m, const struct page *p)
{
    const struct sim_decision_row *row = &a->book->decisions[a->candidates->decision];
    const struct candidate *at = &a->candidates->at[m];
    const struct ranking r = rank_of(a->candidates, m);
    char name[NAME_BUF];
    machine_name(a->book, row->machine, name);
    if (placed_by_probe(row)) {
        (void)fputs(m == row->machine ? "  it is where a probe found room for the task\n"
                                      : "  it could have run the task: no probe found room there "
                                        "first, and the policy is not asked\n",
                    p->out);
        return;
    }
    if (m != row->machine &&
        (row->reason == SIM_REASON_PLANNED || row->reason == SIM_REASON_UNPROMISED)) {
        (void)fprintf(p->out, "  it had room; %s was chosen by the plan of promises\n", name);
        return;
    }
    if (a->search == SEARCH_OWN) {
        if (m != row->machine) {
            (void)fprintf(p->out,
                          "  it could have run the task; the scheduler weighs machines itself, and "
                          "chose %s\n",
                          name);
        }
        return;
    }
    if (a->search != SEARCH_ALL) {
        const char *rule = a->search == SEARCH_FIRST ? "by id" : "drawn";
        if (m == row->machine) {
            (void)fprintf(p->out, "  it is the first one %s that fits, of %" PRIu32 " that could\n",
                          rule, r.feasible);
        } else {
            (void)fprintf(p->out,
                          "  it could have run the task; the first one %s that fits was %s\n", rule,
                          name);
        }
        return;
    }
    (void)fprintf(p->out, "  it could have run the task: score %" PRId64 ", rank %" PRIu32,
                  at->score, r.better + 1);
    if (r.equal > 1) {
        (void)fprintf(p->out, " (shared by %" PRIu32 ")", r.equal);
    }
    (void)fprintf(p->out, " of %" PRIu32 " that could\n", r.feasible);
    if (m == row->machine) {
        return;
    }
    if (at->score == row->score) {
        (void)fprintf(p->out, "  the winner %s has the same score; tie rule %s chose: %s\n", name,
                      tie_name(row->tie_rule), tie_help(row->tie_rule));
    } else {
        (void)fprintf(p->out, "  %" PRId64 " below the winner %s (%" PRId64 ")\n",
                      row->score - at->score, name, row->score);
    }
}

void why_not_text(const struct answer *a, const struct page *p)
{
    const struct candidates *c = a->candidates;
    const sim_machine m = a->asked.machine;
    char name[NAME_BUF], cause[TEXT_BUF];
    machine_name(a->book, m, name);
    if (c == NULL) {
        page_head(p, "WHY NOT %s", name);
        (void)fputs("  no decision was taken about the task by then\n", p->out);
        return;
    }
    const struct sim_decision_row *row = &a->book->decisions[c->decision];
    page_head(p, "%s %s at d%" PRId64, m == row->machine ? "WHY" : "WHY NOT", name, c->decision);
    if (m >= c->n) {
        (void)fputs("  the machine did not exist yet\n", p->out);
    } else if (c->at[m].mask != 0) {
        lacking_text(&c->at[m], p);
    } else if (row->outcome == SIM_OUTCOME_PLACED) {
        outranked_text(a, m, p);
    } else {
        (void)fprintf(p->out, "  it could have run the task, which was not tried: %s\n",
                      cause_str(row->reason, row->dim, cause, sizeof cause));
    }
}

static void candidate_json(const struct answer *a, sim_machine m, struct json *j)
{
    const struct sim_decision_row *row = &a->book->decisions[a->candidates->decision];
    const struct candidate *at = &a->candidates->at[m];
    jw_uint(j, "mask", at->mask);
    jw_names(j, "fails", at->mask);
    jw_object(j, "deficit");
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if (at->deficit.v[d] > 0) {
            jw_int(j, sim_dim_name(d), at->deficit.v[d]);
        }
    }
    jw_end(j);
    jw_bool(j, "could_run", at->mask == 0);
    if (at->mask == 0 && a->search == SEARCH_ALL && !placed_by_probe(row)) {
        const struct ranking r = rank_of(a->candidates, m);
        jw_int(j, "score", at->score);
        jw_uint(j, "rank", r.better + 1);
        jw_uint(j, "same_score", r.equal);
        jw_uint(j, "feasible", r.feasible);
        if (row->outcome == SIM_OUTCOME_PLACED) {
            jw_int(j, "gap", row->score - at->score);
        }
    }
}

void why_not_json(const struct answer *a, struct json *j)
{
    const struct candidates *c = a->candidates;
    const sim_machine m = a->asked.machine;
    if (c == NULL) {
        jw_null(j, "why_not");
        return;
    }
    jw_object(j, "why_not");
    jw_machine(j, "machine", a->book, m);
    jw_int(j, "decision", c->decision);
    jw_machine(j, "chosen", a->book, a->book->decisions[c->decision].machine);
    jw_bool(j, "known", m < c->n);
    if (m < c->n) {
        candidate_json(a, m, j);
    }
    jw_end(j);
}

void verification_text(const struct verification *v, const struct page *p)
{
    (void)fprintf(p->out,
                  "verified: re-executed %" PRIu64
                  " decision%s in %.2f s, each equal to the record, "
                  "and %" PRIu64 " row%s of other tables%s\n",
                  v->decisions, plural(v->decisions, "s"), v->seconds, v->rows,
                  plural(v->rows, "s"), v->whole ? ", and the digests of the whole run" : "");
}

void verification_json(const struct verification *v, struct json *j)
{
    jw_object(j, "verification");
    jw_bool(j, "verified", true);
    jw_uint(j, "decisions", v->decisions);
    jw_uint(j, "rows", v->rows);
    jw_double(j, "seconds", v->seconds);
    jw_bool(j, "whole_run", v->whole);
    jw_end(j);
}
