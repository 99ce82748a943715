/* allocator.h - the centre of two-level scheduling: an actor without jobs that offers what is free
 * to the schedulers of the run, its frameworks. Who is next is lib/offers.h; here are the letters,
 * the clock and the record.
 *
 *   framework -> allocator   REVIVE, SUPPRESS, ANSWERS, RELEASES            at once
 *   allocator -> framework   OFFERS, RESCIND, NOTHING                       after
 * scheduler.offer_delay
 *
 * Offers are made when a framework revives or a machine comes (scheduler.allocate=events), and an
 * interval after something became free. The clock runs only while there is somebody to offer to and
 * something to offer, and stops when it went round in vain often enough for every refusal to be
 * over twice and every framework to have its turn; the next thing that happens starts it again.
 *
 * What tasks hold is counted from what frameworks say: a framework that commits a placement has it
 * in its answer, and gives it back when the task leaves its machine. */
#ifndef SCHED_LIB_ALLOCATOR_H
#define SCHED_LIB_ALLOCATOR_H

#include <simctl/scheduler.h>

#include "sched/lib/offers.h"

enum allocator_letter {
    /* To the allocator. */
    ALLOCATOR_REVIVE,   /* There is (new) work: offers, please; refusals are forgotten. */
    ALLOCATOR_SUPPRESS, /* There is none: no offers, please. */
    ALLOCATOR_ANSWERS,  /* struct allocator_answer[] */
    ALLOCATOR_RELEASES, /* struct allocator_release[]: what tasks held that have left. */
    /* From it. */
    ALLOCATOR_OFFERS,  /* struct allocator_offer[], of one cycle. */
    ALLOCATOR_RESCIND, /* struct allocator_offer: it is an offer no more. */
    ALLOCATOR_NOTHING  /* enum sim_reason: why a cycle had nothing for the framework, when that
                          changes. */
};
struct allocator_offer {
    offers_id id;
    sim_machine machine;
    struct sim_resources amount;
    /* Free there as well, but for the limit of the role; for the guarantees of others. */
    struct sim_resources over_limit, held_back;
};
struct allocator_answer {
    offers_id id;
    struct sim_resources used; /* By tasks that run now. All 0 = declined. */
    sim_time refuse_us;        /* Of the rest, as for offers_accept. */
    int64_t missing;           /* As in struct sim_offer_row, like the rest. */
    sim_machine machine;
    sim_task task;
    enum sim_unused unused;
    enum sim_dim dim;
};
struct allocator_release {
    sim_machine machine;
    struct sim_resources amount;
};

/* The hub of a scheduler whose options contain ALLOCATOR_OPTIONS. */
extern const struct sim_scheduler allocator_hub;

#define ALLOCATOR_OPTIONS                                                                          \
    {"scheduler.interval",                                                                         \
     SIM_OPT_TIME,                                                                                 \
     1000,                                                                                         \
     SIM_SECONDS(86400),                                                                           \
     "1s",                                                                                         \
     NULL,                                                                                         \
     "the allocator offers what became free this long after it did"},                              \
        {"scheduler.allocate",                                                                     \
         SIM_OPT_CHOICE,                                                                           \
         0,                                                                                        \
         0,                                                                                        \
         "events",                                                                                 \
         "events|interval",                                                                        \
         "whether a framework that revives and a machine that comes make the allocator offer at "  \
         "once, or an interval later like everything else"},                                       \
        {"scheduler.offer_delay",                                                                  \
         SIM_OPT_TIME,                                                                             \
         0,                                                                                        \
         SIM_SECONDS(86400),                                                                       \
         "0",                                                                                      \
         NULL,                                                                                     \
         "how long an offer is on its way to its framework"},                                      \
        {"scheduler.shuffle",                                                                      \
         SIM_OPT_BOOL,                                                                             \
         0,                                                                                        \
         0,                                                                                        \
         "true",                                                                                   \
         NULL,                                                                                     \
         "the allocator goes through the machines in random order, or by id"},                     \
        {"scheduler.least.cpu",                                                                    \
         SIM_OPT_DECIMAL,                                                                          \
         0,                                                                                        \
         INT64_C(1000000000000000),                                                                \
         "0.01",                                                                                   \
         NULL,                                                                                     \
         "less than so many cores and less than scheduler.least.memory are not offered"},          \
        {"scheduler.least.memory",                                                                 \
         SIM_OPT_SIZE,                                                                             \
         0,                                                                                        \
         INT64_C(1) << 60,                                                                         \
         "32MiB",                                                                                  \
         NULL,                                                                                     \
         "less than so much memory and less than scheduler.least.cpu are not offered"},            \
        {"schedulers.*.role",                                                                      \
         SIM_OPT_TEXT,                                                                             \
         0,                                                                                        \
         0,                                                                                        \
         "",                                                                                       \
         NULL,                                                                                     \
         "role of the frameworks of the group, such as eng or eng/ads; by default the group's "    \
         "name"},                                                                                  \
        {"schedulers.*.weight",                                                                    \
         SIM_OPT_DECIMAL,                                                                          \
         1000,                                                                                     \
         1000000000,                                                                               \
         "1",                                                                                      \
         NULL,                                                                                     \
         "weight of the role: with 2 it gets twice the share"},                                    \
        {"schedulers.*.guarantee.cpu",                                                             \
         SIM_OPT_DECIMAL,                                                                          \
         0,                                                                                        \
         INT64_C(1000000000000000),                                                                \
         "0",                                                                                      \
         NULL,                                                                                     \
         "cores that are kept for the role, before shares count"},                                 \
        {"schedulers.*.guarantee.memory",                                                          \
         SIM_OPT_SIZE,                                                                             \
         0,                                                                                        \
         INT64_C(1) << 60,                                                                         \
         "0",                                                                                      \
         NULL,                                                                                     \
         "memory that is kept for the role, before shares count"},                                 \
        {"schedulers.*.guarantee.gpu",                                                             \
         SIM_OPT_DECIMAL,                                                                          \
         0,                                                                                        \
         INT64_C(1000000000000000),                                                                \
         "0",                                                                                      \
         NULL,                                                                                     \
         "devices that are kept for the role, before shares count"},                               \
        {"schedulers.*.limit.cpu",                                                                 \
         SIM_OPT_DECIMAL,                                                                          \
         0,                                                                                        \
         INT64_C(1000000000000000),                                                                \
         "0",                                                                                      \
         NULL,                                                                                     \
         "the role gets no more cores than this; 0: no limit"},                                    \
        {"schedulers.*.limit.memory",                                                              \
         SIM_OPT_SIZE,                                                                             \
         0,                                                                                        \
         INT64_C(1) << 60,                                                                         \
         "0",                                                                                      \
         NULL,                                                                                     \
         "the role gets no more memory than this; 0: no limit"},                                   \
        {"schedulers.*.limit.gpu",                                                                 \
         SIM_OPT_DECIMAL,                                                                          \
         0,                                                                                        \
         INT64_C(1000000000000000),                                                                \
         "0",                                                                                      \
         NULL,                                                                                     \
         "the role gets no more devices than this; 0: no limit"},                                  \
    {                                                                                              \
        "schedulers.*.refuse", SIM_OPT_TIME, 0, SIM_SECONDS(86400), "5s", NULL,                    \
            "how long a framework of the group is not offered again what it refused, at least an " \
            "interval; 0: offered again at once"                                                   \
    }
#endif
