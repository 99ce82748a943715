/* file.h - writing files so that a full disk is an error with a place and a hint, and so that a
 * file which exists is whole. */
#ifndef SIM_RECORD_FILE_H
#define SIM_RECORD_FILE_H

#include <stdio.h>

#include <simctl/diag.h>

/* SIM_ERR_IO: "cannot <verb>: <text of the errno value `error`>", with a hint for a full disk and
 * for missing permission. Returns false. */
bool file_fail(struct sim_diag *diag, const char *path, int error, const char *verb);
/* Truncates or creates; "-" is stdout. -1 with diag. */
int file_create(const char *path, struct sim_diag *diag);
/* All n bytes, over short writes and interrupts. */
bool file_put(int fd, const char *path, const void *bytes, size_t n, struct sim_diag *diag);
/* Errors of delayed writes surface here; stdout is left open. */
bool file_close(int fd, const char *path, struct sim_diag *diag);
bool file_rename(const char *from, const char *to, struct sim_diag *diag);
/* "a" + "b" as a terminated copy; free with mem_free. */
char *file_name(const char *a, const char *b);

/* A text file that replaces `dir`/`name` when it is complete. */
struct file_text {
    FILE *out;
    char *temporary, *path;
};
bool file_text_open(struct file_text *f, const char *dir, const char *name, struct sim_diag *diag);
bool file_text_close(struct file_text *f, struct sim_diag *diag);
#endif
