/* config.c - simctl config show: every key with its value, and who set it where. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "cli/listing.h"
#include "cli/sources.h"

static const struct flag flags[] = {
    SOURCES_FLAGS,
    {"origin", 0, NULL, "say who set each value: default, preset, file, environment, flag", false},
    FLAG_END};

static const char *place(const struct sim_setting *row, char *buf, size_t size)
{
    buf[0] = 0;
    if (row->where.path != NULL)
        snprintf(buf, size, "%s:%" PRIu64 ":%" PRIu32, row->where.path, row->where.line,
                 row->where.column);
    return buf;
}

static void show_json(const struct cli *c, const struct setup *s)
{
    struct json j;
    struct sim_setting row;
    char where[512];
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_array(&j, "settings");
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++) {
        jw_object(&j, NULL);
        jw_text(&j, "key", row.option->key);
        jw_text(&j, "value", row.text);
        jw_text(&j, "type", listing_type(row.option->type));
        jw_text(&j, "default", row.option->otherwise);
        jw_text(&j, "origin", sim_origin_name(row.origin));
        jw_text(&j, "where", place(&row, where, sizeof where)[0] != 0 ? where : NULL);
        jw_text(&j, "help", row.option->help);
        jw_end(&j);
    }
    jw_end(&j);
    jw_end(&j);
}

static void show_text(const struct cli *c, const struct setup *s, bool origin)
{
    struct sim_setting row;
    char text[600], where[512];
    for (size_t i = 0; sim_settings_at(s->settings, i, &row); i++) {
        snprintf(text, sizeof text, "%s: %s", row.option->key,
                 row.text[0] != 0 ? row.text : "\"\"");
        place(&row, where, sizeof where);
        if (!origin)
            fprintf(c->out, "%s\n", text);
        else
            fprintf(c->out, "%-40s # %s%s%s\n", text, sim_origin_name(row.origin),
                    where[0] != 0 ? " " : "", where);
    }
}

static int run(struct cli *c)
{
    struct setup s;
    if (strcmp(c->arguments[0], "show") != 0) {
        struct sim_diag diag = {0};
        sim_hint(&diag, "simctl config show [CONFIG.yaml]");
        sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE, "unknown action '%s'", c->arguments[0]);
        return cli_fail(c, &diag);
    }
    const int status = sources_resolve(c, c->argument_count > 1 ? c->arguments[1] : NULL, &s);
    if (status == 0 && c->json)
        show_json(c, &s);
    else if (status == 0)
        show_text(c, &s, cli_flag(c, "origin") != NULL);
    setup_fini(&s);
    return status;
}

const struct command sim_command_config = {
    .name = "config",
    .summary = "print every setting of a run, and where it comes from",
    .usage = "show [CONFIG.yaml] [--origin] [FLAGS of run]",
    .examples = "simctl config show study.yaml --origin\n"
                "simctl config show --trace swf:LOG.swf --policy fcfs --json\n",
    .details = "Takes the same file and flags as `simctl run`, and runs nothing.\n",
    .flags = flags,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run,
};
