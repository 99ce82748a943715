/* cell_state.h - what a cell is made of. For cell.c alone: everybody else goes through cell.h. */
#ifndef SIM_CORE_CELL_STATE_H
#define SIM_CORE_CELL_STATE_H

#include "base/map.h"
#include "core/cell.h"
#include "core/spread.h"

enum { SHAPES = SIM_DEVICES_MAX + 1, COLUMNS = 40 };

struct cell {
    struct sim_view view; /* Same pointers as the columns below. */
    int64_t *capacity[SIM_DIMS], *free[SIM_DIMS];
    uint32_t *status, *tasks, *gpu_count, *gpu_shapes;
    int64_t *gpu_whole, *gpu_most;
    int32_t *device_free;
    uint64_t *version, *fixed;
    uint16_t *shape_count; /* [machine * SHAPES + shape] */
    int64_t *derived[SIM_POLICY_COLUMNS];
    uint32_t derived_count;
    uint32_t cap;
    void *base[COLUMNS]; /* What the columns lie in. */

    struct cell *live; /* What it is a picture of; NULL = it is the cell. */
    struct map_text *names;
    struct constraints *constraints; /* Those of the live cell. */
    int64_t overcommit_ppm[SIM_DIMS];
    bool largest_fixed;
    struct sim_resources used, total;

    sim_machine *log; /* Ring of CELL_LOG_KEPT. */
    uint64_t log_end, gains, violations, fixed_all;
    sim_machine *freed;
    size_t freed_len, freed_sorted, freed_cap;
    uint8_t *is_freed;

    struct spread *spread;
};
#endif
