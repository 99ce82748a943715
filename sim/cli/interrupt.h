/* interrupt.h - SIGINT, SIGTERM and SIGPIPE as a flag that a loop looks at. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

/* From here on the first signal only sets the flag; a second SIGINT or SIGTERM ends the program. A
 * closed pipe is also a write error for who writes. */
void interrupt_watch(void);
/* The signal that came, or 0. */
int interrupt_signal(void);
#endif
