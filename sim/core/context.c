/* context.c - what a scheduler may ask, and commit: the one way to change the cell. */
#include "base/check.h"
#include "base/mem.h"
#include "core/engine.h"

sim_time sim_now(const struct sim_context *c)
{
    return c->now_us;
}

const struct sim_settings *sim_context_settings(const struct sim_context *c)
{
    return c->args->settings;
}

const struct sim_view *sim_context_view(const struct sim_context *c)
{
    return cell_view(c->cell);
}

void sim_task_get(const struct sim_context *c, sim_slot slot, struct sim_task_view *out)
{
    const struct task *t = task_at(c, slot);
    *out = (struct sim_task_view){.id = t->id,
                                  .seq = t->seq,
                                  .cls = &t->cls->cls,
                                  .priority = t->priority,
                                  .job = t->job,
                                  .gang = t->gang,
                                  .user = t->user,
                                  .tier = (enum sim_tier)t->tier,
                                  .episode = t->episodes,
                                  .machine = t->machine,
                                  .submit_us = t->submit_us,
                                  .time_limit_us = t->time_limit_us};
    if (slot < c->data_cap) {
        out->data = c->data[slot].at;
        out->data_count = c->data[slot].count;
    }
}

bool sim_waits(const struct sim_context *c, sim_slot slot, sim_task id)
{
    CHECK(slot < c->task_count);
    return c->tasks[slot].state == TASK_WAITING && c->tasks[slot].id == id;
}

uint64_t sim_seed(const struct sim_context *c)
{
    return c->args->seed;
}

void sim_choose_among(struct sim_context *c, sim_slot slot, const uint8_t *among,
                      struct sim_choice *out)
{
    const struct task *t = task_at(c, slot);
    lap_begin(c, LAP_PLACEMENT);
    placer_choose(c->placer, t->cls, t->job, among, out);
    out->version = out->machine != SIM_NONE ? cell_view(c->cell)->version[out->machine] : 0;
    lap_end(c, LAP_PLACEMENT);
}

void sim_choose(struct sim_context *c, sim_slot slot, struct sim_choice *out)
{
    sim_choose_among(c, slot, NULL, out);
}

bool sim_could_run(struct sim_context *c, const struct sim_class *cls, sim_machine m)
{
    return (placer_mask(c->placer, cls, m) & SIM_FAIL_STATIC) == 0;
}

bool sim_fits(struct sim_context *c, const struct sim_class *cls, sim_machine m)
{
    return placer_fits(c->placer, cls, m);
}

uint32_t sim_lacks(struct sim_context *c, const struct sim_class *cls, sim_machine m)
{
    return placer_mask(c->placer, cls, m);
}

void sim_choose_on(struct sim_context *c, sim_slot slot, sim_machine m, struct sim_choice *out)
{
    const struct task *t = task_at(c, slot);
    *out = (struct sim_choice){.machine = m,
                               .devices = placer_devices(c->placer, &t->cls->cls, m),
                               .runner_up = SIM_NONE,
                               .examined = 1,
                               .feasible = 1,
                               .ties = 1,
                               .version = cell_view(c->cell)->version[m]};
}

static void count_fitting(struct sim_context *c, const struct sim_class *cls,
                          struct sim_survey *out)
{
    const uint32_t n = cell_view(c->cell)->n;
    *out = (struct sim_survey){.machines = n};
    MEM_GROW(c->masks, c->masks_cap, n);
    placer_masks(c->placer, cls, c->masks);
    for (sim_machine m = 0; m < n; m++) {
        out->feasible += c->masks[m] == 0;
        out->eligible += (c->masks[m] & SIM_FAIL_STATIC) == 0;
    }
}

void sim_survey(struct sim_context *c, const struct sim_class *cls, struct sim_survey *out)
{
    lap_begin(c, LAP_PLACEMENT);
    count_fitting(c, cls, out);
    lap_end(c, LAP_PLACEMENT);
}

/* Takes the room of the victims back, or gives it, for a moment. */
static void lift(struct sim_context *c, const sim_slot *victims, size_t n, bool away)
{
    for (size_t i = 0; i < n; i++) {
        const struct task *t = task_at(c, victims[i]);
        const struct cell_need need = life_need(t);
        if (away) {
            CHECK(t->state == TASK_RUNNING);
            cell_give(c->cell, t->machine, &need, false);
        } else {
            CHECK(cell_take(c->cell, t->machine, &need));
        }
    }
}

bool sim_choose_without(struct sim_context *c, sim_slot slot, sim_machine m,
                        const sim_slot *victims, size_t n, struct sim_choice *out)
{
    const struct sim_class *cls = &task_at(c, slot)->cls->cls;
    struct sim_survey all;
    lap_begin(c, LAP_PLACEMENT);
    count_fitting(c, cls, &all);
    lift(c, victims, n, true);
    const bool fits = m < all.machines && placer_fits(c->placer, cls, m);
    *out = (struct sim_choice){.machine = fits ? m : SIM_NONE,
                               .runner_up = SIM_NONE,
                               .examined = all.machines,
                               .feasible = all.feasible,
                               .ties = fits,
                               .victims = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX)};
    if (fits) {
        out->devices = placer_devices(c->placer, cls, m);
    }
    lift(c, victims, n, false);
    out->version = fits ? cell_view(c->cell)->version[m] : 0;
    lap_end(c, LAP_PLACEMENT);
    return fits;
}

uint32_t sim_machine_label(const struct sim_context *c, sim_machine m, const char *key)
{
    return constraints_label(cell_constraints(c->cell), m, key);
}

const sim_machine *sim_freed(const struct sim_context *c, size_t *n)
{
    return cell_freed(c->cell, n);
}

void sim_room(const struct sim_context *c, struct sim_resources *free)
{
    const struct sim_resources used = cell_used(c->cell);
    *free = cell_capacity(c->cell);
    for (int d = 0; d < SIM_DIMS; d++) {
        free->v[d] -= used.v[d];
    }
}

/* ---- commit --------------------------------------------------------------------------------- */

static enum sim_rejection take(struct sim_context *c, const struct sim_op *op, struct task *t)
{
    const struct cell_need need = {&t->cls->cls, op->devices};
    if (op->machine >= cell_view(c->cell)->n || cell_view(c->cell)->status[op->machine] != 0) {
        return SIM_REJECT_GONE;
    }
    if (!cell_take(c->cell, op->machine, &need)) {
        return SIM_REJECT_CAPACITY;
    }
    t->machine = op->machine;
    t->devices = op->devices;
    return SIM_ACCEPTED;
}

/* `freed`: others may find room here. */
static void give(struct sim_context *c, const struct task *t, bool freed)
{
    const struct cell_need need = life_need(t);
    cell_give(c->cell, t->machine, &need, freed);
}

/* Room first: what an operation does to the cell, not yet to the task. */
static enum sim_rejection move_room(struct sim_context *c, const struct sim_op *op)
{
    struct task *t = task_at(c, op->task);
    switch (op->kind) {
    case SIM_OP_PLACE:
        if (t->state == TASK_RESERVED) {
            return t->machine == op->machine && t->devices == op->devices ? SIM_ACCEPTED
                                                                          : SIM_REJECT_GONE;
        }
        return t->state == TASK_WAITING ? take(c, op, t) : SIM_REJECT_GONE;
    case SIM_OP_RESERVE:
        return t->state == TASK_WAITING ? take(c, op, t) : SIM_REJECT_GONE;
    case SIM_OP_EVICT:
        if (t->state != TASK_RUNNING || t->machine != op->machine) {
            return SIM_REJECT_GONE;
        }
        give(c, t, true);
        return SIM_ACCEPTED;
    case SIM_OP_UNRESERVE:
    default:
        if (t->state != TASK_RESERVED) {
            return SIM_REJECT_GONE;
        }
        give(c, t, false);
        return SIM_ACCEPTED;
    }
}

static void undo_room(struct sim_context *c, const struct sim_op *op)
{
    struct task *t = task_at(c, op->task);
    if (op->kind == SIM_OP_UNRESERVE || op->kind == SIM_OP_EVICT) {
        const struct cell_need need = life_need(t);
        CHECK(cell_take(c->cell, t->machine, &need));
    } else if (t->state == TASK_WAITING) {
        give(c, t, false);
    }
}

void commit_effect(struct sim_context *c, const struct sim_op *op)
{
    struct task *t = task_at(c, op->task);
    c->held -= t->state == TASK_RESERVED;
    if (op->kind == SIM_OP_EVICT) {
        const bool moves = op->winner == op->task;
        const bool named = op->winner != SIM_NONE && !moves;
        life_evict(c, op->task, moves ? SIM_EVICT_MOVED : SIM_EVICT_PREEMPTED,
                   named ? task_at(c, op->winner) : NULL);
    } else if (op->kind == SIM_OP_PLACE) {
        life_start(c, op->task);
    } else {
        t->state = op->kind == SIM_OP_RESERVE ? TASK_RESERVED : TASK_WAITING;
        c->held += t->state == TASK_RESERVED;
    }
}

/* Versions are compared before any operation of this commit moves them. */
static void check_versions(struct sim_context *c, struct sim_op *ops, size_t n)
{
    const struct sim_view *v = cell_view(c->cell);
    for (size_t i = 0; i < n; i++) {
        const bool stale = ops[i].version != SIM_ANY_VERSION && ops[i].machine < v->n &&
                           v->version[ops[i].machine] != ops[i].version;
        ops[i].result = stale ? SIM_REJECT_VERSION : SIM_ACCEPTED;
    }
}

/* The op at `bad` was rejected: what came before it is taken back, what comes after is not tried.
 */
static void take_back(struct sim_context *c, struct sim_op *ops, size_t n, size_t bad)
{
    for (size_t i = bad; i-- > 0;) {
        undo_room(c, &ops[i]);
        ops[i].result = SIM_REJECT_ATOMIC;
    }
    for (size_t i = bad + 1; i < n; i++) {
        ops[i].result = SIM_REJECT_ATOMIC;
    }
}

bool commit_room(struct sim_context *c, struct sim_op *ops, size_t n, enum sim_commit_mode mode)
{
    bool all = true;
    check_versions(c, ops, n);
    for (size_t i = 0; i < n; i++) {
        if (ops[i].result == SIM_ACCEPTED) {
            ops[i].result = move_room(c, &ops[i]);
        }
        all &= ops[i].result == SIM_ACCEPTED;
        if (!all && mode == SIM_ATOMIC) {
            take_back(c, ops, n, i);
            return false;
        }
    }
    return all;
}

bool sim_commit(struct sim_context *c, struct sim_op *ops, size_t n, enum sim_commit_mode mode)
{
    const bool all = commit_room(c, ops, n, mode);
    for (size_t i = 0; i < n; i++) {
        if (ops[i].result == SIM_ACCEPTED) {
            commit_effect(c, &ops[i]);
        }
    }
    return all;
}
