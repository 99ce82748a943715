/* progress.c - drawn between slices of the run, so that the simulation itself knows nothing of it.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <time.h>

#include "base/decimal.h"

#define PROGRESS_PERIOD_NS UINT64_C(250000000)

uint64_t progress_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void progress_begin(struct progress *p, FILE *to)
{
    const uint64_t now = progress_clock_ns();
    *p = (struct progress){.to = to, .start_ns = now, .shown_ns = now};
}

const char *progress_number(double value, char *buf, size_t size)
{
    static const char units[] = " kMG";
    size_t unit = 0;
    for (; value >= 1000 && units[unit + 1] != 0; unit++)
        value /= 1000;
    snprintf(buf, size, unit == 0 ? "%.0f" : "%.1f%c", value, units[unit]);
    return buf;
}

/* Share of the trace that is done, by simulated time where its end is known. 0 = unknown; 1 = all
 * submitted, and nobody knows how long what still runs will take. */
static double share_done(const struct sim_status *now)
{
    if (now->trace_end_us != SIM_NEVER && now->trace_end_us > 0)
        return now->now_us > 0 ? (double)now->now_us / (double)now->trace_end_us : 0;
    return now->bytes_total > 0 ? (double)now->bytes_read / (double)now->bytes_total : 0;
}

void progress_line(const struct sim_status *now, uint64_t elapsed_ns, double events_per_s,
                   char *buf, size_t size)
{
    char sim[48], speed[16], rate[16], eta[48] = "?";
    const double elapsed = (double)elapsed_ns / 1e9, done = share_done(now);
    time_str(now->now_us - now->now_us % SIM_SECONDS(1), sim, sizeof sim);
    progress_number(elapsed > 0 ? (double)now->now_us / 1e6 / elapsed : 0, speed, sizeof speed);
    progress_number(events_per_s, rate, sizeof rate);
    if (done > 0 && done < 1)
        time_str(SIM_SECONDS((sim_time)(elapsed * (1 - done) / done)), eta, sizeof eta);
    snprintf(buf, size,
             "sim %s  x%s real  %s events/s  queue %" PRIu64 "  running %" PRIu64 "  eta %s", sim,
             speed, rate, now->waiting, now->running, eta);
}

bool progress_due(const struct progress *p)
{
    return p->to != NULL && progress_clock_ns() - p->shown_ns >= PROGRESS_PERIOD_NS;
}

void progress_text(struct progress *p, const char *fmt, ...)
{
    if (p->to == NULL)
        return;
    va_list ap;
    va_start(ap, fmt);
    putc('\r', p->to);
    vfprintf(p->to, fmt, ap);
    va_end(ap);
    fputs("\033[K", p->to);
    fflush(p->to);
    p->shown_ns = progress_clock_ns();
    p->visible = true;
}

void progress_update(struct progress *p, const struct sim_run *run)
{
    if (!progress_due(p))
        return;
    struct sim_status status;
    char line[200];
    sim_run_status(run, &status);
    const uint64_t now = progress_clock_ns();
    const double seconds = (double)(now - p->shown_ns) / 1e9;
    progress_line(&status, now - p->start_ns, (double)(status.events - p->shown_events) / seconds,
                  line, sizeof line);
    progress_text(p, "%s", line);
    p->shown_events = status.events;
}

void progress_end(struct progress *p)
{
    if (p->visible)
        fputs("\r\033[K", p->to);
    p->visible = false;
}
