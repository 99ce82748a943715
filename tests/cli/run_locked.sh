# exit 0: who writes a directory has it alone, by any name and however it is asked for; a killed run locks
# nothing, and no lock stays behind.
long() {
    simctl run --trace synth: --cluster 1x1,64GiB --policy fcfs --set trace.jobs=20000000 "$@" -q >/dev/null &
    pid=$!
}
short() {
    simctl run --trace swf:$DATA/small.swf --policy fcfs "$@" -q >/dev/null || echo "status $?"
}
ln -s RUN alias
long --out RUN
until grep -qs running RUN/manifest.json; do sleep 0.05; done
short --out RUN
short --out alias --force
grep '"status"' RUN/manifest.json
kill -9 $pid
wait $pid 2>/dev/null || echo "status $?"
short --out RUN
ls -A RUN

mkdir killed && touch killed/.lock
short --out killed
ls -A killed

long
until grep -qs running runs/*/manifest.json; do sleep 0.05; done
simctl run --trace synth: --cluster 1x1,64GiB --policy fcfs --set trace.jobs=20000000 -q || echo "status $?"
kill $pid
wait $pid 2>/dev/null || echo "status $?"
ls -A runs/*
