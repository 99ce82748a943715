# exit 0: --force writes among other files and removes none of them.
mkdir precious && echo data >precious/thesis.txt
simctl run --trace swf:$DATA/small.swf --policy fcfs --out precious --force -q >/dev/null
ls precious
