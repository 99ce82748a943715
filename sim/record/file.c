/* file.c - see file.h. Write errors are looked for where the system reports them: at write, and at
 * close, because network file systems and quotas fail late. */
#include "record/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define FILE_MODE 0666 /* What the user's umask leaves of it. */

bool file_fail(struct sim_diag *diag, const char *path, int error, const char *verb)
{
    char text[128] = "unknown error";
    (void)strerror_r(error, text, sizeof text);
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        sim_hint(diag, "free some space, or write to another place");
    else if (error == EACCES || error == EROFS || error == ENOENT || error == ENOTDIR)
        sim_hint(diag, "check that the directory exists and may be written to");
    return sim_fail(diag, SIM_ERR_IO, (struct sim_where){path, 0, 0}, "cannot %s: %s", verb, text);
}

int file_create(const char *path, struct sim_diag *diag)
{
    if (strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        file_fail(diag, path, errno, "create the file");
    return fd;
}

bool file_put(int fd, const char *path, const void *bytes, size_t n, struct sim_diag *diag)
{
    const char *at = bytes;
    while (n > 0) {
        const ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return file_fail(diag, path, done < 0 ? errno : ENOSPC, "write");
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool file_close(int fd, const char *path, struct sim_diag *diag)
{
    if (fd == STDOUT_FILENO)
        return true;
    return close(fd) == 0 || file_fail(diag, path, errno, "finish writing");
}

bool file_rename(const char *from, const char *to, struct sim_diag *diag)
{
    return rename(from, to) == 0 || file_fail(diag, to, errno, "rename the finished file");
}

char *file_name(const char *a, const char *b)
{
    const size_t la = strlen(a), lb = strlen(b);
    char *name = mem_alloc(la + lb + 1, 1);
    memcpy(name, a, la);
    memcpy(name + la, b, lb);
    return name;
}

bool file_text_open(struct file_text *f, const char *dir, const char *name, struct sim_diag *diag)
{
    char *folder = file_name(dir, "/");
    f->path = file_name(folder, name);
    f->temporary = file_name(f->path, ".part");
    f->out = fopen(f->temporary, "w");
    mem_free(folder);
    if (f->out != NULL)
        return true;
    file_fail(diag, f->temporary, errno, "create the file");
    mem_free(f->temporary);
    mem_free(f->path);
    return false;
}

bool file_text_close(struct file_text *f, struct sim_diag *diag)
{
    errno = 0;
    bool good = ferror(f->out) == 0 && fflush(f->out) == 0;
    if (!good)
        file_fail(diag, f->path, errno == 0 ? EIO : errno, "write");
    if (fclose(f->out) != 0 && good)
        good = file_fail(diag, f->path, errno, "finish writing");
    if (good)
        good = file_rename(f->temporary, f->path, diag);
    else
        (void)unlink(f->temporary);
    mem_free(f->temporary);
    mem_free(f->path);
    return good;
}
