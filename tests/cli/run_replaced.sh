# exit 0: a run directory can be written again, whatever became of the run before.
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null
simctl run --trace swf:nothing.swf --policy fcfs --out RUN || echo "status $?"
echo "files left: $(ls RUN | wc -l)"
simctl run --trace swf:$DATA/small.swf --policy best-fit --out RUN -q >/dev/null
rm RUN/manifest.json
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null
ls RUN
