#!/bin/sh
# Golden command-line tests: each tests/cli/NAME.sh runs under `sh -eu` in an empty directory with simctl in PATH; its
# standard output, standard error and exit status are compared with NAME.stdout, NAME.stderr and the
# line "# exit N" of the script.
#
#   tests/cli/run.sh DIR [--update] [NAME...]     DIR holds the program; --update rewrites the goldens
set -u
bin=$(cd "$1" && pwd) || exit 2
shift
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
update=false
if [ "${1-}" = --update ]; then
    update=true
    shift
fi
if [ $# -eq 0 ]; then
    set -- $(cd "$here" && ls ./*.sh | sed 's|^\./||; s|\.sh$||' | grep -vx run)
fi

# What differs from machine to machine, and nothing else: where things lie, and what a clock says.
mask() {
    sed -e "s|$work|WORK|g" -e "s|$root|ROOT|g" \
        -e 's|\(runs/[A-Za-z0-9._-]*\)-[0-9a-f]\{8\}|\1-HASH|g' \
        -e 's/"\(events_per_s\|decisions_per_s\|wall_s\|peak_rss_bytes\)": [0-9.e+-]*/"\1": TIMING/' \
        -e 's/"\(reading\|events\|placement\|recording\)": [0-9]*[.e][0-9.e+-]*/"\1": TIMING/' \
        "$1"
}

failed=0
for name; do
    case=$here/$name.sh
    want=$(sed -n 's/^# exit \([0-9]*\).*/\1/p' "$case")
    work=$(mktemp -d) || exit 2
    (
        cd "$work" || exit 99
        mkdir run && cd run || exit 99
        unset NO_COLOR
        export PATH="$bin:$PATH" LC_ALL=C TERM=dumb DATA="$here/data" SAMPLES="$root/workloads/samples"
        sh -eu "$case" >../stdout 2>../stderr
    )
    got=$?
    mask "$work/stdout" >"$work/stdout.masked"
    mask "$work/stderr" >"$work/stderr.masked"
    if $update; then
        cp "$work/stdout.masked" "$here/$name.stdout"
        cp "$work/stderr.masked" "$here/$name.stderr"
    fi
    if [ "$got" -eq "${want:-0}" ] && diff -u "$here/$name.stdout" "$work/stdout.masked" &&
        diff -u "$here/$name.stderr" "$work/stderr.masked"; then
        echo "ok $name"
    else
        echo "not ok $name: exit status $got, expected ${want:-0}"
        failed=$((failed + 1))
    fi
    rm -rf "$work"
done
[ "$failed" -eq 0 ]
