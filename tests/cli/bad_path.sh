# exit 2: a path that no text can name would leave a run that nobody can repeat.
cp "$DATA/small.swf" "$(printf 'log\377.swf')"
simctl run --trace "swf:$(printf 'log\377.swf')" --policy fcfs --out RUN || echo "status $?"
mkdir "$(printf 'k\303\244se')" "$(printf 'k\344se')"
cp "$DATA/small.swf" "$(printf 'k\303\244se/log.swf')"
simctl run --trace "swf:$(printf 'k\303\244se/log.swf')" --policy fcfs --out RUN -q >/dev/null
simctl explain RUN --verify -q >/dev/null && echo verified
cd "$(printf 'k\344se')"
simctl run --trace "swf:$DATA/small.swf" --policy fcfs --out RUN -q >/dev/null && echo 'its own path does not matter'
cp "$DATA/small.swf" log.swf
simctl run --trace log.swf --policy fcfs --out RUN2
