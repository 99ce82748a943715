/* board.c - see board.h. */
#include "core/board.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"

void board_init(struct board *b)
{
    memset(b, 0, sizeof *b);
    b->log_pos = UINT64_MAX;
}

void board_fini(struct board *b)
{
    mem_free(b->score);
    mem_free(b->block_best);
}

static void *regrow(void *old, size_t old_n, size_t new_n, size_t size)
{
    void *p = mem_aligned(new_n, size);
    if (old_n > 0) {
        memcpy(p, old, old_n * size);
    }
    mem_free(old);
    return p;
}

void board_resize(struct board *b, uint32_t n)
{
    if (n > b->cap) {
        uint32_t cap = b->cap > 0 ? b->cap * 2 : BOARD_BLOCK;
        while (cap < n) {
            cap *= 2;
        }
        const uint32_t was = b->cap / BOARD_BLOCK, now = cap / BOARD_BLOCK;
        b->score = regrow(b->score, b->cap, cap, sizeof *b->score);
        b->block_best = regrow(b->block_best, was, now, sizeof *b->block_best);
        b->cap = cap;
    }
    for (uint32_t m = b->n; m < n; m++) {
        b->score[m] = BOARD_INFEASIBLE;
    }
    for (uint32_t k = (b->n + BOARD_BLOCK - 1) / BOARD_BLOCK; k * BOARD_BLOCK < n; k++) {
        b->block_best[k] = BOARD_INFEASIBLE;
    }
    b->n = n;
}

static uint32_t block_count(const struct board *b)
{
    return (b->n + BOARD_BLOCK - 1) / BOARD_BLOCK;
}
static uint32_t block_end(const struct board *b, uint32_t block)
{
    const uint32_t end = (block + 1) * BOARD_BLOCK;
    return end < b->n ? end : b->n;
}

static SIM_VECTOR int64_t best_of(const int64_t *score, uint32_t n)
{
    int64_t best = BOARD_INFEASIBLE;
    for (uint32_t i = 0; i < n; i++) {
        best = score[i] > best ? score[i] : best;
    }
    return best;
}

static SIM_VECTOR uint32_t count_equal(const int64_t *score, uint32_t n, int64_t value)
{
    int64_t count = 0; /* As wide as the scores, so that lanes match. */
    for (uint32_t i = 0; i < n; i++) {
        count += score[i] == value;
    }
    return (uint32_t)count;
}

struct settled {
    int64_t best, feasible;
};
static SIM_VECTOR void settle(int64_t *score, const uint32_t *mask, uint32_t n, struct settled *out)
{
    int64_t best = BOARD_INFEASIBLE, feasible = 0;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t keep = -(int64_t)(mask[i] == 0);
        const int64_t s = (score[i] & keep) | (BOARD_INFEASIBLE & ~keep);
        score[i] = s;
        best = s > best ? s : best;
        feasible -= keep;
    }
    *out = (struct settled){best, feasible};
}

void board_settle(struct board *b, uint32_t begin, uint32_t end, const uint32_t *mask)
{
    struct settled s;
    settle(b->score + begin, mask, end - begin, &s);
    b->block_best[begin / BOARD_BLOCK] = s.best;
    b->feasible += (uint32_t)s.feasible;
}

void board_summarise(struct board *b, uint32_t block)
{
    const uint32_t begin = block * BOARD_BLOCK;
    b->block_best[block] = best_of(b->score + begin, block_end(b, block) - begin);
}

/* ---- selection ------------------------------------------------------------------------------ */

/* What is looked for: machines whose score is `score`, other than `except`. */
struct wanted {
    int64_t score;
    sim_machine except;
};

static bool may_hold(const struct board *b, uint32_t block, const struct wanted *w)
{
    return b->block_best[block] == w->score ||
           (b->block_best[block] > w->score && w->except / BOARD_BLOCK == block);
}

/* The first index in [from, n) that holds value, or n. Whole chunks are skipped at vector speed. */
static uint32_t find_equal(const int64_t *score, uint32_t from, uint32_t n, int64_t value)
{
    enum { CHUNK = 64 };
    while (from + CHUNK <= n && count_equal(score + from, CHUNK, value) == 0) {
        from += CHUNK;
    }
    while (from < n && score[from] != value) {
        from++;
    }
    return from;
}

/* The lowest id >= from; SIM_NONE when there is none. */
static sim_machine lowest(const struct board *b, const struct wanted *w, uint32_t from)
{
    for (uint32_t k = from / BOARD_BLOCK; k < block_count(b); k++) {
        if (!may_hold(b, k, w)) {
            continue;
        }
        const uint32_t end = block_end(b, k);
        uint32_t m = k * BOARD_BLOCK > from ? k * BOARD_BLOCK : from;
        m = find_equal(b->score, m, end, w->score);
        if (m == w->except) {
            m = find_equal(b->score, m + 1, end, w->score);
        }
        if (m < end) {
            return m;
        }
    }
    return SIM_NONE;
}

static sim_machine lowest_rank(const struct board *b, const struct wanted *w, const uint32_t *rank)
{
    sim_machine found = SIM_NONE;
    for (sim_machine m = lowest(b, w, 0); m != SIM_NONE; m = lowest(b, w, m + 1)) {
        found = found == SIM_NONE || rank[m] < rank[found] ? m : found;
    }
    return found;
}

static uint32_t ties_in(const struct board *b, uint32_t block, int64_t score)
{
    const uint32_t begin = block * BOARD_BLOCK;
    return b->block_best[block] == score
               ? count_equal(b->score + begin, block_end(b, block) - begin, score)
               : 0;
}

/* The k-th tied machine by id, counting from 0. */
static sim_machine nth(const struct board *b, int64_t score, uint32_t k)
{
    uint32_t block = 0;
    for (uint32_t n = ties_in(b, 0, score); n <= k; n = ties_in(b, block, score)) {
        k -= n;
        block++;
    }
    sim_machine m = find_equal(b->score, block * BOARD_BLOCK, b->n, score);
    for (; k > 0; k--) {
        m = find_equal(b->score, m + 1, b->n, score);
    }
    return m;
}

/* The first of the wanted machines in the order of the tie rule. */
static sim_machine first_by_rule(const struct board *b, const struct tie_breaker *t,
                                 const struct wanted *w, sim_machine after)
{
    if (t->rule == SIM_TIE_RANK) {
        return lowest_rank(b, w, t->rank);
    }
    if (t->rule == SIM_TIE_ROTATION && after != SIM_NONE) {
        const sim_machine m = lowest(b, w, after + 1);
        return m != SIM_NONE ? m : lowest(b, w, 0);
    }
    return lowest(b, w, 0);
}

static void select_runner_up(struct board *b, const struct tie_breaker *t, struct board_pick *out)
{
    const uint32_t home = out->machine / BOARD_BLOCK;
    struct wanted w = {out->score, out->machine};
    if (out->ties == 1) { /* Then the next lower score. */
        w.score = BOARD_INFEASIBLE;
        for (uint32_t k = 0; k < block_count(b); k++) {
            w.score = k != home && b->block_best[k] > w.score ? b->block_best[k] : w.score;
        }
        const uint32_t begin = home * BOARD_BLOCK;
        b->score[out->machine] = BOARD_INFEASIBLE; /* For a moment. */
        const int64_t beside = best_of(b->score + begin, block_end(b, home) - begin);
        b->score[out->machine] = out->score;
        w.score = beside > w.score ? beside : w.score;
    }
    if (w.score == BOARD_INFEASIBLE) {
        return;
    }
    out->runner_up = first_by_rule(b, t, &w, out->machine);
    CHECK(out->runner_up != SIM_NONE);
    out->margin = out->score - w.score;
}

void board_select(struct board *b, struct tie_breaker *t, struct board_pick *out)
{
    *out = (struct board_pick){SIM_NONE, SIM_NONE, 0, 0, 0};
    const int64_t best = best_of(b->block_best, block_count(b));
    if (best == BOARD_INFEASIBLE) {
        return;
    }
    for (uint32_t k = 0; k < block_count(b); k++) {
        out->ties += ties_in(b, k, best);
    }
    const struct wanted w = {best, SIM_NONE};
    if (t->rule == SIM_TIE_RANDOM && out->ties > 1) {
        out->machine = nth(b, best, prng_below(&t->random, out->ties));
    } else {
        out->machine = first_by_rule(b, t, &w, t->last);
    }
    out->score = best;
    select_runner_up(b, t, out);
    t->last = out->machine;
}
