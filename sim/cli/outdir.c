/* outdir.c - only files that a run itself writes are ever removed: a mistyped --out must not cost
 * data. */
#include "cli/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/file.h"

/* Of an earlier run, whole or killed while it wrote them. */
static const char *const run_files[] = {
    "manifest.json", "config.resolved.yaml", "summary.json",      "log.txt", "decisions.mpk",
    "run.h5",        "manifest.json.part",   "summary.json.part",
};
/* Of a run that begins, or that was killed then; run.h5.part also later. */
static const char *const open_files[] = {"decisions.mpk.part", "run.h5.part"};
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static char *inside(const char *dir, const char *name)
{
    const size_t size = strlen(dir) + strlen(name) + 2;
    char *full = MEM_NEW(char, size);
    snprintf(full, size, "%s/%s", dir, name);
    return full;
}

static bool make_parents(char *path, struct sim_diag *diag)
{
    for (char *at = path + 1; *at != 0; at++) {
        if (*at != '/')
            continue;
        *at = 0;
        const bool ok = mkdir(path, 0777) == 0 || errno == EEXIST || errno == EISDIR;
        if (!ok)
            file_fail(diag, path, errno, "create the directory");
        *at = '/';
        if (!ok)
            return false;
    }
    return true;
}

static bool make(const char *path, bool *fresh, struct sim_diag *diag)
{
    char *copy = mem_text(path, strlen(path));
    const bool parents = make_parents(copy, diag);
    mem_free(copy);
    if (!parents)
        return false;
    *fresh = mkdir(path, 0777) == 0;
    struct stat st;
    if (*fresh || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return file_fail(diag, path, errno == EEXIST ? ENOTDIR : errno, "create the directory");
}

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    size_t n = 0;
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n <= 2; /* "." and "..". */
}

static void remove_files(const char *path, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *name = inside(path, names[i]);
        unlink(name);
        mem_free(name);
    }
}

static bool holds(const char *path, const char *name)
{
    char *full = inside(path, name);
    const bool there = access(full, F_OK) == 0;
    mem_free(full);
    return there;
}

/* Any of the first files of a run: it may have been killed before the others. */
static bool holds_run(const char *path)
{
    return holds(path, "manifest.json") || holds(path, "config.resolved.yaml") ||
           holds(path, "decisions.mpk.part");
}

bool outdir_prepare(const char *path, bool force, bool *fresh, struct sim_diag *diag)
{
    if (path[0] == 0)
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--out is empty");
    if (!make(path, fresh, diag))
        return false;
    if (!*fresh && !is_empty(path) && !holds_run(path) && !force) {
        sim_hint(diag, "choose another --out, or pass --force to write among its files");
        return sim_fail(diag, SIM_ERR_USAGE, (struct sim_where){path, 0, 0},
                        "the directory is not empty and holds no run");
    }
    return true;
}

void outdir_clear(const char *path)
{
    remove_files(path, run_files, COUNT(run_files));
}

void outdir_discard(const char *path, bool fresh)
{
    remove_files(path, open_files, COUNT(open_files));
    if (fresh)
        rmdir(path);
}
