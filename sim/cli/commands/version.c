/* version.c - simctl version: what this program is made of. */
#include "base/json.h"
#include "cli/command.h"
#include "cli/libraries.h"
#include "simctl_build.h"

static int run(struct cli *c)
{
    struct library rows[LIBRARIES];
    libraries_list(rows);
    if (!c->json) {
        fprintf(c->out, "simctl %s%s%.12s%s\n%s, %s\n", SIMCTL_VERSION,
                SIMCTL_COMMIT[0] != 0 ? " " : "", SIMCTL_COMMIT,
                SIMCTL_DIRTY ? " with changes" : "", SIMCTL_COMPILER, SIMCTL_BUILD_TYPE);
        for (size_t i = 0; i < LIBRARIES; i++)
            fprintf(c->out, "%s %s%s", rows[i].name, rows[i].version,
                    i + 1 < LIBRARIES ? ", " : "\n");
        return 0;
    }
    struct json j;
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_text(&j, "version", SIMCTL_VERSION);
    jw_text(&j, "commit", SIMCTL_COMMIT[0] != 0 ? SIMCTL_COMMIT : NULL);
    jw_bool(&j, "dirty", SIMCTL_DIRTY);
    jw_text(&j, "compiler", SIMCTL_COMPILER);
    jw_text(&j, "build_type", SIMCTL_BUILD_TYPE);
    jw_object(&j, "libraries");
    for (size_t i = 0; i < LIBRARIES; i++)
        jw_text(&j, rows[i].name, rows[i].version);
    jw_end(&j);
    jw_end(&j);
    return 0;
}

const struct command sim_command_version = {
    .name = "version",
    .summary = "print version, commit, compiler and libraries",
    .usage = "[--json]",
    .examples = "simctl version\nsimctl version --json\n",
    .max_arguments = 0,
    .run = run,
};
