# exit 0: what a killed run left, at its very beginning or later, is taken for a run's and removed.
mkdir RUN && touch RUN/decisions.mpk.part RUN/run.h5.part
simctl run --trace swf:nothing.swf --policy fcfs --out RUN || echo "status $?"
echo "files left: $(ls RUN | wc -l)"
touch RUN/config.resolved.yaml RUN/manifest.json.part RUN/summary.json.part RUN/run.h5.part
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN --log /dev/full || echo "status $?"
ls RUN
