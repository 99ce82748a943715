/* config.h - a YAML configuration file as a flat list of dotted keys, each with its place.
 *
 * Typing is not YAML's: every scalar is text until an option row says what it is, so `no` is a word
 * where a word is asked for. Lists, aliases, tags and a second document are refused. */
#ifndef SIM_CLI_CONFIG_H
#define SIM_CLI_CONFIG_H

#include <simctl/diag.h>

/* Where errors go when all of them are to be seen: each through `report` (may be NULL), the first
 * into *first as well. */
struct config_errors {
    void (*report)(void *self, const struct sim_diag *diag);
    void *self;
    struct sim_diag *first;
    size_t count;
};
void config_error(struct config_errors *errors, const struct sim_diag *diag);

struct config_entry {
    char *key;                         /* "trace.departures", however it was nested. */
    char *text;                        /* The scalar, unquoted. */
    struct sim_where key_at, value_at; /* Path borrowed from the config. */
};
struct config {
    const char *path;             /* Kept until config_fini. */
    bool whole;                   /* Read to its end; false after a syntax error. */
    struct config_entry *entries; /* In the order of the file; no key twice. */
    size_t count, cap;
};
/* True when the file was read without an error. What could be read is in *c in either case; release
 * with config_fini. */
bool config_read(struct config *c, const char *path, struct config_errors *errors);
void config_fini(struct config *c);
#endif
