# Sourced by bad_*.sh: `each spoil` runs and validates one bad input after the other, of every format.
# `spoil GOOD BAD` writes the bad file; it may look at $format. The messages go to standard output.
check() { # What, the arguments.
    what=$1 status=0
    shift
    simctl "$@" >out 2>err || status=$?
    echo "$what: status $status"
    cat err
    # Of what validate counts, the errors with their examples.
    awk '/^ +[0-9]+ +error /, 0 { if (/^ +[0-9]+ +(note|repair) / || /^[^ ]/) exit; print }' out
    rm -rf RUN
}

both() { # What is bad, FORMAT:FILE, the other arguments of a run.
    kind=$1 input=$2
    shift 2
    check "$kind, run" run "$@" --out RUN
    check "$kind, validate" validate "$input"
}

each() {
    format=swf && "$1" "$SAMPLES/sample.swf" bad.swf
    both swf swf:bad.swf --trace swf:bad.swf --policy fcfs
    format=pods && "$1" "$SAMPLES/sample_pods.csv" pods.csv
    both 'openb pods' openb:pods.csv --trace openb:pods.csv --cluster "openb:$SAMPLES/sample_nodes.csv" --policy fgd
    format=nodes && "$1" "$SAMPLES/sample_nodes.csv" nodes.csv
    both 'openb nodes' openb:nodes.csv --trace "openb:$SAMPLES/sample_pods.csv" --cluster openb:nodes.csv --policy fgd
    format=tasks && "$1" "$SAMPLES/sample_tasks.csv" tasks.csv
    both 'csv tasks' csv:tasks.csv --trace csv:tasks.csv --cluster "csv:$SAMPLES/sample_machines.csv" --policy best-fit
    format=machines && "$1" "$SAMPLES/sample_machines.csv" machines.csv
    both 'csv machines' csv:machines.csv --trace "csv:$SAMPLES/sample_tasks.csv" --cluster csv:machines.csv \
        --policy best-fit
    cp -r "$SAMPLES/sample_google2011" google
    part=task_events/part-00000-of-00002.csv
    rm google/$part
    format=google && "$1" "$SAMPLES/sample_google2011/$part" google/$part
    both google2011 google2011:google --trace google2011:google --policy best-fit
}
