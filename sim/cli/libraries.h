/* libraries.h - the libraries that the program runs with. */
#ifndef SIM_CLI_LIBRARIES_H
#define SIM_CLI_LIBRARIES_H

#define LIBRARIES 10

struct library {
    const char *name;
    char version[32];
};
/* Before anything else in main(): HDF5's exit handler closes a file once more whose close failed
 * on a full disk, and crashes. Every file is closed by who opened it, so nothing is lost. */
void libraries_prepare(void);
/* In alphabetical order; versions as loaded, where the library tells. */
void libraries_list(struct library out[LIBRARIES]);
#endif
