/* sources.h - the flags that say what to run, shared by the commands that take them. */
#ifndef SIM_CLI_SOURCES_H
#define SIM_CLI_SOURCES_H

#include "cli/command.h"
#include "cli/setup.h"

#define SOURCES_FLAGS                                                                              \
    {"trace", 't', "FORMAT:PATH", "the workload; FORMAT: may be left out when the file tells it",  \
     false},                                                                                       \
        {"cluster", 'c', "FORMAT:PATH",                                                            \
         "the machines, or NxCPU,MEMORY[,GPU]; default: the trace's own", false},                  \
        {"policy", 'p', "NAME", "preset or placement policy; see simctl policies", false},         \
        {"set", 's', "KEY=VALUE", "any option; see simctl help options", true},                    \
        {"seed", 0, "N", "root seed of every random stream", false},                               \
    {                                                                                              \
        "bad-rows", 0, "MODE", "fail, skip or repair rows that contradict their format", false     \
    }

/* Resolves the flags of c and the file `config` (NULL = none). On failure every error was printed,
 * and the exit status is returned; 0 = ok. setup_fini in either case. */
int sources_resolve(const struct cli *c, const char *config, struct setup *s);
#endif
