/* causes.c - see causes.h. What every change of a machine touches lies in columns with one entry
 * per watched class; the rest is in struct watch. */
#include "core/causes.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "core/panel.h"
#include "core/predicates.h"

/* How far another example is looked for before the whole cell is asked. */
enum { PROBES = 64, WORD = 64 };

struct watch {
    struct class_entry *entry;
    size_t index; /* In the columns. */
    struct cause cause;
    struct minimal minimal;
    sim_machine down;   /* One that lacks nothing but being up; SIM_NONE = none. */
    bool marked, lost;  /* The cause is to be derived again; from a new diagnosis. */
    bool listed;        /* In causes->changed. */
    uint64_t *eligible; /* Bit set of machines. */
    size_t words;
};

struct causes {
    struct cell *cell;
    struct placer *placer;
    const struct sim_view *view;
    bool whole_cell;   /* A mask can change without its machine. */
    uint64_t position; /* Up to which the change log is known. */
    struct panel panel;
    struct watch **watch;     /* This and the following: one entry per class of the panel. */
    int64_t *sum[SIM_DIMS];   /* Free on the eligible machines. */
    uint32_t *scarce;         /* Bit set of dimensions: sum below the request. */
    uint32_t *first, *second; /* Minimal masks; UINT32_MAX = none. */
    uint32_t *mask, *now;     /* Scratch: masks of a machine; scarce, or news. */
    size_t watch_cap, sum_cap[SIM_DIMS], scarce_cap, first_cap, second_cap, mask_cap, now_cap;
    struct seen {                  /* Per machine. */
        struct sim_resources free; /* As the sums have it. */
        uint64_t fixed;            /* cell_fixed of then. */
    } * seen;
    uint32_t *examples;         /* Per machine: of how many minimal masks it is the example. */
    uint64_t *stamp, stamp_now; /* Per machine: seen in this turn. */
    size_t seen_cap, examples_cap, stamp_cap;
    struct watch **marked, **changed;
    size_t marked_len, marked_cap, changed_len, changed_cap;
    struct diagnosis diagnosis;
    size_t checked; /* Classes so far; they take turns. */
};

struct causes *causes_create(struct cell *cell, struct placer *placer)
{
    struct causes *s = MEM_NEW(struct causes, 1);
    const struct sim_policy *policy = placer_policy(placer);
    s->cell = cell;
    s->placer = placer;
    s->view = cell_view(cell);
    s->whole_cell = policy->filter != NULL && policy->scope != SIM_SCOPE_MACHINE;
    return s;
}

static void watch_free(struct watch *w)
{
    mem_free(w->eligible);
    mem_free(w);
}

void causes_destroy(struct causes *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < s->panel.len; i++) {
        watch_free(s->watch[i]);
    }
    panel_fini(&s->panel);
    for (int d = 0; d < SIM_DIMS; d++) {
        mem_free(s->sum[d]);
    }
    void *const columns[] = {s->watch, s->scarce, s->first,    s->second, s->mask,   s->now,
                             s->seen,  s->stamp,  s->examples, s->marked, s->changed};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        mem_free(columns[i]);
    }
    diagnosis_fini(&s->diagnosis);
    mem_free(s);
}

bool causes_idle(const struct causes *s)
{
    return s->panel.len == 0;
}

/* ---- lists of classes ------------------------------------------------------------------------ */

static void mark(struct causes *s, struct watch *w)
{
    if (!w->marked) {
        w->marked = true;
        MEM_GROW(s->marked, s->marked_cap, s->marked_len + 1);
        s->marked[s->marked_len++] = w;
    }
}

static void lose(struct causes *s, struct watch *w)
{
    w->lost = true;
    mark(s, w);
}

static void list(struct causes *s, struct watch *w)
{
    if (!w->listed) {
        w->listed = true;
        MEM_GROW(s->changed, s->changed_cap, s->changed_len + 1);
        s->changed[s->changed_len++] = w;
    }
}

struct class_entry *causes_take_changed(struct causes *s)
{
    if (s->changed_len == 0) {
        return NULL;
    }
    struct watch *w = s->changed[--s->changed_len];
    w->listed = false;
    return w->entry;
}

/* ---- a watch from a diagnosis ---------------------------------------------------------------- */

static bool fits_now(const struct diagnosis *d, const struct sim_view *v)
{
    uint32_t refused = 0;
    for (size_t i = 0; i < d->mask_count; i++) {
        refused += d->masks[i].count;
    }
    return refused < v->n;
}

static void count_examples(struct causes *s, const struct watch *w, uint32_t by)
{
    for (uint32_t i = 0; i < w->minimal.count; i++) {
        s->examples[w->minimal.at[i].example] += by;
    }
}

/* The columns that follow from w->minimal. */
static void show_minimal(struct causes *s, const struct watch *w)
{
    s->first[w->index] = w->minimal.count > 0 ? w->minimal.at[0].mask : UINT32_MAX;
    s->second[w->index] = w->minimal.count > 1 ? w->minimal.at[1].mask : UINT32_MAX;
}

static SIM_VECTOR void pack(uint64_t *restrict bits, const uint32_t *restrict mask_of, uint32_t n)
{
    for (uint32_t k = 0; k * WORD < n; k++) {
        const uint32_t len = n - k * WORD < WORD ? n - k * WORD : WORD;
        uint64_t word = 0;
        for (uint32_t i = 0; i < len; i++) {
            word |= (uint64_t)((mask_of[k * WORD + i] & SIM_FAIL_STATIC) == 0) << i;
        }
        bits[k] = word;
    }
}

static void fill_sums(struct causes *s, struct watch *w, const uint32_t *mask_of)
{
    const uint32_t n = s->view->n;
    const struct sim_class *cls = &w->entry->cls;
    MEM_GROW(w->eligible, w->words, n / WORD + 1);
    pack(w->eligible, mask_of, n);
    s->scarce[w->index] = 0;
    for (uint32_t d = 0; d < SIM_DIMS; d++) {
        const int64_t need = cls->request.v[d];
        const int64_t sum = need > 0 ? sum_eligible(s->view->free[d], mask_of, n) : 0;
        s->sum[d][w->index] = sum;
        s->scarce[w->index] |= sum < need ? 1u << d : 0u;
    }
}

static void set_cause(struct causes *s, struct watch *w)
{
    struct sim_resources sum;
    for (int d = 0; d < SIM_DIMS; d++) {
        sum.v[d] = s->sum[d][w->index];
    }
    w->cause = cause_of(&w->entry->cls, &w->minimal, sum.v, w->down != SIM_NONE);
    list(s, w);
}

static void settle(struct causes *s, struct watch *w, const struct diagnosis *d)
{
    count_examples(s, w, UINT32_MAX); /* Minus one. */
    w->minimal = d->minimal;
    count_examples(s, w, 1);
    w->lost = false;
    w->down = d->down;
    show_minimal(s, w);
    fill_sums(s, w, d->mask_of);
    set_cause(s, w);
}

static void grow_columns(struct causes *s, size_t n)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        MEM_GROW(s->sum[d], s->sum_cap[d], n);
    }
    MEM_GROW(s->watch, s->watch_cap, n);
    MEM_GROW(s->scarce, s->scarce_cap, n);
    MEM_GROW(s->first, s->first_cap, n);
    MEM_GROW(s->second, s->second_cap, n);
    MEM_GROW(s->mask, s->mask_cap, n);
    MEM_GROW(s->now, s->now_cap, n);
}

void causes_watch(struct causes *s, struct class_entry *e, const struct diagnosis *now)
{
    CHECK(e->watch == NULL && s->position == cell_log_end(s->cell));
    struct watch *w = MEM_NEW(struct watch, 1);
    w->entry = e;
    w->index = s->panel.len;
    e->watch = w;
    panel_add(&s->panel, &e->cls);
    grow_columns(s, s->panel.len);
    s->watch[w->index] = w;
    settle(s, w, now);
}

void causes_forget(struct causes *s, struct class_entry *e)
{
    struct watch *w = e->watch;
    const size_t i = w->index, last = s->panel.len - 1;
    size_t kept = 0;
    for (size_t k = 0; w->listed && k < s->changed_len; k++) {
        s->changed[kept] = s->changed[k];
        kept += s->changed[k] != w;
    }
    s->changed_len -= w->listed;
    count_examples(s, w, UINT32_MAX);
    panel_remove(&s->panel, i);
    for (int d = 0; d < SIM_DIMS; d++) {
        s->sum[d][i] = s->sum[d][last];
    }
    s->scarce[i] = s->scarce[last];
    s->first[i] = s->first[last];
    s->second[i] = s->second[last];
    s->watch[i] = s->watch[last];
    s->watch[i]->index = i;
    watch_free(w);
    e->watch = NULL;
}

struct cause causes_get(const struct class_entry *e)
{
    return e->watch->cause;
}

/* ---- one machine changed: all classes at once ------------------------------------------------ */

/* Moves the sums of classes to which the machine is eligible, and says in `now` which are scarce.
 */
static SIM_VECTOR void move_sums(int64_t *restrict sum, const int64_t *restrict need,
                                 const uint32_t *restrict mask, int64_t delta,
                                 uint32_t *restrict now, uint32_t bit, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sum[i] += delta & -(int64_t)((mask[i] & SIM_FAIL_STATIC) == 0);
        now[i] = (now[i] & ~bit) | (sum[i] < need[i] ? bit : 0);
    }
}

/* Is the mask news to class i: neither static, nor does it contain its first or second minimal one?
 * Returns how many it is. */
static SIM_VECTOR uint32_t find_news(uint32_t *restrict news, const uint32_t *restrict mask,
                                     const uint32_t *restrict first,
                                     const uint32_t *restrict second, size_t n)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t lacks = ~mask[i];
        news[i] =
            (mask[i] & SIM_FAIL_STATIC) == 0 && (first[i] & lacks) != 0 && (second[i] & lacks) != 0;
        count += news[i];
    }
    return count;
}

/* The machine itself is another than it was: whom is it eligible for? */
static void follow_fixed(struct causes *s, sim_machine m)
{
    const uint64_t bit = UINT64_C(1) << m % WORD;
    for (size_t i = 0; i < s->panel.len; i++) {
        struct watch *w = s->watch[i];
        uint64_t *word = &w->eligible[m / WORD];
        const bool is = (s->mask[i] & SIM_FAIL_STATIC) == 0, up = lacks_only_up(s->mask[i]);
        if (is != ((*word & bit) != 0)) {
            *word ^= bit;
            for (int d = 0; d < SIM_DIMS; d++) { /* As if it had been so before. */
                s->sum[d][i] += is ? s->seen[m].free.v[d] : -s->seen[m].free.v[d];
            }
        }
        if (w->down == m && !up) {
            lose(s, w);
        } else if (w->down == SIM_NONE && up) {
            w->down = m;
            mark(s, w);
        }
    }
}

static void follow_sums(struct causes *s, sim_machine m)
{
    const size_t n = s->panel.len;
    memcpy(s->now, s->scarce, n * sizeof *s->now);
    for (uint32_t d = 0; d < SIM_DIMS; d++) {
        const int64_t delta = s->view->free[d][m] - s->seen[m].free.v[d];
        if (s->panel.users[d] > 0 && (delta != 0 || s->seen[m].fixed != cell_fixed(s->cell, m))) {
            move_sums(s->sum[d], s->panel.need[d], s->mask, delta, s->now, 1u << d, n);
        }
    }
    if (memcmp(s->now, s->scarce, n * sizeof *s->now) == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (s->now[i] != s->scarce[i]) {
            s->scarce[i] = s->now[i];
            mark(s, s->watch[i]);
        }
    }
}

/* Another machine with exactly this mask, in the neighbourhood. */
static sim_machine another(const struct causes *s, const struct watch *w, uint32_t mask,
                           sim_machine than)
{
    sim_machine m = than;
    for (uint32_t i = 0; i < PROBES && i < s->view->n; i++) {
        m = m + 1 < s->view->n ? m + 1 : 0;
        if (placer_mask(s->placer, &w->entry->cls, m) == mask) {
            return m;
        }
    }
    return SIM_NONE;
}

/* Is m the example of a mask that it no longer has? One that could take the class for the moment
 * says nothing: soon it is taken, or the class is asked. */
static void follow_example(struct causes *s, struct watch *w, uint32_t i, uint32_t mask)
{
    const sim_machine m = w->minimal.at[i].example;
    if (mask == 0 || mask == w->minimal.at[i].mask) {
        return;
    }
    const sim_machine other = another(s, w, w->minimal.at[i].mask, m);
    if (other == SIM_NONE) {
        lose(s, w);
        return;
    }
    s->examples[m]--;
    s->examples[other]++;
    w->minimal.at[i].example = other;
}

static void follow_examples(struct causes *s, sim_machine m)
{
    for (size_t k = 0; k < s->panel.len; k++) {
        struct watch *w = s->watch[k];
        for (uint32_t i = 0; i < w->minimal.count && !w->lost; i++) {
            if (w->minimal.at[i].example == m) {
                follow_example(s, w, i, placer_mask(s->placer, &w->entry->cls, m));
            }
        }
    }
}

static void add_minimal(struct causes *s, struct watch *w, sim_machine m)
{
    const uint32_t mask = placer_mask(s->placer, &w->entry->cls, m);
    if (w->lost || mask == 0) {
        return;
    }
    count_examples(s, w, UINT32_MAX); /* Minus one. */
    if (minimal_add(&w->minimal, mask, m)) {
        show_minimal(s, w);
        mark(s, w);
    }
    count_examples(s, w, 1);
}

static void follow_machine(struct causes *s, sim_machine m)
{
    const size_t n = s->panel.len;
    panel_masks(&s->panel, s->placer, s->cell, m, s->mask);
    if (s->seen[m].fixed != cell_fixed(s->cell, m)) {
        follow_fixed(s, m);
    }
    follow_sums(s, m);
    if (s->examples[m] > 0) {
        follow_examples(s, m);
    }
    if (find_news(s->now, s->mask, s->first, s->second, n) == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (s->now[i] != 0) {
            add_minimal(s, s->watch[i], m);
        }
    }
}

/* ---- catching up ----------------------------------------------------------------------------- */

static void see(struct causes *s, sim_machine m)
{
    for (int d = 0; d < SIM_DIMS; d++) {
        s->seen[m].free.v[d] = s->view->free[d][m];
    }
    s->seen[m].fixed = cell_fixed(s->cell, m);
}

static void grow_machines(struct causes *s)
{
    const uint32_t n = s->view->n;
    MEM_GROW(s->seen, s->seen_cap, n);
    MEM_GROW(s->examples, s->examples_cap, n);
    MEM_GROW(s->stamp, s->stamp_cap, n);
    for (size_t i = 0; i < s->panel.len; i++) {
        MEM_GROW(s->watch[i]->eligible, s->watch[i]->words, n / WORD + 1);
    }
}

/* The change log does not reach back far enough. */
static void start_over(struct causes *s)
{
    for (sim_machine m = 0; m < s->view->n; m++) {
        see(s, m);
    }
    for (size_t i = 0; i < s->panel.len; i++) {
        lose(s, s->watch[i]);
    }
    s->position = cell_log_end(s->cell);
}

static void mend(struct causes *s)
{
    for (; s->marked_len > 0; s->marked_len--) {
        struct watch *w = s->marked[s->marked_len - 1];
        w->marked = false;
        if (w->lost) {
            diagnose_masks(s->placer, s->view, &w->entry->cls, &s->diagnosis);
            settle(s, w, &s->diagnosis);
        } else {
            set_cause(s, w);
        }
    }
}

void causes_follow(struct causes *s)
{
    const uint64_t end = cell_log_end(s->cell);
    sim_machine m;
    if (s->position == end) {
        return;
    }
    if (s->seen_cap < s->view->n) {
        grow_machines(s);
    }
    if (s->whole_cell || !cell_log_at(s->cell, s->position, &m)) {
        start_over(s);
    }
    const uint64_t stamp = ++s->stamp_now;
    for (; s->position < end; s->position++) {
        CHECK(cell_log_at(s->cell, s->position, &m));
        if (s->stamp[m] != stamp) {
            s->stamp[m] = stamp;
            if (s->panel.len > 0) {
                follow_machine(s, m);
            }
            see(s, m);
        }
    }
    mend(s);
}

static bool is_right(struct causes *s, const struct watch *w)
{
    diagnose(s->placer, s->view, &w->entry->cls, &s->diagnosis);
    const struct cause right = s->diagnosis.cause;
    return fits_now(&s->diagnosis, s->view) ||
           (w->cause.reason == right.reason && w->cause.dim == right.dim);
}

uint64_t causes_check(struct causes *s)
{
    enum { SMALL = 1 << 14 };
    const size_t len = s->panel.len;
    const size_t count = len * s->view->n <= SMALL || len == 0 ? len : 1;
    uint64_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        wrong += !is_right(s, s->watch[s->checked++ % len]);
    }
    return wrong;
}
