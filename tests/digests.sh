#!/bin/bash
# tests/digests.sh - the same answer everywhere: every policy on a sample of every format.
#
#   repeat                  the same program twice
#   cache                   with and without the score cache
#   processor               with and without the vector instructions of this processor
#   build CC FLAGS DIR      a program built by another compiler, with other optimisation
#
# A digest covers every row that a run records; one bit of one score changes it. Every case is
# compared with the digests of $SIMCTL.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
samples=$root/workloads/samples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

workloads=(
    "openb --trace openb:$samples/sample_pods.csv --cluster openb:$samples/sample_nodes.csv"
    "openb-full --trace openb:$samples/sample_pods.csv --cluster openb:$samples/sample_nodes.csv --set trace.departures=false"
    "swf --trace swf:$samples/sample.swf"
    "csv --trace csv:$samples/sample_tasks.csv --cluster csv:$samples/sample_machines.csv"
    "google2011 --trace google2011:$samples/sample_google2011 --cluster google2011:$samples/sample_google2011"
    "synth --trace synth: --cluster 12x16,64GiB,2 --set trace.rate=2000 --set trace.jobs=600"
)

# One line per run: workload, policy, digest.
digests() { # Program, more flags of `run`.
    local program=$1 workload policy
    shift
    for workload in "${workloads[@]}"; do
        for policy in $policies; do
            # shellcheck disable=SC2086 # A workload is a name and flags.
            printf '%s %s %s\n' "${workload%% *}" "$policy" "$("$program" run -q ${workload#* } --policy "$policy" \
                --seed 7 --force --out "$work/run" --json "$@" | jq -r .digest)"
        done
    done
}

same() { # Expected, got.
    local runs
    runs=$(grep -cE '^[a-z0-9-]+ [a-z0-9-]+ [0-9a-f]{32}$' "$1") || true
    [ "$runs" -eq $((${#workloads[@]} * $(wc -w <<<"$policies"))) ] || { cat "$1" && exit 1; }
    # If all were equal, the digest would not depend on the decisions.
    [ "$(cut -d' ' -f3 "$1" | sort -u | wc -l)" -gt "$((runs / 2))" ] || { echo 'the digests are all alike' && exit 1; }
    diff "$1" "$2" || { echo 'the digests differ (workload, policy, digest)' && exit 1; }
    echo "$runs digests are equal"
}

policies=$("$SIMCTL" policies --json | jq -r '[.policies[].name, .presets[].name] | join(" ")')
digests "$SIMCTL" >"$work/expected"
case ${1-} in
repeat) digests "$SIMCTL" >"$work/got" ;;
cache) digests "$SIMCTL" --set cache=false >"$work/got" ;;
processor) GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-BMI2 digests "$SIMCTL" >"$work/got" ;;
build)
    cmake -S "$root" -B "$4" -G Ninja -DCMAKE_C_COMPILER="$2" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$3" \
        -DSIMCTL_LTO=OFF -DSIMCTL_TESTS=OFF -DSIMCTL_BENCH=OFF >"$work/log" 2>&1 &&
        cmake --build "$4" --target simctl_cli >>"$work/log" 2>&1 || { tail -n 40 "$work/log" && exit 1; }
    digests "$4/simctl" >"$work/got"
    ;;
*) sed -n '2,/^[^#]/{ s/^# \{0,1\}//p; }' "$0" && exit 2 ;;
esac
same "$work/expected" "$work/got"
