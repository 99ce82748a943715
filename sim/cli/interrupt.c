/* interrupt.c - a flag and no event loop: a run looks up every few thousand events anyway. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught; /* The only state of the program that a signal may touch. */

static void handler(int number)
{
    if (caught == 0)
        caught = number;
}

static void watch(int number, int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void interrupt_watch(void)
{
    watch(SIGINT, (int)SA_RESETHAND);
    watch(SIGTERM, (int)SA_RESETHAND);
    watch(SIGPIPE, 0);
}

int interrupt_signal(void)
{
    return caught;
}
