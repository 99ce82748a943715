# exit 0: unknown policies, keys, values, formats and flags are told with what was meant: status 2.
. "$DATA/bad.sh"
log=swf:$DATA/small.swf
check policy run --trace $log --policy fcsf
check key run --trace $log --policy fcfs --set trace.zero_runs=keep
check 'far key' run --trace $log --policy fcfs --set colour=red
check value run --trace $log --policy fcfs --set trace.zero_run=maybe
check number run --trace $log --policy fcfs --seed many
check format run --trace swff:$DATA/small.swf --policy fcfs
check 'format of a role' run --trace $log --cluster synth: --policy fcfs
check cluster run --trace $log --cluster 10x4 --policy fcfs
check flag run --trace $log --polcy fcfs
check command runn --trace $log
check 'key of validate' validate $log --set trace.zero_runs=keep
check 'role of validate' validate $log --role machines
check 'trace as configuration' run $log
simctl run --trace $log --policy fcfs --out KEPT -q >out
check 'validate of a run' validate KEPT
