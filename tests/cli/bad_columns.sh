# exit 0: a row with the wrong number of columns is told with line and column, in every format.
. "$DATA/bad.sh"
spoil() {
    case $format in
    swf) awk 'NR == 20 { NF-- } { print }' "$1" ;;
    *) awk 'NR == 5 { $0 = "1," $0 } { print }' "$1" ;;
    esac >"$2"
}
each spoil
