# exit 0: after kill -9 the stream is readable, no run.h5 looks whole, and a task that was alive is explained by name.
simctl run --trace synth: --cluster 40x1,64GiB --policy fcfs --set trace.jobs=20000000 --out RUN -q >/dev/null &
pid=$!
until [ -e RUN/manifest.json ] && [ "$(wc -c <RUN/decisions.mpk)" -gt 1000000 ]; do sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null || echo "status $?"
ls RUN
grep '"status"' RUN/manifest.json
simctl show RUN -q | head -n 1
simctl explain RUN --task job-7 2>&1 | sed -e '/^note: this run/d' -e 's/and .* more/and TIME more/'
simctl explain RUN --task job-7/1 -q || echo "status $?"
simctl run --trace swf:$DATA/small.swf --policy fcfs --out RUN -q >/dev/null && ls RUN
