/* bench_flow.c - solving a Quincy network again: all tasks wait, each has ten pieces of data, and
 * between two solves a tenth of them, or one, is replaced, or a second goes by.
 * Usage: bench_flow [TASKS [MACHINES [SLOTS]]] */
#include "bench/bench.h"

#include "base/prng.h"
#include "sched/lib/quincy.h"

enum { INPUTS = 10, RACK = 25, ROUNDS = 20 };

struct bench {
    struct quincy *q;
    struct prng r;
    uint32_t tasks, machines, slots;
    sim_time now_us;
    uint64_t checksum;
};

static void add_task(struct bench *b, sim_slot task)
{
    struct quincy_input in[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
        in[i] = (struct quincy_input){prng_below(&b->r, b->machines),
                                      (int64_t)prng_below(&b->r, 8000) * 1000000};
    }
    quincy_task_add(b->q, task, &(struct quincy_task){task / 100, 0, {{0}}, in, INPUTS}, b->now_us);
}

static void replace(struct bench *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const sim_slot task = prng_below(&b->r, b->tasks);
        quincy_task_remove(b->q, task);
        add_task(b, task);
    }
}

static void add_to_checksum(struct bench *b)
{
    size_t n;
    const struct quincy_row *rows = quincy_rows(b->q, &n);
    uint64_t sum = (uint64_t)quincy_cost(b->q);
    for (size_t i = 0; i < n; i++) {
        sum = sum * UINT64_C(0x9e3779b97f4a7c15) + rows[i].machine;
    }
    b->checksum = b->checksum * UINT64_C(0x9e3779b97f4a7c15) + sum;
}

/* Rounds of: replace `replaced` tasks, a second goes by, solve. */
static void measure(struct bench *b, const char *name, uint32_t replaced, bool scratch)
{
    double sum = 0, worst = 0;
    for (int i = 0; i < ROUNDS; i++) {
        replace(b, replaced);
        b->now_us += SIM_SECONDS(1);
        const double start = bench_cpu_s();
        const bool ok =
            scratch ? quincy_solve_scratch(b->q, b->now_us) : quincy_solve(b->q, b->now_us);
        const double took = bench_cpu_s() - start;
        if (!ok) {
            abort();
        }
        sum += took;
        worst = took > worst ? took : worst;
        add_to_checksum(b);
    }
    printf("%s tasks=%" PRIu32 " machines=%" PRIu32 " slots=%" PRIu32 " replaced=%" PRIu32
           " ms_per_solve=%.3f ms_max=%.3f checksum=%016" PRIx64 "\n",
           name, b->tasks, b->machines, b->slots, replaced, sum * 1e3 / ROUNDS, worst * 1e3,
           b->checksum);
}

int main(int argc, char **argv)
{
    struct bench b = {.tasks = (uint32_t)bench_count(argc, argv, 1, 1000),
                      .machines = (uint32_t)bench_count(argc, argv, 2, 1000),
                      .slots = (uint32_t)bench_count(argc, argv, 3, 1)};
    struct quincy_params params = quincy_model_quincy.defaults;
    params.wait = 100; /* More than data from far away: whoever finds a slot runs. */
    b.q = quincy_create(&quincy_model_quincy, &params, true);
    prng_init(&b.r, 1, "bench");
    for (sim_machine m = 0; m < b.machines; m++) {
        quincy_machine_add(b.q, m, &(struct quincy_machine){.rack = m / RACK, .slots = b.slots});
    }
    for (sim_slot task = 0; task < b.tasks; task++) {
        add_task(&b, task);
    }
    measure(&b, "flow_scratch", 0, true);
    measure(&b, "flow_tenth", b.tasks / 10, false);
    measure(&b, "flow_one", 1, false);
    measure(&b, "flow_second", 0, false);
    quincy_destroy(b.q);
    return 0;
}
