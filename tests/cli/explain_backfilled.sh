# exit 0: who was started ahead of the head, and who waits for what is promised to it.
simctl run --trace swf:$SAMPLES/sample.swf --policy easy --set event_order=event --out RUN -q >log
simctl explain RUN --task 72
simctl explain RUN --task 71
simctl explain RUN --task 71 --verify | tail -n 1 | sed 's/in .* s,/in T s,/'
