/* quincy_example.h - the worked example: jobs a and b, tasks a0 a1 a2 b0 b1 on machines M1..M4 in
 * racks {M1, M2} and {M3, M4}, one slot each; moving 1 GB costs 1 within a rack, 2 between racks.
 */
#ifndef TESTS_QUINCY_EXAMPLE_H
#define TESTS_QUINCY_EXAMPLE_H
#include <criterion/criterion.h>

#include "sched/lib/quincy_net.h"

enum { A0, A1, A2, B0, B1, EXAMPLE_TASKS };
enum { M1, M2, M3, M4, EXAMPLE_MACHINES };
#define NOWHERE SIM_NONE

/* Instead of a rule: what each task pays for waiting, by its group. */
static int64_t example_waits[EXAMPLE_TASKS];
static int64_t example_wait(const struct quincy_params *p, const struct quincy_task *t,
                            sim_time waited_us)
{
    (void)p, (void)waited_us;
    return example_waits[t->group];
}

static const uint32_t example_job[EXAMPLE_TASKS] = {0, 0, 0, 1, 1};
static const int64_t example_gb[EXAMPLE_TASKS][EXAMPLE_MACHINES] = {
    {10, 0, 0, 0}, {8, 0, 4, 0}, {0, 6, 0, 0}, {0, 0, 10, 0}, {0, 5, 0, 5}};

static struct quincy *example_create(const struct quincy_model *model)
{
    struct quincy_params params = model->defaults;
    params.preferred_permille = 0; /* Whoever holds data is preferred. */
    params.wait = 20;              /* Only used by the model's own rule. */
    struct quincy *q = quincy_create(model, &params, true);
    for (sim_machine m = 0; m < EXAMPLE_MACHINES; m++) {
        quincy_machine_add(q, m, &(struct quincy_machine){.rack = m / 2, .slots = 1});
    }
    for (sim_slot t = 0; t < EXAMPLE_TASKS; t++) {
        struct quincy_input inputs[EXAMPLE_MACHINES];
        uint32_t n = 0;
        for (sim_machine m = 0; m < EXAMPLE_MACHINES; m++) {
            if (example_gb[t][m] > 0) {
                inputs[n++] = (struct quincy_input){m, example_gb[t][m] * 1000000000};
            }
        }
        quincy_task_add(q, t, &(struct quincy_task){example_job[t], t, {{0}}, inputs, n}, 0);
    }
    return q;
}

static sim_machine example_place(const struct quincy *q, sim_slot task)
{
    size_t n;
    const struct quincy_row *rows = quincy_rows(q, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].task == task) {
            return rows[i].machine;
        }
    }
    cr_assert_fail("no row of task %u", task);
    return SIM_NONE;
}
#endif
