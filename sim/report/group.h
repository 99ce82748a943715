/* group.h - decisions and waits of a whole run added up by chosen keys. */
#ifndef SIM_REPORT_GROUP_H
#define SIM_REPORT_GROUP_H

#include "report/explain.h"

enum { GROUP_KEYS_MAX = 8 };
struct group_key;
struct group_keys {
    const struct group_key *key[GROUP_KEYS_MAX];
    size_t count;
};
/* "reason,tier,hour" -> keys. SIM_ERR_USAGE with the nearest name. */
bool group_keys_parse(struct group_keys *keys, const char *text,
                      struct sim_diag *diag) SIM_NODISCARD;
/* One line per combination that occurs, and a last one with the totals. */
bool group_text(const struct group_keys *keys, const struct page *p,
                struct sim_diag *diag) SIM_NODISCARD;
/* An array of objects; wait_us sums to the waits of all tasks, share_ppm to 1 000 000. */
bool group_json(const struct group_keys *keys, const struct book *b, struct json *j,
                struct sim_diag *diag) SIM_NODISCARD;
#endif
