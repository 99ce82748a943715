/* fuzz_openb.c - any bytes as a file of the format openb: read, or refused with a reason. */
#include "fuzz.h"

extern const struct sim_format sim_format_openb;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_file_format(&sim_format_openb, data, size);
}
