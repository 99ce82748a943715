/* share.c - fractions of a machine's own capacity without a division per machine and decision. */
#include "sched/lib/share.h"

#include "base/wide.h"

int64_t share_of(int64_t x, int64_t capacity)
{
    return capacity > 0 ? sim_muldiv(x, SHARE_ONE, capacity) : 0;
}

int64_t share_inverse(int64_t largest, int64_t capacity)
{
    if (capacity <= 0) {
        return 0;
    }
    /* Beyond a ratio of 2^31 what fits the machine has a factor of 0, and the inverse is idle. */
    return largest >> SHARE_BITS >= capacity ? INT64_MAX : sim_muldiv(largest, SHARE_ONE, capacity);
}

int64_t share_factor(int64_t request, int64_t largest)
{
    return request < largest ? sim_muldiv(request, SHARE_ONE, largest)
           : largest > 0     ? SHARE_ONE
                             : 0;
}
