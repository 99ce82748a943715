# shellcheck shell=bash
# debian-packages.sh - the Debian packages that simctl needs, and how to get them. Sourced, not run.
#
#   simctl_install_packages build    what compiles and runs simctl
#   simctl_install_packages test     that, and what the tests need
#
# apt-get runs only when a package is missing, so a prepared machine needs neither root nor network.

simctl_packages_build=(build-essential cmake ninja-build pkg-config libgsl-dev libuv1-dev
    libmsgpack-dev libhdf5-dev libdeflate-dev zlib1g-dev libzstd-dev libxxhash-dev librandom123-dev
    libfyaml-dev libjansson-dev)
simctl_packages_test=(libcriterion-dev clang clang-format libclang-rt-14-dev hdf5-tools
    python3-h5py jq zstd)

simctl_missing_packages() { # Packages. Prints those that are not installed.
    local package
    for package; do
        case $(dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null) in
        installed*) ;;
        *) printf '%s\n' "$package" ;;
        esac
    done
}

simctl_install_packages() { # build | test
    local wanted=("${simctl_packages_build[@]}") missing as_root=()
    [ "$1" != test ] || wanted+=("${simctl_packages_test[@]}")
    if ! command -v dpkg-query >/dev/null; then
        printf 'note: not a Debian system, install the equivalents of: %s\n' "${wanted[*]}" >&2
        return 0
    fi
    mapfile -t missing < <(simctl_missing_packages "${wanted[@]}")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            printf 'error: run as root: apt-get install %s\n' "${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update --quiet &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet \
            --no-install-recommends "${missing[@]}"
}
