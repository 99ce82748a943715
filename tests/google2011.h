/* google2011.h - for the tests of the Google 2011 reader: a trace in a folder of its own. */
#ifndef SIM_TESTS_GOOGLE2011_H
#define SIM_TESTS_GOOGLE2011_H

#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

extern const struct sim_format sim_format_google2011;

#define UNIT INT64_C(10000000000) /* 1.0 of the largest machine. */

/* ---- a trace in a folder of its own --------------------------------------------------------- */

struct folder {
    char path[512];
    char made[16][600]; /* Files, then folders, in the order of removal. */
    size_t count;
};

static inline void make_root(struct folder *f)
{
    const char *tmp = getenv("TMPDIR");
    *f = (struct folder){0};
    snprintf(f->path, sizeof f->path, "%s/simctl-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(f->path));
}

static inline void add_part(struct folder *f, const char *table, unsigned part, const char *text)
{
    char dir[560];
    snprintf(dir, sizeof dir, "%s/%s", f->path, table);
    cr_assert(mkdir(dir, 0700) == 0 || errno == EEXIST);
    cr_assert_lt(f->count, COUNT_OF(f->made));
    char *path = f->made[f->count++];
    snprintf(path, sizeof f->made[0], "%s/part-%05u-of-00500.csv", dir, part);
    FILE *out = fopen(path, "w");
    cr_assert_not_null(out);
    fputs(text, out);
    fclose(out);
}

static inline void remove_all(struct folder *f)
{
    static const char *const tables[] = {"task_events", "job_events", "machine_events"};
    char dir[560];
    for (size_t i = 0; i < f->count; i++)
        unlink(f->made[i]);
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        snprintf(dir, sizeof dir, "%s/%s", f->path, tables[i]);
        rmdir(dir);
    }
    rmdir(f->path);
}

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const last[] = {"trace.attempts", "last", NULL};
static const char *const all[] = {"trace.attempts", "all", NULL};

static inline struct reading read_folder(struct folder *f, enum sim_role role,
                                         enum sim_bad_rows bad, const char *const *sets)
{
    struct reading r = reader_run((struct reader_args){.format = &sim_format_google2011,
                                                       .role = role,
                                                       .bad_rows = bad,
                                                       .path = f->path,
                                                       .sets = sets});
    remove_all(f);
    return r;
}

#endif
