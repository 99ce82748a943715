# exit 0: where a flag stands does not matter.
simctl run --trace swf:$DATA/small.swf --policy fcfs --dry-run --seed 5 >a
simctl --seed=5 -n --policy=fcfs run --trace=swf:$DATA/small.swf >b
simctl --trace $DATA/small.swf --policy fcfs -n run --seed 5 >c
cmp a b && cmp b c && cat a
