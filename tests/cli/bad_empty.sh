# exit 0: an empty file is an error in every format.
. "$DATA/bad.sh"
spoil() { : >"$2"; }
each spoil
