# exit 3: an input that is not there leaves no directory.
status=0
simctl run --trace swf:nothing.swf --policy fcfs --out RUN || status=$?
ls
exit $status
