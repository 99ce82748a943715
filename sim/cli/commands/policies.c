/* policies.c - simctl policies: presets, placement policies and schedulers, with all parameters. */
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "cli/setup.h"

#define NAMES_MAX 256
#define SUMMARY_COLUMN 20

struct names { /* What an asked name stands for; it may be several things at once. */
    const struct sim_preset *preset;
    const struct sim_policy *policy;
    const struct sim_scheduler *scheduler;
};

static struct names find(const char *name)
{
    return (struct names){sim_preset_find(name), sim_policy_find(name), sim_scheduler_find(name)};
}

/* ---- text ----------------------------------------------------------------------------------- */

static void show_list(const struct cli *c)
{
    fprintf(c->out, "presets: a scheduler and a placement policy with all parameters\n");
    const struct sim_preset *preset;
    for (size_t i = 0; (preset = sim_preset_at(i)) != NULL; i++)
        listing_row(c->out, preset->name, preset->summary, SUMMARY_COLUMN);
    fprintf(c->out, "\nplacement policies: which machine\n");
    const struct sim_policy *policy;
    for (size_t i = 0; (policy = sim_policy_at(i)) != NULL; i++)
        listing_row(c->out, policy->name, policy->summary, SUMMARY_COLUMN);
    fprintf(c->out, "\nschedulers: which task is tried when\n");
    const struct sim_scheduler *scheduler;
    for (size_t i = 0; (scheduler = sim_scheduler_at(i)) != NULL; i++)
        listing_row(c->out, scheduler->name, scheduler->summary, SUMMARY_COLUMN);
    cli_note(c, "next: simctl policies NAME | simctl run --policy NAME");
}

static void show_options(FILE *to, const struct sim_option *rows)
{
    if (rows == NULL || rows->key == NULL) {
        fprintf(to, "  no parameters\n");
        return;
    }
    listing_options(to, rows);
}

static const char *scope(const struct sim_policy *p)
{
    if (p->examine == SIM_EXAMINE_FIRST)
        return "examines machines in id order up to the first that fits";
    if (p->examine == SIM_EXAMINE_DRAW)
        return "draws machines at random until one fits";
    return p->scope == SIM_SCOPE_MACHINE ? "examines every machine; scores are cached exactly"
                                         : "examines every machine for every decision";
}

static void show_one(FILE *to, struct names n)
{
    if (n.policy != NULL) {
        fprintf(to, "%s: placement policy, %s\n  source: %s\n  %s; ties: %s\n", n.policy->name,
                n.policy->summary, n.policy->source, scope(n.policy),
                n.policy->tie != NULL ? n.policy->tie : "lowest-id");
        show_options(to, n.policy->options);
    }
    if (n.scheduler != NULL) {
        fprintf(to, "%s: scheduler, %s\n  source: %s\n", n.scheduler->name, n.scheduler->summary,
                n.scheduler->source);
        show_options(to, n.scheduler->options);
    }
    if (n.preset != NULL) {
        fprintf(to, "%s: preset, %s\n  source: %s\n  scheduler %s, placement policy %s\n",
                n.preset->name, n.preset->summary, n.preset->source, n.preset->scheduler,
                n.preset->policy);
        for (size_t i = 0; n.preset->settings != NULL && n.preset->settings[i] != NULL; i++)
            fprintf(to, "  %s\n", n.preset->settings[i]);
    }
}

/* ---- the composition of a preset, or of a policy under the default scheduler ---------------- */

/* Every parameter in force with its origin: the preset's settings over the defaults. */
static struct sim_settings *compose(struct names n)
{
    struct sim_settings *s = sim_settings_create();
    const struct sim_policy *policy =
        n.preset != NULL ? sim_policy_find(n.preset->policy) : n.policy;
    const struct sim_scheduler *scheduler =
        n.preset != NULL ? sim_scheduler_find(n.preset->scheduler) : setup_default_scheduler();
    sim_settings_declare(s, sim_run_options());
    if (scheduler->options != NULL)
        sim_settings_declare(s, scheduler->options);
    if (policy->options != NULL)
        sim_settings_declare(s, policy->options);
    setup_apply_preset(s, n.preset);
    return s;
}

static void show_composition(const struct cli *c, const char *name, struct names n)
{
    struct sim_settings *s = compose(n);
    struct sim_setting row;
    fprintf(c->out, "# %s: %s\n", name, n.preset != NULL ? n.preset->summary : n.policy->summary);
    fprintf(c->out, "policy: %s\nscheduler: %s\n",
            n.preset != NULL ? n.preset->policy : n.policy->name,
            n.preset != NULL ? n.preset->scheduler : setup_default_scheduler()->name);
    for (size_t i = 0; sim_settings_at(s, i, &row); i++)
        fprintf(c->out, "%s: %s%s\n", row.option->key, row.text[0] != 0 ? row.text : "\"\"",
                row.origin == SIM_FROM_PRESET ? "  # preset" : "");
    sim_settings_destroy(s);
}

static void json_composition(const struct cli *c, const char *name, struct names n)
{
    struct sim_settings *s = compose(n);
    struct sim_setting row;
    struct json j;
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    jw_text(&j, "name", name);
    jw_text(&j, "policy", n.preset != NULL ? n.preset->policy : n.policy->name);
    jw_text(&j, "scheduler",
            n.preset != NULL ? n.preset->scheduler : setup_default_scheduler()->name);
    jw_object(&j, "settings");
    for (size_t i = 0; sim_settings_at(s, i, &row); i++)
        jw_text(&j, row.option->key, row.text);
    jw_end(&j);
    jw_end(&j);
    sim_settings_destroy(s);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static bool wanted(const char *asked, const char *name)
{
    return asked == NULL || strcmp(asked, name) == 0;
}

static void json_head(struct json *j, const char *name, const char *summary, const char *source)
{
    jw_object(j, NULL);
    jw_text(j, "name", name);
    jw_text(j, "summary", summary);
    jw_text(j, "source", source);
}

static void json_presets(struct json *j, const char *asked)
{
    const struct sim_preset *p;
    jw_array(j, "presets");
    for (size_t i = 0; (p = sim_preset_at(i)) != NULL; i++) {
        if (!wanted(asked, p->name))
            continue;
        json_head(j, p->name, p->summary, p->source);
        jw_text(j, "scheduler", p->scheduler);
        jw_text(j, "policy", p->policy);
        jw_array(j, "settings");
        for (size_t k = 0; p->settings != NULL && p->settings[k] != NULL; k++)
            jw_text(j, NULL, p->settings[k]);
        jw_end(j);
        jw_end(j);
    }
    jw_end(j);
}

static void show_json(const struct cli *c, const char *asked)
{
    struct json j;
    jw_begin(&j, c->out, false);
    jw_object(&j, NULL);
    json_presets(&j, asked);
    jw_array(&j, "policies");
    const struct sim_policy *p;
    for (size_t i = 0; (p = sim_policy_at(i)) != NULL; i++) {
        if (!wanted(asked, p->name))
            continue;
        json_head(&j, p->name, p->summary, p->source);
        jw_text(&j, "tie", p->tie != NULL ? p->tie : "lowest-id");
        listing_options_json(&j, "options", p->options);
        jw_end(&j);
    }
    jw_end(&j);
    jw_array(&j, "schedulers");
    const struct sim_scheduler *s;
    for (size_t i = 0; (s = sim_scheduler_at(i)) != NULL; i++) {
        if (!wanted(asked, s->name))
            continue;
        json_head(&j, s->name, s->summary, s->source);
        listing_options_json(&j, "options", s->options);
        jw_end(&j);
    }
    jw_end(&j);
    jw_end(&j);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int unknown(const struct cli *c, const char *asked)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    const struct sim_preset *preset;
    for (size_t i = 0; n < NAMES_MAX && (preset = sim_preset_at(i)) != NULL; i++)
        names[n++] = preset->name;
    const struct sim_policy *policy;
    for (size_t i = 0; n < NAMES_MAX && (policy = sim_policy_at(i)) != NULL; i++)
        names[n++] = policy->name;
    const struct sim_scheduler *scheduler;
    for (size_t i = 0; n < NAMES_MAX && (scheduler = sim_scheduler_at(i)) != NULL; i++)
        names[n++] = scheduler->name;
    struct sim_diag diag = {0};
    const char *near = sim_nearest(asked, names, n);
    if (near != NULL)
        sim_hint(&diag, "did you mean '%s'?", near);
    else
        sim_hint(&diag, "simctl policies lists them");
    sim_fail(&diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "unknown policy '%s'", asked);
    return cli_fail(c, &diag);
}

static int run(struct cli *c)
{
    const bool whole = c->argument_count > 0 && strcmp(c->arguments[0], "show") == 0;
    const char *asked = c->argument_count > whole ? c->arguments[whole] : NULL;
    const struct names n = asked != NULL ? find(asked) : (struct names){0};
    if (whole && asked == NULL) {
        struct sim_diag diag = {0};
        sim_fail(&diag, SIM_ERR_USAGE, SIM_NOWHERE,
                 "policies show needs the name of a preset or policy");
        return cli_fail(c, &diag);
    }
    if (asked != NULL && n.preset == NULL && n.policy == NULL && (whole || n.scheduler == NULL))
        return unknown(c, asked);
    if (whole && c->json)
        json_composition(c, asked, n);
    else if (whole)
        show_composition(c, asked, n);
    else if (c->json)
        show_json(c, asked);
    else if (asked != NULL)
        show_one(c->out, n);
    else
        show_list(c);
    return 0;
}

const struct command sim_command_policies = {
    .name = "policies",
    .summary = "list presets, placement policies and schedulers, with their parameters",
    .usage = "[[show] NAME]",
    .examples = "simctl policies\nsimctl policies fgd\nsimctl policies show fcfs\n",
    .details = "With `show`, prints every setting of a preset as lines of a configuration file.\n",
    .max_arguments = 2,
    .run = run,
};
