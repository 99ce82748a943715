# exit 3: a directory of parts is replayed like the file it was cut from; a gap in it is an error.
cut() { # FILE, DIR, suffix: two parts, each with the header line, the second one packed.
    mkdir "$2"
    half=$(($(wc -l <"$1") / 2))
    head -n "$half" "$1" >"$2/part-00000-of-00002$3"
    { head -n 1 "$1"; tail -n "+$((half + 1))" "$1"; } | gzip >"$2/part-00001-of-00002$3.gz"
}
compare() { # FORMAT, what came in parts, the trace and cluster whole, and in parts
    simctl run --trace "$1:$3" --cluster "$1:$4" --policy fcfs --out WHOLE --json -q >whole.json
    simctl run --trace "$1:$5" --cluster "$1:$6" --policy fcfs --out PARTS --json -q >parts.json
    grep '"digest"' whole.json >whole
    grep '"digest"' parts.json >parts
    cmp whole parts && echo "$1: $2 the same"
    rm -r WHOLE PARTS
}
cut "$SAMPLES/sample_tasks.csv" tasks .csv
cut "$SAMPLES/sample_machines.csv" machines .csv
cut "$SAMPLES/sample_pods.csv" pods .csv
cut "$SAMPLES/sample_nodes.csv" nodes .csv
cut "$SAMPLES/sample.swf" log .swf
compare csv 'tasks and machines' "$SAMPLES/sample_tasks.csv" "$SAMPLES/sample_machines.csv" tasks machines
compare openb 'pods and nodes' "$SAMPLES/sample_pods.csv" "$SAMPLES/sample_nodes.csv" pods nodes
compare swf 'jobs' "$SAMPLES/sample.swf" "$SAMPLES/sample.swf" log log
# The format is told from the parts, and every part is in the manifest.
simctl run --trace log --policy fcfs --out RUN -q >out
grep '"path"' RUN/manifest.json
mv log/part-00001-of-00002.swf.gz log/part-00002-of-00003.swf.gz
simctl run --trace swf:log --policy fcfs --out GAP
