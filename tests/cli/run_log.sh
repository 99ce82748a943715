# exit 0: --log - streams decisions as JSON lines and nothing else; the summary goes to standard error.
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN --log - -q >lines
head -n 3 lines
grep -vc '^{.*}$' lines || true
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN2 --log file.jsonl -q >/dev/null
cmp lines file.jsonl && echo same
