/* settings.c - the values of declared options: an array sorted by key, because there are some
 * dozens of them, they are shown in that order, and the hot paths read them once at the start. */
#include <simctl/option.h>

#include "base/check.h"
#include "base/lines.h"
#include "base/mem.h"
#include "base/option.h"

#include <string.h>

struct setting {
    const struct sim_option *option;
    struct sim_option *member; /* = option, of a family; else NULL. */
    char *written;             /* As given, trimmed. */
    char *canonical;           /* Reads back as the same value. */
    int64_t value;
    enum sim_origin origin;
    char *path; /* Where it was set; NULL = no file. */
    uint64_t line;
    uint32_t column;
};

struct sim_settings {
    struct setting *rows;
    size_t count, cap;
    const struct sim_option **families;
    size_t family_count, family_cap;
};

struct sim_settings *sim_settings_create(void)
{
    return MEM_NEW(struct sim_settings, 1);
}

static void clear(struct setting *row)
{
    mem_free(row->written);
    mem_free(row->canonical);
    mem_free(row->path);
}

void sim_settings_destroy(struct sim_settings *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++) {
        clear(&s->rows[i]);
        if (s->rows[i].member != NULL)
            mem_free((char *)(uintptr_t)s->rows[i].member->key);
        mem_free(s->rows[i].member);
    }
    mem_free(s->rows);
    mem_free(s->families);
    mem_free(s);
}

/* Index of the first row whose key is not below `key`. */
static size_t lower_bound(const struct sim_settings *s, const char *key)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (strcmp(s->rows[mid].option->key, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct setting *find(const struct sim_settings *s, const char *key)
{
    const size_t i = lower_bound(s, key);
    return i < s->count && strcmp(s->rows[i].option->key, key) == 0 ? &s->rows[i] : NULL;
}

/* Replaces the value of a row by one that has been parsed. */
static void store(struct setting *row, const char *text, int64_t value, enum sim_origin origin,
                  struct sim_where where)
{
    const struct sim_text t = text_trim(text_of(text));
    const enum sim_option_type type = row->option->type;
    char canonical[128];
    struct setting fresh = {
        .option = row->option,
        .member = row->member,
        .written = mem_text(t.at, t.len),
        .value = value,
        .origin = origin,
        .line = where.line,
        .column = where.column,
    };
    if (type == SIM_OPT_TEXT || type == SIM_OPT_CHOICE)
        fresh.canonical = mem_text(t.at, t.len);
    else
        fresh.canonical =
            mem_text(canonical, strlen(option_value_str(type, value, canonical, sizeof canonical)));
    if (where.path != NULL)
        fresh.path = mem_text(where.path, strlen(where.path));
    clear(row);
    *row = fresh;
}

/* A row with its default; false when the key is there already. */
static bool add_row(struct sim_settings *s, const struct sim_option *option,
                    struct sim_option *member)
{
    const size_t i = lower_bound(s, option->key);
    if (i < s->count && strcmp(s->rows[i].option->key, option->key) == 0)
        return false;
    int64_t value = 0;
    struct sim_diag diag = {0};
    char text[800];
    if (!sim_option_parse(option, option->otherwise, &value, SIM_NOWHERE, &diag))
        check_failed(__FILE__, __LINE__, __func__, sim_diag_str(&diag, text, sizeof text));
    MEM_GROW(s->rows, s->cap, s->count + 1);
    memmove(&s->rows[i + 1], &s->rows[i], (s->count - i) * sizeof *s->rows);
    s->rows[i] = (struct setting){.option = option, .member = member};
    s->count++;
    store(&s->rows[i], option->otherwise, value, SIM_FROM_DEFAULT, SIM_NOWHERE);
    return true;
}

/* ---- families: "schedulers.*.count" stands for a row per name ---------------------------------
 */

enum { MEMBER_MAX = 64 };

/* The name that stands for the star, when `key` begins like a member of the family; len 0 = not. */
static struct sim_text member_name(const struct sim_option *family, const char *key)
{
    const size_t prefix = strcspn(family->key, "*");
    struct sim_text name = {key + prefix, 0};
    if (strncmp(key, family->key, prefix) == 0)
        name.len = (uint32_t)strspn(name.at, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return name;
}

/* The member's key; to be freed. */
static char *member_key(const struct sim_option *family, struct sim_text name)
{
    const size_t prefix = strcspn(family->key, "*"), len = strlen(family->key) - 1 + name.len;
    char *key = MEM_NEW(char, len + 1);
    memcpy(key, family->key, prefix);
    memcpy(key + prefix, name.at, name.len);
    memcpy(key + prefix + name.len, family->key + prefix + 1, len - prefix - name.len);
    return key;
}

static bool is_member(const struct sim_option *family, const char *key)
{
    const struct sim_text name = member_name(family, key);
    return name.len > 0 && name.len <= MEMBER_MAX &&
           strcmp(name.at + name.len, strchr(family->key, '*') + 1) == 0;
}

static const struct sim_option *family_of(const struct sim_settings *s, const char *key)
{
    for (size_t i = 0; i < s->family_count; i++)
        if (is_member(s->families[i], key))
            return s->families[i];
    return NULL;
}

static bool same_prefix(const struct sim_option *a, const struct sim_option *b)
{
    const size_t prefix = strcspn(a->key, "*");
    return strncmp(a->key, b->key, prefix + 1) == 0;
}

/* All rows that the name brings, so that what is in force is there to be seen. */
static void add_members(struct sim_settings *s, const struct sim_option *of, const char *key)
{
    for (size_t i = 0; i < s->family_count; i++) {
        if (!same_prefix(of, s->families[i]))
            continue;
        struct sim_option *member = MEM_NEW(struct sim_option, 1);
        *member = *s->families[i];
        char *own = member_key(s->families[i], member_name(of, key));
        member->key = own;
        if (!add_row(s, member, member)) {
            mem_free(own);
            mem_free(member);
        }
    }
}

static void declare_one(struct sim_settings *s, const struct sim_option *option)
{
    if (strchr(option->key, '*') == NULL) {
        add_row(s, option, NULL);
        return;
    }
    MEM_GROW(s->families, s->family_cap, s->family_count + 1);
    s->families[s->family_count++] = option;
}

bool sim_settings_member(const struct sim_settings *s, const char *family, size_t index,
                         struct sim_text *name)
{
    const size_t len = strlen(family);
    struct sim_text last = {NULL, 0};
    for (size_t i = 0; i < s->count; i++) {
        const char *key = s->rows[i].option->key;
        if (s->rows[i].member == NULL || strncmp(key, family, len) != 0 || key[len] != '.')
            continue;
        const struct sim_text t = {key + len + 1, (uint32_t)strcspn(key + len + 1, ".")};
        if (t.len == last.len && memcmp(t.at, last.at, t.len) == 0)
            continue;
        last = t;
        if (index-- == 0) {
            *name = t;
            return true;
        }
    }
    return false;
}

void sim_settings_declare(struct sim_settings *s, const struct sim_option *rows)
{
    for (; rows->key != NULL; rows++)
        declare_one(s, rows);
}

/* The key whose last component is `text`: "departures" for "trace.departures". */
static const char *key_ending(const struct sim_settings *s, const char *text)
{
    for (size_t i = 0; i < s->count; i++) {
        const char *dot = strrchr(s->rows[i].option->key, '.');
        if (dot != NULL && strcmp(dot + 1, text) == 0)
            return s->rows[i].option->key;
    }
    return NULL;
}

static bool unknown_key(const struct sim_settings *s, const char *key, struct sim_where where,
                        struct sim_diag *diag)
{
    const char **keys = mem_alloc(s->count + s->family_count, sizeof *keys);
    char **members = mem_alloc(s->family_count + 1, sizeof *members);
    size_t n = 0, made = 0;
    for (size_t i = 0; i < s->count; i++)
        keys[n++] = s->rows[i].option->key;
    for (size_t i = 0; i < s->family_count; i++) {
        const struct sim_text name = member_name(s->families[i], key);
        if (name.len > 0)
            keys[n++] = members[made++] = member_key(s->families[i], name);
    }
    const char *nearest = sim_nearest(key, keys, n);
    if (nearest == NULL)
        nearest = key_ending(s, key);
    if (nearest != NULL)
        sim_hint(diag, "did you mean '%s'?", nearest);
    while (made > 0)
        mem_free(members[--made]);
    mem_free(members);
    mem_free(keys);
    return sim_fail(diag, SIM_ERR_UNKNOWN, where, "there is no option '%s'", key);
}

bool sim_settings_set(struct sim_settings *s, const char *key, const char *text,
                      enum sim_origin origin, struct sim_where where, struct sim_diag *diag)
{
    const struct sim_option *family = find(s, key) == NULL ? family_of(s, key) : NULL;
    if (family != NULL)
        add_members(s, family, key);
    struct setting *row = find(s, key);
    if (row == NULL)
        return unknown_key(s, key, where, diag);
    int64_t value = 0;
    if (!sim_option_parse(row->option, text, &value, where, diag))
        return false;
    if (origin >= row->origin)
        store(row, text, value, origin, where);
    return true;
}

static const struct setting *declared(const struct sim_settings *s, const char *key)
{
    const struct setting *row = find(s, key);
    if (row == NULL)
        check_failed(__FILE__, __LINE__, __func__, key);
    return row;
}

bool sim_settings_bool(const struct sim_settings *s, const char *key)
{
    const struct setting *row = declared(s, key);
    CHECK(row->option->type == SIM_OPT_BOOL);
    return row->value != 0;
}

int64_t sim_settings_int(const struct sim_settings *s, const char *key)
{
    const struct setting *row = declared(s, key);
    const enum sim_option_type type = row->option->type;
    CHECK(type == SIM_OPT_INT || type == SIM_OPT_DECIMAL || type == SIM_OPT_TIME ||
          type == SIM_OPT_SIZE);
    return row->value;
}

int sim_settings_choice(const struct sim_settings *s, const char *key)
{
    const struct setting *row = declared(s, key);
    CHECK(row->option->type == SIM_OPT_CHOICE);
    return (int)row->value;
}

int64_t sim_settings_int_of(const struct sim_settings *s, const char *family, struct sim_text name)
{
    const struct sim_option *row = NULL;
    for (size_t i = 0; i < s->family_count && row == NULL; i++)
        row = strcmp(s->families[i]->key, family) == 0 ? s->families[i] : NULL;
    if (row == NULL)
        check_failed(__FILE__, __LINE__, __func__, family);
    char *key = member_key(row, name);
    const struct setting *member = name.len > 0 ? find(s, key) : NULL;
    int64_t value = 0;
    struct sim_diag diag = {0};
    CHECK(sim_option_parse(row, member != NULL ? member->written : row->otherwise, &value,
                           SIM_NOWHERE, &diag));
    mem_free(key);
    return value;
}

const char *sim_settings_text(const struct sim_settings *s, const char *key)
{
    return declared(s, key)->written;
}

bool sim_settings_has(const struct sim_settings *s, const char *key)
{
    return find(s, key) != NULL || family_of(s, key) != NULL;
}

bool sim_settings_at(const struct sim_settings *s, size_t index, struct sim_setting *out)
{
    if (index >= s->count)
        return false;
    const struct setting *row = &s->rows[index];
    *out = (struct sim_setting){
        .option = row->option,
        .text = row->canonical,
        .origin = row->origin,
        .where = {row->path, row->line, row->column},
    };
    return true;
}

const char *sim_origin_name(enum sim_origin origin)
{
    static const char *const names[] = {
        [SIM_FROM_DEFAULT] = "default", [SIM_FROM_PRESET] = "preset", [SIM_FROM_FILE] = "file",
        [SIM_FROM_ENV] = "environment", [SIM_FROM_FLAG] = "flag",
    };
    CHECK((size_t)origin < sizeof names / sizeof names[0]);
    return names[origin];
}
