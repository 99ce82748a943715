# exit 3: a truncated gzip is unreadable, not short.
gzip -c $DATA/small.swf | head -c 120 >cut.swf.gz
(simctl validate swf:cut.swf.gz --json || echo status $?) | grep -e '"ok"' -e '"unreadable"' -e status
simctl validate swf:cut.swf.gz >/dev/null
