# exit 0: a promise that is broken because a task outlives its estimate; one to a gang, which is kept.
printf 'submit,job,time_limit,cpu,duration,gang\n0,long,10,4,30,\n1,late,10,4,5,\n' >jobs.csv
simctl run --trace csv:jobs.csv --cluster 1x4,1GiB --policy conservative --out RUN -q >log
sed -n '/promises/p' log
simctl explain RUN --task late | sed -n '/PROMISES/,/started/p'
simctl explain RUN --task late --json | jq -c '.promises[] | [.event, .start_us, .because, .cause]'
printf 'submit,job,time_limit,cpu,duration,gang\n0,a,20,1,10,\n0,b,50,1,40,\n1,g,5,1,5,2\n1,g,5,1,5,2\n5,h,5,1,5,\n' >jobs.csv
simctl run --trace csv:jobs.csv --cluster 2x1,1GiB --policy easy --set queue.reserve=machines --force --out RUN -q >log
sed -n '/promises/p' log
simctl explain RUN --task g/1 --verify | sed -n '/PROMISES/,/started/p'
simctl explain RUN --task g/1 | sed -n '/CHOSEN/p'
