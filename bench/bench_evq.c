/* bench_evq.c - the future event list under the hold model: pop the next event, push another one an
 * exponential-looking distance later. Usage: bench_evq [PENDING [HOLDS]] */
#include "bench/bench.h"

#include "base/prng.h"
#include "core/evq.h"

int main(int argc, char **argv)
{
    const uint64_t pending = bench_count(argc, argv, 1, 100000);
    const uint64_t holds = bench_count(argc, argv, 2, 2000000);
    struct prng r;
    prng_init(&r, 1, "bench");
    struct evq *q = evq_create();
    for (uint64_t i = 0; i < pending; i++) {
        evq_push(q, (sim_time)prng_below(&r, 1u << 20), EV_END, (uint32_t)i, 0);
    }
    uint64_t checksum = 0;
    const double start = bench_cpu_s();
    for (uint64_t i = 0; i < holds; i++) {
        struct event e;
        evq_pop(q, &e);
        checksum = checksum * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)e.at_us + e.subject;
        evq_push(q, e.at_us + (sim_time)prng_below(&r, 1u << 20), EV_END, e.subject, 0);
    }
    const double ns = (bench_cpu_s() - start) * 1e9 / (double)holds;
    printf("evq_hold pending=%" PRIu64 " holds=%" PRIu64 " ns_per_hold=%.1f checksum=%016" PRIx64
           "\n",
           pending, holds, ns, checksum);
    evq_destroy(q);
    return 0;
}
