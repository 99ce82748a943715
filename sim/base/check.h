/* check.h - assertions for programmer errors, on in every build. Never used for bad input. */
#ifndef SIM_BASE_CHECK_H
#define SIM_BASE_CHECK_H

/* Prints "file:line: func: BUG: cond" with how to report it, and aborts. */
_Noreturn void check_failed(const char *file, int line, const char *func, const char *cond);

#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, __func__, #cond))
/* Debug builds only: whole-structure invariants, O(n). */
#ifdef NDEBUG
#define CHECK_SLOW(cond) ((void)sizeof(cond))
#else
#define CHECK_SLOW(cond) CHECK(cond)
#endif
#endif
