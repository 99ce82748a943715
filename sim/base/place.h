/* place.h - how a place in an input is written: "path:line:column:", without what is unknown. */
#ifndef SIM_BASE_PLACE_H
#define SIM_BASE_PLACE_H
#include <stddef.h>

#include <simctl/diag.h>

/* Ends in ": " unless nothing is known, then it is empty. Returns the length written, < size. */
size_t place_str(struct sim_where where, char *buf, size_t size);
/* Replaces control characters: foreign text must not steer the terminal that shows it. */
void place_defuse(char *text);
#endif
