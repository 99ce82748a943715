/* completion.c - simctl completion: scripts for shells. */
#include "cli/cli.h"

static int run(struct cli *c)
{
    if (completion_print(c->arguments[0], c->out))
        return 0;
    struct sim_diag diag = {0};
    sim_hint(&diag, "bash, zsh or fish");
    sim_fail(&diag, SIM_ERR_UNKNOWN, SIM_NOWHERE, "unknown shell '%s'", c->arguments[0]);
    return cli_fail(c, &diag);
}

const struct command sim_command_completion = {
    .name = "completion",
    .summary = "print a completion script for bash, zsh or fish",
    .usage = "bash|zsh|fish",
    .examples = "source <(simctl completion bash)\n"
                "simctl completion fish > ~/.config/fish/completions/simctl.fish\n",
    .details = "Completes commands, flags, and the names of policies, formats and tables.\n",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
