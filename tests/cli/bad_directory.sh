# exit 0: a directory that holds no part of the input is an error in every format.
. "$DATA/bad.sh"
spoil() {
    case $format in
    google) rm google/task_events/* ;; # A table without parts.
    *) mkdir "$2" && : >"$2/README.txt" ;;
    esac
}
each spoil
