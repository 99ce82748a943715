#!/bin/bash
# tests/tidy_canary.sh - tests/tidy.sh finds what it is there to find: a small tree that breaks every
# rule must fail each of them, with the place, and a clean one must pass.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

mkdir -p "$work"/{tests,bench,examples,workloads,sim/{base,core,record,report,cli,include/simctl},sched/{policies,schedulers,presets}}
cp "$here/tidy.sh" "$work/tests"
cp "$here/../.clang-format" "$work"
echo 'extern const int sim_policy_first_fit;' >"$work/sim/include/simctl/types.h"
printf '#include <simctl/types.h>\nconst int sim_policy_first_fit = 1;\n' >"$work/sched/policies/first_fit.c"
find "$work" -type d -empty -exec sh -c 'echo "/* Empty. */" >"$1/empty.c"' sh {} \;

expect() { # Rule, what the output must contain; empty = nothing.
    local out
    out=$("$work/tests/tidy.sh" "$1" 2>&1)
    local status=$?
    if [ -z "$2" ]; then
        [ $status -eq 0 ] && [ -z "$out" ] && return
    else
        [ $status -eq 1 ] && grep -qF "$2" <<<"$out" && return
    fi
    printf 'tidy.sh %s: exit status %d; expected in its output: %s\n%s\n' "$1" $status "$2" "$out"
    failed=1
}

breaks() { # File, rule, line, text: the rule names the place.
    cp "$work/$1" "$work/saved"
    printf '%b\n' "$4" >"$work/$1"
    expect "$2" "$1:$3"
    cp "$work/saved" "$work/$1"
}

for rule in layers calls numbers shape words statics format; do
    expect $rule ''
done
breaks sched/policies/first_fit.c layers 2 '/* A. */\n#include "core/cell.h"'
breaks sim/base/empty.c layers 1 '#include "core/cell.h"'
breaks sim/report/empty.c layers 1 '#include "core/cell.h"'
breaks sim/include/simctl/types.h layers 1 '#include <hdf5.h>'
breaks sim/core/empty.c layers 1 'const char *name = "first-fit";'
breaks sim/base/empty.c calls 3 '/* rand() in a comment */\nconst char *text = "rand()";\nint x = rand();'
breaks sim/core/empty.c calls 1 'void *p = malloc(1);'
breaks sim/core/empty.c calls 1 'qsort(p, 1, 1, f);'
breaks workloads/empty.c numbers 2 '/* A double. */\nstatic double x;'
breaks sim/base/empty.c shape 1 "/* $(printf '%0100d' 0) */"
breaks sim/base/empty.c shape 601 "$(yes x | head -n 601)"
breaks sim/base/empty.c shape 2 "\nvoid f(void)\n{\n$(yes '    x();' | head -n 68)\n}"
breaks sim/base/empty.c words 1 '/* TO''DO */'
breaks sim/base/empty.c format 1 'int  x;'
breaks workloads/empty.c statics 1 'int counter;\nint *f(void);\nint *f(void) { static int n; return &n; }'
exit $failed
