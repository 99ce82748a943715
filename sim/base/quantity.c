/* quantity.c - number and unit pairs, summed with overflow checks. */
#include "base/quantity.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit time_units[] = {
    {"d", INT64_C(86400000000)},
    {"h", INT64_C(3600000000)},
    {"m", 60000000},
    {"s", 1000000},
    {"ms", 1000},
    {"us", 1},
};

/* Binary before decimal: the writer prefers the first of two equally short texts. */
static const struct unit size_units[] = {
    {"PiB", INT64_C(1) << 50},      {"TiB", INT64_C(1) << 40},   {"GiB", INT64_C(1) << 30},
    {"MiB", INT64_C(1) << 20},      {"KiB", INT64_C(1) << 10},   {"PB", INT64_C(1000000000000000)},
    {"TB", INT64_C(1000000000000)}, {"GB", INT64_C(1000000000)}, {"MB", INT64_C(1000000)},
    {"kB", INT64_C(1000)},          {"KB", INT64_C(1000)},       {"B", 1},
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

static uint32_t skip_blanks(struct sim_text t, uint32_t i)
{
    while (i < t.len && (t.at[i] == ' ' || t.at[i] == '\t'))
        i++;
    return i;
}

/* The next "number unit" of t from *at on; the unit may be missing (len 0). False = no number. */
static bool next_pair(struct sim_text t, uint32_t *at, struct sim_text *number,
                      struct sim_text *unit)
{
    uint32_t i = *at;
    if (i == t.len) /* An empty text may be a NULL pointer. */
        return false;
    while (i < t.len && in_number(t.at[i]))
        i++;
    *number = (struct sim_text){t.at + *at, i - *at};
    i = skip_blanks(t, i);
    const uint32_t start = i;
    while (i < t.len && !in_number(t.at[i]) && t.at[i] != ' ' && t.at[i] != '\t')
        i++;
    *unit = (struct sim_text){t.at + start, i - start};
    *at = skip_blanks(t, i);
    return number->len != 0;
}

/* Index of a unit's name, or n. */
static size_t unit_find(const struct unit *units, size_t n, struct sim_text name)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(units[i].name) == name.len && memcmp(units[i].name, name.at, name.len) == 0)
            return i;
    }
    return n;
}

/* number * factor as a whole number; DECIMAL_BAD when it is none. */
static enum decimal_result whole_product(struct sim_text number, int64_t factor, int64_t *out)
{
    int64_t down = 0, up = 0;
    const enum decimal_result result = decimal_parse(number, factor, DECIMAL_DOWN, &down);
    if (result != DECIMAL_OK)
        return result;
    if (decimal_parse(number, factor, DECIMAL_UP, &up) != DECIMAL_OK || up != down)
        return DECIMAL_BAD;
    *out = down;
    return DECIMAL_OK;
}

/* Sum of the pairs of t, which carries no sign. */
static enum decimal_result time_sum(struct sim_text t, int64_t *out)
{
    uint32_t at = 0;
    size_t last = 0; /* Units below this index are still allowed. */
    *out = 0;
    do {
        struct sim_text number, name;
        if (!next_pair(t, &at, &number, &name))
            return DECIMAL_BAD;
        size_t unit = unit_find(time_units, COUNT_OF(time_units), name);
        if (name.len == 0 && number.len == t.len)
            unit = unit_find(time_units, COUNT_OF(time_units), (struct sim_text){"s", 1});
        if (unit == COUNT_OF(time_units) || unit < last)
            return DECIMAL_BAD;
        last = unit + 1;
        int64_t part = 0;
        const enum decimal_result result = whole_product(number, time_units[unit].factor, &part);
        if (result != DECIMAL_OK)
            return result;
        if (part > SIM_NEVER - 1 - *out)
            return DECIMAL_OVERFLOW;
        *out += part;
    } while (at < t.len);
    return DECIMAL_OK;
}

static struct sim_text without_sign(struct sim_text t, bool *negative)
{
    *negative = t.len > 0 && t.at[0] == '-';
    if (t.len > 0 && (t.at[0] == '-' || t.at[0] == '+'))
        return (struct sim_text){t.at + 1, t.len - 1};
    return t;
}

enum decimal_result quantity_time(struct sim_text text, sim_time *out)
{
    bool negative;
    int64_t sum = 0;
    const enum decimal_result result = time_sum(without_sign(text, &negative), &sum);
    if (result == DECIMAL_OK)
        *out = negative ? -sum : sum;
    return result;
}

enum decimal_result quantity_size(struct sim_text text, enum decimal_round round, int64_t *out)
{
    bool negative;
    const struct sim_text t = without_sign(text, &negative);
    if (negative && round != DECIMAL_NEAREST)
        round = round == DECIMAL_UP ? DECIMAL_DOWN : DECIMAL_UP;
    struct sim_text number, name;
    uint32_t at = 0;
    if (!next_pair(t, &at, &number, &name) || at < t.len)
        return DECIMAL_BAD;
    if (name.len == 0)
        name = (struct sim_text){"B", 1};
    const size_t unit = unit_find(size_units, COUNT_OF(size_units), name);
    if (unit == COUNT_OF(size_units))
        return DECIMAL_BAD;
    int64_t bytes = 0;
    const enum decimal_result result =
        decimal_parse(number, size_units[unit].factor, round, &bytes);
    if (result == DECIMAL_OK)
        *out = negative ? -bytes : bytes;
    return result;
}

const char *quantity_time_str(sim_time us, char *buf, size_t size)
{
    CHECK(size > 0);
    if (us == 0) {
        snprintf(buf, size, "0s");
        return buf;
    }
    uint64_t left = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    size_t len = 0;
    snprintf(buf, size, "%s", us < 0 ? "-" : "");
    for (size_t i = 0; i < COUNT_OF(time_units); i++) {
        const uint64_t n = left / (uint64_t)time_units[i].factor;
        left %= (uint64_t)time_units[i].factor;
        len = strlen(buf);
        if (n != 0)
            snprintf(buf + len, size - len, "%" PRIu64 "%s", n, time_units[i].name);
    }
    return buf;
}

const char *quantity_size_str(int64_t bytes, char *buf, size_t size)
{
    CHECK(size > 0);
    snprintf(buf, size, "%" PRId64, bytes);
    size_t best = bytes == 0 ? 0 : strlen(buf);
    for (size_t i = 0; i < COUNT_OF(size_units); i++) {
        if (bytes % size_units[i].factor != 0 || size_units[i].factor == 1)
            continue;
        char text[32];
        const int len = snprintf(text, sizeof text, "%" PRId64, bytes / size_units[i].factor);
        if ((size_t)len < best) {
            best = (size_t)len;
            snprintf(buf, size, "%s%s", text, size_units[i].name);
        }
    }
    return buf;
}
