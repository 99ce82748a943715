/* diag.c - one diagnostic: the first error wins, because the ones after it are mostly its echo. */
#include <simctl/diag.h>

#include "base/check.h"
#include "base/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "..."

/* Ends a text that did not fit in "...", never in half of a UTF-8 sequence. */
static void mark_cut(char *buf, size_t size)
{
    size_t end = size - sizeof ELLIPSIS;
    while (end > 0 && ((unsigned char)buf[end] & 0xc0) == 0x80)
        end--;
    memcpy(buf + end, ELLIPSIS, sizeof ELLIPSIS);
}

SIM_PRINTF(3, 0)
static void print_into(char *buf, size_t size, const char *fmt, va_list args)
{
    const int len = vsnprintf(buf, size, fmt, args);
    CHECK(len >= 0);
    if ((size_t)len >= size)
        mark_cut(buf, size);
    place_defuse(buf);
}

static void keep_tail(char *buf, size_t size, const char *path)
{
    const size_t len = strlen(path);
    if (len < size) {
        memcpy(buf, path, len + 1);
        return;
    }
    const char *tail = path + len - (size - sizeof ELLIPSIS);
    while (((unsigned char)*tail & 0xc0) == 0x80)
        tail++;
    snprintf(buf, size, ELLIPSIS "%s", tail);
}

bool sim_fail(struct sim_diag *diag, enum sim_err err, struct sim_where where, const char *fmt, ...)
{
    CHECK(err != SIM_ERR_OK);
    if (diag == NULL || diag->err != SIM_ERR_OK)
        return false;
    diag->err = err;
    keep_tail(diag->path, sizeof diag->path, where.path == NULL ? "" : where.path);
    place_defuse(diag->path);
    diag->line = where.line;
    diag->column = where.column;
    va_list args;
    va_start(args, fmt);
    print_into(diag->text, sizeof diag->text, fmt, args);
    va_end(args);
    return false;
}

void sim_hint(struct sim_diag *diag, const char *fmt, ...)
{
    if (diag == NULL || diag->hint[0] != '\0')
        return;
    va_list args;
    va_start(args, fmt);
    print_into(diag->hint, sizeof diag->hint, fmt, args);
    va_end(args);
}

const char *sim_diag_str(const struct sim_diag *diag, char *buf, size_t size)
{
    CHECK(size > 0);
    char place[sizeof diag->path + 48];
    place_str((struct sim_where){diag->path, diag->line, diag->column}, place, sizeof place);
    const bool hinted = diag->hint[0] != '\0';
    snprintf(buf, size, "%serror[%s]: %s%s%s%s", place, sim_err_name(diag->err), diag->text,
             hinted ? " (" : "", diag->hint, hinted ? ")" : "");
    return buf;
}

struct err_row {
    const char *name;
    int exit_status;
};

static const struct err_row rows[] = {
#define XX(code, name, exit_status) [SIM_ERR_##code] = {name, exit_status},
    SIM_ERR_MAP(XX)
#undef XX
};

const char *sim_err_name(enum sim_err err)
{
    CHECK((size_t)err < sizeof rows / sizeof rows[0]);
    return rows[err].name;
}

int sim_err_exit(enum sim_err err)
{
    CHECK((size_t)err < sizeof rows / sizeof rows[0]);
    return rows[err].exit_status;
}
