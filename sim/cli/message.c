/* message.c - errors and notes on stderr. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/place.h"
#include "cli/cli.h"

/* The line of the file, without its end; false when it is not there. */
static bool source_line(const struct sim_diag *diag, char *buf, size_t size)
{
    FILE *f = diag->path[0] != 0 && diag->line > 0 ? fopen(diag->path, "r") : NULL;
    if (f == NULL)
        return false;
    uint64_t line = 1;
    size_t len = 0;
    bool found = false;
    for (int ch; (ch = getc(f)) != EOF && line <= diag->line;) {
        found = found || line == diag->line;
        if (ch == '\n')
            line++;
        else if (line == diag->line && len + 1 < size && ch != '\r')
            buf[len++] = ch == '\t' ? ' ' : (char)ch;
    }
    fclose(f);
    buf[len] = 0;
    place_defuse(buf);
    return found;
}

void cli_caret(const struct sim_diag *diag, FILE *to, bool colour)
{
    char line[160];
    if (diag->column == 0 || diag->column >= sizeof line || !source_line(diag, line, sizeof line))
        return;
    const size_t at = diag->column - 1;
    if (at > strlen(line))
        return;
    size_t width = strcspn(line + at, " :,]}=");
    fprintf(to, "%6llu | %s\n       | %*s%s^", (unsigned long long)diag->line, line, (int)at, "",
            colour ? "\033[1;31m" : "");
    while (width-- > 1)
        putc('~', to);
    fprintf(to, "%s\n", colour ? "\033[0m" : "");
}

void cli_print_diag(const struct sim_diag *diag, FILE *to, bool colour)
{
    char text[1024];
    sim_diag_str(diag, text, sizeof text);
    char *mark = strstr(text, "error[");
    char *end = mark != NULL ? strchr(mark, ']') : NULL;
    if (!colour || end == NULL)
        fprintf(to, "%s\n", text);
    else
        fprintf(to, "%.*s\033[1;31m%.*s\033[0m%s\n", (int)(mark - text), text,
                (int)(end + 1 - mark), mark, end + 1);
    if (diag->err == SIM_ERR_CONFIG || diag->err == SIM_ERR_UNKNOWN)
        cli_caret(diag, to, colour);
}

bool cli_flush(const struct cli *c)
{
    if (c->out == NULL)
        return true;
    /* When the buffer was full in between, the reason is from then. */
    const int before = ferror(c->out) && errno != 0 ? errno : EIO;
    errno = 0;
    const bool written = fflush(c->out) == 0 && !ferror(c->out);
    if (!written && *c->out_error == 0)
        *c->out_error = errno != 0 ? errno : before;
    return written;
}

int cli_fail(const struct cli *c, const struct sim_diag *diag)
{
    (void)cli_flush(c);
    cli_print_diag(diag, stderr, c->colour_err);
    return sim_err_exit(diag->err);
}

void cli_note(const struct cli *c, const char *fmt, ...)
{
    if (c->verbosity < 0)
        return;
    (void)cli_flush(c);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    putc('\n', stderr);
}
