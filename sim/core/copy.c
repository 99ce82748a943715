/* copy.c - a scheduler's private picture of the cell: taken when it begins to think, filled with
 * its own placements, and committed to the cell when it has decided.
 *
 * Refreshing follows the change log of the cell, so it costs what changed and not the whole cell.
 * A picture may show only what is on offer: then a machine is in it for as long as it is offered,
 * with what is left of that, and each commit is the end of a job.
 *
 * The picture is asked through a placer of its own, with random streams of its own: what one
 * scheduler draws moves nothing for another. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "core/engine.h"

enum { CLASSES_KEPT = 64 };

struct placement {        /* In the picture. */
    struct sim_class cls; /* A copy: the entry may be forgotten before the placement is dropped. */
    struct sim_choice choice;
    struct claim before; /* Who had taken room on its machine when the commit was refused. */
};

struct sim_copy {
    struct cell *cell;
    struct placer *placer;
    uint64_t log_pos;
    bool offers;        /* It shows offers only, */
    sim_machine *shown; /* on these machines. */
    size_t shown_len, shown_cap;
    uint32_t known; /* Machines that are in the picture, shown or not. */
    /* The classes that were asked for last, as this placer knows them: what it keeps about a class
     * is its own. */
    struct classes *classes;
    struct class_entry *kept[CLASSES_KEPT];
    uint32_t next_kept;
    const struct class_entry *last_asked; /* Of the run, */
    struct class_entry *last;             /* and what it is here. */
    uint32_t last_id;
    sim_time taken_us;        /* When it was refreshed last. */
    uint64_t fixed_seen;      /* Changes of machines themselves that its placer has heard of. */
    uint32_t spread_group;    /* Whose places are in the picture; SIM_NONE = none. */
    struct placement *placed; /* Since the last refresh, and the ops that they become. */
    struct sim_op *ops;
    size_t placed_len, placed_cap, ops_cap;
};

struct sim_copy *sim_copy_create(struct sim_context *c)
{
    struct sim_copy *copy = MEM_NEW(struct sim_copy, 1);
    struct sim_diag diag = {0};
    char streams[SIM_NAME_MAX + 2];
    snprintf(streams, sizeof streams, "/%s", sim_seat(c)->name);
    copy->cell = cell_mirror(c->cell);
    copy->placer = run_placer(c, copy->cell, streams, &diag);
    CHECK(copy->placer != NULL); /* The run's own took the same parameters. */
    copy->classes = classes_create();
    copy->spread_group = SIM_NONE;
    copy->log_pos = UINT64_MAX;
    return copy;
}

void sim_copy_destroy(struct sim_copy *copy)
{
    if (copy == NULL) {
        return;
    }
    for (size_t i = 0; i < CLASSES_KEPT; i++) {
        if (copy->kept[i] != NULL) {
            classes_put(copy->classes, copy->kept[i], placer_forget, copy->placer);
        }
    }
    placer_destroy(copy->placer);
    classes_destroy(copy->classes);
    cell_destroy(copy->cell);
    mem_free(copy->shown);
    mem_free(copy->placed);
    mem_free(copy->ops);
    mem_free(copy);
}

static struct cell_need need_of(const struct placement *p)
{
    return (struct cell_need){&p->cls, p->choice.devices};
}

static void give_back(struct sim_copy *copy, size_t i)
{
    const struct cell_need need = need_of(&copy->placed[i]);
    cell_give(copy->cell, copy->placed[i].choice.machine, &need, false);
}

/* The next job begins. */
static void forget_placements(struct sim_copy *copy)
{
    copy->placed_len = 0;
    if (copy->spread_group != SIM_NONE) {
        cell_mirror_spread(copy->cell, copy->spread_group, true);
        copy->spread_group = SIM_NONE;
    }
}

static void drop_placements(struct sim_copy *copy)
{
    for (size_t i = 0; i < copy->placed_len; i++) {
        give_back(copy, i);
    }
    for (size_t i = 0; i < copy->placed_len && !copy->offers; i++) {
        cell_mirror_machine(copy->cell, copy->placed[i].choice.machine);
    }
    forget_placements(copy);
}

void sim_copy_refresh(struct sim_context *c, struct sim_copy *copy)
{
    const uint64_t end = cell_log_end(c->cell);
    const uint32_t n = cell_view(c->cell)->n;
    sim_machine m;
    CHECK(!copy->offers);
    copy->taken_us = c->now_us;
    copy->fixed_seen = cell_fixed_all(c->cell);
    drop_placements(copy);
    placer_draw_anew(copy->placer);
    if (copy->log_pos == UINT64_MAX || end - copy->log_pos > n ||
        (copy->log_pos < end && !cell_log_at(c->cell, copy->log_pos, &m))) {
        for (m = 0; m < n; m++) {
            cell_mirror_machine(copy->cell, m);
        }
        copy->log_pos = end;
    }
    for (; copy->log_pos < end; copy->log_pos++) {
        CHECK(cell_log_at(c->cell, copy->log_pos, &m));
        cell_mirror_machine(copy->cell, m);
    }
}

void sim_copy_hide(struct sim_copy *copy, sim_machine m)
{
    CHECK(copy->offers && copy->placed_len == 0);
    cell_mirror_offer(copy->cell, m, NULL);
}

void sim_copy_offer(struct sim_context *c, struct sim_copy *copy, const struct sim_offered *offered,
                    size_t n)
{
    CHECK(copy->offers || copy->log_pos == UINT64_MAX); /* One use for all its life. */
    copy->offers = true;
    drop_placements(copy);
    placer_draw_anew(copy->placer);
    for (size_t i = 0; i < copy->shown_len; i++) {
        cell_mirror_offer(copy->cell, copy->shown[i], NULL);
    }
    for (; copy->known < cell_view(c->cell)->n; copy->known++) {
        cell_mirror_offer(copy->cell, copy->known, NULL);
    }
    MEM_GROW(copy->shown, copy->shown_cap, n);
    copy->shown_len = n;
    for (size_t i = 0; i < n; i++) {
        copy->shown[i] = offered[i].machine;
        cell_mirror_offer(copy->cell, offered[i].machine, &offered[i].most);
    }
}

void sim_copy_undo(struct sim_copy *copy)
{
    CHECK(copy->offers);
    drop_placements(copy);
}

/* Only the job itself places tasks of its spread group, so its places need not be copied before it
 * is asked about. One job at a time. */
static void know_spread(struct sim_copy *copy, const struct sim_class *cls)
{
    if (cls->spread_group == SIM_NONE || cls->spread_group == copy->spread_group) {
        return;
    }
    CHECK(copy->spread_group == SIM_NONE);
    copy->spread_group = cls->spread_group;
    cell_mirror_spread(copy->cell, cls->spread_group, false);
}

/* Labels and taints are the present ones, so what is kept about machines that changed themselves
 * since the picture was taken is looked at anew; their amounts stay as they were. */
static void hear_of_labels(const struct sim_context *c, struct sim_copy *copy)
{
    const uint32_t n = cell_view(copy->cell)->n;
    if (copy->fixed_seen == cell_fixed_all(c->cell)) {
        return;
    }
    copy->fixed_seen = cell_fixed_all(c->cell);
    for (sim_machine m = 0; m < n; m++) {
        if (cell_fixed(copy->cell, m) != cell_fixed(c->cell, m)) {
            cell_touch(copy->cell, m);
        }
    }
}

/* The task's class as this placer knows it. */
static struct class_entry *class_here(struct sim_copy *copy, const struct class_entry *asked)
{
    if (copy->last_asked == asked && copy->last_id == asked->cls.id && copy->last != NULL &&
        classes_alike(&copy->last->cls, &asked->cls)) {
        return copy->last;
    }
    struct class_entry *e = classes_get(copy->classes, &asked->cls);
    copy->last = e;
    copy->last_asked = asked;
    copy->last_id = asked->cls.id;
    struct class_entry **place = &copy->kept[copy->next_kept++ % CLASSES_KEPT];
    if (*place != NULL) {
        classes_put(copy->classes, *place, placer_forget, copy->placer);
    }
    *place = e;
    return e;
}

bool sim_copy_place(struct sim_context *c, struct sim_copy *copy, sim_slot task,
                    struct sim_choice *out)
{
    const struct task *t = task_at(c, task);
    struct class_entry *e = class_here(copy, t->cls);
    know_spread(copy, &t->cls->cls);
    hear_of_labels(c, copy);
    lap_begin(c, LAP_PLACEMENT);
    placer_choose(copy->placer, e, t->job, NULL, out);
    lap_end(c, LAP_PLACEMENT);
    if (out->machine == SIM_NONE) {
        return false;
    }
    out->version = cell_view(copy->cell)->version[out->machine];
    MEM_GROW(copy->placed, copy->placed_cap, copy->placed_len + 1);
    MEM_GROW(copy->ops, copy->ops_cap, copy->placed_len + 1);
    copy->placed[copy->placed_len] = (struct placement){e->cls, *out, {0, 0, 0, false}};
    copy->ops[copy->placed_len] = sim_op(SIM_OP_PLACE, task, out->machine, out->devices);
    const struct cell_need need = need_of(&copy->placed[copy->placed_len++]);
    CHECK(cell_take(copy->cell, out->machine, &need));
    return true;
}

/* The first op that was rejected for itself. */
static sim_slot blocker(const struct sim_copy *copy)
{
    for (size_t i = 0; i < copy->placed_len; i++) {
        const enum sim_rejection r = copy->ops[i].result;
        if (r != SIM_ACCEPTED && r != SIM_REJECT_ATOMIC) {
            return copy->ops[i].task;
        }
    }
    return SIM_NONE;
}

/* Who had taken room since the picture was made, before this commit takes any itself. */
static void note_takers(const struct sim_context *c, struct sim_copy *copy)
{
    for (size_t i = 0; i < copy->placed_len; i++) {
        const sim_machine m = copy->ops[i].machine;
        const bool known =
            m < c->claim_cap && c->claims[m].any && c->claims[m].at_us >= copy->taken_us;
        copy->placed[i].before = known ? c->claims[m] : (struct claim){0, 0, 0, false};
    }
}

/* A tap looks at each decision in the picture as it was taken: without the later placements. */
static void rewind_for_tap(const struct sim_context *c, struct sim_copy *copy)
{
    for (size_t i = copy->placed_len; c->args->tap != NULL && i-- > 0;) {
        give_back(copy, i);
    }
}

static void replay_for_tap(const struct sim_context *c, struct sim_copy *copy, size_t i)
{
    if (c->args->tap != NULL) {
        const struct cell_need need = need_of(&copy->placed[i]);
        CHECK(cell_take(copy->cell, copy->placed[i].choice.machine, &need));
    }
}

/* What was committed stays in a picture of offers. Where something was refused the machine is no
 * longer what was offered. */
static void end_job(struct sim_copy *copy)
{
    for (size_t i = 0; i < copy->placed_len; i++) {
        if (copy->ops[i].result != SIM_ACCEPTED) {
            give_back(copy, i);
        }
    }
    const size_t n = copy->placed_len;
    forget_placements(copy);
    for (size_t i = 0; i < n; i++) {
        const enum sim_rejection r = copy->ops[i].result;
        if (r != SIM_ACCEPTED && r != SIM_REJECT_ATOMIC) {
            sim_copy_hide(copy, copy->ops[i].machine);
        }
    }
}

const struct sim_op *sim_copy_commit(struct sim_context *c, struct sim_copy *copy,
                                     enum sim_commit_mode mode, bool versions, size_t *n)
{
    for (size_t i = 0; i < copy->placed_len; i++) {
        copy->ops[i].version = versions ? copy->placed[i].choice.version : SIM_ANY_VERSION;
    }
    const bool all = commit_room(c, copy->ops, copy->placed_len, mode);
    const sim_slot blocked = all ? SIM_NONE : blocker(copy);
    note_takers(c, copy);
    rewind_for_tap(c, copy);
    for (size_t i = 0; i < copy->placed_len; i++) {
        const struct sim_op *op = &copy->ops[i];
        if (op->result == SIM_ACCEPTED) {
            record_placed(c, op->task, &copy->placed[i].choice, copy->placer);
        } else {
            const struct placement *p = &copy->placed[i];
            record_conflict(c, op, &p->choice, &p->before, blocked, copy->placer);
        }
        replay_for_tap(c, copy, i);
        if (op->result == SIM_ACCEPTED) {
            commit_effect(c, op);
        }
    }
    *n = copy->placed_len;
    if (copy->offers) {
        end_job(copy);
    }
    return copy->ops;
}
