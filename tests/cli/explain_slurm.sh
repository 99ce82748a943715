# exit 0: what the place of a task in a batch queue was made of.
cat >tasks.csv <<END
submit,duration,cpu,job,user,time_limit,tier
0,1h,4,first,heavy,1h,batch
60,10m,4,second,heavy,10m,batch
7200,1h,4,third,heavy,1h,batch
7300,10m,4,fourth,light,10m,production
7400,10m,2,fifth,heavy,10m,free
END
simctl run --trace csv:tasks.csv --cluster 1x4,8GiB --policy slurm --set scheduler.weight.tier=100 --out RUN -q >log
simctl explain RUN --task fifth
simctl explain RUN --task fifth --json | jq -c .place
simctl export RUN --table priorities
simctl explain RUN --task fifth --verify | tail -n 1 | sed 's/in .* s,/in T s,/'
