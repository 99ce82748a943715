# exit 0: without --out the directory is named after all settings, and the same run replaces itself.
simctl run --trace swf:$DATA/small.swf --policy fcfs -q >/dev/null
simctl run --trace swf:$DATA/small.swf --policy fcfs -q >/dev/null
simctl run --trace swf:$DATA/small.swf --policy fcfs -q --seed 2 >/dev/null
ls runs | wc -l
simctl run --trace swf:$DATA/small.swf --policy fcfs --set name=mine >/dev/null
