/* explain_decision.c - one decision, named by its id. */
#include <inttypes.h>

#include "report/amount.h"
#include "report/explain.h"

bool decision_text(const struct page *p, int64_t decision, const struct verification *v,
                   struct sim_diag *diag)
{
    const struct sim_decision_row *row = &p->book->decisions[decision];
    const struct sim_task_row *task = rundir_task(p->book->run, row->task);
    char name[NAME_BUF], request[256], at[TEXT_BUF];
    (void)fprintf(p->out, "decision d%" PRId64 " at %s about task %s, wait episode %u\n", decision,
                  when_str(row->t_us, at, sizeof at), task_full_name(p->book, row->task, name),
                  row->attempt);
    if (task != NULL) {
        (void)fprintf(p->out, "request  %s\n", request_str(p->book, task, request, sizeof request));
    }
    struct refusal r = {0};
    if (row->outcome == SIM_OUTCOME_PLACED) {
        choice_text(decision, p);
    } else if (refusal_read(&r, p->book, decision, diag)) {
        refusal_text(&r, task, NULL, "refused", p);
    } else {
        return false;
    }
    refusal_fini(&r);
    if (v != NULL) {
        verification_text(v, p);
    }
    return true;
}

bool decision_json(const struct book *b, int64_t decision, const struct verification *v,
                   struct json *j, struct sim_diag *diag)
{
    const struct sim_decision_row *row = &b->decisions[decision];
    struct refusal r = {0};
    const bool placed = row->outcome == SIM_OUTCOME_PLACED;
    if (!placed && !refusal_read(&r, b, decision, diag)) {
        return false;
    }
    jw_object(j, NULL);
    jw_text(j, "run", rundir_path(b->run));
    jw_task(j, "task", b, row->task);
    jw_uint(j, "task_id", row->task);
    jw_uint(j, "episode", row->attempt);
    jw_text(j, "outcome", sim_outcome_name(row->outcome));
    jw_object(j, placed ? "chosen" : "refusal");
    if (placed) {
        choice_json(decision, b, j);
    } else {
        refusal_json(&r, NULL, b, j);
    }
    jw_end(j);
    if (v != NULL) {
        verification_json(v, j);
    }
    jw_end(j);
    refusal_fini(&r);
    return true;
}
