/* fuzz_config.c - any bytes as a YAML configuration: read, or refused with a place. */
#include "fuzz.h"

#include "cli/config.h"

static void seen(void *self, const struct sim_diag *diag)
{
    char text[1024];
    CHECK(diag->err != SIM_ERR_OK && diag->text[0] != '\0');
    sim_diag_str(diag, text, sizeof text);
    ++*(size_t *)self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config = {0};
    struct sim_diag first = {0};
    size_t count = 0;
    struct config_errors errors = {seen, &count, &first, 0};
    const bool good = config_read(&config, fuzz_write("config.yaml", data, size), &errors);
    CHECK(good == (first.err == SIM_ERR_OK) && count == errors.count && good == (count == 0));
    for (size_t i = 0; i < config.count; i++) {
        CHECK(config.entries[i].key[0] != '\0' && config.entries[i].text != NULL);
        for (size_t k = 0; k < i; k++) {
            CHECK(strcmp(config.entries[i].key, config.entries[k].key) != 0);
        }
    }
    config_fini(&config);
    return 0;
}
