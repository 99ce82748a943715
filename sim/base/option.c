/* option.c - one value of one option: text to integer with a complaint that names the option, what
 * was found and what would do; and the nearest name to a misspelt one. */
#include "base/option.h"

#include "base/check.h"
#include "base/lines.h"
#include "base/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NEAREST_LEN_MAX 63u
#define MICRO 1000000 /* DECIMAL options are kept as millionths. */

/* ---- the nearest name ----------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, substitutions and swaps of neighbours, no letter edited twice. Source: the
 * "optimal string alignment" form of Damerau-Levenshtein. Both texts <= NEAREST_LEN_MAX. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NEAREST_LEN_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            const size_t change = a[i - 1] != b[j - 1];
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_len];
}

const char *sim_nearest(const char *text, const char *const *candidates, size_t n)
{
    const size_t len = strlen(text);
    if (len > NEAREST_LEN_MAX)
        return NULL;
    size_t best = least(len, len / 3 < 1 ? 1 : len / 3) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(candidates[i]);
        if (other > NEAREST_LEN_MAX)
            continue;
        const size_t distance = edit_distance(text, len, candidates[i], other);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

/* ---- one value ------------------------------------------------------------------------------ */

static const char *type_name(enum sim_option_type type)
{
    static const char *const names[] = {
        [SIM_OPT_BOOL] = "true or false",
        [SIM_OPT_INT] = "a whole number",
        [SIM_OPT_DECIMAL] = "a decimal number with at most 6 decimals",
        [SIM_OPT_TIME] = "a time such as 90s, 1.5h, 2d4h or 250ms (a bare number is seconds)",
        [SIM_OPT_SIZE] = "a size such as 512, 64KiB, 1.5GiB or 2GB",
        [SIM_OPT_CHOICE] = "one of the choices",
        [SIM_OPT_TEXT] = "text",
    };
    CHECK((size_t)type < sizeof names / sizeof names[0]);
    return names[type];
}

static enum decimal_result parse_bool(struct sim_text t, int64_t *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_is(t, words[i])) {
            *out = i % 2 == 1;
            return DECIMAL_OK;
        }
    }
    return DECIMAL_BAD;
}

/* Exactly, or not at all: a seventh decimal would be lost. */
static enum decimal_result parse_decimal(struct sim_text t, int64_t *out)
{
    int64_t down = 0, up = 0;
    const enum decimal_result result = decimal_parse(t, MICRO, DECIMAL_DOWN, &down);
    if (result != DECIMAL_OK)
        return result;
    if (decimal_parse(t, MICRO, DECIMAL_UP, &up) != DECIMAL_OK || up != down)
        return DECIMAL_BAD;
    *out = down;
    return DECIMAL_OK;
}

static enum decimal_result parse_quantity(enum sim_option_type type, struct sim_text t,
                                          int64_t *out)
{
    switch (type) {
    case SIM_OPT_BOOL:
        return parse_bool(t, out);
    case SIM_OPT_INT:
        return decimal_int(t, out);
    case SIM_OPT_DECIMAL:
        return parse_decimal(t, out);
    case SIM_OPT_TIME:
        return quantity_time(t, out);
    case SIM_OPT_SIZE:
        return quantity_size(t, DECIMAL_NEAREST, out);
    case SIM_OPT_CHOICE:
    case SIM_OPT_TEXT:
        break;
    }
    check_failed(__FILE__, __LINE__, __func__, "the type is a number");
}

/* The k-th of "a|b|c", or false. */
static bool choice_at(const char *choices, size_t k, struct sim_text *out)
{
    const char *at = choices;
    for (; k > 0; k--) {
        at = strchr(at, '|');
        if (at == NULL)
            return false;
        at++;
    }
    *out = (struct sim_text){at, (uint32_t)strcspn(at, "|")};
    return true;
}

static bool parse_choice(const struct sim_option *row, struct sim_text t, int64_t *out,
                         struct sim_where where, struct sim_diag *diag)
{
    struct sim_text choice;
    char names[32][NEAREST_LEN_MAX + 1], asked[NEAREST_LEN_MAX + 1];
    const char *pointers[32];
    size_t n = 0;
    for (size_t k = 0; choice_at(row->choices, k, &choice); k++) {
        if (choice.len == t.len && memcmp(choice.at, t.at, t.len) == 0) {
            *out = (int64_t)k;
            return true;
        }
        if (n == sizeof pointers / sizeof pointers[0] || choice.len > NEAREST_LEN_MAX)
            continue;
        snprintf(names[n], sizeof names[n], "%.*s", (int)choice.len, choice.at);
        pointers[n] = names[n];
        n++;
    }
    snprintf(asked, sizeof asked, "%.*s", (int)t.len, t.at);
    const char *nearest = sim_nearest(asked, pointers, n);
    if (nearest != NULL)
        sim_hint(diag, "did you mean '%s'?", nearest);
    return sim_fail(diag, SIM_ERR_CONFIG, where, "%s: '%.*s' is not one of %s", row->key,
                    (int)t.len, t.at, row->choices);
}

/* `overflow`: the value is even beyond 64 bits. */
static bool check_bounds(const struct sim_option *row, struct sim_text t, int64_t value,
                         bool overflow, struct sim_where where, struct sim_diag *diag)
{
    const bool bounded = row->type != SIM_OPT_BOOL && (row->min != 0 || row->max != 0);
    const int64_t min = bounded ? row->min : INT64_MIN, max = bounded ? row->max : INT64_MAX;
    if (!overflow && value >= min && value <= max)
        return true;
    char low[64], high[64];
    option_value_str(row->type, min, low, sizeof low);
    option_value_str(row->type, max, high, sizeof high);
    if (max == INT64_MAX && !overflow)
        return sim_fail(diag, SIM_ERR_CONFIG, where, "%s: %.*s is below the least value, %s",
                        row->key, (int)t.len, t.at, low);
    return sim_fail(diag, SIM_ERR_CONFIG, where, "%s: %.*s is not between %s and %s", row->key,
                    (int)t.len, t.at, low, high);
}

static void hint_for(enum sim_option_type type, struct sim_text t, struct sim_diag *diag)
{
    if (type == SIM_OPT_SIZE && t.len > 1 && t.at[0] >= '0' && t.at[0] <= '9' &&
        strchr("kKMGTP", t.at[t.len - 1]) != NULL)
        sim_hint(diag, "write %.*siB for powers of 1024 or %.*sB for powers of 1000", (int)t.len,
                 t.at, (int)t.len, t.at);
}

const char *option_value_str(enum sim_option_type type, int64_t value, char *buf, size_t size)
{
    if (type == SIM_OPT_DECIMAL)
        return decimal_str(value, MICRO, 6, buf, size);
    if (type == SIM_OPT_TIME)
        return quantity_time_str(value, buf, size);
    if (type == SIM_OPT_SIZE)
        return quantity_size_str(value, buf, size);
    if (type == SIM_OPT_BOOL)
        snprintf(buf, size, "%s", value != 0 ? "true" : "false");
    else
        snprintf(buf, size, "%" PRId64, value);
    return buf;
}

bool sim_option_parse(const struct sim_option *row, const char *text, int64_t *out,
                      struct sim_where where, struct sim_diag *diag)
{
    const struct sim_text t = text_trim(text_of(text));
    if (row->type == SIM_OPT_TEXT) {
        *out = 0;
        return true;
    }
    if (row->type == SIM_OPT_CHOICE)
        return parse_choice(row, t, out, where, diag);
    int64_t value = 0;
    const enum decimal_result result = parse_quantity(row->type, t, &value);
    if (result == DECIMAL_BAD) {
        hint_for(row->type, t, diag);
        return sim_fail(diag, SIM_ERR_CONFIG, where, "%s: '%.*s' is not %s", row->key, (int)t.len,
                        t.at, type_name(row->type));
    }
    if (!check_bounds(row, t, value, result == DECIMAL_OVERFLOW, where, diag))
        return false;
    *out = value;
    return true;
}
