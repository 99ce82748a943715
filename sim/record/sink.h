/* sink.h - where recorded rows end up: one file of sim/record/sinks/ is one sink; the file
 * sinks/<name>.c defines sim_sink_<name>. All calls come from the writer's thread. */
#ifndef SIM_RECORD_SINK_H
#define SIM_RECORD_SINK_H

#include <simctl/diag.h>
#include <simctl/record.h>

struct sim_sink_names {
    enum sim_name_kind kind;
    uint32_t id;
    struct sim_text text;
};
struct sim_sink {
    const char *name;    /* "mpk", "h5", "jsonl". */
    const char *summary; /* One line. */
    size_t state_bytes;  /* Zeroed by the recorder. */
    bool (*open)(void *state, const char *path, struct sim_diag *diag);
    bool (*rows)(void *state, enum sim_table table, const void *rows, uint32_t n,
                 struct sim_diag *diag);
    bool (*names)(void *state, const struct sim_sink_names *names, uint32_t n,
                  struct sim_diag *diag);
    /* Hands what it has to the system, so that a killed process loses no more than the open batch.
     * NULL = the file is of no use before it is closed anyway. */
    bool (*flush)(void *state, struct sim_diag *diag);
    /* Frees everything. Also after a failure, but not after a failed open. */
    bool (*close)(void *state, bool complete, struct sim_diag *diag);
};
const struct sim_sink *sim_sink_find(const char *name);
const struct sim_sink *sim_sink_at(size_t index);
#endif
