/* planes.c - see planes.h. Terms and code tables are those of RFC 1951, section 3.2. */
#include "record/planes.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

enum {
    END_OF_BLOCK = 256,
    FIRST_LENGTH = 257,
    SYMBOLS = 286,
    LENGTHS = 29,
    CODE_BITS_MAX = 15,
    RUN_MIN = 4, /* Shorter runs cost as much as their literals. */
    RUN_MAX = 258,
    STORED_MAX = 65535,
    BLOCK_HEAD_BYTES_MAX = 192, /* Of a Huffman block: the lengths of all its codes. */
    MATCH = 0x8000              /* Token: a run; the low bits are its length. */
};

struct planes {
    uint16_t tokens[PLANES_ROWS_MAX];
    size_t token_count;
    uint32_t frequency[SYMBOLS];
    uint8_t bits[SYMBOLS];
    uint16_t code[SYMBOLS]; /* As it is written: lowest bit first. */
    uint8_t length_symbol[RUN_MAX + 1];
};

static const uint16_t length_base[LENGTHS] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                              15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                              67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[LENGTHS] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                              2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

/* Distances that runs are looked for at: the byte before, and where the low byte of a counter
 * repeats that stands once, twice or three times in a row. */
enum { DISTANCES = 4, DISTANCE_SYMBOL_MAX = 18 };
struct distance {
    size_t bytes;
    unsigned symbol, extra_bits, extra;
};
static const struct distance distances[DISTANCES] = {
    {1, 0, 0, 0}, {256, 15, 6, 63}, {512, 17, 7, 127}, {768, 18, 8, 255}};

/* ---- bits ---------------------------------------------------------------------------------------
 */

struct bits {
    uint8_t *at;
    uint64_t hold;
    unsigned n; /* Below 32 between calls. */
};

static inline void put(struct bits *b, uint64_t value, unsigned n)
{
    b->hold |= value << b->n;
    b->n += n;
    if (b->n < 32)
        return;
    for (unsigned i = 0; i < 4; i++)
        b->at[i] = (uint8_t)(b->hold >> (8 * i));
    b->at += 4;
    b->hold >>= 32;
    b->n -= 32;
}

static void align(struct bits *b)
{
    for (; b->n > 0; b->n = b->n > 8 ? b->n - 8 : 0) {
        *b->at++ = (uint8_t)b->hold;
        b->hold >>= 8;
    }
}

/* ---- a plane as literals and runs ---------------------------------------------------------------
 */

/* Which distance repeats most often, by a sample. */
static const struct distance *choose_distance(const uint8_t *plane, size_t rows)
{
    size_t same[DISTANCES] = {0}, best = 0;
    for (size_t i = 768; i < rows; i += 61)
        for (size_t d = 0; d < DISTANCES; d++)
            same[d] += plane[i] == plane[i - distances[d].bytes];
    for (size_t d = 1; d < DISTANCES; d++)
        best = same[d] > same[best] ? d : best;
    return &distances[best];
}

static size_t run_length(const uint8_t *at, size_t distance, size_t max)
{
    size_t n = 0;
    while (n + 8 <= max && memcmp(at + n, at + n - distance, 8) == 0)
        n += 8;
    while (n < max && at[n] == at[n - distance])
        n++;
    return n;
}

static void tokenize(struct planes *p, const uint8_t *plane, size_t rows, size_t distance)
{
    size_t n = 0, i = 0;
    memset(p->frequency, 0, sizeof p->frequency);
    for (; i < rows && i < distance; i++, n++)
        p->frequency[p->tokens[n] = plane[i]]++;
    while (i < rows) {
        if (plane[i] == plane[i - distance]) {
            const size_t max = rows - i < RUN_MAX ? rows - i : RUN_MAX;
            const size_t run = run_length(plane + i, distance, max);
            if (run >= RUN_MIN) {
                p->frequency[FIRST_LENGTH + p->length_symbol[run]]++;
                p->tokens[n++] = (uint16_t)(MATCH | run);
                i += run;
                continue;
            }
        }
        p->frequency[p->tokens[n++] = plane[i++]]++;
    }
    p->frequency[END_OF_BLOCK] = 1;
    p->token_count = n;
}

/* ---- a Huffman code -----------------------------------------------------------------------------
 */

static int by_weight(const void *a, const void *b, void *ctx)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    (void)ctx;
    return (x > y) - (x < y);
}

/* Depths of the tree over n >= 2 leaves of ascending weight: two queues, of leaves and of inner
 * nodes, are both ascending. Returns the greatest depth. */
static unsigned tree_depths(const uint32_t *weights, size_t n, uint8_t *depths)
{
    uint32_t weight[2 * SYMBOLS];
    uint16_t parent[2 * SYMBOLS];
    uint8_t depth[2 * SYMBOLS];
    unsigned deepest = 0;
    memcpy(weight, weights, n * sizeof *weight);
    for (size_t leaf = 0, inner = n, next = n; next < 2 * n - 1; next++) {
        weight[next] = 0;
        for (int child = 0; child < 2; child++) {
            const bool is_leaf = leaf < n && (inner == next || weight[leaf] <= weight[inner]);
            const size_t taken = is_leaf ? leaf++ : inner++;
            weight[next] += weight[taken];
            parent[taken] = (uint16_t)next;
        }
    }
    depth[2 * n - 2] = 0;
    for (size_t i = 2 * n - 2; i-- > 0;)
        depth[i] = (uint8_t)(depth[parent[i]] + 1);
    for (size_t i = 0; i < n; i++) {
        depths[i] = depth[i];
        deepest = depth[i] > deepest ? depth[i] : deepest;
    }
    return deepest;
}

/* Bits per symbol, 0 where it does not occur. A code that is too deep is built again from flatter
 * weights. */
static void code_lengths(struct planes *p)
{
    uint32_t keys[SYMBOLS], weights[SYMBOLS];
    uint8_t depths[SYMBOLS];
    size_t n = 0;
    for (uint32_t s = 0; s < SYMBOLS; s++)
        if (p->frequency[s] > 0)
            keys[n++] = p->frequency[s] << 9 | s;
    sort_stable(keys, n, sizeof *keys, by_weight, NULL);
    for (size_t i = 0; i < n; i++)
        weights[i] = keys[i] >> 9;
    while (tree_depths(weights, n, depths) > CODE_BITS_MAX)
        for (size_t i = 0; i < n; i++)
            weights[i] = weights[i] / 4 + 1;
    memset(p->bits, 0, sizeof p->bits);
    for (size_t i = 0; i < n; i++)
        p->bits[keys[i] & 511] = depths[i];
}

/* Codes by their lengths, bit-reversed because deflate writes codes from their highest bit. */
static void codes_from_lengths(const uint8_t *bits, size_t n, uint16_t *codes)
{
    unsigned count[CODE_BITS_MAX + 1] = {0}, next[CODE_BITS_MAX + 1] = {0};
    for (size_t s = 0; s < n; s++)
        count[bits[s]]++;
    count[0] = 0;
    for (unsigned b = 1; b <= CODE_BITS_MAX; b++)
        next[b] = (next[b - 1] + count[b - 1]) << 1;
    for (size_t s = 0; s < n; s++) {
        unsigned code = bits[s] == 0 ? 0 : next[bits[s]]++, reversed = 0;
        for (unsigned b = 0; b < bits[s]; b++, code >>= 1)
            reversed = reversed << 1 | (code & 1);
        codes[s] = (uint16_t)reversed;
    }
}

/* ---- blocks -------------------------------------------------------------------------------------
 */

/* The code for the lengths of codes is the same for all blocks: 13 of its 19 symbols have 4 bits,
 * six that are rare have 5, which is complete. */
enum { ZEROS_FEW = 17, ZEROS_MANY = 18, LENGTH_SYMBOLS = 19 };
static const uint8_t length_code_bits[LENGTH_SYMBOLS] = {4, 5, 5, 4, 4, 4, 4, 4, 4, 4,
                                                         4, 4, 4, 5, 5, 5, 5, 4, 4};
static const uint8_t length_code_order[LENGTH_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15};

static void put_lengths(struct bits *b, const uint8_t *lengths, size_t n)
{
    uint16_t code[LENGTH_SYMBOLS];
    codes_from_lengths(length_code_bits, LENGTH_SYMBOLS, code);
    for (size_t i = 0; i < LENGTH_SYMBOLS; i++)
        put(b, length_code_bits[length_code_order[i]], 3);
    for (size_t i = 0, run; i < n; i += run) {
        run = 1;
        while (lengths[i] == 0 && i + run < n && lengths[i + run] == 0 && run < 138)
            run++;
        if (run < 3)
            run = 1;
        const unsigned symbol = run >= 11 ? ZEROS_MANY : run >= 3 ? ZEROS_FEW : lengths[i];
        put(b, code[symbol], length_code_bits[symbol]);
        if (symbol == ZEROS_MANY)
            put(b, run - 11, 7);
        else if (symbol == ZEROS_FEW)
            put(b, run - 3, 3);
    }
}

static void put_tokens(const struct planes *p, struct bits *b, const struct distance *d)
{
    for (size_t i = 0; i < p->token_count; i++) {
        const unsigned token = p->tokens[i];
        if (token < MATCH) {
            put(b, p->code[token], p->bits[token]);
            continue;
        }
        const unsigned run = token & ~(unsigned)MATCH, length = p->length_symbol[run];
        const unsigned symbol = FIRST_LENGTH + length;
        put(b, p->code[symbol], p->bits[symbol]);
        put(b, run - length_base[length], length_extra[length]);
        put(b, (uint64_t)d->extra << 1, 1 + d->extra_bits); /* The only distance has code 0. */
    }
    put(b, p->code[END_OF_BLOCK], p->bits[END_OF_BLOCK]);
}

static void put_huffman(const struct planes *p, struct bits *b, const struct distance *d, bool last)
{
    uint8_t lengths[SYMBOLS + DISTANCE_SYMBOL_MAX + 1] = {0};
    const size_t distance_codes = d->symbol + 1;
    memcpy(lengths, p->bits, SYMBOLS);
    lengths[SYMBOLS + d->symbol] = 1;
    put(b, last, 1);
    put(b, 2, 2);
    put(b, SYMBOLS - 257, 5);
    put(b, distance_codes - 1, 5);
    put(b, LENGTH_SYMBOLS - 4, 4);
    put_lengths(b, lengths, SYMBOLS + distance_codes);
    put_tokens(p, b, d);
}

static void put_stored(struct bits *b, const uint8_t *plane, size_t rows, bool last)
{
    for (size_t n; rows > 0; rows -= n, plane += n) {
        n = rows < STORED_MAX ? rows : STORED_MAX;
        put(b, last && n == rows, 1);
        put(b, 0, 2);
        align(b);
        put(b, n, 16);
        put(b, ~n & 0xffff, 16);
        memcpy(b->at, plane, n); /* 32 bits were just written: nothing is held. */
        b->at += n;
    }
}

static size_t huffman_bits(const struct planes *p, const struct distance *d)
{
    size_t sum = 8 * BLOCK_HEAD_BYTES_MAX;
    for (size_t s = 0; s < SYMBOLS; s++) {
        const size_t run_bits =
            s < FIRST_LENGTH ? 0 : length_extra[s - FIRST_LENGTH] + 1u + d->extra_bits;
        sum += p->frequency[s] * (p->bits[s] + run_bits);
    }
    return sum;
}

static void put_plane(struct planes *p, struct bits *b, const uint8_t *plane, size_t rows,
                      bool last)
{
    const struct distance *d = choose_distance(plane, rows);
    tokenize(p, plane, rows, d->bytes);
    code_lengths(p);
    if (huffman_bits(p, d) >= 8 * rows) {
        put_stored(b, plane, rows, last);
        return;
    }
    codes_from_lengths(p->bits, SYMBOLS, p->code);
    put_huffman(p, b, d, last);
}

struct planes *planes_create(void)
{
    struct planes *p = MEM_NEW(struct planes, 1);
    for (unsigned run = 3, symbol = 0; run <= RUN_MAX; run++) {
        while (symbol + 1 < LENGTHS && length_base[symbol + 1] <= run)
            symbol++;
        p->length_symbol[run] = (uint8_t)symbol;
    }
    return p;
}

void planes_destroy(struct planes *p)
{
    mem_free(p);
}

size_t planes_bound(size_t width, size_t rows)
{
    return width * (rows + 2 * BLOCK_HEAD_BYTES_MAX) + 16;
}

size_t planes_pack(struct planes *p, const uint8_t *bytes, size_t width, size_t rows, uint8_t *out)
{
    struct bits b = {.at = out};
    put(&b, 0x0178, 16); /* Deflate with a window of 32 KiB, fastest; the check bits fit. */
    for (size_t i = 0; i < width; i++)
        put_plane(p, &b, bytes + i * rows, rows, i + 1 == width);
    align(&b);
    const uint32_t sum = libdeflate_adler32(1, bytes, width * rows);
    for (int shift = 24; shift >= 0; shift -= 8)
        *b.at++ = (uint8_t)(sum >> shift);
    return (size_t)(b.at - out);
}
