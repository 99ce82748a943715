/* told.h - for tests of what a command says: the errors it reported, in order. */
#ifndef SIM_TESTS_TOLD_H
#define SIM_TESTS_TOLD_H

#include <stddef.h>

#include <simctl/simctl.h>

#define ERRORS_MAX 16

struct told {
    struct sim_diag diag[ERRORS_MAX];
    size_t count;
};

static inline void tell(void *self, const struct sim_diag *diag)
{
    struct told *t = self;
    if (t->count < ERRORS_MAX) {
        t->diag[t->count++] = *diag;
    }
}

#endif
