# exit 0: a gzip that was cut is unreadable in every format, not short.
. "$DATA/bad.sh"
spoil() { gzip -c "$1" | head -c 150 >"$2"; }
each spoil
