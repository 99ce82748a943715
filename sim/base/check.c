/* check.c - the end of the road for our own mistakes: say where and which, then stop, so that no
 * wrong result is ever written. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *file, int line, const char *func, const char *cond)
{
    fprintf(stderr,
            "%s:%d: %s: BUG: %s\n"
            "simctl stopped because it contradicted itself. Please report this line together with "
            "`simctl version` and the command.\n",
            file, line, func, cond);
    abort();
}
