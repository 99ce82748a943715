# shellcheck shell=bash
# common.sh - what the examples share: messages, and a simctl to run. Sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release
build_log=$root/build/examples.log

die() { # What is wrong, what to do about it, exit status.
    printf '%s: error: %s\n' "${0##*/}" "$1" >&2
    [ -z "${2-}" ] || printf '  hint: %s\n' "$2" >&2
    exit "${3-2}"
}

# The comment that a script begins with is its help.
print_help() {
    sed -n '2,/^[^#]/{ s/^# \{0,1\}//p; }' "$0"
}

need_file() { # What the path stands for, the path.
    if [ ! -r "$2" ] || [ -d "$2" ]; then
        die "$1: cannot read the file '$2'" "$0 -h says where it comes from"
    fi
}

# One line for the user; what the command prints goes to the log, its end is shown on failure.
step() { # What is done, the command.
    local what=$1 begin=$SECONDS
    shift
    printf '  %-34s' "$what" >&2
    if ! "$@" </dev/null >>"$build_log" 2>&1; then
        printf 'failed\n\n' >&2
        tail -n 20 "$build_log" >&2
        die "could not finish: $what" "the whole log is $build_log" 1
    fi
    printf '%d s\n' $((SECONDS - begin)) >&2
}

# What was written with sudo goes to the owner of the repository; else the next time needs sudo too.
give_back() {
    [ "$(id -u)" -ne 0 ] || chown -R --reference="$root" "$@"
}

# Installs what is missing, builds what changed. Tests and benchmarks are left out of a new build
# folder: they need more packages. A folder that has them keeps them.
build_simctl() {
    { mkdir -p "$root/build" && : >"$build_log"; } 2>/dev/null ||
        die "cannot write to $root/build" "run as its owner ($(stat -c %U "$root")), or with sudo"
    # shellcheck source=cmake/debian-packages.sh
    . "$root/cmake/debian-packages.sh"
    step 'Debian packages' simctl_install_packages build
    [ -e "$build/build.ninja" ] ||
        step 'cmake --preset release' \
            cmake -S "$root" --preset release -DSIMCTL_TESTS=OFF -DSIMCTL_BENCH=OFF
    step 'build simctl' cmake --build "$build" --target simctl_cli
    give_back "$root/build"
    SIMCTL=$build/simctl
}

# $SIMCTL if it is set, else the release build, which is made when it is not there.
need_simctl() {
    if [ -n "${SIMCTL-}" ]; then
        [ -x "$SIMCTL" ] ||
            die "SIMCTL='$SIMCTL' is not a program" 'unset it, and the release build is used'
    elif [ -x "$build/simctl" ]; then
        SIMCTL=$build/simctl
    else
        build_simctl
    fi
}
