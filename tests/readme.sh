#!/bin/bash
# tests/readme.sh FILE.md [DIR] - types what a document tells the reader to type, in the order of the
# text, and compares what it shows with what is printed. DIR holds the program; default: that of
# $SIMCTL. It works in an empty folder with copies of the samples and examples.
#
#   ```console    lines "$ command" run; the lines below one are its output: standard output, then
#                 standard error. "..." stands for any text, alone on a line for any lines
#   ```sh         every line runs
#   other code    lines that begin with simctl run
#   ```yaml NAME  the block is the file NAME (any language); so are the reader's own files in
#                 capitals (PODS.csv, LOG.swf.gz, ...): they stand for samples
#   ```c          compiles, when it begins with the name of a file
#
# A command must succeed, unless its comment says "exit N". In other code a line with [, < or ... is a
# synopsis. What builds or tests the project is left out: it has tests of its own.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
document=$root/$1
[ $# -lt 2 ] || SIMCTL=$2/simctl
program=$(readlink -f "$SIMCTL")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samples=$root/workloads/samples

prepare() {
    mkdir -p "$work/bin" "$work/steps" "$work/place/workloads"
    ln -s "$program" "$work/bin/simctl"
    [ ! -x /usr/bin/python3 ] || ln -s /usr/bin/python3 "$work/bin/python3" # Debian's h5py is for it.
    cd "$work/place"
    cp -r "$samples" workloads/samples
    cp -r "$root/examples" examples
    cp "$samples/sample_pods.csv" PODS.csv
    cp "$samples/sample_nodes.csv" NODES.csv
    cp "$samples/sample_tasks.csv" TASKS.csv
    cp "$samples/sample_tasks.csv" tasks.csv
    cp "$samples/sample_machines.csv" MACHINES.csv
    cp "$samples/sample_machines.csv" machines.csv
    cp "$samples/sample.swf" LOG.swf
    gzip -c "$samples/sample.swf" >LOG.swf.gz
    cp -r "$samples/sample_google2011" DIR
    sed 's|\.\./workloads|workloads|' "$root/examples/sample.yaml" >study.yaml
}

# Writes steps/NNN.command, with steps/NNN.expected when the document shows what it prints; files the
# document spells out; steps/NNN.c.
split_document() {
    awk -v to="$work/steps" -v place="$work/place" '
        function finish(    path) {
            if (command != "" && command !~ elsewhere && (typed || command !~ synopsis)) {
                path = sprintf("%s/%03d", to, ++steps)
                print command > (path ".command")
                sub(/\n+$/, "", expected)
                if (expected != "") print expected > (path ".expected")
            }
            command = expected = ""
            more = 0
        }
        BEGIN {
            synopsis = "\\[|<[A-Z]|\\.\\.\\."
            elsewhere = "^(sudo |\\./)*(examples/|tests/|build/|cmake |ctest |git |export |cc )"
        }
        /^ *```/ {
            finish()
            fenced = !fenced
            language = substr($1, 4)
            typed = fenced && language ~ /^(console|sh)$/
            name = fenced && NF > 1 ? place "/" $2 : ""
            first = fenced
            next
        }
        !fenced && !/^    / { finish(); next }
        first && language == "c" && match($0, /^\/\* [a-z0-9_]+\.c /) {
            name = sprintf("%s/%03d.c", to, ++steps)
        }
        { first = 0 }
        name != "" { print > name; next }
        fenced && language == "console" {
            if (more) command = command "\n" $0
            else if (/^\$ /) { finish(); command = substr($0, 3) }
            else { expected = expected $0 "\n"; next }
            more = /\\$/
            next
        }
        {
            line = $0
            sub(/^ +/, "", line)
            sub(/^\$ /, "", line)
            if (more) command = command "\n" line
            else if (line ~ (typed ? "^[^#]" : "^simctl ")) command = line
            else next
            more = line ~ /\\$/
            if (!more) finish()
        }
        END { finish() }' "$document"
}

compare() { # Expected, printed.
    awk '
        function like(pattern, line,    part, n, i, at) { # "..." matches any text.
            n = split(pattern, part, /\.\.\./)
            if (substr(line, 1, length(part[1])) != part[1]) return 0
            line = substr(line, length(part[1]) + 1)
            for (i = 2; i < n; i++) {
                if ((at = index(line, part[i])) == 0) return 0
                line = substr(line, at + length(part[i]))
            }
            if (n == 1) return line == ""
            return length(line) >= length(part[n]) &&
                   substr(line, length(line) - length(part[n]) + 1) == part[n]
        }
        function differ(what, line) { print what ": " line; failed = 1; exit 1 }
        NR == FNR { want[++wants] = $0; next }
        { got[++gots] = $0 }
        END {
            if (failed) exit 1
            at = 1
            for (i = 1; i <= wants; i++) {
                if (want[i] ~ /^ *\.\.\.$/) { any = 1; continue }
                for (k = at; any && k <= gots && !like(want[i], got[k]); k++) ;
                if (!any) k = at
                if (k > gots || !like(want[i], got[k])) {
                    print "printed:  " (any ? "no such line" : got[k])
                    differ("document", want[i])
                }
                at = k + 1
                any = 0
            }
            if (!any && at <= gots) differ("printed, not in the document", got[at])
        }' "$1" "$2"
}

run_step() { # Path of a step without its ending.
    local command want status=0
    command=$(cat "$1.command")
    want=$(sed -n 's/.*#.*exit \([0-9]\).*/\1/p' "$1.command")
    if [[ $command == *' ID'* ]]; then # Some task of the run before.
        command=${command// ID/ $(simctl export RUN --table tasks --format jsonl | head -n 1 | jq -r .task_name)}
    fi
    printf '$ %s\n' "$command"
    if [[ $command == python3* ]] && ! python3 -c 'import h5py' 2>/dev/null; then
        echo '(left out: python3-h5py is not installed)'
        return
    fi
    bash -o pipefail -c "$command" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
    cat "$work/stdout" "$work/stderr" >"$work/printed"
    if [ "$status" -ne "${want:-0}" ]; then
        tail -n 20 "$work/printed"
        echo "$document: exit status $status, expected ${want:-0}"
        exit 1
    fi
    if [ -e "$1.expected" ]; then
        compare "$1.expected" "$work/printed" || { echo "$document shows something else" && exit 1; }
    fi
}

prepare
export PATH=$work/bin:$PATH LC_ALL=C
unset "${!SIMCTL_@}"
split_document
commands=0 compared=0 blocks=0
for step in "$work"/steps/*.command "$work"/steps/*.c; do
    [ -e "$step" ] || continue
    if [[ $step == *.c ]]; then
        cc -std=c17 -Wall -Wextra -Werror -fsyntax-only -I "$root/sim/include" -I "$root/sim" \
            -I "$root" "$step"
        blocks=$((blocks + 1))
        continue
    fi
    run_step "${step%.command}"
    commands=$((commands + 1))
    [ ! -e "${step%.command}.expected" ] || compared=$((compared + 1))
done
echo "$commands commands, $compared outputs compared, $blocks blocks of C"

# What a document has at least: below that it is not the document that is right, but nobody looked.
case $1 in
README.md) least=20 outputs=12 ;;
bench/README.md | examples/fgd-2023/README.md) least=2 outputs=0 ;;
examples/README.md | tests/README.md) least=0 outputs=0 ;; # They only build and test the project.
*) least=1 outputs=0 ;;
esac
if [ $((commands + blocks)) -lt "$least" ] || [ "$compared" -lt "$outputs" ]; then
    echo "$document: at least $least commands and $outputs outputs were expected; lower it with the document"
    exit 1
fi
