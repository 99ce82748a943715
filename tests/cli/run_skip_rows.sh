# exit 0: repairs are told, counted, and shown with the first examples; never silent.
sed 's/^3 20 -1 50/3 20 -1 fifty/; s/^4 30/4 -30/' $DATA/small.swf >bad.swf
simctl run --trace swf:bad.swf --policy fcfs --bad-rows skip --out RUN --json | grep -e repairs -e submitted
