/* recorder.h - takes rows on the simulation thread and writes them on its own thread.
 *
 * Rows are built in a batch, or copied into it: one chunk of 256 KiB per table (4,096 decisions),
 * and the names that they use. The whole batch is handed over before the first decision that finds
 * a chunk nearly full, or when the writer has waited for a second. So a decision and its sparse
 * rows reach the disk together, and a killed process loses little more than the last second. The
 * writer feeds every sink, names first, and the digests. The queue is bounded: a slow disk slows
 * the simulation down, it never eats the memory.
 */
#ifndef SIM_RECORD_RECORDER_H
#define SIM_RECORD_RECORDER_H

#include <simctl/diag.h>
#include <simctl/record.h>

#include "record/sink.h"

struct recorder;

struct recorder_sink {
    const struct sim_sink *sink;
    const char *path; /* "-" = stdout for sinks that can stream. */
};
/* Starts the thread, which opens the sinks while the caller goes on; NULL with diag. */
struct recorder *recorder_start(const struct recorder_sink *sinks, size_t n, struct sim_diag *diag);
/* Waits until the sinks are open. False: one cannot be opened, and recorder_close says why. */
bool recorder_ready(struct recorder *r) SIM_NODISCARD;
/* Both. NULL with diag; then nothing is left behind. */
struct recorder *recorder_open(const struct recorder_sink *sinks, size_t n, struct sim_diag *diag);
/* What the engine writes to; valid until recorder_close. */
const struct sim_output *recorder_output(struct recorder *r);
/* A sink failed (disk full): the run should stop now. Cheap; any time. */
bool recorder_failed(const struct recorder *r);
/* XXH3-128 over the canonical rows of each table (flag CACHED masked out), as 32 hex digits, and
 * one over all of them; row counts per table. */
struct recorder_digests {
    char table[SIM_TABLE_COUNT][33];
    uint64_t rows[SIM_TABLE_COUNT];
    char all[33];
};
/* Drains, closes the sinks (complete = false: a sink must not leave a file that looks whole), joins
 * the thread, frees r. False with diag of the first failure. */
bool recorder_close(struct recorder *r, bool complete, struct recorder_digests *out,
                    struct sim_diag *diag) SIM_NODISCARD;
#endif
