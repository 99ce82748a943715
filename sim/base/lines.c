/* lines.c - lines of a stream, cut out of one buffer without copying, and the fields of a line.
 *
 * A directory of parts reads as one stream: whoever reads lines need not know of files.
 * The buffer holds unread bytes at [at, end). When no line end is among them they move to the front
 * and more is read behind them; only a line longer than the buffer makes it grow. */
#include "base/lines.h"

#include "base/mem.h"
#include "base/stream.h"

#include <string.h>
#include <sys/stat.h>

#define FIRST_BYTES (256u * 1024)

struct lines {
    struct parts parts;
    size_t part;           /* Index of the one at hand, */
    struct stream *stream; /* and its bytes. */
    uint64_t bytes_done;   /* Compressed bytes of the parts before it. */
    uint64_t bytes_total;
    char *buf;
    size_t cap, at, end;
    size_t searched;     /* No line end lies in [at, searched). */
    size_t nul;          /* Offset of the first NUL byte in [at, end), or end. */
    const char *current; /* Start of the line delivered last. */
    uint32_t current_len;
    uint64_t number; /* Of the line delivered last, 1-based. */
    bool at_end;     /* The stream is read to its end. */
    bool failed;
    struct sim_diag failure; /* Repeated on later calls. */
};

static uint64_t size_of_parts(const struct parts *p)
{
    uint64_t total = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct stat st;
        if (stat(p->paths[i], &st) != 0 || !S_ISREG(st.st_mode))
            return 0;
        total += (uint64_t)st.st_size;
    }
    return total;
}

/* Takes over what `parts` holds. */
static struct lines *open_parts(struct parts parts, struct sim_diag *diag)
{
    struct stream *stream = stream_open(parts.paths[0], diag);
    if (stream == NULL) {
        parts_free(&parts);
        return NULL;
    }
    struct lines *l = MEM_NEW(struct lines, 1);
    if (strcmp(parts.paths[0], "-") == 0) { /* From here on by the name that messages give it. */
        mem_free(parts.paths[0]);
        parts.paths[0] = mem_text(stream_path(stream), strlen(stream_path(stream)));
    }
    l->parts = parts;
    l->stream = stream;
    l->bytes_total = parts.count == 1 ? stream_bytes_total(stream) : size_of_parts(&parts);
    l->cap = FIRST_BYTES;
    l->buf = mem_resize(NULL, l->cap, 1);
    return l;
}

struct lines *lines_open(const char *path, struct sim_diag *diag)
{
    struct parts parts = {.paths = MEM_NEW(char *, 1), .count = 1};
    parts.paths[0] = mem_text(path, strlen(path));
    return open_parts(parts, diag);
}

struct lines *lines_open_parts(const char *path, const char *suffix, struct sim_diag *diag)
{
    struct parts parts;
    return parts_find(path, NULL, suffix, &parts, diag) ? open_parts(parts, diag) : NULL;
}

void lines_close(struct lines *l)
{
    if (l == NULL)
        return;
    stream_close(l->stream);
    parts_free(&l->parts);
    mem_free(l->buf);
    mem_free(l);
}

/* Reads more behind the unread bytes. False = error in l->failure. */
static bool fill(struct lines *l)
{
    if (l->at > 0) {
        memmove(l->buf, l->buf + l->at, l->end - l->at);
        l->end -= l->at;
        l->nul -= l->at;
        l->searched -= l->at;
        l->at = 0;
    }
    if (l->end > l->cap / 2) {
        l->cap *= 2;
        l->buf = mem_resize(l->buf, l->cap, 1);
    }
    const ptrdiff_t n = stream_read(l->stream, l->buf + l->end, l->cap - l->end, &l->failure);
    if (n < 0)
        return false;
    l->at_end = n == 0;
    const bool clean = l->nul == l->end;
    l->end += (size_t)n;
    if (clean) {
        const char *nul = memchr(l->buf + l->end - n, '\0', (size_t)n);
        l->nul = nul == NULL ? l->end : (size_t)(nul - l->buf);
    }
    return true;
}

static bool skip_byte_order_mark(struct lines *l)
{
    while (l->end - l->at < 3 && !l->at_end) {
        if (!fill(l))
            return false;
    }
    if (l->end - l->at >= 3 && memcmp(l->buf + l->at, "\xef\xbb\xbf", 3) == 0)
        l->at += 3;
    l->searched = l->at;
    return true;
}

/* Delivers the bytes [at, stop) as the next line. */
static int deliver(struct lines *l, size_t stop, size_t next, struct sim_text *out)
{
    if (l->nul < stop) {
        const struct sim_where where = {stream_path(l->stream), l->number + 1,
                                        (uint32_t)(l->nul - l->at) + 1};
        sim_hint(&l->failure, "is this a text file? gzip and zstd are recognised by themselves");
        sim_fail(&l->failure, SIM_ERR_FORMAT, where, "binary data: a NUL byte in the text");
        return -1;
    }
    l->current = l->buf + l->at;
    size_t len = stop - l->at;
    if (len > 0 && l->current[len - 1] == '\r')
        len--;
    l->current_len = (uint32_t)len;
    l->number++;
    l->at = next;
    l->searched = next;
    *out = (struct sim_text){l->current, l->current_len};
    return 1;
}

static int too_long(struct lines *l)
{
    const struct sim_where where = {stream_path(l->stream), l->number + 1, LINE_BYTES_MAX + 1};
    sim_hint(&l->failure, "is this a text file with line breaks?");
    sim_fail(&l->failure, SIM_ERR_LIMIT, where, "the line is longer than %u bytes", LINE_BYTES_MAX);
    return -1;
}

static int next_line(struct lines *l, struct sim_text *out)
{
    if (l->number == 0 && !skip_byte_order_mark(l))
        return -1;
    for (;;) {
        const char *end = memchr(l->buf + l->searched, '\n', l->end - l->searched);
        const size_t stop = end == NULL ? l->end : (size_t)(end - l->buf);
        const bool whole = end != NULL || l->at_end;
        if (whole && l->at == stop && end == NULL)
            return 0;
        if (l->nul < stop)
            return deliver(l, stop, stop, out);
        if (stop - l->at > LINE_BYTES_MAX)
            return too_long(l);
        if (whole)
            return deliver(l, stop, end == NULL ? stop : stop + 1, out);
        l->searched = l->end;
        if (!fill(l))
            return -1;
    }
}

static bool open_next_part(struct lines *l)
{
    struct stream *next = stream_open(l->parts.paths[l->part + 1], &l->failure);
    if (next == NULL)
        return false;
    l->bytes_done += stream_bytes_read(l->stream);
    stream_close(l->stream);
    l->stream = next;
    l->part++;
    l->at = l->end = l->searched = l->nul = 0;
    l->number = 0;
    l->at_end = false;
    return true;
}

/* A line never goes on in the next part, even when its line end is missing. */
static int next_of_parts(struct lines *l, struct sim_text *out)
{
    int got;
    while ((got = next_line(l, out)) == 0 && l->part + 1 < l->parts.count) {
        if (!open_next_part(l))
            return -1;
    }
    return got;
}

int lines_next(struct lines *l, struct sim_text *out, struct sim_diag *diag)
{
    const int result = l->failed ? -1 : next_of_parts(l, out);
    if (result >= 0)
        return result;
    l->failed = true;
    const struct sim_where where = {l->failure.path, l->failure.line, l->failure.column};
    if (l->failure.hint[0] != '\0')
        sim_hint(diag, "%s", l->failure.hint);
    sim_fail(diag, l->failure.err, where, "%s", l->failure.text);
    return -1;
}

struct sim_where lines_where(const struct lines *l)
{
    /* The name in `parts` outlives the stream of a part. */
    return (struct sim_where){l->parts.paths[l->part], l->number, 0};
}

struct sim_where lines_at(const struct lines *l, struct sim_text field)
{
    struct sim_where where = lines_where(l);
    if (field.at >= l->current && field.at <= l->current + l->current_len)
        where.column = (uint32_t)(field.at - l->current) + 1;
    return where;
}

struct sim_where lines_at_misfit(const struct lines *l, const struct sim_text *fields,
                                 uint32_t found, uint32_t wanted)
{
    const struct sim_text end = {l->current + l->current_len, 0};
    return lines_at(l, found > wanted ? fields[wanted] : end);
}

const struct parts *lines_parts(const struct lines *l)
{
    return &l->parts;
}

size_t lines_part(const struct lines *l)
{
    return l->part;
}

uint64_t lines_bytes_read(const struct lines *l)
{
    return l->bytes_done + stream_bytes_read(l->stream);
}

uint64_t lines_bytes_total(const struct lines *l)
{
    return l->bytes_total;
}
