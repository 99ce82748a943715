/* listing.h - options, paragraphs and lists of names as commands print them. */
#ifndef SIM_CLI_LISTING_H
#define SIM_CLI_LISTING_H

#include <stdio.h>

#include <simctl/option.h>

#include "base/json.h"

/* Paragraphs of `text` folded at 80 columns; an empty line or one that begins with a blank ends a
 * paragraph. The first line begins at column `at`, which is already written; the next ones at
 * `indent`. Ends with a newline. */
void listing_wrap(FILE *to, const char *text, int at, int indent);
/* "  name          text", folded; the text begins at column `indent`. */
void listing_row(FILE *to, const char *name, const char *text, int indent);
/* "0..1", "at least 1s", "a|b", ... in the row's own unit; "" without bounds. */
const char *listing_values(const struct sim_option *row, char *buf, size_t size);
const char *listing_type(enum sim_option_type type);
/* Keys with type, default and help; NULL prints nothing. */
void listing_options(FILE *to, const struct sim_option *rows);
/* The same as an array named `key`. */
void listing_options_json(struct json *j, const char *key, const struct sim_option *rows);
#endif
