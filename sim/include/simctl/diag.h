/* diag.h - errors that say which byte of which input was wrong, and what to do. */
#ifndef SIMCTL_DIAG_H
#define SIMCTL_DIAG_H

#include <simctl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Table of errors: code, stable name printed in messages, exit status of the program. */
#define SIM_ERR_MAP(XX)                                                                            \
    XX(OK, "ok", 0)                                                                                \
    XX(USAGE, "usage", 2)                                                                          \
    XX(CONFIG, "config", 2)                                                                        \
    XX(UNKNOWN, "unknown-name", 2)                                                                 \
    XX(IO, "io", 3)                                                                                \
    XX(FORMAT, "bad-format", 3)                                                                    \
    XX(RANGE, "out-of-range", 3)                                                                   \
    XX(ORDER, "out-of-order", 3)                                                                   \
    XX(TRUNCATED, "truncated", 3)                                                                  \
    XX(LIMIT, "too-large", 3)                                                                      \
    XX(NEGATIVE, "negative-answer", 1)                                                             \
    XX(INVARIANT, "invariant", 4)

enum sim_err {
#define XX(code, name, exit_status) SIM_ERR_##code,
    SIM_ERR_MAP(XX)
#undef XX
};

struct sim_where {
    const char *path; /* Borrowed for the call; copied into the diagnostic. NULL = no input file. */
    uint64_t line;    /* 1-based; 0 = unknown. */
    uint32_t column;  /* 1-based byte column; 0 = unknown. */
};

/* One caller-owned diagnostic. Zero-initialise it; nothing to free. */
struct sim_diag {
    enum sim_err err;
    char path[256]; /* Empty when there is no input file; long paths keep their tail. */
    uint64_t line;
    uint32_t column;
    char text[320]; /* What was found and what was expected. */
    char hint[200]; /* What to do next; may be empty. */
};

/* Records the FIRST error and returns false, so that a caller can `return sim_fail(...)`.
 * `diag` may be NULL when the caller only needs success or failure. */
SIM_API bool sim_fail(struct sim_diag *diag, enum sim_err err, struct sim_where where,
                      const char *fmt, ...) SIM_PRINTF(4, 5);
/* Adds what to do. Keeps the first hint. */
SIM_API void sim_hint(struct sim_diag *diag, const char *fmt, ...) SIM_PRINTF(2, 3);
#define SIM_NOWHERE ((struct sim_where){NULL, 0, 0})

/* Writes "path:line:col: error[name]: text (hint)" to buf, always terminated; returns buf. */
SIM_API const char *sim_diag_str(const struct sim_diag *diag, char *buf, size_t size);
SIM_API const char *sim_err_name(enum sim_err err);
SIM_API int sim_err_exit(enum sim_err err);

#ifdef __cplusplus
}
#endif
#endif /* SIMCTL_DIAG_H */
