/* tables.c - policies, schedulers, presets and formats, from the names of their files. */
#include <string.h>

#include <simctl/policy.h>
#include <simctl/scheduler.h>
#include <simctl/trace.h>

#define X(id) extern const struct sim_policy sim_policy_##id;
#include "policy_table.def"
#undef X
#define X(id) extern const struct sim_scheduler sim_scheduler_##id;
#include "scheduler_table.def"
#undef X
#define X(id) extern const struct sim_preset sim_preset_##id;
#include "preset_table.def"
#undef X
#define X(id) extern const struct sim_format sim_format_##id;
#include "format_table.def"
#undef X

static const struct sim_policy *const policies[] = {
#define X(id) &sim_policy_##id,
#include "policy_table.def"
#undef X
    NULL};
static const struct sim_scheduler *const schedulers[] = {
#define X(id) &sim_scheduler_##id,
#include "scheduler_table.def"
#undef X
    NULL};
static const struct sim_preset *const presets[] = {
#define X(id) &sim_preset_##id,
#include "preset_table.def"
#undef X
    NULL};
static const struct sim_format *const formats[] = {
#define X(id) &sim_format_##id,
#include "format_table.def"
#undef X
    NULL};

/* One pair of functions per table: by index, and by name. */
#define TABLE(kind, table)                                                                         \
    const struct sim_##kind *sim_##kind##_at(size_t index)                                         \
    {                                                                                              \
        return index + 1 < sizeof(table) / sizeof((table)[0]) ? (table)[index] : NULL;             \
    }                                                                                              \
    const struct sim_##kind *sim_##kind##_find(const char *name)                                   \
    {                                                                                              \
        for (size_t i = 0; (table)[i] != NULL; i++) {                                              \
            if (strcmp((table)[i]->name, name) == 0) {                                             \
                return (table)[i];                                                                 \
            }                                                                                      \
        }                                                                                          \
        return NULL;                                                                               \
    }

TABLE(policy, policies)
TABLE(scheduler, schedulers)
TABLE(preset, presets)
TABLE(format, formats)
