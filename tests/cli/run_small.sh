# exit 0: one of everything is told in the singular.
printf 'submit,duration,cpu\n0,2h,2\n' >tasks.csv
printf 'name,cpu,memory,time,event\na,2,1GiB,0,add\na,,,1h,remove\na,2,1GiB,2h,add\n' >machines.csv
simctl run --trace csv:tasks.csv --cluster csv:machines.csv --policy first-fit --out RUN -q |
    grep -o -e 'over .* run.*' -e '[0-9]* evict.*' -e 'on [0-9]* machine[^ ]*'
