/* formats.c - simctl formats: what can be read, and how each file looks. */
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/listing.h"

#define FORMATS_MAX 64

static const char *roles(const struct sim_format *f)
{
    const uint32_t both = SIM_ROLE_TRACE | SIM_ROLE_CLUSTER;
    if ((f->roles & both) == both)
        return "trace and cluster";
    return f->roles & SIM_ROLE_TRACE ? "trace" : "cluster";
}

static const char *severity(enum sim_severity s)
{
    return s == SIM_NOTE ? "note" : s == SIM_REPAIR ? "repair" : "error";
}

static void show_list(const struct cli *c)
{
    const struct sim_format *f;
    char text[400];
    for (size_t i = 0; (f = sim_format_at(i)) != NULL; i++) {
        snprintf(text, sizeof text, "%s (%s)", f->summary, roles(f));
        listing_row(c->out, f->name, text, 16);
    }
    cli_note(c, "next: simctl formats NAME");
}

static void indented(FILE *to, const char *text)
{
    while (text != NULL && *text != 0) {
        const size_t len = strcspn(text, "\n");
        fprintf(to, "%s%.*s\n", len > 0 ? "  " : "", (int)len, text);
        text += len + (text[len] != 0);
    }
}

static void show_one(const struct cli *c, const struct sim_format *f)
{
    fprintf(c->out, "%s: %s\nread as %s; source: %s\n\n", f->name, f->summary, roles(f), f->source);
    indented(c->out, f->schema);
    fprintf(c->out, "\nexample:\n");
    indented(c->out, f->example);
    if (f->options != NULL && f->options->key != NULL) {
        fprintf(c->out, "\noptions:\n");
        listing_options(c->out, f->options);
    }
    if (f->findings != NULL && f->findings->id != NULL)
        fprintf(c->out, "\nwhat is counted:\n");
    for (const struct sim_finding_kind *k = f->findings; k != NULL && k->id != NULL; k++) {
        char text[400];
        snprintf(text, sizeof text, "%s: %s", severity(k->severity), k->statement);
        listing_row(c->out, k->id, text, 32);
    }
}

static void json_findings(struct json *j, const struct sim_finding_kind *kinds)
{
    jw_array(j, "findings");
    for (const struct sim_finding_kind *k = kinds; k != NULL && k->id != NULL; k++) {
        jw_object(j, NULL);
        jw_text(j, "id", k->id);
        jw_text(j, "severity", severity(k->severity));
        jw_text(j, "statement", k->statement);
        jw_end(j);
    }
    jw_end(j);
}

static void show_json(const struct cli *c, const char *asked)
{
    struct json j;
    const struct sim_format *f;
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_array(&j, "formats");
    for (size_t i = 0; (f = sim_format_at(i)) != NULL; i++) {
        if (asked != NULL && strcmp(asked, f->name) != 0)
            continue;
        jw_object(&j, NULL);
        jw_text(&j, "name", f->name);
        jw_text(&j, "summary", f->summary);
        jw_text(&j, "source", f->source);
        jw_bool(&j, "trace", (f->roles & SIM_ROLE_TRACE) != 0);
        jw_bool(&j, "cluster", (f->roles & SIM_ROLE_CLUSTER) != 0);
        jw_text(&j, "schema", f->schema);
        jw_text(&j, "example", f->example);
        listing_options_json(&j, "options", f->options);
        json_findings(&j, f->findings);
        jw_end(&j);
    }
    jw_end(&j);
    jw_end(&j);
}

static int unknown(const struct cli *c, const char *asked)
{
    const char *names[FORMATS_MAX];
    size_t n = 0;
    const struct sim_format *f;
    for (size_t i = 0; n < FORMATS_MAX && (f = sim_format_at(i)) != NULL; i++)
        names[n++] = f->name;
    struct sim_diag diag = {0};
    const char *near = sim_nearest(asked, names, n);
    if (near != NULL)
        sim_hint(&diag, "did you mean '%s'?", near);
    else
        sim_hint(&diag, "simctl formats lists them");
    sim_fail(&diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "unknown format '%s'", asked);
    return cli_fail(c, &diag);
}

static int run(struct cli *c)
{
    const char *asked = c->argument_count > 0 ? c->arguments[0] : NULL;
    if (asked != NULL && sim_format_find(asked) == NULL)
        return unknown(c, asked);
    if (c->json)
        show_json(c, asked);
    else if (asked == NULL)
        show_list(c);
    else
        show_one(c, sim_format_find(asked));
    return 0;
}

const struct command sim_command_formats = {
    .name = "formats",
    .summary = "list the formats of traces and clusters, with schema and example",
    .usage = "[NAME]",
    .examples = "simctl formats\nsimctl formats swf\nsimctl formats --json\n",
    .max_arguments = 1,
    .run = run,
};
