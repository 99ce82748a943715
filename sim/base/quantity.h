/* quantity.h - times and sizes as people write them, to exact integers and back. */
#ifndef SIM_BASE_QUANTITY_H
#define SIM_BASE_QUANTITY_H
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"

/* "90" (seconds), "90s", "1.5h", "2d4h", "1h 30m", "250ms", "10us", a sign in front ->
 * microseconds. Units must go down. DECIMAL_BAD also when it is no whole number of microseconds. */
enum decimal_result quantity_time(struct sim_text text, sim_time *out);
/* "512", "512B", "64KiB", "1.5 GiB" (powers of 1024), "2GB" (powers of 1000) -> bytes, rounded as
 * asked. "2G" is DECIMAL_BAD, since people mean either by it. */
enum decimal_result quantity_size(struct sim_text text, enum decimal_round round, int64_t *out);

/* The shortest text that reads back equal: 5400000000 -> "1h30m", 65536 -> "64KiB". */
const char *quantity_time_str(sim_time us, char *buf, size_t size);
const char *quantity_size_str(int64_t bytes, char *buf, size_t size);
#endif
