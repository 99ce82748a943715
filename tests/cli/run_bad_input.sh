# exit 3: bad input is told with file, line, column, what to do; the directory is not left behind.
sed 's/^3 20 -1 50/3 20 -1 fifty/' $DATA/small.swf >bad.swf
status=0
simctl run --trace swf:bad.swf --policy fcfs --out RUN || status=$?
test ! -e RUN
exit $status
