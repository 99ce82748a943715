# exit 0: what was probed for a task, whose turn came where, and what the letters cost.
printf 'submit,duration,cpu,job,count\n0,60,1,first,3\n5,20,1,second,2\n6,30,1,third,1\n' >tasks.csv
simctl run --trace csv:tasks.csv --cluster 4x1,1GiB --policy sparrow --set scheduler.delay=50ms --out RUN -q >log
simctl explain RUN --task second/0
simctl explain RUN --task third
simctl explain RUN --task second/1 --at 5.12s
simctl explain RUN --task third --json | jq -c '.probes | .scheduler, .batch, .held_us, .held_in_vain_us, .rows[0]'
simctl explain RUN --task third --machine m3 | grep -A 1 '^WHY'
simctl explain RUN --task third --verify | tail -n 1 | sed 's/in .* s,/in T s,/'
simctl export RUN --table probes --format csv
