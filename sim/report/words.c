/* words.c - names, amounts and JSON members that all sections of an explanation share. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/decimal.h"
#include "report/amount.h"
#include "report/explain.h"

void page_head(const struct page *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)fputs(p->colour ? "\033[1m" : "", p->out);
    (void)vfprintf(p->out, fmt, args);
    (void)fputs(p->colour ? "\033[0m\n" : "\n", p->out);
    va_end(args);
}

const char *task_name(const struct book *b, sim_task task, char *buf)
{
    return rundir_task_name(b->run, task, buf, NAME_BUF);
}

const char *task_full_name(const struct book *b, sim_task task, char *buf)
{
    task_name(b, task, buf);
    const size_t len = strlen(buf);
    if (buf[0] != '#')
        (void)snprintf(buf + len, NAME_BUF - len, " (#%" PRIu32 ")", task);
    return buf;
}

const char *machine_name(const struct book *b, sim_machine m, char *buf)
{
    return rundir_machine_name(b->run, m, buf, NAME_BUF);
}

const char *when_str(sim_time us, char *buf, size_t size)
{
    return duration_exact_str(us, buf, size);
}

static void append(char *buf, size_t size, const char *text)
{
    const size_t at = strlen(buf);
    (void)snprintf(buf + at, size - at, "%s%s", at > 0 ? ", " : "", text);
}

static void append_gpus(const struct sim_task_row *row, char *buf, size_t size)
{
    char text[TEXT_BUF];
    if (row->gpu_count == 0) {
        return;
    }
    if (row->gpu_milli == SIM_DEVICE_MILLI) {
        (void)snprintf(text, sizeof text, "%u gpu%s", row->gpu_count, plural(row->gpu_count, "s"));
    } else if (row->gpu_count == 1) {
        (void)snprintf(text, sizeof text, "%u/1000 of a gpu", row->gpu_milli);
    } else {
        (void)snprintf(text, sizeof text, "%u/1000 of each of %u gpus", row->gpu_milli,
                       row->gpu_count);
    }
    append(buf, size, text);
}

const char *request_str(const struct book *b, const struct sim_task_row *row, char *buf,
                        size_t size)
{
    char text[TEXT_BUF];
    buf[0] = '\0';
    if (row->cpu > 0) {
        append(buf, size, amount_named_str(&b->units, SIM_CPU, row->cpu, text, sizeof text));
    }
    if (row->memory > 0) {
        append(buf, size, amount_named_str(&b->units, SIM_MEMORY, row->memory, text, sizeof text));
    }
    append_gpus(row, buf, size);
    if (row->disk > 0) {
        append(buf, size, amount_named_str(&b->units, SIM_DISK, row->disk, text, sizeof text));
    }
    if (buf[0] == '\0') {
        (void)snprintf(buf, size, "nothing");
    }
    return buf;
}

bool request_of(const struct sim_task_row *row, const struct refusal *r, unsigned dim, int64_t *out)
{
    if (row != NULL && dim < SIM_EXTENDED) {
        const int64_t gpu =
            row->gpu_count == 1 ? row->gpu_milli : (int64_t)row->gpu_count * SIM_DEVICE_MILLI;
        const int64_t amounts[SIM_EXTENDED] = {row->cpu, row->memory, gpu, row->disk};
        *out = amounts[dim];
        return true;
    }
    for (uint64_t i = 0; i < r->room_count; i++) {
        if (r->rooms[i].dim == dim) {
            *out = r->rooms[i].requested;
            return true;
        }
    }
    return false;
}

void jw_names(struct json *j, const char *key, uint32_t mask)
{
    const struct sim_fail_info *info;
    jw_array(j, key);
    for (size_t i = 0; (info = sim_fail_at(i)) != NULL; i++) {
        if ((mask & info->bit) != 0) {
            jw_text(j, NULL, info->name);
        }
    }
    jw_end(j);
}

void jw_dims(struct json *j, const char *key, uint32_t dims)
{
    jw_array(j, key);
    for (unsigned d = 0; d < SIM_DIMS; d++) {
        if ((dims >> d & 1) != 0) {
            jw_text(j, NULL, sim_dim_name(d));
        }
    }
    jw_end(j);
}

void jw_reason(struct json *j, unsigned reason, unsigned dim)
{
    const struct sim_reason_info *info = sim_reason_info(reason);
    jw_text(j, "reason", reason_code(reason));
    jw_text(j, "stage", info != NULL ? sim_stage_name(info->stage) : NULL);
    jw_text(j, "permanence", info != NULL ? sim_permanence_name(info->permanence) : NULL);
    jw_dims(j, "dims", cause_dims(reason, dim));
}

void jw_task(struct json *j, const char *key, const struct book *b, sim_task task)
{
    char buf[NAME_BUF];
    jw_text(j, key, task == SIM_NONE ? NULL : task_name(b, task, buf));
}

void jw_machine(struct json *j, const char *key, const struct book *b, sim_machine m)
{
    char buf[NAME_BUF];
    jw_text(j, key, m == SIM_NONE ? NULL : machine_name(b, m, buf));
}

void jw_time(struct json *j, const char *key, sim_time us)
{
    if (us == SIM_NEVER) {
        jw_null(j, key);
    } else {
        jw_int(j, key, us);
    }
}
