#!/bin/bash
# tests/oracles.sh CASE - published results that ours must equal.
#
#   fcfs-inputs    the job lists of pyss: every finish time, 40 lists
#   fcfs-starts    every start of five logs, as pyss and Batsim have them
#   fcfs-metrics   mean wait, bounded slowdown and utilisation of KTH-SP2, as AccaSim and pyss have them
#   fgd            failed pods and GPU milli of one published run of the FGD paper, five policies
#   fgd-means      the published means of the paper, six policies, 10 seeds of our own
#   google2011     eight parts of the trace under four policies: nothing violated, nothing hidden
#   invariants     the whole cell checked after every event of openb and of KTH-SP2 as gangs
#   invariants-google2011    the same of the eight parts; takes minutes
#
# Reads $SIMCTL_SHARED; without it the case is skipped (status 77).
set -euo pipefail
shared=${SIMCTL_SHARED-$(cd "$(dirname "$0")/../.." && pwd)/shared}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    local path
    for path; do
        [ -e "$shared/$path" ] || { echo "skipped: $shared/$path is not there (set SIMCTL_SHARED)" && exit 77; }
    done
}

fcfs() { # More arguments of `run`.
    "$SIMCTL" run -q --policy fcfs --force --out "$work/run" "$@"
}

# Named columns of a table of the run, comma-separated.
columns() { # Table, columns.
    "$SIMCTL" export "$work/run" --table "$1" --format csv | awk -F, -v names="$2" '
        NR == 1 { n = split(names, name, ","); for (i = 1; i <= NF; i++) at[$i] = i; next }
        { line = $at[name[1]]; for (i = 2; i <= n; i++) line = line "," $at[name[i]]; print line }'
}

fcfs_inputs() {
    need oracles/pyss-inputs
    local lists=("$shared"/oracles/pyss-inputs/{basic,extreme,fcfs}_input.*) list jobs=0
    for list in "${lists[@]}"; do
        # arrival id estimate processors actual ...; a list need not be sorted by arrival.
        grep -v '^ *\(#\|$\)' "$list" | sort -s -n -k1,1 >"$work/list"
        awk 'BEGIN { print "submit,job,time_limit,cpu,duration" }
             { printf "%s,%s,%s,%s,%s\n", $1, $2, $3, $4, $5 }' "$work/list" >"$work/jobs.csv"
        fcfs --trace "csv:$work/jobs.csv" --cluster 1x100,1GiB >"$work/log"
        awk '{ split($2, id, "."); printf "%s,%.0f\n", $2, id[1] * 1e6 }' "$work/list" | sort >"$work/expected"
        columns tasks job_name,end_us | sort >"$work/got"
        diff "$work/expected" "$work/got" || { echo "${list##*/}: job,finish differ" && exit 1; }
        jobs=$((jobs + $(wc -l <"$work/expected")))
    done
    echo "${#lists[@]} lists, $jobs jobs finish when they must"
    [ "${#lists[@]},$jobs" = 40,622 ] || { echo 'expected 40 lists with 622 jobs' && exit 1; }
}

fcfs_starts() {
    need oracles/backfilling traces/swf
    local folder log
    for folder in "$shared"/oracles/backfilling/*/; do
        log=$folder/jobs.swf.gz
        [ -e "$log" ] || log=$shared/traces/swf/$(basename "$folder").swf.gz
        fcfs --trace "swf:$log" --set trace.cleaning=pyss >"$work/log"
        gzip -dc "$folder/fcfs.csv.gz" | awk -F, 'NR > 1 { printf "%s,%.0f,%.0f\n", $1, $3 * 1e6, $4 * 1e6 }' |
            sort >"$work/expected"
        columns tasks job_name,start_us,end_us | sort >"$work/got"
        diff "$work/expected" "$work/got" | head -n 20
        cmp "$work/expected" "$work/got" || { echo "$folder: job,start,finish differ" && exit 1; }
        echo "$(basename "$folder"): $(wc -l <"$work/got") starts are equal"
    done
}

metrics() { # Name, mean wait, bounded slowdown, utilisation: as published, rounded; more arguments.
    local name=$1 want="$2 $3 $4" got
    shift 4
    got=$(fcfs --trace "swf:$shared/traces/swf/KTH-SP2-1996-2.1-cln.swf.gz" --json "$@" |
        jq -r '"\(.wait_s.mean) \(.bounded_slowdown.mean) \(.utilisation.cpu.mean)"' |
        awk '{ printf "%.3f %.4f %.6f", $1, $2, $3 }')
    echo "$name: mean wait, slowdown, utilisation: $got"
    [ "$got" = "$want" ] || { echo "expected: $want" && exit 1; }
}

fcfs_metrics() {
    need traces/swf
    metrics 'AccaSim (requested processors)' 218832.062 4294.5004 0.683710
    metrics 'pyss (allocated processors)' 218980.575 4297.0705 0.685502 --set trace.procs=allocated
}

fgd_means() {
    need traces/alibaba-gpu-2023-openb/csv
    local csv=$shared/traces/alibaba-gpu-2023-openb/csv
    "$(dirname "$0")/../examples/fgd-2023/run" --pods "$csv/openb_pod_list_default.csv" \
        --nodes "$csv/openb_node_list_gpu_node.csv" --reps 10 | tail -n 1
}

google2011() {
    need traces/google-2011
    local trace=$shared/traces/google-2011 policy
    for policy in best-fit worst-fit e-pvm borg-hybrid; do
        "$SIMCTL" run -q --trace "google2011:$trace" --cluster "google2011:$trace" --policy "$policy" \
            --force --out "$work/run" --json >"$work/summary"
        jq -e '.invariant_violations == 0 and .repairs == 0 and .perf.peak_rss_bytes < 1073741824 and
            (.tasks | .submitted == .ended + .failed + .killed + .cancelled + .running + .pending)' \
            "$work/summary" >/dev/null || { cat "$work/summary" && exit 1; }
        echo "$policy: $(jq -r '"\(.tasks.placed) of \(.tasks.submitted) tasks placed, digest \(.digest)"' "$work/summary")"
    done
    # Rows that contradict each other because a part is missing are refused, or counted.
    cp -rs "$trace/job_events" "$trace/task_events" "$trace/machine_events" "$work"
    rm "$work"/task_events/part-00003-*
    local status=0
    "$SIMCTL" run -q --trace "google2011:$work" --policy first-fit --out "$work/run" --force 2>"$work/error" || status=$?
    [ $status -eq 3 ] && grep -q 'parts* missing' "$work/error" || { cat "$work/error" && exit 1; }
    "$SIMCTL" run -q --trace "google2011:$work" --policy first-fit --out "$work/run" --force --bad-rows=skip >"$work/log"
    jq -e '[.inputs[0].findings[] | {(.id): .count}] | add | ."missing-part" == 1 and ."end-without-submit" > 0' \
        "$work/run/manifest.json" >/dev/null || { echo 'the manifest hides the missing part' && exit 1; }
}

checked() { # Arguments of `run`.
    "$SIMCTL" run -q --set check=every-event --force --out "$work/run" --json "$@" >"$work/summary"
    jq -r '"\(.policy): \(.perf.events) events, \(.invariant_violations) violations"' "$work/summary"
    jq -e '.invariant_violations == 0 and .perf.events > 10000' "$work/summary" >/dev/null
}

invariants() {
    need traces/alibaba-gpu-2023-openb/csv traces/swf
    local openb=$shared/traces/alibaba-gpu-2023-openb/csv
    checked --trace "openb:$openb/openb_pod_list_default.csv" --policy fgd \
        --cluster "openb:$openb/openb_node_list_gpu_node.csv"
    checked --trace "swf:$shared/traces/swf/KTH-SP2-1996-2.1-cln.swf.gz" --policy fcfs --set cluster.nodes=100
}

invariants_google2011() {
    need traces/google-2011
    checked --trace "google2011:$shared/traces/google-2011" --policy best-fit
}

case ${1-} in
fcfs-inputs) fcfs_inputs ;;
fcfs-starts) fcfs_starts ;;
fcfs-metrics) fcfs_metrics ;;
fgd) need oracles/fgd && "$(dirname "$0")/../examples/fgd-2023/golden" "$shared/oracles/fgd" ;;
fgd-means) fgd_means ;;
google2011) google2011 ;;
invariants) invariants ;;
invariants-google2011) invariants_google2011 ;;
*) sed -n '2,/^[^#]/{ s/^# \{0,1\}//p; }' "$0" && exit 2 ;;
esac
