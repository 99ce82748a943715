# exit 2: a log from standard input does not bring its machines along: it could only be read once.
log=$DATA/small.swf
simctl run --trace swf:- --cluster 1x100,1GiB --policy fcfs --out ONE --json -q <"$log" | grep '"digest"' | wc -l | tr -d ' '
# Nothing is read, and nothing is left behind.
{ simctl run --trace swf:- --policy fcfs --out TWO && echo 'not refused' || echo "status $?"; cat | wc -l | tr -d ' '; } <"$log"
ls
simctl run --trace swf:- --cluster swf:- --policy fcfs <"$log"
