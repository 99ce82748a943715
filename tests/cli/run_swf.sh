# exit 0: one command replays a log and leaves a whole run directory.
simctl run --trace swf:$DATA/small.swf --policy fcfs --out deep/er/RUN --json
ls deep/er/RUN
cat deep/er/RUN/log.txt
simctl run deep/er/RUN/config.resolved.yaml --out TWO --json -q >two.json
grep '"digest"' two.json deep/er/RUN/summary.json | sed 's/.*"digest"/"digest"/' | uniq -c | sed 's/^ *//'
