/* json.h - writes JSON as it goes (prefix jw_: json_ is the prefix of jansson, which reads it):
 * two-space indent, keys in the order they are written, integers exact, doubles with the fewest
 * digits that read back equal, no locale. */
#ifndef SIM_BASE_JSON_H
#define SIM_BASE_JSON_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <simctl/types.h>

#define JSON_DEPTH_MAX 32

struct json {
    FILE *out;
    bool compact; /* One line, for JSON lines. */
    uint32_t depth;
    bool first[JSON_DEPTH_MAX];
    bool is_array[JSON_DEPTH_MAX];
};
void jw_begin(struct json *j, FILE *out, bool compact);
void jw_object(struct json *j, const char *key); /* key NULL inside arrays and at the top. */
void jw_array(struct json *j, const char *key);
void jw_end(struct json *j); /* Closes the innermost; at depth 0 writes the final newline. */
void jw_int(struct json *j, const char *key, int64_t v);
void jw_uint(struct json *j, const char *key, uint64_t v);
void jw_double(struct json *j, const char *key, double v); /* Not finite -> null. */
void jw_bool(struct json *j, const char *key, bool v);
void jw_null(struct json *j, const char *key);
void jw_text(struct json *j, const char *key, const char *v); /* NULL -> null. */
/* Bytes that are no UTF-8 become U+FFFD, so that the output is JSON whatever the input was. */
void jw_view(struct json *j, const char *key, struct sim_text v);
/* Length of the well-formed UTF-8 sequence of several bytes at p, of which `left` are there; else
 * 0. */
uint32_t jw_utf8_length(const unsigned char *p, uint32_t left);
/* Bytes in front of the first one that is not UTF-8. */
size_t jw_utf8_prefix(const char *text, size_t len);
#endif
