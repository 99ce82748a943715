/* reasons.c - simctl reasons: the frozen tables that recorded decisions refer to. */
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/listing.h"

#define ROWS_MAX 128
#define HELP_COLUMN 39

enum kind { REASON, FAIL_BIT, EVICTION, DOUBT, KINDS };
static const struct {
    const char *key, *title;
} kinds[KINDS] = {
    [REASON] = {"reasons", "reasons of a decision: number, name, stage, what could end the wait"},
    [FAIL_BIT] = {"fail_bits",
                  "bits of a fail mask, what a machine lacks: bit, name, what could end it"},
    [EVICTION] = {"evictions", "causes of an eviction: number, name"},
    [DOUBT] = {"doubts", "why a promised start could not be kept: number, name"},
};

struct row {
    enum kind kind;
    unsigned number;
    const char *name, *code, *stage, *ends; /* Except number and name, NULL where there is none. */
    const char *help;
};

static unsigned bit_number(uint32_t mask)
{
    unsigned n = 0;
    while (n < 31 && !(mask >> n & 1u))
        n++;
    return n;
}

/* All rows of the tables, or those of one name. */
static size_t collect(const char *asked, struct row *rows)
{
    static const struct row evictions[] = {
#define XX(code, number, name, help) {EVICTION, number, name, #code, NULL, NULL, help},
        SIM_EVICT_MAP(XX)
#undef XX
    };
    static const struct row doubts[] = {
#define XX(code, number, name, help) {DOUBT, number, name, #code, NULL, NULL, help},
        SIM_DOUBT_MAP(XX)
#undef XX
    };
    struct row all[ROWS_MAX];
    size_t n = 0, kept = 0;
    const struct sim_reason_info *r;
    for (size_t i = 0; n < ROWS_MAX && (r = sim_reason_at(i)) != NULL; i++)
        all[n++] =
            (struct row){REASON,  (unsigned)r->reason,      r->name,
                         r->code, sim_stage_name(r->stage), sim_permanence_name(r->permanence),
                         r->help};
    const struct sim_fail_info *f;
    for (size_t i = 0; n < ROWS_MAX && (f = sim_fail_at(i)) != NULL; i++)
        all[n++] = (struct row){
            FAIL_BIT, bit_number(f->bit), f->name, f->code, NULL, f->is_static ? "never" : "load",
            f->help};
    for (size_t i = 0; n < ROWS_MAX && i < sizeof evictions / sizeof evictions[0]; i++)
        all[n++] = evictions[i];
    for (size_t i = 0; n < ROWS_MAX && i < sizeof doubts / sizeof doubts[0]; i++)
        all[n++] = doubts[i];
    for (size_t i = 0; i < n; i++)
        if (asked == NULL || strcmp(all[i].name, asked) == 0 || strcmp(all[i].code, asked) == 0)
            rows[kept++] = all[i];
    return kept;
}

static void show_text(FILE *to, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || rows[i].kind != rows[i - 1].kind)
            fprintf(to, "%s%s\n", i > 0 ? "\n" : "", kinds[rows[i].kind].title);
        char name[80];
        snprintf(name, sizeof name, "%3u  %-16s %-6s %-5s", rows[i].number, rows[i].name,
                 rows[i].stage != NULL ? rows[i].stage : "",
                 rows[i].ends != NULL ? rows[i].ends : "");
        listing_row(to, name, rows[i].help, HELP_COLUMN);
    }
}

static void show_json(FILE *to, const struct row *rows, size_t n)
{
    struct json j;
    jw_begin(&j, to, false);
    jw_object(&j, NULL);
    for (int kind = 0; kind < KINDS; kind++) {
        jw_array(&j, kinds[kind].key);
        for (size_t i = 0; i < n; i++) {
            if ((int)rows[i].kind != kind)
                continue;
            jw_object(&j, NULL);
            jw_uint(&j, kind == FAIL_BIT ? "bit" : "number", rows[i].number);
            jw_text(&j, "code", rows[i].code);
            jw_text(&j, "name", rows[i].name);
            if (rows[i].stage != NULL)
                jw_text(&j, "stage", rows[i].stage);
            if (rows[i].ends != NULL)
                jw_text(&j, "ends_with", rows[i].ends);
            jw_text(&j, "help", rows[i].help);
            jw_end(&j);
        }
        jw_end(&j);
    }
    jw_end(&j);
}

static int unknown(const struct cli *c, const char *asked)
{
    struct row rows[ROWS_MAX];
    const char *names[ROWS_MAX];
    const size_t n = collect(NULL, rows);
    for (size_t i = 0; i < n; i++)
        names[i] = rows[i].name;
    struct sim_diag diag = {0};
    const char *near = sim_nearest(asked, names, n);
    if (near != NULL)
        sim_hint(&diag, "did you mean '%s'?", near);
    else
        sim_hint(&diag, "simctl reasons lists them");
    sim_fail(&diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "unknown reason '%s'", asked);
    return cli_fail(c, &diag);
}

static int run(struct cli *c)
{
    struct row rows[ROWS_MAX];
    const char *asked = c->argument_count > 0 ? c->arguments[0] : NULL;
    const size_t n = collect(asked, rows);
    if (n == 0)
        return unknown(c, asked);
    if (c->json)
        show_json(c->out, rows, n);
    else
        show_text(c->out, rows, n);
    return 0;
}

const struct command sim_command_reasons = {
    .name = "reasons",
    .summary = "list why decisions come out as they do, and what machines may lack",
    .usage = "[NAME]",
    .examples = "simctl reasons\nsimctl reasons fragmented\nsimctl reasons --json\n",
    .details = "Numbers are frozen: a run recorded by any version means the same.\n",
    .max_arguments = 1,
    .run = run,
};
