/* command_table.c - the sub-commands, from the names of the files in commands/. */
#include "cli/command.h"

#include <string.h>

#define X(id) extern const struct command sim_command_##id;
#include "command_table.def"
#undef X

static const struct command *const table[] = {
#define X(id) &sim_command_##id,
#include "command_table.def"
#undef X
    NULL};

const struct command *sim_command_find(const char *name)
{
    for (size_t i = 0; table[i] != NULL; i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}

const struct command *sim_command_at(size_t index)
{
    const size_t n = sizeof table / sizeof table[0] - 1;
    return index < n ? table[index] : NULL;
}
