/* decimal.c - the digits of a decimal are split at its point. The integer part is summed from the
 * left with overflow checks. The fraction is summed from the right, dividing by ten at each step:
 * since floor((a + x) / 10) = floor((a + floor(x)) / 10) for an integer a, the floors nest without
 * error, and whether any step had a remainder tells whether the result is exact. */
#include "base/decimal.h"

#include "base/check.h"
#include "base/wide.h"

#include <inttypes.h>
#include <stdio.h>

#define EXPONENT_MAX 9999 /* Beyond it every number is 0 or an overflow. */

struct scan {
    const char *digits; /* First digit; the point may lie among them. */
    uint32_t len;       /* Bytes of digits and point. */
    uint32_t point;     /* Offset of the point in digits; len when there is none. */
    int32_t exponent;
    bool negative;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t skip_sign(struct sim_text text, uint32_t i, bool *negative)
{
    if (i >= text.len || (text.at[i] != '-' && text.at[i] != '+'))
        return i;
    *negative = text.at[i] == '-';
    return i + 1;
}

static bool scan_exponent(struct sim_text text, uint32_t i, int32_t *out)
{
    bool negative = false;
    i = skip_sign(text, i, &negative);
    if (i == text.len)
        return false;
    int32_t e = 0;
    for (; i < text.len && is_digit(text.at[i]); i++)
        e = e > EXPONENT_MAX ? e : e * 10 + (text.at[i] - '0');
    *out = negative ? -e : e;
    return i == text.len;
}

static bool scan_number(struct sim_text text, struct scan *s)
{
    *s = (struct scan){0};
    if (text.len == 0) /* Its pointer may be NULL. */
        return false;
    const uint32_t start = skip_sign(text, 0, &s->negative);
    uint32_t i = start, point = UINT32_MAX;
    for (; i < text.len && (is_digit(text.at[i]) || (text.at[i] == '.' && point == UINT32_MAX));
         i++) {
        if (text.at[i] == '.')
            point = i - start;
    }
    s->digits = text.at + start;
    s->len = i - start;
    s->point = point == UINT32_MAX ? s->len : point;
    if (s->len == (point != UINT32_MAX)) /* No digit at all. */
        return false;
    if (i < text.len && (text.at[i] == 'e' || text.at[i] == 'E'))
        return scan_exponent(text, i + 1, &s->exponent);
    return i == text.len;
}

/* Digit number i of the significand, counted without the point. */
static uint32_t digit_at(const struct scan *s, int64_t i)
{
    return (uint32_t)(s->digits[i < s->point ? i : i + 1] - '0');
}

/* Digits before the decimal point once the exponent has moved it. False = more than fits uint64. */
static bool integer_part(const struct scan *s, int64_t count, int64_t point, uint64_t *out)
{
    uint64_t v = 0;
    for (int64_t i = 0; i < point; i++) {
        if (i >= count && v == 0)
            break;
        const uint32_t d = i < count ? digit_at(s, i) : 0;
        if (v > (UINT64_MAX - d) / 10)
            return false;
        v = v * 10 + d;
    }
    *out = v;
    return true;
}

/* floor(fraction * scale), *exact = nothing was lost. scale <= 2 * DECIMAL_SCALE_MAX. */
static uint64_t fraction_part(const struct scan *s, int64_t count, int64_t point, uint64_t scale,
                              bool *exact)
{
    uint64_t x = 0;
    *exact = true;
    for (int64_t i = count - 1; i >= point && i >= 0; i--) {
        x += digit_at(s, i) * scale;
        *exact = *exact && x % 10 == 0;
        x /= 10;
    }
    for (int64_t zeros = point; zeros < 0 && x != 0; zeros++) {
        *exact = *exact && x % 10 == 0;
        x /= 10;
    }
    return x;
}

static enum decimal_result scaled(const struct scan *s, int64_t scale, enum decimal_round round,
                                  uint64_t *out)
{
    const int64_t count = s->point < s->len ? (int64_t)s->len - 1 : s->len;
    const int64_t point = (int64_t)s->point + s->exponent;
    uint64_t whole = 0;
    bool exact;
    if (!integer_part(s, count, point, &whole))
        return DECIMAL_OVERFLOW;
    /* Twice the value, so that its last bit says which half the rest lies in. */
    const uint64_t twice = fraction_part(s, count, point, 2 * (uint64_t)scale, &exact);
    uint64_t part = twice / 2;
    if (round == DECIMAL_NEAREST)
        part += twice % 2;
    else if ((round == DECIMAL_UP) != s->negative)
        part += twice % 2 != 0 || !exact;
    const uint64_t limit = (uint64_t)INT64_MAX + s->negative;
    if (part > limit || whole > (limit - part) / (uint64_t)scale)
        return DECIMAL_OVERFLOW;
    *out = whole * (uint64_t)scale + part;
    return DECIMAL_OK;
}

static int64_t with_sign(uint64_t magnitude, bool negative)
{
    return negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
}

enum decimal_result decimal_parse(struct sim_text text, int64_t scale, enum decimal_round round,
                                  int64_t *out)
{
    CHECK(scale > 0 && scale <= DECIMAL_SCALE_MAX);
    struct scan s;
    uint64_t magnitude = 0;
    if (!scan_number(text, &s))
        return DECIMAL_BAD;
    const enum decimal_result result = scaled(&s, scale, round, &magnitude);
    if (result == DECIMAL_OK)
        *out = with_sign(magnitude, s.negative);
    return result;
}

enum decimal_result decimal_int(struct sim_text text, int64_t *out)
{
    bool negative = false, overflow = false;
    uint32_t i = skip_sign(text, 0, &negative);
    if (i == text.len)
        return DECIMAL_BAD;
    const uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t v = 0;
    for (; i < text.len && is_digit(text.at[i]); i++) {
        const uint32_t d = (uint32_t)(text.at[i] - '0');
        overflow = overflow || v > (limit - d) / 10;
        v = overflow ? 0 : v * 10 + d;
    }
    if (i < text.len)
        return DECIMAL_BAD;
    if (overflow)
        return DECIMAL_OVERFLOW;
    *out = with_sign(v, negative);
    return DECIMAL_OK;
}

/* ---- integers to text ----------------------------------------------------------------------- */

static uint64_t magnitude_of(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

const char *decimal_str(int64_t value, int64_t scale, int places, char *buf, size_t size)
{
    CHECK(scale > 0 && places >= 0 && places <= 18 && size > 0);
    const uint64_t magnitude = magnitude_of(value);
    uint64_t whole = magnitude / (uint64_t)scale;
    int64_t power = 1;
    for (int i = 0; i < places; i++)
        power *= 10;
    const int64_t rest = (int64_t)(magnitude % (uint64_t)scale);
    int64_t part = sim_muldiv(rest, power, scale);
    const int64_t twice = sim_muldiv(rest, 2 * power, scale); /* Odd from the half on. */
    part += twice - 2 * part;
    if (part == power) {
        whole++;
        part = 0;
    }
    const bool negative = value < 0 && (whole != 0 || part != 0);
    const char *sign = negative ? "-" : "";
    while (places > 0 && part % 10 == 0) {
        part /= 10;
        places--;
    }
    if (places == 0)
        snprintf(buf, size, "%s%" PRIu64, sign, whole);
    else
        snprintf(buf, size, "%s%" PRIu64 ".%0*" PRId64, sign, whole, places, part);
    return buf;
}

/* Below one minute: the largest unit that leaves a digit before the point. */
static void short_time(uint64_t us, char *buf, size_t size)
{
    const int64_t unit = us >= 1000000 ? 1000000 : us >= 1000 ? 1000 : 1;
    char number[32];
    decimal_str((int64_t)us, unit, 6, number, sizeof number);
    const char *name = unit == 1000000 || us == 0 ? "s" : unit == 1000 ? "ms" : "us";
    snprintf(buf, size, "%s%s", number, name);
}

const char *time_str(sim_time us, char *buf, size_t size)
{
    CHECK(size > 0);
    if (us == SIM_NEVER) {
        snprintf(buf, size, "never");
        return buf;
    }
    const uint64_t magnitude = magnitude_of(us);
    const char *sign = us < 0 ? "-" : "";
    const uint64_t s = magnitude / 1000000;
    const uint64_t d = s / 86400, h = s / 3600 % 24, m = s / 60 % 60;
    char text[64];
    if (s < 60)
        short_time(magnitude, text, sizeof text);
    else if (d != 0)
        snprintf(text, sizeof text, "%" PRIu64 "d %" PRIu64 "h %02" PRIu64 "m %02" PRIu64 "s", d, h,
                 m, s % 60);
    else if (h != 0)
        snprintf(text, sizeof text, "%" PRIu64 "h %02" PRIu64 "m %02" PRIu64 "s", h, m, s % 60);
    else
        snprintf(text, sizeof text, "%" PRIu64 "m %02" PRIu64 "s", m, s % 60);
    snprintf(buf, size, "%s%s", sign, text);
    return buf;
}

const char *plural(uint64_t n, const char *ending)
{
    return n == 1 ? "" : ending;
}

const char *bytes_str(int64_t bytes, char *buf, size_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    CHECK(size > 0);
    const uint64_t magnitude = magnitude_of(bytes);
    unsigned u = 0;
    while (u + 1 < sizeof units / sizeof units[0] && magnitude >> (10 * (u + 1)) != 0)
        u++;
    char number[32];
    decimal_str(bytes, INT64_C(1) << (10 * u), 2, number, sizeof number);
    snprintf(buf, size, "%s %s", number, units[u]);
    return buf;
}
