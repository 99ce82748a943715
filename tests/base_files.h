/* base_files.h - throw-away files for the tests of readers. */
#ifndef TESTS_BASE_FILES_H
#define TESTS_BASE_FILES_H
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

struct scratch {
    char directory[64];
    char path[256]; /* Of the file written last. */
};

static inline void scratch_open(struct scratch *s)
{
    snprintf(s->directory, sizeof s->directory, "/tmp/simctl-test-XXXXXX");
    cr_assert(mkdtemp(s->directory) != NULL);
}

static inline void scratch_close(struct scratch *s)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", s->directory);
    cr_assert_eq(system(command), 0);
}

static inline const char *scratch_write(struct scratch *s, const char *name, const void *bytes,
                                        size_t n)
{
    snprintf(s->path, sizeof s->path, "%s/%s", s->directory, name);
    FILE *f = fopen(s->path, "wb");
    cr_assert(f != NULL);
    cr_assert_eq(fwrite(bytes, 1, n, f), n);
    cr_assert_eq(fclose(f), 0);
    return s->path;
}

static inline const char *scratch_text(struct scratch *s, const char *name, const char *text)
{
    return scratch_write(s, name, text, strlen(text));
}

/* One gzip member. `out` must be large enough. */
static inline size_t pack_gzip(const void *bytes, size_t n, void *out, size_t size)
{
    z_stream z = {0};
    cr_assert_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)bytes;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)size;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static inline size_t pack_zstd(const void *bytes, size_t n, void *out, size_t size)
{
    const size_t len = ZSTD_compress(out, size, bytes, n, 3);
    cr_assert(!ZSTD_isError(len));
    return len;
}
#endif
