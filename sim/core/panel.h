/* panel.h - the predicates the other way round: one machine against many classes.
 *
 * Where choosing asks all machines for one class, keeping many classes up to date asks all classes
 * about the one machine that changed. The panel holds what the classes ask for as columns, one
 * entry per class, so that their masks come out of a few sweeps. */
#ifndef SIM_CORE_PANEL_H
#define SIM_CORE_PANEL_H

#include "core/place.h"

enum {
    /* 0 to SIM_DIMS - 1: the request by dimension. */
    PANEL_WHOLE = SIM_DIMS, /* Devices that must be wholly free. */
    PANEL_SHARE,            /* Share of one device. */
    PANEL_DEVICES,          /* Devices that a machine must have. */
    PANEL_COLUMNS
};

struct panel {
    size_t len;
    int64_t *need[PANEL_COLUMNS]; /* 0 = nothing. */
    size_t need_cap[PANEL_COLUMNS];
    size_t users[PANEL_COLUMNS]; /* Entries that are not 0. */
    const struct sim_class **cls;
    bool *special; /* A mask takes more than columns: constraints, several shares. */
    size_t cls_cap, special_cap, specials;
};

void panel_fini(struct panel *p);
void panel_add(struct panel *p, const struct sim_class *cls);
/* Takes entry i out; the last one takes its place. */
void panel_remove(struct panel *p, size_t i);
/* Masks of machine m into mask[0..len): complete but for SPREAD, which takes a look-up that is
 * seldom needed. */
void panel_masks(const struct panel *p, struct placer *placer, struct cell *cell, sim_machine m,
                 uint32_t *mask);
#endif
