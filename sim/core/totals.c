/* totals.c - sums over a run: integrals of resources over time, order statistics of waits. */
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"
#include "core/engine.h"

uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void totals_advance(struct sim_context *c, sim_time to_us)
{
    struct sim_totals *t = &c->totals;
    const sim_time dt = to_us - c->now_us;
    if (dt > 0 && c->began) {
        const struct sim_resources used = cell_used(c->cell), capacity = cell_capacity(c->cell);
        for (int d = 0; d < SIM_DIMS; d++) {
            if (capacity.v[d] > 0) {
                wide_add(&t->used_us[d], used.v[d], dt);
                wide_add(&t->capacity_us[d], capacity.v[d], dt);
            }
        }
    }
    c->now_us = to_us;
}

void totals_started(struct sim_context *c, const struct task *t)
{
    const sim_time wait = t->first_start_us - t->submit_us;
    c->totals.placed++;
    wide_add(&c->totals.wait_sum_us, wait, 1);
    if (wait > 0) { /* Zeros are counted by what is missing. */
        MEM_GROW(c->waits, c->wait_cap, c->wait_len + 1);
        c->waits[c->wait_len++] = wait;
    }
}

void totals_finished(struct sim_context *c, const struct task *t)
{
    const sim_time run = c->now_us - t->start_us, whole = t->wait_us + run;
    const sim_time base = run > c->slowdown_tau_us ? run : c->slowdown_tau_us;
    const double slowdown = base > 0 ? (double)whole / (double)base : 1.0;
    c->slowdown_sum += slowdown > 1.0 ? slowdown : 1.0;
    c->totals.bounded_slowdown_count++;
}

static int by_time(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;
    return (x > y) - (x < y);
}

/* Nearest rank: the smallest wait such that at least `percent` of the placed tasks waited no
 * longer. */
static sim_time percentile(const struct sim_context *c, const sim_time *sorted, uint64_t percent)
{
    const uint64_t n = c->totals.placed, zeros = n - c->wait_len;
    if (n == 0) {
        return 0;
    }
    const uint64_t rank = (n * percent + 99) / 100;
    return rank <= zeros ? 0 : sorted[rank - zeros - 1];
}

/* Sampled parts can come out above the whole by chance; then they share it. */
static void parts_of_time(const struct sim_context *c, struct sim_totals *out)
{
    const double wall = (double)(wall_ns() - c->wall_start);
    const double all = (double)(lap_tick() - c->tick_start);
    double sum = 0;
    for (int i = 0; i < LAP_PARTS; i++) {
        sum += (double)c->laps[i].ticks;
    }
    const double scale = wall / (sum > all ? sum : all);
    out->ns_reading = (uint64_t)((double)c->laps[LAP_READING].ticks * scale);
    out->ns_placement = (uint64_t)((double)c->laps[LAP_PLACEMENT].ticks * scale);
    out->ns_recording = (uint64_t)((double)c->laps[LAP_RECORDING].ticks * scale);
    const double rest = wall - sum * scale;
    out->ns_events = rest > 0 ? (uint64_t)rest : 0;
}

void sim_run_totals(struct sim_run *run, struct sim_totals *out)
{
    struct sim_context *c = (struct sim_context *)run;
    *out = c->totals;
    sim_time *sorted = MEM_NEW(sim_time, c->wait_len + 1);
    if (c->wait_len > 0) {
        memcpy(sorted, c->waits, c->wait_len * sizeof *sorted);
    }
    sort_stable(sorted, c->wait_len, sizeof *sorted, by_time, NULL);
    out->wait_p50_us = percentile(c, sorted, 50);
    out->wait_p90_us = percentile(c, sorted, 90);
    out->wait_p99_us = percentile(c, sorted, 99);
    out->wait_max_us = c->wait_len > 0 ? sorted[c->wait_len - 1] : 0;
    mem_free(sorted);
    const uint64_t n = out->bounded_slowdown_count;
    out->bounded_slowdown_mean = n > 0 ? c->slowdown_sum / (double)n : 0.0;
    out->last_us = c->now_us;
    out->used = cell_used(c->cell);
    out->capacity = cell_capacity(c->cell);
    out->machines = cell_view(c->cell)->n;
    out->units = c->trace.info.units;
    out->invariant_violations += cell_check(c->cell) + cell_violations(c->cell);
    parts_of_time(c, out);
}
