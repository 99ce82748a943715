/* oracle_csv.h - published numbers, read from $SIMCTL_SHARED/oracles; without the file the test is
 * skipped with a message. Fields hold no quotes and no commas. */
#ifndef TESTS_ORACLE_CSV_H
#define TESTS_ORACLE_CSV_H
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE_FIELDS = 16 };
struct oracle_row {
    char line[1024];
    const char *at[ORACLE_FIELDS]; /* Into line; NULL after the last. */
    int len;
};

/* Skips the header. NULL after a message when the file is not there. */
static inline FILE *oracle_open(const char *name)
{
    const char *root = getenv("SIMCTL_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/oracles/%s", root != NULL ? root : SOURCE_DIR "/../shared",
             name);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        cr_skip_test("%s is not there (set SIMCTL_SHARED)", path);
        return NULL;
    }
    char header[1024];
    cr_assert(fgets(header, sizeof header, f) != NULL);
    return f;
}

static inline bool oracle_next(FILE *f, struct oracle_row *row)
{
    if (fgets(row->line, sizeof row->line, f) == NULL) {
        return false;
    }
    row->line[strcspn(row->line, "\r\n")] = '\0';
    row->len = 0;
    memset(row->at, 0, sizeof row->at);
    for (char *field = row->line; field != NULL;) {
        cr_assert_lt(row->len, ORACLE_FIELDS);
        row->at[row->len++] = field;
        field = strchr(field, ',');
        if (field != NULL) {
            *field++ = '\0';
        }
    }
    return true;
}
#endif
