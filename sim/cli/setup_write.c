/* setup_write.c - config.resolved.yaml: every setting of a run as flat keys, with absolute paths,
 * so that the file repeats the run from anywhere; and the hash of that text, which names the
 * directory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "cli/setup.h"
#include "cli/setup_inputs.h"
#include "record/file.h"

/* Plain when YAML reads it back as the same text, else in double quotes. */
static void print_scalar(FILE *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+%-";
    const size_t len = strspn(text, plain);
    if (text[len] == 0 && len > 0 && text[0] != '-' && text[0] != '%') {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (const char *at = text; *at != 0; at++) {
        const unsigned char ch = (unsigned char)*at;
        if (ch == '"' || ch == '\\')
            fprintf(out, "\\%c", ch);
        else if (ch < 0x20 || ch == 0x7f)
            fprintf(out, "\\x%02x", ch);
        else
            putc(ch, out);
    }
    putc('"', out);
}

static void print_input(FILE *out, const struct sim_format *format, const char *path)
{
    char *absolute = setup_absolute(format, path);
    const size_t size = strlen(format->name) + strlen(absolute) + 2;
    char *text = MEM_NEW(char, size);
    snprintf(text, size, "%s:%s", format->name, absolute);
    print_scalar(out, text);
    mem_free(text);
    mem_free(absolute);
}

void setup_print(const struct setup *s, FILE *out)
{
    struct sim_setting row;
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++) {
        const char *key = row.option->key;
        fprintf(out, "%s: ", key);
        if (strcmp(key, "trace") == 0) {
            print_input(out, s->trace, s->trace_path);
        } else if (strcmp(key, "cluster") == 0) {
            print_input(out, s->cluster, s->cluster_path);
        } else if (setup_is_input(row.option) && row.text[0] != 0) {
            const char *path;
            const struct sim_format *format = setup_input(row.text, &path);
            print_input(out, format, path);
        } else {
            print_scalar(out, row.text);
        }
        putc('\n', out);
    }
}

/* The text of the file behind a line with the version. Free with free(): open_memstream() did the
 * rest. */
static char *printed(const struct setup *s, size_t *len)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, len);
    CHECK(out != NULL);
    fprintf(out, "%s\n", sim_version());
    setup_print(s, out);
    fclose(out);
    return text;
}

uint64_t setup_hash(const struct setup *s)
{
    size_t len = 0;
    char *text = printed(s, &len);
    const uint64_t hash = map_hash(text, len);
    free(text);
    return hash;
}

bool setup_repeatable(const struct setup *s, struct sim_diag *diag)
{
    size_t len = 0;
    char *text = printed(s, &len);
    const size_t good = jw_utf8_prefix(text, len);
    if (good < len) {
        size_t line = good;
        while (line > 0 && text[line - 1] != '\n')
            line--;
        sim_hint(diag, "rename it; the files of a run are UTF-8 and could not name it again");
        sim_fail(diag, SIM_ERR_CONFIG, SIM_NOWHERE, "%.*s has the byte 0x%02x, which is not UTF-8",
                 (int)strcspn(text + line, ":"), text + line, (unsigned char)text[good]);
    }
    free(text);
    return good == len;
}

bool setup_write(const struct setup *s, const char *path, struct sim_diag *diag)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return file_fail(diag, path, errno, "write");
    fprintf(out, "# Every setting of this run; `simctl run` with this file repeats it.\n");
    setup_print(s, out);
    const bool bad = ferror(out) != 0;
    return (fclose(out) == 0 && !bad) || file_fail(diag, path, errno, "write");
}
