/* option.h - what settings.c needs of option.c beside the public part. */
#ifndef SIM_BASE_OPTION_H
#define SIM_BASE_OPTION_H
#include <simctl/option.h>

/* The canonical text of a value of a BOOL, INT, DECIMAL, TIME or SIZE row; it reads back equal. */
const char *option_value_str(enum sim_option_type type, int64_t value, char *buf, size_t size);
#endif
