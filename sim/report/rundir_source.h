/* rundir_source.h - the two files that a run directory can be read from, and the names in them. */
#ifndef SIM_REPORT_RUNDIR_SOURCE_H
#define SIM_REPORT_RUNDIR_SOURCE_H

#include <simctl/diag.h>
#include <simctl/record.h>

/* Names of one kind, by dense id. */
struct name_list {
    struct name_place {
        uint64_t at; /* Offset in heap; a NUL follows every text. */
        uint32_t len;
    } * places;
    size_t count, place_cap;
    char *heap;
    size_t heap_len, heap_cap;
};
/* False when `id` is not the next one: then the file is damaged. */
bool name_list_add(struct name_list *l, uint32_t id, struct sim_text text);
struct sim_text name_list_at(const struct name_list *l, uint32_t id); /* Empty when unknown. */
void name_list_fini(struct name_list *l);

/* Rows as they are filled: an array of row structs. */
struct row_list {
    uint8_t *rows;
    size_t count, cap; /* In rows. */
};
/* Room for `more` rows of zeros behind the last one. */
uint8_t *row_list_more(struct row_list *l, size_t row_bytes, size_t more);

/* run.h5: NULL with diag when it cannot be opened or is not of this program. */
struct rundir_h5;
struct rundir_h5 *rundir_h5_open(const char *path, struct sim_diag *diag);
void rundir_h5_close(struct rundir_h5 *h);
bool rundir_h5_rows(struct rundir_h5 *h, enum sim_table table, struct row_list *out,
                    struct sim_diag *diag);
bool rundir_h5_names(struct rundir_h5 *h, struct name_list names[SIM_NAME_KINDS],
                     struct sim_diag *diag);

/* decisions.mpk: every frame is checked when it is opened; NULL with diag for damage before the
 * end. */
struct rundir_mpk;
struct rundir_mpk *rundir_mpk_open(const char *path, struct sim_diag *diag);
void rundir_mpk_close(struct rundir_mpk *m);
bool rundir_mpk_complete(const struct rundir_mpk *m);
uint64_t rundir_mpk_dropped(const struct rundir_mpk *m); /* Bytes of a frame that was cut off. */
bool rundir_mpk_rows(struct rundir_mpk *m, enum sim_table table, struct row_list *out,
                     struct sim_diag *diag);
bool rundir_mpk_names(struct rundir_mpk *m, struct name_list names[SIM_NAME_KINDS],
                      struct sim_diag *diag);
#endif
