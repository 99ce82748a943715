/* frag.h - the GPU fragmentation of a machine: what a typical task could not use of its free GPUs.
 *
 * A table of typical tasks with weights that sum to 1 stands for the workload. With L the machine's
 * free milli on all devices, each typical task t adds weight * L to one class, the first that
 * applies:
 *
 *                                          cpu of the machine suffices      it does not
 *     t asks for no GPU                    xl                               xr
 *     the machine fails t's constraints    no_access                        no_access
 *     enough devices fit t                 q2 (devices too small for t),    q4
 *                                          the rest is no fragment
 *     too few do                           q2                               q1
 *
 * F = q1 + q2 + q4 + xl + xr + no_access, in milli-devices. Memory plays no part.
 * Source: Weng et al., "Beware of Fragmentation" (USENIX ATC 2023) section 3.
 *
 * This is one of the few places where doubles decide: the published scores are cut to integers
 * after sums in double, and a tie hangs on the last bit. So the order is fixed: per class the terms
 * in the order of the table, then the classes in the order above. Only +, *, / of IEEE doubles are
 * used, so that every compiler and processor agrees. */
#ifndef SCHED_LIB_FRAG_H
#define SCHED_LIB_FRAG_H

#include <simctl/types.h>

enum {
    FRAG_LANES = 8,     /* Devices tried at a time. */
    FRAG_SETS_MAX = 64, /* Different constraint sets in a table. */
    FRAG_PAD = 8        /* Capacity of a table's columns is a multiple of it. */
};

struct frag_table {
    uint32_t count;
    /* Columns, by typical task; rows from count to the next multiple of FRAG_PAD exist. */
    int64_t *cpu;
    int32_t *milli;    /* Per device; INT32_MAX in the padding. */
    uint32_t *devices; /* 0 = asks for no GPU. */
    uint8_t *set;      /* Bit of its constraint set in frag_machine.access. */
    double *weight;
};
struct frag_machine {
    int64_t cpu; /* Free. */
    int64_t gpu; /* Free milli on all devices. */
    const int32_t *device_free;
    uint32_t devices;
    uint64_t access; /* Bit per constraint set: the machine satisfies it. */
};

void frag_table_init(struct frag_table *t, size_t count); /* Rows are to be filled by the caller. */
void frag_table_fini(struct frag_table *t);

/* F of a machine. */
double frag_of(const struct frag_table *t, const struct frag_machine *m);
/* F after a share of `milli` was taken from one device that had from[i] free, for each i < n, with
 * n at most FRAG_LANES. m->cpu and m->gpu are what is left after it, m->device_free what was free
 * before. Counts the devices once, so it takes a third of the time of frag_of for each. */
void frag_of_shares(const struct frag_table *t, const struct frag_machine *m, int32_t milli,
                    const int32_t *from, uint32_t n, double *out);
#endif
