/* board.c - see board.h. */
#include "core/board.h"

#include <string.h>

#include "base/check.h"
#include "base/column.h"
#include "base/mem.h"

/* Numbers that no column of the cell has (base/column.h). */
enum { COL_SCORE = 43, COL_BEST = 44 };

struct board *board_new(void)
{
    struct board *b = MEM_NEW(struct board, 1);
    b->log_pos = UINT64_MAX;
    return b;
}

void board_free(struct board *b)
{
    mem_free(b->score_base);
    mem_free(b->best_base);
    mem_free(b->block_feasible);
    mem_free(b->filled);
    mem_free(b);
}

static uint32_t block_count(const struct board *b)
{
    return (b->n + BOARD_BLOCK - 1) / BOARD_BLOCK;
}

uint32_t board_block_end(const struct board *b, uint32_t block)
{
    const uint32_t end = (block + 1) * BOARD_BLOCK;
    return end < b->n ? end : b->n;
}

static void grow(struct board *b, uint32_t n)
{
    uint32_t cap = b->cap > 0 ? b->cap * 2 : BOARD_BLOCK;
    while (cap < n) {
        cap *= 2;
    }
    const size_t was = b->cap / BOARD_BLOCK, now = cap / BOARD_BLOCK;
    b->score = column_grow(&b->score_base, b->score, b->cap, cap, sizeof *b->score, COL_SCORE);
    b->block_best =
        column_grow(&b->best_base, b->block_best, was, now, sizeof *b->block_best, COL_BEST);
    b->block_feasible = mem_resize(b->block_feasible, now, sizeof *b->block_feasible);
    b->filled = mem_resize(b->filled, now, sizeof *b->filled);
    b->cap = cap;
}

void board_resize(struct board *b, uint32_t n)
{
    const uint32_t had = block_count(b);
    if (n == b->n) {
        return;
    }
    if (n > b->cap) {
        grow(b, n);
    }
    if (b->n % BOARD_BLOCK != 0) {
        b->filled[had - 1] = false;
    }
    b->n = n;
    for (uint32_t k = had; k < block_count(b); k++) {
        b->block_best[k] = BOARD_INFEASIBLE;
        b->block_feasible[k] = 0;
        b->filled[k] = false;
    }
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
static SIM_VECTOR void settle(int64_t *restrict score, const int64_t *restrict lack, uint32_t n,
                              struct settled *out)
{
    int64_t best = BOARD_INFEASIBLE, feasible = n;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t bad = lack[i] >> 63; /* All ones when negative. */
        const int64_t s = (score[i] & ~bad) | (BOARD_INFEASIBLE & bad);
        score[i] = s;
        best = s > best ? s : best;
        feasible += bad;
    }
    *out = (struct settled){best, feasible};
}

static void note(struct board *b, uint32_t block, const struct settled *s, bool filled)
{
    b->block_best[block] = s->best;
    b->feasible += (uint32_t)s->feasible - b->block_feasible[block];
    b->block_feasible[block] = (uint32_t)s->feasible;
    b->filled[block] = filled;
}

void board_settle(struct board *b, uint32_t block, int64_t *score, const int64_t *lack)
{
    struct settled s;
    const uint32_t begin = block * BOARD_BLOCK;
    settle(score, lack, board_block_end(b, block) - begin, &s);
    note(b, block, &s, score == b->score + begin);
}

/* One body for both: `keep` is a constant in each, and without the scores the sweep is half as
 * long. */
static inline void sweep_sum(const struct board_sum *sum, uint32_t n, int64_t *restrict score,
                             struct settled *out, bool keep)
{
    const uint32_t *restrict status = sum->status;
    const int64_t *restrict x = sum->x, *restrict y = sum->y, *restrict column = sum->column;
    const int64_t need_x = sum->need_x, need_y = sum->need_y, base = sum->base;
    int64_t best = BOARD_INFEASIBLE, feasible = n;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t bad = ((x[i] - need_x) | (y[i] - need_y) | -(int64_t)status[i]) >> 63;
        const int64_t s = ((base - column[i]) & ~bad) | (BOARD_INFEASIBLE & bad);
        if (keep) {
            score[i] = s;
        }
        best = s > best ? s : best;
        feasible += bad;
    }
    *out = (struct settled){best, feasible};
}
static SIM_VECTOR void settle_sum_kept(const struct board_sum *sum, uint32_t n, int64_t *score,
                                       struct settled *out)
{
    sweep_sum(sum, n, score, out, true);
}
static SIM_VECTOR void settle_sum(const struct board_sum *sum, uint32_t n, struct settled *out)
{
    sweep_sum(sum, n, NULL, out, false);
}

void board_settle_sum(struct board *b, uint32_t block, const struct board_sum *sum, bool keep)
{
    struct settled s;
    const uint32_t begin = block * BOARD_BLOCK, n = board_block_end(b, block) - begin;
    if (keep) {
        settle_sum_kept(sum, n, b->score + begin, &s);
    } else {
        settle_sum(sum, n, &s);
    }
    note(b, block, &s, keep);
}

void board_summarise(struct board *b, uint32_t block)
{
    const uint32_t begin = block * BOARD_BLOCK;
    CHECK(b->filled[block]);
    b->block_best[block] = best_of(b->score + begin, board_block_end(b, block) - begin);
}

/* ---- selection ------------------------------------------------------------------------------ */

/* What is looked for: machines whose score is `score`, other than `except`. */
struct wanted {
    int64_t score;
    sim_machine except;
};
struct search {
    struct board *b;
    const struct board_source *source;
};

/* Scores of a block, filled if need be. */
static const int64_t *scores_of(const struct search *s, uint32_t block)
{
    if (!s->b->filled[block]) {
        s->source->fill(s->source->self, s->b, block);
    }
    return s->b->score + block * BOARD_BLOCK;
}

static bool may_hold(const struct board *b, uint32_t block, const struct wanted *w)
{
    return b->block_best[block] == w->score ||
           (b->block_best[block] > w->score && w->except / BOARD_BLOCK == block);
}

/* The first index of score[0..n) that holds value, or n. As wide as the scores, so that lanes
 * match. */
static SIM_VECTOR int64_t first_equal(const int64_t *score, int64_t n, int64_t value)
{
    int64_t first = n;
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = score[i] == value ? i : n;
        first = at < first ? at : first;
    }
    return first;
}

/* The lowest id >= from; SIM_NONE when there is none. */
static sim_machine lowest(const struct search *s, const struct wanted *w, uint32_t from)
{
    const struct board *b = s->b;
    for (uint32_t k = from / BOARD_BLOCK; k < block_count(b); k++) {
        if (!may_hold(b, k, w)) {
            continue;
        }
        const int64_t *score = scores_of(s, k);
        const int64_t begin = (int64_t)k * BOARD_BLOCK, n = board_block_end(b, k) - begin;
        int64_t i = from > begin ? from - begin : 0;
        i += first_equal(score + i, n - i, w->score);
        if (begin + i == w->except && i < n) {
            i++;
            i += first_equal(score + i, n - i, w->score);
        }
        if (i < n) {
            return (sim_machine)(begin + i);
        }
    }
    return SIM_NONE;
}

static sim_machine lowest_rank(const struct search *s, const struct wanted *w, const uint32_t *rank)
{
    sim_machine found = SIM_NONE;
    for (sim_machine m = lowest(s, w, 0); m != SIM_NONE; m = lowest(s, w, m + 1)) {
        found = found == SIM_NONE || rank[m] < rank[found] ? m : found;
    }
    return found;
}

static uint32_t ties_in(const struct search *s, uint32_t block, int64_t score)
{
    const struct board *b = s->b;
    return b->block_best[block] == score
               ? count_equal(scores_of(s, block), board_block_end(b, block) - block * BOARD_BLOCK,
                             score)
               : 0;
}

/* The k-th tied machine by id, counting from 0. */
static sim_machine nth(const struct search *s, int64_t score, uint32_t k)
{
    const struct wanted w = {score, SIM_NONE};
    uint32_t block = 0;
    for (uint32_t n = ties_in(s, 0, score); n <= k; n = ties_in(s, block, score)) {
        k -= n;
        block++;
    }
    sim_machine m = lowest(s, &w, block * BOARD_BLOCK);
    for (; k > 0; k--) {
        m = lowest(s, &w, m + 1);
    }
    return m;
}

/* The first of the wanted machines in the order of the tie rule. */
static sim_machine first_by_rule(const struct search *s, const struct tie_breaker *t,
                                 const struct wanted *w, sim_machine after)
{
    if (t->rule == SIM_TIE_RANK) {
        return lowest_rank(s, w, t->rank);
    }
    if (t->rule == SIM_TIE_ROTATION && after != SIM_NONE) {
        const sim_machine m = lowest(s, w, after + 1);
        return m != SIM_NONE ? m : lowest(s, w, 0);
    }
    return lowest(s, w, 0);
}

/* The blocks at a glance: best and second-best block, how many share the best. */
struct glance {
    int64_t best, second; /* second: of all blocks but `home`. */
    uint32_t home, count; /* The first block that has the best; blocks that have it. */
};
static struct glance look(const struct board *b)
{
    struct glance g = {BOARD_INFEASIBLE, BOARD_INFEASIBLE, 0, 0};
    for (uint32_t k = 0; k < block_count(b); k++) {
        const int64_t s = b->block_best[k];
        if (s > g.best) {
            g = (struct glance){s, g.best, k, 1};
        } else {
            g.count += s == g.best;
            g.second = s > g.second ? s : g.second;
        }
    }
    return g;
}

/* What one sweep over a block can tell about its best score. */
struct top {
    int64_t count, first,
        below; /* Machines that have it, the first of them, the next lower score. */
};
static SIM_VECTOR void top_of(const int64_t *score, int64_t n, int64_t best, struct top *out)
{
    int64_t count = 0, first = n, below = BOARD_INFEASIBLE;
    for (int64_t i = 0; i < n; i++) {
        const int64_t is = -(int64_t)(score[i] == best);
        const int64_t at = (i & is) | (n & ~is), low = (score[i] & ~is) | (BOARD_INFEASIBLE & is);
        count -= is;
        first = at < first ? at : first;
        below = low > below ? low : below;
    }
    *out = (struct top){count, first, below};
}

static void runner_up(const struct search *s, const struct tie_breaker *t, int64_t score,
                      struct board_pick *out)
{
    const struct wanted w = {score, out->machine};
    if (score != BOARD_INFEASIBLE) {
        out->runner_up = first_by_rule(s, t, &w, out->machine);
        CHECK(out->runner_up != SIM_NONE);
        out->margin = out->score - score;
    }
}

void board_select(struct board *b, const struct board_source *source, struct tie_breaker *t,
                  struct board_pick *out)
{
    const struct search s = {b, source};
    const struct glance g = look(b);
    *out = (struct board_pick){SIM_NONE, SIM_NONE, 0, 0, 0};
    if (g.best == BOARD_INFEASIBLE) {
        return;
    }
    struct top top;
    const uint32_t begin = g.home * BOARD_BLOCK;
    top_of(scores_of(&s, g.home), (int64_t)board_block_end(b, g.home) - begin, g.best, &top);
    out->score = g.best;
    out->ties = (uint32_t)top.count;
    for (uint32_t k = g.home + 1; g.count > 1 && k < block_count(b); k++) {
        out->ties += ties_in(&s, k, g.best);
    }
    const struct wanted w = {g.best, SIM_NONE};
    if (out->ties == 1) {
        out->machine = begin + (uint32_t)top.first;
        runner_up(&s, t, top.below > g.second ? top.below : g.second, out);
    } else {
        out->machine = t->rule == SIM_TIE_RANDOM
                           ? nth(&s, g.best, prng_below(&t->random, out->ties))
                           : first_by_rule(&s, t, &w, t->last);
        runner_up(&s, t, g.best, out);
    }
    t->last = out->machine;
}
