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
    uint32_t n;                  /* Machines covered. */
    uint32_t feasible;           /* Machines with a score. */
    uint64_t log_pos;            /* Change log position up to which it is right. */
    int64_t *score;              /* [n], then unused up to a whole block. */
    int64_t *block_best;         /* Per block. */
    uint32_t cap;                /* Machines there is room for; a multiple of BOARD_BLOCK. */
    struct class_entry *entry;   /* Whose board it is, in the cache. */
    struct board *newer, *older; /* Least-recently-used list of the cache. */
};

void board_init(struct board *b);
void board_fini(struct board *b);
void board_resize(struct board *b, uint32_t n); /* Keeps what is there. */
/* Recomputes the best score of a block from its scores. */
void board_summarise(struct board *b, uint32_t block);

/* Hides the scores of machines [begin, end) whose mask is not 0, and settles what the board keeps
 * about them; end - begin is at most a block and does not cross one. mask[0] belongs to `begin`. */
void board_settle(struct board *b, uint32_t begin, uint32_t end, const uint32_t *mask);

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
void board_select(struct board *b, struct tie_breaker *t, struct board_pick *out);
#endif
