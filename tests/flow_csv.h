/* flow_csv.h - tables of numbers and names that tests read from SIMCTL_SHARED. */
#ifndef TESTS_FLOW_CSV_H
#define TESTS_FLOW_CSV_H
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_ROWS = 1024, CSV_FIELDS = 12 };

struct csv {
    size_t rows;
    char *field[CSV_ROWS][CSV_FIELDS]; /* Without the header; "" where a row is short. */
    char *text;
};

/* Cuts *rest at `end`; NULL when there is nothing left. */
static char *csv_cut(char **rest, char end)
{
    char *begin = *rest, *at = begin != NULL ? strchr(begin, end) : NULL;
    *rest = at != NULL ? at + 1 : NULL;
    if (at != NULL) {
        *at = '\0';
    }
    return begin;
}

/* Without the file the test is skipped. */
static void csv_read(struct csv *c, const char *name)
{
    static char empty[] = "";
    char path[4096];
    const char *root = getenv("SIMCTL_SHARED");
    snprintf(path, sizeof path, "%s/oracles/%s", root ? root : SOURCE_DIR "/../shared", name);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        cr_skip_test("%s is not there (set SIMCTL_SHARED)", path);
    }
    c->text = calloc(1, 1 << 16);
    const size_t len = fread(c->text, 1, (1 << 16) - 1, f);
    cr_assert(len > 0 && feof(f));
    fclose(f);
    c->rows = 0;
    bool header = true;
    for (char *rest = c->text, *line; (line = csv_cut(&rest, '\n')) != NULL;) {
        line[strcspn(line, "\r")] = '\0';
        if (!header && *line != '\0') {
            cr_assert(c->rows < CSV_ROWS);
            for (int i = 0; i < CSV_FIELDS; i++) {
                char *field = csv_cut(&line, ',');
                c->field[c->rows][i] = field != NULL ? field : empty;
            }
            c->rows++;
        }
        header = false;
    }
}

static void csv_free(struct csv *c)
{
    free(c->text);
}
#endif
