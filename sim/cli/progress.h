/* progress.h - one line on the terminal while a command works: of a run the simulated time, how
 * much faster than real time, events per second, queue, time left. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include <stdio.h>

#include <simctl/run.h>

struct progress {
    FILE *to; /* NULL = shows nothing. */
    uint64_t start_ns, shown_ns, shown_events;
    bool visible;
};
uint64_t progress_clock_ns(void); /* Monotonic. */
void progress_begin(struct progress *p, FILE *to);
/* Call often; it looks at the clock, and draws four times a second. */
void progress_update(struct progress *p, const struct sim_run *run);
void progress_end(struct progress *p); /* Removes the line. */
/* For other work: whether it is time to draw again, and the line. */
bool progress_due(const struct progress *p);
void progress_text(struct progress *p, const char *fmt, ...) SIM_PRINTF(2, 3);
/* 1234567 -> "1.2M". */
const char *progress_number(double value, char *buf, size_t size);
/* The line itself, for `elapsed_ns` since the start and `events_per_s` of late. */
void progress_line(const struct sim_status *now, uint64_t elapsed_ns, double events_per_s,
                   char *buf, size_t size);
#endif
