/* stream.h - bytes of an input: plain, gzip (several members) or zstd, by content, from a file or
 * stdin. Damage and truncation are errors, never an end of file. */
#ifndef SIM_BASE_STREAM_H
#define SIM_BASE_STREAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <simctl/diag.h>

struct stream;
/* "-" is stdin. NULL with diag (SIM_ERR_IO: not there, a directory, not readable). */
struct stream *stream_open(const char *path, struct sim_diag *diag);
void stream_close(struct stream *s); /* NULL is allowed. */
/* Up to size decompressed bytes; 0 at the true end; -1 with diag (SIM_ERR_IO, SIM_ERR_TRUNCATED,
 * SIM_ERR_FORMAT). */
ptrdiff_t stream_read(struct stream *s, void *buf, size_t size, struct sim_diag *diag);
uint64_t stream_bytes_read(const struct stream *s);  /* Compressed bytes consumed so far. */
uint64_t stream_bytes_total(const struct stream *s); /* Size of the file; 0 for a pipe. */
const char *stream_path(const struct stream *s);     /* As given; "<stdin>" for "-". */

/* First bytes of a file, decompressed, for guessing its format; 0 when unreadable or stdin. */
size_t stream_peek(const char *path, char *buf, size_t size);

/* The parts of one table: `path` itself when it is a file; else every file of the directory `path`
 * (or path/`table` when that is a directory) whose name ends in `suffix` possibly followed by .gz
 * or .zst, sorted by name, numbers in it by their value. "part-00007-of-00500" names are checked
 * for gaps. */
struct parts {
    char **paths;
    size_t count;
    uint32_t
        *missing; /* Part numbers that lie between the first and the last, and are not there. */
    size_t missing_count;
    uint32_t declared; /* "of" figure, 0 = none. */
};
bool parts_find(const char *path, const char *table, const char *suffix, struct parts *out,
                struct sim_diag *diag);
void parts_free(struct parts *p);
#endif
