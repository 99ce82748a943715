#!/bin/bash
# tests/headers.sh [INCLUDE_DIR] - every public header compiles alone, as C17 and as C++17, without
# warnings. Default: the headers of the source tree.
set -uo pipefail
include=${1-$(cd "$(dirname "$0")/.." && pwd)/sim/include}
failed=0 count=0
for header in "$include"/simctl/*.h; do
    line="#include <simctl/${header##*/}>"
    count=$((count + 1))
    for compiler in 'cc -std=c17 -x c' 'c++ -std=c++17 -x c++'; do
        # Twice: a missing include guard shows, too.
        # shellcheck disable=SC2086 # The compiler is a word and its flags.
        printf '%s\n%s\n' "$line" "$line" |
            $compiler -pedantic -Wall -Wextra -Wundef -Werror -fsyntax-only -I "$include" - ||
            { echo "$header: does not compile alone with $compiler" && failed=1; }
    done
done
[ $count -gt 0 ] || { echo "no headers in $include" && failed=1; }
echo "$count headers"
exit $failed
