/* help.c - simctl help: the same text as --help, the keys of all options, or the man page. */
#include <string.h>

#include "cli/cli.h"

static const struct flag flags[] = {
    {"man", 0, NULL, "the whole manual as a man page in roff", false}, FLAG_END};

static int unknown(const struct cli *c, const char *topic)
{
    const char *names[64] = {"options"};
    size_t n = 1;
    const struct command *cmd;
    for (; n < 64 && (cmd = sim_command_at(n - 1)) != NULL; n++)
        names[n] = cmd->name;
    struct sim_diag diag = {0};
    const char *near = sim_nearest(topic, names, n);
    if (near != NULL)
        sim_hint(&diag, "did you mean simctl help %s?", near);
    else
        sim_hint(&diag, "simctl help lists the commands; simctl help options the options");
    sim_fail(&diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "there is no help on '%s'", topic);
    return cli_fail(c, &diag);
}

static int run(struct cli *c)
{
    if (cli_flag(c, "man") != NULL) {
        manpage_print(c->out);
        return 0;
    }
    const char *topic = c->argument_count > 0 ? c->arguments[0] : NULL;
    const struct command *cmd = topic != NULL ? sim_command_find(topic) : NULL;
    if (topic != NULL && strcmp(topic, "options") == 0)
        usage_options(c->out, c->colour);
    else if (topic != NULL && cmd == NULL)
        return unknown(c, topic);
    else
        usage_print(cmd, c->out, c->colour);
    return 0;
}

const struct command sim_command_help = {
    .name = "help",
    .summary = "explain a command, or list the options",
    .usage = "[COMMAND | options] [--man]",
    .examples = "simctl help run\nsimctl help options\nsimctl help --man | man -l -\n",
    .flags = flags,
    .max_arguments = 1,
    .run = run,
};
