# exit 0: a run directory can be written again, whatever became of the run before; but a run whose inputs
# cannot be opened leaves an earlier one as it was.
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null
cp -r RUN KEPT
simctl run --trace swf:nothing.swf --policy fcfs --out RUN || echo "status $?"
diff -r RUN KEPT && echo "the earlier run is whole"
simctl run --trace swf:$DATA/small.swf --policy best-fit --out RUN -q >/dev/null
grep '^policy:' RUN/config.resolved.yaml
rm RUN/manifest.json
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null
ls RUN
