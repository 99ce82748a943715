# exit 0: a reader that has seen enough is no error: nothing is said, the status is that of SIGPIPE.
simctl run --trace synth: --cluster 4x1,64GiB --policy fcfs --set trace.jobs=5000 --out RUN -q >/dev/null
{ simctl export RUN --table decisions && echo 0 >status || echo $? >status; } | head -n 1 | cut -c 1-20
cat status
{
    simctl run --trace synth: --cluster 4x1,64GiB --policy fcfs --set trace.jobs=500000 --out CUT --log - &&
        echo 0 >status || echo $? >status
} | head -n 1
cat status
grep '"status"' CUT/manifest.json
test ! -e CUT/run.h5
simctl explain CUT --group-by reason -q >/dev/null && echo readable
