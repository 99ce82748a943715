# exit 3: parts and tables that are missing are said; a folder of machines alone is no trace.
run() {
    simctl run --trace google2011:google --cluster google2011:google --policy best-fit --out RUN --force "$@" 2>&1 >/dev/null |
        grep -v '^ ' | grep -e part -e job_events
}
cp -r "$SAMPLES/sample_google2011" google
rm google/task_events/part-00000-* && run && run --bad-rows=skip
rm -r google/job_events google/task_events
cp -r "$SAMPLES/sample_google2011/task_events" google && run
mv google/task_events tasks
simctl validate google2011:google
simctl validate google2011:google --json | grep no_trace
cp -r "$SAMPLES/sample_google2011/job_events" google
simctl validate google2011:google
