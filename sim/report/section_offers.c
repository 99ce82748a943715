/* section_offers.c - who was offered what while a task waited: what its own framework refused and
 * why, and whose offers held room for it. Only in runs with an allocator. */
#include <inttypes.h>

#include "base/mem.h"
#include "report/amount.h"
#include "report/explain.h"

enum { UNUSED_KINDS = SIM_UNUSED_NOT_LOOKED_AT + 1, ANSWERS = SIM_ANSWER_RESCINDED + 1 };

struct own { /* Offers to the task's framework. */
    uint64_t answers[ANSWERS];
    uint64_t unused[UNUSED_KINDS];
    const struct sim_offer_row *last, *nearest; /* Nearest: TOO_SMALL, with the least missing. */
    sim_time until_us;                          /* Latest end of a refusal; SIM_NEVER = none. */
};
struct other { /* Offers to another framework that the task would have fitted into. */
    uint64_t count;
    const struct sim_offer_row *last;
};
struct offers_found {
    struct own own;
    struct other *others; /* By scheduler. */
    uint32_t n;
};

static bool fits(const struct sim_task_row *t, const struct sim_offer_row *o)
{
    return t->cpu <= o->cpu && t->memory <= o->memory && t->gpu <= o->gpu && t->disk <= o->disk;
}

/* Of two rows about one dimension the smaller amount is nearer; of two about others, the later. */
static bool nearer(const struct sim_offer_row *a, const struct sim_offer_row *b)
{
    return b == NULL || a->dim != b->dim || a->missing <= b->missing;
}

/* `before`: why the last offer of the machine was declined, which is what was repeated. */
static void add_own(struct own *own, const struct sim_offer_row *o, unsigned before)
{
    own->answers[o->answer]++;
    own->answers[SIM_ANSWER_DECLINED] += o->repeats;
    own->unused[before] += o->repeats;
    own->unused[o->unused] += o->answer == SIM_ANSWER_DECLINED;
    own->last = o;
    if (o->unused == SIM_UNUSED_TOO_SMALL && nearer(o, own->nearest)) {
        own->nearest = o;
    }
    if (o->until_us != SIM_NEVER && (own->until_us == SIM_NEVER || o->until_us > own->until_us)) {
        own->until_us = o->until_us;
    }
}

/* The wait that the answer is about: from the submission to the placement, or to the end. */
static void window(const struct answer *a, sim_time *from, sim_time *to)
{
    *from = a->story.submit_us;
    *to = a->placed >= 0 ? a->book->decisions[a->placed].t_us : book_end(a->book);
}

/* False: nothing was offered to anybody while the task waited. */
static bool find(const struct answer *a, struct offers_found *f)
{
    const struct sim_task_row *t = a->story.row;
    const uint64_t count = a->book->count[SIM_TABLE_OFFERS];
    sim_time from, to;
    bool any = false;
    *f = (struct offers_found){.own = {.until_us = SIM_NEVER}};
    window(a, &from, &to);
    for (uint64_t i = 0; i < count && t != NULL; i++) {
        const uint32_t id = a->book->offers[i].scheduler;
        f->n = id >= f->n ? id + 1 : f->n;
    }
    f->others = MEM_NEW(struct other, f->n + 1);
    uint8_t *before = NULL; /* By machine, of the own framework. */
    size_t cap = 0;
    for (uint64_t i = 0; i < count && t != NULL; i++) {
        const struct sim_offer_row *o = &a->book->offers[i];
        const bool own = o->scheduler == t->scheduler;
        const bool meanwhile = o->made_us <= to && o->answered_us >= from;
        if (own) {
            MEM_GROW(before, cap, (size_t)o->machine + 1);
        }
        if (own && meanwhile) {
            add_own(&f->own, o, before[o->machine]);
        } else if (meanwhile && fits(t, o)) {
            f->others[o->scheduler].count += 1;
            f->others[o->scheduler].last = o;
        }
        any |= meanwhile && (own || fits(t, o));
        if (own) {
            before[o->machine] = o->unused;
        }
    }
    mem_free(before);
    return any;
}

static const char *amounts_str(const struct sim_offer_row *o, const struct page *p, char *buf,
                               size_t size)
{
    const struct sim_task_row row = {.cpu = o->cpu,
                                     .memory = o->memory,
                                     .disk = o->disk,
                                     .gpu_count = (uint16_t)(o->gpu / SIM_DEVICE_MILLI),
                                     .gpu_milli = SIM_DEVICE_MILLI};
    return request_str(p->book, &row, buf, size);
}

static void name_of(const struct page *p, enum sim_name_kind kind, uint32_t id)
{
    const struct sim_text text = rundir_name(p->book->run, kind, id);
    (void)fprintf(p->out, "%.*s", (int)text.len, text.at);
}

static void own_text(const struct own *own, const struct page *p)
{
    char amount[TEXT_BUF], at[TEXT_BUF], name[NAME_BUF];
    if (own->last == NULL) {
        (void)fputs("  none to its own framework\n", p->out);
        return;
    }
    (void)fputs("  to its own framework ", p->out);
    name_of(p, SIM_NAME_SCHEDULER, own->last->scheduler);
    (void)fputs(" of role ", p->out);
    name_of(p, SIM_NAME_ROLE, own->last->role);
    for (unsigned i = 0; i < ANSWERS; i++) {
        (void)fprintf(p->out, "%s%" PRIu64 " %s", i == 0 ? ": " : ", ", own->answers[i],
                      sim_answer_name(i));
    }
    (void)fputc('\n', p->out);
    for (unsigned i = 1; i < UNUSED_KINDS; i++) {
        if (own->unused[i] > 0) {
            (void)fprintf(p->out, "    %-14s %6" PRIu64 "  %s\n", sim_unused_name(i),
                          own->unused[i], sim_unused_help(i));
        }
    }
    if (own->nearest != NULL) {
        const struct sim_offer_row *o = own->nearest;
        (void)fprintf(p->out, "    nearest        %s: %s of %s missing",
                      machine_name(p->book, o->machine, name),
                      amount_str(&p->book->units, o->dim, o->missing, amount, sizeof amount),
                      sim_dim_name(o->dim));
        (void)fprintf(p->out, " for %s\n", task_name(p->book, o->task, name));
    }
    if (own->until_us != SIM_NEVER) {
        (void)fprintf(p->out, "    the last refusal held until %s\n",
                      when_str(own->until_us, at, sizeof at));
    }
}

static void other_text(const struct other *other, const struct page *p)
{
    char amounts[256], at[TEXT_BUF], name[NAME_BUF];
    const struct sim_offer_row *o = other->last;
    (void)fputs("  large enough for it, but to ", p->out);
    name_of(p, SIM_NAME_SCHEDULER, o->scheduler);
    (void)fputs(" of role ", p->out);
    name_of(p, SIM_NAME_ROLE, o->role);
    (void)fprintf(p->out, ": %" PRIu64 "; the last was %s of %s at %s, ", other->count,
                  amounts_str(o, p, amounts, sizeof amounts),
                  machine_name(p->book, o->machine, name), when_str(o->made_us, at, sizeof at));
    if (o->share_of > 0) {
        (void)fprintf(p->out, "when the role held %" PRId64 "/%" PRId64 " of %s, ", o->share,
                      o->share_of, sim_dim_name(o->share_dim));
    } else {
        (void)fputs("when the role held nothing, ", p->out);
    }
    (void)fprintf(p->out, "%s\n", sim_answer_name(o->answer));
}

void offers_text(const struct answer *a, const struct page *p)
{
    struct offers_found f;
    if (find(a, &f)) {
        page_head(p, "offers   while it waited");
        own_text(&f.own, p);
        for (uint32_t i = 0; i < f.n; i++) {
            if (f.others[i].count > 0) {
                other_text(&f.others[i], p);
            }
        }
    }
    mem_free(f.others);
}

static void jw_named(struct json *j, const char *key, const struct book *b, enum sim_name_kind kind,
                     uint32_t id)
{
    jw_view(j, key, rundir_name(b->run, kind, id));
}

static void row_json(const struct sim_offer_row *o, const struct book *b, struct json *j)
{
    jw_named(j, "scheduler", b, SIM_NAME_SCHEDULER, o->scheduler);
    jw_named(j, "role", b, SIM_NAME_ROLE, o->role);
    jw_machine(j, "machine", b, o->machine);
    jw_int(j, "made_us", o->made_us);
    jw_int(j, "answered_us", o->answered_us);
    jw_int(j, "cpu", o->cpu);
    jw_int(j, "memory", o->memory);
    jw_int(j, "gpu", o->gpu);
    jw_int(j, "disk", o->disk);
    jw_int(j, "share", o->share);
    jw_int(j, "share_of", o->share_of);
    jw_text(j, "share_dim", sim_dim_name(o->share_dim));
    jw_text(j, "answer", sim_answer_name(o->answer));
    jw_text(j, "unused", sim_unused_name(o->unused));
    jw_text(j, "dim", sim_dim_name(o->dim));
    jw_int(j, "missing", o->missing);
    jw_task(j, "task", b, o->task);
    jw_time(j, "until_us", o->until_us);
}

static void own_json(const struct own *own, const struct book *b, struct json *j)
{
    jw_object(j, "own");
    for (unsigned i = 0; i < ANSWERS; i++) {
        jw_uint(j, sim_answer_name(i), own->answers[i]);
    }
    jw_object(j, "declined_for");
    for (unsigned i = 0; i < UNUSED_KINDS; i++) {
        if (own->unused[i] > 0) {
            jw_uint(j, sim_unused_name(i), own->unused[i]);
        }
    }
    jw_end(j);
    jw_time(j, "until_us", own->until_us);
    if (own->nearest != NULL) {
        jw_object(j, "nearest");
        row_json(own->nearest, b, j);
        jw_end(j);
    } else {
        jw_null(j, "nearest");
    }
    jw_end(j);
}

void offers_json(const struct answer *a, struct json *j)
{
    struct offers_found f;
    if (find(a, &f)) {
        jw_object(j, "offers");
        own_json(&f.own, a->book, j);
        jw_array(j, "others");
        for (uint32_t i = 0; i < f.n; i++) {
            if (f.others[i].count > 0) {
                jw_object(j, NULL);
                jw_uint(j, "count", f.others[i].count);
                row_json(f.others[i].last, a->book, j);
                jw_end(j);
            }
        }
        jw_end(j);
        jw_end(j);
    }
    mem_free(f.others);
}
