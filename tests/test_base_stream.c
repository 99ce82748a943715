/* Streams: the same bytes whatever the packing, and damage is never an end of file. */
#include "base_files.h"

#include <fcntl.h>
#include <signal.h>

#include "base/mem.h"
#include "base/prng.h"
#include "base/stream.h"

enum { BIG = 1500000 }; /* Several buffers, packed and unpacked. */
static struct scratch s;
static char *plain, *packed, *got;

static void setup(void)
{
    scratch_open(&s);
    plain = mem_alloc(BIG, 1);
    packed = mem_alloc(3, BIG);
    got = mem_alloc(3, BIG);
    struct prng r;
    prng_init(&r, 1, "stream");
    for (size_t i = 0; i < BIG; i++) /* Poorly compressible. */
        plain[i] = (char)('0' + prng_below(&r, 64));
}

static void teardown(void)
{
    mem_free(plain);
    mem_free(packed);
    mem_free(got);
    scratch_close(&s);
}

TestSuite(stream, .init = setup, .fini = teardown);

/* Reads to the end in pieces of `step`; SIZE_MAX and diag when it fails. */
static size_t read_all(const char *path, size_t step, struct sim_diag *diag)
{
    struct stream *in = stream_open(path, diag);
    if (in == NULL)
        return SIZE_MAX;
    size_t len = 0;
    ptrdiff_t n;
    while ((n = stream_read(in, got + len, step, diag)) > 0) {
        cr_assert((size_t)n <= step);
        len += (size_t)n;
    }
    if (n == 0 && stream_bytes_total(in) != 0)
        cr_expect_eq(stream_bytes_read(in), stream_bytes_total(in));
    stream_close(in);
    return n < 0 ? SIZE_MAX : len;
}

static void expect_plain(const char *path, size_t step, size_t copies)
{
    struct sim_diag diag = {0};
    char text[900];
    const size_t len = read_all(path, step, &diag);
    cr_assert_eq(len, copies * BIG, "%s", sim_diag_str(&diag, text, sizeof text));
    for (size_t i = 0; i < copies; i++)
        cr_assert(memcmp(got + i * BIG, plain, BIG) == 0);
}

Test(stream, a_plain_file_is_read_as_it_is)
{
    expect_plain(scratch_write(&s, "a.csv", plain, BIG), 65536, 1);
    expect_plain(s.path, 999, 1);
}

/* The name says nothing: content decides. */
Test(stream, gzip_is_recognised_by_content_and_unpacked)
{
    const size_t n = pack_gzip(plain, BIG, packed, BIG * 2);
    expect_plain(scratch_write(&s, "a.csv", packed, n), 65536, 1);
    expect_plain(s.path, 7919, 1);
}

/* Published traces are sometimes gzip files put one behind the other. */
Test(stream, gzip_members_follow_each_other)
{
    size_t n = pack_gzip(plain, BIG, packed, BIG * 2);
    n += pack_gzip("", 0, packed + n, BIG);
    n += pack_gzip(plain, BIG, packed + n, BIG);
    expect_plain(scratch_write(&s, "a", packed, n), 65536, 2);
}

Test(stream, zstd_frames_follow_each_other)
{
    size_t n = pack_zstd(plain, BIG, packed, BIG * 2);
    const unsigned char skippable[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    memcpy(packed + n, skippable, sizeof skippable);
    n += sizeof skippable;
    n += pack_zstd(plain, BIG, packed + n, BIG);
    expect_plain(scratch_write(&s, "a", packed, n), 65536, 2);
    expect_plain(s.path, 7919, 2);
}

static void expect_error(const char *path, enum sim_err err, const char *words)
{
    struct sim_diag diag = {0};
    cr_expect_eq(read_all(path, 65536, &diag), SIZE_MAX, "%s was read to an end", path);
    cr_expect_eq(diag.err, err, "%s", diag.text);
    cr_expect_str_eq(diag.path, path);
    cr_expect(strstr(diag.text, words) != NULL, "'%s' is not in '%s'", words, diag.text);
}

/* A cut file that ends silently gives a wrong result that nobody notices. */
Test(stream, every_cut_of_a_gzip_file_is_an_error)
{
    const size_t n = pack_gzip(plain, 3000, packed, BIG);
    for (size_t cut = 2; cut < n; cut++)
        expect_error(scratch_write(&s, "cut.gz", packed, cut), SIM_ERR_TRUNCATED, "too early");
}

Test(stream, every_cut_of_a_zstd_file_is_an_error)
{
    const size_t n = pack_zstd(plain, 3000, packed, BIG);
    for (size_t cut = 4; cut < n; cut++)
        expect_error(scratch_write(&s, "cut.zst", packed, cut), SIM_ERR_TRUNCATED, "too early");
}

Test(stream, a_cut_second_member_is_an_error)
{
    const size_t first = pack_gzip(plain, 3000, packed, BIG);
    pack_gzip(plain, 3000, packed + first, BIG);
    expect_error(scratch_write(&s, "a.gz", packed, first + 20), SIM_ERR_TRUNCATED, "too early");
}

Test(stream, garbage_behind_the_last_member_is_an_error_with_its_offset)
{
    size_t n = pack_gzip(plain, 3000, packed, BIG);
    memcpy(packed + n, "garbage", 7);
    char words[128];
    snprintf(words, sizeof words,
             "garbage after the end of the compressed data at compressed byte %zu", n);
    expect_error(scratch_write(&s, "a.gz", packed, n + 7), SIM_ERR_FORMAT, words);
    expect_error(scratch_write(&s, "a.gz", packed, n + 1), SIM_ERR_FORMAT, "garbage");
    n = pack_zstd(plain, 3000, packed, BIG);
    memcpy(packed + n, "garbage", 7);
    expect_error(scratch_write(&s, "a.zst", packed, n + 7), SIM_ERR_FORMAT, "garbage");
}

/* The check sum of gzip covers what the deflate stream itself does not notice. */
Test(stream, a_flipped_byte_in_gzip_is_an_error)
{
    const size_t n = pack_gzip(plain, 3000, packed, BIG);
    for (size_t i = n / 2; i < n; i += 97) {
        packed[i] ^= 0x10;
        struct sim_diag diag = {0};
        cr_expect_eq(read_all(scratch_write(&s, "a.gz", packed, n), 65536, &diag), SIZE_MAX);
        cr_expect(diag.err == SIM_ERR_FORMAT || diag.err == SIM_ERR_TRUNCATED);
        packed[i] ^= 0x10;
    }
}

Test(stream, damaged_zstd_is_an_error)
{
    const size_t n = pack_zstd(plain, 3000, packed, BIG);
    memset(packed + 12, 0xff, 200);
    expect_error(scratch_write(&s, "a.zst", packed, n), SIM_ERR_FORMAT, "damaged zstd data");
}

Test(stream, files_shorter_than_a_signature_are_plain)
{
    struct sim_diag diag = {0};
    cr_expect_eq(read_all(scratch_text(&s, "empty", ""), 65536, &diag), 0u);
    cr_expect_eq(read_all(scratch_text(&s, "one", "\x1f"), 65536, &diag), 1u);
    cr_expect_eq(read_all(scratch_text(&s, "three", "\x28\xb5\x2f"), 65536, &diag), 3u);
    cr_expect_eq(diag.err, SIM_ERR_OK);
}

Test(stream, other_compressors_are_named)
{
    expect_error(scratch_write(&s, "a.xz",
                               "\xfd"
                               "7zXZ\0\0\4abcdef",
                               14),
                 SIM_ERR_FORMAT, "xz");
    expect_error(scratch_text(&s, "a.bz2", "BZh91AY&SYxxxx"), SIM_ERR_FORMAT, "bzip2");
    expect_error(scratch_text(&s, "a.zip", "PK\3\4xxxxxxxx"), SIM_ERR_FORMAT, "zip");
}

Test(stream, what_cannot_be_opened_says_why)
{
    expect_error("/nonexistent/file", SIM_ERR_IO, "No such file");
    expect_error(s.directory, SIM_ERR_IO, "is a directory");
    cr_expect_null(stream_open("/nonexistent/file", NULL));
}

/* Pipes deliver a few bytes at a time: even the signature may come in pieces. */
Test(stream, standard_input_is_recognised_by_content_too)
{
    const size_t n = pack_gzip(plain, 30000, packed, BIG);
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    const pid_t writer = fork();
    if (writer == 0) {
        for (size_t i = 0; i < n; i++) {
            if (write(ends[1], packed + i, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    struct sim_diag diag = {0};
    struct stream *in = stream_open("-", &diag);
    cr_assert(in != NULL);
    cr_expect_str_eq(stream_path(in), "<stdin>");
    cr_expect_eq(stream_bytes_total(in), 0u);
    size_t len = 0;
    ptrdiff_t r;
    while ((r = stream_read(in, got + len, 4096, &diag)) > 0)
        len += (size_t)r;
    stream_close(in);
    cr_expect_eq(r, 0);
    cr_expect_eq(len, 30000u);
    cr_expect(memcmp(got, plain, len) == 0);
}

Test(stream, peek_sees_unpacked_bytes)
{
    char head[100];
    const size_t n = pack_gzip(plain, 3000, packed, BIG);
    cr_expect_eq(stream_peek(scratch_write(&s, "a", packed, n), head, sizeof head), sizeof head);
    cr_expect(memcmp(head, plain, sizeof head) == 0);
    cr_expect_eq(stream_peek(scratch_text(&s, "b", "xyz"), head, sizeof head), 3u);
    cr_expect_eq(stream_peek(s.directory, head, sizeof head), 0u);
    cr_expect_eq(stream_peek("-", head, sizeof head), 0u);
    cr_expect_eq(stream_peek("/nonexistent", head, sizeof head), 0u);
}

/* Looking into a pipe would steal its first bytes from the reader; opening it would hang. */
Test(stream, peek_leaves_pipes_alone, .timeout = 10)
{
    char head[8], path[128];
    snprintf(path, sizeof path, "%s/fifo", s.directory);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(stream_peek(path, head, sizeof head), 0u);
}
