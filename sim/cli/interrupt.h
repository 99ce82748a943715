/* interrupt.h - SIGINT and SIGTERM as a flag that a loop looks at. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

/* From here on the first signal only sets the flag; a second one ends the program. SIGPIPE is
 * ignored, so that a closed pipe is a write error. */
void interrupt_watch(void);
/* The signal that came, or 0. */
int interrupt_signal(void);
#endif
