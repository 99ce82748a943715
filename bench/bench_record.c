/* bench_record.c - what recording costs: the `repeated` world of bench_engine, with nothing
 * recorded and with every table written to decisions.mpk and run.h5. The runs alternate; the
 * medians are compared. The writer has a thread of its own, so wall time is what counts. Usage:
 * bench_record DIRECTORY [TASKS [ROUNDS]] */
#include <string.h>

#include <simctl/simctl.h>

#include "bench/bench.h"
#include "bench/synthetic.h"
#include "record/recorder.h"

enum { ROUNDS_MAX = 99 };

static double run(const struct synthetic *world, const char *directory, struct sim_totals *t,
                  char digest[33])
{
    struct sim_diag diag = {0};
    char mpk[512], h5[512], text[1024];
    struct recorder *r = NULL;
    if (directory !=
        NULL) { /* A file system may flush a file that replaces another: as `run` does. */
        snprintf(mpk, sizeof mpk, "%s/decisions.mpk", directory);
        snprintf(h5, sizeof h5, "%s/run.h5", directory);
        remove(mpk);
        remove(h5);
    }
    const double start = bench_wall_s();
    if (directory != NULL) {
        const struct recorder_sink sinks[] = {{sim_sink_find("mpk"), mpk},
                                              {sim_sink_find("h5"), h5}};
        r = recorder_open(sinks, 2, &diag);
    }
    synthetic_run(world, r != NULL ? recorder_output(r) : NULL, t);
    struct recorder_digests d = {0};
    if (r != NULL && !recorder_close(r, true, &d, &diag)) {
        fprintf(stderr, "%s\n", sim_diag_str(&diag, text, sizeof text));
        exit(1);
    }
    snprintf(digest, 33, "%s", d.all);
    return bench_wall_s() - start;
}

static double median(double *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        for (size_t k = i; k > 0 && v[k] < v[k - 1]; k--) {
            const double x = v[k];
            v[k] = v[k - 1];
            v[k - 1] = x;
        }
    }
    return v[n / 2];
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: bench_record DIRECTORY [TASKS [ROUNDS]]\n");
        return 2;
    }
    const uint64_t tasks = bench_count(argc, argv, 2, 1000000);
    const uint64_t asked = bench_count(argc, argv, 3, 5);
    const size_t rounds = asked < ROUNDS_MAX ? asked : ROUNDS_MAX;
    const struct synthetic world = {"repeated", "best-fit", tasks, SHAPES_REPEATED, 12583, 1000};
    double bare[ROUNDS_MAX], recorded[ROUNDS_MAX];
    struct sim_totals t;
    char digest[33];
    for (size_t i = 0; i < rounds; i++) {
        bare[i] = run(&world, NULL, &t, digest);
        recorded[i] = run(&world, argv[1], &t, digest);
    }
    const double a = median(bare, rounds), b = median(recorded, rounds);
    printf("record tasks=%" PRIu64 " decisions=%" PRIu64 " refused=%" PRIu64
           " bare_s=%.3f recorded_s=%.3f ratio=%.3f checksum=%s\n",
           tasks, t.decisions, t.decisions_refused, a, b, b / a, digest);
    return 0;
}
