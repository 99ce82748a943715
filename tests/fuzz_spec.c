/* fuzz_spec.c - any text as a cluster on the command line. */
#include "fuzz.h"

extern const struct sim_format sim_format_spec;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_case c = fuzz_case_of_format(&sim_format_spec, data, size);
    char *text = mem_text((const char *)c.data, c.size);
    c.role = SIM_ROLE_CLUSTER;
    fuzz_format(&sim_format_spec, &c, text);
    mem_free(text);
    sim_settings_destroy(c.settings);
    return 0;
}
