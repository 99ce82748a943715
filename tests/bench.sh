#!/bin/bash
# tests/bench.sh PROGRAM [--update] - runs one benchmark small and compares its checksums with
# tests/bench.expected. Times are printed, never judged.
set -euo pipefail
program=$1 name=$(basename "$1")
expected=$(dirname "$0")/bench.expected
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $name in
bench_record) arguments=("$work" 2000 1) ;;
*) arguments=(2000) ;;
esac
"$program" "${arguments[@]}" | tee "$work/output"
sed -nE "s/^([a-z0-9_-]+) .*checksum=([0-9a-f]+).*/$name \1 \2/p" "$work/output" >"$work/got"
[ -s "$work/got" ] || { echo "$name prints no checksum" && exit 1; }
if [ "${2-}" = --update ]; then
    touch "$expected"
    { grep -v "^$name " "$expected" || true; cat "$work/got"; } | sort >"$work/all"
    cp "$work/all" "$expected"
fi
grep "^$name " "$expected" | sort | diff - <(sort "$work/got") ||
    { echo "the checksums differ; if that is meant: tests/bench.sh $program --update" && exit 1; }
