# exit 2: a directory with other files in it is left alone.
mkdir precious && echo data >precious/thesis.txt
status=0
simctl run --trace swf:$DATA/small.swf --policy fcfs --out precious || status=$?
ls precious
exit $status
