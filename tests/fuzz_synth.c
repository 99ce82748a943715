/* fuzz_synth.c - any options for the generator: the lines in front of the input, nothing else. */
#include "fuzz.h"

extern const struct sim_format sim_format_synth;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz_case c = fuzz_case_of_format(&sim_format_synth, data, size);
    struct fuzz_case trace = c;
    trace.role = SIM_ROLE_TRACE;
    fuzz_format(&sim_format_synth, &trace, "");
    sim_settings_destroy(c.settings);
    return 0;
}
