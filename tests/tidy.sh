#!/bin/bash
# tests/tidy.sh [RULE...] - what the compiler cannot check. Prints file:line of what breaks a rule.
#
#   layers    who may include whom: data goes one way
#   calls     functions that depend on the locale, the clock, hidden state, or are unstable
#   numbers   floating point stays where nothing is decided
#   shape     lines <= 100 columns, functions <= 70 lines, files <= 600 lines
#   words     unfinished work, paths of one machine
#   format    clang-format changes nothing
#   statics   policies, schedulers and formats hold no variable outside their state
set -uo pipefail
shopt -s lastpipe # The last part of a pipe may set `found`.
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 2
found=0

report() { # Rule. Reads findings; says what the rule is when there are any.
    local lines
    lines=$(cat)
    [ -n "$lines" ] || return 0
    printf '%s\n    %s\n\n' "$lines" "$1"
    found=1
}

sources() { # Folders or files. C files below them.
    find "$@" -name '*.[ch]' | sort
}

# file:line:code without comments and without the insides of strings and characters, so that a word
# in a message is no call.
code() { # Files.
    awk '
        FNR == 1 { inside = 0 }
        {
            line = $0
            gsub(/\\["\\\047]/, "", line)
            gsub(/"[^"]*"/, "\"\"", line)
            gsub(/\047[^\047]*\047/, "0", line)
            out = ""
            while (line != "") {
                if (inside) {
                    i = index(line, "*/")
                    if (i == 0) break
                    line = substr(line, i + 2); inside = 0
                } else {
                    i = index(line, "/*"); j = index(line, "//")
                    if (j > 0 && (i == 0 || j < i)) { out = out substr(line, 1, j - 1); break }
                    if (i == 0) { out = out line; break }
                    out = out substr(line, 1, i - 1)
                    line = substr(line, i + 2); inside = 1
                }
            }
            if (out != "") print FILENAME ":" FNR ":" out
        }' "$@"
}

# ---- layers -------------------------------------------------------------------------------------

may_include() { # Folder, allowed quoted prefixes as a regular expression, what the rule is.
    sources "$1" | xargs grep -HnE '^ *# *include *"' |
        grep -vE "# *include *\"($2)" | report "$3"
}

rule_layers() {
    local contracts='sched/ and workloads/ see <simctl/...>, base/ and their own lib/, nothing else'
    may_include sched 'base/|sched/lib/' "$contracts"
    may_include workloads 'base/|workloads/lib/' "$contracts"
    may_include sim/base 'base/|simctl_(build|commit)\.h' 'sim/base knows nothing of clusters'
    may_include sim/core 'base/|core/|(policy|scheduler|preset|format)_table\.def' \
        'sim/core knows no record, report or command'
    may_include sim/record 'base/|record/|sink_table\.def|simctl_(build|commit)\.h' \
        'sim/record takes rows; it knows no engine and no report'
    may_include sim/report 'base/|record/|report/' \
        'sim/report reads a run directory, never engine state'
    sources sim/include | xargs grep -HnE '^ *# *include' |
        grep -vE '# *include *<(simctl/[a-z_]+|stdarg|stdbool|stddef|stdint)\.h>' |
        report 'public headers include <simctl/...> and plain C only: no third-party types'
    local name plugins='' file
    for file in sched/policies/*.c sched/schedulers/*.c sched/presets/*.c workloads/*.c; do
        name=$(basename "$file" .c)
        plugins+="|\"${name//_/-}\"|sim_(policy|scheduler|preset|format)_$name\\b"
    done
    sources sim/core | xargs grep -HnE "${plugins#|}" |
        report 'sim/core names no concrete policy, scheduler or format'
}

# ---- calls --------------------------------------------------------------------------------------

calls() { # Functions as a regular expression, files that may (a regular expression), the reason.
    code $(sources sim sched workloads bench tests) |
        grep -E ":.*(^|[^A-Za-z0-9_.>])($1) *\(" | grep -vE "^($2):" | report "$3"
}

rule_calls() {
    calls 'rand|srand|random|drand48|rand_r' '-' 'draw from a named stream: base/prng.h'
    calls 'strtok|strtok_r|atoi|atol|atof|sprintf|vsprintf|strcpy|strcat|gets|alloca' 'tests/.*' \
        'no bounds, or no errors: use base/'
    calls 'qsort|bsearch_r|qsort_r' 'tests/.*' 'qsort is unstable, ties would depend on libc: base/sort.h'
    calls 'strtod|strtof|strtold|sscanf|scanf|fscanf' 'sim/base/json\.c|tests/.*' \
        'depends on the locale and rounds: base/decimal.h'
    calls 'setlocale|uselocale' '-' 'results do not depend on the locale'
    calls 'time|localtime|localtime_r|ctime|gettimeofday|clock' \
        'sim/record/manifest\.c|sim/cli/.*|tests/.*' 'wall time belongs into the manifest only'
    calls 'exit|_exit|_Exit|quick_exit' 'sim/cli/(main|cli|interrupt)\.c|tests/.*|bench/.*' \
        'library code returns false and fills a sim_diag'
    calls 'abort' 'sim/base/(check|mem)\.c|tests/.*|bench/.*' 'use CHECK'
    calls 'malloc|calloc|realloc|free|strdup|strndup' \
        'sim/base/mem\.c|sim/cli/setup_write\.c|tests/.*' 'use base/mem.h'
    calls 'printf|puts|putchar|perror' 'sim/cli/.*|tests/.*|bench/.*' 'library code never prints'
}

# ---- numbers ------------------------------------------------------------------------------------

# Where floating point is at home:
#   reports        summaries, progress, messages: read by people, decide nothing
#   synth          variates, each rounded to an integer where it is drawn
#   fgd            a published score defined in floating point, cut to its published integer
#   json, wide     numbers on their way into a report
rule_numbers() {
    local home='sim/(report|cli)/.*|sim/record/(summary\.c|manifest\.[ch])'
    home+='|sim/core/totals\.c|sim/core/engine\.h|sim/include/simctl/run\.h'
    home+='|sim/base/(json|wide)\.[ch]|sim/base/prng\.[ch]|workloads/synth\.c'
    home+='|sched/lib/(frag|typical|sigmoid)\.[ch]|sched/policies/fgd\.c'
    code $(sources sim sched workloads) | grep -E ':.*\b(float|double|long double)\b' |
        grep -vE "^($home):" | report 'no floating point in anything that decides'
    code $(sources sim sched workloads) | grep -E ':.*\b(float|long double)\b' |
        report 'double is the only floating type: the others differ between machines'
}

# ---- shape --------------------------------------------------------------------------------------

rule_shape() {
    local all
    all=$(sources sim sched workloads bench tests examples)
    awk 'length($0) > 100 { print FILENAME ":" FNR ": " length($0) " columns" }' $all |
        report 'lines have at most 100 columns'
    awk 'FNR == 1 && last != "" && lines > 600 { print last ":" lines ": " lines " lines" }
         { last = FILENAME; lines = FNR }
         END { if (lines > 600) print last ":" lines ": " lines " lines" }' $all |
        report 'files have at most 600 lines'
    # A function opens and closes in column 1; its signature counts.
    awk 'FNR == 1 { open = 0 }
         /^[A-Za-z_].*[(,]$|^[A-Za-z_].*\)( \/\*.*\*\/)?$/ && !open { if (!start) start = FNR }
         /^\{/ { open = start ? start : FNR - 1 }
         /^\}/ {
             if (open && FNR - open + 1 > 70)
                 print FILENAME ":" open ": " FNR - open + 1 " lines"
             open = 0
         }
         /^$|[;}]$/ && !open { start = 0 }' $all |
        report 'functions have at most 70 lines'
    grep -HnP '\t| +$' $all | report 'spaces only, and none at the end of a line'
}

# ---- words --------------------------------------------------------------------------------------

rule_words() {
    local files
    files=$(find . \( -path ./.git -o -path ./build -o -path ./runs \) -prune -o \
        -type f ! -path ./tests/tidy.sh ! -name LICENSE ! -path './tests/corpus/*' -print | sort)
    grep -HnIwE 'TODO|FIXME|XXX|HACK' $files | report 'unfinished work does not stay in the tree'
    grep -HnIE '/work/|/tmp/b-|/root/|/home/[a-z]' $files | report 'no path of one machine'
    grep -HnIwiE 'sub-?agents?|agents?|sessions?' $files |
        report 'the project speaks of itself alone'
}

# ---- format -------------------------------------------------------------------------------------

rule_format() {
    if ! command -v clang-format >/dev/null; then
        echo 'skipped: clang-format is not installed'
        exit 77
    fi
    sources sim sched workloads bench tests examples |
        xargs clang-format --dry-run --Werror 2>&1 | grep -E ': (error|warning):' |
        awk -F: '!seen[$1]++' | report 'clang-format -i FILE'
}

# ---- statics ------------------------------------------------------------------------------------

# Compiled here, because link-time optimisation and sanitizers leave objects that do not tell.
rule_statics() {
    local dir file object flags=(-std=c17 -D_POSIX_C_SOURCE=200809L -DSIM_NO_CLONES -O0 -fno-pic
        -w -Isim/include -Isim -I.)
    dir=$(mktemp -d)
    trap "rm -rf '$dir'" EXIT
    for file in $(find sched workloads -name '*.c' | sort); do
        object=$dir/$(echo "$file" | tr / _).o
        if ! "${CC:-cc}" "${flags[@]}" -c "$file" -o "$object"; then
            echo "$file:1: does not compile"
        elif [ "$(size -A "$object" | awk '/^\.(data|bss|tdata|tbss)(\.| )/ && !/^\.data\.rel\.ro/ { n += $2 }
                END { print n + 0 }')" -ne 0 ]; then
            nm "$object" | awk -v file="$file" '$2 ~ /^[bBdDcC]$/ { print file ":1: " $3 }'
        fi
    done | report 'all that a plug-in remembers is in its state: two runs in one process never meet'
}

for rule in "${@:-layers calls numbers shape words format statics}"; do
    for one in $rule; do
        "rule_$one"
    done
done
exit $found
