/* config.c - YAML through libfyaml's events, which carry the place of every key and value.
 * Documents (trees) would drop the place of empty values and read only the first document of a
 * file. */
#include "cli/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libfyaml.h>

#include "base/json.h"
#include "base/mem.h"

#define CONFIG_BYTES_MAX (1u << 20)
#define CONFIG_DEPTH_MAX 8
#define CONFIG_KEY_MAX 256

struct reader {
    struct config *config;
    struct config_errors *errors;
    struct fy_parser *parser;
    struct fy_diag *diag;   /* Collects; libfyaml prints to stderr otherwise. */
    struct fy_event *event; /* Current one, NULL at the end or after a syntax error. */
    const char *text;
    size_t len;
};

void config_error(struct config_errors *errors, const struct sim_diag *diag)
{
    if (errors->count++ == 0 && errors->first != NULL)
        *errors->first = *diag;
    if (errors->report != NULL)
        errors->report(errors->self, diag);
}

static void SIM_PRINTF(4, 5)
    complain(struct reader *r, struct sim_where where, const char *hint, const char *fmt, ...)
{
    char text[sizeof((struct sim_diag *)0)->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct sim_diag diag = {0};
    if (hint != NULL)
        sim_hint(&diag, "%s", hint);
    sim_fail(&diag, SIM_ERR_CONFIG, where, "%s", text);
    config_error(r->errors, &diag);
}

/* ---- events --------------------------------------------------------------------------------- */

static void next(struct reader *r)
{
    fy_parser_event_free(r->parser, r->event);
    r->event = fy_parser_parse(r->parser);
}

static bool at(const struct reader *r, enum fy_event_type type)
{
    return r->event != NULL && r->event->type == type;
}

/* Where the current event begins in the text. The marks of quoted scalars and aliases stand behind
 * the quote and the asterisk. */
static size_t offset(const struct reader *r, const struct fy_mark *mark)
{
    if (at(r, FYET_ALIAS))
        return mark->input_pos - 1;
    const enum fy_scalar_style style =
        at(r, FYET_SCALAR) ? fy_token_scalar_style(r->event->scalar.value) : FYSS_ANY;
    const bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    return mark->input_pos - (quoted ? 1 : 0);
}

/* Line and column of a byte, both counted from 1. */
static struct sim_where place_of_byte(const struct reader *r, const char *text, size_t byte)
{
    struct sim_where where = {r->config->path, 1, 1};
    for (size_t i = 0; i < byte && i < r->len; i++) {
        where.column++;
        if (text[i] == '\n') {
            where.line++;
            where.column = 1;
        }
    }
    return where;
}

/* Place of the current event: libfyaml counts characters, we count bytes. */
static struct sim_where place(const struct reader *r)
{
    const struct fy_mark *mark = r->event != NULL ? fy_event_start_mark(r->event) : NULL;
    return mark != NULL ? place_of_byte(r, r->text, offset(r, mark))
                        : (struct sim_where){r->config->path, 0, 0};
}

/* Skips the value that begins at the current event. */
static void skip(struct reader *r)
{
    int depth = 0;
    do {
        depth += at(r, FYET_MAPPING_START) || at(r, FYET_SEQUENCE_START);
        depth -= at(r, FYET_MAPPING_END) || at(r, FYET_SEQUENCE_END);
        next(r);
    } while (r->event != NULL && depth > 0);
}

/* ---- the tree ------------------------------------------------------------------------------- */

static void add_entry(struct reader *r, const char *key, struct sim_where key_at)
{
    struct config *c = r->config;
    size_t len = 0;
    const char *text = fy_token_get_text(r->event->scalar.value, &len);
    const struct sim_where value_at = place(r);
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->entries[i].key, key) == 0) {
            complain(r, key_at, NULL, "%s is given twice; first in line %" PRIu64, key,
                     c->entries[i].key_at.line);
            return;
        }
    }
    if (len == 0 && fy_token_scalar_style(r->event->scalar.value) == FYSS_PLAIN) {
        complain(r, key_at, "leave the key out, or write \"\" for an empty text", "%s has no value",
                 key);
        return;
    }
    if (memchr(text, 0, len) != NULL) {
        complain(r, value_at, NULL, "%s holds a NUL character", key);
        return;
    }
    MEM_GROW(c->entries, c->cap, c->count + 1);
    c->entries[c->count++] = (struct config_entry){
        .key = mem_text(key, strlen(key)),
        .text = mem_text(text, len),
        .key_at = key_at,
        .value_at = value_at,
    };
}

/* Reads "prefix.key" at the current event into key; false (reported) when it is no plain word. */
static bool read_key(struct reader *r, const char *prefix, char *key)
{
    size_t len = 0;
    const char *text = at(r, FYET_SCALAR) ? fy_token_get_text(r->event->scalar.value, &len) : NULL;
    if (text == NULL || len == 0 || memchr(text, 0, len) != NULL) {
        complain(r, place(r), NULL, "a key must be a word");
        return false;
    }
    const int n = snprintf(key, CONFIG_KEY_MAX, "%s%s%.*s", prefix, prefix[0] != 0 ? "." : "",
                           (int)len, text);
    if (n < 0 || n >= CONFIG_KEY_MAX) {
        complain(r, place(r), NULL, "a key is longer than %d bytes", CONFIG_KEY_MAX - 1);
        return false;
    }
    return true;
}

static void read_mapping(struct reader *r, const char *prefix, int depth);

/* The value of a key: a scalar, or a mapping whose keys go on. */
static void read_value(struct reader *r, const char *key, struct sim_where key_at, int depth)
{
    if (at(r, FYET_MAPPING_START) && depth < CONFIG_DEPTH_MAX) {
        read_mapping(r, key, depth + 1);
        return;
    }
    if (at(r, FYET_SCALAR))
        add_entry(r, key, key_at);
    else if (at(r, FYET_SEQUENCE_START))
        complain(r, place(r), NULL, "%s is a list; one value was expected", key);
    else if (at(r, FYET_ALIAS))
        complain(r, place(r), "write the value out", "%s is an alias; aliases are not read", key);
    else if (at(r, FYET_MAPPING_START))
        complain(r, place(r), NULL, "%s is nested more than %d deep", key, CONFIG_DEPTH_MAX);
    skip(r);
}

static void read_mapping(struct reader *r, const char *prefix, int depth)
{
    next(r); /* Past MAPPING_START. */
    while (r->event != NULL && !at(r, FYET_MAPPING_END)) {
        char key[CONFIG_KEY_MAX];
        const struct sim_where key_at = place(r);
        const bool named = read_key(r, prefix, key);
        skip(r);
        if (named)
            read_value(r, key, key_at, depth);
        else
            skip(r);
    }
    next(r);
}

/* ---- the file ------------------------------------------------------------------------------- */

static void syntax_errors(struct reader *r)
{
    void *it = NULL;
    for (struct fy_diag_error *e; (e = fy_diag_errors_iterate(r->diag, &it)) != NULL;) {
        const struct sim_where where = {r->config->path, e->line > 0 ? (uint64_t)e->line : 0,
                                        e->column > 0 ? (uint32_t)e->column : 0};
        complain(r, where, NULL, "%s", e->msg);
    }
    if (r->errors->count == 0)
        complain(r, (struct sim_where){r->config->path, 0, 0}, NULL, "not readable as YAML");
}

static void read_documents(struct reader *r)
{
    next(r);
    if (at(r, FYET_STREAM_START))
        next(r);
    if (at(r, FYET_DOCUMENT_START))
        next(r);
    if (at(r, FYET_MAPPING_START))
        read_mapping(r, "", 0);
    else if (!fy_parser_get_stream_error(r->parser))
        complain(r, (struct sim_where){r->config->path, 1, 1}, "write lines of `key: value`",
                 "the file holds no keys");
    if (at(r, FYET_DOCUMENT_END))
        next(r);
    if (at(r, FYET_DOCUMENT_START))
        complain(r, place(r), "keep one run per file", "a second document begins here");
    if (fy_parser_get_stream_error(r->parser))
        syntax_errors(r);
    fy_parser_event_free(r->parser, r->event);
    r->event = NULL;
}

/* The whole file, or NULL (reported). libfyaml does not come back from some bytes that are not
 * UTF-8 (a directive with such a byte is scanned for ever). */
static char *slurp(struct reader *r)
{
    const struct sim_where where = {r->config->path, 0, 0};
    struct stat st;
    const bool folder = stat(r->config->path, &st) == 0 && S_ISDIR(st.st_mode);
    FILE *f = folder ? NULL : fopen(r->config->path, "rb");
    if (f == NULL) {
        complain(r, where, "name a YAML file; a workload is given as --trace FORMAT:PATH",
                 "cannot read the configuration: %s",
                 folder ? "it is a directory" : strerror(errno));
        return NULL;
    }
    char *text = MEM_NEW(char, CONFIG_BYTES_MAX + 1);
    r->len = fread(text, 1, CONFIG_BYTES_MAX + 1, f);
    const bool bad = ferror(f) != 0;
    const size_t good = jw_utf8_prefix(text, r->len);
    fclose(f);
    if (bad)
        complain(r, where, NULL, "cannot read the configuration: %s", strerror(errno));
    else if (r->len > CONFIG_BYTES_MAX)
        complain(r, where, NULL, "more than %u bytes; is this a configuration?", CONFIG_BYTES_MAX);
    else if (memchr(text, 0, r->len) != NULL)
        complain(r, where, NULL, "binary data; is this a configuration?");
    else if (good < r->len)
        complain(r, place_of_byte(r, text, good), "save the file as UTF-8",
                 "byte 0x%02x is not UTF-8", (unsigned char)text[good]);
    else
        return text;
    mem_free(text);
    return NULL;
}

bool config_read(struct config *c, const char *path, struct config_errors *errors)
{
    const size_t before = errors->count;
    *c = (struct config){.path = path};
    struct reader r = {.config = c, .errors = errors};
    errno = 0;
    char *text = slurp(&r);
    if (text == NULL)
        return false;
    r.text = text;
    struct fy_diag_cfg collect;
    fy_diag_cfg_default(&collect);
    r.diag = fy_diag_create(&collect);
    fy_diag_set_collect_errors(r.diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_DEFAULT_PARSE, .diag = r.diag};
    r.parser = fy_parser_create(&cfg);
    if (r.parser == NULL || fy_parser_set_string(r.parser, text, r.len) != 0)
        complain(&r, (struct sim_where){path, 0, 0}, NULL, "the YAML reader cannot be started");
    else
        read_documents(&r);
    c->whole = r.parser != NULL && !fy_parser_get_stream_error(r.parser);
    fy_parser_destroy(r.parser);
    fy_diag_destroy(r.diag);
    mem_free(text);
    return errors->count == before;
}

void config_fini(struct config *c)
{
    for (size_t i = 0; i < c->count; i++) {
        mem_free(c->entries[i].key);
        mem_free(c->entries[i].text);
    }
    mem_free(c->entries);
    *c = (struct config){0};
}
