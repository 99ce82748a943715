/* option.h - one row per option: parsing, --help, the man page, validation, `config show` and the
 * manifest all come from these rows. Engine, formats, schedulers and policies bring theirs.
 */
#ifndef SIMCTL_OPTION_H
#define SIMCTL_OPTION_H

#include <simctl/diag.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sim_option_type {
    SIM_OPT_BOOL,    /* true | false (yes, no, on, off, 1, 0 are read too). */
    SIM_OPT_INT,     /* int64; 10k, 2M are not read. */
    SIM_OPT_DECIMAL, /* Exact decimal kept as millionths: 1.25 -> 1250000. min and max likewise. */
    SIM_OPT_TIME,    /* 90, 90s, 1.5h, 2d4h, 250ms, 10us -> microseconds; bare = seconds. */
    SIM_OPT_SIZE,    /* 512, 64KiB, 1.5GiB, 2GB -> bytes. */
    SIM_OPT_CHOICE,  /* One of `choices`. */
    SIM_OPT_TEXT     /* Any text; "" = not set. */
};

struct sim_option {
    const char *key; /* Dotted path as in the file and in --set: "trace.departures". One part may be
                        a star: "schedulers.*.count" is a row for every name that is set. */
    enum sim_option_type type;
    int64_t min, max;      /* Inclusive, for INT, DECIMAL, TIME and SIZE; both 0 = no bounds. */
    const char *otherwise; /* The default, written as a user would. Never NULL. */
    const char *choices;   /* "a|b|c" for CHOICE, else NULL. */
    const char *help;      /* One sentence without a full stop; units named. */
};
#define SIM_OPTION_END                                                                             \
    {                                                                                              \
        NULL, SIM_OPT_BOOL, 0, 0, NULL, NULL, NULL                                                 \
    }

enum sim_origin { SIM_FROM_DEFAULT, SIM_FROM_PRESET, SIM_FROM_FILE, SIM_FROM_ENV, SIM_FROM_FLAG };

/* A set of declared options and their values. Later origins win over earlier ones. */
struct sim_settings;
SIM_API struct sim_settings *sim_settings_create(void);
SIM_API void sim_settings_destroy(struct sim_settings *s);

/* Adds rows (borrowed, must outlive s); ends at key == NULL. A key keeps its first row. */
SIM_API void sim_settings_declare(struct sim_settings *s, const struct sim_option *rows);
/* Parses and stores. SIM_ERR_UNKNOWN with the nearest key as hint, or SIM_ERR_CONFIG when the text
 * is not of the row's type or out of bounds. A lower origin never replaces a higher one. */
SIM_API bool sim_settings_set(struct sim_settings *s, const char *key, const char *text,
                              enum sim_origin origin, struct sim_where where,
                              struct sim_diag *diag) SIM_NODISCARD;
/* Values. The key must have been declared with a fitting type: all else is a bug and aborts. */
SIM_API bool sim_settings_bool(const struct sim_settings *s, const char *key);
SIM_API int64_t sim_settings_int(const struct sim_settings *s, const char *key); /* INT..SIZE */
SIM_API int sim_settings_choice(const struct sim_settings *s, const char *key);  /* Index. */
SIM_API const char *sim_settings_text(const struct sim_settings *s, const char *key);
SIM_API bool sim_settings_has(const struct sim_settings *s, const char *key); /* Declared at all? */

/* The names for which rows of a family were set, in byte order of their keys: of "schedulers", what
 * stands for the star of "schedulers.*.count". Every row of such a name can be read. False past the
 * end; the text is borrowed until the next set. */
SIM_API bool sim_settings_member(const struct sim_settings *s, const char *family, size_t index,
                                 struct sim_text *name);
/* The value of "schedulers.*.count" for a name; the family's default when nothing was set for it.
 */
SIM_API int64_t sim_settings_int_of(const struct sim_settings *s, const char *family,
                                    struct sim_text name);

/* Walks the declared options in key order; false past the end. */
struct sim_setting {
    const struct sim_option *option;
    const char *text; /* The value in force, canonical. */
    enum sim_origin origin;
    struct sim_where where; /* For SIM_FROM_FILE. */
};
SIM_API bool sim_settings_at(const struct sim_settings *s, size_t index, struct sim_setting *out);
SIM_API const char *sim_origin_name(enum sim_origin origin);

/* Parses one value by itself, as sim_settings_set does; *out is the integer form (BOOL 0/1, CHOICE
 * the index, TEXT 0). */
SIM_API bool sim_option_parse(const struct sim_option *row, const char *text, int64_t *out,
                              struct sim_where where, struct sim_diag *diag) SIM_NODISCARD;

/* The candidate nearest to `text` by edit distance, or NULL when none is near. */
SIM_API const char *sim_nearest(const char *text, const char *const *candidates, size_t n);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_OPTION_H */
