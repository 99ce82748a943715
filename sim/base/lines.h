/* lines.h - lines and fields of a text input, with their place for diagnostics. */
#ifndef SIM_BASE_LINES_H
#define SIM_BASE_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <simctl/diag.h>
#include <simctl/types.h>

#define LINE_BYTES_MAX (1u << 20) /* A longer line is SIM_ERR_LIMIT. */
#define FIELDS_MAX 64

struct lines;
struct parts;
/* Reads LF and CRLF, a missing last newline, a UTF-8 byte order mark. NULL with diag. */
struct lines *lines_open(const char *path, struct sim_diag *diag);
/* The same, or when `path` is a directory: its parts (see parts_find) one after the other, as one
 * stream. Line numbers begin anew in every part. */
struct lines *lines_open_parts(const char *path, const char *suffix, struct sim_diag *diag);
void lines_close(struct lines *l); /* NULL is allowed. */
/* 1 = a line (without its end) in *out, borrowed until the next call; 0 = end; -1 = error (diag).
 * A NUL byte in the text is SIM_ERR_FORMAT ("binary file?"). */
int lines_next(struct lines *l, struct sim_text *out, struct sim_diag *diag);
/* Place of the current line; column 0. Its path lives as long as l. */
struct sim_where lines_where(const struct lines *l);
/* Place of a field that points into the current line. */
struct sim_where lines_at(const struct lines *l, struct sim_text field);
/* Where the current line, cut into `found` fields instead of `wanted`, goes wrong: at the first
 * field too many, fields[wanted], or at its end, where the first missing one should begin. */
struct sim_where lines_at_misfit(const struct lines *l, const struct sim_text *fields,
                                 uint32_t found, uint32_t wanted);
/* All parts, for as long as l; and the index of the one that the current line stands in. */
const struct parts *lines_parts(const struct lines *l);
size_t lines_part(const struct lines *l);
/* Compressed bytes of all parts; the total is 0 when one of them is a pipe. */
uint64_t lines_bytes_read(const struct lines *l);
uint64_t lines_bytes_total(const struct lines *l);

/* The line of `bytes` that begins at *at, without its LF or CRLF; *at moves to the next one. False
 * at the end. For whoever looks into the beginning of a file. */
bool line_in(const char *bytes, size_t n, size_t *at, struct sim_text *out);

/* Splits a line at `separator` without quoting; every field is trimmed of blanks. Returns the
 * number of fields found, which may exceed `max` (only max are stored). */
uint32_t fields_split(struct sim_text line, char separator, struct sim_text *out, uint32_t max);
/* The same with double quotes as in RFC 4180 (no line breaks inside): a quoted field loses its
 * quotes; doubled quotes are reduced in place (the line's buffer is written). UINT32_MAX = unclosed
 * quote, or text behind a closing one; out[0] then begins at the quote that opens the field. */
uint32_t fields_split_quoted(struct sim_text line, char separator, struct sim_text *out,
                             uint32_t max);
/* Fields separated by runs of blanks and tabs. */
uint32_t fields_split_blank(struct sim_text line, struct sim_text *out, uint32_t max);

/* A header line by its names: column[i] = field that holds names[i], or UINT32_MAX. */
void header_match(const struct sim_text *fields, uint32_t count, const char *const *names,
                  uint32_t n, uint32_t *column);

struct sim_text text_trim(struct sim_text t);
bool text_is(struct sim_text t, const char *literal);
struct sim_text text_of(const char *terminated);
#endif
