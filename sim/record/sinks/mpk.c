/* mpk.c - decisions.mpk: the stream that is written while the run goes on, readable after a crash
 * up to its last whole frame, and pipeable. The format stands in record/frame.h. */
#include <inttypes.h>
#include <msgpack.h>
#include <xxhash.h>

#include "base/mem.h"
#include "record/columns.h"
#include "record/file.h"
#include "record/frame.h"
#include "record/sink.h"

#define WRITE_BYTES (UINT32_C(256) << 10) /* Fewer, larger writes once this much is packed. */
#define HEADER_BYTES_MAX (UINT32_C(16) << 10)
#define VALUE_BYTES_MAX 9u /* A 64-bit integer, or the head of an array or text. */

struct mpk {
    int fd;
    char *path;
    char *packed;
    size_t used, cap;
    uint64_t rows[SIM_TABLE_COUNT];
};

/* Callers made room for it. The packer calls this for every value: with the packer a local variable
 * the compiler sees through the pointer, and a value costs a store or two. */
static inline int append(void *self, const char *bytes, size_t n)
{
    struct mpk *m = self;
    memcpy(m->packed + m->used, bytes, n);
    m->used += n;
    return 0;
}

static void reserve(struct mpk *m, size_t more)
{
    MEM_GROW(m->packed, m->cap, m->used + more);
}

static size_t frame_begin(struct mpk *m, size_t bytes_max)
{
    const size_t start = m->used;
    reserve(m, FRAME_HEAD + bytes_max);
    memset(m->packed + start, 0, FRAME_HEAD);
    m->used += FRAME_HEAD;
    return start;
}

static void pack_text(msgpack_packer *p, const char *at, size_t n)
{
    msgpack_pack_str(p, n);
    msgpack_pack_str_body(p, at, n);
}

static void pack_word(msgpack_packer *p, const char *word)
{
    pack_text(p, word, strlen(word));
}

static bool write_out(struct mpk *m, struct sim_diag *diag)
{
    const bool good = file_put(m->fd, m->path, m->packed, m->used, diag);
    m->used = 0;
    return good;
}

static bool frame_end(struct mpk *m, size_t start, struct sim_diag *diag)
{
    char *frame = m->packed + start;
    const size_t n = m->used - start - FRAME_HEAD;
    const uint64_t words = (uint64_t)n | XXH3_64bits(frame + FRAME_HEAD, n) << 32;
    for (unsigned i = 0; i < FRAME_HEAD; i++)
        frame[i] = (char)(unsigned char)(words >> (8 * i));
    return m->used < WRITE_BYTES || write_out(m, diag);
}

static bool header(struct mpk *m, struct sim_diag *diag)
{
    const size_t start = frame_begin(m, HEADER_BYTES_MAX);
    msgpack_packer packer = {m, append}, *p = &packer;
    msgpack_pack_map(p, 3);
    pack_word(p, "format");
    pack_word(p, "simctl");
    pack_word(p, "version");
    msgpack_pack_int(p, FRAME_VERSION);
    pack_word(p, "tables");
    msgpack_pack_array(p, SIM_TABLE_COUNT);
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        const struct sim_table_info *info = sim_table_info((enum sim_table)t);
        msgpack_pack_map(p, 2);
        pack_word(p, "name");
        pack_word(p, info->name);
        pack_word(p, "columns");
        msgpack_pack_array(p, info->column_count);
        for (size_t c = 0; c < info->column_count; c++)
            pack_word(p, info->columns[c].name);
    }
    return frame_end(m, start, diag) && write_out(m, diag);
}

static bool footer(struct mpk *m, struct sim_diag *diag)
{
    const size_t start = frame_begin(m, HEADER_BYTES_MAX);
    msgpack_packer packer = {m, append}, *p = &packer;
    msgpack_pack_map(p, 2);
    pack_word(p, "end");
    msgpack_pack_true(p);
    pack_word(p, "rows");
    msgpack_pack_map(p, SIM_TABLE_COUNT);
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        pack_word(p, sim_table_info((enum sim_table)t)->name);
        msgpack_pack_uint64(p, m->rows[t]);
    }
    return frame_end(m, start, diag);
}

static bool release(struct mpk *m, bool good, struct sim_diag *diag)
{
    good = file_close(m->fd, m->path, good ? diag : NULL) && good;
    mem_free(m->packed);
    mem_free(m->path);
    return good;
}

static bool mpk_open(void *state, const char *path, struct sim_diag *diag)
{
    struct mpk *m = state;
    m->fd = file_create(path, diag);
    if (m->fd < 0)
        return false;
    m->path = mem_text(path, strlen(path));
    return header(m, diag) || release(m, false, diag);
}

static bool mpk_rows(void *state, enum sim_table table, const void *rows, uint32_t n,
                     struct sim_diag *diag)
{
    struct mpk *m = state;
    const struct sim_table_info *info = sim_table_info(table);
    const size_t start = frame_begin(m, (3 + n * (1 + info->column_count)) * VALUE_BYTES_MAX);
    msgpack_packer packer = {m, append}, *p = &packer;
    msgpack_pack_array(p, 2);
    msgpack_pack_int(p, (int)table);
    msgpack_pack_array(p, n);
    for (uint32_t i = 0; i < n; i++) {
        const char *row = (const char *)rows + i * info->row_bytes;
        msgpack_pack_array(p, info->column_count);
        for (size_t c = 0; c < info->column_count; c++)
            msgpack_pack_int64(p, column_get(&info->columns[c], row));
    }
    m->rows[table] += n;
    return frame_end(m, start, diag);
}

static bool mpk_names(void *state, const struct sim_sink_names *names, uint32_t n,
                      struct sim_diag *diag)
{
    struct mpk *m = state;
    size_t bytes_max = (4 + (size_t)n * 4) * VALUE_BYTES_MAX;
    for (uint32_t i = 0; i < n; i++)
        bytes_max += names[i].text.len;
    const size_t start = frame_begin(m, bytes_max);
    msgpack_packer packer = {m, append}, *p = &packer;
    msgpack_pack_array(p, 2);
    pack_word(p, "names");
    msgpack_pack_array(p, n);
    for (uint32_t i = 0; i < n; i++) {
        msgpack_pack_array(p, 3);
        msgpack_pack_int(p, (int)names[i].kind);
        msgpack_pack_uint32(p, names[i].id);
        pack_text(p, names[i].text.at, names[i].text.len);
    }
    return frame_end(m, start, diag);
}

static bool mpk_flush(void *state, struct sim_diag *diag)
{
    return write_out(state, diag);
}

static bool mpk_close(void *state, bool complete, struct sim_diag *diag)
{
    struct mpk *m = state;
    const bool good = (!complete || footer(m, diag)) && write_out(m, diag);
    return release(m, good, diag);
}

const struct sim_sink sim_sink_mpk = {
    .name = "mpk",
    .summary = "framed MessagePack, readable while the run goes on and after a crash",
    .state_bytes = sizeof(struct mpk),
    .open = mpk_open,
    .rows = mpk_rows,
    .names = mpk_names,
    .flush = mpk_flush,
    .close = mpk_close,
};
