/* h5_error.c - see h5_error.h. */
#include "record/h5_error.h"

#include <hdf5.h>
#include <stdio.h>

static herr_t note(unsigned depth, const H5E_error2_t *error, void *out)
{
    struct h5_error *e = out;
    if (depth == 0)
        (void)snprintf(e->text, sizeof e->text, "%s",
                       error->desc == NULL || error->desc[0] == '\0' ? "unknown error"
                                                                     : error->desc);
    return 0;
}

static herr_t on_error(hid_t stack, void *out)
{
    const struct h5_error *e = out;
    if (e->text[0] == '\0')
        (void)H5Ewalk2(stack, H5E_WALK_UPWARD, note, out);
    return 0;
}

void h5_errors_to(struct h5_error *e)
{
    (void)H5Eset_auto2(H5E_DEFAULT, e == NULL ? NULL : on_error, e);
}
