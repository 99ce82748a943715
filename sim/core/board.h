/* board.h - the scores of one class on all machines, in blocks.
 *
 * A board holds a score per machine (BOARD_INFEASIBLE where the class does not fit) and, per block
 * of machines, the best score and how many share it. A plain scan fills a scratch board from
 * nothing; the score cache keeps a board per class and repairs the blocks of machines that changed.
 * Both select their winner with the same code, so a cached decision is the scanned one by
 * construction. */
#ifndef SIM_CORE_BOARD_H
#define SIM_CORE_BOARD_H

#include <simctl/policy.h>

#include "base/prng.h"
#include "core/classes.h"

enum { BOARD_BLOCK = 256 };
#define BOARD_INFEASIBLE INT64_MIN

struct board {
    uint32_t n;               /* Machines covered. */
    uint32_t feasible;        /* Machines on which the class fits. */
    uint64_t log_pos;         /* Change log position up to which it is right. */
    int64_t *block_best;      /* Per block: the best score, */
    uint32_t *block_feasible; /* how many fit, */
    bool *filled;             /* and whether `score` holds the block's scores. */
    int64_t *score;           /* [n], rounded up to whole blocks. */
    void *score_base, *best_base;
    uint32_t cap;                /* Machines there is room for; a multiple of BOARD_BLOCK. */
    struct class_entry *entry;   /* Whose board it is. */
    struct board *newer, *older; /* Least-recently-used list of the cache. */
};

struct board *board_new(void);
void board_free(struct board *b);
/* Keeps what is there; blocks that gain machines are not filled until somebody fills them. */
void board_resize(struct board *b, uint32_t n);
uint32_t board_block_end(const struct board *b, uint32_t block); /* Machine after its last. */
/* Recomputes the best score of a filled block from its scores. */
void board_summarise(struct board *b, uint32_t block);
/* Settles what the board keeps about a block from its scores and from `lack`, negative where the
 * class does not fit; score[0] and lack[0] belong to the block's first machine. The block is filled
 * when `score` is the board's own array. */
void board_settle(struct board *b, uint32_t block, int64_t *score, const int64_t *lack);

/* The same in one sweep, the block filled with `keep`: base - column[i] is the score of the block's
 * i-th machine, and it fits when its status is 0 and x[i] >= need_x, y[i] >= need_y. */
struct board_sum {
    const uint32_t *status;
    const int64_t *x, *y, *column;
    int64_t need_x, need_y, base;
};
void board_settle_sum(struct board *b, uint32_t block, const struct board_sum *sum, bool keep);

/* Fills a block that selection has to look into. */
struct board_source {
    void (*fill)(void *self, struct board *b, uint32_t block);
    void *self;
};

/* How ties are broken; state of one run. */
struct tie_breaker {
    enum sim_tie_rule rule;
    struct prng random;   /* Stream "ties". */
    sim_machine last;     /* ROTATION: the machine chosen last. */
    const uint32_t *rank; /* RANK: rank[machine], at least n entries. */
};
struct board_pick {
    sim_machine machine, runner_up; /* SIM_NONE = none. */
    int64_t score, margin;
    uint32_t ties;
};
/* Selects among feasible machines. Draws once from the stream when RANDOM has a choice. */
void board_select(struct board *b, const struct board_source *source, struct tie_breaker *t,
                  struct board_pick *out);
#endif
