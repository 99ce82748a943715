/* completion.c - shell completion scripts from the tables: commands, flags, and the names that some
 * flags and commands take. The scripts are static text, so that completing never starts a run. */
#include <string.h>

#include "cli/cli.h"

/* ---- names that a flag or a command takes --------------------------------------------------- */

static void policy_names(FILE *to)
{
    const struct sim_preset *preset;
    for (size_t i = 0; (preset = sim_preset_at(i)) != NULL; i++)
        fprintf(to, "%s ", preset->name);
    const struct sim_policy *policy;
    for (size_t i = 0; (policy = sim_policy_at(i)) != NULL; i++)
        if (sim_preset_find(policy->name) == NULL)
            fprintf(to, "%s ", policy->name);
}

static void format_names(FILE *to, const char *colon, uint32_t roles)
{
    const struct sim_format *format;
    for (size_t i = 0; (format = sim_format_at(i)) != NULL; i++)
        if (format->roles & roles)
            fprintf(to, "%s%s ", format->name, colon);
}

static void reason_names(FILE *to)
{
    const struct sim_reason_info *reason;
    for (size_t i = 0; (reason = sim_reason_at(i)) != NULL; i++)
        fprintf(to, "%s ", reason->name);
}

static void table_names(FILE *to)
{
    for (int t = 0; t < SIM_TABLE_COUNT; t++)
        fprintf(to, "%s ", sim_table_info((enum sim_table)t)->name);
}

static void command_names(FILE *to, const char *separator)
{
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++)
        fprintf(to, "%s%s", i > 0 ? separator : "", cmd->name);
}

/* Words for the value of a flag, each followed by a blank; false = a file or free text. */
static bool flag_words(FILE *to, const struct flag *f)
{
    if (strcmp(f->name, "policy") == 0)
        policy_names(to);
    else if (strcmp(f->name, "trace") == 0)
        format_names(to, ":", SIM_ROLE_TRACE);
    else if (strcmp(f->name, "cluster") == 0)
        format_names(to, ":", SIM_ROLE_CLUSTER);
    else if (strcmp(f->name, "table") == 0)
        table_names(to);
    else if (strcmp(f->name, "bad-rows") == 0)
        fputs("fail skip repair ", to);
    else if (strcmp(f->name, "color") == 0)
        fputs("auto always never ", to);
    else
        return false;
    return true;
}

/* No file can be meant. */
static bool is_closed(const struct flag *f)
{
    static const char *const names[] = {"policy", "table", "bad-rows", "color", "seed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}

/* Words for the arguments of a command. */
static bool argument_words(FILE *to, const struct command *cmd)
{
    if (strcmp(cmd->name, "policies") == 0)
        policy_names(to);
    else if (strcmp(cmd->name, "formats") == 0)
        format_names(to, "", SIM_ROLE_TRACE | SIM_ROLE_CLUSTER);
    else if (strcmp(cmd->name, "reasons") == 0)
        reason_names(to);
    else if (strcmp(cmd->name, "completion") == 0)
        fputs("bash zsh fish ", to);
    else if (strcmp(cmd->name, "help") == 0)
        command_names(to, " ");
    else
        return false;
    return true;
}

static void quoted(FILE *to, const char *text, const char *special)
{
    for (; *text != 0; text++) {
        if (*text == '\'') {
            fputs("'\\''", to);
            continue;
        }
        if (strchr(special, *text) != NULL)
            putc('\\', to);
        putc(*text, to);
    }
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_flags(FILE *to, const struct flag *table)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        fprintf(to, "--%s ", f->name);
        if (f->letter != 0)
            fprintf(to, "-%c ", f->letter);
    }
}

/* One case per flag name whose values are known; a name means the same in every command. */
static void bash_values(FILE *to)
{
    static const char *const names[] = {"policy", "trace", "cluster", "table", "bad-rows", "color"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct flag f = {names[i], 0, "", "", false};
        fprintf(to, "    --%s) words='", names[i]);
        flag_words(to, &f);
        fputs("' ;;\n", to);
    }
}

static void bash_script(FILE *to)
{
    fputs("# bash completion for simctl; source it, or put it into bash-completion's directory\n"
          "_simctl() {\n"
          "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= words= w\n"
          "  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $w in ",
          to);
    command_names(to, "|");
    fputs(") cmd=$w; break ;; esac\n  done\n  case $prev in\n", to);
    bash_values(to);
    fputs("  esac\n  if [ -z \"$words\" ]; then\n    case $cmd:$cur in\n", to);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fprintf(to, "    %s:-*) words='", cmd->name);
        bash_flags(to, cmd->flags);
        bash_flags(to, cli_global_flags);
        fprintf(to, "' ;;\n    %s:*) words='", cmd->name);
        argument_words(to, cmd);
        fputs("' ;;\n", to);
    }
    fputs("    :-*) words='", to);
    bash_flags(to, cli_global_flags);
    fputs("' ;;\n    :*) words='", to);
    command_names(to, " ");
    fputs("' ;;\n    esac\n  fi\n"
          "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "  case ${COMPREPLY[0]} in *:) compopt -o nospace ;; esac\n"
          "}\n"
          "complete -o bashdefault -o default -F _simctl simctl\n",
          to);
}

/* ---- zsh ------------------------------------------------------------------------------------ */

static void zsh_flag(FILE *to, const struct flag *f, const char *dashes, const char *name)
{
    fprintf(to, " '%s%s%s%s[", f->many ? "*" : "", dashes, name,
            f->value != NULL && dashes[1] != 0 ? "=" : "");
    quoted(to, f->help, "[]:");
    putc(']', to);
    if (f->value != NULL) {
        putc(':', to);
        quoted(to, f->value, "[]:");
        fputs(": _simctl_values ", to); /* The blank: without options of compadd before it. */
        fputs(f->name, to);
    }
    fputs("' \\\n   ", to);
}

static void zsh_flags(FILE *to, const struct flag *table)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        const char letter[] = {f->letter, 0};
        zsh_flag(to, f, "--", f->name);
        if (f->letter != 0)
            zsh_flag(to, f, "-", letter);
    }
}

static void zsh_values(FILE *to)
{
    fputs("_simctl_values() {\n  case $1 in\n", to);
    static const char *const names[] = {"policy", "trace", "cluster", "table", "bad-rows", "color"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct flag f = {names[i], 0, "", "", false};
        fprintf(to, "  %s) compadd %s-- ", names[i], i == 1 || i == 2 ? "-S '' " : "");
        flag_words(to, &f);
        fputs(i == 1 || i == 2 ? "; _files ;;\n" : ";;\n", to);
    }
    fputs("  *) _files ;;\n  esac\n}\n", to);
}

/* Not `cmd`: _arguments has a variable of that name. */
static void zsh_arguments(FILE *to)
{
    fputs("_simctl_arguments() {\n  case $simctl_command in\n", to);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fprintf(to, "  %s) compadd -- ", cmd->name);
        const bool closed = argument_words(to, cmd) || cmd->max_arguments == 0;
        fputs(closed ? ";;\n" : "; _files ;;\n", to);
    }
    fputs("  esac\n}\n", to);
}

static void zsh_script(FILE *to)
{
    fputs("#compdef simctl\n# zsh completion for simctl; put it as _simctl into a directory of "
          "$fpath\n",
          to);
    zsh_values(to);
    zsh_arguments(to);
    fputs("_simctl() {\n  local simctl_command= w\n  local -a names\n  for w in "
          "${words[2,CURRENT-1]}; do\n"
          "    case $w in (",
          to);
    command_names(to, "|");
    fputs(") simctl_command=$w; break ;; esac\n  done\n  case $simctl_command in\n", to);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fprintf(to, "  %s) _arguments", cmd->name);
        zsh_flags(to, cmd->flags);
        zsh_flags(to, cli_global_flags);
        fputs(" '*: :_simctl_arguments' ;;\n", to);
    }
    fputs("  *)\n    names=(", to);
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fprintf(to, "\n      '%s:", cmd->name);
        quoted(to, cmd->summary, ":");
        putc('\'', to);
    }
    fputs(")\n    _describe command names ;;\n  esac\n}\n", to);
    fputs("if [ \"${funcstack[1]}\" = _simctl ]; then _simctl \"$@\"; else compdef _simctl simctl; "
          "fi\n",
          to);
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_flags(FILE *to, const char *cmd, const struct flag *table)
{
    for (const struct flag *f = table; f != NULL && f->name != NULL; f++) {
        fputs("complete -c simctl ", to);
        if (cmd != NULL)
            fprintf(to, "-n '__fish_seen_subcommand_from %s' ", cmd);
        fprintf(to, "-l %s ", f->name);
        if (f->letter != 0)
            fprintf(to, "-s %c ", f->letter);
        if (f->value != NULL) {
            fputs(is_closed(f) ? "-x -a '" : "-r -a '", to);
            flag_words(to, f);
            fputs("' ", to);
        }
        fputs("-d '", to);
        quoted(to, f->help, "");
        fputs("'\n", to);
    }
}

static void fish_script(FILE *to)
{
    fputs("# fish completion for simctl; put it into ~/.config/fish/completions/simctl.fish\n", to);
    const struct command *cmd;
    for (size_t i = 0; (cmd = sim_command_at(i)) != NULL; i++) {
        fprintf(to, "complete -c simctl -f -n __fish_use_subcommand -a %s -d '", cmd->name);
        quoted(to, cmd->summary, "");
        fprintf(to, "'\ncomplete -c simctl -n '__fish_seen_subcommand_from %s' -a '", cmd->name);
        fputs(argument_words(to, cmd) || cmd->max_arguments == 0 ? "' -f\n" : "'\n", to);
        fish_flags(to, cmd->name, cmd->flags);
    }
    fish_flags(to, NULL, cli_global_flags);
}

bool completion_print(const char *shell, FILE *to)
{
    if (strcmp(shell, "bash") == 0)
        bash_script(to);
    else if (strcmp(shell, "zsh") == 0)
        zsh_script(to);
    else if (strcmp(shell, "fish") == 0)
        fish_script(to);
    else
        return false;
    return true;
}
