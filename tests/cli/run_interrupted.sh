# exit 0: SIGINT and SIGTERM stop a run cleanly: status 130 or 143, no run.h5, decisions still readable.
for signal in INT TERM; do
    simctl run --trace synth: --cluster 1x1,64GiB --policy fcfs --set trace.jobs=2000000 \
        --set 'trace.duration=constant(600s)' --out RUN >out 2>err &
    pid=$!
    while ! grep -qs running RUN/manifest.json; do sleep 0.05; done
    sleep 0.2
    kill -$signal $pid
    status=0
    wait $pid || status=$?
    echo "status $status"
    test ! -s out
    sed 's/at .* of/at TIME of/' err
    grep '"status"' RUN/manifest.json
    test ! -e RUN/run.h5
    simctl explain RUN --group-by reason --json >/dev/null 2>&1 && echo readable
    rm -r RUN
done
