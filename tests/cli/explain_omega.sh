# exit 0: several schedulers: who was in the way of a commit, and how each spent its time.
cat >tasks.csv <<END
submit,duration,cpu,job,count,tier,queue
0,100,2,slow,2,batch,research
2,20,2,fast,1,production,web
40,20,1,late,1,production,web
END
simctl run --trace csv:tasks.csv --cluster 1x4,8GiB --policy best-fit --out RUN \
    --set scheduler=omega --set schedulers.web.queues=web --set schedulers.web.think.job=1s \
    --set schedulers.rest.think.job=10s --set schedulers.rest.think.task=500ms >log
grep -A1 schedulers log
simctl explain RUN --task slow/0
simctl explain RUN --task slow/1 --at 6s | sed -n '4,5p'
simctl explain RUN --task slow/1 --json | jq -c '.attempts[0], .refusal.conflict.by_scheduler'
simctl explain RUN --group-by reason
simctl explain RUN --task slow/0 --verify | tail -n 1 | sed 's/in .* s,/in T s,/'
jq -c '.schedulers[] | [.name, .attempts, .busy_s]' RUN/summary.json
