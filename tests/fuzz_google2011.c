/* fuzz_google2011.c - any bytes as the three tables of a Google 2011 trace. Lines "====" separate
 * task_events, job_events and machine_events; what is missing is an empty table. */
#include "fuzz.h"

extern const struct sim_format sim_format_google2011;

static void write_table(const char *table, struct fuzz_case *c)
{
    static const char line[] = "====\n";
    char name[64];
    size_t len = 0;
    fuzz_path(table, true);
    snprintf(name, sizeof name, "%s/part-00000-of-00001.csv", table);
    while (len < c->size &&
           (len + sizeof line - 1 > c->size || memcmp(c->data + len, line, sizeof line - 1) != 0)) {
        len++;
    }
    fuzz_write(name, c->data, len);
    const size_t used = len < c->size ? len + sizeof line - 1 : len;
    c->data += used;
    c->size -= used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_case c = fuzz_case_of_format(&sim_format_google2011, data, size);
    write_table("task_events", &c);
    write_table("job_events", &c);
    write_table("machine_events", &c);
    fuzz_format(&sim_format_google2011, &c, fuzz_root);
    sim_settings_destroy(c.settings);
    return 0;
}
