/* Whole runs on the Google 2011 format: what the reader does while the engine reads, and what the
 * run tells of it. */
#include "google2011.h"

#include "cli/cli.h"

#define S(s) s "000000" /* Seconds as the file has them. */
#define TASK(time, index, event) time ",,77," index ",5," event ",u,2,9,0.5,0.25,0.01,0\n"

/* Runs on what the folder holds, and removes it; the text of a file of the run. */
static void run_folder(struct folder *f, const char *file, char *text, size_t size)
{
    char input[600], out[600], path[700];
    snprintf(input, sizeof input, "google2011:%s", f->path);
    snprintf(out, sizeof out, "%s/run", f->path);
    char *argv[] = {"simctl",   "run",        "--trace", input,   "--cluster", input, "--policy",
                    "best-fit", "--bad-rows", "skip",    "--out", out,         "-q",  NULL};
    cr_assert(freopen("/dev/null", "w", stdout) != NULL);
    cr_assert_eq(cli_main(COUNT_OF(argv) - 1, argv), 0);
    snprintf(path, sizeof path, "%s/%s", out, file);
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in, "%s", path);
    text[fread(text, 1, size - 1, in)] = 0;
    fclose(in);
    snprintf(path, sizeof path, "rm -r '%s'", out);
    cr_assert_eq(system(path), 0);
    remove_all(f);
}

/* A run is over when its tasks are, and what it read until then is what it must tell. */
Test(google2011_run, what_is_odd_about_the_machines_is_counted_when_the_run_stops_before_their_end)
{
    static char manifest[1 << 20];
    struct folder f;
    make_root(&f);
    add_part(&f, "task_events", 0,
             TASK(S("1"), "0", "0") TASK(S("2"), "0", "1") TASK(S("9"), "0", "4"));
    add_part(&f, "machine_events", 0,
             "0,5,0,p,0.5,0.5\n" S("3") ",6,0,p,,\n" S("4") ",6,2,p,,\n" S("5") ",6,2,p,,\n" S(
                 "6") ",6,2,p,,\n" S("7") ",6,2,p,,\n" S("99") ",6,2,p,,\n" S("100") ",6,2,p,,\n");
    run_folder(&f, "manifest.json", manifest, sizeof manifest);
    const char *kind = strstr(manifest, "\"machine-without-capacity\"");
    cr_assert_not_null(kind);
    const char *count = strstr(kind, "\"count\": ");
    cr_expect_eq(atoi(count + strlen("\"count\": ")), 6, "%.60s", count);
}

/* Machines are read while the run goes on, long after the caller's arguments are gone. */
Test(google2011_run, a_bad_machine_row_in_the_middle_is_skipped)
{
    static char manifest[1 << 20];
    struct folder f;
    make_root(&f);
    add_part(&f, "task_events", 0,
             TASK(S("1"), "0", "0") TASK(S("2"), "0", "1") TASK(S("9"), "0", "4"));
    add_part(&f, "machine_events", 0,
             "0,5,0,p,0.5,0.5\n" S("3") ",6,0,p,2,\n" S("4") ",6,1,p,,\n" S("5") ",7,0,p,1,1\n");
    run_folder(&f, "manifest.json", manifest, sizeof manifest);
    cr_expect_neq(strstr(manifest, "\"bad-value\""), NULL);
    cr_expect_neq(strstr(manifest, "\"machine-state\""), NULL);
}
