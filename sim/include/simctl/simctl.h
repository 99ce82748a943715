/* simctl.h - everything an embedder needs. */
#ifndef SIMCTL_SIMCTL_H
#define SIMCTL_SIMCTL_H
#include <simctl/diag.h>
#include <simctl/option.h>
#include <simctl/policy.h>
#include <simctl/reason.h>
#include <simctl/record.h>
#include <simctl/run.h>
#include <simctl/scheduler.h>
#include <simctl/trace.h>
#include <simctl/types.h>

#ifdef __cplusplus
extern "C" {
#endif
/* "0.1.0" */
SIM_API const char *sim_version(void);
#ifdef __cplusplus
}
#endif
#endif
