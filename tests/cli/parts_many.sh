# exit 0: an input may have any number of parts; each of them is in the manifest and compared before a run is
# executed again.
mkdir log
for part in $(seq 100 199); do
    printf 'submit,duration,cpu\n%s,10,1\n' "$part" >"log/part-$part.csv"
done
simctl run --trace csv:log --cluster 1x4,1GiB --policy first-fit --out RUN -q | grep ' tasks '
grep '"file_count"' RUN/manifest.json
grep -c '"path": "log/part-' RUN/manifest.json
simctl validate csv:log --json | grep -c '"log/part-'
simctl explain RUN --verify | tail -n 1 | sed 's/in .* s,/in TIME s,/'
sed -i 's/,10,/,11,/' log/part-199.csv
simctl explain RUN --verify -q || echo "status $?"
