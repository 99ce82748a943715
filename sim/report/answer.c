/* answer.c - puts together what is to be said about one task. */
#include "report/explain.h"

#include "base/mem.h"

/* The placement that a question without a time is about: the last one. */
static void pick(const struct answer *a, int64_t *refused, int64_t *placed)
{
    const struct sim_decision_row *rows = a->book->decisions;
    *refused = a->story.last_refused;
    *placed = a->story.last_placed;
    if (!a->asked.has_at) {
        return;
    }
    *refused = *placed = -1;
    for (size_t i = 0; i < a->story.decision_count; i++) {
        const int64_t d = a->story.decisions[i];
        if (rows[d].t_us > a->asked.at) {
            break;
        }
        if (rows[d].outcome == SIM_OUTCOME_PLACED) {
            *placed = d;
        } else {
            *refused = d;
        }
    }
}

bool answer_find(struct answer *a, const struct book *b, const struct question *q,
                 struct sim_diag *diag)
{
    *a = (struct answer){
        .book = b, .asked = *q, .moment = MOMENT_AFTER, .since = SIM_NEVER, .placed = -1};
    int64_t refused, in_force = -1;
    bool ok = story_tell(&a->story, b, q->task, diag);
    if (ok && q->has_at) {
        a->moment = story_at(&a->story, b, q->at, &in_force, &a->since);
    }
    pick(a, &refused, &a->placed);
    if (a->moment == MOMENT_WAITING) { /* An earlier placement or episode is not what was asked. */
        const bool decided = in_force >= 0 && b->decisions[in_force].outcome != SIM_OUTCOME_PLACED;
        refused = decided ? in_force : -1;
        a->placed = -1;
    }
    if (ok && refused >= 0) {
        ok = a->has_refusal = refusal_read(&a->refusal, b, refused, diag);
    }
    if (!ok) {
        answer_fini(a);
    }
    return ok;
}

void answer_fini(struct answer *a)
{
    story_fini(&a->story);
    refusal_fini(&a->refusal);
}

int64_t answer_decision(const struct answer *a)
{
    if (a->placed >= 0) {
        return a->placed;
    }
    return a->has_refusal ? a->refusal.decision : -1;
}

void answer_text(const struct answer *a, const struct page *p)
{
    task_text(a, p);
    if (a->asked.timeline) {
        timeline_text(a, p);
    }
    wait_text(a, p);
    attempts_text(a, p);
    priority_text(a, p);
    promises_text(a, p);
    if (a->has_refusal) {
        const bool revised = (a->refusal.row->flags & SIM_DECISION_REVISED) != 0;
        const char *when = a->moment == MOMENT_WAITING
                               ? (revised ? "in force since the cell changed" : "in force")
                               : (revised ? "last cause, since the cell changed" : "last refusal");
        refusal_text(&a->refusal, a->story.row, a->candidates, when, p);
    }
    offers_text(a, p);
    if (a->placed >= 0) {
        choice_text(a->placed, p);
    }
    probes_text(a, p);
    if (a->asked.machine != SIM_NONE) {
        why_not_text(a, p);
    }
    if (a->verification != NULL) {
        verification_text(a->verification, p);
    }
}

void answer_json(const struct answer *a, struct json *j)
{
    jw_object(j, NULL);
    jw_text(j, "run", rundir_path(a->book->run));
    jw_bool(j, "complete", rundir_complete(a->book->run));
    task_json(a, j);
    wait_json(a, j);
    attempts_json(a, j);
    priority_json(a, j);
    promises_json(a, j);
    if (a->has_refusal) {
        jw_object(j, "refusal");
        refusal_json(&a->refusal, a->candidates, a->book, j);
        jw_end(j);
    } else {
        jw_null(j, "refusal");
    }
    offers_json(a, j);
    if (a->placed >= 0) {
        jw_object(j, "chosen");
        choice_json(a->placed, a->book, j);
        jw_end(j);
    } else {
        jw_null(j, "chosen");
    }
    if (a->book->count[SIM_TABLE_PROBES] > 0) {
        probes_json(a, j);
    }
    if (a->asked.machine != SIM_NONE) {
        why_not_json(a, j);
    }
    if (a->asked.timeline) {
        timeline_json(a, j);
    }
    if (a->verification != NULL) {
        verification_json(a->verification, j);
    }
    jw_end(j);
}
