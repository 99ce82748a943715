/* refusal.c - the histogram of complete fail masks, and what follows from it.
 *
 * A change of the request that removes every bit of a mask opens the machines of that mask and of
 * its subsets. So the masks that contain no other one (an antichain under inclusion) are exactly
 * the smallest changes: the minimal correction sets of the refusal. */
#include "report/refusal.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/sort.h"

int fail_dim(uint32_t bit)
{
    static const struct {
        uint32_t bits;
        int dim;
    } rows[] = {{SIM_FAIL_SIZE_CPU | SIM_FAIL_FIT_CPU, SIM_CPU},
                {SIM_FAIL_SIZE_MEMORY | SIM_FAIL_FIT_MEMORY, SIM_MEMORY},
                {SIM_FAIL_SIZE_GPU | SIM_FAIL_FIT_GPU, SIM_GPU},
                {SIM_FAIL_SIZE_DISK | SIM_FAIL_FIT_DISK, SIM_DISK},
                {SIM_FAIL_SIZE_EXTENDED | SIM_FAIL_FIT_EXTENDED, SIM_EXTENDED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((rows[i].bits & bit) != 0) {
            return rows[i].dim;
        }
    }
    return -1;
}

static uint32_t bits_in(uint32_t mask)
{
    uint32_t n = 0;
    for (; mask != 0; mask &= mask - 1) {
        n++;
    }
    return n;
}

static bool is_minimal(const struct refusal *r, uint64_t i)
{
    const uint32_t mine = r->masks[i].mask;
    if (mine == 0 || (mine & (uint32_t)SIM_FAIL_UNEXAMINED) != 0) {
        return false;
    }
    for (uint64_t k = 0; k < r->mask_count; k++) {
        const uint32_t other = r->masks[k].mask;
        if (other != 0 && other != mine && (other & mine) == other) {
            return false;
        }
    }
    return true;
}

/* Cheapest first: amounts before constraints, few bits before many, many machines before few. */
static int compare_changes(const void *left, const void *right, void *context)
{
    const struct sim_failmask_row *rows = ((const struct refusal *)context)->masks;
    const struct sim_failmask_row *a = &rows[*(const uint32_t *)left];
    const struct sim_failmask_row *b = &rows[*(const uint32_t *)right];
    const int hard = ((a->mask & SIM_FAIL_STATIC) != 0) - ((b->mask & SIM_FAIL_STATIC) != 0);
    if (hard != 0) {
        return hard;
    }
    const uint32_t bits_a = bits_in(a->mask), bits_b = bits_in(b->mask);
    if (bits_a != bits_b) {
        return bits_a < bits_b ? -1 : 1;
    }
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return a->mask < b->mask ? -1 : a->mask > b->mask;
}

static void find_minimal(struct refusal *r)
{
    r->minimal = MEM_NEW(uint32_t, r->mask_count + 1);
    for (uint64_t i = 0; i < r->mask_count; i++) {
        if (is_minimal(r, i)) {
            r->minimal[r->minimal_count++] = (uint32_t)i;
        }
    }
    sort_stable(r->minimal, r->minimal_count, sizeof *r->minimal, compare_changes, r);
}

bool refusal_read(struct refusal *r, const struct book *b, int64_t decision, struct sim_diag *diag)
{
    *r = (struct refusal){.decision = decision, .row = &b->decisions[decision]};
    r->source = book_source(b, decision);
    r->masks = book_masks(b, decision, &r->mask_count);
    r->rooms = book_rooms(b, decision, &r->room_count);
    r->ahead = book_ahead(b, decision);
    r->machines = book_machines_at(b, decision);
    uint64_t sum = r->row->feasible;
    for (uint64_t i = 0; i < r->mask_count; i++) {
        sum += r->masks[i].count;
    }
    if (r->mask_count > 0 && sum > r->machines) {
        return sim_fail(diag, SIM_ERR_INVARIANT, SIM_NOWHERE,
                        "the fail masks of d%" PRId64 " count %" PRIu64 " machines of %" PRIu32,
                        r->source, sum, r->machines);
    }
    r->unexamined = r->mask_count > 0 ? r->machines - (uint32_t)sum : 0;
    find_minimal(r);
    return true;
}

void refusal_fini(struct refusal *r)
{
    mem_free(r->minimal);
    *r = (struct refusal){0};
}

/* The histogram row that re-executed candidates give for one mask. */
static struct sim_failmask_row recount(uint32_t mask, const struct candidates *c)
{
    struct sim_failmask_row row = {.mask = mask, .example = SIM_NONE};
    for (uint32_t m = 0; m < c->n; m++) {
        const struct candidate *at = &c->at[m];
        if (at->mask != mask) {
            continue;
        }
        row.example = row.count == 0 ? m : row.example;
        for (unsigned d = 0; d < SIM_DIMS; d++) {
            if (row.count == 0 || at->deficit.v[d] < row.deficit[d]) {
                row.deficit[d] = at->deficit.v[d];
            }
        }
        row.count++;
    }
    return row;
}

bool refusal_check(const struct refusal *r, const struct candidates *c, struct sim_diag *diag)
{
    for (uint64_t i = 0; i < r->mask_count; i++) {
        const struct sim_failmask_row *was = &r->masks[i];
        if ((was->mask & (uint32_t)SIM_FAIL_UNEXAMINED) != 0) {
            continue;
        }
        const struct sim_failmask_row now = recount(was->mask, c);
        bool same = was->count == now.count && was->example == now.example;
        for (unsigned d = 0; d < SIM_DIMS; d++) {
            same = same && was->deficit[d] == now.deficit[d];
        }
        if (!same) {
            char names[160];
            return sim_fail(diag, SIM_ERR_INVARIANT, SIM_NOWHERE,
                            "d%" PRId64 ", mask %s: %" PRIu32 " machines from #%" PRIu32
                            " on were recorded, re-executed %" PRIu32 " from #%" PRIu32
                            " on, or the smallest deficits differ",
                            r->source, sim_fail_str(was->mask, names, sizeof names), was->count,
                            was->example, now.count, now.example);
        }
    }
    return true;
}

sim_machine refusal_nearest(const struct sim_failmask_row *mask, const struct candidates *c)
{
    for (uint32_t m = 0; m < c->n; m++) {
        bool least = c->at[m].mask == mask->mask;
        for (unsigned d = 0; d < SIM_DIMS && least; d++) {
            least = c->at[m].deficit.v[d] == mask->deficit[d];
        }
        if (least) {
            return m;
        }
    }
    return SIM_NONE;
}
