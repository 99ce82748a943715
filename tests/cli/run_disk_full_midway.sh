# exit 3: a disk that fills up during the run: the file is named, what was recorded stays readable, no run.h5.
trap '' XFSZ
status=0
(
    ulimit -f 100
    exec simctl run --trace synth: --cluster 4x1,64GiB --policy fcfs --set trace.jobs=200000 --out RUN
) || status=$?
ls RUN
grep '"status"' RUN/manifest.json
simctl explain RUN --group-by reason -q >/dev/null && echo readable
exit $status
