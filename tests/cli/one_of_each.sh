# exit 0: one machine, one task and one decision are told in the singular.
printf 'submit,duration,cpu\n0,1h,1\n' >one.csv
simctl run --trace csv:one.csv --cluster 1x4,8GiB --policy best-fit --out RUN -q >/dev/null
simctl explain RUN -q | head -n 4
simctl explain RUN --task job-1 -q
simctl explain RUN --machine m0 -q
simctl explain RUN --decision 7 -q || echo "status $?"
simctl explain RUN --decision 0 --verify -q | sed 's/in [0-9.]* s/in TIME/'
simctl validate csv:one.csv
printf 'submit,duration,cpu\n0,1h,8\n' >one.csv
simctl run --trace csv:one.csv --cluster 1x4,8GiB --policy best-fit --out REFUSED -q >/dev/null
simctl explain REFUSED -q | head -n 4
simctl explain REFUSED --task job-1 -q
printf 'submit,duration,cpu\n7\n' >one.csv
simctl validate csv:one.csv || echo "status $?"
