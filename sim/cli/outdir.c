/* outdir.c - only files that a run itself writes are ever removed: a mistyped --out must not cost
 * data. */
#include "cli/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
/* Only there while a run writes, or where one was killed. */
#define LOCK_FILE ".lock"
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
    static const char *const ignored[] = {".", "..", LOCK_FILE};
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool empty = true;
    while (dir != NULL && empty && (entry = readdir(dir)) != NULL) {
        empty = false;
        for (size_t i = 0; i < COUNT(ignored); i++)
            empty = empty || strcmp(entry->d_name, ignored[i]) == 0;
    }
    if (dir != NULL)
        closedir(dir);
    return empty;
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

/* ---- the lock ------------------------------------------------------------------------------- */

/* Is it still the file of that name? Whoever held the lock before removed it. */
static bool is_current(int fd, const char *name)
{
    struct stat held, there;
    return fstat(fd, &held) == 0 && stat(name, &there) == 0 && held.st_ino == there.st_ino &&
           held.st_dev == there.st_dev;
}

/* The system drops the lock with the process, so that a crash leaves none. */
static bool take_lock(struct outdir *d, const char *name, struct sim_diag *diag)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    do {
        if (d->lock >= 0)
            close(d->lock);
        d->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (d->lock < 0)
            return file_fail(diag, name, errno, "create the file");
        /* Another error means that the file system has no locks: no reason not to write there. */
        if (fcntl(d->lock, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
            close(d->lock);
            d->lock = -1;
            sim_hint(diag, "wait until it is done, or choose another --out");
            return sim_fail(diag, SIM_ERR_USAGE, (struct sim_where){d->path, 0, 0},
                            "another simctl is writing here");
        }
    } while (!is_current(d->lock, name));
    return true;
}

bool outdir_open(struct outdir *d, const char *path, bool force, struct sim_diag *diag)
{
    *d = (struct outdir){.path = path, .lock = -1};
    if (path[0] == 0)
        return sim_fail(diag, SIM_ERR_USAGE, SIM_NOWHERE, "--out is empty");
    if (!make(path, &d->fresh, diag))
        return false;
    if (!d->fresh && !is_empty(path) && !holds_run(path) && !force) {
        sim_hint(diag, "choose another --out, or pass --force to write among its files");
        return sim_fail(diag, SIM_ERR_USAGE, (struct sim_where){path, 0, 0},
                        "the directory is not empty and holds no run");
    }
    char *name = inside(path, LOCK_FILE);
    const bool ok = take_lock(d, name, diag);
    mem_free(name);
    if (!ok && d->fresh)
        rmdir(path);
    return ok;
}

void outdir_clear(const struct outdir *d)
{
    remove_files(d->path, run_files, COUNT(run_files));
}

/* The name goes before the lock does: who opened it meanwhile sees that, and opens the next one. */
void outdir_close(struct outdir *d, bool discard)
{
    static const char *const lock[] = {LOCK_FILE};
    if (discard)
        remove_files(d->path, open_files, COUNT(open_files));
    remove_files(d->path, lock, COUNT(lock));
    if (discard && d->fresh)
        rmdir(d->path);
    close(d->lock);
    d->lock = -1;
}
