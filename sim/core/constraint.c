/* constraint.c - see constraint.h. */
#include "core/constraint.h"

#include <string.h>

#include <simctl/reason.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sort.h"

struct text_buffer {
    char *at;
    size_t len, cap;
};

struct demand { /* One constraint with everything interned. */
    uint32_t key;
    enum sim_operator op;
    uint32_t first_value, value_count; /* In set.values. */
    int64_t number;
};
struct set {
    struct demand *demands;
    uint32_t demand_count;
    uint32_t *values;
    uint8_t *column; /* Per machine. */
    size_t column_cap;
};
struct pair {
    uint32_t key, value;
};
struct traits { /* What a machine offers. */
    struct pair *labels, *taints;
    uint32_t label_count, taint_count;
};

struct constraints {
    struct map_text *words; /* Keys and values. */
    struct map_text *texts; /* Canonical texts of sets; id = set id. */
    struct map_text *label_texts;
    struct set *sets;
    size_t set_count, set_cap;
    struct traits *machines;
    size_t machine_count, machine_cap;
    uint32_t tainted; /* Machines with a taint. */
    struct text_buffer scratch;
};

static void put(struct text_buffer *b, struct sim_text t)
{
    MEM_GROW(b->at, b->cap, b->len + t.len + 1);
    memcpy(b->at + b->len, t.at, t.len);
    b->len += t.len;
}
static void put_z(struct text_buffer *b, const char *z)
{
    put(b, (struct sim_text){z, (uint32_t)strlen(z)});
}

static int text_order(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct sim_text *x = a, *y = b;
    const uint32_t n = x->len < y->len ? x->len : y->len;
    const int c = n > 0 ? memcmp(x->at, y->at, n) : 0;
    return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

static void put_values(struct text_buffer *b, const struct sim_constraint *c)
{
    struct sim_text *sorted = MEM_NEW(struct sim_text, c->value_count + 1);
    memcpy(sorted, c->values, c->value_count * sizeof *sorted);
    sort_stable(sorted, c->value_count, sizeof *sorted, text_order, NULL);
    put_z(b, "{");
    for (uint32_t i = 0; i < c->value_count; i++) {
        if (i > 0 && text_order(&sorted[i - 1], &sorted[i], NULL) == 0) {
            continue;
        }
        put_z(b, i > 0 ? "," : "");
        put(b, sorted[i]);
    }
    put_z(b, "}");
    mem_free(sorted);
}

/* The canonical words of one constraint. */
static void put_constraint(struct text_buffer *b, const struct sim_constraint *c)
{
    char number[32];
    decimal_str(c->number, 1, 0, number, sizeof number);
    switch (c->op) {
    case SIM_OP_IN:
        put(b, c->key);
        put_z(b, " in ");
        put_values(b, c);
        break;
    case SIM_OP_NOT_IN:
        put(b, c->key);
        put_z(b, " not in ");
        put_values(b, c);
        break;
    case SIM_OP_LESS:
    case SIM_OP_GREATER:
        put(b, c->key);
        put_z(b, c->op == SIM_OP_LESS ? " < " : " > ");
        put_z(b, number);
        break;
    case SIM_OP_PRESENT:
    case SIM_OP_ABSENT:
        put_z(b, c->op == SIM_OP_PRESENT ? "has " : "lacks ");
        put(b, c->key);
        break;
    case SIM_OP_TOLERATES:
        put_z(b, "tolerates ");
        put(b, c->key);
        if (c->value_count > 0) {
            put_z(b, "=");
            put(b, c->values[0]);
        }
        break;
    default:
        CHECK(c->op <= SIM_OP_TOLERATES); /* No other operator. */
    }
}

/* Texts of the single constraints, sorted, without repeats, joined. */
static struct sim_text canonical(struct constraints *c, const struct sim_constraint *list,
                                 uint32_t n)
{
    struct text_buffer *b = &c->scratch;
    struct sim_text *parts = MEM_NEW(struct sim_text, n);
    size_t *from = MEM_NEW(size_t, n + 1);
    b->len = 0;
    for (uint32_t i = 0; i < n; i++) {
        from[i] = b->len;
        put_constraint(b, &list[i]);
    }
    from[n] = b->len;
    char *copy = mem_text(b->at, b->len);
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = (struct sim_text){copy + from[i], (uint32_t)(from[i + 1] - from[i])};
    }
    sort_stable(parts, n, sizeof *parts, text_order, NULL);
    b->len = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && text_order(&parts[i - 1], &parts[i], NULL) == 0) {
            continue;
        }
        put_z(b, i > 0 ? "; " : "");
        put(b, parts[i]);
    }
    mem_free(copy);
    mem_free(parts);
    mem_free(from);
    return (struct sim_text){b->at, (uint32_t)b->len};
}

struct constraints *constraints_create(void)
{
    struct constraints *c = MEM_NEW(struct constraints, 1);
    c->words = map_text_create();
    c->texts = map_text_create();
    c->label_texts = map_text_create();
    bool fresh;
    const uint32_t empty = constraints_intern(c, NULL, 0, &fresh);
    CHECK(empty == 0);
    return c;
}

void constraints_destroy(struct constraints *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < c->set_count; i++) {
        mem_free(c->sets[i].demands);
        mem_free(c->sets[i].values);
        mem_free(c->sets[i].column);
    }
    for (size_t i = 0; i < c->machine_count; i++) {
        mem_free(c->machines[i].labels);
        mem_free(c->machines[i].taints);
    }
    mem_free(c->sets);
    mem_free(c->machines);
    mem_free(c->scratch.at);
    map_text_destroy(c->words);
    map_text_destroy(c->texts);
    map_text_destroy(c->label_texts);
    mem_free(c);
}

/* ---- does a machine pass? ------------------------------------------------------------------- */

static bool find_label(const struct traits *t, uint32_t key, uint32_t *value)
{
    for (uint32_t i = 0; i < t->label_count; i++) {
        if (t->labels[i].key == key) {
            *value = t->labels[i].value;
            return true;
        }
    }
    return false;
}

static bool holds(const struct constraints *c, const struct set *s, const struct demand *d,
                  const struct traits *t)
{
    uint32_t value = SIM_NONE;
    const bool present = find_label(t, d->key, &value);
    bool in = false;
    for (uint32_t i = 0; present && i < d->value_count; i++) {
        in |= s->values[d->first_value + i] == value;
    }
    int64_t number = 0;
    if (present && decimal_int(map_text_at(c->words, value), &number) != DECIMAL_OK) {
        number = 0;
    }
    switch (d->op) {
    case SIM_OP_IN:
        return in;
    case SIM_OP_NOT_IN:
        return !in;
    case SIM_OP_LESS:
        return number < d->number;
    case SIM_OP_GREATER:
        return number > d->number;
    case SIM_OP_PRESENT:
        return present;
    case SIM_OP_ABSENT:
        return !present;
    case SIM_OP_TOLERATES:
    default:
        return true; /* Not a demand. */
    }
}

static bool tolerated(const struct set *s, struct pair taint)
{
    for (uint32_t i = 0; i < s->demand_count; i++) {
        const struct demand *d = &s->demands[i];
        if (d->op == SIM_OP_TOLERATES && d->key == taint.key &&
            (d->value_count == 0 || s->values[d->first_value] == taint.value)) {
            return true;
        }
    }
    return false;
}

static uint8_t evaluate(const struct constraints *c, const struct set *s, sim_machine m)
{
    const struct traits *t = &c->machines[m];
    uint32_t mask = 0;
    for (uint32_t i = 0; i < s->demand_count; i++) {
        mask |= holds(c, s, &s->demands[i], t) ? 0u : (uint32_t)SIM_FAIL_LABEL;
    }
    for (uint32_t i = 0; i < t->taint_count; i++) {
        mask |= tolerated(s, t->taints[i]) ? 0u : (uint32_t)SIM_FAIL_TAINT;
    }
    return (uint8_t)mask;
}

/* ---- sets ----------------------------------------------------------------------------------- */

static void set_fill(struct constraints *c, struct set *s, const struct sim_constraint *list,
                     uint32_t n)
{
    size_t values = 0;
    for (uint32_t i = 0; i < n; i++) {
        values += list[i].value_count;
    }
    s->demands = MEM_NEW(struct demand, n + 1);
    s->values = MEM_NEW(uint32_t, values + 1);
    s->demand_count = n;
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        s->demands[i] = (struct demand){map_text_id(c->words, list[i].key, NULL), list[i].op, at,
                                        list[i].value_count, list[i].number};
        for (uint32_t k = 0; k < list[i].value_count; k++) {
            s->values[at++] = map_text_id(c->words, list[i].values[k], NULL);
        }
    }
    MEM_GROW(s->column, s->column_cap, c->machine_count + 1);
    for (size_t m = 0; m < c->machine_count; m++) {
        s->column[m] = evaluate(c, s, (sim_machine)m);
    }
}

uint32_t constraints_intern(struct constraints *c, const struct sim_constraint *list, uint32_t n,
                            bool *fresh)
{
    if (n == 0 && c->set_count > 0) { /* Nearly every task of most traces. */
        *fresh = false;
        return 0;
    }
    const uint32_t id = map_text_id(c->texts, canonical(c, list, n), fresh);
    if (*fresh) {
        CHECK(id == c->set_count);
        MEM_GROW(c->sets, c->set_cap, c->set_count + 1);
        set_fill(c, &c->sets[c->set_count++], list, n);
    }
    return id;
}

struct sim_text constraints_text(const struct constraints *c, uint32_t id)
{
    return map_text_at(c->texts, id);
}

/* ---- machines ------------------------------------------------------------------------------- */

/* The i-th label of a machine. A failure domain is one too, level=id, so that constraints can name
 * it; a label of the same key wins, since it comes first. */
static uint32_t label_count(const struct sim_machine_input *in)
{
    return in->label_count + in->domain_count;
}
static struct sim_label label_at(const struct sim_machine_input *in, uint32_t i)
{
    if (i < in->label_count) {
        return in->labels[i];
    }
    const struct sim_domain *d = &in->domains[i - in->label_count];
    return (struct sim_label){d->level, d->id};
}

static struct pair pair_of(struct constraints *c, struct sim_text key, struct sim_text value)
{
    const uint32_t k = map_text_id(c->words, key, NULL);
    return (struct pair){k, map_text_id(c->words, value, NULL)};
}

static struct pair *labels_of(struct constraints *c, const struct sim_machine_input *in)
{
    const uint32_t n = label_count(in);
    struct pair *out = MEM_NEW(struct pair, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const struct sim_label l = label_at(in, i);
        out[i] = pair_of(c, l.key, l.value);
    }
    return out;
}

static struct pair *taints_of(struct constraints *c, const struct sim_machine_input *in,
                              uint32_t *count)
{
    struct pair *out = MEM_NEW(struct pair, in->taint_count + 1);
    *count = 0;
    for (uint32_t i = 0; i < in->taint_count; i++) {
        if (in->taints[i].effect != SIM_PREFER_NO_SCHEDULE) { /* A wish is no predicate. */
            out[(*count)++] = pair_of(c, in->taints[i].key, in->taints[i].value);
        }
    }
    return out;
}

void constraints_machine(struct constraints *c, sim_machine m, const struct sim_machine_input *in)
{
    if (m >= c->machine_count) {
        MEM_GROW(c->machines, c->machine_cap, (size_t)m + 1);
        c->machine_count = (size_t)m + 1;
    }
    struct traits *t = &c->machines[m];
    c->tainted -= t->taint_count > 0;
    mem_free(t->labels);
    mem_free(t->taints);
    t->labels = labels_of(c, in);
    t->label_count = label_count(in);
    t->taints = taints_of(c, in, &t->taint_count);
    c->tainted += t->taint_count > 0;
    for (size_t i = 0; i < c->set_count; i++) {
        struct set *s = &c->sets[i];
        MEM_GROW(s->column, s->column_cap, c->machine_count + 1);
        s->column[m] = evaluate(c, s, m);
    }
}

uint32_t constraints_label(const struct constraints *c, sim_machine m, const char *key)
{
    uint32_t value = SIM_NONE;
    const uint32_t id = map_text_find(c->words, (struct sim_text){key, (uint32_t)strlen(key)});
    if (id == SIM_NONE || m >= c->machine_count || !find_label(&c->machines[m], id, &value)) {
        return SIM_NONE;
    }
    return value;
}

uint32_t constraints_labels_id(struct constraints *c, const struct sim_machine_input *in,
                               bool *fresh)
{
    *fresh = false;
    if (label_count(in) == 0) {
        return 0;
    }
    struct text_buffer *b = &c->scratch;
    b->len = 0;
    for (uint32_t i = 0; i < label_count(in); i++) {
        const struct sim_label l = label_at(in, i);
        put_z(b, i > 0 ? ";" : "");
        put(b, l.key);
        put_z(b, "=");
        put(b, l.value);
    }
    return map_text_id(c->label_texts, (struct sim_text){b->at, (uint32_t)b->len}, fresh) + 1;
}

struct sim_text constraints_labels_text(const struct constraints *c, uint32_t id)
{
    return map_text_at(c->label_texts, id - 1);
}

const uint8_t *constraints_column(struct constraints *c, uint32_t id)
{
    return id == 0 && c->tainted == 0 ? NULL : c->sets[id].column;
}
