#!/bin/bash
# tests/quickstart.sh - the first command of the README, in a fresh copy of the sources, twice.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SIMCTL
tar -C "$root" --exclude=./build --exclude=./runs --exclude=./.git -cf - . | tar -C "$work" -xf -
for time in first second; do
    "$work/examples/quickstart" </dev/null | tee "$work/$time"
    grep -q '^\$ simctl explain runs/quickstart --task' "$work/$time" ||
        { echo "the $time time explains nothing" && exit 1; }
done
# What the run and the explanation print is the same, but for how long it took.
untimed() {
    grep -vE '^  (speed|time) ' "$1"
}
diff <(untimed "$work/first") <(untimed "$work/second")
