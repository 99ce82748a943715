/* setup_inputs.h - which format reads which path; parts of setup.h that know the file system. */
#ifndef SIM_CLI_SETUP_INPUTS_H
#define SIM_CLI_SETUP_INPUTS_H

#include "cli/setup.h"

/* As setup_format; a relative path is taken from `dir` (NULL = the working directory) and errors
 * are placed at `where`. */
bool setup_format_in(const char *text, enum sim_role role, const char *dir, struct sim_where where,
                     const struct sim_format **format, char **path, struct sim_diag *diag);
/* From one configuration file alone: no flags, no environment. Release with setup_fini. */
bool setup_resolve_file(struct setup *s, const char *path, struct sim_diag *diag);
/* A text option whose value is one more input: its help begins with FORMAT:PATH. */
bool setup_is_input(const struct sim_option *row);
/* Such a value, resolved: its format, and its path behind the colon. */
const struct sim_format *setup_input(const char *text, const char **path);
/* Directory of a file as "DIR", "." when it has none. Release with mem_free. */
char *setup_dir_of(const char *path);
/* The absolute path of an input that is a file, else the text as it is. Release with mem_free. */
char *setup_absolute(const struct sim_format *format, const char *path);
#endif
