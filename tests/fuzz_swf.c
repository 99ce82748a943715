/* fuzz_swf.c - any bytes as a file of the format swf: read, or refused with a reason. */
#include "fuzz.h"

extern const struct sim_format sim_format_swf;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_file_format(&sim_format_swf, data, size);
}
