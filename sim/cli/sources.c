/* sources.c - from the flags of a command line to a resolved run. */
#include "cli/sources.h"

#include "base/mem.h"
#include "base/sort.h"
#include "cli/cli.h"

struct reporter {
    struct sim_diag *told;
    size_t count, cap;
};

static void report(void *self, const struct sim_diag *diag)
{
    struct reporter *r = self;
    MEM_GROW(r->told, r->cap, r->count + 1);
    r->told[r->count++] = *diag;
}

/* In the order of the file, as a reader goes through it; what has no place comes first. */
static int by_line(const void *a, const void *b, void *ctx)
{
    const struct sim_diag *x = a, *y = b;
    (void)ctx;
    return (x->line > y->line) - (x->line < y->line);
}

static void print_all(const struct cli *c, struct reporter *r)
{
    sort_stable(r->told, r->count, sizeof *r->told, by_line, NULL);
    for (size_t i = 0; i < r->count; i++)
        cli_fail(c, &r->told[i]);
    if (r->count > 1)
        cli_note(c, "%zu errors; nothing was run", r->count);
}

int sources_resolve(const struct cli *c, const char *config, struct setup *s)
{
    struct reporter r = {0};
    struct setup_sources from = {
        .config = config,
        .trace = cli_flag(c, "trace"),
        .cluster = cli_flag(c, "cluster"),
        .policy = cli_flag(c, "policy"),
        .seed = cli_flag(c, "seed"),
        .bad_rows = cli_flag(c, "bad-rows"),
        .report = report,
        .self = &r,
    };
    const char **sets = MEM_NEW(const char *, c->flag_count + 1);
    while ((sets[from.set_count] = cli_flag_at(c, "set", from.set_count)) != NULL)
        from.set_count++;
    from.sets = sets;
    struct sim_diag diag = {0};
    const bool ok = setup_resolve(s, &from, &diag);
    mem_free(sets);
    print_all(c, &r);
    mem_free(r.told);
    return ok ? 0 : sim_err_exit(diag.err);
}
