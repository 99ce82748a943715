/* google2011_tasks.c - the state machine of the tasks.
 *
 * Source: "Google cluster-usage traces: format + schema" (Reiss, Wilkes, Hellerstein, 2011), figure
 * of job and task states. A row that breaks it is counted and the task goes on in the state that
 * the row implies, so that one hole in the data is one violation and not a chain of them. */
#include "workloads/lib/google2011_tasks.h"

#include "base/check.h"
#include "base/decimal.h"
#include "base/map.h"
#include "base/mem.h"

#include <inttypes.h>

enum { COL_PRIORITY = 8, COL_REQUEST = 9, COL_SEPARATE = 12 };

/* What the state machine knows of a submission besides; forgotten after the last row. */
struct life {
    sim_time since_us; /* When the present state was entered. */
    uint32_t latest;   /* Index of the request in its last row. */
    uint8_t state;     /* enum g2011_state. */
    bool finished;     /* The run that counts is one that finished. */
};

struct g2011_tasks {
    enum sim_bad_rows bad_rows;
    struct tally *tally;
    bool every_attempt;
    struct map_u64 *latest; /* (job, index) -> its latest submission; NULL after the last row. */
    struct g2011_submission *submissions;
    struct life *lives; /* By the same index; NULL after the last row. */
    size_t count, cap, life_cap;
    struct map_text *shape_texts; /* Columns 9 to 13 as written -> shape. */
    struct g2011_shape *shapes;
    size_t shape_cap;
};

struct g2011_tasks *g2011_tasks_create(enum sim_bad_rows bad_rows, bool every_attempt,
                                       struct tally *tally)
{
    struct g2011_tasks *t = MEM_NEW(struct g2011_tasks, 1);
    *t = (struct g2011_tasks){.bad_rows = bad_rows, .tally = tally, .every_attempt = every_attempt};
    t->latest = map_u64_create();
    t->shape_texts = map_text_create();
    return t;
}

void g2011_tasks_destroy(struct g2011_tasks *t)
{
    if (t == NULL)
        return;
    map_u64_destroy(t->latest);
    map_text_destroy(t->shape_texts);
    mem_free(t->submissions);
    mem_free(t->lives);
    mem_free(t->shapes);
    mem_free(t);
}

size_t g2011_tasks_count(const struct g2011_tasks *t)
{
    return t->count;
}

const struct g2011_submission *g2011_tasks_at(const struct g2011_tasks *t, size_t index)
{
    CHECK(index < t->count);
    return &t->submissions[index];
}

const struct g2011_shape *g2011_tasks_shape_at(const struct g2011_tasks *t, uint32_t shape)
{
    CHECK(shape < map_text_count(t->shape_texts));
    return &t->shapes[shape];
}

/* ---- requests ------------------------------------------------------------------------------- */

static int parse_shape(struct g2011_shape *s, const struct g2011_table *table,
                       struct sim_diag *diag)
{
    int64_t priority;
    if (!g2011_number(table->field[COL_PRIORITY], &priority) || priority > INT32_MAX)
        return g2011_bad_value(table, COL_PRIORITY, "a priority, 0 to 2147483647", diag);
    *s = (struct g2011_shape){.priority = (int32_t)priority};
    for (uint32_t i = 0; i < 3; i++) {
        const struct sim_text text = table->field[COL_REQUEST + i];
        s->missing[i] = text.len == 0;
        if (s->missing[i])
            continue;
        if (decimal_parse(text, G2011_SCALE, DECIMAL_UP, &s->request[i]) != DECIMAL_OK ||
            s->request[i] < 0 || s->request[i] > G2011_SCALE)
            return g2011_bad_value(table, COL_REQUEST + i,
                                   "a fraction of the largest machine, 0 to 1", diag);
    }
    const struct sim_text flag = table->field[COL_SEPARATE];
    s->separate = text_is(flag, "1");
    if (flag.len != 0 && !s->separate && !text_is(flag, "0"))
        return g2011_bad_value(table, COL_SEPARATE, "0, 1 or empty", diag);
    return 1;
}

int g2011_tasks_shape(struct g2011_tasks *t, const struct g2011_table *table, uint32_t *shape,
                      struct sim_diag *diag)
{
    /* The columns are neighbours in the line, so that one look-up knows them all as written. */
    const struct sim_text first = table->field[COL_PRIORITY], last = table->field[COL_SEPARATE];
    const struct sim_text written = {first.at, (uint32_t)(last.at - first.at) + last.len};
    *shape = map_text_find(t->shape_texts, written);
    if (*shape == SIM_NONE) {
        struct g2011_shape parsed;
        const int got = parse_shape(&parsed, table, diag);
        if (got != 1)
            return got;
        *shape = map_text_id(t->shape_texts, written, NULL);
        MEM_GROW(t->shapes, t->shape_cap, (size_t)*shape + 1);
        t->shapes[*shape] = parsed;
    }
    t->shapes[*shape].rows++;
    return 1;
}

static bool same_request(const struct g2011_tasks *t, uint32_t a, uint32_t b)
{
    const struct g2011_shape *x = &t->shapes[a], *y = &t->shapes[b];
    for (uint32_t i = 0; a != b && i < 3; i++) {
        if (x->request[i] != y->request[i] || x->missing[i] != y->missing[i])
            return false;
    }
    return true;
}

/* ---- the state machine ---------------------------------------------------------------------- */

static bool is_end(enum g2011_event e)
{
    return e >= G2011_EVICT && e <= G2011_LOST;
}

/* The kind of violation, or -1 when the row is legal. */
static int violation(enum g2011_state state, enum g2011_event e)
{
    const bool alive = state == G2011_PENDING || state == G2011_RUNNING;
    switch (e) {
    case G2011_SUBMIT:
        return alive ? G2011_SUBMIT_WHILE_ALIVE : -1;
    case G2011_SCHEDULE:
        return state == G2011_PENDING   ? -1
               : state == G2011_RUNNING ? G2011_SCHEDULE_WHILE_RUNNING
                                        : G2011_SCHEDULE_WITHOUT_SUBMIT;
    case G2011_UPDATE_PENDING:
        return state == G2011_PENDING ? -1 : G2011_UPDATE_OUT_OF_STATE;
    case G2011_UPDATE_RUNNING:
        return state == G2011_RUNNING ? -1 : G2011_UPDATE_OUT_OF_STATE;
    case G2011_FINISH:
        if (state == G2011_PENDING)
            return G2011_FINISH_WITHOUT_START;
        return alive ? -1 : G2011_END_WITHOUT_SUBMIT;
    case G2011_EVICT:
    case G2011_FAIL:
    case G2011_KILL:
    case G2011_LOST:
        return alive ? -1 : G2011_END_WITHOUT_SUBMIT;
    case G2011_EVENTS:
    default:
        CHECK(false);
        return -1;
    }
}

static bool report(const struct g2011_tasks *t, int kind, const struct g2011_row *row,
                   const struct lines *l, struct sim_diag *diag)
{
    if (t->bad_rows != SIM_BAD_FAIL) {
        tally_add(t->tally, (uint32_t)kind, l);
        return true;
    }
    sim_hint(diag, "is an earlier part missing? --bad-rows=skip leaves out and counts such tasks");
    return sim_fail(diag, SIM_ERR_ORDER, lines_at(l, row->code),
                    "event %d does not follow from the rows before of task index %" PRIu32
                    ": it breaks \"%s\"",
                    (int)row->event, row->index, g2011_kinds[kind].statement);
}

static struct life *life_of(const struct g2011_tasks *t, const struct g2011_submission *s)
{
    return &t->lives[s - t->submissions];
}

static struct g2011_submission *submission_new(struct g2011_tasks *t, const struct g2011_row *row,
                                               uint32_t *latest, uint32_t attempt)
{
    CHECK(t->count < SIM_NONE);
    MEM_GROW(t->submissions, t->cap, t->count + 1);
    MEM_GROW(t->lives, t->life_cap, t->count + 1);
    *latest = (uint32_t)t->count;
    t->lives[t->count] =
        (struct life){.since_us = row->time_us, .latest = row->shape, .state = G2011_PENDING};
    struct g2011_submission *s = &t->submissions[t->count++];
    *s = (struct g2011_submission){.submit_us = row->time_us,
                                   .start_us = SIM_NEVER,
                                   .end_us = SIM_NEVER,
                                   .job = row->job,
                                   .index = row->index,
                                   .shape = row->shape,
                                   .attempt = attempt};
    return s;
}

/* Rule `last`: the run that finished counts, or else the last one that ran. */
static void close_run(struct g2011_tasks *t, struct g2011_submission *s, enum g2011_event end,
                      sim_time end_us)
{
    struct life *life = life_of(t, s);
    if (life->finished && end != G2011_FINISH)
        return;
    s->ran = true;
    life->finished = end == G2011_FINISH;
    s->start_us = life->since_us;
    s->end_us = end_us;
    s->end = (uint8_t)end;
}

/* The task was running and its next row says that it had ended before. */
static void lose_run(struct g2011_tasks *t, struct g2011_submission *s, sim_time now,
                     const struct lines *l)
{
    close_run(t, s, G2011_LOST, now);
    tally_add(t->tally, G2011_END_TAKEN, l);
}

/* A SUBMIT of a task that waits: its row before has no end. */
static void submit_again(struct g2011_tasks *t, struct g2011_submission *s, uint32_t *latest,
                         const struct g2011_row *row, const struct lines *l)
{
    if (!t->every_attempt) {
        tally_add(t->tally, BAD_ROW_DROPPED, l); /* It is submitted as before. */
        return;
    }
    tally_add(t->tally, G2011_WAIT_GIVEN_UP, l);
    s->end_us = row->time_us;
    life_of(t, s)->state = G2011_DEAD;
    (void)submission_new(t, row, latest, s->attempt + 1);
}

/* A SUBMIT of a task that ran. */
static void resubmit(struct g2011_tasks *t, struct g2011_submission *s, uint32_t *latest,
                     const struct g2011_row *row, const struct lines *l)
{
    struct life *life = life_of(t, s);
    if (life->state == G2011_DEAD)
        tally_add(t->tally, G2011_RESUBMISSIONS, l);
    if (life->state == G2011_RUNNING)
        lose_run(t, s, row->time_us, l);
    if (t->every_attempt) {
        life->state = G2011_DEAD;
        (void)submission_new(t, row, latest, s->attempt + 1);
        return;
    }
    if (!s->ran)
        s->end_us = SIM_NEVER; /* It gave up once, but it came back. */
    s->attempt++;
    life->state = G2011_PENDING;
    life->since_us = row->time_us;
}

/* A SCHEDULE that no SUBMIT preceded. `s` may be NULL. */
static struct g2011_submission *adopt(struct g2011_tasks *t, struct g2011_submission *s,
                                      uint32_t *latest, const struct g2011_row *row,
                                      const struct lines *l)
{
    if (s == NULL || t->every_attempt) {
        s = submission_new(t, row, latest, s == NULL ? 1 : s->attempt + 1);
        s->left_out = t->bad_rows == SIM_BAD_SKIP;
        if (!s->left_out)
            tally_add(t->tally, G2011_SUBMIT_MADE_UP, l);
    } else {
        tally_add(t->tally, G2011_RUN_ADOPTED, l);
    }
    return s;
}

static void schedule(struct g2011_tasks *t, struct g2011_submission *s, uint32_t *latest,
                     const struct g2011_row *row, const struct lines *l)
{
    if (s != NULL && life_of(t, s)->state == G2011_RUNNING) {
        lose_run(t, s, row->time_us, l);
        life_of(t, s)->state = G2011_DEAD;
    }
    if (s == NULL || life_of(t, s)->state == G2011_DEAD)
        s = adopt(t, s, latest, row, l);
    if (row->time_us == 0)
        s->shape = row->shape; /* The snapshot's SUBMIT rows are less exact than its SCHEDULEs. */
    life_of(t, s)->state = G2011_RUNNING;
    life_of(t, s)->since_us = row->time_us;
}

static void end(struct g2011_tasks *t, struct g2011_submission *s, const struct g2011_row *row,
                const struct lines *l)
{
    struct life *life = life_of(t, s);
    if (life->state == G2011_PENDING && row->event == G2011_FINISH) {
        /* since_us is the SUBMIT: an upper bound of the run. */
        if (t->bad_rows == SIM_BAD_REPAIR) {
            close_run(t, s, row->event, row->time_us);
            tally_add(t->tally, G2011_START_TAKEN, l);
        } else {
            s->left_out = true;
        }
    } else if (life->state == G2011_RUNNING) {
        close_run(t, s, row->event, row->time_us);
    } else if (!s->ran) {
        s->end_us = row->time_us;
    }
    life->state = G2011_DEAD;
    life->since_us = row->time_us;
}

/* ---- deviations that the publisher or FORMATS documents ------------------------------------- */

static void count_request(struct g2011_tasks *t, const struct g2011_submission *s,
                          const struct g2011_row *row, const struct lines *l)
{
    const bool update = row->event == G2011_UPDATE_PENDING || row->event == G2011_UPDATE_RUNNING;
    if (update)
        tally_add(t->tally, G2011_UPDATE_NOT_REPLAYED, l);
    else if (!same_request(t, life_of(t, s)->latest, row->shape))
        tally_add(t->tally, row->time_us == 0 ? G2011_SNAPSHOT_REQUEST : G2011_REQUEST_CHANGED, l);
}

static void count_end(struct g2011_tasks *t, const struct g2011_submission *s,
                      const struct g2011_row *row, const struct lines *l)
{
    const uint8_t state = life_of(t, s)->state;
    if (state == G2011_PENDING && row->has_machine)
        tally_add(t->tally, G2011_PENDING_END_MACHINE, l);
    else if (state == G2011_PENDING && row->event == G2011_KILL)
        tally_add(t->tally, G2011_KILL_PENDING, l);
    else if (state == G2011_RUNNING && row->event == G2011_KILL && !row->has_machine)
        tally_add(t->tally, G2011_KILL_NO_MACHINE, l);
}

/* ---- public --------------------------------------------------------------------------------- */

bool g2011_tasks_row(struct g2011_tasks *t, const struct g2011_row *row, const struct lines *l,
                     struct sim_diag *diag)
{
    const uint64_t key = (uint64_t)row->job << 32 | row->index;
    const bool opens = row->event == G2011_SUBMIT || row->event == G2011_SCHEDULE;
    bool fresh = false;
    uint32_t *latest = opens ? map_u64_put(t->latest, key, &fresh) : map_u64_get(t->latest, key);
    struct g2011_submission *s = latest == NULL || fresh ? NULL : &t->submissions[*latest];
    const enum g2011_state state = s == NULL ? G2011_NONE : (enum g2011_state)life_of(t, s)->state;
    const int kind = violation(state, row->event);
    if (kind >= 0 && !report(t, kind, row, l, diag))
        return false;
    if (s != NULL)
        count_request(t, s, row, l);
    if (row->event == G2011_SUBMIT) {
        if (s == NULL)
            (void)submission_new(t, row, latest, 1);
        else if (state == G2011_PENDING)
            submit_again(t, s, latest, row, l);
        else
            resubmit(t, s, latest, row, l);
    } else if (row->event == G2011_SCHEDULE) {
        schedule(t, s, latest, row, l);
    } else if (s != NULL && is_end(row->event) && state != G2011_DEAD) {
        count_end(t, s, row, l);
        end(t, s, row, l);
    } else if (kind >= 0) { /* An end, or an UPDATE, which is not replayed at its place either. */
        tally_add(t->tally, BAD_ROW_DROPPED, l);
    }
    if (latest != NULL)
        t->lives[*latest].latest = row->shape;
    return true;
}

/* Sums that need no place: zeros, which are few in shapes and many in rows. */
static void count_zeros(struct g2011_tasks *t)
{
    uint64_t zeros[3] = {0};
    const uint32_t n = map_text_count(t->shape_texts);
    for (uint32_t shape = 0; shape < n; shape++) {
        const struct g2011_shape *s = &t->shapes[shape];
        for (uint32_t i = 0; i < 3; i++)
            zeros[i] += s->request[i] == 0 && !s->missing[i] ? s->rows : 0;
    }
    for (uint32_t i = 0; i < 3; i++)
        tally_add_n(t->tally, G2011_ZERO_CPU + i, zeros[i]);
}

/* The run that follows needs the memory more. */
static void forget(struct g2011_tasks *t)
{
    map_u64_destroy(t->latest);
    mem_free(t->lives);
    t->latest = NULL;
    t->lives = NULL;
    t->submissions = mem_resize(t->submissions, t->count, sizeof *t->submissions);
}

void g2011_tasks_finish(struct g2011_tasks *t)
{
    uint64_t running = 0, pending = 0, left_out = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct g2011_submission *s = &t->submissions[i];
        const struct life *life = &t->lives[i];
        left_out += s->left_out;
        pending += life->state == G2011_PENDING;
        running += life->state == G2011_RUNNING;
        if (life->state == G2011_RUNNING &&
            !life->finished) { /* Censored: its end is not in the parts. */
            s->ran = true;
            s->start_us = life->since_us;
            s->end_us = SIM_NEVER;
            s->end = G2011_FINISH;
        }
    }
    tally_add_n(t->tally, G2011_RUNNING_AT_END, running);
    tally_add_n(t->tally, G2011_PENDING_AT_END, pending);
    if (left_out != 0)
        tally_add_n(t->tally, G2011_TASK_LEFT_OUT, left_out);
    count_zeros(t);
    forget(t);
}
