/* frag.c - the GPU fragmentation of a machine: what a typical task could not use of its free GPUs.
 */
#include "sched/lib/frag.h"

#include "base/mem.h"

enum { CHUNK = 64 }; /* Typical tasks at a time: bounds the scratch space. */

void frag_table_init(struct frag_table *t, size_t count)
{
    const size_t rows = (count + FRAG_PAD - 1) / FRAG_PAD * FRAG_PAD;
    t->count = (uint32_t)count;
    t->cpu = MEM_NEW(int64_t, rows);
    t->milli = MEM_NEW(int32_t, rows);
    t->devices = MEM_NEW(uint32_t, rows);
    t->set = MEM_NEW(uint8_t, rows);
    t->weight = MEM_NEW(double, rows);
    for (size_t i = count; i < rows; i++) {
        t->milli[i] = INT32_MAX;
    }
}

void frag_table_fini(struct frag_table *t)
{
    mem_free(t->cpu);
    mem_free(t->milli);
    mem_free(t->devices);
    mem_free(t->set);
    mem_free(t->weight);
    *t = (struct frag_table){0};
}

/* The classes whose sums depend on the device tried, by lane, and those that do not. */
struct sums {
    double q1[FRAG_LANES], q2[FRAG_LANES], q4[FRAG_LANES];
    double xl, xr, no_access;
};

/* Per typical task of a chunk: devices that fit it, and free milli on those that do not. */
static inline void count_devices(const struct frag_machine *m, const int32_t *milli, uint32_t n,
                                 int32_t *fit, int32_t *small)
{
    for (uint32_t i = 0; i < n; i++) {
        fit[i] = 0;
        small[i] = 0;
    }
    for (uint32_t d = 0; d < m->devices; d++) {
        const int32_t left = m->device_free[d];
        for (uint32_t i = 0; i < n; i++) {
            fit[i] += left >= milli[i] ? 1 : 0;
            small[i] += left >= milli[i] ? 0 : left;
        }
    }
}

/* One typical task that asks for GPUs and may use the machine: what device lane l lost moves it
 * between the counts, everything else is common. */
static inline void add_gpu_task(struct sums *s, double weight, double all, int32_t need,
                                int32_t need_devices, int32_t fit, int32_t small, bool cpu,
                                int32_t milli, const int32_t *from, uint32_t lanes)
{
    for (uint32_t l = 0; l < lanes; l++) {
        const int32_t before = from[l], after = before - milli;
        const bool lost = before >= need && after < need;
        const int32_t moved = lost ? after : before < need ? -milli : 0;
        const bool enough = fit - (lost ? 1 : 0) >= need_devices;
        if (cpu) {
            s->q2[l] += enough ? weight * (double)(small + moved) : all;
        } else {
            s->q4[l] += enough ? all : 0.0;
            s->q1[l] += enough ? 0.0 : all;
        }
    }
}

static inline void evaluate(const struct frag_table *t, const struct frag_machine *m, int32_t milli,
                            const int32_t *from, uint32_t lanes, double *out)
{
    struct sums s = {0};
    const double total = (double)m->gpu;
    int32_t fit[CHUNK], small[CHUNK];
    for (uint32_t i = 0; i < t->count; i++) {
        const uint32_t k = i % CHUNK;
        if (k == 0) {
            const uint32_t left = (t->count - i + FRAG_PAD - 1) / FRAG_PAD * FRAG_PAD;
            count_devices(m, t->milli + i, left < CHUNK ? left : CHUNK, fit, small);
        }
        const double all = t->weight[i] * total;
        const bool cpu = m->cpu >= t->cpu[i];
        if (t->devices[i] == 0) {
            s.xl += cpu ? all : 0.0;
            s.xr += cpu ? 0.0 : all;
        } else if ((m->access >> t->set[i] & 1) == 0) {
            s.no_access += all;
        } else {
            add_gpu_task(&s, t->weight[i], all, t->milli[i], (int32_t)t->devices[i], fit[k],
                         small[k], cpu, milli, from, lanes);
        }
    }
    for (uint32_t l = 0; l < lanes; l++) {
        out[l] = s.q1[l] + s.q2[l] + s.q4[l] + s.xl + s.xr + s.no_access;
    }
}

double frag_of(const struct frag_table *t, const struct frag_machine *m)
{
    const int32_t from = INT32_MAX; /* No device loses anything. */
    double out;
    evaluate(t, m, 0, &from, 1, &out);
    return out;
}

void frag_of_shares(const struct frag_table *t, const struct frag_machine *m, int32_t milli,
                    const int32_t *from, uint32_t n, double *out)
{
    evaluate(t, m, milli, from, n, out);
}
