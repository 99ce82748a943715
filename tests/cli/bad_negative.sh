# exit 0: a negative time (of nodes: capacity) is told with line and column, in every format.
. "$DATA/bad.sh"
spoil() {
    case $format in
    swf) awk 'NR == 20 { $2 = -7 } { print }' "$1" ;;
    pods) awk -F, -v OFS=, 'NR == 5 { $9 = -7 } { print }' "$1" ;;
    nodes) awk -F, -v OFS=, 'NR == 5 { $2 = -7 } { print }' "$1" ;;
    machines) awk -F, -v OFS=, 'NR == 5 { $9 = -7 } { print }' "$1" ;;
    *) awk -F, -v OFS=, 'NR == 5 { $1 = -7 } { print }' "$1" ;;
    esac >"$2"
}
each spoil
