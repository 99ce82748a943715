/* stream.c - one byte stream out of plain, gzip and zstd inputs, told apart by their first bytes.
 *
 * zlib's and zstd's streaming decoders are driven directly: gzread() hands out the bytes of a cut
 * file as if they were all, and ignores what follows the last member. */
#include "base/stream.h"

#include "base/check.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define IN_BYTES (256u * 1024)
#define MAGIC_BYTES 10u /* Enough for every signature below. */

struct stream;
/* Moves bytes from s->in to out. Returns how many, 0 at the true end, -1 with diag. */
typedef ptrdiff_t stream_decode(struct stream *s, void *out, size_t size, struct sim_diag *diag);

struct stream {
    char *path; /* For messages. */
    int fd;
    unsigned char *in;
    size_t in_at, in_len;
    bool in_end; /* The file is read to its end. */
    bool failed;
    bool in_frame;  /* Inside a gzip member or a zstd frame. */
    uint64_t taken; /* Bytes read from the file. */
    uint64_t total;
    stream_decode *decode;
    z_stream gzip;
    ZSTD_DCtx *zstd;
};

static bool fail(struct stream *s, enum sim_err err, struct sim_diag *diag, const char *what)
{
    s->failed = true;
    return sim_fail(diag, err, (struct sim_where){s->path, 0, 0}, "%s", what);
}

/* A failure of compressed data, with the offset where it showed. */
static bool fail_at(struct stream *s, enum sim_err err, struct sim_diag *diag, const char *what)
{
    s->failed = true;
    return sim_fail(diag, err, (struct sim_where){s->path, 0, 0}, "%s at compressed byte %" PRIu64,
                    what, stream_bytes_read(s));
}

/* ---- the file ------------------------------------------------------------------------------- */

static ptrdiff_t read_file(struct stream *s, void *to, size_t size, struct sim_diag *diag)
{
    ssize_t n;
    do
        n = read(s->fd, to, size);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        fail(s, SIM_ERR_IO, diag, strerror(errno));
        return -1;
    }
    s->taken += (uint64_t)n;
    s->in_end = n == 0;
    return n;
}

/* Refills the empty input buffer; the end of the file leaves it empty. */
static bool refill(struct stream *s, struct sim_diag *diag)
{
    s->in_at = 0;
    s->in_len = 0;
    if (s->in_end)
        return true;
    const ptrdiff_t n = read_file(s, s->in, IN_BYTES, diag);
    s->in_len = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

/* ---- decoders ------------------------------------------------------------------------------- */

static ptrdiff_t decode_plain(struct stream *s, void *out, size_t size, struct sim_diag *diag)
{
    const size_t buffered = s->in_len - s->in_at;
    if (buffered == 0)
        return s->in_end ? 0 : read_file(s, out, size, diag);
    const size_t n = buffered < size ? buffered : size;
    memcpy(out, s->in + s->in_at, n);
    s->in_at += n;
    return (ptrdiff_t)n;
}

/* Between two members or frames: is there another one? -1 = error. `magic` tells what starts one.
 */
static int next_frame(struct stream *s, bool (*magic)(const unsigned char *p, size_t n),
                      struct sim_diag *diag)
{
    /* The signature may lie across two reads. */
    while (s->in_len - s->in_at < MAGIC_BYTES && !s->in_end) {
        memmove(s->in, s->in + s->in_at, s->in_len - s->in_at);
        s->in_len -= s->in_at;
        s->in_at = 0;
        const ptrdiff_t n = read_file(s, s->in + s->in_len, IN_BYTES - s->in_len, diag);
        if (n < 0)
            return -1;
        s->in_len += (size_t)n;
    }
    if (s->in_at == s->in_len)
        return 0;
    if (magic(s->in + s->in_at, s->in_len - s->in_at))
        return 1;
    sim_hint(diag, "the file was damaged or something was appended to it; fetch it again");
    fail_at(s, SIM_ERR_FORMAT, diag, "garbage after the end of the compressed data");
    return -1;
}

static bool is_gzip(const unsigned char *p, size_t n)
{
    return n >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

static bool is_zstd(const unsigned char *p, size_t n)
{
    const bool frame = n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0;
    const bool skippable = n >= 4 && (p[0] & 0xf0) == 0x50 && memcmp(p + 1, "\x2a\x4d\x18", 3) == 0;
    return frame || skippable;
}

static ptrdiff_t cut_short(struct stream *s, struct sim_diag *diag)
{
    sim_hint(diag, "the file is incomplete; fetch it again");
    fail_at(s, SIM_ERR_TRUNCATED, diag, "the compressed data ends too early,");
    return -1;
}

/* One call of inflate. False = error. */
static bool inflate_some(struct stream *s, struct sim_diag *diag)
{
    s->gzip.next_in = s->in + s->in_at;
    s->gzip.avail_in = (uInt)(s->in_len - s->in_at);
    const int rc = inflate(&s->gzip, Z_NO_FLUSH);
    s->in_at = s->in_len - s->gzip.avail_in;
    CHECK(rc != Z_MEM_ERROR && rc != Z_STREAM_ERROR);
    if (rc == Z_STREAM_END) {
        s->in_frame = false;
        return true;
    }
    if (rc == Z_OK || rc == Z_BUF_ERROR)
        return true;
    char what[128];
    snprintf(what, sizeof what, "damaged gzip data (%s)", s->gzip.msg == NULL ? "?" : s->gzip.msg);
    sim_hint(diag, "fetch the file again");
    return fail_at(s, SIM_ERR_FORMAT, diag, what);
}

static ptrdiff_t decode_gzip(struct stream *s, void *out, size_t size, struct sim_diag *diag)
{
    const uInt room = size > UINT_MAX ? UINT_MAX : (uInt)size;
    s->gzip.next_out = out;
    s->gzip.avail_out = room;
    while (s->gzip.avail_out == room) {
        if (!s->in_frame) {
            const int more = next_frame(s, is_gzip, diag);
            if (more <= 0)
                return more;
            CHECK(inflateReset(&s->gzip) == Z_OK);
            s->in_frame = true;
        }
        if (s->in_at == s->in_len && !refill(s, diag))
            return -1;
        if (s->in_at == s->in_len)
            return cut_short(s, diag);
        if (!inflate_some(s, diag))
            return -1;
    }
    return (ptrdiff_t)(room - s->gzip.avail_out);
}

static ptrdiff_t decode_zstd(struct stream *s, void *out, size_t size, struct sim_diag *diag)
{
    ZSTD_outBuffer to = {out, size, 0};
    while (to.pos == 0) {
        if (!s->in_frame) {
            const int more = next_frame(s, is_zstd, diag);
            if (more <= 0)
                return more;
            s->in_frame = true;
        }
        if (s->in_at == s->in_len && !refill(s, diag))
            return -1;
        ZSTD_inBuffer from = {s->in + s->in_at, s->in_len - s->in_at, 0};
        const size_t rc = ZSTD_decompressStream(s->zstd, &to, &from);
        s->in_at += from.pos;
        if (ZSTD_isError(rc)) {
            char what[128];
            snprintf(what, sizeof what, "damaged zstd data (%s)", ZSTD_getErrorName(rc));
            sim_hint(diag, "fetch the file again");
            fail_at(s, SIM_ERR_FORMAT, diag, what);
            return -1;
        }
        s->in_frame = rc != 0;
        if (from.size == 0 && to.pos == 0 && s->in_frame)
            return cut_short(s, diag);
    }
    return (ptrdiff_t)to.pos;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* Compressors that we know of and do not read: better said than parsed as text. */
static const char *foreign_format(const unsigned char *p, size_t n)
{
    if (n >= 6 && memcmp(p, "\xfd\x37zXZ\0", 6) == 0)
        return "xz";
    if (n >= 10 && memcmp(p, "BZh", 3) == 0 && memcmp(p + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0)
        return "bzip2";
    if (n >= 4 && memcmp(p, "PK\3\4", 4) == 0)
        return "zip";
    return NULL;
}

static bool choose_decoder(struct stream *s, struct sim_diag *diag)
{
    while (s->in_len < MAGIC_BYTES && !s->in_end) {
        const ptrdiff_t n = read_file(s, s->in + s->in_len, IN_BYTES - s->in_len, diag);
        if (n < 0)
            return false;
        s->in_len += (size_t)n;
    }
    s->decode = decode_plain;
    if (is_gzip(s->in, s->in_len)) {
        CHECK(inflateInit2(&s->gzip, 15 + 16) == Z_OK); /* 16: gzip header and check sum. */
        s->decode = decode_gzip;
    } else if (is_zstd(s->in, s->in_len)) {
        s->zstd = ZSTD_createDCtx();
        CHECK(s->zstd != NULL);
        s->decode = decode_zstd;
    }
    const char *foreign = foreign_format(s->in, s->in_len);
    if (foreign == NULL)
        return true;
    sim_hint(diag, "unpack it first; gzip and zstd are read as they are");
    return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){s->path, 0, 0}, "this is %s data",
                    foreign);
}

static bool cannot_open(struct stream *s, int error, struct sim_diag *diag)
{
    char what[128];
    snprintf(what, sizeof what, "cannot open: %s", strerror(error));
    sim_hint(diag, error == EACCES
                       ? "check who may read it"
                       : "check the path; a relative one begins in the working directory");
    return fail(s, SIM_ERR_IO, diag, what);
}

static bool open_file(struct stream *s, const char *path, struct sim_diag *diag)
{
    struct stat st;
    if (strcmp(path, "-") == 0)
        s->fd = STDIN_FILENO;
    else
        s->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) != 0)
        return cannot_open(s, errno, diag);
    if (S_ISDIR(st.st_mode)) {
        sim_hint(diag, "name a file, or '-' for standard input");
        return fail(s, SIM_ERR_IO, diag, "is a directory; expected a file");
    }
    s->total = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return true;
}

struct stream *stream_open(const char *path, struct sim_diag *diag)
{
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    struct stream *s = MEM_NEW(struct stream, 1);
    s->path = mem_text(name, strlen(name));
    s->in = mem_resize(NULL, IN_BYTES, 1);
    if (open_file(s, path, diag) && choose_decoder(s, diag))
        return s;
    stream_close(s);
    return NULL;
}

void stream_close(struct stream *s)
{
    if (s == NULL)
        return;
    if (s->decode == decode_gzip)
        inflateEnd(&s->gzip);
    ZSTD_freeDCtx(s->zstd);
    if (s->fd > STDIN_FILENO)
        close(s->fd);
    mem_free(s->in);
    mem_free(s->path);
    mem_free(s);
}

ptrdiff_t stream_read(struct stream *s, void *buf, size_t size, struct sim_diag *diag)
{
    CHECK(!s->failed && size > 0);
    return s->decode(s, buf, size, diag);
}

uint64_t stream_bytes_read(const struct stream *s)
{
    return s->taken - (s->in_len - s->in_at);
}

uint64_t stream_bytes_total(const struct stream *s)
{
    return s->total;
}

const char *stream_path(const struct stream *s)
{
    return s->path;
}

size_t stream_peek(const char *path, char *buf, size_t size)
{
    /* Looking into a pipe would take the bytes away from whoever reads it next. */
    struct stat st;
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    struct stream *s = stream_open(path, NULL);
    if (s == NULL)
        return 0;
    size_t len = 0;
    while (len < size) {
        const ptrdiff_t n = stream_read(s, buf + len, size - len, NULL);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    stream_close(s);
    return len;
}
