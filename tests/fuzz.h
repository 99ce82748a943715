/* fuzz.h - what the fuzz targets share: an input is a file, or several, in a folder of its own.
 *
 * Lines "#!key=value" in front of an input choose what a command line would: role=trace|cluster,
 * bad_rows=fail|skip|repair, or any option of the format. So one file of a corpus is one complete
 * case that a person can read, and the fuzzer changes options as it changes data.
 */
#ifndef SIM_TESTS_FUZZ_H
#define SIM_TESTS_FUZZ_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <simctl/trace.h>

#include "base/check.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- files ----------------------------------------------------------------------------------- */

static char fuzz_root[PATH_MAX];
static char fuzz_made[8][PATH_MAX + 64]; /* Removed in reverse order at the end of the process. */
static size_t fuzz_made_count;

static inline void fuzz_remove_all(void)
{
    while (fuzz_made_count > 0) {
        remove(fuzz_made[--fuzz_made_count]);
    }
    rmdir(fuzz_root);
}

/* A path inside the folder of this process; it is the same for every input. */
static inline const char *fuzz_path(const char *name, bool folder)
{
    if (fuzz_root[0] == '\0') {
        const char *tmp = getenv("TMPDIR");
        snprintf(fuzz_root, sizeof fuzz_root, "%s/simctl-fuzz-XXXXXX", tmp != NULL ? tmp : "/tmp");
        CHECK(mkdtemp(fuzz_root) != NULL);
        atexit(fuzz_remove_all);
    }
    char path[sizeof fuzz_made[0]];
    snprintf(path, sizeof path, "%s/%s", fuzz_root, name);
    for (size_t i = 0; i < fuzz_made_count; i++) {
        if (strcmp(fuzz_made[i], path) == 0) {
            return fuzz_made[i];
        }
    }
    CHECK(fuzz_made_count < sizeof fuzz_made / sizeof fuzz_made[0]);
    CHECK(!folder || mkdir(path, 0700) == 0);
    return strcpy(fuzz_made[fuzz_made_count++], path);
}

static inline const char *fuzz_write(const char *name, const uint8_t *data, size_t size)
{
    const char *path = fuzz_path(name, false);
    FILE *out = fopen(path, "w");
    CHECK(out != NULL && fwrite(data, 1, size, out) == size);
    CHECK(fclose(out) == 0);
    return path;
}

/* ---- options --------------------------------------------------------------------------------- */

struct fuzz_case {
    struct sim_settings *settings;
    enum sim_role role;
    enum sim_bad_rows bad_rows;
    const uint8_t *data; /* Behind the options. */
    size_t size;
};

static inline void fuzz_option(struct fuzz_case *c, char *line)
{
    char *value = strchr(line, '=');
    if (value == NULL) {
        return;
    }
    *value++ = '\0';
    if (strcmp(line, "role") == 0) {
        c->role = strcmp(value, "cluster") == 0 ? SIM_ROLE_CLUSTER : SIM_ROLE_TRACE;
    } else if (strcmp(line, "bad_rows") == 0) {
        c->bad_rows = strcmp(value, "skip") == 0     ? SIM_BAD_SKIP
                      : strcmp(value, "repair") == 0 ? SIM_BAD_REPAIR
                                                     : SIM_BAD_FAIL;
    } else {
        struct sim_diag diag = {0};
        const bool good =
            sim_settings_set(c->settings, line, value, SIM_FROM_FLAG, SIM_NOWHERE, &diag);
        CHECK(good == (diag.err == SIM_ERR_OK));
    }
}

/* `settings` has the option rows declared; it is kept. */
static inline struct fuzz_case fuzz_case_of(struct sim_settings *settings, const uint8_t *data,
                                            size_t size)
{
    struct fuzz_case c = {settings, SIM_ROLE_TRACE, SIM_BAD_FAIL, data, size};
    while (c.size >= 2 && memcmp(c.data, "#!", 2) == 0) {
        const uint8_t *end = memchr(c.data, '\n', c.size);
        const size_t len = end != NULL ? (size_t)(end - c.data) : c.size;
        char *line = mem_text((const char *)c.data + 2, len - 2);
        fuzz_option(&c, line);
        mem_free(line);
        c.data += end != NULL ? len + 1 : len;
        c.size -= end != NULL ? len + 1 : len;
    }
    return c;
}

/* ---- formats --------------------------------------------------------------------------------- */

static inline struct fuzz_case fuzz_case_of_format(const struct sim_format *format,
                                                   const uint8_t *data, size_t size)
{
    struct sim_settings *settings = sim_settings_create();
    if (format->options != NULL) {
        sim_settings_declare(settings, format->options);
    }
    return fuzz_case_of(settings, data, size);
}

/* Reads every byte, so that a sanitizer sees text that is gone. */
static inline void fuzz_touch(struct sim_text text)
{
    static volatile unsigned char sink;
    CHECK(text.len <= SIM_NAME_MAX);
    for (uint32_t i = 0; i < text.len; i++) {
        sink = (unsigned char)text.at[i];
    }
    (void)sink;
}

static inline void fuzz_resources(const struct sim_resources *r)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        CHECK(r->v[d] >= 0);
    }
}

static inline void fuzz_machine(const struct sim_machine_input *m)
{
    fuzz_touch(m->name);
    fuzz_resources(&m->capacity);
    CHECK(m->gpu_count <= SIM_DEVICES_MAX);
    CHECK(m->capacity.v[SIM_GPU] == (int64_t)m->gpu_count * SIM_DEVICE_MILLI);
    for (uint32_t i = 0; i < m->label_count; i++) {
        fuzz_touch(m->labels[i].key);
        fuzz_touch(m->labels[i].value);
    }
    for (uint32_t i = 0; i < m->taint_count; i++) {
        fuzz_touch(m->taints[i].key);
        fuzz_touch(m->taints[i].value);
    }
    for (uint32_t i = 0; i < m->domain_count; i++) {
        fuzz_touch(m->domains[i].level);
        fuzz_touch(m->domains[i].id);
    }
}

static inline void fuzz_task(const struct sim_task_known *k, const struct sim_task_truth *t)
{
    fuzz_touch(k->job);
    fuzz_touch(k->user);
    fuzz_touch(k->queue);
    fuzz_resources(&k->request);
    CHECK(k->gpu_milli <= SIM_DEVICE_MILLI);
    CHECK(k->request.v[SIM_GPU] == (int64_t)k->gpu_count * k->gpu_milli);
    CHECK(k->time_limit_us >= 0 && t->duration_us >= 0 && t->cancel_us >= 0);
    for (uint32_t i = 0; i < k->constraint_count; i++) {
        fuzz_touch(k->constraints[i].key);
        for (uint32_t v = 0; v < k->constraints[i].value_count; v++) {
            fuzz_touch(k->constraints[i].values[v]);
        }
    }
}

/* What holds for every format: (time, kind) never decreases, amounts are not negative, an error
 * says something. Stops after some thousand inputs: one line may ask for a million machines. */
static inline int fuzz_format(const struct sim_format *format, const struct fuzz_case *c,
                              const char *path)
{
    const struct sim_resources cluster = {.v = {64000, INT64_C(1) << 38, 8000}};
    struct sim_findings *findings = sim_findings_create();
    struct sim_trace_info info = {0};
    struct sim_diag diag = {0};
    struct sim_input in = {0};
    const struct sim_open_args args = {
        .path = path,
        .role = c->role,
        .bad_rows = c->bad_rows,
        .settings = c->settings,
        .findings = findings,
        .seed = 1,
        .cluster = c->role == SIM_ROLE_TRACE ? &cluster : NULL,
    };
    void *state = mem_alloc(1, format->state_bytes);
    enum sim_next next = format->open(state, &args, &info, &diag) ? SIM_NEXT_ITEM : SIM_NEXT_ERROR;
    sim_time time_us = 0;
    int kind = 0;
    int n = 0;
    for (; n < 5000 && next == SIM_NEXT_ITEM; n++) {
        next = format->next(state, &in, &info, &diag);
        if (next == SIM_NEXT_ITEM) {
            CHECK(in.time_us > time_us || (in.time_us == time_us && (int)in.kind >= kind));
            time_us = in.time_us;
            kind = (int)in.kind;
            if (in.kind == SIM_IN_SUBMIT) {
                fuzz_task(&in.u.task.known, &in.u.task.truth);
            } else {
                fuzz_machine(&in.u.machine);
            }
        }
    }
    CHECK((next == SIM_NEXT_ERROR) == (diag.err != SIM_ERR_OK && diag.text[0] != '\0'));
    format->close(state);
    mem_free(state);
    sim_findings_destroy(findings);
    return n;
}

/* A format that reads one file. */
static inline int fuzz_file_format(const struct sim_format *format, const uint8_t *data,
                                   size_t size)
{
    const struct fuzz_case c = fuzz_case_of_format(format, data, size);
    if ((format->roles & c.role) != 0) {
        fuzz_format(format, &c, fuzz_write("input", c.data, c.size));
    }
    sim_settings_destroy(c.settings);
    return 0;
}
#endif
