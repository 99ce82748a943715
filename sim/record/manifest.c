/* manifest.c - manifest.json: everything that is needed to say what a run was, and to do it again.
 * The digests of inputs are those of the bytes as stored, so that a changed trace shows. */
#include "record/manifest.h"

#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <inttypes.h>
#include <jansson.h>
#include <libdeflate.h>
#include <msgpack.h>
#include <string.h>
#include <time.h>
#include <uv.h>
#include <xxhash.h>

#include <simctl/simctl.h>

#include "base/check.h"
#include "base/json.h"
#include "base/mem.h"
#include "record/file.h"
#include "record/hex.h"
#include "simctl_build.h"

#define SCHEMA "simctl/1"
#define READ_BYTES (UINT32_C(256) << 10)

/* ---- digests of the inputs ------------------------------------------------------------------ */

struct digest_file {
    const char *path;
    bool known; /* False for a pipe, a specification, or a file that is gone. */
    uint64_t bytes;
    char hex[HEX_128];
};
struct digest_input {
    struct digest_file *files;
    size_t count;
    bool known;
    uint64_t bytes;
    char hex[HEX_128]; /* Of the one file, or of the digests of all. */
};

static bool file_hash(struct digest_file *f)
{
    FILE *in = strcmp(f->path, "-") == 0 ? NULL : fopen(f->path, "rb");
    if (in == NULL)
        return false;
    char *buf = mem_alloc(READ_BYTES, 1);
    XXH3_state_t *state = XXH3_createState();
    CHECK(state != NULL);
    XXH3_128bits_reset(state);
    for (size_t n; (n = fread(buf, 1, READ_BYTES, in)) > 0; f->bytes += n)
        XXH3_128bits_update(state, buf, n);
    hex_128(XXH3_128bits_digest(state), f->hex);
    const bool good = ferror(in) == 0;
    XXH3_freeState(state);
    mem_free(buf);
    (void)fclose(in);
    return good;
}

/* What an earlier call wrote into this run's manifest, so that a large trace is hashed once. */
static bool file_recall(struct digest_file *f, const json_t *before)
{
    size_t i, k;
    const json_t *input, *file;
    json_array_foreach(json_object_get(before, "inputs"), i, input)
    {
        json_array_foreach(json_object_get(input, "files"), k, file)
        {
            const char *path = json_string_value(json_object_get(file, "path"));
            const char *hex = json_string_value(json_object_get(file, "xxh3_128"));
            if (path == NULL || hex == NULL || strcmp(path, f->path) != 0 ||
                strlen(hex) + 1 != sizeof f->hex)
                continue;
            memcpy(f->hex, hex, sizeof f->hex);
            f->bytes = (uint64_t)json_integer_value(json_object_get(file, "bytes"));
            return true;
        }
    }
    return false;
}

static void input_digest(struct digest_input *d, const struct manifest_input *in,
                         const json_t *before)
{
    const struct sim_trace_info *info = in->info;
    d->count = info == NULL ? 1 : info->input_count;
    d->files = MEM_NEW(struct digest_file, d->count);
    d->known = d->count > 0;
    XXH3_state_t *all = XXH3_createState();
    CHECK(all != NULL);
    XXH3_128bits_reset(all);
    for (size_t i = 0; i < d->count; i++) {
        struct digest_file *f = &d->files[i];
        f->path = info == NULL ? in->path : info->inputs[i];
        f->known = file_recall(f, before) || file_hash(f);
        d->known = d->known && f->known;
        d->bytes += f->bytes;
        XXH3_128bits_update(all, f->hex, strlen(f->hex));
    }
    hex_128(XXH3_128bits_digest(all), d->hex);
    if (d->count == 1)
        memcpy(d->hex, d->files[0].hex, sizeof d->hex);
    XXH3_freeState(all);
}

/* The manifest that this run left when it started, or NULL. */
static json_t *manifest_before(const char *dir, const char *started)
{
    char *path = file_name(dir, "/manifest.json");
    json_t *value = json_load_file(path, 0, NULL);
    mem_free(path);
    const char *of = json_string_value(json_object_get(value, "started"));
    if (of != NULL && strcmp(of, started) == 0)
        return value;
    json_decref(value);
    return NULL;
}

/* ---- the parts ------------------------------------------------------------------------------ */

static const char *utc(int64_t unix_s, char *buf, size_t size)
{
    const time_t t = (time_t)unix_s;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        buf[0] = '\0';
    return buf;
}

static void hash_text(XXH3_state_t *s, const char *text)
{
    XXH3_128bits_update(s, text, strlen(text) + 1); /* With its NUL, so that fields cannot merge. */
}

/* A setting that says where an input lies, or how the run is called: the bytes of the input count,
 * and not their place. */
static bool is_place(const struct manifest *m, const char *key)
{
    if (strcmp(key, "name") == 0)
        return true;
    for (size_t i = 0; i < m->input_count; i++)
        if (strcmp(m->inputs[i].role, key) == 0)
            return true;
    return false;
}

/* The configuration is left out: the settings say what it said. Of a stream nobody knows whether it
 * was the same one, so such a run is only equal to itself. */
static void hash_input(XXH3_state_t *s, const struct manifest_input *in,
                       const struct digest_input *d, const char *started)
{
    if (strcmp(in->role, "config") == 0)
        return;
    hash_text(s, in->role);
    hash_text(s, in->format);
    hash_text(s, d->known ? d->hex : in->path);
    if (strcmp(in->path, "-") == 0)
        hash_text(s, started);
}

/* Equal for runs that must come out equal, wherever their files lie. */
static void run_id(const struct manifest *m, const struct digest_input *digests,
                   const char *started, char out[HEX_128])
{
    XXH3_state_t *s = XXH3_createState();
    CHECK(s != NULL);
    XXH3_128bits_reset(s);
    char seed[24];
    (void)snprintf(seed, sizeof seed, "%" PRIu64, m->seed);
    hash_text(s, SIMCTL_VERSION);
    hash_text(s, m->policy);
    hash_text(s, m->scheduler);
    hash_text(s, seed);
    struct sim_setting setting;
    for (size_t i = 0; sim_settings_at(m->settings, i, &setting); i++) {
        if (is_place(m, setting.option->key))
            continue;
        hash_text(s, setting.option->key);
        hash_text(s, setting.text);
    }
    for (size_t i = 0; i < m->input_count; i++)
        hash_input(s, &m->inputs[i], &digests[i], started);
    hex_128(XXH3_128bits_digest(s), out);
    XXH3_freeState(s);
}

static void write_host(struct json *j)
{
    uv_cpu_info_t *cpus = NULL;
    int n = 0;
    uv_utsname_t os;
    jw_object(j, "host");
    if (uv_cpu_info(&cpus, &n) == 0 && n > 0) {
        jw_text(j, "cpu", cpus[0].model);
        jw_int(j, "cpus", n);
    }
    uv_free_cpu_info(cpus, n);
    jw_uint(j, "memory_bytes", uv_get_total_memory());
    if (uv_os_uname(&os) == 0) {
        char text[sizeof os.sysname + sizeof os.release + sizeof os.machine + 2];
        (void)snprintf(text, sizeof text, "%s %s %s", os.sysname, os.release, os.machine);
        jw_text(j, "os", text);
    }
    jw_end(j);
}

static void write_engine(struct json *j)
{
    char version[32];
    jw_object(j, "engine");
    jw_text(j, "version", SIMCTL_VERSION);
    jw_text(j, "commit", SIMCTL_COMMIT[0] == '\0' ? NULL : SIMCTL_COMMIT);
    jw_bool(j, "dirty", SIMCTL_DIRTY);
    jw_text(j, "compiler", SIMCTL_COMPILER);
    jw_text(j, "build_type", SIMCTL_BUILD_TYPE);
    jw_object(j, "libs");
    jw_text(j, "gsl", GSL_VERSION);
    (void)snprintf(version, sizeof version, "%d.%d.%d", H5_VERS_MAJOR, H5_VERS_MINOR,
                   H5_VERS_RELEASE);
    jw_text(j, "hdf5", version);
    jw_text(j, "jansson", JANSSON_VERSION);
    jw_text(j, "libdeflate", LIBDEFLATE_VERSION_STRING);
    jw_text(j, "libuv", uv_version_string());
    jw_text(j, "msgpack", msgpack_version());
    const unsigned xxh = XXH_versionNumber();
    (void)snprintf(version, sizeof version, "%u.%u.%u", xxh / 10000, xxh / 100 % 100, xxh % 100);
    jw_text(j, "xxhash", version);
    jw_end(j);
    jw_end(j);
}

static void write_settings(struct json *j, const struct sim_settings *settings)
{
    struct sim_setting s;
    jw_object(j, "settings");
    for (size_t i = 0; sim_settings_at(settings, i, &s); i++) {
        jw_object(j, s.option->key);
        jw_text(j, "value", s.text);
        jw_text(j, "origin", sim_origin_name(s.origin));
        jw_end(j);
    }
    jw_end(j);
}

static void write_findings(struct json *j, const struct sim_findings *findings)
{
    static const char *const severities[] = {
        [SIM_NOTE] = "note", [SIM_REPAIR] = "repair", [SIM_ERROR] = "error"};
    jw_array(j, "findings");
    for (size_t i = 0; findings != NULL && i < sim_findings_count(findings); i++) {
        const struct sim_finding *f = sim_findings_at(findings, i);
        jw_object(j, NULL);
        jw_text(j, "id", f->kind->id);
        jw_text(j, "severity", severities[f->kind->severity]);
        jw_uint(j, "count", f->count);
        jw_text(j, "statement", f->kind->statement);
        jw_array(j, "examples");
        for (size_t e = 0; e < SIM_FINDING_EXAMPLES && f->example[e][0] != '\0'; e++)
            jw_text(j, NULL, f->example[e]);
        jw_end(j);
        jw_end(j);
    }
    jw_end(j);
}

static void write_digest(struct json *j, bool known, uint64_t bytes, const char *hex)
{
    if (known)
        jw_uint(j, "bytes", bytes);
    else
        jw_null(j, "bytes");
    jw_text(j, "xxh3_128", known ? hex : NULL);
}

static void write_input(struct json *j, const struct manifest_input *in,
                        const struct digest_input *d)
{
    jw_object(j, NULL);
    jw_text(j, "role", in->role);
    jw_text(j, "format", in->format);
    jw_text(j, "path", in->path);
    write_digest(j, d->known, d->bytes, d->hex);
    if (in->info != NULL)
        jw_uint(j, "rows", in->info->rows);
    jw_uint(j, "file_count", d->count);
    jw_array(j, "files");
    for (size_t i = 0; i < d->count; i++) {
        jw_object(j, NULL);
        jw_text(j, "path", d->files[i].path);
        write_digest(j, d->files[i].known, d->files[i].bytes, d->files[i].hex);
        jw_end(j);
    }
    jw_end(j);
    write_findings(j, in->findings);
    jw_end(j);
}

static void write_units(struct json *j, const struct sim_units *units)
{
    jw_object(j, "units");
    for (unsigned d = 0; units != NULL && d < SIM_DIMS; d++) {
        if (units->name[d] == NULL)
            continue;
        jw_object(j, sim_dim_name(d));
        jw_text(j, "name", units->name[d]);
        jw_int(j, "per_unit", units->per_unit[d]);
        jw_end(j);
    }
    jw_end(j);
}

static void write_digests(struct json *j, const struct recorder_digests *digests)
{
    if (digests == NULL) {
        jw_null(j, "digest");
        jw_null(j, "rows");
        return;
    }
    jw_object(j, "digest");
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        jw_text(j, sim_table_info((enum sim_table)t)->name, digests->table[t]);
    jw_text(j, "all", digests->all);
    jw_end(j);
    jw_object(j, "rows");
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        jw_uint(j, sim_table_info((enum sim_table)t)->name, digests->rows[t]);
    jw_end(j);
}

static uint64_t repairs(const struct manifest *m)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->input_count; i++)
        if (m->inputs[i].findings != NULL)
            sum += sim_findings_total(m->inputs[i].findings, SIM_REPAIR);
    return sum;
}

static void write_all(struct json *j, const struct manifest *m, const struct digest_input *digests,
                      const char *started)
{
    char text[32], id[HEX_128];
    run_id(m, digests, started, id);
    jw_object(j, NULL);
    jw_text(j, "schema", SCHEMA);
    jw_text(j, "run_id", id);
    jw_text(j, "status", m->status);
    jw_array(j, "argv");
    for (int i = 0; i < m->argc; i++)
        jw_text(j, NULL, m->argv[i]);
    jw_end(j);
    jw_text(j, "started", started);
    jw_text(j, "stopped", m->stopped_unix == 0 ? NULL : utc(m->stopped_unix, text, sizeof text));
    write_host(j);
    write_engine(j);
    jw_text(j, "policy", m->policy);
    jw_text(j, "scheduler", m->scheduler);
    jw_text(j, "preset", m->preset);
    jw_uint(j, "seed", m->seed);
    jw_text(j, "rng", "Philox4x32-10, one stream per purpose");
    write_settings(j, m->settings);
    jw_array(j, "inputs");
    for (size_t i = 0; i < m->input_count; i++)
        write_input(j, &m->inputs[i], &digests[i]);
    jw_end(j);
    jw_uint(j, "repairs", repairs(m));
    write_units(j, m->units);
    write_digests(j, m->digests);
    jw_end(j);
}

bool manifest_write(const char *dir, const struct manifest *m, struct sim_diag *diag)
{
    char started[32];
    (void)utc(m->started_unix, started, sizeof started);
    json_t *before = manifest_before(dir, started);
    struct digest_input *digests = MEM_NEW(struct digest_input, m->input_count);
    for (size_t i = 0; i < m->input_count; i++)
        input_digest(&digests[i], &m->inputs[i], before);
    json_decref(before);
    struct file_text file;
    bool good = file_text_open(&file, dir, "manifest.json", diag);
    if (good) {
        struct json j;
        jw_begin(&j, file.out, false);
        write_all(&j, m, digests, started);
        good = file_text_close(&file, diag);
    }
    for (size_t i = 0; i < m->input_count; i++)
        mem_free(digests[i].files);
    mem_free(digests);
    return good;
}
