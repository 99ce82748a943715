/* parts_open.c - a gap between parts is data that nobody would miss later, so it is never silent.
 */
#include "workloads/lib/parts_open.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/stream.h"

static bool check_gaps(const struct lines *l, const struct sim_open_args *args,
                       const struct sim_finding_kind *kinds, struct sim_diag *diag)
{
    const struct parts *p = lines_parts(l);
    const struct sim_where where = {args->path, 0, 0};
    if (p->missing_count == 0) {
        return true;
    }
    if (args->bad_rows == SIM_BAD_FAIL) {
        sim_hint(diag,
                 "add what is missing, or pass --bad-rows=skip to go on without and count it");
        return sim_fail(diag, SIM_ERR_FORMAT, where,
                        "part %" PRIu32 " of %" PRIu32 " is not there (%zu missing between the "
                        "first and the last part)",
                        p->missing[0], p->declared, p->missing_count);
    }
    for (size_t i = 0; i < p->missing_count; i++) {
        char text[48];
        (void)snprintf(text, sizeof text, "part %" PRIu32 " of %" PRIu32, p->missing[i],
                       p->declared);
        sim_findings_add(args->findings, &kinds[BAD_PART], where, text);
    }
    return true;
}

struct lines *parts_open(const struct sim_open_args *args, const struct sim_finding_kind *kinds,
                         const char *suffix, struct sim_diag *diag)
{
    struct lines *l = lines_open_parts(args->path, suffix, diag);
    if (l != NULL && !check_gaps(l, args, kinds, diag)) {
        lines_close(l);
        return NULL;
    }
    return l;
}

void parts_describe(const struct lines *l, struct sim_trace_info *info)
{
    const struct parts *p = lines_parts(l);
    info->inputs = (const char *const *)p->paths;
    info->input_count = (uint32_t)p->count;
    info->bytes_total = lines_bytes_total(l);
}
