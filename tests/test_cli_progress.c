/* test_cli_progress.c - the progress line: what it says, and that it says nothing it cannot know.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "cli/progress.h"

static const char *line(struct sim_status status, double elapsed_s, double events_per_s)
{
    static char buf[200];
    progress_line(&status, (uint64_t)(elapsed_s * 1e9), events_per_s, buf, sizeof buf);
    return buf;
}

Test(cli_progress, says_time_speed_queue_and_what_is_left)
{
    const struct sim_status status = {.now_us = SIM_SECONDS(90061),
                                      .waiting = 812,
                                      .running = 40,
                                      .trace_end_us = SIM_SECONDS(180122)};
    const char *text = line(status, 10, 1.9e6);
    cr_expect_str_eq(
        text, "sim 1d 1h 01m 01s  x9.0k real  1.9M events/s  queue 812  running 40  eta 10s");
}

/* Without an end the bytes of the trace tell; without either the time left is not made up. */
Test(cli_progress, the_time_left_comes_from_bytes_or_is_unknown)
{
    struct sim_status status = {
        .now_us = SIM_SECONDS(5), .trace_end_us = SIM_NEVER, .bytes_read = 25, .bytes_total = 100};
    cr_expect_not_null(strstr(line(status, 20, 5), "eta 1m 00s"), "%s", line(status, 20, 5));
    status.bytes_total = 0;
    cr_expect_not_null(strstr(line(status, 20, 5), "eta ?"));
    status.bytes_total = status.bytes_read;
    cr_expect_not_null(strstr(line(status, 20, 5), "eta ?"), "what runs may run for long");
    status = (struct sim_status){.trace_end_us = SIM_SECONDS(9)};
    cr_expect_not_null(strstr(line(status, 0, 0), "eta ?"), "nothing is known at the start");
}

/* A run into a file or a pipe must not be full of escape sequences. */
Test(cli_progress, nothing_is_drawn_without_a_terminal)
{
    struct progress p;
    progress_begin(&p, NULL);
    progress_update(&p, NULL);
    progress_end(&p);
    cr_expect_not(p.visible);
}
