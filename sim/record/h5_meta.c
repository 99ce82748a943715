/* h5_meta.c - what a reader of run.h5 needs besides the columns: attributes, and the frozen tables
 * of reasons and predicates under /meta, so that masks and codes can be read without this program.
 */
#include <string.h>

#include <simctl/reason.h>
#include <simctl/simctl.h>

#include "record/h5_table.h"

#define ROWS_MAX 64u /* Of a frozen table: a mask has 32 bits, reasons are numbered below 128. */

hid_t h5_group(hid_t parent, const char *name)
{
    const hid_t list = H5Pcreate(H5P_GROUP_CREATE);
    (void)H5Pset_obj_track_times(list, false);
    const hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, list, H5P_DEFAULT);
    (void)H5Pclose(list);
    return group;
}

static hid_t text_type(void)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    if (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        (void)H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

bool h5_attribute(hid_t object, const char *name, const char *text)
{
    const hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool good = attribute >= 0 && H5Awrite(attribute, type, &text) >= 0;
    if (attribute >= 0)
        (void)H5Aclose(attribute);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    return good;
}

static bool dataset(hid_t group, const char *name, hid_t file_type, hid_t memory_type,
                    const void *values, size_t n)
{
    const hsize_t rows = n;
    const hid_t space = H5Screate_simple(1, &rows, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(list, false);
    const hid_t set = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    const bool good =
        set >= 0 && H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    if (set >= 0)
        (void)H5Dclose(set);
    (void)H5Pclose(list);
    (void)H5Sclose(space);
    return good;
}

bool h5_texts(hid_t group, const char *name, const char *const *texts, size_t n)
{
    const hid_t type = text_type();
    const bool good = dataset(group, name, type, type, texts, n);
    (void)H5Tclose(type);
    return good;
}

static bool reasons(hid_t group)
{
    int32_t number[ROWS_MAX];
    const char *code[ROWS_MAX], *name[ROWS_MAX], *stage[ROWS_MAX], *perm[ROWS_MAX], *help[ROWS_MAX];
    size_t n = 0;
    for (const struct sim_reason_info *r; n < ROWS_MAX && (r = sim_reason_at(n)) != NULL; n++) {
        number[n] = (int32_t)r->reason;
        code[n] = r->code;
        name[n] = r->name;
        stage[n] = sim_stage_name(r->stage);
        perm[n] = sim_permanence_name(r->permanence);
        help[n] = r->help;
    }
    return dataset(group, "number", H5T_STD_I32LE, H5T_NATIVE_INT32, number, n) &&
           h5_texts(group, "code", code, n) && h5_texts(group, "name", name, n) &&
           h5_texts(group, "stage", stage, n) && h5_texts(group, "permanence", perm, n) &&
           h5_texts(group, "help", help, n);
}

static bool fail_bits(hid_t group)
{
    uint32_t mask[ROWS_MAX];
    uint8_t is_static[ROWS_MAX];
    const char *code[ROWS_MAX], *name[ROWS_MAX], *help[ROWS_MAX];
    size_t n = 0;
    for (const struct sim_fail_info *f; n < ROWS_MAX && (f = sim_fail_at(n)) != NULL; n++) {
        mask[n] = f->bit;
        is_static[n] = f->is_static;
        code[n] = f->code;
        name[n] = f->name;
        help[n] = f->help;
    }
    return dataset(group, "mask", H5T_STD_U32LE, H5T_NATIVE_UINT32, mask, n) &&
           dataset(group, "static", H5T_STD_U8LE, H5T_NATIVE_UINT8, is_static, n) &&
           h5_texts(group, "code", code, n) && h5_texts(group, "name", name, n) &&
           h5_texts(group, "help", help, n);
}

static bool filled_group(hid_t parent, const char *name, const char *about, bool (*fill)(hid_t))
{
    const hid_t group = h5_group(parent, name);
    if (group < 0)
        return false;
    const bool good = h5_attribute(group, "description", about) && fill(group);
    (void)H5Gclose(group);
    return good;
}

static bool meta(hid_t group)
{
    return filled_group(group, "reasons", "Numbers of the columns called reason.", reasons) &&
           filled_group(group, "fail_bits", "Bits of failmask/mask.", fail_bits);
}

bool h5_meta(hid_t file)
{
    return h5_attribute(file, "format", "simctl") && h5_attribute(file, "schema", "simctl/1") &&
           h5_attribute(file, "engine", sim_version()) &&
           h5_attribute(
               file, "units",
               "Resources count the integer steps that `units` of manifest.json describes: "
               "milli-cores, bytes and milli-devices unless the trace has its own.") &&
           filled_group(file, "meta", "How to read codes and masks.", meta);
}
