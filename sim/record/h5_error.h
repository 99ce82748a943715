/* h5_error.h - why HDF5 failed. Its error stack is cleared by the next call, also by one that only
 * cleans up, so the first failure is noted at the moment when it happens. */
#ifndef SIM_RECORD_H5_ERROR_H
#define SIM_RECORD_H5_ERROR_H

struct h5_error {
    char text[200]; /* The library's innermost description; empty = nothing failed. */
};
/* From now on the first failing call of HDF5 on this thread fills *e, and nothing is printed. NULL
 * = errors are only returned. */
void h5_errors_to(struct h5_error *e);
#endif
