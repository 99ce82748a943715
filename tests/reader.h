/* reader.h - for the tests of trace formats: reads a whole input and keeps what it delivered. */
#ifndef SIM_TESTS_READER_H
#define SIM_TESTS_READER_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <simctl/simctl.h>

#include "base/lines.h"
#include "base/mem.h"
#include "workloads/lib/rows.h"

struct reading {
    bool ok;
    struct rows *rows; /* Inputs in the order of delivery. */
    struct sim_findings *findings;
    struct sim_trace_info info; /* `inputs` are gone; the rest stays. */
    struct sim_diag diag;
};

struct reader_args {
    const struct sim_format *format;
    enum sim_role role;
    enum sim_bad_rows bad_rows;
    const char *path;
    const char *const *sets; /* "key", "value", ..., NULL. */
    uint64_t seed;
    int64_t cluster_gpu_milli; /* 0 = no cluster known. */
};

static inline void reader_settings(struct sim_settings *settings, const struct reader_args *a)
{
    struct sim_diag diag = {0};
    if (a->format->options != NULL) {
        sim_settings_declare(settings, a->format->options);
    }
    for (size_t i = 0; a->sets != NULL && a->sets[i] != NULL; i += 2) {
        cr_assert(sim_settings_set(settings, a->sets[i], a->sets[i + 1], SIM_FROM_FLAG, SIM_NOWHERE,
                                   &diag),
                  "%s=%s: %s", a->sets[i], a->sets[i + 1], diag.text);
    }
}

/* Also checks what holds for every format: (time, kind) never decreases. */
static inline struct reading reader_run(struct reader_args a)
{
    struct reading r = {.rows = rows_create(), .findings = sim_findings_create()};
    struct sim_settings *settings = sim_settings_create();
    struct sim_resources cluster = {.v = {[SIM_GPU] = a.cluster_gpu_milli}};
    void *state = mem_alloc(1, a.format->state_bytes);
    reader_settings(settings, &a);
    struct sim_open_args args = {
        .path = a.path,
        .role = a.role,
        .bad_rows = a.bad_rows,
        .settings = settings,
        .findings = r.findings,
        .seed = a.seed,
        .cluster = a.cluster_gpu_milli != 0 ? &cluster : NULL,
    };
    enum sim_next next = SIM_NEXT_ERROR;
    struct sim_input in, last = {.time_us = INT64_MIN};
    const bool opened = a.format->open(state, &args, &r.info, &r.diag);
    memset(&args, 0xa5, sizeof args); /* Borrowed for open() only: who keeps a pointer crashes. */
    memset(&cluster, 0xa5, sizeof cluster);
    if (opened) {
        while ((next = a.format->next(state, &in, &r.info, &r.diag)) == SIM_NEXT_ITEM) {
            cr_assert(in.time_us > last.time_us ||
                          (in.time_us == last.time_us && in.kind >= last.kind),
                      "inputs come in order of (time, kind)");
            rows_add(r.rows, &in, 0);
            last = in;
        }
    }
    r.ok = next == SIM_NEXT_END;
    a.format->close(state);
    mem_free(state);
    sim_settings_destroy(settings);
    return r;
}

static inline void reader_free(struct reading *r)
{
    rows_destroy(r->rows);
    sim_findings_destroy(r->findings);
}

/* The same, from text instead of a file. */
static inline struct reading reader_text(struct reader_args a, const char *text)
{
    const char *folder = getenv("TMPDIR");
    char path[512];
    snprintf(path, sizeof path, "%s/simctl-test-XXXXXX", folder != NULL ? folder : "/tmp");
    const int fd = mkstemp(path);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    a.path = path;
    struct reading r = reader_run(a);
    unlink(path);
    return r;
}

static inline uint64_t reader_found(const struct reading *r, const char *id)
{
    for (size_t i = 0; i < sim_findings_count(r->findings); i++) {
        const struct sim_finding *f = sim_findings_at(r->findings, i);
        if (strcmp(f->kind->id, id) == 0) {
            return f->count;
        }
    }
    return 0;
}

static inline const struct sim_task_known *reader_task(const struct reading *r, size_t i)
{
    return &rows_at(r->rows, i, NULL)->u.task.known;
}

static inline const struct sim_task_truth *reader_truth(const struct reading *r, size_t i)
{
    return &rows_at(r->rows, i, NULL)->u.task.truth;
}

static inline const struct sim_machine_input *reader_machine(const struct reading *r, size_t i)
{
    return &rows_at(r->rows, i, NULL)->u.machine;
}

/* A file of the shared folder of real traces: $SIMCTL_SHARED or ../shared beside the sources. NULL
 * (with a message) when the folder is not there; the caller returns. */
static inline const char *reader_shared(const char *file)
{
    static char path[1024];
    const char *root = getenv("SIMCTL_SHARED");
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : SOURCE_DIR "/../shared", file);
    if (access(path, R_OK) != 0) {
        fprintf(stderr, "skipped: %s is not there (set SIMCTL_SHARED)\n", path);
        return NULL;
    }
    return path;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define READER_OK(r)                                                                               \
    do {                                                                                           \
        char text_[900];                                                                           \
        cr_assert((r).ok, "%s", sim_diag_str(&(r).diag, text_, sizeof text_));                     \
    } while (0)
#define READER_FAILS(r, code, at_line, at_column, words)                                           \
    do {                                                                                           \
        char text_[900];                                                                           \
        cr_assert_not((r).ok, "the reader accepts it");                                            \
        sim_diag_str(&(r).diag, text_, sizeof text_);                                              \
        cr_expect_eq((r).diag.err, code, "%s", text_);                                             \
        cr_expect_eq((r).diag.line, at_line, "%s", text_);                                         \
        cr_expect_eq((r).diag.column, at_column, "%s", text_);                                     \
        cr_expect_neq(strstr(text_, words), NULL, "%s", text_);                                    \
    } while (0)
#define TEXT_EQ(text, literal)                                                                     \
    cr_expect(text_is(text, literal), "'%.*s' is not '%s'", (int)(text).len,                       \
              (text).at == NULL ? "" : (text).at, literal)

#endif
