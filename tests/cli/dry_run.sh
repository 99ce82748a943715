# exit 0: a dry run prints a configuration that runs the same, and writes nothing.
cp $DATA/small.swf .
simctl run --trace small.swf --policy fcfs --seed 3 --dry-run | tee again.yaml
simctl run again.yaml --dry-run | diff again.yaml - && echo same
simctl run again.yaml --dry-run --json
ls
