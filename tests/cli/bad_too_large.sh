# exit 0: a value that is too large is told with the limit that it breaks, in every format.
. "$DATA/bad.sh"
large=99999999999999999999
spoil() {
    case $format in
    swf) awk -v x=$large 'NR == 20 { $2 = x } { print }' "$1" ;;
    pods) awk -F, -v OFS=, -v x=$large 'NR == 5 { $9 = x } { print }' "$1" ;;
    nodes) awk -F, -v OFS=, -v x=$large 'NR == 5 { $2 = x } { print }' "$1" ;;
    machines) awk -F, -v OFS=, -v x=$large 'NR == 5 { $3 = x } { print }' "$1" ;;
    *) awk -F, -v OFS=, -v x=$large 'NR == 5 { $1 = x } { print }' "$1" ;;
    esac >"$2"
}
each spoil
generate="run --trace synth: --cluster 4x8,32GiB --policy best-fit"
check 'number of jobs' $generate --set trace.jobs=$large
check 'distribution' $generate --set "trace.duration=constant($large)"
check 'cores of a cluster' run --trace synth: --cluster 4x$large,32GiB --policy best-fit
