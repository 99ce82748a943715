/* setup_rerun.c - a recorded run set up once more. An explanation that is recomputed from another
 * input than the recorded one would be wrong without anybody noticing, so every file is compared
 * first. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/mem.h"
#include "cli/setup_inputs.h"
#include "record/hex.h"

#define READ_BYTES (UINT32_C(256) << 10)

/* False when the file cannot be read. */
static bool digest(const char *path, uint64_t *bytes, char hex[HEX_128])
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return false;
    char *buf = MEM_NEW(char, READ_BYTES);
    XXH3_state_t *state = XXH3_createState();
    CHECK(state != NULL);
    XXH3_128bits_reset(state);
    *bytes = 0;
    for (size_t n; (n = fread(buf, 1, READ_BYTES, in)) > 0; *bytes += n)
        XXH3_128bits_update(state, buf, n);
    hex_128(XXH3_128bits_digest(state), hex);
    const bool ok = ferror(in) == 0;
    XXH3_freeState(state);
    mem_free(buf);
    fclose(in);
    return ok;
}

/* The manifest has paths as they were given, relative to a directory that is not known any more;
 * the configuration has them absolute. "logs/part-1" of an input given as "logs" ->
 * "/data/logs/part-1". */
static char *located(const char *file, const char *given, const char *absolute)
{
    const size_t len = strlen(given);
    if (file[0] == '/' || strncmp(file, given, len) != 0)
        return mem_text(file, strlen(file));
    const size_t size = strlen(absolute) + strlen(file + len) + 1;
    char *path = MEM_NEW(char, size);
    snprintf(path, size, "%s%s", absolute, file + len);
    return path;
}

static bool check_file(const char *path, const json_t *recorded, struct sim_diag *diag)
{
    const char *was = json_string_value(json_object_get(recorded, "xxh3_128"));
    const struct sim_where where = {path, 0, 0};
    uint64_t bytes;
    char now[HEX_128];
    if (was == NULL)
        return true; /* A text such as 12x8,32GiB: the settings hold it. */
    if (!digest(path, &bytes, now))
        return sim_fail(diag, SIM_ERR_IO, where, "an input of the run cannot be read any more");
    if (strcmp(was, now) == 0)
        return true;
    sim_hint(diag, "put the file back as it was, or run again");
    return sim_fail(diag, SIM_ERR_IO, where,
                    "the file changed since the run: %" PRIu64
                    " bytes with digest %.8s, now %" PRIu64 " bytes with %.8s",
                    (uint64_t)json_integer_value(json_object_get(recorded, "bytes")), was, bytes,
                    now);
}

static bool check_input(const json_t *input, const char *absolute, struct sim_diag *diag)
{
    const char *given = json_string_value(json_object_get(input, "path"));
    size_t i;
    const json_t *file;
    if (given != NULL && strcmp(given, "-") == 0)
        return sim_fail(diag, SIM_ERR_IO, SIM_NOWHERE,
                        "the run read standard input, so it cannot be executed again");
    json_array_foreach(json_object_get(input, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "path"));
        char *path = located(name != NULL ? name : "", given != NULL ? given : "", absolute);
        const bool ok = check_file(path, file, diag);
        mem_free(path);
        if (!ok)
            return false;
    }
    return true;
}

/* Where the input of a role lies now; NULL for the configuration, which the settings replace. */
static const char *path_of(const struct setup *s, const char *role)
{
    struct sim_setting row;
    const char *path = NULL;
    if (strcmp(role, "trace") == 0)
        return s->trace_path;
    if (strcmp(role, "cluster") == 0)
        return s->cluster_path;
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++)
        if (strcmp(row.option->key, role) == 0 && setup_is_input(row.option) && row.text[0] != 0)
            setup_input(row.text, &path);
    return path;
}

static bool check_inputs(const struct setup *s, const json_t *manifest, struct sim_diag *diag)
{
    size_t i;
    const json_t *input;
    json_array_foreach(json_object_get(manifest, "inputs"), i, input)
    {
        const char *role = json_string_value(json_object_get(input, "role"));
        const char *path = role != NULL ? path_of(s, role) : NULL;
        if (path != NULL && !check_input(input, path, diag))
            return false;
    }
    return true;
}

bool setup_from_run(struct setup *s, struct rundir *run, struct sim_diag *diag)
{
    const char *dir = rundir_path(run);
    const size_t size = strlen(dir) + sizeof "/config.resolved.yaml";
    char *path = MEM_NEW(char, size);
    snprintf(path, size, "%s/config.resolved.yaml", dir);
    const bool ok = setup_resolve_file(s, path, diag);
    mem_free(path);
    if (!ok)
        return false;
    const json_t *manifest = rundir_manifest(run);
    if (manifest == NULL)
        return sim_fail(diag, SIM_ERR_IO, (struct sim_where){dir, 0, 0},
                        "there is no manifest.json, so the inputs cannot be compared");
    return check_inputs(s, manifest, diag);
}
