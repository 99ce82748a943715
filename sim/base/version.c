/* version.c - the version that CMakeLists.txt declares. */
#include <simctl/simctl.h>

#include "simctl_build.h"

const char *sim_version(void)
{
    return SIMCTL_VERSION;
}
