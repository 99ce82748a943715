/* h5_driver.c - see h5_driver.h. Everything that the library's own POSIX driver does is done here
 * with pread and pwrite on one descriptor; locking is left out, because a run has its directory
 * alone. */
#include "record/h5_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define FILE_MODE 0666
#define ADDRESS_MAX ((haddr_t)INT64_MAX)

struct info { /* What the property list carries to open(). */
    struct h5_driver *driver;
};
struct file {
    H5FD_t head; /* Must be first: the library's part. */
    struct h5_driver *driver;
    int fd;
    haddr_t eoa, eof; /* End of what is allocated, end of what was written. */
};

static herr_t note(const struct file *f, bool good)
{
    if (!good && f->driver->error == 0)
        f->driver->error = errno == 0 ? EIO : errno;
    return 0;
}

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t address_max)
{
    const struct info *info = H5Pget_driver_info(access);
    (void)flags, (void)address_max;
    errno = 0;
    const int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        info->driver->error = errno == 0 ? EIO : errno;
        return NULL;
    }
    struct file *f = MEM_NEW(struct file, 1);
    f->driver = info->driver;
    f->fd = fd;
    return &f->head;
}

static herr_t driver_close(H5FD_t *head)
{
    struct file *f = (struct file *)head;
    note(f, close(f->fd) == 0);
    mem_free(f);
    return 0;
}

static herr_t driver_query(const H5FD_t *head, unsigned long *flags)
{
    (void)head;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *head, H5FD_mem_t type)
{
    (void)type;
    return ((const struct file *)head)->eoa;
}

static herr_t driver_set_eoa(H5FD_t *head, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((struct file *)head)->eoa = address;
    return 0;
}

static haddr_t driver_get_eof(const H5FD_t *head, H5FD_mem_t type)
{
    (void)type;
    return ((const struct file *)head)->eof;
}

/* What lies behind the end of the file reads as zeros. */
static herr_t driver_read(H5FD_t *head, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t n,
                          void *out)
{
    struct file *f = (struct file *)head;
    char *to = out;
    (void)type, (void)transfer;
    while (n > 0) {
        const ssize_t got = pread(f->fd, to, n, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            memset(to, 0, n);
            return note(f, got == 0);
        }
        to += got;
        address += (haddr_t)got;
        n -= (size_t)got;
    }
    return 0;
}

static herr_t driver_write(H5FD_t *head, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t n,
                           const void *bytes)
{
    struct file *f = (struct file *)head;
    const char *from = bytes;
    (void)type, (void)transfer;
    while (n > 0 && f->driver->error == 0) {
        const ssize_t put = pwrite(f->fd, from, n, (off_t)address);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return note(f, false);
        from += put;
        address += (haddr_t)put;
        n -= (size_t)put;
        if (address > f->eof)
            f->eof = address;
    }
    return 0;
}

/* The library's files end where its allocation ends. */
static herr_t driver_truncate(H5FD_t *head, hid_t transfer, hbool_t closing)
{
    struct file *f = (struct file *)head;
    (void)transfer, (void)closing;
    if (f->eoa != f->eof && f->driver->error == 0)
        note(f, ftruncate(f->fd, (off_t)f->eoa) == 0);
    f->eof = f->eoa;
    return 0;
}

static const H5FD_class_t driver_class = {
    .name = "simctl",
    .maxaddr = ADDRESS_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct info),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_eoa,
    .set_eoa = driver_set_eoa,
    .get_eof = driver_get_eof,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

/* The format of 1.10 has checksums over everything that describes the data, so that damage is an
 * error and not a crash of the library. No times: equal runs give equal files. */
hid_t h5_driver_create(struct h5_driver *d, const char *path)
{
    const struct info info = {d};
    d->id = H5FDregister(&driver_class);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS), create = H5Pcreate(H5P_FILE_CREATE);
    (void)H5Pset_driver(access, d->id, &info);
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    (void)H5Pset_obj_track_times(create, false);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    (void)H5Pclose(create);
    (void)H5Pclose(access);
    return file;
}

void h5_driver_fini(struct h5_driver *d)
{
    (void)H5FDunregister(d->id);
}
