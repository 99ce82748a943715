/* rundir_mpk.c - reads decisions.mpk, the stream of a run that was killed or still goes on. Opening
 * it checks every frame and notes where the frames of each table lie; a table is unpacked when
 * asked for. A frame that the end of the file cuts is a torn tail and dropped; a checksum that does
 * not hold is damage, and the error says at which byte. */
#include <errno.h>
#include <inttypes.h>
#include <msgpack.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "record/columns.h"
#include "record/file.h"
#include "record/frame.h"
#include "report/rundir_source.h"

#define TABLES_MAX 32u /* A file of a later version may have more tables than we know. */
enum { FRAMES_NAMES = SIM_TABLE_COUNT, FRAMES_KINDS, FRAMES_OTHER };

struct place {
    uint64_t at; /* Of the payload. */
    uint32_t len;
};
struct place_list {
    struct place *places;
    size_t count, cap;
};
struct rundir_mpk {
    FILE *in;
    char *path;
    char *payload; /* Of the frame read last. */
    size_t payload_cap;
    uint64_t at;                            /* Where the next frame starts. */
    struct place_list frames[FRAMES_KINDS]; /* By table; the last list is of names. */
    int table_of[TABLES_MAX];               /* By number in the file; FRAMES_OTHER = unknown. */
    uint32_t *column_of[SIM_TABLE_COUNT];   /* By our table and column: position in a row. */
    uint32_t row_len[SIM_TABLE_COUNT];      /* Columns of a row in the file, by our table. */
    bool complete;
    uint64_t dropped;
};

static bool damaged(const struct rundir_mpk *m, struct sim_diag *diag, uint64_t at,
                    const char *what)
{
    sim_hint(diag, "what precedes that byte is whole; cut the file there to read it");
    return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){m->path, 0, 0}, "byte %" PRIu64 ": %s",
                    at, what);
}

/* ---- frames --------------------------------------------------------------------------------- */

enum next { NEXT_FRAME, NEXT_END, NEXT_TORN, NEXT_ERROR };

static uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool payload_read(struct rundir_mpk *m, uint32_t len)
{
    MEM_GROW(m->payload, m->payload_cap, len);
    return fread(m->payload, 1, len, m->in) == len;
}

static enum next frame_next(struct rundir_mpk *m, uint32_t *len, struct sim_diag *diag)
{
    unsigned char head[FRAME_HEAD];
    const size_t got = fread(head, 1, sizeof head, m->in);
    if (got < sizeof head)
        return ferror(m->in) ? NEXT_ERROR : got == 0 ? NEXT_END : NEXT_TORN;
    *len = word(head);
    if (*len > FRAME_BYTES_MAX) {
        damaged(m, diag, m->at, "a frame longer than any that is written");
        return NEXT_ERROR;
    }
    if (!payload_read(m, *len))
        return ferror(m->in) ? NEXT_ERROR : NEXT_TORN;
    if ((uint32_t)XXH3_64bits(m->payload, *len) != word(head + 4)) {
        damaged(m, diag, m->at, "the checksum of the frame does not match its content");
        return NEXT_ERROR;
    }
    return NEXT_FRAME;
}

static void place_add(struct place_list *l, uint64_t at, uint32_t len)
{
    MEM_GROW(l->places, l->cap, l->count + 1);
    l->places[l->count++] = (struct place){at, len};
}

static bool unpack(msgpack_unpacked *u, const char *payload, size_t len)
{
    size_t used = 0;
    return msgpack_unpack_next(u, payload, len, &used) == MSGPACK_UNPACK_SUCCESS && used == len;
}

/* ---- the first frame ------------------------------------------------------------------------ */

static bool is_word(const msgpack_object *o, const char *word)
{
    return o->type == MSGPACK_OBJECT_STR && o->via.str.size == strlen(word) &&
           memcmp(o->via.str.ptr, word, o->via.str.size) == 0;
}

/* The value of a key, or NULL when `o` is no map or has no such key. */
static const msgpack_object *member(const msgpack_object *o, const char *key)
{
    if (o->type != MSGPACK_OBJECT_MAP)
        return NULL;
    for (uint32_t i = 0; i < o->via.map.size; i++)
        if (is_word(&o->via.map.ptr[i].key, key))
            return &o->via.map.ptr[i].val;
    return NULL;
}

static const msgpack_object_array *array_member(const msgpack_object *o, const char *key)
{
    const msgpack_object *value = member(o, key);
    return value == NULL || value->type != MSGPACK_OBJECT_ARRAY ? NULL : &value->via.array;
}

static bool columns_match(struct rundir_mpk *m, int table, const msgpack_object_array *columns)
{
    const struct sim_table_info *info = sim_table_info((enum sim_table)table);
    uint32_t *of = MEM_NEW(uint32_t, info->column_count);
    m->column_of[table] = of;
    m->row_len[table] = columns->size;
    for (size_t c = 0; c < info->column_count; c++) {
        while (of[c] < columns->size && !is_word(&columns->ptr[of[c]], info->columns[c].name))
            of[c]++;
        if (of[c] == columns->size)
            return false;
    }
    return true;
}

static bool table_match(struct rundir_mpk *m, uint32_t number, const msgpack_object *described)
{
    const msgpack_object *name = member(described, "name");
    const msgpack_object_array *columns = array_member(described, "columns");
    if (name == NULL || columns == NULL)
        return false;
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        if (is_word(name, sim_table_info((enum sim_table)t)->name)) {
            m->table_of[number] = t;
            return m->column_of[t] == NULL && columns_match(m, t, columns);
        }
    return true; /* A table that this program does not know. */
}

static bool header_match(struct rundir_mpk *m, const msgpack_object *header)
{
    const msgpack_object *format = member(header, "format"), *version = member(header, "version");
    const msgpack_object_array *tables = array_member(header, "tables");
    if (format == NULL || !is_word(format, "simctl") || version == NULL || tables == NULL ||
        version->type != MSGPACK_OBJECT_POSITIVE_INTEGER || version->via.u64 != FRAME_VERSION)
        return false;
    for (uint32_t i = 0; i < tables->size && i < TABLES_MAX; i++)
        if (!table_match(m, i, &tables->ptr[i]))
            return false;
    return true;
}

static bool header_read(struct rundir_mpk *m, uint32_t len, struct sim_diag *diag)
{
    msgpack_unpacked u;
    msgpack_unpacked_init(&u);
    const bool good = unpack(&u, m->payload, len) && header_match(m, &u.data);
    msgpack_unpacked_destroy(&u);
    if (good)
        return true;
    sim_hint(diag, "it was written by another version of simctl, or by another program");
    return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){m->path, 0, 0},
                    "the first frame does not describe tables that this version can read");
}

/* ---- the index ------------------------------------------------------------------------------ */

/* Array of two: a table number or "names", then the rows. Anything else is the last frame, a map.
 */
static int frame_kind(const struct rundir_mpk *m, uint32_t len)
{
    static const char names[] = "\x92\xa5names";
    const unsigned char *p = (const unsigned char *)m->payload;
    if (len >= sizeof names - 1 && memcmp(p, names, sizeof names - 1) == 0)
        return FRAMES_NAMES;
    if (len >= 2 && p[0] == 0x92 && p[1] < TABLES_MAX)
        return m->table_of[p[1]];
    return FRAMES_OTHER;
}

static bool is_end(const struct rundir_mpk *m, uint32_t len)
{
    msgpack_unpacked u;
    msgpack_unpacked_init(&u);
    const bool end = unpack(&u, m->payload, len) && member(&u.data, "end") != NULL;
    msgpack_unpacked_destroy(&u);
    return end;
}

static bool index_frame(struct rundir_mpk *m, uint32_t len, struct sim_diag *diag)
{
    if (m->at == 0 && !header_read(m, len, diag))
        return false;
    const int kind = frame_kind(m, len);
    m->complete = kind == FRAMES_OTHER && is_end(m, len);
    if (kind < FRAMES_KINDS)
        place_add(&m->frames[kind], m->at + FRAME_HEAD, len);
    m->at += FRAME_HEAD + len;
    return true;
}

static bool index_build(struct rundir_mpk *m, struct sim_diag *diag)
{
    for (uint32_t len;;) {
        switch (frame_next(m, &len, diag)) {
        case NEXT_FRAME:
            if (!index_frame(m, len, diag))
                return false;
            break;
        case NEXT_TORN:
            m->complete = false;
            m->dropped = (uint64_t)ftello(m->in) - m->at;
            return true;
        case NEXT_END:
            return true;
        case NEXT_ERROR:
            return ferror(m->in) ? file_fail(diag, m->path, errno, "read") : false;
        }
    }
}

/* ---- rows and names ------------------------------------------------------------------------- */

static bool to_int(const msgpack_object *o, int64_t *out)
{
    if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
        *out = (int64_t)o->via.u64;
    else if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        *out = o->via.i64;
    else
        return false;
    return true;
}

static bool row_spread(const struct rundir_mpk *m, int table, const msgpack_object *o, uint8_t *row)
{
    const struct sim_table_info *info = sim_table_info((enum sim_table)table);
    if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size != m->row_len[table])
        return false;
    for (size_t c = 0; c < info->column_count; c++) {
        int64_t value;
        if (!to_int(&o->via.array.ptr[m->column_of[table][c]], &value))
            return false;
        column_set(&info->columns[c], row, value);
    }
    return true;
}

/* Second member of a frame: its rows or names. */
static const msgpack_object_array *items(const msgpack_object *frame)
{
    if (frame->type != MSGPACK_OBJECT_ARRAY || frame->via.array.size != 2 ||
        frame->via.array.ptr[1].type != MSGPACK_OBJECT_ARRAY)
        return NULL;
    return &frame->via.array.ptr[1].via.array;
}

static bool rows_take(struct rundir_mpk *m, int table, const msgpack_object *frame, void *out)
{
    const msgpack_object_array *rows = items(frame);
    if (rows == NULL)
        return false;
    const size_t row_bytes = sim_table_info((enum sim_table)table)->row_bytes;
    uint8_t *row = row_list_more(out, row_bytes, rows->size);
    for (uint32_t i = 0; i < rows->size; i++, row += row_bytes)
        if (!row_spread(m, table, &rows->ptr[i], row))
            return false;
    return true;
}

static bool names_take(struct rundir_mpk *m, int kind, const msgpack_object *frame, void *out)
{
    struct name_list *names = out;
    const msgpack_object_array *list = items(frame);
    (void)m, (void)kind;
    for (uint32_t i = 0; list != NULL && i < list->size; i++) {
        const msgpack_object_array *name = &list->ptr[i].via.array;
        int64_t k, id;
        if (list->ptr[i].type != MSGPACK_OBJECT_ARRAY || name->size != 3 ||
            !to_int(&name->ptr[0], &k) || !to_int(&name->ptr[1], &id) || k < 0 ||
            k >= SIM_NAME_KINDS || id < 0 || id >= SIM_NONE ||
            name->ptr[2].type != MSGPACK_OBJECT_STR)
            return false;
        const struct sim_text text = {name->ptr[2].via.str.ptr, name->ptr[2].via.str.size};
        if (!name_list_add(&names[k], (uint32_t)id, text))
            return false;
    }
    return list != NULL;
}

/* Unpacks all frames of a kind and gives each to `take`. */
static bool frames_read(struct rundir_mpk *m, int kind, void *out,
                        bool (*take)(struct rundir_mpk *m, int kind, const msgpack_object *frame,
                                     void *out),
                        struct sim_diag *diag)
{
    msgpack_unpacked u;
    msgpack_unpacked_init(&u);
    bool good = true;
    for (size_t i = 0; i < m->frames[kind].count && good; i++) {
        const struct place p = m->frames[kind].places[i];
        good = fseeko(m->in, (off_t)p.at, SEEK_SET) == 0 && payload_read(m, p.len) &&
               unpack(&u, m->payload, p.len) && take(m, kind, &u.data, out);
        if (!good)
            damaged(m, diag, p.at - FRAME_HEAD, "the frame does not hold what its kind says");
    }
    msgpack_unpacked_destroy(&u);
    return good;
}

bool rundir_mpk_rows(struct rundir_mpk *m, enum sim_table table, struct row_list *out,
                     struct sim_diag *diag)
{
    return frames_read(m, (int)table, out, rows_take, diag);
}

bool rundir_mpk_names(struct rundir_mpk *m, struct name_list names[SIM_NAME_KINDS],
                      struct sim_diag *diag)
{
    return frames_read(m, FRAMES_NAMES, names, names_take, diag);
}

struct rundir_mpk *rundir_mpk_open(const char *path, struct sim_diag *diag)
{
    struct rundir_mpk *m = MEM_NEW(struct rundir_mpk, 1);
    m->path = mem_text(path, strlen(path));
    for (unsigned i = 0; i < TABLES_MAX; i++)
        m->table_of[i] = FRAMES_OTHER;
    m->in = fopen(path, "rb");
    if (m->in == NULL)
        file_fail(diag, path, errno, "open the file");
    if (m->in != NULL && index_build(m, diag))
        return m;
    rundir_mpk_close(m);
    return NULL;
}

void rundir_mpk_close(struct rundir_mpk *m)
{
    if (m == NULL)
        return;
    if (m->in != NULL)
        (void)fclose(m->in);
    for (int i = 0; i < FRAMES_KINDS; i++)
        mem_free(m->frames[i].places);
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        mem_free(m->column_of[t]);
    mem_free(m->payload);
    mem_free(m->path);
    mem_free(m);
}

bool rundir_mpk_complete(const struct rundir_mpk *m)
{
    return m->complete;
}

uint64_t rundir_mpk_dropped(const struct rundir_mpk *m)
{
    return m->dropped;
}
