/* parts.c - the files that make up one table (declared in stream.h). Published traces come as
 * directories of numbered parts; a missing one is data that nobody notices later, so it is found
 * here. */
#include "base/stream.h"

#include "base/check.h"
#include "base/decimal.h"
#include "base/mem.h"
#include "base/sort.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PART_NUMBER_MAX 999999 /* Bounds the list of what is missing. */

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *join(const char *directory, const char *name)
{
    const size_t a = strlen(directory), b = strlen(name);
    const bool slash = a > 0 && directory[a - 1] != '/';
    char *path = mem_alloc(a + b + 2, 1);
    snprintf(path, a + b + 2, "%s%s%s", directory, slash ? "/" : "", name);
    return path;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of name without ".gz" or ".zst". */
static size_t bare_length(const char *name)
{
    const size_t len = strlen(name);
    if (len > 3 && strcmp(name + len - 3, ".gz") == 0)
        return len - 3;
    if (len > 4 && strcmp(name + len - 4, ".zst") == 0)
        return len - 4;
    return len;
}

static bool has_suffix(const char *name, const char *suffix)
{
    const size_t len = bare_length(name), tail = strlen(suffix);
    return name[0] != '.' && len > tail && memcmp(name + len - tail, suffix, tail) == 0;
}

/* The number that *at begins with, as text: its digits from the first that is not 0. */
static struct sim_text take_digits(const char **at, size_t *zeros)
{
    const size_t len = strspn(*at, "0123456789");
    *zeros = strspn(*at, "0");
    const struct sim_text digits = {*at + *zeros, (uint32_t)(len - *zeros)};
    *at += len;
    return digits;
}

/* By name, but part-2 before part-10. Of two equal numbers the one with more zeros comes first, at
 * once and not only when all else is equal: so the same part, packed and unpacked, are neighbours.
 */
static int compare_paths(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    for (;;) {
        if (!is_digit(*x) || !is_digit(*y)) {
            if (*x != *y || *x == '\0')
                return (unsigned char)*x - (unsigned char)*y;
            x++, y++;
            continue;
        }
        size_t zeros_x, zeros_y;
        const struct sim_text m = take_digits(&x, &zeros_x), n = take_digits(&y, &zeros_y);
        const int order = m.len != n.len ? (m.len < n.len ? -1 : 1) : memcmp(m.at, n.at, m.len);
        if (order != 0)
            return order;
        if (zeros_x != zeros_y)
            return zeros_x > zeros_y ? -1 : 1;
    }
}

static bool list_directory(const char *directory, const char *suffix, struct parts *out,
                           struct sim_diag *diag)
{
    const struct sim_where where = {directory, 0, 0};
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return sim_fail(diag, SIM_ERR_IO, where, "%s", strerror(errno));
    size_t cap = 0;
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (!has_suffix(e->d_name, suffix))
            continue;
        char *path = join(directory, e->d_name);
        if (is_directory(path)) {
            mem_free(path);
            continue;
        }
        MEM_GROW(out->paths, cap, out->count + 1);
        out->paths[out->count++] = path;
    }
    closedir(dir);
    if (out->count == 0) {
        sim_hint(diag, "files may also end in %s.gz or %s.zst", suffix, suffix);
        return sim_fail(diag, SIM_ERR_IO, where, "no file here ends in %s", suffix);
    }
    sort_stable(out->paths, out->count, sizeof *out->paths, compare_paths, NULL);
    return true;
}

/* The same part packed and unpacked side by side would be replayed twice. */
static bool check_doubles(const struct parts *p, struct sim_diag *diag)
{
    for (size_t i = 0; i < p->count; i++) {
        const size_t len = bare_length(p->paths[i]);
        for (size_t k = i + 1; k < p->count && strncmp(p->paths[i], p->paths[k], len) == 0; k++) {
            if (bare_length(p->paths[k]) != len)
                continue;
            sim_hint(diag, "remove one of them");
            return sim_fail(diag, SIM_ERR_FORMAT, (struct sim_where){p->paths[k], 0, 0},
                            "this part is there twice, packed differently");
        }
    }
    return true;
}

/* Digits at *at as a number; moves *at behind them. */
static bool take_number(const char **at, uint32_t *out)
{
    const uint32_t len = (uint32_t)strspn(*at, "0123456789");
    int64_t v = 0;
    if (decimal_int((struct sim_text){*at, len}, &v) != DECIMAL_OK || v > PART_NUMBER_MAX)
        return false;
    *at += len;
    *out = (uint32_t)v;
    return true;
}

/* "part-00007-of-00500" in the name of a file. */
static bool part_number(const char *path, uint32_t *number, uint32_t *declared)
{
    const char *slash = strrchr(path, '/');
    const char *at = strstr(slash == NULL ? path : slash, "part-");
    if (at == NULL)
        return false;
    at += strlen("part-");
    if (!take_number(&at, number) || strncmp(at, "-of-", 4) != 0)
        return false;
    at += 4;
    return take_number(&at, declared) && *number < *declared;
}

static void find_gaps(struct parts *p)
{
    size_t cap = 0;
    bool any = false;
    uint32_t expected = 0;
    for (size_t i = 0; i < p->count; i++) {
        uint32_t number = 0, declared = 0;
        if (!part_number(p->paths[i], &number, &declared))
            continue;
        for (; any && expected < number; expected++) {
            MEM_GROW(p->missing, cap, p->missing_count + 1);
            p->missing[p->missing_count++] = expected;
        }
        any = true;
        expected = number + 1;
        p->declared = declared;
    }
}

bool parts_find(const char *path, const char *table, const char *suffix, struct parts *out,
                struct sim_diag *diag)
{
    *out = (struct parts){0};
    if (!is_directory(path)) {
        out->paths = MEM_NEW(char *, 1);
        out->paths[out->count++] = mem_text(path, strlen(path));
        return true;
    }
    char *inner = table == NULL ? NULL : join(path, table);
    const bool use_inner = inner != NULL && is_directory(inner);
    const bool ok =
        list_directory(use_inner ? inner : path, suffix, out, diag) && check_doubles(out, diag);
    mem_free(inner);
    if (!ok) {
        parts_free(out);
        return false;
    }
    find_gaps(out);
    return true;
}

void parts_free(struct parts *p)
{
    for (size_t i = 0; i < p->count; i++)
        mem_free(p->paths[i]);
    mem_free(p->paths);
    mem_free(p->missing);
    *p = (struct parts){0};
}
