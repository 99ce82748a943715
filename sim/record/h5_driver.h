/* h5_driver.h - a file driver for HDF5 that never lets the library see a failed write.
 *
 * When the library cannot write a file to its end it cannot close it either, and its clean-up at
 * exit then loops or crashes. So this driver notes the first failure, drops what follows, and says
 * "done": the library closes in good order, and the sink, which asks the driver, throws the file
 * away. */
#ifndef SIM_RECORD_H5_DRIVER_H
#define SIM_RECORD_H5_DRIVER_H

#include <hdf5.h>

struct h5_driver {
    hid_t id;  /* Of the registered driver. */
    int error; /* errno of the first failure; 0 = none so far. */
};
/* Creates or truncates `path`. Below 0: look at d->error. *d must outlive the file. */
hid_t h5_driver_create(struct h5_driver *d, const char *path);
/* After the file is closed. */
void h5_driver_fini(struct h5_driver *d);
#endif
