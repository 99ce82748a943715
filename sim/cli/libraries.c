/* libraries.c - versions of the libraries, for `simctl version`, and what they need at the start.
 */
#include "cli/libraries.h"

#include <stdio.h>

#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <jansson.h>
#include <libdeflate.h>
#include <libfyaml.h>
#include <msgpack.h>
#include <uv.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

void libraries_prepare(void)
{
    H5dont_atexit();
}

static void set(struct library *l, const char *name, const char *version)
{
    l->name = name;
    snprintf(l->version, sizeof l->version, "%s", version);
}

void libraries_list(struct library out[LIBRARIES])
{
    unsigned major = 0, minor = 0, release = 0;
    const unsigned xxh = XXH_versionNumber();
    char hdf5[32], xxhash[32];
    H5get_libversion(&major, &minor, &release);
    snprintf(hdf5, sizeof hdf5, "%u.%u.%u", major, minor, release);
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", xxh / 10000, xxh / 100 % 100, xxh % 100);
    set(&out[0], "gsl", gsl_version);
    set(&out[1], "hdf5", hdf5);
    set(&out[2], "jansson", jansson_version_str());
    set(&out[3], "libdeflate", LIBDEFLATE_VERSION_STRING);
    set(&out[4], "libfyaml", fy_library_version());
    set(&out[5], "libuv", uv_version_string());
    set(&out[6], "msgpack", msgpack_version());
    set(&out[7], "xxhash", xxhash);
    set(&out[8], "zlib", zlibVersion());
    set(&out[9], "zstd", ZSTD_versionString());
}
