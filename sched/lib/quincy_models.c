/* quincy_models.c - cost models: one small table each. */
#include "base/check.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/wide.h"
#include "sched/lib/quincy.h"

#define GB INT64_C(1000000000)

/* Far above any cost that is meant, and four of them still within the limits of the flow. */
static int64_t bounded(int64_t cost)
{
    const int64_t most = FLOW_COST_MAX / 4;
    return cost > most ? most : cost < -most ? -most : cost;
}

static int64_t wait_cost(const struct quincy_params *p, const struct quincy_task *t,
                         sim_time waited_us)
{
    (void)t;
    return bounded(p->wait + sim_muldiv(p->wait_milli_per_s, waited_us, SIM_SECONDS(1000)));
}

/* ---- quincy: data, waiting, and what was done already ------------------------------------------
 */

/* A task's data on one machine that is there, or was. */
struct piece {
    uint32_t rack;
    bool gone;
    int64_t bytes;
};

static int by_rack(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct piece *x = a, *y = b;
    return (x->rack > y->rack) - (x->rack < y->rack);
}

/* Moving so much within the rack, and so much from other racks. */
static int64_t transfer(const struct quincy_params *p, int64_t near, int64_t far)
{
    return bounded(sim_muldiv_up(near, p->rack_per_gb, GB) +
                   sim_muldiv_up(far, p->core_per_gb, GB));
}

static int64_t quincy_on_machine(const struct quincy *q, const struct quincy_task *t, sim_machine m)
{
    const uint32_t rack = quincy_rack_of(q, m);
    int64_t near = 0, far = 0;
    for (uint32_t i = 0; i < t->input_count; i++) {
        if (t->inputs[i].machine != m) {
            const bool same = quincy_rack_of(q, t->inputs[i].machine) == rack;
            *(same ? &near : &far) += t->inputs[i].bytes;
        }
    }
    return transfer(quincy_params_of(q), near, far);
}

static bool preferred(const struct quincy_params *p, int64_t bytes, int64_t total)
{
    return bytes > 0 && bytes >= sim_muldiv_up(total, p->preferred_permille, 1000);
}

/* Pieces of one rack that has machines: an arc to it, if they hold enough; the cost on its worst
 * machine. */
static int64_t way_to_rack(const struct quincy *q, const struct piece *pieces, size_t n,
                           int64_t total, struct quincy_ways *out)
{
    int64_t sum = 0, there = 0, least = INT64_MAX;
    uint32_t holders = 0;
    for (size_t i = 0; i < n; i++) {
        sum += pieces[i].bytes;
        if (!pieces[i].gone) {
            there += pieces[i].bytes;
            least = pieces[i].bytes < least ? pieces[i].bytes : least;
            holders++;
        }
    }
    const uint32_t rack = pieces[0].rack;
    const int64_t local = quincy_rack_machines(q, rack) > holders ? 0 : least;
    const int64_t worst = transfer(quincy_params_of(q), sum - local, total - sum);
    if (preferred(quincy_params_of(q), there, total)) {
        quincy_way(out, QUINCY_RACK, rack, worst);
    }
    return worst;
}

/* Arcs to preferred machines; the pieces, by rack; the sum of all data. */
static size_t look_at_inputs(const struct quincy *q, const struct quincy_task *t,
                             struct piece *pieces, int64_t *total, struct quincy_ways *out)
{
    size_t n = 0;
    *total = 0;
    for (uint32_t i = 0; i < t->input_count; i++) {
        *total += t->inputs[i].bytes;
    }
    for (uint32_t i = 0; i < t->input_count; i++) {
        const struct quincy_input *in = &t->inputs[i];
        const bool gone = quincy_machine_at(q, in->machine) == NULL;
        if (quincy_rack_of(q, in->machine) != SIM_NONE) {
            pieces[n++] = (struct piece){quincy_rack_of(q, in->machine), gone, in->bytes};
        }
        if (!gone && preferred(quincy_params_of(q), in->bytes, *total)) {
            quincy_way(out, QUINCY_MACHINE, in->machine, quincy_on_machine(q, t, in->machine));
        }
    }
    sort_stable(pieces, n, sizeof *pieces, by_rack, NULL);
    return n;
}

static void quincy_ways_of(const struct quincy *q, const struct quincy_task *t,
                           struct quincy_ways *out)
{
    struct piece *pieces = MEM_NEW(struct piece, (size_t)t->input_count + 1);
    int64_t total, worst = INT64_MIN;
    const size_t n = look_at_inputs(q, t, pieces, &total, out);
    uint32_t racks = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && pieces[end].rack == pieces[i].rack; end++) {
        }
        if (quincy_rack_machines(q, pieces[i].rack) > 0) {
            const int64_t here = way_to_rack(q, pieces + i, end - i, total, out);
            worst = here > worst ? here : worst;
            racks++;
        }
    }
    if (quincy_racks(q) > racks || racks == 0) { /* A rack without any of its data. */
        const int64_t nothing = transfer(quincy_params_of(q), 0, total);
        worst = nothing > worst ? nothing : worst;
    }
    quincy_way(out, QUINCY_CLUSTER, 0, worst);
    mem_free(pieces);
}

static int64_t quincy_continuation(const struct quincy_params *p, sim_time ran_us)
{
    return bounded(-sim_muldiv(p->gain_milli_per_s, ran_us, SIM_SECONDS(1000)));
}

const struct quincy_model quincy_model_quincy = {
    .name = "quincy",
    .summary = "data close by, waiting that grows, work that is not thrown away",
    .source = "Isard et al., Quincy (SOSP 2009)",
    .defaults = {.wait_milli_per_s = 500,
                 .rack_per_gb = 1,
                 .core_per_gb = 2,
                 .gain_milli_per_s = 1000,
                 .preferred_permille = 100},
    .wait = wait_cost,
    .ways = quincy_ways_of,
    .on_machine = quincy_on_machine,
    .continuation = quincy_continuation,
};

/* ---- trivial: run as much as possible, anywhere
 * -------------------------------------------------- */

static void anywhere(const struct quincy *q, const struct quincy_task *t, struct quincy_ways *out)
{
    (void)t;
    quincy_way(out, QUINCY_CLUSTER, 0, quincy_params_of(q)->place);
}

static int64_t free_on_machine(const struct quincy *q, const struct quincy_task *t, sim_machine m)
{
    (void)q, (void)t, (void)m;
    return 0;
}

static int64_t free_continuation(const struct quincy_params *p, sim_time ran_us)
{
    (void)p, (void)ran_us;
    return 0;
}

const struct quincy_model quincy_model_trivial = {
    .name = "trivial",
    .summary = "all machines are alike, and running is cheaper than waiting",
    .source = "Firmament's trivial cost model",
    .defaults = {.wait = 5, .place = 2},
    .wait = wait_cost,
    .ways = anywhere,
    .on_machine = free_on_machine,
    .continuation = free_continuation,
};

/* ---- load-balance: the fewer tasks a machine has, the better
 * --------------------------------------- */

static int64_t busy_slot(const struct quincy_params *p, uint32_t index)
{
    return p->busy * (int64_t)index;
}

const struct quincy_model quincy_model_load_balance = {
    .name = "load-balance",
    .summary = "each task costs as many as its machine has already",
    .source = "Firmament's Octopus cost model; there only tasks that run already are counted, here "
              "also those that the same solve sends",
    .defaults = {.wait = 1000000, .busy = 1},
    .wait = wait_cost,
    .ways = anywhere,
    .on_machine = free_on_machine,
    .continuation = free_continuation,
    .slot = busy_slot,
};

/* ---- cpu-mem: the machine that is least used
 * ------------------------------------------------------- */

static void by_group(const struct quincy *q, const struct quincy_task *t, struct quincy_ways *out)
{
    (void)q;
    quincy_way(out, QUINCY_GROUP, t->group, 0);
}

static bool cpu_mem_group(const struct quincy *q, const struct sim_resources *request,
                          sim_machine m, uint32_t index, int64_t *cost)
{
    const struct quincy_machine *at = quincy_machine_at(q, m);
    *cost = 0;
    for (int d = 0; d < SIM_DIMS; d++) {
        const int64_t room = at->capacity.v[d] - at->used.v[d];
        if (request->v[d] > 0 && (room < 0 || room / request->v[d] <= (int64_t)index)) {
            return false;
        }
        if ((d == SIM_CPU || d == SIM_MEMORY) && at->capacity.v[d] > 0) {
            const int64_t used = at->used.v[d] + (int64_t)index * request->v[d];
            *cost += sim_muldiv(quincy_params_of(q)->scale, used, at->capacity.v[d]);
        }
    }
    return true;
}

const struct quincy_model quincy_model_cpu_mem = {
    .name = "cpu-mem",
    .summary = "the machine of which the smallest parts of cpu and memory are in use",
    .source =
        "Firmament's cpu-mem cost model: scale * (used cpu / cpu + used memory / memory), each "
        "rounded down, before the task is there; there cpu counts only when it is full, "
        "because whole numbers are divided first",
    .defaults = {.wait = 2560000, .scale = 1000},
    .pins = true,
    .wait = wait_cost,
    .ways = by_group,
    .on_machine = free_on_machine,
    .continuation = free_continuation,
    .group = cpu_mem_group,
};
