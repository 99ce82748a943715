/* devices.h - which GPU devices of a machine a task gets, where the class is known to fit. Bit
 * sets. */
#ifndef SIM_CORE_DEVICES_H
#define SIM_CORE_DEVICES_H

#include <simctl/policy.h>

#include "base/prng.h"

/* Least free milli first among the fitting, lowest index first among equals. */
uint32_t devices_tightest(const struct sim_view *v, const struct sim_class *cls, sim_machine m);
/* Uniform among the fitting. */
uint32_t devices_random(struct prng *random, const struct sim_view *v, const struct sim_class *cls,
                        sim_machine m);
#endif
