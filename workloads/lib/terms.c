/* terms.c - the lists inside one field. A term is cut at its first operator, so that values may
 * hold any byte but the separators. */
#include "workloads/lib/terms.h"

#include <string.h>

#include "base/decimal.h"
#include "base/lines.h"
#include "base/quantity.h"

static bool refuse(struct terms *t, struct sim_text term, const char *expected)
{
    t->bad = term;
    t->expected = expected;
    return false;
}

static struct sim_text cut(struct sim_text t, uint32_t from, uint32_t to)
{
    return text_trim((struct sim_text){t.at + from, to - from});
}

static uint32_t find(struct sim_text t, const char *any)
{
    uint32_t i = 0;
    while (i < t.len && strchr(any, t.at[i]) == NULL) {
        i++;
    }
    return i;
}

/* Takes the next term off the front of *rest; false when none is left. */
static bool next_term(struct sim_text *rest, struct sim_text *term)
{
    while (rest->len != 0) {
        const uint32_t end = find(*rest, ";");
        const uint32_t used = end < rest->len ? end + 1 : end;
        *term = cut(*rest, 0, end);
        rest->at += used;
        rest->len -= used;
        if (term->len != 0) {
            return true;
        }
    }
    return false;
}

static bool usable(struct sim_text name)
{
    return name.len != 0 && name.len <= SIM_NAME_MAX;
}

/* "key=value" into two texts. */
static bool split_pair(struct sim_text term, struct sim_text *key, struct sim_text *value)
{
    const uint32_t at = find(term, "=");
    if (at == term.len) {
        return false;
    }
    *key = cut(term, 0, at);
    *value = cut(term, at + 1, term.len);
    return usable(*key) && value->len <= SIM_NAME_MAX;
}

/* ---- constraints ---------------------------------------------------------------------------- */

static bool add_values(struct terms *t, struct sim_constraint *c, struct sim_text list)
{
    c->values = &t->value[t->values];
    for (;;) {
        const uint32_t end = find(list, "|");
        const struct sim_text value = cut(list, 0, end);
        if (t->values == TERM_VALUES_MAX || value.len > SIM_NAME_MAX) {
            return false;
        }
        t->value[t->values++] = value;
        c->value_count++;
        if (end == list.len) {
            return true;
        }
        list.at += end + 1;
        list.len -= end + 1;
    }
}

static const char *const constraint_forms =
    "key=value, key!=value, key=a|b, key<5, key>5, key, !key or ~key=value";

static bool add_prefixed(struct terms *t, struct sim_constraint *c, struct sim_text term)
{
    const struct sim_text rest = cut(term, 1, term.len);
    const uint32_t at = find(rest, "=");
    c->op = term.at[0] == '~' ? SIM_OP_TOLERATES : SIM_OP_ABSENT;
    c->key = cut(rest, 0, at);
    if (!usable(c->key) || (c->op == SIM_OP_ABSENT && at != rest.len)) {
        return refuse(t, term, constraint_forms);
    }
    if (at != rest.len && !add_values(t, c, cut(rest, at + 1, rest.len))) {
        return refuse(t, term, "at most 128 values of at most 255 bytes");
    }
    return true;
}

static bool add_compared(struct terms *t, struct sim_constraint *c, struct sim_text term)
{
    const uint32_t at = find(term, "=<>!");
    c->key = cut(term, 0, at);
    if (!usable(c->key)) {
        return refuse(t, term, constraint_forms);
    }
    if (at == term.len) {
        c->op = SIM_OP_PRESENT;
        return true;
    }
    const char op = term.at[at];
    if (op == '!' && (at + 1 == term.len || term.at[at + 1] != '=')) {
        return refuse(t, term, constraint_forms);
    }
    const struct sim_text value = cut(term, at + (op == '!' ? 2 : 1), term.len);
    if (op == '<' || op == '>') {
        c->op = op == '<' ? SIM_OP_LESS : SIM_OP_GREATER;
        return decimal_int(value, &c->number) == DECIMAL_OK ||
               refuse(t, term, "an integer after < or >");
    }
    c->op = op == '=' ? SIM_OP_IN : SIM_OP_NOT_IN;
    return add_values(t, c, value) || refuse(t, term, "at most 128 values of at most 255 bytes");
}

bool terms_constraints(struct terms *t, struct sim_text text)
{
    struct sim_text term;
    t->constraints = 0;
    t->values = 0;
    while (next_term(&text, &term)) {
        if (t->constraints == TERMS_MAX) {
            return refuse(t, term, "at most 32 constraints");
        }
        struct sim_constraint *c = &t->constraint[t->constraints++];
        *c = (struct sim_constraint){.op = SIM_OP_PRESENT};
        const bool prefixed = term.at[0] == '!' || term.at[0] == '~';
        if (!(prefixed ? add_prefixed(t, c, term) : add_compared(t, c, term))) {
            return false;
        }
    }
    return true;
}

/* ---- inputs --------------------------------------------------------------------------------- */

bool terms_inputs(struct terms *t, struct sim_text text)
{
    struct sim_text term, size;
    t->inputs = 0;
    while (next_term(&text, &term)) {
        if (t->inputs == TERMS_MAX) {
            return refuse(t, term, "at most 32 machines");
        }
        struct sim_data *in = &t->input[t->inputs++];
        if (!split_pair(term, &in->machine, &size) ||
            quantity_size(size, DECIMAL_UP, &in->bytes) != DECIMAL_OK || in->bytes < 0) {
            return refuse(t, term, "machine=size, such as node-1=10GB");
        }
    }
    return true;
}

/* ---- lists of machines ---------------------------------------------------------------------- */

bool terms_labels(struct terms *t, struct sim_text text)
{
    struct sim_text term;
    t->labels = 0;
    while (next_term(&text, &term)) {
        if (t->labels == TERMS_MAX) {
            return refuse(t, term, "at most 32 labels");
        }
        struct sim_label *l = &t->label[t->labels++];
        if (!split_pair(term, &l->key, &l->value)) {
            return refuse(t, term, "key=value");
        }
    }
    return true;
}

bool terms_domains(struct terms *t, struct sim_text text)
{
    struct sim_text term;
    t->domains = 0;
    while (next_term(&text, &term)) {
        if (t->domains == TERMS_MAX) {
            return refuse(t, term, "at most 32 domains");
        }
        struct sim_domain *d = &t->domain[t->domains++];
        if (!split_pair(term, &d->level, &d->id) || d->id.len == 0) {
            return refuse(t, term, "level=id");
        }
    }
    return true;
}

bool terms_taints(struct terms *t, struct sim_text text)
{
    static const char *const effects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
    struct sim_text term;
    t->taints = 0;
    while (next_term(&text, &term)) {
        if (t->taints == TERMS_MAX) {
            return refuse(t, term, "at most 32 taints");
        }
        struct sim_taint *taint = &t->taint[t->taints++];
        const uint32_t colon = find(term, ":");
        const struct sim_text effect =
            colon == term.len ? (struct sim_text){NULL, 0} : cut(term, colon + 1, term.len);
        uint32_t e = 0;
        while (e < 3 && !text_is(effect, effects[e])) {
            e++;
        }
        const struct sim_text pair = cut(term, 0, colon);
        *taint = (struct sim_taint){.key = pair, .effect = (enum sim_taint_effect)e};
        const bool valued = find(pair, "=") != pair.len;
        if (e == 3 || (valued && !split_pair(pair, &taint->key, &taint->value)) ||
            !usable(taint->key)) {
            return refuse(t, term,
                          "key=value:EFFECT with NoSchedule, PreferNoSchedule or NoExecute");
        }
    }
    return true;
}
