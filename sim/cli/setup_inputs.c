/* setup_inputs.c - "FORMAT:PATH" to a format and a path. A colon is legal in a file name, so what
 * stands before it is a format only when a format has that name; a text that is neither a known
 * format nor a file gets the nearest name. */
#include "cli/setup_inputs.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/stream.h"

#define HEAD_BYTES 8192
#define FORMATS_MAX 64
#define PROBE_CERTAIN 100

static const char *role_name(enum sim_role role)
{
    return role == SIM_ROLE_TRACE ? "trace" : "cluster";
}

static char *copy(const char *text)
{
    return mem_text(text, strlen(text));
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

/* Not every path is one: `synth:` has none, and 12x8,32GiB is itself what is read. A format says so
 * by having no probe, or by being certain of a text that names no file. */
static bool is_file(const struct sim_format *format, const char *path)
{
    return format->probe != NULL && (exists(path) || format->probe(path, "", 0) < PROBE_CERTAIN);
}

static char *joined(const char *dir, const char *path)
{
    if (dir == NULL || path[0] == '/' || path[0] == 0 || strcmp(path, "-") == 0)
        return copy(path);
    const size_t size = strlen(dir) + strlen(path) + 2;
    char *full = MEM_NEW(char, size);
    snprintf(full, size, "%s/%s", dir, path);
    return full;
}

/* Names of the formats that can play a role, "a, b, c". */
static void list_formats(enum sim_role role, char *buf, size_t size)
{
    size_t len = 0;
    const struct sim_format *f;
    buf[0] = 0;
    for (size_t i = 0; (f = sim_format_at(i)) != NULL && len < size; i++)
        if (f->roles & (uint32_t)role)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? ", " : "", f->name);
}

static bool check_role(const struct sim_format *f, enum sim_role role, struct sim_where where,
                       struct sim_diag *diag)
{
    if (f->roles & (uint32_t)role)
        return true;
    char names[160];
    list_formats(role, names, sizeof names);
    sim_hint(diag, "formats that can: %s", names);
    return sim_fail(diag, SIM_ERR_CONFIG, where, "format %s cannot describe a %s", f->name,
                    role_name(role));
}

static bool unknown_format(const char *text, int len, enum sim_role role, struct sim_where where,
                           struct sim_diag *diag)
{
    const char *names[FORMATS_MAX];
    size_t n = 0;
    const struct sim_format *f;
    for (size_t i = 0; n < FORMATS_MAX && (f = sim_format_at(i)) != NULL; i++)
        names[n++] = f->name;
    char word[64], all[160];
    snprintf(word, sizeof word, "%.*s", len, text);
    list_formats(role, all, sizeof all);
    const char *near = sim_nearest(word, names, n);
    if (near != NULL)
        sim_hint(diag, "did you mean '%s:%s'?", near, text[len] == ':' ? text + len + 1 : "");
    else
        sim_hint(diag, "formats for a %s: %s", role_name(role), all);
    return sim_fail(diag, SIM_ERR_UNKNOWN, where, "unknown format '%s', and no such file: %s", word,
                    text);
}

/* The first bytes of a file, as its reader sees them: without a byte order mark. */
static size_t peek(const char *path, char *head)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = stream_peek(path, head, HEAD_BYTES);
    if (n >= sizeof mark - 1 && memcmp(head, mark, sizeof mark - 1) == 0) {
        n -= sizeof mark - 1;
        memmove(head, head + sizeof mark - 1, n);
    }
    return n;
}

/* The format that knows the text best; NULL when two are equally sure. `head` is empty for a text
 * that is not a file. */
static const struct sim_format *best_format(const char *path, enum sim_role role, const char *head,
                                            size_t n, int *score)
{
    const struct sim_format *f, *found = NULL;
    *score = 0;
    for (size_t i = 0; (f = sim_format_at(i)) != NULL; i++) {
        const bool can = f->probe != NULL && (f->roles & (uint32_t)role) != 0;
        const int p = can ? f->probe(path, head, n) : 0;
        if (p > *score)
            found = f;
        else if (p == *score)
            found = NULL;
        *score = p > *score ? p : *score;
    }
    return found;
}

/* A directory that no format knows by its tables may hold the parts of one: the first one tells. */
static const struct sim_format *best_of_parts(const char *path, enum sim_role role, char *head)
{
    static const char *const suffixes[] = {".csv", ".swf"};
    const struct sim_format *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct parts parts;
        int score;
        if (!parts_find(path, NULL, suffixes[i], &parts, NULL))
            continue;
        found = best_format(parts.paths[0], role, head, peek(parts.paths[0], head), &score);
        parts_free(&parts);
    }
    return found;
}

static bool probe_file(const char *path, enum sim_role role, struct sim_where where,
                       const struct sim_format **format, struct sim_diag *diag)
{
    int score;
    char *head = MEM_NEW(char, HEAD_BYTES);
    *format = best_format(path, role, head, peek(path, head), &score);
    if (*format == NULL)
        *format = best_of_parts(path, role, head);
    mem_free(head);
    if (*format != NULL)
        return true;
    char names[160];
    list_formats(role, names, sizeof names);
    sim_hint(diag, "write FORMAT:%s with one of: %s", path, names);
    return sim_fail(diag, SIM_ERR_CONFIG, where, "the format of the %s %s cannot be told from it",
                    role_name(role), path);
}

static bool missing(const char *path, enum sim_role role, struct sim_where where,
                    struct sim_diag *diag)
{
    if (sim_format_find(path) != NULL)
        sim_hint(diag, "did you mean '%s:'?", path);
    else
        sim_hint(diag, "a %s is FORMAT:PATH; simctl formats lists the formats", role_name(role));
    return sim_fail(diag, SIM_ERR_IO, where.path != NULL ? where : (struct sim_where){path, 0, 0},
                    "no such file or directory: %s", path);
}

bool setup_format_in(const char *text, enum sim_role role, const char *dir, struct sim_where where,
                     const struct sim_format **format, char **path, struct sim_diag *diag)
{
    const size_t len = strcspn(text, ":");
    char name[64] = "";
    if (text[len] == ':' && len < sizeof name)
        memcpy(name, text, len);
    *path = NULL;
    *format = name[0] != 0 ? sim_format_find(name) : NULL;
    if (*format != NULL) {
        const char *rest = text + len + 1;
        *path = is_file(*format, rest) ? joined(dir, rest) : copy(rest);
        return check_role(*format, role, where, diag);
    }
    if (strcmp(text, "-") == 0) {
        sim_hint(diag, "write FORMAT:-");
        return sim_fail(diag, SIM_ERR_USAGE, where, "the format of standard input must be named");
    }
    int score;
    char *full = joined(dir, text);
    const struct sim_format *direct = exists(full) ? NULL : best_format(text, role, "", 0, &score);
    bool ok = false;
    if (exists(full)) {
        ok = probe_file(full, role, where, format, diag);
    } else if (direct != NULL && score == PROBE_CERTAIN) {
        *format = direct;
        mem_free(full);
        full = copy(text);
        ok = true;
    } else if (text[len] == ':') {
        ok = unknown_format(text, (int)len, role, where, diag);
    } else {
        ok = missing(full, role, where, diag);
    }
    if (ok)
        *path = full;
    else
        mem_free(full);
    return ok;
}

bool setup_format(const char *text, enum sim_role role, const struct sim_format **format,
                  char **path, struct sim_diag *diag)
{
    return setup_format_in(text, role, NULL, SIM_NOWHERE, format, path, diag);
}

bool setup_is_input(const struct sim_option *row)
{
    static const char mark[] = "FORMAT:PATH";
    return row->type == SIM_OPT_TEXT && strncmp(row->help, mark, sizeof mark - 1) == 0;
}

const struct sim_format *setup_input(const char *text, const char **path)
{
    const size_t len = strcspn(text, ":");
    char *name = mem_text(text, len);
    const struct sim_format *format = sim_format_find(name);
    mem_free(name);
    CHECK(format != NULL && text[len] == ':');
    *path = text + len + 1;
    return format;
}

char *setup_dir_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return copy(".");
    return mem_text(path, slash == path ? 1 : (size_t)(slash - path));
}

char *setup_absolute(const struct sim_format *format, const char *path)
{
    char dir[PATH_MAX];
    if (!is_file(format, path) || getcwd(dir, sizeof dir) == NULL)
        return copy(path);
    return joined(dir, strncmp(path, "./", 2) == 0 ? path + 2 : path);
}
