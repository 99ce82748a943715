# exit 0: a directory in place of a file is an error in every format.
. "$DATA/bad.sh"
spoil() {
    case $format in
    google) rm google/task_events/* ;; # A table without parts.
    *) mkdir "$2" ;;
    esac
}
each spoil
