/* decimal.h - decimal text to exact integers, and back. No locale, no floating point. */
#ifndef SIM_BASE_DECIMAL_H
#define SIM_BASE_DECIMAL_H
#include <stdbool.h>
#include <stdint.h>

#include <simctl/types.h>

/* UP = towards plus infinity, DOWN = towards minus infinity, NEAREST: halves away from zero. */
enum decimal_round { DECIMAL_UP, DECIMAL_DOWN, DECIMAL_NEAREST };
enum decimal_result { DECIMAL_OK, DECIMAL_BAD, DECIMAL_OVERFLOW };

#define DECIMAL_SCALE_MAX INT64_C(100000000000000000) /* 10^17 */

/* "0.0625" with scale 1000000 -> 62500; exponents are read ("9.155e-05"). The whole text must be
 * the number; value * scale is rounded as asked, exactly, however many digits there are. 0 < scale
 * <= DECIMAL_SCALE_MAX. *out is written only with DECIMAL_OK. */
enum decimal_result decimal_parse(struct sim_text text, int64_t scale, enum decimal_round round,
                                  int64_t *out);
/* Plain integer, optional sign, whole text. */
enum decimal_result decimal_int(struct sim_text text, int64_t *out);
/* value / scale with at most `places` (<= 18) decimals, trailing zeros cut: (1250, 1000) -> "1.25".
 * Halves away from zero. */
const char *decimal_str(int64_t value, int64_t scale, int places, char *buf, size_t size);
/* 93784000000 us -> "1d 2h 03m 04s"; below a minute "4.25s", "250ms", "12us"; from a minute on the
 * fraction of a second is dropped; SIM_NEVER -> "never". */
const char *time_str(sim_time us, char *buf, size_t size);
/* What makes a noun fit its number: "%u row%s", n, plural(n, "s"). Nothing for 1, else `ending`. */
const char *plural(uint64_t n, const char *ending);
/* 12884901888 -> "12 GiB", two decimals at most. */
const char *bytes_str(int64_t bytes, char *buf, size_t size);
#endif
