/* explain.h - answers about one run, gathered from its tables and then written for people or as
 * JSON.
 *
 * An answer about a task is made of sections; each section is one file that knows both forms. What
 * only re-execution can tell (all candidates at one decision, verification) is handed in as data.
 */
#ifndef SIM_REPORT_EXPLAIN_H
#define SIM_REPORT_EXPLAIN_H

#include <stdio.h>

#include "base/json.h"
#include "report/refusal.h"
#include "report/story.h"

enum { NAME_BUF = 600, TEXT_BUF = 96 };

struct page { /* Where text goes. */
    FILE *out;
    bool colour;
    const struct book *book;
};
void page_head(const struct page *p, const char *fmt, ...) SIM_PRINTF(2, 3); /* A bold line. */

/* What re-execution established. */
struct verification {
    uint64_t decisions; /* Re-executed, each equal to its row. */
    uint64_t rows;      /* Rows of the other tables that were compared as well. */
    double seconds;
    bool whole; /* The whole run, its digests too. */
};
/* How the policy looks for a machine; decides what "why not" can mean. */
enum search { SEARCH_ALL, SEARCH_FIRST, SEARCH_DRAW, SEARCH_OWN }; /* OWN: the scheduler does. */

struct question {
    sim_task task;
    bool has_at;
    sim_time at;
    sim_machine machine; /* "Why not this one?"; SIM_NONE = not asked. */
    bool timeline;
};
struct answer {
    const struct book *book;
    struct question asked;
    struct story story;
    enum moment moment; /* At asked.at; MOMENT_AFTER without one. */
    sim_time since;
    bool has_refusal; /* The refusal in force at asked.at, else the last one. */
    struct refusal refusal;
    int64_t placed;                      /* Placement to explain; -1 = none. */
    const struct candidates *candidates; /* NULL = not re-executed. */
    enum search search;
    const struct verification *verification; /* NULL = not re-executed. */
};
/* Gathers all that the tables tell. The book must outlive the answer. */
bool answer_find(struct answer *a, const struct book *b, const struct question *q,
                 struct sim_diag *diag) SIM_NODISCARD;
void answer_fini(struct answer *a);
/* The decision whose candidates "why not machine M" is about; -1 = the task was never decided on.
 */
int64_t answer_decision(const struct answer *a);
void answer_text(const struct answer *a, const struct page *p);
void answer_json(const struct answer *a, struct json *j);

/* ---- other questions ------------------------------------------------------------------------ */

/* How many decisions and refusals, where all waiting went, the longest waits. */
bool overview_text(const struct page *p, struct sim_diag *diag) SIM_NODISCARD;
bool overview_json(const struct book *b, struct json *j, struct sim_diag *diag) SIM_NODISCARD;
/* One decision by its id; `v` NULL = not verified. */
bool decision_text(const struct page *p, int64_t decision, const struct verification *v,
                   struct sim_diag *diag) SIM_NODISCARD;
bool decision_json(const struct book *b, int64_t decision, const struct verification *v,
                   struct json *j, struct sim_diag *diag) SIM_NODISCARD;
/* What happened on one machine: its events, what ran there (at `at`, unless SIM_NEVER), what it
 * refused as the example of a mask. */
void machine_text(const struct page *p, sim_machine m, sim_time at);
void machine_json(const struct book *b, sim_machine m, sim_time at, struct json *j);

/* ---- sections ------------------------------------------------------------------------------- */

void task_text(const struct answer *a, const struct page *p);
void task_json(const struct answer *a, struct json *j);
void wait_text(const struct answer *a, const struct page *p);
void wait_json(const struct answer *a, struct json *j);
void promises_text(const struct answer *a, const struct page *p);
void promises_json(const struct answer *a, struct json *j);
/* Lines, and an array "causes"; the shares sum to the whole. `detailed`: with the amounts at the
 * last decision of each cause, which only makes sense for one task. */
void causes_text(const struct cause *causes, size_t n, bool detailed, const struct page *p);
void causes_json(const struct cause *causes, size_t n, struct json *j);
/* `row` (may be NULL) gives the request; `c` (may be NULL) names the nearest machines. */
void refusal_text(const struct refusal *r, const struct sim_task_row *row,
                  const struct candidates *c, const char *which, const struct page *p);
void refusal_json(const struct refusal *r, const struct candidates *c, const struct book *b,
                  struct json *j);
/* The refusal in force of the task that blocks this one (head of the queue, member of the gang);
 * -1. */
int64_t refusal_of_head(const struct refusal *r, const struct book *b);
/* What the scheduler did about the task's job; nothing when it takes no time to decide. */
void attempts_text(const struct answer *a, const struct page *p);
void attempts_json(const struct answer *a, struct json *j);
/* Of a decision whose commit was refused: who had taken the room. */
void conflict_text(const struct refusal *r, const struct page *p);
void conflict_json(const struct refusal *r, const struct book *b, struct json *j);
/* Of a batch system's queue: the sum that decided whose turn it was; nothing elsewhere. */
void priority_text(const struct answer *a, const struct page *p);
void priority_json(const struct answer *a, struct json *j);
void changes_text(const struct refusal *r, const struct sim_task_row *row,
                  const struct candidates *c, const struct page *p);
void changes_json(const struct refusal *r, const struct candidates *c, const struct book *b,
                  struct json *j);
/* Nothing in runs without an allocator. */
void offers_text(const struct answer *a, const struct page *p);
void offers_json(const struct answer *a, struct json *j);
void choice_text(int64_t decision, const struct page *p);
void choice_json(int64_t decision, const struct book *b, struct json *j);
/* The policy was not asked: machines were probed, or one was drawn. */
bool placed_by_probe(const struct sim_decision_row *row);
void probes_text(const struct answer *a, const struct page *p); /* Nothing without probes. */
void probes_json(const struct answer *a, struct json *j);
/* What the prices of a flow were; nothing for decisions that were no part of one. */
void flow_text(int64_t decision, const struct page *p);
void flow_json(int64_t decision, const struct book *b, struct json *j); /* Array "flow". */
void why_not_text(const struct answer *a, const struct page *p);
void why_not_json(const struct answer *a, struct json *j);
void timeline_text(const struct answer *a, const struct page *p);
void timeline_json(const struct answer *a, struct json *j);
void verification_text(const struct verification *v, const struct page *p);
void verification_json(const struct verification *v, struct json *j);

/* ---- shared by the sections ----------------------------------------------------------------- */

const char *task_name(const struct book *b, sim_task task, char *buf); /* buf[NAME_BUF] */
/* With its dense id: "job-7/0 (#12)"; just "#12" when nothing else is known. */
const char *task_full_name(const struct book *b, sim_task task, char *buf); /* buf[NAME_BUF] */
const char *machine_name(const struct book *b, sim_machine m, char *buf);   /* buf[NAME_BUF] */
const char *when_str(sim_time us, char *buf, size_t size);                  /* "2d 04h 11m 09s" */
/* "4 cores, 12 GiB, 2 gpus"; "nothing" when all is zero. */
const char *request_str(const struct book *b, const struct sim_task_row *row, char *buf,
                        size_t size);
/* Request in the measure of deficits: for shares of a gpu, of one device. False: not known. */
bool request_of(const struct sim_task_row *row, const struct refusal *r, unsigned dim,
                int64_t *out);
void jw_names(struct json *j, const char *key,
              uint32_t mask); /* Names of the bits of a fail mask. */
void jw_dims(struct json *j, const char *key,
             uint32_t dims); /* Names of a bit set of dimensions. */
void jw_reason(struct json *j, unsigned reason,
               unsigned dim); /* reason, stage, permanence, dims. */
void jw_task(struct json *j, const char *key, const struct book *b, sim_task task);
void jw_machine(struct json *j, const char *key, const struct book *b, sim_machine m);
void jw_time(struct json *j, const char *key, sim_time us); /* SIM_NEVER is null. */
#endif
