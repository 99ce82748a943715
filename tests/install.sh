#!/bin/bash
# tests/install.sh BUILD_DIR symbols|pkg-config|find-package - the installed tree is complete: what it
# exports, its headers, and a policy of somebody else (examples/own_policy) that uses nothing but it.
set -euo pipefail
build=$1 how=$2
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
fail() {
    printf 'failed: %s\n' "$*"
    exit 1
}

cmake --install "$build" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log" && exit 1; }
library=$(find "$prefix" -name libsimctl.so -print -quit)
[ -n "$library" ] || fail "no libsimctl.so is installed"

symbols() {
    local foreign
    foreign=$(nm -D --defined-only "$library" | awk '$3 !~ /^sim_/ { print $3 }')
    [ -z "$foreign" ] || fail "libsimctl.so exports more than sim_*: $foreign"
    nm -D --defined-only "$library" | grep -q ' T sim_run_create$' || fail 'sim_run_create is missing'
    # Every function of the headers can be linked.
    local name missing=0
    for name in $(grep -ohE '^SIM_API [^(;]*\(' "$prefix"/include/simctl/*.h |
        sed -E 's/.*[ *](sim_[a-z0-9_]+)\($/\1/' | sort -u); do
        nm -D --defined-only "$library" | grep -q " T $name\$" || { echo "not exported: $name" && missing=1; }
    done
    [ $missing -eq 0 ] || fail 'the headers promise more than the library has'
    "$root/tests/headers.sh" "$prefix/include"
    "$prefix/bin/simctl" version >/dev/null || fail 'the installed program does not run'
    find "$prefix" -name simctl.1 | grep -q . || fail 'no man page is installed'
}

# The same workload with the library and with the program: the same number of tasks placed.
run_consumer() {
    local samples=$root/workloads/samples out
    out=$(LD_LIBRARY_PATH=$(dirname "$library") "$1" "$samples/sample_tasks.csv" "$samples/sample_machines.csv")
    printf '%s\n' "$out"
    grep -qE '^simctl [0-9.]+, policy quiet: [1-9][0-9]* of [1-9][0-9]* tasks placed' <<<"$out" ||
        fail 'the consumer printed something else'
    local submitted
    submitted=$("$SIMCTL" run -q --trace "csv:$samples/sample_tasks.csv" \
        --cluster "csv:$samples/sample_machines.csv" --policy worst-fit --out "$work/run" --json |
        jq .tasks.submitted)
    grep -q " of $submitted tasks placed" <<<"$out" || fail "the program counts $submitted tasks"
}

consumer_pkg_config() {
    local flags
    flags=$(PKG_CONFIG_PATH=$(dirname "$library")/pkgconfig pkg-config --cflags --libs simctl)
    # shellcheck disable=SC2086 # Flags are words.
    cc -std=c17 -pedantic -Wall -Wextra -Werror "$root/examples/own_policy/own_policy.c" $flags \
        -o "$work/own_policy"
    run_consumer "$work/own_policy"
}

consumer_find_package() {
    cmake -S "$root/examples/own_policy" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 &&
        cmake --build "$work/build" >>"$work/log" 2>&1 || { cat "$work/log" && fail 'find_package'; }
    run_consumer "$work/build/own_policy"
}

case $how in
symbols) symbols ;;
pkg-config) consumer_pkg_config ;;
find-package) consumer_find_package ;;
*) fail "unknown: $how" ;;
esac
