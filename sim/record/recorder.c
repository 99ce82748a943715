/* recorder.c - see recorder.h. The simulation thread builds a row in its place, or copies it there;
 * everything that takes time (packing, compression, digests, the disk) is done by the writer.
 * Batches lie in a queue: the simulation fills one that is free, the writer empties the oldest full
 * one, and a batch belongs to exactly one of them at any time, so rows themselves need no lock. The
 * batch that was freed last is filled next: it is still in the cache, and few are ever touched when
 * the writer keeps up. */
#include "record/recorder.h"

#include <stdatomic.h>
#include <string.h>
#include <uv.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/mem.h"
#include "record/hex.h"

#define CHUNK_BYTES (UINT32_C(256) << 10) /* Smaller ones wake the writer too often. */
#define ROWS_LEFT 64u                     /* Room for the sparse rows of one more decision. */
/* A sink packs a whole chunk of columns at once; meanwhile the simulation fills batches. At most 64
 * MiB wait for the disk; a chunk is allocated with its first row. */
#define BATCHES 32u
#define NAMES_MAX 4096u                      /* Names also close a batch. */
#define FLUSH_NS (UINT64_C(1) * 1000000000u) /* What a killed process may lose, in wall time. */

struct batch {
    uint8_t *chunk[SIM_TABLE_COUNT]; /* NULL before the first row of that table. */
    uint32_t rows[SIM_TABLE_COUNT];
    struct sim_sink_names
        *names; /* Their text is an offset into `text` until the batch is written. */
    size_t name_count, name_cap;
    char *text;
    size_t text_len, text_cap;
};

struct sink_state {
    const struct sim_sink *sink;
    const char *path;
    void *state;
    bool open;
};

struct recorder {
    struct sim_output output;
    /* The simulation thread's. */
    struct batch *open;
    bool nearly_full; /* Close before the next decision, so that its sparse rows stay with it. */
    uint32_t row_bytes[SIM_TABLE_COUNT], capacity[SIM_TABLE_COUNT];
    /* Shared without a lock: both are hints that may be seen late. */
    atomic_bool flush_wanted, failed;
    /* Shared under the lock. */
    uv_mutex_t lock;
    uv_cond_t filled, emptied;
    uint64_t head, tail;   /* Batches handed over, batches written. */
    uint8_t full[BATCHES]; /* Queue of handed-over batches: full[tail % BATCHES] is the oldest. */
    uint8_t free[BATCHES]; /* Stack of those that nobody has. */
    uint32_t free_count;
    bool closing, complete;
    /* The writer's, until it is joined. */
    uv_thread_t writer;
    uv_sem_t opened;
    struct batch batch[BATCHES];
    struct sink_state *sinks;
    size_t sink_count;
    struct sim_diag diag; /* The first failure. */
    XXH3_state_t *digest[SIM_TABLE_COUNT];
    uint64_t written[SIM_TABLE_COUNT];
};

/* Rows that others refer to come first: when a killed process cuts a batch, what is there is of
 * use. */
static const enum sim_table write_order[SIM_TABLE_COUNT] = {
    SIM_TABLE_MACHINES,  SIM_TABLE_FAILMASK,   SIM_TABLE_ROOM,      SIM_TABLE_AHEAD,
    SIM_TABLE_CONFLICTS, SIM_TABLE_PRIORITIES, SIM_TABLE_DECISIONS, SIM_TABLE_SPANS,
    SIM_TABLE_EVICTIONS, SIM_TABLE_TASKS,      SIM_TABLE_ATTEMPTS,  SIM_TABLE_PROMISES,
    SIM_TABLE_PROBES,    SIM_TABLE_OFFERS,     SIM_TABLE_FLOWS,     SIM_TABLE_ROUNDS,
};

/* ---- the writer's thread -------------------------------------------------------------------- */

/* Whether the answer came from the cache depends on whether there is a cache, not on the run. */
static void hide_cached(struct sim_decision_row *rows, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        rows[i].flags &= (uint8_t)~SIM_DECISION_CACHED;
}

static bool sinks_rows(struct recorder *r, enum sim_table t, const void *rows, uint32_t n)
{
    for (size_t i = 0; i < r->sink_count; i++)
        if (!r->sinks[i].sink->rows(r->sinks[i].state, t, rows, n, &r->diag))
            return false;
    return true;
}

static bool sinks_names(struct recorder *r, struct batch *b)
{
    const char *at = b->text;
    for (size_t k = 0; k < b->name_count; k++) {
        b->names[k].text.at = at;
        at += b->names[k].text.len;
    }
    for (size_t i = 0; i < r->sink_count; i++)
        if (!r->sinks[i].sink->names(r->sinks[i].state, b->names, (uint32_t)b->name_count,
                                     &r->diag))
            return false;
    return true;
}

static bool sinks_flush(struct recorder *r)
{
    for (size_t i = 0; i < r->sink_count; i++)
        if (r->sinks[i].sink->flush != NULL &&
            !r->sinks[i].sink->flush(r->sinks[i].state, &r->diag))
            return false;
    return true;
}

static bool batch_sink(struct recorder *r, struct batch *b)
{
    if (b->name_count > 0 && !sinks_names(r, b))
        return false;
    for (size_t k = 0; k < SIM_TABLE_COUNT; k++) {
        const enum sim_table t = write_order[k];
        if (b->rows[t] > 0 && !sinks_rows(r, t, b->chunk[t], b->rows[t]))
            return false;
    }
    return sinks_flush(r);
}

static void batch_write(struct recorder *r, struct batch *b)
{
    if (!atomic_load(&r->failed) && !batch_sink(r, b))
        atomic_store(&r->failed, true);
    hide_cached((struct sim_decision_row *)(void *)b->chunk[SIM_TABLE_DECISIONS],
                b->rows[SIM_TABLE_DECISIONS]);
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        if (b->rows[t] == 0)
            continue;
        XXH3_128bits_update(r->digest[t], b->chunk[t], (size_t)b->rows[t] * r->row_bytes[t]);
        r->written[t] += b->rows[t];
        b->rows[t] = 0;
    }
    b->name_count = 0;
    b->text_len = 0;
}

/* The oldest batch, or NULL when the recorder closes and all are written. A second without a batch
 * makes the simulation hand over what it has, at its next row. */
static struct batch *batch_wait(struct recorder *r)
{
    uv_mutex_lock(&r->lock);
    while (r->head == r->tail && !r->closing)
        if (uv_cond_timedwait(&r->filled, &r->lock, FLUSH_NS) != 0)
            atomic_store(&r->flush_wanted, true);
    struct batch *b = r->head == r->tail ? NULL : &r->batch[r->full[r->tail % BATCHES]];
    uv_mutex_unlock(&r->lock);
    return b;
}

static void batch_release(struct recorder *r)
{
    uv_mutex_lock(&r->lock);
    r->free[r->free_count++] = r->full[r->tail++ % BATCHES];
    uv_cond_signal(&r->emptied);
    uv_mutex_unlock(&r->lock);
}

static void sinks_open(struct recorder *r)
{
    for (size_t i = 0; i < r->sink_count && !atomic_load(&r->failed); i++) {
        struct sink_state *s = &r->sinks[i];
        s->open = s->sink->open(s->state, s->path, &r->diag);
        if (!s->open)
            atomic_store(&r->failed, true);
    }
}

static void sinks_close(struct recorder *r)
{
    for (size_t i = 0; i < r->sink_count; i++) {
        struct sink_state *s = &r->sinks[i];
        const bool whole = r->complete && !atomic_load(&r->failed);
        if (s->open && !s->sink->close(s->state, whole, &r->diag))
            atomic_store(&r->failed, true);
    }
}

static void writer_main(void *arg)
{
    struct recorder *r = arg;
    sinks_open(r);
    uv_sem_post(&r->opened);
    for (struct batch *b; (b = batch_wait(r)) != NULL; batch_release(r))
        batch_write(r, b);
    sinks_close(r);
}

/* ---- the simulation's thread ---------------------------------------------------------------- */

static void batch_close(struct recorder *r)
{
    atomic_store_explicit(&r->flush_wanted, false, memory_order_relaxed);
    r->nearly_full = false;
    uv_mutex_lock(&r->lock);
    r->full[r->head++ % BATCHES] = (uint8_t)(r->open - r->batch);
    uv_cond_signal(&r->filled);
    while (r->free_count == 0)
        uv_cond_wait(&r->emptied, &r->lock);
    r->open = &r->batch[r->free[--r->free_count]];
    uv_mutex_unlock(&r->lock);
}

static void *lend_row(void *self, enum sim_table table)
{
    struct recorder *r = self;
    if (table == SIM_TABLE_DECISIONS && r->nearly_full)
        batch_close(r);
    struct batch *b = r->open;
    if (b->chunk[table] == NULL)
        b->chunk[table] = mem_alloc(CHUNK_BYTES, 1);
    return b->chunk[table] + (size_t)b->rows[table] * r->row_bytes[table];
}

static void take_row(void *self, enum sim_table table, const void *row)
{
    struct recorder *r = self;
    void *place = lend_row(r, table);
    if (row != place)
        memcpy(place, row, r->row_bytes[table]);
    const uint32_t left = r->capacity[table] - ++r->open->rows[table];
    if (left < ROWS_LEFT) {
        r->nearly_full = true;
        if (left == 0)
            batch_close(r);
    } else if (atomic_load_explicit(&r->flush_wanted, memory_order_relaxed)) {
        batch_close(r);
    }
}

static void take_name(void *self, enum sim_name_kind kind, uint32_t id, struct sim_text text)
{
    struct recorder *r = self;
    struct batch *b = r->open;
    MEM_GROW(b->names, b->name_cap, b->name_count + 1);
    MEM_GROW(b->text, b->text_cap, b->text_len + text.len);
    b->names[b->name_count++] = (struct sim_sink_names){kind, id, {NULL, text.len}};
    if (text.len > 0)
        memcpy(b->text + b->text_len, text.at, text.len);
    b->text_len += text.len;
    if (b->name_count == NAMES_MAX || b->text_len >= CHUNK_BYTES)
        batch_close(r);
}

static void batches_create(struct recorder *r)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        r->row_bytes[t] = (uint32_t)sim_table_info((enum sim_table)t)->row_bytes;
        r->capacity[t] = CHUNK_BYTES / r->row_bytes[t];
        r->digest[t] = XXH3_createState();
        CHECK(r->digest[t] != NULL);
        XXH3_128bits_reset(r->digest[t]);
    }
    for (unsigned i = BATCHES; i-- > 0;)
        r->free[r->free_count++] = (uint8_t)i;
    r->open = &r->batch[r->free[--r->free_count]];
}

static void recorder_free(struct recorder *r)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        XXH3_freeState(r->digest[t]);
    for (unsigned i = 0; i < BATCHES; i++) {
        for (int t = 0; t < SIM_TABLE_COUNT; t++)
            mem_free(r->batch[i].chunk[t]);
        mem_free(r->batch[i].names);
        mem_free(r->batch[i].text);
    }
    for (size_t i = 0; i < r->sink_count; i++)
        mem_free(r->sinks[i].state);
    mem_free(r->sinks);
    uv_sem_destroy(&r->opened);
    uv_cond_destroy(&r->emptied);
    uv_cond_destroy(&r->filled);
    uv_mutex_destroy(&r->lock);
    mem_free(r);
}

static struct recorder *recorder_create(const struct recorder_sink *sinks, size_t n)
{
    struct recorder *r = MEM_NEW(struct recorder, 1);
    r->output = (struct sim_output){r, take_row, take_name, lend_row};
    atomic_init(&r->flush_wanted, false);
    atomic_init(&r->failed, false);
    r->sinks = MEM_NEW(struct sink_state, n);
    r->sink_count = n;
    for (size_t i = 0; i < n; i++)
        r->sinks[i] = (struct sink_state){sinks[i].sink, sinks[i].path,
                                          mem_alloc(1, sinks[i].sink->state_bytes), false};
    batches_create(r);
    CHECK(uv_mutex_init(&r->lock) == 0 && uv_cond_init(&r->filled) == 0 &&
          uv_cond_init(&r->emptied) == 0 && uv_sem_init(&r->opened, 0) == 0);
    return r;
}

struct recorder *recorder_start(const struct recorder_sink *sinks, size_t n, struct sim_diag *diag)
{
    struct recorder *r = recorder_create(sinks, n);
    const int error = uv_thread_create(&r->writer, writer_main, r);
    if (error != 0) {
        sim_fail(diag, SIM_ERR_IO, SIM_NOWHERE, "cannot start the writer's thread: %s",
                 uv_strerror(error));
        recorder_free(r);
        return NULL;
    }
    return r;
}

bool recorder_ready(struct recorder *r)
{
    uv_sem_wait(&r->opened);
    uv_sem_post(&r->opened);
    return !atomic_load(&r->failed);
}

struct recorder *recorder_open(const struct recorder_sink *sinks, size_t n, struct sim_diag *diag)
{
    struct recorder *r = recorder_start(sinks, n, diag);
    if (r == NULL || recorder_ready(r) || recorder_close(r, false, NULL, diag))
        return r; /* The last one is false: it says why. */
    return NULL;
}

const struct sim_output *recorder_output(struct recorder *r)
{
    return &r->output;
}

bool recorder_failed(const struct recorder *r)
{
    return atomic_load_explicit(&r->failed, memory_order_relaxed);
}

static void digests(struct recorder *r, struct recorder_digests *out)
{
    XXH128_canonical_t all[SIM_TABLE_COUNT];
    for (int t = 0; t < SIM_TABLE_COUNT; t++) {
        const XXH128_hash_t hash = XXH3_128bits_digest(r->digest[t]);
        XXH128_canonicalFromHash(&all[t], hash);
        hex_128(hash, out->table[t]);
        out->rows[t] = r->written[t];
    }
    /* The last table counts when it has rows: a run that promises nothing keeps its digest. */
    const size_t tables = SIM_TABLE_COUNT - (r->written[SIM_TABLE_PROMISES] == 0);
    hex_128(XXH3_128bits(all, tables * sizeof all[0]), out->all);
}

bool recorder_close(struct recorder *r, bool complete, struct recorder_digests *out,
                    struct sim_diag *diag)
{
    batch_close(r);
    uv_mutex_lock(&r->lock);
    r->closing = true;
    r->complete = complete;
    uv_cond_signal(&r->filled);
    uv_mutex_unlock(&r->lock);
    uv_thread_join(&r->writer);
    const bool good = !atomic_load(&r->failed);
    if (!good && diag != NULL && diag->err == SIM_ERR_OK)
        *diag = r->diag;
    if (out != NULL)
        digests(r, out);
    recorder_free(r);
    return good;
}
