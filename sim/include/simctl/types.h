/* types.h - units, identifiers and small values shared by every public header.
 *
 * Every quantity is an integer, so that a run is bit-identical on every machine:
 *   time       sim_time, int64, microseconds since the trace's epoch
 *   cpu        milli-cores            memory, disk   bytes
 *   gpu        milli-devices          extended       whatever the trace counts
 * Traces with normalised units (Google 2011) declare one integer scale per dimension in
 * struct sim_units instead. A reader rounds requests up and capacities down when it converts.
 */
#ifndef SIMCTL_TYPES_H
#define SIMCTL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SIM_API __attribute__((visibility("default")))
#define SIM_NODISCARD __attribute__((warn_unused_result))
#define SIM_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define SIM_API
#define SIM_NODISCARD
#define SIM_PRINTF(f, a)
#endif

typedef int64_t sim_time;
#define SIM_NEVER INT64_MAX /* "Not known" or "does not happen", for any time or duration. */
#define SIM_SECONDS(s) ((sim_time)(s)*1000000)

typedef uint32_t sim_machine; /* Dense, 0-based, in order of first appearance. */
typedef uint32_t sim_task;    /* Dense, 0-based, in order of submission; never reused in a run. */
typedef uint32_t sim_slot;    /* Where a live task is kept; reused after its end. */
#define SIM_NONE UINT32_MAX   /* No machine, no task, no slot. */

/* Resource dimensions. The first four have fixed meanings; the others are named by the trace. */
enum sim_dim { SIM_CPU, SIM_MEMORY, SIM_GPU, SIM_DISK, SIM_EXTENDED, SIM_DIMS = 8 };

struct sim_resources {
    int64_t v[SIM_DIMS]; /* >= 0; unit per dimension as above. v[SIM_GPU] = devices * milli. */
};

/* GPUs are single devices of 1000 milli. A share (milli < 1000) must fit on ONE device; whole
 * devices (milli = 1000) must be completely free. */
#define SIM_DEVICES_MAX 16
#define SIM_DEVICE_MILLI 1000

/* How a dimension is shown to people: `per_unit` integer steps are one `name`. */
struct sim_units {
    int64_t per_unit[SIM_DIMS]; /* 1000 for "cores"; 10^10 for "of the largest machine". */
    const char *name[SIM_DIMS]; /* Static strings; NULL = dimension not used. */
};

/* A borrowed piece of text, not terminated. */
struct sim_text {
    const char *at; /* May be NULL when len is 0. */
    uint32_t len;
};
#define SIM_NAME_MAX 255 /* Longest name (job, machine, user, label) that a reader may deliver. */

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_TYPES_H */
