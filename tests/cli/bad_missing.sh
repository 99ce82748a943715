# exit 0: a file that is not there is an error in every format.
. "$DATA/bad.sh"
spoil() {
    case $format in
    google) rm -r google && mkdir google ;; # A folder without the tables of a trace.
    esac
}
each spoil
