/* place.c - see place.h. The arithmetic of a decision lives in predicates.c (which machines),
 * board.c (which of them) and devices.c (which GPUs); here is what is kept between decisions. */
#include "core/place.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/column.h"
#include "base/mem.h"
#include "core/board.h"
#include "core/devices.h"
#include "core/predicates.h"

/* A class gets a board of the cache on its second decision. */
enum { BOARDS_MIN = 8, BOARDS_MAX = 256, CHUNK = 4 * BOARD_BLOCK, COL_LACK = 42, COL_CHUNK = 45 };

struct placer {
    const struct sim_policy *policy;
    void *state;
    struct cell *cell;
    const struct sim_view *view;
    struct predicates predicates;
    struct tie_breaker tie;
    struct prng random_devices, ranks;
    uint32_t *rank;
    size_t rank_cap, rank_len;
    int64_t *lack, *chunk; /* Scratch of a chunk: see predicates_lack; scores. */
    void *lack_base, *chunk_base;
    uint64_t derived_pos; /* Log position of the derived columns; UINT64_MAX = never. */
    bool prepared, cache, additive;
    uint64_t *stamp, stamp_now; /* Per machine: seen in this repair. */
    size_t stamp_cap;

    struct board *scratch;         /* The last plain scan; its class may take it over. */
    struct board *newest, *oldest; /* The cache. */
    uint32_t board_count;

    sim_machine *pool; /* SIM_EXAMINE_DRAW: permuted for ever by its own earlier draws. */
    size_t pool_cap;
    uint32_t pool_len, pool_left, pool_job, pool_class;
    uint64_t pool_gains; /* cell_gains when the pool was filled. */
    struct prng draws;
};

static void start_stream(struct prng *r, const struct placer_args *a, const char *name)
{
    char text[SIM_NAME_MAX + 16];
    snprintf(text, sizeof text, "%s%s", name, a->streams);
    prng_init(r, a->seed, text);
}

struct placer *placer_create(const struct placer_args *a, struct sim_diag *diag)
{
    struct placer *p = MEM_NEW(struct placer, 1);
    p->policy = a->policy;
    p->cell = a->cell;
    p->view = cell_view(a->cell);
    p->cache = a->cache && a->policy->scope == SIM_SCOPE_MACHINE;
    p->derived_pos = UINT64_MAX;
    p->tie = (struct tie_breaker){a->tie, {{0}, {0}, {0}, 0}, SIM_NONE, NULL};
    start_stream(&p->tie.random, a, "ties");
    start_stream(&p->random_devices, a, "devices");
    start_stream(&p->draws, a, "draws");
    prng_init(&p->ranks, a->seed, "ranks"); /* One permutation of the machines for all. */
    p->scratch = board_new();
    p->lack = column_grow(&p->lack_base, NULL, 0, CHUNK, sizeof *p->lack, COL_LACK);
    p->chunk = column_grow(&p->chunk_base, NULL, 0, CHUNK, sizeof *p->chunk, COL_CHUNK);
    p->state = mem_alloc(1, a->policy->state_bytes > 0 ? a->policy->state_bytes : 1);
    p->predicates = (struct predicates){p->policy, p->state, p->cell, p->view};
    cell_derive(a->cell, a->policy->columns);
    if (a->policy->init != NULL && !a->policy->init(p->state, a->policy_args, diag)) {
        placer_destroy(p);
        return NULL;
    }
    return p;
}

void placer_destroy(struct placer *p)
{
    if (p == NULL) {
        return;
    }
    if (p->policy->fini != NULL) {
        p->policy->fini(p->state);
    }
    for (struct board *b = p->newest, *next; b != NULL; b = next) {
        next = b->older;
        board_free(b);
    }
    board_free(p->scratch);
    mem_free(p->state);
    mem_free(p->rank);
    mem_free(p->lack_base);
    mem_free(p->chunk_base);
    mem_free(p->pool);
    mem_free(p->stamp);
    mem_free(p);
}

const struct sim_policy *placer_policy(const struct placer *p)
{
    return p->policy;
}

const struct sim_view *placer_view(const struct placer *p)
{
    return p->view;
}

void placer_draw_anew(struct placer *p)
{
    p->pool_job = SIM_NONE;
}

enum sim_tie_rule placer_tie(const struct placer *p)
{
    return p->tie.rule;
}

/* ---- keeping up ----------------------------------------------------------------------------- */

static void derive(struct placer *p, uint32_t begin, uint32_t end)
{
    if (begin < end) {
        p->policy->derive(p->state, p->view, begin, end, cell_derived(p->cell));
    }
}

/* Brings scratch arrays, ranks and derived columns up to the state of the cell. */
static void catch_up(struct placer *p)
{
    const uint32_t n = p->view->n;
    if (!p->prepared) {
        cell_fix_largest(p->cell);
        p->prepared = true;
        if (p->policy->prepare != NULL) {
            p->policy->prepare(p->state, p->view);
        }
        p->additive = p->policy->additive != NULL && p->policy->additive(p->state);
    }
    MEM_GROW(p->rank, p->rank_cap, n);
    MEM_GROW(p->stamp, p->stamp_cap, n);
    while (p->rank_len < n) {
        p->rank[p->rank_len++] = prng_u32(&p->ranks);
    }
    p->tie.rank = p->rank;
    const uint64_t end = cell_log_end(p->cell);
    if (p->policy->columns == 0 || p->derived_pos == end) {
        return;
    }
    sim_machine m;
    if (p->derived_pos == UINT64_MAX || end - p->derived_pos > n ||
        !cell_log_at(p->cell, p->derived_pos, &m)) {
        derive(p, 0, n);
        p->derived_pos = end;
    }
    for (; p->derived_pos < end; p->derived_pos++) {
        CHECK(cell_log_at(p->cell, p->derived_pos, &m));
        derive(p, m, m + 1);
    }
}

static void classify(const struct placer *p, struct class_entry *e)
{
    if (!e->classified && p->policy->classify != NULL) {
        p->policy->classify(p->state, p->view, &e->cls);
    }
    e->classified = true;
}

/* ---- boards --------------------------------------------------------------------------------- */

static void score_range(struct placer *p, const struct predicates_plan *plan, uint32_t begin,
                        uint32_t end, int64_t *score)
{
    const bool heavy = (p->policy->flags & SIM_HEAVY_SCORE) != 0;
    predicates_lack(&p->predicates, plan, begin, end, p->lack);
    if (p->policy->score == NULL) {
        memset(score, 0, (end - begin) * sizeof *score);
    } else if (!heavy || predicates_passed(p->lack, end - begin) > 0) {
        p->policy->score(p->state, p->view, plan->cls, begin, end, score);
    }
}

/* One block in one sweep, where the policy and the class allow it. */
static void sweep_block(const struct placer *p, const struct predicates_plan *plan, struct board *b,
                        uint32_t block, bool keep)
{
    const struct predicates_test *t = plan->tests;
    const uint32_t at = block * BOARD_BLOCK;
    const struct board_sum sum = {p->view->status + at,     t[0].column + at, t[1].column + at,
                                  p->view->derived[0] + at, t[0].need,        t[1].need,
                                  plan->cls->constant[0]};
    board_settle_sum(b, block, &sum, keep);
}

static void exclude(const uint8_t *among, uint32_t begin, uint32_t end, int64_t *lack)
{
    for (uint32_t m = begin; among != NULL && m < end; m++) {
        lack[m - begin] = among[m] != 0 ? lack[m - begin] : -1;
    }
}

/* The whole board from the columns, a chunk at a time: few calls of the policy, and all that is
 * touched stays in the nearest cache. Scores are kept where they are dear or going to be repaired.
 */
static void scan(struct placer *p, const struct sim_class *cls, struct board *b, bool keep,
                 const uint8_t *among)
{
    const uint32_t n = p->view->n;
    struct predicates_plan plan;
    predicates_plan(&p->predicates, cls, &plan);
    board_resize(b, n);
    b->log_pos = cell_log_end(p->cell);
    if (p->additive && plan.only_two && among == NULL) {
        for (uint32_t k = 0; k * BOARD_BLOCK < n; k++) {
            sweep_block(p, &plan, b, k, false);
        }
        return;
    }
    for (uint32_t begin = 0; begin < n; begin += CHUNK) {
        const uint32_t end = begin + CHUNK < n ? begin + CHUNK : n;
        int64_t *score = keep ? b->score + begin : p->chunk;
        score_range(p, &plan, begin, end, score);
        exclude(among, begin, end, p->lack);
        for (uint32_t at = 0; at < end - begin; at += BOARD_BLOCK) {
            board_settle(b, (begin + at) / BOARD_BLOCK, score + at, p->lack + at);
        }
    }
}

static void fill_planned(struct placer *p, const struct predicates_plan *plan, struct board *b,
                         uint32_t block)
{
    const uint32_t begin = block * BOARD_BLOCK;
    if (p->additive && plan->only_two) {
        sweep_block(p, plan, b, block, true);
        return;
    }
    score_range(p, plan, begin, board_block_end(b, block), b->score + begin);
    board_settle(b, block, b->score + begin, p->lack);
}

static void fill_block(void *placer, struct board *b, uint32_t block)
{
    struct placer *p = placer;
    struct predicates_plan plan;
    predicates_plan(&p->predicates, &b->entry->cls, &plan);
    fill_planned(p, &plan, b, block);
}

static void rescore(struct placer *p, const struct predicates_plan *plan, struct board *b,
                    sim_machine m)
{
    const uint32_t block = m / BOARD_BLOCK;
    const int64_t was = b->score[m];
    int64_t score = BOARD_INFEASIBLE;
    if (predicates_fits(&p->predicates, plan, m)) {
        score = 0;
        if (p->policy->score != NULL) {
            p->policy->score(p->state, p->view, plan->cls, m, m + 1, &score);
        }
    }
    const uint32_t change =
        (uint32_t)(score != BOARD_INFEASIBLE) - (uint32_t)(was != BOARD_INFEASIBLE);
    b->feasible += change;
    b->block_feasible[block] += change;
    b->score[m] = score;
    if (score >= b->block_best[block]) {
        b->block_best[block] = score;
    } else if (was == b->block_best[block]) {
        board_summarise(b, block); /* The block's best may have been this machine alone. */
    }
}

/* How many changes make a scan of everything the cheaper way: a vectorised scan takes some machines
 * in the time of one repair, a heavy score costs the same either way. Both give the same board. */
static uint64_t worth_repairing(const struct placer *p)
{
    enum { SCANNED_MEANWHILE = 64 };
    const uint32_t n = p->view->n;
    return (p->policy->flags & SIM_HEAVY_SCORE) != 0 ? n : n / SCANNED_MEANWHILE + 8;
}

/* Repairs a cached board from the change log; a board that is too far behind is scanned anew. */
static void repair(struct placer *p, const struct sim_class *cls, struct board *b)
{
    const uint64_t end = cell_log_end(p->cell);
    sim_machine m;
    if (b->log_pos == end) {
        return;
    }
    if (b->log_pos == UINT64_MAX || end - b->log_pos > worth_repairing(p) ||
        !cell_log_at(p->cell, b->log_pos, &m)) {
        scan(p, cls, b, true, NULL);
        return;
    }
    board_resize(b, p->view->n);
    struct predicates_plan plan;
    predicates_plan(&p->predicates, cls, &plan);
    const uint64_t stamp = ++p->stamp_now;
    for (; b->log_pos < end; b->log_pos++) {
        CHECK(cell_log_at(p->cell, b->log_pos, &m));
        if (p->stamp[m] != stamp) { /* A machine that changed twice is scored once. */
            p->stamp[m] = stamp;
            if (b->filled[m / BOARD_BLOCK]) {
                rescore(p, &plan, b, m);
            } else {
                fill_planned(p, &plan, b, m / BOARD_BLOCK);
            }
        }
    }
}

static void unlink_board(struct placer *p, struct board *b)
{
    *(b->newer != NULL ? &b->newer->older : &p->newest) = b->older;
    *(b->older != NULL ? &b->older->newer : &p->oldest) = b->newer;
    b->newer = b->older = NULL;
}

static void link_newest(struct placer *p, struct board *b)
{
    b->older = p->newest;
    *(p->newest != NULL ? &p->newest->newer : &p->oldest) = b;
    p->newest = b;
}

/* Boards of light scores are worth having as long as they stay in a near cache: farther away,
 * repairing one costs more than scanning. Dear scores are kept for as many classes as there are. */
static uint32_t boards_max(const struct placer *p)
{
    enum { NEAR_BYTES = 3 << 19 };
    const size_t fit = NEAR_BYTES / (sizeof(int64_t) * ((size_t)p->view->n + 1));
    if ((p->policy->flags & SIM_HEAVY_SCORE) != 0 || fit > BOARDS_MAX) {
        return BOARDS_MAX;
    }
    return fit < BOARDS_MIN ? BOARDS_MIN : (uint32_t)fit;
}

/* A board for the next plain scan: a new one, or that of the class asked for longest ago. */
static struct board *spare_board(struct placer *p)
{
    if (p->board_count < boards_max(p)) {
        p->board_count++;
        return board_new();
    }
    struct board *b = p->oldest;
    unlink_board(p, b);
    b->entry->board = NULL;
    b->entry = NULL;
    return b;
}

/* The board of a class that was asked for before. If the last plain scan was this class's, its
 * scores become the board as they are. */
static struct board *board_of(struct placer *p, struct class_entry *e)
{
    struct board *b = e->board;
    if (b != NULL) {
        if (p->newest != b) {
            unlink_board(p, b);
            link_newest(p, b);
        }
        return b;
    }
    b = spare_board(p);
    b->log_pos = UINT64_MAX;
    if (p->scratch->entry == e) {
        struct board *scanned = p->scratch;
        p->scratch = b;
        b = scanned;
    }
    b->entry = e;
    e->board = b;
    link_newest(p, b);
    return b;
}

void placer_forget(void *placer, struct class_entry *e)
{
    struct placer *p = placer;
    struct board *b = e->board;
    p->scratch->entry = p->scratch->entry == e ? NULL : p->scratch->entry;
    if (b != NULL) {
        unlink_board(p, b);
        board_free(b);
        p->board_count--;
        e->board = NULL;
    }
}

/* ---- choosing ------------------------------------------------------------------------------- */

static uint32_t count_among(const uint8_t *among, uint32_t n)
{
    uint32_t count = among == NULL ? n : 0;
    for (uint32_t m = 0; among != NULL && m < n; m++) {
        count += among[m] != 0;
    }
    return count;
}

static void choose_best(struct placer *p, struct class_entry *e, const uint8_t *among,
                        struct sim_choice *out)
{
    struct board *b = p->scratch;
    out->cached = p->cache && e->uses > 1 && among == NULL;
    if (out->cached) {
        b = board_of(p, e);
        repair(p, &e->cls, b);
    } else {
        scan(p, &e->cls, b, among != NULL || (p->policy->flags & SIM_HEAVY_SCORE) != 0, among);
        b->entry = among == NULL ? e : NULL;
    }
    struct board_pick pick;
    const struct board_source source = {fill_block, p};
    board_select(b, &source, &p->tie, &pick);
    out->machine = pick.machine;
    out->runner_up = pick.runner_up;
    out->score = pick.score;
    out->margin = pick.margin;
    out->ties = pick.ties;
    out->examined = count_among(among, p->view->n);
    out->feasible = b->feasible;
    out->reason = b->feasible == 1 ? SIM_REASON_ONLY_FEASIBLE
                  : pick.ties > 1  ? SIM_REASON_TIE_BREAK
                                   : SIM_REASON_BEST_SCORE;
}

static void choose_first(struct placer *p, const struct sim_class *cls, const uint8_t *among,
                         struct sim_choice *out)
{
    const uint32_t n = p->view->n;
    struct predicates_plan plan;
    predicates_plan(&p->predicates, cls, &plan);
    out->examined = count_among(among, n);
    for (uint32_t begin = 0; begin < n; begin += BOARD_BLOCK) {
        const uint32_t end = begin + BOARD_BLOCK < n ? begin + BOARD_BLOCK : n;
        predicates_lack(&p->predicates, &plan, begin, end, p->lack);
        exclude(among, begin, end, p->lack);
        if (predicates_passed(p->lack, end - begin) == 0) {
            continue;
        }
        for (uint32_t m = begin; m < end; m++) {
            if (p->lack[m - begin] >= 0) {
                out->machine = m;
                out->examined = count_among(among, m + 1);
                return;
            }
        }
    }
}

static void pool_refill(struct placer *p, const struct class_entry *e, uint32_t job)
{
    const struct sim_class *cls = &e->cls;
    MEM_GROW(p->pool, p->pool_cap, p->view->n);
    const bool same = p->pool_job == job && p->pool_class == cls->id && e->uses > 1 &&
                      p->pool_gains == cell_gains(p->cell);
    const bool grew = p->pool_len < p->view->n;
    for (; p->pool_len < p->view->n; p->pool_len++) {
        p->pool[p->pool_len] = p->pool_len;
    }
    if (!same || grew) {
        p->pool_left = p->pool_len;
        p->pool_job = job;
        p->pool_class = cls->id;
        p->pool_gains = cell_gains(p->cell);
    }
}

static uint32_t draw(struct placer *p)
{
    const uint32_t n = p->pool_left;
    const uint32_t own = p->policy->draw != NULL ? p->policy->draw(p->state, n) : n;
    return own < n ? own : prng_below(&p->draws, n);
}

/* Omega's randomised first fit: draw below the machines left; one that fits stays in the pool, one
 * that does not is swapped behind it. The pool is refilled for every job and stays permuted for
 * ever. Source: the lightweight simulator of the Omega paper (EuroSys 2013, section 4). */
static void choose_draw(struct placer *p, const struct class_entry *e, uint32_t job,
                        const uint8_t *among, struct sim_choice *out)
{
    struct predicates_plan plan;
    pool_refill(p, e, job);
    predicates_plan(&p->predicates, &e->cls, &plan);
    out->examined = p->pool_len - p->pool_left;
    while (p->pool_left > 0) {
        const uint32_t i = draw(p);
        const sim_machine m = p->pool[i];
        out->examined++;
        if ((among == NULL || among[m] != 0) && predicates_fits(&p->predicates, &plan, m)) {
            out->machine = m;
            return;
        }
        p->pool[i] = p->pool[--p->pool_left];
        p->pool[p->pool_left] = m;
    }
}

static uint32_t choose_devices(struct placer *p, const struct sim_class *cls, sim_machine m)
{
    if (cls->gpu_count == 0) {
        return 0;
    }
    switch (p->policy->device_rule) {
    case SIM_DEVICES_RANDOM:
        return devices_random(&p->random_devices, p->view, cls, m);
    case SIM_DEVICES_POLICY:
        return p->policy->devices(p->state, p->view, cls, m);
    case SIM_DEVICES_TIGHTEST:
    default:
        return devices_tightest(p->view, cls, m);
    }
}

/* ---- public --------------------------------------------------------------------------------- */

void placer_choose(struct placer *p, struct class_entry *e, uint32_t job, const uint8_t *among,
                   struct sim_choice *out)
{
    catch_up(p);
    classify(p, e);
    *out = (struct sim_choice){.machine = SIM_NONE, .runner_up = SIM_NONE};
    e->uses += e->uses < UINT32_MAX;
    if (p->policy->examine == SIM_EXAMINE_ALL) {
        choose_best(p, e, among, out);
    } else {
        if (p->policy->examine == SIM_EXAMINE_FIRST) {
            choose_first(p, &e->cls, among, out);
        } else {
            choose_draw(p, e, job, among, out);
        }
        out->feasible = out->ties = out->machine != SIM_NONE;
        out->reason = SIM_REASON_FIRST_FIT;
    }
    if (out->machine != SIM_NONE) {
        out->devices = choose_devices(p, &e->cls, out->machine);
    }
}

uint32_t placer_devices(struct placer *p, const struct sim_class *cls, sim_machine m)
{
    catch_up(p);
    return choose_devices(p, cls, m);
}

uint32_t placer_mask(struct placer *p, const struct sim_class *cls, sim_machine m)
{
    catch_up(p);
    return predicates_complete(&p->predicates, cls, m);
}

bool placer_fits(struct placer *p, const struct sim_class *cls, sim_machine m)
{
    catch_up(p);
    return predicates_fits_class(&p->predicates, cls, m);
}

void placer_masks(struct placer *p, const struct sim_class *cls, uint32_t *mask)
{
    catch_up(p);
    predicates_all(&p->predicates, cls, mask);
}

uint32_t placer_inspect(struct placer *p, const struct sim_class *cls, sim_machine m,
                        int64_t *score, struct sim_resources *deficit)
{
    const uint32_t mask = placer_mask(p, cls, m);
    if (score != NULL) {
        *score = 0;
        classify(p, class_entry_of(cls));
        if (mask == 0 && p->policy->score != NULL && p->policy->examine == SIM_EXAMINE_ALL) {
            p->policy->score(p->state, p->view, cls, m, m + 1, score);
        }
    }
    if (deficit != NULL) {
        predicates_deficit(p->view, cls, m, mask, deficit);
    }
    return mask;
}
