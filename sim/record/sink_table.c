/* sink_table.c - the sinks, in alphabetical order; CMake lists the folder sinks/. */
#include <string.h>

#include "record/sink.h"

#define X(id) extern const struct sim_sink sim_sink_##id;
#include "sink_table.def"
#undef X

static const struct sim_sink *const sinks[] = {
#define X(id) &sim_sink_##id,
#include "sink_table.def"
#undef X
    NULL,
};

const struct sim_sink *sim_sink_at(size_t index)
{
    return index < sizeof sinks / sizeof sinks[0] ? sinks[index] : NULL;
}

const struct sim_sink *sim_sink_find(const char *name)
{
    for (size_t i = 0; sinks[i] != NULL; i++)
        if (strcmp(sinks[i]->name, name) == 0)
            return sinks[i];
    return NULL;
}
