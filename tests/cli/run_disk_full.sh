# exit 0: a full disk behind standard output, a table or a log is an error of every command: status 3, and said.
full() { # Where the data go, the command.
    to=$1
    shift
    status=0
    simctl "$@" -q >"$to" || status=$?
    echo "$status: $*"
}
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null
full /dev/full run --trace swf:$DATA/small.swf --policy fcfs --out TEXT
full /dev/full run --trace swf:$DATA/small.swf --policy fcfs --out JSON --json
full /dev/full run --trace swf:$DATA/small.swf --policy fcfs --out LINES --log -
full out run --trace swf:$DATA/small.swf --policy fcfs --out FILE --log /dev/full
full out run --trace swf:$DATA/small.swf --policy fcfs --out /dev/full
grep -h '"status"' TEXT/manifest.json LINES/manifest.json FILE/manifest.json
for command in explain 'explain --json' 'explain --task 3' show 'show --json' 'show --table tasks' export; do
    full /dev/full $command RUN
done
full out export RUN -o /dev/full
for command in reasons policies formats version 'help run' --help 'completion bash'; do
    full /dev/full $command
done
test ! -s out
