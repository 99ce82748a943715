# exit 0: binary data are told with their place in every format.
. "$DATA/bad.sh"
spoil() {
    head -n 8 "$1" >"$2"
    printf 'a\000b\n' >>"$2"
}
each spoil
