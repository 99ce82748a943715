# exit 0: a line of 10 MB is refused with line and column, in every format.
. "$DATA/bad.sh"
spoil() {
    head -n 20 "$1" >"$2"
    head -c 10000000 /dev/zero | tr '\000' x >>"$2"
    echo >>"$2"
}
each spoil
