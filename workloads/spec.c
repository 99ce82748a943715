/* spec.c - a cluster written on the command line: "100x32,128GiB+4x64,512GiB,8:A100".
 *
 * For experiments that need machines, not a file of machines. Only what such a line can say well:
 * count, cores, memory, GPUs and their model.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "workloads/lib/rows.h"
#include "workloads/lib/table.h"

#define GROUPS_MAX 64
#define MACHINES_MAX 1000000

static const struct sim_finding_kind kinds[] = {{NULL, SIM_NOTE, NULL}};

struct group {
    uint32_t count;
    struct sim_resources capacity;
    uint32_t gpus;
    struct sim_label model; /* Value empty = none. */
};

struct spec {
    char *text;
    struct group group[GROUPS_MAX];
    uint32_t groups;
    uint32_t at, copy; /* Next group, and next machine of it. */
    uint32_t machines; /* Delivered so far. */
    char name[16];
};

/* What is being read, for messages. */
struct reading {
    const char *text;
    struct sim_diag *diag;
};

static bool refuse(const struct reading *r, struct sim_text at, enum sim_err err,
                   const char *expected)
{
    const struct sim_where where = {r->text, 1, (uint32_t)(at.at - r->text) + 1};
    sim_hint(r->diag, "for instance spec:100x32,128GiB or spec:4x64,512GiB,8:A100+20x16,64GiB");
    if (at.len == 0)
        return sim_fail(r->diag, err, where, "the text ends here; expected %s", expected);
    return sim_fail(r->diag, err, where, "'%.*s' is not %s", at.len < 40 ? (int)at.len : 40, at.at,
                    expected);
}

/* The part before the first `separator`; *rest becomes what follows it, or an empty text behind the
 * end. */
static struct sim_text take(struct sim_text *rest, char separator)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->at, separator, rest->len);
    const uint32_t len = end == NULL ? rest->len : (uint32_t)(end - rest->at);
    const struct sim_text part = {rest->at, len};
    const uint32_t used = end == NULL ? len : len + 1;
    rest->at += used;
    rest->len -= used;
    return part;
}

static bool read_gpus(struct sim_text text, struct group *g, const struct reading *r)
{
    struct sim_text rest = text;
    const struct sim_text number = take(&rest, ':');
    int64_t gpus;
    if (decimal_int(number, &gpus) != DECIMAL_OK || gpus < 0 || gpus > SIM_DEVICES_MAX) {
        return refuse(r, number, SIM_ERR_FORMAT, "a number of GPUs from 0 to 16");
    }
    if (number.len < text.len && (rest.len == 0 || rest.len > SIM_NAME_MAX)) {
        return refuse(r, text, SIM_ERR_FORMAT, "GPUs:MODEL, such as 8:A100");
    }
    g->gpus = (uint32_t)gpus;
    g->capacity.v[SIM_GPU] = gpus * SIM_DEVICE_MILLI;
    g->model = (struct sim_label){text_of("gpu"), rest};
    return true;
}

static bool read_amount(struct sim_text text, cell_parse *parse, int64_t *out)
{
    return parse(text, DECIMAL_DOWN, out) == DECIMAL_OK && *out > 0 && *out <= CELL_MAX;
}

static bool read_group(struct sim_text text, struct group *g, const struct reading *r)
{
    struct sim_text rest = text;
    const struct sim_text count_text = take(&rest, 'x');
    const struct sim_text cpu = take(&rest, ',');
    const struct sim_text memory = take(&rest, ',');
    int64_t count;
    if (decimal_int(count_text, &count) != DECIMAL_OK || count < 1 || count > MACHINES_MAX) {
        return refuse(r, count_text, SIM_ERR_FORMAT, "a number of machines from 1 to 1000000");
    }
    if (!read_amount(cpu, cell_cpu, &g->capacity.v[SIM_CPU])) {
        return refuse(r, cpu, SIM_ERR_FORMAT,
                      "a number of cores from 0.001 to 2305843009213693, such as 32");
    }
    if (!read_amount(memory, cell_bytes, &g->capacity.v[SIM_MEMORY])) {
        return refuse(r, memory, SIM_ERR_FORMAT,
                      "a size of memory from 1B to 2048PiB, such as 128GiB");
    }
    g->count = (uint32_t)count;
    return rest.len == 0 || read_gpus(rest, g, r);
}

static bool spec_open(void *state, const struct sim_open_args *args, struct sim_trace_info *info,
                      struct sim_diag *diag)
{
    struct spec *s = state;
    s->text = mem_text(args->path, strlen(args->path));
    units_standard(&info->units);
    info->end_us = SIM_NEVER;
    const struct reading r = {s->text, diag};
    struct sim_text rest = text_of(s->text);
    uint64_t machines = 0;
    do {
        if (s->groups == GROUPS_MAX) {
            return refuse(&r, rest, SIM_ERR_LIMIT, "within the limit of 64 groups");
        }
        const struct sim_text part = take(&rest, '+');
        struct group *g = &s->group[s->groups++];
        if (!read_group(part, g, &r)) {
            return false;
        }
        machines += g->count;
        if (machines > MACHINES_MAX) {
            return refuse(&r, part, SIM_ERR_LIMIT, "within the limit of 1000000 machines");
        }
    } while (rest.at[-1] == '+');
    return true;
}

static enum sim_next spec_next(void *state, struct sim_input *out, struct sim_trace_info *info,
                               struct sim_diag *diag)
{
    struct spec *s = state;
    (void)info;
    (void)diag;
    if (s->at < s->groups && s->copy == s->group[s->at].count) {
        s->copy = 0;
        s->at++;
    }
    if (s->at == s->groups) {
        return SIM_NEXT_END;
    }
    const struct group *g = &s->group[s->at];
    (void)snprintf(s->name, sizeof s->name, "m%" PRIu32, s->machines++);
    s->copy++;
    *out = (struct sim_input){
        .kind = SIM_IN_MACHINE_ADD,
        .u.machine = {.name = text_of(s->name),
                      .capacity = g->capacity,
                      .gpu_count = g->gpus,
                      .labels = &g->model,
                      .label_count = g->model.value.len != 0},
    };
    return SIM_NEXT_ITEM;
}

static void spec_close(void *state)
{
    struct spec *s = state;
    mem_free(s->text);
}

/* A path that begins like "100x32". */
static int spec_probe(const char *path, const char *head, size_t n)
{
    (void)head;
    const size_t digits = strspn(path, "0123456789");
    const bool ours =
        digits != 0 && path[digits] == 'x' && path[digits + 1] >= '0' && path[digits + 1] <= '9';
    return ours && n == 0 ? 100 : 0;
}

const struct sim_format sim_format_spec = {
    .abi = SIM_FORMAT_ABI,
    .name = "spec",
    .summary = "a cluster written on the command line: 100x32,128GiB",
    .source = "workloads/README.md",
    .roles = SIM_ROLE_CLUSTER,
    .schema =
        "COUNTxCORES,MEMORY[,GPUS[:MODEL]], groups joined by +. Cores may be decimal (0.5) or\n"
        "milli-cores (500m); memory is bytes or has a unit (128GiB, 500MB). MODEL becomes the\n"
        "label gpu. The machines are m0, m1, ... and are there from time 0.\n",
    .example = "100x32,128GiB\n"
               "4x64,512GiB,8:A100+20x16,64GiB\n",
    .findings = kinds,
    .state_bytes = sizeof(struct spec),
    .probe = spec_probe,
    .open = spec_open,
    .next = spec_next,
    .close = spec_close,
};
