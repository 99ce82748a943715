/* rounds.c - see rounds.h. The tasks, jobs and machines of the run, and what of them is in the
 * network. */
#include "base/check.h"
#include "base/mem.h"
#include "sched/lib/rounds_state.h"

struct rounds *rounds_create(const struct rounds_args *args)
{
    struct rounds *r = MEM_NEW(struct rounds, 1);
    r->args = *args;
    r->args.preempt = args->preempt && !args->model->pins;
    r->q = quincy_create(args->model, &args->params, r->args.preempt);
    r->job_of = map_u64_create();
    r->rack_of = map_u64_create();
    return r;
}

void rounds_destroy(struct rounds *r)
{
    if (r == NULL) {
        return;
    }
    quincy_destroy(r->q);
    map_u64_destroy(r->job_of);
    map_u64_destroy(r->rack_of);
    void *const arrays[] = {r->tasks,   r->jobs,    r->spare_jobs, r->inputs,  r->answers,
                            r->shares,  r->plans,   r->why,        r->version, r->arrivals,
                            r->victims, r->leaving, r->ops,        r->stale,   r->next_victim};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        mem_free(arrays[i]);
    }
    mem_free(r);
}

uint32_t rounds_waiting(const struct rounds *r)
{
    return r->waiting;
}

bool rounds_useful(const struct rounds *r)
{
    return r->waiting > 0 || (r->args.preempt && r->running > 0);
}

const struct sim_survey *rounds_survey(struct rounds *r, struct sim_context *ctx,
                                       const struct sim_class *cls)
{
    MEM_GROW(r->answers, r->answers_cap, (size_t)cls->id + 1);
    struct answer *a = &r->answers[cls->id];
    if (a->at != r->answer_time) {
        sim_survey(ctx, cls, &a->survey);
        a->at = r->answer_time;
    }
    return &a->survey;
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static uint32_t job_index(struct rounds *r, const struct sim_task_view *t)
{
    bool fresh;
    uint32_t *index = map_u64_put(r->job_of, t->job, &fresh);
    if (fresh) {
        if (r->spare_len > 0) {
            *index = r->spare_jobs[--r->spare_len];
        } else {
            *index = r->job_end++;
        }
        MEM_GROW(r->jobs, r->jobs_cap, (size_t)*index + 1);
        r->jobs[*index] = (struct crew){.id = t->job, .gang = t->gang};
    }
    return *index;
}

static void leave_job(struct rounds *r, uint32_t index)
{
    struct crew *job = &r->jobs[index];
    if (--job->tasks == 0) {
        quincy_job_remove(r->q, index);
        map_u64_remove(r->job_of, job->id);
        MEM_GROW(r->spare_jobs, r->spare_cap, r->spare_len + 1);
        r->spare_jobs[r->spare_len++] = index;
    }
}

/* ---- tasks ----------------------------------------------------------------------------------- */

void rounds_enter(struct rounds *r, struct sim_context *ctx, sim_slot task)
{
    struct entry *e = &r->tasks[task];
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    MEM_GROW(r->inputs, r->inputs_cap, t.data_count);
    for (uint32_t i = 0; i < t.data_count; i++) {
        r->inputs[i] = (struct quincy_input){t.data[i].machine, t.data[i].bytes};
    }
    const struct quincy_task known = {.job = e->job,
                                      .group = e->cls->id,
                                      .request = e->cls->request,
                                      .inputs = r->inputs,
                                      .input_count = t.data_count};
    quincy_task_add(r->q, task, &known, e->since_us - e->waited_us);
    if (e->on != SIM_NONE) {
        quincy_task_run(r->q, task, e->on, e->since_us);
    }
    e->in_net = true;
}

void rounds_withdraw(struct rounds *r, sim_slot task)
{
    if (r->tasks[task].in_net) {
        quincy_task_remove(r->q, task);
        r->tasks[task].in_net = false;
    }
}

void rounds_submit(struct rounds *r, struct sim_context *ctx, sim_slot task)
{
    struct sim_task_view t;
    sim_task_get(ctx, task, &t);
    MEM_GROW(r->tasks, r->tasks_cap, (size_t)task + 1);
    r->task_end = task >= r->task_end ? task + 1 : r->task_end;
    struct entry *e = &r->tasks[task];
    CHECK(!e->here);
    const sim_time waited_us = t.episode > 1 && e->id == t.id ? e->waited_us : 0;
    *e = (struct entry){.here = true,
                        .id = t.id,
                        .job = job_index(r, &t),
                        .cls = t.cls,
                        .on = SIM_NONE,
                        .since_us = sim_now(ctx),
                        .waited_us = waited_us};
    r->jobs[e->job].tasks++;
    r->jobs[e->job].waiting++;
    r->waiting++;
    sim_note_wait(ctx, task, SIM_REASON_NEXT_ROUND);
}

void rounds_cancel(struct rounds *r, struct sim_context *ctx, sim_slot task)
{
    struct entry *e = &r->tasks[task];
    (void)ctx;
    CHECK(e->here && e->on == SIM_NONE);
    rounds_withdraw(r, task);
    e->here = false;
    r->waiting--;
    r->jobs[e->job].waiting--;
    leave_job(r, e->job);
}

void rounds_end(struct rounds *r, struct sim_context *ctx, sim_slot task)
{
    struct entry *e = &r->tasks[task];
    (void)ctx;
    CHECK(e->here && e->on != SIM_NONE);
    rounds_withdraw(r, task);
    e->here = false;
    r->running--;
    leave_job(r, e->job);
}

/* ---- machines -------------------------------------------------------------------------------- */

/* Machines without a rack are together in one. */
static uint32_t rack_number(struct rounds *r, const struct sim_context *ctx, sim_machine m)
{
    bool fresh = false;
    const uint32_t label = sim_machine_label(ctx, m, "rack");
    if (label == SIM_NONE) {
        return 0;
    }
    uint32_t *number = map_u64_put(r->rack_of, label, &fresh);
    if (fresh) {
        *number = ++r->racks;
    }
    return *number;
}

void rounds_machine(struct rounds *r, struct sim_context *ctx, sim_machine m)
{
    const bool up = (sim_context_view(ctx)->status[m] & SIM_FAIL_DOWN) == 0;
    const struct quincy_machine *known = quincy_machine_at(r->q, m);
    const uint32_t rack = up ? rack_number(r, ctx, m) : 0;
    if (known != NULL && (!up || known->rack != rack)) {
        for (sim_slot t = 0; t < r->task_end; t++) { /* They come back at the next look. */
            if (r->tasks[t].here && r->tasks[t].on == m) {
                rounds_withdraw(r, t);
            }
        }
        quincy_machine_remove(r->q, m);
        known = NULL;
    }
    if (known == NULL && up) {
        quincy_machine_add(r->q, m, &(struct quincy_machine){.rack = rack});
    }
}
